"""The section of given numbers: parameters as matrices, samples as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.document import Block, Heading, Line, Paragraph, Table, Working
from symnet.layout.dots import dotted
from symnet.layout.measure import width_em
from symnet.layout.tree import Layout, Matrix
from symnet.numbers.numeric import Value
from symnet.prose import counted
from symnet.quantity import Role
from symnet.worksheet.drift import rounding_section
from symnet.worksheet.sheet import Sheet

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

# Rows and columns of a matrix that are printed before dots stand for the rest.
MOST_ROWS, MOST_COLUMNS = 10, 8
# The width in em that a matrix may have on paper.
MATRIX_WIDTH = 36


def given_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the given numbers: parameters as matrices, samples as a table."""
    yield Heading(1, ("The numbers",))
    yield from rounding_section(sheet)
    constants = _single(sheet, sheet.part.objective.constants, sheet.constants)
    yield Working((*_matrices(sheet, evaluation.samples[0].values), *constants))
    network = sheet.part.network
    columns = [*network.inputs, *network.targets]
    if len(columns) <= MOST_COLUMNS:
        head = [("sample",), *((sheet.names(symbol.name),) for symbol in columns)]
        rows = [
            ((str(number),), *((sheet.number(sample.values[symbol])[0],) for symbol in columns))
            for number, sample in enumerate(evaluation.samples, 1)
        ]
        yield Table(tuple(head), tuple(rows), "l" + "r" * len(columns))
    else:
        count = len(evaluation.samples)
        samples = "sample" if count == 1 else counted(count, "sample")
        yield Paragraph((f"Inputs and targets of the {samples} are those of the description file.",))


def _matrices(sheet: Sheet, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    names = sheet.names
    for number, layer in enumerate(sheet.part.network.layers, 1):
        for piece in range(layer.pieces):
            mark = str(piece + 1) if layer.pieces > 1 else None
            rows = layer.weights[piece :: layer.pieces]
            matrix = [[values[weight] for weight in row] for row in rows]
            turned = [list(column) for column in zip(*matrix, strict=True)]
            yield _matrix(sheet, names.matrix(Role.WEIGHT, number, mark), turned if names.from_to else matrix)
            if len(layer.biases) > 1:
                biases = names.vector(Role.BIAS, number, piece=mark)
                yield _matrix(sheet, biases, [[values[bias]] for bias in layer.biases[piece :: layer.pieces]])
        yield from _single(sheet, (*(layer.biases if len(layer.biases) == 1 else ()), *layer.learned), values)


def _single(sheet: Sheet, symbols: Sequence[Symbol], values: Mapping[Symbol, Value]) -> Iterator[Line]:
    for symbol in symbols:
        relation, size = sheet.result(values[symbol])
        yield Line(sheet.names(symbol.name), relation.name, size)


def _matrix(sheet: Sheet, name: Layout, rows: Sequence[Sequence[Value]]) -> Line:
    """Return a matrix of given numbers, with dots for its middle where it is large or wide."""
    exact = all(sheet.number(value)[1] for row in rows for value in row)
    matrices = (_dotted(sheet, rows, most) for most in range(MOST_COLUMNS, 2, -1))
    fitting = (matrix for matrix in matrices if width_em(matrix) <= MATRIX_WIDTH)
    return Line(name, "=" if exact else "approx", next(fitting, _dotted(sheet, rows, 3)))


def _dotted(sheet: Sheet, rows: Sequence[Sequence[Value]], most: int) -> Matrix:
    """Return a matrix of which at most ``most`` columns are printed."""
    return dotted(len(rows), len(rows[0]), (MOST_ROWS, most), lambda i, j: sheet.number(rows[i][j])[0])
