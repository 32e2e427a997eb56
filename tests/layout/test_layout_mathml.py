"""The MathML of every shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_samples import EXP, LONG_SAMPLES, MINUS, ONE, SAMPLES, SIGMA, YHAT, Y, Z, row, unit
from markup import bare, check_formula, formula, said

from symnet.layout import mathml, text, tree
from symnet.layout.symbols import GLYPHS, OPERATORS, clean_text
from symnet.layout.tree import (
    Accent,
    Blank,
    Brace,
    Cases,
    Fence,
    Fraction,
    Glyph,
    Matrix,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
)

FORMULAS = [sample[0] for sample in SAMPLES] + LONG_SAMPLES + [Glyph(name) for name in GLYPHS]
FORMULAS += [Row((Glyph("x"), Operator(name), Glyph("y"))) for name in OPERATORS]
THIN = '<mspace width="0.167em"></mspace>'
SUM = Scripts(Glyph("sum"), Glyph("k"), Glyph("K"))

letters = st.one_of(
    st.sampled_from([Glyph("x"), Glyph("sigma"), Glyph("hidden", upright=True), Glyph("partial"), Word("max"), ONE]),
    st.text(min_size=1).map(Word),
)
trees = st.recursive(
    letters,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda items: Row(tuple(items))),
        st.tuples(parts, parts).map(lambda pair: Fraction(*pair)),
        st.tuples(parts, st.none() | parts, parts).map(lambda found: Scripts(*found)),
        parts.map(Root),
        parts.map(Fence),
        parts.map(Prime),
        st.tuples(parts, parts).map(lambda pair: Cases((pair,), "if")),
        st.tuples(parts, parts).map(lambda pair: Matrix((pair, pair))),
        st.tuples(parts, st.sampled_from(["+", "-", "=", "<"])).map(lambda pair: Row((Operator(pair[1]), pair[0]))),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("layout", "source"),
    [
        (
            unit("z", 1, 2),
            "<msubsup><mi>z</mi><mn>1</mn>"
            '<mrow><mo stretchy="false">(</mo><mn>2</mn><mo stretchy="false">)</mo></mrow></msubsup>',
        ),
        (EXP, '<msup><mi>e</mi><mrow><mo form="prefix" lspace="0em" rspace="0em">−</mo><mi>z</mi></mrow></msup>'),
        (YHAT, '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (Prime(SIGMA), "<mrow><mi>σ</mi><mo>′</mo></mrow>"),
        (Fraction(ONE, Z), "<mfrac><mn>1</mn><mi>z</mi></mfrac>"),
        (Root(Y), "<msqrt><mi>y</mi></msqrt>"),
        (Fence(Fraction(ONE, Z)), "<mrow><mo>(</mo><mfrac><mn>1</mn><mi>z</mi></mfrac><mo>)</mo></mrow>"),
        (Fence(Z, "||", "||"), '<mrow><mo stretchy="false">‖</mo><mi>z</mi><mo stretchy="false">‖</mo></mrow>'),
        (Fence(Z, "", "]"), '<mrow><mi>z</mi><mo stretchy="false">]</mo></mrow>'),
        (
            SUM,
            '<munderover><mo lspace="0em" rspace="0em">∑</mo><mi>k</mi><mi>K</mi></munderover>',
        ),
        (
            Cases(((ONE, row(Z, Operator(">"), Number("0"))), (Number("0"), Word("otherwise", prose=True))), "if"),
            '<mrow><mo>{</mo><mtable class="cases">'
            "<mtr><mtd><mn>1</mn></mtd><mtd><mrow><mtext>if\N{NO-BREAK SPACE}</mtext>"
            "<mrow><mi>z</mi><mo>&gt;</mo><mn>0</mn></mrow></mrow></mtd></mtr>"
            "<mtr><mtd><mn>0</mn></mtd><mtd><mi>otherwise</mi></mtd></mtr></mtable></mrow>",
        ),
        (
            Matrix(((Y, Fraction(Y, Z)),)),
            '<mrow><mo>[</mo><mtable><mtr><mtd><mi>y</mi></mtd><mtd displaystyle="true">'
            "<mfrac><mi>y</mi><mi>z</mi></mfrac></mtd></mtr></mtable><mo>]</mo></mrow>",
        ),
        (
            Brace(Y, "error"),
            '<munder><munder accentunder="true"><mi>y</mi><mo stretchy="true">⏟</mo></munder>'
            "<mtext>error</mtext></munder>",
        ),
        (Space("quad"), '<mspace width="1em"></mspace>'),
        (Blank(12.0), '<mtext><span class="blank" style="width: 12.0em; height: 2.0em"></span></mtext>'),
    ],
)
def test_key_formulas(layout, source):
    """Each shape has the element that is made for it."""
    assert mathml.write(layout) == source


def test_every_shape_is_written():
    """The table has a row for each shape of the layout tree."""
    assert set(mathml._WRITERS) == set(tree.Layout.__args__)


@pytest.mark.everyday(40, every=False)
@pytest.mark.parametrize("layout", FORMULAS, ids=text.write)
def test_the_text_is_that_of_the_terminal(layout):
    """A formula says the same signs in the same order as on a terminal, which has nothing under a line."""
    root = formula(mathml.write(layout))
    check_formula(root)
    if "⏟" not in said(root):
        assert bare(said(root)) == bare(text.write(layout))


@given(trees)
def test_any_tree_is_well_formed(layout):
    """Whatever is put together is MathML Core, whatever its words say."""
    check_formula(formula(mathml.write(layout).replace("\ufffe", "").replace("\uffff", "")))


@given(st.text(alphabet=st.characters(exclude_characters="\ufffe\uffff"), min_size=1))
def test_a_name_stays_text(name):
    """A name of a user becomes text and no element, without control characters."""
    for layout in (Word(name), Glyph(name, upright=True), Glyph(f"{name}x"), Number(name)):
        root = formula(mathml.write(layout))
        assert len(list(root.iter())) == 2
        assert clean_text(name) in "".join(root.itertext())


@pytest.mark.parametrize(
    ("glyph", "source"),
    [
        (Glyph("x"), "<mi>x</mi>"),
        (Glyph("Gamma"), '<mi mathvariant="normal">Γ</mi>'),
        (Glyph("nabla"), '<mi mathvariant="normal">∇</mi>'),
        (Glyph("top"), '<mi mathvariant="normal">⊤</mi>'),
        (Glyph("partial"), "<mi>∂</mi>"),
        (Glyph("x", upright=True), '<mi mathvariant="normal">x</mi>'),
        (Glyph("loss"), '<mi style="font-style: italic">loss</mi>'),
        (Glyph("loss", upright=True), "<mi>loss</mi>"),
        (Glyph("W", bold=True), '<mi mathvariant="normal">𝐖</mi>'),
        (Glyph("1", bold=True), '<mi mathvariant="normal">𝟏</mi>'),
        (Glyph("delta", bold=True), '<mi mathvariant="normal">𝜹</mi>'),
        (Glyph("omega", bold=True), '<mi mathvariant="normal">𝝎</mi>'),
        (Glyph("Delta", bold=True), '<mi mathvariant="normal">𝚫</mi>'),
    ],
)
def test_letters_lean_as_in_print(glyph, source):
    """One letter leans, save capital Greek ones; a name stands; bold letters are characters of their own."""
    assert mathml.write(glyph) == source


def test_a_named_function_stands_apart_from_its_factors():
    """There is a thin space beside ``ln`` and a sum, none before a bracket or a sign."""
    assert mathml.write(row(Y, Word("ln"), Z)) == f"<mrow><mi>y</mi>{THIN}<mi>ln</mi>{THIN}<mi>z</mi></mrow>"
    assert mathml.write(row(SUM, Y)).count(THIN) == 1
    assert THIN not in mathml.write(row(Word("ln"), Fence(Z)))
    assert THIN not in mathml.write(row(ONE, MINUS, Word("ln"), Fence(Z)))
    assert mathml.write(row(Glyph("eta"), Fraction(Y, Z))).count(THIN) == 1
    assert mathml.write(row(Fraction(Y, Z), Fence(Y))).count(THIN) == 1
    assert THIN not in mathml.write(Scripts(Y, row(Word("max"), Z)))


def test_a_line_that_goes_on_starts_with_a_sign_between_terms():
    """Its sign keeps the room on both sides; one that belongs to its operand has none."""
    assert mathml.write(row(MINUS, Y)) == '<mrow><mo form="infix">−</mo><mi>y</mi></mrow>'
    assert mathml.write(row(Operator("-", unary=True), Y)) == '<mrow><mo form="prefix">−</mo><mi>y</mi></mrow>'
    assert mathml.write(row(Y, MINUS, ONE)) == "<mrow><mi>y</mi><mo>−</mo><mn>1</mn></mrow>"
    assert mathml.write(Operator("=")) == "<mo>=</mo>"


def test_marks_and_primes():
    """A mark does not stretch, and a prime stands behind all scripts."""
    assert mathml.write(Accent("bar", Y)) == '<mover accent="true"><mi>y</mi><mo stretchy="false">¯</mo></mover>'
    assert mathml.write(Prime(unit("w", 1, 2))).endswith("</msubsup><mo>′</mo></mrow>")
