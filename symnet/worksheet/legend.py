"""The legend of a sheet: every symbol that it uses, and what the notation takes for granted."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol, log

from symnet.calculus import Indicator, Undercuts, Wins
from symnet.document import Block, Inline, Note, Table
from symnet.layout.tree import Fence, Glyph, Layout, Operator, Row
from symnet.network import Kind, Network, Node
from symnet.quantity import Role
from symnet.worksheet.sheet import Sheet, inline_list

_CONDITIONS = (Indicator, Wins, Undercuts)
_OF_NO_LAYER = frozenset((Kind.LOSS, Kind.GRAPH))

# Names of a graph that are listed before dots stand for the rest.
_MOST_LISTED = 10

# Roles of which every member has a letter of its own, so that each stands in the table of symbols.
_EACH = frozenset((Role.STRENGTH, Role.NORM, Role.DISTANCE))


def legend(sheet: Sheet, *others: Sheet) -> Iterator[Block]:
    """Yield the table of symbols, and below it what the notation takes for granted.

    Args:
        sheet: The first part.
        others: The other parts, whose losses may use more.
    """
    yield symbols_table(sheet)
    yield from conventions(sheet, *others)


def symbols_table(sheet: Sheet) -> Table:
    """Return the table of symbols: every role that the network has, with general indices."""
    names = sheet.names
    rows = []
    for role in Role:
        if role not in names.held or role not in names.notation.names:
            continue
        symbols: Inline = inline_list([names(quantity.id) for quantity in names.held[role]])
        if role not in _EACH:
            symbols = _defined(sheet, role, names.general(role))
        rows.append(((role.value,), symbols, names.notation.names[role].meaning))
    return Table((("Name",), ("Symbol",), ("Meaning",)), tuple(rows), "lll")


def _defined(sheet: Sheet, role: Role, symbols: tuple[Layout, ...]) -> Inline:
    if role is not Role.DELTA:
        return inline_list(symbols)
    names = sheet.names
    wrt = names.general(Role.PRE_ACTIVATION)[0]
    return (Row((symbols[0], Operator("="), names.partial(names(sheet.part.network.loss.name), wrt))),)


def graph_legend(sheet: Sheet) -> Iterator[Block]:
    """Yield what each name of a graph is, and below it what the notation takes for granted."""
    network, names = sheet.part.network, sheet.names
    inner = tuple(symbol for symbol in network.nodes if symbol != network.loss)
    held = (
        ("input", network.inputs, "given"),
        ("parameter", network.parameters, "given, and changed by training"),
        ("node", inner, "computed, in this order"),
        ("output", (network.loss,), "what is differentiated"),
    )
    rows = tuple(((name,), tuple(_listed(sheet, symbols)), (said,)) for name, symbols, said in held if symbols)
    led = [symbol for symbol in (*inner, *network.inputs, *network.parameters) if symbol in sheet.leading]
    derivative = names.partial(names(network.loss.name), names(led[0].name))
    by = "every parameter, and every node on the way" if network.parameters else "every other name"
    slope: tuple[Inline, ...] = (("derivative",), (derivative,), (f"of the output, by {by}",))
    yield Table((("Name",), ("Symbol",), ("Meaning",)), (*rows, slope), "lll")
    yield from conventions(sheet)


def _listed(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Iterator[str | Layout]:
    """Yield names with commas between them, dots for the middle of many."""
    for number, index in enumerate(sheet.kept(len(symbols), _MOST_LISTED)):
        if number:
            yield ", "
        yield Glyph("dots") if index is None else sheet.names(symbols[index].name)


def conventions(*sheets: Sheet) -> Iterator[Note]:
    """Yield what the notation takes for granted: which logarithm is meant, and how a condition is written."""
    notation = sheets[0].names.notation
    nodes = tuple(node for sheet in sheets for node in _telling(sheet.part.network))
    said: list[Inline] = []
    if any(node.expression.has(log) for node in nodes):
        said.append((notation.logarithm, " is the natural logarithm"))
    if any(slope.has(*_CONDITIONS) for node in nodes for slopes in node.slopes.values() for slope in slopes):
        condition = Row((notation.indicator, Fence(Glyph("c"), "[", "]")))
        said.append((condition, " is 1 where the condition ", Glyph("c"), " holds, else 0"))
    if said:
        yield Note((*(part for index, one in enumerate(said) for part in (("; ",) if index else ()) + one), "."))


def _telling(network: Network) -> Iterator[Node]:
    """Yield nodes in which every function of the network occurs: one activation a layer, and what is no layer's."""
    seen = {layer.activations[0] for layer in network.layers}
    yield from (node for node in network.nodes.values() if node.symbol in seen or node.kind in _OF_NO_LAYER)
