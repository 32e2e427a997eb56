"""Slips in writing a number down: two digits exchanged, a digit copied wrongly, the decimal point shifted."""

from __future__ import annotations

from fractions import Fraction

import mpmath

from symnet.arithmetic.real import Value
from symnet.marking.records import Figures

# With fewer significant digits, too many numbers are a slip away.
FEWEST_FIGURES = 3
# What lies half way between two numbers, but for such a part, lies there.
_TIE = mpmath.mpf(10) ** -20
# By how many places a decimal point is shifted at most.
_MOST_PLACES = 2

SHIFTED, EXCHANGED, MISCOPIED = "decimal_point_shifted", "digits_exchanged", "digit_miscopied"
NAMES = (SHIFTED, EXCHANGED, MISCOPIED)
"""The names of these mistakes."""


def slip_of(figures: Figures, true: Value) -> str | None:
    """Return the name of the slip by which a number is not the true one; None where no single slip explains it.

    Args:
        figures: The number as it was written.
        true: The true value.
    """
    digits = str(abs(figures.value) // figures.unit)
    if not figures.value or len(digits) < FEWEST_FIGURES:
        return None
    return SHIFTED if _is_shifted(figures, true) else _miswritten(digits, figures, true)


def rounded_like(figures: Figures, true: Value) -> Fraction:
    """Return the true value rounded at the last digit of a number."""
    return int(mpmath.nint(true / _exactly(figures.unit))) * figures.unit


def _is_shifted(figures: Figures, true: Value) -> bool:
    """Return whether the true value rounds to the number with its decimal point elsewhere."""
    for places in range(-_MOST_PLACES, _MOST_PLACES + 1):
        shift = Fraction(10) ** places
        # Half way between two numbers it may be rounded to either.
        half = _exactly(figures.unit * shift) / 2 * (1 + _TIE)
        if places and abs(_exactly(figures.value * shift) - true) <= half:
            return True
    return False


def _miswritten(digits: str, figures: Figures, true: Value) -> str | None:
    """Return whether two neighbouring digits are exchanged, or one digit is another, beside the true value's."""
    rounded = str(abs(rounded_like(figures, true)) // figures.unit)
    if len(rounded) != len(digits) or (figures.value < 0) != (true < 0):
        return None
    wrong = [place for place, (one, other) in enumerate(zip(digits, rounded, strict=True)) if one != other]
    if len(wrong) == 1:
        # Zeros at the end say nothing: 1.000 and 2.000 are two short numbers, with many ways from one to the other.
        return MISCOPIED if max(len(number.rstrip("0")) for number in (digits, rounded)) >= FEWEST_FIGURES else None
    first, second = (wrong[0], wrong[1]) if len(wrong) == 2 else (0, 0)
    is_exchange = second == first + 1 and (digits[first], digits[second]) == (rounded[second], rounded[first])
    return EXCHANGED if is_exchange else None


def _exactly(number: Fraction) -> Value:
    return mpmath.mpf(number.numerator) / number.denominator
