"""SymPy to layout tree: the one place that decides order, brackets and room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sympy import Add, Integer, Max, Mul, Pow, Rational, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Half, NegativeOne, One, Zero

from symnet.calculus import Applied, Chain, Indicator, Partial, PathSum, Quotient, Slope, factors_of, terms_of
from symnet.layout.names import Names
from symnet.layout.tree import (
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Prime,
    Row,
    Scripts,
    Space,
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
        size: Layout = Number(str(abs(int(number.p))))
        if number.q != 1:
            size = Fraction(size, Number(str(int(number.q))))
        return _row((Operator("-", unary=True), size)) if number.is_negative else size

    def sum(self, expression: Expr) -> Layout:
        """Return a sum, a minus sign for each term that begins with -1; every weight of a unit has the same ones."""
        if expression not in self._sums:
            self._sums[expression] = self.new_sum(expression)
        return self._sums[expression]

    def new_sum(self, expression: Expr) -> Layout:
        """Return a sum that has not been laid out yet."""
        items: list[Layout] = []
        for index, term in enumerate(_terms(expression)):
            negative, size = _signed(term)
            if index or negative:
                items.append(Operator("-" if negative else "+", unary=not index))
            body = self(size)
            if not items and size.is_Symbol:
                body = _bare(body)
            items.append(_bracketed(body) if negative and _is_sum(size) else body)
        return _row(items)

    def product(self, expression: Expr) -> Layout:
        """Return a product; what follows a -1 inside it stands in brackets with its sign."""
        factors = _factors(expression)
        if factors[0] is S.NegativeOne:
            size = Chain(*factors[1:])
            body = self(size)
            return _row((Operator("-", unary=True), _bracketed(body) if _is_sum(size) else body))
        for index, factor in enumerate(factors):
            if factor is S.NegativeOne:
                bracket = _bracketed(self(Chain(*factors[index:])))
                return _row((*self.factors(factors[:index]), *self.gap(Fence, Fence), bracket))
        return _row(self.factors(factors))

    def factors(self, factors: Sequence[Expr]) -> list[Layout]:
        """Return factors side by side, those that need it in brackets."""
        items: list[Layout] = []
        pair = len(factors) == 2 and all(factor.is_Symbol for factor in factors)
        for factor in factors:
            body = self(factor)
            if _is_sum(factor) or _begins_with_sign(body):
                body = _bracketed(_bare(body))
            if items:
                digits = isinstance(body, Number) or factor.is_Rational
                items += self.gap(type(items[-1]), type(_first(body)), digits=digits, pair=pair)
            items.append(body)
        return items

    def gap(self, before: type, after: type, *, digits: bool = False, pair: bool = False) -> list[Layout]:
        """Return what stands between two factors: a sign where numbers would run together, else a little room."""
        if self._times:
            return [Operator("times")]
        if digits:
            return [Operator("cdot")]
        return [] if pair or after is Word or (after is Fence and before is not Fence) else [Space("thin")]

    def quotient(self, expression: Expr) -> Layout:
        """Return one expression over another."""
        over, under = expression.args
        return Fraction(self(over), self(under))

    def power(self, expression: Expr) -> Layout:
        """Return a base with its exponent."""
        base, exponent = expression.args
        if isinstance(base, Applied):
            function = self._names.notation.functions[base.name]
            return _row((Scripts(function, sup=self(exponent)), Fence(self.list(base.args[1:]))))
        body = self(base)
        simple = base.is_Symbol and not _begins_with_sign(body) and not isinstance(body, Scripts)
        return Scripts(body if simple else _bracketed(_bare(body)), sup=self(exponent))

    def exponential(self, expression: Expr) -> Layout:
        """Return a power of e."""
        return Scripts(Glyph("e"), sup=_bare(self(expression.args[0])))

    def logarithm(self, expression: Expr) -> Layout:
        """Return the natural logarithm, its argument in brackets unless it is one name."""
        argument = self(expression.args[0])
        letter = self._names.notation.logarithm
        if expression.args[0].is_Symbol and not isinstance(argument, Fence):
            return _row((letter, argument))
        return _row((letter, Fence(_bare(argument))))

    def function(self, expression: Expr) -> Layout:
        """Return a named function of its arguments."""
        name, *arguments = expression.args
        return _row((self._names.notation.functions[str(name.name)], Fence(self.list(arguments))))

    def tanh(self, expression: Expr) -> Layout:
        """Return the hyperbolic tangent."""
        return self.function(Applied("tanh", *expression.args))

    def maximum(self, expression: Expr) -> Layout:
        """Return the largest of the arguments."""
        arguments = sorted(expression.args, key=lambda argument: not argument.is_number)
        return _row((Word("max"), Fence(self.list(arguments))))

    def list(self, arguments: Iterable[Expr]) -> Layout:
        """Return arguments with commas between them."""
        items: list[Layout] = []
        for argument in arguments:
            items += [Operator(",")] if items else []
            items.append(_bare(self(argument)))
        return _row(items)

    def indicator(self, expression: Expr) -> Layout:
        """Return the indicator of a positive argument."""
        condition = _row((_bare(self(expression.args[0])), Operator(">"), Number("0")))
        return _row((self._names.notation.indicator, Fence(condition, "[", "]")))

    def partial(self, expression: Expr) -> Layout:
        """Return a partial derivative."""
        return self._names.partial(self.symbol(expression.of), self.symbol(expression.wrt))

    def slope(self, expression: Expr) -> Layout:
        """Return the slope of an activation's function, with a prime."""
        activation = self._names.quantities[expression.of.name].activation
        function = self._names.notation.functions[str(activation)]
        return _row((Prime(function), Fence(self.symbol(expression.wrt))))


def _row(items: Iterable[Layout]) -> Layout:
    """Return items side by side, without a row inside a row."""
    flat: list[Layout] = []
    for item in items:
        flat += item.items if isinstance(item, Row) else [item]
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def _terms(expression: Expr) -> Sequence[Expr]:
    return expression.as_ordered_terms() if isinstance(expression, Add) else terms_of(expression)


def _factors(expression: Expr) -> Sequence[Expr]:
    return expression.as_ordered_factors() if isinstance(expression, Mul) else factors_of(expression)


def _signed(term: Expr) -> tuple[bool, Expr]:
    """Return whether ``term`` is negative, and the term without its sign."""
    if term.is_Rational and term.is_negative:
        return True, -term
    factors = _factors(term)
    if factors[0] is S.NegativeOne and len(factors) > 1:
        return True, Chain(*factors[1:])
    return False, term


def _is_sum(expression: Expr) -> bool:
    return isinstance(expression, PathSum | Add)


def _begins_with_sign(body: Layout) -> bool:
    first = _first(body)
    return isinstance(first, Operator) and first.unary


def _first(body: Layout) -> Layout:
    return body.items[0] if isinstance(body, Row) else body


def _bare(body: Layout) -> Layout:
    """Return what stands in a pair of brackets, or the tree itself."""
    return body.body if isinstance(body, Fence) else body


def _bracketed(body: Layout) -> Fence:
    """Return ``body`` in round brackets, or in square ones if a sum in round brackets stands in it."""
    parts = body.items if isinstance(body, Row) else (body,)
    return Fence(body, "[", "]") if any(map(_holds_round_sum, parts)) else Fence(body)


def _holds_round_sum(part: Layout) -> bool:
    """Return whether a sum in round brackets stands in ``part``, at the height of the line or in a fraction."""
    if isinstance(part, Fence):
        items = part.body.items if isinstance(part.body, Row) else ()
        is_sum = any(isinstance(item, Operator) and item.name in {"+", "-"} and not item.unary for item in items)
        return part.left == "(" and (is_sum or any(map(_holds_round_sum, items)))
    if isinstance(part, Fraction):
        return _holds_round_sum(part.over) or _holds_round_sum(part.under)
    if isinstance(part, Scripts):
        return _holds_round_sum(part.base)
    return isinstance(part, Row) and any(map(_holds_round_sum, part.items))


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
    tanh: Builder.tanh,
    Max: Builder.maximum,
    Indicator: Builder.indicator,
    Applied: Builder.function,
    Partial: Builder.partial,
    Slope: Builder.slope,
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), Builder.rational)
