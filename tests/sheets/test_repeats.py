"""Nothing is printed twice in a row, in symbols, in numbers and in matrices."""

from itertools import pairwise

import pytest
from exercises import full

import symnet
from symnet.document import Fact, Line, Result, Working
from symnet.layout.text import write
from symnet.layout.tree import Glyph, Number, Operator, Row, is_relation
from symnet.sheets.repeats import unrepeated
from symnet.sheets.worksheet import questions

X, Y, HALF, EQUALS = Glyph("x"), Glyph("y"), Number("0.5"), Operator("=")

MEAN = {
    "title": "t",
    "graph": {
        "inputs": ["x1", "x2", "x3"],
        "nodes": {"mu": "(x1 + x2 + x3)/3", "v": "((x1 - mu)^2 + (x2 - mu)^2)/2", "o": "mu*v - -0.9258*x1"},
        "output": "o",
    },
    "at": {"x1": 1, "x2": "-2", "x3": 4},
}
LAYERS = {
    "title": "t",
    "inputs": 2,
    "layers": [{"units": 2, "activation": "identity"}, {"units": 1, "activation": "identity", "bias": False}],
    "loss": "squared_error",
    "data": {"inputs": [[1, 0]], "targets": [[1]]},
    "parameters": [{"weights": [[1, 2], [3, 4]], "biases": [0, 1]}, {"weights": [[1, 1]]}],
    "training": {"learning_rate": "0.5", "steps": 2},
}


def sides(lines):
    """Yield the right sides of each equation as text."""
    found = []
    for line in lines:
        if line.left is not None and found:
            yield found
            found = []
        items = line.right.items if isinstance(line.right, Row) else (line.right,)
        part = []
        for item in items:
            if isinstance(item, Operator) and is_relation(item):
                found.append(write(Row(tuple(part))))
                part = []
            else:
                part.append(item)
        found.append(write(Row(tuple(part))))
    yield found


def calculations(blocks):
    """Yield the lines of every calculation, also of questions."""
    for block in blocks:
        if isinstance(block, Working | Result | Fact) and block.lines:
            yield block.lines
        for part in getattr(block, "parts", ()):
            yield from calculations(answer.block for answer in part.answers)
        yield from calculations(getattr(block, "given", ()))


@pytest.mark.parametrize(("spec", "form"), [(MEAN, "scalar"), (LAYERS, "scalar"), (LAYERS, "matrix")])
def test_no_side_repeats_the_one_before(spec, form):
    """Neither the solution nor the worksheet prints a line or a side twice."""
    work = symnet.solve(spec)
    view = full(form=form)
    for document in (work.document(view), questions(work, view)):
        for lines in calculations(document.blocks):
            for found in sides(lines):
                assert all(one != other for one, other in pairwise(found)), found


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([Line(X, "=", Y), Line(None, "=", Y)], ["x = y"]),
        ([Line(X, "=", Row((Y, EQUALS, Y, EQUALS, HALF)))], ["x = y = 0.5"]),
        ([Line(X, "=", Row((Y, EQUALS, HALF))), Line(None, "approx", HALF)], ["x = y = 0.5"]),
        ([Line(X, "=", Y), Line(None, "=", Row((Y, EQUALS, HALF)))], ["x = y", "= 0.5"]),
        ([Line(X, "=", HALF), Line(Y, "=", HALF)], ["x = 0.5", "y = 0.5"]),
        ([Line(X, "=", Y), Line(None, "", Y)], ["x = y", "y"]),
    ],
)
def test_what_repeats_is_left_out(lines, kept):
    """A side that looks like the one before is left out; the same number of something else stays."""
    found = [
        " ".join(filter(None, (line.left and write(line.left), line.relation, write(line.right))))
        for line in unrepeated(lines)
    ]
    assert found == kept


def test_an_equal_derivative_is_printed_once():
    """The derivative of a mean with respect to one of three is 1/3 on one line."""
    lines = [line for block in calculations(symnet.solve(MEAN).document(full()).blocks) for line in block]
    thirds = [line for line in lines if line.left is not None and write(line.left) == "∂μ/∂x₁"]
    assert [write(line.right) for line in thirds] == ["1/3"]
