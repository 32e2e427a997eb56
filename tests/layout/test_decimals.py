"""Decimal marks under one another: in columns that are flush right, and in matrices, whose entries are centred."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.document import Document, Table
from symnet.layout import latex, mathml, text, typst
from symnet.layout.decimals import aligned, aligned_rows
from symnet.layout.tree import Glyph, Matrix, Number, Operator, Row, flatten
from symnet.render.text import render_text

MINUS = Operator("-", unary=True)
WIDTHS = {"digit": 2, "point": 1, "minus": 3}


def number(written):
    """Return a number as it stands on a sheet, a minus before it as a sign."""
    return Row((MINUS, Number(written[1:]))) if written.startswith("-") else Number(written)


def around(cell):
    """Return how much stands before and behind the decimal mark of a padded number, in units of half a digit."""
    items = flatten(cell)
    (at,) = [index for index, item in enumerate(items) if isinstance(item, Number)]
    whole, mark, decimals = items[at].text.partition(".")
    blanks = [WIDTHS["minus"] if item == MINUS else WIDTHS.get(getattr(item, "width", ""), 0) for item in items]
    return sum(blanks[:at]) + 2 * len(whole), sum(blanks[at:]) + len(mark) + 2 * len(decimals)


numbers = st.from_regex(r"\A-?[1-9][0-9]{0,3}(\.[0-9]{1,4})?\Z").map(number)


@given(st.lists(numbers, min_size=2, max_size=6))
def test_all_marks_of_a_column_are_as_far_from_the_right(column):
    """Behind the mark of every number of a column stands as much, digits and blanks together."""
    assert len({around(cell)[1] for cell in aligned(column)}) == 1


@given(st.lists(numbers, min_size=2, max_size=6))
def test_entries_of_a_matrix_are_as_wide(column):
    """Where there are decimals, all entries are as wide on both sides of the mark, as centring needs it."""
    if any("." in item.text for cell in column for item in flatten(cell) if isinstance(item, Number)):
        assert len(set(map(around, aligned(column, centred=True)))) == 1


@pytest.mark.parametrize(
    "column",
    [
        [Number("1"), Number("20")],
        [Glyph("x"), Number("0.5")],
        [Row((Number("1"), Operator("times"), Number("2"))), Glyph("y")],
    ],
)
def test_what_needs_no_blanks_gets_none(column):
    """Whole numbers, formulas and a single number stay as they are."""
    assert aligned(column) == column


def test_every_format_writes_the_blanks():
    """A matrix is written with blanks as wide as what is missing, in each format; on one line of text it has none."""
    matrix = Matrix(((Number("0.132"),), (number("-12"),)))
    assert latex.write(matrix) == (
        r"\begin{bmatrix} \phantom{{-}}\phantom{0}0.132 \\ "
        r"{-}12\phantom{.}\phantom{0}\phantom{0}\phantom{0} \end{bmatrix}"
    )
    assert typst.write(matrix).count("#hide[0]") == 4
    assert mathml.write(matrix).count('<mspace width="0.5em">') == 4
    assert text.write(matrix) == "[0.132; −12]"
    assert aligned_rows(()) == ()


def test_a_column_of_a_table_is_in_line():
    """Numbers of a column that is flush right have their marks under one another; a comma is a mark too."""
    rows = tuple(((Number(it),),) for it in ("0,5", "12,25", "3"))
    lines = render_text(Document("T", (), (Table((("n",),), rows, "r"),))).splitlines()
    assert lines[5:] == ["   0,5", "  12,25", "   3"]
