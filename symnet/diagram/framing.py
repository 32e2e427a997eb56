"""The drawing as a whole: its captions, its bounds and its frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnet.diagram.placing import Rect, box_rect, label_rect
from symnet.document import Box, Circle, Figure, Inline, Label, Polygon, Segment, Shape

_CAPTION_ROWS = 4


def captioned(captions: Sequence[tuple[float, Inline]], lowest: float) -> list[Label]:
    """Return the captions in one row, or in as many as keep them apart.

    Args:
        captions: Each with the centre of its column.
        lowest: The height below which they stand.
    """
    labels: list[Label] = []
    for rows in range(1, _CAPTION_ROWS + 1):
        labels = [
            Label(x, lowest - 0.4 * (index % rows + 1), content, "caption")
            for index, (x, content) in enumerate(captions)
        ]
        rects = [label_rect(label) for label in labels]
        if not any(a.overlaps(b) for index, a in enumerate(rects) for b in rects[:index]):
            break
    return labels


def bounds(shape: Shape) -> Rect:
    """Return the rectangle that a shape fills.

    Args:
        shape: Any shape of a figure.
    """
    rect: Rect = _BOUNDS[type(shape)](shape)
    return rect


_BOUNDS: dict[type, Any] = {
    Circle: lambda it: Rect.around(it.x, it.y, 2 * it.radius, 2 * it.radius),
    Box: box_rect,
    Segment: lambda it: Rect(min(it.x1, it.x2), min(it.y1, it.y2), max(it.x1, it.x2), max(it.y1, it.y2)),
    Polygon: lambda it: Rect(
        min(x for x, _ in it.points),
        min(y for _, y in it.points),
        max(x for x, _ in it.points),
        max(y for _, y in it.points),
    ),
    Label: label_rect,
}


def framed(shapes: Sequence[Shape], description: str) -> Figure:
    """Return the shapes as a figure, moved so that all of it is right of and above the origin.

    Args:
        shapes: The whole drawing.
        description: What it shows, in words.
    """
    rects = [bounds(shape) for shape in shapes]
    left, bottom = min(it.left for it in rects), min(it.bottom for it in rects)
    width, height = max(it.right for it in rects) - left, max(it.top for it in rects) - bottom
    placed = tuple(moved(shape, -left, -bottom) for shape in shapes)
    return Figure(round(width, 3), round(height, 3), placed, description)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """Return the shape at another place, to a hundredth of a millimetre.

    Args:
        shape: Any shape of a figure.
        dx: How far to the right, in centimetres.
        dy: How far up.
    """
    if isinstance(shape, Polygon):
        return shape._replace(points=tuple(_shift(x, y, dx, dy) for x, y in shape.points))
    if isinstance(shape, Segment):
        start, end = (_shift(x, y, dx, dy) for x, y in ((shape.x1, shape.y1), (shape.x2, shape.y2)))
        return Segment(*start, *end, shape.role)
    x, y = _shift(shape.x, shape.y, dx, dy)
    return shape._replace(x=x, y=y)


def _shift(x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
    # A hundredth of a millimetre is finer than any printer, and keeps the source short.
    return round(x + dx, 3), round(y + dy, 3)
