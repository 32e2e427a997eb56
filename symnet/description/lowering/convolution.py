"""Convolution, pooling and flattening.

A convolution is a cross-correlation, as it is taught and as libraries have it: the kernel is not flipped.
"""

from __future__ import annotations

from symnet.arrays.build import add, reshape
from symnet.arrays.tree import ArrayTree, Window, made
from symnet.description.array_layers import per_axis
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.placed import Placed, Weighing


def convolution(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, Weighing | None]:
    """Return the feature maps of a layer: each filter moved over all channels."""
    stated = placed.layer.convolution
    if stated is None:
        return fed, None
    axes = len(stated.kernel)
    channels, x = _with_channels(builder, fed, axes)
    # One filter over one image is a matrix, and so is what it makes.
    plain = channels is None
    alone = stated.filters == 1 and not builder.batch
    inner = () if plain else (channels or 1,)
    shape = (*(() if alone else (stated.filters,)), *inner, *stated.kernel)
    counted = (stated.filters, *(inner if (channels or 1) > 1 else ()), *stated.kernel)
    kept = (stated.filters, *(inner or (1,)), *stated.kernel)
    own = placed.weighing(
        builder,
        "k",
        shape,
        () if alone else (stated.filters,),
        path="kernels",
        counted=counted,
        shapes=(counted, *((kept,) if counted != kept else ()), *((stated.kernel,) if counted[:-axes] == (1,) else ())),
    )
    window = Window((), per_axis(stated.stride, axes), per_axis(stated.padding, axes))
    maps = made("correlate", x, own.weights, option=window)
    if own.biases is not None:
        size = own.biases.size
        maps = add(maps, reshape(own.biases, (size, *(1,) * axes)) if size > 1 else reshape(own.biases, ()))
    return Signal(maps, axes, (stated.filters, *maps.shape[-axes:])), own


def _with_channels(builder: ArrayBuilder, fed: Signal, axes: int) -> tuple[int | None, ArrayTree]:
    """Return how many channels an image has, None where it has no axis for them, and the image."""
    if fed.space != axes:
        found = f"a kernel with {axes} axes over {'rows of numbers' if not fed.space else f'{fed.space} axes'}"
        hint = "State inputs: {height: ..., width: ...}." if not fed.space else ""
        raise LayerError(("convolution", "kernel"), found, "as many axes as the image has", hint)
    shape, rows = fed.tree.shape, len(builder.batch)
    if len(shape) - rows == axes:
        if not rows:
            return None, fed.tree
        return 1, reshape(fed.tree, (*shape[:rows], 1, *shape[rows:]))
    return shape[rows], fed.tree


def pooling(_builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, None]:
    """Return the largest value, or the mean, of each window."""
    stated = placed.layer.pooling
    if stated is None:
        return fed, None
    axes = fed.space or 1
    if len(stated.size) not in {1, axes}:
        raise LayerError(("pooling", "size"), f"{len(stated.size)} numbers", f"one number, or {axes}, one an axis")
    size = per_axis(stated.size, axes)
    window = Window(size, per_axis(stated.stride, axes) if stated.stride else size)
    pooled = made(_POOLED[stated.kind], fed.tree, option=window)
    counted = None if fed.counted is None else (*fed.counted[:-axes], *pooled.shape[-axes:])
    return Signal(pooled, fed.space, counted), None


_POOLED = {"max": "maxpool", "average": "avgpool"}


def flatten(builder: ArrayBuilder, _placed: Placed, fed: Signal) -> tuple[Signal, None]:
    """Return all numbers of a sample in one row, channel by channel and row by row."""
    rows = builder.batch
    size = fed.tree.size // (rows[0] if rows else 1)
    return Signal(reshape(fed.tree, (*rows, size))), None
