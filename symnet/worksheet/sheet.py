"""What every section of a sheet needs: names, formulas and numbers as layout trees, and lines made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derivation import Step
from symnet.description.exercise import Exercise
from symnet.document import Inline, Line
from symnet.layout.build import Builder
from symnet.layout.names import Names
from symnet.layout.tree import Fence, Layout, Number, Operator, Row, Scripts
from symnet.numbers.digits import shown
from symnet.numbers.numeric import Value, numeric
from symnet.objective import OBJECTIVE
from symnet.prose import REASONS
from symnet.worked import Part


@dataclass(frozen=True)
class Sheet:
    """One part of an exercise with the notation in which it is written.

    Attributes:
        part: The loss that is worked.
        names: How its quantities are written.
        build: From expressions to layout trees.
        decimals: To how many decimals numbers are shown.
    """

    part: Part
    names: Names
    build: Builder
    decimals: int

    @classmethod
    def of(cls, part: Part, description: Exercise) -> Sheet:
        """Return the sheet of ``part``, written as ``description`` asks."""
        return cls(part, part.names, part.build, description.numbers.decimals)

    @property
    def objective(self) -> Layout:
        """What training makes small: the loss, or what it and the penalty come to over the samples."""
        return self.names((OBJECTIVE if self.part.objective.nodes else self.part.network.loss).name)

    @property
    def constants(self) -> dict[Symbol, Value]:
        """The strengths that are given as symbols, with their numbers."""
        given = self.part.given
        return {} if given is None else {symbol: self.exactly(number) for symbol, number in given.constants.items()}

    @staticmethod
    def kept(count: int, most: int) -> list[int | None]:
        """Return the 0-based indices that are printed of so many, None standing for dots."""
        return [*range(count)] if count <= most else [*range(most - 2), None, count - 1]

    def lines(self, steps: Iterable[Step], left: Layout) -> tuple[Line, ...]:
        """Return one line a step, the left side before the first only."""
        return tuple(
            Line(None if index else left, "=", self.build(step.rhs), (REASONS[step.rule],))
            for index, step in enumerate(steps)
        )

    def with_symbols(self, written: Mapping[str, Layout]) -> Builder:
        """Return a builder that writes the symbols of a general rule as ``written`` says."""
        return Builder(self.names, lambda symbol: written[symbol.name])

    @staticmethod
    def exactly(number: Fraction) -> Value:
        """Return a given number with more digits than are ever shown."""
        with mpmath.workdps(60):
            return mpmath.mpf(number.numerator) / number.denominator

    @staticmethod
    def numeric(expression: Expr, values: Mapping[Symbol, Value]) -> Value:
        """Return the value of an expression with more digits than are ever shown."""
        with mpmath.workdps(60):
            return numeric(expression, values)

    def rough(self, value: Value) -> Layout:
        """Return a value with its order of magnitude and two digits."""
        return replace(self, decimals=3).number(value)[0]

    def number(self, value: Value) -> tuple[Layout, bool]:
        """Return a value as it is shown, and whether it is so exactly."""
        form = shown(value, self.decimals)
        items: list[Layout] = [Operator("-", unary=True)] if form.negative else []
        items.append(Number(form.text))
        if form.exponent is not None:
            size: Layout = Number(str(abs(form.exponent)))
            power = Row((Operator("-", unary=True), size)) if form.exponent < 0 else size
            items += [Operator("times"), Scripts(Number("10"), sup=power)]
        return (Row(tuple(items)) if len(items) > 1 else items[0]), form.exact

    def result(self, value: Value, exact: bool = True) -> tuple[Operator, Layout]:
        """Return the relation and the number with which a calculation ends."""
        layout, is_exact = self.number(value)
        return Operator("=" if exact and is_exact else "approx"), layout

    def substituted(self, expression: Expr, values: Mapping[Symbol, Value], value: Value) -> tuple[str, Layout]:
        """Return a relation and a right side: ``expression`` with numbers put in, then its value."""
        exact = True

        def leaf(symbol: Symbol) -> Layout:
            nonlocal exact
            layout, is_exact = self.number(values[symbol])
            exact = exact and is_exact
            return Fence(layout) if isinstance(layout, Row) else layout

        body = Builder(self.names, leaf, times=True)(expression)
        relation, result = self.result(value, exact or not value)
        if expression.is_Symbol:
            return relation.name, result
        return "=" if exact else "approx", Row((*_items(body), relation, *_items(result)))

    def worked_line(
        self, left: Layout, expression: Expr, values: Mapping[Symbol, Value], value: Value
    ) -> tuple[Line, ...]:
        """Return the lines symbolic, substituted and result of one quantity; of a number, the result alone."""
        relation, numbers = self.substituted(expression, values, value)
        if not expression.free_symbols:
            return (Line(left, "=", self.build(expression)),)
        if expression.is_Symbol:
            return (Line(left, "=", Row((*_items(self.build(expression)), Operator(relation), *_items(numbers)))),)
        return Line(left, "=", self.build(expression)), Line(None, relation, numbers)

    def on_one_line(self, left: Layout, expression: Expr, values: Mapping[Symbol, Value], value: Value) -> Line:
        """Return the same as one line."""
        first, *further = self.worked_line(left, expression, values, value)
        items = list(_items(first.right))
        for line in further:
            items += [Operator(line.relation), *_items(line.right)]
        return Line(left, "=", Row(tuple(items)) if further else first.right)


def _items(layout: Layout) -> tuple[Layout, ...]:
    return layout.items if isinstance(layout, Row) else (layout,)


def inline_list(symbols: Sequence[Layout]) -> Inline:
    """Return formulas as a list in a sentence: ``a, b and c``."""
    items: list[str | Layout] = []
    for index, symbol in enumerate(symbols):
        if index:
            items.append(" and " if index == len(symbols) - 1 else ", ")
        items.append(symbol)
    return tuple(items)
