"""Where an expression changes its branch, and which convention holds there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from sympy import S, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, difference

# What is taken for the derivative at a kink: the sentence of each function that has one, and that of cases.


class Kink(NamedTuple):
    """A convention.

    Attributes:
        name: The function whose derivative jumps.
        sentence: What is taken for its derivative there.
    """

    name: str
    sentence: str


KINKS: Mapping[str, Kink] = MappingProxyType(
    {
        **{name: Kink(name, entry.kink) for name, entry in FUNCTIONS.items() if entry.kink},
        "cases": Kink("cases", "At the boundary between cases, the lower case is used."),
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


# Where an expression changes its branch: at the zeros of its switches.


def switches(expression: Expr) -> tuple[Expr, ...]:
    """Return the expressions at whose zero some part of ``expression`` passes from one branch to another."""
    found: dict[Expr, None] = {}
    for part in preorder_traversal(expression):
        name = part.name if isinstance(part, Applied) else type(part).__name__
        if name in _ONE_SWITCH:
            found[part.args[isinstance(part, Applied)]] = None
        elif name in _RIVALS:
            found |= dict.fromkeys(_distance(first, second) for first, second in combinations(part.args[1:], 2))
    return tuple(switch for switch in found if not switch.is_number)


_ONE_SWITCH = {name for name, entry in FUNCTIONS.items() if entry.kink and entry.most == 1} | {"Indicator", "Branch"}
_RIVALS = {name for name, entry in FUNCTIONS.items() if entry.kink and entry.most > 1} | {"Wins", "Undercuts"}


def _distance(first: Expr, second: Expr) -> Expr:
    """Return the difference of two arguments, a number behind the other and 0 left out."""
    if first.is_number:
        first, second = second, first
    return first if second is S.Zero else difference(first, second)
