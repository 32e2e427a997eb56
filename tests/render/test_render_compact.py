"""Compact sheets on paper: how many pages they take, and what is left white on them."""

import io
import re
from itertools import pairwise
from pathlib import Path

import pytest
from exercises import describe, solved

import symnet
from symnet.render import pdf
from symnet.render.pdf import render_pdf, render_tex

pypdf = pytest.importorskip("pypdf")

LARGE = describe([10, 10, 10], ["sigmoid", "softmax"], "categorical_cross_entropy")
# What is set, and the most pages that it may take.
GOALS = [("cs4045-q1", 4), ("C1", 6), ("xor", 5), ("10-10-10", 9)]
# In points: the foot of the text, and the height of which at most 12 % may be white.
FOOT, HEIGHT = 68, 706
# In points: the height of a line, which is no white between it and the one above.
LINE = 12


def document(examples, name):
    """Return the compact sheet of an example, or of the large network."""
    return (solved(examples[name]) if name in examples else symnet.solve(LARGE)).document()


def heights_of(reader):
    """Return the heights at which text stands on each page but the last, from its foot upward."""
    found = []
    for page in reader.pages[:-1]:
        heights = []

        def look(text, cm, tm, _font, _size, heights=heights):
            # Typst turns the page upside down first.
            height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip() and height > FOOT:
                heights.append(height)

        page.extract_text(visitor_text=look)
        found.append(sorted(heights))
    return found


def feet(reader):
    """Return how much of the height of each page but the last stands empty below the last line of its text."""
    return [(min(heights) - FOOT) / HEIGHT for heights in heights_of(reader)]


def gaps(reader):
    """Return how much of the height of each page but the last is the widest white between two lines of its text."""
    return [
        max((above - below - LINE for below, above in pairwise(heights)), default=0) / HEIGHT
        for heights in heights_of(reader)
    ]


EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
PAGES = [(name, engine) for name in (*EXAMPLES, "10-10-10") for engine in ("pdflatex", "typst")]


@pytest.mark.everyday(4)
@pytest.mark.parametrize("case", PAGES, ids="-".join)
def test_pages_are_full_and_few(request, examples, case):
    """In both engines no page but the last has more than 12 % of white at its foot or in it, and none a note alone."""
    name, engine = case
    if engine == "typst":
        pytest.importorskip("typst")
    else:
        request.getfixturevalue("pdflatex")
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(document(examples, name), engine)[0]))
    assert len(reader.pages) <= dict(GOALS).get(name, 7)
    assert round(max(feet(reader), default=0), 2) <= 0.12
    # White that is shared out before headings is as little.
    assert round(max(gaps(reader), default=0), 2) <= 0.12
    # Two lines are the running head and the number of the page, one the note.
    assert len(reader.pages[-1].extract_text().split("\n")) > 4


ASKED = [(name, kind, engine) for name in EXAMPLES for kind in ("blank", "key") for engine in ("pdflatex", "typst")]
# What is asked node by node or for whole arrays has tables and derivations of a page each.
MANY_PAGES = {"attention", "batchnorm", "cnn"}
QUESTION_GOALS = {"xor": 4, "C1": 6, "cs4045-q1": 6}


@pytest.mark.everyday(2)
@pytest.mark.parametrize("case", [case for case in ASKED if case[0] not in MANY_PAGES], ids="-".join)
def test_what_a_page_leaves_white_stands_before_its_questions(request, examples, case):
    """A worksheet and its key leave at most 12 % white at the foot of each page but the last, and take few pages."""
    name, level, engine = case
    if engine == "typst":
        pytest.importorskip("typst")
    else:
        request.getfixturevalue("pdflatex")
    sheet = solved(examples[name]).worksheet(level)
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(sheet, engine)[0]))
    # A frame to work in is no white, but has no text at its foot.
    ends = [page.extract_text().split("\n")[-2:] for page in reader.pages]
    white = [foot for foot, end in zip(feet(reader), ends, strict=False) if "working" not in end]
    assert round(max(white, default=0), 2) <= 0.12
    if level == "blank":
        assert len(reader.pages) <= QUESTION_GOALS.get(name, 6)


SHEETS = ("C1", "C5", "C8", "C9", "adam", "cs4045-q1", "dropout", "maxout", "triplet", "xor")


@pytest.mark.everyday(2)
@pytest.mark.parametrize("case", [(name, detail) for name in SHEETS for detail in ("compact", "results")], ids="-".join)
def test_no_box_is_overfull(pdflatex, tmp_path, examples, case):
    """Nothing on a compact sheet sticks out by more than a point."""
    name, detail = case
    sheet = solved(examples[name]).document(symnet.View(detail=detail))
    (tmp_path / "document.tex").write_text(render_tex(sheet), encoding="utf-8")
    log = pdf._run(pdflatex, tmp_path, 60)
    assert "Overfull \\vbox" not in log
    assert [points for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 1] == []
