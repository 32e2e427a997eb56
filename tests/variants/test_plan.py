"""What is drawn from a description, and what a code brings back."""

from fractions import Fraction

import pytest
from classes import PRODUCT, XOR

from symnet.description import load_text
from symnet.errors import DescriptionError
from symnet.variants.codes import CodeError, VariantCode
from symnet.variants.numbers import numbers_of
from symnet.variants.plan import NothingDrawnError, RefusedError, VariantPlan


def plan(text, seed=1):
    """Return the plan of a description."""
    return VariantPlan(load_text(text, "exercise.yaml"), seed)


def with_drawn(lines, text=XOR):
    """Return a description in which something else is drawn."""
    return text[: text.index("variants:")] + "variants:\n" + "".join(f"  {line}\n" for line in lines)


def problems(text):
    """Return what is wrong with what is drawn, as it is told."""
    with pytest.raises(DescriptionError) as caught:
        plan(text).variant(0)
    return str(caught.value)


def test_every_number_is_drawn_from_its_range():
    """Over 200 draws each weight is a tenth from -1 to 1 other than 0, and each tenth comes up."""
    found = [numbers_of(plan(XOR).variant(number).description) for number in range(200)]
    seen = {numbers[name] for numbers in found for name in ("w1_1_1", "w2_1_2")}
    assert seen == {Fraction(tenth, 10) for tenth in range(-10, 11) if tenth}
    assert {numbers["y1@1"] for numbers in found} == {0, 1}
    assert {numbers["b2_1"] for numbers in found} == {Fraction(tenth, 10) for tenth in range(-5, 6)}


def test_what_is_not_drawn_stays():
    """A number without a key is that of the description."""
    drawn = plan(with_drawn(["x1: {choose: [0.25, 0.75]}", "parameters: {range: [1, 2], step: 1}"])).variant(3)
    numbers = numbers_of(drawn.description)
    assert numbers["x1@1"] in {Fraction(1, 4), Fraction(3, 4)}
    assert (numbers["x2@1"], numbers["y1@1"]) == (1, 1)


def test_the_key_that_says_most_decides():
    """An id comes before weights, and weights before parameters, in whatever order they stand."""
    lines = ["parameters: {choose: [3]}", "weights: {choose: [2]}", "w1_1_2: {choose: [1]}"]
    for order in (lines, lines[::-1]):
        numbers = numbers_of(plan(with_drawn(order)).variant(0).description)
        assert (numbers["w1_1_2"], numbers["w1_1_1"], numbers["b1_1"]) == (1, 2, 3)


def test_a_key_more_changes_nothing_else():
    """What is drawn for the weights is the same when biases are drawn as well or not."""
    few = plan(with_drawn(["weights: {range: [-1, 1], step: 0.1}", "biases: {choose: [0]}"]))
    more = plan(with_drawn(["biases: {range: [-1, 1], step: 0.1}", "weights: {range: [-1, 1], step: 0.1}"]))
    for number in range(5):
        one, two = few.variant(number).drawn, more.variant(number).drawn
        assert {name: one[name] for name in one if name[0] == "w"} == {
            name: two[name] for name in two if name[0] == "w"
        }


def test_places_are_drawn():
    """An activation, a size and the learning rate are chosen at their places, and the numbers follow the size."""
    lines = [
        '"layers[1].activation": {choose: [sigmoid, tanh]}',
        '"layers[1].units": {choose: [2, 3]}',
        "learning_rate: {choose: [0.1, 0.5]}",
        "parameters: {range: [1, 9], step: 1}",
    ]
    drawn = [plan(with_drawn(lines)).variant(number) for number in range(40)]
    seen = {
        (one.description.layers[0].activation, one.description.layers[0].units, one.description.training.learning_rate)
        for one in drawn
    }
    assert len(seen) == 8
    for one in drawn:
        assert len(one.description.parameters[1].weights[0]) == one.description.layers[0].units
    assert len({one.structure for one in drawn}) == 4


def test_rows_are_drawn_as_they_stand():
    """Targets that are chosen as rows are one of these rows."""
    text = with_drawn(
        ["targets: {choose: [[1, 0, 0], [0, 0, 1]]}", "parameters: {range: [1, 5], step: 1}"],
        XOR.replace("units: 1, activation: sigmoid", "units: 3, activation: softmax")
        .replace("targets: [[1]]", "targets: [[1, 0, 0]]")
        .replace("squared_error", "categorical_cross_entropy"),
    )
    rows = {plan(text).variant(number).description.data.targets[0] for number in range(30)}
    assert rows == {(1, 0, 0), (0, 0, 1)}


def test_shuffled_numbers_are_those_that_stand_there():
    """A shuffle deals out the numbers of the description, or of a list, each once."""
    there = "parameters: [{weights: [[1, 2], [3, 4]], biases: [0, 0]}, {weights: [[5, 6]], biases: [0]}]"
    text = with_drawn(["weights: {shuffle: true}", "biases: {shuffle: [7, 8, 9]}"])
    text = text.replace("variants:", f"{there}\nvariants:")
    orders = set()
    for number in range(20):
        numbers = numbers_of(plan(text).variant(number).description)
        weights = tuple(numbers[name] for name in numbers if name[0] == "w")
        assert sorted(weights) == [1, 2, 3, 4, 5, 6]
        assert sorted(numbers[name] for name in numbers if name[0] == "b") == [7, 8, 9]
        orders.add(weights)
    assert len(orders) > 10


def test_inputs_of_a_graph_are_drawn():
    """In a graph inputs are drawn by their names, or all together."""
    drawn = plan(PRODUCT).variant(0)
    assert set(drawn.drawn) == {"x", "y", "z"}
    assert all(-9 <= value <= 9 and value for value in drawn.description.at.values())
    one = plan(PRODUCT.replace("inputs: {range: [-9, 9], step: 1, exclude: 0}", "z: {choose: [1, 2]}")).variant(0)
    assert (one.description.at["x"], one.description.at["y"]) == (-2, 5)


def test_samples_are_drawn_one_by_one():
    """Of several samples each has numbers of its own; one can be named alone."""
    text = XOR.replace("[[0.5, 1]], targets: [[1]]", "[[0.5, 1], [0.2, 0.3]], targets: [[1], [0]]")
    numbers = numbers_of(plan(text).variant(2).description)
    assert (numbers["x1@1"], numbers["x2@1"]) != (numbers["x1@2"], numbers["x2@2"])
    alone = with_drawn(['"x1@2": {choose: [7]}', "parameters: {choose: [1]}"], text)
    numbers = numbers_of(plan(alone).variant(0).description)
    assert (numbers["x1@1"], numbers["x1@2"]) == (Fraction(1, 2), 7)


def test_a_code_brings_the_draw_back():
    """The draw of a code is the same with the plan of any seed, in YAML and with comments and spaces changed."""
    first = plan(XOR, 2026).variant(17)
    again = plan(f"# a comment\n\n{XOR}", 5).for_code(first.code)
    assert again.drawn == first.drawn
    assert again.description.parameters == first.description.parameters


def test_a_code_of_something_else_is_refused():
    """The code of another description, and one of a version that is not known, are told so."""
    code = plan(XOR).variant(0).code
    with pytest.raises(CodeError, match="another description"):
        plan(XOR.replace("0.5, 1", "0.5, 2")).for_code(code)
    with pytest.raises(CodeError, match="found version 2 of the draws; expected 1"):
        plan(XOR).for_code(VariantCode(2, *code[1:]))


def test_a_description_that_draws_nothing_is_told_what_to_add():
    """Without variants the error shows the key."""
    with pytest.raises(NothingDrawnError, match=r"found nothing that is drawn; add .*variants: {weights"):
        plan(XOR[: XOR.index("variants:")])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["weights: {range: [-1, 1], step: 0.1}"], ":11:3: variants: found no number for b1_1, b1_2, b2_1"),
        (["parameters: {choose: [1, sigmoid]}"], "choose[2]: found sigmoid; expected a number"),
        (["parameters: {shuffle: [1, 2]}"], "found a list of 2; expected at least 9, one for each number"),
        (["parameters: {shuffle: true}"], "found true, and no number for w1_1_1; expected a list"),
        (
            ["parameters: {choose: [1]}", "inputs: {choose: [[1, 2], [1]]}"],
            'choose[2]: found ["1"]; expected a list of 2',
        ),
        (["parameters: {choose: [1]}", '"layers[4].units": {choose: [1]}'], '"layers[4].units"; expected a place'),
        (["parameters: {choose: [1]}", "w1_1_9: {choose: [1]}"], 'found "w1_1_9"; expected an id such as'),
        (["parameters: {choose: [1]}", "wieghts: {choose: [1]}"], 'Did you mean "weights"?'),
        (["parameters: {choose: [1]}", '"training.learning_rate": {shuffle: [1, 2]}'], "Use choose for a list"),
        (["parameters: {choose: [1]}", '"training.learning_rate": {shuffle: true}'], "true where the place is a list"),
    ],
)
def test_what_cannot_be_drawn_is_refused(lines, words):
    """What is no place, no number, or too little is told with its place."""
    assert words in problems(with_drawn(lines))


def test_a_draw_that_makes_no_description_is_refused_alone():
    """A drawn value that is not allowed spoils that draw, and no other."""
    text = with_drawn(['"layers[1].units": {choose: [2, 0]}', "parameters: {choose: [1]}"])
    outcomes = set()
    for number in range(20):
        try:
            outcomes.add(plan(text).variant(number).description.layers[0].units)
        except RefusedError as error:
            assert 'layers[1].units: found "0"' in str(error)
            outcomes.add(0)
    assert outcomes == {0, 2}
