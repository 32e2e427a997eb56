"""Layers as several frameworks have them, added to what is read of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symnet.errors import MisfitError
from symnet.importing.model import LayerPart, ModelPlace, ModelReading, ParameterPath, one_or_each, windowed
from symnet.importing.stored import StoredArray

_NO_ARRAYS: Mapping[ParameterPath, StoredArray] = {}


class LayerOutOfReachError(MisfitError):
    """A layer with settings that a description cannot express."""


def activation(
    reading: ModelReading,
    where: ModelPlace,
    keys: Mapping[str, Any],
    arrays: Mapping[ParameterPath, StoredArray] = _NO_ARRAYS,
) -> int:
    """Add an activation."""
    return reading.add(LayerPart(where, keys, arrays, "activation"), reading.shape)


def expression(text: str, name: str = "") -> Mapping[str, Any]:
    """Return what a description says of an activation that it has no name for."""
    return {"activation": {"expression": text, "name": name} if name else text}


def convolved(
    reading: ModelReading,
    where: ModelPlace,
    arrays: Mapping[ParameterPath, StoredArray],
    *,
    filters: int,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    **keys: Any,  # noqa: ANN401 - of a description
) -> int:
    """Add a convolution, a cross-correlation as all libraries have it."""
    _refuse_still(kernel, stride)
    stated: dict[str, Any] = {"filters": filters, "kernel": list(kernel)}
    stated |= {} if set(stride) == {1} else {"stride": one_or_each(stride)}
    stated |= {} if set(padding) == {0} else {"padding": one_or_each(padding)}
    shape = None
    if reading.shape is not None and len(reading.shape) == len(kernel) + 1:
        shape = (filters, *windowed(reading.shape[1:], kernel, stride, padding))
    return reading.add(LayerPart(where, {"convolution": stated, **keys}, arrays), shape)


def pooled(
    reading: ModelReading,
    where: ModelPlace,
    kind: str,
    size: Sequence[int],
    stride: Sequence[int],
    *,
    beyond: bool = False,
) -> int:
    """Add a pooling.

    Args:
        reading: What it is added to.
        where: Its place in the model.
        kind: What is taken of a window, ``max`` or ``average``.
        size: The lengths of a window.
        stride: By how much it moves.
        beyond: Whether windows may reach beyond the image.
    """
    _refuse_still(size, stride)
    shape = None
    if reading.shape is not None and len(reading.shape) == len(size) + 1:
        lengths = reading.shape[1:]
        if beyond and any((length - own) % step for length, own, step in zip(lengths, size, stride, strict=True)):
            raise LayerOutOfReachError("windows that reach beyond the image", "windows within it")
        shape = (reading.shape[0], *windowed(lengths, size, stride, [0] * len(size)))
    elif beyond:
        raise LayerOutOfReachError("windows that may reach beyond the image", "windows within it", _SHAPE)
    stated: dict[str, Any] = {"kind": kind, "size": list(size)}
    stated |= {} if tuple(stride) == tuple(size) else {"stride": list(stride)}
    return reading.add(LayerPart(where, {"pooling": stated}, kind="values"), shape)


def _refuse_still(size: Sequence[int], stride: Sequence[int]) -> None:
    """Refuse a window without a size, or one that does not move."""
    if min(*size, *stride) < 1:
        raise LayerOutOfReachError(f"a window of {tuple(size)}, moved by {tuple(stride)}", "whole numbers above 0")


def pooled_to(reading: ModelReading, where: ModelPlace, kind: str, wanted: Sequence[int | None]) -> int:
    """Add a pooling that makes an image of some lengths; None keeps a length."""
    if reading.shape is None or len(reading.shape) != len(wanted) + 1:
        raise LayerOutOfReachError("an image of unknown size", "one whose size is known", _SHAPE)
    lengths = reading.shape[1:]
    new = [length if one is None else int(one) for length, one in zip(lengths, wanted, strict=True)]
    if any(one < 1 or length % one for length, one in zip(lengths, new, strict=True)):
        raise LayerOutOfReachError(f"an image of {lengths} made one of {tuple(new)}", "windows of one size")
    size = [length // one for length, one in zip(lengths, new, strict=True)]
    return pooled(reading, where, kind, size, size)


_SHAPE = "Give data, or inputs such as inputs={'height': 5, 'width': 5}."


def flattened(reading: ModelReading, where: ModelPlace) -> None:
    """Add what puts all numbers of a sample into one row, unless they are in one already."""
    shape = reading.shape
    if shape is not None and len(shape) == 1:
        return
    count = None if shape is None else 1
    for length in shape or ():
        count = None if count is None else count * length
    reading.add(LayerPart(where, {"flatten": True}, kind="values"), None if count is None else (count,))


def gates_of(arrays: Sequence[StoredArray], units: int, order: Sequence[str]) -> dict[ParameterPath, StoredArray]:
    """Return the parameters of each gate of a cell.

    Args:
        arrays: The weights, the recurrent weights and, if there are any, the biases of all gates, one below the other.
        units: How many units there are.
        order: The gates in the order of their rows.
    """
    keys = ("weights", "recurrent_weights", "biases")
    return {
        (gate, key): array.rows(at * units, (at + 1) * units)
        for at, gate in enumerate(order)
        for key, array in zip(keys, arrays, strict=False)
    }
