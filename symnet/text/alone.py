"""The words on a sheet that shows one quantity alone."""

from __future__ import annotations

DERIVATIVE = "One derivative, line by line"
EQUATION = "One equation"


def numbers_of(number: int, several: bool) -> str:
    """Return the title of what a sample makes of a quantity in numbers.

    Args:
        number: The 1-based sample.
        several: Whether there are others.
    """
    return f"In numbers, sample {number}" if several else "In numbers"
