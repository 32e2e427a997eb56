"""Given numbers in place of their names, and terms that given numbers made vanish."""

import pytest
from exercises import ROOT, describe, one_unit, solved

import symnet

RIGHT, WRONG = "right", "wrong"
C1, XOR = (ROOT / "examples" / f"{name}.yaml" for name in ("C1", "xor"))
# All weights are alike, so that every number of an answer may stand for any of them.
ALIKE = describe(
    [1, 1, 1],
    ["sigmoid", "sigmoid"],
    "squared_error",
    data={"inputs": [["0.5"]], "targets": [["0.5"]]},
    parameters=[{"weights": [["0.5"]], "biases": ["0.5"]}, {"weights": [["0.5"]], "biases": ["0.5"]}],
)
HINGE = one_unit("0.3", "0.1", "0.7", -1, "identity", "hinge")
GRAPH = {
    "graph": {"inputs": ["x", "w", "y"], "nodes": {"z": "w*x", "p": "sigmoid(z)", "L": "(p - y)^2/2"}, "output": "L"},
    "at": {"x": "0.7", "w": "0.3", "y": 1},
}
CASES = [
    # The examples: a target of 0, a hidden layer with all numbers in, samples named by number.
    (C1, "dL/dw2_2_1", "a2_2*a1_1", RIGHT),
    (C1, "dL/dw2_2_1", "a2_2*a1_2", WRONG),
    (C1, "dL/dw2_1_1", "a2_1*a1_1", WRONG),
    (C1, "L", "-ln(a2_1)", RIGHT),
    (C1, "L", "-ln(a2_2)", WRONG),
    (C1, "dL/dw1_1_1", "((a2_1-1)*0.4901+a2_2*0.8964+a2_3*0.4556)*a1_1*(1-a1_1)*0.35", RIGHT),
    (C1, "dL/dw1_1_1", "((a2_1-1)*0.4901+a2_2*0.8964+a2_3*0.4556)*a1_1*(1-a1_1)*0.2", WRONG),
    (C1, "dL/dw1_1_1", "((a2_1-1)*0.4901+a2_2*0.8964)*a1_1*(1-a1_1)*0.35", WRONG),
    (C1, "dL/dw1_1_1", "((a2_1-y1)*w2_1_1+a2_2*0.8964+a2_3*0.4556)*a1_1*(1-a1_1)*x1", RIGHT),
    (C1, "w2_1_1'", "0.4901 - 0.5*(a2_1 - 1)*a1_1", RIGHT),
    (C1, "w2_1_1'", "0.4901 - 0.25*(a2_1 - 1)*a1_1", WRONG),
    (XOR, "delta2_1@2", "a2_1@2 - 1", RIGHT),
    (XOR, "delta2_1@4", "a2_1@4", RIGHT),
    (XOR, "delta2_1@4", "a2_1@4 - 1", WRONG),
    (XOR, "delta2_1@2", "a2_1@3 - 1", WRONG),
    (XOR, "z1_1@2", "w1_1_2 + b1_1", RIGHT),
    (XOR, "z1_1@2", "w1_1_1 + b1_1", WRONG),
    (XOR, "z1_1@2", "-1.2 + b1_1", RIGHT),
    (XOR, "delta1_1@2", "(a2_1@2 - 1)*1.1*(1 - a1_1@2^2)", RIGHT),
    (XOR, "delta1_1@2", "(a2_1@2 - 1)*1.3*(1 - a1_1@2^2)", WRONG),
    (XOR, "dL/dw2_1_1", "(a2_1@1*a1_1@1+(a2_1@2-1)*a1_1@2+(a2_1@3-1)*a1_1@3+a2_1@4*a1_1@4)/4", RIGHT),
    (XOR, "dL/dw2_1_1", "(a2_1@1*a1_1@1+(a2_1@2-1)*a1_1@2+(a2_1@3-1)*a1_1@3+a2_1@4*a1_1@4)/3", WRONG),
    # A derivative of one sample is not that of all: which of them a number stands for has to be said.
    (XOR, "delta2_1", "a2_1 - 1", WRONG),
    # Where all numbers are alike, pre-activations are what is left to draw.
    (ALIKE, "dL/dw1_1_1", "(a2_1 - 0.5)*a2_1*(1 - a2_1)*0.5*a1_1*(1 - a1_1)*0.5", RIGHT),
    (ALIKE, "dL/dw1_1_1", "(a2_1 - 0.5)*a2_1*(1 - a2_1)*0.5*a1_1*(1 - a1_1)", WRONG),
    (ALIKE, "dL/dw1_1_1", "(a1_1 - 0.5)*a2_1*(1 - a2_1)*0.5*a1_1*(1 - a1_1)*0.5", WRONG),
    # A sign, and a graph.
    (HINGE, "dL/dw1_1_1", "0.7*1[1 + a1_1 > 0]", RIGHT),
    (HINGE, "dL/dw1_1_1", "-0.7*1[1 + a1_1 > 0]", WRONG),
    (GRAPH, "dL/dw", "(p - 1)*p*(1 - p)*0.7", RIGHT),
    (GRAPH, "dL/dw", "p*p*(1 - p)*0.7", WRONG),
    (GRAPH, "dL/dw", "(p - 1)*p*(1 - p)*0.3", WRONG),
]


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize(("spec", "left", "right", "verdict"), CASES)
def test_given_numbers_in_place_of_names(spec, left, right, verdict):
    """What is true once the given numbers are put in is right, and only that; on names it is compared in names."""
    loss = "categorical_cross_entropy" if spec == C1 else None
    (answer,) = symnet.check(spec if isinstance(spec, dict) else solved(spec), {left: right}, loss).answered
    assert answer.verdict.value == verdict
