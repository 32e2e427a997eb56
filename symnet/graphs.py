"""A computation graph, given node by node, as a network."""

from __future__ import annotations

from collections.abc import Collection

from sympy import Symbol, preorder_traversal

from symnet.building import Builder
from symnet.description.graph import GraphDescription
from symnet.expressions.distributions import distributions
from symnet.expressions.shorten import Shortener
from symnet.expressions.slopes import lines
from symnet.network import Kind, Network
from symnet.quantity import Role


def build_graph(description: GraphDescription) -> Network:
    """Return the graph of ``description``; what its output does not depend on comes after the output."""
    graph = description.graph
    builder = Builder()
    inputs = tuple(builder.symbol(name, Role.GRAPH) for name in graph.inputs)
    formulas = graph.formulas
    shortener = Shortener({Symbol(name): formula for name, formula in formulas.items()}, local=True)
    for name in sorted(formulas, key=lambda name: name not in graph.needed):
        symbol = builder.symbol(name, Role.GRAPH)
        formula = formulas[name]
        parents = dict.fromkeys(part for part in preorder_traversal(formula) if part.is_Symbol)
        found = {parent: lines(formula, parent, symbol, shortener) for parent in parents}
        slopes = {parent: tuple(form for form, _rule in forms) for parent, forms in found.items()}
        reasons = {parent: tuple(rule for _form, rule in forms) for parent, forms in found.items()}
        builder.node(symbol, Kind.GRAPH, formula, slopes, reasons)
    chosen = description.parameter_names
    return Network(
        inputs=tuple(symbol for symbol in inputs if symbol.name not in chosen),
        targets=(),
        parameters=tuple(symbol for symbol in inputs if symbol.name in chosen),
        branches=(),
        nodes=builder.nodes,
        loss=Symbol(graph.output),
        quantities=builder.quantities,
        loss_name=graph.output,
        loss_title=graph.output,
        wanted_inputs=tuple(symbol for symbol in inputs if symbol.name not in chosen),
        wholes=_wholes(description, chosen),
    )


def _wholes(description: GraphDescription, trained: Collection[str]) -> tuple[tuple[Symbol, ...], ...]:
    """Return the sets of inputs that are targets of a cross-entropy and whose given numbers sum to 1."""
    at = description.at
    if at is None:
        return ()
    inputs = [Symbol(name) for name in description.graph.inputs if name not in trained]
    found = distributions(description.graph.formulas.values(), inputs)
    return tuple(
        whole
        for whole in found
        if sum(at[symbol.name] for symbol in whole) == 1 and min(at[symbol.name] for symbol in whole) >= 0
    )
