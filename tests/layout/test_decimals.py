"""Decimal marks under one another: in columns that are flush right, and in matrices, whose entries are centred."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.document import Document, Table
from symnet.layout import latex, mathml, text, typst
from symnet.layout.decimals import aligned, aligned_rows, uniform
from symnet.layout.tree import Glyph, Matrix, Number, Operator, Row, Scripts, flatten
from symnet.render.page import lined_up
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


def power(mantissa, exponent):
    """Return a number with a power of ten as it stands on a sheet."""
    sign = (MINUS,) if exponent < 0 else ()
    ten = Scripts(Number("10"), sup=Row((*sign, Number(str(abs(exponent))))))
    return Row((*flatten(number(mantissa)), Operator("times"), ten))


TEN = Scripts(Number("10"), sup=Row((MINUS, Number("4"))))


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        ([number("0.0117"), power("-6.69", -3)], ["0.0117", "−0.00669"]),
        ([number("0,5"), power("1,20", -4), TEN], ["0,5", "0,000120", "0.0001"]),
        ([number("-0.00012"), power("3", -9), number("0.5")], ["−0.00012", "3 × 10⁻⁹", "0.5"]),
        ([number("-0.00012"), power("3", -4), power("3", -9)], ["−1.2 × 10⁻⁴", "3 × 10⁻⁴", "3 × 10⁻⁹"]),
        ([number("0.0001"), power("2", -4), power("3", -9)], ["10⁻⁴", "2 × 10⁻⁴", "3 × 10⁻⁹"]),
        ([number("0.5"), number("12"), power("1.5", 9)], ["0.5", "12", "1.5 × 10⁹"]),
        ([number("12"), power("2", -4), Glyph("x")], ["12", "2 × 10⁻⁴", "x"]),
    ],
)
def test_small_numbers_are_written_in_one_way(cells, written):
    """In decimals where that takes few zeros, else all with a power of ten; what is large or no number stays."""
    assert [text.write(cell) for cell in uniform(cells)] == written


def test_a_matrix_writes_small_numbers_in_one_way():
    """Its columns are no columns of their own in this."""
    assert text.write(Matrix(((number("0.5"), power("2.5", -3)),))) == "[0.5, 2.5 × 10⁻³]"
    assert r"0.5 & 0.0025" in latex.write(Matrix(((number("0.5"), power("2.5", -3)),)))


def test_every_format_writes_the_blanks():
    """A matrix is written with blanks as wide as what is missing, in each format; on one line of text it has none."""
    matrix = Matrix(((Number("0.132"),), (number("-12"),)))
    assert latex.write(matrix) == (
        r"\begin{bmatrix} \phantom{{-}}\phantom{0}0.132 \\ "
        r"{-}12\phantom{.}\phantom{0}\phantom{0}\phantom{0} \end{bmatrix}"
    )
    assert typst.write(matrix).count("#hide($0$)") == 4
    assert mathml.write(matrix).count('<mspace width="0.5em">') == 4
    assert text.write(matrix) == "[0.132; −12]"
    assert aligned_rows(()) == ()


def test_blanks_are_as_wide_as_figures_where_typst_sets_them():
    """A matrix whose entries lack signs, whole digits and decimals is as wide as one that has them all."""
    engine = pytest.importorskip("typst")

    def page(cells):
        formula = typst.write(Matrix((tuple(map(number, cells[:2])), tuple(map(number, cells[2:])))))
        source = f"#set page(width: auto, height: auto)\n${formula}$"
        return re.search(r'width="[^"]*"', engine.compile(source.encode(), format="svg").decode())[0]

    assert page(["-10.25", "-0.352319", "3", "0"]) == page(["-10.25", "-0.352319", "-10.25", "-0.352319"])


def test_a_column_of_a_table_is_in_line():
    """Numbers of a column that is flush right have their marks under one another; a comma is a mark too."""
    rows = tuple(((Number(it),),) for it in ("0,5", "12,25", "3"))
    lines = render_text(Document("T", (), (Table((("n",),), rows, "r"),))).splitlines()
    assert lines[5:] == ["   0,5", "  12,25", "   3"]


def test_a_column_of_small_numbers_keeps_its_powers():
    """Errors beside values are told by their size; in a column with decimals there are no powers of ten."""
    table = Table(
        (("w",), ("error",)),
        (((number("0.5"),), (power("4.6", -5),)), ((power("2.5", -3),), (power("3", -4),))),
        "rr",
    )
    rows = lined_up(table).rows
    assert [[text.write(cell[0]).strip() for cell in row] for row in rows] == [
        ["0.5", "4.6 × 10⁻⁵"],
        ["0.0025", "3 × 10⁻⁴"],
    ]
