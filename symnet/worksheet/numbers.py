"""The sections with numbers put in: forward pass, loss and deltas, gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.kinks import kinked_functions
from symnet.catalog.regularizers import REGULARIZERS
from symnet.derivation import before_writing_out
from symnet.document import Block, Heading, Line, Note, Working, telling
from symnet.layout.tree import Layout
from symnet.network import Kind, LayerNodes, Node
from symnet.numbers.numeric import Value
from symnet.prose import counted
from symnet.quantity import Role
from symnet.worksheet.conventions import zero_logarithms
from symnet.worksheet.derived import shown_adjoints
from symnet.worksheet.ids import of_adjoint, of_gradient, of_node
from symnet.worksheet.model import applied
from symnet.worksheet.sheet import Sheet, inline_list
from symnet.worksheet.together import together_numbers_section

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation, Sample

# Samples that are worked line by line; of the others the sheet gives the outcome.
MOST_SAMPLES = 4
# Notes on kinks met while training.
MOST_LATER_KINKS = 6


def forward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass of each sample with numbers put in."""
    for number, sample in _worked(evaluation):
        yield Heading(2, (_titled("Forward pass", number, evaluation),))
        lines: list[Line] = []
        for branch in sheet.part.network.branches:
            for layer in branch:
                lines += _layer_lines(sheet, layer, sample.values)
        yield Working(tuple(lines))
        yield from _winners(sheet, sample)
    yield from _left_out(evaluation)


def _layer_lines(sheet: Sheet, layer: LayerNodes, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield pre-activations, activations, and these after dropout."""
    nodes, names = sheet.part.network.nodes, sheet.names
    for z in layer.pre_activations:
        yield from telling(of_node(z), sheet.worked_line(names(z.name), nodes[z].expression, values, values[z]))
    for unit, a in enumerate(layer.activations):
        yield from telling(of_node(a), sheet.worked_line(names(a.name), applied(sheet, layer, unit), values, values[a]))
    for d in layer.dropped:
        yield from telling(of_node(d), sheet.worked_line(names(d.name), nodes[d].expression, values, values[d]))


def _winners(sheet: Sheet, sample: Sample) -> Iterator[Block]:
    """Yield which piece each unit has taken, where units have pieces."""
    for branch in sheet.part.network.branches:
        for layer in branch:
            if layer.pieces == 1:
                continue
            content: list[str | Layout] = []
            for unit, a in enumerate(layer.activations):
                pieces = layer.read_by(unit)
                won = next(z for z in pieces if sample.values[z] == sample.values[a])
                content.append("; " if content else "The largest piece: ")
                content += [sheet.names(a.name), " = ", sheet.names(won.name)]
            yield Note((*content, "."))


def _worked(evaluation: Evaluation) -> Iterator[tuple[int, Sample]]:
    """Yield the samples that are worked line by line with their 1-based numbers."""
    numbers = range(len(evaluation.samples)) if evaluation.batch is None else evaluation.batch
    for number, sample in list(zip(numbers, evaluation.samples, strict=True))[:MOST_SAMPLES]:
        yield number + 1, sample


def _titled(title: str, number: int, evaluation: Evaluation) -> str:
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    return f"{title}, sample {number}" if several else f"{title} in numbers"


def _left_out(evaluation: Evaluation) -> Iterator[Block]:
    more = len(evaluation.samples) - MOST_SAMPLES
    if more > 0:
        yield Note((f"The other {counted(more, 'sample')} go the same way.",))


def kinks_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield a note for each node that lies on a kink: there the slope is a convention."""
    layers = [layer for branch in sheet.part.network.branches for layer in branch]
    smooth = {a for layer in layers if layer.activation.smooth(layer.options) for a in layer.activations}
    for number, symbol in evaluation.kinks:
        if symbol not in smooth:
            yield _kink(sheet, evaluation, number, symbol, "")
    later = [kink for kink in evaluation.later_kinks if kink[-1] not in smooth]
    for step, number, symbol in later[:MOST_LATER_KINKS]:
        yield _kink(sheet, evaluation, number, symbol, f" in training step {step}")
    more = len(later) - MOST_LATER_KINKS
    if more > 0:
        yield Note((f"Later training steps meet kinks {counted(more, 'more time')} or more often.",))


def _kink(sheet: Sheet, evaluation: Evaluation, number: int | None, symbol: Symbol, when: str) -> Note:
    where = f" in sample {number + 1}" if number is not None and len(evaluation.samples) > 1 else ""
    layers = (layer for branch in sheet.part.network.branches for layer in branch)
    owner = next((layer for layer in layers if symbol in layer.activations), None)
    if owner is not None and owner.activation.kink_slope is not None:
        z = owner.read_by(owner.activations.index(symbol))[0]
        slope = sheet.build(owner.activation.kink_slope(owner.options))
        said = f" is exactly 0{where}{when}, where {owner.activation.title} has a kink: its slope there is taken to be "
        return Note((sheet.names(z.name), said, slope, ", by convention."))
    nodes = {**sheet.part.network.nodes, **{node.symbol: node for node in sheet.part.objective.penalty}}
    node = nodes[symbol]
    said = " ".join(kink.sentence for kink in kinked_functions(node.expression))
    if sheet.names.quantities[symbol.name].role is Role.NORM:
        said = REGULARIZERS["l2_norm"].remark
    met = [] if when else [sheet.build(switch) for switch in _met(sheet, evaluation, number, node)]
    if met:
        return Note((*inline_list(met), f" {'are' if len(met) > 1 else 'is'} exactly 0{where}: a kink. {said}"))
    return Note((sheet.names(symbol.name), f" is on a kink{where}{when}. {said}"))


def _met(sheet: Sheet, evaluation: Evaluation, number: int | None, node: Node) -> Iterator[Expr]:
    """Yield the switches of a node that are 0 before any training."""
    values = {**evaluation.samples[number or 0].values, **evaluation.penalty, **sheet.constants}
    yield from (switch for switch in node.switches if not sheet.numeric(switch, values))


def backward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield loss, deltas and gradients of each sample with numbers put in, then what the samples give together."""
    gradient = sheet.part.gradient
    network = gradient.network
    for number, sample in _worked(evaluation):
        what = "Loss and deltas" if sheet.names.has_delta else "Loss and derivatives by the pre-activations"
        yield Heading(2, (_titled(what, number, evaluation),))
        known = dict(sample.values) | {
            derivation.symbol: sample.adjoints[derivation.wrt] for derivation in gradient.adjoints.values()
        }
        lines: list[Line] = []
        for node in network.nodes.values():
            if node.kind is Kind.LOSS:
                left = sheet.names(node.symbol.name)
                worked = sheet.worked_line(left, node.expression, known, known[node.symbol])
                lines += telling(of_node(node.symbol), worked)
        for adjoint in shown_adjoints(sheet):
            left = sheet.names(adjoint.symbol.name)
            worked = sheet.worked_line(left, adjoint.result, known, sample.adjoints[adjoint.wrt])
            lines += telling(of_adjoint(sheet.part, adjoint.wrt), worked)
        yield Working(tuple(lines))
        at_loss = (node.expression for node in network.nodes.values() if node.kind is Kind.LOSS)
        yield from zero_logarithms(sheet, at_loss, sample.values)
        yield Heading(2, (_titled("Gradients", number, evaluation),))
        yield Working(tuple(_gradient_lines(sheet, sample, known)))
    yield from _left_out(evaluation)
    yield from together_numbers_section(sheet, evaluation)


def _gradient_lines(sheet: Sheet, sample: Sample, known: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield one line a parameter, and a wanted input: its gradient in deltas, with numbers, and its value."""
    gradient = sheet.part.gradient
    layers = reversed(sheet.part.network.layers)
    parameters = (parameter for layer in layers for parameter in layer.parameters)
    for leaf in sheet.view.among((*parameters, *gradient.inputs)):
        derivation = gradient.leaves[leaf]
        left, expression = sheet.build(derivation.lhs), before_writing_out(derivation)[-1].rhs
        line = sheet.on_one_line(left, expression, known, sample.gradients[leaf])
        yield line._replace(of=of_gradient(sheet.part, leaf))
