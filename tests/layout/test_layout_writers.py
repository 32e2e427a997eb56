"""One tree, three formats."""

import pytest
from layout_samples import LONG_SAMPLES, SAMPLES

from symnet.layout import latex, text, typst
from symnet.layout.symbols import GLYPHS, OPERATORS
from symnet.layout.tree import Accent, Fence, Fraction, Glyph, Matrix, Number, Operator, Row, Scripts, Word, in_a_line

ALL = [sample[0] for sample in SAMPLES] + LONG_SAMPLES + [Glyph(name) for name in GLYPHS]
ALL += [Row((Glyph("x"), Operator(name), Glyph("y"))) for name in OPERATORS]
ALL += [Glyph(name, bold=True) for name in GLYPHS]


@pytest.mark.parametrize(("tree", "latex_source", "typst_source", "line"), SAMPLES)
def test_each_writer(tree, latex_source, typst_source, line):
    """Each format writes what is in the table."""
    assert latex.write(tree) == latex_source
    assert typst.write(tree) == typst_source
    assert text.write(tree) == line


def test_every_tree_compiles_in_typst():
    """Typst takes every sign and every sample for mathematics."""
    compiler = pytest.importorskip("typst")
    source = "\n".join(f"$ {typst.write(tree)} $" for tree in ALL)
    assert compiler.compile(source.encode()).startswith(b"%PDF")


def test_every_tree_compiles_in_latex(pdflatex):
    """The LaTeX needs amsmath and amssymb only."""
    from symnet.render.pdf import run_pdflatex

    body = "\n".join(rf"\[ {latex.write(tree)} \]" for tree in ALL)
    source = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb}}\begin{{document}}{body}\end{{document}}"
    assert run_pdflatex(pdflatex, source).startswith(b"%PDF")


def test_a_wide_matrix_is_an_array():
    """More columns than amsmath's matrices take are written as an array."""
    wide = Matrix((tuple(Number(str(i)) for i in range(12)),))
    assert latex.write(wide).startswith(r"\left[\begin{array}{cccccccccccc} 0 & 1")


def test_a_power_of_a_compound_is_grouped():
    """Two superscripts never meet on one base."""
    squared = Scripts(Scripts(Glyph("x"), None, Number("2")), None, Number("3"))
    assert latex.write(squared) == "{x^2}^3"
    assert typst.write(squared) == "attach(x^(2), t: 3)"


def test_text_brackets_where_precedence_needs_them():
    """A product under a stroke is bracketed, a derivative is not."""
    product = Row((Number("2"), Glyph("a")))
    assert text.write(Fraction(Glyph("x"), product)) == "x/(2 a)"
    assert text.write(Fraction(Fraction(Glyph("a"), Glyph("b")), Glyph("c"))) == "(a/b)/c"
    assert text.write(Scripts(Fraction(Glyph("a"), Glyph("b")), None, Number("2"))) == "(a/b)²"


def test_a_number_with_a_power_of_ten_stays_whole_in_a_product_of_text():
    """Above a stroke it stands in brackets behind a factor, as it does where it is a factor itself."""
    small = Row(
        (Number("1.4"), Operator("times"), Scripts(Number("10"), sup=Row((Operator("-", unary=True), Number("3")))))
    )
    fraction, times = Fraction(small, Number("7")), Operator("times")
    assert text.write(Row((Number("2"), times, fraction))) == "2 × (1.4 × 10⁻³)/7"
    assert text.write(Row((Number("2"), Operator("+"), fraction))) == "2 + 1.4 × 10⁻³/7"
    assert text.write(Row((Number("2"), times, Fraction(Number("1.4"), Number("7"))))) == "2 × 1.4/7"


def test_brackets_grow_only_about_tall_bodies():
    """Scripts alone do not make brackets grow."""
    scripts = Fence(Scripts(Glyph("a"), Number("1"), Fence(Number("2"))))
    assert latex.write(scripts) == "(a_1^{(2)})"
    assert r"\left(" in latex.write(Fence(Fence(Fraction(Number("1"), Number("2")))))


@pytest.mark.parametrize("write", [latex.write, typst.write, text.write])
def test_a_hostile_name_stays_text(write):
    """A word from a user never becomes markup, and control characters vanish."""
    source = write(Word('\\input{x} "#$ \x1b[31m'))
    assert "\x1b" not in source
    assert r"\input" not in source.replace(r"\\input", "") or write is text.write


def test_the_hat_sits_on_its_letter():
    """An accent composes with its letter where Unicode has one."""
    assert text.write(Accent("hat", Glyph("y"))) == "ŷ"
    assert len(text.write(Accent("hat", Glyph("y")))) == 1


def differential(of, wrt):
    """Return a partial derivative as a fraction."""
    return Fraction(Row((Glyph("partial"), Glyph(of))), Row((Glyph("partial"), Glyph(wrt))))


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        (differential("L", "w"), "∂L/∂w"),
        (Row((Glyph("x"), Operator("="), differential("L", "w"))), "x = ∂L/∂w"),
        (Row((differential("L", "w"), Glyph("x"))), r"\frac{\partial L}{\partial w} x"),
        (Fraction(Glyph("x"), Glyph("y")), r"\frac{x}{y}"),
    ],
)
def test_a_derivative_in_a_line_has_a_slash(formula, written):
    """Unless a factor follows, which would seem to stand below as well; other fractions keep their bar."""
    found = latex.write(in_a_line(formula))
    plain = found.replace(r"\text{/}", "/").replace(r"\partial ", "∂").replace(" /", "/").replace("/ ", "/")
    assert written in {plain, found}
