"""What the keys of a description demand of one another, as a table of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.description.number import write
from symnet.description.source import Path, printable

if TYPE_CHECKING:
    from symnet.description.model import Data, Layer, LayerParameters, LossChoice

MOST_UNITS = 10_000
MOST_SAMPLES = 10_000
MOST_WEIGHTS = 100_000
MOST_FLAWS = 1000
"""Past so many, flaws are not looked for: placing each of a hundred thousand takes seconds."""


class Flaw(NamedTuple):
    """A problem at a path, not yet placed in the file."""

    path: Path
    found: str
    allowed: str
    hint: str = ""


class Check(NamedTuple):
    """A check and the keys it looks at; it runs if all of them are there and fine in themselves."""

    needs: tuple[str, ...]
    find: Callable[..., Iterator[Flaw]]


def flaws(description: Mapping[str, Any]) -> Iterator[Flaw]:
    """What does not fit together among the keys that are given."""
    known = ((check, [description.get(key) for key in check.needs]) for check in CHECKS)
    found = (check.find(*parts) for check, parts in known if None not in parts)
    return islice(chain.from_iterable(found), MOST_FLAWS)


def _size(inputs: int, layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    weights = sum(before * units for before, units in pairwise((inputs, *(layer.units for layer in layers))))
    if weights > MOST_WEIGHTS:
        yield Flaw(("layers",), f"a network of {weights} weights", f"at most {MOST_WEIGHTS} weights")


def _coupled_units(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    for index, layer in enumerate(layers):
        if layer.units < 2 and ACTIVATIONS[layer.activation].couples:
            hint = f"The {layer.activation} of one unit is always 1; for one output use sigmoid."
            yield Flaw(("layers", index, "units"), str(layer.units), f"at least 2 units for {layer.activation}", hint)


def _repeated_losses(loss: tuple[LossChoice, ...]) -> Iterator[Flaw]:
    for index, choice in enumerate(loss):
        if choice in loss[:index]:
            yield Flaw(("loss", index), f'"{choice.kind}" again', "each loss once")


def _input_columns(inputs: int, data: Data) -> Iterator[Flaw]:
    yield from _columns(("data", "inputs"), data.inputs, inputs, "one per input")


def _target_columns(layers: tuple[Layer, ...], data: Data) -> Iterator[Flaw]:
    yield from _columns(("data", "targets"), data.targets, layers[-1].units, "one per unit of the last layer")


def _samples(data: Data) -> Iterator[Flaw]:
    if len(data.inputs) != len(data.targets):
        found = _count(len(data.targets), "row")
        yield Flaw(("data", "targets"), found, f"{_count(len(data.inputs), 'row')}, one per row of data.inputs")


def _target_range(loss: tuple[LossChoice, ...], data: Data) -> Iterator[Flaw]:
    bounded = {choice.kind: None for choice in loss if LOSSES[choice.kind].targets == "unit_interval"}
    if not bounded:
        return
    for row, targets in enumerate(data.targets):
        for column, target in enumerate(targets):
            if not 0 <= target <= 1:
                allowed = f"a target from 0 to 1 for {' and '.join(bounded)}"
                yield Flaw(("data", "targets", row, column), printable(write(target)), allowed)


def _entries(layers: tuple[Layer, ...], parameters: tuple[LayerParameters, ...]) -> Iterator[Flaw]:
    if len(parameters) != len(layers):
        found = "1 entry" if len(parameters) == 1 else f"{len(parameters)} entries"
        yield Flaw(("parameters",), found, f"{len(layers)}, one per layer")


def _one_form(parameters: tuple[LayerParameters, ...]) -> Iterator[Flaw]:
    for index, entry in enumerate(parameters):
        if bool(entry.weights) == bool(entry.weights_from_to):
            found = "both weights and weights_from_to" if entry.weights else "neither weights nor weights_from_to"
            yield Flaw(("parameters", index), found, "one of weights and weights_from_to")


def _weight_shapes(inputs: int, layers: tuple[Layer, ...], parameters: tuple[LayerParameters, ...]) -> Iterator[Flaw]:
    before = (inputs, *(layer.units for layer in layers))
    for index, (entry, layer) in enumerate(zip(parameters, layers, strict=False)):
        units = (layer.units, f"one per unit of layer {index + 1}")
        feeds = (before[index], f"one per unit of layer {index}" if index else "one per input")
        if entry.weights:
            yield from _shape(("parameters", index, "weights"), entry.weights, units, feeds)
        if entry.weights_from_to:
            yield from _shape(("parameters", index, "weights_from_to"), entry.weights_from_to, feeds, units)


def _shape(
    path: Path, matrix: tuple[tuple[Fraction, ...], ...], rows: tuple[int, str], columns: tuple[int, str]
) -> Iterator[Flaw]:
    if len(matrix) != rows[0]:
        yield Flaw(path, _count(len(matrix), "row"), f"{_count(rows[0], 'row')}, {rows[1]}")
    yield from _columns(path, matrix, *columns)


def _columns(path: Path, matrix: tuple[tuple[Fraction, ...], ...], columns: int, reason: str) -> Iterator[Flaw]:
    for index, row in enumerate(matrix):
        if len(row) != columns:
            found = f"a row of {_count(len(row), 'number')}"
            yield Flaw((*path, index), found, f"{_count(columns, 'number')}, {reason}")


def _biases(layers: tuple[Layer, ...], parameters: tuple[LayerParameters, ...]) -> Iterator[Flaw]:
    for index, (entry, layer) in enumerate(zip(parameters, layers, strict=False)):
        demands: dict[bool | str, tuple[int, str]] = {
            True: (layer.units, f"{_count(layer.units, 'number')}, one per unit of layer {index + 1}"),
            False: (0, f"no biases, since layer {index + 1} has bias: false"),
            "shared": (1, f"one number, since layer {index + 1} has bias: shared"),
        }
        count, allowed = demands[layer.bias]
        if len(entry.biases) != count:
            found = _count(len(entry.biases), "number") if entry.biases else "nothing"
            yield Flaw(("parameters", index, "biases"), found, allowed)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


CHECKS = (
    Check(("inputs", "layers"), _size),
    Check(("layers",), _coupled_units),
    Check(("loss",), _repeated_losses),
    Check(("inputs", "data"), _input_columns),
    Check(("layers", "data"), _target_columns),
    Check(("data",), _samples),
    Check(("loss", "data"), _target_range),
    Check(("layers", "parameters"), _entries),
    Check(("parameters",), _one_form),
    Check(("inputs", "layers", "parameters"), _weight_shapes),
    Check(("layers", "parameters"), _biases),
)
