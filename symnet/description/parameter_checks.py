"""What the layers demand of their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from symnet.catalog.activations import ACTIVATIONS
from symnet.description.checking import Check, count
from symnet.description.loss_checks import columns
from symnet.description.records import Rows
from symnet.description.source import Flaw, Path

if TYPE_CHECKING:
    from symnet.description.layers import Layer, LayerParameters, Weights

    Layers: TypeAlias = tuple[Layer, ...]
    Entries: TypeAlias = tuple[LayerParameters, ...]


def _entries(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    if len(parameters) != len(layers):
        allowed = f"{len(layers)}, one per layer"
        yield Flaw(("parameters",), count(len(parameters), "entry"), allowed)


def _pieces(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """Pieces are there for a layer that has them, in place of its weights."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        path, number = ("parameters", index), _piece_count(layer)
        if entry.pieces and not number:
            owners = " and ".join(name for name, entry in ACTIVATIONS.items() if entry.reads == "pieces")
            allowed = f"weights and biases, since layer {index + 1} is no {owners}"
            yield Flaw((*path, "pieces"), 'the key "pieces"', allowed, at_key=True)
        elif number and len(entry.pieces) != number:
            found = count(len(entry.pieces), "piece") if entry.pieces else "nothing"
            yield Flaw((*path, "pieces"), found, f"{count(number, 'piece')}, as layer {index + 1} has")
        for key in ("weights", "weights_from_to"):
            if number and getattr(entry, key):
                hint = f"Each of the {number} pieces has weights of its own."
                yield Flaw((*path, key), f'the key "{key}"', "pieces: [{weights: ...}, ...]", hint, at_key=True)


def _piece_count(layer: Layer) -> int:
    """How many pieces the parameters of a layer have; 0 if they have none."""
    return int(layer.options.get("pieces", 0))


def _matrices(layers: Layers, parameters: Entries) -> Iterator[tuple[Path, int, Weights]]:
    """Everything that has weights, with its path and the 0-based number of its layer."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        path: Path = ("parameters", index)
        if _piece_count(layer):
            yield from (((*path, "pieces", number), index, piece) for number, piece in enumerate(entry.pieces))
        elif not entry.pieces:
            yield path, index, entry


def _one_form(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    for path, _, entry in _matrices(layers, parameters):
        if bool(entry.weights) == bool(entry.weights_from_to):
            found = "both weights and weights_from_to" if entry.weights else "neither weights nor weights_from_to"
            yield Flaw(path, found, "one of weights and weights_from_to")


def _weight_shapes(inputs: int, layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    before = (inputs, *(layer.units for layer in layers))
    for path, index, entry in _matrices(layers, parameters):
        units = (layers[index].units, f"one per unit of layer {index + 1}")
        feeds = (before[index], f"one per unit of layer {index}" if index else "one per input")
        if entry.weights:
            yield from _shape((*path, "weights"), entry.weights, units, feeds)
        if entry.weights_from_to:
            yield from _shape((*path, "weights_from_to"), entry.weights_from_to, feeds, units)


def _shape(path: Path, matrix: Rows, rows: tuple[int, str], width: tuple[int, str]) -> Iterator[Flaw]:
    if len(matrix) != rows[0]:
        yield Flaw(path, count(len(matrix), "row"), f"{count(rows[0], 'row')}, {rows[1]}")
    yield from columns(path, matrix, *width)


def _biases(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """There is a bias per unit, or per unit of each piece; a shared one stands beside the pieces."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        demands: dict[bool | str, tuple[int, str]] = {
            True: (layer.units, f"{count(layer.units, 'number')}, one per unit of layer {index + 1}"),
            False: (0, f"no biases, since layer {index + 1} has bias: false"),
            "shared": (1, f"one number, since layer {index + 1} has bias: shared"),
        }
        own, inner = demands[layer.bias], demands[False]
        if _piece_count(layer):
            beside = f"no biases here: layer {index + 1} has them in its pieces"
            within = f"no biases in a piece, since layer {index + 1} has bias: shared"
            own, inner = (own, (0, within)) if layer.bias == "shared" else ((0, beside), own)
        elif entry.pieces:
            continue
        yield from _bias_count(("parameters", index), entry, *own)
        for number, piece in enumerate(entry.pieces):
            yield from _bias_count(("parameters", index, "pieces", number), piece, *inner)


def _bias_count(path: Path, entry: Weights, number: int, allowed: str) -> Iterator[Flaw]:
    if len(entry.biases) != number:
        found = count(len(entry.biases), "number") if entry.biases else "nothing"
        yield Flaw((*path, "biases"), found, allowed)


def _learned(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """A start for something learned is given where something is learned."""
    owners = " and ".join(name for name, entry in ACTIVATIONS.items() if "alpha" in entry.learned)
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        if entry.alpha is not None and "alpha" not in layer.learned:
            allowed = f"no such key, since layer {index + 1} is no {owners}"
            yield Flaw(("parameters", index, "alpha"), 'the key "alpha"', allowed, at_key=True)


PARAMETER_CHECKS = (
    Check(("layers", "parameters"), _entries),
    Check(("layers", "parameters"), _pieces),
    Check(("layers", "parameters"), _one_form),
    Check(("inputs", "layers", "parameters"), _weight_shapes),
    Check(("layers", "parameters"), _biases),
    Check(("layers", "parameters"), _learned),
)
