"""Which draws become sheets, and how difficult they are."""

import pytest
from classes import XOR

from symnet.description import load_text
from symnet.pipeline import solve
from symnet.variants.plan import VariantPlan
from symnet.variants.screen import EXPLAINED, REASONS, Coincidences, Difficulties, Difficulty, Screened, rejections

RELU = """\
inputs: 1
layers: [{units: 1, activation: ACTIVATION}, {units: 1, activation: identity}]
loss: squared_error
numbers: {decimals: 4}
variants: {x1: {choose: [X]}, y1: {choose: [Y]}, weights: {choose: [W]}, biases: {choose: [B]}}
"""


def screened(activation="relu", extra="", **numbers):
    """Return a draw of one unit with these numbers."""
    text = RELU.replace("ACTIVATION", activation) + extra
    for name, value in {"X": 1, "Y": 3, "W": "0.7", "B": "0.2", **numbers}.items():
        text = text.replace(f"[{name}]", f"[{value}]")
    variant = VariantPlan(load_text(text, "exercise.yaml"), 0).variant(0)
    return Screened(variant, solve(variant.description))


@pytest.mark.parametrize(
    ("reason", "numbers"),
    [
        ("kinks", {"W": 1, "B": -1}),
        ("dead_units", {"W": -1, "B": "0.5"}),
        ("saturation", {"activation": "sigmoid", "W": 12}),
        ("saturation", {"activation": "tanh", "W": -8}),
        ("too_small", {"Y": "0.8303"}),
        ("too_many_digits", {"W": "0.70001"}),
    ],
)
def test_numbers_that_make_no_sheet_are_found(reason, numbers):
    """A kink, a dead unit, a saturated one, a tiny derivative, and a number too long for its decimals are rejected."""
    assert reason in set(rejections(screened(**numbers)))


def test_numbers_that_make_a_sheet_pass():
    """A unit on the linear side of its kink with plain numbers is not rejected, nor is a tanh near 0."""
    assert "dead_units" not in set(rejections(screened()))
    assert not {"saturation", "kinks", "too_small"} & set(rejections(screened("tanh", W="0.01", B="0.01")))


def test_what_is_allowed_rejects_nothing():
    """What a description names under screening does not keep a draw from becoming a sheet."""
    dead = {"W": -1, "B": "0.5"}
    assert "dead_units" in set(rejections(screened(**dead)))
    assert "dead_units" not in set(rejections(screened(extra="screening: {allow: [dead_units]}\n", **dead)))


def test_a_mistake_that_gives_the_right_number_is_found():
    """Where an input is 1, leaving it out changes nothing of that derivative; with another input it does."""
    missing = "missing_input_factor at dL/dw1_1_1 (squared_error)"
    one, other = screened("sigmoid", W="0.3"), screened("sigmoid", X="0.8", W="0.3")
    assert missing in Coincidences(one.worked).of(one)
    assert missing not in Coincidences(other.worked).of(other)
    assert Coincidences(other.worked).of(one) == Coincidences(one.worked).of(one)


def test_difficulty_counts_what_there_is_to_do():
    """Digits and signs are those of the numbers given, operations and paths those of the exercise."""
    variant = VariantPlan(load_text(XOR, "exercise.yaml"), 1).variant(0)
    worked = solve(variant.description)
    found = Difficulties(worked).of(variant)
    texts = [text for name, text in variant.drawn.items() if name != "learning_rate"]
    assert found.signs == sum(text.startswith("-") for text in texts)
    assert found.digits == sum(len(text.lstrip("-0.").replace(".", "")) or 1 for text in texts)
    assert found.paths == 9
    assert found.figure == sum(found)
    assert found.operations > 20
    assert Difficulty(1, 2, 3, 4).figure == 10


def test_every_reason_but_one_can_be_allowed():
    """What a description may allow is what draws are rejected for."""
    from symnet.description.variants import REJECTIONS

    assert set(REJECTIONS) == {*REASONS, EXPLAINED} - {"too_many_digits"}


EQUAL = """\
inputs: 2
layers: [{units: 1, activation: tanh}, {units: 2, activation: softmax}]
loss: categorical_cross_entropy
data: {inputs: [[0.5, -1]], targets: [[0, 1]]}
parameters: [{weights: [[0.3, -0.7]], biases: [0.1]}, {weights: [[0.4], [0.4]], biases: [0.2, -0.1]}]
"""


def rejections_of_equal(drawn, numbers=""):
    """Return what is wrong with a draw of a network whose last weights, as they are given, are all the same."""
    text = f"{EQUAL}{numbers}variants: {{{drawn}}}\n"
    variant = VariantPlan(load_text(text, "exercise.yaml"), 0).variant(0)
    return rejections(Screened(variant, solve(variant.description)))


@pytest.mark.parametrize("numbers", ["", "numbers: {significant: 4}\n"])
def test_a_derivative_that_is_0_by_chance_is_too_small(numbers):
    """Where drawn rows of weights are alike the derivatives of the layer before cancel, however numbers are shown."""
    drawn = "w2_1_1: {choose: [0.5]}, w2_2_1: {choose: [0.5]}"
    assert rejections_of_equal(drawn, numbers)["too_small"] == "dL/dw1_1_1"


def test_a_derivative_that_is_0_for_a_reason_is_none():
    """What an input of 0 or an inactive relu makes 0, and what is 0 whatever is drawn, rejects no draw."""
    assert "too_small" not in rejections_of_equal("x2: {choose: [0]}, w2_1_1: {choose: [0.6]}")
    assert "too_small" not in rejections_of_equal("x2: {choose: [2]}, targets: {choose: [[0, 1]]}")
    relu = screened("relu", W=-1, B="0.5")
    assert {"dead_units"} == set(rejections(relu))


def test_a_rejection_names_what_it_concerns():
    """Each reason comes with the id of the number, the unit, or the derivative that is to blame."""
    assert rejections(screened(W=1, B=-1))["kinks"] == "a1_1"
    assert rejections(screened(W="0.70001"))["too_many_digits"] == "w1_1_1"
