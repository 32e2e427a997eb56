"""Which inputs of a graph are the targets of a cross-entropy: those that stand only in front of logarithms."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sympy import Symbol, log
from sympy.core.expr import Expr

from symnet.calculus import Applied, Chain


def distributions(formulas: Iterable[Expr], inputs: Collection[Symbol]) -> tuple[tuple[Symbol, ...], ...]:
    """Return the sets of ``inputs`` each of which weighs logarithms in one formula, or one each in several.

    A target may stand in its own logarithm too, as in ``y ln(y/a)``, and nowhere else.

    Args:
        formulas: The expressions of all nodes.
        inputs: The inputs that may be targets, in order.
    """
    sets: list[dict[Symbol, None]] = []
    elsewhere: set[Symbol] = set()
    for formula in formulas:
        weights: dict[Symbol, None] = {}
        _look(formula, weights, elsewhere)
        sets.append(weights)
    whole = [symbol for symbol in inputs if symbol not in elsewhere]
    found = [tuple(symbol for symbol in whole if symbol in weights) for weights in sets]
    if not any(len(targets) > 1 for targets in found):
        found = [tuple(dict.fromkeys(symbol for targets in found for symbol in targets))]
    return tuple(dict.fromkeys(targets for targets in found if len(targets) > 1))


def _look(
    expression: Expr, weights: dict[Symbol, None], elsewhere: set[Symbol], within: Collection[Symbol] = ()
) -> None:
    """Add what weighs a logarithm in ``expression``, and what stands elsewhere in it."""
    if expression.is_Symbol and expression not in within:
        elsewhere.add(expression)
    parts = expression.args[1:] if isinstance(expression, Applied) else expression.args
    if isinstance(expression, Chain) and sum(map(_is_logarithm, parts)) == 1:
        own = [part for part in parts if part.is_Symbol]
        weights |= dict.fromkeys(own)
        for part in parts:
            if part not in own:
                _look(part, weights, elsewhere, own if _is_logarithm(part) else ())
        return
    for part in parts:
        _look(part, weights, elsewhere, within)


def _is_logarithm(expression: Expr) -> bool:
    return isinstance(expression, log) or (isinstance(expression, Applied) and expression.name in {"log2", "log10"})
