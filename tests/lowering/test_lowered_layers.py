"""Layers that are worked out in arrays: values and derivatives, held against torch."""

import random

import pytest
from lowered_reference import TorchLayers

from symnet.errors import DescriptionError
from symnet.pipeline import solve


@pytest.fixture(scope="session")
def torch():
    """Return torch, with which results are compared."""
    return pytest.importorskip("torch")


class Numbers:
    """Random numbers; with three decimals hardly any two sums are equal."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 - not cryptography

    def array(self, *shape):
        """Return nested lists."""
        return [self.array(*shape[1:]) for _ in range(shape[0])] if shape else self.chance.randint(-1500, 1500) / 1000

    def data(self, samples, inputs, targets):
        """Return samples."""
        return {"inputs": self.array(samples, inputs), "targets": self.array(samples, targets)}

    def dense(self, units, sources):
        """Return the parameters of a dense layer."""
        return {"weights": self.array(units, sources), "biases": self.array(units)}


def joined(numbers):
    """Return layers fed by earlier ones, the inputs once more, and a residual sum."""
    samples, units = numbers.chance.randint(1, 3), numbers.chance.randint(2, 3)
    return {
        "inputs": 2,
        "layers": [
            {"name": "first", "units": units, "activation": "tanh"},
            {"name": "second", "units": units, "activation": numbers.chance.choice(["sigmoid", "softplus"])},
            {"units": 2, "activation": "elu", "from": ["second", "inputs"], "name": "third"},
            {"add": ["third", "inputs"], "activation": numbers.chance.choice(["tanh", "identity"])},
            {"units": 2, "activation": "sigmoid"},
        ],
        "loss": numbers.chance.choice(["squared_error", "mean_squared_error"]),
        "reduction": numbers.chance.choice(["mean", "sum"]),
        "data": numbers.data(samples, 2, 2),
        "parameters": [
            numbers.dense(units, 2),
            numbers.dense(units, units),
            numbers.dense(2, units + 2),
            {},
            numbers.dense(2, 2),
        ],
    }


def tied(numbers):
    """Return an autoencoder with the same weights on both sides."""
    return {
        "inputs": 3,
        "layers": [
            {"name": "encoder", "units": 2, "activation": "tanh"},
            {"units": 3, "tied": {"layer": "encoder", "transposed": True}},
        ],
        "loss": "squared_error",
        "data": numbers.data(numbers.chance.randint(1, 2), 3, 3),
        "parameters": [numbers.dense(2, 3), {"biases": numbers.array(3)}],
    }


def convolved(numbers):
    """Return two convolutions of several channels, with pooling between, flattened."""
    chance = numbers.chance
    channels, filters, stride, padding = (chance.randint(*span) for span in ((1, 2), (1, 2), (1, 2), (0, 1)))
    rows, columns = (5 + 2 * padding - 3) // stride + 1, (6 + 2 * padding - 2) // stride + 1
    kernel = [filters, *([channels] if channels > 1 else []), 3, 2]
    second = [2, *([filters] if filters > 1 else []), 1, 2]
    return {
        "inputs": {"height": 5, "width": 6, "channels": channels},
        "layers": [
            {
                "convolution": {"filters": filters, "kernel": [3, 2], "stride": stride, "padding": padding},
                "activation": chance.choice(["tanh", "relu"]),
            },
            {"pooling": {"kind": chance.choice(["max", "average"]), "size": [1, 2], "stride": 1}},
            {"convolution": {"filters": 2, "kernel": [1, 2]}},
            {"flatten": True},
            {"units": 1, "activation": "identity"},
        ],
        "loss": "squared_error",
        "data": numbers.data(chance.randint(1, 2), 30 * channels, 1),
        "parameters": [
            {"kernels": numbers.array(*kernel), "biases": numbers.array(filters)},
            {},
            {"kernels": numbers.array(*second), "biases": numbers.array(2)},
            {},
            numbers.dense(1, 2 * rows * (columns - 2)),
        ],
    }


def convolved_along(numbers):
    """Return a convolution over one axis."""
    chance = numbers.chance
    stride, padding = chance.randint(1, 2), chance.randint(0, 2)
    return {
        "inputs": {"width": 7},
        "layers": [
            {
                "convolution": {"filters": 2, "kernel": 3, "stride": stride, "padding": padding},
                "activation": "sigmoid",
            },
            {"pooling": {"kind": "average", "size": 2}},
            {"flatten": True},
        ],
        "loss": "mean_squared_error",
        "data": numbers.data(2, 7, 2 * (((7 + 2 * padding - 3) // stride + 1) // 2)),
        "parameters": [{"kernels": numbers.array(2, 3), "biases": numbers.array(2)}, {}, {}],
    }


def normalized(numbers):
    """Return a normalization over samples or within them, of a dense layer."""
    kind = numbers.chance.choice(["batch", "layer"])
    return {
        "inputs": 2,
        "layers": [
            {"units": 3, "activation": "tanh", "normalization": {"kind": kind, "epsilon": 0.01}},
            {"units": 2, "activation": "softmax"},
        ],
        "loss": "categorical_cross_entropy",
        "reduction": numbers.chance.choice(["mean", "sum"]),
        "data": numbers.data(3, 2, 2) | {"targets": [[1, 0], [0, 1], [1, 0]]},
        "parameters": [
            numbers.dense(3, 2) | {"gamma": numbers.array(3), "beta": numbers.array(3)},
            numbers.dense(2, 3),
        ],
    }


def normalized_maps(numbers):
    """Return a normalization of feature maps."""
    kind = numbers.chance.choice(["batch", "layer"])
    shape = [2] if kind == "batch" else [2, 2, 2]
    return {
        "inputs": {"height": 3, "width": 3},
        "layers": [
            {
                "convolution": {"filters": 2, "kernel": [2, 2]},
                "normalization": {"kind": kind, "epsilon": 0.1},
                "activation": "tanh",
            },
            {"flatten": True},
        ],
        "loss": "squared_error",
        "data": numbers.data(2, 9, 8),
        "parameters": [
            {
                "kernels": numbers.array(2, 2, 2),
                "biases": numbers.array(2),
                "gamma": numbers.array(*shape),
                "beta": numbers.array(*shape),
            },
            {},
        ],
    }


def attended(numbers):
    """Return attention with one head or two, causal or not, with biases or without, normalized rows behind it."""
    chance = numbers.chance
    stated = {
        "heads": chance.choice([1, 2]),
        "causal": chance.choice([True, False]),
        "bias": chance.choice([True, False]),
    }
    places = chance.randint(2, 3)

    def projection():
        return numbers.dense(4, 4) if stated["bias"] else {"weights": numbers.array(4, 4)}

    return {
        "inputs": {"height": places, "width": 4},
        "layers": [
            {"attention": stated},
            {"units": 2, "normalization": {"kind": "layer", "epsilon": 0.01}, "activation": "identity"},
        ],
        "loss": "squared_error",
        "data": numbers.data(1, 4 * places, 2 * places),
        "parameters": [
            {name: projection() for name in ("query", "key", "value", "output")},
            numbers.dense(2, 4) | {"gamma": numbers.array(2), "beta": numbers.array(2)},
        ],
    }


def crossed(numbers):
    """Return attention of rows to those of a named layer, narrower or not, or to the inputs, with one head or two."""
    chance, places = numbers.chance, numbers.chance.randint(2, 3)
    memory, width = chance.choice([("encoder", 3), ("inputs", 4)])

    def projections(width):
        return {
            name: numbers.dense(4, width if name in {"key", "value"} else 4)
            for name in ("query", "key", "value", "output")
        }

    return {
        "inputs": {"height": places, "width": 4},
        "layers": [
            {"attention": {"heads": 1}},
            {"units": 3, "activation": "tanh", "name": "encoder"},
            {"attention": {"heads": 2}, "from": ["inputs"], "name": "decoder"},
            {"attention": {"heads": chance.choice([1, 2]), "from": memory}, "from": ["decoder"]},
            {"units": 1, "activation": "identity"},
        ],
        "loss": "squared_error",
        "data": numbers.data(1, 4 * places, places),
        "parameters": [
            projections(4),
            numbers.dense(3, 4),
            projections(4),
            projections(width),
            numbers.dense(1, 4),
        ],
    }


def embedded(numbers):
    """Return rows of an embedding, one a sample or several."""
    chance = numbers.chance
    words, samples = chance.randint(1, 2), chance.randint(1, 3)
    data = numbers.data(samples, words, 3)
    return {
        "inputs": words,
        "layers": [
            {"embedding": {"entries": 4, "size": 2}},
            {"flatten": True},
            {"units": 3, "activation": "softmax", "bias": False, "temperature": 2},
        ],
        "loss": "categorical_cross_entropy",
        "data": data
        | {
            "inputs": [[chance.randint(1, 4) for _ in range(words)] for _ in range(samples)],
            "targets": [[1, 0, 0]] * samples,
        },
        "parameters": [{"weights": numbers.array(4, 2)}, {}, {"weights": numbers.array(3, 2 * words)}],
    }


def mixed(numbers):
    """Return a layer that stays as it is, weights that do not exist, an activation a unit, and a temperature."""
    chance = numbers.chance
    weights = numbers.array(2, 3)
    weights[chance.randint(0, 1)][chance.randint(0, 2)] = None
    return {
        "inputs": ["p", "q"],
        "layers": [
            {"units": 3, "activation": ["tanh", "identity", "sigmoid"], "frozen": chance.choice([True, False])},
            {"units": 2, "activation": "softmax", "temperature": 2},
        ],
        "loss": "categorical_cross_entropy",
        "data": numbers.data(2, 2, 2) | {"targets": [[1, 0], [0, 1]]},
        "parameters": [numbers.dense(3, 2), {"weights": weights, "biases": numbers.array(2)}],
    }


def headed(numbers):
    """Return two losses at once: of outputs of two kinds, or of outputs that one loss takes too."""
    apart = numbers.chance.random() < 0.5
    heads = [
        {"kind": numbers.chance.choice(["squared_error", "mean_squared_error"]), "outputs": [3, 1], "weight": 0.5},
        {"kind": "binary_cross_entropy", "outputs": [2] if apart else [2, 3], "weight": numbers.chance.choice([1, 2])},
    ]
    own = ["identity", "sigmoid", "tanh"] if apart else "sigmoid"
    return {
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 3, "activation": own}],
        "loss": {"total": heads},
        "reduction": numbers.chance.choice(["mean", "sum"]),
        "data": {"inputs": numbers.array(2, 2), "targets": [[0.3, 1, 0.7], [-0.8, 0, 0.2]]},
        "parameters": [numbers.dense(2, 2), numbers.dense(3, 2)],
    }


def maxed(numbers):
    """Return maxout units in a convolution and in dense layers, normalized, and fed by the inputs as well."""
    chance = numbers.chance
    filters, count = chance.randint(1, 2), chance.randint(2, 3)

    def filtering():
        return {"kernels": numbers.array(filters, 2, 2), "biases": numbers.array(filters)}

    def scaling():
        return {"gamma": numbers.array(3), "beta": numbers.array(3)}

    return {
        "inputs": {"height": 3, "width": 3},
        "layers": [
            {"convolution": {"filters": filters, "kernel": [2, 2]}, "activation": "maxout", "pieces": count},
            {"flatten": True, "name": "flat"},
            {
                "units": 3,
                "activation": "maxout",
                "name": "wide",
                "normalization": {"kind": chance.choice(["batch", "layer"]), "epsilon": 0.5},
            },
            {"units": 2, "activation": "maxout", "from": ["wide", "flat"], "pieces": count},
        ],
        "loss": "squared_error",
        "data": numbers.data(3, 9, 2),
        "parameters": [
            {"pieces": [filtering() for _ in range(count)]},
            {},
            {"pieces": [numbers.dense(3, 4 * filters) | scaling() for _ in range(2)]},
            {"pieces": [numbers.dense(2, 3 + 4 * filters) for _ in range(count)]},
        ],
    }


KINDS = {
    build.__name__: build
    for build in (
        joined,
        tied,
        convolved,
        convolved_along,
        normalized,
        normalized_maps,
        attended,
        crossed,
        embedded,
        headed,
        mixed,
        maxed,
    )
}


@pytest.mark.everyday(9)
@pytest.mark.parametrize("case", [f"{kind} {seed}" for seed in range(60) for kind in KINDS])
def test_derivatives_are_those_of_torch(torch, case):
    """The loss and the derivative with respect to every parameter are what torch finds in float64."""
    spec = KINDS[case.split()[0]](Numbers(case))
    evaluation = solve(spec).parts[0].evaluation
    loss, gradients = TorchLayers(torch, spec).gradients()
    found = {symbol.name: float(value) for symbol, value in evaluation.gradients.items()}
    assert float(evaluation.loss) == pytest.approx(loss, rel=1e-10, abs=1e-10)
    assert found == pytest.approx(gradients, rel=1e-10, abs=1e-10)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("kind", ["joined", "tied", "convolved", "embedded"])
def test_training_is_that_of_torch(torch, kind):
    """Three steps of Adam lead to the parameters to which they lead in torch."""
    spec = KINDS[kind](Numbers(kind)) | {"training": {"optimizer": "adam", "learning_rate": 0.1, "steps": 3}}
    evaluation = solve(spec).parts[0].evaluation
    model = TorchLayers(torch, spec)
    optimizer = torch.optim.Adam([tensor for tensor, _ids in model.parameters], lr=0.1)
    for _step in range(3):
        optimizer.zero_grad()
        model.loss().backward()
        optimizer.step()
    expected = {
        one: number
        for tensor, ids in model.parameters
        for one, number in zip(ids, tensor.reshape(-1).tolist(), strict=True)
    }
    found = {symbol.name: float(value) for symbol, value in evaluation.updates[-1].after.items()}
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_maxout_over_time_takes_the_largest_of_its_pieces():
    """A recurrent layer of maxout units has weights of the input and of the state for each piece, and one state."""
    chance = Numbers("maxout over time")
    pieces = [chance.dense(2, 1) | {"recurrent_weights": chance.array(2, 2)} for _ in range(2)]
    steps = [[0.5], [-1], [2]]
    spec = {
        "inputs": 1,
        "layers": [{"units": 2, "recurrent": True, "activation": "maxout"}],
        "loss": "squared_error",
        "data": {"sequences": [{"inputs": steps, "target": [0, 0]}]},
        "parameters": [{"pieces": pieces}],
    }
    state = [0.0, 0.0]
    for (x,) in steps:
        sums = [
            [
                piece["weights"][k][0] * x
                + piece["biases"][k]
                + sum(u * a for u, a in zip(piece["recurrent_weights"][k], state, strict=True))
                for k in range(2)
            ]
            for piece in pieces
        ]
        state = [max(one[k] for one in sums) for k in range(2)]
    evaluation = solve(spec).parts[0].evaluation
    assert float(evaluation.loss) == pytest.approx(sum(a * a for a in state) / 2)
    assert {"u1_2_1.2", "w1_1_1.1"} <= {symbol.name for symbol in evaluation.gradients}


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ([{"units": 2, "name": "a"}, {"add": ["a", "a"], "activation": "maxout"}], "maxout on a layer of another kind"),
        ([{"attention": {"heads": 1}, "activation": "maxout"}], "maxout on a layer of another kind"),
        ([{"units": 2, "name": "a"}, {"units": 2, "tied": {"layer": "a"}, "activation": "maxout"}], "tied weights"),
        ([{"units": 2, "frozen": True, "activation": ["maxout", "tanh"]}], "maxout among others"),
        ([{"units": 2, "frozen": True, "activation": "tanh"}], "parameters are all frozen"),
    ],
)
def test_layers_without_sense_are_refused(layers, found):
    """Maxout on a layer without weights for its pieces, and layers of which there is no derivative, are told."""
    with pytest.raises(DescriptionError, match=found):
        solve({"inputs": 2, "layers": layers, "loss": "squared_error"})


def test_pieces_are_counted():
    """A layer of maxout units has parameters for as many pieces as it has."""
    spec = {"inputs": 2, "layers": [{"units": 1, "name": "a", "from": ["inputs"], "activation": "maxout"}]}
    entry = {"pieces": [{"weights": [[1, 2]], "biases": [0]}]}
    with pytest.raises(DescriptionError, match="found 1 piece; expected 2 pieces"):
        solve(spec | {"loss": "squared_error", "parameters": [entry]})
