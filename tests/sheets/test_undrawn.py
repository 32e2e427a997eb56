"""A graph that is too large for a drawing."""

from itertools import pairwise

import symnet
from symnet.document import Figure, Note
from symnet.render.text import render_text


def chained(count):
    """Return the solution of a graph in which each of so many nodes needs the one before it."""
    nodes = {f"n{number}": f"n{number - 1} * x{number % 5}" if number else "x0 + x1" for number in range(count)}
    inputs = [f"x{number}" for number in range(5)]
    return symnet.solve({"title": "Long", "graph": {"inputs": inputs, "nodes": nodes, "output": f"n{count - 1}"}})


def test_a_graph_that_is_too_large_says_so():
    """Where a drawing has no room, a note says so, with the size; a small one is drawn and has no note."""
    large, small = chained(60).document(), chained(6).document()
    assert not [block for block in large.blocks if isinstance(block, Figure)]
    (note,) = [block for block in large.blocks if isinstance(block, Note) and "too large" in block.content[0]]
    assert note.content[0].startswith("With 65 inputs and nodes the graph is too large to be drawn")
    assert [block for block in small.blocks if isinstance(block, Figure)]
    assert "too large to be drawn" not in render_text(small)


def test_a_small_graph_without_a_drawing_is_not_called_large():
    """Names too long for a drawing are no matter of size."""
    names = [f"a_quantity_whose_name_is_long_{letter}" for letter in "abcd"]
    nodes = {one: f"{before} * {before} * c" for before, one in pairwise(["x", *names])}
    graph = {"inputs": ["x", "c"], "nodes": nodes, "output": names[-1]}
    said = render_text(symnet.solve({"title": "Long names", "graph": graph}).document())
    assert "The graph does not fit a drawing that can be read; its equations are below." in said
    assert "too large" not in said
