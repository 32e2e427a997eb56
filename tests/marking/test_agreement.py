"""Whether expressions are equal: known pairs, and how sure two precisions make it."""

import mpmath
import pytest
from answering import answered
from equivalent import DIFFERENT, EQUAL

from symnet import pipeline
from symnet.marking.compare import Agreement, Comparer, Pair, compared
from symnet.marking.records import Verdict
from symnet.marking.truth import Truth

NAMES = ("x", "y", "z", "t")


def verdict_on(true, answer):
    """Return the verdict on an answer to a node of a graph that is the expression ``true``."""
    worked = pipeline.solve({"graph": {"inputs": list(NAMES), "nodes": {"f": true}, "output": "f"}})
    truth = Truth(worked, worked.parts[0])
    return Comparer(truth).compare(answered(truth, "f", answer)).verdict


def test_there_are_many_pairs():
    """The pairs are those that the tests below are about, each of them once."""
    assert len(set(EQUAL)) == len(EQUAL) > 150
    assert len(set(EQUAL + DIFFERENT)) >= 190


@pytest.mark.everyday(60, every=False)
@pytest.mark.parametrize(("true", "answer"), EQUAL, ids=[" = ".join(pair) for pair in EQUAL])
def test_what_is_equal_is_right(true, answer):
    """An expression that is equal wherever both have a value is right."""
    assert verdict_on(true, answer) is Verdict.RIGHT


@pytest.mark.parametrize(("true", "answer"), DIFFERENT, ids=[" != ".join(pair) for pair in DIFFERENT])
def test_what_differs_is_wrong(true, answer):
    """An expression that is not equal is wrong, even if it is equal on a part of the numbers, or nearly."""
    assert verdict_on(true, answer) is Verdict.WRONG


@pytest.mark.parametrize("answer", ["x*relu(0*y)/relu(0*y)", "x + ln(-y^2)", "x^2*(y - y)^-1"])
def test_what_has_a_value_nowhere_cannot_be_told(answer):
    """An expression that has no value anywhere is neither right nor wrong, also where a factor of 0 hides that."""
    assert verdict_on("x", answer) is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (("1", "1"), ("1", "1"), Agreement.SAME),
        (("1", "1"), ("1.000000000001", "1.000000000001"), Agreement.DIFFERENT),
        (("1", "1"), ("1." + "0" * 58 + "1", "1." + "0" * 88 + "1"), Agreement.SAME),
        (("0", "0"), ("1e-200", "1e-200"), Agreement.DIFFERENT),
        (("0", "0"), ("3e-58", "2e-88"), Agreement.SAME),
        (("1", "1"), ("1.3", "1.1"), Agreement.UNSURE),
    ],
    ids=["equal", "near miss", "rounding", "small", "noise about 0", "noise alone"],
)
def test_two_precisions_tell_a_difference_from_noise(first, second, outcome):
    """A difference counts if it is far above what the coarser precision is off by, and not if it is far below."""
    with mpmath.workdps(120):
        pairs = [Pair(*map(mpmath.mpf, texts)) for texts in (first, second)]
    assert compared(*pairs) is outcome
