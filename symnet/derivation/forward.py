"""The forward mode: tangents along a graph, the derivatives of every node with respect to one input at a time."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.nodes import Chain, PathSum
from symnet.arrays.forward import tangent_of
from symnet.arrays.tree import ArrayTree
from symnet.network.graph import Network

# A tangent of at most so many symbols is put in where it is used, a longer one is cited by its name.
_SHORT = 2


def tangent(symbol: Symbol) -> Symbol:
    """Return the symbol that stands for the tangent of an input or a node; no description can name one so.

    Args:
        symbol: The input or the node.
    """
    return Symbol(f"dot({symbol.name})")


class TangentRule(NamedTuple):
    """How the tangent of a node comes from those of its parents, whatever the seed is.

    Attributes:
        node: The node.
        chain: The local derivatives, each times the tangent of the parent.
        written: The same without factors of 1.
    """

    node: Symbol
    chain: Expr
    written: Expr


class TangentLine(NamedTuple):
    """The tangent of a node in one pass.

    Attributes:
        node: The node.
        seeded: Its rule with the seed put in and what is 0 left out.
        result: The same with short tangents put in.
    """

    node: Symbol
    seeded: Expr
    result: Expr


class TangentPass(NamedTuple):
    """One pass of the forward mode.

    Attributes:
        seed: The input whose tangent is 1.
        lines: The tangents of all nodes that depend on it, in forward order; those of all other nodes are 0.
    """

    seed: Symbol
    lines: tuple[TangentLine, ...]


def leading_from(network: Network, seeds: Sequence[Symbol]) -> frozenset[Symbol]:
    """Return seeds and every node that depends on one.

    Args:
        network: The network or the graph.
        seeds: The seeds.
    """
    found = set(seeds)
    for node in network.nodes.values():
        if not found.isdisjoint(node.derivatives):
            found.add(node.symbol)
    return frozenset(found)


def tangent_rules(network: Network, leading: Container[Symbol]) -> Mapping[Symbol, TangentRule]:
    """Return the rule of every node that depends on a seed, in forward order.

    Args:
        network: The graph.
        leading: The seeds and all nodes that depend on one.
    """
    found = {}
    for node in network.nodes.values():
        parents = [parent for parent in node.derivatives if parent in leading]
        if parents:
            chain = PathSum(*(Chain(node.derivatives[parent][-1], tangent(parent)) for parent in parents))
            found[node.symbol] = TangentRule(node.symbol, chain, rewrite.tidy(chain))
    return found


def tangent_pass(rules: Mapping[Symbol, TangentRule], seed: Symbol, seeds: Sequence[Symbol]) -> TangentPass:
    """Return the tangents of all nodes for one seed.

    Args:
        rules: The rule of every node.
        seed: The input whose tangent is 1.
        seeds: All inputs that have tangents; those of the others are 0.
    """
    constant: dict[Expr, Expr] = {tangent(one): S.One if one == seed else S.Zero for one in seeds}
    short = dict(constant)
    lines = []
    for node, rule in rules.items():
        seeded = rewrite.tidy(rewrite.substitute(rule.written, constant))
        result = rewrite.tidy(rewrite.substitute(rule.written, short))
        if result.is_number and not result.args:
            constant[tangent(node)] = short[tangent(node)] = result
        elif len(list(_symbols(result))) <= _SHORT:
            short[tangent(node)] = result
        if result is not S.Zero:
            lines.append(TangentLine(node, seeded, result))
    return TangentPass(seed, tuple(lines))


def _symbols(expression: Expr) -> Sequence[Expr]:
    """Return the symbols of an expression, each as often as it stands there."""
    if not expression.args:
        return [expression] if expression.is_Symbol else []
    return [symbol for part in expression.args for symbol in _symbols(part)]


def array_tangents(network: Network, leading: Container[Symbol]) -> Mapping[str, ArrayTree]:
    """Return the tangent of every array that depends on a seed, in forward order, in those of the arrays it uses.

    Args:
        network: A graph of arrays.
        leading: The seeds and all scalar nodes that depend on one.
    """
    graph = network.arrays
    if graph is None:
        return {}
    moving = {name for name in (*graph.inputs, *graph.nodes) if any(Symbol(one) in leading for one in graph.ids(name))}
    return {name: tangent_of(tree, moving, name) for name, tree in graph.nodes.items() if name in moving}
