"""Where an expression changes its branch: at the zeros of its switches."""

from __future__ import annotations

from itertools import combinations

from sympy import S, preorder_traversal
from sympy.core.expr import Expr

from symnet.calculus import Applied, difference


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


_ONE_SWITCH = frozenset({"relu", "abs", "sign", "Indicator", "Branch"})
_RIVALS = frozenset({"max", "min", "Wins", "Undercuts"})


def _distance(first: Expr, second: Expr) -> Expr:
    """Return the difference of two arguments, a number behind the other and 0 left out."""
    if first.is_number:
        first, second = second, first
    return first if second is S.Zero else difference(first, second)
