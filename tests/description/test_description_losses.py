"""Losses with options or as expressions, penalties, and the samples that a loss needs."""

from fractions import Fraction

import pytest
from refusals import assert_refused, refused, spoil
from sympy import Symbol

from symnet.catalog.losses import LOSSES
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import Loss, description_warnings, load, load_text

TEXT = """\
inputs: 2
layers:
  - {units: 3, activation: tanh}
  - {units: 2, activation: identity}
loss:
  - {kind: hinge, margin: 2}
  - (a1 - y1)^2 + abs(a2 - y2)
  - kind: squared_error
regularization:
  - {kind: l1, strength: lambda}
  - {kind: l2, strength: [0.1, beta2], biases: true}
at: {lambda: 0.5, beta2: 1/3}
input_gradients: true
data:
  inputs:  [[1, 2], [3, 4]]
  targets: [[1, -1], [-1, 1]]
"""

TRIPLET = """\
inputs: 2
layers: [{units: 2, activation: tanh}]
loss: triplet
data:
  anchor:   [[1, 2], [3, 4]]
  positive: [[1, 2], [3, 5]]
  negative: [[5, 6], [7, 8]]
"""

CLASSES = """\
inputs: 1
layers: [{units: 3, activation: identity}]
loss: {kind: multiclass_hinge, margin: 10}
data:
  inputs:  [[1], [2]]
  targets: [[1, 0, 0], [0, 0, 1]]
"""

WEIGHTED = """\
inputs: 1
layers: [{units: 3, activation: softmax}]
loss:
  - {kind: categorical_cross_entropy, class_weights: [1, 2, 1/2]}
  - {kind: binary_cross_entropy, class_weights: [3, 4]}
"""

HEADS = """\
inputs: 1
layers: [{units: 3, activation: sigmoid}]
loss:
  total:
    - {kind: squared_error, outputs: [1, 3], weight: 1/2}
    - {kind: binary_cross_entropy, outputs: 2, class_weights: [3, 4]}
data: {inputs: [[1]], targets: [[7, 1, -2]]}
"""

MALFORMED = {
    "output of nobody": (HEADS, "[1, 3]", "[1, 4]", "4], w", ["loss.total[1].outputs[2]", "which has 3 units"]),
    "output twice": (HEADS, "[1, 3]", "[1, 1]", "1], w", ["loss.total[1].outputs[2]", "1 again"]),
    "head of no output": (HEADS, "outputs: 2", "outputs: []", "[]", ["loss.total[2].outputs", "list of 0"]),
    "head without outputs": (HEADS, "outputs: 2, ", "", "{kind: b", ["loss.total[2].outputs", "nothing"]),
    "head of weight 0": (HEADS, "1/2", "0", "0}", ["loss.total[1].weight", "above 0"]),
    "head of three uses": (HEADS, "squared_error", "triplet", "triplet", ["loss.total[1].kind", "squared_error"]),
    "head as an expression": (HEADS, "squared_error", "a1^2", "a1^2", ["loss.total[1].kind", "squared_error"]),
    "option of another head": (HEADS, "weight: 1/2", "margin: 2", "margin", ["loss.total[1].margin", "hinge"]),
    "classes of a head": (HEADS, "[3, 4]", "[3]", "[3]", ["loss.total[2].class_weights", "a list of 2"]),
    "total beside a kind": (HEADS, "loss:", "loss:\n  kind: hinge", "total:", ["loss.total", "kind or total"]),
    "total without losses": (
        WEIGHTED,
        "binary_cross_entropy, class_weights: [3, 4]",
        "total",
        "total",
        ["loss[2].kind"],
    ),
    "target of a head": (HEADS, "[[7, 1, -2]]", "[[7, 5, -2]]", "5, -2", ["0 to 1 for binary_cross_entropy"]),
    "weights of fewer classes": (WEIGHTED, "[1, 2, 1/2]", "[1, 2]", "[1, 2]", ["loss[1]", "2 numbers", "one per unit"]),
    "a third of two classes": (WEIGHTED, "[3, 4]", "[3, 4, 5]", "[3, 4, 5]", ["3 numbers", "targets of 0 and of 1"]),
    "a weight of 0": (WEIGHTED, "[3, 4]", "[0, 4]", "0, 4", ["loss[2].class_weights[1]", "above 0"]),
    "weights of one class": (WEIGHTED, "[3, 4]", "[3]", "[3]", ["loss[2].class_weights", "a list of 2"]),
    "weights that are no list": (WEIGHTED, "[3, 4]", "3", "3}", ["loss[2].class_weights", "a list"]),
    "option of another": (TEXT, "margin: 2", "log_base: 2", "log_base", ["options of hinge: margin", "cross_entropy"]),
    "option of none": (TEXT, "squared_error", "squared_error\n    margin: 4", "margin: 4", ["squared_error: none"]),
    "negative margin": (TEXT, "margin: 2", "margin: -2", "-2", ["loss[1].margin", "of at least 0"]),
    "margin no number": (TEXT, "margin: 2", "margin: far", "far", ["loss[1].margin", "a number"]),
    "base 3": (TEXT, "hinge, margin: 2", "categorical_cross_entropy, log_base: 3", "3}\n  - (a1", ["e, 2, 10"]),
    "unknown option": (TEXT, "margin: 2", "margins: 2", "margins", ['mean "margin"?']),
    "misspelt loss": (
        TEXT,
        "squared_error",
        "sqared_error",
        "sqared_error",
        ['mean "squared_error"?', "an expression"],
    ),
    "repeated expression": (
        TEXT,
        "kind: squared_error",
        "(a1 - y1)^2 + abs(a2 - y2)",
        "(a1 - y1)^2 + abs(a2 - y2)\nreg",
        ["again"],
    ),
    "output that is not there": (TEXT, "a2 -", "a3 -", "a3", ["found a3", "a1 to a2 and y1 to y2", "2 units"]),
    "target that is not there": (TEXT, "y2)", "y9)", "y9", ["found y9", "2 units"]),
    "unknown variable": (TEXT, "y2)", "x1)", "x1)", ['"x1"', "a1, a2, y1, y2"]),
    "output 0": (TEXT, "y2)", "a0)", "a0", ['"a0"']),
    "no output": (TEXT, "(a1 - y1)^2 + abs(a2 - y2)", "y1 + y2", "y1 +", ["does not depend on the outputs"]),
    "triplet among others": (
        TEXT,
        "kind: squared_error",
        "triplet",
        "triplet",
        ["beside other losses", "triplet alone"],
    ),
    "no sign": (TEXT, "[-1, 1]", "[-1, 0]", "0]]\n", ["data.targets[2][2]", "found 0", "1 or -1 for hinge"]),
    "misspelt penalty": (TEXT, "kind: l1", "kind: l11", "l11", ["l1, l2, half_l2, l2_norm", 'mean "l1"?']),
    "no strength": (TEXT, ", strength: lambda", "", "{kind: l1", ["regularization[1].strength", "nothing"]),
    "negative strength": (TEXT, "[0.1,", "[-0.1,", "-0.1", ["strength[1]", "0 or more, or a name such as lambda"]),
    "strength that is not finite": (TEXT, "[0.1,", "[.inf,", ".inf", ["finite"]),
    "strength that is a function": (TEXT, "[0.1,", "[exp,", "exp", ["something else"]),
    "too few strengths": (
        TEXT,
        "[0.1, beta2]",
        "[0.1, beta2, 1]",
        "[0.1, beta2, 1]",
        ["3 entries", "2 entries, one per layer"],
    ),
    "repeated penalty": (
        TEXT,
        "at:",
        "  - {kind: l1, strength: lambda}\nat:",
        "{kind: l1, strength: lambda}\nat",
        ["again"],
    ),
    "unknown penalty key": (TEXT, "biases:", "bias:", "bias:", ['mean "biases"?']),
    "value of nothing": (TEXT, "{lambda: 0.5", "{lamda: 0.5", "lamda", ["at.lamda", "lambda, beta2", 'mean "lambda"?']),
    "negative value": (TEXT, "lambda: 0.5", "lambda: -0.5", "-0.5", ["at.lambda", "0 or more"]),
    "value that is no number": (TEXT, "lambda: 0.5", "lambda: x", "x, beta2", ["at.lambda", "a number"]),
    "values in a list": (TEXT, "{lambda: 0.5, beta2: 1/3}", "[1]", "[1]", ["a mapping from names to numbers"]),
    "no values": (TEXT, "{lambda: 0.5, beta2: 1/3}", "{}", "{}", ["It has 0"]),
    "flag": (TEXT, "input_gradients: true", "input_gradients: yes", "yes", ["true or false", "Write true."]),
    "anchor of others": (
        TEXT,
        "  inputs:",
        "  anchor: [[1, 2]]\n  inputs:",
        "anchor",
        ["inputs, targets for the loss hinge"],
    ),
    "no samples of triplets": (TRIPLET, "  positive: [[1, 2], [3, 5]]\n", "", "anchor", ["data.positive", "nothing"]),
    "targets of triplets": (
        TRIPLET,
        "data:\n",
        "data:\n  targets: [[1]]\n",
        "targets",
        ["anchor, positive, negative for"],
    ),
    "short triplet": (
        TRIPLET,
        "[[5, 6], [7, 8]]",
        "[[5, 6]]",
        "[[5, 6]]",
        ["1 row", "2 rows, one per row of data.anchor"],
    ),
    "narrow triplet": (TRIPLET, "[7, 8]", "[7]", "[7]", ["data.negative[2]", "2 numbers, one per input"]),
    "two classes at once": (CLASSES, "[0, 0, 1]", "[0, 1, 1]", "[0, 1, 1]", ["2 targets that are 1", "exactly one"]),
    "no class": (CLASSES, "[0, 0, 1]", "[0, 0, 0]", "[0, 0, 0]", ["0 targets that are 1", "exactly one"]),
    "half a class": (CLASSES, "[0, 0, 1]", "[0, 0, 1/2]", "1/2", ["0.5", "0 or 1 for multiclass_hinge"]),
    "one class": (CLASSES, "units: 3", "units: 1", "1, activation", ["at least 2 units for multiclass_hinge"]),
}


@pytest.mark.parametrize(("text", "old", "new", "at", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_loss_or_penalty_is_refused_at_its_place(text, old, new, at, words):
    """The problem is found where it stands, and the message says what may stand there."""
    assert_refused(spoil(text, old, new), at, words)


def test_losses_and_penalties_are_read():
    """Options, expressions and strengths arrive exactly."""
    description = load_text(TEXT, "q.yaml")
    hinge, own, squared = description.loss
    assert (hinge.options, hinge.formula, squared.options) == ({"margin": 2}, None, {})
    assert own.formula.free_symbols == {Symbol(name) for name in ("a1", "a2", "y1", "y2")}
    assert [penalty.strengths(2) for penalty in description.regularization] == [
        ("lambda", "lambda"),
        (Fraction(1, 10), "beta2"),
    ]
    assert [penalty.biases for penalty in description.regularization] == [False, True]
    assert description.strength_names == ("lambda", "beta2")
    assert dict(description.at) == {"lambda": Fraction(1, 2), "beta2": Fraction(1, 3)}
    assert (description.input_gradients, description.states_reduction, description.data.count) == (True, False, 2)
    assert load_text("reduction: mean\n" + TEXT, "q.yaml").states_reduction
    assert isinstance(hash(description), int)


def test_triplets_and_classes_are_read():
    """The triplet loss takes three rows a sample, the multi-class hinge one-hot targets."""
    data = load_text(TRIPLET, "q.yaml").data
    assert (data.count, [rows[0] for rows in data.triplet]) == (2, [(1, 2), (1, 2), (5, 6)])
    assert load_text(CLASSES, "q.yaml").loss[0].options == {"margin": 10}


def test_every_option_of_the_catalog_is_a_key_with_its_default():
    """A loss without its options has their defaults."""
    for name, entry in LOSSES.items():
        assert Loss(kind=name).options == {option.name: option.default for option in entry.options}


def test_a_penalty_alone_needs_no_list():
    """One penalty may stand by itself, and every regularizer can be named."""
    whole = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
    for kind in REGULARIZERS:
        (penalty,) = load({**whole, "regularization": {"kind": kind, "strength": 0.15}}).regularization
        assert (penalty.kind, penalty.strength) == (kind, (Fraction(3, 20),))
    assert load(whole).regularization == load({**whole, "regularization": []}).regularization == ()


@pytest.mark.parametrize(
    "name", ["x1", "y1", "z1_1", "a2_1", "w1_1_1", "b1", "b1_2", "alpha2", "d1_2", "norm1", "norm_b1", "delta1_1"]
)
def test_a_strength_is_no_id_of_the_network(name):
    """A name that could be taken for something else is refused, whatever the size of the network."""
    (problem,) = refused(spoil(TEXT, "[0.1, beta2]", f"[{name}, beta2]"))
    assert "something else" in problem.hint


@pytest.mark.parametrize("name", ["L", "L_data", "L_penalty", "s", "dp", "dn", "m", "m1", "eta", "e", "pi", "dL_da2_1"])
def test_a_strength_is_no_name_of_the_objective(name):
    """Nor is it one of the names around the loss, or a constant."""
    (problem,) = refused(spoil(TEXT, "[0.1, beta2]", f"[{name}, beta2]"))
    assert "something else" in problem.hint


@pytest.mark.parametrize("name", ["lambda", "lambda1", "lambda_2", "alpha", "beta", "gamma", "mu", "c", "weight_decay"])
def test_other_names_are_strengths(name):
    """Greek letters, with numbers or without, and words are names for strengths."""
    assert load_text(spoil(TEXT, "[0.1, beta2]", f"[{name}, beta2]"), "q.yaml").strength_names[-2:] == (name, "beta2")


def test_the_same_loss_with_other_options_is_another_loss():
    """Two margins are two losses; the default written out is the same one."""
    text = spoil(TEXT, "kind: squared_error", "{kind: hinge, margin: 1}")
    assert len(load_text(text, "q.yaml").loss) == 3
    again = spoil(text, "margin: 2}", "margin: 1}")
    assert_refused(spoil(again, "  - {kind: hinge, margin: 1}\n  - (a", "  - hinge\n  - (a"), "{kind: hinge", ["again"])


def test_a_loss_that_wants_the_raw_output_is_warned_about():
    """The hinge losses after anything but identity are pointed at; after identity they are not."""
    quiet = TEXT.split("data:", maxsplit=1)[0]
    assert description_warnings(load_text(quiet, "q.yaml")) == ()
    (warning,) = description_warnings(load_text(quiet.replace("identity", "sigmoid"), "q.yaml"))
    assert warning.startswith("q.yaml:6:12: loss[1].kind: hinge after sigmoid: this loss is meant for raw outputs")


def test_a_cross_entropy_after_an_expression_is_warned_about():
    """Nothing is known of the values of an expression."""
    text = spoil(CLASSES.split("data:", maxsplit=1)[0], "{kind: multiclass_hinge, margin: 10}", "binary_cross_entropy")
    (warning,) = description_warnings(load_text(text.replace("identity", "z^2"), "q.yaml"))
    assert "binary_cross_entropy after z^2" in warning


def test_a_strength_without_a_value_is_warned_about_where_all_else_has_one():
    """With numbers for the rest, a strength that has none keeps the sheet symbolic."""
    layer = {"units": 1, "activation": "identity"}
    whole = {"inputs": 1, "layers": [layer], "loss": "squared_error", "data": {"inputs": [[1]], "targets": [[1]]}}
    whole["regularization"] = [{"kind": "l2", "strength": "lambda"}, {"kind": "l1", "strength": "beta"}]
    numbers = {**whole, "parameters": [{"weights": [[1]], "biases": [0]}]}
    (warning,) = description_warnings(load({**numbers, "at": {"beta": 1}}))
    assert warning == ("description: regularization: no value for lambda under the key at; the sheet stays symbolic.")
    assert description_warnings(load({**numbers, "at": {"beta": 1, "lambda": 2}})) == ()
