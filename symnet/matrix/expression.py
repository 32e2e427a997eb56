"""Vectors and matrices as trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Integer, S, Symbol
from sympy.core.expr import Expr

from symnet.network.graph import LayerNodes
from symnet.quantity import Quantity, Role

# Matrix expressions: inert records, read for their shapes, for their values and for how they are written.

Cells: TypeAlias = tuple[tuple[Expr, ...], ...]


class MatrixLetter(NamedTuple):
    """A vector or a matrix with a letter of its own.

    Attributes:
        role: What its entries are.
        layer: Their layer, or None.
        piece: The piece of a maxout unit, or the use of a network.
        cells: The symbols of its entries for one sample, row by row; of deltas, those of the pre-activations.
        samples: How many samples stand in it; 1 for parameters.
        down: Whether the samples stand one below the other, else side by side.
        each: Whether it is any one of the samples, in what holds for each.
    """

    role: Role
    layer: int | None
    piece: str | None
    cells: tuple[tuple[Symbol, ...], ...]
    samples: Expr = S.One
    down: bool = False
    each: bool = False

    @property
    def is_parameter(self) -> bool:
        """Whether it is the same for all samples, and learned."""
        return self.role in _PARAMETERS


_PARAMETERS = frozenset((Role.WEIGHT, Role.BIAS, Role.SHARED_BIAS, Role.SLOPE_PARAMETER))


class MatrixDerivative(NamedTuple):
    """The derivative of a loss with respect to every entry of a letter, in its shape."""

    of: Symbol
    wrt: MatrixLetter


class Jacobian(NamedTuple):
    """The derivatives of every entry of a vector with respect to every entry of another: a row for each of the first.

    Attributes:
        of: What is differentiated.
        wrt: By what.
        cells: The derivatives one by one.
    """

    of: MatrixLetter
    wrt: MatrixLetter
    cells: Cells


class Filled(NamedTuple):
    """The same number in every place."""

    number: Expr
    rows: Expr
    columns: Expr


class MatrixEntries(NamedTuple):
    """A matrix entry by entry; each is an expression of one sample."""

    cells: Cells


class Times(NamedTuple):
    """A product of matrices."""

    factors: tuple[Tree, ...]


class Hadamard(NamedTuple):
    """A product entry by entry."""

    factors: tuple[Tree, ...]


class Sum(NamedTuple):
    """A sum."""

    terms: tuple[Tree, ...]


class Scaled(NamedTuple):
    """A number times a matrix."""

    factor: Expr
    of: Tree


class Divided(NamedTuple):
    """A matrix over a number; 0 over 0 is 0."""

    over: Tree
    under: Expr


class Transposed(NamedTuple):
    """A matrix with rows and columns interchanged."""

    of: Tree


class Diagonal(NamedTuple):
    """A vector on the diagonal of a matrix."""

    of: Tree


class Entrywise(NamedTuple):
    """A function of each entry, or of the entries in the same place of several matrices.

    Attributes:
        name: The name of the function.
        prime: Whether it is the derivative of that function.
        body: Its value in the symbols of ``over``.
        over: Each symbol of the body with the matrix it stands for, those that are written in the brackets first.
        written: How many of them are written.
    """

    name: str
    prime: bool
    body: Expr
    over: tuple[tuple[Symbol, Tree], ...]
    written: int = 1


class Coupled(NamedTuple):
    """A function of all units of each sample.

    Attributes:
        name: The name of the function.
        bodies: The value of each unit in ``places``.
        places: The symbols that stand for the units.
        of: Of what it is taken.
        down: Whether each row of it is a sample, else each column.
    """

    name: str
    bodies: tuple[Expr, ...]
    places: tuple[Symbol, ...]
    of: MatrixLetter
    down: bool


class Chosen(NamedTuple):
    """1 where all conditions hold for the entries in the same place, and 0 elsewhere.

    Attributes:
        conditions: Each a matrix, a sign, and what it is compared with.
    """

    conditions: tuple[tuple[Tree, str, Tree], ...]


Tree: TypeAlias = (
    MatrixLetter
    | MatrixDerivative
    | Jacobian
    | Filled
    | MatrixEntries
    | Times
    | Hadamard
    | Sum
    | Scaled
    | Divided
    | Transposed
    | Diagonal
    | Entrywise
    | Coupled
    | Chosen
)


def ones(count: Expr | int) -> Filled:
    """Return a column of ``count`` ones."""
    return Filled(S.One, Integer(count) if isinstance(count, int) else count, S.One)


def times(*factors: Tree) -> Tree:
    """Return a product of matrices; one factor is itself."""
    return factors[0] if len(factors) == 1 else Times(factors)


def hadamard(*factors: Tree) -> Tree:
    """Return a product entry by entry, products in it dissolved; one factor is itself."""
    flat = tuple(part for factor in factors for part in (factor.factors if isinstance(factor, Hadamard) else (factor,)))
    return flat[0] if len(flat) == 1 else Hadamard(flat)


def summed(*terms: Tree) -> Tree:
    """Return a sum, sums in it dissolved; one term is itself."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,)))
    return flat[0] if len(flat) == 1 else Sum(flat)


def scaled(factor: Expr, of: Tree) -> Tree:
    """Return a number times a matrix; a number of 1 is left out."""
    return of if factor == 1 else Scaled(factor, of)


def negative(of: Tree) -> Tree:
    """Return minus a matrix."""
    return Scaled(S.NegativeOne, of)


def transposed(of: Tree) -> Tree:
    """Return the transpose; that of a transpose is the matrix itself."""
    return of.of if isinstance(of, Transposed) else Transposed(of)


def parts(tree: Tree) -> Iterator[Tree]:
    """Yield an expression and everything in it, from the left to the right."""
    yield tree
    if isinstance(tree, _CLOSED):
        return
    for field in tree:
        for item in field if type(field) is tuple else (field,):
            inner = item if type(item) is tuple else (item,)
            yield from (part for one in inner if isinstance(one, _KINDS) for part in parts(one))


_CLOSED = (MatrixLetter, MatrixDerivative, Jacobian, Filled, MatrixEntries)
_KINDS = (*_CLOSED, Times, Hadamard, Sum, Scaled, Divided, Transposed, Diagonal, Entrywise, Coupled, Chosen)


# The shape of a matrix expression, and whether its parts fit one another.

Shape: TypeAlias = tuple[Expr, Expr]


class ShapeError(ValueError):
    """Matrices whose shapes do not fit what is made of them."""


def shape(tree: Tree) -> Shape:
    """Return the numbers of rows and columns; that of the samples may be a symbol.

    Raises:
        ShapeError: If the parts do not fit one another.
    """
    return _SHAPES[type(tree)](tree)


def _letter(letter: MatrixLetter) -> Shape:
    rows, columns = len(letter.cells), len(letter.cells[0])
    return (letter.samples * rows, Integer(columns)) if letter.down else (Integer(rows), letter.samples * columns)


def _product(product: Times) -> Shape:
    shapes = [shape(factor) for factor in product.factors]
    for (_, columns), (rows, _) in pairwise(shapes):
        if columns != rows:
            raise ShapeError(f"a factor with {columns} columns stands before one with {rows} rows")
    return shapes[0][0], shapes[-1][1]


def _alike(parts: Iterable[Tree]) -> Shape:
    first, *others = [shape(part) for part in parts]
    for other in others:
        if other != first:
            raise ShapeError(f"{first} and {other} are joined entry by entry")
    return first


def _turned(tree: Transposed) -> Shape:
    rows, columns = shape(tree.of)
    return columns, rows


def _diagonal(tree: Diagonal) -> Shape:
    rows, columns = shape(tree.of)
    if S.One not in {rows, columns}:
        raise ShapeError(f"a matrix of {rows} rows and {columns} columns is no diagonal")
    return rows * columns, rows * columns


def _entries(tree: MatrixEntries | Jacobian) -> Shape:
    return Integer(len(tree.cells)), Integer(len(tree.cells[0]))


_SHAPES: Mapping[type, Callable[[Any], Shape]] = MappingProxyType(
    {
        MatrixLetter: _letter,
        MatrixDerivative: lambda derivative: shape(derivative.wrt),
        Jacobian: _entries,
        Filled: lambda filled: (filled.rows, filled.columns),
        MatrixEntries: _entries,
        Times: _product,
        Hadamard: lambda product: _alike(product.factors),
        Sum: lambda total: _alike(total.terms),
        Scaled: lambda scaled: shape(scaled.of),
        Divided: lambda quotient: shape(quotient.over),
        Transposed: _turned,
        Diagonal: _diagonal,
        Entrywise: lambda function: _alike(matrix for _, matrix in function.over),
        Coupled: lambda function: shape(function.of),
        Chosen: lambda chosen: _alike(part for own, _, other in chosen.conditions for part in (own, other)),
    }
)


# How matrices are laid out in a course: samples as columns or rows, weights to their units or from them.


class Convention(NamedTuple):
    """How matrices are laid out: samples as rows or columns, weights to or from units.

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
    """The products of a layer with its weights: forward, backward, and the gradient of the weights.

    Attributes:
        forward: From weights and what feeds the layer to the weighted sums.
        backward: From weights and deltas to the derivative with respect to what feeds the layer.
        gradient: From deltas and what feeds the layer to the derivative with respect to the weights, summed over the
            samples.
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

    def broadcast(self, column: Tree) -> Tree:
        """Return a column that is the same for all samples, repeated for each."""
        if self.single:
            return column
        if self.convention.rows:
            return Times((ones(self.samples), transposed(column)))
        return Times((column, transposed(ones(self.samples))))

    def filled(self, number: Symbol, units: int) -> Tree:
        """Return a number for every unit of every sample."""
        return Scaled(number, self.broadcast(ones(units)))

    def by_unit(self, tree: Tree) -> Tree:
        """Return the sum over the samples, as a column of units."""
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


# The letters of a network's vectors and matrices.


class MatrixLetters:
    """Makes the letters of one network.

    Args:
        quantities: What each id stands for.
        arrangement: How the samples stand in its matrices.
    """

    def __init__(self, quantities: Mapping[str, Quantity], arrangement: Arrangement) -> None:
        self.quantities = quantities
        self.arrangement = arrangement

    @property
    def several(self) -> bool:
        """Whether there is more than one sample."""
        return bool(self.arrangement.samples != 1)

    def units(self, symbols: Sequence[Symbol], each: bool = False) -> MatrixLetter:
        """Return the units of a layer: those of all samples, or in a column those of each."""
        quantity = self.quantities[symbols[0].name]
        return self._samples(quantity.role, quantity, symbols, each)

    def deltas(self, symbols: Sequence[Symbol], each: bool = False) -> MatrixLetter:
        """Return the deltas of the pre-activations ``symbols``."""
        return self._samples(Role.DELTA, self.quantities[symbols[0].name], symbols, each)

    def _samples(self, role: Role, quantity: Quantity, symbols: Sequence[Symbol], each: bool) -> MatrixLetter:
        rows = self.arrangement.convention.rows and not each
        cells = (tuple(symbols),) if rows else tuple((symbol,) for symbol in symbols)
        samples: Expr = S.One if each else self.arrangement.samples
        return MatrixLetter(role, quantity.layer, quantity.piece, cells, samples, rows, each)

    def weights(self, layer: LayerNodes, piece: int) -> MatrixLetter:
        """Return the weights of a layer, or of one 0-based piece of its units."""
        rows = layer.dense[piece :: layer.pieces]
        return self._parameters(tuple(zip(*rows, strict=True)) if self.arrangement.convention.from_to else rows)

    def biases(self, layer: LayerNodes, piece: int) -> MatrixLetter:
        """Return the biases of a layer that has some: those of one 0-based piece, or the one for all units."""
        if self.is_shared(layer):
            return self._parameters((layer.biases,))
        return self._parameters(tuple((bias,) for bias in layer.biases[piece :: layer.pieces]))

    def is_shared(self, layer: LayerNodes) -> bool:
        """Return whether a layer has one bias for all of its units."""
        return bool(layer.biases) and self.quantities[layer.biases[0].name].role is Role.SHARED_BIAS

    def parameters(self, layer: LayerNodes) -> Iterator[MatrixLetter]:
        """Yield the weights, the biases and what the activation learns."""
        for piece in range(layer.pieces):
            yield self.weights(layer, piece)
        if layer.biases:
            for piece in range(1 if self.is_shared(layer) else layer.pieces):
                yield self.biases(layer, piece)
        for symbol in layer.learned:
            yield self._parameters(((symbol,),))

    def _parameters(self, cells: tuple[tuple[Symbol, ...], ...]) -> MatrixLetter:
        quantity = self.quantities[cells[0][0].name]
        return MatrixLetter(quantity.role, quantity.layer, quantity.piece, cells)
