"""The diagram of a layered network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from symnet.diagram.drawing import (
    Rect,
    Stroke,
    arrow,
    arrow_between,
    bounds,
    captioned,
    framed,
    is_free,
    label_rect,
    label_size,
    place_labels,
)
from symnet.diagram.paths import DrawnPath, badges, beyond, in_words, lanes, path_legend
from symnet.document import Box, Circle, Figure, Inline, Label, Segment, Shape
from symnet.layout import text
from symnet.layout.tree import Glyph, Layout, Operator, Row, traced_to
from symnet.text.say import as_text, listed, words

# One column of units, with its names and biases.

_MOST_UNITS = 6
_STUB = 0.22


class UnitColumn(NamedTuple):
    """What is to be drawn in one column.

    Attributes:
        units: How many units it has.
        label: The name inside a unit; units count from 1.
        weight: The name of the weight to a unit of this column from one before it; None without labels.
        bias: The name of a unit's bias; None without biases.
        caption: What stands below the column.
        shared_bias: Whether all units have the first one's bias.
        matrix: The name that stands for all weights of a gap too dense for single labels.
        vector: The name that stands for all biases where edges would cross single labels.
    """

    units: int
    label: Callable[[int], Layout]
    weight: Callable[[int, int], Layout] | None
    bias: Callable[[int], Layout] | None
    caption: Inline
    shared_bias: bool = False
    matrix: Callable[[], Layout] | None = None
    vector: Callable[[], Layout] | None = None


class Grid(NamedTuple):
    """The sizes that all columns share: the distance between units, and their radius."""

    pitch: float
    radius: float


class PlacedColumn(NamedTuple):
    """A column at its place; ``nodes`` by unit."""

    column: UnitColumn | None
    x: float
    nodes: dict[int, Circle]
    labels: tuple[Label, ...]
    strokes: tuple[Shape, ...] = ()

    @property
    def taken(self) -> list[Rect]:
        """The rectangles of its labels, names of units apart."""
        return [label_rect(label) for label in self.labels if label.role == "bias"]


def slots(units: int) -> tuple[int | None, ...]:
    """Return which unit stands in each slot from the top; None for the dots."""
    if units <= _MOST_UNITS:
        return tuple(range(1, units + 1))
    return (1, 2, 3, None, units)


def place(column: UnitColumn | None, x: float, role: str, grid: Grid) -> PlacedColumn:
    """Return a column at its place, centred on the height 0; dots for None.

    Args:
        column: The column, or None where columns are left out.
        x: Where its centre is.
        role: ``input``, ``hidden`` or ``output``.
        grid: The sizes.
    """
    if column is None:
        return PlacedColumn(None, x, {}, (Label(x, 0, (Glyph("cdots"),), "hidden"),))
    filled = slots(column.units)
    heights = {unit: grid.pitch * ((len(filled) - 1) / 2 - slot) for slot, unit in enumerate(filled)}
    nodes = {
        unit: Circle(x, y, grid.radius, role, traced_to(column.label(unit)))
        for unit, y in heights.items()
        if unit is not None
    }
    labels = [Label(x, node.y, (column.label(unit),), role) for unit, node in nodes.items()]
    if None in heights:
        labels.append(Label(x, heights[None], (Glyph("vdots"),), role))
    biases, strokes = _biases(column, nodes, [label_rect(label) for label in labels])
    return PlacedColumn(column, x, nodes, (*labels, *biases), strokes)


def _biases(
    column: UnitColumn, nodes: dict[int, Circle], taken: list[Rect]
) -> tuple[tuple[Label, ...], tuple[Shape, ...]]:
    """Return the names of the biases and their arrows: above a unit, or below where that is taken."""
    if column.bias is None:
        return (), ()
    labels: list[Label] = []
    strokes: list[Shape] = []
    for unit, node in nodes.items():
        name = column.bias(1 if column.shared_bias else unit)
        lowest = unit == column.units and unit > 1
        for side in (-1, 1) if lowest else (1, -1):
            label, entering = _beside(node, name, side)
            rect = label_rect(label)
            if is_free(rect, list(nodes.values()), taken):
                labels.append(label)
                taken.append(rect)
                strokes += entering
                break
    return tuple(labels), tuple(strokes)


def _beside(node: Circle, name: Layout, side: int) -> tuple[Label, Stroke]:
    """Return the name of a bias above a unit or below it, and the arrow from there."""
    label = Label(node.x, 0, (name,), "bias")
    of = traced_to(name)
    away = node.radius + _STUB + label_size(label)[1] / 2
    edge = node.y + side * node.radius
    shaft, head = arrow(node.x, edge + side * _STUB, node.x, edge, "bias")
    entering = shaft._replace(of=of), head._replace(of=of)
    return Label(node.x, node.y + side * away, (name,), "bias", white=True), entering


def _are_clear(column: PlacedColumn, edges: Iterable[Segment]) -> bool:
    """Return whether no edge passes through the name of a bias."""
    return not any(rect.meets(edge) for edge in edges for rect in column.taken)


def _in_one(placed: PlacedColumn) -> PlacedColumn:
    """Return a column with one name for all of its biases, above its first unit, in place of theirs."""
    column = placed.column
    if column is None or column.vector is None:
        return placed
    label, entering = _beside(placed.nodes[1], column.vector(), 1)
    return placed._replace(
        labels=(*(it for it in placed.labels if it.role != "bias"), label), strokes=tuple[Shape, ...](entering)
    )


# The picture of a layered network: pure geometry, in centimetres.

__all__ = ["DrawnPath", "UnitColumn", "draw", "draw_with_paths"]

_PAGE = 16.2
_MOST_COLUMNS = 9
_FIRST_COLUMNS, _LAST_COLUMNS = 4, 3
_MOST_TARGETS = 3
# The outputs up to which the targets stand below the loss.
_MOST_ABOVE = 2
_MOST_LABELS = 12
# The distance between units, by how many slots the tallest column has.
_PITCH = {1: 2.3, 2: 2.3, 3: 2.1, 4: 1.95, 5: 1.7, 6: 1.5}
# The distances between columns, tried in turn until the weight labels of the gap fit.
_GAPS = (3.3, 4.0, 4.8, 5.6)
_NARROW_GAP = 2.2
_BOX = 0.86
_LOSS_GAP = 1.75
_TARGET_STUB = 0.5
# By how much the name of a matrix is lifted until it is clear of all edges.
_LIFT = 0.05
_MARGIN = 0.1

# By the column in which it ends, and by the units at its ends: the numbers of the paths that take an edge.
Hops: TypeAlias = Mapping[int, Mapping[tuple[int, int], Sequence[int]]]


def draw_with_paths(
    columns: Sequence[UnitColumn], loss: Layout, targets: Sequence[Layout], paths: Sequence[DrawnPath]
) -> Figure | None:
    """Return the drawing of a layered network with paths through it, or None where not all of their units are drawn.

    Args:
        columns: The inputs, then each layer.
        loss: The name of the loss.
        targets: The names of the targets, which enter the loss from below.
        paths: The paths, at most eight.
    """
    passed = {stop for path in paths for stop in path.stops}
    if len(columns) > _MOST_COLUMNS or any(unit not in slots(columns[column].units) for column, unit in passed):
        return None
    return draw(columns, loss, targets, paths)


def draw(
    columns: Sequence[UnitColumn], loss: Layout, targets: Sequence[Layout], paths: Sequence[DrawnPath] = ()
) -> Figure:
    """Return the drawing of a layered network, at most 16.2 cm wide.

    Args:
        columns: The inputs, then each layer.
        loss: The name of the loss.
        targets: The names of the targets, which enter the loss from below.
        paths: Paths to be shown, whose units are all drawn.
    """
    shown = _shown(columns)
    target = Label(0, 0, (_listed(targets),), "loss") if targets else None
    width = label_size(target)[0] if target else 0.0
    # Below the loss, or at its right where the arrows of many outputs come from below.
    beside = target is not None and columns[-1].units > _MOST_ABOVE
    side = _BOX / 2 + _TARGET_STUB + width if beside else max(_BOX, width) / 2
    loss_gap = _LOSS_GAP + (0.0 if beside else max(0.0, side - _BOX))
    room = _PAGE - 2 * _MARGIN - loss_gap - side - _half_caption(columns[0])
    hops = _hops(paths, len(columns))
    placed, shapes = _network(shown, room, hops)
    box = Box(placed[-1].x + loss_gap, 0.0, _BOX, _BOX, "loss", traced_to(loss))
    end = [*_into_loss(placed[-1], box, hops.get(len(columns), {})), *_loss(box, loss, target, beside=beside)]
    units: list[Shape] = [unit for column in placed for unit in column.nodes.values()]
    names = [label for column in placed for label in column.labels]
    captions = [(column.x, column.column.caption) for column in placed if column.column]
    captions.append((placed[-1].x + loss_gap, (words("diagram.loss_box"),)))
    drawn: list[Shape] = [
        *shapes,
        *(stroke for column in placed for stroke in column.strokes),
        *end,
        *units,
        *names,
    ]
    lowest = min(bounds(shape).bottom for shape in drawn)
    drawn += [*badges(drawn, len(paths)), *captioned(captions, lowest)]
    if paths:
        drawn += path_legend([path.name for path in paths], drawn)
    return framed(drawn, _description(columns, loss, targets, paths))


def _hops(paths: Sequence[DrawnPath], end: int) -> Hops:
    """Return which paths take each edge, the loss being the only unit of the column ``end``."""
    hops: dict[int, dict[tuple[int, int], list[int]]] = {}
    for number, path in enumerate(paths, 1):
        for (_, source), (column, unit) in pairwise((*path.stops, (end, 1))):
            hops.setdefault(column, {}).setdefault((source, unit), []).append(number)
    return hops


def _shown(columns: Sequence[UnitColumn]) -> list[UnitColumn | None]:
    """Return the columns to draw, None standing for those left out."""
    if len(columns) <= _MOST_COLUMNS:
        return list(columns)
    return [*columns[:_FIRST_COLUMNS], None, *columns[-_LAST_COLUMNS:]]


def _listed(targets: Sequence[Layout]) -> Layout:
    """Return the names of the targets as one list, with dots where there are many."""
    many = len(targets) > _MOST_TARGETS
    listed = [targets[0], Glyph("cdots"), targets[-1]] if many else list(targets)
    return Row(tuple(item for target in listed for item in (Operator(","), target))[1:])


def _half_caption(column: UnitColumn) -> float:
    return label_size(Label(0, 0, column.caption, "caption"))[0] / 2


def _network(shown: Sequence[UnitColumn | None], room: float, hops: Hops) -> tuple[list[PlacedColumn], list[Shape]]:
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
        after, edges = _joined(placed[-1], list(trials), hops.get(index, {}))
        placed.append(after)
        shapes += edges
    drawn = [shape for shape in shapes if isinstance(shape, Segment)]
    return [column if _are_clear(column, drawn) else _in_one(column) for column in placed], shapes


def _joined(
    before: PlacedColumn, trials: list[PlacedColumn], hops: Mapping[tuple[int, int], Sequence[int]]
) -> tuple[PlacedColumn, list[Shape]]:
    """Return the nearest place at which all weights have labels, with the edges; else one name for all.

    Where it can, it is one at which no edge passes through the name of a bias.
    """
    first = trials[0]
    if first.column is None or before.column is None:
        return first, []
    joined = [(after, _arrows(before, after)) for after in trials]
    joined.sort(key=lambda one: not all(_are_clear(it, _shafts(one[1])) for it in (before, one[0])))
    weight = first.column.weight
    if weight is not None and len(before.nodes) * len(first.nodes) <= _MOST_LABELS:
        for after, arrows in joined:
            named = [(stroke[0], weight(to, source)) for (source, to), stroke in arrows.items()]
            labels = place_labels(named, _circles(before, after), before.taken + after.taken)
            if labels is not None:
                return after, [*_edges(before, after, hops), *labels]
    after = joined[0][0]
    return after, [*_edges(before, after, hops), *_matrix_name(before, after)]


def _arrows(before: PlacedColumn, after: PlacedColumn) -> dict[tuple[int, int], Stroke]:
    """Return the arrow from each unit of a column to each of the next, by both."""
    pairs = [(source, to) for source in before.nodes for to in after.nodes]
    return {(source, to): arrow_between(before.nodes[source], after.nodes[to]) for source, to in pairs}


def _shafts(arrows: Mapping[tuple[int, int], Stroke]) -> list[Segment]:
    return [shaft for shaft, _head in arrows.values()]


def _edges(before: PlacedColumn, after: PlacedColumn, hops: Mapping[tuple[int, int], Sequence[int]]) -> list[Shape]:
    """Return the strokes between two columns: those of the paths in place of the edges that they take."""
    shapes: list[Shape] = []
    taken: list[Shape] = []
    for (source, to), (shaft, head) in _arrows(before, after).items():
        if (source, to) in hops:
            start, end = before.nodes[source], after.nodes[to]
            line = shaft._replace(x2=head.points[0][0], y2=head.points[0][1])
            taken += lanes(line, hops[source, to], start.radius, end.radius)
        else:
            weight = after.column.weight if after.column is not None else None
            of = "" if weight is None else traced_to(weight(to, source))
            shapes += (shaft._replace(of=of), head._replace(of=of))
    return shapes + taken


def _circles(*columns: PlacedColumn) -> list[Circle]:
    return [node for column in columns for node in column.nodes.values()]


def _matrix_name(before: PlacedColumn, after: PlacedColumn) -> list[Shape]:
    """Return the one label of a dense gap, above all of its edges."""
    if after.column is None or after.column.matrix is None:
        return []
    edges = _shafts(_arrows(before, after))
    middle = max(edge.y1 + edge.y2 for edge in edges) / 2
    label = Label((before.x + after.x) / 2, middle, (after.column.matrix(),), "edge")
    taken, nodes = before.taken + after.taken, _circles(before, after)
    while any(map(label_rect(label).meets, edges)) or not is_free(label_rect(label), nodes, taken):
        label = label._replace(y=label.y + _LIFT)
    return [label]


def _into_loss(last: PlacedColumn, box: Box, hops: Mapping[tuple[int, int], Sequence[int]]) -> list[Shape]:
    """Return the arrows from the outputs to the loss."""
    left = box.x - _BOX / 2
    highest = max(node.y for node in last.nodes.values()) or 1.0
    outputs: list[Shape] = []
    for unit, node in last.nodes.items():
        entry = 0.35 * _BOX * node.y / highest
        if (unit, 1) in hops:
            outputs += lanes(beyond(node, left, entry), hops[unit, 1], node.radius, 0.0)
        else:
            into = arrow(node.x + node.radius, node.y, left, entry, "edge")
            outputs += (part._replace(of=f"{node.of} {box.of}".strip()) for part in into)
    return outputs


def _loss(box: Box, loss: Layout, target: Label | None, *, beside: bool) -> list[Shape]:
    """Return the loss, and the targets, if there are any, beside it or below it with their arrow."""
    shapes: list[Shape] = [box, Label(box.x, 0.0, (loss,), "loss")]
    if target is None:
        return shapes
    away = _BOX / 2 + _TARGET_STUB
    width, height = label_size(target)
    if beside:
        entering = arrow(box.x + away, 0.0, box.x + _BOX / 2, 0.0, "edge")
        placed = target._replace(x=box.x + away + width / 2, y=0.0)
    else:
        entering = arrow(box.x, -away, box.x, -_BOX / 2, "edge")
        placed = target._replace(x=box.x, y=-away - height / 2)
    return [*entering, *shapes, placed]


def _description(
    columns: Sequence[UnitColumn], loss: Layout, targets: Sequence[Layout], paths: Sequence[DrawnPath]
) -> str:
    """Return the layers, what each is fed by, and the paths in words, for those who cannot see the picture."""
    said = [
        words("diagram.network", sizes="-".join(str(column.units) for column in columns), inputs=_named(columns[0]))
    ]
    for number, column in enumerate(columns[1:], 1):
        key = "diagram.output_units" if number == len(columns) - 1 else "diagram.hidden_units"
        before = words("diagram.inputs" if number == 1 else "diagram.units_before")
        biased = "" if column.bias is None else words("diagram.and_bias")
        said.append(words(key, units=_named(column), before=before, biased=biased))
    entering = text.write(loss)
    if targets:
        said.append(words("diagram.loss_of_targets", loss=entering, count=len(targets), targets=_in_text(targets)))
    else:
        said.append(words("diagram.loss", loss=entering))
    return " ".join(said) + in_words([path.name for path in paths])


def _named(column: UnitColumn) -> str:
    """Return the names of the units of a column, or how many there are."""
    if column.units > _MOST_UNITS:
        first, last = text.write(column.label(1)), text.write(column.label(column.units))
        return words("diagram.many_units", units=column.units, first=first, last=last)
    return _in_text([column.label(unit) for unit in range(1, column.units + 1)])


def _in_text(names: Sequence[Layout]) -> str:
    return as_text(listed([text.write(name) for name in names]))
