"""The derivatives of whole arrays: one backward sweep over a graph of arrays, by the rule of each operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from symnet.arrays.build import add
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.reverse import shares
from symnet.arrays.tree import ONE, ArrayTree, Shape, filled, leaf, number_of


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
    """

    name: str
    wrt: str
    uses: tuple[ArrayUse, ...]
    tree: ArrayTree

    @property
    def shape(self) -> Shape:
        """The shape of the array."""
        return self.tree.shape


def derivative_name(output: str, wrt: str) -> str:
    """Return the name of the derivative of an output with respect to an array."""
    return f"d{output}_d{wrt}"


def derive_arrays(graph: ArrayGraph) -> Mapping[str, ArrayDerivative]:
    """Return the derivatives with respect to all arrays but the output, the last node first, then the inputs.

    Args:
        graph: The graph.
    """
    uses: dict[str, list[ArrayUse]] = {name: [] for name in (*graph.inputs, *graph.nodes)}
    found: dict[str, ArrayDerivative] = {}
    for name in (*reversed(tuple(graph.nodes)), *graph.inputs):
        upstream = ONE
        if name != graph.output:
            shape = graph.shape(name)
            terms = tuple(uses[name])
            tree = add(*(use.tree for use in terms)) if terms else filled(ONE.option[0] * 0, shape)
            found[name] = ArrayDerivative(derivative_name(graph.output, name), name, terms, tree)
            # A derivative that is one number everywhere is cited as that number.
            value = number_of(tree)
            upstream = leaf(found[name].name, shape) if value is None else filled(value, shape)
        if name in graph.nodes and (name == graph.output or uses[name]):
            for share in shares(graph.nodes[name], upstream, name):
                uses[share.name].append(ArrayUse(name, share.tree, share.reasons))
    return found
