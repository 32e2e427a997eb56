"""The value of a matrix expression, by matrix products of its own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Symbol
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
from symnet.numbers.numeric import Value, numeric, total
from symnet.numbers.reals import quotient
from symnet.quantity import Role

Grid: TypeAlias = tuple[tuple[Value, ...], ...]
Table: TypeAlias = Mapping[Symbol, Value]

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class Numbers(NamedTuple):
    """The numbers of all scalars, from which those of vectors and matrices are gathered.

    Attributes:
        samples: For each sample inputs, targets, parameters, nodes, cited derivatives by name, and what all share.
        adjoints: For each sample the derivative of its own loss by each node and wanted input.
        gradients: The derivative of the objective by each parameter.
        at: The 0-based sample for which something that holds for each is evaluated.
    """

    samples: Sequence[Table]
    adjoints: Sequence[Table]
    gradients: Table
    at: int = 0

    def scalar(self, expression: Expr) -> Value:
        """Return the value of an expression in the scalars of one sample."""
        return numeric(expression, self.samples[self.at])

    def of_letter(self, letter: Letter) -> Grid:
        """Return the entries of a letter."""
        return self._gathered(letter, self.adjoints if letter.role is Role.DELTA else self.samples)

    def of_slope(self, slope: Slope) -> Grid:
        """Return the derivatives by the entries of a letter."""
        return self._gathered(slope.wrt, [self.gradients] if slope.wrt.is_parameter else self.adjoints)

    def _gathered(self, letter: Letter, tables: Sequence[Table]) -> Grid:
        if letter.each:
            tables = tables[self.at : self.at + 1]
        elif letter.is_parameter:
            tables = tables[:1]
        if letter.down:
            return tuple(tuple(table[cell] for cell in row) for table in tables for row in letter.cells)
        return tuple(tuple(table[cell] for table in tables for cell in row) for row in letter.cells)


def value(tree: Tree, numbers: Numbers) -> Grid:
    """Return the numbers of a matrix expression, row by row.

    Raises:
        NoValueError: Where an entry has no real finite value.
    """
    return _VALUES[type(tree)](tree, numbers)


def _columns(grid: Grid) -> Grid:
    return tuple(zip(*grid, strict=True))


def _filled(tree: Filled, numbers: Numbers) -> Grid:
    rows, columns = int(numbers.scalar(tree.rows)), int(numbers.scalar(tree.columns))
    return ((numbers.scalar(tree.number),) * columns,) * rows


def _product(tree: Times, numbers: Numbers) -> Grid:
    result, *others = [value(factor, numbers) for factor in tree.factors]
    for other in others:
        columns = _columns(other)
        result = tuple(
            tuple(total([p * q for p, q in zip(row, column, strict=True)]) for column in columns) for row in result
        )
    return result


def _each(combine: Callable[[Sequence[Value]], Value], parts: Iterable[Tree], numbers: Numbers) -> Grid:
    """Return what ``combine`` makes of the entries in the same place."""
    grids = [value(part, numbers) for part in parts]
    return tuple(tuple(combine(entries) for entries in zip(*rows, strict=True)) for rows in zip(*grids, strict=True))


def _multiplied(entries: Sequence[Value]) -> Value:
    product: Value = 1
    for entry in entries:
        product *= entry
    return product


def _entries(tree: Entries | Jacobian, numbers: Numbers) -> Grid:
    return tuple(tuple(map(numbers.scalar, row)) for row in tree.cells)


def _over(tree: Divided, numbers: Numbers) -> Grid:
    under = numbers.scalar(tree.under)
    return _each(lambda entry: quotient(entry[0], under) if entry[0] else entry[0], (tree.over,), numbers)


def _scaled(tree: Scaled, numbers: Numbers) -> Grid:
    factor = numbers.scalar(tree.factor)
    return _each(lambda entry: factor * entry[0], (tree.of,), numbers)


def _diagonal(tree: Diagonal, numbers: Numbers) -> Grid:
    entries = [entry for row in value(tree.of, numbers) for entry in row]
    return tuple(tuple(entry if j == i else 0 for j in range(len(entries))) for i, entry in enumerate(entries))


def _entrywise(tree: Entrywise, numbers: Numbers) -> Grid:
    known = dict(numbers.samples[numbers.at])

    def combined(entries: Sequence[Value]) -> Value:
        known.update(zip((symbol for symbol, _ in tree.over), entries, strict=True))
        return numeric(tree.body, known)

    return _each(combined, (matrix for _, matrix in tree.over), numbers)


def _coupled(tree: Coupled, numbers: Numbers) -> Grid:
    grid = value(tree.of, numbers)
    found = []
    for units in grid if tree.down else _columns(grid):
        known = dict(zip(tree.places, units, strict=True))
        found.append(tuple(numeric(body, known) for body in tree.bodies))
    return tuple(found) if tree.down else _columns(tuple(found))


def _chosen(tree: Chosen, numbers: Numbers) -> Grid:
    signs = [_COMPARE[sign] for _, sign, _ in tree.conditions]

    def holds(entries: Sequence[Value]) -> Value:
        pairs = zip(entries[::2], entries[1::2], strict=True)
        return int(all(sign(own, other) for sign, (own, other) in zip(signs, pairs, strict=True)))

    return _each(holds, (part for own, _, other in tree.conditions for part in (own, other)), numbers)


_VALUES: Mapping[type, Callable[[Any, Numbers], Grid]] = MappingProxyType(
    {
        Letter: lambda letter, numbers: numbers.of_letter(letter),
        Slope: lambda slope, numbers: numbers.of_slope(slope),
        Jacobian: _entries,
        Filled: _filled,
        Entries: _entries,
        Times: _product,
        Hadamard: lambda tree, numbers: _each(_multiplied, tree.factors, numbers),
        Sum: lambda tree, numbers: _each(total, tree.terms, numbers),
        Scaled: _scaled,
        Divided: _over,
        Transposed: lambda tree, numbers: _columns(value(tree.of, numbers)),
        Diagonal: _diagonal,
        Entrywise: _entrywise,
        Coupled: _coupled,
        Chosen: _chosen,
    }
)
