"""The sections that all losses share: the network, its symbols, the forward pass, the slopes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import Applied, Indicator
from symnet.catalog.activations import ACTIVATIONS, Activation
from symnet.diagram import Column, draw
from symnet.document import Block, Fact, Figure, Heading, Line, Paragraph, Table, Working
from symnet.layout.tree import Cases, Fraction, Glyph, Layout, Number, Operator, Prime, Row, Scripts, Word
from symnet.layout.tree import Fence as Brackets
from symnet.network import LayerNodes, Network
from symnet.prose import counted, listed
from symnet.quantity import Role
from symnet.worksheet.sheet import Sheet


def network_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the drawing of the network and the table of its symbols."""
    network = sheet.part.network
    yield Heading(1, ("The network",))
    yield _figure(sheet)
    titles = [ACTIVATIONS[layer.activation].title for layer in network.layers]
    yield Paragraph(
        (
            f"The network has {counted(len(network.layers), 'layer')} of weights with the "
            f"activation{'s' if len(titles) > 1 else ''} {listed(titles)}, and "
            f"{counted(len(network.parameters), 'parameter')}.",
        )
    )
    yield _symbols(sheet)


def _figure(sheet: Sheet) -> Figure:
    network, names = sheet.part.network, sheet.names
    columns = [
        Column(
            units=len(network.inputs),
            label=lambda unit: names(network.inputs[unit - 1].name),
            weight=None,
            bias=None,
            caption=("input",),
            shared_bias=False,
            matrix=None,
        )
    ]
    for number, layer in enumerate(network.layers, 1):
        columns.append(_column(sheet, number, layer, last=number == len(network.layers)))
    return draw(columns, names(network.loss.name), [names(target.name) for target in network.targets])


def _column(sheet: Sheet, number: int, layer: LayerNodes, last: bool) -> Column:
    names = sheet.names
    shared = len(layer.biases) == 1 and len(layer.pre_activations) > 1
    title = ACTIVATIONS[layer.activation].title
    return Column(
        units=len(layer.activations),
        label=lambda unit: names(layer.activations[unit - 1].name),
        weight=lambda to, source: names(layer.weights[to - 1][source - 1].name),
        bias=(lambda unit: names(layer.biases[0 if shared else unit - 1].name)) if layer.biases else None,
        caption=(f"{'output' if last else 'hidden'}, {title}",),
        shared_bias=shared,
        matrix=lambda: names.role(Role.WEIGHT_MATRIX, layer=number),
    )


def _symbols(sheet: Sheet) -> Table:
    """Return the table of symbols: every role that the network has, with general indices."""
    network, names = sheet.part.network, sheet.names
    rows = []
    for role, name in names.notation.names.items():
        held = [q for q in sheet.part.gradient.quantities.values() if q.role is role]
        if not held:
            continue
        lone = all(quantity.unit is None for quantity in held)
        indices = [] if lone else ["i", "j"][: len(name.low)]
        symbol = names.role(role, *indices, layer="ell")
        rows.append(((role.value,), _defined(sheet, role, symbol, network), name.meaning))
    return Table((("Name",), ("Symbol",), ("Meaning",)), tuple(rows), "lll")


def _defined(sheet: Sheet, role: Role, symbol: Layout, network: Network) -> tuple[str | Layout, ...]:
    if role is not Role.DELTA:
        return (symbol,)
    names = sheet.names
    loss = names(network.loss.name)
    wrt = names.role(Role.PRE_ACTIVATION, "i", layer="ell")
    return (Row((symbol, Operator("="), names.partial(loss, wrt))),)


def forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the forward equations of every node, layer by layer."""
    network = sheet.part.network
    yield Heading(1, ("Forward pass",))
    for number, layer in enumerate(network.layers, 1):
        yield Heading(2, (f"Layer {number}, {ACTIVATIONS[layer.activation].title}",))
        sums = [Line(sheet.names(z.name), "=", sheet.build(network.nodes[z].expression)) for z in layer.pre_activations]
        values = [
            Line(sheet.names(a.name), "=", sheet.build(applied(sheet, layer, unit)))
            for unit, a in enumerate(layer.activations)
        ]
        yield Working((*sums, *values))


def applied(sheet: Sheet, layer: LayerNodes, unit: int) -> Expr:
    """Return an activation as it is written: its function's name applied, or its formula."""
    if ACTIVATIONS[layer.activation].applied:
        return Applied(layer.activation, layer.pre_activations[unit])
    return sheet.part.network.nodes[layer.activations[unit]].expression


def slopes_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the slope of each activation that the network uses."""
    yield Heading(1, ("The slopes used",))
    for name in dict.fromkeys(layer.activation for layer in sheet.part.network.layers):
        entry = ACTIVATIONS[name]
        yield _coupled_fact(sheet, entry) if entry.couples else _single_fact(sheet, entry)


def _single_fact(sheet: Sheet, entry: Activation) -> Fact:
    z = Symbol("z")
    if entry.applied:
        a: Expr = Applied(entry.name, z)
        function = sheet.names.notation.functions[entry.name]
        slope: Layout = Row((Prime(function), Brackets(Glyph("z"))))
    else:
        a = Symbol("a")
        slope = sheet.names.partial(Glyph("a"), Glyph("z"))
    forms = entry.working(z, a)
    lines = [Line(sheet.build(a), "=", sheet.build(entry.value((z,), 0)))]
    if sheet.build(entry.value((z,), 0)) == sheet.build(a):
        lines = []
    lines += [Line(None if index else slope, "=", sheet.build(form)) for index, form in enumerate(forms)]
    if isinstance(forms[-1], Indicator):
        positive = Row((Glyph("z"), Operator(">"), Number("0")))
        lines.append(Line(None, "=", Cases(((Number("1"), positive), (Number("0"), Word("otherwise"))))))
    content: tuple[str | Layout, ...] = (entry.remark,)
    if entry.kink is not None:
        at = Row((Glyph("z"), Operator("="), sheet.build(entry.kink)))
        content = (*content, " At the kink, ", at, ", it is taken to be ", sheet.build(entry.kink_slope), ".")
    return Fact(f"Slope of {entry.title}", content, tuple(lines))


def _coupled_fact(sheet: Sheet, entry: Activation) -> Fact:
    """Return the slopes of an activation whose units all depend on each other, with general indices."""
    a = [Symbol("a_i"), Symbol("a_j")]
    written = {name: Scripts(Glyph(name[0]), sub=Glyph(name[-1])) for name in ("a_i", "a_j", "z_i", "z_j", "z_k")}
    build = sheet.with_symbols(written)
    power = Scripts(Glyph("e"), sup=written["z_i"])
    total = Row((Scripts(Glyph("sum"), sub=Glyph("k")), Scripts(Glyph("e"), sup=written["z_k"])))
    same = Row((Glyph("i"), Operator("="), Glyph("j")))
    other = Row((Glyph("i"), Operator("!="), Glyph("j")))
    rows = ((build(entry.slope(a, a, 0, 0)), same), (build(entry.slope(a, a, 0, 1)), other))
    return Fact(
        f"Slope of {entry.title}",
        (entry.remark,),
        (
            Line(written["a_i"], "=", Fraction(power, total)),
            Line(sheet.names.partial(written["a_i"], written["z_j"]), "=", Cases(rows)),
        ),
    )


def shape(network: Network) -> str:
    """Return the number of units in each layer, inputs first: ``3–2–1``."""
    sizes: Sequence[int] = [len(network.inputs), *(len(layer.activations) for layer in network.layers)]
    return "–".join(map(str, sizes))
