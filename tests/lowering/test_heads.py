"""What stands at the end of layers worked out in arrays: log-softmax, hinges, triplets, expressions."""

import pytest

from symnet.description.load import load
from symnet.errors import DescriptionError
from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets.solution import solution

INPUTS, TARGETS = [[1, 2], [-0.5, 0.75]], [[0, 1, 0], [1, 0, 0]]
FIRST = {"weights": [[1, 0.5], [0.2, -0.3]], "biases": [0.1, 0]}
LAST = {"weights": [[0.4, 1], [0.1, -0.2], [0.3, 0.3]], "biases": [0, 0.1, 0.2]}
NORMALIZED = {"normalization": {"kind": "layer", "epsilon": 0.1}}


@pytest.fixture(scope="module")
def torch():
    """Return torch, with which results are compared."""
    return pytest.importorskip("torch")


def network(loss, activation="identity", first=(), **keys):
    """Return a description of two layers, the second with three outputs."""
    return {
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh", **dict(first)}, {"units": 3, "activation": activation}],
        "loss": loss,
        "data": {"inputs": INPUTS, "targets": TARGETS},
        "parameters": [{**FIRST, **({"gamma": [1.5, 1], "beta": [0, 0.5]} if first else {})}, LAST],
        **keys,
    }


def by_torch(torch, lossed, *, inputs=INPUTS, normalized=False):
    """Return the mean of a loss of the outputs, and its derivatives with respect to all weights, layer by layer."""
    tensors = [torch.tensor(one[key], dtype=torch.float64, requires_grad=True) for one in (FIRST, LAST) for key in one]
    z = torch.tensor(inputs, dtype=torch.float64) @ tensors[0].T + tensors[1]
    if normalized:
        scale, shift = (torch.tensor(one, dtype=torch.float64) for one in ([1.5, 1], [0, 0.5]))
        z = torch.nn.functional.layer_norm(z, (2,), eps=0.1) * scale + shift
    loss = lossed(torch.tanh(z) @ tensors[2].T + tensors[3], torch.tensor(TARGETS, dtype=torch.float64))
    loss.backward()
    return loss.item(), [value for one in (tensors[0], tensors[2]) for value in one.grad.flatten().tolist()]


def found(spec):
    """Return the objective and its derivatives with respect to all weights, layer by layer."""
    evaluation = solve(load(spec)).parts[0].evaluation
    weights = [float(value) for symbol, value in evaluation.gradients.items() if symbol.name.startswith("w")]
    return float(evaluation.loss), weights


def compare(spec, expected):
    """Compare an objective and its derivatives with those of torch."""
    (loss, weights), (right, gradients) = found(spec), expected
    assert loss == pytest.approx(right, rel=1e-12)
    assert weights == pytest.approx(gradients, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("first", [(), NORMALIZED], ids=["dense", "normalized"])
def test_log_softmax_with_negative_log_likelihood_is_that_of_torch(torch, first):
    """A network that ends with log-softmax is worked out in arrays, be its layers dense or not."""

    def lossed(outputs, targets):
        return torch.nn.functional.nll_loss(torch.log_softmax(outputs, 1), targets.argmax(1))

    spec = network("negative_log_likelihood", "log_softmax", first)
    compare(spec, by_torch(torch, lossed, normalized=bool(first)))


def test_log_softmax_comes_to_probability_minus_target():
    """With targets that sum to 1 the derivative is the taught one, and so it is without numbers."""
    spec = network("negative_log_likelihood", "log_softmax")
    for one in (spec, {key: spec[key] for key in ("inputs", "layers", "loss")}):
        assert "= exp(ŷ) − y" in render_text(solution(solve(load(one))))


def test_log_softmax_of_one_unit_is_refused_at_its_place():
    """Of one unit it is always 0."""
    spec = network("squared_error", "log_softmax")
    spec["layers"][1]["units"] = 1
    del spec["data"], spec["parameters"]
    with pytest.raises(
        DescriptionError, match=r"layers\[2\].units: found 1; expected at least 2 units for log_softmax"
    ):
        load(spec)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("loss", ["multiclass_hinge", "hinge", "(a1 - y1)^4 + a2*y3", "where(a1 > y2, a1^2, a3*y1)"])
def test_hinges_and_expressions_are_heads_of_normalized_layers(torch, loss):
    """Losses that no whole-array form is taught of are sums of entries, in arrays all the same."""

    def lossed(outputs, targets):
        if loss == "multiclass_hinge":
            return torch.nn.functional.multi_margin_loss(outputs, targets.argmax(1)) * outputs.shape[1]
        if loss == "hinge":
            return torch.clamp(1 - (2 * targets - 1) * outputs, min=0).sum(1).mean()
        a, y = outputs.T, targets.T
        own = torch.where(a[0] > y[1], a[0] ** 2, a[2] * y[0])
        return ((a[0] - y[0]) ** 4 + a[1] * y[2] if loss.startswith("(") else own).mean()

    spec = network(loss, first=NORMALIZED)
    if loss == "hinge":
        spec["data"]["targets"] = [[2 * one - 1 for one in row] for row in TARGETS]
    compare(spec, by_torch(torch, lossed, normalized=True))


def test_a_triplet_is_a_head_of_normalized_layers(torch):
    """The three uses share their weights; distances are those of the outputs."""
    triplet = {"anchor": [[1, 2]], "positive": [[-0.5, 0.75]], "negative": [[0.8, 1.5]]}
    spec = network("triplet", first=NORMALIZED, data=triplet)
    uses = [row for rows in triplet.values() for row in rows]

    def lossed(outputs, _targets):
        anchor, positive, negative = outputs
        return torch.clamp(((anchor - positive) ** 2).sum() - ((anchor - negative) ** 2).sum() + 1, min=0)

    compare(spec, by_torch(torch, lossed, inputs=uses, normalized=True))
