"""The derivatives of whole arrays against those of their entries."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.arithmetic.real import quotient
from symnet.arrays.entries import EntryAlgebra, Walk
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree
from symnet.numerics.direct import DecimalValues, Value, called, numeric, raised, to_decimal, total

_COMPARE = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}


def _product(factors: Sequence[Value]) -> Value:
    """Return a product; a factor of exactly 0 makes it 0 whatever the others are."""
    result: Value = 1
    for factor in factors:
        if not factor:
            return factor * 0
        result *= factor
    return result


def _over(over: Value, under: Value) -> Value:
    return over if not over else quotient(over, under)


def _contest(kind: str, place: int, entries: Sequence[Value]) -> Value:
    """Return 1 where an entry is the first of the largest or smallest, else 0."""
    best = (max if kind == "max" else min)(entries)
    return mpmath.mpf(list(entries).index(best) == place)


NUMERIC = EntryAlgebra(
    number=lambda value: numeric(value, {}),
    add=lambda terms: total(list(terms)),
    multiply=_product,
    divide=_over,
    power=raised,
    function=lambda name, arguments: called(FUNCTIONS[name].number, *arguments),
    where=lambda sign, left, right, above, below: above if _COMPARE[sign](left, right) else below,
    indicator=lambda entry: mpmath.mpf(entry > 0),
    contest=_contest,
)
"""Entries as mpmath's numbers, at the precision in force."""
IN_DECIMALS = NUMERIC._replace(
    number=lambda value: numeric(value, DecimalValues()),
    add=lambda terms: total(list(terms)) if terms else 0,
    # What a function makes of whole numbers alone is no decimal.
    power=lambda base, exponent: to_decimal(raised(base, exponent)),
    function=lambda name, arguments: to_decimal(called(FUNCTIONS[name].number, *arguments)),
    indicator=lambda entry: int(entry > 0),
    contest=lambda kind, place, entries: int(_contest(kind, place, entries)),
)
"""Entries as decimals."""


class ArrayNumbers:
    """The numbers of all arrays at one point, and of the derivatives with respect to them.

    Args:
        graph: The arrays.
        values: The value of every scalar.
        derivatives: The derivative of the output with respect to every scalar; left out where it is 0 by nature.
    """

    def __init__(self, graph: ArrayGraph, values: Mapping[Expr, Value], derivatives: Mapping[Symbol, Value]) -> None:
        self.graph = graph
        self.values = values
        decimals = isinstance(values, DecimalValues)
        self.algebra = IN_DECIMALS if decimals else NUMERIC
        self.zero: Value = 0 if decimals else mpmath.mpf(0)
        self.derivatives = {**derivatives, Symbol(graph.ids(graph.output)[0]): self.zero + 1}
        self.cited = {f"d{graph.output}_d{name}": name for name in (*graph.inputs, *graph.nodes)}
        # An array is asked for at each step of time at which something is taken of it.
        self._known: dict[str, Sequence[Value]] = {}
        self._symbols: dict[str, Sequence[Symbol]] = {}

    def __call__(self, name: str) -> Sequence[Value]:
        """Return the entries of an array, or of the derivative with respect to one."""
        if name not in self._known:
            if name in self.cited:
                self._known[name] = self.of_derivative(self.cited[name])
            else:
                self._known[name] = [self.values[one] if one.name else self.zero for one in self.symbols(name)]
        return self._known[name]

    def of_derivative(self, name: str) -> Sequence[Value]:
        """Return the derivatives with respect to the entries of an array."""
        return [self.derivatives.get(symbol, self.zero) for symbol in self.symbols(name)]

    def symbols(self, name: str) -> Sequence[Symbol]:
        """Return the scalars of an array; what is always 0 has no name."""
        if name not in self._symbols:
            self._symbols[name] = [Symbol(one) for one in self.graph.ids(name)]
        return self._symbols[name]


def array_values(tree: ArrayTree, numbers: ArrayNumbers) -> Sequence[Value]:
    """Return the entries of an array expression, such as the derivative of a whole array, by its own rules.

    Args:
        tree: The expression.
        numbers: The numbers at a point.
    """
    return Walk(numbers, numbers.algebra)(tree)
