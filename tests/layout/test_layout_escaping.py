"""Untrusted text in each format."""

import pytest

from symnet.layout.symbols import clean_text, tex_text, tex_title, typst_string, without_sign


def test_tex_specials_are_all_escaped():
    """No character keeps its meaning in TeX."""
    assert tex_text('\\input{/etc/passwd} #$%&_^~ "x" <b> `a` |') == (
        r"\textbackslash{}input\{/etc/passwd\} \#\$\%\&\_\textasciicircum{}\textasciitilde{} "
        r"\textquotedbl{}x\textquotedbl{} \textless{}b\textgreater{} "
        r"\textasciigrave{}a\textasciigrave{} \textbar{}"
    )


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("Assignment 1", "Assignment 1"),
        ("50 % & more", r"50 \% \& more"),
        ("Übung", "Übung"),
        ("U\u0308bung", "Übung"),
        ("α ≤ β", r"\ensuremath{\alpha} \ensuremath{\le} \ensuremath{\beta}"),
        ("中", r"{\scriptsize [U+4E2D]}"),
        ("a -- b", "a -{}- b"),
        ("2–2–1", r"2\textendash{}2\textendash{}1"),
    ],
)
def test_tex_text(given, printed):
    """Letters print as they are where T1 has them, else as mathematics, else as code points."""
    assert tex_text(given) == printed


def test_typst_strings_are_closed_only_by_their_end():
    """Quotes and backslashes are escaped; nothing else can end a string."""
    assert typst_string('a"b\\') == r'"a\"b\\"'
    assert typst_string("中 😀 ü") == '"[U+4E2D] [U+1F600] ü"'


@pytest.mark.parametrize("write", [tex_text, tex_title, typst_string])
def test_characters_that_stand_as_code_points_are_known(write):
    """Whatever a source is for, it tells which characters it has no sign for, each once; beyond all there is none."""
    assert without_sign(write("日本日 α é 😀 −")) == "日本😀"
    assert without_sign("[U+FFFFFF]") == ""


def test_control_and_direction_characters_vanish():
    """Escape sequences and direction overrides cannot reach a terminal; white space becomes a space."""
    assert clean_text("a\x1b[31m\u202eb\tc\nd") == "a[31mb c d"


def test_every_supported_letter_compiles(pdflatex):
    """What is said to be printable is; the table is tried whole."""
    from symnet.render.pdf import run_pdflatex

    text = "".join(chr(code) + " " for code in (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x370, 0x400)))
    text += "−×÷±≤≥≠≈∈→←∂∑∞√ℓ²₃–—‘’“”„«»…•°€§ 中😀"
    source = (
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern,textcomp,amsmath,amssymb}"
        rf"\begin{{document}}{tex_text(text)}\end{{document}}"
    )
    assert run_pdflatex(pdflatex, source).startswith(b"%PDF")


def test_raised_brackets_of_a_layer_have_a_sign():
    """What plain formulas write for a layer, as in a figure's description, is no code point on paper."""
    written = [tex_text("a₁⁽¹⁾"), tex_title("a₁⁽¹⁾"), typst_string("a₁⁽¹⁾")]
    assert not any("U+" in one for one in written)
