"""Computation graphs: names, expressions in any order, cycles, values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import assert_refused, refused, spoil
from sympy import Symbol

from symnet.description import GraphDescription, description_warnings, load, load_text

TEXT = """\
title: A graph
graph:
  inputs: [x, y, w0]
  nodes:
    f: q * h + e
    q: x + y
    h: sigmoid(w0*q)
  output: f
  parameters: [w0]
at: {x: -2, y: 1/3, w0: 0.1}
training: {optimizer: momentum, learning_rate: 0.5, state: {velocity: {w0: -600}}}
"""

NAME = "40 letters, digits and underscores"
MALFORMED = {
    "input twice": ("[x, y, w0]", "[x, y, w0, x]", "x]\n  nodes", ["graph.inputs[4]", '"x" again', "once"]),
    "input with a dash": ("[x, y, w0]", "[x, y, w0, a-b]", "a-b", ["graph.inputs[4]", '"a-b"', NAME]),
    "input in Greek": ("[x, y, w0]", "[x, y, w0, λ]", "λ", [NAME]),
    "input that is a function": ("[x, y, w0]", "[x, y, w0, max]", "max", ['"max"', "a word of expressions"]),
    "input of 41 letters": ("[x, y, w0]", f"[x, y, w0, {'v' * 41}]", "v" * 41, [NAME]),
    "no inputs": ("[x, y, w0]", "[]", "[]", ["a list of 0", "1 to 50"]),
    "inputs a word": ("[x, y, w0]", "x", "x\n  nodes", ["graph.inputs", "a list"]),
    "node that is an input": ("    q: x", "    x: 1\n    q: x", "x: 1\n", ['the name "x", which is an input', "once"]),
    "node that is a function": (
        "    q: x",
        "    exp: 1\n    q: x",
        "exp: 1",
        ['the name "exp"', "a word of expressions"],
    ),
    "node with a dot": ("    q: x", "    q.1: 1\n    q: x", "q.1", ['the name "q.1"', NAME]),
    "node twice": ("    q: x", "    f: 1\n    q: x", "f: 1\n", ['the duplicate key "f"']),
    "no nodes": (
        "nodes:\n    f: q * h + e\n    q: x + y\n    h: sigmoid(w0*q)\n",
        "nodes: {}\n",
        "{}\n",
        ["expressions"],
    ),
    "nodes a list": (
        "nodes:\n    f: q * h + e\n    q: x + y\n    h: sigmoid(w0*q)\n",
        "nodes: [q]\n",
        "[q]",
        ["mapping"],
    ),
    "unknown name": ("x + y", "x + u", "u\n", ["graph.nodes.q", '"u"', "x, y, w0, f, q, h"]),
    "near miss": ("sigmoid(w0*q)", "sigmoid(w00*q)", "w00", ['"w00"', 'mean "w0"?']),
    "syntax": ("q * h + e", "q * * h", "* h", ["graph.nodes.f", '"*"']),
    "implicit product": ("q * h + e", "q h", "h\n    q", ["Write *"]),
    "power of Python": ("q * h + e", "q ** h", "** h", ["Write ^"]),
    "look-alike": ("x + y", "x − y", "− y", ["Write -"]),
    "division by 0": ("x + y", "x / 0", "0\n    h", ["division by 0"]),
    "empty expression": ("q: x + y", "q:", "\n    h", ["graph.nodes.q", "empty value"]),
    "cycle": ("x + y", "x + h", "x + h", ["graph.nodes.q", "q -> h -> q", "computed one after the other"]),
    "node of itself": ("x + y", "x + q", "x + q", ["q -> q"]),
    "output that is an input": ("output: f", "output: x", "x\n  parameters", ["graph.output", "f, q, h", "an input"]),
    "inputs in commas": ("inputs: [x, y, w0]", "inputs: x, y, w0", "x, y", ["a list", "Write [x, y, w0]."]),
    "dash in a name": ("    h:", "    h-2: x\n    h:", "h-2", ['"h-2"', "Write h_2."]),
    "misspelt output": ("output: f", "output: ff", "ff", ['mean "f"?']),
    "no output": ("  output: f\n", "", "inputs", ["graph.output", "nothing", "differentiated"]),
    "name of a derivative": ("    h:", "    df_dq: x\n    h:", "f\n  parameters", ["names of their own", "df_dq"]),
    "unknown parameter": ("[w0]", "[w0, w_0]", "w_0]", ["graph.parameters[2]", "x, y, w0", 'mean "w0"?']),
    "node as a parameter": ("[w0]", "[w0, q]", "q]", ["graph.parameters[2]", "one of the inputs"]),
    "parameter twice": ("[w0]", "[w0, w0]", "w0]\nat", ["graph.parameters[2]", "again"]),
    "unknown graph key": ("  output:", "  result:", "result", ['mean "output"?']),
    "value missing": ("x: -2, ", "", "{y: 1/3", ["at:", "no number for x", "a number for every input"]),
    "value of nothing": ("{x: -2,", "{x: -2, u: 1,", "u: 1", ["at.u", "x, y, w0"]),
    "value of a node": ("{x: -2,", "{x: -2, q: 1,", "q: 1", ["at.q", "computed from the inputs"]),
    "value that is no number": ("x: -2", "x: two", "two", ["at.x", "a number"]),
    "no learning rate": ("learning_rate: 0.5, ", "", "{optimizer", ["training.learning_rate", "nothing"]),
    "batch": ("learning_rate", "batch: 2, learning_rate", "batch", ["no such key", "no samples"]),
    "biases": ("learning_rate", "update_biases: true, learning_rate", "update_biases", ["no biases"]),
    "state of a node": ("{w0: -600}", "{q: -600}", "q: -600", ["training.state.velocity.q"]),
    "key of a network": (
        "title: A graph",
        "layers: []",
        "layers",
        ["title, notation, language, graph, at", "belongs to a network"],
    ),
    "unknown key": ("title:", "titel:", "titel", ['mean "title"?']),
    "graph a word": ("at:", "graph: 1\nat:", "graph: 1", ['the duplicate key "graph"']),
}


@pytest.mark.parametrize(("old", "new", "at", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_graph_is_refused_at_its_place(old, new, at, words):
    """The problem is found where it stands, and the message says what may stand there."""
    assert_refused(spoil(TEXT, old, new), at, words)


def test_a_graph_is_read():
    """Nodes come after what they use, numbers are exact, parameters are those that are named."""
    description = load_text(TEXT, "q.yaml")
    assert isinstance(description, GraphDescription)
    assert list(description.graph.formulas) == ["q", "h", "f"]
    assert description.graph.formulas["h"].free_symbols == {Symbol("w0"), Symbol("q")}
    assert description.graph.formulas["f"].free_symbols == {Symbol("q"), Symbol("h")}
    assert dict(description.at) == {"x": -2, "y": pytest.approx(1 / 3), "w0": pytest.approx(0.1)}
    assert description.at["y"] * 3 == 1
    assert description.parameter_names == ("w0",)
    assert load(description) is description
    assert hash(description) == hash(load_text(TEXT, "q.yaml"))


def test_names_of_a_graph_take_constants():
    """A node called e or pi is that node, not the constant."""
    description = load({"graph": {"inputs": ["e"], "nodes": {"pi": "e^2"}, "output": "pi"}})
    assert description.graph.formulas["pi"].free_symbols == {Symbol("e")}


def test_numbers_are_expressions_too():
    """From Python and JSON a node may be a number."""
    description = load({"graph": {"inputs": ["x"], "nodes": {"c": 0.5, "f": "c*x"}, "output": "f"}})
    assert str(description.graph.formulas["c"]) == "1/2"


def test_with_training_all_inputs_are_parameters_unless_some_are_named():
    """Without training and without names there are none."""
    plain = {"graph": {"inputs": ["x", "y"], "nodes": {"f": "x*y"}, "output": "f"}}
    assert load(plain).parameter_names == ()
    assert load({**plain, "training": {}}).parameter_names == ("x", "y")
    named = {"graph": {**plain["graph"], "parameters": ["y"]}}
    assert load(named).parameter_names == load({**named, "training": {}}).parameter_names == ("y",)


@given(st.permutations([f"n{number}" for number in range(8)]))
def test_nodes_may_stand_in_any_order(order):
    """A chain is sorted whatever its order; nodes already in order stay as they are."""
    chain = {f"n{number}": f"x + n{number - 1}" if number else "2*x" for number in range(8)}
    graph = {"inputs": ["x"], "nodes": {name: chain[name] for name in order}, "output": "n7"}
    assert list(load({"graph": graph}).graph.formulas) == list(chain)
    free = {"inputs": ["x"], "nodes": dict.fromkeys(order, "x"), "output": order[0]}
    assert list(load({"graph": free}).graph.formulas) == list(order)


def test_everything_wrong_with_a_graph_is_said_at_once():
    """Names, expressions, output, parameters and unknown keys are all looked at."""
    text = TEXT
    for old, new in (
        ("x + y", "x + u"),
        ("sigmoid(w0*q)", "sigmoid(w0*q"),
        ("output: f", "output: g"),
        ("[w0]", "[w1]"),
        ("title:", "titel:"),
        ("learning_rate: 0.5", "learning_rate: 0"),
    ):
        text = spoil(text, old, new)
    assert [problem.where for problem in refused(text)] == [
        "titel",
        "graph.nodes.q",
        "graph.nodes.h",
        "graph.output",
        "graph.parameters[1]",
        "training.learning_rate",
    ]


def test_a_misspelt_graph_is_still_taken_for_one():
    """One slip in the key that makes a graph gives one problem."""
    (problem,) = refused(spoil(TEXT, "graph:", "grpah:"))
    assert (problem.where, problem.hint) == ("grpah", 'Did you mean "graph"?')


def test_a_comma_between_braces_is_explained():
    """YAML ends a value at a comma there, which leaves a bracket open."""
    text = "graph: {inputs: [x], nodes: {f: max(0, x)}, output: f}\n"
    problems = refused(text)
    assert any("put the expression in quotes" in problem.hint for problem in problems)
    assert load_text(text.replace("max(0, x)", "'max(0, x)'"), "q.yaml").graph.output == "f"


def test_cycles_are_told_from_what_hangs_on_them():
    """Only the members of a cycle are named."""
    text = spoil(spoil(TEXT, "x + y", "x + h"), "q * h + e", "q * h + f2\n    f2: q")
    (problem,) = refused(text)
    assert problem.found == "the cycle q -> h -> q"


def test_what_has_no_effect_is_warned_about():
    """A node that the output does not depend on and an input that nothing uses are pointed at."""
    text = spoil(spoil(TEXT, "[x, y, w0]", "[x, y, w0, u]"), "    q: x", "    k: 2*q\n    q: x").split("at:")[0]
    first, second = description_warnings(load_text(text, "q.yaml"))
    assert first.startswith("q.yaml:6:8: graph.nodes.k: node k is unused: f does not depend on it, so it has no")
    assert second.startswith("q.yaml:3:22: graph.inputs[4]: unused input u: every derivative with respect to it is 0.")
    assert description_warnings(load_text(TEXT, "q.yaml")) == ()
