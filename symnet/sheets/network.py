"""The network, its symbols, the forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol, log
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Indicator, Undercuts, Wins
from symnet.diagram.network import UnitColumn, draw
from symnet.document import (
    Block,
    Figure,
    Heading,
    Inline,
    Line,
    LineKind,
    Note,
    Paragraph,
    Pictured,
    Slot,
    Table,
    Working,
    telling,
)
from symnet.layout.tree import Fence, Glyph, Layout, Row
from symnet.network.graph import LayerNodes, Network, Node, NodeKind, counts
from symnet.notation.names import with_dot
from symnet.quantity import Role
from symnet.sheets.names import called, definition, of_node, titled
from symnet.sheets.sheet import Sheet
from symnet.sheets.symbols import LEGEND, PLACE
from symnet.text.say import in_a_row, listed, say, separated, words

# The legend of a sheet: every symbol that it uses, and what the notation takes for granted.

_CONDITIONS = (Indicator, Wins, Undercuts)
_OF_NO_LAYER = frozenset((NodeKind.LOSS, NodeKind.GRAPH))

# Names of a graph that are listed before dots stand for the rest.
_MOST_LISTED = 10


def called_network(network: Network) -> Inline:
    """Return what a sheet calls a network: by its layers, or as a graph."""
    if network.lowered:
        return say("sheet.layers", layers=len(network.lowered))
    return say("sheet.graph") if network.is_graph else say("sheet.network", shape=shape(network))


def legend(sheet: Sheet, *others: Sheet) -> Iterator[Block]:
    """Yield the place of the table of symbols, and below it what the notation takes for granted.

    Args:
        sheet: The first part.
        others: The other parts, whose losses may use more.
    """
    yield PLACE
    yield from conventions(sheet, *others)


def graph_legend(sheet: Sheet, outputs: Sequence[Symbol] = ()) -> Iterator[Block]:
    """Yield what each name of a graph is, and below it what the notation takes for granted.

    Args:
        sheet: The graph.
        outputs: What is differentiated, if there are several.
    """
    network, names = sheet.part.network, sheet.names
    ends = tuple(outputs) or (network.loss,)
    inner = tuple(symbol for symbol in network.nodes if symbol not in ends)
    held = (
        (say("legend.input"), network.inputs, say("legend.given")),
        (say("legend.parameter"), network.parameters, say("legend.trained")),
        (say("legend.node"), inner, say("legend.computed")),
        (say("legend.output"), ends, say("meaning.loss")),
    )
    rows = tuple((name, _listed(sheet, symbols), meaning) for name, symbols, meaning in held if symbols)
    led = [symbol for symbol in (*inner, *network.inputs, *network.parameters) if symbol in sheet.leading]
    first = names.partial(names(network.loss.name), names(led[0].name))
    wrt = say("legend.by_parameters" if network.parameters else "legend.by_inputs")
    derivative: tuple[Inline, ...] = (say("legend.derivative"), (first,), wrt)
    if sheet.view.style == "forward":
        derivative = (say("legend.tangent"), (with_dot(names(led[0].name)),), say("legend.by_seed"))
    yield Table(tuple(map(say, LEGEND)), (*rows, derivative), "lll")
    yield from conventions(sheet)


def _listed(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Inline:
    """Return names with commas between them, dots for the middle of many."""
    kept = sheet.kept(len(symbols), _MOST_LISTED)
    return separated([(Glyph("dots") if index is None else sheet.names(symbols[index].name),) for index in kept])


def conventions(*sheets: Sheet) -> Iterator[Note]:
    """Yield what the notation takes for granted: which logarithm is meant, and how a condition is written."""
    notation = sheets[0].names.notation
    nodes = tuple(node for sheet in sheets for node in _telling(sheet.part.network))
    taken: list[Inline] = []
    if any(layer.pieces > 1 for sheet in sheets for layer in sheet.part.network.layers):
        taken.append(say("convention.pieces"))
    if any(node.expression.has(log) for node in nodes):
        taken.append(say("convention.logarithm", logarithm=notation.logarithm))
    if any(
        derivative.has(*_CONDITIONS)
        for node in nodes
        for derivatives in node.derivatives.values()
        for derivative in derivatives
    ):
        condition = Row((notation.indicator, Fence(Glyph("c"), "[", "]")))
        taken.append(say("convention.condition", where=condition, condition=Glyph("c")))
    if taken:
        yield Note(say("convention.sentence", said=separated(taken, "series.between_clauses")))


def _telling(network: Network) -> Iterator[Node]:
    """Yield nodes in which every function of the network occurs: one activation a layer, and what is no layer's."""
    seen = {layer.activations[0] for layer in network.layers}
    yield from (node for node in network.nodes.values() if node.symbol in seen or node.kind in _OF_NO_LAYER)


# The sections that all losses share: the network, its size, its symbols, the forward pass.


def network_section(sheet: Sheet, *others: Sheet) -> Iterator[Block]:
    """Yield the drawing of the network, how much there is of it, and the table of its symbols.

    Args:
        sheet: The first part.
        others: The other parts, which share the network.
    """
    network = sheet.part.network
    yield Heading(1, say("network.title"))
    yield network_figure(sheet)
    yield Paragraph(in_sentences(sheet))
    yield _counts(sheet)
    for number, layer in enumerate(network.layers, 1):
        if layer.dropped:
            yield from dropout(sheet, number, layer)
    yield from legend(sheet, *others)


def in_sentences(sheet: Sheet, sums: Inline = ()) -> Inline:
    """Return what the network is, in a sentence or two.

    Args:
        sheet: The first part.
        sums: How its parameters are counted, before their number.
    """
    network = sheet.part.network
    layers = network.layers
    *hidden, last = layers
    units = [
        say("network.units", units=len(layer.activations), function=called(sheet.names, layer.activation))
        for layer in hidden
    ]
    slots: dict[str, Slot] = {"outputs": len(last.activations), "function": called(sheet.names, last.activation)}
    slots |= {"sums": sums, "parameters": len(network.parameters)}
    if hidden:
        whole = say("network.size", hidden=len(hidden), units=separated(units), **slots)
    else:
        whole = say("network.size_without_hidden", **slots)
    if len(network.branches) == 1:
        return whole
    shown = Pictured(words("network.one_pass_shown"), words("network.one_pass"))
    return in_a_row(whole, say("network.passes", shown=shown))


def _counts(sheet: Sheet) -> Table:
    """Return the table of units and parameters, layer by layer and in all."""
    network, notation = sheet.part.network, sheet.names.notation
    size = counts(network)
    inputs = [size.inputs, *size.units_by_layer]
    rows = []
    for number, layer in enumerate(network.layers, 1):
        pre_activations = len(layer.pre_activations)
        weights = f"{pre_activations} × {inputs[number - 1]} = {size.weights_by_layer[number - 1]}"
        further = [len(layer.biases), *([len(layer.learned)] if layer.learned else [])]
        rows.append(
            (
                say(
                    "network.output_row" if number == size.layers else "network.hidden_row",
                    number=notation.number(Role.PRE_ACTIVATION, number),
                ),
                (called(sheet.names, layer.activation),),
                (str(size.units_by_layer[number - 1]),),
                (weights,),
                (" + ".join(map(str, further)),),
                (str(size.parameters_by_layer[number - 1]),),
            )
        )
    biases = size.parameters - sum(size.weights_by_layer)
    totals = (size.units, sum(size.weights_by_layer), biases, size.parameters)
    whole: tuple[Inline, ...] = (say("network.total"), ("",), *((str(total),) for total in totals))
    others = "column.biases_and_slopes" if any(layer.learned for layer in network.layers) else "column.biases"
    columns = ("column.layer", "column.activation", "column.units", "column.weights", others, "column.parameters")
    head = tuple(map(say, columns))
    return Table(head, (*rows, *([whole] if size.layers > 1 else [])), "llrrrr")


def dropout(sheet: Sheet, number: int, layer: LayerNodes) -> Iterator[Block]:
    """Yield what dropout does to a layer."""
    nodes = sheet.part.network.nodes
    kept = [index for index, symbol in enumerate(layer.dropped) if nodes[symbol].expression != 0]
    names = [sheet.names(layer.activations[index].name) for index in range(len(layer.dropped)) if index not in kept]
    factor = [sheet.build(nodes[layer.dropped[index]].expression.args[0]) for index in kept[:1]]
    clauses = [say("dropout.one" if len(names) == 1 else "dropout.several", units=listed(names))] if names else []
    clauses += [say("dropout.kept", factor=each) for each in factor]
    counted_as = sheet.names.notation.number(Role.PRE_ACTIVATION, number)
    said_of_it = separated(clauses, "series.between_clauses")
    yield Paragraph(say("dropout.sentence", number=counted_as, clauses=said_of_it))


def network_figure(sheet: Sheet) -> Figure:
    """Return the drawing of the network of a part."""
    columns, loss, targets = drawn(sheet)
    key = "network", tuple(map(_letters_of, columns)), loss, tuple(targets)
    return sheet.once(key, lambda: draw(columns, loss, targets))


def _letters_of(column: UnitColumn) -> tuple[Inline | Layout | None, ...]:
    """Return every kind of name that a column shows: of its units, its function, weights, biases and their matrix."""
    weight, bias = column.weight and column.weight(1, 1), column.bias and column.bias(1)
    vector = column.vector and bias and column.vector()
    return column.label(1), column.caption, weight, bias, column.matrix and column.matrix(), vector


def drawn(sheet: Sheet) -> tuple[list[UnitColumn], Layout, list[Layout]]:
    """Return what is drawn of a network: its columns, the name of the loss, and the names of the targets."""
    network, names = sheet.part.network, sheet.names
    columns = [
        UnitColumn(
            units=len(network.inputs) // len(network.branches),
            label=lambda unit: names(network.inputs[unit - 1].name),
            weight=None,
            bias=None,
            caption=say("diagram.input"),
            shared_bias=False,
            matrix=None,
        )
    ]
    for number, layer in enumerate(network.layers, 1):
        columns.append(_column(sheet, number, layer, last=number == len(network.layers)))
    return columns, names(network.loss.name), [names(target.name) for target in network.targets]


def _column(sheet: Sheet, number: int, layer: LayerNodes, last: bool) -> UnitColumn:
    names = sheet.names
    shared = len(layer.biases) == 1 and len(layer.pre_activations) > 1
    # Pieces would need as many arrows each: the matrix names stand for them.
    single = layer.pieces == 1
    bias = (lambda unit: names(layer.biases[0 if shared else unit - 1].name)) if layer.biases and single else None
    return UnitColumn(
        units=len(layer.activations),
        label=lambda unit: names(layer.activations[unit - 1].name),
        weight=(lambda to, source: names(layer.dense[to - 1][source - 1].name)) if single else None,
        bias=bias,
        caption=say("diagram.output" if last else "diagram.hidden", function=called(sheet.names, layer.activation)),
        shared_bias=shared,
        matrix=lambda: names.matrix(Role.WEIGHT, number),
        vector=None if shared else lambda: names.vector(Role.BIAS, number),
    )


def forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the forward equations of every node, layer by layer."""
    network = sheet.part.network
    yield Heading(1, say("pass.forward"))
    for number, layer in enumerate(network.layers, 1):
        counted_as = sheet.names.notation.number(Role.PRE_ACTIVATION, number)
        yield Heading(2, say("network.layer", number=counted_as, function=titled(sheet, layer)))
        yield from definition(sheet, layer)
        yield Working(tuple(_equations(sheet, layer)))
    if len(network.branches) > 1:
        yield Note(say("network.same_equations"))


def _equations(sheet: Sheet, layer: LayerNodes) -> Iterator[Line]:
    """Yield the pre-activations, the activations, and these after dropout."""
    nodes = sheet.part.network.nodes
    written = {a: applied(sheet, layer, unit) for unit, a in enumerate(layer.activations)}
    for node in (*layer.pre_activations, *layer.activations, *layer.dropped):
        right = sheet.build(written[node] if node in written else nodes[node].expression)
        line = Line(sheet.names(node.name), "=", right)
        yield from telling(of_node(node), (line,), node.name, LineKind.DEFINITION)


def applied(sheet: Sheet, layer: LayerNodes, unit: int) -> Expr:
    """Return an activation as it is written: its function's name applied, or its formula."""
    if layer.activation.applied:
        return Applied(layer.activation.name, layer.pre_activations[unit])
    return sheet.part.network.nodes[layer.activations[unit]].expression


def shape(network: Network) -> str:
    """Return the number of units in each layer, inputs first: ``3–2–1``."""
    size = counts(network)
    return "–".join(map(str, (size.inputs, *size.units_by_layer)))
