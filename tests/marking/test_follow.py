"""Follow-through: a line is right from the student's own earlier wrong lines, or it is not."""

import functools

import pytest
from answering import answered
from exercises import ROOT, solved

from symnet.marking.compare import Comparer
from symnet.marking.follow import Follower
from symnet.marking.truth import Truth


@functools.cache
def follower_of(name, part=0):
    """Return what tells what follows in a part of an example."""
    worked = solved(ROOT / "examples" / f"{name}.yaml")
    return Follower(Comparer(Truth(worked, worked.parts[part])))


@pytest.mark.parametrize(
    ("name", "earlier", "later", "follows"),
    [
        # Numbers: the misprinted activation of the notes, and what comes after it.
        ("C1", [("a1_2", "0.6458")], ("z2_1", "0.6953"), True),
        ("C1", [("a1_2", "0.6458")], ("z2_1", "0.6952"), True),
        ("C1", [("a1_2", "0.6458")], ("z2_1", "0.6969"), False),
        ("C1", [("a1_2", "0.6458")], ("z2_1", "0.6992"), False),
        ("C1", [("dL/dw2_1_1", "-0.3835")], ("w2_1_1'", "0.6819"), True),
        ("C1", [("dL/dw2_1_1", "-0.3835")], ("w2_1_1'", "0.6818"), True),
        ("C1", [("dL/dw2_1_1", "-0.3835")], ("w2_1_1'", "0.6829"), False),
        ("C1", [("dL/dw1_1_1", "-0.0118")], ("w1_1_1'", "0.5022"), True),
        ("C1", [("dL/dw1_1_1", "-0.0118")], ("w2_1_1'", "0.6819"), False),
        ("C1", [("delta2_1", "-0.5")], ("dL/dw2_1_1", "-0.2927"), True),
        ("C1", [("delta2_1", "-1/2")], ("dL/dw2_1_1", "-0.2927"), True),
        ("C1", [("delta2_1", "-y1/2")], ("dL/dw2_1_1", "-0.2927"), True),
        # Expressions: a wrong derivative, a wrong sign, and what comes of them.
        ("cs4045-q1", [("delta3_1", "y1 - a3_1")], ("dL/dw3_1_2", "(y1 - a3_1)*a2_2"), True),
        ("cs4045-q1", [("delta3_1", "y1 - a3_1")], ("dL/db3_1", "y1 - a3_1"), True),
        ("cs4045-q1", [("delta3_1", "y1 - a3_1")], ("dL/dw3_1_2", "(y1 - a3_1)*a2_1"), False),
        ("cs4045-q1", [("delta3_1", "y1 - a3_1")], ("delta2_1", "(y1 - a3_1)*w3_1_1*a2_1*(1 - a2_1)"), True),
        ("cs4045-q1", [("delta3_1", "y1 - a3_1")], ("delta2_1", "(y1 - a3_1)*w3_1_1"), False),
        ("cs4045-q1", [("a2_1", "tanh(z2_1)")], ("z3_1", "w3_1_1*tanh(z2_1) + w3_1_2*a2_2 + b3_1"), True),
        ("cs4045-q1", [("a2_1", "tanh(z2_1)")], ("z3_1", "w3_1_1*tanh(z2_1) + w3_1_2*a2_2"), False),
        (
            "cs4045-q1",
            [("delta3_1", "y1 - a3_1"), ("delta2_1", "(y1 - a3_1)*w3_1_1"), ("delta2_2", "(y1 - a3_1)*w3_1_2")],
            ("dL/dw2_2_1", "(y1 - a3_1)*w3_1_2*a1_1"),
            True,
        ),
        ("C4", [("q", "4")], ("f", "-16"), True),
        ("C4", [("q", "4")], ("f", "-12.5"), False),
        ("xor", [("a1_1@2", "0.5")], ("z2_1@3", "0.1"), False),
    ],
)
def test_what_follows_from_wrong_lines(name, earlier, later, follows):
    """A line follows if it comes out of the sheet's own lines with the student's wrong ones in their places."""
    follower = follower_of(name)
    wrong = [answered(follower.truth, *one) for one in earlier]
    assert follower.follows(answered(follower.truth, *later), wrong) is follows


def test_nothing_follows_from_nothing():
    """Without earlier wrong lines nothing follows."""
    follower = follower_of("C1")
    assert not follower.follows(answered(follower.truth, "z2_1", "0.6953"), [])
