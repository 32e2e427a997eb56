"""Tangents of whole arrays: each rule as it is taught, and proven against the reverse mode."""

import pytest
from array_graphs import RandomArrays
from test_array_derivatives import INPUTS, RULES

from symnet.arrays import forward
from symnet.arrays.build import multiply
from symnet.arrays.text import array_text
from symnet.arrays.tree import number
from symnet.derivation.forward import array_tangents
from symnet.errors import CheckFailedError
from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.view import View

FORWARD = View(style="forward")
# For each operation the tangent of the node of its case, as text.
TANGENTS = {
    "add": "dot_X + dot_b",
    "negative": "-dot_X",
    "multiply": "s*dot_X*b + s*X*dot_b + dot_s*X*b",
    "divide": "(dot_X - N*dot_W[1])/(1 + W[1])",
    "power": "3*X^2*dot_X",
    "function": "(1 - N^2)*dot_X",
    "where": "where(X > 0, 3*dot_X, 0)",
    "matmul": "dot_X @ W + X @ dot_W",
    "transpose": "dot_X'",
    "sum": "sum(dot_X, axis=0)",
    "mean": "mean(dot_X, axis=1)",
    "max": "sum(max_mask(X, axis=1, keepdims=true)*dot_X, axis=1, keepdims=true)",
    "min": "sum(min_mask(x)*dot_x)",
    "softmax": "N*(dot_X - sum(N*dot_X, axis=1, keepdims=true))",
    "causal_softmax": "N*(dot_M - sum(N*dot_M, axis=1, keepdims=true))",
    "log_softmax": "dot_X - sum(exp(N)*dot_X, axis=1, keepdims=true)",
    "reshape": "reshape(dot_X, [6])",
    "slice": "dot_X[1:2, 2]",
    "concat": "concat(dot_x, dot_k)",
    "stack": "stack(dot_b, dot_k)",
    "detach": "U1*dot_X",
    "outer": "outer(dot_x, k) + outer(x, dot_k)",
    "correlate": "conv2d(dot_M, K, stride=2, padding=1) + conv2d(M, dot_K, stride=2, padding=1)",
    "maxpool": "maxpool_at(dot_M, M, size=[2, 2], stride=[1, 1])",
    "avgpool": "avgpool(dot_x, size=2)",
    "embed": "embed(dot_X, [2, 2])",
}


def graph_of(name):
    """Return the description of the case of an operation."""
    node, wrt, _ = RULES[name]
    inputs = {one: shape for one, shape in INPUTS.items() if one in node.replace("softmax", "").replace("max", "")}
    inputs[wrt] = INPUTS[wrt]
    return {"graph": {"inputs": inputs, "nodes": {"N": node, "L": "sum(N^2 + N)"}, "output": "L"}}


def checks(worked):
    """Return what the oracle of the forward mode says of an exercise."""
    return Sheet.of(worked.parts[0], worked.description, FORWARD).checks[-1]


def test_every_operation_has_its_rule_and_its_case():
    """No operation that an expression may hold is left without a rule, nor a rule without a case here."""
    assert set(forward.RULES) == set(RULES) == set(TANGENTS)


@pytest.mark.everyday(14, every=False)
@pytest.mark.parametrize("name", RULES)
def test_the_rule_is_the_taught_one(name):
    """The tangent of a node is written as courses write it, and agrees with the reverse mode entry by entry."""
    worked = solve(graph_of(name))
    sheet = Sheet.of(worked.parts[0], worked.description, FORWARD)
    assert array_text(array_tangents(sheet.part.network, sheet.leading)["N"]) == TANGENTS[name]
    assert checks(worked).passed


@pytest.mark.everyday(4)
@pytest.mark.parametrize("name", [name for name in RULES if name != "detach"])
def test_a_wrong_rule_is_not_printed(name, monkeypatch):
    """A rule that is off by a factor does not pass the check of every sheet in the forward mode."""
    worked, rule = solve(graph_of(name)), forward.RULES[name]
    wrong = {**forward.RULES, name: lambda *given: multiply(number(2), rule(*given))}
    monkeypatch.setattr(forward, "RULES", wrong)
    with pytest.raises(CheckFailedError, match="tangents along the graph"):
        checks(worked)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_agree_with_the_reverse_mode(seed):
    """Whatever is made of arrays, broadcast among them, the tangents are those of their entries."""
    spec = RandomArrays(seed).description()
    assert checks(solve(spec)).passed


def test_a_sheet_has_the_rules_the_passes_and_all_derivatives():
    """The rule of each tangent stands once, then the pass of the first entry of each array, then all derivatives."""
    spec = {
        "inputs": {"X": [2, 1], "w": [1]},
        "nodes": {"z": "X @ w", "L": "sum(z^2)/2"},
        "output": "L",
        "parameters": ["w"],
    }
    written = render_text(solution(solve({"graph": spec, "at": {"X": [[1], [2]], "w": [3]}}), FORWARD))
    for line in ("ż = X ẇ", "Tangents for the seed w", "ż = X ẇ = [1, 2]", "∂L/∂w = [15]"):
        assert line in written
    assert "backward" not in written.lower()
