"""The compact sections that all losses share: the network, its symbols, the forward pass, the derivatives it uses."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symnet.document import Block, Flow, Heading, InColumns, Inline, Line, Note, Paragraph, SideBySide
from symnet.indexed.forward import is_coupled
from symnet.indexed.letters import IndexedLayer
from symnet.layout.tree import Layout, Operator
from symnet.network.graph import counts
from symnet.notation.names import letter_of
from symnet.sheets.compact_facts import compact_facts
from symnet.sheets.compact_part import MOST_UNITS_SPELLED, CompactPart
from symnet.sheets.indexed import index_conditions, index_range
from symnet.sheets.names import of_node
from symnet.sheets.network import applied, conventions, dropout, in_sentences, network_figure
from symnet.sheets.sheet import Sheet
from symnet.sheets.symbols import PLACE
from symnet.text.say import say
from symnet.typeset.expressions import row


def network_section(parts: list[CompactPart]) -> Iterator[Block]:
    """Yield the drawing of the network, how much there is of it, and the table of its symbols.

    Args:
        parts: The parts, which share the network.
    """
    sheet, network = parts[0].sheet, parts[0].sheet.part.network
    yield Heading(1, say("compact.network"))
    yield network_figure(sheet)
    yield Paragraph(in_sentences(sheet, _sum_of_parameters(sheet)))
    for number, layer in enumerate(network.layers, 1):
        if layer.dropped:
            yield from dropout(sheet, number, layer)
    yield PLACE
    yield from conventions(*(part.sheet for part in parts))
    yield from dict.fromkeys(note for part in parts for note in index_conditions(part.write))


def _sum_of_parameters(sheet: Sheet) -> Inline:
    """Return how the parameters are counted, layer by layer, where there are several layers."""
    size = counts(sheet.part.network)
    if size.layers == 1:
        return ()
    terms = [letter_of(str(count)) for count in size.parameters_by_layer]
    items: list[Layout] = [part for term in terms for part in (Operator("+"), term)][1:]
    return (row([*items, Operator("=")]), "\N{NO-BREAK SPACE}")


def forward_section(part: CompactPart) -> Iterator[Block]:
    """Yield the forward equations: pre-activation left, activation right."""
    sheet, layers = part.sheet, part.write.form.letters.layers
    if not sheet.view.scalar:
        return
    yield Heading(1, say("compact.forward"))
    yield InColumns(tuple(_filled([equations for layer in layers for equations in _equations(part, layer)])))
    general = [layer for layer in layers if _is_general(part, layer) or is_coupled(layer)]
    if general:
        yield Note(say("compact.ranges", ranges=_ranges(part, general)))
    if len(sheet.part.network.branches) > 1:
        yield Note(say("compact.branches"))


def _filled(rows: list[tuple[Line, ...]]) -> Iterator[SideBySide]:
    widest = max(map(len, rows))
    for each in rows:
        yield (*each, *(None,) * (widest - len(each)))


def _is_general(part: CompactPart, layer: IndexedLayer) -> bool:
    """Return whether the equations of a layer stand at a general unit."""
    return part.sheet.view.indexed or len(layer.nodes.activations) > MOST_UNITS_SPELLED


def _ranges(part: CompactPart, layers: list[IndexedLayer]) -> Inline:
    """Return what the indices of some layers run over."""
    said = []
    for layer in layers:
        number = part.numbered(layer.number)
        said.append(say("compact.range", number=number, units=index_range(part.write, layer.own)))
    between = say("series.between_clauses")
    return tuple(piece for index, one in enumerate(said) for piece in ((*between, *one) if index else one))


def _equations(part: CompactPart, layer: IndexedLayer) -> Iterator[tuple[Line, ...]]:
    """Yield the equations of a layer, those of a unit side by side."""
    if _is_general(part, layer):
        rules = part.write.form.layers[layer.number - 1]
        yield tuple(line._replace(reason=()) for equation in rules.forward for line in part.write.lines(equation))
        return
    sheet, nodes = part.sheet, layer.nodes
    if is_coupled(layer):
        # A softmax is told once for all its units, behind the last of what it reads.
        general = part.write.form.layers[layer.number - 1].forward[1:]
        told = [line._replace(reason=()) for equation in general for line in part.write.lines(equation)]
        *others, last = nodes.pre_activations
        yield from ((_equation(sheet, z),) for z in others)
        yield _equation(sheet, last), *told
        return
    for unit, a in enumerate(nodes.activations):
        *others, last = nodes.read_by(unit)[:1] if not layer.has_pieces else nodes.read_by(unit)
        for z in others:
            yield (_equation(sheet, z),)
        dropped = (_equation(sheet, nodes.dropped[unit]),) if nodes.dropped else ()
        own = last if layer.has_pieces else nodes.pre_activations[unit]
        right = sheet.build(applied(sheet, nodes, unit))
        yield _equation(sheet, own), Line(sheet.names(a.name), "=", right, of=of_node(a)), *dropped


def _equation(sheet: Sheet, symbol: Symbol) -> Line:
    expression = sheet.part.network.nodes[symbol].expression
    return Line(sheet.names(symbol.name), "=", sheet.build(expression), of=of_node(symbol))


def facts_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the activations and their derivatives side by side, and what is taken at their kinks."""
    found = compact_facts(sheet)
    if found.lines:
        yield Heading(1, say("compact.derivatives"))
        yield Flow(found.lines, tinted=True, group_sizes=found.group_sizes)
        yield from found.plots
        for remark in found.remarks:
            yield Note(remark)
