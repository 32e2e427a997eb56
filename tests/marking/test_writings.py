"""Answers as people write them are read as what they mean, and what may mean something else is not."""

import pytest
from writings import EXERCISES, NOT_READ, READ

from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer, Verdict
from symnet.marking.submissions import Submission
from symnet.pipeline import solve
from symnet.sheets.worksheet import scheme_of


@pytest.fixture(scope="module")
def marked():
    """What marks one answer to an exercise; each exercise is solved once."""
    made = {}

    def mark(exercise, left, right):
        if exercise not in made:
            worked = solve(EXERCISES[exercise])
            made[exercise] = Marker(worked, scheme_of(worked))
        (found,) = (
            one
            for one in made[exercise].mark(Submission((TypedAnswer(left, right),))).answers
            if one.verdict is not Verdict.NOT_ANSWERED
        )
        return found

    return mark


@pytest.mark.everyday(48, every=False)
@pytest.mark.parametrize("row", READ, ids=repr)
def test_what_people_write_is_read(marked, row):
    """Each writing is to what it says, and is right or wrong as what it means is."""
    exercise, left, right, target, verdict = row
    found = marked(exercise, left, right)
    assert (found.verdict.value, found.answer.problem[:300]) == (verdict, found.answer.problem[:300])
    assert (found.answer.target and found.answer.target.id) == target


@pytest.mark.parametrize(("exercise", "left", "right", "message"), NOT_READ)
def test_what_may_mean_something_else_is_not_read(marked, exercise, left, right, message):
    """What is no expression, or may be several, is unreadable; the message says what to write, and guesses nothing."""
    found = marked(exercise, left, right)
    assert found.verdict is Verdict.UNREADABLE, found.answer.expression
    assert message in found.answer.problem


@pytest.mark.parametrize(
    ("right", "step"),
    [
        ("σ(0.2) = 0.5474", "σ(0.2) = 0.5474"),
        ("σ(0.19) = 0.5474 = 0.6", "0.5474 = 0.6"),
        ("0.30 = 0.42", "0.30 = 0.42"),
        ("1+1 = 3 = 0.5474", "3 = 0.5474"),
    ],
)
def test_a_wrong_step_is_named(marked, right, step):
    """Where one side of an equality sign is not the other, the answer is wrong, and says between what."""
    found = marked("2-2-1", "a1_1", right)
    assert found.verdict is Verdict.WRONG
    assert f"This step does not hold: {step}." in found.message
