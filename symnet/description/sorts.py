"""Which sort of description something is; the modules of a sort take their time, and are imported for it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from symnet.catalog.activations import ROW_ACTIVATIONS
from symnet.description.fields import is_empty, nearest, same_but_case, text_of
from symnet.description.layers import Layer
from symnet.description.network import Description, Exercise
from symnet.limits import MOST_LAYERS, MOST_PIECES

if TYPE_CHECKING:
    from symnet.description.array_network import ArrayDescription
    from symnet.description.graph import GraphDescription

Root: TypeAlias = type[Exercise]
"""The class of a sort of descriptions."""


def is_graph(description: Exercise) -> TypeGuard[GraphDescription]:
    """Whether a description is one of a graph."""
    return description.sort == "graph"


def is_of_arrays(description: Exercise) -> TypeGuard[ArrayDescription]:
    """Whether a description is one of layers that are worked out in arrays, over sequences or not."""
    return description.sort in {"arrays", "sequences"}


TIME_KEYS = frozenset({"recurrent", "cell"})
"""The keys of a layer that make a description one of sequences."""

ARRAY_KEYS = frozenset(
    {"from", "add", "tied", "convolution", "pooling", "flatten", "normalization", "attention", "embedding"}
    | {"frozen", "temperature"}
)
"""The keys of a layer that make a description one of arrays."""


def sort_of(root: Mapping[Any, Any]) -> Root:
    """Which sort of description a mapping is."""
    if _is_of_a_graph(root):
        from symnet.description.graph import GraphDescription

        return GraphDescription
    if _is_of_sequences(root):
        from symnet.description.sequences import SequenceDescription

        return SequenceDescription
    if _is_of_array_layers(root):
        from symnet.description.array_network import ArrayDescription

        return ArrayDescription
    return Description


def _is_of_sequences(root: Mapping[Any, Any]) -> bool:
    """Whether a mapping describes a network over sequences."""
    layers, data = root.get("layers"), root.get("data")
    listed = layers[:MOST_LAYERS] if isinstance(layers, list | tuple) else ()
    keys = {str(key) for layer in listed if isinstance(layer, Mapping) for key in layer}
    return bool(keys & TIME_KEYS) or (isinstance(data, Mapping) and "sequences" in data)


def _is_of_array_layers(root: Mapping[Any, Any]) -> bool:
    """Whether a mapping describes layers that are worked out in arrays, perhaps with a key misspelt."""
    layers = root.get("layers")
    if isinstance(root.get("inputs"), Mapping):
        return True
    if not isinstance(layers, list | tuple):
        return False
    if any(isinstance(layer, Mapping) and _is_of_a_row(layer.get("activation")) for layer in layers):
        return True
    if _has_absent_weights(root.get("parameters")):
        return True
    keys = {str(key) for layer in layers[:MOST_LAYERS] if isinstance(layer, Mapping) for key in layer}
    unknown = sorted(keys - set(Layer.model_fields))[:_MOST_GUESSED]
    return bool(keys & ARRAY_KEYS) or any(nearest(name, tuple(ARRAY_KEYS)) for name in unknown)


def _is_of_a_row(activation: object) -> bool:
    """Whether there is an activation for each unit, or one of all units together that is worked out in arrays."""
    several = isinstance(activation, list | tuple) and len(activation) > 1
    return several or same_but_case(text_of(activation), tuple(ROW_ACTIVATIONS)) != ""


def _has_absent_weights(parameters: object) -> bool:
    """Whether null stands for a weight."""
    entries = list(parameters[:MOST_LAYERS]) if isinstance(parameters, list | tuple) else []
    pieces = (entry.get("pieces") for entry in entries if isinstance(entry, Mapping))
    within = [piece for some in pieces if isinstance(some, list | tuple) for piece in some[:MOST_PIECES]]
    rows = (
        row
        for entry in (*entries, *within)
        if isinstance(entry, Mapping)
        for key in ("weights", "weights_from_to")
        if isinstance(entry.get(key), list | tuple)
        for row in entry[key]
        if isinstance(row, list | tuple)
    )
    return any(number is None or is_empty(number) for row in rows for number in row)


def _is_of_a_graph(root: Mapping[Any, Any]) -> bool:
    """Whether a mapping describes a graph, perhaps with the key misspelt."""
    if "graph" in root:
        return True
    names = [str(key) for key in root if key not in Description.model_fields]
    return not {"layers", "loss"} & root.keys() and any(nearest(name, ("graph",)) for name in names[:_MOST_GUESSED])


# Beyond so many unknown keys it is not worth guessing what they mean.
_MOST_GUESSED = 20
