"""Layers one upon the other, as a graph of arrays."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import NamedTuple

from sympy.core.expr import Expr

from symnet.arrays.build import add, divide, multiply, total
from symnet.arrays.graph import ArrayGraph, array_graph, work
from symnet.arrays.tree import (
    ArrayTree,
    AxisRange,
    Reduction,
    ShapeMismatchError,
    made,
    names_in,
    shown_shape,
)
from symnet.arrays.unroll import TimeAxis, Unrolled
from symnet.catalog.losses import SAMPLE_WEIGHT, CatalogLoss, counted_in_mean
from symnet.description.array_layers import ArrayLayer
from symnet.description.fields import near_miss
from symnet.description.lowering.builder import STEP_MARK, ArrayBuilder, LayerError, ParameterArray, Signal
from symnet.description.lowering.kinds import KINDS, PASSED, LayerKind
from symnet.description.lowering.loss import loss_tree
from symnet.description.lowering.normalization import normalized
from symnet.description.lowering.placed import Placed, Weighing, dropped
from symnet.description.sizes import InputSize
from symnet.description.source import Flaw, KeyPath, printable
from symnet.limits import MOST_ARRAY_WORK, MOST_SCALARS
from symnet.quantity import Quantity, Role

INPUTS = "inputs"
"""What the inputs are called among the names of layers."""


class Lowered(NamedTuple):
    """Layers as arrays, without a loss.

    Attributes:
        builder: The arrays.
        outputs: What the last layer makes, once for each use of the network.
        sizes: How many numbers each layer hands on.
        flaws: Everything that is wrong with the layers; what follows a wrong one is not looked at.
        at_end: Whether a sequence has a target at its last step alone.
    """

    builder: ArrayBuilder
    outputs: tuple[Signal, ...]
    sizes: tuple[int, ...]
    flaws: tuple[Flaw, ...]
    at_end: bool = False

    @property
    def parameters(self) -> tuple[ParameterArray, ...]:
        """The parameters, layer by layer."""
        return tuple(self.builder.parameters.values())


class LoweredNetwork(NamedTuple):
    """A network as a graph of arrays.

    Attributes:
        graph: The arrays.
        quantities: What each scalar is.
        inputs: The ids of the inputs, those of all samples where they are in one graph.
        targets: Likewise.
        weights: Likewise the weights of samples.
        parameters: The parameters, layer by layer.
    """

    graph: ArrayGraph
    quantities: Mapping[str, Quantity]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    weights: tuple[str, ...]
    parameters: tuple[ParameterArray, ...]


def lower(
    inputs: InputSize,
    layers: Sequence[ArrayLayer],
    *,
    samples: int | None = None,
    branches: Sequence[str] = ("",),
    rows: Sequence[Sequence[Fraction]] = (),
    absent: Container[str] = (),
) -> Lowered:
    """Return layers as arrays.

    Args:
        inputs: How many inputs a sample has, in which shape.
        layers: The layers.
        samples: How many samples there are in one graph; None where each has its own.
        branches: The marks of the uses of the network, if one sample goes through it more than once.
        rows: The inputs of each sample, where they number the entries of an embedding.
        absent: The ids of weights that do not exist.
    """
    builder = ArrayBuilder(samples, rows, absent)
    outputs: list[Signal] = []
    sizes: list[int] = []
    for branch in branches:
        builder.branch = branch
        x = builder.values("x", inputs.shape, Role.INPUT, called=inputs.names)
        stack = _Stack(builder, Signal(x, inputs.space), layers, inputs.names)
        for place in range(len(layers)):
            try:
                stack.lay(place)
            except LayerError as error:
                flaw = Flaw(("layers", place, *error.path), error.found, error.allowed, error.hint)
                return Lowered(builder, (), (), (flaw,))
            except ShapeMismatchError as error:
                key = next((key for key in KINDS if key in layers[place].model_fields_set), None)
                path = ("layers", place) if key is None else ("layers", place, key)
                return Lowered(builder, (), (), (Flaw(path, error.found, error.allowed, error.hint),))
        outputs.append(stack.last)
        sizes = stack.sizes
    return Lowered(builder, tuple(outputs), tuple(sizes), tuple(_too_much(builder)))


class _Stack:
    """Lays layers one upon the other.

    Args:
        builder: What they are added to.
        first: The inputs.
        layers: The layers.
        names: The names of the inputs, if they have any.
    """

    def __init__(
        self, builder: ArrayBuilder, first: Signal, layers: Sequence[ArrayLayer], names: Sequence[str] = ()
    ) -> None:
        self.builder = builder
        self.layers = layers
        self.known: dict[str, Signal] = {INPUTS: first}
        self.known |= {name: Signal(_columns(first.tree, place, place + 1)) for place, name in enumerate(names)}
        self.weights: dict[str, Weighing] = {}
        self.last = first
        self.sizes: list[int] = []

    def lay(self, place: int) -> None:
        """Add a layer.

        Raises:
            LayerError: If it does not fit what feeds it.
        """
        layer = self.layers[place]
        placed = Placed(place + 1, layer, self.weights, self.heard(layer))
        placed.check()
        fed = self.fed(layer)
        kind = _kind(layer)
        # A cell tells by itself that it has activations of its own.
        if placed.pieces and kind is not KINDS["cell"]:
            self.last, weights = self.in_pieces(placed, kind, fed), None
        else:
            made_of_it, weights = kind.lower(self.builder, placed, fed)
            self.last = self.valued(placed, kind, made_of_it)
        self.sizes.append(prod(self.last.tree.shape[len(self.builder.batch) :]))
        if layer.name is not None:
            if layer.name in self.known:
                hint = "Names tell layers apart." if layer.name != INPUTS else "It stands for the inputs."
                raise LayerError(("name",), f'"{printable(layer.name)}" again', "a name for each layer", hint)
            self.known[layer.name] = self.last
            if weights is not None:
                self.weights[layer.name] = weights

    def heard(self, layer: ArrayLayer) -> Signal | None:
        """Return what an attention to another sequence takes its keys and values from."""
        if layer.attention is None or layer.attention.fed_by is None:
            return None
        return self.named(("attention", "from"), layer.attention.fed_by)

    def fed(self, layer: ArrayLayer) -> Signal:
        """Return what feeds a layer: the layer before, others side by side, or their sum."""
        if layer.fed_by and layer.add:
            raise LayerError(("add",), "from and add", "one of the two", "A sum may be a layer of its own.")
        if layer.add:
            return self.summed([self.named(("add", place), name) for place, name in enumerate(layer.add)])
        if layer.fed_by:
            return self.beside([self.named(("from", place), name) for place, name in enumerate(layer.fed_by)])
        return self.last

    def named(self, path: KeyPath, name: str) -> Signal:
        """Return what an earlier layer hands on."""
        if name not in self.known:
            later = any(layer.name == name for layer in self.layers)
            hint = (
                "It comes later: what feeds a layer stands before it." if later else near_miss(name, tuple(self.known))
            )
            raise LayerError(path, f'"{printable(name)}"', f"one of {', '.join(self.known)}", hint)
        return self.known[name]

    def summed(self, of: Sequence[Signal]) -> Signal:
        """Return a sum of equal shapes."""
        for place, other in enumerate(of):
            if other.tree.shape != of[0].tree.shape:
                found = f"the shapes {self.shown(of[0])} and {self.shown(other)}"
                raise LayerError(("add", place), found, "layers of one shape")
        return Signal(add(*(one.tree for one in of)), of[0].space)

    def beside(self, of: Sequence[Signal]) -> Signal:
        """Return several rows of numbers as one; feature maps are put one behind the other."""
        run = _run(of)
        if run is not None:
            return Signal(run)
        axis = len(of[0].tree.shape) - 1 - of[0].space
        if any(one.space != of[0].space for one in of):
            hint = "Flatten the feature maps first."
            raise LayerError(("from",), "a row of numbers beside feature maps", "layers of one sort", hint)
        return of[0] if len(of) == 1 else Signal(made("concat", *(one.tree for one in of), option=axis), of[0].space)

    def shown(self, signal: Signal) -> str:
        return shown_shape(signal.tree.shape[len(self.builder.batch) :])

    def valued(self, placed: Placed, kind: LayerKind, made_of_it: Signal) -> Signal:
        """Return what a layer hands on: its sums, activated, or its values."""
        builder, layer, number = self.builder, placed.layer, placed.number
        counted = made_of_it.counted
        summed = kind.sums and (layer.applies or kind is not PASSED)
        tree = self.summed_up(placed, kind, made_of_it) if summed or layer.normalization else made_of_it.tree
        if layer.applies:
            tree = placed.activated(builder, tree)
        if layer.applies or not (summed or layer.normalization is not None):
            last = placed.number == len(self.layers)
            # What a step hands on to the next is an activation, also where it is what comes out.
            role = Role.OUTPUT if last and not kind.of_units else Role.ACTIVATION
            tree = builder.node("a", number, tree, role, counted=counted, activation=layer.activations[0])
        return self.kept(placed, made_of_it._replace(tree=tree))

    def kept(self, placed: Placed, activated: Signal) -> Signal:
        """Return what a layer hands on after dropout."""
        dropout = placed.layer.dropout
        if dropout is None:
            return activated
        tree = dropped(dropout, activated.tree)
        return activated._replace(tree=self.builder.node("d", placed.number, tree, Role.DROPPED))

    def summed_up(self, placed: Placed, kind: LayerKind, made_of_it: Signal) -> ArrayTree:
        """Return the sums of a layer under their name, normalized where that is stated."""
        tree, counted, number = made_of_it.tree, made_of_it.counted, placed.number
        if placed.layer.normalization is not None:
            named = kind is not PASSED
            before = self.builder.node("s", number, tree, counted=counted) if named else tree
            tree = normalized(self.builder, placed, made_of_it._replace(tree=before))
        return self.builder.node("z", number, tree, Role.PRE_ACTIVATION, counted=counted)

    def in_pieces(self, placed: Placed, kind: LayerKind, fed: Signal) -> Signal:
        """Return what a layer hands on whose units have several sums each, with weights for each piece.

        Raises:
            LayerError: If the layer has no weights of its own to have several times.
        """
        layer, builder, number = placed.layer, self.builder, placed.number
        (name,) = layer.activations
        if kind not in _IN_PIECES:
            hint = "Its units take the largest of several sums, each with weights of its own."
            allowed = f"{name} on a dense, convolutional or recurrent layer"
            raise LayerError(("activation",), f"{name} on a layer of another kind", allowed, hint)
        if layer.tied is not None:
            raise LayerError(("tied",), f"tied weights under {name}", "weights of its own for each piece")
        signals = []
        for piece in range(1, placed.pieces + 1):
            builder.piece = piece
            made_of_it, _weights = kind.lower(builder, placed, fed)
            signals.append(made_of_it._replace(tree=self.summed_up(placed, kind, made_of_it)))
        builder.piece = None
        tree = placed.largest([one.tree for one in signals])
        role = Role.OUTPUT if number == len(self.layers) and not kind.of_units else Role.ACTIVATION
        first = signals[0]
        return self.kept(
            placed, first._replace(tree=builder.node("a", number, tree, role, counted=first.counted, activation=name))
        )


_IN_PIECES = (KINDS["units"], KINDS["convolution"], KINDS["recurrent"])
"""The kinds of layers whose units may have several weighted sums."""


def _columns(of: ArrayTree, start: int, stop: int) -> ArrayTree:
    """Return some of the numbers of each row."""
    if (start, stop) == (0, of.shape[-1]):
        return of
    return made("slice", of, option=(*(AxisRange(0, length) for length in of.shape[:-1]), AxisRange(start, stop)))


def _run(of: Sequence[Signal]) -> ArrayTree | None:
    """Return inputs that stand side by side as what they are, one part of all inputs; None if they are none."""
    trees = [one.tree for one in of]
    if len(trees) < 2 or any(tree.kind != "slice" or tree.of != trees[0].of for tree in trees):
        return None
    spans = [tree.option[-1] for tree in trees]
    if any(before.stop != after.start for before, after in pairwise(spans)):
        return None
    return _columns(trees[0].of[0], spans[0].start, spans[-1].stop)


def _kind(layer: ArrayLayer) -> LayerKind:
    """Return of which kind a layer is."""
    found = [key for key in KINDS if key in layer.model_fields_set and getattr(layer, key)]
    if len(found) > 1 and found[0] == "units" and KINDS[found[1]].of_units:
        del found[0]
    elif found and KINDS[found[0]].of_units:
        raise LayerError(("units",), "nothing", "a number of units, as in units: 2")
    if len(found) > 1:
        raise LayerError((found[1],), f"{found[0]} and {found[1]}", "one kind a layer", "Make two layers of it.")
    return KINDS[found[0]] if found else PASSED


def _too_much(builder: ArrayBuilder) -> Iterator[Flaw]:
    """Yield the flaw of layers that take too many numbers, or too much work."""
    count = sum(map(prod, builder.inputs.values())) + sum(tree.size for tree in builder.nodes.values())
    if count > MOST_SCALARS:
        allowed = f"at most {MOST_SCALARS:,} numbers in all inputs, parameters and nodes together"
        yield Flaw(("layers",), f"layers of {count:,} numbers", allowed)
        return
    effort = sum(map(work, builder.nodes.values()))
    if effort > MOST_ARRAY_WORK:
        allowed = f"at most {MOST_ARRAY_WORK:,} operands of all numbers together, such as factors of a product"
        yield Flaw(("layers",), f"layers of {effort:,} operands", allowed)


def with_loss(
    lowered: Lowered,
    entry: CatalogLoss,
    options: Mapping[str, Expr],
    loss_id: str,
    *,
    reduction: str,
    targets: int,
    weighted: bool = False,
) -> LoweredNetwork:
    """Return layers with a loss upon them, as one graph.

    Args:
        lowered: The layers.
        entry: The loss.
        options: Its options.
        loss_id: The id of the loss of a sample, or of all of them where they are in one graph.
        reduction: How the losses of samples that are in one graph become one.
        targets: How many targets a sample has.
        weighted: Whether the loss of a sample is multiplied by a weight.
    """
    builder = lowered.builder
    builder.branch = ""
    outputs = [one.tree for one in lowered.outputs]
    weight = builder.values(SAMPLE_WEIGHT, (), Role.SAMPLE_WEIGHT) if weighted else None
    if builder.times:
        return over_steps(lowered, entry, options, loss_id, weight)
    y = None
    if entry.targets != "none" and targets:
        own = outputs[0].shape[len(builder.batch) :]
        y = builder.values("y", own if prod(own) == targets else (targets,), Role.TARGET)
    tree = loss_tree(builder, entry, options, outputs, y)
    if weight is not None:
        tree = multiply(weight, tree)
    if builder.samples is not None:
        each = builder.node("l", None, tree)
        tree = made("mean", each, option=Reduction((0,))) if reduction == "mean" else total(each, (0,))
        if reduction == "weighted_mean":
            counted = (weight, _counted(builder, entry, options, outputs, y))
            tree = divide(tree, total(multiply(*(one for one in counted if one is not None)), (0,)))
    return _finished(lowered, tree, loss_id, () if y is None else (y.option,))


def _counted(
    builder: ArrayBuilder,
    entry: CatalogLoss,
    options: Mapping[str, Expr],
    outputs: Sequence[ArrayTree],
    targets: ArrayTree | None,
) -> ArrayTree | None:
    """Return what each of the samples that are in one graph counts by its class; None where classes have no weights."""
    if counted_in_mean(entry, options, []) == 1:
        return None
    by_class = CatalogLoss(entry.name, lambda _a, y, o: counted_in_mean(entry, o, [y]), lambda _a, _y, _k, _o: ())
    return loss_tree(builder, by_class, options, outputs, targets)


def over_steps(
    lowered: Lowered, entry: CatalogLoss, options: Mapping[str, Expr], loss_id: str, weight: ArrayTree | None = None
) -> LoweredNetwork:
    """Return layers over steps of time with a loss upon them: the sum over all steps, or that of the last one.

    Args:
        lowered: The layers.
        entry: The loss.
        options: Its options.
        loss_id: Its id.
        weight: What multiplies the loss of a sequence, if anything does.
    """
    builder, outputs = lowered.builder, [one.tree for one in lowered.outputs]
    targets, losses = [], []
    steps = tuple(enumerate(outputs, 1))
    for step, output in steps[-1:] if lowered.at_end else steps:
        builder.branch = f"{STEP_MARK}{step}"
        target = builder.values("y", output.shape, Role.TARGET)
        targets.append(target.option)
        tree = loss_tree(builder, entry, options, [output], target)
        losses.append(tree if lowered.at_end else builder.node("l", None, tree))
    builder.branch = ""
    tree = losses[0] if lowered.at_end else total(made("stack", *losses), (0,))
    return _finished(lowered, tree if weight is None else multiply(weight, tree), loss_id, tuple(targets))


def _needed(nodes: Mapping[str, ArrayTree]) -> dict[str, ArrayTree]:
    """Return the nodes on which the loss depends."""
    found: set[str] = set()
    for name in reversed(tuple(nodes)):
        if name == "L" or name in found:
            found |= {name, *names_in(nodes[name])}
    return {name: tree for name, tree in nodes.items() if name in found}


def _finished(lowered: Lowered, tree: ArrayTree, loss_id: str, targets: tuple[str, ...]) -> LoweredNetwork:
    """Return the graph with its loss.

    Args:
        lowered: The layers.
        tree: The loss.
        loss_id: Its id.
        targets: The names of the arrays of targets.
    """
    builder = lowered.builder
    weights = [name for name in builder.inputs if name == SAMPLE_WEIGHT]
    apart = {*builder.parameters, *targets, *weights}
    inputs = [name for name in builder.inputs if name not in apart]
    builder.nodes["L"] = tree
    builder.scalars["L"] = (loss_id,)
    builder.quantities[loss_id] = Quantity(loss_id, Role.LOSS if loss_id == "L" else Role.SAMPLE_LOSS)
    time = None
    if builder.times:
        # Where only the last step has a target, nothing is asked of what comes out at the others.
        builder.nodes = _needed(builder.nodes)
        time = Unrolled(TimeAxis("t", len(lowered.outputs)), builder.times)
    used = {name for tree in builder.nodes.values() for name in names_in(tree)}
    shapes = {name: shape for name, shape in builder.inputs.items() if name in used}
    graph = array_graph(shapes, builder.nodes, "L", (*shapes, *builder.nodes), scalars=builder.scalars, time=time)
    between = {one: Quantity(one, Role.GRAPH) for name in graph.between for one in graph.ids(name)}
    return LoweredNetwork(
        graph,
        {**builder.quantities, **between},
        tuple(one for name in inputs if name in used for one in builder.scalars[name]),
        tuple(one for name in targets for one in builder.scalars[name]),
        tuple(one for name in weights for one in builder.scalars[name]),
        lowered.parameters,
    )
