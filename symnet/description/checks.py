"""What the keys of a network's description demand of one another, as a table of checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symnet.catalog.activations import ACTIVATIONS
from symnet.description.checking import Check, count
from symnet.description.data import one_precision
from symnet.description.loss_checks import LOSS_CHECKS
from symnet.description.parameter_checks import PARAMETER_CHECKS
from symnet.description.records import MOST_WEIGHTS
from symnet.description.source import Flaw, printable
from symnet.description.training_checks import batch_size, rate_needed, state_ids

if TYPE_CHECKING:
    from symnet.description.layers import Layer


def _size(inputs: int, layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    before = (inputs, *(layer.units for layer in layers))
    weights = sum(sources * layer.pre_activations for sources, layer in zip(before, layers, strict=False))
    if weights > MOST_WEIGHTS:
        yield Flaw(("layers",), f"a network of {weights} weights", f"at most {MOST_WEIGHTS} weights")


def _coupled_units(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    for index, layer in enumerate(layers):
        if layer.units < 2 and layer.activation in ACTIVATIONS and ACTIVATIONS[layer.activation].couples:
            hint = f"The {layer.activation} of one unit is always 1; for one output use sigmoid."
            yield Flaw(("layers", index, "units"), str(layer.units), f"at least 2 units for {layer.activation}", hint)


def _titles(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    """A name stands for one expression."""
    known: dict[str, str] = {}
    for index, layer in enumerate(layers):
        if layer.title and known.setdefault(layer.title, layer.activation) != layer.activation:
            found = f'"{printable(layer.title)}" for another expression'
            yield Flaw(("layers", index, "activation", "name"), found, "a name for each expression")


def _dropout(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    for index, layer in enumerate(layers):
        if layer.dropout is None:
            continue
        if index == len(layers) - 1:
            found = "dropout on the last layer"
            yield Flaw(("layers", index, "dropout"), found, "dropout on the layers before it", at_key=True)
        elif not any(layer.dropout.mask):
            hint = "Without it nothing reaches the layer behind."
            yield Flaw(("layers", index, "dropout", "mask"), "a mask that drops every unit", "at least one 1", hint)
        elif len(layer.dropout.mask) != layer.units:
            found, allowed = count(len(layer.dropout.mask), "number"), count(layer.units, "number")
            yield Flaw(("layers", index, "dropout", "mask"), found, f"{allowed}, one per unit of layer {index + 1}")


CHECKS = (
    Check(("inputs", "layers"), _size),
    Check(("layers",), _coupled_units),
    Check(("layers",), _titles),
    Check(("layers",), _dropout),
    *LOSS_CHECKS,
    *PARAMETER_CHECKS,
    Check(("data", "parameters", "training"), rate_needed),
    Check(("data", "training"), batch_size),
    Check(("inputs", "layers", "training"), state_ids),
    Check(("numbers",), one_precision),
)
