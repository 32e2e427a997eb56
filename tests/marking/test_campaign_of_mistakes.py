"""How many wrong answers of students are named, and how few numbers from nowhere: what the campaign measures."""

from collections import Counter
from decimal import Decimal

import pytest
import wrong_by_formula
from exercises import luck
from wrong_answers import HELD_OUT, NAMES, WRONG_ANSWERS, explained, marked_by

from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.marking.records import TypedAnswer
from symnet.marking.slips import NAMES as SLIPS

# Exercises with numbers, of which random ones are marked.
NUMBERED = (
    ("c1", None),
    ("c1", "categorical_cross_entropy"),
    ("c5", None),
    ("c6", None),
    ("c7", None),
    ("c10", None),
    ("xor", None),
    ("adam", None),
    ("adameps", None),
    ("momentum", None),
    ("elastic", None),
    ("trig", None),
)


def _shares(answers):
    """Return the share of wrong answers of which the mistake is named first, and of which it is named at all."""
    found = Counter()
    for one in answers:
        names, right = explained(one), NAMES[one.kind]
        found["first"] += bool(names) and names[0] in right
        found["named"] += not right.isdisjoint(names)
    return tuple(found[what] / len(answers) for what in ("first", "named"))


def _explained_by_chance(digits, count):
    """Return the share of random numbers around the true ones, of so many digits, that are explained by a mistake."""
    chance, tried, found = luck(f"numbers from nowhere {digits}"), 0, 0
    for exercise, loss in NUMBERED:
        reader, catalogue = marked_by(exercise, loss)
        truth = catalogue.truth
        targets = [target for target in truth.targets if truth.number(target)]
        for _ in range(count):
            target = chance.choice(targets)
            true = float(truth.number(target))
            text = format(Decimal(f"{chance.uniform(-2, 2) * abs(true):.{digits - 1}e}"), "f")
            answer = reader.read(TypedAnswer(target.id, text))
            # What is right, or all but right, comes from somewhere.
            if abs(float(text) - true) > 2 * float(answer.figures.unit):
                tried += 1
                found += bool(catalogue.explain(answer))
    return found / tried


def test_wrong_answers_are_many_and_of_many_kinds():
    """There are at least 300 wrong answers of at least 60 kinds, and each kind has a name that a mistake may go by."""
    assert len(WRONG_ANSWERS) >= 300
    assert len({one.kind for one in WRONG_ANSWERS}) >= 60
    assert {one.kind for one in (*WRONG_ANSWERS, *HELD_OUT)} == NAMES.keys()
    assert len(HELD_OUT) >= 60
    rows = {row.name for row in (*LAST, *MADE, *OWN)} | set(SLIPS)
    assert rows >= set().union(*NAMES.values())


@pytest.mark.campaign
def test_mistakes_of_students_are_named():
    """Of the wrong answers of students 85 % are named first and 95 % named; of those held out, nearly as many."""
    everything, held_out = _shares(WRONG_ANSWERS), _shares(HELD_OUT)
    print(f"named first {everything[0]:.1%}, named {everything[1]:.1%}")
    print(f"of those held out: named first {held_out[0]:.1%}, named {held_out[1]:.1%}")
    assert everything >= (0.85, 0.95)
    assert everything[1] >= 0.95
    assert held_out[0] >= 0.85
    assert held_out[1] >= 0.92


def test_wrong_answers_by_formula_are_many_and_of_many_kinds():
    """More than 300 wrong answers of more than 60 kinds to more than ten exercises, and as many kinds in the others."""
    first, second = wrong_by_formula.first(), wrong_by_formula.second()
    assert len(first) >= 300
    assert len({one.exercise for one in first}) >= 10
    assert min(len({one.kind for one in some}) for some in (first, second)) >= 60
    assert {one.kind for one in (*first, *second)} == wrong_by_formula.NAMES.keys()


@pytest.mark.campaign
@pytest.mark.parametrize(("which", "named_first", "named"), [("first", 0.88, 0.91), ("second", 0.74, 0.79)])
def test_slips_by_formula_are_named(which, named_first, named):
    """Of the slips made by a formula, nine in ten are named; of those that no row was written for, eight in ten."""
    found = Counter()
    slips = getattr(wrong_by_formula, which)()
    for one in slips:
        names, right = wrong_by_formula.told(one), wrong_by_formula.NAMES[one.kind]
        found["first"] += bool(names) and names[0] in right
        found["named"] += not right.isdisjoint(names)
    shares = tuple(found[what] / len(slips) for what in ("first", "named"))
    print(f"{which}: named first {shares[0]:.1%}, named {shares[1]:.1%}")
    assert shares >= (named_first, named)
    assert shares[1] >= named


@pytest.mark.campaign
@pytest.mark.parametrize(("digits", "most"), [(4, 0.02), (3, 0.08), (2, 0.08)])
def test_numbers_from_nowhere_are_seldom_explained(digits, most):
    """Random numbers of four digits are explained in at most 2 % of cases, of three and of two in at most 8 %."""
    share = _explained_by_chance(digits, 250)
    print(f"{digits} digits: {share:.1%} explained")
    assert share <= most
