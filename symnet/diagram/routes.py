"""The way of each edge of a drawn graph: straight where that is free, else round vertices and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple, TypeAlias

from symnet.diagram.edges import arrow
from symnet.diagram.placing import Rect
from symnet.document import Box, Circle, Segment, Shape

# How far an edge keeps from a vertex that it passes.
_CLEARANCE = 0.08
# A bend that is off the straight line by less than this is none.
_STRAIGHT = 0.002

Spot: TypeAlias = tuple[float, float]
Outline: TypeAlias = Circle | Box


class Column(NamedTuple):
    """One column of a drawn graph: its centre, where its widest vertex ends, and where edges may bend."""

    x: float
    left: float
    right: float


class Plan(NamedTuple):
    """What stands where.

    Attributes:
        columns: The column of each point.
        height: The height of each point.
        outlines: The vertices.
        marks: The room of the labels along an edge, by the point at which they stand.
    """

    columns: Mapping[int, Column]
    height: Mapping[int, float]
    outlines: Mapping[int, Outline]
    marks: Mapping[int, Rect]


def path(route: Sequence[int], plan: Plan) -> list[Spot]:
    """Return the way of an edge from rim to rim, as the places between which it is straight.

    Within a column an edge runs level, where nothing else stands, and it rises and falls between the columns; so
    there is always a way. From each of its bends the edge goes straight to the farthest one that it can see, but it
    stays level along its own labels.

    Args:
        route: The points of the edge; the last may be no vertex, but the place where an arrow ends.
        plan: What stands where.
    """
    obstacles = [_grown(it) for point, it in plan.outlines.items() if point not in (route[0], route[-1])]
    obstacles += [rect for point, rect in plan.marks.items() if point not in route]
    spots: list[Spot] = []
    run: list[Spot] = []
    for point in route:
        column, y = plan.columns[point], plan.height[point]
        if point == route[0]:
            run += [(column.x, y), (column.right, y)]
        elif point == route[-1]:
            run += [(column.left, y), (column.x, y)]
        elif point in plan.marks:
            rect = plan.marks[point]
            spots += _pulled([*run, (rect.left, y)], obstacles)
            run = [(rect.right, y)]
        else:
            run += [(column.left, y), (column.right, y)]
    spots += _pulled(run, obstacles)
    spots[0] = _rim(plan.outlines[route[0]], spots[1])
    if route[-1] in plan.outlines:
        spots[-1] = _rim(plan.outlines[route[-1]], spots[-2])
    return _unbent(spots)


def drawn(spots: Sequence[Spot]) -> list[Shape]:
    """Return the strokes of a way, and the head at its end.

    Args:
        spots: The places between which it is straight.
    """
    *pieces, (start, end) = pairwise(spots)
    return [*(Segment(*one, *other, "edge") for one, other in pieces), *arrow(*start, *end, "edge")]


def _grown(outline: Outline) -> Rect:
    sides = (outline.width, outline.height) if isinstance(outline, Box) else (2 * outline.radius, 2 * outline.radius)
    return Rect.around(outline.x, outline.y, *(side + 2 * _CLEARANCE for side in sides))


def _pulled(spots: Sequence[Spot], obstacles: Sequence[Rect]) -> list[Spot]:
    """Return the bends that are left when the edge is pulled tight."""
    kept = [spots[0]]
    index = 0
    while index < len(spots) - 1:
        for target in range(len(spots) - 1, index, -1):
            piece = Segment(*spots[index], *spots[target], "edge")
            if target == index + 1 or not any(rect.meets(piece) for rect in obstacles):
                index = target
                break
        kept.append(spots[index])
    return kept


def _unbent(spots: Sequence[Spot]) -> list[Spot]:
    """Return the places without those at which nothing bends."""
    kept = [spots[0]]
    for spot, following in pairwise(spots[1:]):
        (x1, y1), (x2, y2), (x3, y3) = kept[-1], spot, following
        if abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) > _STRAIGHT * hypot(x3 - x1, y3 - y1):
            kept.append(spot)
    return [*kept, spots[-1]]


def _rim(outline: Outline, beside: Spot) -> Spot:
    """Return where the line from the centre of a vertex to a place beside it leaves the vertex."""
    dx, dy = beside[0] - outline.x, beside[1] - outline.y
    if isinstance(outline, Circle):
        share = outline.radius / hypot(dx, dy)
    else:
        share = min(outline.width / 2 / abs(dx) if dx else 1.0, outline.height / 2 / abs(dy) if dy else 1.0)
    return outline.x + share * dx, outline.y + share * dy
