"""What an instructor is told of the draws of a class."""

from fractions import Fraction

import pytest

from symnet.document import Figure, Note, Paragraph, Table
from symnet.render.text import render_text
from symnet.variants.report import report
from symnet.variants.select import Looked, Selection


def selection(figures, **rejected):
    """Return a selection of sheets with these difficulties."""
    chosen = tuple(Looked(number, {}, figure, ()) for number, figure in enumerate(figures))
    return Selection(chosen, len(figures) + sum(rejected.values()), rejected, (Fraction(3), Fraction(90)), frozenset())


def data(*values):
    """Return the data of sheets with one answer each."""
    return [{"answers": [{"id": "dL/dw1_1_1", "value": value, "marks": "1"}]} for value in values]


def test_the_report_counts_draws_and_reasons():
    """The sheets, the draws, each reason with its number, and the band of difficulty are told."""
    text = render_text(report("Exercise 3", selection([10, 10, 12], kinks=4, alike=1), data("1", "2", "-0.25")))
    assert "3 sheets" in text
    assert "8 draws" in text
    assert "from 3 to 90" in text
    assert text.index("a value on a kink") < text.index("like another sheet")


def test_a_class_without_rejections_says_so():
    """Where every draw became a sheet there is a sentence in the place of the chart."""
    document = report("Exercise 3", selection([10]), data("1"))
    assert any(isinstance(block, Paragraph) and "None" in str(block.content) for block in document.blocks)


@pytest.mark.parametrize("figures", [[7], [1, 2, 3], list(range(100)), [5, 5_000]])
def test_every_sheet_is_in_the_histogram(figures):
    """The bars of the difficulties come to all sheets, with few bars whatever their spread."""
    *_, chart = (block for block in report("", selection(figures), ()).blocks if isinstance(block, Figure))
    entries = [entry.rpartition(": ") for entry in chart.description.split("; ")]
    assert sum(int(count) for _, _, count in entries) == len(figures)
    assert len(entries) <= 8


def test_the_spread_of_an_answer_is_told():
    """Of each answer the least, the middle and the greatest value, and how many differ, stand in a row."""
    document = report("", selection([1]), data("3", "-0.25", "3", "1e-7"))
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    text = render_text(document._replace(blocks=(table,)))
    (row,) = (line.split() for line in text.splitlines() if "dL/dw1_1_1" in line)
    assert row == ["dL/dw1_1_1", "−0.25", "10⁻⁷", "3", "3"]


def test_a_long_table_says_what_it_leaves_out():
    """Of more answers than fit a table their number is told."""
    many = [{"answers": [{"id": f"w{number}", "value": "1", "marks": "1"} for number in range(100)]}]
    *_, note = report("", selection([1]), many).blocks
    assert isinstance(note, Note)
    assert "60 more answers" in str(note.content)
