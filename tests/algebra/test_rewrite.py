"""Each rewrite keeps the value and does what its name says."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Integer, Rational, S, exp, log, symbols
from trees import SYMBOLS, expressions, points, value_of

from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    PathSum,
    Quotient,
    difference,
    factors_of,
    negative,
    plain_text,
    terms_of,
)
from symnet.algebra.rewrite import (
    cancel,
    collect_targets,
    distribute,
    factor_common,
    substitute,
    tidy,
    use_sum_of_targets,
)

a, b, w, x, z = symbols("a b w x z")
p1, p2, p3, y1, y2, y3 = symbols("p1:4 y1:4")


def worth(expression, point):
    """Return the value at a point, and leave the example out where there is none."""
    try:
        return value_of(expression, point)
    except ZeroDivisionError:
        assume(False)


@pytest.mark.parametrize("rewrite", [tidy, cancel, factor_common])
@given(expression=expressions, point=points)
def test_a_rewrite_keeps_the_value(rewrite, expression, point):
    """A rewritten expression has the same value wherever it had one."""
    before = worth(expression, point)
    assert value_of(rewrite(expression), point) == before


@given(expressions)
def test_tidying_does_its_work_at_once(expression):
    """A second time, tidying changes nothing."""
    once = tidy(expression)
    assert tidy(once) == once


@given(expressions, points)
def test_distributing_keeps_the_value(expression, point):
    """The terms of a bracket multiplied out add up to what was there."""
    before = worth(expression, point)
    assert sum(value_of(term, point) for term in distribute(expression)) == before


def test_replacing_works_everything_out_nowhere():
    """What is put into a power or a function of SymPy stays there as it is."""
    assert plain_text(substitute(x ** Integer(2), {x: w ** Integer(3)})) == "(w**3)**2"
    assert plain_text(substitute(exp(x, evaluate=False), {x: log(w, evaluate=False)})) == "exp(log(w))"
    assert plain_text(substitute(Applied("abs", x), {x: Integer(-2)})) == "Abs(-2)"
    assert plain_text(substitute(Branch(x, x, a), {x: PathSum(w, a)})) == "Piecewise((w + a, w + a > 0), (a, True))"


@given(expressions, st.sampled_from(SYMBOLS), expressions, points)
def test_replacing_is_putting_a_value_in(expression, symbol, replacement, point):
    """What stands for a symbol may as well be evaluated first."""
    inside = worth(replacement, point)
    before = worth(expression, point | {symbol: inside})
    assert value_of(substitute(expression, {symbol: replacement}), point) == before


def test_replacing_keeps_the_order():
    """What is put in stands where the old part stood."""
    line = PathSum(Chain(x, w, z), Quotient(w, a))
    assert plain_text(substitute(line, {w: PathSum(b, a)})) == "x*(b + a)*z + (b + a)/a"


@given(st.lists(expressions, min_size=2, max_size=4))
def test_tidied_terms_have_no_ones_and_zeros(parts):
    """After tidying there is no factor of 1, no term of 0, and at most one number, at the front."""
    for term in terms_of(tidy(Chain(*parts))) + terms_of(tidy(PathSum(*parts))):
        factors = factors_of(term)
        assert S.Zero not in factors or factors == (S.Zero,)
        numbers = [index for index, factor in enumerate(factors) if factor.is_Number]
        assert numbers in ([], [0], [0, 1])
        if numbers == [0, 1]:
            assert factors[0] is S.NegativeOne
            assert factors[1].is_positive
        if len(factors) > 1:
            assert S.One not in factors


@given(st.permutations(SYMBOLS))
def test_tidying_keeps_the_order_of_symbols(order):
    """Numbers move to the front; what is not a number stays in its order."""
    first, *rest = order
    assert tidy(Chain(first, Integer(-2), *rest, Rational(1, 2))).args == (S.NegativeOne, *order)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Chain(a, S.One), "a"),
        (Chain(a, S.Zero, x), "0"),
        (PathSum(a, S.Zero), "a"),
        (PathSum(S.Zero, S.Zero), "0"),
        (Chain(a, S.NegativeOne, x), "-a*x"),
        (Chain(S.NegativeOne, a, S.NegativeOne), "a"),
        (Chain(Rational(1, 2), Integer(2), difference(a, b)), "a - b"),
        (PathSum(Chain(a, S.NegativeOne, x), Chain(x, S.One)), "-a*x + x"),
        (Chain(a, PathSum(x, Chain(S.Zero, w))), "a*x"),
    ],
)
def test_tidying(before, after):
    """Ones and zeros go, signs and numbers come to the front."""
    assert plain_text(tidy(before)) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Chain(Quotient(difference(a, b), Chain(a, difference(S.One, a))), a, difference(S.One, a)), "a - b"),
        (Chain(negative(Quotient(b, a)), a, x), "-b*x"),
        (Chain(Quotient(b, a), x), "b/a*x"),
        (Chain(Quotient(b, Chain(a, x)), x), "b/a"),
        (Chain(Quotient(b, Chain(a, x)), x, w), "b*w/a"),
        (Chain(Quotient(b, a), Quotient(a, b)), "1"),
        (PathSum(Chain(Quotient(b, a), a), Chain(Quotient(x, w), z)), "b + x/w*z"),
        (Chain(Quotient(a, Chain(a, a)), a), "1"),
        (PathSum(a, b), "a + b"),
    ],
)
def test_cancelling(before, after):
    """What stands over and under the bar of a term goes, once for each time it stands under it."""
    assert plain_text(cancel(before)) == after


@given(st.lists(st.sampled_from(SYMBOLS), max_size=3), st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3))
def test_nothing_is_left_over_and_under_a_bar(over, under):
    """After cancelling, no factor stands both over and under."""
    (term,) = terms_of(cancel(Chain(Quotient(S.One, Chain(*under)), *over)))
    bars = [factor for factor in factors_of(term) if isinstance(factor, Quotient)]
    assert len(bars) <= 1
    for bar in bars:
        outside = [factor for factor in factors_of(term) if factor is not bar]
        assert not set(factors_of(bar.args[1])) & {*factors_of(bar.args[0]), *outside}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PathSum(Chain(a, w, x), Chain(a, z, x)), "a*x*(w + z)"),
        (PathSum(Chain(x, a, w), Chain(w, z, x)), "x*w*(a + z)"),
        (PathSum(Chain(a, a, w), Chain(a, a, z)), "a*a*(w + z)"),
        (PathSum(Chain(a, a, w), Chain(a, z)), "a*(a*w + z)"),
        (PathSum(a, Chain(a, z)), "a*(1 + z)"),
        (PathSum(Chain(a, w), Chain(x, z)), "a*w + x*z"),
        (Chain(PathSum(Chain(a, w), Chain(a, z)), b), "a*(w + z)*b"),
        (PathSum(Chain(a, PathSum(Chain(b, w), Chain(b, x))), Chain(b, z)), "b*(a*(w + x) + z)"),
    ],
)
def test_factoring(before, after):
    """Factors that all terms share come to the front, in the order of the first term."""
    assert plain_text(factor_common(before)) == after


@given(expressions)
def test_factored_terms_share_nothing(expression):
    """After factoring, no factor stands in every term of a sum."""
    result = factor_common(expression)
    for part in factors_of(result):
        if isinstance(part, PathSum):
            assert not set.intersection(*(set(factors_of(term)) for term in part.args)) - {S.One}


def test_distributing():
    """The last bracket is multiplied out, in order; without one the term is as it was."""
    assert [plain_text(t) for t in distribute(Chain(a, PathSum(x, negative(w))))] == ["a*x", "-a*w"]
    assert [plain_text(t) for t in distribute(Chain(PathSum(x, w), a))] == ["(x + w)*a"]


def softmax_delta():
    """Return the delta of the second of three softmax outputs, as the cancelled sum over paths."""
    return PathSum(Chain(y1, p2), negative(Chain(y2, difference(S.One, p2))), Chain(y3, p2))


def test_the_targets_are_collected():
    """The cancelled delta of a softmax becomes p (y1 + y2 + y3) - y."""
    collected = collect_targets(softmax_delta(), p2, (y1, y2, y3))
    assert plain_text(collected) == "p2*(y1 + y2 + y3) - y2"
    assert collected.doit().expand() == softmax_delta().doit().expand()


def test_what_does_not_come_out_is_left():
    """Where not all targets come into one bracket, nothing is collected."""
    odd = PathSum(Chain(y1, p2), Chain(y3, p2))
    assert collect_targets(odd, p2, (y1, y2, y3)) == odd
    twice = PathSum(softmax_delta(), Chain(y1, p2))
    assert collect_targets(twice, p2, (y1, y2, y3)) == twice


def test_the_sum_of_the_targets_is_one():
    """The bracket of all targets is replaced by 1, and only that of all."""
    collected = PathSum(Chain(p2, PathSum(y1, y2, y3)), negative(y2))
    assert plain_text(use_sum_of_targets(collected, (y1, y2, y3))) == "p2 - y2"
    some = Chain(p2, PathSum(y1, y3))
    assert use_sum_of_targets(some, (y1, y2, y3)) == some


@given(st.lists(st.fractions(min_value=0, max_value=1, max_denominator=50), min_size=2, max_size=2), points)
def test_the_identity_keeps_the_value_where_it_holds(numbers, point):
    """Where the targets do sum to 1, using it changes no value."""
    targets = SYMBOLS[:3]
    first, second = numbers
    point = point | dict(zip(targets, (first, second, 1 - first - second), strict=True))
    before = PathSum(Chain(SYMBOLS[3], PathSum(*targets)), negative(targets[1]))
    assert value_of(use_sum_of_targets(before, targets), point) == value_of(before, point)


def test_two_rewrites_of_one_line_differ():
    """The steps of sigmoid with binary cross-entropy are lines of their own."""
    derivative = Chain(a, difference(S.One, a))
    lines = [Chain(Quotient(difference(a, b), derivative), derivative)]
    lines.append(cancel(tidy(lines[-1])))
    assert all(first != second for first, second in pairwise(lines))
    assert plain_text(lines[-1]) == "a - b"
