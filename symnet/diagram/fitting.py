"""A drawn graph in one style: where all of it stands, and whether it fits the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from symnet.diagram.framing import moved
from symnet.diagram.heights import heights
from symnet.diagram.levels import Levels
from symnet.diagram.looks import Edge, Look, Vertex, edge_look, vertex_look
from symnet.diagram.placing import Rect
from symnet.diagram.routes import Column, Plan, drawn, path
from symnet.diagram.trails import bent_lanes
from symnet.document import Box, Circle, Shape

_WIDEST, _TALLEST = 16.15, 17.2
# The least distances down a column: between labels or passing edges, and from those to a vertex.
_PASSING, _BESIDE = 0.14, 0.24
# A gap between columns: its least width between vertices and labels, where it shows the edges, and where some of
# them climb; then the one wanted, and what it grows by for each centimetre that an edge climbs.
_NEXT, _LEVEL, _CLIMBING, _EASY, _LEAN = 0.04, 0.28, 0.34, 0.35, 0.9
# An edge that climbs less than this is as good as level.
_FLAT = 0.05
# Where edges bend: behind a column after a share of the gap, before one as far from it as a head is long.
_BEND, _HEAD, _MOST_OF_GAP = 0.2, 0.2, 0.6


class Style(NamedTuple):
    """How much is shown, and how much room it is given.

    Attributes:
        operations: Whether the vertices show how they are computed.
        labels: Whether values and derivatives stand along the edges.
        radius: The radius of a vertex with a short name.
        down: The least distance between two vertices of a column.
        ease: The share of the wanted room, beyond the least, that the gaps between columns must be given.
    """

    operations: bool
    labels: bool
    radius: float
    down: float
    ease: float


def fitted(vertices: Sequence[Vertex], edges: Sequence[Edge], levels: Levels, style: Style) -> list[Shape] | None:
    """Return the graph at its place, or None where it leaves the page.

    The labels of an edge stand in a column between those of the vertices, where they keep apart as vertices do;
    so they touch neither one another nor anything else.

    Args:
        vertices: In forward order.
        edges: The arrow that leaves the drawing last.
        levels: The graph in columns, every second one for labels if there are any.
        style: How much is shown.
    """
    looks = {index: vertex_look(it, style.radius, operation=style.operations) for index, it in enumerate(vertices)}
    spots = _label_spots(edges, levels) if style.labels else []
    # Without labels there are no spots.
    seen = zip(spots, map(edge_look, edges), strict=False)
    marks = {point: look for (point, _), look in seen if look is not None}

    def space(upper: int, lower: int) -> float:
        among = (upper in looks) + (lower in looks)
        least = (_PASSING, _BESIDE, style.down)[among]
        over, under = (looks.get(point) or marks.get(point) for point in (upper, lower))
        return (over.below if over else 0.0) + least + (under.above if under else 0.0)

    # The arrow that leaves the drawing stays level.
    height = heights(levels, space, {**dict(spots), levels.routes[-1][-1]: levels.routes[-1][-2]})
    standing = {**looks, **marks}
    tops = [height[point] + look.above for point, look in standing.items()]
    bottoms = [height[point] - look.below for point, look in standing.items()]
    if max(*tops, *height.values()) - min(*bottoms, *height.values()) > _TALLEST:
        return None
    columns = _columns(levels, height, standing, marks, style.ease)
    if columns is None:
        return None
    return _placed([edge.trails for edge in edges], levels, columns, height, looks, marks)


def _label_spots(edges: Sequence[Edge], levels: Levels) -> list[tuple[int, int]]:
    """Return the point at which the labels of each edge stand, and the vertex that it is level with.

    That is the edge's start, unless it leaves its vertex with others and enters one alone: then it is its end.
    """
    leaving = [edge.start for edge in edges]
    entering = [edge.end for edge in edges]
    spots = []
    for edge, route in zip(edges, levels.routes, strict=True):
        late = edge.end is not None and leaving.count(edge.start) > 1 and entering.count(edge.end) == 1
        spots.append((route[-2], route[-1]) if late else (route[1], route[0]))
    return spots


def _columns(
    levels: Levels, height: Mapping[int, float], looks: Mapping[int, Look], marks: Mapping[int, Look], ease: float
) -> dict[int, Column] | None:
    """Return the column of each point, the gaps as wide as wanted or as the page allows; None if that is too little."""
    halves = [max((looks[it].width / 2 for it in row if it in looks), default=0.0) for row in levels.rows]
    number = {point: index for index, row in enumerate(levels.rows) for point in row}
    climbs = [0.0] * (len(halves) - 1)
    for route in levels.routes:
        for start, end in pairwise(route):
            climbs[number[start]] = max(climbs[number[start]], abs(height[start] - height[end]))
    labelled = [any(point in marks for point in row) for row in levels.rows]
    least = [
        _CLIMBING if climb > _FLAT else _NEXT if any(beside) else _LEVEL
        for climb, beside in zip(climbs, pairwise(labelled), strict=True)
    ]
    extra = [max(0.0, _EASY + _LEAN * climb - low) for climb, low in zip(climbs, least, strict=True)]
    room = _WIDEST - 2 * sum(halves) - sum(least)
    share = min(1.0, room / sum(extra))
    if room < 0 or share < ease:
        return None
    gaps = [low + share * more for low, more in zip(least, extra, strict=True)]
    columns = {}
    x = 0.0
    for row, half, before, after in zip(levels.rows, halves, [0.0, *gaps], [*gaps, 0.0], strict=True):
        x += before + half
        left = max(_BEND * before, min(_HEAD, _MOST_OF_GAP * before))
        columns.update(dict.fromkeys(row, Column(x, x - half - left, x + half + _BEND * after)))
        x += half
    return columns


def _placed(  # noqa: PLR0917 - one drawing in all its parts
    trails: Sequence[Sequence[int]],
    levels: Levels,
    columns: Mapping[int, Column],
    height: Mapping[int, float],
    looks: Mapping[int, Look],
    marks: Mapping[int, Look],
) -> list[Shape]:
    """Return all shapes, edges first, so that vertices and labels stand over them."""
    placed = {
        point: [moved(shape, columns[point].x, height[point]) for shape in look.shapes]
        for point, look in (*marks.items(), *looks.items())
    }
    plan = Plan(
        columns,
        height,
        {point: it for point, shapes in placed.items() for it in shapes if isinstance(it, Circle | Box)},
        {point: _room(look, columns[point].x, height[point]) for point, look in marks.items()},
    )
    ways = [path(route, plan) for route in levels.routes]
    strokes = [
        stroke
        for spots, numbers in sorted(zip(ways, trails, strict=True), key=lambda one: bool(one[1]))
        for stroke in (bent_lanes(spots, numbers) if numbers else drawn(spots))
    ]
    return [*strokes, *(shape for shapes in placed.values() for shape in shapes)]


def _room(look: Look, x: float, y: float) -> Rect:
    return Rect(x - look.width / 2, y - look.below, x + look.width / 2, y + look.above)
