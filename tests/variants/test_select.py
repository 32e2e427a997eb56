"""Which draws of a seed become the sheets of a class."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from classes import PRODUCT, XOR, source

from symnet.pipeline import solve
from symnet.variants.select import Looked, TooFewError, select, workshop


@pytest.fixture(scope="module")
def selection():
    """Forty sheets of a network."""
    return select(source(XOR), 40)


def test_the_first_draws_that_may_stand_are_taken(selection):
    """The sheets are draws in their order, each other draw counted under why it is none."""
    numbers = [one.number for one in selection.chosen]
    assert numbers == sorted(set(numbers))
    assert selection.drawn == numbers[-1] + 1 == len(numbers) + rejected_draws(selection)


def rejected_draws(selection):
    """Return how many draws have at least one reason, looked at one by one."""
    chosen = {one.number for one in selection.chosen}
    return sum(number not in chosen for number in range(selection.drawn))


def test_no_sheet_has_a_reason_against_it(selection):
    """What is chosen passes every check when it is looked at again, and lies within the band."""
    for one in selection.chosen:
        again = workshop(source(XOR)).look(one.number)
        assert again == one
        assert not again.reasons
        assert again.coincidences <= selection.usual
        assert selection.band[0] <= one.difficulty <= selection.band[1]


def test_the_same_seed_gives_the_same_class():
    """In several threads of work and in one the selection is the same, and fewer sheets are the first of more."""
    alone = select(source(PRODUCT), 40)
    with ThreadPoolExecutor(3) as executor:
        assert select(source(PRODUCT), 40, executor) == alone
    assert select(source(PRODUCT), 10).chosen == alone.chosen[:10]


def test_no_two_students_are_alike():
    """Of few different draws each is used once, and when they are used up it is said why there are no more."""
    text = PRODUCT.replace("range: [-9, 9], step: 1, exclude: 0", "choose: [2, 3]")
    text += "screening: {allow: explained_by_mistakes}\n"
    found = select(source(text), 8)
    assert len({tuple(one.drawn.items()) for one in found.chosen}) == 8
    with pytest.raises(TooFewError, match=r"found 8 different sheets in [\d,]+ draws; expected 9\. Rejected: .*alike"):
        select(source(text), 9)


def test_difficulty_stays_in_its_band():
    """A narrow band rejects what is harder or easier than the middle."""
    text = PRODUCT.replace("range: [-9, 9], step: 1, exclude: 0", "choose: [2, 1234567]")
    allowed = "screening: {allow: explained_by_mistakes, difficulty: WIDTH}\n"
    wide = select(source(text + allowed.replace("WIDTH", "10")), 8)
    narrow = select(source(text + allowed.replace("WIDTH", "0.01")), 2)
    assert "difficulty" not in wide.rejected
    assert narrow.rejected["difficulty"] > 0
    assert len({one.difficulty for one in narrow.chosen}) == 1 < len({one.difficulty for one in wide.chosen})


def test_what_no_draw_can_help_rejects_none(monkeypatch):
    """An input that is always 1 makes a forgotten input right in every draw, and so is no reason against any."""
    monkeypatch.setattr("symnet.variants.select.FIRST_DRAWS", 40)
    text = XOR.replace("inputs: {range: [0.1, 1], step: 0.05}", "inputs: {choose: [1]}")
    found = select(source(text), 10)
    assert any(name.startswith("missing_input_factor at dL/dw1") for name in found.usual)
    assert "explained_by_mistakes" not in found.rejected or found.rejected["explained_by_mistakes"] < found.drawn


def test_values_that_do_not_exist_are_told():
    """A draw without a value is rejected for that, with what has none."""
    one = workshop(source(PRODUCT.replace("f: q * z", "f: ln(q - 100) * z"))).look(0)
    assert one.reasons == ("no_value",)
    assert "no real finite value" in one.says


def test_what_is_found_crosses_to_other_processes():
    """What is found of a draw can be pickled, as what is sent between processes has to be."""
    import pickle

    one = workshop(source(XOR)).look(0)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    assert isinstance(one, Looked)
    assert Counter(one.drawn)


MLP = """\
inputs: 2
layers: [{units: 1, activation: tanh}, {units: 2, activation: softmax}]
loss: categorical_cross_entropy
data: {inputs: [[0.5, -1]], targets: [[0, 1]]}
parameters: [{weights: [[0.3, -0.7]], biases: [0.1]}, {weights: [[0.4], [-0.2]], biases: [0.2, -0.1]}]
variants: {weights: {range: [-0.9, 0.9], step: 0.1, exclude: 0}, INPUTS}
"""


@pytest.fixture
def few(monkeypatch):
    """Let forty draws say what is usual, and fifty in vain be enough."""
    monkeypatch.setattr("symnet.variants.select.FIRST_DRAWS", 40)
    monkeypatch.setattr("symnet.variants.select._MOST_IN_VAIN", 50)


@pytest.mark.usefixtures("few")
def test_inputs_of_0_do_not_make_usual_coincidences_rare():
    """A mistake that a target of 0 hides in every draw counts against none, though some derivatives are 0 there."""
    inputs = "inputs: {choose: [0, 0.5, 0.7, -0.6]}"
    found = select(source(MLP.replace("INPUTS", inputs)), 8)
    assert any(name.startswith("dropped_path at dL/dw1_1_1") for name in found.usual)
    assert found.drawn <= 40
    assert any("0" in (one.drawn["x1@1"], one.drawn["x2@1"]) for one in found.chosen)
    assert len({one.results for one in found.chosen}) == 8
    assert all(one.drawn["w2_1_1"] != one.drawn["w2_2_1"] for one in found.chosen)


@pytest.mark.usefixtures("few")
def test_the_same_results_are_given_twice_only_where_there_are_no_others():
    """Draws with the outputs and the loss of another are set aside, and used when there is nothing else."""
    # Both rows of weights are shifted by the same number, which changes no output of the softmax.
    drawn = "w2_1_1: {choose: [0.3, 0.7]}, w2_2_1: {choose: [-0.3, 0.1]}"
    text = MLP.partition("variants:")[0] + f"variants: {{{drawn}}}\nscreening: {{allow: explained_by_mistakes}}\n"
    three = select(source(text, seed=3), 3)
    assert len({one.results for one in three.chosen}) == 3
    four = select(source(text, seed=3), 4)
    assert four.chosen[:3] == three.chosen
    assert len({one.results for one in four.chosen}) == 3
    assert four.drawn == sum(four.rejected.values()) + 4


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        (
            "x1: {choose: [0.2, 0.6]}, x2: {choose: [1]}, w2_1_1: {choose: [0.4]}, w2_2_1: {choose: [0.4]}",
            r"Most often too_small: dL/dw1_1_1 \(50 of 50 draws\)\. Draw other.*\{allow: too_small\}",
        ),
        (
            "x1: {choose: [0.3, 1]}, x2: {choose: [0.3, 1]}",
            r"Most often explained_by_mistakes: the mistake \w+ gives the correct dL/d\w+ \(\w+\) "
            r"\(\d+ of \d+ draws\)\. Exclude the numbers .*\{allow: explained_by_mistakes\}",
        ),
    ],
)
def test_too_few_sheets_are_told_with_what_is_to_blame(drawn, told):
    """The most frequent reason is told with its derivative, its mistake if it is one, and what may be done."""
    text = MLP.partition("variants:")[0] + f"variants: {{{drawn}}}\n"
    with pytest.raises(TooFewError, match=told):
        select(source(text), 5)


DIVERGING = """\
inputs: 1
layers: [{units: 1, activation: identity}, {units: 1, activation: identity}]
loss: squared_error
data: {inputs: [[1]], targets: [[1]]}
parameters: [{weights: [[0.5]], biases: [0.1]}, {weights: [[0.5]], biases: [0.1]}]
training: {optimizer: sgd, learning_rate: 0.01, steps: 40}
variants: {weights: {range: [0.1, 0.9], step: 0.1}, learning_rate: {choose: [0.01, 1000000]}}
"""


def test_steps_that_no_sheet_asks_for_have_numbers_all_the_same():
    """A draw whose parameters grow beyond all bounds in a step that no sheet works out is rejected, and no other."""
    shop = workshop(source(DIVERGING))
    assert not shop.look(3).reasons, "what is derived once is derived of a draw that may stand"
    looked = {number: shop.look(number) for number in range(12)}
    growing = {number for number, one in looked.items() if one.drawn["learning_rate"] == "1000000"}
    assert growing == {number for number, one in looked.items() if "no_value" in one.reasons}
    assert growing


SHARES = """\
inputs: 1
layers: [{units: 2, activation: softmax}]
loss: categorical_cross_entropy
data: {inputs: [[1]], targets: [[1, 0]]}
parameters: [{weights: [[0.5], [0.2]], biases: [0.1, 0.3]}]
variants: {weights: {range: [0.1, 0.9], step: 0.1}, y1: {choose: [1, 0.5]}}
"""


def test_drawn_targets_that_do_not_sum_to_one_have_derivatives_of_their_own():
    """Whatever was drawn before it, a draw has the derivation that its own description has when it is solved alone."""
    shop = workshop(source(SHARES))
    seen = set()
    for number in range(8):
        variant = shop.plan.variant(number)
        (part,), (alone,) = shop.worked(variant).parts, solve(variant.description).parts
        own, other = (
            {symbol: derivation.result for symbol, derivation in one.gradient.adjoints.items()} for one in (part, alone)
        )
        assert own == other
        seen.add(variant.drawn["y1@1"])
    assert seen == {"1", "0.5"}
