"""Honest submissions, of which it is known what is right, wrong, follows, or repeats a mistake: marked as is fair."""

import pytest
from desks import desk, report_on

from symnet.layout.latex import write as latex
from symnet.marking.forms import expression_of
from symnet.marking.truth import Truth

Q1, C1, C4 = "cs4045-q1", "C1", "C4"
OUT = "(a3_1 - y1)*a3_1*(1 - a3_1)"
SWAPPED = "(y1 - a3_1)*a3_1*(1 - a3_1)"
# By what a student does: each answer with what is to come of it.
SUBMISSIONS = {
    "all of it in deltas": (
        Q1,
        {
            "z1_1": ("w1_1_1 x1 + w1_1_2 x2 + w1_1_3 x3 + b1_1", "right"),
            "a1_1": ("max(0, z1_1)", "right"),
            "a2_1": ("1/(1 + e^(-z2_1))", "right"),
            "delta3_1": (OUT, "right"),
            "delta2_1": ("delta3_1*w3_1_1*a2_1*(1 - a2_1)", "right"),
            "dL/dw3_1_1": ("delta3_1*a2_1", "right"),
            "dL/db3_1": ("delta3_1", "right"),
        },
    ),
    "target and output swapped": (
        Q1,
        {
            "delta3_1": (SWAPPED, "wrong"),
            "dL/db3_1": (SWAPPED, "follows"),
            "dL/dw3_1_1": (f"{SWAPPED}*a2_1", "follows"),
            "delta2_1": (f"{SWAPPED}*w3_1_1*a2_1*(1 - a2_1)", "follows"),
        },
    ),
    "no derivative at the output": (
        Q1,
        {
            "delta3_1": ("a3_1 - y1", "wrong"),
            "dL/dw3_1_1": ("(a3_1 - y1)*a2_1", "follows"),
            "dL/db3_1": ("a3_1 - y1", "follows"),
            "delta2_1": ("delta3_1*w3_1_1*a2_1*(1 - a2_1)", "right"),
        },
    ),
    "no derivative in a hidden layer": (
        Q1,
        {
            "delta2_1": ("delta3_1*w3_1_1", "wrong"),
            "dL/dw2_1_1": ("delta3_1*w3_1_1*a1_1", "follows"),
            "dL/db2_1": ("delta3_1*w3_1_1", "follows"),
            "dL/dw3_1_1": ("delta3_1*a2_1", "right"),
        },
    ),
    "no derivative in two hidden units": (
        Q1,
        {"delta2_1": ("delta3_1*w3_1_1", "wrong"), "delta2_2": ("delta3_1*w3_1_2", "wrong unasked")},
    ),
    "the derivative of tanh": (
        Q1,
        {"delta3_1": ("(a3_1 - y1)*(1 - a3_1^2)", "wrong"), "dL/db3_1": ("(a3_1 - y1)*(1 - a3_1^2)", "follows")},
    ),
    "the input for the weight's gradient left out": (
        Q1,
        {"dL/dw3_1_1": ("delta3_1", "wrong"), "dL/db3_1": ("delta3_1", "right")},
    ),
    "a slip that nothing explains": (
        Q1,
        {"delta3_1": ("a3_1*y1^3", "wrong"), "dL/db3_1": ("a3_1*y1^3", "wrong"), "a3_1": ("sigmoid(z3_1)", "right")},
    ),
    "the graph on paper": (
        C4,
        {"q": ("3", "right"), "f": ("-12", "right"), "df/dq": ("-4", "right"), "df/dz": ("3", "right")},
    ),
    "the graph with a wrong sum": (C4, {"q": ("x - y", "wrong"), "f": ("q*z", "right"), "df/dz": ("q", "right")}),
    "the notes of a course": (
        C1,
        {
            "z1_1": ("0.3451", "right"),
            "a1_1": ("0.5854", "right"),
            "a2_1": ("0.345", "right"),
            "dL/dw2_1_1": ("-0.3835", "wrong"),
            "w2_1_1'": ("0.6819", "follows"),
        },
    ),
    "a shifted decimal point": (C1, {"z1_1": ("3.451", "wrong"), "z1_2": ("0.6123", "right")}),
}


@pytest.mark.everyday(5)
@pytest.mark.parametrize("student", SUBMISSIONS)
def test_an_honest_submission_is_marked_as_is_fair(student):
    """Right lines earn their marks, a wrong one none, and what follows from it, or repeats it, all of them."""
    name, answers = SUBMISSIONS[student]
    report = report_on(name, {left: typed for left, (typed, _) in answers.items()})
    found = {}
    for one in report.answers:
        if one.id in answers:
            said = (
                "right" if one.verdict.is_right else "follows" if one.follows else "free" if one.charged_at else "wrong"
            )
            found[one.id] = said if one.out_of else f"{said} unasked"
            assert one.marks == (0 if said == "wrong" else one.out_of)
    assert found == {left: said for left, (_, said) in answers.items()}


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", ["C1", "xor", "adam", "cs349-paper", "cs349-slides", "inf2008-momentum"])
def test_a_submission_in_rounded_numbers_is_right(name):
    """Our own numbers, rounded to five significant digits, are all correct."""
    work, scheme, _ = desk(name)
    truth = Truth(work, work.parts[0])
    numbers = {left: truth.number(truth.by_id[left]) for left in scheme}
    known = {left: f"{float(value):.4e}" for left, value in numbers.items() if value is not None}
    assert len(known) > 5
    report = report_on(name, known)
    wrong = [(one.id, one.typed) for one in report.answers if one.id in known and not one.verdict.is_right]
    assert wrong == []


LATEX = ["cs4045-q1", "C2", "C9", "C11", "maxout", "triplet", "dropout", "elastic-net", "own-notation"]


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", LATEX)
def test_a_submission_in_latex_is_right(name):
    """Our own results as the sheet prints them are all correct."""
    work, scheme, _ = desk(name)
    part = work.parts[0]
    truth = Truth(work, part)
    report = report_on(name, {left: latex(part.build(expression_of(truth, truth.by_id[left]))) for left in scheme})
    assert [(one.id, one.message) for one in report.answers if not one.verdict.is_right] == []
    assert report.marks == report.out_of
