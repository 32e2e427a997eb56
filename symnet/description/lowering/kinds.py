"""The kinds of layers that are worked out in arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from symnet.description.lowering.attention import attention
from symnet.description.lowering.builder import ArrayBuilder, Signal
from symnet.description.lowering.convolution import convolution, flatten, pooling
from symnet.description.lowering.dense import dense
from symnet.description.lowering.embedding import embedding
from symnet.description.lowering.placed import Placed, Weighing
from symnet.description.lowering.recurrent import cell, recurrent

Lower: TypeAlias = Callable[[ArrayBuilder, Placed, Signal], "tuple[Signal, Weighing | None]"]
"""From what a layer is added to, its place and what feeds it to what it makes of it, and its weights."""


class LayerKind(NamedTuple):
    """A kind of layer.

    Attributes:
        lower: What it does.
        sums: Whether what it makes are sums, which an activation follows; else they are values.
        of_units: Whether it has a number of units beside its own key.
    """

    lower: Lower
    sums: bool = True
    of_units: bool = False


def _passed(_builder: ArrayBuilder, _placed: Placed, fed: Signal) -> tuple[Signal, None]:
    return fed, None


KINDS: Mapping[str, LayerKind] = MappingProxyType(
    {
        "units": LayerKind(dense),
        "convolution": LayerKind(convolution),
        "pooling": LayerKind(pooling, sums=False),
        "flatten": LayerKind(flatten, sums=False),
        "attention": LayerKind(attention),
        "embedding": LayerKind(embedding, sums=False),
        "recurrent": LayerKind(recurrent, of_units=True),
        "cell": LayerKind(cell, sums=False, of_units=True),
    }
)
"""By the key that a layer of the kind has."""

PASSED = LayerKind(_passed)
"""A layer that only brings together what feeds it."""
