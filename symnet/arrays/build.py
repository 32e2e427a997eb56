"""Array expressions put together and kept short: numbers in front, no factors of 1, no terms of 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sympy import Add, Mul, Pow, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins
from symnet.arrays.tree import (
    ONE,
    ArrayTree,
    Reduction,
    Shape,
    broadcast,
    filled,
    is_number,
    is_zero,
    made,
    number,
    number_of,
)


def add(*terms: ArrayTree) -> ArrayTree:
    """Return a sum, sums in it dissolved and zeros left out where that leaves its shape."""
    flat = [part for term in terms for part in (term.of if term.kind == "add" else (term,))]
    shape = broadcast(*(term.shape for term in flat))
    kept = [term for term in flat if not is_zero(term)]
    if not kept:
        return filled(S.Zero, shape)
    if broadcast(*(term.shape for term in kept)) != shape:
        kept = flat
    return kept[0] if len(kept) == 1 else made("add", *kept)


def negative(of: ArrayTree) -> ArrayTree:
    """Return the opposite; that of an opposite is what it is of."""
    if is_number(of) and of.option[0].is_Rational:
        return number(-of.option[0])
    return of.of[0] if of.kind == "negative" else made("negative", of)


def multiply(*factors: ArrayTree) -> ArrayTree:
    """Return a product entry by entry: its number in front, what is spread from a number taken as that number."""
    coefficient: Expr = S.One
    others: list[ArrayTree] = []
    for factor in _flat(factors):
        size = number_of(factor)
        if size is None:
            others.append(factor)
        else:
            coefficient *= size
    shape = broadcast(*(factor.shape for factor in factors))
    if coefficient is S.Zero or not others:
        return filled(coefficient, shape)
    # A number spread out is one number only where another factor has the shape.
    if broadcast(*(factor.shape for factor in others)) != shape:
        others.insert(0, filled(coefficient, shape))
        coefficient = S.One
    under = [factor.of[1] for factor in others if factor.kind == "divide" and number_of(factor.of[0]) == 1]
    others = _gathered([f for f in others if not (f.kind == "divide" and number_of(f.of[0]) == 1)])
    body = ONE if not others else others[0] if len(others) == 1 else made("multiply", *others)
    body = made("divide", body, multiply(*under)) if under else body
    if coefficient is S.One:
        return body
    if coefficient is S.NegativeOne:
        return negative(body)
    if coefficient.is_negative:
        return negative(made("multiply", number(-coefficient), *_flat([body])))
    return made("multiply", number(coefficient), *_flat([body]))


def _flat(factors: Iterable[ArrayTree]) -> Iterable[ArrayTree]:
    """Yield the factors of products, signs as numbers."""
    for factor in factors:
        if factor.kind == "multiply":
            yield from _flat(factor.of)
        elif factor.kind == "negative":
            yield number(S.NegativeOne)
            yield from _flat(factor.of)
        else:
            yield factor


def _gathered(factors: list[ArrayTree]) -> list[ArrayTree]:
    """Return the factors, single numbers before the arrays."""
    return sorted(factors, key=lambda factor: bool(factor.shape))


def divide(over: ArrayTree, under: ArrayTree) -> ArrayTree:
    """Return a quotient entry by entry; a number below becomes one in front."""
    size = number_of(under)
    if size and under.shape == ():
        return multiply(number(1 / size), over)
    if is_zero(over):
        return filled(S.Zero, broadcast(over.shape, under.shape))
    if over.kind == "negative":
        return negative(divide(over.of[0], under))
    if over.kind == "divide":
        return divide(over.of[0], multiply(over.of[1], under))
    return made("divide", over, under)


def power(base: ArrayTree, exponent: ArrayTree) -> ArrayTree:
    """Return a power entry by entry; the first is the base itself."""
    return base if exponent == ONE else made("power", base, exponent)


def matmul(first: ArrayTree, second: ArrayTree) -> ArrayTree:
    """Return a matrix product, numbers and signs taken out to its front."""
    signs: list[ArrayTree] = []
    bare = []
    for factor in (first, second):
        while True:
            if factor.kind == "negative":
                signs.append(number(S.NegativeOne))
                factor = factor.of[0]  # noqa: PLW2901 - what is left of it
            elif factor.kind == "multiply" and factor.of[0].shape == () and len(factor.of) > 1:
                signs.append(factor.of[0])
                factor = multiply(*factor.of[1:])  # noqa: PLW2901 - likewise
            else:
                break
        bare.append(factor)
    product = made("matmul", *bare)
    return multiply(*signs, product) if signs else product


def transpose(of: ArrayTree) -> ArrayTree:
    """Return an array with its last two axes interchanged; a vector as it is."""
    axes = len(of.shape)
    if axes < 2:
        return of
    order = (*range(axes - 2), axes - 1, axes - 2)
    if of.kind == "transpose" and of.option == order:
        return of.of[0]
    return made("transpose", of, option=order)


def reshape(of: ArrayTree, shape: Shape) -> ArrayTree:
    """Return the same numbers in another shape."""
    if of.shape == shape:
        return of
    return made("reshape", of.of[0] if of.kind == "reshape" else of, option=shape)


def total(of: ArrayTree, axes: Iterable[int], *, kept: bool = False) -> ArrayTree:
    """Return the sum over axes; over none of them, the array itself."""
    over = Reduction(tuple(sorted(axes)), kept)
    return made("sum", of, option=over) if over.axes else of


def repeat(of: ArrayTree, shape: Shape, axes: Iterable[int]) -> ArrayTree:
    """Return an array repeated along axes that it does not have, or along which it has the length 1."""
    found = tuple(axes)
    if of.shape == shape:
        return of
    value = number_of(of)
    return filled(value, shape) if value is not None else made("repeat", of, option=(shape, found))


def gathered_to(of: ArrayTree, shape: Shape) -> ArrayTree:
    """Return what comes back to an operand of a shape: the sum over the axes along which it was repeated."""
    if of.shape == shape:
        return of
    missing = len(of.shape) - len(shape)
    if missing:
        of = total(of, range(missing))
    wide = [axis for axis, (own, other) in enumerate(zip(shape, of.shape, strict=True)) if own != other]
    return total(of, wide, kept=True)


# Scalar expressions of places as array expressions.


def from_expression(expression: Expr, arrays: Mapping[Expr, ArrayTree]) -> ArrayTree:
    """Return a scalar expression as one of arrays, entry by entry.

    Args:
        expression: An ordered expression.
        arrays: What stands for its symbols, and for parts of it.
    """
    known = arrays.get(expression)
    if known is not None:
        return known
    kind = type(expression)
    if expression.is_number and not expression.args:
        return number(expression)
    if kind in _JOINED:
        return _JOINED[kind](*(from_expression(part, arrays) for part in expression.args))
    if kind in (Wins, Undercuts):
        index, *entries = expression.args
        name = "max" if kind is Wins else "min"
        return made("contest", *(from_expression(part, arrays) for part in entries), option=(name, int(index)))
    arguments = expression.args[1:] if kind is Applied else expression.args
    name = expression.name if kind is Applied else _NAMES[kind]
    return made("function", *(from_expression(part, arrays) for part in arguments), option=name)


def _branch(switch: ArrayTree, above: ArrayTree, below: ArrayTree) -> ArrayTree:
    return made("where", switch, number(0), above, below, option=">")


_JOINED: Mapping[type, Callable[..., ArrayTree]] = {
    PathSum: add,
    Add: add,
    Chain: multiply,
    Mul: multiply,
    Quotient: divide,
    Pow: power,
    Branch: _branch,
    Indicator: lambda of: made("indicator", of),
}
_NAMES: Mapping[type, str] = {exp: "exp", log: "ln", tanh: "tanh"}
PLACES = tuple(Symbol(f"place{number}") for number in range(4))
"""Symbols for operands, of which no description knows."""
