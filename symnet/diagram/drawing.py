"""Arrows, labels kept clear, the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, TypeAlias

from symnet.document import Box, Circle, Figure, Inline, Label, Polygon, Polyline, Segment, Shape
from symnet.layout.measure import inline_em
from symnet.layout.tree import Layout, Scripts, children, is_tall

# Where labels are free to stand: rectangles, and what they must not touch.

# One em in centimetres at the size in which each role is set: 10, 9 and 8 points.
EM_CM = {
    "input": 0.352,
    "hidden": 0.352,
    "output": 0.352,
    "loss": 0.352,
    "edge": 0.316,
    "bias": 0.281,
    "caption": 0.281,
    "operation": 0.281,
    "value": 0.281,
    "gradient": 0.281,
    **{f"path{number}": 0.281 for number in range(1, 9)},
}
# In em: a line of text or of letters with scripts, one of digits and letters alone, one with a fraction in it.
_LINE_HEIGHT, _LOW_HEIGHT, _TALL_HEIGHT = 1.4, 1.05, 2.3
_PADDING = 0.04


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle in centimetres."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Rect:
        """Return the rectangle with its centre at a point."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def overlaps(self, other: Rect) -> bool:
        """Return whether two rectangles have more than an edge in common."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )

    def touches(self, circle: Circle) -> bool:
        """Return whether the rectangle overlaps a disc."""
        dx = max(self.left - circle.x, 0.0, circle.x - self.right)
        dy = max(self.bottom - circle.y, 0.0, circle.y - self.top)
        return hypot(dx, dy) < circle.radius

    def meets(self, segment: Segment) -> bool:
        """Return whether a stroke passes through the rectangle (clipping by Liang and Barsky)."""
        dx, dy = segment.x2 - segment.x1, segment.y2 - segment.y1
        start, end = 0.0, 1.0
        for step, room in (
            (-dx, segment.x1 - self.left),
            (dx, self.right - segment.x1),
            (-dy, segment.y1 - self.bottom),
            (dy, self.top - segment.y1),
        ):
            if step == 0:
                if room < 0:
                    return False
            elif step < 0:
                start = max(start, room / step)
            else:
                end = min(end, room / step)
        return start <= end


def label_rect(label: Label) -> Rect:
    """Return the room that a label takes.

    Args:
        label: Any label of a figure.
    """
    width, height = label_size(label)
    return Rect.around(label.x, label.y, width, height)


def label_size(label: Label) -> tuple[float, float]:
    """Return width and height of a label in centimetres, with a little room about it.

    Args:
        label: Any label of a figure.
    """
    em = EM_CM[label.role]
    return inline_em(label.content) * em + 2 * _PADDING, _height_em(label.content) * em + 2 * _PADDING


def _height_em(content: Inline) -> float:
    layouts = [part for part in content if not isinstance(part, str)]
    if any(map(is_tall, layouts)):
        return _TALL_HEIGHT
    return _LOW_HEIGHT if len(layouts) == len(content) and not any(map(_has_scripts, layouts)) else _LINE_HEIGHT


def _has_scripts(layout: Layout) -> bool:
    return isinstance(layout, Scripts) or any(map(_has_scripts, children(layout)))


def box_rect(box: Box) -> Rect:
    """Return the rectangle of a box.

    Args:
        box: The loss or a vertex, as drawn.
    """
    return Rect.around(box.x, box.y, box.width, box.height)


def is_free(rect: Rect, nodes: list[Circle], taken: list[Rect]) -> bool:
    """Return whether nothing stands in a rectangle yet.

    Args:
        rect: The place to be tried.
        nodes: The units near it.
        taken: The rectangles of the labels placed so far.
    """
    return not any(map(rect.touches, nodes)) and not any(map(rect.overlaps, taken))


# The arrows of a diagram, and the labels along them.

_HEAD = (0.17, 0.11)
# Where along its edge a label is tried: crossing edges near their start, the others about the middle.
_NEAR_START = (0.22, 0.26, 0.3, 0.34, 0.18, 0.38, 0.42, 0.48, 0.55, 0.62, 0.7, 0.76)
_NEAR_MIDDLE = (0.46, 0.5, 0.42, 0.54, 0.38, 0.58, 0.34, 0.62, 0.3, 0.66, 0.26, 0.7)

Stroke: TypeAlias = tuple[Segment, Polygon]


def arrow(x1: float, y1: float, x2: float, y2: float, role: str, *, head_size: tuple[float, float] = _HEAD) -> Stroke:
    """Return a shaft and its head, whose tip is the second point.

    Args:
        x1: Where the shaft begins.
        y1: Likewise.
        x2: The tip.
        y2: Likewise.
        role: What the arrow is.
        head_size: The length and the width of its head.
    """
    length = hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - ux * head_size[0], y2 - uy * head_size[0]
    half = head_size[1] / 2
    head = ((x2, y2), (bx - uy * half, by + ux * half), (bx + uy * half, by - ux * half))
    return Segment(x1, y1, bx, by, role), Polygon(head, role)


def arrow_between(start: Circle, end: Circle) -> Stroke:
    """Return the arrow from the rim of one unit to the rim of another."""
    length = hypot(end.x - start.x, end.y - start.y)
    ux, uy = (end.x - start.x) / length, (end.y - start.y) / length
    return arrow(
        start.x + ux * start.radius,
        start.y + uy * start.radius,
        end.x - ux * end.radius,
        end.y - uy * end.radius,
        "edge",
    )


def place_labels(edges: Sequence[tuple[Segment, Layout]], nodes: list[Circle], taken: list[Rect]) -> list[Label] | None:
    """Return a label on each edge, none meeting another edge, a label or a unit; None if there is no way.

    Args:
        edges: Each shaft with the name of its weight.
        nodes: The units at both ends.
        taken: The rectangles of labels that stand already.
    """
    choices = [_choices(index, edges, nodes, taken) for index in range(len(edges))]
    labels: list[Label] = []
    placed: list[Rect] = []
    for places in sorted(choices, key=len):
        free = next((place for place in places if not any(map(place[1].overlaps, placed))), None)
        if free is None:
            return None
        labels.append(free[0])
        placed.append(free[1])
    return labels


def _choices(
    index: int, edges: Sequence[tuple[Segment, Layout]], nodes: list[Circle], taken: list[Rect]
) -> list[tuple[Label, Rect]]:
    """Return the places along one edge that touch nothing but the edge itself, the best first."""
    segment, name = edges[index]
    others = [other for number, (other, _) in enumerate(edges) if number != index]
    places = []
    for along in _NEAR_START if _is_crossed(segment, others) else _NEAR_MIDDLE:
        x = segment.x1 + along * (segment.x2 - segment.x1)
        y = segment.y1 + along * (segment.y2 - segment.y1)
        label = Label(x, y, (name,), "edge", white=True)
        rect = label_rect(label)
        if is_free(rect, nodes, taken) and not any(map(rect.meets, others)):
            places.append((label, rect))
    return places


def _is_crossed(segment: Segment, others: Sequence[Segment]) -> bool:
    """Return whether another edge begins above and ends below, or the other way round."""
    return segment.y1 != segment.y2 and any((other.y1 - segment.y1) * (other.y2 - segment.y2) < 0 for other in others)


# The drawing as a whole: its captions, its bounds and its frame.

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


def _around_points(shape: Polygon | Polyline) -> Rect:
    across, up = zip(*shape.points, strict=True)
    return Rect(min(across), min(up), max(across), max(up))


_BOUNDS: dict[type, Any] = {
    Circle: lambda it: Rect.around(it.x, it.y, 2 * it.radius, 2 * it.radius),
    Box: box_rect,
    Segment: lambda it: Rect(min(it.x1, it.x2), min(it.y1, it.y2), max(it.x1, it.x2), max(it.y1, it.y2)),
    Polygon: _around_points,
    Polyline: _around_points,
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
    if isinstance(shape, Polygon | Polyline):
        return shape._replace(points=tuple(_shift(x, y, dx, dy) for x, y in shape.points))
    if isinstance(shape, Segment):
        start, end = (_shift(x, y, dx, dy) for x, y in ((shape.x1, shape.y1), (shape.x2, shape.y2)))
        return Segment(*start, *end, shape.role, shape.of)
    x, y = _shift(shape.x, shape.y, dx, dy)
    return shape._replace(x=x, y=y)


def _shift(x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
    # A hundredth of a millimetre is finer than any printer, and keeps the source short.
    return round(x + dx, 3), round(y + dy, 3)
