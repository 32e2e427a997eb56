"""Questions, dots and frames on paper and in a terminal."""

import re
from fractions import Fraction

import pytest
from exercises import solved

from symnet.document import AnswerBlank, Document, Line, Question, QuestionPart, Room, Table, Working
from symnet.layout import latex, text, typst
from symnet.layout.measure import width_em
from symnet.layout.tree import Blank, Glyph
from symnet.render import pdf
from symnet.render.page import Asked, laid_out
from symnet.render.pdf import render_pdf, render_tex, render_typst
from symnet.render.text import render_text

X = Glyph("x")
DOTS = Blank(12.0)
ONE, TWO = (Fraction(1),), (Fraction(1), Fraction(1))


def sheet():
    """Return a sheet with every kind of room for an answer."""
    lines = Working((Line(X, "=", DOTS, ("(", Blank(10.0), ")")), Line(None, "", DOTS)))
    table = Table((("",), ("number",)), ((("units",), (Blank(4.0),)),), "lr")
    parts = (
        QuestionPart(
            "a", ("By ", X), (), (AnswerBlank(Room(3), "frame", each=TWO), AnswerBlank(lines, "lines", each=ONE))
        ),
        QuestionPart("b", (), (), (AnswerBlank(table, "cells", each=ONE),)),
    )
    single = (QuestionPart("", (), (), (AnswerBlank(lines, "derivation", each=TWO),)),)
    blocks = (Question(1, ("Find ", X, "."), (), parts), Question(2, ("Again.",), (lines,), single))
    return Document("Title", ("worksheet",), blocks, (("Name ", Blank(20.0)), ("Marks: 6",)))


def test_dots_in_every_format():
    """Room to write is as wide as it says, in each format's own way."""
    assert latex.write(DOTS) == r"\blank{12.0}{2.0}"
    assert typst.write(DOTS) == "#blank(12.0, 2.0)"
    assert text.write(DOTS) == "." * 24
    assert width_em(DOTS) == 12


def test_a_question_is_taken_apart_in_order():
    """First its words, then what is given, then each part with its answers; the marks are where they are earned."""
    first, part, room, *_rest = blocks = list(laid_out(sheet().blocks))
    assert first == Asked("question", "Question 1.", ("Find ", X, "."), "", "1")
    assert part == Asked("part", "(a)", ("By ", X), "[3 marks]", "1a")
    assert room == Room(3)
    assert blocks[4] == Asked("part", "(b)", (), "[1 mark]", "1b")
    assert blocks[6] == Asked("question", "Question 2.", ("Again.",), "[2 marks]", "2")
    assert [type(block) for block in blocks[7:]] == [Working, Working]


def test_a_worksheet_in_a_terminal():
    """Words with their marks, dots, frames and the fields under the title."""
    lines = render_text(sheet(), 60).splitlines()
    assert f"Name {'.' * 40}   Marks: 6" in lines
    assert "Question 1. Find x." in lines
    assert "(a) By x [3 marks]" in lines
    assert lines.count(f"  │{' ' * 56}│") == 3
    assert f"  x = {'.' * 24}" in [line[:30] for line in lines]
    assert f"      {'.' * 24}" in lines
    assert max(map(len, lines)) <= 62


def test_a_worksheet_in_latex():
    """The structure is legible in the source."""
    source = render_tex(sheet())
    assert r"\sheettitle[{Name $\blank{20.0}{2.0}$\hfill Marks: 6}]{Title}{worksheet}" in source
    assert r"\question{Question 1.}{Find $x$.}{}" in source
    assert r"\questionpart{(a)}{By $x$}{[3 marks]}" in source
    assert r"\room*{3}{working}" in source
    assert r"  & \carry \blank{12.0}{2.0} \\" in source


def test_a_sheet_without_fields_has_none():
    """A solution has nothing to fill in under its title."""
    bare = sheet()._replace(fields=())
    assert "\\sheettitle{Title}{worksheet}\n" in render_tex(bare)
    assert "fields: ()," in render_typst(bare)


def test_hostile_words_are_only_words():
    """What a question says is escaped like any text."""
    hostile = Document("T", (), (Question(1, (r"\input{x} #eval $",), (), (QuestionPart("", (), (), ()),)),))
    assert r"\question{Question 1.}{\textbackslash{}input\{x\} \#eval \$}" in render_tex(hostile)
    assert r'#"\\input{x} #eval $"' in render_typst(hostile)


@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
def test_both_engines_set_it(engine, request):
    """Every macro is defined in both preambles; the words come in order on the page."""
    pypdf = pytest.importorskip("pypdf")
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    import io

    (page,) = pypdf.PdfReader(io.BytesIO(render_pdf(sheet(), engine)[0])).pages
    printed = "".join(page.extract_text().split())
    found = [printed.index(words) for words in ("Name", "Question1", "(a)", "working", "(b)", "units", "Question2")]
    assert found == sorted(found)
    assert "[3marks]" in printed


SHEETS = ("C1", "C12", "C2", "adam", "cs349-slides", "maxout", "triplet")


@pytest.mark.everyday(1)
@pytest.mark.parametrize("case", [(name, level) for name in SHEETS for level in ("blank", "key")], ids="-".join)
def test_no_box_is_overfull(pdflatex, tmp_path, examples, case):
    """No line of dots, no table and no answer sticks out of the page by more than a point."""
    name, level = case
    source = render_tex(solved(examples[name]).worksheet(level))
    (tmp_path / "document.tex").write_text(source, encoding="utf-8")
    log = pdf._run(pdflatex, tmp_path, 60)
    assert "Overfull \\vbox" not in log
    assert [points for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 1] == []
