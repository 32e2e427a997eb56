"""The value of one expression at given numbers, in mpmath at the precision in force."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

import mpmath
from sympy import Add, Integer, Mul, Pow, Rational, S, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    SAMPLES,
    Applied,
    Branch,
    Chain,
    Indicator,
    PathSum,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
)
from symnet.arithmetic.real import (
    NoValueError,
    Value,
    exponential,
    hyperbolic_tangent,
    logarithm,
    magnitude,
    power,
    quotient,
)

__all__ = ["NoValueError", "Value", "magnitude", "numeric", "total"]


def numeric(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the value of ``expression``, its atoms taken from ``values``.

    A product stops at a factor of exactly 0, so that ``0 ln 0`` is 0 and ``0 / 0`` is 0 where the 0 above the bar
    stands for a target. For a sum over the samples, ``values`` hold pairs under ``SAMPLES``: the values of a sample
    and how often it counts.

    Raises:
        NoValueError: Where it has no real finite value, or one beyond all bounds.
    """
    known = values.get(expression)
    if known is not None:
        return known
    return _RULES[type(expression)](expression, values)


def _sum(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return total([numeric(term, values) for term in expression.args])


def total(terms: Sequence[Value]) -> Value:
    """Return the sum of ``terms``, and exactly 0 where all but half of the digits in force cancel.

    What is left of such a sum is rounding noise, whose sign would decide on which side of a kink a value lies. A
    sum that is truly that small comes out again with more digits.
    """
    result = sum(terms, mpmath.mpf(0))
    if result and magnitude(result) < max(map(magnitude, terms)) - mpmath.mp.prec // 2:
        return mpmath.mpf(0)
    return result


def _product(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    product: Value = 1
    for factor in expression.args:
        # The body of numeric(), spared a call: most factors are atoms.
        value = values.get(factor)
        product *= _RULES[type(factor)](factor, values) if value is None else value
        if not product:
            break
    return product


def _quotient(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    over, under = expression.args
    top = numeric(over, values)
    return quotient(top, numeric(under, values)) if top else top


def _power(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    base, exponent = expression.args
    return power(numeric(base, values), numeric(exponent, values))


def _exponential(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return exponential(numeric(expression.args[0], values))


def _logarithm(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the logarithm; that of one and little more from the little, so that it keeps its digits."""
    argument = expression.args[0]
    if type(argument) is not PathSum or argument.args[0] is not S.One or argument in values:
        return logarithm(numeric(argument, values))
    terms = [numeric(term, values) for term in argument.args[1:]]
    rest = total(terms)
    return mpmath.log1p(rest) if 2 * abs(rest) < 1 else logarithm(total([1, *terms]))


def _tanh(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return hyperbolic_tangent(numeric(expression.args[0], values))


def _indicator(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return 1 if numeric(expression.args[0], values) > 0 else 0


def _branch(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the value of the branch taken; the other branch need not have a value."""
    switch, above, below = expression.args
    return numeric(above if numeric(switch, values) > 0 else below, values)


def _contest(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    contests = ((_COMPARE[sign], numeric(own, values), other) for own, sign, other in expression.contests)
    return int(all(compare(own, numeric(other, values)) for compare, own, other in contests))


_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def _samples(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    body = expression.args[0]
    return total([numeric(body, sample) * times for sample, times in values[SAMPLES]])


def _applied(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return FUNCTIONS[expression.name].number(*(numeric(argument, values) for argument in expression.args[1:]))


def _rational(expression: Expr, _values: Mapping[Expr, Value]) -> Value:
    return int(expression.p) if expression.q == 1 else mpmath.mpf(expression.p) / expression.q


_RULES: Mapping[type[Expr], Callable[[Expr, Mapping[Expr, Value]], Value]] = {
    PathSum: _sum,
    Add: _sum,
    Chain: _product,
    Mul: _product,
    Quotient: _quotient,
    Pow: _power,
    exp: _exponential,
    log: _logarithm,
    tanh: _tanh,
    Indicator: _indicator,
    Branch: _branch,
    Wins: _contest,
    Undercuts: _contest,
    SampleSum: _samples,
    Applied: _applied,
    Exp1: lambda _expression, _values: +mpmath.e,
    Pi: lambda _expression, _values: +mpmath.pi,
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), _rational)
