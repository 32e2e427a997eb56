"""Where an expression changes its branch, and which convention holds there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import S, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, difference

# Where the derivative is a convention: at the kink of a function, and where cases meet.

CASES = "cases"
"""What stands for the convention where the cases of an expression meet; that of a function has the function's name."""


def kinked_functions(expression: Expr) -> Iterator[str]:
    """Yield the name of each function in ``expression`` that has a kink, once; :data:`CASES` for a value by cases."""
    names = (
        CASES if isinstance(part, Branch) else part.name
        for part in preorder_traversal(expression)
        if isinstance(part, Applied | Branch)
    )
    yield from (name for name in dict.fromkeys(names) if name == CASES or (name in FUNCTIONS and FUNCTIONS[name].kink))


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
