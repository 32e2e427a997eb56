"""SymPy to layout tree: the one place that decides order, brackets and room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero

from symnet.calculus import (
    Applied,
    Branch,
    Chain,
    Direct,
    Indicator,
    Partial,
    PathSum,
    Quotient,
    SampleSum,
    Slope,
    Undercuts,
    Wins,
)
from symnet.indexed.tree import Attains, Elsewhere, IndexMax, IndexSum, Kronecker
from symnet.layout.conditions import (
    CONDITIONS,
    branched,
    by_cases,
    condition,
    is_short,
    one_where,
)
from symnet.layout.names import Names
from symnet.layout.operands import (
    bare,
    begins_with_digits,
    bracketed,
    call_of,
    gap_between,
    is_loose,
    is_number,
    is_worded,
    ordered_factors,
    ordered_terms,
    row,
    runs_into,
    signed,
    size_of,
)
from symnet.layout.reading import begins_with_sign, first
from symnet.layout.tree import (
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Prime,
    Root,
    Scripts,
    Word,
)

Leaf = Callable[[Symbol], Layout]


class Builder:
    """Turns expressions into layout trees.

    Args:
        names: How quantities, functions and signs are written.
        leaf: What to write for each symbol; without it, its name.
        times: Whether factors are set apart by a times sign, as numbers are.
    """

    def __init__(self, names: Names, leaf: Leaf | None = None, times: bool = False) -> None:
        self._names = names
        self._leaf = leaf
        self._times = times
        self._sums: dict[Expr, Layout] = {}

    def __call__(self, expression: Expr) -> Layout:
        """Return the layout tree of ``expression``."""
        return _RULES[type(expression)](self, expression)

    def symbol(self, symbol: Symbol) -> Layout:
        """Return a symbol's name, or what stands for it."""
        if self._leaf is not None:
            return self._leaf(symbol)
        return self._names(symbol.name) if symbol.name in self._names.quantities else Glyph(symbol.name)

    def rational(self, number: Expr) -> Layout:
        """Return a number; a negative one with its sign before it."""
        return row((Operator("-", unary=True), size_of(number))) if number.is_negative else size_of(number)

    def sum(self, expression: Expr) -> Layout:
        """Return a sum, a minus sign for each term that begins with -1; every weight of a unit has the same ones."""
        if expression not in self._sums:
            self._sums[expression] = self.new_sum(expression)
        return self._sums[expression]

    def new_sum(self, expression: Expr) -> Layout:
        """Return a sum that has not been laid out yet."""
        items: list[Layout] = []
        for index, term in enumerate(ordered_terms(expression)):
            negative, size = signed(term)
            if index or negative:
                items.append(Operator("-" if negative else "+", unary=not index))
            body = self(size)
            if size.is_Symbol and (not items or not begins_with_sign(bare(body))):
                body = bare(body)
            loose = is_loose(size) and (negative or isinstance(size, Branch))
            items.append(bracketed(body) if loose or (items and begins_with_sign(body)) else body)
        return row(items)

    def product(self, expression: Expr) -> Layout:
        """Return a product; what follows a -1 inside it stands in brackets with its sign."""
        factors = ordered_factors(expression)
        conditions = [factor for factor in factors if isinstance(factor, CONDITIONS)]
        if conditions:
            splits = self._names.notation.splits
            if splits == "cases" and is_short(found := by_cases(self, factors)):
                return found
            if splits == "indicator":
                factors = [*(factor for factor in factors if factor not in conditions), *conditions]
        negative, size = signed(Chain(*factors))
        if negative:
            body = self(size)
            loose = is_loose(size) or begins_with_sign(body)
            return row((Operator("-", unary=True), bracketed(body) if loose else body))
        for index, factor in enumerate(factors):
            if factor is S.NegativeOne:
                bracket = bracketed(self(Chain(*factors[index:])))
                gap = gap_between(
                    Fence,
                    Fence,
                    times=self._times,
                    digits=is_number(bracket.body) or factors[index - 1] in (S.Zero, S.One),
                )
                return row((*self.factors(factors[:index]), *gap, bracket))
        return row(self.factors(factors))

    def factors(self, factors: Sequence[Expr]) -> list[Layout]:
        """Return factors side by side, those that need it in brackets."""
        items: list[Layout] = []
        pair = len(factors) == 2 and all(factor.is_Symbol for factor in factors)
        for index, factor in enumerate(factors):
            # Only a whole product is written by cases.
            body = self.where(factor) if isinstance(factor, CONDITIONS) else self(factor)
            open_ended = isinstance(factor, SampleSum | IndexSum) and index < len(factors) - 1
            if is_loose(factor) or open_ended or begins_with_sign(body):
                body = bracketed(bare(body))
            if items:
                before = factors[index - 1]
                digits = begins_with_digits(body) or factor.is_Rational or runs_into(body, before)
                called = is_worded(items[-1]) and before.is_Symbol and isinstance(first(body), Fence)
                close = pair and not isinstance(items[-1], Fraction)
                items += gap_between(
                    type(items[-1]), type(first(body)), times=self._times, digits=digits or called, pair=close
                )
            items.append(body)
        return items

    def quotient(self, expression: Expr) -> Layout:
        """Return one expression over another, a sign that is above before both."""
        negative, size = signed(expression)
        over, under = size.args
        fraction = Fraction(bare(self(over)), bare(self(under)))
        return row((Operator("-", unary=True), fraction)) if negative else fraction

    def power(self, expression: Expr) -> Layout:
        """Return a base with its exponent."""
        base, exponent = expression.args
        high = bare(self(exponent))
        if isinstance(base, Applied | tanh) and exponent.is_Integer and exponent.is_positive:
            name, arguments = call_of(base)
            if name not in _SHAPES:
                return row((Scripts(self._names.function(name), sup=high), Fence(self.list(arguments))))
        body = self(base)
        if isinstance(body, Scripts) and body.sup is None and base.is_Symbol:
            return Scripts(body.base, body.sub, high)
        letter = base.is_Symbol or isinstance(base, Exp1 | Pi) or (base.is_Integer and not base.is_negative)
        simple = letter and not begins_with_sign(body) and not isinstance(body, Scripts | Fence | Fraction)
        closed = isinstance(body, Fence) and body.left == "|"
        return Scripts(body if simple or closed else bracketed(bare(body)), sup=high)

    def exponential(self, expression: Expr) -> Layout:
        """Return a power of e."""
        return Scripts(Glyph("e"), sup=bare(self(expression.args[0])))

    def logarithm(self, expression: Expr) -> Layout:
        """Return the natural logarithm."""
        return self.of_one_name(self._names.notation.logarithm, expression.args[0])

    def of_one_name(self, letter: Layout, argument: Expr) -> Layout:
        """Return a function of one argument, in brackets unless it is one name."""
        body = self(argument)
        if argument.is_Symbol and not isinstance(body, Fence | Fraction):
            return row((letter, body))
        return row((letter, Fence(bare(body))))

    def function(self, expression: Expr) -> Layout:
        """Return a named function of its arguments."""
        name, arguments = call_of(expression)
        shape = _SHAPES.get(name)
        if shape is not None:
            return shape(self, expression)
        return row((self._names.function(name), Fence(self.list(arguments))))

    def absolute(self, expression: Expr) -> Layout:
        """Return an absolute value."""
        return Fence(bare(self(expression.args[1])), "|", "|")

    def root(self, expression: Expr) -> Layout:
        """Return a square root."""
        return Root(bare(self(expression.args[1])))

    def based_logarithm(self, expression: Expr) -> Layout:
        """Return a logarithm to a base of its own."""
        return self.of_one_name(self._names.function(expression.name), expression.args[1])

    def list(self, arguments: Iterable[Expr]) -> Layout:
        """Return arguments with commas between them."""
        items: list[Layout] = []
        for argument in arguments:
            items += [Operator(",")] if items else []
            items.append(bare(self(argument)))
        return row(items)

    def indicator(self, expression: Expr) -> Layout:
        """Return what is 1 under a condition and 0 else: as an indicator, or by cases."""
        cases = self._names.notation.splits == "cases"
        return by_cases(self, (expression,)) if cases else self.where(expression)

    def where(self, expression: Expr) -> Layout:
        """Return what is 1 under a condition and 0 else, as an indicator."""
        return one_where(self._names.notation, condition(self, expression))

    def branch(self, expression: Expr) -> Layout:
        """Return a value by cases, or as a sum of two values with their indicators."""
        return branched(self, self._names.notation, expression)

    def samples(self, expression: Expr) -> Layout:
        """Return a sum over the samples, with the mark of a sample on whatever each has for itself."""
        body, count = expression.args
        letter = self._names.notation.sample.letter
        marked = Builder(self._names, lambda symbol: self._names.sampled(symbol.name, letter), self._times)(body)
        sign = Scripts(Glyph("sum"), row((Glyph(letter), Operator("="), Number("1"))), self(count))
        return row((sign, bracketed(marked) if is_loose(body) else marked))

    def index_sum(self, expression: Expr) -> Layout:
        """Return a sum over an index, whose range is said once for all."""
        sign = Scripts(Glyph("sum"), self._names.index(expression.index.name))
        body = self(expression.body)
        return row((sign, bracketed(body) if is_loose(expression.body) else body))

    def index_max(self, expression: Expr) -> Layout:
        """Return the largest over an index."""
        return row((Scripts(Word("max"), self._names.index(expression.index.name)), self(expression.body)))

    def same_index(self, expression: Expr) -> Layout:
        """Return what is 1 where an index is another one, or one of some values."""
        index, *others = (self._names.index(str(part)) for part in expression.args)
        if len(others) == 1:
            return one_where(self._names.notation, row((index, Operator("="), others[0])))
        listed = [part for other in others for part in (Operator(","), other)][1:]
        return one_where(self._names.notation, row((index, Operator("in"), Fence(row(listed), "{", "}"))))

    def other_index(self, expression: Expr) -> Layout:
        """Return what is 1 where an index is none of some values."""
        index, *others = (self._names.index(str(part)) for part in expression.args)
        apart = [part for other in others for part in (Operator(","), index, Operator("!="), other)][1:]
        return one_where(self._names.notation, row(apart))

    def attains(self, expression: Expr) -> Layout:
        """Return what is 1 where a quantity is the largest over an index."""
        own, _index, largest = expression.args
        return one_where(self._names.notation, row((self(own), Operator("="), self(largest))))

    def partial(self, expression: Expr) -> Layout:
        """Return a partial derivative."""
        return self._names.partial(self.symbol(expression.of), self.symbol(expression.wrt))

    def direct(self, expression: Expr) -> Layout:
        """Return a partial derivative along the direct way alone."""
        return Scripts(Fence(self.partial(expression)), Word("direct"))

    def slope(self, expression: Expr) -> Layout:
        """Return the slope of an activation's function, with a prime."""
        activation = self._names.quantities[expression.of.name].activation
        return row((Prime(self._names.function(str(activation))), Fence(self.symbol(expression.wrt))))


# The functions that are not written as a name before a bracket.
_SHAPES: dict[str, Callable[[Builder, Any], Layout]] = {
    "abs": Builder.absolute,
    "sqrt": Builder.root,
    "log2": Builder.based_logarithm,
    "log10": Builder.based_logarithm,
}

_RULES: dict[type, Callable[[Builder, Any], Layout]] = {
    Symbol: Builder.symbol,
    PathSum: Builder.sum,
    Add: Builder.sum,
    Chain: Builder.product,
    Mul: Builder.product,
    Quotient: Builder.quotient,
    Pow: Builder.power,
    exp: Builder.exponential,
    log: Builder.logarithm,
    tanh: Builder.function,
    Indicator: Builder.indicator,
    Wins: Builder.indicator,
    Undercuts: Builder.indicator,
    Branch: Builder.branch,
    SampleSum: Builder.samples,
    IndexSum: Builder.index_sum,
    IndexMax: Builder.index_max,
    Kronecker: Builder.same_index,
    Elsewhere: Builder.other_index,
    Attains: Builder.attains,
    Applied: Builder.function,
    Partial: Builder.partial,
    Direct: Builder.direct,
    Slope: Builder.slope,
    Exp1: lambda _builder, _e: Glyph("e"),
    Pi: lambda _builder, _pi: Glyph("pi"),
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), Builder.rational)
