"""The picture of a layered network: pure geometry, in centimetres."""

from __future__ import annotations

from collections.abc import Sequence

from symnet.diagram.columns import Column, Grid, Placed, place, slots
from symnet.diagram.edges import arrow, arrow_between, place_labels
from symnet.diagram.framing import bounds, captioned, framed
from symnet.diagram.placing import is_free, label_rect, label_size
from symnet.document import Box, Circle, Figure, Inline, Label, Shape
from symnet.layout.tree import Glyph, Layout, Operator, Row

__all__ = ["Column", "draw"]

_PAGE = 16.2
_MOST_COLUMNS = 9
_FIRST_COLUMNS, _LAST_COLUMNS = 4, 3
_MOST_TARGETS = 3
_MOST_LABELS = 12
# The distance between units, by how many slots the tallest column has.
_PITCH = {1: 2.3, 2: 2.3, 3: 2.1, 4: 1.95, 5: 1.7, 6: 1.5}
# The distances between columns, tried in turn until the weight labels of the gap fit.
_GAPS = (3.3, 4.0, 4.8, 5.6)
_NARROW_GAP = 2.2
_BOX = 0.86
_LOSS_GAP = 1.75
_TARGET_STUB = 0.5
_MARGIN = 0.1


def draw(columns: Sequence[Column], loss: Layout, targets: Sequence[Layout]) -> Figure:
    """Return the drawing of a layered network, at most 16.2 cm wide.

    Args:
        columns: The inputs, then each layer.
        loss: The name of the loss.
        targets: The names of the targets, which enter the loss from below.
    """
    shown = _shown(columns)
    target = Label(0, 0, (_listed(targets),), "loss")
    side = max(_BOX, label_size(target)[0]) / 2
    loss_gap = _LOSS_GAP + max(0.0, side - _BOX)
    room = _PAGE - 2 * _MARGIN - loss_gap - side - _half_caption(columns[0])
    placed, shapes = _network(shown, room)
    end = _loss(placed[-1], loss, target, loss_gap)
    units: list[Shape] = [unit for column in placed for unit in column.nodes.values()]
    names = [label for column in placed for label in column.labels]
    captions = [(column.x, column.column.caption) for column in placed if column.column]
    captions.append((placed[-1].x + loss_gap, ("loss",)))
    drawn: list[Shape] = [
        *shapes,
        *(stroke for column in placed for stroke in column.strokes),
        *end,
        *units,
        *names,
    ]
    lowest = min(bounds(shape).bottom for shape in drawn)
    sizes = [column.units for column in columns]
    return framed([*drawn, *captioned(captions, lowest)], _description(sizes))


def _shown(columns: Sequence[Column]) -> list[Column | None]:
    """Return the columns to draw, None standing for those left out."""
    if len(columns) <= _MOST_COLUMNS:
        return list(columns)
    return [*columns[:_FIRST_COLUMNS], None, *columns[-_LAST_COLUMNS:]]


def _listed(targets: Sequence[Layout]) -> Layout:
    """Return the names of the targets as one list, with dots where there are many."""
    many = len(targets) > _MOST_TARGETS
    listed = [targets[0], Glyph("cdots"), targets[-1]] if many else list(targets)
    return Row(tuple(item for target in listed for item in (Operator(","), target))[1:])


def _half_caption(column: Column) -> float:
    return label_size(Label(0, 0, column.caption, "caption"))[0] / 2


def _network(shown: Sequence[Column | None], room: float) -> tuple[list[Placed], list[Shape]]:
    """Return the columns at their places and the edges between them."""
    gaps = len(shown) - 1
    even = min(_GAPS[0], room / max(1, gaps))
    tallest = max(len(slots(column.units)) for column in shown if column)
    grid = Grid(_PITCH[tallest], 0.5 if tallest <= 4 and even >= _NARROW_GAP else 0.4)
    placed = [place(shown[0], 0.0, "input", grid)]
    shapes: list[Shape] = []
    for index, column in enumerate(shown[1:], 1):
        role = "output" if index == gaps else "hidden"
        spare = room - placed[-1].x - even * (gaps - index)
        widths = [even, *(width for width in _GAPS[1:] if even < width <= spare)]
        trials = (place(column, placed[-1].x + width, role, grid) for width in widths)
        after, edges = _joined(placed[-1], list(trials))
        placed.append(after)
        shapes += edges
    return placed, shapes


def _joined(before: Placed, trials: list[Placed]) -> tuple[Placed, list[Shape]]:
    """Return the nearest place at which all weights have labels, with the edges; else one name for all."""
    first = trials[0]
    if first.column is None or before.column is None:
        return first, []
    weight = first.column.weight
    if weight is not None and len(before.nodes) * len(first.nodes) <= _MOST_LABELS:
        for after in trials:
            pairs = [(to, source) for source in before.nodes for to in after.nodes]
            arrows = [arrow_between(before.nodes[source], after.nodes[to]) for to, source in pairs]
            named = [(stroke[0], weight(*pair)) for stroke, pair in zip(arrows, pairs, strict=True)]
            labels = place_labels(named, _circles(before, after), before.taken + after.taken)
            if labels is not None:
                return after, [*(part for stroke in arrows for part in stroke), *labels]
    arrows = [arrow_between(start, end) for start in before.nodes.values() for end in first.nodes.values()]
    return first, [*(part for stroke in arrows for part in stroke), *_matrix_name(before, first)]


def _circles(*columns: Placed) -> list[Circle]:
    return [node for column in columns for node in column.nodes.values()]


def _matrix_name(before: Placed, after: Placed) -> list[Shape]:
    """Return the one label of a dense gap, where it is free."""
    if after.column is None or after.column.matrix is None:
        return []
    content: Inline = (after.column.matrix(),)
    x = (before.x + after.x) / 2
    taken = before.taken + after.taken
    for y in (0.0, 0.7, -0.7, 1.4, -1.4):
        label = Label(x, y, content, "edge", white=True)
        if is_free(label_rect(label), _circles(before, after), taken):
            return [label]
    return []


def _loss(last: Placed, loss: Layout, target: Label, gap: float) -> list[Shape]:
    """Return the loss, the arrows from the outputs to it, and the targets below it."""
    box = Box(last.x + gap, 0.0, _BOX, _BOX, "loss")
    left = box.x - _BOX / 2
    highest = max(node.y for node in last.nodes.values()) or 1.0
    outputs = [
        arrow(node.x + node.radius, node.y, left, 0.35 * _BOX * node.y / highest, "edge")
        for node in last.nodes.values()
    ]
    below = -_BOX / 2 - _TARGET_STUB
    centre = below - label_size(target)[1] / 2
    entering = arrow(box.x, below, box.x, -_BOX / 2, "edge")
    return [
        *(part for stroke in outputs for part in stroke),
        *entering,
        box,
        Label(box.x, 0.0, (loss,), "loss"),
        target._replace(x=box.x, y=centre, white=len(outputs) > 1),
    ]


def _description(sizes: Sequence[int]) -> str:
    """Return the layer sizes in words, for those who cannot see the picture."""
    return f"Network {'-'.join(map(str, sizes))}: units per layer, inputs first; then the loss."
