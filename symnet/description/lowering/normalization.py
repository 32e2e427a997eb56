"""Normalization: the sums of a layer less their mean, over their standard deviation, times gamma plus beta."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sympy import Rational

from symnet.arrays.build import add, divide, multiply, negative, power, reshape
from symnet.arrays.tree import ArrayTree, Reduction, Shape, constant, made, number
from symnet.description.array_layers import Normalization
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.placed import Placed


def normalized(builder: ArrayBuilder, placed: Placed, sums: Signal) -> ArrayTree:
    """Return the sums of a layer, normalized: over all samples for each unit or channel, or within each sample.

    The variance is divided by the number of what it is taken over, not by one less.
    """
    stated, s = placed.layer.normalization, sums.tree
    if stated is None:
        return s
    rows = len(builder.batch)
    batch = stated.kind == "batch"
    own = s.shape[rows:]
    if batch:
        axes: Sequence[int] = (0, *range(len(s.shape) - sums.space, len(s.shape)))
        shape: Shape = own[: len(own) - sums.space] if sums.space else own[-1:]
        axes = axes if sums.space else tuple(range(len(s.shape) - 1))
    else:
        axes = range(rows, len(s.shape)) if sums.space else (len(s.shape) - 1,)
        shape = own if sums.space else own[-1:]
    layer = placed.number
    along = (*shape, *(1,) * sums.space) if batch and sums.space and shape else shape
    epsilon = _rational(stated.epsilon)
    if stated.mean or stated.variance:
        mean, under = _stated(stated, shape, along)
        centred = add(s, negative(mean))
    else:
        over = Reduction(tuple(axes), kept=True)
        add_node = builder.shared_node if batch else builder.statistic
        mean = add_node("mu", layer, made("mean", s, option=over), over.axes)
        centred = add(s, negative(mean))
        variance = add_node("v", layer, made("mean", power(centred, number(2)), option=over), over.axes)
        under = add(variance, number(epsilon)) if epsilon else variance
    n = builder.node("n", layer, divide(centred, made("function", under, option="sqrt")), counted=sums.counted)
    gamma, beta = (_learned(builder, placed, name, shape, alone=batch and shape == ()) for name in ("gamma", "beta"))
    return add(multiply(reshape(gamma, along), n), reshape(beta, along))


def _learned(builder: ArrayBuilder, placed: Placed, name: str, shape: Shape, *, alone: bool) -> ArrayTree:
    """Return gamma or beta; that of a lone channel may be given as a list of one."""
    counted, shapes = ((1,), ((1,), ())) if alone else (None, ())
    frozen = placed.layer.frozen
    return builder.parameter(
        name, placed.number, shape, (name,), "learned", counted=counted, shapes=shapes, frozen=frozen
    )


def _stated(stated: Normalization, shape: Shape, along: Shape) -> tuple[ArrayTree, ArrayTree]:
    """Return the mean that is stated, and the variance with what is added to it."""
    if stated.kind != "batch":
        raise LayerError(("normalization", "mean"), "a mean of a normalization of layers", "kind: batch, or no mean")
    channels = shape[0] if shape else 1
    for key, numbers in (("mean", stated.mean), ("variance", stated.variance)):
        if len(numbers) != channels:
            found = f"{len(numbers)} numbers" if numbers else "nothing"
            raise LayerError(("normalization", key), found, f"{channels}, one for each unit or channel")
    epsilon = _rational(stated.epsilon)
    variance = tuple(_rational(one) + epsilon for one in stated.variance)
    if not all(variance):
        raise LayerError(("normalization", "variance"), "0", "numbers above 0, or an epsilon above 0")
    return constant(tuple(map(_rational, stated.mean)), along), constant(variance, along)


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)
