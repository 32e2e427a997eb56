"""The derivatives of whole arrays: for each operation one rule, from what comes back to what its operands get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from sympy import Rational, S

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.build import (
    PLACES,
    add,
    divide,
    entry_of,
    from_expression,
    gathered_to,
    matmul,
    multiply,
    negative,
    permuted,
    power,
    repeat,
    reshape,
    total,
    transpose,
)
from symnet.arrays.tree import (
    ArrayTree,
    AxisRange,
    Reduction,
    Window,
    constant,
    is_number,
    is_zero,
    leaf,
    made,
    number,
)

Rule: TypeAlias = Callable[[ArrayTree, ArrayTree, "ArrayTree | None"], "tuple[ArrayTree, ...]"]
"""From an operation, the derivative with respect to it, and the name of its value to those with respect to what it is
of; the name is None where the value has none."""


class ReverseRule(NamedTuple):
    """How derivatives go back through an operation.

    Attributes:
        back: From the derivative with respect to the result to those with respect to the operands.
        reason: The key of the reason that stands beside a line.
    """

    back: Rule
    reason: str


class Share(NamedTuple):
    """What one use of an array adds to the derivative with respect to it.

    Attributes:
        name: The array.
        tree: What the use adds.
        reasons: The reasons of the rules that led there, the outermost first.
    """

    name: str
    tree: ArrayTree
    reasons: tuple[str, ...]


def shares(tree: ArrayTree, upstream: ArrayTree, own: str) -> list[Share]:
    """Return what a node adds to the derivatives with respect to all arrays that it uses.

    Args:
        tree: What the node is.
        upstream: The derivative with respect to the node.
        own: The name of the node.
    """
    return _shares(tree, upstream, leaf(own, tree.shape), ())


def _shares(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None, reasons: tuple[str, ...]) -> list[Share]:
    if tree.kind == "leaf":
        return [Share(tree.option, upstream, reasons)]
    if not tree.of:
        return []
    rule = RULES[tree.kind]
    found = []
    for part, back in zip(tree.of, rule.back(tree, upstream, own), strict=True):
        if not is_zero(back):
            repeated = tree.kind in REPEATING and part.size < tree.size
            found += _shares(part, back, None, (*reasons, rule.reason, *(("broadcast",) if repeated else ())))
    return found


REPEATING = frozenset({"add", "multiply", "divide", "power", "function", "where"})
"""Operations that repeat an operand where another is larger."""


# Operations entry by entry.


def _sum(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return tuple(gathered_to(upstream, part.shape) for part in tree.of)


def _product(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    others = (tree.of[:place] + tree.of[place + 1 :] for place in range(len(tree.of)))
    return tuple(_back(part, multiply(upstream, *rest)) for part, rest in zip(tree.of, others, strict=True))


def _back(part: ArrayTree, derivative: ArrayTree) -> ArrayTree:
    """Return the derivative with respect to an operand; with respect to a number that is written out nobody asks."""
    return number(0) if part.kind == "constant" else gathered_to(derivative, part.shape)


def _quotient(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    over, under = tree.of
    quotient = tree if own is None else own
    return (
        _back(over, divide(upstream, under)),
        _back(under, negative(divide(multiply(upstream, quotient), under))),
    )


def _power(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    base, exponent = tree.of
    value = tree if own is None else own
    less = number(exponent.option[0] - 1) if is_number(exponent) else add(exponent, number(-1))
    by_base = number(0) if base.kind == "constant" else multiply(exponent, upstream, _power_of(base, less))
    logarithm = made("function", base, option="ln")
    growth = value if is_number(base) and base.option[0] is S.Exp1 else multiply(logarithm, value)
    by_exponent = number(0) if exponent.kind == "constant" else multiply(upstream, growth)
    return _back(base, by_base), _back(exponent, by_exponent)


def _power_of(base: ArrayTree, exponent: ArrayTree) -> ArrayTree:
    return number(1) if is_number(exponent) and exponent.option[0] is S.Zero else power(base, exponent)


def _negative(_tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return (negative(upstream),)


def _function(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return the derivative of the function times what comes back, in the value of the function where that has one."""
    places = PLACES[: len(tree.of)] if len(tree.of) <= len(PLACES) else ()
    if not places:
        return _largest(tree, upstream)
    function = FUNCTIONS[tree.option]
    value = function.build(*places)
    arrays = dict(zip(places, tree.of, strict=True)) | ({} if own is None else {value: own})
    return tuple(
        _back(part, multiply(upstream, from_expression(form, arrays)))
        for part, form in zip(tree.of, function.derivatives(*places), strict=True)
    )


def _largest(tree: ArrayTree, upstream: ArrayTree) -> tuple[ArrayTree, ...]:
    """Return the derivatives of the largest or smallest of many."""
    shares = (made("contest", *tree.of, option=(tree.option, place)) for place in range(len(tree.of)))
    return tuple(_back(part, multiply(upstream, won)) for part, won in zip(tree.of, shares, strict=True))


def _where(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return what comes back to the two values, each where it was taken; the comparison has no derivative."""
    left, right, above, below = tree.of
    taken = made("where", left, right, number(1), number(0), option=tree.option)
    left_out = made("where", left, right, number(0), number(1), option=tree.option)
    return (
        number(0),
        number(0),
        _back(above, multiply(upstream, taken)),
        _back(below, multiply(upstream, left_out)),
    )


# Operations on whole arrays.


def _matmul(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return ``G Bᵀ`` and ``Aᵀ G``; a vector stands for a row on the left and for a column on the right."""
    first, second = tree.of
    row, column = len(first.shape) == 1, len(second.shape) == 1
    if row and column:
        return _back(first, multiply(upstream, second)), _back(second, multiply(upstream, first))
    if column:
        if len(first.shape) == 2:
            return made("outer", upstream, second), matmul(transpose(first), upstream)
        wide = reshape(upstream, (*upstream.shape, 1))
        by_first = matmul(wide, reshape(second, (1, *second.shape)))
        by_second = matmul(transpose(first), wide)
        return by_first, _back(second, reshape(by_second, by_second.shape[:-1]))
    if row:
        if len(second.shape) == 2:
            return matmul(second, upstream), made("outer", first, upstream)
        wide = reshape(upstream, (*upstream.shape[:-1], 1, upstream.shape[-1]))
        by_first = matmul(wide, transpose(second))
        by_first = reshape(by_first, (*by_first.shape[:-2], by_first.shape[-1]))
        return _back(first, by_first), matmul(reshape(first, (*first.shape, 1)), wide)
    return _back(first, matmul(upstream, transpose(second))), _back(second, matmul(transpose(first), upstream))


def _turned(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    order = tree.option
    return (permuted(upstream, tuple(order.index(axis) for axis in range(len(order)))),)


def _summed(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return (repeat(upstream, tree.of[0].shape, tree.option.axes),)


def _averaged(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    share = Rational(tree.size, tree.of[0].size)
    return (repeat(multiply(number(share), upstream), tree.of[0].shape, tree.option.axes),)


def _extreme(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    over: Reduction = tree.option
    mask = made("mask", tree.of[0], option=(tree.kind, over))
    return (multiply(repeat(upstream, tree.of[0].shape, over.axes), mask),)


def _softmax(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return ``A ⊙ (G − (G ⊙ A) 1 1ᵀ)``."""
    value = tree if own is None else own
    along = repeat(total(multiply(upstream, value), [tree.option]), tree.shape, [tree.option])
    return (multiply(value, add(upstream, negative(along))),)


def _log_softmax(tree: ArrayTree, upstream: ArrayTree, own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return ``G − e^A ⊙ (G 1 1ᵀ)``."""
    value = tree if own is None else own
    along = repeat(total(upstream, [tree.option]), tree.shape, [tree.option])
    return (add(upstream, negative(multiply(made("function", value, option="exp"), along))),)


def _reshaped(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return (reshape(upstream, tree.of[0].shape),)


def _taken(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return (made("place", upstream, option=(tree.of[0].shape, tree.option)),)


def _joined(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    axis, start, found = tree.option, 0, []
    for part in tree.of:
        end = start + part.shape[axis]
        whole = tuple(AxisRange(0, length) for length in upstream.shape[:axis])
        found.append(made("slice", upstream, option=(*whole, AxisRange(start, end))))
        start = end
    return tuple(found)


def _stacked(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    return tuple(entry_of(upstream, place) for place in range(len(tree.of)))


def _constant(tree: ArrayTree, _upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return nothing: what is detached counts as a constant."""
    return (number(0),) * len(tree.of)


def _outer(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    first, second = tree.of
    return matmul(upstream, second), matmul(transpose(upstream), first)


def _correlate(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return the full correlation with the flipped kernel, and the valid one of the array with what comes back."""
    array, kernel = tree.of
    return (
        made("correlate_input", upstream, kernel, option=(array.shape, tree.option)),
        made("correlate_kernel", array, upstream, option=(kernel.shape, tree.option)),
    )


def _pooled(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    window: Window = tree.option
    operands = (upstream, tree.of[0]) if tree.kind == "maxpool" else (upstream,)
    return (made("unpool", *operands, option=(tree.of[0].shape, window)),)


def _looked_up(tree: ArrayTree, upstream: ArrayTree, _own: ArrayTree | None) -> tuple[ArrayTree, ...]:
    """Return the rows added up where each entry was looked up: the transposed one-hot rows times what comes back."""
    rows, (_shape, places) = tree.of[0].shape[0], tree.option
    cells = tuple(S.One if at == row else S.Zero for row in range(rows) for at in places)
    chosen = constant(cells, (rows, len(places)))
    width = tree.of[0].size // rows
    return (reshape(matmul(chosen, reshape(upstream, (len(places), width))), tree.of[0].shape),)


RULES: Mapping[str, ReverseRule] = MappingProxyType(
    {
        "add": ReverseRule(_sum, "sum"),
        "negative": ReverseRule(_negative, "sum"),
        "multiply": ReverseRule(_product, "product"),
        "divide": ReverseRule(_quotient, "quotient"),
        "power": ReverseRule(_power, "power"),
        "function": ReverseRule(_function, "entrywise"),
        "where": ReverseRule(_where, "cases"),
        "matmul": ReverseRule(_matmul, "matmul"),
        "transpose": ReverseRule(_turned, "rearranged"),
        "sum": ReverseRule(_summed, "total"),
        "mean": ReverseRule(_averaged, "mean"),
        "max": ReverseRule(_extreme, "mask"),
        "min": ReverseRule(_extreme, "mask"),
        "softmax": ReverseRule(_softmax, "softmax"),
        "causal_softmax": ReverseRule(_softmax, "softmax"),
        "log_softmax": ReverseRule(_log_softmax, "log_softmax"),
        "reshape": ReverseRule(_reshaped, "rearranged"),
        "slice": ReverseRule(_taken, "place"),
        "concat": ReverseRule(_joined, "concat"),
        "stack": ReverseRule(_stacked, "sum"),
        "detach": ReverseRule(_constant, "sum"),
        "outer": ReverseRule(_outer, "outer"),
        "correlate": ReverseRule(_correlate, "correlation"),
        "maxpool": ReverseRule(_pooled, "maxpool"),
        "avgpool": ReverseRule(_pooled, "avgpool"),
        "embed": ReverseRule(_looked_up, "embed"),
    }
)
"""For each operation that an expression may hold, how derivatives go back through it."""
