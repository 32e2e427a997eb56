"""The graph of scalar nodes, and its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Quotient
from symnet.algebra.rules import Rule
from symnet.arrays.graph import ArrayGraph
from symnet.catalog.activations import Activation
from symnet.quantity import Quantity

# The forward pass as a graph: one node for every computed scalar, each in its parents' symbols.


class NodeKind(Enum):
    """What sort of function a node is of its parents."""

    LINEAR = "linear"
    ACTIVATION = "activation"
    DROPOUT = "dropout"
    LOSS = "loss"
    GRAPH = "graph"
    PENALTY = "penalty"
    DETACHED = "detached"


class Node(NamedTuple):
    """One computed scalar.

    Attributes:
        symbol: Its SymPy symbol, named by its id.
        kind: What sort of function it is.
        expression: Its value in its parents' symbols.
        derivatives: For each parent, the derivative with respect to it: one or more equal forms, the last the taught
            one.
        switches: Expressions in its parents at whose zero it changes its branch, and mostly passes a kink.
        reasons: For some parents, why each form of the derivative equals the one before it.
    """

    symbol: Symbol
    kind: NodeKind
    expression: Expr
    derivatives: Mapping[Symbol, tuple[Expr, ...]]
    switches: tuple[Expr, ...] = ()
    reasons: Mapping[Symbol, tuple[Rule, ...]] = MappingProxyType({})


GroupName: TypeAlias = Literal["weights", "biases", "learned"]


class ParameterGroup(NamedTuple):
    """Parameters of a layer that are one thing: its weights, its biases, or what its activation learns."""

    name: GroupName
    symbols: tuple[Symbol, ...]


class LayerNodes(NamedTuple):
    """One layer's symbols, unit by unit; where units have pieces, piece by piece within a unit.

    Attributes:
        activation: Its activation.
        options: The options of its activation by name; for a learned one, the parameter's symbol.
        dense: The weights of a dense layer as a matrix of shape ``(pre-activations, inputs)``.
        biases: One a pre-activation, one for all, or none.
        learned: The parameters of its activation.
        pre_activations: One a unit, or one a piece.
        activations: One a unit.
        dropped: The activations after dropout, one a unit; empty without dropout.
    """

    activation: Activation
    options: Mapping[str, Expr]
    dense: tuple[tuple[Symbol, ...], ...]
    biases: tuple[Symbol, ...]
    learned: tuple[Symbol, ...]
    pre_activations: tuple[Symbol, ...]
    activations: tuple[Symbol, ...]
    dropped: tuple[Symbol, ...] = ()

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """Every weight, then every bias, then what the activation learns."""
        return tuple(chain.from_iterable(group.symbols for group in self.parameter_groups()))

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return its parameters in groups, in their order, none of them empty; whatever kind of layer it is."""
        groups = (
            ParameterGroup("weights", tuple(chain.from_iterable(self.dense))),
            ParameterGroup("biases", self.biases),
            ParameterGroup("learned", self.learned),
        )
        return tuple(group for group in groups if group.symbols)

    def group(self, name: GroupName) -> tuple[Symbol, ...]:
        """Return the parameters of one group, of which there may be none."""
        return next((group.symbols for group in self.parameter_groups() if group.name == name), ())

    @property
    def sources(self) -> int:
        """How many numbers the layer reads."""
        return len(self.dense[0])

    @property
    def outputs(self) -> tuple[Symbol, ...]:
        """What the layer hands on: its activations, after dropout if there is any."""
        return self.dropped or self.activations

    @property
    def pieces(self) -> int:
        """How many pre-activations a unit has."""
        return len(self.pre_activations) // len(self.activations)

    def read_by(self, unit: int) -> tuple[Symbol, ...]:
        """Return the pre-activations that the 0-based ``unit`` depends on."""
        if self.activation.reads == "layer":
            return self.pre_activations
        return self.pre_activations[unit * self.pieces : (unit + 1) * self.pieces]


@dataclass(frozen=True)
class Network:
    """The forward pass of one sample as a graph of scalar nodes.

    Attributes:
        inputs: The inputs of one sample; of a graph, those that are no parameters.
        targets: The targets of one sample.
        parameters: Every parameter, layer by layer, weights before biases.
        branches: The layers, first to last, once for each use of the network; empty for a graph.
        nodes: Every computed scalar in forward order; the loss is the last that has a derivative.
        loss: The node of one sample's loss, or the output of a graph.
        quantities: What each id stands for.
        loss_name: The catalog name of the loss, its expression, or the output of a graph.
        loss_title: What the description calls a loss of its own, or the output of a graph; empty for all others.
        loss_kind: The name of the loss in the catalog; empty for a loss of one's own, and of a graph.
        loss_options: Its options that are not the usual ones, each with its value.
        targets_sum_to_one: Whether the derivation may use that the targets of a sample sum to 1.
        sample_weight: The weight of a sample, by which its loss is multiplied, where samples have weights.
        counted: What a sample counts in a weighted mean, in its own data.
        target_kind: Where targets may lie, as the table of losses says it.
        wanted_inputs: The inputs with respect to which derivatives are asked for.
        wholes: The sets of inputs of a graph whose numbers are targets that sum to 1.
        arrays: The arrays of which a graph is made; None for layers, and for a graph of numbers.
        lowered: Of layers that are worked out in arrays, the parameters of each in groups; empty for all else.
    """

    inputs: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]
    parameters: tuple[Symbol, ...]
    branches: tuple[tuple[LayerNodes, ...], ...]
    nodes: Mapping[Symbol, Node]
    loss: Symbol
    quantities: Mapping[str, Quantity]
    loss_name: str
    loss_title: str
    loss_kind: str = ""
    loss_options: tuple[tuple[str, str], ...] = ()
    targets_sum_to_one: bool = False
    target_kind: str = "any"
    sample_weight: tuple[Symbol, ...] = ()
    counted: Expr = S.One
    wanted_inputs: tuple[Symbol, ...] = field(default=())
    wholes: tuple[tuple[Symbol, ...], ...] = ()
    arrays: ArrayGraph | None = None
    lowered: tuple[tuple[ParameterGroup, ...], ...] = ()

    @property
    def parameter_groups(self) -> tuple[tuple[ParameterGroup, ...], ...]:
        """The parameters of each layer in groups; empty for a graph."""
        return self.lowered or tuple(layer.parameter_groups() for layer in self.layers)

    @property
    def layers(self) -> tuple[LayerNodes, ...]:
        """The layers, first to last, in their first use; empty for a graph."""
        return self.branches[0] if self.branches else ()

    @property
    def of_sample(self) -> tuple[Symbol, ...]:
        """What is put in for each sample: its inputs, its targets, and its weight if it has one."""
        return (*self.inputs, *self.targets, *self.sample_weight)

    @property
    def titled_loss(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What the title of the loss is made of: its own, its name in the catalog, and its unusual options."""
        return self.loss_title, self.loss_kind, self.loss_options

    @property
    def is_graph(self) -> bool:
        """Whether it was given node by node, not as layers."""
        return not self.branches

    @property
    def entries(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entries of each input that is an array."""
        arrays = self.arrays
        return {} if arrays is None else {name: tuple(filter(None, arrays.ids(name))) for name in arrays.inputs}

    @property
    def leaves(self) -> tuple[Symbol, ...]:
        """Every parameter, and every input with respect to which derivatives are asked for."""
        return self.parameters + self.wanted_inputs

    @cached_property
    def children(self) -> Mapping[Symbol, tuple[Symbol, ...]]:
        """For each symbol, the nodes that it feeds, in forward order; leaves out what does not reach the loss."""
        reaching = {self.loss}
        found: dict[Symbol, list[Symbol]] = {}
        for node in reversed(list(self.nodes.values())):
            if node.symbol in reaching:
                for parent in node.derivatives:
                    reaching.add(parent)
                    found.setdefault(parent, []).append(node.symbol)
        return {symbol: tuple(reversed(fed)) for symbol, fed in found.items()}

    @cached_property
    def unasked(self) -> frozenset[Symbol]:
        """Those nodes and inputs of a graph that names its parameters which depend on none of them.

        Nobody asked for the derivatives with respect to these: they are told where they have a value.
        """
        if not self.is_graph or not self.parameters:
            return frozenset()
        depending = set(self.parameters)
        for node in self.nodes.values():
            if not depending.isdisjoint(node.derivatives):
                depending.add(node.symbol)
        return frozenset(symbol for symbol in (*self.nodes, *self.wanted_inputs) if symbol not in depending)

    @cached_property
    def one_quotient(self) -> Mapping[Quotient, Expr]:
        """The derivatives taught as one quotient, each with its first form, which has a value wherever any has.

        At an output of 1 with the target 1, ``(a - y)/(a (1 - a))`` would be 0/0, and ``-y/a + (1 - y)/(1 - a)`` is -1.
        A first form with that quotient in it has no other value.
        """
        derivatives = (forms for node in self.nodes.values() for forms in node.derivatives.values())
        taught = {forms[-1]: forms[0] for forms in derivatives if isinstance(forms[-1], Quotient)}
        return {quotient: first for quotient, first in taught.items() if not first.has(quotient)}

    @cached_property
    def paths(self) -> Mapping[Symbol, int]:
        """For each symbol, the number of routes from it to the loss."""
        count = {self.loss: 1}
        for symbol in (*reversed(self.nodes), *self.parameters, *self.inputs):
            if symbol not in count:
                count[symbol] = sum(count[child] for child in self.children.get(symbol, ()))
        return count


# How much there is of a network: layers, units, parameters.


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
    layers = network.parameter_groups
    units = [len(layer.activations) for layer in network.layers]
    return Counts(
        inputs=len(network.inputs) // max(1, len(network.branches)),
        layers=len(layers),
        hidden_layers=max(0, len(layers) - 1),
        units=len(network.nodes) if network.is_graph else sum(units),
        units_by_layer=units,
        parameters=len(network.parameters),
        parameters_by_layer=[sum(len(group.symbols) for group in groups) for groups in layers],
        weights_by_layer=[sum(len(group.symbols) for group in groups if group.name == "weights") for groups in layers],
    )
