"""Ordered nodes keep what was written, in the order in which it was written."""

import copy
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import (
    Integer,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    log,
    parse_expr,
    symbols,
    tanh,
)
from trees import SYMBOLS, expressions, points, value_of

from symnet.algebra.branches import switches
from symnet.algebra.nodes import (
    SYMPY_FORMS,
    Applied,
    Branch,
    Chain,
    Direct,
    Indicator,
    Partial,
    PathSum,
    PrimeDerivative,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
    difference,
    factors_of,
    negative,
    plain_text,
    terms_of,
)

a, b, w, x, z = symbols("a b w x z")
L = Symbol("L")


@pytest.mark.parametrize("kind", [Chain, PathSum])
def test_operands_keep_their_order(kind):
    """Factors and terms stay as they were written, unlike those of SymPy."""
    assert kind(x, w, a).args == (x, w, a)
    assert kind(a, w, x).args == (a, w, x)
    assert kind(x, w, a) != kind(a, w, x)


@pytest.mark.parametrize("kind", [Chain, PathSum])
def test_nothing_is_merged(kind):
    """Equal operands, ones and zeros stay until a rewrite takes them away."""
    assert kind(x, x, S.One, S.Zero).args == (x, x, S.One, S.Zero)


@pytest.mark.parametrize("kind", [Chain, PathSum])
def test_one_operand_collapses(kind):
    """One operand is itself, not a product or sum of one."""
    assert kind(x) is x
    assert kind(kind(x)) is x


def test_no_operands_are_the_neutral_element():
    """The empty product is 1 and the empty sum is 0."""
    assert Chain() == 1
    assert PathSum() == 0


@given(st.recursive(st.sampled_from(SYMBOLS), lambda parts: st.lists(parts, min_size=1, max_size=3).map(tuple)))
def test_nesting_is_joined(nested):
    """A chain of chains is one chain of all factors from left to right, and likewise a sum."""

    def build(kind, part):
        return kind(*(build(kind, inner) for inner in part)) if isinstance(part, tuple) else part

    def flat(part):
        return tuple(leaf for inner in part for leaf in flat(inner)) if isinstance(part, tuple) else (part,)

    for kind in (Chain, PathSum):
        built = build(kind, nested)
        assert (built.args if type(built) is kind else (built,)) == flat(nested)


def test_a_sum_in_a_chain_is_not_joined():
    """Only like is joined with like."""
    assert Chain(a, PathSum(b, Chain(x, w))).args == (a, PathSum(b, Chain(x, w)))


@given(expressions, points)
def test_doit_keeps_the_value(expression, point):
    """``doit()`` gives an ordinary expression of the same value."""
    try:
        expected = value_of(expression, point)
    except ZeroDivisionError:
        assume(False)
    plain = expression.doit()
    assert not plain.has(Chain, PathSum, Quotient, Indicator)
    assert plain.subs({symbol: Rational(value.numerator, value.denominator) for symbol, value in point.items()}) == (
        Rational(expected.numerator, expected.denominator)
    )


@given(expressions, points)
def test_plain_text_reads_back(expression, point):
    """SymPy reads the plain text back to an expression of the same value."""
    try:
        expected = value_of(expression, point)
    except ZeroDivisionError:
        assume(False)
    read = parse_expr(plain_text(expression))
    assert read.subs({symbol: Rational(value.numerator, value.denominator) for symbol, value in point.items()}) == (
        Rational(expected.numerator, expected.denominator)
    )


@given(st.permutations(SYMBOLS))
def test_plain_text_keeps_the_order(order):
    """The plain text has factors and terms in the order of the chain rule."""
    assert plain_text(Chain(*order)) == "*".join(symbol.name for symbol in order)
    assert plain_text(PathSum(*order)) == " + ".join(symbol.name for symbol in order)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (difference(a, b), "a - b"),
        (Chain(difference(a, b), a, difference(S.One, a), x), "(a - b)*a*(1 - a)*x"),
        (PathSum(negative(PathSum(a, b)), x), "-(a + b) + x"),
        (difference(x, PathSum(a, b)), "x - (a + b)"),
        (Quotient(difference(a, b), Chain(a, difference(S.One, a))), "(a - b)/(a*(1 - a))"),
        (Quotient(a, Quotient(b, x)), "a/(b/x)"),
        (Quotient(a, b ** Integer(2)), "a/(b**2)"),
        (PathSum(a, b) ** Integer(2), "(a + b)**2"),
        (Chain(a, Integer(-2)), "a*(-2)"),
        (PathSum(a, Integer(-2)), "a - 2"),
        (Chain(Rational(1, 2), a), "1/2*a"),
        (Indicator(z), "Piecewise((1, z > 0), (0, True))"),
        (Branch(z, z, Chain(a, z)), "Max(0, z) + a*Min(0, z)"),
        (Wins(Integer(1), a, b, x), "Piecewise((1, (b > a) & (b >= x)), (0, True))"),
        (Undercuts(Integer(0), a, b), "Piecewise((1, (a <= b)), (0, True))"),
        (SampleSum(Chain(a, x), w), "Sum(a*x, (i, 1, w))"),
        (Applied("sigmoid", PathSum(a, b)), "1/(1 + exp(-(a + b)))"),
        (Chain(x, Applied("sigmoid", z), w), "x*1/(1 + exp(-z))*w"),
        (Quotient(x, Applied("sigmoid", z)), "x/(1/(1 + exp(-z)))"),
        (Pow(Applied("sigmoid", z), 2), "(1/(1 + exp(-z)))**2"),
        (Pow(Applied("sin", z), 2), "sin(z)**2"),
        (Applied("relu", difference(a, b)), "Max(0, a - b)"),
        (Applied("max", a, b, x), "Max(a, b, x)"),
        (Applied("min", a, b), "Min(a, b)"),
        (Applied("abs", a), "Abs(a)"),
        (Applied("log2", a), "log(a, 2)"),
        (Applied("log10", a), "log(a, 10)"),
        (Applied("sqrt", a), "sqrt(a)"),
        (Applied("ln", a), "log(a)"),
    ],
)
def test_plain_text_brackets(expression, text):
    """Brackets stand where they are needed, and signs before terms."""
    assert plain_text(expression) == text


@pytest.mark.parametrize("kind", [Partial, PrimeDerivative, Direct])
def test_no_number_leaks_into_a_partial(kind):
    """Numbers put in for a quantity leave the derivative with respect to it alone."""
    derivative = kind(a, z)
    line = Chain(derivative, z)
    for changed in (line.subs(z, 3), line.subs({z: 3, a: 2}), line.xreplace({z: Integer(3), a: Integer(2)})):
        assert changed.args == (derivative, Integer(3))
    assert derivative.subs({a: 1, z: 2}) == derivative
    assert derivative.xreplace({z: Integer(2)}) == derivative
    assert derivative.free_symbols == set()
    assert derivative.is_Atom


def test_a_partial_can_be_replaced_as_a_whole():
    """A derivative is one atom, which takes a value as a symbol does."""
    line = Chain(Partial(L, a), Partial(a, z))
    assert line.xreplace({Partial(L, a): x}).args == (x, Partial(a, z))


def test_partials_differ_by_both_names_and_by_kind():
    """Derivatives are equal only if they are of the same, by the same, and written the same way."""
    assert Partial(L, a) == Partial(L, a)
    assert hash(Partial(L, a)) == hash(Partial(L, a))
    different = {
        Partial(L, a),
        Partial(a, L),
        Partial(L, z),
        PrimeDerivative(L, a),
        PrimeDerivative(a, L),
        Direct(L, a),
    }
    assert len(different) == 6
    assert len(set(map(plain_text, different))) == 6


@pytest.mark.parametrize(
    "expression",
    [
        Chain(x, w, a),
        PathSum(x, w, a),
        Quotient(a, b),
        Indicator(z),
        Applied("sigmoid", z),
        Partial(L, a),
        PrimeDerivative(a, z),
        Direct(a, z),
        Branch(z, a, b),
        Wins(Integer(0), a, b),
        Undercuts(Integer(1), a, b),
        SampleSum(Chain(a, x), w),
        Chain(PathSum(Partial(L, a), PrimeDerivative(a, z)), Quotient(x, b)),
    ],
)
def test_copies_and_pickles(expression):
    """Copies and pickles are equal, of the same kind, and in the same order."""
    again = [copy.copy(expression), copy.deepcopy(expression)]
    again += [pickle.loads(pickle.dumps(expression, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]  # noqa: S301
    for other in again:
        assert other == expression
        assert type(other) is type(expression)
        assert other.args == expression.args


def test_derivatives_are_those_of_the_plain_expression():
    """SymPy differentiates an ordered expression as it does an ordinary one."""
    assert Chain(x, w, x).diff(x) == 2 * w * x
    assert PathSum(x, Chain(x, x)).diff(x) == 1 + 2 * x
    assert Quotient(S.One, x).diff(x) == -1 / x**2


def test_numbers_of_an_ordered_expression():
    """``evalf`` gives the number that the ordinary expression has."""
    assert Chain(Integer(2), Rational(1, 3)).evalf(30) == Rational(2, 3).evalf(30)


def test_an_indicator_is_one_only_above_zero():
    """The indicator is 1 above 0, and 0 at 0 and below."""
    cases = Indicator(z).doit()
    assert isinstance(cases, Piecewise)
    assert [cases.subs(z, value) for value in (Rational(1, 10**9), 0, -1)] == [1, 0, 0]


def test_factors_and_terms():
    """A chain has its factors and a sum its terms; anything else is its own only one."""
    assert factors_of(Chain(x, w)) == (x, w)
    assert factors_of(PathSum(x, w)) == (PathSum(x, w),)
    assert terms_of(PathSum(x, w)) == (x, w)
    assert terms_of(Chain(x, w)) == (Chain(x, w),)


def test_applied_knows_its_name():
    """A function that is only shown keeps its catalog name and its arguments."""
    assert Applied("sigmoid", z).name == "sigmoid"
    assert Applied("sigmoid", z).args[1:] == (z,)


@pytest.mark.parametrize("function", [exp, log, tanh])
def test_ordered_arguments_of_sympy_functions(function):
    """A function of SymPy takes an ordered expression, and ``doit`` reaches into it."""
    assert function(PathSum(z, a)).doit() == function(a + z)


@pytest.mark.parametrize("name", SYMPY_FORMS)
def test_functions_are_those_that_their_text_says(name):
    """The plain text of a function reads back to the ordinary expression that ``doit`` gives."""
    arguments = (difference(a, x), b) if name in ("max", "min") else (difference(a, x),)
    applied = Applied(name, *arguments)
    point = {a: Rational(7, 3), x: Rational(1, 2), b: Rational(3, 2)}
    read = parse_expr(plain_text(applied)).subs(point).evalf(30)
    assert read == applied.doit().subs(point).evalf(30)
    assert not applied.doit().has(Applied, PathSum)


def test_a_function_for_showing_only_stays():
    """``doit`` reaches the arguments of a function that has no value, and leaves its name."""
    assert Applied("softmax", PathSum(a, b)).doit() == Applied("softmax", a + b)


@pytest.mark.parametrize(
    ("values", "largest", "smallest"),
    [((1, 2, 3), 2, 0), ((3, 2, 1), 0, 2), ((2, 2, 1), 0, 2), ((1, 2, 2), 1, 0), ((1, 1, 1), 0, 0)],
)
def test_the_first_of_equal_arguments_wins(values, largest, smallest):
    """Exactly one argument wins: the largest (or smallest), and of several the first; ``doit`` says the same."""
    point = dict(zip((a, b, x), values, strict=True))
    for contest, winner in ((Wins, largest), (Undercuts, smallest)):
        won = [contest(Integer(place), a, b, x).doit().subs(point) for place in range(3)]
        assert won == [int(place == winner) for place in range(3)]


def test_a_branch_is_by_cases():
    """A branch has its first value only above 0."""
    cases = Branch(z, a, b).doit()
    assert [cases.subs(z, value) for value in (1, 0, -1)] == [a, b, b]


def test_a_sum_over_samples_stays():
    """A sum over samples has no ordinary form; what is in it has, and its text is a sum."""
    assert SampleSum(Chain(a, x), w).doit() == SampleSum(a * x, w)
    assert isinstance(parse_expr(plain_text(SampleSum(Chain(a, x), w))), Sum)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (Chain(a, exp(b), Quotient(x, z)), ()),
        (Applied("relu", PathSum(a, b)), (PathSum(a, b),)),
        (Applied("max", S.Zero, z), (z,)),
        (Applied("max", S.One, z), (difference(z, S.One),)),
        (Applied("max", a, b, x), (difference(a, b), difference(a, x), difference(b, x))),
        (Applied("min", a, b), (difference(a, b),)),
        (PathSum(Applied("abs", a), Applied("sign", b)), (a, b)),
        (Indicator(z), (z,)),
        (Branch(z, Applied("abs", a), S.One), (z, a)),
        (Wins(Integer(1), a, b), (difference(a, b),)),
        (Undercuts(Integer(0), a, S.Zero), (a,)),
        (exp(Pow(Applied("relu", log(Applied("abs", a), evaluate=False)), 3)), (log(Applied("abs", a)), a)),
        (Chain(Applied("abs", a), Applied("relu", a)), (a,)),
        (Applied("max", S.One, S.Zero), ()),
        (Applied("softmax", a, b), ()),
    ],
)
def test_switches(expression, found):
    """Every expression at whose zero a part changes its branch is found, once, from the outside in."""
    assert switches(expression) == found


def test_ordinary_extremes_are_not_worked_out():
    """SymPy does not compare the arguments of a maximum with each other."""
    assert Applied("max", a, b).doit() == Max(a, b)
    assert Applied("min", S.Zero, S.One).doit() == Min(0, 1, evaluate=False)
