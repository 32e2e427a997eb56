"""How much there is of a network: layers, units, parameters."""

from __future__ import annotations

from typing import NamedTuple

from symnet.network import Network


class Counts(NamedTuple):
    """The size of a network.

    Attributes:
        inputs: Its inputs, for one use of it.
        layers: Its layers with weights.
        hidden_layers: Those but the last.
        units: Its units, inputs left out; of a graph, its nodes.
        units_by_layer: The same layer by layer.
        parameters: Weights, biases and what activations learn.
        parameters_by_layer: The same layer by layer.
        weights_by_layer: The weights alone.
    """

    inputs: int
    layers: int
    hidden_layers: int
    units: int
    units_by_layer: list[int]
    parameters: int
    parameters_by_layer: list[int]
    weights_by_layer: list[int]


def counts(network: Network) -> Counts:
    """Return the size of ``network``."""
    layers = network.layers
    units = [len(layer.activations) for layer in layers]
    return Counts(
        inputs=len(network.inputs) // max(1, len(network.branches)),
        layers=len(layers),
        hidden_layers=max(0, len(layers) - 1),
        units=len(network.nodes) if network.is_graph else sum(units),
        units_by_layer=units,
        parameters=len(network.parameters),
        parameters_by_layer=[len(layer.parameters) for layer in layers],
        weights_by_layer=[sum(map(len, layer.weights)) for layer in layers],
    )
