"""The slopes that a network uses: one box for each activation, and for each regularizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import Applied
from symnet.catalog.activations import Activation
from symnet.catalog.kinks import kinked_functions
from symnet.catalog.regularizers import REGULARIZERS
from symnet.document import Block, Fact, Heading, Inline, Line
from symnet.layout.tree import Cases, Fence, Fraction, Glyph, Layout, Matrix, Number, Operator, Prime, Row, Scripts
from symnet.network import LayerNodes
from symnet.worksheet.sheet import Sheet

# Rows and columns of the softmax Jacobian that are printed before dots stand for the rest.
_MOST_IN_JACOBIAN = 4


def slopes_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the slope of each activation that the network uses."""
    yield Heading(1, ("The slopes used",))
    done: list[tuple[str, dict[str, Expr]]] = []
    for layer in sheet.part.network.layers:
        entry, chosen = layer.activation, _general(layer)
        if (entry.name, chosen) not in done:
            done.append((entry.name, chosen))
            yield _FACTS[entry.reads](sheet, layer, chosen)


def _general(layer: LayerNodes) -> dict[str, Expr]:
    """Return the options of a layer's activation; what is learned as a letter without a layer."""
    learned = {name: Symbol(name) for name in layer.activation.learned}
    return {**layer.options, **learned}


def _own_fact(sheet: Sheet, layer: LayerNodes, o: dict[str, Expr]) -> Fact:
    """Return the slope of an activation that depends on its own pre-activation alone."""
    entry, z = layer.activation, Symbol("z")
    value = entry.value((z,), 0, o)
    if entry.applied:
        a: Expr = Applied(entry.name, z)
        function = sheet.names.function(entry.name)
        slope: Layout = Row((Prime(function), Fence(Glyph("z"))))
    else:
        a = Symbol("a")
        function = Glyph("a")
        slope = sheet.names.partial(function, Glyph("z"))
    values = [value] if sheet.build(value) != sheet.build(a) else []
    lines = [
        Line(None if index else sheet.build(a), "=", sheet.build(form))
        for index, form in enumerate((*values, *entry.also(z)))
    ]
    forms = entry.working(z, a, o)
    lines += [Line(None if index else slope, "=", sheet.build(form)) for index, form in enumerate(forms)]
    for name, by_option in entry.learned.items():
        lines.append(Line(sheet.names.partial(function, Glyph(name)), "=", sheet.build(by_option(z, o))))
    return Fact(f"Slope of {entry.title}", tuple(_remarks(sheet, entry, value, o)), tuple(lines))


def _remarks(sheet: Sheet, entry: Activation, value: Expr, o: dict[str, Expr]) -> Iterator[str | Layout]:
    """Yield what is said of a slope, and of the convention at a kink."""
    yield entry.remark
    if entry.smooth(o):
        return
    if entry.kink_slope is not None:
        at = Row((Glyph("z"), Operator("="), Number("0")))
        yield from (" At the kink, ", at, ", it is taken to be ", sheet.build(entry.kink_slope(o)), ".")
    else:
        yield from (f"{kink.sentence} " for kink in kinked_functions(value))


def _coupled_fact(sheet: Sheet, layer: LayerNodes, _o: dict[str, Expr]) -> Fact:
    """Return the slopes of an activation whose units all depend on each other, with general indices."""
    entry, units = layer.activation, len(layer.activations)
    a = [Symbol("a_i"), Symbol("a_j")]
    written = {name: Scripts(Glyph(name[0]), sub=Glyph(name[-1])) for name in ("a_i", "a_j", "z_i", "z_j", "z_k")}
    build = sheet.with_symbols(written)
    power = Scripts(Glyph("e"), sup=written["z_i"])
    total = Row((Scripts(Glyph("sum"), sub=Glyph("k")), Scripts(Glyph("e"), sup=written["z_k"])))
    same = Row((Glyph("i"), Operator("="), Glyph("j")))
    other = Row((Glyph("i"), Operator("!="), Glyph("j")))
    rows = ((build(entry.slope(a, a, 0, 0, {})[-1]), same), (build(entry.slope(a, a, 0, 1, {})[-1]), other))
    lines = [
        Line(written["a_i"], "=", Fraction(power, total)),
        *_own_slope(sheet, written, power, total),
        Line(sheet.names.partial(written["a_i"], written["z_j"]), "=", Cases(rows)),
        _jacobian(sheet, entry, units),
    ]
    if units == 2:
        lines += _two_units()
    return Fact(f"Slope of {entry.title}", (entry.remark,), tuple(lines))


def _own_slope(sheet: Sheet, written: Mapping[str, Layout], power: Layout, total: Row) -> list[Line]:
    """Return how the slope of a unit of a softmax by its own pre-activation comes about, by the quotient rule."""
    a = written["a_i"]
    rest = Fence(Row((*total.items, Operator("-"), power)))
    over, under = Row((power, rest)), Scripts(Fence(total), sup=Number("2"))
    left = sheet.names.partial(a, written["z_i"])
    return [
        Line(left, "=", Fraction(over, under)),
        Line(None, "=", Row((a, Fence(Row((Number("1"), Operator("-"), a)))))),
    ]


def _indexed(letter: str, number: int) -> Layout:
    return Scripts(Glyph(letter), sub=Number(str(number)))


def _jacobian(sheet: Sheet, entry: Activation, units: int) -> Line:
    """Return the matrix of all slopes of a coupled activation."""
    a = [Symbol(f"a_{number}") for number in range(1, units + 1)]
    build = sheet.with_symbols({symbol.name: _indexed("a", number) for number, symbol in enumerate(a, 1)})
    kept = sheet.kept(units, _MOST_IN_JACOBIAN)
    rows = tuple(
        tuple(
            Glyph("vdots" if row is None else "cdots")
            if row is None or column is None
            else build(entry.slope(a, a, row, column, {})[-1])
            for column in kept
        )
        for row in kept
    )
    vectors = (Glyph("a", bold=True), Glyph("z", bold=True))
    return Line(sheet.names.partial(*vectors), "=", Matrix(rows))


def _two_units() -> list[Line]:
    """Return the form that a softmax of two units takes: a sigmoid of the difference."""
    first, second = _indexed("z", 1), _indexed("z", 2)
    power = Scripts(Glyph("e"), sup=Row((second, Operator("-"), first)))
    sum_of_powers = Row((Scripts(Glyph("e"), sup=first), Operator("+"), Scripts(Glyph("e"), sup=second)))
    return [
        Line(_indexed("a", 1), "=", Fraction(Scripts(Glyph("e"), sup=first), sum_of_powers)),
        Line(None, "=", Fraction(Number("1"), Row((Number("1"), Operator("+"), power))), ("two units",)),
        Line(_indexed("a", 2), "=", Row((Number("1"), Operator("-"), _indexed("a", 1)))),
    ]


def _pieces_fact(sheet: Sheet, layer: LayerNodes, o: dict[str, Expr]) -> Fact:
    """Return the slopes of an activation that takes one of several pieces."""
    entry = layer.activation
    z = [Symbol(f"z_{number}") for number in range(1, layer.pieces + 1)]
    build = sheet.with_symbols({symbol.name: _indexed("z", number) for number, symbol in enumerate(z, 1)})
    lines = [Line(Glyph("a"), "=", build(entry.value(z, 0, o)))]
    for number in range(layer.pieces):
        slope = entry.slope(z, (), 0, number, o)[-1]
        lines.append(Line(sheet.names.partial(Glyph("a"), _indexed("z", number + 1)), "=", build(slope)))
    return Fact(f"Slope of {entry.title}", (entry.remark,), tuple(lines))


_FACTS = {"own": _own_fact, "layer": _coupled_fact, "pieces": _pieces_fact}


def penalty_facts(sheet: Sheet, kinds: tuple[str, ...]) -> Iterator[Block]:
    """Yield the slope of each regularizer named in ``kinds``, for one weight."""
    weight, norm = Symbol("w"), Symbol("norm")
    length = Scripts(Fence(Glyph("W", bold=True), "||", "||"), sub=Number("2"))
    build = sheet.with_symbols({"w": Glyph("w"), "norm": length})
    for kind in dict.fromkeys(kinds):
        entry = REGULARIZERS[kind]
        value = norm if entry.node else entry.value((weight,))
        left = Fraction(Glyph("partial"), Row((Glyph("partial"), Glyph("w"))))
        slope = build(entry.slope(weight, norm if entry.node else None))
        content: Inline = (entry.remark,) if entry.remark else ()
        yield Fact(f"Slope of {entry.title}", content, (Line(Row((left, build(value))), "=", slope),))
