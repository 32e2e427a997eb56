"""Numbers as they are written: all digits for machines, rounded for people."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

import mpmath

from symnet.numeric import Value

# Significant digits of a value in JSON, where at least 15 are promised.
SIGNIFICANT = 20
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)
_FIXED = range(-6, 21)
# Digits before the point from which on a number is very long.
_LONG = 7


def to_decimal(value: Value, digits: int = SIGNIFICANT) -> Decimal:
    """Return ``value`` rounded to ``digits`` significant digits."""
    with mpmath.workdps(digits + 10):
        text = mpmath.nstr(+value, digits + 5, min_fixed=0, max_fixed=0)
    return Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN).create_decimal(text)


def decimal_text(value: Value) -> str:
    """Return ``value`` as a decimal string with :data:`SIGNIFICANT` significant digits, without trailing zeros."""
    number = to_decimal(value)
    if not number:
        return "0"
    return format(number.normalize(_EXACT), "f" if number.adjusted() in _FIXED else "E")


class Shown(NamedTuple):
    """A number as it stands on a sheet.

    Attributes:
        text: Its digits without a sign.
        negative: Whether a minus sign stands before them.
        exponent: The power of ten that follows, or None.
        exact: Whether it is the number itself, not rounded.
    """

    text: str
    negative: bool
    exponent: int | None
    exact: bool


def shown(value: Value, decimals: int) -> Shown:
    """Return ``value`` rounded half to even to ``decimals`` places, as one would write it.

    A number that would lose most of its digits so, or that is very long, is written with a power of ten and two
    decimals fewer. What needs no rounding is written without trailing zeros.
    """
    number = to_decimal(value, 50)
    size = number.copy_abs()
    places, exponent = decimals, None
    short = size.adjusted() < _LONG and size == size.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    if size and not short and not -max(1, decimals // 2) <= size.adjusted() < _LONG:
        places, exponent = max(decimals - 2, 1), size.adjusted()
        size = size.scaleb(-exponent, _EXACT)
    rounded = size.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    if exponent is not None and rounded >= 10:
        rounded, exponent = rounded / 10, exponent + 1
    exact = rounded == size
    text = format(rounded.normalize(_EXACT) if exact else rounded, "f")
    return Shown(text, bool(number < 0), exponent, exact)
