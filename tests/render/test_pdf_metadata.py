"""What a PDF says of itself: title, author, language, bookmarks, and with Typst that all readers can use it."""

import io
from pathlib import Path

import pypdf
import pytest
from exercises import solved
from render_samples import hostile, long, sheet

from symnet.document import Document, Heading
from symnet.layout.tree import Glyph, Number, Scripts
from symnet.render.pdf import render_pdf

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
ENGINES = ["pdflatex", "typst"]
HEADED = Document(
    "Derivatives & {braces} of σ",
    (),
    (
        Heading(1, ("The network",)),
        Heading(2, ("Layer 1, ", Scripts(Glyph("z"), Number("1")))),
        Heading(1, ("Backward pass",)),
        Heading(2, ("The loss",)),
    ),
)


def read(document, engine):
    """Return a document as a PDF that is read back."""
    return pypdf.PdfReader(io.BytesIO(render_pdf(document, engine)[0]))


def titles(outline):
    """Return the titles of bookmarks, those below one as a list behind it."""
    return [titles(it) if isinstance(it, list) else it.title for it in outline]


def is_universal(reader):
    """Return whether a PDF says that it is PDF/UA-1, and has the tags for it."""
    root = reader.trailer["/Root"]
    said = root["/Metadata"].get_object().get_data()
    return b"<pdfuaid:part>1</pdfuaid:part>" in said and "/StructTreeRoot" in root


@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_pdf_says_what_it_is(engine):
    """Title, author and language are those of the document, whatever signs are in the title."""
    reader = read(HEADED, engine)
    assert reader.metadata.title == HEADED.title
    assert reader.metadata.author == "symnet"
    assert reader.trailer["/Root"]["/Lang"] == "en"


@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("engine", ENGINES)
def test_bookmarks_are_numbered_as_headings_are(engine):
    """Sections have their numbers, steps none, and formulas are in plain signs."""
    found = titles(read(HEADED, engine).outline)
    assert [found[0], found[2]] == ["1 The network", "2 Backward pass"]
    assert found[3] == ["The loss"]
    assert found[1][0].startswith("Layer 1, z")


@pytest.mark.parametrize("make", [sheet, hostile, long])
def test_typst_makes_universal_documents(make):
    """Documents of every kind of block are PDF/UA-1: tagged, each formula and drawing with words for it."""
    assert is_universal(read(make(), "typst"))


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_a_universal_document(examples, name):
    """Typst accepts every example as PDF/UA-1, its worksheet and its key too."""
    work = solved(examples[name])
    for document in (work.document(), work.worksheet(), work.worksheet("key")):
        assert is_universal(read(document, "typst"))


@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_document_gives_the_same_bytes(examples, engine, monkeypatch):
    """Neither the time, nor the folder, nor the environment is in a PDF."""
    document = solved(examples["C4"]).document()
    first = render_pdf(document, engine)[0]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert render_pdf(document, engine)[0] == first
