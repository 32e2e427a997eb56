"""Description to graph: one node for every scalar of the forward pass, each in its parents' symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Chain, PathSum
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.description.model import Description, Layer
from symnet.quantity import Quantity, Role


class Kind(Enum):
    """What sort of function a node is of its parents."""

    LINEAR = "linear"
    ACTIVATION = "activation"
    LOSS = "loss"


class Node(NamedTuple):
    """One computed scalar.

    Attributes:
        symbol: Its SymPy symbol, named by its id.
        kind: What sort of function it is.
        expression: Its value in its parents' symbols.
        slopes: For each parent, the derivative by it: one or more equal forms, the last the taught one.
    """

    symbol: Symbol
    kind: Kind
    expression: Expr
    slopes: Mapping[Symbol, tuple[Expr, ...]]


class LayerNodes(NamedTuple):
    """One layer's symbols, unit by unit.

    Attributes:
        activation: The catalog name of its activation.
        weights: Shape ``(units, inputs)``.
        biases: One a unit, one for all, or none.
        pre_activations: One a unit.
        activations: One a unit.
    """

    activation: str
    weights: tuple[tuple[Symbol, ...], ...]
    biases: tuple[Symbol, ...]
    pre_activations: tuple[Symbol, ...]
    activations: tuple[Symbol, ...]

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """Every weight, row by row, then every bias."""
        return tuple(weight for row in self.weights for weight in row) + self.biases


@dataclass(frozen=True)
class Network:
    """The forward pass as a graph of scalar nodes.

    Attributes:
        inputs: The inputs of one sample.
        targets: The targets of one sample.
        layers: The layers, first to last.
        nodes: Every computed scalar in forward order, the loss last.
        quantities: What each id stands for.
        loss_name: The catalog name of the loss.
        targets_sum_to_one: Whether the derivation may use that the targets of a sample sum to 1.
    """

    inputs: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]
    layers: tuple[LayerNodes, ...]
    nodes: Mapping[Symbol, Node]
    quantities: Mapping[str, Quantity]
    loss_name: str
    targets_sum_to_one: bool

    @property
    def loss(self) -> Symbol:
        """The node of one sample's loss."""
        return next(reversed(self.nodes))

    @cached_property
    def parameters(self) -> tuple[Symbol, ...]:
        """Every parameter, layer by layer, weights before biases."""
        return tuple(parameter for layer in self.layers for parameter in layer.parameters)

    @cached_property
    def children(self) -> Mapping[Symbol, tuple[Symbol, ...]]:
        """For each symbol, the nodes that it feeds, in forward order."""
        found: dict[Symbol, list[Symbol]] = {}
        for node in self.nodes.values():
            for parent in node.slopes:
                found.setdefault(parent, []).append(node.symbol)
        return {symbol: tuple(fed) for symbol, fed in found.items()}

    @cached_property
    def paths(self) -> Mapping[Symbol, int]:
        """For each symbol, the number of routes from it to the loss."""
        count = {self.loss: 1}
        for symbol in (*reversed(self.nodes), *self.parameters, *self.inputs):
            if symbol not in count:
                count[symbol] = sum(count[child] for child in self.children.get(symbol, ()))
        return count


class _Builder:
    """Collects nodes and quantities while the layers are laid one upon the other."""

    def __init__(self) -> None:
        self.nodes: dict[Symbol, Node] = {}
        self.quantities: dict[str, Quantity] = {}

    def symbol(self, identifier: str, role: Role, **place: int | str | None) -> Symbol:
        self.quantities[identifier] = Quantity(identifier, role, **place)  # type: ignore[arg-type]
        return Symbol(identifier)

    def units(
        self, prefix: str, role: Role, count: int, layer: int, activation: str | None = None
    ) -> tuple[Symbol, ...]:
        """Return one symbol a unit; a lone input, output or target carries no index."""
        bare = count == 1 and role in {Role.INPUT, Role.TARGET, Role.OUTPUT}
        return tuple(
            self.symbol(f"{prefix}{unit}", role, layer=layer, unit=None if bare else unit, activation=activation)
            for unit in range(1, count + 1)
        )

    def node(self, symbol: Symbol, kind: Kind, expression: Expr, slopes: Mapping[Symbol, tuple[Expr, ...]]) -> None:
        self.nodes[symbol] = Node(symbol, kind, expression, slopes)

    def layer(self, number: int, layer: Layer, sources: tuple[Symbol, ...], last: bool) -> LayerNodes:
        weights = tuple(
            tuple(
                self.symbol(f"w{number}_{unit}_{source}", Role.WEIGHT, layer=number, unit=unit, source=source)
                for source in range(1, len(sources) + 1)
            )
            for unit in range(1, layer.units + 1)
        )
        biases = self.biases(number, layer)
        sums = self.units(f"z{number}_", Role.PRE_ACTIVATION, layer.units, number)
        for unit, total in enumerate(sums):
            bias = biases[min(unit, len(biases) - 1)] if biases else None
            self.weighted_sum(total, weights[unit], sources, bias)
        role = Role.OUTPUT if last else Role.ACTIVATION
        values = self.units(f"a{number}_", role, layer.units, number, layer.activation)
        self.activate(layer.activation, sums, values)
        return LayerNodes(layer.activation, weights, biases, sums, values)

    def biases(self, number: int, layer: Layer) -> tuple[Symbol, ...]:
        if layer.bias is False:
            return ()
        if layer.bias == "shared":
            return (self.symbol(f"b{number}", Role.SHARED_BIAS, layer=number),)
        return self.units(f"b{number}_", Role.BIAS, layer.units, number)

    def weighted_sum(
        self, total: Symbol, weights: tuple[Symbol, ...], sources: tuple[Symbol, ...], bias: Symbol | None
    ) -> None:
        terms = [Chain(weight, source) for weight, source in zip(weights, sources, strict=True)]
        slopes: dict[Symbol, tuple[Expr, ...]] = {}
        for weight, source in zip(weights, sources, strict=True):
            slopes[weight], slopes[source] = (source,), (weight,)
        if bias is not None:
            terms.append(bias)
            slopes[bias] = (S.One,)
        self.node(total, Kind.LINEAR, PathSum(*terms), slopes)

    def activate(self, name: str, sums: tuple[Symbol, ...], values: tuple[Symbol, ...]) -> None:
        entry = ACTIVATIONS[name]
        for unit, value in enumerate(values):
            parents = range(len(sums)) if entry.couples else (unit,)
            slopes = {sums[parent]: (entry.slope(sums, values, unit, parent),) for parent in parents}
            self.node(value, Kind.ACTIVATION, entry.value(sums, unit), slopes)


def build_network(description: Description, loss_name: str) -> Network:
    """Return the graph of ``description`` with the loss called ``loss_name`` as its last node."""
    builder = _Builder()
    inputs = sources = builder.units("x", Role.INPUT, description.inputs, 0)
    layers = []
    for number, layer in enumerate(description.layers, 1):
        last = number == len(description.layers)
        layers.append(builder.layer(number, layer, sources, last))
        sources = layers[-1].activations
    targets = builder.units("y", Role.TARGET, len(sources), len(layers))
    entry = LOSSES[loss_name]
    loss = builder.symbol("L", Role.LOSS)
    slopes = {value: entry.slope(sources, targets, k) for k, value in enumerate(sources)}
    builder.node(loss, Kind.LOSS, entry.value(sources, targets), slopes)
    return Network(
        inputs=inputs,
        targets=targets,
        layers=tuple(layers),
        nodes=builder.nodes,
        quantities=builder.quantities,
        loss_name=loss_name,
        targets_sum_to_one=entry.normalized and _sum_to_one(description),
    )


def _sum_to_one(description: Description) -> bool:
    """Return whether every given sample's targets sum to 1; without data they are taken to."""
    return description.data is None or all(sum(row) == 1 for row in description.data.targets)
