"""A computation graph, given node by node, as a network."""

from __future__ import annotations

from sympy import Symbol, preorder_traversal

from symnet.building import Builder
from symnet.description.graph import GraphDescription
from symnet.expressions.slopes import forms
from symnet.network import Kind, Network
from symnet.quantity import Role


def build_graph(description: GraphDescription) -> Network:
    """Return the graph of ``description``; what its output does not depend on comes after the output."""
    graph = description.graph
    builder = Builder()
    inputs = tuple(builder.symbol(name, Role.GRAPH) for name in graph.inputs)
    formulas = graph.formulas
    for name in sorted(formulas, key=lambda name: name not in graph.needed):
        symbol = builder.symbol(name, Role.GRAPH)
        formula = formulas[name]
        parents = dict.fromkeys(part for part in preorder_traversal(formula) if part.is_Symbol)
        builder.node(symbol, Kind.GRAPH, formula, {parent: forms(formula, parent, symbol) for parent in parents})
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
    )
