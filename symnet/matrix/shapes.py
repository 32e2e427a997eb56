"""The shape of a matrix expression, and whether its parts fit one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Integer, S
from sympy.core.expr import Expr

from symnet.matrix.tree import (
    Chosen,
    Coupled,
    Diagonal,
    Divided,
    Entries,
    Entrywise,
    Filled,
    Hadamard,
    Jacobian,
    Letter,
    Scaled,
    Slope,
    Sum,
    Times,
    Transposed,
    Tree,
)

Shape: TypeAlias = tuple[Expr, Expr]


class ShapeError(ValueError):
    """Matrices whose shapes do not fit what is made of them."""


def shape(tree: Tree) -> Shape:
    """Return the numbers of rows and columns; that of the samples may be a symbol.

    Raises:
        ShapeError: If the parts do not fit one another.
    """
    return _SHAPES[type(tree)](tree)


def _letter(letter: Letter) -> Shape:
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


def _entries(tree: Entries | Jacobian) -> Shape:
    return Integer(len(tree.cells)), Integer(len(tree.cells[0]))


_SHAPES: Mapping[type, Callable[[Any], Shape]] = MappingProxyType(
    {
        Letter: _letter,
        Slope: lambda slope: shape(slope.wrt),
        Jacobian: _entries,
        Filled: lambda filled: (filled.rows, filled.columns),
        Entries: _entries,
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
