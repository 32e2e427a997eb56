"""Citations: an answer may rest on other quantities, but not hand the question on to them."""

import pytest
from exercises import ROOT, solved

import symnet

Q1 = str(ROOT / "examples" / "cs4045-q1.yaml")
C1 = str(ROOT / "examples" / "C1.yaml")
C4 = str(ROOT / "examples" / "C4.yaml")
ADAM = str(ROOT / "examples" / "adam.yaml")


def marks_of(spec, answers):
    """Return the verdict and the marks of each answer, by what it is to."""
    lines = symnet.check(solved(spec), answers).answers
    return {one.id: (one.verdict.value, int(one.marks)) for one in lines if one.id in answers}


def everything(spec, right):
    """Return one and the same answer to all that is asked."""
    return {one.id: right for one in symnet.check(solved(spec), {}).answers}


@pytest.mark.parametrize(
    ("spec", "answers", "earned"),
    [
        # What follows from the quantity itself does not work it out.
        (Q1, {"delta3_1": "dL/db3_1"}, {"delta3_1": ("cannot_tell", 0)}),
        (Q1, {"z3_1": "-ln(1/a3_1 - 1)"}, {"z3_1": ("cannot_tell", 0)}),
        (Q1, {"delta3_1": "dL/dw3_1_1/a2_1"}, {"delta3_1": ("cannot_tell", 0)}),
        (C4, {"q": "f/z"}, {"q": ("cannot_tell", 0)}),
        # What it is worked out from, and what stands beside it, does.
        (Q1, {"dL/db3_1": "delta3_1"}, {"dL/db3_1": ("right", 1)}),
        (Q1, {"delta3_1": "dL/da3_1*a3_1*(1 - a3_1)"}, {"delta3_1": ("right", 1)}),
        (Q1, {"dL/dw3_1_1": "dL/db3_1*a2_1"}, {"dL/dw3_1_1": ("right", 1)}),
        (Q1, {"delta2_1": "dL/db3_1*w3_1_1*a2_1*(1 - a2_1)"}, {"delta2_1": ("right", 1)}),
        (C1, {"a2_1": "1 - a2_2 - a2_3"}, {"a2_1": ("right", 1)}),
        (C4, {"f": "q*z"}, {"f": ("right", 1)}),
        # A circle of citations works nothing out, a chain of them does.
        (
            Q1,
            {"dL/dw1_1_1": "dL/db1_1*x1", "dL/db1_1": "dL/dw1_1_1/x1"},
            {"dL/dw1_1_1": ("cannot_tell", 0), "dL/db1_1": ("cannot_tell", 0)},
        ),
        (
            C1,
            {"a2_1": "1 - a2_2 - a2_3", "a2_2": "1 - a2_1 - a2_3", "a2_3": "1 - a2_1 - a2_2"},
            {"a2_1": ("cannot_tell", 0), "a2_2": ("cannot_tell", 0), "a2_3": ("cannot_tell", 0)},
        ),
        (
            Q1,
            {"dL/dw3_1_1": "dL/db3_1*a2_1", "dL/db3_1": "delta3_1", "delta3_1": "(a3_1 - y1)*a3_1*(1 - a3_1)"},
            {"dL/dw3_1_1": ("right", 1), "dL/db3_1": ("right", 1), "delta3_1": ("right", 1)},
        ),
        # The chain rule with a local derivative left in it is no result yet.
        (Q1, {"dL/dw3_1_1": "dL/dz3_1*dz3_1/dw3_1_1"}, {"dL/dw3_1_1": ("cannot_tell", 0)}),
        (Q1, {"dL/dw3_1_1": "dL/dz3_1*dz3_1/dw3_1_1 = delta3_1*a2_1"}, {"dL/dw3_1_1": ("right", 1)}),
    ],
)
def test_what_an_answer_may_cite(spec, answers, earned):
    """An answer earns its mark where it is worked out from what comes before it, whatever else it is equal to."""
    assert marks_of(spec, answers) == earned


def test_a_circle_is_told():
    """The message names the lines of the circle, so that one of them can be worked out."""
    lines = symnet.check(solved(Q1), {"dL/dw1_1_1": "dL/db1_1*x1", "dL/db1_1": "dL/dw1_1_1/x1"}).answers
    (message,) = {one.message for one in lines if one.message}
    assert message == "The lines dL/dw1_1_1 and dL/db1_1 only cite one another; one of them has to be worked out."


@pytest.mark.parametrize(
    ("spec", "asked", "right"),
    [
        (Q1, "a1_1", "exp(ln(z1_1))"),
        (Q1, "a1_1", "sqrt(z1_1)^2"),
        (Q1, "delta1_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*sqrt(z1_1)/sqrt(z1_1)"),
        (str(ROOT / "examples" / "C11.yaml"), "delta1_1", "-y1*sqrt(1 - y1*a1_1)/sqrt(1 - y1*a1_1)"),
    ],
)
def test_both_sides_of_a_kink_are_demanded(spec, asked, right):
    """An expression that has no value where the unit is dead is incorrect, though it agrees where it has one."""
    assert marks_of(spec, {asked: right}) == {asked: ("wrong", 0)}


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("spec", [Q1, C1, C4, ADAM, str(ROOT / "examples" / "xor.yaml")])
@pytest.mark.parametrize("right", ["0", "0.0000", "1", "17.25"])
def test_one_number_everywhere_earns_nothing_by_following(spec, right):
    """Zeros, ones or any number in all lines are consistent with one another, and earn no follow-through."""
    assert not [one.id for one in symnet.check(solved(spec), everything(spec, right)).answers if one.follows]


def test_arbitrary_deltas_lead_to_nothing():
    """Deltas out of the air earn nothing for products that are consistent with them; those of a slip do."""
    lines = {"dL/dw2_1_1": "0.7190", "dL/dw2_1_2": "0.7964"}
    arbitrary = symnet.check(solved(C1), {"delta2_1": "1.2282", **lines}).answers
    assert not [one.id for one in arbitrary if one.follows]
    # With its sign turned, which has a name.
    turned = symnet.check(solved(C1), {"delta2_1": "0.9942", "dL/dw2_1_1": "0.5820"}).answers
    assert {one.id: one.follows for one in turned if one.id in {"delta2_1", "dL/dw2_1_1"}}["dL/dw2_1_1"] is True
