"""Embeddings: the rows of the weights that the inputs number."""

from __future__ import annotations

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
    # One entry a sample is a row; several are one for each place of a sequence.
    shape = fed.tree.shape[:-1] if fed.tree.shape[-1] == 1 else fed.tree.shape
    places = builder.places(fed.tree.size, stated.entries)
    return Signal(made("embed", weights, option=(shape, places))), Weighing(weights, None)
