"""The sections that all losses share: the network, its size, its symbols, the forward pass."""

from __future__ import annotations

from collections.abc import Iterator

from sympy.core.expr import Expr

from symnet.calculus import Applied
from symnet.counting import counts
from symnet.diagram import draw
from symnet.diagram.columns import Column
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Pictured, Table, Working
from symnet.layout.tree import Layout
from symnet.network import LayerNodes, Network
from symnet.prose import counted
from symnet.quantity import Role
from symnet.worksheet.ids import of_node
from symnet.worksheet.legend import legend
from symnet.worksheet.naming import called, definition, titled
from symnet.worksheet.sheet import Sheet, inline_list


def network_section(sheet: Sheet, *others: Sheet) -> Iterator[Block]:
    """Yield the drawing of the network, how much there is of it, and the table of its symbols.

    Args:
        sheet: The first part.
        others: The other parts, which share the network.
    """
    network = sheet.part.network
    yield Heading(1, ("The network",))
    yield draw(*drawn(sheet))
    yield Paragraph(_in_words(sheet))
    yield _counts(sheet)
    for number, layer in enumerate(network.layers, 1):
        if layer.dropped:
            yield from dropout(sheet, number, layer)
    yield from legend(sheet, *others)


def _in_words(sheet: Sheet) -> Inline:
    """Return what the network is, in a sentence or two."""
    network = sheet.part.network
    layers = network.layers
    titles = inline_list([called(sheet.names, layer.activation) for layer in layers])
    hidden = f", {len(layers) - 1} of them hidden," if len(layers) > 1 else ""
    first = f"The network has {counted(len(layers), 'layer')} of weights{hidden} with the activation"
    opening = (f"{first}{'s' if len(layers) > 1 else ''} ",)
    text = f", and {counted(len(network.parameters), 'parameter')}."
    if len(network.branches) > 1:
        text += (
            " The anchor (a), the positive (p) and the negative (n) go through it one after the other, with the same"
            " parameters each time"
        )
        return *opening, *titles, text, Pictured("; the drawing shows one of the three.", ".")
    return *opening, *titles, text


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
                (f"{notation.number(Role.PRE_ACTIVATION, number)}, {'output' if number == size.layers else 'hidden'}",),
                (called(sheet.names, layer.activation),),
                (str(size.units_by_layer[number - 1]),),
                (weights,),
                (" + ".join(map(str, further)),),
                (str(size.parameters_by_layer[number - 1]),),
            )
        )
    biases = size.parameters - sum(size.weights_by_layer)
    totals = (size.units, sum(size.weights_by_layer), biases, size.parameters)
    whole: tuple[Inline, ...] = (("in all",), ("",), *((str(total),) for total in totals))
    head = (("layer",), ("activation",), ("units",), ("weights",), (_others(network),), ("parameters",))
    return Table(head, (*rows, *([whole] if size.layers > 1 else [])), "llrrrr")


def _others(network: Network) -> str:
    return "biases, slopes" if any(layer.learned for layer in network.layers) else "biases"


def dropout(sheet: Sheet, number: int, layer: LayerNodes) -> Iterator[Block]:
    """Yield what dropout does to a layer."""
    nodes = sheet.part.network.nodes
    kept = [index for index, symbol in enumerate(layer.dropped) if nodes[symbol].expression != 0]
    names = [sheet.names(layer.activations[index].name) for index in range(len(layer.dropped)) if index not in kept]
    factor = [sheet.build(nodes[layer.dropped[index]].expression.args[0]) for index in kept[:1]]
    content: list[str | Layout] = [f"Dropout after layer {sheet.names.notation.number(Role.PRE_ACTIVATION, number)}: "]
    if names:
        content += [*inline_list(names), f" {'are' if len(names) > 1 else 'is'} dropped"]
    if factor:
        content.append(
            f"{'; ' if names else ''}what is kept is divided by the probability of keeping it, that is, times "
        )
        content.append(factor[0])
    yield Paragraph((*content, "."))


def drawn(sheet: Sheet) -> tuple[list[Column], Layout, list[Layout]]:
    """Return what is drawn of a network: its columns, the name of the loss, and the names of the targets."""
    network, names = sheet.part.network, sheet.names
    columns = [
        Column(
            units=len(network.inputs) // len(network.branches),
            label=lambda unit: names(network.inputs[unit - 1].name),
            weight=None,
            bias=None,
            caption=("input",),
            shared_bias=False,
            matrix=None,
        )
    ]
    for number, layer in enumerate(network.layers, 1):
        columns.append(_column(sheet, number, layer, last=number == len(network.layers)))
    return columns, names(network.loss.name), [names(target.name) for target in network.targets]


def _column(sheet: Sheet, number: int, layer: LayerNodes, last: bool) -> Column:
    names = sheet.names
    shared = len(layer.biases) == 1 and len(layer.pre_activations) > 1
    # Pieces would need as many arrows each: the matrix names stand for them.
    single = layer.pieces == 1
    bias = (lambda unit: names(layer.biases[0 if shared else unit - 1].name)) if layer.biases and single else None
    return Column(
        units=len(layer.activations),
        label=lambda unit: names(layer.activations[unit - 1].name),
        weight=(lambda to, source: names(layer.weights[to - 1][source - 1].name)) if single else None,
        bias=bias,
        caption=("output, " if last else "hidden, ", called(sheet.names, layer.activation)),
        shared_bias=shared,
        matrix=lambda: names.matrix(Role.WEIGHT, number),
    )


def forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the forward equations of every node, layer by layer."""
    network = sheet.part.network
    yield Heading(1, ("Forward pass",))
    for number, layer in enumerate(network.layers, 1):
        counted_as = sheet.names.notation.number(Role.PRE_ACTIVATION, number)
        yield Heading(2, (f"Layer {counted_as}, ", *titled(sheet, layer)))
        yield from definition(sheet, layer)
        yield Working(tuple(_equations(sheet, layer)))
    if len(network.branches) > 1:
        yield Note(("The same equations hold for the positive (p) and for the negative (n).",))


def _equations(sheet: Sheet, layer: LayerNodes) -> Iterator[Line]:
    """Yield the pre-activations, the activations, and these after dropout."""
    nodes = sheet.part.network.nodes
    for z in layer.pre_activations:
        yield Line(sheet.names(z.name), "=", sheet.build(nodes[z].expression), of=of_node(z))
    for unit, a in enumerate(layer.activations):
        yield Line(sheet.names(a.name), "=", sheet.build(applied(sheet, layer, unit)), of=of_node(a))
    for d in layer.dropped:
        yield Line(sheet.names(d.name), "=", sheet.build(nodes[d].expression), of=of_node(d))


def applied(sheet: Sheet, layer: LayerNodes, unit: int) -> Expr:
    """Return an activation as it is written: its function's name applied, or its formula."""
    if layer.activation.applied:
        return Applied(layer.activation.name, layer.pre_activations[unit])
    return sheet.part.network.nodes[layer.activations[unit]].expression


def shape(network: Network) -> str:
    """Return the number of units in each layer, inputs first: ``3–2–1``."""
    size = counts(network)
    return "–".join(map(str, (size.inputs, *size.units_by_layer)))
