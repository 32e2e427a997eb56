"""The derivatives of whole arrays: one backward sweep over a graph of arrays, by the rule of each operation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from symnet.arrays.build import add
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.reverse import shares
from symnet.arrays.tree import ONE, ArrayTree, Shape, filled, leaf, number_of
from symnet.derivation.shortening import shortened


class ArrayUse(NamedTuple):
    """What one node adds to the derivative with respect to an array that it uses.

    Attributes:
        through: The node.
        tree: What it adds.
        reasons: The keys of the rules that were applied, the outermost operation of the node first.
    """

    through: str
    tree: ArrayTree
    reasons: tuple[str, ...]


class ArrayDerivative(NamedTuple):
    """The derivative of the output of a graph with respect to every entry of an array, in its shape.

    Attributes:
        name: The name under which others cite it.
        wrt: The array.
        uses: What each use of the array adds; none where the output does not depend on it.
        tree: All of that together.
        short: The same in values alone, where that is shorter than in the derivative that it cites; else None.
        by_wholes: Whether that needs targets to sum to 1.
    """

    name: str
    wrt: str
    uses: tuple[ArrayUse, ...]
    tree: ArrayTree
    short: ArrayTree | None = None
    by_wholes: bool = False

    @property
    def final(self) -> ArrayTree:
        """What it comes to."""
        return self.tree if self.short is None else self.short

    @property
    def shape(self) -> Shape:
        """The shape of the array."""
        return self.tree.shape


def derivative_name(output: str, wrt: str) -> str:
    """Return the name of the derivative of an output with respect to an array."""
    return f"d{output}_d{wrt}"


def derive_arrays(graph: ArrayGraph, wholes: Collection[str] = ()) -> Mapping[str, ArrayDerivative]:
    """Return the derivatives with respect to all arrays but the output, the last node first, then the inputs.

    Args:
        graph: The graph.
        wholes: The arrays of which what stands along the last axis sums to 1.
    """
    uses: dict[str, list[ArrayUse]] = {name: [] for name in (*graph.inputs, *graph.nodes)}
    found: dict[str, ArrayDerivative] = {}
    cited: dict[str, ArrayTree] = {}
    for name in (*reversed(tuple(graph.nodes)), *graph.inputs):
        upstream = ONE
        if name != graph.output:
            shape = graph.shape(name)
            terms = tuple(uses[name])
            tree = add(*(use.tree for use in terms)) if terms else filled(ONE.option[0] * 0, shape)
            short = shortened(tree, cited, wholes)
            by_wholes = bool(wholes) and short is not None and short != shortened(tree, cited)
            found[name] = ArrayDerivative(derivative_name(graph.output, name), name, terms, tree, short, by_wholes)
            cited[found[name].name] = found[name].final
            # A derivative that is one number everywhere is cited as that number.
            value = number_of(tree)
            upstream = leaf(found[name].name, shape) if value is None else filled(value, shape)
        if name in graph.nodes and (name == graph.output or uses[name]):
            for share in shares(graph.nodes[name], upstream, name):
                uses[share.name].append(ArrayUse(name, share.tree, share.reasons))
    return found
