"""Which numbers count besides the true one: those within a tolerance of the description, and those cut off."""

from __future__ import annotations

import mpmath

from symnet.description.marking import Tolerance
from symnet.marking.records import Figures
from symnet.marking.truth import exactly
from symnet.numerics.direct import Value

# What a computer's floats leave where the true value is 0, which no part of it allows.
_NOTHING = mpmath.mpf(10) ** -12
# By such a part two numbers may differ that are the same.
_SAME = mpmath.mpf(10) ** -20
# With fewer significant digits than that, cutting off says nothing.
_FEWEST_DIGITS = 2


def allowed(tolerance: Tolerance, true: Value) -> Value:
    """Return by how much a number may differ from a true one, at the precision in force.

    Args:
        tolerance: What the description allows.
        true: The true value.
    """
    if tolerance.absolute is not None:
        return exactly(tolerance.absolute)
    if not true:
        return _NOTHING
    if tolerance.relative is not None:
        return exactly(tolerance.relative) * abs(true)
    digits = tolerance.digits or 1
    last = int(mpmath.floor(mpmath.log10(abs(true)))) + 1 - digits
    return mpmath.mpf(10) ** last / 2


def is_within(tolerance: Tolerance, value: Value, true: Value) -> bool:
    """Return whether a number is as near to a true one as a tolerance demands.

    Args:
        tolerance: What the description allows.
        value: The number.
        true: The true value.
    """
    return bool(abs(value - true) <= allowed(tolerance, true) * (1 + _SAME))


def is_truncated(figures: Figures, true: Value) -> bool:
    """Return whether a number is a true one whose digits were cut off, where rounding would have given another.

    Args:
        figures: The number as it was written.
        true: The true value.
    """
    unit, value = exactly(figures.unit), exactly(figures.value)
    if not value or (value > 0) != (true > 0) or len(str(abs(figures.value) // figures.unit)) < _FEWEST_DIGITS:
        return False
    rest = (abs(true) - abs(value)) / unit
    return bool(mpmath.mpf(1) / 2 < rest < 1)
