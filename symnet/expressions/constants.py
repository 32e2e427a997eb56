"""The constants in an expression: their values, exact as long as they can be, and never larger than they may be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import mpmath

from symnet.catalog.functions import FUNCTIONS
from symnet.numbers.reals import NoValueError, Value, magnitude, power

Constant: TypeAlias = "Fraction | Value"

# 10 to the power 308, in bits.
_LARGEST_BITS = 1024
# The digits of a fraction above and below its bar: the hundredth power of 50 digits has no more.
_MOST_BITS = 50_000
# Digits enough to see how large a constant is, and whether it is 0.
_DIGITS = 30


class ConstantError(ArithmeticError):
    """A constant that has no value, or too large a one; the message says which."""


def combined(sign: str, first: Constant, second: Constant) -> Constant:
    """Return the constant that two others make.

    Args:
        sign: One of ``+ - * / ^``.
        first: The first.
        second: The second.

    Raises:
        ConstantError: If it has no value, or one beyond all bounds.
    """
    if sign == "/" and not second:
        raise ConstantError("Nothing can be divided by 0.")
    if sign == "^":
        return _bounded(_raised(first, second))
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return _bounded(_OPERATIONS[sign](first, second))
    with mpmath.workdps(_DIGITS):
        return _bounded(_OPERATIONS[sign](_real(first), _real(second)))


def applied(name: str, arguments: Sequence[Constant]) -> Constant:
    """Return the value of a function at constants.

    Raises:
        ConstantError: If it has none, or one beyond all bounds.
    """
    with mpmath.workdps(_DIGITS):
        try:
            return _bounded(mpmath.mpf(FUNCTIONS[name].number(*map(_real, arguments))))
        except NoValueError as error:
            raise ConstantError(f"It has no value: {error}.") from None


_OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _raised(base: Constant, exponent: Constant) -> Constant:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1 and base:
        if _bits(base) * abs(exponent) > _MOST_BITS:
            raise ConstantError("It has too many digits.")
        return base ** int(exponent)
    with mpmath.workdps(_DIGITS):
        try:
            return power(_real(base), _real(exponent))
        except NoValueError as error:
            raise ConstantError(f"It has no value: {error}.") from None


def _bounded(value: Constant) -> Constant:
    if isinstance(value, Fraction):
        if _bits(value) > _MOST_BITS:
            raise ConstantError("It has too many digits.")
        size = value.numerator.bit_length() - value.denominator.bit_length()
    else:
        size = magnitude(value)
    if value and abs(size) > _LARGEST_BITS:
        raise ConstantError("It is too large." if size > 0 else "It is too close to 0.")
    return value


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _real(value: Constant) -> Value:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value
