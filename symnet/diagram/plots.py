"""Plots: axes with ticks, curves and marked points, as plain geometry in centimetres."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple, TypeAlias

from symnet.diagram.drawing import framed, label_size, moved
from symnet.document import Box, Circle, Figure, Inline, Label, Polygon, Polyline, Segment, Shape
from symnet.layout.tree import Layout

Point: TypeAlias = tuple[float, float]

# The numbers that stand at ticks: those a person would choose.
_STEPS = (Fraction(1), Fraction(2), Fraction(5), Fraction(10))
# A range as short as this beside its numbers is widened: no tick could tell its ends apart.
_SHORTEST = 1e-6
_TICK, _GAP = 0.09, 0.06
_MARK = 0.13
BETWEEN = 0.9
"""What is kept clear between two figures side by side, in centimetres."""
# A row of a bar chart, the thickness of a bar, the room between a bar and what stands beside it.
_BAR_ROW, _BAR, _BAR_GAP = 0.62, 0.38, 0.2
_KEY_LINE, _KEY_GAP, _KEY_ROW = 0.75, 0.12, 0.48


class Scale(NamedTuple):
    """What one axis measures.

    Attributes:
        low: The number at its beginning.
        high: The number at its end.
        ticks: The numbers that are written at it, rising.
    """

    low: float
    high: float
    ticks: tuple[Fraction, ...]


class Axis(NamedTuple):
    """An axis: its scale, its length in centimetres, its label, and the number format of its ticks."""

    scale: Scale
    length: float
    title: Inline
    written: Callable[[Fraction], Layout]


class Curve(NamedTuple):
    """A curve, or several pieces of one, as it is plotted and called in the key; without a name it is not in it."""

    pieces: tuple[tuple[Point, ...], ...]
    role: str
    name: Inline = ()


class Mark(NamedTuple):
    """A marked point, whose ``kind`` is the place of its form among :data:`FORMS`."""

    x: float
    y: float
    kind: int


def scale(low: float, high: float, most: int = 5) -> Scale:
    """Return a scale from tick to tick that contains two numbers.

    Args:
        low: The smallest number that is plotted.
        high: The largest.
        most: How many steps there are at most between ticks.
    """
    step = _step(low, high, most)
    first, last = floor(low / float(step)), ceil(high / float(step))
    # What is a tick but for the noise of floats is one.
    first += abs(low / float(step) - (first + 1)) < _SHORTEST
    last -= abs(high / float(step) - (last - 1)) < _SHORTEST
    if first == last:
        first, last = first - 1, last + 1
    ticks = tuple(step * number for number in range(first, last + 1))
    return Scale(float(ticks[0]), float(ticks[-1]), ticks)


def scale_within(low: float, high: float, most: int = 5) -> Scale:
    """Return the scale that begins and ends exactly where it is told to, with the ticks that lie between.

    Args:
        low: Where it begins.
        high: Where it ends.
        most: How many steps there are at most between ticks.
    """
    step = _step(low, high, most)
    numbers = range(ceil(low / float(step)), floor(high / float(step)) + 1)
    return Scale(low, high, tuple(step * number for number in numbers))


def _step(low: float, high: float, most: int) -> Fraction:
    """Return the smallest tick distance, 1, 2 or 5 times a power of ten, with at most so many ticks."""
    size = max(abs(low), abs(high)) or 1.0
    least = max(high - low, size * _SHORTEST) / most
    power = Fraction(10) ** floor(log10(least))
    return next(power * step for step in _STEPS if float(power * step) >= least * (1 - _SHORTEST))


def plot(
    across: Axis, up: Axis, curves: Sequence[Curve], description: str, marks: Sequence[tuple[Mark, Inline]] = ()
) -> Figure:
    """Return a plot: the axes at its left and below, the curves within them, and the key at its right.

    Args:
        across: The axis to the right.
        up: The axis upwards.
        curves: What is plotted; what lies outside the axes is cut off.
        description: What it shows, in words.
        marks: Points, each with what its kind is called in the key.
    """
    shapes: list[Shape] = [*_axis_across(across), *_axis_up(up)]
    for curve in curves:
        for piece in curve.pieces:
            for run in _within(piece, across.scale, up.scale):
                shapes.append(Polyline(tuple(_placed(point, across, up) for point in run), curve.role))
    shapes += (FORMS[mark.kind](*_placed((mark.x, mark.y), across, up)) for mark, _ in marks)
    shapes += _key(curves, {mark.kind: name for mark, name in marks if name}, across.length + 3 * _KEY_GAP, up.length)
    return framed(shapes, description)


def _placed(point: Point, across: Axis, up: Axis) -> Point:
    return _along(point[0], across), _along(point[1], up)


def _along(number: float, axis: Axis) -> float:
    low, high, _ = axis.scale
    return axis.length * (number - low) / (high - low)


def _axis_across(axis: Axis) -> Iterator[Shape]:
    yield Segment(0, 0, axis.length, 0, "axis")
    lowest = 0.0
    for x, label in _tick_labels(axis):
        height = label_size(label)[1]
        lowest = max(lowest, _TICK + height)
        yield Segment(x, 0, x, -_TICK, "axis")
        yield label._replace(x=x, y=-_TICK - height / 2)
    title = Label(0, 0, axis.title, "caption")
    yield title._replace(x=axis.length / 2, y=-lowest - label_size(title)[1] / 2)


def _axis_up(axis: Axis) -> Iterator[Shape]:
    yield Segment(0, 0, 0, axis.length, "axis")
    highest = axis.length
    for y, label in _tick_labels(axis):
        width, height = label_size(label)
        highest = max(highest, y + height / 2)
        yield Segment(-_TICK, y, 0, y, "axis")
        yield label._replace(x=-_TICK - _GAP - width / 2, y=y)
    title = Label(0, 0, axis.title, "caption")
    if axis.title:
        width, height = label_size(title)
        yield title._replace(x=max(0.0, width / 2 - 3 * _MARK), y=highest + height / 2)


def _tick_labels(axis: Axis) -> Iterator[tuple[float, Label]]:
    for tick in axis.scale.ticks:
        yield _along(float(tick), axis), Label(0, 0, (axis.written(tick),), "caption")


def _within(piece: Sequence[Point], across: Scale, up: Scale) -> Iterator[tuple[Point, ...]]:
    """Yield the parts of a polyline that lie within both scales."""
    run: list[Point] = []
    for start, end in pairwise(piece):
        cut = _cut(start, end, across, up)
        if cut is None:
            continue
        if run and run[-1] != cut[0]:
            yield tuple(run)
            run = []
        run += [*cut[len(run) > 0 :]]
    if run:
        yield tuple(run)


def _cut(start: Point, end: Point, across: Scale, up: Scale) -> tuple[Point, Point] | None:
    """Return the part of a stroke that lies within two scales, or None."""
    first, last = 0.0, 1.0
    for begin, finish, (low, high, _) in zip(start, end, (across, up), strict=True):
        if begin == finish:
            if not low <= begin <= high:
                return None
            continue
        one, other = sorted(((low - begin) / (finish - begin), (high - begin) / (finish - begin)))
        first, last = max(first, one), min(last, other)
    return (_between(start, end, first), _between(start, end, last)) if first < last else None


def _between(start: Point, end: Point, share: float) -> Point:
    if share in {0.0, 1.0}:
        return end if share else start
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _triangle(x: float, y: float) -> Shape:
    corners = ((x, y + _MARK), (x - _MARK, y - _MARK * 0.8), (x + _MARK, y - _MARK * 0.8))
    return Polygon(corners, "edge")


FORMS: Sequence[Callable[[float, float], Shape]] = (
    lambda x, y: Circle(x, y, _MARK, "input"),
    lambda x, y: Box(x, y, 2 * _MARK, 2 * _MARK, "output"),
    _triangle,
    lambda x, y: Circle(x, y, _MARK / 2, "hidden"),
)
"""The forms of marked points, one a kind: each differs from the others in more than its colour."""


def _key(curves: Iterable[Curve], kinds: dict[int, Inline], left: float, top: float) -> Iterator[Shape]:
    """Yield what the curves and the kinds of points are called, one below the other."""
    y, middle = top - _KEY_ROW / 2, left + _KEY_LINE / 2
    for curve in curves:
        if curve.name:
            yield Polyline(((left, y), (left + _KEY_LINE, y)), curve.role)
            yield _beside(curve.name, left, y)
            y -= _KEY_ROW
    for kind, name in sorted(kinds.items()):
        yield FORMS[kind](middle, y)
        yield _beside(name, left, y)
        y -= _KEY_ROW


def _beside(name: Inline, left: float, y: float) -> Label:
    label = Label(0, y, name, "caption")
    return label._replace(x=left + _KEY_LINE + _KEY_GAP + label_size(label)[0] / 2)


class Bar(NamedTuple):
    """A bar of a chart: its label, its stacked parts, and the text at its end.

    Attributes:
        name: What it is called; may be empty.
        parts: The length of each on the axis, and its role.
        end: What stands behind it; may be empty.
    """

    name: Inline
    parts: tuple[tuple[float, str], ...]
    end: Inline = ()


def bar_chart(
    bars: Sequence[Bar], across: Axis, description: str, key: Sequence[tuple[str, Inline]] = (), *, ticks: bool = True
) -> Figure:
    """Return bars that begin at 0, one below the other, over their axis, with the key to their parts above.

    Args:
        bars: The bars, the first one above; at least one.
        across: The axis to the right.
        description: What it shows, in words.
        key: The role of each part and what it is.
        ticks: Whether the axis is drawn, with a stroke at 0 over all bars.
    """
    shapes: list[Shape] = []
    for number, bar in enumerate(bars):
        shapes += _bar(bar, across, round((len(bars) - number - 0.5) * _BAR_ROW, 3))
    if ticks:
        zero = _along(0, across)
        shapes += [*_axis_across(across), Segment(zero, 0, zero, len(bars) * _BAR_ROW, "axis")]
    shapes += _key_above(key, len(bars) * _BAR_ROW + _KEY_ROW / 2)
    return framed(shapes, description)


def _bar(bar: Bar, across: Axis, y: float) -> Iterator[Shape]:
    end = 0.0
    for length, role in bar.parts:
        left, right = sorted((_along(end, across), _along(end + length, across)))
        end += length
        if right > left:
            yield Box(round((left + right) / 2, 3), y, round(right - left, 3), _BAR, role)
    for content, side in ((bar.name, -1), (bar.end, 1)):
        if content:
            label = Label(0, y, content, "caption")
            place = _along(0 if side < 0 else end, across) + side * (_BAR_GAP + label_size(label)[0] / 2)
            yield label._replace(x=round(place, 3))


def _key_above(key: Sequence[tuple[str, Inline]], y: float) -> Iterator[Shape]:
    """Yield what the parts of bars are called, one beside the other."""
    x = 0.0
    for role, name in key:
        label = Label(0, y, name, "caption")
        width = label_size(label)[0]
        yield Box(round(x + _MARK, 3), y, 2 * _MARK, 2 * _MARK, role)
        yield label._replace(x=round(x + 2 * _MARK + _KEY_GAP + width / 2, 3))
        x += 2 * _MARK + _KEY_GAP + width + 2 * _KEY_GAP


def histogram(bins: Sequence[tuple[float, float, float]], across: Axis, up: Axis, description: str) -> Figure:
    """Return a histogram, one bar for each count.

    Args:
        bins: Where each begins and ends, and how many are in it.
        across: The axis of sizes.
        up: The axis of numbers.
        description: What it shows, in words.
    """
    shapes: list[Shape] = []
    for low, high, count in bins:
        (left, bottom), (right, top) = _placed((low, 0), across, up), _placed((high, count), across, up)
        if count:
            middle = round((left + right) / 2, 3), round((bottom + top) / 2, 3)
            shapes.append(Box(*middle, round(right - left, 3), round(top - bottom, 3), "input"))
    return framed([*shapes, *_axis_across(across), *_axis_up(up)], description)


def in_a_row(figures: Sequence[Figure], *, low: bool = False) -> Figure:
    """Return figures side by side as one, their upper edges in a line, or their lower ones.

    Args:
        figures: The figures; at least one.
        low: Whether it is the lower edges.
    """
    shapes: list[Shape] = []
    right, top = 0.0, max(figure.height for figure in figures)
    for figure in figures:
        shapes += [moved(shape, right, 0 if low else top - figure.height) for shape in figure.shapes]
        right += figure.width + BETWEEN
    row = framed(shapes, " ".join(figure.description for figure in figures))
    said = (figure.description if figure.instead is None else figure.instead for figure in figures)
    return row._replace(instead=" ".join(filter(None, said)))
