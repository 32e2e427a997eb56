"""Training steps in matrices: what a step makes of all weights of a layer, and of all its biases, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, updated
from symnet.description.training import Training
from symnet.document import Block, Line, Paragraph, Working
from symnet.layout import marks
from symnet.layout.breaking import break_lines
from symnet.layout.build import Builder
from symnet.layout.dots import dotted
from symnet.layout.matrices import MatrixWriter
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.operands import row
from symnet.layout.tree import Fence, Layout, Operator, Row
from symnet.matrix.check import form_of
from symnet.matrix.equations import MatrixForm
from symnet.matrix.tree import Letter, Slope, Sum, Tree
from symnet.numbers.numeric import Value
from symnet.training import Update, updated_parameters
from symnet.worksheet.lettering import is_clipping, is_squared, letters, relation_of
from symnet.worksheet.sheet import Sheet

# Rows and columns of a matrix of numbers that are printed before dots stand for the rest: from the most to the fewest.
_SIZES = (6, 5, 4, 3)

Entries: TypeAlias = Mapping[Symbol, Value]
"""A number for each parameter."""


def is_in_matrices(sheet: Sheet, training: Training) -> bool:
    """Return whether the sheet has matrices, and the rule of training holds for them as for their entries."""
    linear = not is_clipping(training) and not is_squared(OPTIMIZERS[training.optimizer])
    return sheet.view.matrix and not sheet.part.network.is_graph and linear


def matrix_step(sheet: Sheet, training: Training, updates: Sequence[Update], index: int) -> Iterator[Block]:
    """Yield one step in matrices: for each letter the rule, with its matrices put in, and what it comes to.

    Args:
        sheet: The part.
        training: How it is trained.
        updates: The steps.
        index: The 0-based place of the one that is shown.
    """
    step = _Step(sheet, training, updates, index)
    for letter in _updated_letters(sheet, training, form_of(sheet.part)):
        yield Working(tuple(step.lines(letter)))


def symbolic_matrix_update(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the update of every letter with its derivative put in, where the rule takes nothing else."""
    form = form_of(sheet.part)
    trees = {
        e.left.wrt: e.rights[-1].tree for layer in form.layers for e in layer.gradients if isinstance(e.left, Slope)
    }
    shown = _updated_letters(sheet, training, form)
    yield Paragraph(("In matrices:",))
    yield Working(tuple(_symbolic(sheet, training, letter, trees[letter]) for letter in shown))


def _updated_letters(sheet: Sheet, training: Training, form: MatrixForm) -> Iterator[Letter]:
    """Yield the letters of parameters that training changes and the sheet shows."""
    changed = set(sheet.view.among(updated_parameters(sheet.part.network, training)))
    for layer in form.layers:
        for letter in layer.parameters:
            if any(symbol in changed for cells in letter.cells for symbol in cells):
                yield letter


def _symbolic(sheet: Sheet, training: Training, letter: Letter, gradient: Tree) -> Line:
    """Return the update of one letter with its derivative put in."""
    write = MatrixWriter(sheet.names)
    written = letters(sheet, training, write(letter))
    put_in = write(gradient)
    written[GRADIENT.name] = Fence(put_in) if isinstance(gradient, Sum) else put_in
    right = sheet.with_symbols(written)(OPTIMIZERS[training.optimizer].update)
    return Line(written[updated(PARAMETER).name], marks.relation(sheet.names.notation), right)


class _Step:
    """The numbers of one step.

    Args:
        sheet: The part.
        training: How it is trained.
        updates: The steps.
        index: The 0-based place of this one.
    """

    def __init__(self, sheet: Sheet, training: Training, updates: Sequence[Update], index: int) -> None:
        self.sheet, self.training, self.updates, self.index = sheet, training, updates, index
        update, self.optimizer = updates[index], OPTIMIZERS[training.optimizer]
        self.entries: dict[Symbol, Entries] = {
            PARAMETER: update.before,
            GRADIENT: update.gradients,
            updated(PARAMETER): update.after,
        }
        for state in self.optimizer.states:
            self.entries[state.symbol] = self._kept_before(state.name)
            self.entries[updated(state.symbol)] = update.state[state.name]
        self.constants = {Symbol(name): sheet.exactly(number) for name, number in training.options.items()}
        self.constants[LEARNING_RATE] = update.rate

    def _kept_before(self, name: str) -> Entries:
        """Return what the optimizer keeps of each parameter before the step."""
        if self.index:
            return self.updates[self.index - 1].state[name]
        given = self.training.state.values.get(name, {}) if self.training.state is not None else {}
        return {s: self.sheet.exactly(given.get(s.name, Fraction(0))) for s in self.updates[0].before}

    def lines(self, letter: Letter) -> Iterator[Line]:
        """Yield the lines of the rule for one letter: as it stands, and with its matrices put in."""
        written = letters(self.sheet, self.training, MatrixWriter(self.sheet.names)(letter))
        build = self.sheet.with_symbols(written)
        for symbol, expression in self.optimizer.lines:
            left = written[symbol.name]
            room = TEXT_EM - INDENT_EM - RELATION_EM - width_em(left)
            yield Line(left, relation_of(self.sheet, self.training, symbol), build(expression))
            tried = (self.put_in(letter, symbol, expression, most) for most in _SIZES)
            fitting = (line for line in tried if _fits(line.right, room))
            yield next(fitting, self.put_in(letter, symbol, expression, _SIZES[-1]))

    def put_in(self, letter: Letter, symbol: Symbol, expression: Expr, most: int) -> Line:
        """Return a line with matrices of at most so many rows and columns put in, and what it comes to."""
        names = self.sheet.names
        body = Builder(names, lambda held: self.written(letter, held, most))(expression)
        sign = "=" if all(self.is_exact(letter, held) for held in (*expression.free_symbols, symbol)) else "approx"
        return Line(None, sign, row((body, Operator(sign), self.written(letter, symbol, most))))

    def written(self, letter: Letter, symbol: Symbol, most: int) -> Layout:
        """Return the number or the matrix of numbers that a symbol of the rule stands for."""
        cells, number = letter.cells, self.sheet.number
        if symbol in self.constants or (len(cells), len(cells[0])) == (1, 1):
            single = number(self.constants[symbol] if symbol in self.constants else self.entries[symbol][cells[0][0]])
            return Fence(single[0]) if isinstance(single[0], Row) else single[0]
        values = self.entries[symbol]
        return dotted(len(cells), len(cells[0]), (most, most), lambda i, j: number(values[cells[i][j]])[0])

    def is_exact(self, letter: Letter, symbol: Symbol) -> bool:
        """Return whether no number that a symbol stands for is rounded where it is shown."""
        if symbol in self.constants:
            return self.sheet.number(self.constants[symbol])[1]
        return all(self.sheet.number(self.entries[symbol][cell])[1] for cells in letter.cells for cell in cells)


def _fits(right: Layout, room: float) -> bool:
    return all(width_em(piece) <= room for piece in break_lines(right, room, room, width_em))
