"""The plain text."""

import pytest
from exercises import solved
from render_samples import hostile, long, sheet

import symnet
from symnet.document import Figure
from symnet.render.html import render_html
from symnet.render.pdf import render_tex, render_typst
from symnet.render.text import columns, render_text


def test_lines_are_aligned_at_their_relations():
    """Left sides end in one column, reasons at the right edge."""
    lines = render_text(sheet(), 80).splitlines()
    (start,) = [line for line in lines if line.lstrip().startswith("∂L/∂z₁⁽²⁾ = ∂L/∂a₁⁽²⁾")]
    (later,) = [line for line in lines if line.endswith("derivative of σ")]
    assert start.index("=") == later.index("=")
    assert columns(start) == columns(later) == 80


def test_headings_are_numbered_and_underlined():
    """Sections count; the line below is as long as the title."""
    assert "\n2  Forward pass\n===============\n" in render_text(sheet())


def test_results_are_framed():
    """A result stands in a box."""
    framed = render_text(sheet())
    assert "┌" in framed
    assert "│ ∂L/∂z₁⁽²⁾ = (a₁⁽²⁾ − y) a₁⁽²⁾(1 − a₁⁽²⁾) │" in framed


def test_the_figure_is_a_line_of_sizes():
    """The picture is described."""
    assert "2-2-1" in render_text(sheet())


def test_tables_are_columns():
    """Cells of a column start at the same place."""
    assert "  Name    Symbol\n  ──────  ──────\n  input   x\n  target  y\n" in render_text(sheet())


@pytest.mark.parametrize("width", [60, 100, 140])
def test_calculations_fit_the_terminal(width):
    """No line of a calculation is wider than the terminal, titles and tables apart."""
    printed = render_text(long(), width).split("  step")[0].splitlines()
    assert all(columns(line) <= width for line in printed[2:] if "xxx" not in line and "Long" not in line)


def test_no_control_character_is_printed():
    """A title cannot colour or move the cursor."""
    printed = render_text(hostile())
    assert all(char == "\n" or char.isprintable() for char in printed)


def test_wide_and_combining_characters_are_counted():
    """A Chinese sign takes two columns, an accent none."""
    assert columns("中a") == 3
    assert columns("x\u0304") == 1


@pytest.mark.parametrize("name", ["C1", "C4", "cs4045-q1", "triplet", "xor"])
def test_what_a_terminal_does_not_show_is_not_spoken_of(examples, name):
    """A text has no drawing, and neither the sheet nor the solution nor the key sends anybody to one; a page does."""
    work = solved(examples[name])
    documents = [work.document(), *(work.worksheet(level) for level in ("blank", "full", "key"))]
    for document in documents:
        assert "the diagram" not in render_text(document)
    pages = [write(document) for document in documents for write in (render_tex, render_html, render_typst)]
    assert sum("the diagram" in page for page in pages) >= 3
    asked = "How many paths lead from each" if name == "C4" else "Determine the size of the network."
    assert asked in render_text(documents[1])


def test_a_graph_without_a_drawing_asks_for_none():
    """A graph too large to be drawn is asked about without a word of its drawing, on every page."""
    nodes = {"n0": "x", **{f"n{k}": f"n{k - 1} + {k}" for k in range(1, 70)}}
    work = symnet.solve({"graph": {"inputs": ["x"], "nodes": nodes, "output": "n69"}, "at": {"x": 1}})
    sheet = work.worksheet()
    assert not any(isinstance(block, Figure) for block in sheet.blocks)
    for write in (render_text, render_tex, render_html, render_typst):
        assert "the diagram" not in write(sheet)
        assert "How many paths lead" in write(sheet)
