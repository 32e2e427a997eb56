"""The compact solution of a computation graph: local derivatives side by side, each derivative on a line, one box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symnet.algebra.branches import kinked_functions
from symnet.algebra.nodes import Direct
from symnet.derivation.steps import Derivation
from symnet.document import Block, Flow, Heading, Line, Note, Working
from symnet.layout.measure import TEXT_EM
from symnet.layout.tree import Operator
from symnet.sheets.backward import derived, path_introduction
from symnet.sheets.compact_results import result_box
from symnet.sheets.compact_rule import packed
from symnet.sheets.derived import cut, needed_for, shown_leaves
from symnet.sheets.graph import local_derivatives
from symnet.sheets.sheet import Sheet
from symnet.text.say import say
from symnet.typeset.expressions import row

_LINE_EM = TEXT_EM - 1.2


def local_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of every node with respect to each of its parents, side by side.

    Args:
        sheet: The graph.
    """
    network, lines = sheet.part.network, list[Line]()
    is_direct = False
    for node in network.nodes.values():
        for left, forms in local_derivatives(sheet, node):
            is_direct = is_direct or isinstance(left, Direct)
            sides = [part for form in dict.fromkeys(map(sheet.build, forms)) for part in (Operator("="), form)][1:]
            lines.append(Line(sheet.build(left), "=", row(sides)))
    if lines:
        yield Heading(1, say("compact.local"))
        yield Flow(tuple(lines))
    if is_direct:
        yield Note(say("compact.direct"))
    nodes = (node for node in network.nodes.values() if node.symbol in sheet.leading)
    for kink in dict.fromkeys(kink for node in nodes for kink in kinked_functions(node.expression)):
        yield Note(say(f"kink.{kink}"))


def results_of_graph(sheet: Sheet, *, full: bool) -> Iterator[Block]:
    """Yield the derivatives with respect to nodes, each on as few lines as there are, then all results in a box.

    Args:
        sheet: The graph.
        full: Whether it is told how they come about.
    """
    gradient = sheet.part.gradient
    yield Heading(1, say("compact.backward"))
    if sheet.view.style != "delta":
        yield from path_introduction(sheet)
        for group in cut(sheet.leaves):
            yield from derived(sheet, [gradient.leaves[symbol] for symbol in group])
        return
    if full:
        needed = needed_for(sheet, shown_leaves(sheet))
        nodes = [derivation for derivation in gradient.adjoints.values() if derivation.wrt in needed]
        for derivations in (nodes, list(shown_leaves(sheet))):
            if derivations:
                yield Working(tuple(_lines(sheet, derivations)))
    results = [Line(sheet.build(d.lhs), "=", sheet.build(d.result)) for d in shown_leaves(sheet)]
    if results:
        yield result_box(results)


def _lines(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Line]:
    for derivation in derivations:
        yield from packed(sheet.lines(derivation.steps, sheet.build(derivation.lhs)), _LINE_EM)
