"""The drawing of a graph over time, unrolled: a column a step, what is put in below, what comes out above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symnet.diagram.drawing import arrow_between, framed
from symnet.document import Circle, Figure, Label, Shape
from symnet.layout.tree import Glyph, Layout, traced_to
from symnet.text.say import words

_PAGE, _WIDEST, _RISE, _RADIUS = 15.6, 2.6, 1.35, 0.4
# Nodes of one step that hand on to the next stand beside one another, so that arrows pass between them.
_ASIDE = (0.0, -0.42, 0.42)


class StepNode(NamedTuple):
    """A node at a step.

    Attributes:
        column: The column of its step.
        row: Its row, counted from below.
        aside: Whether it stands to the left (1) or to the right (2) in its column, or in its middle (0).
        label: How it is written.
        role: ``input``, ``hidden`` or ``output``.
    """

    column: int
    row: int
    aside: int
    label: Layout
    role: str


class StepEdge(NamedTuple):
    """What one node hands on to another.

    Attributes:
        start: The number of the node that it comes from.
        end: The number of the one that it goes to.
        is_cut: Whether no derivative flows back along it.
    """

    start: int
    end: int
    is_cut: bool = False


def draw_unrolled(nodes: Sequence[StepNode], edges: Sequence[StepEdge], gap: int | None = None) -> Figure:
    """Return the drawing of steps side by side.

    Args:
        nodes: The nodes.
        edges: What they hand on to one another.
        gap: The column that stands for the steps that are left out, if there are any.
    """
    columns = 1 + max(node.column for node in nodes)
    pitch = min(_WIDEST, _PAGE / columns)
    circles = [
        Circle(node.column * pitch + _ASIDE[node.aside], node.row * _RISE, _RADIUS, node.role, traced_to(node.label))
        for node in nodes
    ]
    shapes: list[Shape] = []
    for edge in edges:
        shaft, head = arrow_between(circles[edge.start], circles[edge.end])
        role = "bias" if edge.is_cut else "edge"
        shapes += [shaft._replace(role=role), head._replace(role=role)]
    shapes += circles
    shapes += [Label(at.x, at.y, (node.label,), node.role) for node, at in zip(nodes, circles, strict=True)]
    if gap is not None:
        rows = sorted({node.row for node in nodes})
        shapes += [Label(gap * pitch, row * _RISE, (Glyph("dots"),), "caption") for row in rows[:-1]]
    return framed(shapes, words("time.drawn", steps=columns))
