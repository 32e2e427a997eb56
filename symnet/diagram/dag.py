"""The picture of a computation graph: pure geometry, in centimetres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from symnet.diagram.fitting import Style, fitted
from symnet.diagram.framing import bounds, framed
from symnet.diagram.levels import depths, levelled
from symnet.diagram.looks import Edge, Vertex
from symnet.diagram.placing import label_size
from symnet.diagram.trails import badges, in_words, trail_legend
from symnet.document import Figure, Inline, Label, Shape
from symnet.layout import text

__all__ = ["Edge", "Vertex", "draw_graph"]

_MOST_VERTICES, _MOST_LABELLED, _MOST_EDGES = 60, 40, 120
# More columns than this never fit, so nothing is tried.
_MOST_COLUMNS = 20
_MOST_DESCRIBED = 20
# With labels and without, the best first. Operations also stand among the formulas, and numbers in the tables, so
# they can go.
_STYLES: Mapping[bool, tuple[Style, ...]] = MappingProxyType(
    {
        True: (
            Style(operations=True, labels=True, radius=0.4, down=0.5, ease=0.4),
            Style(operations=True, labels=True, radius=0.34, down=0.4, ease=0.2),
            Style(operations=False, labels=True, radius=0.4, down=0.5, ease=0.4),
            Style(operations=False, labels=True, radius=0.34, down=0.3, ease=0.0),
        ),
        False: (
            Style(operations=True, labels=False, radius=0.4, down=0.5, ease=0.4),
            Style(operations=False, labels=False, radius=0.34, down=0.2, ease=0.0),
        ),
    }
)
_LEGEND_DROP, _LEGEND_GAP, _LEGEND_NAME = 0.4, 0.5, 3.0


def draw_graph(
    vertices: Sequence[Vertex], edges: Sequence[Edge], output: Edge, trails: Sequence[Inline] = ()
) -> Figure | None:
    """Return the drawing of a computation graph from left to right, at most 16.2 cm wide and 18 cm high.

    Above each edge stands its value, below it the derivative of the output. Where there is no room for them all, the
    operations are left out first, then the labels, as they are beyond 40 vertices. A graph that does not fit even so,
    or one with more than 60 vertices or 120 edges, has no drawing: None, for a part of it would mislead, and the
    tables hold it all.

    Args:
        vertices: At least one, in forward order.
        edges: At most one between any two vertices; those that enter a vertex in the order in which it uses them.
        output: The arrow that leaves the final vertex; its end is None.
        trails: What the legend says of each path that edges name, if they name any.
    """
    joined = [*edges, output]
    if len(vertices) > _MOST_VERTICES or len(joined) > _MOST_EDGES:
        return None
    pairs = [(edge.start, len(vertices) if edge.end is None else edge.end) for edge in joined]
    depth = depths(len(vertices) + 1, pairs)
    if max(depth) >= _MOST_COLUMNS:
        return None
    labelled = len(vertices) <= _MOST_LABELLED and not trails
    for labels, styles in _STYLES.items():
        if labels and not labelled:
            continue
        levels = levelled([2 * column for column in depth] if labels else depth, pairs)
        for style in styles:
            shapes = fitted(vertices, joined, levels, style)
            if shapes is not None:
                return _figure(vertices, joined, shapes, trails)
    return None


def _figure(
    vertices: Sequence[Vertex], edges: Sequence[Edge], shapes: Sequence[Shape], trails: Sequence[Inline]
) -> Figure:
    """Return the drawing with its legend, framed."""
    said = _description(vertices, edges)
    if trails:
        drawn = [*shapes, *badges(shapes, len(trails))]
        return framed([*drawn, *trail_legend(trails, drawn)], said + in_words(trails))
    roles = {shape.role for shape in shapes}
    name = vertices[edges[-1].start].name
    short = label_size(Label(0, 0, (name,), "gradient"))[0] <= _LEGEND_NAME
    told: dict[str, Inline] = {
        "value": ("above each edge: its value",),
        "gradient": (
            "below each edge: the derivative of ",
            name if short else "the output",
            " that flows back along it",
        ),
    }
    legend = [Label(0, 0, content, role) for role, content in told.items() if role in roles]
    return framed([*shapes, *_legend(legend, shapes)], said)


def _legend(legend: Sequence[Label], shapes: Sequence[Shape]) -> list[Label]:
    """Return the parts of the legend in one row below the drawing, centred."""
    rects = [bounds(shape) for shape in shapes]
    y = min(rect.bottom for rect in rects) - _LEGEND_DROP
    widths = [label_size(label)[0] for label in legend]
    middle = (min(rect.left for rect in rects) + max(rect.right for rect in rects)) / 2
    x = middle - (sum(widths) + _LEGEND_GAP * (len(legend) - 1)) / 2
    placed = []
    for label, width in zip(legend, widths, strict=True):
        placed.append(label._replace(x=x + width / 2, y=y))
        x += width + _LEGEND_GAP
    return placed


def _description(vertices: Sequence[Vertex], edges: Sequence[Edge]) -> str:
    """Return which vertex is computed from which, for those who cannot see the picture."""
    names = [text.write(vertex.name) for vertex in vertices]
    if len(names) > _MOST_DESCRIBED:
        size = f"{len(names)} vertices and {len(edges) - 1} edges"
        return f"Computation graph of {size}, ending in {names[edges[-1].start]}."
    before: dict[int, list[str]] = {}
    for edge in edges:
        if edge.end is not None:
            before.setdefault(edge.end, []).append(names[edge.start])
    made = [f"{name} from {_listed(before[index])}" for index, name in enumerate(names) if index in before]
    given = [name for index, name in enumerate(names) if index not in before]
    said = "; ".join(made)
    return f"Computation graph from {_listed(given)}" + (f": {said}." if said else ".")


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
