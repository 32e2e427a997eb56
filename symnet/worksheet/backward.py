"""The sections of one loss: the loss and its slopes, the deltas, the gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from sympy import Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.derive import Derivation, Rule, Step
from symnet.document import Block, Heading, Line, Result, Working
from symnet.layout.tree import Layout, Operator, Row
from symnet.network import LayerNodes
from symnet.prose import REASONS
from symnet.worksheet.sheet import Sheet

# More results than this in one frame would not stay together on a page.
MOST_IN_A_BOX = 6


def loss_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the loss and its slope by each output."""
    network = sheet.part.network
    yield Heading(2, ("The loss",))
    loss = network.nodes[network.loss]
    yield Working((Line(sheet.names(network.loss.name), "=", sheet.build(loss.expression)),))
    yield Working(
        tuple(
            line for a in network.layers[-1].activations for line in _derivation(sheet, sheet.part.gradient.adjoints[a])
        )
    )


def deltas_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivation of every delta, from the last layer to the first."""
    layers = sheet.part.network.layers
    for number, layer in reversed(list(enumerate(layers, 1))):
        last = number == len(layers)
        yield Heading(2, ("Deltas of the output layer" if last else f"Deltas of layer {number}",))
        if ACTIVATIONS[layer.activation].couples and not last:
            for a in layer.activations:
                yield Working(_derivation(sheet, sheet.part.gradient.adjoints[a]))
        for z in layer.pre_activations:
            yield Working(_delta(sheet, sheet.part.gradient.adjoints[z]))


def _derivation(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    return sheet.lines(derivation.steps, sheet.build(derivation.steps[0].lhs))


def _delta(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the lines of one delta, which is introduced on the first."""
    name = sheet.names(derivation.symbol.name)
    return sheet.lines(derivation.steps, Row((name, Operator(":="), sheet.build(derivation.steps[0].lhs))))


def gradients_section(sheet: Sheet) -> Iterator[Block]:
    """Yield every derivative by a weight or bias: its chain, its substitution, its result in a frame."""
    layers = sheet.part.network.layers
    for number, layer in reversed(list(enumerate(layers, 1))):
        yield Heading(2, (f"Gradients of layer {number}",))
        for group in _groups(layer):
            derivations = [sheet.part.gradient.parameters[parameter] for parameter in group]
            yield Working(tuple(line for d in derivations for line in _chain(sheet, d)))
            yield Result(tuple(_boxed(sheet, derivation) for derivation in derivations))


def _groups(layer: LayerNodes) -> Iterator[Sequence[Symbol]]:
    """Yield the parameters of a layer unit by unit, in groups that fit a frame."""
    own = len(layer.biases) == len(layer.weights)
    for unit, row in enumerate(layer.weights):
        yield from _cut((*row, layer.biases[unit]) if own else row)
    if not own:
        yield from _cut(layer.biases)


def _cut(parameters: Sequence[Symbol]) -> Iterator[Sequence[Symbol]]:
    for start in range(0, len(parameters), MOST_IN_A_BOX):
        yield parameters[start : start + MOST_IN_A_BOX]


def _before_result(derivation: Derivation) -> list[Step]:
    return list(takewhile(lambda step: step.rule is not Rule.SUBSTITUTE, derivation.steps))


def _chain(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the chain rule and what it comes to with the deltas, on one line where there is one path."""
    steps = _before_result(derivation)
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


def in_deltas(derivation: Derivation) -> Step:
    """Return the last line that still cites deltas: the one that numbers are put into."""
    return _before_result(derivation)[-1]
