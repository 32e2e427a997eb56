"""The numbers that a description puts into its network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sympy import Symbol

from symnet.description.data import Data
from symnet.description.network import Description, Exercise
from symnet.description.sorts import is_graph, is_of_arrays
from symnet.network.graph import Network

if TYPE_CHECKING:
    from symnet.description.array_network import ArrayDescription
    from symnet.description.graph import GraphDescription


class NetworkData(NamedTuple):
    """Exact numbers for the leaves of a network.

    Attributes:
        rows: Inputs and targets of each sample; a graph has one row.
        parameters: Every parameter as it is before training.
        constants: The strengths given as symbols.
    """

    rows: tuple[Mapping[Symbol, Fraction], ...]
    parameters: Mapping[Symbol, Fraction]
    constants: Mapping[Symbol, Fraction]


def network_data(network: Network, description: Exercise, constants: tuple[Symbol, ...]) -> NetworkData | None:
    """Return the numbers of ``description`` for ``network``, or None where they do not suffice for values.

    Args:
        network: The network that was built from it.
        description: What was asked.
        constants: The strengths that are given as symbols, each of which needs a number as well.
    """
    if is_graph(description):
        return _graph(network, description)
    if not isinstance(description, Description) or description.data is None or description.parameters is None:
        return None
    at: Mapping[str, Fraction] = description.at or {}
    if any(symbol.name not in at for symbol in constants):
        return None
    if is_of_arrays(description):
        return _lowered(network, description, {symbol: at[symbol.name] for symbol in constants})
    leaves = network.of_sample
    rows = tuple(dict(zip(leaves, numbers, strict=True)) for numbers in _rows(description.data))
    parameters: dict[Symbol, Fraction] = {}
    for layer, entry in zip(network.layers, description.parameters, strict=True):
        parameters.update(zip(layer.parameters, entry.in_order(), strict=True))
    return NetworkData(rows, parameters, {symbol: at[symbol.name] for symbol in constants})


def _rows(data: Data) -> Iterator[tuple[Fraction, ...]]:
    """Yield inputs, targets and weight of each sample; of a triplet the inputs of its three uses."""
    parts = data.triplet if data.anchor else (data.inputs, data.targets)
    weights = ((tuple((weight,) for weight in data.weights)),) if data.weights else ()
    yield from (tuple(chain.from_iterable(rows)) for rows in zip(*parts, *weights, strict=True))


def _lowered(
    network: Network, description: ArrayDescription, constants: Mapping[Symbol, Fraction]
) -> NetworkData | None:
    """Return the numbers of layers that are worked out in arrays."""
    known = description.parameter_numbers
    parameters = {symbol: known[symbol.name] for symbol in network.parameters}
    leaves = network.of_sample
    rows = tuple(
        {symbol: found[symbol.name] if symbol.name in found else known[symbol.name] for symbol in leaves}
        for found in description.sample_numbers
    )
    return NetworkData(rows, parameters, constants)


def _graph(network: Network, description: GraphDescription) -> NetworkData | None:
    at = description.inputs_at
    if at is None:
        return None
    return NetworkData(
        ({symbol: at[symbol.name] for symbol in network.inputs},),
        {symbol: at[symbol.name] for symbol in network.parameters},
        {},
    )
