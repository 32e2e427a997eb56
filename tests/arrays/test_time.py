"""Time in graphs: unrolled with shared parameters, the derivation once with the index of time, and truncated."""

import json

import pytest
from effort import calls

from symnet.arrays.text import array_text
from symnet.derivation import time as over_time
from symnet.description import load
from symnet.errors import CheckFailedError, DescriptionError
from symnet.pipeline import networks, solve
from symnet.render.json import render_json

SCALAR = {
    "inputs": {"x": [4], "Wx": [], "Wh": [], "b": []},
    "over": {"t": 4},
    "nodes": {"h[0]": 0, "h[t]": "tanh(Wx*x[t] + Wh*h[t-1] + b)", "L": "(h[4] - 1)^2 / 2"},
    "output": "L",
}
VECTOR = {
    "inputs": {"x": [4, 2], "y": [4], "Wx": [3, 2], "Wh": [3, 3], "b": [3], "v": [3]},
    "parameters": ["Wx", "Wh", "b", "v"],
    "over": {"t": 4},
    "nodes": {
        "h[0]": 0,
        "h[t]": "tanh(Wx @ x[t] + Wh @ h[t-1] + b)",
        "l[t]": "(v @ h[t] - y[t])^2/2",
        "L": "sum(l)",
    },
    "output": "L",
}
AT = {
    "x": [[1, 2], [0, 1], [1, 0], [0.5, 0.25]],
    "y": [1, 0, 1, 0],
    "Wx": [[0.1, 0.2], [0.3, -0.1], [0, 0.4]],
    "Wh": [[0.1, 0.2, 0], [0.3, -0.1, 0.1], [0, 0.4, 0.2]],
    "b": [0, 0.1, 0.2],
    "v": [1, 0.5, -0.5],
}


def arrays_of(graph, at):
    """Return the JSON of a solved graph's only problem, and its arrays by what they are with respect to."""
    problem = json.loads(render_json(solve({"graph": graph, "at": at})))["problems"][0]
    return problem, {one["wrt"]: one for one in problem["arrays"]}


def floats(nested):
    """Return numbers in nested lists, which stand there as texts."""
    return [floats(one) for one in nested] if isinstance(nested, list) else float(nested)


def test_a_node_over_time_is_a_node_for_each_step():
    """The ids have the time first, then the entry; the start value 0 takes the shape of what it starts."""
    problem, arrays = arrays_of(VECTOR, AT)
    ids = {node["id"] for node in problem["nodes"]}
    assert {"h_0_1", "h_0_3", "h_4_3", "z_1_1", "l_2"} <= ids
    assert arrays["Wh"]["expression"].count("outer(") == 4


@pytest.mark.everyday(2)
@pytest.mark.parametrize("truncate", [2, None, 1, 3])
def test_gradients_are_those_of_torch(truncate):
    """Parameters that all steps share have torch's gradients, also where states are detached on the way."""
    torch = pytest.importorskip("torch")
    graph = VECTOR if truncate is None else {**VECTOR, "truncate": truncate}
    _, arrays = arrays_of(graph, AT)
    given = {name: torch.tensor(of, dtype=torch.float64, requires_grad=name not in "xy") for name, of in AT.items()}
    h, loss = torch.zeros(3, dtype=torch.float64), 0
    for t in range(4):
        if truncate and t % truncate == 0:
            h = h.detach()
        h = torch.tanh(given["Wx"] @ given["x"][t] + given["Wh"] @ h + given["b"])
        loss = loss + (given["v"] @ h - given["y"][t]) ** 2 / 2
    loss.backward()
    for name in graph["parameters"]:
        found = torch.tensor(floats(arrays[name]["value"]), dtype=torch.float64)
        assert torch.allclose(found, given[name].grad, rtol=0, atol=1e-10)


def rules_of(graph):
    """Return the derivation with the index of time, each case as its text."""
    return solve({"graph": graph}).parts[0].gradient.time


def cases_of(rule):
    """Return the cases of a rule: their steps and their text."""
    return [(case.times, "" if case.tree is None else array_text(case.tree)) for case in rule.cases]


def test_the_derivation_is_written_once_with_the_index():
    """Each step has the same rule but the last, to which nothing comes from behind."""
    derivation = rules_of(VECTOR)
    assert cases_of(derivation.rules["h"]) == [
        ((1, 2, 3), "dL_du[t]*v + Wh' @ dL_dz[t+1]"),
        ((0,), "Wh' @ dL_dz[t+1]"),
        ((4,), "dL_du[t]*v"),
    ]
    assert cases_of(derivation.rules["z"]) == [((1, 2, 3, 4), "dL_dh[t]*(1 - h[t]^2)")]
    (use,) = derivation.shared["Wh"].sums
    assert (array_text(use.tree), use.times) == ("outer(dL_dz[t], h[t-1])", (1, 2, 3, 4))


def test_truncation_cuts_the_way_back_into_the_piece_before():
    """With pieces of two steps nothing comes back into steps 2 and 4."""
    cases = cases_of(rules_of({**VECTOR, "truncate": 2}).rules["h"])
    assert [times for times, text in cases if "t+1" in text] == [(1, 3), (0,)]


def test_a_wrong_rule_with_the_index_is_not_printed(monkeypatch):
    """The rules are worked out at every step and compared with the derivation number by number on every solve."""
    right = over_time.TimeIndex.general

    def wrong(self, tree, step):
        found = right(self, tree, step)
        return found._replace(of=found.of[:1]) if found.kind == "multiply" else found

    monkeypatch.setattr(over_time.TimeIndex, "general", wrong)
    with pytest.raises(CheckFailedError, match="index of time"):
        solve({"graph": SCALAR})


@pytest.mark.parametrize(
    ("nodes", "output"),
    [
        ({"f[1]": 1, "f[2]": "b", "f[t]": "Wx*f[t-1] + Wh*f[t-2]", "L": "f[4]"}, "two steps back"),
        ({"g[5]": 0, "g[t]": "tanh(Wx*x[t] + Wh*g[t+1])", "L": "sum(g*x) + mean(g[2:3])"}, "backward in time"),
        ({"f[0]": "b", "f[t]": "f[t-1]*Wx + t*0.9^t", "L": "sum(f)*Wh"}, "the step as a number"),
        (
            {"c[0]": "b", "h[0]": 0, "c[t]": "Wx*c[t-1] + h[t-1]", "h[t]": "tanh(Wh*c[t])", "L": "h[4]*c[4]"},
            "two states",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_other_ways_through_time(nodes, output):  # noqa: ARG001 - named for the list of tests
    """What can be computed step by step is, whichever way it goes, and passes every check."""
    assert solve({"graph": {**SCALAR, "nodes": nodes}}).parts[0].gradient.time is not None


@pytest.mark.parametrize(
    ("change", "where", "found"),
    [
        ({"h[t]": "tanh(Wx*x[t] + Wh*h[t+1] + b)"}, "h[t]", "h[5], needed at t = 4"),
        ({"h[t]": "tanh(Wx*x[t+1] + Wh*h[t-1] + b)"}, "h[t]", "x[5], needed at t = 4"),
        ({"h[0]": None}, "h[t]", "h[0], needed at t = 1"),
        ({"h[t]": "tanh(Wh*g[t] + b)", "g[t]": "h[t]^2"}, "h[t]", "the cycle h_4 -> g_4 -> h_4"),
        ({"L": "h[7]"}, "L", "h[7]"),
        ({"L": "h[t]"}, "L", '"t"'),
        ({"h[s]": "b"}, "h[s]", 'the index "s"'),
        ({"h[t": "b"}, "h[t", 'the name "h[t"'),
        ({"h_2": "b"}, "h[t]", "h[t], whose id h_2 is that of h_2"),
        ({"h[t]": "tanh(Wx*x[t] + Wh*h[t/2] + b)"}, "h[t]", "/2] + b)"),
    ],
)
def test_time_that_does_not_work_out_is_refused_at_its_place(change, where, found):
    """What looks ahead, goes round, has no start or leaves the range is named before any work."""
    nodes = {name: of for name, of in {**SCALAR["nodes"], **change}.items() if of is not None}
    with pytest.raises(DescriptionError) as error:
        solve({"graph": {**SCALAR, "nodes": nodes}})
    assert (f"graph.nodes.{where}", found) in [(problem.where, problem.found) for problem in error.value.problems]


@pytest.mark.parametrize(("steps", "where"), [(10**9, "graph.over.t"), (1500, "graph.nodes.h[0]"), (0, "graph.over.t")])
def test_the_limit_counts_numbers_and_comes_before_any_work(steps, where):
    """A thousand million steps are refused as soon as they are read."""
    with pytest.raises(DescriptionError) as error:
        solve({"graph": {**SCALAR, "over": {"t": steps}}})
    assert error.value.problems[0].where == where


def test_the_cost_is_linear_in_the_steps():
    """Three times as many steps take at most four times as many calls."""

    def graph(steps):
        nodes = {**SCALAR["nodes"], "L": f"h[{steps}]^2"}
        return {"graph": {**SCALAR, "inputs": {**SCALAR["inputs"], "x": [steps]}, "over": {"t": steps}, "nodes": nodes}}

    solve(graph(2))
    few, many = calls(lambda: solve(graph(6))), calls(lambda: solve(graph(18)))
    assert many < 4 * few


def test_steps_of_time_take_only_their_own_part_of_an_input():
    """That an input has as many rows as there are steps does not make each step take more, so there may be hundreds."""
    steps = 330
    graph = {**SCALAR, "inputs": {"x": [steps], "Wx": [], "Wh": [], "b": []}, "over": {"t": steps}}
    graph["nodes"] = {**SCALAR["nodes"], "L": f"(h[{steps}] - 1)^2 / 2"}
    assert len(next(networks(load({"graph": graph}))).nodes) > 2 * steps
