"""One column of units, with its names and biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symnet.diagram.edges import arrow
from symnet.diagram.placing import Rect, is_free, label_rect, label_size
from symnet.document import Circle, Inline, Label, Shape
from symnet.layout.tree import Glyph, Layout

_MOST_UNITS = 6
_STUB = 0.22


class Column(NamedTuple):
    """What is to be drawn in one column.

    Attributes:
        units: How many units it has.
        label: The name inside a unit; units count from 1.
        weight: The name of the weight to a unit of this column from one before it; None without labels.
        bias: The name of a unit's bias; None without biases.
        caption: What stands below the column.
        shared_bias: Whether all units have the first one's bias.
        matrix: The name that stands for all weights of a gap too dense for single labels.
    """

    units: int
    label: Callable[[int], Layout]
    weight: Callable[[int, int], Layout] | None
    bias: Callable[[int], Layout] | None
    caption: Inline
    shared_bias: bool = False
    matrix: Callable[[], Layout] | None = None


class Grid(NamedTuple):
    """The sizes that all columns share: the distance between units, and their radius."""

    pitch: float
    radius: float


class Placed(NamedTuple):
    """A column at its place; ``nodes`` by unit."""

    column: Column | None
    x: float
    nodes: dict[int, Circle]
    labels: tuple[Label, ...]
    strokes: tuple[Shape, ...] = ()

    @property
    def taken(self) -> list[Rect]:
        """The rectangles of its labels, names of units apart."""
        return [label_rect(label) for label in self.labels if label.role == "bias"]


def slots(units: int) -> tuple[int | None, ...]:
    """Return which unit stands in each slot from the top; None for the dots."""
    if units <= _MOST_UNITS:
        return tuple(range(1, units + 1))
    return (1, 2, 3, None, units)


def place(column: Column | None, x: float, role: str, grid: Grid) -> Placed:
    """Return a column at its place, centred on the height 0; dots for None.

    Args:
        column: The column, or None where columns are left out.
        x: Where its centre is.
        role: ``input``, ``hidden`` or ``output``.
        grid: The sizes.
    """
    if column is None:
        return Placed(None, x, {}, (Label(x, 0, (Glyph("cdots"),), "hidden"),))
    filled = slots(column.units)
    heights = {unit: grid.pitch * ((len(filled) - 1) / 2 - slot) for slot, unit in enumerate(filled)}
    nodes = {unit: Circle(x, y, grid.radius, role) for unit, y in heights.items() if unit is not None}
    labels = [Label(x, node.y, (column.label(unit),), role) for unit, node in nodes.items()]
    if None in heights:
        labels.append(Label(x, heights[None], (Glyph("vdots"),), role))
    biases, strokes = _biases(column, nodes, [label_rect(label) for label in labels])
    return Placed(column, x, nodes, (*labels, *biases), strokes)


def _biases(column: Column, nodes: dict[int, Circle], taken: list[Rect]) -> tuple[tuple[Label, ...], tuple[Shape, ...]]:
    """Return the names of the biases and their arrows: above a unit, or below where that is taken."""
    if column.bias is None:
        return (), ()
    labels: list[Label] = []
    strokes: list[Shape] = []
    for unit, node in nodes.items():
        name = column.bias(1 if column.shared_bias else unit)
        lowest = unit == column.units and unit > 1
        for side in (-1, 1) if lowest else (1, -1):
            label = _beside(node, name, side)
            rect = label_rect(label)
            if is_free(rect, list(nodes.values()), taken):
                edge = node.y + side * node.radius
                labels.append(label)
                taken.append(rect)
                strokes += arrow(node.x, edge + side * _STUB, node.x, edge, "bias")
                break
    return tuple(labels), tuple(strokes)


def _beside(node: Circle, name: Layout, side: int) -> Label:
    label = Label(node.x, 0, (name,), "bias")
    away = node.radius + _STUB + label_size(label)[1] / 2
    return Label(node.x, node.y + side * away, (name,), "bias")
