"""Derivatives on a sheet: which are shown and cited, their lines, and their results in a frame."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from sympy import Symbol

from symnet.derivation.steps import Derivation, Rule, before_writing_out
from symnet.document import Block, Line, LineKind, Result, Working
from symnet.layout.tree import Layout, Operator, Row
from symnet.network.graph import LayerNodes, NodeKind
from symnet.sheets.names import of_gradient
from symnet.sheets.sheet import Sheet

# More results than this in one frame would not stay together on a page.
MOST_IN_A_BOX = 6


def layer_adjoints(sheet: Sheet, layer: LayerNodes, needed: Container[Symbol], last: bool) -> Iterator[Derivation]:
    """Yield the cited derivatives wrt a layer's activations (outputs excepted), then wrt its pre-activations."""
    between = () if last else (*layer.dropped, *layer.activations)
    for symbol in (*between, *layer.pre_activations):
        if symbol in needed:
            yield sheet.part.gradient.adjoints[symbol]


def shown_adjoints(sheet: Sheet) -> tuple[Derivation, ...]:
    """Return the derivatives wrt nodes that the shown gradients are computed from, from the loss backward."""
    return sheet.once(("shown adjoints", sheet.view), lambda: tuple(_shown_adjoints(sheet)))


def _shown_adjoints(sheet: Sheet) -> Iterator[Derivation]:
    network, adjoints = sheet.part.network, sheet.part.gradient.adjoints
    needed = needed_for(sheet, shown_leaves(sheet))
    for node in reversed(list(network.nodes.values())):
        if node.kind is NodeKind.LOSS and node.symbol in needed:
            yield adjoints[node.symbol]
    for number in range(len(network.layers) - 1, -1, -1):
        last = number == len(network.layers) - 1
        for branch in network.branches:
            yield from layer_adjoints(sheet, branch[number], needed, last)


def shown_leaves(sheet: Sheet) -> Iterator[Derivation]:
    """Yield the derivatives wrt the parameters and the inputs that are shown, in the order of the description."""
    leaves = sheet.part.gradient.leaves
    yield from (leaves[leaf] for leaf in sheet.leaves)


def needed_for(sheet: Sheet, derivations: Iterable[Derivation]) -> frozenset[Symbol]:
    """Return the nodes wrt which derivatives are cited in ``derivations``, or in one that these cite."""
    by_name = {adjoint.symbol.name: adjoint for adjoint in sheet.part.gradient.adjoints.values()}
    found: set[Symbol] = set()
    waiting = list(derivations)
    while waiting:
        cited = {name for step in waiting.pop().steps for name in step.uses if name in by_name}
        fresh = [by_name[name] for name in cited if by_name[name].wrt not in found]
        found.update(adjoint.wrt for adjoint in fresh)
        waiting += fresh
    return frozenset(found)


def in_deltas(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield each derivation in terms of the deltas, then all results in one frame."""
    yield Working(tuple(line for d in derivations for line in chain_lines(sheet, d)))
    yield results(sheet, derivations)


def results(sheet: Sheet, derivations: Sequence[Derivation]) -> Result:
    """Return the results of derivations in one frame."""
    return Result(tuple(_boxed(sheet, derivation) for derivation in derivations))


def cut(symbols: Sequence[Symbol]) -> Iterator[Sequence[Symbol]]:
    """Yield ``symbols`` in groups that fit a frame."""
    for start in range(0, len(symbols), MOST_IN_A_BOX):
        yield symbols[start : start + MOST_IN_A_BOX]


# The lines of a single path that stand side by side; any other rule has a line of its own, with its reason.
_AT_ONCE = frozenset({Rule.CHAIN, Rule.REUSE, Rule.LOCAL_DERIVATIVE, Rule.SIMPLIFY})


def chain_lines(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
    """Return the chain rule and what it comes to with the deltas, on one line where there is one path."""
    return tuple(line._replace(about=derivation.wrt.name) for line in _chain_lines(sheet, derivation))


def _chain_lines(sheet: Sheet, derivation: Derivation) -> tuple[Line, ...]:
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
    return (Line(left, "=", Row(tuple(items)), (sheet.reason(Rule.CHAIN),)),)


def _boxed(sheet: Sheet, derivation: Derivation) -> Line:
    ids = of_gradient(sheet.part, derivation.wrt)
    line = Line(sheet.build(derivation.lhs), "=", sheet.build(derivation.result))
    return line._replace(of=ids, kind=LineKind.RESULT, about=derivation.wrt.name)
