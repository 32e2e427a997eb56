"""The values of an expression at many points at once, for what is right at all of them: most answers are.

An expression is walked once, and each of its parts worked out at every point, on bare integers. Anything out of the
ordinary, such as a division by 0, is left to :func:`~symnet.numerics.direct.numeric`, as is every answer that is not
the same as what is true to many digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import mpmath
from sympy import Add, Integer, Mul, Pow, Rational, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Half, NegativeOne, One, Zero

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient
from symnet.arithmetic import light
from symnet.arithmetic.light import ONE, ZERO, Binary
from symnet.arithmetic.real import NoValueError
from symnet.marking.truth import FINER, SamplingPoint

Vector: TypeAlias = "list[Binary]"
"""One number a point."""

# Two values are the same if they differ by no more than such a part of the larger one.
_SAME_DIGITS = 10**75
# Beyond so many bits apart, numbers are not brought to one exponent.
_FARTHEST = 20_000


class NotVectorisedError(Exception):
    """An expression that is to be worked out point by point."""


class Vectorised:
    """Works out expressions at some points at once; built once, since the values of the names are kept.

    Args:
        points: The points.
    """

    def __init__(self, points: Sequence[SamplingPoint]) -> None:
        self.points = points
        self.count = len(points)
        with mpmath.workdps(FINER):
            self.bits = int(mpmath.mp.prec)
        self._known: dict[Expr, Vector | None] = {}

    def is_same(self, expression: Expr, key: Expr) -> bool:
        """Return whether an expression has at every point the value of a name, to many digits.

        Args:
            expression: The expression.
            key: The name.

        Returns:
            False also where that is not known.
        """
        true = self._of(key)
        if true is None:
            return False
        try:
            found = self.values(expression)
        except (NotVectorisedError, NoValueError):
            return False
        return all(map(_same, found, true))

    def values(self, expression: Expr) -> Vector:
        """Return the value of an expression at each point.

        Raises:
            NotVectorisedError: If it holds what is not worked out so.
            NoValueError: If it has no value at one of them.
        """
        rule = _RULES.get(type(expression))
        if rule is not None:
            return rule(self, expression)
        found = self._of(expression)
        if found is None:
            raise NotVectorisedError
        return found

    def _of(self, name: Expr) -> Vector | None:
        """Return the values of a name; None where it has none at some point."""
        if name not in self._known:
            try:
                self._known[name] = [light.from_value(point.finer[name]) for point in self.points]
            except (KeyError, NoValueError):
                self._known[name] = None
        return self._known[name]


def _same(found: Binary, true: Binary) -> bool:
    (m, e), (n, f) = found, true
    if not m or not n:
        return m == n
    if abs(e - f) > _FARTHEST:
        return False
    if e > f:
        m <<= e - f
    else:
        n <<= f - e
    return abs(m - n) * _SAME_DIGITS <= max(abs(m), abs(n))


def _sum(at: Vectorised, expression: Expr) -> Vector:
    bits, total = at.bits, light.total
    return [total(terms, bits) for terms in zip(*map(at.values, expression.args), strict=True)]


def _product(at: Vectorised, expression: Expr) -> Vector:
    bits, rounded = at.bits, light.rounded
    first, *others = map(at.values, expression.args)
    for other in others:
        first = [(m * n, e + f) for (m, e), (n, f) in zip(first, other, strict=True)]
    return [rounded(m, e, bits) for m, e in first]


def _quotient(at: Vectorised, expression: Expr) -> Vector:
    over, under = map(at.values, expression.args)
    return [light.quotient(top, below, at.bits) for top, below in zip(over, under, strict=True)]


def _power(at: Vectorised, expression: Expr) -> Vector:
    base, exponent = expression.args
    if not exponent.is_Integer or abs(int(exponent)) > _LARGEST_POWER:
        raise NotVectorisedError
    power, bits = int(exponent), at.bits
    raised = [light.rounded(m ** abs(power), e * abs(power), bits) for m, e in at.values(base)]
    return raised if power >= 0 else [light.quotient(ONE, one, bits) for one in raised]


_LARGEST_POWER = 6


def _each(work: Callable[[Binary, int], Binary]) -> Callable[[Vectorised, Expr], Vector]:
    def values(at: Vectorised, expression: Expr) -> Vector:
        return [work(one, at.bits) for one in at.values(expression.args[-1])]

    return values


def _indicator(at: Vectorised, expression: Expr) -> Vector:
    return [ONE if m > 0 else ZERO for m, _ in at.values(expression.args[0])]


def _branch(at: Vectorised, expression: Expr) -> Vector:
    switch, above, below = map(at.values, expression.args)
    return [one if m > 0 else other for (m, _), one, other in zip(switch, above, below, strict=True)]


def _applied(at: Vectorised, expression: Expr) -> Vector:
    work = _FUNCTIONS.get(expression.name)
    if work is not None:
        return [work(one, at.bits) for one in at.values(expression.args[1])]
    if expression.name not in ("max", "min"):
        raise NotVectorisedError
    largest = expression.name == "max"
    first, *others = map(at.values, expression.args[1:])
    for other in others:
        first = [one if light.greater(one, two) == largest else two for one, two in zip(first, other, strict=True)]
    return first


def _sigmoid(number: Binary, bits: int) -> Binary:
    power = light.exponential((-number[0], number[1]), bits)
    return light.quotient(ONE, light.total((ONE, power), bits), bits)


def _sign(number: Binary, _bits: int) -> Binary:
    return (number[0] > 0) - (number[0] < 0), 0


_FUNCTIONS: Mapping[str, Callable[[Binary, int], Binary]] = MappingProxyType(
    {
        "sigmoid": _sigmoid,
        "relu": lambda number, _bits: number if number[0] > 0 else ZERO,
        "sqrt": light.square_root,
        "abs": lambda number, _bits: (abs(number[0]), number[1]),
        "sign": _sign,
    }
)


def _rational(at: Vectorised, expression: Expr) -> Vector:
    return [light.from_ratio(int(expression.p), int(expression.q), at.bits)] * at.count


_RULES: Mapping[type[Expr], Callable[[Vectorised, Expr], Vector]] = MappingProxyType(
    {
        **dict.fromkeys((PathSum, Add), _sum),
        **dict.fromkeys((Chain, Mul), _product),
        Quotient: _quotient,
        Pow: _power,
        exp: _each(light.exponential),
        log: _each(light.logarithm),
        tanh: _each(light.hyperbolic_tangent),
        Indicator: _indicator,
        Branch: _branch,
        Applied: _applied,
        **dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), _rational),
    }
)
