"""The plain text."""

import re
from pathlib import Path

import pytest
from exercises import solved
from render_samples import hostile, long, sheet

import symnet
from symnet.document import (
    Document,
    Fact,
    Figure,
    Flow,
    Heading,
    Line,
    Paragraph,
    Result,
    Table,
    Working,
)
from symnet.layout.tree import Blank, Glyph, Matrix, Number, Operator, Row, Word
from symnet.render.html import render_html
from symnet.render.pdf import render_tex, render_typst
from symnet.render.text import columns, render_text

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))


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


@pytest.mark.everyday(3)
@pytest.mark.parametrize("name", ["C1", "C4", "cs4045-q1", "triplet", "xor"])
def test_what_a_terminal_does_not_show_is_not_spoken_of(examples, name):
    """A text has no drawing, and neither the sheet nor the solution nor the key sends anybody to one; a page does."""
    work = solved(examples[name])
    documents = [work.document(), *(work.worksheet(level) for level in ("blank", "full", "key"))]
    for document in documents:
        assert "the diagram" not in render_text(document)
    pages = [write(document) for document in documents for write in (render_tex, render_html, render_typst)]
    # The diagram of a network is what the worksheet asks for; that of a graph is printed there.
    assert any("the diagram" in page for page in pages) == (name in {"C4", "triplet"})
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


@pytest.mark.everyday(3)
@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_wider_than_the_terminal(examples, name):
    """Solution, worksheet and key of an example fit 60, 80 and 120 columns."""
    work = solved(examples[name])
    for document in (work.document(), work.worksheet(), work.worksheet("key")):
        for width in (60, 80, 120):
            assert max(map(columns, render_text(document, width).splitlines())) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_no_rule_breaks_is_cut(width):
    """Long words, wide characters, dots, left sides, matrices and reasons do not make a line too long."""
    long_word = "word" * 60
    lines = (
        Line(Word("left " * 30), "=", Word(long_word), (long_word,)),
        Line(Glyph("x"), "=", Matrix(((Number("0.123456789"),) * 20,) * 3)),
        Line(Glyph("x"), "=", Blank(100.0), ("(", Blank(100.0), ")")),
    )
    blocks = (Heading(1, (long_word,)), Heading(2, ("漢字" * 60,)), Heading(3, (long_word,)), Paragraph(("漢字" * 80,)))
    blocks += (Working(lines), Fact((long_word,), (long_word,), lines), Result(lines))
    table = Table(((long_word,), ("b",)) * 9, tuple(((long_word,), ("one two three",)) * 9 for _ in range(2)), "lr" * 9)
    printed = render_text(Document("title " * 60, ("子" * 200,), (*blocks, table)), width)
    assert max(map(columns, printed.splitlines())) <= width


def test_words_of_a_table_wrap_before_its_formulas():
    """A column of words has several lines where the table is too wide; formulas are kept whole."""
    sum_ = Row((Glyph("a"), Operator("+"), Glyph("b"), Operator("+"), Glyph("c")))
    table = Table((("Name",), ("Meaning",)), (((sum_,), ("many words" + " many words" * 5,)),), "ll")
    assert render_text(Document("T", (), (table,)), 40).splitlines()[3:] == [
        "  Name       Meaning",
        "  ─────────  ───────────────────────────",
        "  a + b + c  many words many words many",
        "             words many words many words",
        "             many words",
    ]


def test_a_table_that_is_too_wide_goes_on_below():
    """Columns that have no room stand in a further table, which repeats the first column."""
    table = Table(tuple((f"column{it}",) for it in range(12)), (tuple((f"{it}.12345",) for it in range(12)),), "l" * 12)
    printed = render_text(Document("T", (), (table,)), 60)
    assert printed.count("column0") == printed.count("  0.12345") == 3
    assert all(printed.count(f"column{it} ") + printed.count(f"column{it}\n") == 1 for it in range(1, 12))


def test_a_formula_is_cut_at_sums_before_products():
    """Where a matrix has no room its rows have lines of their own; terms are parted before factors are."""
    product = Row((Glyph("a"), Operator("times"), Glyph("b")))
    sum_ = Row((product, Operator("+"), product, Operator("+"), product))
    matrix = Matrix(((sum_, Number("1")), (Number("2"), sum_)))
    (_, _, _, *lines) = render_text(Document("T", (), (Working((Line(None, "=", matrix),)),)), 40).splitlines()
    assert [line.strip() for line in lines] == ["= [a × b + a × b + a × b, 1;", "2, a × b + a × b + a × b]"]
    (_, _, _, *lines) = render_text(Document("T", (), (Working((Line(None, "=", matrix),)),)), 24).splitlines()
    assert lines[1].strip().startswith("+")


def test_colours_are_asked_for():
    """Headings, reasons and frames have colours where they are asked for; what is printed is the same."""
    plain, coloured = render_text(sheet()), render_text(sheet(), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    for code in ("1;34", "32", "2"):
        assert f"\x1b[{code}m" in coloured


def test_what_belongs_together_is_not_parted():
    """A function and its derivative stand on one line, and begin one where what is before leaves them no room."""

    def equation(letter, width):
        return Line(Glyph(letter), "=", Word("w" * width))

    lines = tuple(equation(letter, 15) for letter in "fghk")
    parted = render_text(Document("t", "", (Flow(lines),)), 80)
    assert re.search(r"f = w+    g = w+    h = w+\n", parted)
    kept = render_text(Document("t", "", (Flow(lines, group_sizes=(2, 2)),)), 80)
    assert re.search(r"f = w+    g = w+\n *h = w+    k = w+\n", kept)
