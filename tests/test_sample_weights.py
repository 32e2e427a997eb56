"""Weights of samples: objectives, derivatives, sheets and marks, held against torch and against samples repeated."""

import random
from itertools import pairwise

import pytest
from lowered_reference import TorchLayers
from torch_reference import solve_with_torch, train_with_torch

from symnet import api
from symnet.description.load import load
from symnet.document import Paragraph
from symnet.errors import DescriptionError
from symnet.pipeline import solve
from symnet.sheets.solution import solution
from symnet.text.say import as_text
from symnet.view import View


@pytest.fixture(scope="session")
def torch():
    """Return torch, with which results are compared."""
    return pytest.importorskip("torch")


SOFTMAX = ([2, 3], "softmax", [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])
ONE = ([2, 1], "sigmoid", [[1], [0], [1], [0]])
LOSSES = {
    "squared": ("squared_error", *ONE),
    "binary": ({"kind": "binary_cross_entropy", "positive_weight": "3"}, *ONE),
    "categorical": ("categorical_cross_entropy", *SOFTMAX),
    "classes": ({"kind": "categorical_cross_entropy", "class_weights": ["1/2", "3", "0.8"]}, *SOFTMAX),
    "hinge": ("multiclass_hinge", [2, 3], "identity", SOFTMAX[2]),
}


def network(name, seed, **keys):
    """Return a description with weights of its samples."""
    loss, units, last, targets = LOSSES[name]
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - not cryptography

    def numbers(*shape):
        return [numbers(*shape[1:]) for _ in range(shape[0])] if shape else f"{chance.randint(-1500, 1500)}/1000"

    sizes = [2, *units]
    return {
        "inputs": 2,
        "layers": [{"units": units[0], "activation": "tanh"}, {"units": units[1], "activation": last}],
        "loss": loss,
        "reduction": chance.choice(["mean", "sum", "weighted_mean"]),
        "data": {
            "inputs": numbers(4, 2),
            "targets": targets,
            "weights": [f"{chance.randint(0, 30)}/10", "1", f"{chance.randint(1, 30)}/10", "1/3"],
        },
        "parameters": [
            {"weights": numbers(units, sources), "biases": numbers(units)} for sources, units in pairwise(sizes)
        ],
        **keys,
    }


def numbers_of(values):
    """Return values as floats by id."""
    return {symbol.name: float(value) for symbol, value in values.items()}


@pytest.mark.everyday(8, every=False)
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seed", range(20))
def test_weighted_objectives_are_those_of_torch(torch, name, seed):
    """The objective and its gradient are those of (w*l).sum()/w.sum(), of (w*l).mean() or of (w*l).sum()."""
    spec = network(name, seed, regularization={"kind": "l2", "strength": "0.05"})
    evaluation = solve(load(spec)).parts[0].evaluation
    loss, gradients = solve_with_torch(torch, spec)
    expected = {one: number for own in gradients for one, number in own.items()}
    assert float(evaluation.loss) == pytest.approx(loss, rel=1e-10, abs=1e-10)
    assert numbers_of(evaluation.gradients) == pytest.approx(expected, rel=1e-10, abs=1e-10)


def test_training_in_batches_is_that_of_torch(torch):
    """Each batch has a weighted mean of its own."""
    training = {"optimizer": "adam", "learning_rate": "0.1", "steps": 3, "batch": 2}
    spec = network("binary", 1, reduction="weighted_mean", training=training)
    updates = solve(load(spec)).parts[0].evaluation.updates
    for update, (before, after) in zip(updates, train_with_torch(torch, spec), strict=True):
        assert float(update.loss_before) == pytest.approx(before, rel=1e-10)
        assert numbers_of(update.after) == pytest.approx(after, rel=1e-9, abs=1e-9)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("kind", ["layer", "batch"])
@pytest.mark.parametrize("reduction", ["weighted_mean", "mean", "sum"])
def test_layers_of_arrays_weigh_their_samples(torch, kind, reduction):
    """Samples have weights where each has a graph of its own, and where all are in one graph."""
    layers = [{"units": 2, "activation": "tanh", "normalization": {"kind": kind, "epsilon": 0.1}}, {"units": 1}]
    spec = network("squared", kind, reduction=reduction, layers=layers)
    floats = {key: [[_float(n) for n in row] for row in spec["data"][key]] for key in ("inputs", "targets")}
    parameters = [
        {
            key: [[*map(_float, row)] if isinstance(row, list) else _float(row) for row in rows]
            for key, rows in one.items()
        }
        for one in spec["parameters"]
    ]
    parameters[0] |= {"gamma": [1.5, 0.5], "beta": [0.25, -1.0]}
    spec |= {"data": spec["data"] | floats, "parameters": parameters}
    evaluation = solve(spec).parts[0].evaluation
    loss, gradients = TorchLayers(torch, spec).gradients()
    assert float(evaluation.loss) == pytest.approx(loss, rel=1e-10)
    assert numbers_of(evaluation.gradients) == pytest.approx(gradients, rel=1e-10, abs=1e-10)


def _float(number):
    over, _, under = str(number).partition("/")
    return float(over) / float(under or 1)


def test_a_sequence_that_counts_twice_is_one_that_is_there_twice():
    """Whole weights in a weighted mean are repetitions; weights of classes count at every step."""
    first, second = ({"inputs": [[x], ["0.5"]], "targets": [[1, 0], [0, 1]]} for x in ("1", "-0.8"))
    spec = {
        "inputs": 1,
        "layers": [{"units": 2, "recurrent": True, "activation": "tanh"}, {"units": 2, "activation": "softmax"}],
        "loss": "categorical_cross_entropy",
        "parameters": [
            {
                "weights": [["0.7"], ["0.2"]],
                "recurrent_weights": [["0.2", "0.1"], ["-0.3", "0.4"]],
                "biases": [0, "0.1"],
            },
            {"weights": [["0.5", "-0.4"], ["0.3", "0.9"]], "biases": [0, "0.2"]},
        ],
    }
    weighted = spec | {"reduction": "weighted_mean", "data": {"sequences": [first, second], "weights": [2, 1]}}
    repeated = spec | {"reduction": "mean", "data": {"sequences": [first, first, second]}}
    one, other = (solve(each).parts[0].evaluation for each in (weighted, repeated))
    assert float(one.loss) == pytest.approx(float(other.loss), rel=1e-14)
    assert numbers_of(one.gradients) == pytest.approx(numbers_of(other.gradients), rel=1e-14)
    classes = {"kind": "categorical_cross_entropy", "class_weights": [2, 3]}
    counted = solve(weighted | {"loss": classes}).parts[0]
    by_hand = sum(
        2 * float(counted.evaluation.samples[0].values[loss]) / 2 + float(counted.evaluation.samples[1].values[loss])
        for loss in [counted.network.loss]
    ) / (3 * (2 + 3))
    assert float(counted.evaluation.loss) == pytest.approx(by_hand, rel=1e-14)


@pytest.fixture(scope="module")
def weighted():
    """Return a neuron over three samples, in numbers that are easily followed."""
    return {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "identity"}],
        "loss": "squared_error",
        "reduction": "weighted_mean",
        "data": {"inputs": [[2], [3], [1]], "targets": [[1], [5], [2]], "weights": [3, 1, 0]},
        "parameters": [{"weights": [["0.5"]], "biases": ["0.25"]}],
    }


# At w = 0.5 and b = 0.25 the errors are 0.25, -3.25 and -1.25: (3*0.25*2 - 3.25*3)/4 = -2.0625.
@pytest.mark.parametrize(
    ("left", "right", "mistake"),
    [
        ("dL/dw1_1_1", "-2.0625", ""),
        ("delta1_1@1", "0.75", ""),
        ("dL/dw1_1_1", "(omega@1*(a1_1@1 - y1@1)*x1@1 + omega@2*(a1_1@2 - y1@2)*x1@2)/(omega@1 + omega@2)", ""),
        ("dL/dw1_1_1", "-2.75", "mean_for_weighted_mean"),
        ("dL/dw1_1_1", "-8.25", "sum_for_mean"),
        ("delta1_1@1", "0.25", "weight_of_sample_forgotten"),
        ("L@1", "0.03125", "weight_of_sample_forgotten"),
    ],
)
def test_answers_with_weights_are_marked(weighted, left, right, mistake):
    """Numbers and expressions with the weights of samples are read, and what was forgotten is named."""
    answer = next(one for one in api.check(weighted, {left: right}).answers if one.typed)
    if mistake:
        assert mistake in {one.name for one in answer.mistakes}
    else:
        assert answer.verdict.value in {"right", "right_to_rounding"}


@pytest.mark.parametrize(
    ("keys", "data", "where"),
    [
        ({}, {"weights": [1, 2]}, "data.weights"),
        ({}, {"weights": [1, -2, 3]}, "data.weights[2]"),
        ({}, {"weights": [0, 0, 0]}, "data.weights"),
        ({}, {"weights": "3"}, "data.weights"),
        ({}, {"weights": []}, "data.weights"),
        ({}, {"weights": [[1], [2], [3]]}, "data.weights[1]"),
        ({"training": {"learning_rate": "0.1", "batch": 1}}, {}, "data.weights[3]"),
        ({"reduction": "weighted mean"}, {}, "reduction"),
    ],
)
def test_weights_that_do_not_fit_are_refused_at_their_place(weighted, keys, data, where):
    """A wrong number of weights, negative ones and a batch without any are errors with their place."""
    spec = weighted | keys | {"data": weighted["data"] | data}
    with pytest.raises(DescriptionError) as error:
        load(spec)
    assert where in str(error.value)


def test_a_weighted_mean_needs_weights(weighted):
    """Without weights of samples or of classes there is nothing to weigh with."""
    data = {key: value for key, value in weighted["data"].items() if key != "weights"}
    with pytest.raises(DescriptionError, match="weighted_mean without weights"):
        load(weighted | {"data": data})
    assert load({key: value for key, value in weighted.items() if key not in {"data", "parameters"}}).weighs_samples


@pytest.fixture(scope="module")
def classified():
    """Return a softmax over weighted samples, solved."""
    return solve(load(network("categorical", 2, reduction="weighted_mean")))


def test_the_weight_of_a_sample_stands_before_output_minus_target(classified):
    """The delta of a softmax with its cross-entropy is the weight times output minus target."""
    deltas = classified.parts[0].gradient.adjoints
    (first,) = [one.result for one in deltas.values() if one.symbol.name == "delta2_1"]
    assert str(first) == "omega*(a2_1 - y1)"


def test_every_form_of_a_weighted_objective_is_proven(classified):
    """General rules, matrices and results by index are checked against the derivation number by number."""
    sheet = solution(classified, View(form="both"))
    assert any("weighted mean" in as_text(block.content) for block in sheet.blocks if isinstance(block, Paragraph))
