"""From a description to the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sympy import Integer, Rational, S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.branches import switches
from symnet.algebra.definitions import distributions
from symnet.algebra.differentiate import lines
from symnet.algebra.nodes import Chain, PathSum
from symnet.algebra.rules import Rule
from symnet.algebra.shorten import Shortener
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import weights_of_logarithms
from symnet.catalog.activations import ACTIVATIONS, Activation, option_as_number
from symnet.catalog.custom import custom_activation, custom_loss, function_name, letters_of
from symnet.catalog.losses import (
    LOSSES,
    SAMPLE_WEIGHT,
    CatalogLoss,
    Derivatives,
    LossHead,
    counted_in_mean,
    total_loss,
    weighted_loss,
)
from symnet.description.layers import Layer
from symnet.description.losses import Loss, OneLoss, OptionChoice
from symnet.description.network import Description
from symnet.description.sizes import InputSize
from symnet.network.arrays import Local, Scalars
from symnet.network.graph import LayerNodes, Network, Node, NodeKind
from symnet.quantity import Quantity, Role

if TYPE_CHECKING:
    from symnet.description.graph import GraphDescription

# Description to network: layers laid one upon the other, the loss on top.


class _Shared(NamedTuple):
    """What all uses of a layer have in common: its number, and as in :class:`LayerNodes`."""

    number: int
    activation: Activation
    options: Mapping[str, Expr]
    weights: tuple[tuple[Symbol, ...], ...]
    biases: tuple[Symbol, ...]
    learned: tuple[Symbol, ...]


class NetworkBuilder:
    """Collects nodes and quantities of a network while it is built."""

    def __init__(self) -> None:
        self.nodes: dict[Symbol, Node] = {}
        self.quantities: dict[str, Quantity] = {}

    def symbol(self, identifier: str, role: Role, **place: int | str | None) -> Symbol:
        """Return a new symbol, and keep what it stands for."""
        self.quantities[identifier] = Quantity(identifier, role, **place)  # type: ignore[arg-type]
        return Symbol(identifier)

    def node(
        self,
        symbol: Symbol,
        kind: NodeKind,
        expression: Expr,
        derivatives: Derivatives,
        reasons: Mapping[Symbol, tuple[Rule, ...]] = MappingProxyType({}),
    ) -> None:
        """Add a node behind those that there are."""
        found = () if kind is NodeKind.LINEAR else switches(expression)
        self.nodes[symbol] = Node(symbol, kind, expression, derivatives, found, reasons)


class _Layers(NetworkBuilder):
    """Lays the layers of a description."""

    def __init__(self, description: Description) -> None:
        super().__init__()
        self.description = description
        self.custom: dict[tuple[str, str], Activation] = {}
        self.letters = {*letters_of(description.profile), *description.strength_names}

    def activation(self, layer: Layer) -> Activation:
        """Return what a layer's activation is; the same expression is the same function everywhere."""
        if layer.formula is None:
            return ACTIVATIONS[layer.activation]
        own = layer.activation, layer.title
        if own not in self.custom:
            name = function_name(layer.title, self.letters)
            self.letters.add(name)
            self.custom[own] = custom_activation(name, layer.title, layer.formula)
        return self.custom[own]

    def shared(self, number: int, layer: Layer, sources: int) -> _Shared:
        """Return the parameters of a layer with so many sources."""
        activation = self.activation(layer)
        learned = {
            name: self.symbol(f"{name}{number}", Role.SLOPE_PARAMETER, layer=number) for name in activation.learned
        }
        options = {option.name: option_as_number(option, layer.options[option.name]) for option in activation.options}
        weights = tuple(
            tuple(
                self.symbol(
                    f"w{number}_{unit}_{source}{suffix}",
                    Role.WEIGHT,
                    layer=number,
                    unit=unit,
                    source=source,
                    piece=piece,
                )
                for source in range(1, sources + 1)
            )
            for unit, suffix, piece in _places(layer)
        )
        biases = tuple(self.biases(number, layer))
        return _Shared(number, activation, options | learned, weights, biases, tuple(learned.values()))

    def biases(self, number: int, layer: Layer) -> Iterator[Symbol]:
        if layer.bias == "shared":
            yield self.symbol(f"b{number}", Role.SHARED_BIAS, layer=number)
        elif layer.bias:
            for unit, suffix, piece in _places(layer):
                yield self.symbol(f"b{number}_{unit}{suffix}", Role.BIAS, layer=number, unit=unit, piece=piece)

    def layer(self, layer: Layer, shared: _Shared, sources: tuple[Symbol, ...], branch: str, role: Role) -> LayerNodes:
        """Return one use of a layer, its nodes added."""
        number, mark = shared.number, branch.removeprefix(".") or None
        sums = []
        for index, (unit, suffix, piece) in enumerate(_places(layer)):
            place = {"layer": number, "unit": unit, "piece": ",".join(filter(None, (piece, mark))) or None}
            total = self.symbol(f"z{number}_{unit}{suffix}{branch}", Role.PRE_ACTIVATION, **place)
            bias = shared.biases[min(index, len(shared.biases) - 1)] if shared.biases else None
            self.weighted_sum(total, shared.weights[index], sources, bias)
            sums.append(total)
        bare = role is Role.OUTPUT and layer.units == 1
        values = tuple(
            self.symbol(
                f"a{number}_{unit}{branch}",
                role,
                layer=number,
                unit=None if bare else unit,
                activation=shared.activation.name,
                piece=mark,
            )
            for unit in range(1, layer.units + 1)
        )
        nodes = LayerNodes(*shared[1:], tuple(sums), values)
        self.activate(nodes)
        return nodes._replace(dropped=tuple(self.dropped(number, layer, values, branch)))

    def weighted_sum(
        self, total: Symbol, weights: tuple[Symbol, ...], sources: tuple[Symbol, ...], bias: Symbol | None
    ) -> None:
        terms = [Chain(weight, source) for weight, source in zip(weights, sources, strict=True)]
        derivatives: dict[Symbol, tuple[Expr, ...]] = {}
        for weight, source in zip(weights, sources, strict=True):
            derivatives[weight], derivatives[source] = (source,), (weight,)
        if bias is not None:
            terms.append(bias)
            derivatives[bias] = (S.One,)
        self.node(total, NodeKind.LINEAR, PathSum(*terms), derivatives)

    def activate(self, layer: LayerNodes) -> None:
        """Add the activations of a layer."""
        entry, o = layer.activation, layer.options
        for unit, value in enumerate(layer.activations):
            z = layer.read_by(unit)
            # Where a unit reads its layer it is one among the others; else what it reads is all its own.
            k, a = (unit, layer.activations) if entry.couples else (0, (value,))
            derivatives = {parent: entry.derivative(z, a, k, j, o) for j, parent in enumerate(z)}
            derivatives |= {o[name]: (derivative(z[k], o),) for name, derivative in entry.learned.items()}
            self.node(value, NodeKind.ACTIVATION, entry.value(z, k, o), derivatives)

    def dropped(self, number: int, layer: Layer, values: tuple[Symbol, ...], branch: str) -> Iterator[Symbol]:
        """Yield the activations after dropout, their nodes added."""
        if layer.dropout is None:
            return
        scale = Rational(layer.dropout.keep.denominator, layer.dropout.keep.numerator)
        for unit, (value, kept) in enumerate(zip(values, layer.dropout.mask, strict=True), 1):
            mark = branch.removeprefix(".") or None
            symbol = self.symbol(f"d{number}_{unit}{branch}", Role.DROPPED, layer=number, unit=unit, piece=mark)
            factor = scale if kept else S.Zero
            self.node(symbol, NodeKind.DROPOUT, Chain(factor, value) if kept else S.Zero, {value: (factor,)})
            yield symbol

    def named(self, prefix: str, role: Role, units: int, layer: int, branch: str = "") -> tuple[Symbol, ...]:
        """Return one symbol a unit; a lone input or target carries no index."""
        mark = branch.removeprefix(".") or None
        return tuple(
            self.symbol(f"{prefix}{unit}{branch}", role, layer=layer, unit=None if units == 1 else unit, piece=mark)
            for unit in range(1, units + 1)
        )

    def loss(
        self, entry: CatalogLoss, o: Mapping[str, Expr], symbol: Symbol, a: tuple[Symbol, ...], y: tuple[Symbol, ...]
    ) -> None:
        """Add the loss, and what stands between it and the outputs."""
        for piece in entry.pieces(a, y, o):
            self.quantities[piece.symbol.name] = Quantity(piece.symbol.name, piece.role, unit=piece.unit)
            self.node(piece.symbol, NodeKind.LOSS, piece.expression, piece.derivatives)
        direct = {value: entry.derivative(a, y, k, o) for k, value in enumerate(a)}
        derivatives = {value: forms for value, forms in direct.items() if forms}
        self.node(symbol, NodeKind.LOSS, entry.value(a, y, o), derivatives | dict(entry.piece_derivatives(a, y, o)))


def _places(layer: Layer) -> Iterator[tuple[int, str, str | None]]:
    """Yield the 1-based unit, the suffix of ids and the piece of each pre-activation of a layer."""
    pieces = layer.options.get("pieces")
    for unit in range(1, layer.units + 1):
        if pieces is None:
            yield unit, "", None
        else:
            yield from ((unit, f".{piece}", str(piece)) for piece in range(1, int(pieces) + 1))


def loss_options(choice: OneLoss) -> dict[str, Expr]:
    """Return the options of a loss by name, as expressions; those of classes with the numbers of these."""
    found: dict[str, Expr] = {}
    for name, value in choice.options.items():
        if isinstance(value, tuple):
            each = enumerate(value, 1)
            found |= {f"{name}_{number}": Rational(*one.as_integer_ratio()) for number, one in each}
        else:
            found[name] = _BASES[value] if isinstance(value, str) else Rational(*value.as_integer_ratio())
    return found


_BASES = {"e": S.Exp1, "2": Integer(2), "10": Integer(10)}


def input_names(description: Description) -> tuple[str, ...]:
    """Return the names that a description gives its inputs; none where they are numbered."""
    return description.inputs.names if isinstance(description.inputs, InputSize) else ()


def build_network(description: Description, choice: Loss, loss_id: str = "L") -> Network:
    """Return the graph of ``description`` with the loss ``choice`` as its last node, called ``loss_id``."""
    builder = _Layers(description)
    units = [description.inputs, *(layer.units for layer in description.layers)]
    entry, options = loss_entry(choice), loss_options(choice)
    inputs: list[Symbol] = []
    shared: list[_Shared] = []
    branches: list[tuple[LayerNodes, ...]] = []
    for branch in entry.branches:
        sources = builder.named("x", Role.INPUT, description.inputs, 0, branch)
        inputs += sources
        for symbol, name in zip(sources, input_names(description), strict=False):
            builder.quantities[symbol.name] = builder.quantities[symbol.name]._replace(called=name)
        layers: list[LayerNodes] = []
        for number, layer in enumerate(description.layers, 1):
            if len(shared) < number:
                shared.append(builder.shared(number, layer, units[number - 1]))
            last = number == len(description.layers) and entry.targets != "none"
            role = Role.OUTPUT if last else Role.ACTIVATION
            layers.append(builder.layer(layer, shared[number - 1], sources, branch, role))
            sources = layers[-1].outputs
        branches.append(tuple(layers))
    outputs = tuple(symbol for layers in branches for symbol in layers[-1].outputs)
    targets = () if entry.targets == "none" else builder.named("y", Role.TARGET, units[-1], len(units) - 1)
    loss = builder.symbol(loss_id, Role.LOSS if loss_id == "L" else Role.SAMPLE_LOSS)
    coupled = {"coupled": S.One} if branches[0][-1].activation.couples else {}
    weight = (builder.symbol(SAMPLE_WEIGHT, Role.SAMPLE_WEIGHT),) if description.weighs_samples else ()
    builder.loss(weighted_loss(entry, *weight) if weight else entry, {**options, **coupled}, loss, outputs, targets)
    return Network(
        inputs=tuple(inputs),
        targets=targets,
        parameters=tuple(parameter for layer in branches[0] for parameter in layer.parameters),
        branches=tuple(branches),
        nodes=builder.nodes,
        loss=loss,
        quantities=builder.quantities,
        loss_name=choice.called,
        loss_title=choice.name or "",
        loss_kind=kind_of(choice),
        loss_options=unusual_options(entry, choice),
        targets_sum_to_one=entry.normalized and targets_sum_to_one(description),
        target_kind=entry.targets,
        sample_weight=weight,
        counted=counted_in_mean(entry, options, [targets], weight),
        wanted_inputs=tuple(inputs) if description.input_gradients else (),
    )


def loss_entry(choice: Loss) -> CatalogLoss:
    """Return a loss as the catalog has it, made of an expression, or the sum of several."""
    if choice.total is not None:
        return total_loss(
            [
                LossHead(
                    LOSSES[head.kind],
                    loss_options(head),
                    tuple(number - 1 for number in head.outputs),
                    Rational(*head.weight.as_integer_ratio()),
                )
                for head in choice.total
            ]
        )
    own = choice.formula
    return LOSSES[choice.kind] if own is None else custom_loss(choice.called, own)


def kind_of(choice: Loss) -> str:
    """Return the name that gives a loss its title; empty for one that has a title of its own."""
    return "" if choice.name is not None or choice.formula is not None else choice.kind


def unusual_options(entry: CatalogLoss, choice: Loss) -> tuple[tuple[str, str], ...]:
    """Return the options of a loss that are not the usual ones, each with its value."""
    usual = {option.name: option.default for option in entry.options}
    return tuple((name, _shown(value)) for name, value in choice.options.items() if value != usual[name])


def _shown(value: OptionChoice) -> str:
    """Return an option as text: several numbers as a list."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def targets_sum_to_one(description: Description) -> bool:
    """Return whether every given sample's targets sum to 1; without data they are taken to.

    Args:
        description: What says how many there are, and gives them.
    """
    return description.data is None or all(sum(row) == 1 for row in description.data.targets)


# A computation graph, given node by node, as a network.


def build_graph(description: GraphDescription) -> Network:
    """Return the graph of ``description``; what its output does not depend on comes after the output."""
    graph, arrays = description.graph, description.arrays
    builder = NetworkBuilder()
    inputs = tuple(builder.symbol(name, Role.GRAPH) for name in graph.ids(graph.inputs))
    nodes = _graph_nodes(description) if arrays is None else Scalars(arrays).nodes()
    for symbol, formula, found in nodes:
        builder.symbol(symbol.name, Role.GRAPH)
        graph_node(builder, symbol, formula, found)
    chosen = frozenset(description.parameter_names)
    return Network(
        inputs=tuple(symbol for symbol in inputs if symbol.name not in chosen),
        targets=(),
        parameters=tuple(symbol for symbol in inputs if symbol.name in chosen),
        branches=(),
        nodes=builder.nodes,
        loss=Symbol(graph.output),
        quantities=builder.quantities,
        loss_name=graph.output,
        loss_title=graph.output,
        wanted_inputs=tuple(symbol for symbol in inputs if symbol.name not in chosen),
        wholes=_wholes(description, chosen) if arrays is None else _wholes_of_arrays(description, arrays, chosen),
        arrays=arrays,
    )


def graph_node(builder: NetworkBuilder, symbol: Symbol, formula: Expr, local: Local) -> None:
    """Add a node of a graph with its local derivatives."""
    derivatives = {parent: tuple(form for form, _rule in forms) for parent, forms in local.items()}
    reasons = {parent: tuple(rule for _form, rule in forms) for parent, forms in local.items()}
    # What is made of others without a derivative counts as a constant.
    kind = NodeKind.GRAPH if derivatives or not formula.free_symbols else NodeKind.DETACHED
    builder.node(symbol, kind, formula, derivatives, reasons)


def _graph_nodes(description: GraphDescription) -> Iterator[tuple[Symbol, Expr, Local]]:
    """Yield every node of a graph of numbers, with its expression and its local derivatives."""
    graph = description.graph
    formulas = graph.formulas
    shortener = Shortener({Symbol(name): formula for name, formula in formulas.items()}, local=True)
    for name in sorted(formulas, key=lambda name: name not in graph.needed):
        symbol, formula = Symbol(name), formulas[name]
        parents = dict.fromkeys(part for part in preorder_traversal(formula) if part.is_Symbol)
        yield symbol, formula, {parent: lines(formula, parent, symbol, shortener) for parent in parents}


def _wholes_of_arrays(
    description: GraphDescription, arrays: ArrayGraph, trained: frozenset[str]
) -> tuple[tuple[Symbol, ...], ...]:
    """Return the rows of arrays that weigh logarithms, where the given numbers of each of them sum to 1."""
    at = description.inputs_at
    if at is None:
        return ()
    weights = {name for tree in arrays.nodes.values() for name in weights_of_logarithms(tree)}
    found: list[tuple[Symbol, ...]] = []
    for name in arrays.inputs:
        rows, entries = arrays.rows(name), arrays.ids(name)
        numbers = [[at[one] for one in row] for row in rows]
        if name in weights and trained.isdisjoint(entries) and len(rows[0]) > 1 and _are_distributions(numbers):
            found += (tuple(map(Symbol, row)) for row in rows)
    return tuple(found)


def _are_distributions(rows: Iterable[Sequence[Fraction]]) -> bool:
    return all(sum(row) == 1 and min(row) >= 0 for row in rows)


def _wholes(description: GraphDescription, trained: Collection[str]) -> tuple[tuple[Symbol, ...], ...]:
    """Return the sets of inputs that are targets of a cross-entropy and whose given numbers sum to 1."""
    at = description.inputs_at
    if at is None:
        return ()
    inputs = [Symbol(name) for name in description.graph.inputs if name not in trained]
    found = distributions(description.graph.formulas.values(), inputs)
    return tuple(
        whole
        for whole in found
        if sum(at[symbol.name] for symbol in whole) == 1 and min(at[symbol.name] for symbol in whole) >= 0
    )
