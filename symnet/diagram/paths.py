"""Paths through a drawing: each with a stroke of its own, side by side where they share an edge, and a number on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot, sqrt
from typing import NamedTuple, TypeAlias

from symnet.diagram.drawing import Rect, arrow, bounds, is_free, label_size
from symnet.document import Box, Circle, Inline, Label, Segment, Shape
from symnet.text.say import say, words

Spot: TypeAlias = tuple[float, float]

# The distance between strokes that share an edge, and how much of a unit's rim they may take.
_LARGEST_GAP, _RIM = 0.14, 0.75
_HEAD = (0.23, 0.19)
# A number on a stroke: the radius of its circle, how far beside the stroke it is tried, and where along it.
_RADIUS, _BESIDE = 0.145, (0.0, 0.2, -0.2)
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.24, 0.76, 0.18, 0.82)
# The legend: its distance from the drawing, that of its rows, the sample of a stroke, and the room beside it.
_DROP, _ROW, _SAMPLE, _GAP, _WIDEST = 0.5, 0.46, 1.3, 0.3, 16.0
_MOST_ROWS = 4


class DrawnPath(NamedTuple):
    """A path to the loss that a drawing of a network shows.

    Attributes:
        stops: The column and the unit, from 1, of each unit that it passes; columns count from 0, the inputs.
        name: What the legend says of it.
    """

    stops: tuple[tuple[int, int], ...]
    name: Inline


def role_of(number: int) -> str:
    """Return the role of all shapes of the path with this number, from 1."""
    return f"path{number}"


def lanes(line: Segment, numbers: Sequence[int], start: float, end: float) -> list[Shape]:
    """Return the strokes of several paths along one edge, each with its head.

    Args:
        line: The edge, from rim to rim.
        numbers: The paths.
        start: The radius of the unit that it leaves.
        end: The radius of the unit that it enters; 0 for the upright side of a box.
    """
    ux, uy = _direction((line.x1, line.y1), (line.x2, line.y2))
    shapes: list[Shape] = []
    for number, off in zip(numbers, _offsets(len(numbers), min(start, end or start)), strict=True):
        # A stroke beside the middle reaches further to meet a round rim, and the upright side of a box where that is.
        back = start - sqrt(start**2 - off**2)
        on = end - sqrt(end**2 - off**2) if end else uy * off / ux
        x1, y1 = line.x1 - uy * off - ux * back, line.y1 + ux * off - uy * back
        x2, y2 = line.x2 - uy * off + ux * on, line.y2 + ux * off + uy * on
        shapes += arrow(x1, y1, x2, y2, role_of(number), head_size=_HEAD)
    return shapes


def beyond(node: Circle, x: float, y: float) -> Segment:
    """Return the edge that leads straight away from a unit, from its rim to a spot.

    Args:
        node: The unit.
        x: The spot.
        y: Likewise.
    """
    ux, uy = _direction((node.x, node.y), (x, y))
    return Segment(node.x + ux * node.radius, node.y + uy * node.radius, x, y, "edge")


def bent_lanes(spots: Sequence[Spot], numbers: Sequence[int]) -> list[Shape]:
    """Return the strokes of several paths along an edge with bends, each with its head.

    Args:
        spots: The places between which the edge is straight.
        numbers: The paths.
    """
    shapes: list[Shape] = []
    for number, off in zip(numbers, _offsets(len(numbers), 1.0), strict=True):
        *pieces, (start, end) = pairwise(_shifted(spots, off))
        shapes += [Segment(*one, *other, role_of(number)) for one, other in pieces]
        shapes += arrow(*start, *end, role_of(number), head_size=_HEAD)
    return shapes


def _offsets(count: int, radius: float) -> list[float]:
    """Return the sideways offset of each of several parallel strokes, in centimetres."""
    gap = min(_LARGEST_GAP, 2 * _RIM * radius / max(1, count - 1))
    return [gap * ((count - 1) / 2 - index) for index in range(count)]


def _direction(start: Spot, end: Spot) -> Spot:
    length = hypot(end[0] - start[0], end[1] - start[1])
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _shifted(spots: Sequence[Spot], off: float) -> list[Spot]:
    """Return a way with bends, moved to its left; at a bend, as far as both pieces are."""
    ways = [_direction(start, end) for start, end in pairwise(spots)]
    moved = []
    for (x, y), (ax, ay), (bx, by) in zip(spots, [ways[0], *ways], [*ways, ways[-1]], strict=True):
        share = off / (1 + ax * bx + ay * by)
        moved.append((x - (ay + by) * share, y + (ax + bx) * share))
    return moved


def badges(shapes: Sequence[Shape], count: int) -> list[Shape]:
    """Return a number on the stroke of each path, where nothing else stands and no other stroke passes.

    Args:
        shapes: The whole drawing.
        count: How many paths there are.
    """
    strokes = [shape for shape in shapes if isinstance(shape, Segment)]
    nodes = [shape for shape in shapes if isinstance(shape, Circle)]
    taken = [bounds(shape) for shape in shapes if isinstance(shape, Box | Label)]
    placed: list[Shape] = []
    for number in range(1, count + 1):
        own = [stroke for stroke in strokes if stroke.role == role_of(number)]
        others = [stroke for stroke in strokes if stroke.role != role_of(number)]
        free = [spot for spot in _spots(own) if is_free(_around(spot), nodes, taken)]
        alone = (spot for spot in free if not any(map(_around(spot).meets, others)))
        spot = next(alone, free[0] if free else None)
        if spot is not None:
            placed += _badge(number, *spot)
            taken.append(_around(spot))
    return placed


def _spots(strokes: Sequence[Segment]) -> Iterator[Spot]:
    """Yield where a number may stand: on its stroke, the longest piece first, or else close beside it."""
    longest = sorted(strokes, key=lambda it: -hypot(it.x2 - it.x1, it.y2 - it.y1))
    for beside in _BESIDE:
        for it in longest:
            ux, uy = _direction((it.x1, it.y1), (it.x2, it.y2))
            for along in _ALONG:
                x, y = it.x1 + along * (it.x2 - it.x1), it.y1 + along * (it.y2 - it.y1)
                yield x - uy * beside, y + ux * beside


def _around(spot: Spot) -> Rect:
    return Rect.around(*spot, 2 * _RADIUS, 2 * _RADIUS)


def _badge(number: int, x: float, y: float) -> list[Shape]:
    return [Circle(x, y, _RADIUS, role_of(number)), Label(x, y, (str(number),), role_of(number))]


def path_legend(names: Sequence[Inline], shapes: Sequence[Shape]) -> list[Shape]:
    """Return what each path is, with a sample of its stroke, below a drawing; in two columns where they are many.

    Args:
        names: One a path.
        shapes: The drawing.
    """
    told = (say("diagram.path", number=str(number), stops=name) for number, name in enumerate(names, 1))
    labels = [Label(0, 0, content, role_of(number)) for number, content in enumerate(told, 1)]
    width = _SAMPLE + _GAP + max(label_size(label)[0] for label in labels)
    columns = 2 if len(labels) > _MOST_ROWS and 2 * width + _DROP <= _WIDEST else 1
    rects = [bounds(shape) for shape in shapes]
    left = (min(it.left for it in rects) + max(it.right for it in rects) - columns * width - (columns - 1) * _DROP) / 2
    lowest = min(it.bottom for it in rects) - _DROP
    placed: list[Shape] = []
    for index, label in enumerate(labels):
        x, y = left + index % columns * (width + _DROP), lowest - index // columns * _ROW
        placed += [Segment(x, y, x + _SAMPLE, y, label.role), *_badge(index + 1, x + _SAMPLE / 2, y)]
        placed.append(label._replace(x=x + _SAMPLE + _GAP + label_size(label)[0] / 2, y=y))
    return placed


def in_words(names: Sequence[Inline]) -> str:
    """Return what the legend says, as sentences for those who cannot see the picture.

    Args:
        names: One a path.
    """
    sentences = (words("diagram.path_sentence", number=str(number), stops=name) for number, name in enumerate(names, 1))
    return "".join(f" {sentence}" for sentence in sentences)
