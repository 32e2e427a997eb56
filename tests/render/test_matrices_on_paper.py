"""Matrices as they stand on a page: every row on a line of its own, whatever its entries end in."""

import io

import pypdf
import pytest

from symnet.document import Document, Line, Working
from symnet.layout.tree import Blank, Glyph, Matrix, Number
from symnet.render.formats import PDF_ENGINES
from symnet.render.pdf import render_pdf


def rows_of_digits(content):
    """Return at how many heights of the first page of a PDF digits stand, that of its number apart."""
    found = set()

    def look(text, cm, tm, _font, _size):
        # Typst turns the page upside down first.
        if any(sign.isdigit() for sign in text):
            found.add(round(tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

    pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=look)
    return len(found) - 1


@pytest.mark.parametrize("engine", PDF_ENGINES)
@pytest.mark.parametrize("last", [Number("7"), Number("6.125"), Blank(3.0)], ids=["short", "long", "blank"])
def test_rows_stand_below_one_another(request, engine, last):
    """A row that ends in hidden digits, in digits, or in room to write in is followed by the next one below it."""
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    matrix = Matrix(((Number("3.125"), last), (Number("2"), Number("9.375")), (Number("8"), Number("5.625"))))
    document = Document("Rows", (), (Working((Line(Glyph("x", bold=False, upright=False), "=", matrix),)),))
    assert rows_of_digits(render_pdf(document, engine)[0]) == 3
