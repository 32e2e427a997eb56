"""Slips with whole arrays are named for every entry that they change."""

import functools

import numpy as np
import pytest
from array_slips import ATTENTION, WRONG_ARRAYS, K, Q

import symnet


@functools.cache
def worked(number):
    """Return one of the exercises, solved; by its identity, since what is no text cannot be looked up."""
    return symnet.solve({id(exercise): exercise for _, exercise, *_ in WRONG_ARRAYS}[number])


def told(exercise, left, right):
    """Return what is said of the entries of an array: the names of the mistakes of each that is wrong."""
    report = symnet.check(worked(id(exercise)), {left: right})
    answered = [answer for answer in report.answers if answer.verdict.value != "not_answered"]
    assert len(answered) == np.size(right) and all(answer.verdict.value != "unreadable" for answer in answered)
    return [[one.name for one in answer.mistakes] for answer in answered if not answer.verdict.is_right]


@pytest.mark.everyday(7)
@pytest.mark.parametrize(
    ("name", "exercise", "left", "wrong"),
    WRONG_ARRAYS,
    ids=[f"{name}-{left}-{number}" for number, (name, _, left, _) in enumerate(WRONG_ARRAYS)],
)
def test_a_slip_with_an_array_is_named(name, exercise, left, wrong):
    """Each entry that the slip changes is explained by it, and most of them by it first."""
    found = told(exercise, left, np.round(wrong, 6).tolist())
    assert found
    assert all(name in names for names in found), found
    assert 2 * sum(names[0] == name for names in found) >= len(found), found


def test_a_right_array_has_no_mistake():
    """What is right is not explained."""
    assert told(ATTENTION, "U1", np.round(Q @ K.T / np.sqrt(2), 6).tolist()) == []
