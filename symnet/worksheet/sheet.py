"""What every section of a sheet needs: names, formulas and numbers as layout trees, and lines made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derive import Step
from symnet.description.model import Description
from symnet.digits import shown
from symnet.document import Line
from symnet.layout.build import Builder
from symnet.layout.names import Names
from symnet.layout.tree import Fence, Layout, Number, Operator, Row, Scripts
from symnet.numeric import Value
from symnet.prose import REASONS
from symnet.quantity import Role
from symnet.worked import Part


@dataclass(frozen=True)
class Sheet:
    """One part of an exercise with the notation in which it is written.

    Attributes:
        part: The loss that is worked.
        names: How its quantities are written.
        build: From expressions to layout trees.
        decimals: To how many decimals numbers are shown.
        mean: Whether the objective is the mean over the samples, or else the sum.
    """

    part: Part
    names: Names
    build: Builder
    decimals: int
    mean: bool

    @classmethod
    def of(cls, part: Part, description: Description) -> Sheet:
        """Return the sheet of ``part``, written as ``description`` asks."""
        return cls(part, part.names, part.build, description.numbers.decimals, description.reduction == "mean")

    @property
    def objective(self) -> Layout:
        """What training makes small: the loss, or with several samples their mean or sum."""
        evaluation = self.part.evaluation
        several = evaluation is not None and len(evaluation.samples) > 1
        return self.names.role(Role.OBJECTIVE if several else Role.LOSS)

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
        items = body.items if isinstance(body, Row) else (body,)
        tail = result.items if isinstance(result, Row) else (result,)
        return "=" if exact else "approx", Row((*items, relation, *tail))

    def worked_line(
        self, left: Layout, expression: Expr, values: Mapping[Symbol, Value], value: Value
    ) -> tuple[Line, ...]:
        """Return the lines symbolic, substituted and result of one quantity."""
        relation, numbers = self.substituted(expression, values, value)
        return Line(left, "=", self.build(expression)), Line(None, relation, numbers)
