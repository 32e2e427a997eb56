"""Draws that are the same on every machine and in every version of Python, whatever else is drawn beside them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import count
from typing import TypeVar

VERSION = 1
"""How variants are drawn: a change of anything that decides what a sheet holds gives it the next number."""

_Item = TypeVar("_Item")
# The digest of one draw as a number.
_BYTES = 8
_SPAN = 1 << (8 * _BYTES)


class Draws:
    """What is drawn for one variant: under each name a sequence of its own, which no other name changes.

    Args:
        seed: The seed of the whole class.
        number: The number of the draw.
        version: How variants are drawn.
    """

    def __init__(self, seed: int, number: int, version: int = VERSION) -> None:
        self._lead = f"symnet:{version}:{seed}:{number}"

    def below(self, name: str, most: int, place: int = 0) -> int:
        """Return a whole number from 0 to ``most - 1``, each as likely as the others.

        A digest that would favour the small numbers is passed over for the next.

        Args:
            name: What is drawn.
            most: How many numbers there are.
            place: Which of several draws under one name.
        """
        fair = _SPAN - _SPAN % most
        for counter in count():
            number = self._digest(name, place, counter)
            if number < fair:
                return number % most
        raise AssertionError("no digest is fair")

    def one_of(self, name: str, items: Sequence[_Item]) -> _Item:
        """Return one of some items, each as likely as the others."""
        return items[self.below(name, len(items))]

    def shuffled(self, name: str, items: Sequence[_Item]) -> tuple[_Item, ...]:
        """Return all of some items in one of their orders, each as likely as the others (Fisher and Yates)."""
        found = list(items)
        for last in range(len(found) - 1, 0, -1):
            other = self.below(name, last + 1, last)
            found[last], found[other] = found[other], found[last]
        return tuple(found)

    def _digest(self, name: str, place: int, counter: int) -> int:
        # The length tells where the name ends, whatever is in it.
        text = f"{self._lead}:{len(name)}:{name}:{place}:{counter}"
        return int.from_bytes(blake2b(text.encode(), digest_size=_BYTES).digest(), "big")
