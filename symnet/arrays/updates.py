"""A training step of whole arrays: the rule of an optimizer entry by entry, and what clipping makes of a gradient."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from sympy import Integer, Pow, Symbol
from sympy.core.expr import Expr

from symnet.arrays.build import add, from_expression, multiply, total
from symnet.arrays.tree import ArrayTree, Shape, leaf
from symnet.catalog.optimizers import CLIPPED, GRADIENT, PARAMETER, Optimizer

RuleLines = tuple[tuple[Symbol, ArrayTree], ...]
"""What a step works out for an array of parameters, in order, by the symbols of the rule."""


def states_of_numbers(optimizer: Optimizer) -> frozenset[Symbol]:
    """Return what an optimizer keeps that depends on neither parameters nor gradients, and so is one number for all.

    Args:
        optimizer: The optimizer.
    """
    own = {PARAMETER, GRADIENT}
    for state in optimizer.states:
        for symbol, line in (*state.before, (state.symbol, state.update)):
            if own & line.free_symbols:
                own.add(symbol)
    return frozenset(state.symbol for state in optimizer.states if state.symbol not in own)


def rule_of_arrays(
    optimizer: Optimizer,
    shape: Shape,
    numbers: Container[Symbol] = (),
    put_in: Mapping[Symbol, ArrayTree] = MappingProxyType({}),
) -> RuleLines:
    """Return the lines of the rule of an optimizer for an array of parameters; a square is a product entry by entry.

    Leaves have the names of the symbols of the rule.

    Args:
        optimizer: The optimizer.
        shape: The shape of the array.
        numbers: What the optimizer keeps that is one number for all parameters.
        put_in: What stands in the place of symbols of the rule, such as the gradient.
    """
    kept = (state.symbol for state in optimizer.states)
    known: dict[Expr, ArrayTree] = {
        symbol: leaf(symbol.name, () if symbol in numbers else shape) for symbol in (PARAMETER, GRADIENT, *kept)
    }
    known.update(put_in)
    lines = []
    for symbol, expression in optimizer.lines:
        tree = _of_arrays(expression, known)
        lines.append((symbol, tree))
        known[symbol] = leaf(symbol.name, tree.shape)
    return tuple(lines)


def rescaled_array(shape: Shape) -> ArrayTree:
    """Return what is made of a gradient where the norm of all gradients is more than is allowed.

    Args:
        shape: The shape of the gradient.
    """
    return _of_arrays(CLIPPED, {GRADIENT: leaf(GRADIENT.name, shape)})


def squared_norm(gradients: Iterable[ArrayTree]) -> ArrayTree:
    """Return the square of the norm of several gradients together: the sum of the squares of all their entries.

    Args:
        gradients: The gradients.
    """
    return add(*(total(multiply(one, one), range(len(one.shape))) for one in gradients))


def _of_arrays(expression: Expr, known: dict[Expr, ArrayTree]) -> ArrayTree:
    """Return a line of a rule as an expression of arrays; what is not known in it is a number."""
    arrays = {**{symbol: leaf(str(symbol), ()) for symbol in expression.free_symbols}, **known}
    for square in expression.atoms(Pow):
        base, exponent = square.args
        body = from_expression(base, arrays) if exponent == Integer(2) else None
        if body is not None and body.shape:
            arrays[square] = multiply(body, body)
    return from_expression(expression, arrays)
