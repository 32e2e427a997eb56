"""How matrices are laid out in a course: samples as columns or rows, weights to their units or from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.matrix.shapes import shape
from symnet.matrix.tree import Scaled, Times, Tree, ones, times, transposed


class Convention(NamedTuple):
    """A way to lay out matrices.

    Attributes:
        rows: Whether each row is a sample, else each column.
        from_to: Whether a matrix of weights has a row for each unit it leaves, else for each unit it leads to.
    """

    rows: bool = False
    from_to: bool = False

    @property
    def products(self) -> Products:
        """The three products of a layer."""
        return PRODUCTS[self]


class Products(NamedTuple):
    """The three products in which the weights of a layer stand or come out.

    Attributes:
        forward: From weights and what feeds the layer to the weighted sums.
        backward: From weights and deltas to the derivative by what feeds the layer.
        gradient: From deltas and what feeds the layer to the derivative by the weights, summed over the samples.
    """

    forward: Callable[[Tree, Tree], Tree]
    backward: Callable[[Tree, Tree], Tree]
    gradient: Callable[[Tree, Tree], Tree]


PRODUCTS: Mapping[Convention, Products] = MappingProxyType(
    {
        Convention(rows=False, from_to=False): Products(
            forward=times,
            backward=lambda w, delta: times(transposed(w), delta),
            gradient=lambda delta, a: times(delta, transposed(a)),
        ),
        Convention(rows=False, from_to=True): Products(
            forward=lambda w, a: times(transposed(w), a),
            backward=times,
            gradient=lambda delta, a: times(a, transposed(delta)),
        ),
        Convention(rows=True, from_to=False): Products(
            forward=lambda w, a: times(a, transposed(w)),
            backward=lambda w, delta: times(delta, w),
            gradient=lambda delta, a: times(transposed(delta), a),
        ),
        Convention(rows=True, from_to=True): Products(
            forward=lambda w, a: times(a, w),
            backward=lambda w, delta: times(delta, transposed(w)),
            gradient=lambda delta, a: times(transposed(a), delta),
        ),
    }
)


class Arrangement(NamedTuple):
    """How the samples stand in the matrices of one network.

    Attributes:
        convention: The layout of the course.
        samples: How many samples there are.
    """

    convention: Convention
    samples: Expr

    @property
    def single(self) -> bool:
        """Whether a layer's units are a column, there being one sample and no rows of them."""
        return not self.convention.rows and self.samples == 1

    def spread(self, column: Tree) -> Tree:
        """Return a column that is the same for all samples, repeated for each."""
        if self.single:
            return column
        if self.convention.rows:
            return Times((ones(self.samples), transposed(column)))
        return Times((column, transposed(ones(self.samples))))

    def filled(self, number: Symbol, units: int) -> Tree:
        """Return a number for every unit of every sample."""
        return Scaled(number, self.spread(ones(units)))

    def by_unit(self, tree: Tree) -> Tree:
        """Return what the samples come to together, as a column of units."""
        if self.single:
            return tree
        return times(*((transposed(tree),) if self.convention.rows else (tree,)), ones(self.samples))

    def in_all(self, tree: Tree) -> Tree:
        """Return the sum of all entries: of a column, or of units and samples."""
        rows, columns = shape(tree)
        if self.single:
            return times(transposed(ones(rows)), tree)
        if self.samples == 1:
            return times(tree, ones(columns))
        return times(transposed(ones(rows)), tree, ones(columns))
