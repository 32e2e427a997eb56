"""Numbers as they are written: all digits for machines, rounded for people."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

import mpmath

from symnet.numbers.reals import Value

# Significant digits of a value in JSON, where at least 15 are promised.
SIGNIFICANT = 20
# Digits beyond those asked for to which a value is rounded first: so what lies half way between two numbers but for
# the noise in its last bits is taken to lie exactly there.
_BEYOND = 5
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)
_FIXED = range(-6, 21)
# Digits before the point from which on a number is very long.
_LONG = 7
# Up to this binary exponent the power of ten by which a number is scaled is worked out whole.
_NEAR = 4000
# log 2 to base 10, as a fraction: over all binary exponents up to that one no power of 2 is mistaken.
_LOG_TWO = (301_029_995_663_981, 10**15)


def to_decimal(value: Value, digits: int = SIGNIFICANT) -> Decimal:
    """Return ``value`` rounded to ``digits`` significant digits."""
    whole, exponent = _leading(value, digits + _BEYOND)
    return Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN).create_decimal(f"{whole}E{exponent}")


def decimal_text(value: Value) -> str:
    """Return ``value`` as a decimal string with :data:`SIGNIFICANT` significant digits, without trailing zeros."""
    whole, exponent = _leading(value, SIGNIFICANT + _BEYOND)
    if not whole:
        return "0"
    half = 10**_BEYOND // 2
    number, rest = divmod(abs(whole), 2 * half)
    if rest > half or (rest == half and number % 2):
        number += 1
    text = str(number)
    adjusted = len(text) - 1 + exponent + _BEYOND
    text = text.rstrip("0")
    sign = "-" if whole < 0 else ""
    if adjusted not in _FIXED:
        return f"{sign}{_with_point(text, 1)}E{adjusted:+d}"
    return sign + (_with_point(text, adjusted + 1) if adjusted >= 0 else f"0.{'0' * (-1 - adjusted)}{text}")


def _with_point(digits: str, place: int) -> str:
    """Return ``digits`` with a point after so many of them, if any follow."""
    return f"{digits[:place]}.{digits[place:]}" if len(digits) > place else digits.ljust(place, "0")


def _leading(value: Value, digits: int) -> tuple[int, int]:
    """Return ``value`` rounded to so many digits: a whole number, and the exponent of the power of ten behind it."""
    sign, mantissa, exponent, bits = value._mpf_
    size = exponent + bits
    if not mantissa:
        return 0, 0
    if abs(size) > _NEAR or bits > _NEAR:
        with mpmath.workdps(digits + _BEYOND):
            number = Decimal(mpmath.nstr(+value, digits, min_fixed=0, max_fixed=0)).as_tuple()
        text = "".join(map(str, number.digits)).ljust(digits, "0")
        exponent = int(number.exponent) - (digits - len(number.digits))
        return (-int(text) if sign else int(text)), exponent
    # By the power of 2 below it, the number has so many digits before its point, or one more.
    over, under = _LOG_TWO
    power = digits - 1 - (size - 1) * over // under
    whole = _scaled(mantissa, exponent, power)
    if whole >= _power_of_ten(digits):
        power -= 1
        whole = _scaled(mantissa, exponent, power)
    return (-whole if sign else whole), -power


def _scaled(mantissa: int, exponent: int, power: int) -> int:
    """Return ``mantissa * 2^exponent * 10^power`` as a whole number, halves rounded up."""
    over = mantissa * _power_of_ten(power) if power > 0 else mantissa
    under = _power_of_ten(-power) if power < 0 else 1
    if exponent >= 0:
        return ((over << exponent + 1) + under) // (2 * under)
    if under == 1:
        return ((over >> -exponent - 1) + 1) >> 1
    return ((over << 1) + (under << -exponent)) // (under << 1 - exponent)


@lru_cache(maxsize=4096)
def _power_of_ten(exponent: int) -> int:
    power: int = 10**exponent
    return power


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
