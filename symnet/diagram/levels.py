"""The levels of a drawn graph: which vertex stands in which column, and in which order from the top."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

# How often the columns are sorted by their neighbours; more changes nothing in practice.
_SWEEPS = 12


class Levels(NamedTuple):
    """A graph in columns.

    Attributes:
        rows: The points of each column from the top: vertices by number, above them the points at which a long
            edge passes through a column.
        routes: The points of each edge, one a column, from its start to its end.
    """

    rows: tuple[tuple[int, ...], ...]
    routes: tuple[tuple[int, ...], ...]


def depths(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the column of each vertex: its longest path from an input, or further right where that saves ink.

    Args:
        count: How many vertices there are.
        edges: Pairs of vertices, each from a lower number to a higher one.
    """
    depth = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        depth[end] = max(depth[end], depth[start] + 1)
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        after[start].append(end)
        before[end].append(start)
    for vertex in reversed(range(count)):
        # What leads here alone will follow, so only the edges from other vertices become longer.
        staying = sum(1 for start in before[vertex] if len(after[start]) > 1)
        if staying < len(after[vertex]):
            depth[vertex] = min(depth[end] for end in after[vertex]) - 1
    return depth


def levelled(depth: Sequence[int], edges: Sequence[tuple[int, int]]) -> Levels:
    """Return the graph in columns, with few crossings; ties keep the order in which a vertex names what it uses.

    Args:
        depth: The column of each vertex.
        edges: Pairs of vertices, each from a column to one further right.
    """
    rows: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for vertex, column in enumerate(depth):
        rows[column].append(vertex)
    routes = []
    points = len(depth)
    for start, end in edges:
        route = [start]
        for column in range(depth[start] + 1, depth[end]):
            rows[column].append(points)
            route.append(points)
            points += 1
        routes.append((*route, end))
    return Levels(_ordered(rows, routes), tuple(routes))


def neighbours(routes: Sequence[tuple[int, ...]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the neighbours of each point in the column before it, and in the column after it.

    Args:
        routes: The points of each edge.
    """
    points = {point for route in routes for point in route}
    before: dict[int, list[int]] = {point: [] for point in points}
    after: dict[int, list[int]] = {point: [] for point in points}
    for route in routes:
        for left, right in pairwise(route):
            before[right].append(left)
            after[left].append(right)
    return before, after


def _ordered(rows: list[list[int]], routes: list[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Return the columns in the order that crosses fewest, of those found from a few different starts."""
    before, after = neighbours(routes)
    first = _reading_order(rows, before, after)
    best: tuple[tuple[int, ...], ...] = ()
    fewest = -1
    for start in (first.__getitem__, int, lambda point: -first[point], lambda point: -point):
        for order in _swept([sorted(row, key=start) for row in rows], before, after):
            crossings = _crossings(order, after)
            if fewest < 0 or crossings < fewest:
                best, fewest = tuple(map(tuple, order)), crossings
            if fewest == 0:
                return best
    return best


def _swept(
    rows: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> Iterator[list[list[int]]]:
    """Yield the columns as they are, then after each sweep to the right or to the left."""
    yield rows
    for sweep in range(_SWEEPS):
        columns = range(1, len(rows)) if sweep % 2 == 0 else range(len(rows) - 2, -1, -1)
        step, beside = (-1, before) if sweep % 2 == 0 else (1, after)
        for column in columns:
            # Those with the same centre are turned round every second time there and back.
            rows[column] = _sorted_by(rows[column], _places(rows[column + step]), beside, turned=sweep % 4 > 1)
        for column in range(len(rows)):
            _exchange(rows, column, before, after)
        yield rows


def _reading_order(rows: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]) -> dict[int, int]:
    """Return the order in which the points are met from the last vertex backwards, depth first."""
    points = sorted((point for row in rows for point in row if not after.get(point)), reverse=True)
    order: dict[int, int] = {}
    while points:
        point = points.pop(0)
        if point not in order:
            order[point] = len(order)
            points = [*before.get(point, ()), *points]
    return order


def _places(row: Sequence[int]) -> dict[int, float]:
    """Return where each point of a column stands, from the column's middle."""
    return {point: index - (len(row) - 1) / 2 for index, point in enumerate(row)}


def _sorted_by(row: list[int], places: dict[int, float], beside: dict[int, list[int]], *, turned: bool) -> list[int]:
    """Return a column in the order of the centres of its points' neighbours in the next one."""
    own = _places(row)

    def centre(point: int) -> float:
        near = beside.get(point, ())
        return sum(places[other] for other in near) / len(near) if near else own[point]

    return sorted(reversed(row) if turned else row, key=centre)


def _exchange(rows: list[list[int]], column: int, *sides: dict[int, list[int]]) -> None:
    """Exchange points of a column that stand next to each other, as long as that crosses fewer edges."""
    row = rows[column]
    beside = (rows[column - 1] if column else [], rows[column + 1] if column + 1 < len(rows) else [])
    places = [_places(other) for other in beside]

    def crossed(upper: int, lower: int) -> int:
        return sum(
            place[one] > place[other]
            for side, place in zip(sides, places, strict=True)
            for one in side.get(upper, ())
            for other in side.get(lower, ())
        )

    for _ in row:
        changed = False
        for index in range(len(row) - 1):
            upper, lower = row[index], row[index + 1]
            if crossed(lower, upper) < crossed(upper, lower):
                row[index], row[index + 1] = lower, upper
                changed = True
        if not changed:
            return


def _crossings(rows: Sequence[Sequence[int]], after: dict[int, list[int]]) -> int:
    total = 0
    for row, following in pairwise(rows):
        places = _places(following)
        passed: list[float] = []
        for point in row:
            ends = sorted(places[end] for end in after.get(point, ()))
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total
