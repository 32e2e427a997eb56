"""Where labels are free to stand: rectangles, and what they must not touch."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from symnet.document import Box, Circle, Inline, Label, Segment
from symnet.layout.measure import inline_em
from symnet.layout.reading import children, is_tall
from symnet.layout.tree import Layout, Scripts

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
        """Return whether the rectangle reaches into a circle."""
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
