"""A derivative of an array with the one that it cites put in, where both together are shorter.

So it is with a sigmoid or a softmax right before its cross-entropy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.shorten import Shortener
from symnet.arrays.build import add, from_expression, multiply, negative, repeat, total
from symnet.arrays.entries import SYMBOLIC, Walk
from symnet.arrays.tree import ArrayTree, filled, is_number, leaf, names_in, number, number_of, parts

_ENTRYWISE = frozenset({"leaf", "constant", "add", "negative", "multiply", "divide", "power", "function"})
_SHORTENER = Shortener()


def shortened(tree: ArrayTree, cited: Mapping[str, ArrayTree], wholes: Collection[str] = ()) -> ArrayTree | None:
    """Return a derivative in values alone, where that is shorter than the one that cites another; else None.

    Args:
        tree: The derivative.
        cited: The derivatives that may be cited, by their names.
        wholes: The arrays of which what stands along the last axis sums to 1.
    """
    names = {name for name in names_in(tree) if name in cited}
    if len(names) != 1:
        return None
    whole = cited[names.pop()]
    if any(name in cited for name in names_in(whole)):
        return None
    short = _short(_put_in(tree, whole, cited), wholes)
    return short if short is not None and _size(short) < _size(tree) else None


def _size(tree: ArrayTree) -> int:
    return sum(not is_number(part) for part in parts(tree))


def _put_in(tree: ArrayTree, whole: ArrayTree, cited: Mapping[str, ArrayTree]) -> ArrayTree:
    """Return a tree with a derivative in the place of its name."""
    if tree.kind == "leaf":
        return whole if tree.option in cited else tree
    return tree._replace(of=tuple(_put_in(part, whole, cited) for part in tree.of))


def _short(tree: ArrayTree, wholes: Collection[str]) -> ArrayTree | None:
    """Return a tree in its shortest form; None where it is not known how to bring it there."""
    if all(part.kind in _ENTRYWISE for part in parts(tree)):
        return _entry_by_entry(tree)
    if tree.kind == "multiply" and len(tree.of) == 2 and tree.of[1].kind == "add":
        return _of_softmax(*tree.of, wholes)
    if tree.kind == "add" and len(tree.of) == 2 and tree.of[1].kind == "negative":
        return _of_log_softmax(tree.of[0], tree.of[1].of[0], wholes)
    return None


def _entry_by_entry(tree: ArrayTree) -> ArrayTree | None:
    """Return operations on entries in their shortest form, found for one entry; None for what repeats arrays."""
    arrays: dict[Expr, ArrayTree] = {}
    for part in parts(tree):
        if part.kind == "leaf":
            arrays[Symbol(part.option)] = part
        if not part.of and part.shape not in {(), tree.shape}:
            return None
    found = _of_numbers(tree)
    if found is None:
        return None
    (expression,) = Walk(lambda name: (Symbol(name),), SYMBOLIC)(found)
    lines = [line for line, _rule in _SHORTENER.lines(expression)]
    short = from_expression(lines[-1] if lines else expression, arrays)
    return short if short.shape == tree.shape else None


def _of_numbers(tree: ArrayTree) -> ArrayTree | None:
    """Return the same operations on numbers; None where an array of different numbers is written out."""
    if tree.kind == "leaf":
        return leaf(tree.option, ())
    if tree.kind == "constant":
        value = number_of(tree)
        return tree if is_number(tree) else None if value is None else tree._replace(shape=(), option=(value,))
    inner = [_of_numbers(part) for part in tree.of]
    known = tuple(part for part in inner if part is not None)
    return tree._replace(of=known, shape=()) if len(known) == len(inner) else None


def _with_ones(tree: ArrayTree, wholes: Collection[str]) -> ArrayTree:
    """Return a tree with 1 for each sum over the last axis of an array where that is known to be 1."""
    if tree.kind == "sum" and tree.of[0].kind == "leaf" and tree.of[0].option in wholes:
        last = len(tree.of[0].shape) - 1
        return filled(S.One, tree.shape) if tree.option.axes == (last,) else tree
    if tree.kind == "multiply":
        return multiply(*(_with_ones(part, wholes) for part in tree.of))
    return negative(_with_ones(tree.of[0], wholes)) if tree.kind == "negative" else tree


def _of_softmax(value: ArrayTree, bracket: ArrayTree, wholes: Collection[str]) -> ArrayTree | None:
    """Return ``A ⊙ (G − (G ⊙ A) 1 1ᵀ)`` with the products of G and A in their shortest form."""
    upstream, *others = bracket.of
    if len(others) != 1 or others[0].kind != "negative":
        return None
    (along,) = others[0].of
    summed = along.of[0] if along.kind == "repeat" else along
    if summed.kind != "sum" or summed.of[0].kind != "multiply":
        return None
    product = _short(multiply(upstream, value), wholes)
    if product is None:
        return None
    repeated = _with_ones(total(product, summed.option.axes), wholes)
    if along.kind == "repeat":
        repeated = repeat(repeated, value.shape, along.option[1])
    terms = sorted((product, negative(multiply(value, repeated))), key=lambda term: term.kind == "negative")
    # A number before both stands before a bracket.
    sizes = {abs(_number_before(term)) for term in terms}
    size = sizes.pop() if len(sizes) == 1 else S.One
    return multiply(number(size), add(*(multiply(number(1 / size), term) for term in terms)))


def _of_log_softmax(upstream: ArrayTree, taken_off: ArrayTree, wholes: Collection[str]) -> ArrayTree | None:
    """Return ``G − e^A ⊙ (G 1 1ᵀ)`` without its sums, where all of them are known."""
    powers = [part for part in taken_off.of if part.kind == "function" and part.option == "exp"]
    others = [part for part in taken_off.of if part not in powers]
    if taken_off.kind != "multiply" or len(powers) != 1 or len(others) != 1:
        return None
    along = others[0]
    summed = along.of[0] if along.kind == "repeat" else along
    if summed.kind != "sum":
        return None
    whole = _with_ones(total(summed.of[0], summed.option.axes, kept=summed.option.kept), wholes)
    size = number_of(whole)
    if size is None:
        return None
    terms = sorted((multiply(number(-size), powers[0]), upstream), key=lambda term: term.kind == "negative")
    return add(*terms)


def _number_before(term: ArrayTree) -> Expr:
    """Return the number that a term begins with."""
    if term.kind == "negative":
        return -_number_before(term.of[0])
    value = number_of(term.of[0]) if term.kind == "multiply" else None
    return S.One if value is None else value
