"""Intervals: between which bounds the value of an expression lies, if each name in it lies between bounds of its own.

Bounds are worked out at the precision in force, whose own rounding is far below the digits of any answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product as pairs
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Add, Integer, Mul, Pow, Rational, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero

from symnet.algebra.functions import FUNCTIONS, Shape
from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins
from symnet.arithmetic.real import exponential, hyperbolic_tangent, logarithm, power
from symnet.numerics.direct import NoValueError, Value, numeric


class Interval(NamedTuple):
    """All numbers between two, these included."""

    low: Value
    high: Value

    @property
    def size(self) -> Value:
        """The largest absolute value in it."""
        return max(abs(self.low), abs(self.high))

    @property
    def holds_zero(self) -> bool:
        """Whether 0 is in it."""
        return bool(self.low <= 0 <= self.high)


Known: TypeAlias = Mapping[Expr, Interval]
_ZERO = Interval(mpmath.mpf(0), mpmath.mpf(0))
_ONE = Interval(mpmath.mpf(1), mpmath.mpf(1))
_EITHER = Interval(mpmath.mpf(0), mpmath.mpf(1))


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all of some, of which there is at least one."""
    lows, highs = zip(*intervals, strict=True)
    return Interval(min(lows), max(highs))


def interval(expression: Expr, known: Known) -> Interval:
    """Return the interval in which the value of ``expression`` lies.

    Raises:
        NoValueError: Where it has no value for some of the numbers, as over an interval that holds 0.
    """
    found = known.get(expression)
    return _RULES[type(expression)](expression, known) if found is None else found


def _sum(expression: Expr, known: Known) -> Interval:
    terms = [interval(term, known) for term in expression.args]
    return Interval(mpmath.fsum(term.low for term in terms), mpmath.fsum(term.high for term in terms))


def _product(expression: Expr, known: Known) -> Interval:
    found = _ONE
    for factor in expression.args:
        found = _times(found, interval(factor, known))
        if found == _ZERO:
            break
    return found


def _times(first: Interval, second: Interval) -> Interval:
    corners = [one * other for one, other in pairs(first, second)]
    return Interval(min(corners), max(corners))


def _inverse(under: Interval) -> Interval:
    if under.holds_zero:
        raise NoValueError("division by what may be 0")
    return Interval(1 / under.high, 1 / under.low)


def _quotient(expression: Expr, known: Known) -> Interval:
    over, under = expression.args
    above = interval(over, known)
    return above if above == _ZERO else _times(above, _inverse(interval(under, known)))


def _power(expression: Expr, known: Known) -> Interval:
    base, exponent = (interval(part, known) for part in expression.args)
    return power_over(base, exponent)


def power_over(base: Interval, exponent: Interval) -> Interval:
    """Return between which bounds a power lies.

    Raises:
        NoValueError: Where it may be a root of a negative number, or a division by 0.
    """
    if exponent.low != exponent.high or not mpmath.isint(exponent.low):
        if base.low < 0:
            raise NoValueError("a root of what may be negative")
        corners = [power(one, other) for one, other in pairs(base, exponent)]
        return Interval(min(corners), max(corners))
    whole = int(exponent.low)
    if whole < 0:
        return _inverse(_whole_power(base, -whole))
    return _whole_power(base, whole)


def _whole_power(base: Interval, exponent: int) -> Interval:
    ends = [power(end, exponent) for end in base]
    if exponent % 2 == 0 and base.holds_zero:
        ends.append(_ONE.low if exponent == 0 else _ZERO.low)
    return Interval(min(ends), max(ends))


def _increasing(function: Callable[[Value], Value], argument: Interval) -> Interval:
    return Interval(mpmath.mpf(function(argument.low)), mpmath.mpf(function(argument.high)))


def _even(function: Callable[[Value], Value], argument: Interval) -> Interval:
    """Return the interval of a function that grows away from 0 alike on both sides."""
    ends = [function(end) for end in argument]
    return Interval(function(_ZERO.low) if argument.holds_zero else min(ends), max(ends))


def _wave(function: Callable[[Value], Value], argument: Interval) -> Interval:
    """Return the interval of a sine or a cosine: all that it can be, unless it only rises or only falls there."""
    quarter = mpmath.pi / 2
    if argument.high - argument.low >= quarter or mpmath.floor(argument.low / quarter) != mpmath.floor(
        argument.high / quarter
    ):
        return Interval(mpmath.mpf(-1), mpmath.mpf(1))
    ends = [function(end) for end in argument]
    return Interval(min(ends), max(ends))


def _tangent(function: Callable[[Value], Value], argument: Interval) -> Interval:
    half = mpmath.pi / 2
    if mpmath.floor((argument.low + half) / mpmath.pi) != mpmath.floor((argument.high + half) / mpmath.pi):
        raise NoValueError("the tangent of what may be a right angle")
    return _increasing(function, argument)


_SHAPES: Mapping[Shape, Callable[[Callable[[Value], Value], Interval], Interval]] = MappingProxyType(
    {Shape.RISING: _increasing, Shape.EVEN: _even, Shape.WAVE: _wave, Shape.POLES: _tangent}
)


def _applied(expression: Expr, known: Known) -> Interval:
    entry = FUNCTIONS[expression.name]
    function = entry.number
    arguments = [interval(argument, known) for argument in expression.args[1:]]
    if len(arguments) > 1:
        # A maximum and a minimum rise with each argument.
        return Interval(function(*(one.low for one in arguments)), function(*(one.high for one in arguments)))
    return function_over(expression.name, arguments[0])


def function_over(name: str, argument: Interval) -> Interval:
    """Return between which bounds a function of one argument lies.

    Raises:
        NoValueError: Where it has no value somewhere in between.
    """
    return _SHAPES[FUNCTIONS[name].shape](FUNCTIONS[name].number, argument)


def _indicator(expression: Expr, known: Known) -> Interval:
    argument = interval(expression.args[0], known)
    return _ONE if argument.low > 0 else _ZERO if argument.high <= 0 else _EITHER


def _branch(expression: Expr, known: Known) -> Interval:
    switch, above, below = expression.args
    side = interval(switch, known)
    taken = [above] * bool(side.high > 0) + [below] * bool(side.low <= 0)
    return hull([interval(one, known) for one in taken])


def _contest(expression: Expr, known: Known) -> Interval:
    """Return 1 where all is won for sure, 0 where something is lost for sure."""
    sure = True
    for own, sign, other in expression.contests:
        first, second = interval(own, known), interval(other, known)
        if sign[0] == "<":
            first, second = second, first
        if first.high < second.low:
            return _ZERO
        sure = sure and bool(first.low > second.high)
    # Exact numbers that are equal come out as they are compared.
    exact = all(one.low == one.high for own, _, other in expression.contests for one in _both(own, other, known))
    if exact:
        value = mpmath.mpf(numeric(expression, {name: one.low for name, one in known.items()}))
        return Interval(value, value)
    return _ONE if sure else _EITHER


def _both(own: Expr, other: Expr, known: Known) -> tuple[Interval, Interval]:
    return interval(own, known), interval(other, known)


def _exactly(expression: Expr, _known: Known) -> Interval:
    value = mpmath.mpf(numeric(expression, {}))
    return Interval(value, value)


_RULES: Mapping[type[Expr], Callable[[Expr, Known], Interval]] = MappingProxyType(
    {
        PathSum: _sum,
        Add: _sum,
        Chain: _product,
        Mul: _product,
        Quotient: _quotient,
        Pow: _power,
        exp: lambda expression, known: _increasing(exponential, interval(expression.args[0], known)),
        log: lambda expression, known: _increasing(logarithm, interval(expression.args[0], known)),
        tanh: lambda expression, known: _increasing(hyperbolic_tangent, interval(expression.args[0], known)),
        Indicator: _indicator,
        Branch: _branch,
        Wins: _contest,
        Undercuts: _contest,
        Applied: _applied,
    }
    | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero, Exp1, Pi), _exactly)
)
