"""What a class says about its questions, held against the numbers of Python's own statistics."""

import random
import statistics
from fractions import Fraction

import pytest

from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, Report, Reported
from symnet.marking.statistics import ClassEntries, common, questions
from symnet.marking.submissions import NOBODY

MOST = {"a": Fraction(1), "b": Fraction(2), "c": Fraction(3, 2), "d": Fraction(0)}


def answered(name, marks):
    """Return an answer with its marks."""
    verdict = Verdict.RIGHT if marks == MOST[name] else Verdict.WRONG
    return Reported(name, "1", 1, None, "1", None, verdict, (), False, "", marks, MOST[name], None)


@pytest.fixture(scope="module")
def marks():
    """The marks of thirty submissions in each question."""
    draw = random.Random(5)  # noqa: S311 - no secrets are drawn
    steps = (Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1))
    return [{name: most * draw.choice(steps) for name, most in MOST.items()} for _ in range(30)]


@pytest.fixture(scope="module")
def found(marks):
    """What is found out about each question."""
    entries = ClassEntries()
    reports = [Report("", "", "", tuple(answered(name, one) for name, one in each.items())) for each in marks]
    outcomes = [*(Outcome("x", report) for report in reports), Outcome("y", None, "stopped")]
    return {one.id: one for one in questions([entries.entry(one, NOBODY) for one in outcomes], {"L": MOST})}


def test_the_share_is_that_of_all_marks_together(marks, found):
    """A question's share is the sum of its marks over what they could be; what has no marks is no question."""
    assert list(found) == ["a", "b", "c"]
    for name, question in found.items():
        assert question.share == sum(each[name] for each in marks) / (30 * MOST[name])
        assert question.submissions == 30
        assert sum(question.verdicts.values()) == 30


def test_the_discrimination_is_the_correlation_with_the_rest(marks, found):
    """It is the correlation of the marks in a question with those in all others together."""
    for name, question in found.items():
        own = [float(each[name]) for each in marks]
        rest = [float(sum(each.values()) - each[name]) for each in marks]
        assert question.discrimination == pytest.approx(statistics.correlation(own, rest), abs=1e-12)


def test_what_is_the_same_everywhere_has_no_discrimination():
    """Where all have the same marks, there is no correlation."""
    report = Report("", "", "", (answered("a", Fraction(1)), answered("b", Fraction(1))))
    entries = ClassEntries()
    (first, *_) = questions([entries.entry(Outcome("x", report), NOBODY)] * 3, {"L": MOST})
    assert first.discrimination is None


def test_what_is_common_counts_once_a_submission():
    """What occurs twice in one submission counts once, the most common first, then by its name."""
    assert common(lambda entry: entry, ["aab", "b", "c"]) == (("b", 2), ("a", 1), ("c", 1))


def test_entries_hold_what_is_the_same_once():
    """A large class takes little memory: scores that are equal are one object."""
    report = Report("", "", "", (answered("a", Fraction(1)),))
    again = Report("", "", "", (answered("a", Fraction(1)),))
    entries = ClassEntries()
    first, second = (entries.entry(Outcome("x", one), NOBODY) for one in (report, again))
    assert first.scores[0] is second.scores[0]
