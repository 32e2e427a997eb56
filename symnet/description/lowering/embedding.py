"""Embeddings: the rows of the weights that the inputs number."""

from __future__ import annotations

from symnet.arrays.build import reshape
from symnet.arrays.tree import made
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.placed import Placed, Weighing
from symnet.quantity import Role


def embedding(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, Weighing | None]:
    """Return the row of each entry that the inputs number; one entry gives one row of numbers, several a sequence."""
    stated = placed.layer.embedding
    if stated is None:
        return fed, None
    if not fed.tree.kind == "leaf" or fed.tree.option not in {"x", "X"}:
        raise LayerError(("embedding",), "an embedding of what is worked out", "an embedding of the inputs")
    weights = builder.parameter(
        "w",
        placed.number,
        (stated.entries, stated.size),
        ("weights",),
        role=Role.WEIGHT,
        frozen=placed.layer.frozen,
    )
    shape = fed.tree.shape
    places = builder.places(fed.tree.size, stated.entries)
    rows = made("embed", weights, option=(shape, places))
    if shape[-1] == 1:
        rows = reshape(rows, (*shape[:-1], stated.size))
    return Signal(rows), Weighing(weights, None)
