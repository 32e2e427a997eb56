"""Values by cases in expressions: where(c, a, b), in custom activations and losses of layers and in graphs."""

import mpmath
import pytest
from sympy import Symbol

from symnet.description.load import load
from symnet.numerics.direct import numeric
from symnet.parsing.formula import FormulaError, read
from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets.solution import solution

ACTIVATION = "where(z > 1/2, 2*z - 1/2, if(z <= -1, -1 + z/4, z^3))"
LOSS = "where(a1 - y1 >= 1, 2*(a1 - y1) + a2^2, (a1 - y1)^2 + where(a2 < y2, (a2 - y2)^2, a2 - y2))"


@pytest.mark.parametrize(("sign", "values"), [(">", (2, 2, 1)), (">=", (2, 1, 1)), ("<", (1, 2, 2)), ("<=", (1, 1, 2))])
def test_a_comparison_chooses_a_value(sign, values):
    """Each sign means what it says at the boundary, and if is another word for where."""
    for word in ("where", "if"):
        expression = read(f"{word}(x {sign} y/2, 1, 2)", {"x", "y"})
        found = [numeric(expression, {Symbol("x"): mpmath.mpf(x), Symbol("y"): mpmath.mpf(2)}) for x in (0, 1, 2)]
        assert found == list(values)


def test_a_comparison_of_constants_is_settled():
    """Between constants the value is taken at once, with the limits that constants have."""
    assert read("where(1/3 < 0.5, x, y)", {"x", "y"}) == Symbol("x")
    assert read("where(pi <= 3, x, y)", {"x", "y"}) == Symbol("y")
    assert read("where(2 >= 2, x, 1/x)", {"x"}) == Symbol("x")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("where(x, 1, 2)", 7, "a comparison with > < >= or <="),
        ("where(x > 1, 2)", 14, "a comma"),
        ("where(x > 1, 2, 3, 4)", 17, "closing bracket"),
        ("where x > 1", 6, "an opening bracket"),
        ("x > 1", 2, "compares only within where"),
        ("where(x == 1, 2, 3)", 8, "expected"),
        ("where(x > 1 > 0, 2, 3)", 12, "a comma"),
        ("where(x > 1, 2, 3", 5, "never closed"),
    ],
)
def test_what_is_no_value_by_cases_is_refused_at_its_place(text, place, words):
    """The error says where, and how a value by cases is written."""
    with pytest.raises(FormulaError) as caught:
        read(text, {"x"})
    assert caught.value.position == place
    assert words in str(caught.value)


def test_a_quantity_may_be_called_where():
    """A name of the description comes before the word."""
    assert read("where + 1", {"where"}).free_symbols == {Symbol("where")}


def network(**keys):
    """Return a network with cases in its activation and its loss."""
    return {
        "inputs": 2,
        "layers": [{"units": 3, "activation": ACTIVATION}, {"units": 2, "activation": "identity"}],
        "loss": LOSS,
        "data": {"inputs": [[0.5, -1], [2, 1], [-1, 0.25]], "targets": [[0.2, -1], [-2, 0.5], [1, 2]]},
        "parameters": [
            {"weights": [[0.7, -0.4], [1.5, 0.2], [-1.2, 0.9]], "biases": [0.1, -0.3, 0.2]},
            {"weights": [[0.4, 1, -0.5], [0.3, -0.7, 0.8]], "biases": [0, 0.5]},
        ],
        **keys,
    }


def by_torch(torch, spec, *, normalized):
    """Return the mean of the losses of a network, and its derivative with respect to each parameter, by its id."""
    tensors = [
        {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in entry.items()}
        for entry in spec["parameters"]
    ]
    x, y = (torch.tensor(spec["data"][key], dtype=torch.float64) for key in ("inputs", "targets"))
    z = x @ tensors[0]["weights"].T + tensors[0]["biases"]
    if normalized:
        z = torch.nn.functional.layer_norm(z, (3,), eps=0.1) * tensors[0]["gamma"] + tensors[0]["beta"]
    h = torch.where(z > 0.5, 2 * z - 0.5, torch.where(z <= -1, -1 + z / 4, z**3))
    a = h @ tensors[1]["weights"].T + tensors[1]["biases"]
    second = torch.where(a[:, 1] < y[:, 1], (a[:, 1] - y[:, 1]) ** 2, a[:, 1] - y[:, 1])
    far = a[:, 0] - y[:, 0]
    loss = torch.where(far >= 1, 2 * far + a[:, 1] ** 2, far**2 + second).mean()
    loss.backward()
    found = {}
    for layer, entry in enumerate(tensors, 1):
        for unit, row in enumerate(entry["weights"].grad.tolist(), 1):
            found |= {f"w{layer}_{unit}_{source}": value for source, value in enumerate(row, 1)}
        found |= {f"b{layer}_{unit}": value for unit, value in enumerate(entry["biases"].grad.tolist(), 1)}
    return loss.item(), found


@pytest.mark.parametrize("normalized", [False, True])
def test_activations_and_losses_with_cases_are_those_of_torch(normalized):
    """Dense layers and layers worked out in arrays take cases in an activation and in a loss."""
    torch = pytest.importorskip("torch")
    spec = network()
    if normalized:
        spec["layers"][0] = {**spec["layers"][0], "normalization": {"kind": "layer", "epsilon": 0.1}}
        spec["parameters"][0] = {**spec["parameters"][0], "gamma": [1.5, 0.5, 1], "beta": [0.25, -1.0, 0]}
    evaluation = solve(load(spec)).parts[0].evaluation
    loss, gradients = by_torch(torch, spec, normalized=normalized)
    assert float(evaluation.loss) == pytest.approx(loss, rel=1e-12)
    found = {symbol.name: float(value) for symbol, value in evaluation.gradients.items()}
    assert {name: found[name] for name in gradients} == pytest.approx(gradients, rel=1e-10, abs=1e-12)


def test_a_sheet_compares_the_two_sides():
    """A condition stands as it was given, not as a difference with 0; a graph has cases too."""
    spec = {"graph": {"inputs": ["x", "y"], "nodes": {"f": "where(x - y > 1, x^2, y)"}, "output": "f"}}
    written = render_text(solution(solve(load(spec))))
    assert "f = {x² if x − y > 1; y if x − y ≤ 1}" in written
    assert "∂f/∂x = {2 x if x − y > 1; 0 if x − y ≤ 1}" in written
    assert "f(z) = {2 z − 1/2 if z > 1/2;" in render_text(solution(solve(load(network()))))
