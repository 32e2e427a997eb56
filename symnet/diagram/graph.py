"""The diagram of a computation graph."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from math import hypot
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from symnet.diagram.drawing import Rect, arrow, bounds, framed, label_size, moved
from symnet.diagram.paths import badges, bent_lanes, in_words, path_legend
from symnet.document import Box, Circle, Figure, Inline, Label, Segment, Shape
from symnet.layout import text
from symnet.layout.tree import Cases, Layout, Matrix, children, traced_to
from symnet.text.say import listed, say, separated, words

# What stands in a drawn graph, about its own centre: vertices, and the labels along edges.

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
        gradient: What stands below it: the derivative of the output with respect to what it carries.
        paths: The numbers of the paths that take it, where a drawing shows some.
    """

    start: int
    end: int | None
    value: Inline | None = None
    gradient: Inline | None = None
    paths: tuple[int, ...] = ()


class Footprint(NamedTuple):
    """Shapes about the origin, and the room they take: their width, and how far they reach up and down."""

    shapes: tuple[Shape, ...]
    width: float
    above: float
    below: float


def vertex_footprint(vertex: Vertex, radius: float, *, operation: bool) -> Footprint:
    """Return a disc about a short name, and a box about anything else.

    Args:
        vertex: The vertex.
        radius: The radius of a circle, and half of the least height and width of a box.
        operation: Whether it shows how it is computed; what is wider than 3.2 cm or has lines of its own, such as
            cases, is left to the formulas.
    """
    lines = [Label(0, 0, (vertex.name,), vertex.role)]
    if operation and vertex.operation is not None and not any(map(_has_lines, vertex.operation)):
        below = Label(0, 0, vertex.operation, "operation")
        lines += [below] if label_size(below)[0] <= _WIDEST_OPERATION else []
    widths, heights = zip(*map(label_size, lines), strict=True)
    if len(lines) == 1 and max(widths) <= 2 * (radius - _RIM):
        circle = Circle(0, 0, radius, vertex.role, traced_to(vertex.name))
        return Footprint((circle, *lines), 2 * radius, radius, radius)
    width, height = max(2 * radius, max(widths) + 2 * _SIDES), max(2 * radius, sum(heights) + 2 * _ENDS)
    top = sum(heights) / 2
    placed = [label._replace(y=top - sum(heights[:index]) - heights[index] / 2) for index, label in enumerate(lines)]
    box = Box(0, 0, width, height, vertex.role, traced_to(vertex.name))
    return Footprint((box, *placed), width, height / 2, height / 2)


def _has_lines(piece: str | Layout) -> bool:
    """Return whether there are several lines in a formula, which no vertex has room for."""
    if isinstance(piece, str):
        return False
    return isinstance(piece, Cases | Matrix) or any(map(_has_lines, children(piece)))


def edge_footprint(edge: Edge) -> Footprint | None:
    """Return the labels of an edge at a point of it: the value above, the derivative below.

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
    return Footprint(shapes, max(width for width, _ in sizes), reach.get(1, _OFF), reach.get(-1, _OFF))


# The levels of a drawn graph: which vertex stands in which column, and in which order from the top.

# How often the columns are sorted by their neighbours; more changes nothing in practice.
_SWEEPS = 12


class Levels(NamedTuple):
    """A graph in columns.

    Attributes:
        rows: The points of each column from the top: vertices by number, above them the points at which a long
            edge passes through a column.
        routes: The points of each edge, one a column, from its start to its end.
    """

    rows: tuple[tuple[int, ...], ...]
    routes: tuple[tuple[int, ...], ...]


def depths(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the column of each vertex: its longest path from an input, or further right where that saves ink.

    Args:
        count: How many vertices there are.
        edges: Pairs of vertices, each from a lower number to a higher one.
    """
    depth = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        depth[end] = max(depth[end], depth[start] + 1)
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        after[start].append(end)
        before[end].append(start)
    for vertex in reversed(range(count)):
        # What leads here alone will follow, so only the edges from other vertices become longer.
        staying = sum(1 for start in before[vertex] if len(after[start]) > 1)
        if staying < len(after[vertex]):
            depth[vertex] = min(depth[end] for end in after[vertex]) - 1
    return depth


def levelled(depth: Sequence[int], edges: Sequence[tuple[int, int]]) -> Levels:
    """Return the vertices in columns, ordered to cross few edges; ties keep the order of operands.

    Args:
        depth: The column of each vertex.
        edges: Pairs of vertices, each from a column to one further right.
    """
    rows: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for vertex, column in enumerate(depth):
        rows[column].append(vertex)
    routes = []
    points = len(depth)
    for start, end in edges:
        route = [start]
        for column in range(depth[start] + 1, depth[end]):
            rows[column].append(points)
            route.append(points)
            points += 1
        routes.append((*route, end))
    return Levels(_ordered(rows, routes), tuple(routes))


def neighbours(routes: Sequence[tuple[int, ...]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the neighbours of each point in the column before it, and in the column after it.

    Args:
        routes: The points of each edge.
    """
    points = {point for route in routes for point in route}
    before: dict[int, list[int]] = {point: [] for point in points}
    after: dict[int, list[int]] = {point: [] for point in points}
    for route in routes:
        for left, right in pairwise(route):
            before[right].append(left)
            after[left].append(right)
    return before, after


def _ordered(rows: list[list[int]], routes: list[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Return the ordering of the columns with the fewest edge crossings, of several starts."""
    before, after = neighbours(routes)
    first = _reading_order(rows, before, after)
    best: tuple[tuple[int, ...], ...] = ()
    fewest = -1
    for start in (first.__getitem__, int, lambda point: -first[point], lambda point: -point):
        for order in _swept([sorted(row, key=start) for row in rows], before, after):
            crossings = _crossings(order, after)
            if fewest < 0 or crossings < fewest:
                best, fewest = tuple(map(tuple, order)), crossings
            if fewest == 0:
                return best
    return best


def _swept(
    rows: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> Iterator[list[list[int]]]:
    """Yield the columns as they are, then after each sweep to the right or to the left."""
    yield rows
    for sweep in range(_SWEEPS):
        columns = range(1, len(rows)) if sweep % 2 == 0 else range(len(rows) - 2, -1, -1)
        step, beside = (-1, before) if sweep % 2 == 0 else (1, after)
        for column in columns:
            # Those with the same centre are turned round every second time there and back.
            rows[column] = _sorted_by(rows[column], _places(rows[column + step]), beside, turned=sweep % 4 > 1)
        for column in range(len(rows)):
            _exchange(rows, column, before, after)
        yield rows


def _reading_order(rows: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]) -> dict[int, int]:
    """Return the order in which the points are met from the last vertex backwards, depth first."""
    points = sorted((point for row in rows for point in row if not after.get(point)), reverse=True)
    order: dict[int, int] = {}
    while points:
        point = points.pop(0)
        if point not in order:
            order[point] = len(order)
            points = [*before.get(point, ()), *points]
    return order


def _places(row: Sequence[int]) -> dict[int, float]:
    """Return where each point of a column stands, from the column's middle."""
    return {point: index - (len(row) - 1) / 2 for index, point in enumerate(row)}


def _sorted_by(row: list[int], places: dict[int, float], beside: dict[int, list[int]], *, turned: bool) -> list[int]:
    """Return a column in the order of the centres of its points' neighbours in the next one."""
    own = _places(row)

    def centre(point: int) -> float:
        near = beside.get(point, ())
        return sum(places[other] for other in near) / len(near) if near else own[point]

    return sorted(reversed(row) if turned else row, key=centre)


def _exchange(rows: list[list[int]], column: int, *sides: dict[int, list[int]]) -> None:
    """Exchange points of a column that stand next to each other, as long as that crosses fewer edges."""
    row = rows[column]
    beside = (rows[column - 1] if column else [], rows[column + 1] if column + 1 < len(rows) else [])
    places = [_places(other) for other in beside]

    def crossed(upper: int, lower: int) -> int:
        return sum(
            place[one] > place[other]
            for side, place in zip(sides, places, strict=True)
            for one in side.get(upper, ())
            for other in side.get(lower, ())
        )

    for _ in row:
        changed = False
        for index in range(len(row) - 1):
            upper, lower = row[index], row[index + 1]
            if crossed(lower, upper) < crossed(upper, lower):
                row[index], row[index + 1] = lower, upper
                changed = True
        if not changed:
            return


def _crossings(rows: Sequence[Sequence[int]], after: dict[int, list[int]]) -> int:
    total = 0
    for row, following in pairwise(rows):
        places = _places(following)
        passed: list[float] = []
        for point in row:
            ends = sorted(places[end] for end in after.get(point, ()))
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


# How high each point of a drawn graph stands: level with its neighbours, and apart from those in its column.

# How often heights are brought closer to those of neighbours.
_PASSES = 12
# How often the edges that pass are straightened.
_STRAIGHTENED = 8


def heights(levels: Levels, space: Callable[[int, int], float], anchors: Mapping[int, int]) -> dict[int, float]:
    """Return the height of each point, the upper ones with the larger.

    By turns from the right and from the left, each point is drawn to the mean of those it leads to, or comes from.
    The last turn is from the left, so that every vertex stands in the middle of what it is computed from; then the
    edges are straightened between their ends.

    Args:
        levels: The graph in columns.
        space: The least distance between two points of a column, the upper one first.
        anchors: Points that should rather be level with one other point in the end.
    """
    before, after = neighbours(levels.routes)
    spaces = [[space(one, other) for one, other in pairwise(row)] for row in levels.rows]
    columns = list(zip(levels.rows, spaces, strict=True))
    height: dict[int, float] = {}
    for row, least in columns:
        stacked = list(accumulate(least, initial=0.0))
        height.update((point, stacked[-1] / 2 - drop) for point, drop in zip(row, stacked, strict=True))
    for _ in range(_PASSES):
        for row, least in reversed(columns):
            _draw(row, least, after, height)
        for row, least in columns:
            _draw(row, least, before, height)
    passing = {point for route in levels.routes for point in route[1:-1]} - set(anchors)
    between = {point: [*before[point], *after[point]] for point in passing}
    between.update({point: [anchor] for point, anchor in anchors.items()})
    for _ in range(_STRAIGHTENED):
        for row, least in columns:
            _draw(row, least, between, height)
    return height


def _draw(
    row: Sequence[int], least: Sequence[float], near: Mapping[int, Sequence[int]], height: dict[int, float]
) -> None:
    """Move the points of one column to the mean heights of those near them, as far as there is room."""
    wanted = []
    for point in row:
        others = near.get(point) or [point]
        wanted.append(-sum(height[other] for other in others) / len(others))
    height.update((point, -drop) for point, drop in zip(row, apart(wanted, least), strict=True))


def apart(wanted: Sequence[float], spaces: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones in the sense of least squares that keep their distances.

    This is isotonic regression by pooling adjacent violators.

    Args:
        wanted: Where each would like to stand, in their order.
        spaces: The least distance from each to the next.
    """
    shifts = list(accumulate(spaces, initial=0.0))
    pools: list[tuple[float, int]] = []
    for place, shift in zip(wanted, shifts, strict=True):
        mean, count = place - shift, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (other * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    means = [mean for mean, count in pools for _ in range(count)]
    return [mean + shift for mean, shift in zip(means, shifts, strict=True)]


# The way of each edge of a drawn graph: straight where that is free, else round vertices and labels.

# How far an edge keeps from a vertex that it passes.
_CLEARANCE = 0.08
# A bend that is off the straight line by less than this is none.
_STRAIGHT = 0.002

Spot: TypeAlias = tuple[float, float]
Outline: TypeAlias = Circle | Box


class LevelColumn(NamedTuple):
    """One column of a drawn graph: its centre, where its widest vertex ends, and where edges may bend."""

    x: float
    left: float
    right: float


class Plan(NamedTuple):
    """What stands where.

    Attributes:
        columns: The column of each point.
        height: The height of each point.
        outlines: The vertices.
        marks: The room of the labels along an edge, by the point at which they stand.
    """

    columns: Mapping[int, LevelColumn]
    height: Mapping[int, float]
    outlines: Mapping[int, Outline]
    marks: Mapping[int, Rect]


def path(route: Sequence[int], plan: Plan) -> list[Spot]:
    """Return the way of an edge from rim to rim, as the places between which it is straight.

    Within a column an edge runs level, where nothing else stands, and it rises and falls between the columns; so
    there is always a way. From each of its bends the edge goes straight to the farthest one that it can see, but it
    stays level along its own labels.

    Args:
        route: The points of the edge; the last may be no vertex, but the place where an arrow ends.
        plan: What stands where.
    """
    obstacles = [_grown(it) for point, it in plan.outlines.items() if point not in (route[0], route[-1])]
    obstacles += [rect for point, rect in plan.marks.items() if point not in route]
    spots: list[Spot] = []
    run: list[Spot] = []
    for point in route:
        column, y = plan.columns[point], plan.height[point]
        if point == route[0]:
            run += [(column.x, y), (column.right, y)]
        elif point == route[-1]:
            run += [(column.left, y), (column.x, y)]
        elif point in plan.marks:
            rect = plan.marks[point]
            spots += _pulled([*run, (rect.left, y)], obstacles)
            run = [(rect.right, y)]
        else:
            run += [(column.left, y), (column.right, y)]
    spots += _pulled(run, obstacles)
    spots[0] = _rim(plan.outlines[route[0]], spots[1])
    if route[-1] in plan.outlines:
        spots[-1] = _rim(plan.outlines[route[-1]], spots[-2])
    return _unbent(spots)


def drawn(spots: Sequence[Spot], of: str = "") -> list[Shape]:
    """Return the strokes of a way, and the head at its end.

    Args:
        spots: The places between which it is straight.
        of: What it stands for.
    """
    *pieces, (start, end) = pairwise(spots)
    shaft, head = arrow(*start, *end, "edge")
    return [*(Segment(*one, *other, "edge", of) for one, other in pieces), shaft._replace(of=of), head._replace(of=of)]


def _grown(outline: Outline) -> Rect:
    sides = (outline.width, outline.height) if isinstance(outline, Box) else (2 * outline.radius, 2 * outline.radius)
    return Rect.around(outline.x, outline.y, *(side + 2 * _CLEARANCE for side in sides))


def _pulled(spots: Sequence[Spot], obstacles: Sequence[Rect]) -> list[Spot]:
    """Return the bends that are left when the edge is pulled tight."""
    kept = [spots[0]]
    index = 0
    while index < len(spots) - 1:
        for target in range(len(spots) - 1, index, -1):
            piece = Segment(*spots[index], *spots[target], "edge")
            if target == index + 1 or not any(rect.meets(piece) for rect in obstacles):
                index = target
                break
        kept.append(spots[index])
    return kept


def _unbent(spots: Sequence[Spot]) -> list[Spot]:
    """Return the places without those at which nothing bends."""
    kept = [spots[0]]
    for spot, following in pairwise(spots[1:]):
        (x1, y1), (x2, y2), (x3, y3) = kept[-1], spot, following
        if abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) > _STRAIGHT * hypot(x3 - x1, y3 - y1):
            kept.append(spot)
    return [*kept, spots[-1]]


def _rim(outline: Outline, beside: Spot) -> Spot:
    """Return where the line from the centre of a vertex to a place beside it leaves the vertex."""
    dx, dy = beside[0] - outline.x, beside[1] - outline.y
    if isinstance(outline, Circle):
        share = outline.radius / hypot(dx, dy)
    else:
        share = min(outline.width / 2 / abs(dx) if dx else 1.0, outline.height / 2 / abs(dy) if dy else 1.0)
    return outline.x + share * dx, outline.y + share * dy


# A drawn graph in one style: where all of it stands, and whether it fits the page.

_WIDEST, _TALLEST = 16.15, 17.2
# The least distances down a column: between labels or passing edges, and from those to a vertex.
_PASSING, _BESIDE = 0.14, 0.24
# A gap between columns: its least width between vertices and labels, where it shows the edges, and where some of
# them climb; then the one wanted, and what it grows by for each centimetre that an edge climbs.
_NEXT, _LEVEL, _CLIMBING, _EASY, _LEAN = 0.04, 0.28, 0.34, 0.35, 0.9
# An edge that climbs less than this is as good as level.
_FLAT = 0.05
# Where edges bend: behind a column after a share of the gap, before one as far from it as a head is long.
_BEND, _HEAD, _MOST_OF_GAP = 0.2, 0.2, 0.6


class Style(NamedTuple):
    """How much is shown, and how much room it is given.

    Attributes:
        operations: Whether the vertices show how they are computed.
        labels: Whether values and derivatives stand along the edges.
        radius: The radius of a vertex with a short name.
        down: The least distance between two vertices of a column.
        ease: The share of the wanted room, beyond the least, that the gaps between columns must be given.
    """

    operations: bool
    labels: bool
    radius: float
    down: float
    ease: float


def fitted(vertices: Sequence[Vertex], edges: Sequence[Edge], levels: Levels, style: Style) -> list[Shape] | None:
    """Return the graph at its place, or None where it leaves the page.

    The labels of an edge stand in a column between those of the vertices, where they keep apart as vertices do;
    so they touch neither one another nor anything else.

    Args:
        vertices: In forward order.
        edges: The arrow that leaves the drawing last.
        levels: The graph in columns, every second one for labels if there are any.
        style: How much is shown.
    """
    footprints = {
        index: vertex_footprint(it, style.radius, operation=style.operations) for index, it in enumerate(vertices)
    }
    spots = _label_spots(edges, levels) if style.labels else []
    # Without labels there are no spots.
    seen = zip(spots, map(edge_footprint, edges), strict=False)
    marks = {point: footprint for (point, _), footprint in seen if footprint is not None}

    def space(upper: int, lower: int) -> float:
        among = (upper in footprints) + (lower in footprints)
        least = (_PASSING, _BESIDE, style.down)[among]
        over, under = (footprints.get(point) or marks.get(point) for point in (upper, lower))
        return (over.below if over else 0.0) + least + (under.above if under else 0.0)

    # The arrow that leaves the drawing stays level.
    height = heights(levels, space, {**dict(spots), levels.routes[-1][-1]: levels.routes[-1][-2]})
    standing = {**footprints, **marks}
    tops = [height[point] + footprint.above for point, footprint in standing.items()]
    bottoms = [height[point] - footprint.below for point, footprint in standing.items()]
    if max(*tops, *height.values()) - min(*bottoms, *height.values()) > _TALLEST:
        return None
    columns = _columns(levels, height, standing, marks, style.ease)
    if columns is None:
        return None
    return _placed([edge.paths for edge in edges], levels, columns, height, footprints, marks)


def _label_spots(edges: Sequence[Edge], levels: Levels) -> list[tuple[int, int]]:
    """Return the point at which the labels of each edge stand, and the vertex that it is level with.

    That is the edge's start, unless it leaves its vertex with others and enters one alone: then it is its end.
    """
    leaving = [edge.start for edge in edges]
    entering = [edge.end for edge in edges]
    spots = []
    for edge, route in zip(edges, levels.routes, strict=True):
        late = edge.end is not None and leaving.count(edge.start) > 1 and entering.count(edge.end) == 1
        spots.append((route[-2], route[-1]) if late else (route[1], route[0]))
    return spots


def _columns(
    levels: Levels,
    height: Mapping[int, float],
    footprints: Mapping[int, Footprint],
    marks: Mapping[int, Footprint],
    ease: float,
) -> dict[int, LevelColumn] | None:
    """Return the column of each point, the gaps as wide as wanted or as the page allows; None if that is too little."""
    halves = [max((footprints[it].width / 2 for it in row if it in footprints), default=0.0) for row in levels.rows]
    number = {point: index for index, row in enumerate(levels.rows) for point in row}
    climbs = [0.0] * (len(halves) - 1)
    for route in levels.routes:
        for start, end in pairwise(route):
            climbs[number[start]] = max(climbs[number[start]], abs(height[start] - height[end]))
    labelled = [any(point in marks for point in row) for row in levels.rows]
    least = [
        _CLIMBING if climb > _FLAT else _NEXT if any(beside) else _LEVEL
        for climb, beside in zip(climbs, pairwise(labelled), strict=True)
    ]
    extra = [max(0.0, _EASY + _LEAN * climb - low) for climb, low in zip(climbs, least, strict=True)]
    room = _WIDEST - 2 * sum(halves) - sum(least)
    share = min(1.0, room / sum(extra))
    if room < 0 or share < ease:
        return None
    gaps = [low + share * more for low, more in zip(least, extra, strict=True)]
    columns = {}
    x = 0.0
    for row, half, before, after in zip(levels.rows, halves, [0.0, *gaps], [*gaps, 0.0], strict=True):
        x += before + half
        left = max(_BEND * before, min(_HEAD, _MOST_OF_GAP * before))
        columns.update(dict.fromkeys(row, LevelColumn(x, x - half - left, x + half + _BEND * after)))
        x += half
    return columns


def _placed(  # noqa: PLR0917 - one drawing in all its parts
    paths: Sequence[Sequence[int]],
    levels: Levels,
    columns: Mapping[int, LevelColumn],
    height: Mapping[int, float],
    footprints: Mapping[int, Footprint],
    marks: Mapping[int, Footprint],
) -> list[Shape]:
    """Return all shapes, edges first, so that vertices and labels stand over them."""
    placed = {
        point: [moved(shape, columns[point].x, height[point]) for shape in footprint.shapes]
        for point, footprint in (*marks.items(), *footprints.items())
    }
    plan = Plan(
        columns,
        height,
        {point: it for point, shapes in placed.items() for it in shapes if isinstance(it, Circle | Box)},
        {point: _room(footprint, columns[point].x, height[point]) for point, footprint in marks.items()},
    )
    ways = [(path(route, plan), _ends(route, plan)) for route in levels.routes]
    strokes = [
        stroke
        for (spots, of), numbers in sorted(zip(ways, paths, strict=True), key=lambda one: bool(one[1]))
        for stroke in (bent_lanes(spots, numbers) if numbers else drawn(spots, of))
    ]
    return [*strokes, *(shape for shapes in placed.values() for shape in shapes)]


def _ends(route: Sequence[int], plan: Plan) -> str:
    """Return the ids of the vertices at the ends of an edge; empty where nothing asks for them."""
    ends = (plan.outlines[point].of for point in (route[0], route[-1]) if point in plan.outlines)
    return " ".join(filter(None, ends))


def _room(footprint: Footprint, x: float, y: float) -> Rect:
    return Rect(x - footprint.width / 2, y - footprint.below, x + footprint.width / 2, y + footprint.above)


# The picture of a computation graph: pure geometry, in centimetres.

__all__ = ["Edge", "Vertex", "draw_graph"]

_MOST_VERTICES, _MOST_LABELLED, _MOST_EDGES = 60, 40, 120
# More columns than this never fit, so nothing is tried.
_MOST_COLUMNS = 20
# The crossings beyond which nobody can follow an edge that passes columns; where none does, it is layer by layer.
_MOST_CROSSINGS = 200
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
    vertices: Sequence[Vertex], edges: Sequence[Edge], output: Edge, paths: Sequence[Inline] = ()
) -> Figure | None:
    """Return the drawing of a computation graph from left to right, at most 16.2 cm wide and 18 cm high.

    Above each edge stands its value, below it the derivative of the output. Where there is no room for them all, the
    operations are left out first, then the labels, as they are beyond 40 vertices. A graph that does not fit even so,
    one with more than 60 vertices or 120 edges, or one whose edges pass columns and cross more than 200 times has no
    drawing: None, for a part of it or a smear would mislead, and the tables hold it all.

    Args:
        vertices: At least one, in forward order.
        edges: At most one between any two vertices; those that enter a vertex in the order in which it uses them.
        output: The arrow that leaves the final vertex; its end is None.
        paths: What the legend says of each path that edges name, if they name any.
    """
    joined = [*edges, output]
    if len(vertices) > _MOST_VERTICES or len(joined) > _MOST_EDGES:
        return None
    pairs = [(edge.start, len(vertices) if edge.end is None else edge.end) for edge in joined]
    depth = depths(len(vertices) + 1, pairs)
    if max(depth) >= _MOST_COLUMNS:
        return None
    labelled = len(vertices) <= _MOST_LABELLED and not paths
    passing = any(depth[end] - depth[start] > 1 for start, end in pairs)
    for labels, styles in _STYLES.items():
        if labels and not labelled:
            continue
        levels = levelled([2 * column for column in depth] if labels else depth, pairs)
        if passing and _crossings(levels.rows, neighbours(levels.routes)[1]) > _MOST_CROSSINGS:
            return None
        for style in styles:
            shapes = fitted(vertices, joined, levels, style)
            if shapes is not None:
                return _figure(vertices, joined, shapes, paths)
    return None


def _figure(
    vertices: Sequence[Vertex], edges: Sequence[Edge], shapes: Sequence[Shape], paths: Sequence[Inline]
) -> Figure:
    """Return the drawing with its legend, framed."""
    said = _description(vertices, edges)
    if paths:
        drawn = [*shapes, *badges(shapes, len(paths))]
        return framed([*drawn, *path_legend(paths, drawn)], said + in_words(paths))
    roles = {shape.role for shape in shapes}
    name = vertices[edges[-1].start].name
    short = label_size(Label(0, 0, (name,), "gradient"))[0] <= _LEGEND_NAME
    told: dict[str, Inline] = {
        "value": say("diagram.value"),
        "gradient": say("diagram.gradient", output=name) if short else say("diagram.gradient_of_output"),
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
        end = names[edges[-1].start]
        return words("diagram.large_graph", vertices=str(len(names)), edges=str(len(edges) - 1), end=end)
    before: dict[int, list[str]] = {}
    for edge in edges:
        if edge.end is not None:
            before.setdefault(edge.end, []).append(names[edge.start])
    made = [
        say("diagram.node", node=name, inputs=listed(before[index]))
        for index, name in enumerate(names)
        if index in before
    ]
    inputs = listed([name for index, name in enumerate(names) if index not in before])
    if not made:
        return words("diagram.graph_of_inputs", inputs=inputs)
    return words("diagram.graph", inputs=inputs, nodes=separated(made, "series.between_clauses"))
