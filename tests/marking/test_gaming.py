"""Marks for nothing: attempts to earn some without working anything out, each of which earns none."""

import pytest
from desks import desk, report_on

Q1, C1, C3, C4, XOR = "cs4045-q1", "C1", "C3", "C4", "xor"

# One and the same thing in every line: numbers, constants in disguise, and names.
EVERYWHERE = [
    *(
        (name, text)
        for name in (Q1, C1, C3, XOR)
        for text in ("0", "0.0000", "1", "-1", "1.0000", "0.1234", "1e-9", "pi")
    ),
    *(
        (name, text)
        for name in (Q1, C1, C3, XOR)
        for text in ("0*x1", "x1 - x1", "x1/x1", "x1^0", "sign(x1)^2", "cos(0)")
    ),
    *((name, text) for name in (Q1, C1, C3, XOR) for text in ("sigmoid(0)", "tanh(0)", "exp(0*x1)", "abs(x1)/abs(x1)")),
    *((name, text) for name in (Q1, C1, C3, XOR) for text in ("max(x1, -x1) - abs(x1)", "x1", "w1_1_1", "y1", "x1*y1")),
    # The product x*y for the sum q is a slip, from which df/dz follows.
    *((C4, text) for text in ("0", "1", "0*x", "x/x", "x - x", "sigmoid(0)", "x*z", "exp(0)")),
]
H = "10^-40"
# A submission by what it is to, and the ids that are right in it, if any.
SUBMISSIONS = {
    "the quantity itself": (Q1, {"delta3_1": "delta3_1*1", "a3_1": "a3_1 + 0", "dL/dw3_1_1": "dJ/dw3_1_1"}, set()),
    "the quantity times 0": (Q1, {"delta3_1": "0*delta3_1 + (a3_1 - y1)*a3_1*(1 - a3_1)"}, set()),
    "the quantity as a vector": (Q1, {"dL/dW3": "[[dL/dw3_1_1, dL/dw3_1_2]]", "delta2": "dL/dz2", "z1": "z1"}, set()),
    "vectors of zeros": (C1, {"dL/dW2": "[[0,0],[0,0],[0,0]]", "delta1": "[0,0]", "delta2": "[0,0,0]"}, set()),
    "any sample for this one": (
        XOR,
        {f"{name}@1": name for name in ("z1_1", "a1_1", "z2_1", "a2_1", "delta2_1")},
        set(),
    ),
    "this sample for any": (XOR, {name: f"{name}@1*1" for name in ("z1_1", "a1_1", "z2_1", "a2_1", "delta2_1")}, set()),
    "no activation, times 1": (Q1, {"a1_1": "1*z1_1", "a2_1": "z2_1 + 0", "a3_1": "-(-z3_1)"}, set()),
    "a softmax of itself": (C1, {"a2_1": "a2_1/(a2_1 + a2_2 + a2_3)", "a2_2": "exp(ln(a2_2))"}, set()),
    "a ring of outputs": (
        C1,
        {"a2_1": "a2_2*exp(z2_1 - z2_2)", "a2_2": "a2_3*exp(z2_2 - z2_3)", "a2_3": "a2_1*exp(z2_3 - z2_1)"},
        set(),
    ),
    "a step and its derivative": (
        C3,
        {"dL/dw1_1_1": "(w1_1_1 - w1_1_1')/0.5", "w1_1_1'": "w1_1_1 - 0.5*dL/dw1_1_1"},
        set(),
    ),
    "what comes after": (Q1, {"z3_1": "ln(a3_1/(1 - a3_1))", "delta3_1": "dL/dw3_1_1/a2_1", "z1_1": "a1_1"}, set()),
    "a difference for the derivative": (
        Q1,
        {
            "delta3_1": f"((sigmoid(z3_1 + {H}) - y1)^2 - (sigmoid(z3_1) - y1)^2)/(2*{H})",
            "dL/da3_1": f"((a3_1 + {H} - y1)^2/2 - (a3_1 - y1)^2/2)/{H}",
        },
        set(),
    ),
    "the absolute value for ReLU": (Q1, {"a1_1": "abs(z1_1)", "delta1_1": "delta2_1*w2_1_1 + delta2_2*w2_2_1"}, set()),
    "a root for ReLU": (Q1, {"a1_1": "sqrt(z1_1)^2", "a1_2": "exp(ln(z1_2))"}, set()),
    "chain rules left open": (
        Q1,
        {"dL/dw3_1_1": "dL/da3_1*da3_1/dz3_1*dz3_1/dw3_1_1", "delta3_1": "dL/da3_1*da3_1/dz3_1"},
        set(),
    ),
    "consistent with a number out of the air": (C1, {"delta2_1": "1.2282", "dL/dw2_1_1": "0.7190"}, set()),
    "what a sum of both halves is": (Q1, {"dL/db3_1": "dL/db3_1/2 + delta3_1/2"}, set()),
    "a cycle through sums": (
        Q1,
        {"dL/dw3_1_1": "dL/dw3_1_1*0 + dL/db3_1*a2_1", "dL/db3_1": "dL/dw3_1_1/a2_1"},
        set(),
    ),
    "a cycle of four lines": (
        Q1,
        {
            "delta2_1": "delta2_2*w3_1_1/w3_1_2*a2_1*(1 - a2_1)/(a2_2*(1 - a2_2))",
            "delta2_2": "dL/db2_2",
            "dL/db2_2": "dL/dw2_2_1/a1_1",
            "dL/dw2_2_1": "delta2_1*w3_1_2/w3_1_1*a2_2*(1 - a2_2)/(a2_1*(1 - a2_1))*a1_1",
        },
        set(),
    ),
    "indicators that are always 1": (
        Q1,
        {
            "a1_1": "z1_1*(z1_1^2 >= 0)",
            "a1_2": "z1_2*[1 > 0]",
            "delta1_1": "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*[z1_1^2 >= 0]",
        },
        set(),
    ),
    "an indicator beside the quantity": (Q1, {"a1_1": "a1_1*(z1_1 > 0)", "a1_2": "max(0, a1_2)"}, set()),
    "arrays that cite arrays": (Q1, {"delta3": "dL/db3", "dL/db3": "delta3"}, set()),
    "an array of its entries": (Q1, {"dL/dW3": "[[dL/dw3_1_1, dL/dw3_1_2]]", "dL/dw3_1_1": "dL/dw3_1_1*1"}, set()),
    "an array transposed twice": (Q1, {"dL/dW3": "(dL/dW3^T)^T", "delta2": "delta2*1"}, set()),
    "0 times the truth, and a cycle": (
        Q1,
        {
            "dL/dw3_1_1": "0*(a3_1 - y1) + dL/db3_1*a2_1",
            "dL/db3_1": "0*(a3_1 - y1) + dL/dw3_1_1/a2_1",
        },
        set(),
    ),
    "the quantity and 0 times another": (Q1, {"a3_1": "0*z3_1 + a3_1", "delta3_1": "0*y1 + delta3_1"}, set()),
    "very many decimals": (C1, {"a1_1": "0.5854999999999999999999999", "z1_1": "0.345150000000000000000001"}, set()),
    "several numbers in one": (
        C1,
        {"a1_1": "0.58 or 0.59", "a1_2": "0.6 +- 0.1", "a2_1": "0.3..0.4", "a2_2": "[0.3, 0.4]"},
        set(),
    ),
    "both signs": (C1, {"delta2_1": "-0.6551 = 0.6551", "delta2_2": "+-0.3641"}, set()),
    "a list of equalities": (C1, {"a2_1": "0.1 = 0.2 = 0.3 = 0.3449", "a2_2": "0.3641 = 0.9"}, set()),
    "two names of one derivative": (Q1, {"delta3_1": "dL/dz3_1", "dL/da3_1": "dL/dz3_1/(a3_1*(1 - a3_1))"}, set()),
    "local derivatives of themselves": (
        Q1,
        {"da3_1/dz3_1": "da3_1/dz3_1", "dL/da3_1": "delta3_1/(da3_1/dz3_1)", "delta3_1": "dL/da3_1*da3_1/dz3_1"},
        set(),
    ),
    "a step by another name": ("adam", {"w2_1_1'": "w2_1_1@step 1", "m(w2_1_1)": "0.1*dL/dw2_1_1"}, set()),
    "nothing over nothing": (Q1, {"a2_1": "0/0", "delta2_1": "(x1 - x1)/(x1 - x1)", "z1_1": "ln(0)*0"}, set()),
    "what is too small to tell": (Q1, {"a2_1": "(1/2)^(10^9)", "a3_1": "1e-400"}, set()),
    "0 in one line, and all that follows": (
        C1,
        {
            **dict.fromkeys(("delta2_1", "delta2_2", "delta2_3", "delta1_1", "delta1_2"), "0"),
            **dict.fromkeys(("dL/dw2_1_1", "dL/dw2_2_1", "dL/dw1_1_1"), "0"),
        },
        set(),
    ),
    "steps that only go on from one another": (
        XOR,
        {"w2_1_1'": "0.7312", "w2_1_1''": "0.6912", "w2_1_1@step 3": "0.6512"},
        set(),
    ),
    "a moment out of the air": ("adam", {"m(w2_1_1)@step 1": "0.0123", "w2_1_1'": "0.9339"}, set()),
    "a step of itself": ("adam", {"w2_1_1'": "w2_1_1' + 0", "w1_1_1'": "w1_1_1@step 1"}, set()),
    "cases that are always one": (Q1, {"a1_1": "where(z1_1^2 >= 0, z1_1, 0)", "a1_2": "where(1 > 0, z1_2, 0)"}, set()),
    "a smooth step": (Q1, {"a1_1": "z1_1*sigmoid(10^9*z1_1)", "a1_2": "z1_2*(1 + tanh(10^9*z1_2))/2"}, set()),
    "the quantity, cut off at 0": (C1, {"a2_1": "max(a2_1, 0)", "a2_2": "abs(a2_2)", "a2_3": "a2_3^2/a2_3"}, set()),
    "a difference to another": (C1, {"delta2_1": "delta2_2 + (delta2_1 - delta2_2)"}, set()),
    "copies of what leads nowhere": (
        C4,
        {"df/dq": "df/dq", "df/dx": "df/dq*dq/dx", "df/dy": "df/dx", "q": "f/z"},
        set(),
    ),
    "derivatives of one another in a graph": (
        C4,
        {"df/dx": "df/dy", "df/dy": "df/dx", "df/dz": "(df/dz)^2/(df/dz)"},
        set(),
    ),
    "states of themselves": ("rnn", {"h_1_1": "h_1_1*1", "h_2_1": "tanh(ln(exp(0)))", "dL/dv_1": "dL/dv_1"}, set()),
    "one number all over a sequence": (
        "rnn",
        {"dL/dw_1": "0.1234", "dL/db_1": "0.1234", "dL/dU_1_1": "0", "dL/dv_1": "1"},
        set(),
    ),
    "whole arrays of themselves": ("cnn", {"dL/dK": "dL/dK*1", "Z": "Z", "dL/dZ": "dL/dA", "dL/dA": "dL/dZ"}, set()),
    "whole arrays of nothing": ("cnn", {"dL/dK": "np.zeros((3,3))", "dL/dW": "[[0,0],[0,0]]"}, set()),
    # What looks like one of these and is right.
    "ReLU by an absolute value": (Q1, {"a1_1": "(z1_1 + abs(z1_1))/2"}, {"a1_1"}),
    "an output by the others": (C1, {"a2_1": "1 - a2_2 - a2_3"}, {"a2_1"}),
    "a 0 that is added": (Q1, {"dL/dw3_1_1": "delta3_1*a2_1 + 0*x1"}, {"dL/dw3_1_1"}),
}


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("attempt", EVERYWHERE, ids=" ".join)
def test_one_thing_everywhere_earns_nothing_but_where_it_is_right(attempt):
    """No line follows from others or repeats a mistake; a number that is right somewhere is right there alone."""
    name, text = attempt
    report = report_on(name, dict.fromkeys(desk(name)[1], text))
    assert [one.id for one in report.answers if one.marks and not one.verdict.is_right] == []
    assert report.marks <= report.out_of / 10


@pytest.mark.everyday(5)
@pytest.mark.parametrize("attempt", SUBMISSIONS)
def test_an_attempt_earns_nothing(attempt):
    """Only what is worked out earns its mark."""
    name, answers, right = SUBMISSIONS[attempt]
    report = report_on(name, answers)
    assert {one.id for one in report.answers if one.marks} == right
    assert len([one for one in report.answers if one.verdict.value != "not_answered"]) >= len(answers)
