"""The LaTeX source."""

import re

from render_samples import hostile, long, sheet

from symnet.document import Document, Line, Working
from symnet.layout.tree import Glyph
from symnet.render.pdf import render_tex
from symnet.render.templates import templates_dir

ALLOWED = {
    "fontenc",
    "inputenc",
    "lmodern",
    "textcomp",
    "geometry",
    "amsmath",
    "amssymb",
    "microtype",
    "xcolor",
    "booktabs",
    "longtable",
    "array",
    "fancyhdr",
    "tikz",
    "hyperref",
    "bookmark",
}


def test_one_line_of_a_derivation_is_one_line_of_the_source():
    """The source can be edited by hand."""
    source = render_tex(sheet())
    assert "  z_1^{(1)} & = w_1^{(1)} x_1^{(1)} + w_2^{(1)} x_2^{(1)} & \\reason{weighted sum} \\\\\n" in source
    assert "  & = (a_1^{(2)} - y) a_1^{(2)}(1 - a_1^{(2)}) & \\reason{derivative of $\\sigma$} \\\\*\n" in source
    assert "\\begin{result}\n  \\frac{\\partial L}{\\partial z_1^{(2)}} & = " in source


def test_every_block_has_its_macro():
    """The document's structure is legible in the source."""
    source = render_tex(sheet())
    for macro in (
        r"\section{",
        r"\subsection{",
        r"\runin{",
        r"\lastnote{",
        r"\begin{fact}{Derivative}",
        r"\begin{tabular}",
    ):
        assert macro in source


def test_only_packages_that_debian_has():
    """Nothing beyond the base, recommended, pictures and lmodern packages is loaded."""
    named = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", render_tex(sheet()))
    loaded = {name.strip() for names in named for name in names.split(",")}
    assert loaded == ALLOWED


def test_the_same_document_gives_the_same_source():
    """No date, no address, no order of a set gets in."""
    assert render_tex(sheet()) == render_tex(sheet())


def test_hostile_text_is_only_text():
    """No user's text reaches TeX or Jinja as a command."""
    body = render_tex(hostile()).split(r"\begin{document}")[1]
    assert r"\input" not in body
    assert r"\VAR" not in body
    assert "{{7*7}}" not in body
    assert r"\textbackslash{}input\{/etc/passwd\}" in body


def test_long_lines_are_broken():
    """A sum of sixty terms becomes one short line, one of nine several; no line is left too wide."""
    source = render_tex(long())
    assert r"\cdots" in source
    assert "  & \\carry + " in source
    assert "  & \\carry \\times (" in source


def test_long_tables_break_over_pages():
    """Two hundred rows are a longtable; thirty columns are several tables."""
    source = render_tex(long())
    assert source.count(r"\begin{longtable}") == 1
    assert source.count(r"\begin{tabular}") >= 4


def test_the_templates_are_found():
    """A checkout and a wheel both have them."""
    assert {path.name for path in templates_dir().iterdir()} >= {"latex", "typst"}


def test_a_long_result_is_several_boxes():
    """A box cannot break over pages, so sixty lines make eight, with breaks allowed between them."""
    source = render_tex(long())
    assert source.count(r"\begin{result}") == 9
    assert source.count(r"\allowbreak") == 8


def test_a_page_may_break_between_equations_but_not_at_the_ends_of_one():
    """A derivation begins and ends with two lines on one page; the next equation may stand on another."""
    x = Glyph("x")
    lines = tuple(Line(x if first else None, "=", x) for first in (True, False, False, False, True, True))
    source = render_tex(Document("t", (), (Working(lines),)))
    rows = re.findall(r"^  .*= x \\\\(\*?)$", source, re.MULTILINE)
    assert rows == ["*", "", "*", "", "", ""]
