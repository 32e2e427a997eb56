"""Honest submissions, of which it is known what is right, wrong, follows, or repeats a mistake: marked as is fair."""

import pytest
from desks import desk, report_on

from symnet.layout.latex import write as latex
from symnet.marking.forms import expression_of
from symnet.marking.truth import Truth

Q1, Q2, C1, C3, C4, C5, C6 = "cs4045-q1", "cs4045-q2", "C1", "C3", "C4", "C5", "C6"
C10, C11, C12, DROPOUT = "C10", "C11", "C12", "dropout"
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
    "layers in LaTeX": (
        Q1,
        {
            "z1_1": ("w_{11}^{(1)} x_1 + w_{12}^{(1)} x_2 + w_{13}^{(1)} x_3 + b_1^{(1)}", "right"),
            "a2_1": ("\\frac{1}{1+e^{-z_1^{(2)}}}", "right"),
            "delta3_1": ("(a_1^{(3)} - y_1)\\, a_1^{(3)} \\left(1 - a_1^{(3)}\\right)", "right"),
        },
    ),
    "code": (
        Q1,
        {
            "a1_1": ("np.maximum(0, z1_1)", "right"),
            "a2_1": ("1/(1 + np.exp(-z2_1))", "right"),
            "a3_1": ("sigmoid(z3_1)", "right"),
            "dL/dw3_1_1": ("delta3_1 * a2_1", "right"),
        },
    ),
    "indicators of two kinds": (
        Q1,
        {
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1) * 1{z1_1 > 0}", "right"),
            "delta1_2": ("np.where(z1_2 > 0, 1, 0)*(delta2_1*w2_1_2 + delta2_2*w2_2_2)", "right unasked"),
        },
    ),
    "cases in LaTeX": (
        Q1,
        {
            "a1_1": ("\\begin{cases} z1_1 & z1_1 > 0 \\\\ 0 & \\text{otherwise} \\end{cases}", "right"),
        },
    ),
    "multiplied out": (
        Q1,
        {
            "delta3_1": ("a3_1^2 - a3_1^3 - y1*a3_1 + y1*a3_1^2", "right"),
            "dL/dw3_1_2": ("a2_2*a3_1*(1-a3_1)*(a3_1-y1)", "right unasked"),
        },
    ),
    "no derivative of ReLU": (
        Q1,
        {
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1)", "wrong"),
            "delta1_2": ("(delta2_1*w2_1_2 + delta2_2*w2_2_2)", "wrong unasked"),
            "dL/dw1_1_1": ("delta1_1*x1", "right"),
        },
    ),
    "weights transposed": (
        Q1,
        {
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_1_2)*(z1_1 > 0)", "wrong"),
            "dL/dw1_1_1": ("delta1_1*x1", "right"),
        },
    ),
    "no bias": (
        Q1,
        {
            "z1_1": ("w1_1_1*x1 + w1_1_2*x2 + w1_1_3*x3", "wrong"),
            "a1_1": ("relu(z1_1)", "right"),
        },
    ),
    "decimal commas": (
        C1,
        {
            "z1_1": ("0,3451", "right"),
            "a1_1": ("0,5854", "right"),
            "a2_3": ("0,2911", "right"),
        },
    ),
    "per cent and powers of ten": (
        C1,
        {
            "a2_1": ("34.49%", "right"),
            "a2_2": ("3.641e-1", "right"),
            "a2_3": ("2.911 \\cdot 10^{-1}", "right"),
        },
    ),
    "digits cut off": (
        C1,
        {
            "a1_2": ("0.6484", "right"),
            "a1_1": ("0.585", "right"),
        },
    ),
    "two digits": (
        C1,
        {
            "a1_1": ("0.59", "right"),
            "a2_1": ("0.34", "right"),
            "z1_1": ("0.35", "right"),
        },
    ),
    "softmax not normalised": (
        C1,
        {
            "a2_1": ("2.0076", "wrong"),
            "a2_2": ("2.1192", "free"),
        },
    ),
    "a calculator in another mode": (
        C1,
        {
            "a1_1": ("0.4146", "wrong"),
            "a1_2": ("0.6485", "right"),
        },
    ),
    "one sample by hand": (
        C6,
        {
            "a1_1": ("0.12998", "right"),
            "a1_2": ("0.86905", "right"),
            "L": ("2.0404", "right"),
            "delta1_1": ("-0.87002", "right"),
        },
    ),
    "numbers put in": (
        C6,
        {
            "a1_1": ("exp(3.2)/(exp(3.2) + exp(5.1) + exp(-1.7))", "right"),
            "L": ("-ln(0.12998)", "right"),
        },
    ),
    "a common logarithm": (
        C6,
        {
            "L": ("0.8861", "wrong"),
            "a1_1": ("0.1300", "right"),
        },
    ),
    "four classes": (
        C10,
        {
            "a1_1": ("0.22364", "right"),
            "a1_2": ("0.67184", "right"),
            "a1_3": ("0.09092", "right"),
            "L": ("0.39773", "right"),
        },
    ),
    "a graph in names": (
        C4,
        {
            "q": ("x + y", "right"),
            "f": ("q z", "right"),
            "df/dx": ("z", "right"),
            "df/dy": ("z*1", "right"),
            "df/dz": ("x+y", "right"),
        },
    ),
    "fractions": (
        C4,
        {
            "q": ("6/2", "right"),
            "f": ("-24/2", "right"),
            "df/dq": ("-4.0", "right"),
            "df/dx": ("-8/2", "right"),
        },
    ),
    "upstream forgotten": (
        C4,
        {
            "df/dx": ("1", "wrong"),
            "df/dz": ("3", "right"),
        },
    ),
    "a neuron": (
        C12,
        {
            "h": ("1/(1 + exp(-(w0 + w1*x1 + w2*x2)))", "right unasked"),
            "l": ("(y - h)^2", "right unasked"),
            "dl/dw1": ("-2*(y - h)*h*(1 - h)*x1", "right"),
            "dl/dw0": ("2*(h - y)*h*(1 - h)", "right"),
        },
    ),
    "a sign lost in a graph": (
        C12,
        {
            "dl/dh": ("2*(y - h)", "wrong"),
            "dl/dw0": ("2*(y - h)*h*(1 - h)", "follows"),
            "dl/dw1": ("2*(y - h)*h*(1 - h)*x1", "follows"),
        },
    ),
    "the hinge": (
        C11,
        {
            "L": ("max(0, 1 - y1*a1_1)", "right unasked"),
            "delta1_1": ("-y1*[y1*a1_1 < 1]", "right"),
            "dL/dw1_1_1": ("-y1*x1*(y1*a1_1 < 1)", "right"),
        },
    ),
    "the perceptron's condition": (
        C11,
        {
            "delta1_1": ("-y1*[y1*a1_1 < 0]", "wrong"),
            "dL/dw1_1_1": ("-y1*x1*[y1*a1_1 < 0]", "follows"),
        },
    ),
    "tanh in code": (
        Q2,
        {
            "a1_1": ("np.tanh(z1_1)", "right"),
            "delta2_1": ("a2_1 - y1", "right"),
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1)*(1 - np.tanh(z1_1)**2)", "right"),
        },
    ),
    "the hyperbolic secant": (
        Q2,
        {
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1)*sech(z1_1)^2", "right"),
            "dL/dw1_1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1)*sech(z1_1)^2*x1", "right"),
        },
    ),
    "the square forgotten": (
        Q2,
        {
            "delta1_1": ("(delta2_1*w2_1_1 + delta2_2*w2_2_1)*(1 - a1_1)", "wrong"),
            "dL/dw1_1_1": ("delta1_1*x1", "right"),
            "dL/db1_1": ("delta1_1", "right"),
        },
    ),
    "one step uphill": (
        C3,
        {
            "w2_1_1'": ("w2_1_1 - eta*(a2_1 - y1)*a1_1", "right"),
            "w2_2_1'": ("w2_2_1 + eta*(a2_2 - y2)*a1_1", "wrong"),
        },
    ),
    "a mask": (
        DROPOUT,
        {
            "d1_1": ("2*a1_1", "right"),
            "d1_2": ("0", "right"),
            "delta2_1": ("a2_1 - y1", "right"),
        },
    ),
    "three hinges": (
        C5,
        {
            "L@1": ("2.9", "right"),
            "L@2": ("0", "right"),
            "L@3": ("12.9", "right"),
        },
    ),
    "a shifted decimal point": (C1, {"z1_1": ("3.451", "wrong"), "z1_2": ("0.6123", "right")}),
}


# Submissions in vectors and matrices, with the ids of their entries, all of them right.
ARRAYS = {
    "names alone": (
        Q1,
        {"z2": "W2 a1 + b2", "delta2": "(W3^T delta3) ⊙ a2 ⊙ (1 - a2)", "dL/dW3": "delta3 a2^T"},
        "z2_1 z2_2 delta2_1 delta2_2 dL/dw3_1_1 dL/dw3_1_2",
    ),
    "NumPy's print": (
        C1,
        {
            "z1": "[0.345105 0.61232 ]",
            "a1": "[0.58543005 0.64846984]",
            "a2": "array([0.34489157, 0.36405828, 0.29105015])",
        },
        "z1_1 z1_2 a1_1 a1_2 a2_1 a2_2 a2_3",
    ),
}


@pytest.mark.parametrize("student", ARRAYS)
def test_an_honest_submission_in_arrays_is_right(student):
    """Each entry of a vector or a matrix is right, and earns its marks."""
    name, answers, ids = ARRAYS[student]
    answered = [one for one in report_on(name, answers).answers if one.verdict.value != "not_answered"]
    assert {one.id for one in answered} == set(ids.split())
    assert all(one.verdict.is_right and one.marks == one.out_of for one in answered)


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
