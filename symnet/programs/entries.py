"""From what holds for each entry of an array to what holds for the whole array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum
from symnet.arrays.build import add, from_expression, multiply, reshape, total
from symnet.arrays.tree import ArrayTree, AxisRange, leaf, made
from symnet.programs.listing import ProgramArray

_OWN = Symbol("own entry")


class WholeArrays:
    """Writes expressions in the entries of arrays as expressions in whole arrays, where they have such a form.

    Args:
        arrays: The arrays.
    """

    def __init__(self, arrays: Iterable[ProgramArray]) -> None:
        self.arrays = {array.name: array for array in arrays}
        self.home = {Symbol(one): array for array in self.arrays.values() for one in array.of if one}
        self.stands: dict[Expr, ArrayTree] = {
            symbol: entry(array, place)
            for array in self.arrays.values()
            for place, symbol in enumerate(map(Symbol, array.of))
            if symbol.name
        }

    def value(self, expression: Expr) -> ArrayTree:
        """Return a number that is made of entries: a sum over a whole array as that."""
        if isinstance(expression, PathSum):
            return self._sum(expression.args)
        if isinstance(expression, Chain):
            return multiply(*map(self.value, expression.args))
        if isinstance(expression, Applied) and isinstance(expression.args[1], PathSum):
            return made("function", self.value(expression.args[1]), option=expression.name)
        return from_expression(expression, self.stands)

    def _sum(self, terms: Sequence[Expr]) -> ArrayTree:
        """Return a sum, the terms of all entries of an array as one."""
        groups: dict[tuple[str, Expr], list[Expr]] = {}
        for term in terms:
            held = [symbol for symbol in term.free_symbols if symbol in self.home]
            alone = len(held) == 1 and not isinstance(term, PathSum)
            key = (self.home[held[0]].name, term.xreplace({held[0]: _OWN})) if alone else ("", term)
            groups.setdefault(key, []).append(term)
        found = []
        for (name, form), held in groups.items():
            if name and len(held) == len(list(filter(None, self.arrays[name].of))):
                whole = from_expression(form, {**self.stands, _OWN: self.leaf(name)})
                found.append(total(whole, range(len(whole.shape))))
            else:
                found += [from_expression(term, self.stands) if name else self.value(term) for term in held]
        return add(*found)

    def leaf(self, name: str) -> ArrayTree:
        """Return an array by its variable."""
        return leaf(name, self.arrays[name].shape)

    def each(self, name: str, entries: Mapping[Symbol, Expr]) -> ArrayTree:
        """Return what there is for each entry of an array, in its shape: once for all, if it is alike."""
        array = self.arrays[name]
        known = [(symbol, entries[symbol]) for symbol in map(Symbol, array.of) if symbol in entries]
        forms = {expression.xreplace({symbol: _OWN}) for symbol, expression in known}
        if len(forms) == 1 and len(known) == len(list(filter(None, array.of))):
            return from_expression(forms.pop(), {**self.stands, _OWN: self.leaf(name)})
        cells = [from_expression(entries.get(symbol, PathSum()), self.stands) for symbol in map(Symbol, array.of)]
        return reshape(made("stack", *cells), array.shape)


def entry(array: ProgramArray, place: int) -> ArrayTree:
    """Return one entry of an array.

    Args:
        array: The array.
        place: Its place, row by row.
    """
    if not array.shape:
        return leaf(array.name, ())
    index = list(product(*map(range, array.shape)))[place]
    spans = tuple(AxisRange(at, at + 1, single=True) for at in index)
    return made("slice", leaf(array.name, array.shape), option=spans)
