"""The sections of one loss: the loss and its derivatives, the deltas, the gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sympy import Symbol

from symnet.algebra.branches import kinked_functions
from symnet.derivation.steps import Derivation
from symnet.document import Block, Heading, Line, LineKind, Note, Working, telling
from symnet.layout.tree import Operator, Row
from symnet.network.graph import LayerNodes, NodeKind
from symnet.quantity import Role
from symnet.sheets.derived import cut, in_deltas, layer_adjoints, needed_for, shown_leaves
from symnet.sheets.names import of_adjoint
from symnet.sheets.sheet import Sheet, titled
from symnet.text.say import say


def loss_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the loss with its intermediate terms, and its derivatives with respect to these and to the outputs."""
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    yield Heading(2, say("backward.loss"))
    at_loss = [node for node in network.nodes.values() if node.kind is NodeKind.LOSS]
    yield Working(
        tuple(
            Line(
                sheet.names.defined(node.symbol.name),
                "=",
                sheet.build(node.expression),
                kind=LineKind.DEFINITION,
                about=node.symbol.name,
            )
            for node in at_loss
        )
    )
    needed = needed_for(sheet, shown_leaves(sheet))
    pieces = [node.symbol for node in reversed(at_loss)]
    outputs = [a for branch in network.branches for a in branch[-1].outputs]
    for symbols in (pieces, outputs):
        lines = [line for symbol in symbols if symbol in needed for line in _derivation(sheet, adjoints[symbol])]
        if lines:
            yield Working(tuple(lines))
    for kink in dict.fromkeys(kink for node in at_loss for kink in kinked_functions(node.expression)):
        yield Note(say(f"kink.{kink}"))


def deltas_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivation of every delta that the gradients need, from the last layer to the first."""
    network = sheet.part.network
    needed = needed_for(sheet, (sheet.by_paths.get(leaf.wrt, leaf) for leaf in shown_leaves(sheet)))
    for number in range(len(network.layers), 0, -1):
        last = number == len(network.layers)
        blocks = [
            Working(
                (_delta if derivation.wrt in branch[number - 1].pre_activations else _derivation)(sheet, derivation)
            )
            for branch in network.branches
            for derivation in layer_adjoints(sheet, branch[number - 1], needed, last)
        ]
        if blocks:
            counted_as = sheet.names.notation.number(Role.PRE_ACTIVATION, number)
            layer = say("backward.output_layer") if last else say("backward.layer", number=counted_as)
            yield titled(2, "backward.deltas" if sheet.names.has_delta else "backward.pre_activations", layer=layer)
            yield from blocks


def _derivation(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    lines = sheet.lines(derivation.steps, sheet.build(derivation.steps[0].lhs))
    return telling(of_adjoint(sheet.part, derivation.wrt), lines, derivation.wrt.name)


def _delta(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the lines of one delta, which is introduced on the first where it has a letter of its own."""
    left = sheet.build(derivation.lhs)
    if sheet.names.has_delta:
        left = Row((sheet.names(derivation.symbol.name), Operator(":="), left))
    lines = sheet.lines(derivation.steps, left)
    return telling(of_adjoint(sheet.part, derivation.wrt), lines, derivation.wrt.name)


def gradients_section(sheet: Sheet) -> Iterator[Block]:
    """Yield every derivative with respect to a weight or bias that is shown, with its result in a frame."""
    gradient, among = sheet.part.gradient, sheet.view.among
    yield from path_introduction(sheet)
    for number, layer in reversed(list(enumerate(sheet.part.network.layers, 1))):
        if among(layer.parameters):
            counted_as = sheet.names.notation.number(Role.WEIGHT, number)
            yield titled(2, "backward.gradients", number=counted_as)
            yield from form_of_results(sheet, (gradient.parameters[symbol] for symbol in layer.parameters))
        for group in _groups(layer):
            yield from derived(sheet, [gradient.parameters[parameter] for parameter in group])
    if among(gradient.inputs):
        yield titled(2, "backward.inputs")
    for group in cut(tuple(gradient.inputs)):
        yield from derived(sheet, [gradient.inputs[symbol] for symbol in group])


def form_of_results(sheet: Sheet, derivations: Iterable[Derivation]) -> Iterator[Block]:
    """Yield the note that results are given in terms of deltas, where fully expanded ones would be too long."""
    cited = {name for d in derivations for name in (symbol.name for symbol in d.result.free_symbols)}
    roles = {sheet.names.quantities[name].role for name in cited}
    if roles & {Role.DELTA, Role.ADJOINT}:
        deltas = Role.DELTA in roles and sheet.names.has_delta
        yield Note(say("backward.in_deltas" if deltas else "backward.in_derivatives"))


def derived(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield the derivations that the view shows, in its style, with their results in one frame."""
    shown = [derivation for derivation in derivations if sheet.view.shows(derivation.wrt.name)]
    if shown:
        yield from _STYLES[sheet.view.style](sheet, shown)


def _by_paths(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    # Imported where it is used: most sheets are written in deltas.
    from symnet.sheets.paths import by_paths

    yield from by_paths(sheet, derivations)


def path_introduction(sheet: Sheet) -> Iterator[Block]:
    """Yield the introduction to the path-by-path style, if any derivative is written in it."""
    if sheet.by_paths:
        from symnet.sheets.paths import introduction

        yield introduction(sheet)


def _expanded(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    from symnet.sheets.paths import expanded

    yield from in_deltas(sheet, derivations)
    yield from expanded(sheet, derivations)


_STYLES: Mapping[str, Callable[[Sheet, Sequence[Derivation]], Iterator[Block]]] = MappingProxyType(
    {"delta": in_deltas, "paths": _by_paths, "expanded": _expanded}
)


def _groups(layer: LayerNodes) -> Iterator[Sequence[Symbol]]:
    """Yield the parameters of a layer unit by unit, in groups that fit a frame."""
    own = len(layer.biases) == len(layer.dense)
    for unit, row in enumerate(layer.dense):
        yield from cut((*row, layer.biases[unit]) if own else row)
    yield from cut((*(() if own else layer.biases), *layer.learned))
