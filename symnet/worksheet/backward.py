"""The sections of one loss: the loss and its slopes, the deltas, the gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol

from symnet.catalog.kinks import kinked_functions
from symnet.derivation import Derivation, Rule, before_writing_out
from symnet.document import Block, Heading, Line, Note, Result, Working
from symnet.layout.tree import Layout, Operator, Row
from symnet.network import Kind, LayerNodes
from symnet.prose import REASONS
from symnet.worksheet.sheet import Sheet

# More results than this in one frame would not stay together on a page.
MOST_IN_A_BOX = 6


def loss_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the loss, what stands between it and the outputs, and its slopes by both."""
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    yield Heading(2, ("The loss",))
    at_loss = [node for node in network.nodes.values() if node.kind is Kind.LOSS]
    yield Working(tuple(Line(sheet.names(node.symbol.name), "=", sheet.build(node.expression)) for node in at_loss))
    pieces = [node.symbol for node in reversed(at_loss) if node.symbol in adjoints]
    if pieces:
        yield Working(tuple(line for symbol in pieces for line in _derivation(sheet, adjoints[symbol])))
    outputs = [a for branch in network.branches for a in branch[-1].outputs if a in adjoints]
    yield Working(tuple(line for a in outputs for line in _derivation(sheet, adjoints[a])))
    for kink in dict.fromkeys(kink for node in at_loss for kink in kinked_functions(node.expression)):
        yield Note((kink.sentence,))


def deltas_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivation of every delta, from the last layer to the first."""
    network = sheet.part.network
    cited = _cited(sheet)
    for number in range(len(network.layers), 0, -1):
        last = number == len(network.layers)
        yield Heading(2, ("Deltas of the output layer" if last else f"Deltas of layer {number}",))
        for branch in network.branches:
            yield from _layer_deltas(sheet, branch[number - 1], set() if last else cited)


def _layer_deltas(sheet: Sheet, layer: LayerNodes, cited: set[str]) -> Iterator[Block]:
    """Yield what is cited of a layer's activations, then its deltas."""
    for derivation in _layer_adjoints(sheet, layer, cited):
        write = _delta if derivation.wrt in layer.pre_activations else _derivation
        yield Working(write(sheet, derivation))


def _layer_adjoints(sheet: Sheet, layer: LayerNodes, cited: set[str]) -> Iterator[Derivation]:
    adjoints = sheet.part.gradient.adjoints
    for symbol in (*layer.dropped, *layer.activations):
        if symbol in adjoints and adjoints[symbol].symbol.name in cited:
            yield adjoints[symbol]
    yield from (adjoints[z] for z in layer.pre_activations if z in adjoints)


def shown_adjoints(sheet: Sheet) -> Iterator[Derivation]:
    """Yield the derivatives by nodes that a sheet works out, from the loss backward."""
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    for node in reversed(list(network.nodes.values())):
        if node.kind is Kind.LOSS and node.symbol in adjoints:
            yield adjoints[node.symbol]
    cited = _cited(sheet)
    for number in range(len(network.layers) - 1, -1, -1):
        last = number == len(network.layers) - 1
        for branch in network.branches:
            yield from _layer_adjoints(sheet, branch[number], set() if last else cited)


def _cited(sheet: Sheet) -> set[str]:
    """Return the ids of all derivatives that a line uses."""
    gradient = sheet.part.gradient
    derivations = (*gradient.adjoints.values(), *gradient.leaves.values())
    return {name for derivation in derivations for step in derivation.steps for name in step.uses}


def _derivation(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    return sheet.lines(derivation.steps, sheet.build(derivation.steps[0].lhs))


def _delta(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the lines of one delta, which is introduced on the first."""
    name = sheet.names(derivation.symbol.name)
    return sheet.lines(derivation.steps, Row((name, Operator(":="), sheet.build(derivation.steps[0].lhs))))


def gradients_section(sheet: Sheet) -> Iterator[Block]:
    """Yield every derivative by a weight or bias: its chain, its substitution, its result in a frame."""
    gradient = sheet.part.gradient
    for number, layer in reversed(list(enumerate(sheet.part.network.layers, 1))):
        yield Heading(2, (f"Gradients of layer {number}",))
        for group in _groups(layer):
            yield from derived(sheet, [gradient.parameters[parameter] for parameter in group])
    if gradient.inputs:
        yield Heading(2, ("Derivatives by the inputs",))
        for group in cut(tuple(gradient.inputs)):
            yield from derived(sheet, [gradient.inputs[symbol] for symbol in group])


def derived(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield derivations side by side: how each comes about, then all results in one frame."""
    yield Working(tuple(line for d in derivations for line in chain_lines(sheet, d)))
    yield Result(tuple(_boxed(sheet, derivation) for derivation in derivations))


def _groups(layer: LayerNodes) -> Iterator[Sequence[Symbol]]:
    """Yield the parameters of a layer unit by unit, in groups that fit a frame."""
    own = len(layer.biases) == len(layer.weights)
    for unit, row in enumerate(layer.weights):
        yield from cut((*row, layer.biases[unit]) if own else row)
    yield from cut((*(() if own else layer.biases), *layer.learned))


def cut(symbols: Sequence[Symbol]) -> Iterator[Sequence[Symbol]]:
    """Yield ``symbols`` in groups that fit a frame."""
    for start in range(0, len(symbols), MOST_IN_A_BOX):
        yield symbols[start : start + MOST_IN_A_BOX]


def chain_lines(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the chain rule and what it comes to with the deltas, on one line where there is one path."""
    steps = before_writing_out(derivation)
    left = sheet.build(derivation.lhs)
    if steps[0].rule is not Rule.CHAIN:
        return sheet.lines(steps, left)
    items: list[Layout] = []
    for step in steps:
        body = sheet.build(step.rhs)
        items += [Operator("=")] if items else []
        items += body.items if isinstance(body, Row) else (body,)
    return (Line(left, "=", Row(tuple(items)), (REASONS[Rule.CHAIN],)),)


def _boxed(sheet: Sheet, derivation: Derivation) -> Line:
    return Line(sheet.build(derivation.lhs), "=", sheet.build(derivation.result))
