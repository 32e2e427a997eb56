"""A derivative is the derivative, wherever there is one, and it looks as a teacher would write it."""

import mpmath
import pytest
from effort import calls
from formulas import NAMES, points, text_of, trees, value_of
from hypothesis import assume, given
from sympy import Integer, Pow, S, Symbol, exp

from symnet.algebra.branches import switches
from symnet.algebra.differentiate import derivative, forms
from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Wins, plain_text
from symnet.algebra.rewrite import normalize
from symnet.numerics.direct import NoValueError, numeric
from symnet.parsing.formula import FormulaError, read

x = Symbol("x")
DIGITS, STEP = 100, mpmath.mpf(10) ** -30
SCOPE = {*NAMES, "h", "a1", "y1", "c"}


def expression_of(tree):
    """Return what is read from the text of a tree, and leave the example out if a constant in it has no value."""
    try:
        return read(text_of(tree), NAMES)
    except FormulaError:
        assume(False)


def difference_quotient(tree, point):
    """Return the central difference by x, and leave the example out where there is no value."""
    try:
        ends = [value_of(tree, point | {"x": point["x"] + step}) for step in (STEP, -STEP)]
        middle = value_of(tree, point)
    except ArithmeticError:
        assume(False)
    # Where a function jumps there is no difference to compare with.
    assume(all(abs(end - middle) < mpmath.mpf(10) ** -10 for end in ends))
    return (ends[0] - ends[1]) / (2 * STEP)


@given(trees, points)
def test_every_form_is_the_derivative(tree, point):
    """Every form of a derivative is equal to a difference quotient of 50 digits, off the kinks."""
    expression = expression_of(tree)
    with mpmath.workdps(DIGITS):
        at = {name: mpmath.mpf(value.numerator) / value.denominator for name, value in point.items()}
        symbols = {Symbol(name): value for name, value in at.items()}
        expected = difference_quotient(tree, at)
        try:
            assume(all(abs(numeric(switch, symbols)) > 10**-8 for switch in switches(expression)))
            found = [numeric(form, symbols) for form in forms(expression, x)]
        except NoValueError:
            assume(False)
        assert all(abs(value - expected) <= mpmath.mpf(10) ** -40 * (1 + abs(expected)) for value in found)


@given(trees, points)
def test_the_own_name_stands_for_the_value(tree, point):
    """A derivative that uses the name of its expression has the same value as one that does not."""
    expression = expression_of(tree)
    with mpmath.workdps(DIGITS):
        symbols = {Symbol(name): mpmath.mpf(value.numerator) / value.denominator for name, value in point.items()}
        try:
            symbols[Symbol("h")] = numeric(expression, symbols)
            plain = numeric(derivative(expression, x), symbols)
            named = numeric(forms(expression, x, Symbol("h"))[-1], symbols)
        except NoValueError:
            assume(False)
        assert abs(named - plain) <= mpmath.mpf(10) ** -40 * (1 + abs(plain))


@given(trees)
def test_tidying_does_its_work_at_once(tree):
    """A tidied derivative is not changed by tidying."""
    tidied = derivative(expression_of(tree), x)
    assert normalize(tidied) == tidied


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5", ["0"]),
        ("y", ["0"]),
        ("x", ["1"]),
        ("3*x + y", ["3"]),
        ("x*y*z", ["y*z"]),
        ("y*x*z", ["y*z"]),
        ("x*x*x", ["x*x + x*x + x*x", "3*x**2"]),
        ("2*x + 3*x", ["2 + 3", "5"]),
        ("x - x", ["1 - 1", "0"]),
        ("(y - x)^2", ["2*(y - x)*(-1)", "-2*(y - x)"]),
        ("1/2*(y - x)^2", ["1/2*2*(y - x)*(-1)", "-(y - x)", "x - y"]),
        ("x*sigmoid(x)", [f"{(s := '1/(1 + exp(-x))')} + x*{s}*(1 - {s})", f"{s}*(1 + x*(1 - {s}))"]),
        ("x^3", ["3*x**2"]),
        ("x^-1", ["-x**(-2)", "-1/(x**2)"]),
        ("x^0", ["0"]),
        ("(x^2)^3", ["3*(x**2)**2*2*x", "6*x**5"]),
        ("x/(y - y)", ["1/(y - y)"]),
        ("x^y", ["y*x**(y - 1)"]),
        ("2^x", ["2**x*log(2)"]),
        ("x^x", ["x**x*(log(x) + x*1/x)", "x**x*(log(x) + 1)"]),
        ("y/x", ["-y/(x**2)"]),
        ("x/y", ["1/y"]),
        ("x^2/2", ["2*x/2", "x"]),
        ("x*y/3", ["y/3"]),
        ("x/(1 + abs(x))", ["(1 + Abs(x) - x*sign(x))/((1 + Abs(x))**2)"]),
        (
            "1/(1 + exp(-x))",
            ["-exp(-x)*(-1)/((1 + exp(-x))**2)", "exp(-x)/((1 + exp(-x))**2)", f"{s}*(1 - {s})"],
        ),
        ("ln(x^2)", ["1/(x**2)*2*x", "2/x"]),
        ("exp(2*x)", ["exp(2*x)*2", "2*exp(2*x)"]),
        ("sin(x*y)", ["cos(x*y)*y"]),
        ("cos(x)", ["-sin(x)"]),
        ("sinh(x) + cosh(x)", ["cosh(x) + sinh(x)"]),
        ("log2(x)", ["1/(x*log(2))"]),
        (
            "-(y*ln(x) + (1 - y)*ln(1 - x))",
            ["-(y*1/x + (1 - y)*1/(1 - x)*(-1))", "-(y/x - (1 - y)/(1 - x))", "(x - y)/(x*(1 - x))"],
        ),
        ("relu(x)*y", ["y*Piecewise((1, x > 0), (0, True))"]),
        ("max(y, x)", ["Piecewise((1, (x > y)), (0, True))"]),
        ("max(x, 1)", ["Piecewise((1, (x > 1)), (0, True))"]),
        ("max(0, x)", ["Piecewise((1, x > 0), (0, True))"]),
        ("min(x, 1)", ["Piecewise((1, (x < 1)), (0, True))"]),
        ("min(x, y)", ["Piecewise((1, (x <= y)), (0, True))"]),
    ],
)
def test_derivatives_as_they_are_written(text, written):
    """The first form comes straight from the rules in their order, the last has no ones, zeros and scattered signs."""
    assert list(map(plain_text, forms(read(text, SCOPE), x))) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("sigmoid(x)", "h*(1 - h)"),
        ("sigmoid(2*x)", "2*h*(1 - h)"),
        ("exp(x*y)", "h*y"),
        ("tanh(3*x)", "3*(1 - h**2)"),
        ("sqrt(x^2 + y^2)", "x/h"),
    ],
)
def test_a_derivative_in_its_own_value(text, written):
    """Where the value of the whole occurs in the derivative, its name takes its place."""
    assert plain_text(forms(read(text, SCOPE), x, Symbol("h"))[-1]) == written


def test_terms_of_a_sum_keep_their_order():
    """The derivative of a sum has its terms in the order of the sum, and the product rule in that of the factors."""
    found = derivative(read("z*x^2 + y*x + x*sin(x)", SCOPE), x)
    assert plain_text(found) == "2*z*x + y + sin(x) + x*cos(x)"
    assert isinstance(found, PathSum)


def test_the_derivative_of_cases_is_by_cases():
    """Each case has its own derivative; where all are the same there are no cases, and a condition has none."""
    y, z = Symbol("y"), Symbol("z")
    assert derivative(Branch(x, x, Chain(y, x)), x) == Branch(x, S.One, y)
    assert derivative(Branch(z, PathSum(x, y), Chain(x, S.One)), x) == S.One
    assert derivative(Branch(x, y, S.One), x) == S.Zero
    assert derivative(Branch(z, Chain(Integer(2), S.One, x), Pow(x, 2)), x) == Branch(
        z, Integer(2), Chain(Integer(2), x)
    )
    assert derivative(Chain(x, Indicator(x), Wins(Integer(0), x, y)), x) == Chain(Indicator(x), Wins(Integer(0), x, y))


def test_sums_and_products_of_sympy():
    """SymPy's own sums and products, as in the table of activations, are differentiated too."""
    assert derivative(exp(-x), x) == Chain(S.NegativeOne, exp(-x))
    assert derivative(x * Symbol("y") + x, x) == PathSum(Symbol("y"), S.One)


def test_a_function_for_showing_only_has_no_derivative():
    """What is not in the table of functions is refused, not guessed."""
    with pytest.raises(KeyError):
        derivative(Applied("softmax", x), x)


@pytest.mark.parametrize(
    "text", ["*".join(["(x+1)"] * 80), "sigmoid(" * 45 + "x" + ")" * 45, "^".join(["x"] * 48), "x" + "/(x+y)" * 40]
)
def test_the_largest_expressions_are_quick(text):
    """An expression at the limits is differentiated with bounded work, and its derivative has a value."""

    def differentiated():
        found = derivative(read(text, SCOPE), x)
        with mpmath.workdps(30):
            assert mpmath.isfinite(numeric(found, {x: mpmath.mpf("0.7"), Symbol("y"): mpmath.mpf("0.4")}))

    assert calls(differentiated) < 5_000_000
