"""Slips with cases: one of two taken for all, or the two exchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Branch
from symnet.algebra.rewrite import substitute
from symnet.marking.mistakes.derivatives import partial_of
from symnet.marking.mistakes.faults import Fault, Said, Setting
from symnet.marking.mistakes.uses import array_of
from symnet.numerics.compile import Edge

Choice: TypeAlias = Callable[[Branch], Expr]
"""From an expression in two cases to what is taken for it."""


def _first(branch: Branch) -> Expr:
    return branch.args[1]


def _second(branch: Branch) -> Expr:
    return branch.args[2]


def _exchanged(branch: Branch) -> Expr:
    switch, above, below = branch.args
    return Branch(switch, below, above)


def one_for_all(setting: Setting) -> Iterator[Fault]:
    """Yield each case in the place of both: in derivatives, in values, and in both of these."""
    yield from _chosen(setting, _first)
    yield from _chosen(setting, _second)


def exchanged(setting: Setting) -> Iterator[Fault]:
    """Yield the two cases in the place of each other: in derivatives, in values, and in both of these."""
    yield from _chosen(setting, _exchanged)


def _chosen(setting: Setting, choice: Choice) -> Iterator[Fault]:
    arrays: dict[str, list[Symbol]] = {}
    for symbol, node in setting.network.nodes.items():
        forms = [own[-1] for own in node.derivatives.values()]
        if any(form.has(Branch) for form in (node.expression, *forms)):
            arrays.setdefault(array_of(symbol), []).append(symbol)
    groups = [symbols for symbols in arrays.values() if len(symbols) > 1]
    for symbols in (*groups, *([one] for own in arrays.values() for one in own)):
        yield from _of(setting, symbols, choice)


def _of(setting: Setting, symbols: list[Symbol], choice: Choice) -> Iterator[Fault]:
    """Yield the slip in some nodes."""
    nodes, edges = dict[Symbol, Expr](), dict[Edge, Expr]()
    for symbol in symbols:
        node = setting.network.nodes[symbol]
        if (wrong := _changed(node.expression, choice)) != node.expression:
            nodes[symbol] = wrong
        for parent, forms in node.derivatives.items():
            if (wrong := _changed(forms[-1], choice)) != forms[-1]:
                edges[symbol, parent] = wrong
    if edges:
        (child, parent), wrong = next(iter(edges.items()))
        yield Fault(setting.line(parent), {"z": partial_of(setting, child, parent), "instead": wrong}, edges)
    if nodes:
        symbol, wrong = next(iter(nodes.items()))
        words: dict[str, Said] = {"z": symbol, "instead": wrong}
        yield Fault(symbol.name, words, nodes=nodes)
        if edges:
            yield Fault(symbol.name, words, edges, nodes)


def _changed(expression: Expr, choice: Choice) -> Expr:
    return substitute(expression, {branch: choice(branch) for branch in expression.atoms(Branch)})
