"""From a graph of arrays to the graph of its scalars, one node for every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.differentiate import lines
from symnet.algebra.nodes import Chain, difference, negative, parts_by_symbol
from symnet.algebra.rewrite import substitute
from symnet.algebra.rules import Rule
from symnet.algebra.shorten import Line
from symnet.arrays.entries import SYMBOLIC, Walk, groups
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree, Reduction
from symnet.catalog.activations import ACTIVATIONS

Local: TypeAlias = Mapping[Symbol, tuple[Line, ...]]
"""For each parent of a node the forms of the derivative with respect to it, each with its reason."""


class Scalars:
    """The scalars of a graph of arrays.

    Args:
        graph: The arrays.
    """

    def __init__(self, graph: ArrayGraph) -> None:
        self.graph = graph
        self.symbols = {
            name: tuple(Symbol(one) if one else S.Zero for one in graph.ids(name))
            for name in (*graph.inputs, *graph.nodes)
        }
        self._known: dict[tuple[Expr, Symbol, bool], tuple[Line, ...]] = {}

    def nodes(self) -> Iterator[tuple[Symbol, Expr, Local]]:
        """Yield every scalar that is worked out, with its expression and its local derivatives."""
        walk = Walk(self.symbols.__getitem__, SYMBOLIC)
        for name, tree in self.graph.nodes.items():
            own = self.symbols[name]
            taught = _TAUGHT.get(tree.kind)
            local = None if taught is None else taught(walk(tree.of[0]), own, tree)
            if tree.kind == "detach":
                local = [{}] * len(own)
            for place, (symbol, expression) in enumerate(zip(own, walk(tree), strict=True)):
                yield symbol, expression, self.local(symbol, expression) if local is None else local[place]

    def local(self, symbol: Symbol, expression: Expr) -> Local:
        """Return the derivatives of a scalar with respect to what it is made of."""
        parts = parts_by_symbol(expression)
        return {parent: self.lines(part, parent, symbol, part == expression) for parent, part in parts.items()}

    def lines(self, part: Expr, parent: Symbol, own: Symbol, whole: bool) -> tuple[Line, ...]:
        """Return the derivative of what holds a parent; the same expression in other symbols is derived only once."""
        if part == parent:
            return ((S.One, Rule.LOCAL_DERIVATIVE),)
        if isinstance(part, Chain) and all(factor.is_Symbol for factor in part.args) and part.args.count(parent) == 1:
            return ((Chain(*(factor for factor in part.args if factor != parent)), Rule.LOCAL_DERIVATIVE),)
        symbols = [one for one in dict.fromkeys(preorder_traversal(part)) if one.is_Symbol]
        general = dict(zip(symbols, map(_place, range(len(symbols))), strict=True))
        key = substitute(part, general), general[parent], whole
        if key not in self._known:
            self._known[key] = lines(key[0], key[1], _OWN if whole else None)
        back: dict[Expr, Expr] = {general[one]: one for one in symbols}
        back[_OWN] = own
        return tuple((substitute(form, back), rule) for form, rule in self._known[key])


_OWN = Symbol("own value")


def _place(number: int) -> Symbol:
    return Symbol(f"place {number}")


# Derivatives that are taught in the values of other nodes.


def _softmax(entries: Sequence[Expr], own: Sequence[Symbol], tree: ArrayTree, *, logarithm: bool) -> list[Local] | None:
    """Return the local derivatives of softmax in its own values; None where an entry is not one symbol of its own."""
    if len(set(entries)) < len(entries) or not all(entry.is_Symbol for entry in entries):
        return None
    found: list[Local] = [{}] * len(own)
    for number, whole in enumerate(groups(tree.shape, Reduction((tree.option,)))):
        group = whole[: 1 + number % tree.shape[-2]] if tree.kind == "causal_softmax" else whole
        z, a = [entries[i] for i in group], [own[i] for i in group]
        for k, i in enumerate(group):
            forms = (_logarithm(a, k, j) if logarithm else _entry(z, a, k, j) for j in range(len(group)))
            found[i] = {
                parent: ((form, Rule.LOCAL_DERIVATIVE),)
                for parent, form in zip(z, forms, strict=True)
                if isinstance(parent, Symbol)
            }
    return found


def _entry(z: Sequence[Expr], a: Sequence[Symbol], k: int, j: int) -> Expr:
    return ACTIVATIONS["softmax"].derivative(z, a, k, j, {})[-1]


def _logarithm(a: Sequence[Symbol], k: int, j: int) -> Expr:
    """Return the derivative of ``ln softmax``: the power of e is the softmax itself."""
    softmax = SYMBOLIC.function("exp", (a[j],))
    return difference(S.One, softmax) if k == j else negative(softmax)


_TAUGHT = {
    **dict.fromkeys(("softmax", "causal_softmax"), partial(_softmax, logarithm=False)),
    "log_softmax": partial(_softmax, logarithm=True),
}
