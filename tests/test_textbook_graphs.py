"""Graphs whose derivatives a textbook prints: what symnet comes to is that, letter for letter."""

from itertools import pairwise

import pytest
from exercises import luck
from reading import readable

import symnet
from symnet.algebra.nodes import Quotient, plain_text

SOFTMAX = {
    "e1": "exp(z1)",
    "e2": "exp(z2)",
    "e3": "exp(z3)",
    "s": "e1 + e2 + e3",
    "p1": "e1/s",
    "p2": "e2/s",
    "p3": "e3/s",
}
ENTROPY = {"L": "-(y1*ln(p1) + y2*ln(p2) + y3*ln(p3))"}
NEURON = {"z": "w*x + b"}
ONE_HOT = {"z1": 1, "z2": 2, "z3": -1, "y1": 0, "y2": 1, "y3": 0}
TWO = {"e1": "exp(z1)", "e2": "exp(z2)", "a1": "e1/(e1 + e2)", "a2": "e2/(e1 + e2)"}
SHARES = {"z1": 1, "z2": 2, "y1": "1/4", "y2": "3/4"}

# By name: the inputs, the nodes, the derivatives as they are printed, and the numbers if any are given.
GRAPHS = {
    "logistic regression": (
        "x y w b",
        {**NEURON, "p": "sigmoid(z)", "L": "-(y*ln(p) + (1 - y)*ln(1 - p))"},
        {"w": "(p - y)*x", "b": "p - y", "x": "(p - y)*w"},
    ),
    "logistic regression, the sigmoid spelled": (
        "x y w b",
        {**NEURON, "p": "1/(1 + exp(-z))", "L": "-y*ln(p) - (1 - y)*ln(1 - p)"},
        {"w": "(p - y)*x", "b": "p - y"},
    ),
    "logistic regression in one node": (
        "z y",
        {"L": "-(y*ln(sigmoid(z)) + (1 - y)*ln(1 - sigmoid(z)))"},
        {"z": "1/(1 + exp(-z)) - y"},
    ),
    "softplus": ("z y", {"L": "ln(1 + exp(z)) - y*z"}, {"z": "1/(1 + exp(-z)) - y"}),
    "squared error of a sigmoid": (
        "x y w b",
        {**NEURON, "p": "exp(z)/(1 + exp(z))", "L": "(p - y)^2/2"},
        {"w": "(p - y)*p*(1 - p)*x", "b": "(p - y)*p*(1 - p)", "y": "y - p"},
    ),
    "a sigmoid with its sum inside": (
        "x y w b",
        {"p": "(1 + exp(-(w*x + b)))^(-1)", "L": "(p - y)^2/2"},
        {"w": "(p - y)*p*(1 - p)*x", "b": "(p - y)*p*(1 - p)"},
    ),
    "a sigmoid over two nodes": (
        "x y w b",
        {**NEURON, "e": "exp(-z)", "p": "1/(1 + e)", "L": "(p - y)^2/2"},
        {"w": "(p - y)*p*(1 - p)*x", "b": "(p - y)*p*(1 - p)"},
    ),
    "a tanh neuron": (
        "x y w b",
        {"h": "tanh(w*x + b)", "L": "(h - y)^2/2"},
        {"w": "(h - y)*(1 - h**2)*x", "b": "(h - y)*(1 - h**2)"},
    ),
    "a tanh spelled": (
        "x y w b",
        {**NEURON, "h": "(exp(z) - exp(-z))/(exp(z) + exp(-z))", "L": "(h - y)^2/2"},
        {"w": "(h - y)*(1 - h**2)*x", "b": "(h - y)*(1 - h**2)"},
    ),
    "a tanh over three nodes": (
        "z y",
        {"u": "exp(z)", "v": "exp(-z)", "h": "(u - v)/(u + v)", "L": "(h - y)^2/2"},
        {"z": "(h - y)*(1 - h**2)"},
    ),
    "log-cosh": ("x y w", {"u": "w*x - y", "L": "ln(cosh(u))"}, {"w": "tanh(u)*x", "y": "-tanh(u)"}),
    "softmax in one node each": (
        "z1 z2 z3 c1 c2 c3",
        {
            **{f"p{k}": f"exp(z{k})/(exp(z1) + exp(z2) + exp(z3))" for k in (1, 2, 3)},
            "f": "p1",
        },
        {"z1": "p1*(1 - p1)", "z2": "-p1*p2", "z3": "-p1*p3"},
    ),
    "softmax over nodes": (
        "z1 z2 z3",
        {**SOFTMAX, "f": "p1"},
        {"z1": "p1*(1 - p1)", "z2": "-p1*p2", "z3": "-p1*p3"},
    ),
    "softmax regression, open targets": (
        "z1 z2 z3 y1 y2 y3",
        SOFTMAX | ENTROPY,
        {"z1": "p1*(y1 + y2 + y3) - y1", "z2": "p2*(y1 + y2 + y3) - y2"},
    ),
    "softmax regression, one-hot targets": (
        "z1 z2 z3 y1 y2 y3",
        SOFTMAX | ENTROPY,
        {"z1": "p1 - y1", "z2": "p2 - y2", "z3": "p3 - y3"},
        ONE_HOT,
    ),
    "softmax regression, the class by its number": (
        "z1 z2 z3",
        SOFTMAX | {"L": "-ln(p2)"},
        {"z1": "p1", "z2": "p2 - 1", "z3": "p3"},
    ),
    "Kullback-Leibler with softmax": (
        "z1 z2 y1 y2",
        TWO | {"L": "y1*ln(y1/a1) + y2*ln(y2/a2)"},
        {"z1": "a1 - y1", "z2": "a2 - y2", "y1": "log(y1/a1) + 1"},
        SHARES,
    ),
    "SiLU": ("z", {"f": "z*sigmoid(z)"}, {"z": "1/(1 + exp(-z))*(1 + z*(1 - 1/(1 + exp(-z))))"}),
    "layer norm": (
        "x1 x2 x3",
        {
            "mu": "(x1 + x2 + x3)/3",
            "v": "((x1 - mu)^2 + (x2 - mu)^2 + (x3 - mu)^2)/3",
            "s": "sqrt(v)",
            "h": "(x1 - mu)/s",
        },
        {"x1": "(2 - h**2)/(3*s)", "x2": "-(s + h*(x2 - mu))/(3*s**2)"},
    ),
    "batch variance": (
        "x1 x2 x3",
        {"mu": "(x1 + x2 + x3)/3", "v": "((x1 - mu)^2 + (x2 - mu)^2 + (x3 - mu)^2)/3"},
        {"x1": "2*(x1 - mu)/3", "x3": "2*(x3 - mu)/3"},
    ),
    "batch mean": ("x1 x2 x3 x4", {"m": "(x1 + x2 + x3 + x4)/4"}, {"x1": "1/4", "x4": "1/4"}),
    "two steps in time": (
        "x1 x2 h0 w u b y",
        {"h1": "tanh(w*x1 + u*h0 + b)", "h2": "tanh(w*x2 + u*h1 + b)", "L": "(h2 - y)^2/2"},
        {
            "w": "(h2 - y)*(1 - h2**2)*(u*(1 - h1**2)*x1 + x2)",
            "u": "(h2 - y)*(1 - h2**2)*(u*(1 - h1**2)*h0 + h1)",
            "b": "(h2 - y)*(1 - h2**2)*(u*(1 - h1**2) + 1)",
            "x1": "(h2 - y)*(1 - h2**2)*u*(1 - h1**2)*w",
        },
    ),
    "a convolution": (
        "x1 x2 x3 k1 k2 y1 y2",
        {"c1": "k1*x1 + k2*x2", "c2": "k1*x2 + k2*x3", "L": "(c1 - y1)^2/2 + (c2 - y2)^2/2"},
        {
            "k1": "(c1 - y1)*x1 + (c2 - y2)*x2",
            "k2": "(c1 - y1)*x2 + (c2 - y2)*x3",
            "x2": "(c1 - y1)*k2 + (c2 - y2)*k1",
        },
    ),
    "hinge": (
        "x y w b",
        {**NEURON, "L": "max(0, 1 - y*z)"},
        {"w": "-Piecewise((1, 1 - y*z > 0), (0, True))*y*x"},
    ),
    "Huber": (
        "x y w",
        {"r": "w*x - y", "L": "min(r^2/2, abs(r) - 1/2)"},
        {
            "y": "-(Piecewise((1, (r**2/2 <= Abs(r) - 1/2)), (0, True))*r"
            " + Piecewise((1, (Abs(r) - 1/2 < r**2/2)), (0, True))*sign(r))"
        },
    ),
    "Gaussian kernel": (
        "x c s",
        {"f": "exp(-(x - c)^2/(2*s^2))"},
        {"x": "-f*(x - c)/(s**2)", "c": "f*(x - c)/(s**2)", "s": "f*(x - c)**2/(s**3)"},
    ),
    "Poisson": ("x y w b", {**NEURON, "L": "exp(z) - y*z"}, {"w": "(exp(z) - y)*x", "b": "exp(z) - y"}),
    "a ratio": ("u v", {"f": "u/v"}, {"u": "1/v", "v": "-u/(v**2)"}),
    "a share": ("x y", {"f": "x/(x + y)"}, {"x": "y/((x + y)**2)", "y": "-x/((x + y)**2)"}),
    "a norm": ("x1 x2", {"n": "sqrt(x1^2 + x2^2)"}, {"x1": "x1/n", "x2": "x2/n"}),
    "cosine similarity": (
        "u1 u2 v1 v2",
        {
            "d": "u1*v1 + u2*v2",
            "n": "sqrt(u1^2 + u2^2)",
            "m": "sqrt(v1^2 + v2^2)",
            "c": "d/(n*m)",
        },
        {"u1": "v1/(n*m) - c*u1/(n**2)", "v2": "u2/(n*m) - c*v2/(m**2)"},
    ),
    "a gradient by differences": (
        "L0 L1 L2 h",
        {"g1": "(L1 - L0)/h", "g2": "(L2 - L0)/h", "n": "sqrt(g1^2 + g2^2)"},
        {"L0": "-(g1 + g2)/(n*h)", "L1": "g1/(n*h)", "h": "-n/h"},
    ),
}


def solved(inputs, nodes, at=None):
    """Return the worked graph, checked with sympy.diff as well; its output is the last node."""
    graph = {"inputs": inputs.split(), "nodes": nodes, "output": list(nodes)[-1]}
    return symnet.solve({"title": "t", "graph": graph} | ({"at": at} if at else {}), verification="full").parts[0]


@pytest.mark.everyday(13, every=False)
@pytest.mark.parametrize("name", GRAPHS)
def test_a_textbook_result(name):
    """Every line is proven by the checks, and the last is what the textbook prints."""
    inputs, nodes, expected, *at = GRAPHS[name]
    part = solved(inputs, nodes, *at)
    assert {leaf: plain_text(part[leaf].ordered) for leaf in expected} == expected


@pytest.mark.everyday(12)
@pytest.mark.parametrize("name", GRAPHS)
def test_no_result_has_a_compound_fraction_or_a_derivative(name):
    """No fraction stands in a fraction, no derivative in a result, and no line repeats the one before it."""
    inputs, nodes, _expected, *at = GRAPHS[name]
    part = solved(inputs, nodes, *at)
    for derivation in part.gradient.leaves.values():
        assert not any(inner.has(Quotient) for bar in derivation.result.atoms(Quotient) for inner in bar.args)
        assert not any(symbol.name.startswith("d") and "_d" in symbol.name for symbol in derivation.result.free_symbols)
        texts = [readable(step.rhs) for step in derivation.steps]
        assert all(first != second for first, second in pairwise(texts))


PIECES = (
    "exp({0})/(exp({0}) + exp({1}))",
    "1/(1 + exp(-{0}))",
    "{0}/(1 + {1}^2)",
    "({0} - {1})/({0}^2 + {1}^2 + 1)",
    "{0}*{1} - {1}/(2 + {0}^2)",
    "sqrt({0}^2 + {1}^2 + 1)",
    "ln(1 + exp({0} - {1}))",
    "({0} + {1})/2",
    "tanh({0})*{1}",
    "(1 - {0})*(1 + {0})*{1}",
)


@pytest.mark.everyday(5)
@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_come_out_right(seed):
    """What is put together at random passes every check: each line, 50-digit differences, and sympy.diff."""
    chance = luck(seed)
    names, nodes = ["x", "y"], {}
    for number in range(4):
        nodes[f"n{number}"] = chance.choice(PIECES).format(*chance.sample(names, 2))
        names = [*names[-2:], f"n{number}"]
    nodes["f"] = "+".join(dict.fromkeys([*nodes, "x*y"]))
    part = solved("x y", nodes)
    assert part.report.passed
    assert len(part.report.checks) == 3
