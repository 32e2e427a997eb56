"""Checks of what the keys of a description demand of one another: what one is, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

from symnet.description.source import Flaw
from symnet.limits import MOST_FLAWS


class CrossCheck(NamedTuple):
    """A check and the keys it looks at.

    Attributes:
        needs: It runs if all of these are there and fine in themselves.
        find: From their values to what is wrong.
        without: And if none of these is there.
    """

    needs: tuple[str, ...]
    find: Callable[..., Iterator[Flaw]]
    without: tuple[str, ...] = ()


def flaws(description: Mapping[str, Any], checks: Iterable[CrossCheck]) -> Iterator[Flaw]:
    """What does not fit together among the keys that are given."""
    known = (
        (check, [description.get(key) for key in check.needs])
        for check in checks
        # A key that is there and wrong in itself is not among those that are known.
        if all(description.get(key, key) is None for key in check.without)
    )
    found = (check.find(*parts) for check, parts in known if None not in parts)
    return islice(chain.from_iterable(found), MOST_FLAWS)


def count(number: int, noun: str) -> str:
    """So many of something, in words."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
