"""The drawing of a window that moves over an image: where it stands, and which number it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symnet.diagram.drawing import arrow, framed
from symnet.document import Box, Figure, Inline, Label, Shape

_CELL, _GAP, _DROP = 0.62, 1.0, 0.3
_MOST_CELLS = 12
"""Along one axis; larger images are not drawn."""


class CellGrid(NamedTuple):
    """Numbers in rows and columns.

    Attributes:
        name: What stands below it.
        cells: What stands in each place, row by row.
        role: What the cells are.
        marked: How many rows and columns at the upper left are those of the window, or the number that it gives.
    """

    name: Inline
    cells: Sequence[Sequence[Inline]]
    role: str
    marked: tuple[int, int]


def draw_windows(
    image: CellGrid, kernel: CellGrid | None, result: CellGrid, sign: Inline, description: str
) -> Figure | None:
    """Return the drawing of the first place of a window, or None for an image that is too large.

    Args:
        image: Over which it moves, with the zeros around it.
        kernel: The numbers of the window, if it has any.
        result: What it gives.
        sign: What stands before the kernel, or over the arrow where there is none.
        description: What is shown, in words.
    """
    grids = [image, *([kernel] if kernel is not None else []), result]
    if any(len(grid.cells) > _MOST_CELLS or len(grid.cells[0]) > _MOST_CELLS for grid in grids):
        return None
    shapes: list[Shape] = []
    left = 0.0
    for place, grid in enumerate(grids):
        if place:
            shapes += _between(left, sign if place == 1 else (), last=place == len(grids) - 1)
            left += _GAP
        shapes += _cells(grid, left)
        left += len(grid.cells[0]) * _CELL
    return framed(shapes, description)


def _between(left: float, sign: Inline, *, last: bool) -> list[Shape]:
    """Return the arrow and the operator between two grids."""
    middle = left + _GAP / 2
    drawn: list[Shape] = list(arrow(left + 0.2, 0.0, left + _GAP - 0.2, 0.0, "edge")) if last else []
    return [*drawn, *([Label(middle, 0.25 if last else 0.0, sign, "hidden")] if sign else [])]


def _cells(grid: CellGrid, left: float) -> list[Shape]:
    """Return a grid about the middle line, its name below it."""
    rows, columns = len(grid.cells), len(grid.cells[0])
    top = rows * _CELL / 2
    shapes: list[Shape] = []
    for row, cells in enumerate(grid.cells):
        for column, content in enumerate(cells):
            x, y = left + (column + 0.5) * _CELL, top - (row + 0.5) * _CELL
            marked = row < grid.marked[0] and column < grid.marked[1]
            shapes.append(Box(x, y, _CELL - 0.06, _CELL - 0.06, "output" if marked else grid.role))
            if content:
                shapes.append(Label(x, y, content, "operation"))
    shapes.append(Label(left + columns * _CELL / 2, -top - _DROP, grid.name, "hidden"))
    return shapes
