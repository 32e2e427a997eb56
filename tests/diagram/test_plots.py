"""Plots as geometry: ticks, curves cut to their axes, marks, and lines on which a function is 0."""

from fractions import Fraction
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.diagram.contour import Frame, zero_lines
from symnet.diagram.drawing import bounds
from symnet.diagram.plots import FORMS, Axis, Curve, Mark, plot, scale, scale_within
from symnet.document import Box, Circle, Label, Polygon, Polyline, Segment
from symnet.layout.tree import Number

SIZES = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)
NOISE = 1e-9


def written(number):
    """Return a number as it stands at a tick."""
    return Number(str(abs(number)))


def axis(low, high, length):
    """Return an axis that begins and ends where it is told to."""
    return Axis(scale_within(low, high), length, ("x",), written)


def of(figure, kind):
    """Return the shapes of a kind."""
    return [shape for shape in figure.shapes if isinstance(shape, kind)]


@given(SIZES, SIZES)
@pytest.mark.parametrize("scaled", [scale, scale_within])
def test_ticks_rise_evenly_within_the_scale(scaled, first, second):
    """Ticks are 1, 2 or 5 times a power of ten apart, few, in order, and none is off the axis."""
    low, high = sorted((first, second))
    found = scaled(low, high if high > low else low + 1)
    steps = {after - before for before, after in pairwise(found.ticks)}
    assert len(steps) <= 1
    assert all(step > 0 and str(step.numerator * 10**40 // step.denominator).strip("0") in "125" for step in steps)
    assert len(found.ticks) <= 8
    room = (found.high - found.low) * NOISE
    assert all(found.low - room <= tick <= found.high + room for tick in found.ticks)


@given(SIZES, SIZES)
def test_a_scale_holds_what_is_plotted(first, second):
    """Both numbers lie on the scale, which ends at ticks and is not much longer than they are apart."""
    low, high = sorted((first, second))
    found = scale(low, high)
    room = (found.high - found.low) * 1e-5
    assert found.low - room <= low <= high <= found.high + room
    assert (float(found.ticks[0]), float(found.ticks[-1])) == (found.low, found.high)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=2, max_size=12))
def test_curves_stay_within_their_axes(points):
    """Whatever lies beyond the axes is cut off, and what lies within them is at its place."""
    figure = plot(axis(-2, 2, 4), axis(-1, 3, 3), [Curve((tuple(points),), "curve1")], "")
    across, up = of(figure, Segment)[0], next(it for it in of(figure, Segment) if it.x1 == it.x2 and it.y2 > it.y1 + 1)
    drawn = [point for line in of(figure, Polyline) for point in line.points]
    assert all(across.x1 - 0.002 <= x <= across.x2 + 0.002 and up.y1 - 0.002 <= y <= up.y2 + 0.002 for x, y in drawn)
    for first, second in pairwise(points):
        for x, y in (first, second) if first != second else ():
            if -2 < x < 2 and -1 < y < 3:
                place = across.x1 + (x + 2), up.y1 + (y + 1) * 3 / 4
                assert any(hypot(place[0] - a, place[1] - b) < 0.003 for a, b in drawn)


def test_a_plot_is_within_its_frame():
    """Every shape, tick, number and name in the key lies within width and height, and no two numbers overlap."""
    curves = [Curve((((0, 0), (10, 1)),), "curve1", ("f",)), Curve((((0, 1), (10, 0)),), "curve2", ("g",))]
    marks = [(Mark(2, 0.5, kind), (f"kind {kind}",)) for kind in range(len(FORMS))]
    figure = plot(Axis(scale(0, 10), 4, ("x",), written), Axis(scale(0, 1), 3, ("y",), written), curves, "said", marks)
    for shape in figure.shapes:
        rect = bounds(shape)
        assert rect.left >= -0.002
        assert rect.bottom >= -0.002
        assert rect.right <= figure.width + 0.002
        assert rect.top <= figure.height + 0.002
    labels = [bounds(label) for label in of(figure, Label)]
    assert not any(one.overlaps(other) for index, one in enumerate(labels) for other in labels[:index])
    assert figure.description == "said"
    assert [type(shape) for shape in figure.shapes if isinstance(shape, Circle | Box | Polygon)] == [
        *(Circle, Box, Polygon, Circle),
        *(Circle, Box, Polygon, Circle),
    ]


def test_a_line_is_where_a_function_is_zero():
    """A circle is found as one closed line, each of whose points lies on it."""
    lines = zero_lines(lambda x, y: x * x + y * y - 1, Frame(-2, -2, 2, 2))
    (line,) = lines
    assert line[0] == line[-1]
    assert all(abs(hypot(x, y) - 1) < 1e-3 for x, y in line)
    assert {(x > 0, y > 0) for x, y in line} == {(a, b) for a in (True, False) for b in (True, False)}


@pytest.mark.parametrize("sign", [1, -1])
def test_crossing_lines_do_not_touch(sign):
    """At a saddle within a cell the two lines pass on the sides where the function has the sign of its middle."""
    frame = Frame(-21 / 20, -21 / 20, 19 / 20, 19 / 20)
    lines = zero_lines(lambda x, y: x * y - sign * 0.0001, frame)
    assert len(lines) == 2
    for line in lines:
        assert all(x * y * sign > 0 and (x > 0) == (line[0][0] > 0) for x, y in line)


def test_a_line_counts_where_it_is_told_to():
    """Of a line only the part is kept that counts."""
    (line,) = zero_lines(lambda _x, y: y - 0.1, Frame(-1, -1, 1, 1), lambda x, _y: x > 0)
    assert min(x for x, _ in line) == pytest.approx(0, abs=1e-3)


def test_no_change_of_sign_no_line():
    """A function that keeps its sign has no line."""
    assert zero_lines(lambda _x, _y: 1.0, Frame(-1, -1, 1, 1)) == ()


def test_the_numbers_of_a_constant_are_apart():
    """A range of no length is widened, so that it has several ticks about its number."""
    found = scale(2.5, 2.5)
    assert found.low < 2.5 < found.high
    assert len(found.ticks) > 2


def test_ticks_are_the_numbers_that_a_person_would_choose():
    """Between 0 and 1 there are fifths, and halves where there is little room."""
    assert scale(0, 1).ticks == tuple(Fraction(number, 5) for number in range(6))
    assert scale(0, 1, 3).ticks == (0, Fraction(1, 2), 1)
