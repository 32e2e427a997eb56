"""The solution of a computation graph: forward, local derivatives, backward, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.calculus import Direct, Partial
from symnet.catalog.kinks import kinked_functions
from symnet.derivation import Derivation, before_writing_out
from symnet.description.training import Training
from symnet.diagram.dag import Edge, Vertex, draw_graph
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Table, Working
from symnet.layout.tree import Layout
from symnet.network import Network
from symnet.numbers.numeric import Value
from symnet.prose import counted
from symnet.worksheet.backward import chain_lines, cut, derived
from symnet.worksheet.numbers import kinks_section
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.updates import training_section

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

# The derivative of the output by itself.
ONE = Sheet.exactly(Fraction(1))


def graph_blocks(sheet: Sheet, training: Training | None) -> Iterator[Block]:
    """Yield the whole solution of a graph."""
    evaluation = sheet.part.evaluation
    yield from _graph_section(sheet, evaluation)
    yield from _local_section(sheet)
    yield from _backward_section(sheet)
    if evaluation is not None:
        yield from _numbers_section(sheet, evaluation)
        yield from kinks_section(sheet, evaluation)
    if training is not None:
        yield from training_section(sheet, evaluation, training)


def _graph_section(sheet: Sheet, evaluation: Evaluation | None) -> Iterator[Block]:
    """Yield the drawing, what the graph is made of, and the equation of every node."""
    network, names = sheet.part.network, sheet.names
    yield Heading(1, ("The graph",))
    figure = draw_graph(*_drawn(sheet, evaluation))
    if figure is not None:
        yield figure
    inputs, nodes = counted(len(network.inputs) + len(network.parameters), "input"), counted(len(network.nodes), "node")
    trained = [names(symbol.name) for symbol in network.parameters]
    content: list[str | Layout] = [f"The graph has {inputs} and {nodes}. Its output is ", names(network.loss.name), "."]
    if trained:
        content += [f" {'Its parameters are' if len(trained) > 1 else 'Its parameter is'} "]
        content += [*_comma_list(trained), "."]
    yield Paragraph(tuple(content))
    yield Heading(1, ("Forward pass",))
    yield Working(
        tuple(Line(names(node.symbol.name), "=", sheet.build(node.expression)) for node in network.nodes.values())
    )


def _comma_list(symbols: list[Layout]) -> Iterator[str | Layout]:
    for index, symbol in enumerate(symbols):
        if index:
            yield ", "
        yield symbol


def _drawn(sheet: Sheet, evaluation: Evaluation | None) -> tuple[list[Vertex], list[Edge], Edge]:
    """Return what is to be drawn: inputs and nodes, and along each edge its value and its share of the derivative."""
    network = sheet.part.network
    inputs = sheet.part.in_order()
    used = [symbol for symbol in inputs if symbol in network.children]
    shown = [*used, *(symbol for symbol in network.nodes if symbol == network.loss or symbol in network.children)]
    place = {symbol: index for index, symbol in enumerate(shown)}
    vertices = [_vertex(sheet, symbol) for symbol in shown]
    edges = [
        Edge(place[parent], place[node.symbol], *_flow(sheet, evaluation, parent, node.symbol))
        for node in network.nodes.values()
        if node.symbol in place
        for parent in node.slopes
    ]
    value = None if evaluation is None else (_number(sheet, evaluation.samples[0].values[network.loss]),)
    one = None if evaluation is None else (_number(sheet, ONE),)
    return vertices, edges, Edge(place[network.loss], None, value, one)


def _vertex(sheet: Sheet, symbol: Symbol) -> Vertex:
    network = sheet.part.network
    if symbol not in network.nodes:
        return Vertex(sheet.names(symbol.name), "input", None)
    role = "output" if symbol == network.loss else "hidden"
    return Vertex(sheet.names(symbol.name), role, (sheet.build(network.nodes[symbol].expression),))


def _flow(
    sheet: Sheet, evaluation: Evaluation | None, start: Symbol, end: Symbol
) -> tuple[Inline | None, Inline | None]:
    """Return the value that flows along an edge, and what comes back along it of the derivative by ``start``."""
    network = sheet.part.network
    if evaluation is None:
        alone = network.children[start] == (end,)
        return None, (sheet.names.partial(sheet.names(network.loss.name), sheet.names(start.name)),) if alone else None
    sample = evaluation.samples[0]
    behind = ONE if end == network.loss else sample.adjoints[end]
    slope = sheet.numeric(network.nodes[end].slopes[start][0], sample.values)
    return (_number(sheet, sample.values[start]),), (_number(sheet, behind * slope),)


def _number(sheet: Sheet, value: Value) -> Layout:
    return sheet.number(value)[0]


def _local_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of every node by each of its parents."""
    network = sheet.part.network
    yield Heading(1, ("Local derivatives",))
    for node in network.nodes.values():
        lines: list[Line] = []
        for parent, forms in node.slopes.items():
            several = node.symbol == network.loss and len(network.children[parent]) > 1
            left = sheet.build(Direct(node.symbol, parent) if several else Partial(node.symbol, parent))
            lines += [Line(None if index else left, "=", sheet.build(form)) for index, form in enumerate(forms)]
        if lines:
            yield Working(tuple(lines))
    functions = [kink for node in network.nodes.values() for kink in kinked_functions(node.expression)]
    yield from (Note((kink.sentence,)) for kink in dict.fromkeys(functions))


def _backward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of the output by every node, from the output backward, then by every input."""
    gradient = sheet.part.gradient
    yield Heading(1, ("Backward pass",))
    for derivation in gradient.adjoints.values():
        yield Working(chain_lines(sheet, derivation))
    for group in cut(sheet.part.in_order()):
        yield from derived(sheet, [gradient.leaves[symbol] for symbol in group])


def _numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the graph in numbers: forward, backward, and all of it in a table."""
    network, gradient = sheet.part.network, sheet.part.gradient
    sample = evaluation.samples[0]
    yield Heading(1, ("The numbers",))
    yield Heading(2, ("Forward pass in numbers",))
    lines: list[Line] = []
    for node in network.nodes.values():
        left = sheet.names(node.symbol.name)
        lines.append(sheet.on_one_line(left, node.expression, sample.values, sample.values[node.symbol]))
    yield Working(tuple(lines))
    yield Heading(2, ("Backward pass in numbers",))
    known = dict(sample.values) | {d.symbol: sample.adjoints[d.wrt] for d in gradient.adjoints.values()}
    derivations = (*gradient.adjoints.values(), *(gradient.leaves[symbol] for symbol in sheet.part.in_order()))
    yield Working(tuple(_backward_line(sheet, derivation, known, evaluation) for derivation in derivations))
    yield _table(sheet, network, evaluation)


def _backward_line(sheet: Sheet, derivation: Derivation, known: Mapping[Symbol, Value], evaluation: Evaluation) -> Line:
    sample = evaluation.samples[0]
    value = {**sample.adjoints, **sample.gradients}[derivation.wrt]
    return sheet.on_one_line(sheet.build(derivation.lhs), before_writing_out(derivation)[-1].rhs, known, value)


def _table(sheet: Sheet, network: Network, evaluation: Evaluation) -> Table:
    """Return every name with its value and the derivative of the output by it."""
    sample = evaluation.samples[0]
    slopes = {**sample.gradients, **sample.adjoints, network.loss: ONE}
    symbols = (*sheet.part.in_order(), *network.nodes)
    rows = tuple(
        (
            (sheet.names(symbol.name),),
            (_number(sheet, sample.values[symbol]),),
            (_number(sheet, slopes[symbol]) if symbol in slopes else "",),
        )
        for symbol in symbols
    )
    derivative: Inline = ("derivative of ", sheet.names(network.loss.name))
    return Table((("name",), ("value",), derivative), rows, "lrr")
