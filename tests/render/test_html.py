"""The HTML page: well-formed, in one file, with nothing in it but what the document says."""

import re
import subprocess
import sys
from fractions import Fraction as Ratio
from pathlib import Path

import pytest
from exercises import full, solved
from hypothesis import given
from hypothesis import strategies as st
from markup import EMPTY, bare, check_formula, page, page_text, said
from render_samples import HOSTILE, figure, hostile, long, long_sum, sheet

import symnet
from symnet.description import load, with_notation
from symnet.document import (
    AnswerBlank,
    Circle,
    Document,
    Fact,
    Heading,
    Label,
    Line,
    Note,
    Paragraph,
    Question,
    QuestionPart,
    Result,
    Room,
    Table,
    Working,
)
from symnet.layout import text
from symnet.layout.measure import width_em
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Blank, Glyph, Number, Scripts, Word
from symnet.render.html import render_html
from symnet.render.templates import environment

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
VIEWS = [full(style="paths"), full(form="index"), full(form="matrix"), full(form="both", style="expanded")]
X = Glyph("x")
DOTS = Blank(12.0)
# In pixels of a drawing, rounded to a tenth.
CM, NEAR = 37.8, 0.06
_SURELY_ONE_LINE = 24
# What would fetch or run something, and what breaks out of its paragraph in a browser.
_REACHES_OUT = re.compile(r"(?i)https?:|//|url\(|@import|\bsrc=|\bhref=|\son\w+=|javascript:")
FORBIDDEN = {"script", "link", "iframe", "object", "embed", "form", "base", "img"}
BLOCKS = {"div", "p", "table", "figure", "h1", "h2", "h3", "header", "main"}
# A bracket beside a formula holds it, and a word in a formula is another element than a name.
BY_WORD = {"span", "mi", "mtext"}
# Something to be seen; an XML parser, unlike a browser, takes two code points for no characters.
texts = st.text(alphabet=st.characters(exclude_characters="\ufffe\uffff"), max_size=40).filter(clean_text)


def classed(root, name):
    """Return the elements with a class."""
    return [element for element in root.iter() if name in element.get("class", "").split()]


def words(element):
    """Return the text of an element that is seen, its spaces as single ones."""
    return " ".join("".join(_seen(element)).split())


def _seen(element):
    """Yield the texts of an element without the LaTeX of its formulas, and what is there for phones."""
    yield element.text or ""
    for part in element:
        if part.tag != "annotation" and part.get("class") not in {"tex", "narrow", "screen-reader"}:
            yield from _seen(part)
        yield part.tail or ""


def check_page(source):
    """Assert that a page is one that browsers and XML parsers read alike, safe and complete; return its root."""
    assert source.startswith("<!DOCTYPE html>\n")
    assert set(re.findall(r"<(\w+)[^<>]*/>", source)) <= EMPTY
    assert not _REACHES_OUT.search(re.sub(r">[^<]*<", "><", source))
    root = page(source)
    assert not FORBIDDEN & {element.tag for element in root.iter()}
    assert not re.search(r"url\(|@import", root.find("head/style").text)
    for element in root.iter("p"):
        assert not BLOCKS & {inner.tag for inner in element.iter() if inner is not element}
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for formula in root.iter("math"):
        check_formula(formula)
    return root


def test_the_head_says_what_a_browser_has_to_know():
    """Language, encoding, title, no script and no network, the width of a phone, the size of the paper."""
    root = check_page(render_html(sheet()))
    assert root.get("lang") == "en"
    head = root.find("head")
    assert head[0].get("charset") == "utf-8"
    (policy,) = (meta.get("content") for meta in head if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert any(meta.get("name") == "viewport" for meta in head)
    assert head.find("title").text == "How much does each weight matter?"
    assert "@page { size: A4; margin: 24mm; }" in head.find("style").text


def test_every_block_has_its_place():
    """Sections are numbered, a run-in title opens its paragraph, facts and results stand in their boxes."""
    root = check_page(render_html(sheet()))
    assert [words(it) for it in root.iter("h2")] == ["1 The network", "2 Forward pass"]
    assert len(list(root.iter("h3"))) == 1
    (runin,) = [it for it in root.iter("p") if classed(it, "runin")]
    assert words(runin) == "Output By the chain rule,"
    (fact,) = classed(root, "fact")
    assert words(fact.find("p/strong")) == "Derivative."
    assert len(classed(fact, "lines")) == len(classed(root, "result")) == len(classed(root, "note")) == 1
    assert [len(classed(root, name)) for name in ("results", "group", "columns", "flow", "tinted", "labelled")] == [
        *(1, 2, 3, 2, 1, 1)
    ]
    (table,) = root.iter("table")
    assert [(words(cell), cell.get("class")) for cell in table.iter("th")] == [("Name", "l"), ("Symbol", "l")]
    assert [words(cell) for cell in table.iter("td")] == ["input", "x", "target", "y"]


def test_a_line_is_a_row_of_the_grid():
    """Left side, relation, and right side with its reason have a cell each; a line that goes on has no left side."""
    grid = [cell for line in classed(check_page(render_html(sheet())), "lines")[2] for cell in line]
    cells = [(cell.get("class").split()[0], "".join(said(part) for part in cell)) for cell in grid]
    assert cells == [
        ("left", "∂L/∂z1(2)"),
        ("relation", "="),
        ("right", "∂L/∂a1(2)∂a1(2)/∂z1(2)chain rule"),
        ("left", ""),
        ("relation", "="),
        ("right", "(a1(2)−y)a1(2)(1−a1(2))derivative of σ"),
        ("left", ""),
        ("relation", "≈"),
        ("right", "0.013368"),
    ]
    formulas = [formula for cell in grid for formula in (*cell.iterfind("math"), *cell.iterfind("span/math"))]
    formulas = [formula for formula in formulas if said(formula) != "σ"]
    assert len(formulas) == 7
    assert all(formula.get("displaystyle") == "true" for formula in formulas)


def test_the_drawing_is_inline():
    """Shapes stand where the drawing has them, in pixels from the upper left, by role; it is described in words."""
    (svg,) = check_page(render_html(sheet())).iter("svg")
    drawing = figure()
    assert svg.get("viewBox") == f"0 0 {drawing.width * CM:.1f} {drawing.height * CM:.1f}"
    assert svg.get("role") == "img"
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert [named[name] for name in svg.get("aria-labelledby").split()] == ["Figure 1", drawing.description]
    circles = [shape for shape in drawing.shapes if isinstance(shape, Circle)]
    for shape, it in zip(circles, svg.iter("circle"), strict=True):
        assert it.get("class") == f"{shape.role} unit"
        assert float(it.get("cx")) == pytest.approx(shape.x * CM, abs=NEAR)
        assert float(it.get("cy")) == pytest.approx((drawing.height - shape.y) * CM, abs=NEAR)
    labels = [shape for shape in drawing.shapes if isinstance(shape, Label)]
    for shape, it in zip(labels, svg.iter("foreignObject"), strict=True):
        left, top, width, height = (float(it.get(name)) for name in ("x", "y", "width", "height"))
        assert left + width / 2 == pytest.approx(shape.x * CM, abs=2 * NEAR)
        assert top + height / 2 == pytest.approx((drawing.height - shape.y) * CM, abs=2 * NEAR)
        assert bool(classed(it, "ground")) == shape.white
    assert {"edge line", "bias line"} == {it.get("class") for it in svg.iter("line")}


ONE, TWO = (Ratio(1),), (Ratio(1), Ratio(1))


def test_every_formula_has_its_latex():
    """An annotation holds it, and in calculations a text that takes the formula's place on demand, without a script."""
    root = check_page(render_html(sheet()))
    # The lines for a phone are pieces of what stands there whole, with its annotation, for wider screens.
    pieces = {id(it) for narrow in classed(root, "narrow") for it in narrow.iter("math")}
    formulas = [it for it in root.iter("math") if not it.findall(".//mtext/span") and id(it) not in pieces]
    assert pieces
    assert len(formulas) > len(pieces)
    assert all(it.find("semantics/annotation").text for it in formulas)
    (right,) = [it for it in classed(root, "right") if words(it).startswith("0.0133")]
    assert [it.text for it in classed(right, "tex")] == ["0.013368"]
    (left, *_) = [it for it in classed(root, "left") if classed(it, "tex")]
    assert classed(left, "tex")[0].text == left.find("math/semantics/annotation").text
    (choice,) = root.iter("input")
    assert choice.get("type") == "checkbox"
    assert ":has(.tools :checked) .tex { display: inline; }" in root.find("head/style").text


def test_room_to_write_in_has_no_source():
    """The dots of a worksheet have neither LaTeX nor an annotation."""
    root = check_page(render_html(Document("T", (), (Working((Line(X, "=", DOTS),)),))))
    (right,) = classed(root, "right")
    assert not classed(right, "tex")
    assert right.find("span/math/mtext/span") is not None


def test_a_long_formula_is_there_in_lines_for_a_phone():
    """Beside the whole of it stand lines that are no wider than a phone, each beginning with its sign."""
    line = Line(X, "=", long_sum(6))
    root = check_page(render_html(Document("T", (), (Working((line, Line(X, "=", Glyph("y")))),))))
    whole, short = classed(root, "right")
    assert [len(classed(it, "narrow")) for it in (whole, short)] == [1, 0]
    (lines,) = classed(whole, "narrow")
    assert len(lines) > 1
    (wide,) = classed(whole, "wide")
    assert bare("".join(map(said, lines))) == bare(said(wide))
    assert [said(it)[0] for it in lines][1:] == ["+"] * (len(lines) - 1)


def test_a_long_formula_in_a_sentence_can_be_broken():
    """Its terms are formulas of their own, so that a line may end between them; a short one is one."""
    root = check_page(render_html(Document("T", (), (Paragraph(("By ", long_sum(4), " and ", X)),))))
    assert len(list(root.iter("math"))) == 5


def test_column_heads_are_read_out():
    """A head with a formula says it in plain signs as well, and one that says nothing is no head."""
    table = Table(((), (Scripts(X, Number("1")),), ("n",)), ((("a",), ("b",), ("c",)),), "lcr")
    root = check_page(render_html(Document("T", (), (table,))))
    first, second = root.iter("th")
    assert [it.text for it in classed(first, "screen-reader")] == ["x₁"]
    assert not classed(second, "screen-reader")
    assert len(list(root.find(".//thead/tr"))) == 3


def test_only_what_may_be_too_wide_takes_the_keyboard():
    """A wide table can be scrolled by keyboard and says so; a narrow one is passed over."""
    narrow = Table((("a",), ("b",)), ((("1",), ("2",)),), "ll")
    wide = Table(tuple((f"column {it}",) for it in range(5)), (tuple(("0.12345",) for _ in range(5)),), "lllll")
    root = check_page(render_html(Document("T", (), (narrow, wide))))
    assert [(it.get("tabindex"), it.get("role")) for it in classed(root, "table")] == [(None, None), ("0", "group")]


def test_a_worksheet_has_dots_frames_and_marks():
    """Questions, parts, dots as wide as they should be, an empty frame, and the fields under the title."""
    lines = Working((Line(X, "=", DOTS, ("(", Blank(10.0), ")")), Line(None, "", DOTS)))
    table = Table((("",), ("number",)), ((("units",), (Blank(4.0),)),), "lr")
    parts = (
        QuestionPart(
            "a", ("By ", X), (), (AnswerBlank(Room(3), "frame", each=TWO), AnswerBlank(lines, "lines", each=ONE))
        ),
        QuestionPart("b", (), (), (AnswerBlank(table, "cells", each=ONE),)),
    )
    question = Question(1, ("Find ", X, "."), (), parts)
    root = check_page(render_html(Document("Title", ("worksheet",), (question,), (("Name ", Blank(20.0)),))))
    assert [words(it) for it in classed(root, "question")] == ["Question 1. Find x."]
    assert [it.text for it in classed(root, "marks")] == ["[3 marks]", "[1 mark]"]
    assert [it.get("style") for it in classed(root, "room")] == ["height: 2.55cm"]
    widths = [it.get("style").split(";")[0] for it in classed(root, "blank")]
    assert widths == [f"width: {width}em" for width in ("20.0", "12.0", "10.0", "12.0", "4.0")]
    assert [words(it) for it in classed(root, "fields")] == ["Name"]


def test_a_formula_keeps_the_full_stop_at_it():
    """What stands against a formula is not torn off it at the end of a line."""
    root = check_page(render_html(Document("T", (), (Paragraph(("By ", X, ", (", X, ") and ", X, " too.")),))))
    assert [words(it) for it in classed(root, "held")] == ["x,", "(x)"]
    assert words(root.find("body/main/p")) == "By x, (x) and x too."


def test_a_page_without_fields_or_subtitle_has_none():
    """Nothing empty stands under the title, and a title of a paragraph can stand alone."""
    root = check_page(render_html(Document("T", (), (Heading(3, ("alone",)), Note(("n",))))))
    assert [it.tag for it in root.find("body/header")] == ["h1"]
    assert [words(it) for it in root.iter("p")] == ["alone", "n"]


def test_hostile_text_is_only_text():
    """Markup in a title, a reason or a cell is printed as it is."""
    source = render_html(hostile())
    root = check_page(source)
    assert "<b>" not in source
    assert root.find("head/title").text == root.find("body/header/h1").text
    assert page_text(source).count("{{7*7}}") == 21
    assert clean_text(HOSTILE) in {"".join(cell.itertext()) for cell in root.iter("td")}


def test_a_template_escapes_what_is_no_markup():
    """A template cannot forget to escape a plain text that it is given."""
    assert environment("html").from_string("{{ said }}").render(said="<b>") == "&lt;b&gt;"


@given(texts, texts)
def test_any_text_is_only_text(one, other):
    """Whatever a name or a sentence says, the page has the same elements, and the words stand on it."""

    def document(one, other):
        name = Glyph(other, upright=True)
        lines = (Line(name, "=", Word(one)),)
        cells = Table(((one, name),), (((other,),),), "l")
        blocks = (Paragraph((one, name, one)), Fact((one,), (other,), lines), Result(lines), cells, Note((other,)))
        return Document("T", (one,), blocks)

    root = check_page(render_html(document(one, other)))
    same = page(render_html(document("ab", "cd")))
    for tree in (root, same):
        # A formula that is too long for a phone is there in lines as well.
        for parent in [it for it in tree.iter() if any("narrow" in part.get("class", "") for part in it)]:
            parent.remove(parent[1])
    found, wanted = ([it.tag for it in tree.iter() if it.tag not in BY_WORD] for tree in (root, same))
    assert found == wanted
    assert [it.text or "" for it in classed(root, "note")] == [clean_text(other)]


@given(texts)
def test_any_title_is_only_text(title):
    """A title becomes text in both of its places."""
    root = check_page(render_html(Document(title, (), ())))
    assert root.find("head/title").text == root.find("body/header/h1").text
    assert len(root.find("head/title")) == len(root.find("body/header/h1")) == 0


@pytest.mark.everyday(5)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_a_page(examples, name):
    """An example is a well-formed page under its title, with its formulas."""
    work = solved(examples[name])
    root = check_page(render_html(work.document(full())))
    assert root.find("head/title").text == work.description.title
    assert len(list(root.iter("math"))) > 20


@pytest.mark.everyday(3)
@pytest.mark.parametrize("notation", ["cs349", "bishop", "inf2008", "cs4045", "eecs445"])
@pytest.mark.parametrize("name", ["C1", "C12", "cs4045-q1", "inf2008-momentum"])
def test_every_notation_is_a_page(examples, name, notation):
    """The letters and marks of every course are MathML."""
    work = symnet.solve(with_notation(load(examples[name]), notation))
    assert len(list(check_page(render_html(work.document(full()))).iter("math"))) > 20


@pytest.mark.parametrize("view", VIEWS, ids=["paths", "index", "matrix", "both"])
def test_every_view_is_a_page(examples, view):
    """Paths have strokes of their own in a drawing, matrices are tables."""
    root = check_page(render_html(solved(examples["C3"]).document(view)))
    assert bool(list(root.iter("mtable"))) == view.matrix
    assert bool(classed(root, "path1")) == (view.style == "paths")


def lines_of(document):
    """Return every line of the calculations of a document."""
    return [line for block in document.blocks for line in getattr(block, "lines", ())]


@pytest.mark.parametrize("name", ["C3", "C4", "cs4045-q1", "xor"])
def test_the_formulas_are_those_of_the_terminal(examples, name):
    """Left sides and right sides have the signs of the text, in the same order."""
    document = solved(examples[name]).document(full())
    root = page(render_html(document))
    cells = (*classed(root, "left"), *classed(root, "right"))
    found = {bare(said(formula)) for cell in cells for formula in cell.iter("math")}
    wanted = {bare(text.write(line.left)) for line in lines_of(document) if line.left is not None}
    wanted |= {bare(text.write(line.right)) for line in lines_of(document) if width_em(line.right) < _SURELY_ONE_LINE}
    assert len(wanted) > 5
    assert wanted <= found


def test_what_is_too_long_is_broken_and_shortened():
    """Long sums, wide tables and long words do not make the page wide."""
    root = check_page(render_html(long()))
    assert len(list(root.iter("table"))) > 3
    assert max(map(len, root.find("body/header/h1").text.split())) <= 32
    assert any(said(it).startswith("+") for it in root.iter("math"))


@pytest.mark.parametrize("level", ["blank", "full", "key"])
def test_a_worksheet_is_a_page(examples, level):
    """Every level of a worksheet has its questions in order, and only the blank one has dots for answers."""
    root = check_page(render_html(solved(examples["cs4045-q2"]).worksheet(level)))
    asked = [words(it) for it in classed(root, "question")]
    assert len(asked) > 5
    assert [f"Question {number}." in said for number, said in enumerate(asked, 1)] == [True] * len(asked)
    assert bool(classed(root.find("body/main"), "blank")) == (level == "blank")


def test_html_is_not_loaded_for_other_formats(examples):
    """Another format does not wait for what only HTML needs."""
    code = f"""
import sys
from symnet.cli.app import cli
cli(["solve", {str(examples["xor"])!r}, "-f", "tex", "-o", "-"], standalone_mode=False)
print(sorted({{"symnet.render.html", "symnet.layout.mathml", "symnet.render.pdf"}} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "['symnet.render.pdf']"


def test_strokes_of_diagrams_are_not_laid_out_as_lines_of_calculations(root):
    """Both have the class ``line``: no rule for all of it says how it is displayed, which hides strokes."""
    style = re.sub(
        r"/\*.*?\*/", "", (root / "templates" / "html" / "style.css").read_text(encoding="utf-8"), flags=re.S
    )
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style)
    bare = [body for selectors, body in rules if ".line" in map(str.strip, selectors.split(","))]
    assert bare
    assert not [body for body in bare if "display" in body]
