"""The diagram of a computation graph on a sheet: with values, with derivatives, with paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.algebra.nodes import Chain
from symnet.diagram.graph import Edge, Vertex, draw_graph
from symnet.document import Figure, Inline
from symnet.layout.tree import Layout
from symnet.numerics.direct import Value
from symnet.sheets.sheet import Sheet

if TYPE_CHECKING:
    from symnet.derivation.paths import Route
    from symnet.numerics.evaluate import Evaluation

# The derivative with respect to the node at the end of an edge.
_BEHIND = Symbol("behind the edge")


def drawn_graph(sheet: Sheet, evaluation: Evaluation | None) -> tuple[list[Vertex], list[Edge], Edge]:
    """Return what is to be drawn: inputs and nodes, and along each edge its value and its share of the derivative."""
    network, shown = sheet.part.network, _in_sight(sheet)
    place = {symbol: index for index, symbol in enumerate(shown)}
    vertices = [_vertex(sheet, symbol) for symbol in shown]
    edges = [
        Edge(place[parent], place[node.symbol], *_flow(sheet, evaluation, parent, node.symbol))
        for node in network.nodes.values()
        if node.symbol in place
        for parent in node.derivatives
    ]
    value = None if evaluation is None else (number_of(sheet, evaluation.samples[0].values[network.loss]),)
    is_back = evaluation is not None and sheet.view.style != "forward"
    one = (number_of(sheet, sheet.exactly(Fraction(1))),) if is_back else None
    return vertices, edges, Edge(place[network.loss], None, value, one)


def paths_figure(sheet: Sheet, walked: Sequence[Route], names: Sequence[Inline]) -> Figure | None:
    """Return the drawing of the graph with paths in it, without values, or None where it does not fit.

    Args:
        sheet: The part.
        walked: The paths, as nodes from an input to the output.
        names: What the legend says of each.
    """
    vertices, edges, output = drawn_graph(sheet, None)
    place = {symbol: index for index, symbol in enumerate(_in_sight(sheet))}
    taken: dict[tuple[int, int], tuple[int, ...]] = {}
    for number, route in enumerate(walked, 1):
        for start, end in pairwise(route):
            edge = place[start], place[end]
            taken[edge] = (*taken.get(edge, ()), number)
    marked = [Edge(it.start, it.end, paths=taken.get((it.start, it.end or 0), ())) for it in edges]
    return draw_graph(vertices, marked, Edge(output.start, None), names)


def _in_sight(sheet: Sheet) -> list[Symbol]:
    """Return the inputs and the nodes that are drawn: those that reach the output, and it."""
    network = sheet.part.network
    known = dict.fromkeys((*sheet.part.in_order(), *network.of_sample))
    used = [symbol for symbol in known if symbol in network.children]
    return [*used, *(symbol for symbol in network.nodes if symbol == network.loss or symbol in network.children)]


def _vertex(sheet: Sheet, symbol: Symbol) -> Vertex:
    network = sheet.part.network
    if symbol not in network.nodes:
        return Vertex(sheet.names(symbol.name), "input", None)
    role = "output" if symbol == network.loss else "hidden"
    return Vertex(sheet.names(symbol.name), role, (sheet.build(network.nodes[symbol].expression),))


def _flow(
    sheet: Sheet, evaluation: Evaluation | None, start: Symbol, end: Symbol
) -> tuple[Inline | None, Inline | None]:
    """Return the value that flows along an edge, and what comes back along it of the derivative wrt ``start``."""
    network = sheet.part.network
    if start not in sheet.leading or sheet.view.style == "forward":
        # In the forward mode nothing comes back.
        return None if evaluation is None else (number_of(sheet, evaluation.samples[0].values[start]),), None
    if evaluation is None:
        alone = network.children[start] == (end,)
        return None, (sheet.names.partial(sheet.names(network.loss.name), sheet.names(start.name)),) if alone else None
    sample = evaluation.samples[0]
    values = {**sample.values, _BEHIND: derivatives_at(sheet, evaluation)[end]}
    share = sheet.numeric(Chain(_BEHIND, network.nodes[end].derivatives[start][0]), values)
    if network.children[start] == (end,):
        share = derivatives_at(sheet, evaluation)[start]
    return (number_of(sheet, sample.values[start]),), (number_of(sheet, share),)


def derivatives_at(sheet: Sheet, evaluation: Evaluation) -> Mapping[Symbol, Value]:
    """Return the derivative of the output with respect to every node and with respect to every input."""
    sample = evaluation.samples[0]
    return {**sample.gradients, **sample.adjoints, sheet.part.network.loss: sheet.exactly(Fraction(1))}


def number_of(sheet: Sheet, value: Value) -> Layout:
    """Return a number as it is shown beside an edge."""
    return sheet.number(value)[0]
