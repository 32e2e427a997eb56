"""What stands in a drawn graph, about its own centre: vertices, and the labels along edges."""

from __future__ import annotations

from typing import NamedTuple

from symnet.diagram.placing import label_size
from symnet.document import Box, Circle, Inline, Label, Shape
from symnet.layout.tree import Layout

# The room about what stands in a circle, at the sides of a box, and above and below in it.
_RIM, _SIDES, _ENDS = 0.07, 0.12, 0.05
_WIDEST_OPERATION = 3.2
# The room between an edge and what stands along it.
_OFF = 0.05


class Vertex(NamedTuple):
    """A vertex of the graph.

    Attributes:
        name: What stands in it.
        role: ``input``, ``hidden`` or ``output``.
        operation: How it is computed, small below its name.
    """

    name: Layout
    role: str
    operation: Inline | None = None


class Edge(NamedTuple):
    """An edge of the graph.

    Attributes:
        start: The number of the vertex that it leaves, from 0.
        end: The number of the vertex that it enters, a higher one; None for the arrow that leaves the drawing.
        value: What stands above it: the value that it carries.
        gradient: What stands below it: the derivative of the output by what it carries.
        trails: The numbers of the paths that take it, where a drawing shows some.
    """

    start: int
    end: int | None
    value: Inline | None = None
    gradient: Inline | None = None
    trails: tuple[int, ...] = ()


class Look(NamedTuple):
    """Shapes about the origin, and the room they take: their width, and how far they reach up and down."""

    shapes: tuple[Shape, ...]
    width: float
    above: float
    below: float


def vertex_look(vertex: Vertex, radius: float, *, operation: bool) -> Look:
    """Return a circle about a short name, and a box about anything else.

    Args:
        vertex: The vertex.
        radius: The radius of a circle, and half of the least height and width of a box.
        operation: Whether it shows how it is computed; what is wider than 3.2 cm is left to the formulas.
    """
    lines = [Label(0, 0, (vertex.name,), vertex.role)]
    if operation and vertex.operation is not None:
        below = Label(0, 0, vertex.operation, "operation")
        lines += [below] if label_size(below)[0] <= _WIDEST_OPERATION else []
    widths, heights = zip(*map(label_size, lines), strict=True)
    if len(lines) == 1 and max(widths) <= 2 * (radius - _RIM):
        return Look((Circle(0, 0, radius, vertex.role), *lines), 2 * radius, radius, radius)
    width, height = max(2 * radius, max(widths) + 2 * _SIDES), max(2 * radius, sum(heights) + 2 * _ENDS)
    top = sum(heights) / 2
    placed = [label._replace(y=top - sum(heights[:index]) - heights[index] / 2) for index, label in enumerate(lines)]
    return Look((Box(0, 0, width, height, vertex.role), *placed), width, height / 2, height / 2)


def edge_look(edge: Edge) -> Look | None:
    """Return what stands along an edge, about a point of it: the value above, the derivative below.

    Args:
        edge: The edge; None is returned where it has neither.
    """
    sides = ((1, edge.value, "value"), (-1, edge.gradient, "gradient"))
    labels = [(side, Label(0, 0, content, role)) for side, content, role in sides if content is not None]
    if not labels:
        return None
    sizes = [label_size(label) for _, label in labels]
    placed = zip(labels, sizes, strict=True)
    shapes = tuple(label._replace(y=side * (_OFF + height / 2)) for (side, label), (_, height) in placed)
    reach = {side: _OFF + height for (side, _), (_, height) in zip(labels, sizes, strict=True)}
    return Look(shapes, max(width for width, _ in sizes), reach.get(1, _OFF), reach.get(-1, _OFF))
