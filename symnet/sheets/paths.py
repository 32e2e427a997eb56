"""The styles paths and expanded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, factors_of, terms_of
from symnet.derivation.expand import InOrder, adjoint_definitions, node_definitions
from symnet.derivation.paths import Route, routes
from symnet.derivation.steps import Derivation, Rule, Step
from symnet.diagram.network import DrawnPath, draw_with_paths
from symnet.document import Block, Fact, Figure, Inline, Line, Paragraph, Working
from symnet.layout.breaking import open_lines, top_terms
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.tree import Glyph, Layout, Operator, Row
from symnet.limits import MOST_DRAWN_PARAMETERS, MOST_EXPANDED_LINES
from symnet.network.graph import Network, NodeKind
from symnet.quantity import Role
from symnet.sheets.derived import chain_lines, results
from symnet.sheets.network import applied, drawn
from symnet.sheets.sheet import Sheet
from symnet.text.say import in_a_row, listed, say

# Derivatives in inputs, targets and parameters alone, where that can be read.

# The length of its plain text beyond which an expression is not even laid out.
_LONGEST = 4_000


def expanded(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield results fully expanded in inputs, targets and parameters; for those too long to print, their length."""
    put_in = InOrder(_definitions(sheet))
    lines: list[Line] = []
    left_out: list[tuple[Layout, int]] = []
    for derivation in derivations:
        left, size = sheet.build(derivation.lhs), sheet.part.expander.length(derivation.result)
        body = sheet.build(put_in(derivation.result)) if size <= _LONGEST else None
        broken = None if body is None else _broken(left, body)
        if broken is None:
            left_out.append((left, size))
        else:
            lines += broken
    if lines:
        yield Working(tuple(lines))
    if left_out:
        yield _too_long(left_out)


def _broken(left: Layout, body: Layout) -> tuple[Line, ...] | None:
    """Return a right side on as many lines as it needs, with nothing left out, or None where those are too many."""
    room = TEXT_EM - INDENT_EM - RELATION_EM - width_em(left)
    pieces = open_lines(body, room, width_em)
    if pieces is None or len(pieces) > MOST_EXPANDED_LINES:
        return None
    last = len(pieces) - 1
    return tuple(
        Line(None if number else left, "" if number else "=", piece, say("paths.definitions") if number == last else ())
        for number, piece in enumerate(pieces)
    )


def _definitions(sheet: Sheet) -> dict[str, Expr]:
    """Return what is put in for each name: activations as functions where they are written so."""
    network = sheet.part.network
    functions = {
        a.name: applied(sheet, layer, unit)
        for branch in network.branches
        for layer in branch
        for unit, a in enumerate(layer.activations)
    }
    return node_definitions(network) | functions | adjoint_definitions(sheet.part.gradient)


def _too_long(left_out: Sequence[tuple[Layout, int]]) -> Paragraph:
    """Return which derivatives are not written out, and how long they would be."""
    sizes = [size for _, size in left_out]
    least, most = min(sizes), max(sizes)
    about = say("paths.about_to", least=least, most=most) if most > least else say("paths.about", most=most)
    key = "paths.one_too_long" if len(left_out) == 1 else "paths.several_too_long"
    return Paragraph(say(key, derivatives=listed([left for left, _ in left_out]), about=about))


# Derivatives path by path: the drawing with the paths in it, one product each, their sum, and where the delta is.

# Stops of a path that the legend names before dots stand for the middle.
MOST_STOPS = 8


def introduction(sheet: Sheet) -> Fact:
    """Return the box that states the chain rule path by path."""
    loss = sheet.names(sheet.part.network.loss.name)
    return Fact(say("paths.title"), say("paths.rule", loss=loss))


def by_paths(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield derivations of one group: those with few paths path by path, the others in deltas, then all results."""
    yield from worked_by_paths(sheet, derivations)
    yield results(sheet, derivations)


def worked_by_paths(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield derivations, those with few paths path by path, the others in deltas."""
    for derivation in derivations:
        if derivation.wrt in sheet.by_paths:
            yield from _figure(sheet, derivation.wrt)
            yield Working(tuple(_lines(sheet, sheet.by_paths[derivation.wrt])))
    many = [derivation for derivation in derivations if derivation.wrt not in sheet.by_paths]
    if many:
        yield from _why(sheet, many[0].wrt)
        yield Working(tuple(line for derivation in many for line in chain_lines(sheet, derivation)))


def _lines(sheet: Sheet, derivation: Derivation) -> Iterator[Line]:
    """Yield the products one below the other, each with its number, and what comes of them."""
    left: Layout | None = sheet.build(derivation.lhs)
    several = len(terms_of(derivation.steps[0].rhs)) > 1
    # An input that is one step from the output is its own product.
    for step in (step for step in derivation.steps if step.rhs != step.lhs):
        body = sheet.build(step.rhs)
        pieces = top_terms(body) if several and step.rule in _BY_PATH else (body,)
        if len(pieces) != len(terms_of(derivation.steps[0].rhs)):
            pieces = (body,)
        for number, piece in enumerate(pieces, 1):
            reason = _numbered(step.rule, number) if len(pieces) > 1 else _reason(sheet, step)
            yield Line(left, "=" if number == 1 else "", piece, reason)
            left = None


_BY_PATH = {Rule.PATHS: "paths.one_of_many", Rule.LOCAL_DERIVATIVE: "paths.one_of_many_substituted"}
_ALONE = {Rule.PATHS: "paths.only", Rule.LOCAL_DERIVATIVE: "paths.substituted"}


def _numbered(rule: Rule, number: int) -> Inline:
    return say(_BY_PATH[rule], number=str(number))


def _reason(sheet: Sheet, step: Step) -> Inline:
    """Return why a line holds; of the last one, where the delta is in the line before it."""
    if step.rule is not Rule.DELTA:
        return say(_ALONE[step.rule]) if step.rule in _ALONE else (sheet.reason(step.rule),)
    first, *rest = factors_of(step.rhs)
    if rest and first.is_Symbol and sheet.names.quantities[first.name].role is Role.DELTA:
        return say("paths.delta", rest=sheet.build(Chain(*rest)), delta=sheet.build(first))
    return (sheet.reason(step.rule if sheet.names.has_delta else Rule.CHAIN),)


def _why(sheet: Sheet, first: Symbol) -> Iterator[Block]:
    """Yield why derivatives are not written path by path, once for all of a layer that have as many paths."""
    sizes, quantities = sheet.extents, sheet.names.quantities
    layer = quantities[first.name].layer
    alike = [leaf for leaf in sheet.leaves if sizes[leaf] == sizes[first] and quantities[leaf.name].layer == layer]
    if first != alike[0]:
        return
    network, names = sheet.part.network, sheet.names
    added = "paths.added_by_deltas" if names.has_delta else "paths.added_by_derivatives"
    extent, start, end = sizes[first], names(first.name), names(network.loss.name)
    sentences = [
        say("paths.too_many", paths=extent.paths, start=start, end=end, partials=extent.partials),
        say("paths.added_by_nodes" if network.is_graph else added),
    ]
    if len(alike) > 1 and layer is not None:
        sentences.append(say("paths.equally_many"))
    yield Paragraph(in_a_row(*sentences))


def _figure(sheet: Sheet, leaf: Symbol) -> Iterator[Block]:
    """Yield the drawing with the paths from ``leaf``, if it is one of those that have one, and what it shows."""
    if leaf not in _chosen(sheet):
        return
    network, names = sheet.part.network, sheet.names
    walked = routes(network, leaf)
    figure = _graph_figure(sheet, walked) if network.is_graph else _network_figure(sheet, walked)
    if figure is not None and walked:
        start, end = names(leaf.name), names(network.loss.name)
        yield Paragraph(say("paths.drawn", paths=len(walked), start=start, end=end))
        yield figure


def _chosen(sheet: Sheet) -> tuple[Symbol, ...]:
    """Return the leaves whose paths are drawn."""
    if 0 < len(sheet.view.parameters) <= MOST_DRAWN_PARAMETERS:
        return tuple(sheet.by_paths)
    several = (leaf for leaf in sheet.by_paths if sheet.extents[leaf].paths > 1)
    return tuple(leaf for leaf in (next(several, None),) if leaf is not None)


def _graph_figure(sheet: Sheet, walked: Sequence[Route]) -> Figure | None:
    # Imported where it is used: most sheets are of networks.
    from symnet.sheets.graph_figure import paths_figure

    return paths_figure(sheet, walked, [_legend(sheet, route) for route in walked])


def _network_figure(sheet: Sheet, walked: Sequence[Route]) -> Figure | None:
    """Return the drawing of a network with paths, or None where one of them does not lead from column to column."""
    places = _places(sheet.part.network)
    paths = []
    for route in walked:
        stops = [places[symbol] for symbol in _passed(sheet.part.network, route) if symbol in places]
        stops = [stop for index, stop in enumerate(stops) if index == 0 or stop != stops[index - 1]]
        if any(after[0] != before[0] + 1 for before, after in pairwise(stops)):
            return None
        paths.append(DrawnPath(tuple(stops), _legend(sheet, _stops(sheet.part.network, route))))
    return draw_with_paths(*drawn(sheet), paths)


def _places(network: Network) -> dict[Symbol, tuple[int, int]]:
    """Return the column and the unit in which each input and each node of the layers is drawn."""
    inputs = len(network.inputs) // len(network.branches)
    places = {symbol: (0, index % inputs + 1) for index, symbol in enumerate(network.inputs)}
    for branch in network.branches:
        for column, layer in enumerate(branch, 1):
            for symbols, each in ((layer.pre_activations, layer.pieces), (layer.activations, 1), (layer.dropped, 1)):
                places |= {symbol: (column, index // each + 1) for index, symbol in enumerate(symbols)}
    return places


def _passed(network: Network, route: Route) -> Route:
    """Return a route from where it is drawn: that of a weight from the unit or the input that the weight scales."""
    start, first, *rest = route
    if network.nodes[first].kind is not NodeKind.LINEAR or network.quantities[start.name].role is not Role.WEIGHT:
        return route
    return (_symbol(network.nodes[first].derivatives[start][-1]), first, *rest)


def _symbol(derivative: Expr) -> Symbol:
    (symbol,) = derivative.free_symbols
    return symbol


def _stops(network: Network, route: Route) -> Route:
    """Return what the legend names of a route: pre-activations only where nothing else says which way it takes."""
    single = {z for branch in network.branches for layer in branch if layer.pieces == 1 for z in layer.pre_activations}
    passed = _passed(network, route)
    kept = [
        symbol
        for symbol, after in pairwise(passed)
        if symbol not in single or after not in network.children.get(symbol, ())
    ]
    return (*kept, passed[-1])


def _legend(sheet: Sheet, stops: Sequence[Symbol]) -> Inline:
    """Return the stops of a path with arrows between them, the middle of a long one as dots."""
    items: list[Layout] = []
    names: list[Layout] = [sheet.names(symbol.name) for symbol in stops]
    if len(names) > MOST_STOPS:
        names = [*names[: MOST_STOPS // 2], Glyph("cdots"), *names[-(MOST_STOPS // 2 - 1) :]]
    for name in names:
        items += [Operator("to"), name] if items else [name]
    return (Row(tuple(items)),)
