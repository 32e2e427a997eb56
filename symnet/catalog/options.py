"""Options: the numbers and choices that a catalog entry may be given in a description."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Option(NamedTuple):
    """One option of a catalog entry; what it is, a sentence says by its name.

    Attributes:
        name: Its key in a description.
        default: Its value where a description does not give one.
        least: The least number allowed, or None.
        most: The largest number allowed, or None.
        above: Whether the least number is itself left out.
        below: Whether the largest number is itself left out.
        whole: Whether it is a whole number.
        choices: The only values allowed, where there are few.
        each: Whether it is a list of numbers, one a class; the default is that of each.
        key: What its sentence is called, if an option of another entry has the same name; else empty.
    """

    name: str
    default: Fraction | str
    least: Fraction | None = None
    most: Fraction | None = None
    above: bool = False
    below: bool = False
    whole: bool = False
    choices: tuple[str, ...] = ()
    each: bool = False
    key: str = ""

    @property
    def said(self) -> str:
        """The key of the sentence that says what it is."""
        return f"option.{self.key or self.name}"
