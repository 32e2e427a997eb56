"""The derivatives that a network uses: one box for each activation, and for each regularizer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.branches import kinked_functions
from symnet.algebra.nodes import Applied
from symnet.catalog.activations import Activation
from symnet.catalog.regularizers import REGULARIZERS
from symnet.document import Block, Fact, Figure, Heading, Inline, Line, LineKind
from symnet.layout.tree import Fence, Fraction, Glyph, Layout, Matrix, Number, Operator, Prime, Row, Scripts
from symnet.network.graph import LayerNodes
from symnet.notation.names import Names
from symnet.quantity import Role
from symnet.sheets.names import called, is_short
from symnet.sheets.plots import activation_figure
from symnet.sheets.sheet import Sheet
from symnet.text.say import in_a_row, say, title
from symnet.typeset.expressions import LayoutBuilder, cases

# Rows and columns of the softmax Jacobian that are printed before dots stand for the rest.
_MOST_IN_JACOBIAN = 4


class _Letters(NamedTuple):
    """How the quantities of one layer are written in a rule for all its units.

    Attributes:
        names: The names of the network.
        value: The role of its activations.
        layer: Its number where its letters are its own, else None.
    """

    names: Names
    value: Role
    layer: int | None

    @classmethod
    def of(cls, sheet: Sheet, layer: LayerNodes) -> _Letters:
        """Return the letters of ``layer``."""
        names = sheet.names
        quantity = names.quantities[layer.activations[0].name]
        return cls(names, names.role_of(quantity), quantity.layer if names.own_letters else None)

    def z(self, index: str = "") -> Layout:
        """Return a pre-activation, or the one with an index."""
        return self.names.role(Role.PRE_ACTIVATION, index, layer=self.layer)

    def a(self, index: str = "") -> Layout:
        """Return an activation, or the one with an index."""
        return self.names.role(self.value, index, layer=self.layer)

    def build(self) -> LayoutBuilder:
        """Return a builder that writes the symbols ``z`` and ``a``, with or without an index, as this layer's."""
        return LayoutBuilder(self.names, self._symbol)

    def _symbol(self, symbol: Symbol) -> Layout:
        letter, _, index = symbol.name.partition("_")
        if letter == "alpha":
            return self.names.letter(Role.SLOPE_PARAMETER)
        return self.z(index) if letter == "z" else self.a(index)


def derivatives_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivative of each activation that the network uses."""
    for number, (_layer, fact) in enumerate(activation_facts(sheet)):
        if not number:
            yield Heading(1, say("derivatives.title"))
        yield fact


def activation_facts(sheet: Sheet, *, plotted: bool = True) -> Iterator[tuple[LayerNodes, Fact]]:
    """Yield the box about each activation that the network uses, with the first layer that has it.

    Args:
        sheet: The part.
        plotted: Whether there is a plot in it, in which an activation that is learned has the slope that is given.
    """
    done: list[tuple[str, dict[str, Expr]]] = []
    for layer in sheet.part.network.layers:
        entry, chosen = layer.activation, _general(layer)
        # That of the identity is 1, which nobody looks up.
        if entry.name != "identity" and (entry.name, chosen) not in done:
            done.append((entry.name, chosen))
            letters = _Letters.of(sheet, layer)
            fact = _FACTS[entry.reads](letters, layer, chosen)
            yield layer, fact._replace(figure=_plotted(sheet, letters, layer, chosen)) if plotted else fact


def _plotted(sheet: Sheet, letters: _Letters, layer: LayerNodes, chosen: dict[str, Expr]) -> Figure | None:
    """Return the plot of an activation that depends on its own pre-activation alone, and of its derivative."""
    entry, z = layer.activation, letters.z()
    if entry.reads != "own":
        return None
    names = letters.build()(Applied(entry.name, Symbol("z"))), Row((Prime(sheet.names.function(entry.name)), Fence(z)))
    values = {} if not layer.learned or sheet.evaluation is None else sheet.evaluation.samples[0].values
    numbers = {symbol: values[symbol] for symbol in layer.learned if symbol in values}
    key = "plot", layer.pre_activations, names, z, tuple(numbers.items())
    return sheet.once(key, lambda: activation_figure(layer, chosen, numbers, names, z))


def _general(layer: LayerNodes) -> dict[str, Expr]:
    """Return the options of a layer's activation; what is learned as a letter without a layer."""
    learned = {name: Symbol(name) for name in layer.activation.learned}
    return {**layer.options, **learned}


def _own_fact(letters: _Letters, layer: LayerNodes, o: dict[str, Expr]) -> Fact:
    """Return the derivative of an activation that depends on its own pre-activation alone."""
    entry, z, build, names = layer.activation, Symbol("z"), letters.build(), letters.names
    value = entry.value((z,), 0, o)
    if entry.applied:
        a: Expr = Applied(entry.name, z)
        function = names.function(entry.name)
        derivative: Layout = Row((Prime(function), Fence(letters.z())))
    else:
        a = Symbol("a")
        function = letters.a()
        derivative = names.partial(function, letters.z())
    values = [value] if build(value) != build(a) else []
    lines = [line._replace(kind=LineKind.DEFINITION) for line in _equal(build(a), build, (*values, *entry.also(z)))]
    lines += _equal(derivative, build, entry.working(z, a, o))
    for name, by_option in entry.learned.items():
        lines.append(Line(names.partial(function, build(Symbol(name))), "=", build(by_option(z, o))))
    convention = _convention(letters, entry, value, o)
    remark = () if entry.defined is not None else say(f"activation.{entry.name}.remark")
    said = in_a_row(*filter(None, (remark, convention)))
    return _fact(_titled(names, letters, entry), said, lines, convention, is_sigmoid=entry.name == "sigmoid")


def _fact(
    subject: Inline, content: Inline, lines: Iterable[Line], convention: Inline = (), *, is_sigmoid: bool = False
) -> Fact:
    """Return the box about the derivative of an activation; the sigmoid alone has an article."""
    title = say("derivatives.of_the" if is_sigmoid else "derivatives.of", function=subject)
    return Fact(title, content, tuple(lines), subject, convention)


def _titled(names: Names, letters: _Letters, entry: Activation) -> Inline:
    """Return what a box says its function is: a short formula where it has no name."""
    name = called(names, entry)
    if isinstance(name, str):
        return (name,)
    if entry.defined is None:
        return (name,)
    build = letters.build()
    whole = Row((build(Applied(entry.name, Symbol("z"))), Operator("="), build(entry.defined)))
    return (whole,) if is_short(whole) else (name,)


def _equal(left: Layout, build: LayoutBuilder, forms: Iterable[Expr]) -> Iterator[Line]:
    """Yield one line for each of several equal forms, without those that the notation writes alike."""
    for index, right in enumerate(dict.fromkeys(map(build, forms))):
        yield Line(None if index else left, "=", right)


def _convention(letters: _Letters, entry: Activation, value: Expr, o: dict[str, Expr]) -> Inline:
    """Return what is taken for a derivative at a kink; nothing where there is none."""
    if entry.smooth(o):
        return ()
    if entry.kink_derivative is not None:
        at = Row((letters.z(), Operator("="), Number("0")))
        taken = letters.build()(entry.kink_derivative(o))
        return say("derivatives.at_kink", at=at, function=title("activation", entry.name, entry.title), taken=taken)
    return in_a_row(*(say(f"kink.{name}") for name in kinked_functions(value)))


def _coupled_fact(letters: _Letters, layer: LayerNodes, _o: dict[str, Expr]) -> Fact:
    """Return the derivatives of an activation whose units all depend on each other, with general indices."""
    entry, units, build = layer.activation, len(layer.activations), letters.build()
    a = [Symbol("a_i"), Symbol("a_j")]
    power = letters.names.exponential(letters.z("i"))
    total = Row((Scripts(Glyph("sum"), sub=Glyph("k")), letters.names.exponential(letters.z("k"))))
    same = Row((Glyph("i"), Operator("="), Glyph("j")))
    other = Row((Glyph("i"), Operator("!="), Glyph("j")))
    rows = ((build(entry.derivative(a, a, 0, 0, {})[-1]), same), (build(entry.derivative(a, a, 0, 1, {})[-1]), other))
    lines = [
        Line(letters.a("i"), "=", Fraction(power, total), kind=LineKind.DEFINITION),
        *_own_derivative(letters, power, total),
        Line(letters.names.partial(letters.a("i"), letters.z("j")), "=", cases(rows)),
        _jacobian(letters, entry, units),
    ]
    if units == 2:
        lines += (line._replace(kind=LineKind.DEFINITION) for line in _two_units(letters))
    return _fact((title("activation", entry.name, entry.title),), say(f"activation.{entry.name}.remark"), lines)


def _own_derivative(letters: _Letters, power: Layout, total: Row) -> list[Line]:
    """Return how the derivative of a unit of a softmax wrt its own pre-activation comes about, by the quotient rule."""
    a = letters.a("i")
    rest = Fence(Row((*total.items, Operator("-"), power)))
    over, under = Row((power, rest)), Scripts(Fence(total), sup=Number("2"))
    left = letters.names.partial(a, letters.z("i"))
    return [
        Line(left, "=", Fraction(over, under)),
        Line(None, "=", Row((a, Fence(Row((Number("1"), Operator("-"), a)))))),
    ]


def _jacobian(letters: _Letters, entry: Activation, units: int) -> Line:
    """Return the matrix of all derivatives of a coupled activation."""
    a, build = [Symbol(f"a_{number}") for number in range(1, units + 1)], letters.build()
    kept = Sheet.kept(units, _MOST_IN_JACOBIAN)
    rows = tuple(
        tuple(
            Glyph("vdots" if row is None else "cdots")
            if row is None or column is None
            else build(entry.derivative(a, a, row, column, {})[-1])
            for column in kept
        )
        for row in kept
    )
    names, layer = letters.names, letters.layer
    vectors = (names.vector(letters.value, layer), names.vector(Role.PRE_ACTIVATION, layer))
    return Line(names.partial(*vectors), "=", Matrix(rows))


def _two_units(letters: _Letters) -> list[Line]:
    """Return the form that a softmax of two units takes: a sigmoid of the difference."""
    first, second = letters.z("1"), letters.z("2")
    raised = letters.names.exponential
    power = raised(Row((second, Operator("-"), first)))
    sum_of_powers = Row((raised(first), Operator("+"), raised(second)))
    return [
        Line(letters.a("1"), "=", Fraction(raised(first), sum_of_powers)),
        Line(
            None,
            "=",
            Fraction(Number("1"), Row((Number("1"), Operator("+"), power))),
            say("derivatives.two_units", difference=Row((first, Operator("-"), second))),
        ),
        Line(letters.a("2"), "=", Row((Number("1"), Operator("-"), letters.a("1")))),
    ]


def _pieces_fact(letters: _Letters, layer: LayerNodes, o: dict[str, Expr]) -> Fact:
    """Return the derivatives of an activation that takes one of several pieces."""
    entry, build = layer.activation, letters.build()
    z = [Symbol(f"z_{number}") for number in range(1, layer.pieces + 1)]
    lines = [Line(letters.a(), "=", build(entry.value(z, 0, o)), kind=LineKind.DEFINITION)]
    for number in range(layer.pieces):
        derivative = entry.derivative(z, (), 0, number, o)[-1]
        lines.append(Line(letters.names.partial(letters.a(), letters.z(str(number + 1))), "=", build(derivative)))
    tie = say("derivatives.tie")
    return _fact(
        (title("activation", entry.name, entry.title),),
        in_a_row(say(f"activation.{entry.name}.remark"), tie),
        lines,
        tie,
    )


_FACTS = {"own": _own_fact, "layer": _coupled_fact, "pieces": _pieces_fact}


def penalty_facts(sheet: Sheet, kinds: tuple[str, ...]) -> Iterator[Block]:
    """Yield the derivative of each regularizer named in ``kinds``, for one weight."""
    weight, norm, names = Symbol("w"), Symbol("norm"), sheet.names
    length = Scripts(Fence(names.matrix(Role.WEIGHT), "||", "||"), sub=Number("2"))
    build = sheet.with_symbols({"w": names.letter(Role.WEIGHT), "norm": length})
    for kind in dict.fromkeys(kinds):
        entry = REGULARIZERS[kind]
        value = norm if entry.node else entry.value((weight,))
        left = Fraction(Glyph("partial"), Row((Glyph("partial"), names.letter(Role.WEIGHT))))
        derivative = build(entry.derivative(weight, norm if entry.node else None))
        said = say("derivatives.penalty", penalty=title("regularizer", kind))
        line = Line(Row((left, build(value))), "=", derivative)
        yield Fact(said, say(f"regularizer.{kind}.remark") if entry.kinked else (), (line,))
