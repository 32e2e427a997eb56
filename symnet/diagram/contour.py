"""Where a function of two numbers is 0, as polylines: marching squares, each crossing found by halving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]
# An edge of the grid by its lower left end, and whether it leads upwards; column -1 numbers other ends of strokes.
Edge: TypeAlias = tuple[int, int, bool]

_CELLS = 20
_HALVINGS = 8


class Frame(NamedTuple):
    """The rectangle in which a function is looked at."""

    left: float
    bottom: float
    right: float
    top: float

    def at(self, column: float, row: float) -> Point:
        """Return the point at a place of the grid."""
        return (
            self.left + (self.right - self.left) * column / _CELLS,
            self.bottom + (self.top - self.bottom) * row / _CELLS,
        )


def zero_lines(
    function: Callable[[float, float], float],
    frame: Frame,
    counts: Callable[[float, float], bool] = lambda _x, _y: True,
) -> tuple[tuple[Point, ...], ...]:
    """Return the lines on which a function changes its sign.

    Args:
        function: From a point to a number.
        frame: Where it is looked at.
        counts: Whether a point is part of a line.
    """
    size = range(_CELLS + 1)
    above = {(i, j): function(*frame.at(i, j)) > 0 for i in size for j in size}
    crossings: dict[Edge, Point] = {}
    strokes: list[tuple[Edge, Edge]] = []
    for i in range(_CELLS):
        for j in range(_CELLS):
            for pair in _strokes(above, function, frame, i, j):
                for edge in pair:
                    if edge not in crossings:
                        crossings[edge] = _crossing(function, frame, edge)
                strokes += _counting(pair, crossings, counts)
    return tuple(tuple(crossings[edge] for edge in line) for line in _joined(strokes))


def _strokes(
    above: dict[tuple[int, int], bool], function: Callable[[float, float], float], frame: Frame, i: int, j: int
) -> Iterator[tuple[Edge, Edge]]:
    """Yield the strokes through one cell: between the two edges at which the sign changes, or two by two of four."""
    edges: Sequence[tuple[Edge, bool]] = (
        ((i, j, False), above[i, j] != above[i + 1, j]),
        ((i + 1, j, True), above[i + 1, j] != above[i + 1, j + 1]),
        ((i, j + 1, False), above[i, j + 1] != above[i + 1, j + 1]),
        ((i, j, True), above[i, j] != above[i, j + 1]),
    )
    crossed = [edge for edge, is_crossed in edges if is_crossed]
    if len(crossed) == 2:
        yield crossed[0], crossed[1]
    elif crossed:
        below, right, over, left = crossed
        joins = (function(*frame.at(i + 0.5, j + 0.5)) > 0) == above[i, j]
        yield from ((below, right), (over, left)) if joins else ((below, left), (over, right))


def _crossing(function: Callable[[float, float], float], frame: Frame, edge: Edge) -> Point:
    i, j, upwards = edge
    low, high = 0.0, 1.0
    first = function(*frame.at(i, j)) > 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        same = (function(*frame.at(i + middle * (not upwards), j + middle * upwards)) > 0) == first
        low, high = (middle, high) if same else (low, middle)
    middle = (low + high) / 2
    return frame.at(i + middle * (not upwards), j + middle * upwards)


def _counting(
    pair: tuple[Edge, Edge], crossings: dict[Edge, Point], counts: Callable[[float, float], bool]
) -> Iterator[tuple[Edge, Edge]]:
    """Yield the parts of a stroke that count, up to a point that is on no edge of the grid."""
    inside = [edge for edge in pair if counts(*crossings[edge])]
    if len(inside) == 1:
        (first,) = inside
        (x1, y1), (x2, y2) = crossings[first], crossings[pair[pair[0] == first]]
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            point = x1 + middle * (x2 - x1), y1 + middle * (y2 - y1)
            low, high = (middle, high) if counts(*point) else (low, middle)
        end = (-1, len(crossings), False)
        crossings[end] = x1 + low * (x2 - x1), y1 + low * (y2 - y1)
        yield first, end
    elif inside:
        yield pair


def _joined(strokes: Sequence[tuple[Edge, Edge]]) -> Iterator[list[Edge]]:
    """Yield lines made of strokes that meet at an edge; those that are closed end where they begin."""
    meeting: dict[Edge, list[Edge]] = {}
    for start, end in strokes:
        meeting.setdefault(start, []).append(end)
        meeting.setdefault(end, []).append(start)
    ends = [edge for edge, others in meeting.items() if len(others) == 1]
    for begin in (*ends, *meeting):
        while meeting[begin]:
            line = [begin]
            while meeting[line[-1]]:
                following = meeting[line[-1]].pop()
                meeting[following].remove(line[-1])
                line.append(following)
            yield line
