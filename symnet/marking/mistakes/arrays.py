"""Slips with whole arrays: a factor transposed or not, two in the wrong order, a sum over the wrong axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

import mpmath
from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, negative
from symnet.algebra.rewrite import substitute
from symnet.arithmetic.real import Value
from symnet.arrays.build import multiply, transpose
from symnet.arrays.entries import SYMBOLIC, Walk
from symnet.arrays.graph import ArrayGraph, scalar_ids
from symnet.arrays.tree import ArrayTree, AxisRange, Reduction, ShapeMismatchError, made, number
from symnet.derivation.arrays import ArrayDerivative, derivative_name
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Fault, Joining, Last, Paths, Said, Setting
from symnet.marking.records import Target, TargetKind
from symnet.numerics.compile import Edge
from symnet.numerics.expression import value_of
from symnet.typeset.arrays import ArrayWriter

Place: TypeAlias = tuple[int, ...]
"""Where an entry stands in an array, from 0."""
ArraySlip: TypeAlias = Callable[[ArrayTree], Iterator[ArrayTree]]
"""From an operation to what is taken for it; nothing where the slip cannot be made there."""


# Products of matrices.


def _product(first: ArrayTree, second: ArrayTree, tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield a product of matrices in the place of an operation, where the shapes fit."""
    try:
        wrong = made("matmul", first, second)
    except ShapeMismatchError:
        return
    if wrong.shape == tree.shape and wrong != tree:
        yield wrong


def transposed(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield a product of matrices with one factor transposed that is not, or not transposed that is."""
    if tree.kind != "matmul":
        return
    first, second = tree.of
    if len(first.shape) > 1:
        yield from _product(transpose(first), second, tree)
    if len(second.shape) > 1:
        yield from _product(first, transpose(second), tree)


def reversed_product(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield a product of matrices in the wrong order, and likewise that of its factors transposed."""
    if tree.kind == "matmul" and all(len(part.shape) > 1 for part in tree.of):
        first, second = tree.of
        yield from _product(second, first, tree)


def entry_by_entry(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield the product entry by entry for that of matrices, and the other way round."""
    if tree.kind == "matmul" and tree.of[0].shape == tree.of[1].shape == tree.shape:
        yield made("multiply", *tree.of)
        # What is multiplied entry by entry is not transposed before.
        bare = tuple(part.of[0] if part.kind == "transpose" else part for part in tree.of)
        if bare != tree.of:
            yield made("multiply", *bare)
    elif tree.kind == "multiply" and len(tree.of) == 2 and all(len(part.shape) == 2 for part in tree.of):
        yield from _product(*tree.of, tree)


# Sums.


def another_axis(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield the operation along another axis that results in the same shape."""
    axes = range(len(tree.of[0].shape)) if tree.of else ()
    if tree.kind in {"softmax", "log_softmax"}:
        yield from (made(tree.kind, *tree.of, option=axis) for axis in axes if axis != tree.option)
    elif tree.kind in {"sum", "mean", "max", "min"} and len(tree.option.axes) == 1:
        for axis in axes:
            other = made(tree.kind, *tree.of, option=Reduction((axis,), tree.option.kept))
            if (axis,) != tree.option.axes and other.shape == tree.shape:
                yield other


def one_for_sum(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield the first of several rows in the place of their sum."""
    if tree.kind == "sum" and tree.shape and len(tree.option.axes) == 1 and not tree.option.kept:
        (summed,), shape = tree.option.axes, tree.of[0].shape
        spans = tuple(AxisRange(0, 1 if a == summed else n, a == summed) for a, n in enumerate(shape))
        yield made("slice", tree.of[0], option=spans)


def mean_for_sum(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield the mean of several rows in the place of their sum."""
    if tree.kind == "sum" and tree.shape:
        yield multiply(number(Rational(tree.size, tree.of[0].size)), tree)


def sum_for_mean(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield the sum in the place of a mean."""
    if tree.kind == "mean":
        yield made("sum", *tree.of, option=tree.option)


# Correlations.


def _flipped(array: ArrayTree, axes: Sequence[int]) -> ArrayTree:
    """Return an array with the order of its entries reversed along some axes."""
    for axis in axes:
        before = tuple(AxisRange(0, length) for length in array.shape[:axis])
        places = reversed(range(array.shape[axis]))
        slices = (made("slice", array, option=(*before, AxisRange(at, at + 1))) for at in places)
        array = made("concat", *slices, option=axis)
    return array


def flipped_kernel(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield a correlation with its kernel flipped, or, in the backward pass, not flipped."""
    window = {"correlate": lambda: tree.option, "correlate_input": lambda: tree.option[1]}.get(tree.kind)
    if window is not None:
        array, kernel = tree.of
        axes = range(len(kernel.shape))[-len(window().stride) :]
        yield made(tree.kind, array, _flipped(kernel, axes), option=tree.option)


def anywhere(tree: ArrayTree, slip: ArraySlip) -> Iterator[tuple[ArrayTree, ArrayTree, ArrayTree]]:
    """Yield a tree with a mistake at one place: the tree, the wrong part, and the correct one.

    Args:
        tree: An array expression.
        slip: The slip.
    """
    yield from ((wrong, wrong, tree) for wrong in slip(tree))
    for place, part in enumerate(tree.of):
        for whole, wrong, right in anywhere(part, slip):
            yield tree._replace(of=(*tree.of[:place], whole, *tree.of[place + 1 :])), wrong, right


# Faults.


class _FaultyArrays:
    """The arrays of a graph, for faults in them.

    Args:
        setting: What there is to change.
        graph: The arrays.
        derivatives: What was derived of them.
    """

    def __init__(self, setting: Setting, graph: ArrayGraph, derivatives: Mapping[str, ArrayDerivative]) -> None:
        self.setting, self.graph, self.derivatives = setting, graph, derivatives
        self.cited = {derivative_name(graph.output, name): name for name in derivatives}
        self.write = ArrayWriter.of(setting.network, setting.part.notation)

    @classmethod
    def of(cls, setting: Setting) -> Iterator[_FaultyArrays]:
        """Yield the arrays of a graph of arrays; nothing of any other."""
        if setting.network.arrays is not None:
            yield cls(setting, setting.network.arrays, setting.part.gradient.arrays)

    def entries(self, name: str) -> tuple[Symbol, ...]:
        """Return the symbols of an array; those of a derivative stand for it entry by entry."""
        ids = scalar_ids(name, self.graph.shape(self.cited[name])) if name in self.cited else self.graph.ids(name)
        return tuple(map(Symbol, ids))

    def expressions(self, tree: ArrayTree) -> Sequence[Expr]:
        """Return the entries of an array expression."""
        return Walk(self.entries, SYMBOLIC)(tree)

    def words(self, wrong: ArrayTree, right: ArrayTree) -> Mapping[str, Said]:
        """Return the slots of the sentence about an operation and the one used instead."""
        return {"instead": self.written(wrong), "right": self.written(right)}

    def written(self, tree: ArrayTree) -> Sentence:
        """Return an array expression as a sentence writes it."""
        return Sentence("mistake.formula", {"formula": self.write(tree)})

    def forward(self, slip: ArraySlip) -> Iterator[Fault]:
        """Yield the values of each node with a slip in them."""
        for name, tree in self.graph.nodes.items():
            for whole, wrong, right in anywhere(tree, slip):
                nodes = dict(zip(self.entries(name), self.expressions(whole), strict=True))
                yield Fault(self.entries(name)[0].name, self.words(wrong, right), nodes=nodes)

    def backward(self, slip: ArraySlip) -> Iterator[Fault]:
        """Yield the derivatives with respect to each array with a slip in them."""
        for name, derivative in self.derivatives.items():
            for whole, wrong, right in anywhere(derivative.tree, slip):
                joined = self.joined(name, self.expressions(whole))
                line = self.setting.line(self.entries(name)[0])
                yield Fault(line, self.words(wrong, right), joined=joined)

    def edges(self, node: str, name: str) -> Mapping[Edge, Expr]:
        """Return what takes no account of how a node uses an array: no derivatives of it with respect to that."""
        nodes, own = self.setting.network.nodes, frozenset(self.entries(name))
        return {
            (child, one): S.Zero for child in self.entries(node) for one in own.intersection(nodes[child].derivatives)
        }

    def joined(self, name: str, expressions: Sequence[Expr]) -> Mapping[Symbol, Joining]:
        """Return the wrong derivatives with respect to the entries of an array.

        Args:
            name: The array.
            expressions: In the symbols of entries, of derivatives among them.
        """
        of = {symbol: place for cited, node in self.cited.items() for symbol, place in self._both(cited, node)}

        def joining(expression: Expr) -> Joining:
            def value(paths: Paths) -> Value:
                symbols = expression.free_symbols
                known = {one: paths.whole(of[one]) if one in of else paths.value(one) for one in symbols}
                # Exports put in expressions.
                if any(isinstance(value, Expr) for value in known.values()):
                    return substitute(expression, known)
                # Of a rough run they are floats.
                return value_of(expression, {one: mpmath.mpf(value) for one, value in known.items()})

            return value

        return dict(zip(self.entries(name), map(joining, expressions), strict=True))

    def _both(self, cited: str, node: str) -> Iterator[tuple[Symbol, Symbol]]:
        return zip(self.entries(cited), self.entries(node), strict=True)


def slips(*made_by: ArraySlip) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that makes slips in the equations of arrays, then in their derivatives.

    Args:
        made_by: The slips.
    """

    def rewrite(setting: Setting) -> Iterator[Fault]:
        for arrays in _FaultyArrays.of(setting):
            for slip in made_by:
                yield from arrays.backward(slip)
                yield from arrays.forward(slip)

    return rewrite


def dropped_uses(setting: Setting) -> Iterator[Fault]:
    """Yield the gradient of each array that is used several times, without the contribution of one use."""
    for arrays in _FaultyArrays.of(setting):
        for name, derivative in arrays.derivatives.items():
            through = dict.fromkeys(use.through for use in derivative.uses)
            for node in through if len(through) > 1 else ():
                use = Sentence("mistake.one_use", {"node": arrays.write.names(node)})
                line = setting.line(arrays.entries(name)[0])
                yield Fault(line, {"through": use}, arrays.edges(node, name))


def softmax_entrywise(setting: Setting) -> Iterator[Fault]:
    """Yield each softmax of an array with the derivatives of an elementwise function."""
    for arrays in _FaultyArrays.of(setting):
        for name, tree in arrays.graph.nodes.items():
            if tree.kind != "softmax" or tree.of[0].kind != "leaf":
                continue
            own, sources = arrays.entries(name), arrays.entries(tree.of[0].option)
            edges: dict[Edge, Expr] = {
                (a, z): S.Zero
                for place, a in enumerate(own)
                for z in setting.network.nodes[a].derivatives
                if z != sources[place]
            }
            if edges:
                first, second = own[:2]
                yield Fault(setting.line(sources[0]), {"off": negative(Chain(first, second))}, edges)


# The answer itself.


def _others(setting: Setting, target: Target, wanted: Callable[[Place, Place], bool]) -> Iterator[Fault]:
    """Yield what is right for other entries of the array that is asked for."""
    for arrays in _FaultyArrays.of(setting):
        for name in (*arrays.graph.inputs, *arrays.graph.nodes):
            entries = arrays.entries(name)
            if target.symbol not in entries:
                continue
            places = tuple(product(*map(range, arrays.graph.shape(name))))
            own = places[entries.index(target.symbol)]
            for other, place in zip(entries, places, strict=True):
                if wanted(own, place) and (target.kind is not TargetKind.ADJOINT or setting.has_delta(other)):
                    yield Fault(words={"other": setting.named(target._replace(symbol=other))}, last=Last(other=other))


def transposed_entry(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what is right for the entry of a matrix with the two indices swapped."""
    yield from _others(setting, target, lambda own, other: len(own) == 2 and own[::-1] == other != own)


def neighbouring_entry(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what is right for the entries of an array that differ in one index alone."""
    yield from _others(setting, target, lambda own, other: sum(a != b for a, b in zip(own, other, strict=True)) == 1)
