"""Real functions of mpmath numbers at the precision in force, and where they have no value."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any, TypeAlias

import mpmath

from symnet.limits import LARGEST_ANGLE_BITS, LARGEST_EXPONENT_OF_E, LARGEST_POWER_BITS

Value: TypeAlias = Any  # a real mpmath number or an int; in the checks of many numbers a decimal


class NoValueError(ArithmeticError):
    """The expression has no real finite value at these numbers."""


def magnitude(value: Value) -> int:
    """Return the binary exponent of ``value``; mpmath's own ``mag`` is too slow for every sum."""
    if not value:
        return -sys.maxsize
    if isinstance(value, mpmath.mpf):
        _sign, _mantissa, exponent, bits = value._mpf_
        return int(exponent + bits)
    return int(mpmath.mag(value))


def quotient(over: Value, under: Value) -> Value:
    """Return ``over / under``.

    Raises:
        NoValueError: At a division by 0.
    """
    if not under:
        raise NoValueError("division by 0")
    return over / under if not isinstance(over, int) or isinstance(under, Decimal) else mpmath.fdiv(over, under)


def power(base: Value, exponent: Value) -> Value:
    """Return ``base ** exponent``.

    Raises:
        NoValueError: Where it is no real number, or one beyond all bounds.
    """
    if not exponent:
        return mpmath.mpf(1)
    if not base:
        return power_of_zero(exponent)
    if base < 0 and not mpmath.isint(exponent):
        raise NoValueError(f"a negative number to the power {mpmath.nstr(mpmath.mpf(exponent), 6)}")
    base = mpmath.mpf(base)
    rough = abs(exponent) * (abs(magnitude(base)) + 1)
    if rough > LARGEST_POWER_BITS and abs(exponent * mpmath.log(abs(base), 2)) > LARGEST_POWER_BITS:
        raise NoValueError(f"{mpmath.nstr(base, 3)} to the power {mpmath.nstr(mpmath.mpf(exponent), 3)}")
    return base**exponent


def power_of_zero(exponent: Value) -> Value:
    """Return 0 to a positive power.

    Raises:
        NoValueError: For a negative exponent.
    """
    if exponent < 0:
        raise NoValueError("division by 0")
    return mpmath.mpf(0)


def root(x: Value) -> Value:
    """Return the square root.

    Raises:
        NoValueError: For a negative number.
    """
    if x < 0:
        raise NoValueError("the square root of a negative number")
    return mpmath.sqrt(x)


def exponential(x: Value) -> Value:
    """Return e to the power ``x``.

    Raises:
        NoValueError: Beyond all bounds.
    """
    if abs(x) > LARGEST_EXPONENT_OF_E:
        raise NoValueError(f"e to the power {mpmath.nstr(x, 3)}")
    return mpmath.exp(x)


def logarithm(x: Value) -> Value:
    """Return the natural logarithm.

    Raises:
        NoValueError: At 0 and for negative numbers.
    """
    return mpmath.log(_positive(x))


def logarithm_to_base_2(x: Value) -> Value:
    """Return the logarithm to base 2; see :func:`logarithm`."""
    return mpmath.log(_positive(x)) / mpmath.ln2


def logarithm_to_base_10(x: Value) -> Value:
    """Return the logarithm to base 10; see :func:`logarithm`."""
    return mpmath.log(_positive(x)) / mpmath.ln10


def sine(x: Value) -> Value:
    """Return the sine.

    Raises:
        NoValueError: For a number larger than any that can be given.
    """
    return _or_zero(mpmath.sin(_angle(x, "sine")), x)


def cosine(x: Value) -> Value:
    """Return the cosine; see :func:`sine`."""
    return _or_zero(mpmath.cos(_angle(x, "cosine")), x)


def tangent(x: Value) -> Value:
    """Return the tangent; see :func:`sine`.

    Raises:
        NoValueError: At a right angle as well.
    """
    if not cosine(_angle(x, "tangent")):
        raise NoValueError("the tangent of a right angle")
    return _or_zero(mpmath.tan(x), x)


def _or_zero(value: Value, angle: Value) -> Value:
    """Return ``value``, and exactly 0 where no more is left of it than the rounding of a multiple of pi.

    An angle with many digits before the point is no such multiple until there are more digits still behind it.
    """
    digits = mpmath.mp.prec // 4
    rounded = magnitude(angle) < digits and magnitude(value) < magnitude(angle) - 3 * digits
    return mpmath.mpf(0) if value and rounded else value


def hyperbolic_sine(x: Value) -> Value:
    """Return the hyperbolic sine; see :func:`exponential`."""
    return mpmath.sinh(_bounded(x, "sinh"))


def hyperbolic_cosine(x: Value) -> Value:
    """Return the hyperbolic cosine; see :func:`exponential`."""
    return mpmath.cosh(_bounded(x, "cosh"))


def hyperbolic_tangent(x: Value) -> Value:
    """Return the hyperbolic tangent; see :func:`exponential`."""
    return mpmath.tanh(_bounded(x, "tanh"))


def error_function(x: Value) -> Value:
    """Return the error function, which is 2 over the root of pi times the integral of ``e^(-t^2)`` from 0 to ``x``."""
    return mpmath.erf(x)


def sigmoid(x: Value) -> Value:
    """Return ``1 / (1 + e^-x)``; see :func:`exponential`."""
    return 1 / (1 + exponential(-x))


def sign(x: Value) -> Value:
    """Return 1, -1, or 0 at 0."""
    return (x > 0) - (x < 0)


def largest(*values: Value) -> Value:
    """Return the largest of the values."""
    return mpmath.mpf(max(values))


def smallest(*values: Value) -> Value:
    """Return the smallest of the values."""
    return mpmath.mpf(min(values))


def _positive(x: Value) -> Value:
    if x <= 0:
        raise NoValueError("the logarithm of a negative number" if x else "the logarithm of 0")
    return x


def _bounded(x: Value, function: str) -> Value:
    if abs(x) > LARGEST_EXPONENT_OF_E:
        raise NoValueError(f"{function} of {mpmath.nstr(x, 3)}")
    return x


def _angle(x: Value, function: str) -> Value:
    if magnitude(x) > LARGEST_ANGLE_BITS:
        raise NoValueError(f"the {function} of {mpmath.nstr(x, 3)}")
    return x
