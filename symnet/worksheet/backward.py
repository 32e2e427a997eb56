"""The sections of one loss: the loss and its slopes, the deltas, the gradients."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sympy import Symbol

from symnet.catalog.kinks import kinked_functions
from symnet.derivation import Derivation, Rule, before_writing_out
from symnet.document import Block, Heading, Line, Note, Result, Working, telling
from symnet.layout.tree import Layout, Operator, Row
from symnet.network import Kind, LayerNodes
from symnet.prose import REASONS
from symnet.quantity import Role
from symnet.worksheet.ids import of_adjoint, of_gradient
from symnet.worksheet.sheet import Sheet

# More results than this in one frame would not stay together on a page.
MOST_IN_A_BOX = 6


def loss_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the loss, what stands between it and the outputs, and its slopes by both."""
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    yield Heading(2, ("The loss",))
    at_loss = [node for node in network.nodes.values() if node.kind is Kind.LOSS]
    yield Working(
        tuple(Line(sheet.names.defined(node.symbol.name), "=", sheet.build(node.expression)) for node in at_loss)
    )
    needed = needed_for(sheet, shown_leaves(sheet))
    pieces = [node.symbol for node in reversed(at_loss)]
    outputs = [a for branch in network.branches for a in branch[-1].outputs]
    for symbols in (pieces, outputs):
        lines = [line for symbol in symbols if symbol in needed for line in _derivation(sheet, adjoints[symbol])]
        if lines:
            yield Working(tuple(lines))
    for kink in dict.fromkeys(kink for node in at_loss for kink in kinked_functions(node.expression)):
        yield Note((kink.sentence,))


def deltas_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivation of every delta that is cited, from the last layer to the first."""
    network = sheet.part.network
    needed = needed_for(sheet, (sheet.by_paths.get(leaf.wrt, leaf) for leaf in shown_leaves(sheet)))
    what = "Deltas" if sheet.names.has_delta else "Derivatives by the pre-activations"
    for number in range(len(network.layers), 0, -1):
        last = number == len(network.layers)
        blocks = [
            Working(
                (_delta if derivation.wrt in branch[number - 1].pre_activations else _derivation)(sheet, derivation)
            )
            for branch in network.branches
            for derivation in _layer_adjoints(sheet, branch[number - 1], needed, last)
        ]
        if blocks:
            counted_as = sheet.names.notation.number(Role.PRE_ACTIVATION, number)
            yield Heading(2, (f"{what} of {'the output layer' if last else f'layer {counted_as}'}",))
            yield from blocks


def _layer_adjoints(sheet: Sheet, layer: LayerNodes, needed: Container[Symbol], last: bool) -> Iterator[Derivation]:
    """Yield what is cited of a layer's activations, those by outputs apart, then its deltas."""
    between = () if last else (*layer.dropped, *layer.activations)
    for symbol in (*between, *layer.pre_activations):
        if symbol in needed:
            yield sheet.part.gradient.adjoints[symbol]


def shown_adjoints(sheet: Sheet) -> Iterator[Derivation]:
    """Yield the derivatives by nodes on which those by parameters that are shown rest, from the loss backward."""
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    needed = needed_for(sheet, shown_leaves(sheet))
    for node in reversed(list(network.nodes.values())):
        if node.kind is Kind.LOSS and node.symbol in needed:
            yield adjoints[node.symbol]
    for number in range(len(network.layers) - 1, -1, -1):
        last = number == len(network.layers) - 1
        for branch in network.branches:
            yield from _layer_adjoints(sheet, branch[number], needed, last)


def shown_leaves(sheet: Sheet) -> Iterator[Derivation]:
    """Yield the derivatives by the parameters and the inputs that are shown, in the order of the description."""
    leaves = sheet.part.gradient.leaves
    yield from (leaves[leaf] for leaf in sheet.leaves)


def needed_for(sheet: Sheet, derivations: Iterable[Derivation]) -> frozenset[Symbol]:
    """Return the nodes by which a derivative is cited in ``derivations``, or in one that these cite."""
    by_name = {adjoint.symbol.name: adjoint for adjoint in sheet.part.gradient.adjoints.values()}
    found: set[Symbol] = set()
    waiting = list(derivations)
    while waiting:
        cited = {name for step in waiting.pop().steps for name in step.uses if name in by_name}
        fresh = [by_name[name] for name in cited if by_name[name].wrt not in found]
        found.update(adjoint.wrt for adjoint in fresh)
        waiting += fresh
    return frozenset(found)


def _derivation(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    lines = sheet.lines(derivation.steps, sheet.build(derivation.steps[0].lhs))
    return telling(of_adjoint(sheet.part, derivation.wrt), lines)


def _delta(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the lines of one delta, which is introduced on the first where it has a letter of its own."""
    left = sheet.build(derivation.lhs)
    if sheet.names.has_delta:
        left = Row((sheet.names(derivation.symbol.name), Operator(":="), left))
    return telling(of_adjoint(sheet.part, derivation.wrt), sheet.lines(derivation.steps, left))


def gradients_section(sheet: Sheet) -> Iterator[Block]:
    """Yield every derivative by a weight or bias that is shown, with its result in a frame."""
    gradient, among = sheet.part.gradient, sheet.view.among
    yield from path_introduction(sheet)
    for number, layer in reversed(list(enumerate(sheet.part.network.layers, 1))):
        if among(layer.parameters):
            yield Heading(2, (f"Gradients of layer {sheet.names.notation.number(Role.WEIGHT, number)}",))
            yield from form_of_results(sheet, (gradient.parameters[symbol] for symbol in layer.parameters))
        for group in _groups(layer):
            yield from derived(sheet, [gradient.parameters[parameter] for parameter in group])
    if among(gradient.inputs):
        yield Heading(2, ("Derivatives by the inputs",))
    for group in cut(tuple(gradient.inputs)):
        yield from derived(sheet, [gradient.inputs[symbol] for symbol in group])


def form_of_results(sheet: Sheet, derivations: Iterable[Derivation]) -> Iterator[Block]:
    """Yield in what results are given where they are too long to be written in nodes alone."""
    cited = {name for d in derivations for name in (symbol.name for symbol in d.result.free_symbols)}
    roles = {sheet.names.quantities[name].role for name in cited}
    if roles & {Role.DELTA, Role.ADJOINT}:
        what = "deltas" if Role.DELTA in roles and sheet.names.has_delta else "derivatives above"
        yield Note((f"Written out in full the results would be long, so they are given in terms of the {what}.",))


def derived(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield those of some derivations that are shown, in the style of the sheet; the results stand in one frame."""
    shown = [derivation for derivation in derivations if sheet.view.shows(derivation.wrt.name)]
    if shown:
        yield from _STYLES[sheet.view.style](sheet, shown)


def in_deltas(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield derivations side by side: how each comes about from the deltas, then all results in one frame."""
    yield Working(tuple(line for d in derivations for line in chain_lines(sheet, d)))
    yield results(sheet, derivations)


def _by_paths(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    # Imported where it is used: most sheets are written in deltas.
    from symnet.worksheet.paths import by_paths

    yield from by_paths(sheet, derivations)


def path_introduction(sheet: Sheet) -> Iterator[Block]:
    """Yield what is done with paths, on a sheet on which some are written out."""
    if sheet.by_paths:
        from symnet.worksheet.paths import introduction

        yield introduction(sheet)


def _expanded(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    from symnet.worksheet.expanded import expanded

    yield from in_deltas(sheet, derivations)
    yield from expanded(sheet, derivations)


_STYLES: Mapping[str, Callable[[Sheet, Sequence[Derivation]], Iterator[Block]]] = MappingProxyType(
    {"delta": in_deltas, "paths": _by_paths, "expanded": _expanded}
)


def results(sheet: Sheet, derivations: Sequence[Derivation]) -> Result:
    """Return what derivations come to, in one frame."""
    return Result(tuple(_boxed(sheet, derivation) for derivation in derivations))


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


# The lines of a single path that stand side by side; any other rule has a line of its own, with its reason.
_AT_ONCE = frozenset({Rule.CHAIN, Rule.REUSE, Rule.LOCAL_SLOPE, Rule.SIMPLIFY})


def chain_lines(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the chain rule and what it comes to with the deltas, on one line where there is one path."""
    steps = before_writing_out(derivation)
    left = sheet.build(derivation.lhs)
    if len(derivation.steps) > len(steps) + 1:
        # What comes after the writing out is worked too.
        steps = derivation.steps
    if steps[0].rule is not Rule.CHAIN or any(step.rule not in _AT_ONCE for step in steps):
        return sheet.lines(steps, left)
    items: list[Layout] = []
    for step in steps:
        body = sheet.build(step.rhs)
        items += [Operator("=")] if items else []
        items += body.items if isinstance(body, Row) else (body,)
    return (Line(left, "=", Row(tuple(items)), (REASONS[Rule.CHAIN],)),)


def _boxed(sheet: Sheet, derivation: Derivation) -> Line:
    ids = of_gradient(sheet.part, derivation.wrt)
    return Line(sheet.build(derivation.lhs), "=", sheet.build(derivation.result), of=ids)
