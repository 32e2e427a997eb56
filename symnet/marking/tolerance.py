"""Which numbers count besides the true one, where a description says how far they may be off."""

from __future__ import annotations

import mpmath

from symnet.arithmetic.real import Value
from symnet.description.marking import Tolerance
from symnet.marking.truth import exactly

# What a computer's floats leave where the true value is 0, which no part of it allows.
_NOTHING = mpmath.mpf(10) ** -12
# By such a part two numbers may differ that are the same.
_SAME = mpmath.mpf(10) ** -20


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
