"""How high each point of a drawn graph stands: level with its neighbours, and apart from those in its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise

from symnet.diagram.levels import Levels, neighbours

_SWEEPS = 12
# How often the edges that pass are straightened.
_STRAIGHTENED = 8


def heights(levels: Levels, space: Callable[[int, int], float], anchors: Mapping[int, int]) -> dict[int, float]:
    """Return the height of each point, the upper ones with the larger.

    By turns from the right and from the left, each point is drawn to the mean of those it leads to, or comes from.
    The last turn is from the left, so that every vertex stands in the middle of what it is computed from; then the
    edges are straightened between their ends.

    Args:
        levels: The graph in columns.
        space: The least distance between two points of a column, the upper one first.
        anchors: Points that should rather be level with one other point in the end.
    """
    before, after = neighbours(levels.routes)
    spaces = [[space(one, other) for one, other in pairwise(row)] for row in levels.rows]
    columns = list(zip(levels.rows, spaces, strict=True))
    height: dict[int, float] = {}
    for row, least in columns:
        stacked = list(accumulate(least, initial=0.0))
        height.update((point, stacked[-1] / 2 - drop) for point, drop in zip(row, stacked, strict=True))
    for _ in range(_SWEEPS):
        for row, least in reversed(columns):
            _draw(row, least, after, height)
        for row, least in columns:
            _draw(row, least, before, height)
    passing = {point for route in levels.routes for point in route[1:-1]} - set(anchors)
    between = {point: [*before[point], *after[point]] for point in passing}
    between.update({point: [anchor] for point, anchor in anchors.items()})
    for _ in range(_STRAIGHTENED):
        for row, least in columns:
            _draw(row, least, between, height)
    return height


def _draw(
    row: Sequence[int], least: Sequence[float], near: Mapping[int, Sequence[int]], height: dict[int, float]
) -> None:
    """Move the points of one column to the mean heights of those near them, as far as there is room."""
    wanted = []
    for point in row:
        others = near.get(point) or [point]
        wanted.append(-sum(height[other] for other in others) / len(others))
    height.update((point, -drop) for point, drop in zip(row, apart(wanted, least), strict=True))


def apart(wanted: Sequence[float], spaces: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones in the sense of least squares that keep their distances.

    This is isotonic regression by pooling adjacent violators.

    Args:
        wanted: Where each would like to stand, in their order.
        spaces: The least distance from each to the next.
    """
    shifts = list(accumulate(spaces, initial=0.0))
    pools: list[tuple[float, int]] = []
    for place, shift in zip(wanted, shifts, strict=True):
        mean, count = place - shift, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (other * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    means = [mean for mean, count in pools for _ in range(count)]
    return [mean + shift for mean, shift in zip(means, shifts, strict=True)]
