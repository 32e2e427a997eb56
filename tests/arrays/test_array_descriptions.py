"""Descriptions of graphs of arrays: what is refused, where, and before any work."""

import sys
from pathlib import Path

import pytest

from symnet.description import load_text
from symnet.description.schema import json_schema

sys.path.append(str(Path(__file__).resolve().parents[1] / "description"))
from refusals import assert_refused, refused, spoil

GOOD = """\
graph:
  inputs: {X: [3, 2], W: [2, 2], b: [2], i: [3]}
  parameters: [W, b]
  nodes:
    Z: X @ W + b
    A: softmax(Z, axis=-1)
    E: embed(X, i)
    L: sum(A * E)
  output: L
at:
  X: [[1, 2], [3, 4], [5, 6]]
  W: [[1, 0], [0, 1]]
  b: [0, 1]
  i: [1, 3, 1]
"""

# What is put in for what, where the message stands, and words of it.
REFUSED = {
    "product": ("X @ W + b", "X @ X", "@ X", ["[3, 2] @ [3, 2]"]),
    "sum": ("X @ W + b", "X + W'", "+ W", ["[3, 2]", "[2, 2]"]),
    "axis": ("axis=-1", "axis=2", "2)\n", ["axis 2", "from -2 to 1"]),
    "keyword": ("axis=-1", "axes=1", "1)\n", ['"axes"', "axis"]),
    "argument count": ("sum(A * E)", "sum(A, E)", "sum(A", ["2 arguments of sum"]),
    "place": ("A * E", "A[4]", "4])", ["1 to 3", "counted from 1"]),
    "range": ("A * E", "A[3:2]", ":2]", ["3:2"]),
    "indices": ("A * E", "A[1, 1, 1]", "[1, 1, 1]", ["3 indices", "[3, 2]"]),
    "output": ("sum(A * E)", "A", "L\nat", ["[3, 2]", "one number"]),
    "comparison": ("A * E", "A > E", "> E", ["where(x > 0"]),
    "condition": ("A * E", "where(A, 1, 2)", "A, 1", ["a comparison"]),
    "unknown name": ("A * E", "A * Q", "Q)", ['"Q"', "X, W, b"]),
    "unknown function": ("sum(A", "summ(A", "summ(A", ['Did you mean "sum"?']),
    "lookup": ("i: [1, 3, 1]", "i: [1, 4, 1]", "i)\n", ["4", "1 to 3"]),
    "rows": ("[[1, 0], [0, 1]]", "[[1, 0], [0]]", "[[1, 0], [0]]", ["different lengths", "[2, 2]"]),
    "numbers": ("b: [0, 1]", "b: [0, 1, 2]", "[0, 1, 2]", ["[3]", "[2]"]),
    "number": ("b: [0, 1]", "b: [0, one]", "one", ["a number such as"]),
    "shape": ("b: [2]", "b: [2.5]", "[2.5]", ["a shape such as"]),
    "clash": ("Z: X @ W + b", "W_1_2: X @ W + b\n    Z: W_1_2", "W_1_2: X", ["W has an entry W_1_2"]),
    "cycle": ("X @ W + b", "X @ W + b + A", "Z: X @ W + b + A", ["Z -> A -> Z"]),
    "bracket": ("A * E)", "A * E", "(A * E", ["never closed"]),
    "keyword value": ("sum(A * E)", "sum(A * E, axis=b)", "b)\n  output", ["axis b"]),
    "nested": ("[0, 1]\n", "[0, [[[[[1]]]]]]\n", "[1]]]", ["5 lists"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_where_it_stands(name):
    """The message names the shapes, and stands at the very operation."""
    old, new, at, words = REFUSED[name]
    text = spoil(GOOD, old, new)
    if name == "cycle":
        assert [word for problem in refused(text) for word in words if word in problem.found] == words
    elif name == "nested":
        assert any("5 lists" in problem.allowed for problem in refused(text))
    else:
        assert_refused(text, at, words)


LARGE = {
    "input": ("b: [2]", "b: [100000, 10000]", "up to here"),
    "padding": ("X @ W + b", "conv2d(X, W, padding=1000000000)", "1000000000"),
    "padded": ("X @ W + b", "conv2d(X, W, padding=9999)", "numbers, of the shape [20000, 19999]"),
    "one-hot": ("X @ W + b", "onehot(1, 1000000000)", "1000000000"),
    "shape": ("X @ W + b", "reshape(X, [100000, 100000])", "100000"),
    "outer": ("i: [3]}", "i: [3], v: [900]}", None),
    "nodes": ("Z: X @ W + b", "N: outer(X[:, 1], onehot(1, 900))\n    Z: X @ W + b", "2,"),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_refused_before_it_is_built(name):
    """A file that asks for more numbers than the limits allow has its message at once."""
    old, new, words = LARGE[name]
    text = spoil(GOOD, old, new)
    if name == "outer":
        text, words = spoil(text, "sum(A * E)", "sum(outer(v, v))"), "810,000 numbers"
    assert any(words in problem.found for problem in refused(text))


def test_much_work_for_few_numbers_is_refused():
    """A large kernel, each entry of which meets each place that it moves to, is refused."""
    text = 'graph: {inputs: {x: [36, 36], k: [16, 16]}, nodes: {A: "conv2d(x, k)", L: sum(A)}, output: L}'
    assert "112,896" in refused(text)[0].found


def test_a_wide_softmax_is_no_such_work():
    """A softmax of hundreds of numbers rests on their sum, and is read."""
    text = "graph: {inputs: {x: [600]}, nodes: {A: softmax(x), L: sum(A)}, output: L}"
    assert load_text(text, "q.yaml").graph.arrays


def test_places_to_look_up_need_numbers():
    """Which rows are looked up has to be known, also in a graph that is otherwise symbolic."""
    text = GOOD[: GOOD.index("at:")]
    assert "without numbers" in refused(text)[0].found


def test_a_comma_in_a_flow_mapping_is_told_of():
    """An expression with a comma within braces, which YAML has torn, is answered with the quotes that it needs."""
    text = "graph: {inputs: {x: [2, 2]}, nodes: {A: sum(x, axis=0), L: sum(A)}, output: L}"
    assert any("in quotes" in problem.hint for problem in refused(text))


def test_shapes_are_part_of_the_schema():
    """Editors accept names alone, and names with shapes."""
    inputs = json_schema()["$defs"]["Graph"]["properties"]["inputs"]
    assert [sort["type"] for sort in inputs["anyOf"]] == ["array", "object"]


def test_lists_of_numbers_belong_to_arrays():
    """An input that is named alone is one number."""
    text = "graph: {inputs: [x], nodes: {L: x^2}, output: L}\nat: {x: [1]}"
    assert "a number such as" in refused(text)[0].allowed


def test_a_good_description_is_read():
    """The description that is spoilt above is itself fine."""
    arrays = load_text(GOOD, "q.yaml").arrays
    assert {name: tree.shape for name, tree in arrays.nodes.items()} == {"Z": (3, 2), "A": (3, 2), "E": (3, 2), "L": ()}
