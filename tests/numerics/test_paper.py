"""Arithmetic as on paper: every number is rounded as it is shown, and used so from there on."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import yaml
from exercises import ROOT, Draws, describe, luck, one_unit, part_of
from sympy import Symbol

import symnet
from symnet.errors import DescriptionError
from symnet.numerics.paper import Written

PAPER = {"arithmetic": "paper"}


def on_paper(spec, **numbers):
    """Return the first loss of a description in arithmetic as on paper."""
    return part_of({**spec, "numbers": {**PAPER, **numbers}})


def texts(values, names):
    """Return the digits of numbers by id, as they are written."""
    return [str(values[Symbol(name)].digits) for name in names.split()]


@pytest.fixture(scope="module")
def c1():
    """The worked example of the course with four decimals, under its two losses."""
    spec = yaml.safe_load((ROOT / "examples" / "C1.yaml").read_text(encoding="utf-8"))
    return symnet.solve({**spec, "numbers": {**PAPER, "decimals": 4}}).parts


def test_the_forward_pass_of_the_notes(c1):
    """The notes' own numbers come out, but for one in the last digit where the notes round each product too."""
    (sample,) = c1[0].paper.samples
    assert texts(sample.values, "z1_1 z1_2 a1_1 a1_2") == ["0.3451", "0.6123", "0.5854", "0.6485"]
    assert texts(sample.values, "z2_1 z2_2 z2_3") == ["0.6970", "0.7510", "0.5272"]
    outputs = [Decimal(text) for text in texts(sample.values, "a2_1 a2_2 a2_3")]
    assert [output.quantize(Decimal("0.001")) for output in outputs] == [
        Decimal(text) for text in ("0.345", "0.364", "0.291")
    ]


def test_the_gradients_of_the_notes(c1):
    """With the plain cross-entropy the derivatives and updates are those that the notes print, signs put right."""
    plain = c1[1].paper
    assert texts(plain.gradients, "w2_1_1 w1_1_1") == ["-0.3835", "0.0117"]
    assert texts(plain.updates[0].after, "w2_1_1") == ["0.6819"]


def test_a_delta_uses_rounded_outputs(c1):
    """A delta is what the rounded outputs say, not the exact one rounded."""
    (sample,) = c1[0].paper.samples
    assert texts(sample.adjoints, "z2_1 z2_2 z2_3") == ["-0.9941", "0.5786", "0.4155"]
    exact = c1[0].evaluation.samples[0].adjoints[Symbol("z2_2")]
    assert mpmath.nstr(exact, 4) == "0.5787"


def test_exact_arithmetic_has_no_paper():
    """Without being asked for, nothing is worked out on paper, and the exact numbers are those shown."""
    part = part_of(one_unit("0.3", "0.1", "0.7", 1))
    assert part.paper is None
    assert part.shown is part.evaluation


def test_what_is_shown_is_what_stands_on_paper(c1):
    """On paper the numbers shown are the rounded ones, and the exact ones are kept."""
    assert c1[0].shown is c1[0].paper
    assert isinstance(c1[0].shown.loss, Written)
    assert not isinstance(c1[0].evaluation.loss, Written)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("seed", range(12))
def test_with_many_digits_paper_is_nearly_exact(seed):
    """With twelve significant digits, paper is close to the exact numbers, whatever the network is and its training."""
    draws = Draws(luck(f"near {seed}"))
    spec = draws.description()
    spec["training"] = draws.training(spec, "sgd")
    spec["training"].pop("clip_norm", None)
    part = on_paper(spec, significant=12)
    paper, exact = part.paper, part.evaluation
    for near, true in [
        (paper.loss, exact.loss),
        *((paper.gradients[p], exact.gradients[p]) for p in exact.gradients),
        *((paper.updates[-1].after[p], exact.updates[-1].after[p]) for p in exact.gradients),
    ]:
        assert abs(near - true) < 1e-7 * (1 + abs(true))


def test_whole_numbers_are_exact():
    """Where nothing needs rounding, paper and exact numbers are the same."""
    spec = yaml.safe_load((ROOT / "examples" / "C5.yaml").read_text(encoding="utf-8"))
    part = on_paper(spec, decimals=4)
    for paper, exact in zip(part.paper.samples, part.evaluation.samples, strict=True):
        for found, true in zip(paper, exact, strict=True):
            assert all(abs(found[symbol] - true[symbol]) < 1e-40 for symbol in true)
            assert not any(number.changed for number in found.values())
    assert part.paper.loss.changed


def test_later_steps_start_from_rounded_parameters():
    """Each step starts where the one before it ended, and every line of it is rounded."""
    training = {"optimizer": "momentum", "learning_rate": "0.3", "steps": 3}
    part = on_paper(one_unit("0.3", "0.1", "0.7", 1, "sigmoid", training=training), decimals=2)
    updates, w = part.paper.updates, Symbol("w1_1_1")
    for before, after in pairwise(updates):
        assert after.before == before.after
        assert after.loss_before == before.loss_after
        velocity = after.state["velocity"][w].fraction
        exact = after.before[w].fraction - Fraction(3, 10) * velocity
        assert abs(after.after[w].fraction - exact) <= Fraction(1, 200)
        assert after.after[w].fraction.denominator in {1, 2, 4, 5, 10, 20, 25, 50, 100}
    assert updates[-1].after != part.evaluation.updates[-1].after


def test_halves_go_up_unless_said_otherwise():
    """On paper halves are rounded up, as taught at school; to the even digit where that is asked for."""
    spec = one_unit("0.5", 0, "0.25", 0)
    assert texts(on_paper(spec, decimals=2).paper.samples[0].values, "z1_1") == ["0.13"]
    assert texts(on_paper(spec, decimals=2, rounding="half_even").paper.samples[0].values, "z1_1") == ["0.12"]


def test_huge_numbers_that_cancel():
    """A sum of huge numbers keeps what is left of it, however many digits that takes."""
    spec = describe(
        [3, 1],
        ["identity"],
        "squared_error",
        bias=False,
        data={"inputs": [["1e200", "0.5", "-1e200"]], "targets": [[0]]},
        parameters=[{"weights": [[1, 1, 1]]}],
    )
    assert texts(on_paper(spec, decimals=4).paper.samples[0].values, "z1_1 L") == ["0.5", "0.125"]


def test_a_kink_that_rounding_leads_to():
    """Rounding can put a node on a kink; then the sheet takes the derivative by convention and says so."""
    # The activation is 0.5 + 0.00125, and half of it less 1/4 is exactly 0 once it is rounded.
    spec = describe(
        [1, 1, 1],
        ["sigmoid", "relu"],
        "squared_error",
        data={"inputs": [["0.005"]], "targets": [[1]]},
        parameters=[{"weights": [[1]], "biases": [0]}, {"weights": [["0.5"]], "biases": ["-0.25"]}],
    )
    part = on_paper(spec, decimals=2)
    assert part.evaluation.kinks == ()
    assert part.paper.kinks == ((0, Symbol("a2_1")),)


def test_a_kink_met_in_training():
    """A later step that starts on a kink is kept, as in exact arithmetic."""
    spec = one_unit(1, 0, 1, 0, "relu", training={"learning_rate": "1/2", "steps": 2})
    part = on_paper(spec, decimals=2)
    assert part.paper.later_kinks == part.evaluation.later_kinks == ((2, 0, Symbol("a1_1")),)


@pytest.mark.parametrize(
    ("target", "training", "said"),
    [
        (0, {}, "in sample 1, L would be the logarithm of 0"),
        (1, {"training": {"learning_rate": 1, "clip_value": "0.1", "steps": 1}}, ""),
    ],
)
def test_rounding_to_where_there_is_no_value(target, training, said):
    """An output that is rounded to 1 has no logarithm of what is left: an error at the key that says what to do."""
    spec = one_unit(12, 0, 1, target, "sigmoid", "binary_cross_entropy", **training)
    if not said:
        assert on_paper(spec, decimals=4).paper.loss == 0
        return
    with pytest.raises(DescriptionError) as caught:
        on_paper(spec, decimals=4)
    (problem,) = caught.value.problems
    assert problem.where == "numbers.arithmetic"
    assert said in problem.found
    assert problem.hint == "Take more decimals or significant digits, or arithmetic: exact."
    assert on_paper(spec, decimals=8).paper.loss > 11


def test_training_that_rounds_to_where_there_is_no_value():
    """The error says after which training step it was met."""
    training = {"optimizer": "sgd", "learning_rate": 40, "steps": 3}
    spec = describe(
        [1, 1],
        ["sigmoid"],
        "binary_cross_entropy",
        data={"inputs": [[1], [1]], "targets": [[1], ["0.9"]]},
        parameters=[{"weights": [[0]], "biases": [0]}],
        training=training,
    )
    with pytest.raises(DescriptionError, match="in sample 2 after training step 1"):
        on_paper(spec, decimals=2)


def test_each_sample_is_worked_alone():
    """Of many samples each has the numbers that it has by itself."""
    draws = Draws(luck("many"))
    spec = draws.of([2, 3, 1], ["tanh", "sigmoid"], "squared_error", samples=60)
    spec.pop("regularization", None)
    whole = on_paper(spec, decimals=4).paper
    for index in (0, 17, 59):
        data = {name: [rows[index]] for name, rows in spec["data"].items()}
        alone = on_paper({**spec, "data": data}, decimals=4).paper
        assert list(whole.samples[index].gradients.values()) == list(alone.samples[0].gradients.values())
