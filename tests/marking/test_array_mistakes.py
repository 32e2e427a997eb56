"""Slips with whole arrays are named for every entry that they change."""

import functools

import mpmath
import pytest
from array_mistake_names import NAMES
from array_networks import IMAGE, NORMALIZED, SEQUENCE
from array_slips import ATTENTION, WRONG_ARRAYS, K, Q, np

import symnet
from symnet.marking.records import TargetKind
from symnet.marking.truth import Truth


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


@pytest.mark.everyday(5, every=False)
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


def test_every_name_has_a_wrong_array():
    """What another test counts as worked out here is."""
    assert {name for name, *_ in WRONG_ARRAYS} == NAMES


STEPS = {
    "graph": {
        "inputs": {"x": [3, 2], "W": [2, 2], "V": [2, 2]},
        "parameters": ["W", "V"],
        "over": {"t": 3},
        "nodes": {"h[0]": "0", "h[t]": "tanh(W @ x[t] + V @ h[t-1])", "L": "sum(h[3])^2"},
        "output": "L",
    }
}


@pytest.fixture(scope="module")
def steps():
    """A recurrence over three steps, solved."""
    return symnet.solve(STEPS)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("h[2][1]", "tanh(W[1,1]*x[2,1] + W[1][2]*x[2][2] + V[1,1]*h[1,1] + V[1,2]*h[1][2])", "right"),
        ("h[2, 2]", "tanh(W[2,1]*x[2,1] + W[2,2]*x[2,2] + V[2,1]*h_1_1 + V_2_2*h[1,2])", "right"),
        ("h[2, 2]", "tanh(W[2,1]*x[1,1] + W[2,2]*x[1,2] + V[2,1]*h_1_1 + V_2_2*h[1,2])", "wrong"),
        ("dL/dh[3]", "[2*(h[3,1] + h[3,2]), 2*(h[3,1] + h[3,2])]", "right"),
        ("dL/dh[3][2]", "2*(h[3,1] + h[3,2])", "right"),
        ("h[4]", "[1, 2]", "unreadable"),
        ("h[2, 2]", "x[4, 1]", "unreadable"),
        ("W[1, 2]", "3", "unreadable"),
    ],
)
def test_entries_are_named_with_brackets(steps, left, right, verdict):
    """What a description writes with brackets, an answer may: entries counted from 1, time first."""
    answered = [one for one in symnet.check(steps, {left: right}).answers if one.verdict.value != "not_answered"]
    assert {one.verdict.value for one in answered} == {verdict}
    if verdict == "unreadable":
        assert answered[0].message.splitlines()[-1].strip() == "^"


@pytest.mark.parametrize("mapping", [IMAGE, NORMALIZED, SEQUENCE], ids=["image", "normalized", "sequence"])
def test_mistakes_are_looked_for_in_layers_of_arrays(mapping):
    """Wrong numbers of such a network are marked incorrect whatever they are to, and a lost sign is named."""
    work = symnet.solve(mapping)
    truth = Truth(work, work.parts[0])
    asked = [target for target in truth.targets if target.kind is TargetKind.GRADIENT and truth.number(target)]
    wrong = {target.id: mpmath.nstr(-truth.number(target), 6) for target in asked[::10]}
    found = [one for one in symnet.check(work, wrong).answers if one.id in wrong]
    assert len(found) == len(wrong) > 1
    for answer in found:
        assert answer.verdict.value == "wrong"
        assert SIGNS & {mistake.name for mistake in answer.mistakes}, answer


SIGNS = {"wrong_sign", "target_output_swapped", "negated_pre_activation", "sign_in_derivative", "plus_for_minus"}
