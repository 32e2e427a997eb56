"""What is taken for the slope at a kink: one sentence for each function that has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sympy import preorder_traversal
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch


class Kink(NamedTuple):
    """A convention.

    Attributes:
        name: The function whose slope jumps.
        sentence: What is taken for its slope there.
    """

    name: str
    sentence: str


_TIES = "Where two of them are equal, the number takes the slope, or else the first."

KINKS: Mapping[str, Kink] = MappingProxyType(
    {
        kink.name: kink
        for kink in (
            Kink("relu", "At 0 the slope of relu is taken to be 0."),
            Kink("max", f"A maximum has the slope of the largest argument. {_TIES}"),
            Kink("min", f"A minimum has the slope of the smallest argument. {_TIES}"),
            Kink("abs", "At 0 the slope of the absolute value is taken to be 0."),
            Kink("sign", "At 0 the sign is 0, and its slope is taken to be 0 everywhere."),
            Kink("cases", "Where the cases meet, the slope of the lower one is taken."),
        )
    }
)


def kinked_functions(expression: Expr) -> Iterator[Kink]:
    """Yield the convention of each function in ``expression`` that has a kink, once."""
    names = (
        "cases" if isinstance(part, Branch) else part.name
        for part in preorder_traversal(expression)
        if isinstance(part, Applied | Branch)
    )
    yield from (KINKS[name] for name in dict.fromkeys(names) if name in KINKS)
