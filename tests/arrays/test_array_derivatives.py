"""Derivatives of whole arrays: each rule as it is taught, and proven against the derivatives number by number."""

import json
from functools import cache

import pytest

from symnet.arrays import reverse
from symnet.arrays.build import multiply
from symnet.arrays.text import array_text
from symnet.arrays.tree import number
from symnet.errors import CheckFailedError
from symnet.pipeline import solve
from symnet.render.json import render_json

INPUTS = {"X": [3, 2], "W": [2, 2], "b": [2], "x": [4], "k": [2], "M": [3, 3], "K": [2, 2], "s": []}

# For each operation a node, an array that it uses, and the derivative with respect to that as text; N is the node.
RULES = {
    "add": ("X + b", "b", "sum(dL_dN, axis=0)"),
    "negative": ("-X", "X", "-dL_dN"),
    "multiply": ("X * b * s", "b", "s*sum(dL_dN*X, axis=0)"),
    "divide": ("X / (1 + W[1])", "X", "dL_dN/(1 + W[1])"),
    "power": ("X^3", "X", "3*dL_dN*X^2"),
    "function": ("tanh(X)", "X", "dL_dN*(1 - N^2)"),
    "where": ("where(X > 0, 3*X, 0)", "X", "3*dL_dN*where(X > 0, 1, 0)"),
    "matmul": ("X @ W", "W", "X' @ dL_dN"),
    "transpose": ("X'", "X", "dL_dN'"),
    "sum": ("sum(X, axis=0)", "X", "reshape(dL_dN, [1, 2])*ones(3, 2)"),
    "mean": ("mean(X, axis=1)", "X", "1/2*reshape(dL_dN, [3, 1])*ones(3, 2)"),
    "max": ("max(X, axis=1, keepdims=true)", "X", "dL_dN*max_mask(X, axis=1, keepdims=true)"),
    "min": ("min(x)", "x", "dL_dN*min_mask(x)"),
    "softmax": ("softmax(X)", "X", "N*(dL_dN - sum(dL_dN*N, axis=1, keepdims=true))"),
    "causal_softmax": ("causal_softmax(M)", "M", "N*(dL_dN - sum(dL_dN*N, axis=1, keepdims=true))"),
    "log_softmax": ("log_softmax(X)", "X", "dL_dN - exp(N)*sum(dL_dN, axis=1, keepdims=true)"),
    "reshape": ("reshape(X, [6])", "X", "reshape(dL_dN, [3, 2])"),
    "slice": ("X[1:2, 2]", "X", "place(dL_dN, [1:2, 2], shape=[3, 2])"),
    "concat": ("concat(x, k)", "k", "dL_dN[5:6]"),
    "stack": ("stack(b, k)", "k", "dL_dN[2]"),
    "detach": ("detach(X)*X", "X", "dL_dN*U1"),
    "outer": ("outer(x, k)", "x", "dL_dN @ k"),
    "correlate": (
        "conv2d(M, K, stride=2, padding=1)",
        "K",
        "conv2d_kernel(M, dL_dN, shape=[2, 2], stride=2, padding=1)",
    ),
    "maxpool": ("maxpool(M, 2, stride=1)", "M", "unpool(dL_dN, M, size=[2, 2], stride=[1, 1])"),
    "avgpool": ("avgpool(x, 2)", "x", "unpool(dL_dN, size=2, stride=2)"),
    "embed": ("embed(X, [2, 2])", "X", "[[0, 0], [1, 1], [0, 0]] @ dL_dN"),
}


@cache
def solved(name):
    """Return the graph of one rule."""
    node, wrt, _ = RULES[name]
    inputs = {one: shape for one, shape in INPUTS.items() if one in node.replace("softmax", "").replace("max", "")}
    inputs[wrt] = INPUTS[wrt]
    return solve({"graph": {"inputs": inputs, "nodes": {"N": node, "L": "sum(N^2 + N)"}, "output": "L"}}).parts[0]


def test_every_operation_has_its_rule_and_its_case():
    """No operation that an expression may hold is left without a rule, nor a rule without a case here."""
    assert set(reverse.RULES) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_the_rule_is_the_taught_one(name):
    """The derivative with respect to an operand is written as courses write it for whole arrays."""
    _, wrt, expected = RULES[name]
    assert array_text(solved(name).gradient.arrays[wrt].tree) == expected


# Nothing goes back through what is detached, and twice nothing is nothing.
@pytest.mark.parametrize("name", [name for name in RULES if name != "detach"])
def test_a_wrong_rule_is_not_printed(name, monkeypatch):
    """A rule that is off by a factor does not pass the check that every solve makes."""
    rule = reverse.RULES[name]
    wrong = rule._replace(back=lambda *given: tuple(multiply(number(2), one) for one in rule.back(*given)))
    monkeypatch.setattr(reverse, "RULES", {**reverse.RULES, name: wrong})
    node, wrt, _ = RULES[name]
    spec = {"graph": {"inputs": {wrt: INPUTS[wrt]}, "nodes": {"N": node, "L": "sum(N^2 + N)"}, "output": "L"}}
    others = set(INPUTS) - {wrt}
    spec["graph"]["inputs"] |= {one: INPUTS[one] for one in others if one in node.replace("max", "")}
    with pytest.raises(CheckFailedError, match="derivatives of whole arrays"):
        solve(spec)


def test_the_sum_of_several_uses_is_taken():
    """An array that two nodes use has a term for each of them."""
    spec = {"inputs": {"h": [2], "W": [2, 2]}, "nodes": {"a": "W @ h", "c": "tanh(h)", "L": "a @ c"}, "output": "L"}
    found = solve({"graph": spec}).parts[0].gradient.arrays["h"]
    assert [use.through for use in found.uses] == ["c", "a"]
    assert array_text(found.tree) == "dL_dc*(1 - c^2) + W' @ dL_da"


def test_arrays_stand_in_the_json_beside_their_scalars():
    """Each array has its shape, its derivative as text and in LaTeX, and its value in nested lists."""
    spec = {"inputs": {"X": [2, 1], "w": [1]}, "nodes": {"z": "X @ w", "L": "sum(z^2)/2"}, "output": "L"}
    work = solve({"graph": spec, "at": {"X": [[1], [2]], "w": [3]}})
    problem = json.loads(render_json(work))["problems"][0]
    (array,) = (one for one in problem["arrays"] if one["wrt"] == "w")
    assert array == {
        "id": "dL_dw",
        "wrt": "w",
        "shape": [1],
        "expression": "X' @ dL_dz",
        "latex": r"X^{\top}\,\frac{\partial L}{\partial z}",
        "value": ["15"],
    }
    assert {one["wrt"] for one in problem["arrays"]} == {"z", "X", "w"}
    assert any("whole arrays" in check["name"] and check["passed"] for check in problem["checks"])
    symbolic = json.loads(render_json(solve({"graph": spec})))["problems"][0]["arrays"]
    assert [one["value"] for one in symbolic] == [None] * 3


def test_what_the_output_does_not_depend_on_has_derivatives_of_zero():
    """An array without a path to the output has zeros, in words and in numbers."""
    spec = {"inputs": {"x": [2], "y": [2]}, "nodes": {"u": "2*y", "L": "sum(x)"}, "output": "L"}
    work = solve({"graph": spec, "at": {"x": [1, 2], "y": [3, 4]}})
    arrays = {one["wrt"]: one for one in json.loads(render_json(work))["problems"][0]["arrays"]}
    assert (arrays["y"]["expression"], arrays["y"]["value"]) == ("0*ones(2)", ["0", "0"])
    assert arrays["u"]["value"] == ["0", "0"]


def test_a_graph_of_numbers_has_no_arrays():
    """The JSON of a graph whose inputs are named alone is what it was."""
    work = solve({"graph": {"inputs": ["x"], "nodes": {"f": "x^2"}, "output": "f"}})
    assert "arrays" not in json.loads(render_json(work))["problems"][0]
    assert not work.parts[0].gradient.arrays
