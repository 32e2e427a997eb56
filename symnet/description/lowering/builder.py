"""What kinds of layers add to a graph of arrays: nodes and parameters, each with the ids of its scalars."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Literal, NamedTuple, TypeAlias

from symnet.arrays.tree import ArrayTree, Shape, leaf, made
from symnet.arrays.unroll import NodeAtTime, instance_name
from symnet.description.source import KeyPath
from symnet.errors import MisfitError
from symnet.limits import MOST_SCALARS
from symnet.quantity import Quantity, Role

GroupName: TypeAlias = Literal["weights", "biases", "learned"]
"""Which parameters of a layer are one thing: its weights, its biases, or all others."""


STEP_MARK = "#"
"""What stands before the number of a step of time in an id."""


class LayerError(MisfitError):
    """A layer that does not fit what feeds it, or that cannot be what it says.

    Attributes:
        path: Where in the layer that is.
    """

    def __init__(self, path: KeyPath, found: str, allowed: str, hint: str = "") -> None:
        super().__init__(found, allowed, hint)
        self.path = path


class Signal(NamedTuple):
    """What one layer hands on to another.

    Attributes:
        tree: The array: of one sample, or of all samples with an axis for them in front.
        space: How many of its last axes are the height and the width of an image, with the channels before them; 0 for
            vectors, be it one or one for each place of a sequence.
        counted: The lengths by which its scalars are counted in a sample, if not those of its axes: one filter counts.
    """

    tree: ArrayTree
    space: int = 0
    counted: Shape | None = None


class ParameterArray(NamedTuple):
    """The parameters of a layer that are one array.

    Attributes:
        name: The name of the array.
        layer: The number of the layer.
        group: Which parameters they are: ``weights``, ``biases``, or ``learned`` for all others.
        path: Where its numbers stand within the parameters of the layer.
        shapes: The shapes in which its numbers may be given, the usual one first.
        ids: The ids of its scalars, row by row.
        frozen: Whether they stay as they are.
    """

    name: str
    layer: int
    group: GroupName
    path: tuple[str | int, ...]
    shapes: tuple[Shape, ...]
    ids: tuple[str, ...]
    frozen: bool


class ArrayBuilder:
    """Collects the arrays of layers.

    Args:
        samples: How many samples there are in one graph, which depend on one another; None where each has its own.
        rows: The numbers of the inputs of each sample, where they number the entries of an embedding.
        absent: The ids of weights that do not exist.

    Attributes:
        branch: The mark of the use of the network that is laid.
        piece: The 1-based piece of the maxout units that are laid; None where units have none.
    """

    def __init__(
        self, samples: int | None = None, rows: Sequence[Sequence[Fraction]] = (), absent: Container[str] = ()
    ) -> None:
        self.samples = samples
        self.absent = absent
        self.rows = rows
        self.branch = ""
        self.piece: int | None = None
        self.inputs: dict[str, Shape] = {}
        self.nodes: dict[str, ArrayTree] = {}
        self.scalars: dict[str, tuple[str, ...]] = {}
        self.quantities: dict[str, Quantity] = {}
        self.parameters: dict[str, ParameterArray] = {}
        self.times: dict[str, NodeAtTime] = {}

    @property
    def step(self) -> int | None:
        """The step of time at which the network is used; None outside time."""
        return int(self.branch.removeprefix(STEP_MARK)) if self.branch.startswith(STEP_MARK) else None

    @property
    def batch(self) -> tuple[int, ...]:
        """The axis for the samples in front, if there is one."""
        return () if self.samples is None else (self.samples,)

    def places(self, count: int, most: int) -> tuple[int, ...]:
        """Return which entries the inputs number, from 0; those that are no entries, or not known, are the first."""
        found = [int(value) - 1 if value.denominator == 1 else 0 for row in self.rows for value in row]
        return tuple(place if 0 <= place < most else 0 for place in found) if len(found) == count else (0,) * count

    def values(self, letter: str, shape: Shape, role: Role, *, called: Sequence[str] = ()) -> ArrayTree:
        """Return a new input of each sample, such as x or y; a letter alone names what is one number.

        Args:
            letter: Its letter.
            shape: Its shape in one sample.
            role: What it is.
            called: The names of its scalars, if they have any.
        """
        ids = [f"{letter}{place}" for place in range(1, prod(shape) + 1)] if shape else [letter]
        layer = 0 if role is Role.INPUT else None
        alone = len(ids) == 1
        name = self.named(letter, (*self.batch, *shape))
        self.inputs[name] = (*self.batch, *shape)
        found = [Quantity(one, role, layer=layer, unit=None if alone else at) for at, one in enumerate(ids, 1)]
        for place, own in enumerate(called):
            found[place] = found[place]._replace(called=own)
        self._enter(name, found)
        return leaf(name, self.inputs[name])

    def parameter(
        self,
        letter: str,
        layer: int,
        shape: Shape,
        path: tuple[str, ...],
        group: GroupName = "weights",
        *,
        role: Role = Role.GRAPH,
        counted: Shape | None = None,
        shapes: Sequence[Shape] = (),
        frozen: bool = False,
        shared: bool = False,
    ) -> ArrayTree:
        """Return an array of parameters, which is made at the first use of its layer.

        Args:
            letter: Its letter.
            layer: The number of its layer.
            shape: Its shape.
            path: Where its numbers stand within the parameters of the layer.
            group: Which parameters they are.
            role: What its scalars are.
            counted: The lengths by which its scalars are counted, if not those of its axes.
            shapes: The shapes in which its numbers may be given, if not in its own.
            frozen: Whether they stay as they are.
            shared: Whether all pieces of a maxout unit have the same.
        """
        piece = None if shared else self.piece
        name = f"{letter.capitalize() if len(counted or shape) > 1 else letter}{layer}{_low(piece)}"
        if name not in self.parameters:
            self._guard(prod(shape), (path[-1],))
            ids = [f"{one}{_behind(piece)}" for one in _ids(f"{letter}{layer}", shape if counted is None else counted)]
            self.inputs[name] = shape
            stated: tuple[str | int, ...] = path if piece is None else ("pieces", piece - 1, *path)
            self.parameters[name] = ParameterArray(
                name, layer, group, stated, tuple(shapes or (shape,)), tuple(ids), frozen
            )
            kept = tuple("" if one in self.absent else one for one in ids)
            self.scalars[name] = kept
            self.parameters[name] = self.parameters[name]._replace(ids=kept)
            for one, index in zip(ids, _places(shape if counted is None else counted), strict=True):
                self.quantities[one] = _placed(one, role, layer, index)._replace(piece=_mark(piece))
        return leaf(name, shape)

    def _guard(self, more: int, path: KeyPath) -> None:
        """Refuse numbers that are too many, before any of them is made."""
        total = more + sum(map(prod, self.inputs.values()))
        if total > MOST_SCALARS:
            allowed = f"at most {MOST_SCALARS:,} in all inputs, parameters and nodes together"
            raise LayerError((), f"{total:,} numbers with the {path[-1]} of this layer", allowed)

    def node(
        self,
        letter: str,
        layer: int | None,
        tree: ArrayTree,
        role: Role = Role.GRAPH,
        *,
        counted: Shape | None = None,
        activation: str | None = None,
        head: str = "",
        small: bool = False,
    ) -> ArrayTree:
        """Return the name of a new node.

        Args:
            letter: Its letter.
            layer: The number of its layer.
            tree: What it is.
            role: What its scalars are.
            counted: The lengths by which its scalars are counted in a sample, if not those of its axes.
            activation: The name of the activation of which they are values.
            head: The mark of the head of an attention.
            small: Whether it has a small letter whatever its shape is.
        """
        base = letter if layer is None else f"{letter}{layer}{head}"
        shape = tree.shape[len(self.batch) :] if counted is None else counted
        name = self.named(f"{base}{_low(self.piece)}", () if small else tree.shape)
        self.nodes[name] = tree
        pairs = zip(_ids(base, shape), _places(shape), strict=True)
        # A lone output has no index.
        alone = role is Role.OUTPUT and prod(shape) == 1
        placed = (_placed(one, role, layer, index, alone=alone) for one, index in pairs)
        found = (one._replace(id=f"{one.id}{_behind(self.piece)}", piece=_mark(self.piece)) for one in placed)
        self._enter(name, [one._replace(activation=activation) for one in found])
        return leaf(name, tree.shape)

    def statistic(self, letter: str, layer: int, tree: ArrayTree, axes: Sequence[int]) -> ArrayTree:
        """Return the name of a new node that a sample has over some axes, which have the length 1."""
        rows = len(self.batch)
        counted = tuple(n for axis, n in enumerate(tree.shape) if axis >= rows and axis not in axes)
        return self.node(letter, layer, tree, counted=counted, small=True)

    def shared_node(self, letter: str, layer: int, tree: ArrayTree, axes: Sequence[int]) -> ArrayTree:
        """Return the name of a new node that all samples share, such as the mean over them."""
        name = f"{letter}{layer}{_low(self.piece)}"
        self.nodes[name] = tree
        ids = _ids(f"{letter}{layer}", tuple(n for axis, n in enumerate(tree.shape) if axis not in axes))
        self.scalars[name] = tuple(f"{one}{_behind(self.piece)}" for one in ids)
        mark = _mark(self.piece)
        self.quantities |= {one: Quantity(one, Role.GRAPH, layer=layer, piece=mark) for one in self.scalars[name]}
        return leaf(name, tree.shape)

    def named(self, base: str, shape: Shape) -> str:
        """Return the name of an array: with a capital if it is a matrix."""
        own = f"{base[0].upper() if len(shape) > 1 else base[0]}{base[1:]}"
        if self.step is None:
            return f"{own}{self.branch.replace('.', '_')}"
        self.times[instance_name(own, self.step)] = NodeAtTime(own, self.step)
        return instance_name(own, self.step)

    # Over steps of time.

    def earlier(self, letter: str, layer: int, shape: Shape) -> ArrayTree:
        """Return a node of a layer as it was at the step before."""
        return leaf(instance_name(f"{letter}{layer}", (self.step or 1) - 1), shape)

    def start(self, letter: str, layer: int, shape: Shape, path: tuple[str, ...]) -> ArrayTree:
        """Return the values with which a layer starts, which are given with its parameters and are none themselves."""
        base = f"{letter}{layer}"
        name = instance_name(base, 0)
        if name not in self.parameters:
            ids = tuple(f"{one}{STEP_MARK}0" for one in _ids(base, shape))
            self.inputs[name] = shape
            self.scalars[name] = ids
            self.times[name] = NodeAtTime(base, 0)
            self.parameters[name] = ParameterArray(name, layer, "learned", path, (shape,), ids, frozen=True)
            self.quantities |= {one: Quantity(one, Role.GRAPH, layer=layer) for one in ids}
        return leaf(name, shape)

    def detached(self, of: ArrayTree) -> ArrayTree:
        """Return a copy of a node at a step that counts as a constant."""
        name = f"{of.option}_detached"
        ids = tuple(f"{one}_detached" for one in self.scalars[of.option])
        self.nodes[name] = made("detach", of)
        self.scalars[name] = ids
        self.times[name] = self.times[of.option]
        self.quantities |= {one: Quantity(one, Role.GRAPH) for one in ids}
        return leaf(name, of.shape)

    def _enter(self, name: str, quantities: Iterable[Quantity]) -> None:
        """Keep the scalars of an array, in each sample its own."""
        step = self.step
        mark = self.branch.removeprefix(".") or None if step is None else str(step)
        found = [
            one._replace(id=f"{one.id}{self.branch}", piece=",".join(filter(None, (one.piece, mark))) or None)
            for one in quantities
        ]
        if self.samples is not None:
            found = [one._replace(id=f"{one.id}@{at}") for at in range(1, self.samples + 1) for one in found]
        self.scalars[name] = tuple(one.id for one in found)
        self.quantities |= {one.id: one for one in found}


def _low(piece: int | None) -> str:
    """Return what stands behind the name of an array of one piece."""
    return "" if piece is None else f"_{piece}"


def _behind(piece: int | None) -> str:
    """Return what stands behind the id of a scalar of one piece."""
    return "" if piece is None else f".{piece}"


def _mark(piece: int | None) -> str | None:
    return None if piece is None else str(piece)


def _places(shape: Shape) -> Iterable[tuple[int, ...]]:
    return product(*(range(1, length + 1) for length in shape))


def _ids(base: str, shape: Shape) -> list[str]:
    return ["_".join((base, *map(str, index))) for index in _places(shape)]


def _placed(identifier: str, role: Role, layer: int | None, index: tuple[int, ...], *, alone: bool = False) -> Quantity:
    """Return what a scalar is: with two indices as weights have them, or one unit."""
    unit, source = (*index, None, None)[:2]
    if alone:
        unit = None
    if role is Role.GRAPH or len(index) > (2 if role is Role.WEIGHT else 1):
        return Quantity(identifier, Role.GRAPH, layer=layer)
    return Quantity(identifier, role, layer=layer, unit=unit, source=source)
