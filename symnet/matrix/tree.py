"""Matrix expressions: inert records, read for their shapes, for their values and for how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from sympy import Integer, S, Symbol
from sympy.core.expr import Expr

from symnet.quantity import Role

Cells: TypeAlias = tuple[tuple[Expr, ...], ...]


class Letter(NamedTuple):
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


class Slope(NamedTuple):
    """The derivative of a loss by every entry of a letter, in its shape."""

    of: Symbol
    wrt: Letter


class Jacobian(NamedTuple):
    """The derivatives of every entry of a vector by every entry of another: a row for each of the first.

    Attributes:
        of: What is differentiated.
        wrt: By what.
        cells: The derivatives one by one.
    """

    of: Letter
    wrt: Letter
    cells: Cells


class Filled(NamedTuple):
    """The same number in every place."""

    number: Expr
    rows: Expr
    columns: Expr


class Entries(NamedTuple):
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
        prime: Whether it is the slope of that function.
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
    of: Letter
    down: bool


class Chosen(NamedTuple):
    """1 where all conditions hold for the entries in the same place, and 0 elsewhere.

    Attributes:
        conditions: Each a matrix, a sign, and what it is compared with.
    """

    conditions: tuple[tuple[Tree, str, Tree], ...]


Tree: TypeAlias = (
    Letter
    | Slope
    | Jacobian
    | Filled
    | Entries
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


_CLOSED = (Letter, Slope, Jacobian, Filled, Entries)
_KINDS = (*_CLOSED, Times, Hadamard, Sum, Scaled, Divided, Transposed, Diagonal, Entrywise, Coupled, Chosen)
