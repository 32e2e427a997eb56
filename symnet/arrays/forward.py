"""The tangents of whole arrays: for each operation one rule, from those of its operands to that of its result."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from sympy import S

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.build import (
    PLACES,
    add,
    divide,
    from_expression,
    matmul,
    multiply,
    negative,
    permuted,
    power,
    repeat,
    reshape,
    total,
)
from symnet.arrays.tree import ArrayTree, Shape, filled, is_number, is_zero, leaf, made, number


class Tangent(NamedTuple):
    """The name of the tangent of an array, as the option of a leaf.

    Attributes:
        name: The array.
    """

    name: str

    def __str__(self) -> str:
        """Return the tangent as it stands in a text."""
        return f"dot_{self.name}"


Rule: TypeAlias = Callable[[ArrayTree, "tuple[ArrayTree, ...]", ArrayTree], ArrayTree]
"""From an operation, the tangents of its operands and the name of its value to its tangent."""


def tangent_of(tree: ArrayTree, moving: Container[str], own: str) -> ArrayTree:
    """Return the tangent of a node, in those of the arrays that it uses.

    Args:
        tree: What the node is.
        moving: The arrays that have tangents; those of all others are 0.
        own: The name of the node.
    """
    return _tangent(tree, moving, leaf(own, tree.shape))


def _tangent(tree: ArrayTree, moving: Container[str], own: ArrayTree | None) -> ArrayTree:
    if tree.kind == "leaf" and tree.option in moving:
        return ArrayTree("leaf", (), tree.shape, Tangent(tree.option))
    tangents = tuple(_tangent(part, moving, None) for part in tree.of)
    if all(map(is_zero, tangents)):
        return filled(S.Zero, tree.shape)
    return RULES[tree.kind](tree, tangents, tree if own is None else own)


# Operations entry by entry.


def _sum(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    return _in_shape(tree.shape, *tangents)


def _in_shape(shape: Shape, *terms: ArrayTree) -> ArrayTree:
    """Return a sum of tangents in the shape of the result, zeros left out of it."""
    kept = [term for term in terms if not is_zero(term)]
    whole = add(*kept) if kept else filled(S.Zero, shape)
    if whole.shape == shape:
        return whole
    missing = len(shape) - len(whole.shape)
    own = (1,) * missing + whole.shape
    axes = tuple(axis for axis, (have, want) in enumerate(zip(own, shape, strict=True)) if have != want)
    if missing and any(axis >= missing for axis in axes):
        whole, missing = reshape(whole, own), 0
    return repeat(whole, shape, tuple(range(missing)) + tuple(axis for axis in axes if axis >= missing))


def _negative(_tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    return negative(tangents[0])


def _product(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    terms = [
        multiply(*tree.of[:place], one, *tree.of[place + 1 :]) for place, one in enumerate(tangents) if not is_zero(one)
    ]
    return _in_shape(tree.shape, *terms)


def _quotient(tree: ArrayTree, tangents: tuple[ArrayTree, ...], own: ArrayTree) -> ArrayTree:
    """Return ``(U̇ − Q ⊙ V̇) ⊘ V``."""
    over, under = tangents
    terms = [over] if not is_zero(over) else []
    terms += [negative(multiply(own, under))] if not is_zero(under) else []
    return _in_shape(tree.shape, divide(add(*terms), tree.of[1]))


def _power(tree: ArrayTree, tangents: tuple[ArrayTree, ...], own: ArrayTree) -> ArrayTree:
    base, exponent = tree.of
    terms = []
    if not is_zero(tangents[0]):
        less = number(exponent.option[0] - 1) if is_number(exponent) else add(exponent, number(-1))
        raised = number(1) if is_zero(less) and is_number(less) else power(base, less)
        terms.append(multiply(exponent, raised, tangents[0]))
    if not is_zero(tangents[1]):
        natural = is_number(base) and base.option[0] is S.Exp1
        growth = own if natural else multiply(made("function", base, option="ln"), own)
        terms.append(multiply(growth, tangents[1]))
    return _in_shape(tree.shape, *terms)


def _function(tree: ArrayTree, tangents: tuple[ArrayTree, ...], own: ArrayTree) -> ArrayTree:
    """Return the derivatives of the function, in its value where they can be, times the tangents."""
    places = PLACES[: len(tree.of)] if len(tree.of) <= len(PLACES) else ()
    if not places:
        locals_ = [made("contest", *tree.of, option=(tree.option, place)) for place in range(len(tree.of))]
    else:
        function = FUNCTIONS[tree.option]
        value = function.build(*places)
        arrays = {**dict(zip(places, tree.of, strict=True)), value: own}
        locals_ = [from_expression(form, arrays) for form in function.derivatives(*places)]
    terms = [multiply(local, one) for local, one in zip(locals_, tangents, strict=True) if not is_zero(one)]
    return _in_shape(tree.shape, *terms)


def _where(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    left, right, *_values = tree.of
    return made("where", left, right, *tangents[2:], option=tree.option)


# Operations on whole arrays.


def _both(join: Callable[[ArrayTree, ArrayTree, ArrayTree], ArrayTree]) -> Rule:
    """Return the rule of what is linear in each of two operands: the tangent of one, then that of the other."""

    def rule(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
        first, second = tree.of
        terms = [join(tree, tangents[0], second)] if not is_zero(tangents[0]) else []
        terms += [join(tree, first, tangents[1])] if not is_zero(tangents[1]) else []
        return add(*terms)

    return rule


def _same(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    """Return the same operation on the tangents, as of all that is linear."""
    return made(tree.kind, *tangents, option=tree.option)


def _turned(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    return permuted(tangents[0], tree.option)


def _summed(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    return total(tangents[0], tree.option.axes, kept=tree.option.kept)


def _extreme(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    mask = made("mask", tree.of[0], option=(tree.kind, tree.option))
    return total(multiply(mask, tangents[0]), tree.option.axes, kept=tree.option.kept)


def _softmax(tree: ArrayTree, tangents: tuple[ArrayTree, ...], own: ArrayTree) -> ArrayTree:
    """Return ``A ⊙ (Ż − (A ⊙ Ż) 1 1ᵀ)``."""
    along = repeat(total(multiply(own, tangents[0]), [tree.option]), tree.shape, [tree.option])
    return multiply(own, add(tangents[0], negative(along)))


def _log_softmax(tree: ArrayTree, tangents: tuple[ArrayTree, ...], own: ArrayTree) -> ArrayTree:
    """Return ``Ż − (e^A ⊙ Ż) 1 1ᵀ``."""
    shares = multiply(made("function", own, option="exp"), tangents[0])
    return add(tangents[0], negative(repeat(total(shares, [tree.option]), tree.shape, [tree.option])))


def _largest(tree: ArrayTree, tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    return made("maxpool_at", tangents[0], tree.of[0], option=tree.option)


def _constant(tree: ArrayTree, _tangents: tuple[ArrayTree, ...], _own: ArrayTree) -> ArrayTree:
    """Return 0: what is detached counts as a constant."""
    return filled(S.Zero, tree.shape)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "add": _sum,
        "negative": _negative,
        "multiply": _product,
        "divide": _quotient,
        "power": _power,
        "function": _function,
        "where": _where,
        "matmul": _both(lambda _tree, first, second: matmul(first, second)),
        "transpose": _turned,
        "sum": _summed,
        "mean": _same,
        "max": _extreme,
        "min": _extreme,
        "softmax": _softmax,
        "causal_softmax": _softmax,
        "log_softmax": _log_softmax,
        "reshape": lambda tree, tangents, _own: reshape(tangents[0], tree.shape),
        "slice": _same,
        "concat": _same,
        "stack": _same,
        "detach": _constant,
        "outer": _both(lambda _tree, first, second: made("outer", first, second)),
        "correlate": _both(lambda tree, first, second: made("correlate", first, second, option=tree.option)),
        "maxpool": _largest,
        "avgpool": _same,
        "embed": _same,
    }
)
"""For each operation that an expression may hold, how tangents go forward through it."""
