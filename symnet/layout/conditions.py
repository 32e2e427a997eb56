"""What holds under a condition: by cases, or with the indicator of the condition as a factor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from sympy import S
from sympy.core.expr import Expr

from symnet.calculus import Branch, Chain, Indicator, Undercuts, Wins
from symnet.catalog.notation import Notation
from symnet.layout.measure import width_em
from symnet.layout.operands import bare, bracketed, is_loose, row, signed
from symnet.layout.tree import Cases, Fence, Layout, Number, Operator, Space, Word

Build: TypeAlias = Callable[[Expr], Layout]
"""From an expression to its layout tree."""

CONDITIONS = (Indicator, Wins, Undercuts)
"""The factors that are 1 under a condition and 0 else."""

# The width in em that a value by cases may have.
_WIDEST = 16.0

OTHERWISE = Word("otherwise")
"""What the last case may be headed by."""


def condition(build: Build, expression: Expr) -> Layout:
    """Return the condition under which an indicator is 1: a positive argument, or that an argument wins."""
    if isinstance(expression, Indicator):
        return compared(build, expression.args[0], ">", S.Zero)
    items: list[Layout] = []
    for own, sign, other in expression.contests:
        items += [Operator(",")] if items else []
        items.append(compared(build, own, sign, other))
    return row(items)


def compared(build: Build, own: Expr, sign: str, other: Expr) -> Layout:
    """Return the comparison of two expressions."""
    return row((bare(build(own)), Operator(sign), bare(build(other))))


def one_where(notation: Notation, where: Layout) -> Layout:
    """Return the indicator of a condition."""
    return row((notation.indicator, Fence(where, "[", "]")))


def is_short(cases: Cases) -> bool:
    """Return whether a value by cases is short enough to be one: a line cannot be broken within it."""
    return all(width_em(value) <= _WIDEST for value, _condition in cases.rows)


def by_cases(build: Build, factors: Sequence[Expr]) -> Cases:
    """Return a product, of which some factors are indicators, as a value by cases."""
    value = build(Chain(*(factor for factor in factors if not isinstance(factor, CONDITIONS))))
    items: list[Layout] = []
    for factor in factors:
        if isinstance(factor, CONDITIONS):
            items += [Operator(",")] if items else []
            items.append(condition(build, factor))
    return Cases(((bare(value), row(items)), (Number("0"), OTHERWISE)))


def branched(build: Build, notation: Notation, expression: Branch) -> Layout:
    """Return one of two values by a switch: by cases, or as a sum of the two with their indicators.

    Args:
        build: From expressions to layout trees.
        notation: How values by cases are written.
        expression: The switch and both values.
    """
    switch, above, below = expression.args
    rows = ((above, ">"), (below, "<="))
    if notation.splits == "indicator":
        return sum_of_cases(build, notation, switch, rows)
    conditions = [compared(build, switch, sign, S.Zero) for _value, sign in rows]
    if notation.splits == "cases":
        conditions[-1] = OTHERWISE
    return Cases(tuple((bare(build(value)), where) for (value, _sign), where in zip(rows, conditions, strict=True)))


def sum_of_cases(build: Build, notation: Notation, switch: Expr, rows: Iterable[tuple[Expr, str]]) -> Layout:
    """Return a value by cases as the sum of each value times the indicator of its case.

    Args:
        build: From expressions to layout trees.
        notation: How an indicator is written.
        switch: What is compared with 0.
        rows: Each value with the sign of its comparison.
    """
    items: list[Layout] = []
    for value, sign in rows:
        if value is S.Zero:
            continue
        negative, size = signed(value)
        if items or negative:
            items.append(Operator("-" if negative else "+", unary=not items))
        if size is not S.One:
            body = build(size)
            items += [bracketed(body) if is_loose(size) else body, Space("thin")]
        items.append(one_where(notation, compared(build, switch, sign, S.Zero)))
    return row(items) if items else Number("0")
