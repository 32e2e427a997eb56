"""Final results are finished: it is said in what they are written, none is elided, and no derivative is left."""

from pathlib import Path

import pytest
from exercises import solved

import symnet
from symnet.document import Paragraph, Result, Results
from symnet.layout.text import write
from symnet.layout.tree import Fraction, Glyph, Number, Operator, Row, Scripts, children

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
FORMS = ("scalar", "index", "matrix")
SAID = ("Written", "written out")


def parts_of(layout):
    """Yield a tree and all trees in it, indices apart."""
    yield layout
    for child in (layout.base,) if isinstance(layout, Scripts) else children(layout):
        yield from parts_of(child)


def last_side(line):
    """Return what stands behind the last sign of equality."""
    items = line.right.items if isinstance(line.right, Row) else (line.right,)
    ends = [place for place, item in enumerate(items) if item in {Operator("="), Operator("approx")}]
    return Row(items[ends[-1] + 1 :]) if ends else line.right


def boxes_of(document):
    """Yield each box of results with the text of all paragraphs before it."""
    said = ""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            said += "".join(part if isinstance(part, str) else write(part) for part in block.content)
        if isinstance(block, Results):
            yield said, [line for group in block.groups for row in group.rows for line in row if line is not None]
        elif isinstance(block, Result):
            yield said, list(block.lines)


def runs_together(row):
    """Return whether a number stands beside a number or an indicator, with nothing between."""
    pairs = zip(row.items, row.items[1:], strict=False)
    return any(
        isinstance(one, Number) and (isinstance(two, Number) or write(two).startswith("𝟏")) for one, two in pairs
    )


def derivatives_in(layout):
    """Return the partial derivatives of a tree, as text."""
    return [write(part) for part in parts_of(layout) if isinstance(part, Fraction) and write(part).startswith("∂")]


@pytest.mark.everyday(3)
@pytest.mark.parametrize("case", [(name, form) for name in EXAMPLES for form in FORMS], ids="-".join)
def test_results_are_finished(examples, case):
    """In all forms results are said to be in deltas or written out, without dots, numbers side by side, derivatives."""
    name, form = case
    work = solved(examples[name])
    network, names = work.parts[0].network, work.parts[0].names
    # Results of graphs and of arrays are in the derivatives of their nodes.
    if network.is_graph:
        return
    found = list(boxes_of(work.document(symnet.View(form))))
    assert found
    for said, lines in found:
        assert any(word in said for word in SAID), said
        for line in lines:
            result = last_side(line)
            assert not any(part in {Glyph("cdots"), Glyph("dots")} for part in parts_of(result)), write(result)
            assert not any(runs_together(part) for part in parts_of(result) if isinstance(part, Row)), write(result)
            left = derivatives_in(result)
            assert not left or (not names.has_delta and "derivatives" in said), write(result)
