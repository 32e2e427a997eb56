"""The sections of the matrix form in numbers: each line with its matrices put in, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import mpmath
from sympy import Symbol

from symnet.document import Block, Heading, Line, Note, Result, Working
from symnet.layout.breaking import break_lines
from symnet.layout.dots import dotted
from symnet.layout.matrices import MatrixWriter
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.operands import row
from symnet.layout.tree import Fence, Layout, Matrix, Operator, Row
from symnet.matrix.check import form_of, numbers_of
from symnet.matrix.equations import Equation, LayerForm, Left, MatrixForm
from symnet.matrix.tree import Chosen, Diagonal, Filled, Letter, Slope, Sum, Tree, parts
from symnet.matrix.values import Grid, value
from symnet.network import Kind
from symnet.numbers.written import Written
from symnet.worksheet.ids import of_entries, of_node
from symnet.worksheet.matrix import shown_gradients
from symnet.worksheet.numbers import MOST_SAMPLES
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.together import objective_lines

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

# Rows and columns of a matrix of numbers that are printed before dots stand for the rest: alone, and put into a line.
_ALONE, _PUT_IN = (10, 8), 6
_FEWEST = 3
# Rows of all matrices in one frame.
_HIGHEST_FRAME = 12
# Digits with which a line is worked out.
_DIGITS = 60


def matrix_forward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass in matrices with numbers put in."""
    form = form_of(sheet.part)
    calculation = _Calculation(sheet, evaluation, form)
    yield Heading(2, ("Forward pass in numbers, in matrix form",))
    for layer in form.layers:
        yield Working(tuple(line for equation in layer.forward for line in calculation.lines(equation)))
    yield from calculation.remarks()


def matrix_backward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the derivatives in matrices with numbers put in, those by the parameters of a layer in a frame."""
    form = form_of(sheet.part)
    calculation = _Calculation(sheet, evaluation, form)
    yield Heading(2, ("Backward pass in numbers, in matrix form",))
    if not sheet.view.scalar:
        yield Working(tuple(_losses(sheet, evaluation)))
    for layer in reversed(form.layers):
        yield Working(tuple(calculation.derivatives(layer)))
    for layer in reversed(form.layers):
        yield from _framed(calculation, shown_gradients(sheet, layer))
    yield from _framed(calculation, form.inputs)
    yield from calculation.remarks()


def _losses(sheet: Sheet, evaluation: Evaluation) -> Iterator[Line]:
    """Yield the loss of each sample that is worked, and the objective."""
    network, several = sheet.part.network, len(evaluation.samples) > 1
    for number, sample in enumerate(evaluation.samples[:MOST_SAMPLES], 1):
        for node in network.nodes.values():
            if node.kind is Kind.LOSS:
                left = sheet.names.sampled(node.symbol.name, str(number) if several else "")
                worked = sheet.substituted(node.expression, sample.values, sample.values[node.symbol])
                yield Line(left, *worked, of=of_node(node.symbol, number if several else None))
    if sheet.part.objective.nodes:
        yield from objective_lines(sheet, evaluation)


def _framed(calculation: _Calculation, equations: Iterable[Equation]) -> Iterator[Block]:
    """Yield equations with numbers put in, and what they come to in one frame."""
    worked = list(equations)
    if worked:
        yield Working(tuple(line for equation in worked for line in calculation.put_in(equation)))
        yield from map(Result, _on_a_page([calculation.outcome(equation.left) for equation in worked]))


def _on_a_page(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield lines in groups that are not too high for a frame, which cannot break over pages."""
    group: list[Line] = []
    height = 0
    for line in lines:
        rows = len(line.right.rows) if isinstance(line.right, Matrix) else 1
        if group and height + rows > _HIGHEST_FRAME:
            yield tuple(group)
            group, height = [], 0
        group.append(line)
        height += rows
    yield tuple(group)


class _Calculation:
    """The numbers of a part in its vectors and matrices."""

    def __init__(self, sheet: Sheet, evaluation: Evaluation, form: MatrixForm) -> None:
        self.sheet = sheet
        self.write = MatrixWriter(sheet.names)
        with mpmath.workdps(_DIGITS):
            self.numbers = numbers_of(sheet.part, evaluation)
        self.rounded_otherwise = False
        # The lines of a working are aligned: the widest left side says what room there is behind all of them.
        lefts = (width_em(self.write(equation.left)) for equation in form.equations if not equation.each)
        self.room = TEXT_EM - INDENT_EM - RELATION_EM - max(lefts)

    def derivatives(self, layer: LayerForm) -> Iterator[Line]:
        """Yield the lines of the deltas of a layer, and before them those of other derivatives that stand in them.

        Of what is written sample by sample there is the outcome alone.
        """
        whole = {equation.left: equation for equation in layer.backward if not equation.each}
        order: dict[Left, None] = {}
        for left in layer.deltas:
            inside = parts(whole[left].rights[-1].tree) if left in whole else ()
            order |= dict.fromkeys((*(part for part in inside if isinstance(part, Slope)), left))
        for derivative in order:
            if derivative in whole:
                yield from self.lines(whole[derivative])
            else:
                yield self.outcome(derivative)._replace(reason=("sample by sample",))

    def lines(self, equation: Equation) -> Iterator[Line]:
        """Yield the lines symbolic, with numbers put in, and what comes out."""
        *before, last = self.put_in(equation)
        yield from before
        outcome = self.outcome(equation.left)
        joined = _joined(last.right, outcome)
        if width_em(joined) <= self.room:
            yield last._replace(right=joined, of=outcome.of)
        else:
            yield last
            yield outcome._replace(left=None)

    def put_in(self, equation: Equation) -> Iterator[Line]:
        """Yield the lines symbolic and with numbers put in, this one where it fits on the page."""
        tree = equation.rights[-1].tree
        yield Line(self.write(equation.left), "=", self.write(tree))
        if isinstance(tree, Letter | Slope):
            return
        if self.sheet.form.paper and not self.comes_to(tree, equation.left):
            self.rounded_otherwise = True
            return
        for written in self.ways():
            body = written.write(tree)
            if all(width_em(piece) <= self.room for piece in break_lines(body, self.room, self.room, width_em)):
                yield Line(None, "=" if written.exact else "approx", body)
                return

    def ways(self) -> Iterator[_PutIn]:
        """Yield the ways to put numbers in, from the fullest to the shortest.

        On paper a number that stands on no line is not used, and so nothing is worked out on the way but 0s and 1s.
        """
        on_the_way: tuple[type, ...] = () if self.sheet.form.paper else (Diagonal,)
        yield _PutIn(self, _PUT_IN, on_the_way)
        if not self.sheet.form.paper:
            yield _PutIn(self, _PUT_IN, (*on_the_way, Filled))
        yield from (_PutIn(self, most, on_the_way) for most in range(_PUT_IN - 1, _FEWEST - 1, -1))

    def outcome(self, left: Left) -> Line:
        """Return what a vector or matrix comes to."""
        grid, samples = self.grid(left), self.numbers.samples
        relations = {self.sheet.result(entry)[0].name for entries in grid for entry in entries}
        sizes = (self.matrix(grid, (_ALONE[0], most)) for most in range(_ALONE[1], _FEWEST - 1, -1))
        fitting = (matrix for matrix in sizes if width_em(matrix) <= self.room)
        return Line(
            self.write(left),
            "approx" if "approx" in relations else "=",
            next(fitting, self.matrix(grid, (_FEWEST,) * 2)),
            of=of_entries(self.sheet.part, left, min(MOST_SAMPLES, len(samples)) if len(samples) > 1 else 0),
        )

    def grid(self, tree: Tree) -> Grid:
        """Return the numbers of an expression."""
        with mpmath.workdps(_DIGITS):
            found = value(tree, self.numbers)
        return tuple(tuple(entry if isinstance(entry, mpmath.mpf) else mpmath.mpf(entry) for entry in r) for r in found)

    def matrix(self, grid: Grid, most: tuple[int, int]) -> Matrix:
        """Return a matrix of numbers, dots standing for what is not printed."""
        return dotted(len(grid), len(grid[0]), most, lambda i, j: self.sheet.number(grid[i][j])[0])

    def comes_to(self, tree: Tree, left: Left) -> bool:
        """Return whether a line with the numbers put in comes to just what is written for its left side.

        On paper a number may have been rounded on the way that stands in no matrix.
        """
        pairs = zip(self.grid(tree), self.grid(left), strict=True)
        return all(
            Written.result(found, self.sheet.form, ()) == wanted
            for row_, wanted_row in pairs
            for found, wanted in zip(row_, wanted_row, strict=True)
        )

    def remarks(self) -> Iterator[Note]:
        """Yield why some lines have no numbers put in."""
        if self.rounded_otherwise:
            yield Note(("Lines without numbers put in were worked out number by number, where more is rounded.",))


class _PutIn:
    """Writes an expression with matrices of numbers put in, and knows whether none of them was rounded.

    Args:
        calculation: Where the numbers come from.
        most: How many rows and columns of a matrix are printed.
        on_the_way: A sum with a term of these kinds is worked out on the way.
    """

    def __init__(self, calculation: _Calculation, most: int, on_the_way: tuple[type, ...]) -> None:
        self.calculation = calculation
        self.most = (most, most)
        self.on_the_way = on_the_way
        self.exact = True
        self.write = MatrixWriter(calculation.sheet.names, self.instead, self.scalar)

    def instead(self, tree: Tree) -> Layout | None:
        """Return the matrix of numbers that stands for a letter, a derivative, or what is worked out on the way."""
        summed = isinstance(tree, Sum) and any(isinstance(term, self.on_the_way) for term in tree.terms)
        if not summed and not isinstance(tree, Letter | Slope | Chosen):
            return None
        grid = self.calculation.grid(tree)
        self.exact &= all(self.calculation.sheet.number(entry)[1] for entries in grid for entry in entries)
        return self.calculation.matrix(grid, self.most)

    def scalar(self, symbol: Symbol) -> Layout:
        """Return the number that stands for a scalar; one with a sign in brackets."""
        numbers = self.calculation.numbers
        layout, exact = self.calculation.sheet.number(numbers.samples[numbers.at][symbol])
        self.exact &= exact
        return Fence(layout) if isinstance(layout, Row) else layout


def _joined(body: Layout, outcome: Line) -> Layout:
    return row((body, Operator(outcome.relation), outcome.right))
