"""Markdown that GitHub, Quarto and notebooks read alike: KaTeX takes every formula, and no text becomes markup."""

import base64
import re
import xml.etree.ElementTree as ET

import pytest
from exercises import describe, solved
from katex import formulas, refused

import symnet
from symnet.document import Document, Figure, Heading, Label, Paragraph
from symnet.layout.tree import Fence, Glyph, Matrix, Number, Operator, Row, Scripts, Word
from symnet.render.markdown import render_markdown
from symnet.render.templates import Design

KINDS = {
    "solution": lambda work: work.document(),
    "full": lambda work: work.document(symnet.View(detail="full")),
    "matrix": lambda work: work.document(symnet.View(form="matrix")),
    "worksheet": lambda work: work.worksheet(),
    "key": lambda work: work.worksheet("key"),
}
# Commands that Markdown changes, and those that LaTeX alone knows.
CHANGED = re.compile(r"\\[\\{},]|\\text\{[^}]*\\text(?:endash|quote)|\\ensuremath|\\blank|[<>|]|(?<=[^\s\\])_")


@pytest.mark.everyday(5, every=False)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["C1", "C4", "C12", "adam", "cs4045-q1", "maxout", "xor", "own-notation"])
def test_katex_takes_every_formula(examples, name, kind):
    """KaTeX in strict mode refuses no formula of any sheet, and no dollar sign stands outside of formulas."""
    found = formulas(render_markdown(KINDS[kind](solved(examples[name]))))
    assert len(found) > 10
    assert refused(found) == []


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", ["C1", "cs4045-q1", "own-notation", "batchnorm", "lstm"])
def test_no_formula_is_changed_by_markdown(examples, name):
    """No formula has what GitHub takes for an escape, an emphasis, a link or a tag."""
    if name not in examples:
        pytest.fail(f"no example {name}")
    for source, _ in formulas(render_markdown(solved(examples[name]).document())):
        assert not CHANGED.search(source), source
        assert "](" not in source


TEXTS = (
    "*a* _b_ `c` [d](e) <script>alert(1)</script> $f$ | g # h",
    "- a list",
    "12. a list",
    "# a heading",
    "{{< include x >}} @cite ^up^ ~down~",
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_no_markup(text):
    """Every sign of a text that Markdown would read stands behind a backslash, which no reader sees."""
    written = render_markdown(Document("T", (), (Paragraph((text,)),)))
    (_, paragraph) = written.strip().split("\n\n")
    assert re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", paragraph) == text
    assert not re.search(r"(?<!\\)[`*_\[\]<>$|~^{}#@]", paragraph)
    assert not re.match(r"[-+#]|\d+\.\s", paragraph)


def test_signs_of_formulas_are_written_by_name():
    """Braces, rows of a matrix, inequalities and signs within words are written as MathJax and KaTeX know them."""
    matrix = Matrix(((Number("1"), Glyph("a")), (Number("2"), Glyph("b"))))
    row = Row((Fence(Scripts(Glyph("x"), Glyph("i")), "{", "}"), Operator("<"), matrix, Word("a–“b” c_1²", prose=True)))
    written = render_markdown(Document("T", (), (Paragraph((row,)),)))
    assert r"\lbrace x _i\rbrace" in written
    assert r"\lt" in written
    assert r"1 & a \cr 2 & b" in written
    assert r"\text{a–“b” c\_1}^2" in written
    assert refused(formulas(written)) == []


def test_a_diagram_is_an_image_in_itself(examples):
    """A diagram is an SVG that needs nothing else; what it shows is read where images are left out."""
    written = render_markdown(solved(examples["xor"]).document())
    (said, encoded), *_ = re.findall(r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)">', written)
    assert said.startswith("Network 2-2-1")
    root = ET.fromstring(base64.b64decode(encoded))  # noqa: S314 - of our own making
    assert root.tag.endswith("svg")
    assert len(root.findall("{*}circle")) == 5


def test_what_a_diagram_shows_is_text():
    """A description of a drawing cannot leave its attribute."""
    figure = Figure(1, 1, (Label(0, 0, ('"><b>',), "input"),), '"><script>')
    written = render_markdown(Document("T", (), (figure,)))
    assert "<script>" not in written
    assert "&quot;&gt;&lt;script&gt;" in written


def test_headings_are_numbered_as_on_paper():
    """Sections have numbers, steps have none."""
    blocks = (
        Heading(1, ("One",)),
        Heading(2, ("Step",)),
        Heading(1, ("Two",)),
        Heading(3, ("So",)),
        Paragraph(("it is",)),
    )
    written = render_markdown(Document("T", ("below",), blocks))
    assert written == "# T\n\nbelow\n\n## 1 One\n\n### Step\n\n## 2 Two\n\n**So.** it is\n"


def test_a_fragment_has_no_title(examples):
    """A fragment is the body alone, under a comment that says so."""
    document = solved(examples["C4"]).document()
    written, fragment = render_markdown(document), render_markdown(document, Design(fragment=True))
    body = fragment.split("-->\n\n", 1)[1]
    assert fragment.startswith("<!-- ")
    assert document.title not in fragment
    assert written.endswith(body)


def test_templates_of_ones_own(examples, tmp_path):
    """A template changes the blocks that it names, and what is set in formulas reaches its process."""
    folder = tmp_path / "markdown"
    folder.mkdir()
    own = '{% extends "symnet/document.md" %}\n{% block head %}\nTHE HEAD\n{% endblock %}\n'
    (folder / "document.md").write_text(own, encoding="utf-8")
    document = solved(examples["C1"]).document()
    ours, theirs = render_markdown(document), render_markdown(document, Design(tmp_path))
    assert theirs.startswith("THE HEAD\n")
    assert theirs.split("## 1")[1] == ours.split("## 1")[1]


def test_a_blank_sheet_has_room_and_no_answer():
    """A worksheet in Markdown has lines to write on, and none of its numbers."""
    spec = describe(
        [1, 1],
        ["identity"],
        "squared_error",
        data={"inputs": [[3]], "targets": [[1]]},
        parameters=[{"weights": [["0.123"]], "biases": ["0.5"]}],
    )
    work = symnet.solve(spec)
    sheet, key = (render_markdown(work.worksheet(level)) for level in ("blank", "key"))
    assert r"\underline{\hspace{" in sheet
    assert "0.869" in key
    assert "0.869" not in sheet
