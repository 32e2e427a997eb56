"""What is printed of much, and the dots that stand for the rest."""

from __future__ import annotations

from collections.abc import Callable

from symnet.layout.tree import Glyph, Layout, Matrix


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
