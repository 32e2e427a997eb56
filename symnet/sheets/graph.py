"""The solution of a computation graph: forward, local derivatives, backward, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.branches import kinked_functions
from symnet.algebra.nodes import Direct, Partial
from symnet.derivation.steps import Derivation, before_writing_out
from symnet.diagram.graph import draw_graph
from symnet.document import Block, Heading, Inline, Line, LineKind, Note, Paragraph, Table, Working, telling
from symnet.layout.tree import Fence, Layout, Operator
from symnet.network.graph import Node
from symnet.numerics.direct import Value
from symnet.sheets.backward import derived, form_of_results, path_introduction
from symnet.sheets.derived import chain_lines, cut, needed_for, shown_leaves
from symnet.sheets.graph_figure import derivatives_at, drawn_graph, number_of
from symnet.sheets.names import of_adjoint, of_gradient, of_node
from symnet.sheets.network import graph_legend
from symnet.sheets.numbers import rounding_rule, zero_logarithms
from symnet.sheets.sheet import Sheet, numbers_heading
from symnet.text.say import listed, say
from symnet.typeset.expressions import row

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample

# With so many vertices or fewer it is not their number that a drawing has no room for.
_FEW = 20


def graph_section(sheet: Sheet, evaluation: Evaluation | None, outputs: Sequence[Symbol] = ()) -> Iterator[Block]:
    """Yield the drawing, what the graph is made of, and the equation of every node.

    Args:
        sheet: The graph.
        evaluation: All numbers, if there are any.
        outputs: What is differentiated, if there are several.
    """
    network, names = sheet.part.network, sheet.names
    yield Heading(1, say("graph.title"))
    figure = draw_graph(*drawn_graph(sheet, evaluation))
    if figure is not None:
        yield figure
    else:
        vertices = len(network.inputs) + len(network.parameters) + len(network.nodes)
        yield Note(say("graph.too_large", vertices=vertices) if vertices > _FEW else say("graph.unreadable"))
    inputs, count = len(network.inputs) + len(network.parameters), len(network.nodes)
    if outputs:
        listing = listed([names(output.name) for output in outputs])
        yield Paragraph(say("graph.size_of_several", inputs=inputs, nodes=count, outputs=listing))
    else:
        yield Paragraph(say("graph.size", inputs=inputs, nodes=count, output=names(network.loss.name)))
    yield from graph_legend(sheet, outputs)
    yield Heading(1, say("pass.forward"))
    yield Working(
        tuple(
            Line(
                names(node.symbol.name),
                "=",
                sheet.build(node.expression),
                kind=LineKind.DEFINITION,
                about=node.symbol.name,
            )
            for node in network.nodes.values()
        )
    )


def local_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of every node with respect to each of its parents that leads from what is asked for."""
    network, is_direct = sheet.part.network, False
    yield Heading(1, say("graph.local"))
    for node in network.nodes.values():
        lines: list[Line] = []
        for left, forms in local_derivatives(sheet, node):
            is_direct = is_direct or isinstance(left, Direct)
            lines += [
                Line(None if index else sheet.build(left), "=", sheet.build(form)) for index, form in enumerate(forms)
            ]
        if lines:
            yield Working(tuple(lines))
    if is_direct:
        yield Note(say("graph.direct"))
    nodes = (node for node in network.nodes.values() if node.symbol in sheet.leading)
    functions = [name for node in nodes for name in kinked_functions(node.expression)]
    yield from (Note(say(f"kink.{name}")) for name in dict.fromkeys(functions))


def local_derivatives(sheet: Sheet, node: Node) -> Iterator[tuple[Expr, Sequence[Expr]]]:
    """Yield the local derivatives of a node that a sheet shows, each with its forms from the first to the taught one.

    Where a parent leads to the loss by other nodes too, the derivative of the loss is the direct one.
    """
    network = sheet.part.network
    for parent, forms in node.derivatives.items():
        if parent in sheet.leading:
            several = node.symbol == network.loss and len(network.children[parent]) > 1
            yield Direct(node.symbol, parent) if several else Partial(node.symbol, parent), forms


def backward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of the output wrt every node, from the output backward, then wrt what is asked for."""
    gradient = sheet.part.gradient
    yield Heading(1, say("pass.backward"))
    yield from path_introduction(sheet)
    needed = needed_for(sheet, (sheet.by_paths.get(leaf.wrt, leaf) for leaf in shown_leaves(sheet)))
    for derivation in gradient.adjoints.values():
        if derivation.wrt in needed:
            yield Working(
                telling(of_adjoint(sheet.part, derivation.wrt), chain_lines(sheet, derivation), derivation.wrt.name)
            )
    yield from form_of_results(sheet, shown_leaves(sheet))
    for group in cut(sheet.leaves):
        yield from derived(sheet, [gradient.leaves[symbol] for symbol in group])


def numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the graph in numbers: forward, backward, and all of it in a table."""
    yield from forward_numbers(sheet, evaluation)
    yield numbers_heading("pass.backward")
    yield from numbers_back(sheet, evaluation)
    yield node_table([sheet])


def forward_numbers(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the numbers of the inputs and the forward pass."""
    sample = evaluation.samples[0]
    yield Heading(1, say("numbers.title"))
    yield from rounding_rule(sheet)
    numbers = listed([_input_number(sheet, sample, symbol) for symbol in sheet.part.in_order()])
    yield Paragraph(say("graph.let", numbers=numbers))
    yield from numbers_forward(sheet, evaluation)


def graph_passes(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield both passes with numbers put in."""
    yield from numbers_forward(sheet, evaluation)
    yield numbers_heading("pass.backward")
    yield from numbers_back(sheet, evaluation)


def numbers_forward(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass with numbers put in."""
    network, sample = sheet.part.network, evaluation.samples[0]
    yield numbers_heading("pass.forward")
    lines: list[Line] = []
    for node in network.nodes.values():
        left = sheet.names(node.symbol.name)
        line = sheet.on_one_line(left, node.expression, sample.values, sample.values[node.symbol])
        lines.append(line._replace(of=of_node(node.symbol), kind=LineKind.VALUE, about=node.symbol.name))
    yield Working(tuple(lines))
    yield from zero_logarithms(sheet, (node.expression for node in network.nodes.values()), sample.values)


def numbers_back(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the backward pass with numbers put in, without a heading."""
    gradient, sample = sheet.part.gradient, evaluation.samples[0]
    known = dict(sample.values) | {
        d.symbol: sample.adjoints[d.wrt] for d in gradient.adjoints.values() if d.wrt in sample.adjoints
    }
    needed = needed_for(sheet, shown_leaves(sheet))
    between = (derivation for derivation in gradient.adjoints.values() if derivation.wrt in needed)
    derivations = (*between, *shown_leaves(sheet))
    yield Working(tuple(_backward_line(sheet, derivation, known, evaluation) for derivation in derivations))


def _input_number(sheet: Sheet, sample: Sample, symbol: Symbol) -> Layout:
    """Return an input with its number: ``x = -2``."""
    relation, number = sheet.result(sample.values[symbol])
    return row((sheet.names(symbol.name), relation, number))


def _backward_line(sheet: Sheet, derivation: Derivation, known: Mapping[Symbol, Value], evaluation: Evaluation) -> Line:
    sample = evaluation.samples[0]
    value = {**sample.adjoints, **sample.gradients}[derivation.wrt]
    line = sheet.on_one_line(sheet.build(derivation.lhs), before_writing_out(derivation)[-1].rhs, known, value)
    is_node = derivation.wrt in sheet.part.gradient.adjoints
    ids = (of_adjoint if is_node else of_gradient)(sheet.part, derivation.wrt)
    return line._replace(of=ids, kind=LineKind.VALUE, about=derivation.wrt.name)


def node_table(sheets: Sequence[Sheet]) -> Table:
    """Return every name with its value and, where that is asked for, the derivative of each output wrt it.

    Args:
        sheets: One for each output, with numbers.
    """
    first = sheets[0]
    known = [(sheet, sheet.evaluation) for sheet in sheets if sheet.evaluation is not None]
    sample = known[0][1].samples[0]
    derivatives = [(sheet, derivatives_at(sheet, evaluation)) for sheet, evaluation in known]
    symbols = (*first.part.in_order(), *first.part.network.nodes)
    rows = tuple(
        (
            (first.names(symbol.name),),
            (number_of(first, sample.values[symbol]),),
            *(
                (number_of(sheet, of[symbol]) if symbol in of and symbol in sheet.leading else "",)
                for sheet, of in derivatives
            ),
        )
        for symbol in symbols
    )
    heads: list[Inline] = [
        (sheet.names.partial(sheet.names(sheet.part.network.loss.name), Fence(Operator("cdot"))),) for sheet in sheets
    ]
    return Table((say("column.name"), say("column.value"), *heads), rows, "lr" + "r" * len(sheets))
