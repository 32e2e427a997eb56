"""What floats make of an expression: how far its own operations may be off, and what comes up on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import mpmath
from sympy import Add, Mul, Pow, exp, log, tanh
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch, Chain, PathSum, Quotient, terms_of
from symnet.catalog.functions import FUNCTIONS
from symnet.numbers.numeric import NoValueError, Value, numeric
from symnet.numbers.reals import exponential, hyperbolic_tangent, logarithm

Values: TypeAlias = Mapping[Expr, Value]

# Differences at this step are wrong by about 1e-40.
_STEP = mpmath.mpf(10) ** -20
# By so many roundings a function of a library may be off.
_OF_LIBRARIES = 4
_NOTHING = mpmath.mpf(0)


def largest_term(expression: Expr, values: Values) -> Value:
    """Return the size of the largest term of a sum, or that of anything else.

    Raises:
        NoValueError: Where a term has no value.
    """
    return max(abs(numeric(term, values)) for term in terms_of(expression))


def slip(expression: Expr, values: Values) -> Value:
    """Return how far the operations in an expression may be off, where rounding a 1 moves it by 1; names are exact.

    Raises:
        NoValueError: Where something in the expression has no value.
    """
    if expression in values:
        return _NOTHING
    rule = _SLIPS.get(type(expression))
    # What is left are numbers, and conditions.
    return abs(numeric(expression, values)) if rule is None else rule(expression, values)


def _of_sum(expression: Expr, values: Values) -> Value:
    sizes = mpmath.fsum(abs(numeric(term, values)) for term in expression.args)
    return mpmath.fsum(slip(term, values) for term in expression.args) + (len(expression.args) - 1) * sizes


def _of_product(expression: Expr, values: Values) -> Value:
    whole, found = mpmath.mpf(1), _NOTHING
    for factor in expression.args:
        size = abs(numeric(factor, values))
        # As for values, what a 0 is multiplied by may have none.
        if not size and not slip(factor, values):
            return _NOTHING
        found = found * size + whole * slip(factor, values)
        whole *= size
    return found + (len(expression.args) - 1) * whole


def _of_quotient(expression: Expr, values: Values) -> Value:
    over, under = expression.args
    above, own = abs(numeric(over, values)), slip(over, values)
    if not above and not own:
        return _NOTHING
    below = abs(numeric(under, values))
    if not below:
        raise NoValueError("division by 0")
    return (own + above * (1 + slip(under, values) / below)) / below


def _of_power(expression: Expr, values: Values) -> Value:
    base, exponent = expression.args
    size, whole = abs(numeric(base, values)), abs(numeric(expression, values))
    moved = abs(numeric(exponent, values)) * slip(base, values) / size if size else _NOTHING
    return whole * (moved + _OF_LIBRARIES)


def _of_branch(expression: Expr, values: Values) -> Value:
    switch, above, below = expression.args
    return slip(above if numeric(switch, values) > 0 else below, values)


def _of_applied(expression: Expr, values: Values) -> Value:
    arguments = expression.args[1:]
    if len(arguments) > 1:
        return max(slip(argument, values) for argument in arguments)
    return _through(FUNCTIONS[expression.name].number, arguments[0], values, slip(arguments[0], values), _OF_LIBRARIES)


def _through(function: Callable[[Value], Value], argument: Expr, values: Values, size: Value, times: int) -> Value:
    """Return what a function makes of a size of its argument, by its slope, and so many times its own value."""
    at = mpmath.mpf(numeric(argument, values))
    slope = (function(at + _STEP) - function(at - _STEP)) / (2 * _STEP)
    return times * abs(function(at)) + abs(slope) * size


def _slip_along(function: Callable[[Value], Value]) -> Callable[[Expr, Values], Value]:
    return lambda expression, values: _through(
        function, expression.args[0], values, slip(expression.args[0], values), _OF_LIBRARIES
    )


_SLIPS: Mapping[type[Expr], Callable[[Expr, Values], Value]] = MappingProxyType(
    {
        PathSum: _of_sum,
        Add: _of_sum,
        Chain: _of_product,
        Mul: _of_product,
        Quotient: _of_quotient,
        Pow: _of_power,
        exp: _slip_along(exponential),
        log: _slip_along(logarithm),
        tanh: _slip_along(hyperbolic_tangent),
        Applied: _of_applied,
        Branch: _of_branch,
    }
)


def passed(expression: Expr, values: Values, sizes: Values) -> Value:
    """Return how large the numbers are that come up on the way to a value, also where it is 0 in the end.

    Args:
        expression: The expression.
        values: The value of each name.
        sizes: How large the numbers are that came up on the way to each name.

    Raises:
        NoValueError: Where the expression has no value.
    """
    if expression in sizes:
        return sizes[expression]
    parts = [part for part in expression.args if isinstance(part, Expr)]
    match expression:
        case PathSum() | Add():
            return mpmath.fsum(passed(part, values, sizes) for part in parts)
        case Chain() | Mul():
            return mpmath.fprod(passed(part, values, sizes) for part in parts)
        case Quotient():
            under = abs(numeric(parts[1], values)) or mpmath.inf
            return passed(parts[0], values, sizes) * passed(parts[1], values, sizes) / under**2
        case Pow() if parts[1].is_positive:
            return passed(parts[0], values, sizes) ** numeric(parts[1], values)
    return max([abs(numeric(expression, values)), *(passed(part, values, sizes) for part in parts)])
