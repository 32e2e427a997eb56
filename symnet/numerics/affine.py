"""Numbers with what each rounding on the way does to them, so that errors which cancel do cancel.

An interval forgets where its width comes from: ``a (1 - a)`` is taken for a product of two numbers that err each for
itself. Here every number is a center, a multiple of each error that was made, and a rest for all that is not linear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Add, Mul, Pow, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, Chain, Partial, PathSum, Quotient
from symnet.arithmetic.real import exponential, hyperbolic_tangent, logarithm, power, quotient
from symnet.numerics.direct import NoValueError, Value
from symnet.numerics.intervals import Interval, function_over, hull, interval, power_over

# Differences at this step are wrong by about 1e-40.
_STEP = mpmath.mpf(10) ** -20
# Over a longer range a function is no longer much like its tangent.
_SHORT = mpmath.mpf(1) / 2
# A tangent is farthest from its function at an end of a short range, or not much farther between.
_MARGIN = mpmath.mpf(3) / 2


class Spread(NamedTuple):
    """A number and how far it may be off.

    Attributes:
        center: Its value without any error.
        errors: By the number of each error, how far that one alone may move it, with a sign.
        rest: How far all else may move it.
    """

    center: Value
    errors: Mapping[int, Value] = MappingProxyType({})
    rest: Value = mpmath.mpf(0)

    @property
    def radius(self) -> Value:
        """How far all of it together may move it."""
        return mpmath.fsum(map(abs, self.errors.values())) + self.rest

    @property
    def bounds(self) -> Interval:
        """Between which numbers it lies."""
        radius = self.radius
        return Interval(self.center - radius, self.center + radius)

    def with_error(self, number: int, size: Value) -> Spread:
        """Return it with another error of its own."""
        return self._replace(errors={**self.errors, number: size})


Known: TypeAlias = Mapping[Expr, Spread]


def spread(expression: Expr, known: Known) -> Spread:
    """Return the value of ``expression`` and how far it may be off.

    Raises:
        NoValueError: Where it has no value for some of the numbers.
        KeyError: Where a name has none.
    """
    found = known.get(expression)
    if found is not None:
        return found
    rule = _RULES.get(type(expression))
    return _bounded(expression, known) if rule is None else rule(expression, known)


def _bounded(expression: Expr, known: Known) -> Spread:
    """Return all numbers that intervals leave possible."""
    names = expression.atoms(Symbol, Partial)
    return _between(interval(expression, {name: known[name].bounds for name in names}))


def _between(bounds: Interval) -> Spread:
    low, high = bounds
    center, rest = (low + high) / 2, (high - low) / 2
    if center - rest > low or center + rest < high:
        # One end is so far out that the other is lost in the rounding.
        rest *= 1 + 4 * mpmath.mp.eps
    return Spread(center, rest=rest)


def _sum(expression: Expr, known: Known) -> Spread:
    terms = [spread(term, known) for term in expression.args]
    errors: dict[int, Value] = {}
    for term in terms:
        for number, size in term.errors.items():
            errors[number] = errors.get(number, 0) + size
    return Spread(mpmath.fsum(term.center for term in terms), errors, mpmath.fsum(term.rest for term in terms))


def _product(expression: Expr, known: Known) -> Spread:
    factors = [spread(factor, known) for factor in expression.args]
    return reduce(_times, factors)


def _times(first: Spread, second: Spread) -> Spread:
    errors = {number: size * second.center for number, size in first.errors.items()}
    for number, size in second.errors.items():
        errors[number] = errors.get(number, 0) + size * first.center
    both = first.radius * second.radius
    return Spread(
        first.center * second.center,
        errors,
        first.rest * abs(second.center) + second.rest * abs(first.center) + both,
    )


def _quotient(expression: Expr, known: Known) -> Spread:
    over, under = (spread(part, known) for part in expression.args)
    if not over.center and not over.radius:
        return over
    if under.bounds.holds_zero:
        raise NoValueError("division by what may be 0")
    return _times(over, _along(lambda x: quotient(mpmath.mpf(1), x), under))


def _power(expression: Expr, known: Known) -> Spread:
    base, exponent = (spread(part, known) for part in expression.args)
    if exponent.radius or (exponent.center < 0 and base.bounds.holds_zero):
        return _bounded(expression, known)
    return _along(lambda x: power(x, exponent.center), base, lambda bounds: power_over(bounds, exponent.bounds))


def _applied(expression: Expr, known: Known) -> Spread:
    arguments = [spread(argument, known) for argument in expression.args[1:]]
    name = expression.name
    if len(arguments) > 1:
        return _extreme(name, arguments)
    (argument,) = arguments
    if FUNCTIONS[name].kink and argument.radius and argument.bounds.holds_zero:
        return _bounded(expression, known)
    if name == "tan":
        # Raises where there is a pole in between, be the range ever so short.
        function_over(name, argument.bounds)
    return _along(FUNCTIONS[name].number, argument, lambda bounds: function_over(name, bounds))


def _extreme(name: str, arguments: list[Spread]) -> Spread:
    """Return the largest or the smallest number: one of them if that is clear, else all that it may be."""
    sign = 1 if name == "max" else -1
    first = max(arguments, key=lambda one: sign * one.center)
    ends = [(one.bounds.high if sign > 0 else -one.bounds.low) for one in arguments if one is not first]
    if all(end <= (first.bounds.low if sign > 0 else -first.bounds.high) for end in ends):
        return first
    function = FUNCTIONS[name].number
    bounds = [one.bounds for one in arguments]
    return _between(Interval(function(*(one.low for one in bounds)), function(*(one.high for one in bounds))))


def _branch(expression: Expr, known: Known) -> Spread:
    switch, above, below = expression.args
    side = spread(switch, known).bounds
    if side.low > 0 or side.high <= 0:
        return spread(above if side.low > 0 else below, known)
    return _between(hull(spread(one, known).bounds for one in (above, below)))


def _along(
    function: Callable[[Value], Value], argument: Spread, over: Callable[[Interval], Interval] | None = None
) -> Spread:
    """Return a function of a number along its tangent.

    Over a long range it is anything within the bounds that ``over`` gives, or between its values at the ends if it
    rises or falls everywhere.
    """
    center, radius = argument.center, argument.radius
    value = mpmath.mpf(function(center))
    if not radius:
        return Spread(value)
    ends = [function(center - radius), function(center + radius)]
    if radius > _SHORT:
        return _between(over(argument.bounds) if over else Interval(min(ends), max(ends)))
    derivative = (function(center + _STEP) - function(center - _STEP)) / (2 * _STEP)
    off = max(abs(ends[0] - value + derivative * radius), abs(ends[1] - value - derivative * radius))
    errors = {number: derivative * size for number, size in argument.errors.items()}
    return Spread(value, errors, abs(derivative) * argument.rest + _MARGIN * off)


_RULES: Mapping[type[Expr], Callable[[Expr, Known], Spread]] = MappingProxyType(
    {
        PathSum: _sum,
        Add: _sum,
        Chain: _product,
        Mul: _product,
        Quotient: _quotient,
        Pow: _power,
        exp: lambda expression, known: _along(exponential, spread(expression.args[0], known)),
        log: lambda expression, known: _along(logarithm, spread(expression.args[0], known)),
        tanh: lambda expression, known: _along(hyperbolic_tangent, spread(expression.args[0], known)),
        Applied: _applied,
        Branch: _branch,
    }
)
