"""Plots on a sheet: the loss over the training steps, activations and their derivatives, the decision boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.branches import switches
from symnet.diagram.contour import Frame, zero_lines
from symnet.diagram.plots import FORMS, Axis, Curve, Mark, Point, Scale, plot, scale, scale_within
from symnet.document import Figure, Inline, Slot
from symnet.layout.tree import Layout
from symnet.limits import FEWEST_PLOTTED_STEPS, MOST_PLOTTED_PARAMETERS, MOST_PLOTTED_SAMPLES, MOST_PLOTTED_STEPS
from symnet.network.graph import LayerNodes
from symnet.numerics.direct import NoValueError, numeric
from symnet.numerics.format import Form, notation
from symnet.numerics.outputs import NetworkOutputs
from symnet.sheets.sheet import Sheet
from symnet.text.say import say, words
from symnet.typeset.numbers import figures

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation

_SOLID, _DASHED = "curve1", "curve2"
# In centimetres: the axes of each plot.
_LOSSES, _ACTIVATION, _BOUNDARY = (9.0, 2.8), (3.4, 1.5), (4.6, 2.7)


def written(number: Fraction) -> Layout:
    """Return the number at a tick."""
    return figures(notation(Decimal(number.numerator) / number.denominator, Form(decimals=4)))


# The loss over the training steps.


def losses_figure(sheet: Sheet, evaluation: Evaluation) -> Figure | None:
    """Return the plot of the objective before and after each training step; None for few steps."""
    points = plotted_losses(evaluation)
    if len(evaluation.updates) < FEWEST_PLOTTED_STEPS or not all(isfinite(y) for _, y in points):
        return None
    values, last = [y for _, y in points], evaluation.updates[-1]
    axis = scale(min(0.0, *values) if min(values) < max(values) / 2 else min(values), max(values), 4)
    across = Axis(scale_within(0, last.step), _LOSSES[0], say("plot.training_step"), written)
    up = Axis(axis, _LOSSES[1], (sheet.objective,), written)
    first, end = (sheet.number(value)[0] for value in (evaluation.updates[0].loss_before, last.loss_after))
    slots: dict[str, Slot] = {"objective": sheet.objective, "steps": last.step, "first": first, "last": end}
    figure = plot(across, up, [Curve((points,), _SOLID)], words("plot.losses", **slots))
    return figure._replace(instead=words("plot.losses.instead", **slots))


def plotted_losses(evaluation: Evaluation) -> tuple[Point, ...]:
    """Return the number of each step with the objective after it, evenly chosen where there are many."""
    updates = evaluation.updates
    every = -(-len(updates) // MOST_PLOTTED_STEPS)
    chosen = dict.fromkeys((*range(every - 1, len(updates), every), len(updates) - 1))
    start = (0.0, float(updates[0].loss_before))
    return (start, *((float(updates[index].step), float(updates[index].loss_after)) for index in chosen))


# An activation and its derivative.

# From where to where an activation is plotted; its values are cut off at the same numbers.
_REACH = 4.0
# An even number of points, so that none of them is 0, where most kinks are.
_POINTS, _HALVINGS, _BESIDE = 40, 40, 1e-9


class PlottedActivation(NamedTuple):
    """An activation and its derivative, as functions of z, and where either passes from one branch to another."""

    value: Callable[[float], float]
    derivative: Callable[[float], float]
    branches: Callable[[float], tuple[int, ...]]


def activation_figure(
    layer: LayerNodes, options: Mapping[str, Expr], numbers: Mapping[Symbol, mpmath.mpf], names: tuple[Layout, Layout],
    z: Layout,
) -> Figure | None:  # fmt: skip
    """Return the plot of an activation of one pre-activation and of its derivative; None where it has no numbers.

    Args:
        layer: A layer with that activation.
        options: Its options.
        numbers: The numbers of those that are parameters.
        names: How the activation and its derivative are written.
        z: How a pre-activation is written.
    """
    known = {Symbol(name): numbers[option] for name, option in layer.options.items() if option in numbers}
    functions = _functions(layer, {**options}, known)
    if functions is None:
        return None
    value, derivative = (plotted_pieces(function, functions.branches) for function in functions[:2])
    seen = [min(max(y, -_REACH), _REACH) for piece in (*value, *derivative) for _, y in piece]
    if not seen:
        return None
    across = Axis(scale_within(-_REACH, _REACH, 4), _ACTIVATION[0], (z,), written)
    up = Axis(scale(min(0.0, *seen), max(seen), 3), _ACTIVATION[1], (), written)
    curves = [Curve(value, _SOLID, (names[0],)), Curve(derivative, _DASHED, (names[1],))]
    said = words(
        "plot.activation",
        name=names[0],
        z=z,
        low=written(Fraction(-_REACH)),
        high=written(Fraction(_REACH)),
        first=_three_digits(value[0][0][1]),
        last=_three_digits(value[-1][-1][1]),
    )
    # The formulas say as much.
    return plot(across, up, curves, said)._replace(instead="")


def _three_digits(number: float) -> Layout:
    return written(Fraction(f"{number:.3g}"))


def _functions(
    layer: LayerNodes, options: Mapping[str, Expr], known: Mapping[Symbol, mpmath.mpf]
) -> PlottedActivation | None:
    """Return the functions of an activation, or None if some number in them is not known."""
    z, a = Symbol("z"), Symbol("a")
    entry = layer.activation
    value, derivative = entry.value((z,), 0, options), entry.derivative((z,), (a,), 0, 0, options)[-1]
    if not (value.free_symbols | derivative.free_symbols) <= {z, a, *known}:
        return None
    where = tuple(dict.fromkeys((*switches(value), *switches(derivative))))

    def valued(number: float) -> float:
        return float(numeric(value, {**known, z: mpmath.mpf(number)}))

    def derived(number: float) -> float:
        values = {**known, z: mpmath.mpf(number)}
        return float(numeric(derivative, {**values, a: numeric(value, values)}))

    @cache
    def branches(number: float) -> tuple[int, ...]:
        if not where:
            return ()
        values = {**known, z: mpmath.mpf(number), a: mpmath.mpf(valued(number))}
        return tuple(int(mpmath.sign(numeric(switch, values))) for switch in where)

    return PlottedActivation(valued, derived, branches)


def plotted_pieces(
    function: Callable[[float], float], branches: Callable[[float], tuple[int, ...]]
) -> tuple[tuple[Point, ...], ...]:
    """Return a function as polylines, one for each range without a kink, and none where it has no value.

    Args:
        function: The function.
        branches: What differs on both sides of a kink.
    """
    step = 2 * _REACH / (_POINTS - 1)
    grid = [-_REACH + index * step for index in range(_POINTS)]
    kinks = [kink for low, high in pairwise(grid) for kink in _kink(branches, low, high)]
    pieces: list[tuple[Point, ...]] = []
    for low, high in pairwise((-_REACH, *kinks, _REACH)):
        inner = (x for x in grid if low + _BESIDE < x < high - _BESIDE)
        run: list[Point] = []
        for x in (low + _BESIDE, *inner, high - _BESIDE):
            try:
                y = function(x)
            except NoValueError:
                y = None
            # From beyond one end to beyond the other a function has leapt.
            if y is None or (run and min(y, run[-1][1]) < -_REACH and max(y, run[-1][1]) > _REACH):
                pieces.append(tuple(run))
                run = []
            if y is not None:
                run.append((x, y))
        pieces.append(tuple(run))
    return tuple(piece for piece in pieces if len(piece) > 1)


def _kink(branches: Callable[[float], tuple[int, ...]], low: float, high: float) -> Iterator[float]:
    """Yield where the branch changes between two numbers, if it does."""
    try:
        first = branches(low)
        if first == branches(high):
            return
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if branches(middle) == first else (low, middle)
    except NoValueError:
        return
    yield high


# The decision boundary of two inputs.


class Decision(NamedTuple):
    """What a network decides, as the sign of functions of its outputs.

    Attributes:
        kinds: What each sample is, as the outputs are to say.
        names: How each kind is called.
        threshold: The output at which a single one decides; None where the largest of several does.
    """

    kinds: tuple[int, ...]
    names: tuple[Inline, ...]
    threshold: float | None

    def decided(self, outputs: Sequence[float]) -> int:
        """Return which kind some outputs say."""
        if self.threshold is None:
            return outputs.index(max(outputs))
        return int(outputs[0] > self.threshold)


def decision(sheet: Sheet) -> Decision | None:
    """Return what the network decides about its samples, or None where it is not asked to decide between kinds."""
    network, data = sheet.part.network, sheet.part.data
    if data is None or not network.targets:
        return None
    rows = [[row[target] for target in network.targets] for row in data.rows]
    if len(network.targets) == 1:
        low, *others = sorted({row[0] for row in rows})
        if len(others) != 1:
            return None
        names: list[Inline] = [say("plot.target", number=written(number)) for number in (low, *others)]
        return Decision(tuple(int(row[0] > low) for row in rows), tuple(names), float((low + others[0]) / 2))
    if len(network.targets) > len(FORMS) or any(sorted(row) != [0] * (len(row) - 1) + [1] for row in rows):
        return None
    kinds = tuple(row.index(Fraction(1)) for row in rows)
    names = [say("plot.class", number=written(Fraction(number))) for number in range(1, len(network.targets) + 1)]
    return Decision(kinds, tuple(names), None) if len(set(kinds)) > 1 else None


def boundary_figure(sheet: Sheet, evaluation: Evaluation) -> Figure | None:
    """Return the plot of the decision boundary of two inputs before and after training, or None where there is none."""
    network, data = sheet.part.network, sheet.part.data
    asked = decision(sheet)
    if asked is None or data is None or not evaluation.updates or not _is_plane(sheet):
        return None
    first, second = network.inputs
    samples = [(float(row[first]), float(row[second])) for row in data.rows]
    across, up = (scale_of_samples(numbers) for numbers in zip(*samples, strict=True))
    frame = Frame(across.low, up.low, across.high, up.high)
    curves, correct = [], []
    before, after = evaluation.updates[0].before, evaluation.updates[-1].after
    drawn = ((before, _DASHED, say("plot.before_training")), (after, _SOLID, say("plot.after_training")))
    try:
        for parameters, role, name in drawn:
            outputs = NetworkOutputs(network, parameters)
            curves.append(Curve(boundary(outputs, asked, frame), role, name))
            said = [asked.decided(outputs(*sample)) for sample in samples]
            correct.append(sum(map(int.__eq__, said, asked.kinds)))
    except NoValueError:
        return None
    if not any(curve.pieces for curve in curves):
        return None
    names = sheet.names(first.name), sheet.names(second.name)
    slots: dict[str, Slot] = {"samples": len(samples), "before": correct[0], "after": correct[1]}
    description = words("plot.boundary", across=names[0], up=names[1], **slots)
    marks = [(Mark(x, y, kind), asked.names[kind]) for (x, y), kind in zip(samples, asked.kinds, strict=True)]
    axes = (Axis(across, _BOUNDARY[0], (names[0],), written), Axis(up, _BOUNDARY[1], (names[1],), written))
    figure = plot(*axes, curves, description, marks[:MOST_PLOTTED_SAMPLES])
    return figure._replace(instead=words("plot.boundary.instead", **slots))


def _is_plane(sheet: Sheet) -> bool:
    """Return whether the network decides from two inputs alone, and quickly enough."""
    network = sheet.part.network
    small = len(network.parameters) <= MOST_PLOTTED_PARAMETERS
    return (
        small
        and len(network.inputs) == 2
        and len(network.branches) == 1
        and not any(it.dropped for it in network.layers)
    )


def scale_of_samples(numbers: Sequence[float]) -> Scale:
    """Return the scale of one input, with room about the samples."""
    low, high = min(numbers), max(numbers)
    room = (high - low) / 4 or 1.0
    return scale_within(low - room, high + room)


def boundary(outputs: Callable[..., list[float]], asked: Decision, frame: Frame) -> tuple[tuple[Point, ...], ...]:
    """Return the lines on which a network passes from one decision to another.

    Args:
        outputs: From two inputs to the outputs.
        asked: What is decided.
        frame: Where it is looked at.

    Raises:
        NoValueError: Where the network has no output.
    """
    threshold = asked.threshold
    if threshold is not None:
        return zero_lines(lambda x, y: outputs(x, y)[0] - threshold, frame)
    lines: list[tuple[Point, ...]] = []
    for first in range(len(asked.names)):
        for second in range(first):

            def difference(x: float, y: float, pair: tuple[int, int] = (first, second)) -> float:
                found = outputs(x, y)
                return found[pair[0]] - found[pair[1]]

            def counts(x: float, y: float, pair: tuple[int, int] = (first, second)) -> bool:
                found = outputs(x, y)
                return max(found[one] for one in pair) >= max(found)

            lines += zero_lines(difference, frame, counts)
    return tuple(lines)
