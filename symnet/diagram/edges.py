"""The arrows of a diagram, and the labels along them."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import TypeAlias

from symnet.diagram.placing import Rect, is_free, label_rect
from symnet.document import Circle, Label, Polygon, Segment
from symnet.layout.tree import Layout

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
