"""Normalization: the sums of a layer less their mean, over their standard deviation, times gamma plus beta."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Rational

from symnet.arrays.build import add, divide, multiply, negative, power, reshape
from symnet.arrays.tree import ArrayTree, Reduction, Shape, made, number
from symnet.description.lowering.builder import ArrayBuilder, Signal
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
    over = Reduction(tuple(axes), kept=True)
    layer = placed.number
    add_node = builder.shared_node if batch else builder.statistic
    mean = add_node("mu", layer, made("mean", s, option=over), over.axes)
    centred = add(s, negative(mean))
    variance = add_node("v", layer, made("mean", power(centred, number(2)), option=over), over.axes)
    epsilon = Rational(stated.epsilon.numerator, stated.epsilon.denominator)
    under = add(variance, number(epsilon)) if epsilon else variance
    n = builder.node("n", layer, divide(centred, made("function", under, option="sqrt")), counted=sums.counted)
    frozen = placed.layer.frozen
    gamma, beta = (
        builder.parameter(name, layer, shape, (name,), "learned", frozen=frozen) for name in ("gamma", "beta")
    )
    if batch and sums.space:
        along = (*shape, *(1,) * sums.space)
        gamma, beta = reshape(gamma, along), reshape(beta, along)
    return add(multiply(gamma, n), beta)
