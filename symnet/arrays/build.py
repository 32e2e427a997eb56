"""Array expressions put together and kept short: numbers in front, no factors of 1, no terms of 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sympy import Add, Mul, Pow, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins
from symnet.arrays.tree import (
    ONE,
    ArrayTree,
    AxisRange,
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
    return kept[0] if len(kept) == 1 else made("add", *_unrepeated(kept, shape))


def _unrepeated(parts: list[ArrayTree], shape: Shape) -> list[ArrayTree]:
    """Return operands without the repetitions that the others bring about, as where a row is added to a matrix."""
    found = list(parts)
    for place, part in enumerate(parts):
        sign, bare = (True, part.of[0]) if part.kind == "negative" else (False, part)
        if bare.kind != "repeat" or not _is_brought(bare):
            continue
        others = broadcast(*(other.shape for at, other in enumerate(found) if at != place)) if len(found) > 1 else ()
        if others == shape:
            found[place] = negative(bare.of[0]) if sign else bare.of[0]
    return found


def _is_brought(tree: ArrayTree) -> bool:
    """Return whether broadcasting repeats what is repeated here by itself: its axes are the last ones."""
    own = tree.of[0].shape
    return len(own) == len(tree.shape) or (
        own == tree.shape[len(tree.shape) - len(own) :]
        and not (set(tree.option[1]) & set(range(len(tree.shape) - len(own), len(tree.shape))))
    )


def negative(of: ArrayTree) -> ArrayTree:
    """Return the opposite; that of an opposite is what it is of, and that of a difference the other way round."""
    if of.kind == "add" and len(of.of) == 2 and of.of[1].kind == "negative":
        return made("add", of.of[1].of[0], made("negative", of.of[0]))
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
    fresh = _unrepeated(others, shape) if not under else others
    if fresh != others:
        # What was repeated may have numbers and signs of its own.
        return multiply(number(coefficient), *fresh)
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
    left, front, below = _apart(first)
    right, more, further = _apart(second)
    return _joined([*front, *more], made("matmul", left, right), [*below, *further])


def _apart(tree: ArrayTree) -> tuple[ArrayTree, list[ArrayTree], list[ArrayTree]]:
    """Return an array without the single numbers before it and under it, and both of these."""
    if not tree.shape:
        return tree, [], []
    if tree.kind == "negative":
        bare, front, below = _apart(tree.of[0])
        return bare, [number(S.NegativeOne), *front], below
    if tree.kind == "multiply" and not tree.of[0].shape and len(tree.of) > 1:
        bare, front, below = _apart(multiply(*tree.of[1:]))
        return bare, [tree.of[0], *front], below
    if tree.kind == "divide" and not tree.of[1].shape:
        bare, front, below = _apart(tree.of[0])
        return bare, front, [tree.of[1], *below]
    return tree, [], []


def _joined(front: list[ArrayTree], body: ArrayTree, below: list[ArrayTree]) -> ArrayTree:
    whole = multiply(*front, body) if front else body
    return divide(whole, multiply(*below)) if below else whole


def transpose(of: ArrayTree) -> ArrayTree:
    """Return an array with its last two axes interchanged; a vector as it is."""
    axes = len(of.shape)
    return of if axes < 2 else permuted(of, (*range(axes - 2), axes - 1, axes - 2))


def permuted(of: ArrayTree, order: tuple[int, ...]) -> ArrayTree:
    """Return an array with its axes in another order; that of a product of matrices is one of their transposes."""
    bare, front, below = _apart(of)
    if bare.kind == "transpose" and tuple(bare.option[axis] for axis in order) == tuple(range(len(order))):
        turned = bare.of[0]
    elif bare.kind == "matmul" and order == (1, 0) and all(len(part.shape) == 2 for part in bare.of):
        turned = made("matmul", transpose(bare.of[1]), transpose(bare.of[0]))
    elif bare.kind == "outer":
        turned = made("outer", *reversed(bare.of))
    else:
        turned = made("transpose", bare, option=order)
    return _joined(front, turned, below)


def reshape(of: ArrayTree, shape: Shape) -> ArrayTree:
    """Return the same numbers in another shape."""
    if of.shape == shape:
        return of
    return made("reshape", of.of[0] if of.kind == "reshape" else of, option=shape)


def total(of: ArrayTree, axes: Iterable[int], *, kept: bool = False) -> ArrayTree:
    """Return the sum over axes; over none of them, the array itself."""
    over = Reduction(tuple(sorted(axes)), kept)
    if not over.axes:
        return of
    bare, front, below = _apart(of)
    return _joined(front, made("sum", bare, option=over), below)


def repeat(of: ArrayTree, shape: Shape, axes: Iterable[int]) -> ArrayTree:
    """Return an array repeated along axes that it does not have, or along which it has the length 1."""
    found = tuple(axes)
    if of.shape == shape:
        return of
    value = number_of(of)
    if value is not None:
        return filled(value, shape)
    bare, front, below = _apart(of)
    return _joined(front, made("repeat", bare, option=(shape, found)), below)


def entry_of(of: ArrayTree, place: int) -> ArrayTree:
    """Return one entry along the first axis, taken of the operands of what is done entry by entry.

    Args:
        of: An array.
        place: The place along its first axis, from 0.
    """
    value = number_of(of)
    if value is not None:
        return filled(value, of.shape[1:])
    if of.kind == "stack":
        return of.of[place]
    if of.kind in _ENTRYWISE:
        parts = [entry_of(part, place if part.shape[0] > 1 else 0) if _has_axis(part, of) else part for part in of.of]
        return _ENTRYWISE[of.kind](of, parts)
    if of.kind == "repeat" and not of.of[0].shape:
        return repeat(of.of[0], of.shape[1:], range(len(of.shape) - 1))
    return made("slice", of, option=(AxisRange(place, place + 1, single=True),))


def _has_axis(part: ArrayTree, of: ArrayTree) -> bool:
    """Return whether an operand has the first axis of the whole."""
    return len(part.shape) == len(of.shape)


_ENTRYWISE: Mapping[str, Callable[[ArrayTree, list[ArrayTree]], ArrayTree]] = {
    "add": lambda _of, parts: add(*parts),
    "negative": lambda _of, parts: negative(*parts),
    "multiply": lambda _of, parts: multiply(*parts),
    "divide": lambda _of, parts: divide(*parts),
    "power": lambda _of, parts: power(*parts),
    "function": lambda of, parts: made("function", *parts, option=of.option),
    "where": lambda of, parts: made("where", *parts, option=of.option),
}


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
    first, *others = switch.of if switch.kind == "add" else (switch,)
    if first.kind != "negative":
        return made("where", switch, number(0), above, below, option=">")
    # As a comparison makes it: -left + right > 0 is left < right.
    right = add(*others) if others else number(0)
    return made("where", first.of[0], right, above, below, option="<")


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
