"""The value of one expression at given numbers, in mpmath at the precision in force."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import mpmath
from sympy import Add, Integer, Max, Mul, Pow, Rational, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Half, NegativeOne, One, Zero

from symnet.calculus import Chain, Indicator, PathSum, Quotient

Value: TypeAlias = Any  # an mpmath number: real, or complex where a logarithm leaves the reals

# Beyond this argument a power of e has more digits in its exponent than anything on a sheet can mean.
LARGEST_EXPONENT = 10**15


class NoValueError(ArithmeticError):
    """The expression has no finite value at these numbers."""


def numeric(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the value of ``expression``, its atoms taken from ``values``.

    A product stops at a factor of exactly 0, so that ``0 ln 0`` is 0 and ``0 / 0`` is 0 where the 0 above the bar
    stands for a target.

    Raises:
        NoValueError: At a division by 0, the logarithm of 0, or a power of e beyond all bounds.
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


def magnitude(value: Value) -> int:
    """Return the binary exponent of ``value``; mpmath's own ``mag`` is too slow for every sum."""
    if not value:
        return -sys.maxsize
    if isinstance(value, mpmath.mpf):
        _sign, _mantissa, exponent, bits = value._mpf_
        return int(exponent + bits)
    return int(mpmath.mag(value))


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
    if not top:
        return top
    bottom = numeric(under, values)
    if not bottom:
        raise NoValueError("division by 0")
    return mpmath.fdiv(top, bottom) if isinstance(top, int) else top / bottom


def _power(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    base, exponent = (numeric(part, values) for part in expression.args)
    if not base and exponent < 0:
        raise NoValueError("division by 0")
    return base**exponent


def _exponential(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    exponent = numeric(expression.args[0], values)
    if abs(exponent) > LARGEST_EXPONENT:
        raise NoValueError(f"e to the power {mpmath.nstr(exponent, 3)}")
    return mpmath.exp(exponent)


def _logarithm(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    argument = numeric(expression.args[0], values)
    if not argument:
        raise NoValueError("the logarithm of 0")
    return mpmath.log(argument)


def _tanh(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    argument = numeric(expression.args[0], values)
    if abs(argument) > LARGEST_EXPONENT:
        raise NoValueError(f"tanh of {mpmath.nstr(argument, 3)}")
    return mpmath.tanh(argument)


def _maximum(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return mpmath.mpf(max(numeric(part, values) for part in expression.args))


def _indicator(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return 1 if numeric(expression.args[0], values) > 0 else 0


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
    Max: _maximum,
    Indicator: _indicator,
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), _rational)
