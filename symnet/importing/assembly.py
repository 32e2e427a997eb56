"""From the parts of a model to the layers and parameters of a description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from symnet.importing.model import LayerPart, ModelReading, ParameterPath
from symnet.importing.stored import StoredArray

_TIED = (("weights",), ("kernels",))
"""The parameters that two layers may share, whatever else they do."""


class AssembledLayer(NamedTuple):
    """A layer of a description, made of parts of a model.

    Attributes:
        keys: What it says.
        arrays: Its parameters.
        parts: The parts.
    """

    keys: dict[str, Any]
    arrays: dict[ParameterPath, StoredArray]
    parts: list[LayerPart]

    @property
    def places(self) -> str:
        """The places of its parts in the model."""
        return ", ".join(part.where for part in self.parts)

    @property
    def beside(self) -> str:
        """What a comment says of it."""
        return ", ".join(part.where.short for part in self.parts if part.where.short)

    def takes(self, part: LayerPart) -> bool:
        """Whether a part can be put into the layer, behind what is there."""
        kinds = [own.kind for own in self.parts]
        if "activation" in kinds or part.arrays.keys() & self.arrays.keys() or self.parts[0].is_recurrent:
            return False
        if part.kind == "activation":
            return True
        same = part.keys.get("frozen") == self.keys.get("frozen")
        return part.kind == "normalization" and kinds == ["sums"] and same

    def parameters(self) -> dict[str, Any]:
        """The parameters under their keys."""
        found: dict[str, Any] = {}
        for path, array in self.arrays.items():
            inside = found
            for key in path[:-1]:
                inside = inside.setdefault(key, {})
            inside[path[-1]] = array.nested()
        return found


def assembled(reading: ModelReading) -> list[AssembledLayer]:
    """Return the layers of a description.

    Args:
        reading: What was read of a model; what two layers share in a way that a description has no words for is noted
            there.
    """
    layers: list[AssembledLayer] = []
    # Which layer each part is in, and which parts feed others than the next.
    homes: list[int] = []
    uses = _uses(reading.parts)
    for number, part in enumerate(reading.parts):
        before = number - 1
        direct = part.sources in {(), (before,)}
        if layers and direct and uses.get(before, 0) <= 1 and layers[-1].takes(part):
            layers[-1].keys.update(part.keys)
            layers[-1].arrays.update(part.arrays)
            layers[-1].parts.append(part)
        else:
            layers.append(AssembledLayer(dict(part.keys), dict(part.arrays), [part]))
            _feed(layers, homes, part, direct=direct)
        homes.append(len(layers) - 1)
    _tie(reading, layers)
    return [_ordered(layer) for layer in layers]


def _uses(parts: Sequence[LayerPart]) -> dict[int, int]:
    """Return how many parts each part feeds."""
    found: dict[int, int] = {}
    for number, part in enumerate(parts):
        for source in part.sources or (number - 1,):
            found[source] = found.get(source, 0) + 1
    return found


def _feed(layers: list[AssembledLayer], homes: Sequence[int], part: LayerPart, *, direct: bool) -> None:
    """Say what feeds the last layer, where that is not the layer before, or where nothing else says what it is."""
    layer = layers[-1]
    bare = layer.keys.keys() <= {"activation", "slope", "alpha", "approximate", "beta"}
    if direct and not bare and part.joined == "from":
        return
    sources = part.sources or (len(homes) - 1,)
    layer.keys[part.joined] = [
        "inputs" if source < 0 else _name(layers[homes[source]], homes[source]) for source in sources
    ]


def _name(layer: AssembledLayer, place: int) -> str:
    """Return the name of a layer, which it gets once others speak of it."""
    name: str = layer.keys.setdefault("name", f"layer{place + 1}")
    return name


def _tie(reading: ModelReading, layers: list[AssembledLayer]) -> None:
    """Make layers that share weights tied ones."""
    owners: dict[object, tuple[int, ParameterPath]] = {}
    for place, layer in enumerate(layers):
        shared = [path for path, array in layer.arrays.items() if array.identity in owners]
        owner = {owners[layer.arrays[path].identity] for path in shared}
        if shared and not _is_tie(layers, layer, shared, owner):
            first = layers[min(of for of, _path in owner)].places
            hint = "Give each its own copy, such as copy.deepcopy(module)."
            reading.refuse(layer.places, f"parameters that are those of {first} as well", _SHARED, hint)
        elif shared:
            _tied(layer, _name(layers[min(owner)[0]], min(owner)[0]), layers[min(owner)[0]], shared)
        for path, array in layer.arrays.items():
            if array.identity is not None:
                owners.setdefault(array.identity, (place, path))


_SHARED = "layers with parameters of their own, or two dense or convolutional layers with the same weights"


def _is_tie(
    layers: Sequence[AssembledLayer],
    layer: AssembledLayer,
    shared: Sequence[ParameterPath],
    owner: set[tuple[int, ParameterPath]],
) -> bool:
    """Return whether what a layer shares are its weights, perhaps with the biases, of one earlier layer."""
    places = {place for place, _path in owner}
    weights = [path for path in shared if path in _TIED]
    if len(places) != 1 or len(weights) != 1 or layer.parts[0].kind != "sums":
        return False
    other = layers[min(places)]
    same = all(path in other.arrays and other.arrays[path].identity == layer.arrays[path].identity for path in shared)
    return same and set(shared) <= {*_TIED, ("biases",)} and other.parts[0].kind == "sums"


def _tied(layer: AssembledLayer, name: str, other: AssembledLayer, shared: Sequence[ParameterPath]) -> None:
    for path in shared:
        del layer.arrays[path]
    own = ("biases",) in layer.arrays or (layer.keys.get("bias") is False and ("biases",) in other.arrays)
    layer.keys["tied"] = {"layer": name, **({"biases": False} if own else {})}


def _ordered(layer: AssembledLayer) -> AssembledLayer:
    """Return a layer with its keys in the order in which a person would write them."""
    keys = dict(layer.keys)
    if keys.get("units") and "activation" not in keys and "cell" not in keys:
        keys["activation"] = "identity"
    order = [*_FIRST, *(key for key in keys if key not in _FIRST)]
    return layer._replace(keys={key: keys[key] for key in order if key in keys})


_FIRST = (
    *("name", "from", "add", "units", "convolution", "pooling", "flatten", "embedding", "recurrent", "cell", "reset"),
    *("normalization", "activation"),
)


def as_layers(layers: Sequence[AssembledLayer]) -> list[Mapping[str, Any]]:
    """Return what a description says of each layer."""
    return [layer.keys for layer in layers]


def as_parameters(layers: Sequence[AssembledLayer]) -> list[dict[str, Any]]:
    """Return the parameters of each layer."""
    return [layer.parameters() for layer in layers]
