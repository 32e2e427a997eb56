"""Rounded numbers and dots as trees."""

from __future__ import annotations

from collections.abc import Callable

from symnet.layout.tree import Glyph, Layout, Matrix, Number, Operator
from symnet.numerics.format import Shown
from symnet.typeset.expressions import row, scientific

# Numbers as layout trees: their digits, with a sign and a power of ten where they have one.


def figures(form: Shown) -> Layout:
    """Return a number with its sign and, where it has one, the power of ten."""
    items: list[Layout] = [Operator("-", unary=True)] if form.negative else []
    items.append(Number(form.text) if form.exponent is None else scientific(form.text, form.exponent))
    return row(items)


# What is printed of much, and the dots that stand for the rest.


def kept(count: int, most: int) -> list[int | None]:
    """Return the 0-based indices that are printed of so many, None standing for dots."""
    return [*range(count)] if count <= most else [*range(most - 2), None, count - 1]


def dotted(rows: int, columns: int, most: tuple[int, int], cell: Callable[[int, int], Layout]) -> Matrix:
    """Return a matrix of at most so many rows and columns, dots standing for the rest.

    Args:
        rows: How many rows there are.
        columns: How many columns there are.
        most: How many of both are printed.
        cell: The entry in a 0-based row and column.
    """
    across = kept(columns, most[1])
    return Matrix(
        tuple(
            tuple(Glyph("vdots") if i is None else Glyph("cdots") if j is None else cell(i, j) for j in across)
            for i in kept(rows, most[0])
        )
    )
