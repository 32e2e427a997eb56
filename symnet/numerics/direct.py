"""The value of one expression at given numbers, at the precision in force: in mpmath or, of many numbers, in decimals.

Python's decimals are several times as fast as mpmath's numbers, which know more functions: a function of decimals is
worked out by mpmath, and comes back as a decimal.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, getcontext, localcontext
from typing import Any

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
from symnet.limits import LARGEST_POWER

__all__ = ["DecimalValues", "NoValueError", "Value", "magnitude", "numeric", "total"]


class DecimalValues(dict[Expr, Value]):
    """Values of atoms that are decimals, so that the value of an expression is one."""

    @classmethod
    def of(cls, values: Mapping[Any, Value]) -> DecimalValues:
        """Return mpmath's numbers as decimals."""
        return cls({atom: to_decimal(value) for atom, value in values.items()})


def decimal_digits(digits: int) -> AbstractContextManager[Context]:
    """Return what makes decimals have so many digits, as ``mpmath.workdps`` does."""
    return localcontext(Context(prec=digits, Emin=MIN_EMIN, Emax=MAX_EMAX))


def to_decimal(value: Value) -> Value:
    """Return one of mpmath's numbers as a decimal; an int stays one, since it goes with both."""
    if not isinstance(value, mpmath.mpf):
        return value
    sign, mantissa, exponent, _bits = value._mpf_
    return Decimal(-int(mantissa) if sign else int(mantissa)) * Decimal(2) ** exponent


def from_decimal(value: Value) -> Value:
    """Return a decimal as one of mpmath's numbers; anything else stays as it is."""
    if not isinstance(value, Decimal):
        return value
    places = value.adjusted() - getcontext().prec
    return mpmath.mpf(int(value.scaleb(-places))) * mpmath.mpf(10) ** places


def called(function: Callable[..., Value], *arguments: Value) -> Value:
    """Return what a function of mpmath's numbers gives, of decimals too."""
    if Decimal not in map(type, arguments):
        return function(*arguments)
    return to_decimal(function(*map(from_decimal, arguments)))


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
    if Decimal in map(type, terms):
        return _decimal_total(terms)
    result = sum(terms, mpmath.mpf(0))
    if result and magnitude(result) < max(map(magnitude, terms)) - mpmath.mp.prec // 2:
        return mpmath.mpf(0)
    return result


def _decimal_total(terms: Sequence[Value]) -> Value:
    result: Value = sum(terms)
    if not result:
        return result
    # Only what an indicator or a number gives is an int.
    sizes = [term.adjusted() if type(term) is Decimal else len(str(abs(term))) - 1 for term in terms if term]
    own = result.adjusted() if type(result) is Decimal else len(str(abs(result))) - 1
    return 0 if own < max(sizes) - getcontext().prec // 2 else result


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
    return _of_values(raised(numeric(base, values), numeric(exponent, values)), values)


def raised(base: Value, exponent: Value) -> Value:
    """Return ``base ** exponent``; see :func:`~symnet.arithmetic.real.power`."""
    if isinstance(base, Decimal) and type(exponent) is int and base and abs(exponent) <= LARGEST_POWER:
        return base**exponent
    return called(power, base, exponent)


def _exponential(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return _of_values(called(exponential, numeric(expression.args[0], values)), values)


def _logarithm(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the logarithm; that of one and little more from the little, so that it keeps its digits."""
    argument = expression.args[0]
    if type(argument) is not PathSum or argument.args[0] is not S.One or argument in values:
        return called(logarithm, numeric(argument, values))
    terms = [numeric(term, values) for term in argument.args[1:]]
    rest = total(terms)
    return called(mpmath.log1p, rest) if 2 * abs(rest) < 1 else called(logarithm, total([1, *terms]))


def _tanh(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    return _of_values(called(hyperbolic_tangent, numeric(expression.args[0], values)), values)


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
    arguments = [numeric(argument, values) for argument in expression.args[1:]]
    return _of_values(called(FUNCTIONS[expression.name].number, *arguments), values)


def _rational(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    if expression.q == 1:
        return int(expression.p)
    return (Decimal if isinstance(values, DecimalValues) else mpmath.mpf)(int(expression.p)) / int(expression.q)


def _constant(number: Value, values: Mapping[Expr, Value]) -> Value:
    return _of_values(+number, values)


def _of_values(number: Value, values: Mapping[Expr, Value]) -> Value:
    """Return a number that goes with these values: what a function makes of a whole number is no decimal."""
    return to_decimal(number) if isinstance(values, DecimalValues) else number


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
    Exp1: lambda _expression, values: _constant(mpmath.e, values),
    Pi: lambda _expression, values: _constant(mpmath.pi, values),
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), _rational)
