"""SymPy to layout: order, brackets and room, in the form that textbooks have."""

import re

import pytest
from sympy import Integer, Pow, Rational, S, Symbol, log, symbols

from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Direct,
    Partial,
    PathSum,
    PrimeDerivative,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
    difference,
    negative,
)
from symnet.layout import latex, text
from symnet.layout.tree import Fence, Glyph, Number, Operator, Row, Scripts
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.parsing.formula import read
from symnet.quantity import Quantity, Role
from symnet.typeset.expressions import LayoutBuilder

x, y, z, f, w0, hidden, alpha, m = symbols("x y z f w0 hidden alpha m")
OWN = {name: Quantity(name, Role.GRAPH) for name in ("x", "y", "z", "f", "w0", "hidden", "alpha")}
QUANTITIES = OWN | {
    quantity.id: quantity
    for quantity in (
        Quantity("m", Role.SAMPLES),
        Quantity("a2_1", Role.ACTIVATION, 2, 1, activation="g"),
        Quantity("delta2_1", Role.DELTA, 2, 1, of="z2_1"),
        Quantity("z2_1", Role.PRE_ACTIVATION, 2, 1),
        Quantity("w2_1_1", Role.WEIGHT, 2, 1, 1),
        Quantity("L@i", Role.LOSS),
        Quantity("norm1", Role.NORM, 1, of="weights"),
    )
}
a, delta, weight, loss, norm = map(Symbol, ("a2_1", "delta2_1", "w2_1_1", "L@i", "norm1"))
NAMES = Names(NOTATIONS["standard"], QUANTITIES)
build = LayoutBuilder(NAMES)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("x*sigmoid(x)", "x σ(x)"),
        ("max(0, 1 - x*y)", "max(0, 1 − x y)"),
        ("min(x, y, 1)", "min(x, y, 1)"),
        ("relu(x)", "ReLU(x)"),
        ("abs(x - y)*z", "|x − y| z"),
        ("exp(abs(x))", "e^{|x|}"),
        ("abs(x)^3", "|x|³"),
        ("abs(abs(x) - 1)", "||x| − 1|"),
        ("sqrt(x^2 + y^2)", "√(x² + y²)"),
        ("sqrt(x)^3", "(√x)³"),
        ("sign(x)", "sign(x)"),
        ("log2(x) + log10(1 + x)", "log₂ x + log₁₀(1 + x)"),
        ("log2(x)^2", "(log₂ x)²"),
        ("ln(x)^2", "(ln x)²"),
        ("sin(x)^2 + cosh(y)^3", "sin²(x) + cosh³(y)"),
        ("tanh(x)^2", "tanh²(x)"),
        ("sin(x)^-1", "(sin(x))⁻¹"),
        ("w0^2 + hidden^2 + alpha^2", "w₀² + hidden² + α²"),
        ("x^2^3", "x^{2³}"),
        ("(x^2)^3", "(x²)³"),
        ("(x + y)^2", "(x + y)²"),
        ("2^x", "2ˣ"),
        ("(-2)^x", "(−2)ˣ"),
        ("pi^2*e", "π² e"),
        ("3*2^x", "3 ⋅ 2ˣ"),
        ("hidden*(1 - hidden)", "hidden ⋅ (1 − hidden)"),
        ("x*(1 - x)", "x(1 − x)"),
        ("-x^2/2", "−x²/2"),
        ("x - (y - z)", "x − (y − z)"),
        ("0.5*x", "1/2 ⋅ x"),
        ("0.01*x", "0.01 x"),
        ("0.001*x", "0.001 x"),
        ("0.044715*x^3", "0.044715 x³"),
        ("12.345*x", "12.345 x"),
        ("x/128", "x/128"),
    ],
)
def test_expressions(source, written):
    """An expression is written in its order, with the brackets that it needs and no others."""
    assert text.write(build(read(source, OWN))) == written


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (Rational(1, 128), "1/128"),
        (Rational(-3, 1000), "−0.003"),
        (Rational(1, 300), "1/300"),
        (Integer(-4), "−4"),
        (Branch(z, z, Chain(alpha, z)), "{z if z > 0; α z if z ≤ 0}"),
        (Branch(hidden, S.One, S.Zero), "{1 if hidden > 0; 0 if hidden ≤ 0}"),
        (Chain(x, Branch(z, S.One, alpha), y), "x({1 if z > 0; α if z ≤ 0}) y"),
        (PathSum(x, Branch(z, S.One, alpha), y), "x + ({1 if z > 0; α if z ≤ 0}) + y"),
        (negative(Branch(z, S.One, alpha)), "−({1 if z > 0; α if z ≤ 0})"),
        (Branch(z, difference(S.One, x), Integer(-1)), "{1 − x if z > 0; −1 if z ≤ 0}"),
        (Wins(Integer(1), x, y), "𝟏[y > x]"),
        (Wins(Integer(0), x, y, z), "𝟏[x ≥ y, x ≥ z]"),
        (Undercuts(Integer(1), S.One, x), "𝟏[x < 1]"),
        (Direct(f, x), "(∂f/∂x)_{direct}"),
        (Chain(Direct(f, x), x), "(∂f/∂x)_{direct} x"),
        (Pow(norm, Integer(2)), "‖W⁽¹⁾‖₂²"),
        (Pow(weight, Integer(2)), "(w₁₁⁽²⁾)²"),
        (PrimeDerivative(a, Symbol("z2_1")), "g′(z₁⁽²⁾)"),
        (Applied("f", x), "f(x)"),
    ],
)
def test_nodes(expression, written):
    """What is no part of the grammar is written likewise."""
    assert text.write(build(expression)) == written


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (
            Chain(Quotient(S.One, m), SampleSum(Chain(delta, a), m)),
            r"\frac{1}{m}\,\sum_{i = 1}^m \delta_1^{(2)[i]} a_1^{(2)[i]}",
        ),
        (SampleSum(difference(a, x), m), r"\sum_{i = 1}^m(a_1^{(2)[i]} - x)"),
        (Chain(SampleSum(a, m), x), r"\left( \sum_{i = 1}^m a_1^{(2)[i]} \right)\,x"),
        (SampleSum(Partial(loss, weight), m), r"\sum_{i = 1}^m \frac{\partial L^{[i]}}{\partial w_{11}^{(2)}}"),
        (SampleSum(Chain(delta, weight), m), r"\sum_{i = 1}^m \delta_1^{(2)[i]} w_{11}^{(2)}"),
    ],
)
def test_sums_over_samples(expression, written):
    """In a sum over samples whatever each has for itself is marked, parameters are not, and sums are bracketed."""
    assert latex.write(build(expression)) == written


def test_bars_are_no_brackets():
    """The bars of an absolute value stay where brackets would be left out."""
    for source in ("exp(abs(x))", "ln(abs(x))", "sqrt(abs(x))", "max(abs(x), 1)", "abs(x)^2", "1/abs(x)"):
        assert "|x|" in text.write(build(read(source, OWN)))


def test_numbers_in_place_of_names():
    """Numbers take the place of names also in the new shapes, negative ones in brackets only where they need them."""
    numbers = LayoutBuilder(NAMES, lambda symbol: Number({"x": "3", "y": "4"}[symbol.name]), times=True)
    assert text.write(numbers(read("sqrt(x^2 + y^2) + abs(x - y)*y", OWN))) == "√(3² + 4²) + |3 − 4| × 4"
    assert text.write(numbers(Branch(x, y, S.Zero))) == "{4 if 3 > 0; 0 if 3 ≤ 0}"


def test_an_unknown_symbol_is_its_letter():
    """A symbol that no quantity has is written as it is."""
    assert build(Symbol("q")) == build(Symbol("q"))
    assert latex.write(LayoutBuilder(Names(NOTATIONS["standard"], {}))(Pow(Symbol("q"), Integer(2)))) == "q^2"
    assert isinstance(LayoutBuilder(Names(NOTATIONS["standard"], {}))(Pow(Symbol("q"), Integer(2))), Scripts)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("1*x - y", "1 ⋅ x − y"),
        ("0*(1 - x^2)", "0 ⋅ (1 − x²)"),
        ("1*(-x)", "1 ⋅ (−x)"),
        ("x*(-1)", "x ⋅ (−1)"),
        ("2*(x - y)", "2(x − y)"),
        ("x - -0.9258", "x − (−0.9258)"),
        ("x - -0.9258*y", "x − (−0.9258 y)"),
        ("-(-x)/y", "−(−x/y)"),
        ("-(-x/y)", "−(−x/y)"),
        ("x + -2*y", "x − 2 y"),
        ("x + -y/z", "x − y/z"),
        ("0.05*-0.037*x", "0.05 ⋅ (−0.037) x"),
        ("x + 1e-8", "x + 10⁻⁸"),
        ("sqrt(x + 2.5e-9)", "√(x + 2.5 × 10⁻⁹)"),
        ("(1e-8)^2", "(10⁻⁸)²"),
        ("1e-8*x", "10⁻⁸ x"),
    ],
)
def test_numbers_and_signs_cannot_be_misread(source, written):
    """No sign follows a sign, no number runs into what stands behind it, and a mantissa of 1 is not written."""
    assert text.write(build(read(source, OWN))) == written


def test_a_number_before_an_indicator_is_set_apart():
    """2 and a bold 1 would be read as twenty-one."""
    assert text.write(build(Chain(Integer(2), Wins(Integer(1), x, y)))) == "2 ⋅ 𝟏[y > x]"
    assert text.write(build(Chain(Integer(-2), Wins(Integer(1), x, y), z))) == "−2 ⋅ 𝟏[y > x] z"


PUT_IN = {
    x: Row((Operator("-", unary=True), Number("0.9258"))),
    y: Row((Number("1.5"), Operator("times"), Scripts(Number("10"), sup=Number("3")))),
    z: Number("2"),
}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("z - x", "2 − (−0.9258)"),
        ("-x", "−(−0.9258)"),
        ("-x/z", "−(−0.9258)/2"),
        ("z*x/y", "2 × (−0.9258)/(1.5 × 10³)"),
        ("z + x/y", "2 + (−0.9258)/(1.5 × 10³)"),
        ("z + y", "2 + 1.5 × 10³"),
        ("z*y", "2 × (1.5 × 10³)"),
        ("x^2 - y^2", "(−0.9258)² − (1.5 × 10³)²"),
        ("x + z", "−0.9258 + 2"),
        ("x*z", "(−0.9258) × 2"),
    ],
)
def test_numbers_put_in_keep_their_signs_apart(source, written):
    """A negative number behind a sign stands in brackets, also over a stroke."""

    def leaf(symbol):
        number = PUT_IN[symbol]
        return Fence(number) if isinstance(number, Row) else number

    assert text.write(LayoutBuilder(NAMES, leaf, times=True)(read(source, OWN))) == written


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (Chain(Quotient(S.One, log(2, evaluate=False)), difference(x, y), z), "(x − y)/(ln 2) ⋅ z"),
        (Chain(Quotient(S.One, log(2, evaluate=False)), Quotient(x, y)), "x/(y ln 2)"),
        (Chain(S.NegativeOne, Quotient(S.One, log(10, evaluate=False)), x), "−x/(ln 10)"),
        (Chain(x, Quotient(S.One, log(2, evaluate=False))), "x ⋅ 1/(ln 2)"),
        (Chain(Quotient(S.One, y), difference(x, y)), "1/y (x − y)"),
        (Chain(Quotient(S.One, log(2, evaluate=False)), SampleSum(x, m)), "1/(ln 2) ⋅ ∑ᵢ₌₁ᵐ x"),
    ],
)
def test_a_constant_divides_the_factor_behind_it(expression, written):
    """1 over ln 2 is no factor of its own, but a bar under the next one; before a sum it stays."""
    assert text.write(build(expression)) == written


@pytest.mark.parametrize(("factors", "written"), [("price tax", r"\cdot"), ("price a", r"\,"), ("a b", "")])
def test_words_do_not_run_together(factors, written):
    """Between two words stands a dot, between a word and a letter a little room; two letters stand side by side."""
    expression = Chain(*map(Symbol, factors.split()))
    layout = LayoutBuilder(NAMES, lambda it: Glyph(it.name, upright=len(it.name) > 1))(expression)
    between = re.sub(r"\\mathrm\{\w+\}|\\operatorname\{\w+\}|\b[ab]\b", "", latex.write(layout))
    assert between.strip() == written
