"""A computation graph of arrays: what is worked out within another operation gets a name, so that it can be cited."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import product
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from symnet.arrays.tree import ArrayTree, Reduction, Shape, Window, channels_of, leaf, names_in, parts
from symnet.arrays.unroll import NodeAtTime, Unrolled, instance_name

VIEWS = frozenset({"transpose", "reshape", "slice", "concat", "stack", "embed"})
"""Operations that only rearrange entries."""
_LINEAR = VIEWS | {"add", "negative"}
_REDUCTIONS = frozenset({"sum", "mean"})
# What each entry of takes many entries of its operands, which are cited by name.
_SOFTMAX = frozenset({"softmax", "log_softmax", "causal_softmax"})
_HEAVY = _SOFTMAX | {"matmul", "outer", "correlate", "max", "min", "maxpool", "avgpool"}
# Of these the derivative cites the value, which therefore has a name; what is detached is a constant of its own.
_ALONE = _SOFTMAX | {"max", "min", "maxpool", "detach"}


class ArrayGraph(NamedTuple):
    """The inputs and the nodes of a graph, each an array.

    Attributes:
        inputs: The shape of each input.
        nodes: What each node is, after those that it uses.
        between: The nodes that were only written within others.
        output: The node that is differentiated; a number.
        scalars: The ids of the entries of those arrays whose entries are not called after them, row by row.
        time: Which nodes are one node at several times; None in a graph without time.
    """

    inputs: Mapping[str, Shape]
    nodes: Mapping[str, ArrayTree]
    between: tuple[str, ...]
    output: str
    scalars: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    time: Unrolled | None = None

    def shape(self, name: str) -> Shape:
        """Return the shape of an input or a node."""
        return self.inputs[name] if name in self.inputs else self.nodes[name].shape

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids of the entries of an input or a node, row by row; one that is always 0 has an empty one."""
        return self.scalars[name] if name in self.scalars else scalar_ids(name, self.shape(name))

    def rows(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Return the ids of the entries of an input or a node, those along its last axis together."""
        ids, width = self.ids(name), (self.shape(name) or (1,))[-1]
        return tuple(ids[start : start + width] for start in range(0, len(ids), width))

    def places(self) -> Iterator[tuple[tuple[str, tuple[int, ...]], str]]:
        """Yield the name and the 1-based indices of every entry, of a node of time the step first, with its id."""
        for name in (*self.inputs, *self.nodes):
            at_time = None if self.time is None else self.time.nodes.get(name)
            base, before = (name, ()) if at_time is None else (at_time.family, (at_time.time,))
            indices = product(*(range(1, length + 1) for length in self.shape(name)))
            yield from (((base, (*before, *index)), own) for index, own in zip(indices, self.ids(name), strict=True))


def scalar_ids(name: str, shape: Shape) -> tuple[str, ...]:
    """Return the ids of the entries of an array, row by row: ``W_1_2``; a number has its own name alone."""
    indices = product(*(range(1, length + 1) for length in shape))
    return tuple("_".join((name, *map(str, index))) for index in indices)


def array_graph(
    inputs: Mapping[str, Shape],
    nodes: Mapping[str, ArrayTree],
    output: str,
    taken: Iterable[str],
    *,
    scalars: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    time: Unrolled | None = None,
) -> ArrayGraph:
    """Return a graph in which each node is one operation on names, or few that are written as one.

    Args:
        inputs: The shape of each input.
        nodes: What each node is, after those that it uses.
        output: The node that is differentiated.
        taken: The names that are none for what gets one, nor what they begin with before an underscore.
        scalars: The ids of entries that are not called after their array.
        time: Which nodes are one node at several times.
    """
    own = {name.split("_")[0] for name in taken}
    naming = _Naming(own, time)
    if time is not None:
        # What is worked out at each step is called z where there is only one such thing, which is known at the end.
        naming.run(nodes)
        letters = [letter for _, _, letter in naming.bases]
        naming = _Naming(own, time, frozenset(letter for letter in letters if letters.count(letter) == 1))
    naming.run(nodes)
    if time is not None:
        time = time._replace(nodes={**time.nodes, **naming.instances})
    return ArrayGraph(inputs, naming.found, tuple(naming.named.values()), output, scalars, time)


class _Naming:
    """Gives names to what is worked out within other operations.

    Args:
        taken: The names that are none of its.
        time: Which nodes are one node at several times.
        single: The letters that one thing alone has which is worked out within another at each step.
    """

    def __init__(
        self, taken: Container[str], time: Unrolled | None = None, single: frozenset[str] = frozenset()
    ) -> None:
        self.taken = taken
        self.time = time
        self.single = single
        self.found: dict[str, ArrayTree] = {}
        self.named: dict[ArrayTree, str] = {}
        self.count = 0
        self.owner: NodeAtTime | None = None
        self.within = 0
        self.bases: dict[tuple[str, int, str], str] = {}
        self.instances: dict[str, NodeAtTime] = {}

    def run(self, nodes: Mapping[str, ArrayTree]) -> None:
        """Take all nodes."""
        for name, tree in nodes.items():
            self.owner = None if self.time is None else self.time.nodes.get(name)
            self.within = 0
            self.found[name] = self.root(tree)

    def root(self, tree: ArrayTree) -> ArrayTree:
        """Return what a node is, with names for what is within; at a step of time, for a pre-activation too."""
        if self.owner is not None and tree.kind == "function" and tree.of[0].kind == "add":
            return tree._replace(of=tuple(self.name(part, "z") if part.kind == "add" else part for part in tree.of))
        return self.operands(tree) if tree.kind in _ALONE else self.straight(tree)

    def straight(self, tree: ArrayTree) -> ArrayTree:
        """Return what comes to stand in a node straight away, or times and over numbers."""
        if tree.kind in _LINEAR or _is_scaled(tree):
            return tree._replace(of=tuple(self.unspread(self.straight(part), tree.shape) for part in tree.of))
        if tree.kind in _ALONE:
            return self.name(tree)
        return self.operands(tree)

    def operands(self, tree: ArrayTree) -> ArrayTree:
        """Return an operation whose operands have names where they need them."""
        if tree.kind in _HEAVY | _ALONE:
            letter = "z" if tree.kind in _ALONE else "u"
            return tree._replace(of=tuple(part if _is_view(part) else self.name(part, letter) for part in tree.of))
        if tree.kind in _REDUCTIONS:
            inside = self.entrywise(tree.of[0])
            return tree._replace(of=(self.name(inside) if _is_mixed(inside) else inside,))
        return self.entrywise(tree)

    def entrywise(self, tree: ArrayTree) -> ArrayTree:
        """Return operations entry by entry, with names for what is none of them."""
        if tree.kind in _HEAVY | _REDUCTIONS | _ALONE:
            return self.operands(tree) if tree.kind not in _ALONE else self.name(tree)
        if tree.kind in _LINEAR or _is_scaled(tree):
            return tree._replace(of=tuple(self.unspread(self.entrywise(part), tree.shape) for part in tree.of))
        inside, letter = map(self.entrywise, tree.of), "z" if tree.kind == "function" else "u"
        return tree._replace(of=tuple(self.name(part, letter) if _is_mixed(part) else part for part in inside))

    def unspread(self, part: ArrayTree, shape: Shape) -> ArrayTree:
        """Return a term, by a name if it is worked out once for many entries of its sum."""
        return self.name(part) if part.size < prod(shape) and _is_mixed(part) else part

    def name(self, tree: ArrayTree, letter: str = "u") -> ArrayTree:
        """Return a name for an operation, which becomes a node.

        Args:
            tree: The operation.
            letter: The letter of its name if it is worked out at each step of time: z for a pre-activation.
        """
        tree = self.straight(tree) if tree.kind not in _ALONE else self.operands(tree)
        timed = self.owner is not None and self._changes(tree)
        self.within += timed
        if tree not in self.named:
            name = self.timed_name(self.owner, letter) if timed and self.owner is not None else self.plain_name()
            self.named[tree] = name
            self.found[name] = tree
        return leaf(self.named[tree], tree.shape)

    def plain_name(self) -> str:
        """Return a name that nothing has."""
        self.count += 1
        while f"U{self.count}" in self.taken:
            self.count += 1
        return f"U{self.count}"

    def timed_name(self, owner: NodeAtTime, letter: str) -> str:
        """Return the name of what is worked out within a node at one time: with the same letters at every time."""
        key = (owner.family, self.within, letter)
        if key not in self.bases:
            used = {*self.bases.values()}
            wanted = (
                *((letter,) if letter in self.single else ()),
                f"{letter}{owner.family}",
                f"{letter}{self.within}",
            )
            free = [name for name in wanted if name not in self.taken and name not in used]
            self.bases[key] = free[0] if free else self.plain_name()
        instance = NodeAtTime(self.bases[key], owner.time)
        self.instances[instance_name(*instance)] = instance
        return instance_name(*instance)

    def _changes(self, tree: ArrayTree) -> bool:
        """Return whether a tree changes with time: it is made of nodes at a time, or of an entry of an input."""
        time = self.time
        if time is None:
            return False
        named = any(name in time.nodes or name in self.instances for name in names_in(tree))
        return named or any(part.kind == "slice" and part.of[0].option in time.inputs for part in parts(tree))


def _is_scaled(tree: ArrayTree) -> bool:
    """Return whether a tree is something times numbers or over a number."""
    if tree.kind == "divide":
        return _is_fixed(tree.of[1])
    return tree.kind == "multiply" and sum(not _is_fixed(part) for part in tree.of) <= 1


def _is_fixed(tree: ArrayTree) -> bool:
    """Return whether a tree is made of numbers alone."""
    return tree.kind != "leaf" and all(map(_is_fixed, tree.of))


def _is_view(tree: ArrayTree) -> bool:
    """Return whether a tree is a name or a constant, perhaps rearranged."""
    return tree.kind in {"leaf", "constant"} or (tree.kind in VIEWS and all(map(_is_view, tree.of)))


def _is_mixed(tree: ArrayTree) -> bool:
    """Return whether each entry of a tree is made of many entries of others."""
    return tree.kind in _HEAVY | _REDUCTIONS | _ALONE or any(map(_is_mixed, tree.of))


# How much there is to do for a graph, before any of it is done.


def work(tree: ArrayTree) -> int:
    """Return how many operands the entries of a tree have together, and their derivatives."""
    own = _own_work(tree)
    inside = sum(-(-own // max(1, part.size)) * work(part) for part in tree.of)
    return max(own, inside)


def _own_work(tree: ArrayTree) -> int:
    return _WORK[tree.kind](tree) if tree.kind in _WORK else max([tree.size, *(part.size for part in tree.of)])


def _of_groups(tree: ArrayTree) -> int:
    """Return the work where every entry of a group stands in the derivative with respect to every other."""
    over = tree.option
    length = prod(tree.of[0].shape[axis] for axis in (over.axes if isinstance(over, Reduction) else (over,)))
    return tree.of[0].size * length


def _of_windows(tree: ArrayTree) -> int:
    window: Window = tree.option
    return tree.size * prod(window.size) ** (2 if tree.kind == "maxpool" else 1)


def _of_correlation(tree: ArrayTree) -> int:
    array, kernel = tree.of
    known = channels_of(array.shape, kernel.shape, tree.option)
    return tree.size * prod(known.window.size) * (known.channels or 1)


def _of_product(tree: ArrayTree) -> int:
    return tree.size * tree.of[0].shape[-1]


_WORK = {
    # A name is looked up, and of what is rearranged only what is taken is touched.
    "leaf": lambda _tree: 0,
    **dict.fromkeys(VIEWS, lambda tree: tree.size),
    "matmul": _of_product,
    "correlate": _of_correlation,
    **dict.fromkeys((*_SOFTMAX, "max", "min"), _of_groups),
    **dict.fromkeys(("maxpool", "avgpool"), _of_windows),
}
