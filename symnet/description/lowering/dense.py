"""Dense layers in arrays: ``z = W x + b``, and of rows, for samples or places of a sequence, ``Z = X W' + b``."""

from __future__ import annotations

from symnet.arrays.build import add, matmul, transpose
from symnet.arrays.tree import ArrayTree
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.placed import Placed, Weighing
from symnet.quantity import Role


def dense(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, Weighing]:
    """Return the weighted sums of a layer, and its weights."""
    units = placed.layer.units_of_a_row
    if fed.space:
        hint = "Put a layer {flatten: true} before it."
        raise LayerError(("units",), "a dense layer behind feature maps", "a row of numbers before it", hint)
    shape = (units, fed.tree.shape[-1])
    own = placed.weighing(builder, "w", shape, (units,), role=Role.WEIGHT)
    return Signal(weighted(fed.tree, own)), own


def weighted(x: ArrayTree, own: Weighing) -> ArrayTree:
    """Return the weighted sums of a vector, or of each row of a matrix."""
    sums = matmul(own.weights, x) if len(x.shape) == 1 else matmul(x, transpose(own.weights))
    return sums if own.biases is None else add(sums, own.biases)
