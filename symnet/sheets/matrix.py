"""The matrix form on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath
from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, PARAMETER, updated
from symnet.description.training import Training
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Result, Table, Working, telling
from symnet.layout.breaking import break_lines
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.tree import Fence, Layout, Matrix, Operator, Row
from symnet.limits import MOST_WORKED_SAMPLES
from symnet.matrix.check import Grid, form_of, numbers_of, value
from symnet.matrix.derive import LayerForm, Left, MatrixEquation, MatrixForm, MatrixReason, MatrixRight
from symnet.matrix.expression import (
    Chosen,
    Coupled,
    Diagonal,
    Filled,
    Hadamard,
    MatrixDerivative,
    MatrixLetter,
    Scaled,
    Sum,
    Times,
    Tree,
    parts,
    shape,
)
from symnet.matrix.typeset import MatrixWriter
from symnet.network.graph import NodeKind
from symnet.notation import marks
from symnet.notation.names import letter_of
from symnet.numerics.direct import Value, numeric
from symnet.numerics.paper import Written
from symnet.numerics.training import Update, updated_parameters
from symnet.quantity import Role
from symnet.sheets.names import of_entries, of_node
from symnet.sheets.newton import is_newton
from symnet.sheets.numbers import conventions_in_numbers
from symnet.sheets.objective import objective_lines
from symnet.sheets.optimizer import is_clipping, is_elementwise, letters, relation_of
from symnet.sheets.sheet import Sheet, numbers_heading, titled
from symnet.text.say import in_a_row, listed, say, separated
from symnet.typeset.expressions import LayoutBuilder, row
from symnet.typeset.numbers import dotted

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


# Training steps in matrices: what a step makes of all weights of a layer, and of all its biases, at once.

# Rows and columns of a matrix of numbers that are printed before dots stand for the rest: from the most to the fewest.
_SIZES = (6, 5, 4, 3)

Entries: TypeAlias = Mapping[Symbol, Value]
"""A number for each parameter."""


def is_in_matrices(sheet: Sheet, training: Training) -> bool:
    """Return whether the sheet has matrices, and the rule of training holds for them as for their entries."""
    linear = not is_clipping(training) and not is_elementwise(training.rule) and not is_newton(training.rule)
    return sheet.view.matrix and not sheet.part.network.is_graph and linear


def matrix_step(sheet: Sheet, training: Training, updates: Sequence[Update], index: int) -> Iterator[Block]:
    """Yield one step in matrices: for each letter the rule, with its matrices put in, and what it comes to.

    Args:
        sheet: The part.
        training: How it is trained.
        updates: The steps.
        index: The 0-based place of the one that is shown.
    """
    step = _StepNumbers(sheet, training, updates, index)
    for letter in _updated_letters(sheet, training, form_of(sheet.part)):
        yield Working(tuple(step.lines(letter)))


def symbolic_matrix_update(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the update of every letter with its derivative put in, where the rule takes nothing else."""
    form = form_of(sheet.part)
    trees = {
        e.left.wrt: e.rights[-1].tree
        for layer in form.layers
        for e in layer.gradients
        if isinstance(e.left, MatrixDerivative)
    }
    shown = _updated_letters(sheet, training, form)
    yield Paragraph(say("matrix.update"))
    yield Working(tuple(_symbolic(sheet, training, letter, trees[letter]) for letter in shown))


def _updated_letters(sheet: Sheet, training: Training, form: MatrixForm) -> Iterator[MatrixLetter]:
    """Yield the letters of parameters that training changes and the sheet shows."""
    changed = set(sheet.view.among(updated_parameters(sheet.part.network, training)))
    for layer in form.layers:
        for letter in layer.parameters:
            if any(symbol in changed for cells in letter.cells for symbol in cells):
                yield letter


def _symbolic(sheet: Sheet, training: Training, letter: MatrixLetter, gradient: Tree) -> Line:
    """Return the update of one letter with its derivative put in."""
    write = MatrixWriter(sheet.names)
    written = dict(letters(sheet, training, write(letter)))
    put_in = write(gradient)
    written[GRADIENT.name] = Fence(put_in) if isinstance(gradient, Sum) else put_in
    right = sheet.with_symbols(written)(training.rule.update)
    return Line(written[updated(PARAMETER).name], marks.relation(sheet.names.notation), right)


class _StepNumbers:
    """The numbers of one step.

    Args:
        sheet: The part.
        training: How it is trained.
        updates: The steps.
        index: The 0-based place of this one.
    """

    def __init__(self, sheet: Sheet, training: Training, updates: Sequence[Update], index: int) -> None:
        self.sheet, self.training, self.updates, self.index = sheet, training, updates, index
        update, self.optimizer = updates[index], training.rule
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
        initial = self.training.state.values.get(name, {}) if self.training.state is not None else {}
        return {s: self.sheet.exactly(initial.get(s.name, Fraction(0))) for s in self.updates[0].before}

    def lines(self, letter: MatrixLetter) -> Iterator[Line]:
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

    def put_in(self, letter: MatrixLetter, symbol: Symbol, expression: Expr, most: int) -> Line:
        """Return a line with matrices of at most so many rows and columns put in, and what it comes to."""
        names = self.sheet.names
        body = LayoutBuilder(names, lambda held: self.written(letter, held, most))(expression)
        sign = "=" if all(self.is_exact(letter, held) for held in (*expression.free_symbols, symbol)) else "approx"
        return Line(None, sign, row((body, Operator(sign), self.written(letter, symbol, most))))

    def written(self, letter: MatrixLetter, symbol: Symbol, most: int) -> Layout:
        """Return the number or the matrix of numbers that a symbol of the rule stands for."""
        cells, number = letter.cells, self.sheet.number
        if symbol in self.constants or (len(cells), len(cells[0])) == (1, 1):
            single = number(self.constants[symbol] if symbol in self.constants else self.entries[symbol][cells[0][0]])
            return Fence(single[0]) if isinstance(single[0], Row) else single[0]
        values = self.entries[symbol]
        return dotted(len(cells), len(cells[0]), (most, most), lambda i, j: number(values[cells[i][j]])[0])

    def is_exact(self, letter: MatrixLetter, symbol: Symbol) -> bool:
        """Return whether no number that a symbol stands for is rounded where it is shown."""
        if symbol in self.constants:
            return self.sheet.number(self.constants[symbol])[1]
        return all(self.sheet.number(self.entries[symbol][cell])[1] for cells in letter.cells for cell in cells)


def _fits(right: Layout, room: float) -> bool:
    return all(width_em(piece) <= room for piece in break_lines(right, room, room, width_em))


# The sections of the matrix form: what the letters stand for, the forward pass, the derivatives layer by layer.

# What the table of matrices says of each role.
_MEANINGS: Mapping[Role, str] = MappingProxyType(
    {
        Role.INPUT: "matrix.inputs",
        Role.TARGET: "matrix.targets",
        Role.WEIGHT: "matrix.weights",
        Role.BIAS: "matrix.biases",
        Role.PRE_ACTIVATION: "matrix.pre_activations",
        Role.ACTIVATION: "matrix.activations",
        Role.OUTPUT: "matrix.outputs",
        Role.DROPPED: "matrix.dropped",
        Role.DELTA: "matrix.deltas",
    }
)
# How samples and units stand in matrices, and along what softmax goes, by the keys of the sentences.
_IN_ROWS = ("matrix.samples_in_rows", "matrix.units_in_rows", "matrix.softmax_by_rows")
_IN_COLUMNS = ("matrix.samples_in_columns", "matrix.units_in_columns", "matrix.softmax_by_columns")
_OF_NO_LAYER = frozenset((Role.INPUT, Role.TARGET))
# Rows and columns of the matrix of derivatives that is written out as an example.
_MOST_PARTIALS = (3, 3)
# The room in em within a frame.
_FRAME_EM = TEXT_EM - 1.8


def matrix_forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the table of all vectors and matrices with their shapes, and the forward pass in them."""
    form, write = form_of(sheet.part), MatrixWriter(sheet.names)
    yield Heading(2, say("matrix.forward")) if sheet.view.scalar else Heading(1, say("pass.forward"))
    yield Paragraph(_layout_in_words(sheet, form))
    yield _table(sheet, form, write)
    uses = len(sheet.part.network.branches)
    lines: list[Line] = []
    for layer in form.layers:
        # The same holds for every use of the network: the first one stands for all.
        for equation in layer.forward[: len(layer.forward) // uses]:
            lines += matrix_lines(sheet, equation, write)
    yield Working(tuple(lines))
    if uses > 1:
        yield Note(say("network.same_equations"))


def _layout_in_words(sheet: Sheet, form: MatrixForm) -> Inline:
    """Return how the units, the samples and the weights stand in vectors and matrices."""
    names, several = sheet.names, form.samples != 1
    of_samples, of_units, by_lines = _IN_ROWS if names.rows else _IN_COLUMNS
    softmax: Inline = ()
    if any(isinstance(right.tree, Coupled) for layer in form.layers for e in layer.forward for right in e.rights):
        softmax = say(by_lines) if several else say("matrix.softmax_over_units")
    return in_a_row(
        say(of_samples if several else of_units),
        say("matrix.weights_from_to" if names.from_to else "matrix.weights_to_from"),
        say("matrix.signs", product=Operator("odot"), softmax=softmax, ones=names.role(Role.ONES)),
    )


def _table(sheet: Sheet, form: MatrixForm, write: MatrixWriter) -> Table:
    """Return the letters with what they stand for and their shapes, those of one layer and shape in one row."""
    uses = len(sheet.part.network.branches)
    inputs, targets = ([a for a in form.data_letters if a.role is role] for role in (Role.INPUT, Role.TARGET))
    groups: list[list[MatrixLetter]] = [inputs[: len(inputs) // uses]]
    for layer in form.layers:
        groups += [[a for a in layer.parameters if a.role is role] for role in (Role.WEIGHT, Role.BIAS)]
        defined = [equation.left for equation in layer.forward if isinstance(equation.left, MatrixLetter)]
        deltas = layer.deltas if sheet.names.has_delta else ()
        groups.append([*defined[: len(defined) // uses], *deltas[: len(deltas) // uses]])
    rows = tuple(_row(sheet, write, letters) for letters in (*groups, targets) if letters)
    return Table((say("column.letter"), say("column.meaning"), say("column.shape")), rows, "lll")


def _row(sheet: Sheet, write: MatrixWriter, letters: Sequence[MatrixLetter]) -> tuple[Inline, ...]:
    first = letters[0]
    meanings = separated([say(key) for key in dict.fromkeys(_MEANINGS[letter.role] for letter in letters)])
    if first.role not in _OF_NO_LAYER:
        number = sheet.names.notation.number(Role.PRE_ACTIVATION, first.layer or 0)
        meanings = say("matrix.of_layer", meanings=meanings, number=number)
    return listed([write(letter) for letter in letters]), meanings, (_size(sheet, first),)


def matrix_backward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivatives in matrix form: wrt the pre-activations from the last layer back, then wrt parameters."""
    form, write = form_of(sheet.part), MatrixWriter(sheet.names)
    yield titled(2, "matrix.deltas_title" if sheet.names.has_delta else "matrix.pre_activations_title")
    yield Paragraph(_derivatives_in_words(sheet, form, write))
    for layer in reversed(form.layers):
        lines = [line for equation in layer.backward for line in matrix_lines(sheet, equation, write)]
        yield Working(tuple(lines))
    yield titled(2, "matrix.gradients_title")
    shown = [(layer, shown_gradients(sheet, layer)) for layer in reversed(form.layers)]
    for equation in [equation for _layer, equations in reversed(shown) for equation in equations][:1]:
        yield from _written_out(sheet, equation, write)
        yield Paragraph(say("compact.in_deltas" if sheet.names.has_delta else "compact.in_derivatives"))
    for _layer, equations in shown:
        if equations:
            yield _framed_matrix([line for e in equations for line in matrix_lines(sheet, e, write)])
    if form.inputs:
        yield titled(2, "matrix.inputs_title")
        yield _framed_matrix([line for e in form.inputs for line in matrix_lines(sheet, e, write)])


def _framed_matrix(lines: Sequence[Line]) -> Result:
    """Return lines in a frame, with their reasons where there is room for a column of them."""
    columns = (
        (width_em(line.left) if line.left is not None else 0, width_em(line.right), inline_em(line.reason) + 1)
        for line in lines
    )
    fits = sum(map(max, zip(*columns, strict=True))) + RELATION_EM <= _FRAME_EM
    return Result(tuple(lines) if fits else tuple(line._replace(reason=()) for line in lines))


def shown_gradients(sheet: Sheet, layer: LayerForm) -> list[MatrixEquation]:
    """Return the derivatives of a layer with respect to those letters in which a parameter that is shown stands."""
    found = []
    for equation in layer.gradients:
        cells = equation.left.wrt.cells if isinstance(equation.left, MatrixDerivative) else ()
        if any(sheet.view.shows(cell.name) for row in cells for cell in row):
            found.append(equation)
    return found


def _derivatives_in_words(sheet: Sheet, form: MatrixForm, write: MatrixWriter) -> Inline:
    """Return what the derivatives with respect to vectors and matrices are."""
    gradients = (equation.left for layer in form.layers for equation in layer.gradients)
    first = next(left for left in gradients if isinstance(left, MatrixDerivative))
    same_shape = say("matrix.same_shape", derivative=write(first), of=write(first.wrt))
    if form.samples == 1:
        return same_shape
    sample = letter_of(sheet.names.notation.sample.letter)
    line = say("matrix.row" if sheet.names.rows else "matrix.column", sample=sample)
    key = "matrix.own_loss_averaged" if sheet.part.objective.mean else "matrix.own_loss_summed"
    return in_a_row(same_shape, say(key, line=line, deltas=write(form.layers[-1].deltas[0]), sample=sample))


def _written_out(sheet: Sheet, equation: MatrixEquation, write: MatrixWriter) -> Iterator[Block]:
    """Yield a derivative with respect to a matrix as the matrix of the derivatives with respect to its entries."""
    derivative = equation.left
    if isinstance(derivative, MatrixDerivative) and derivative.wrt.role is Role.WEIGHT:
        cells = derivative.wrt.cells
        written = dotted(
            len(cells),
            len(cells[0]),
            _MOST_PARTIALS,
            lambda i, j: sheet.build(Partial(derivative.of, cells[i][j])),
        )
        yield Working((Line(write(derivative), "=", written, say("matrix.elementwise")),))


def matrix_lines(sheet: Sheet, equation: MatrixEquation, write: MatrixWriter) -> Iterator[Line]:
    """Yield the lines of an equation, each with its reason; a letter for deltas is introduced on the first."""
    written = write.of_each if equation.each else write
    left = written(equation.left)
    if isinstance(equation.left, MatrixLetter) and equation.left.role is Role.DELTA and sheet.names.has_delta:
        by = MatrixDerivative(sheet.part.network.loss, equation.left._replace(role=Role.PRE_ACTIVATION))
        left = Row((left, Operator(":="), written(by)))
    lines = (
        Line(None if index else left, "=", written(right.tree), _reason(sheet, equation, right))
        for index, right in enumerate(equation.rights)
    )
    yield from telling(of_entries(sheet.part, equation.left), lines)


# Why a line holds, by the keys of the reasons; where there are none, the shapes say it.
_WORDS: Mapping[MatrixReason, str] = MappingProxyType(
    {
        MatrixReason.ACTIVATION: "matrix.elementwise",
        MatrixReason.DROPOUT: "matrix.mask",
        MatrixReason.LOSS_DERIVATIVE: "reason.loss_derivative",
        MatrixReason.ENTRIES: "matrix.elementwise",
        MatrixReason.CHAIN: "reason.chain",
        MatrixReason.ACTIVATION_DERIVATIVE: "reason.activation_derivative",
        MatrixReason.SIMPLIFIED: "matrix.simplified",
    }
)


def _reason(sheet: Sheet, equation: MatrixEquation, right: MatrixRight) -> Inline:
    is_each = equation.each and right is equation.rights[0]
    if isinstance(right.tree, MatrixLetter):
        return ()
    if isinstance(right.tree, Coupled):
        if right.tree.of.samples == 1:
            return say("matrix.over_units")
        return say("matrix.by_rows" if sheet.names.rows else "matrix.by_columns")
    why = say(_WORDS[right.why]) if right.why in _WORDS else (shapes(sheet, right.tree),)
    return say("matrix.for_each_sample", why=why) if is_each else why


def shapes(sheet: Sheet, tree: Tree) -> Layout:
    """Return the shapes of the factors of a product, so that one sees that they fit: ``(2 × 3)(3 × 1) + (2 × 1)``.

    What is joined entry by entry has one shape, which is said once.
    """
    rule = _SHAPES.get(type(tree))
    return _size(sheet, tree) if rule is None else rule(sheet, tree)


def _size(sheet: Sheet, tree: Tree) -> Layout:
    rows, columns = (sheet.build(count) for count in shape(tree))
    return Fence(Row((rows, Operator("times"), columns)))


def _joined_matrix(sheet: Sheet, trees: Iterable[Tree], sign: str) -> Layout:
    """Return the shapes of products with a sign between them, and once that of what is no product."""
    found: dict[Layout, str] = {}
    for tree in trees:
        own = "-" if isinstance(tree, Scaled) and tree.factor is S.NegativeOne else sign
        found.setdefault(shapes(sheet, tree), own)
    (first, _), *others = found.items()
    return row((first, *(part for size, own in others for part in (Operator(own), size))))


_SHAPES: Mapping[type, Callable[[Sheet, Any], Layout]] = MappingProxyType(
    {
        Times: lambda sheet, tree: row(_size(sheet, factor) for factor in tree.factors),
        Scaled: lambda sheet, tree: shapes(sheet, tree.of),
        Sum: lambda sheet, tree: _joined_matrix(sheet, tree.terms, "+"),
        Hadamard: lambda sheet, tree: _joined_matrix(sheet, tree.factors, "odot"),
    }
)


# The sections of the matrix form in numbers: each line with its matrices put in, and what it comes to.

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
    calculation = _PartNumbers(sheet, evaluation, form)
    yield numbers_heading("matrix.forward")
    for layer in form.layers:
        yield Working(tuple(line for equation in layer.forward for line in calculation.lines(equation)))
    yield from calculation.remarks()


def matrix_backward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the derivatives in matrix form with numbers, those wrt the parameters of a layer in a frame."""
    form = form_of(sheet.part)
    calculation = _PartNumbers(sheet, evaluation, form)
    yield numbers_heading("matrix.backward")
    if not sheet.view.scalar:
        yield Working(tuple(_losses(sheet, evaluation)))
        yield from conventions_in_numbers(sheet, evaluation)
    for layer in reversed(form.layers):
        yield Working(tuple(calculation.derivatives(layer)))
    for layer in reversed(form.layers):
        yield from _framed(calculation, shown_gradients(sheet, layer))
    yield from _framed(calculation, form.inputs)
    yield from calculation.remarks()


def _losses(sheet: Sheet, evaluation: Evaluation) -> Iterator[Line]:
    """Yield the loss of each sample that is worked, and the objective."""
    network, several = sheet.part.network, len(evaluation.samples) > 1
    for number, sample in enumerate(evaluation.samples[:MOST_WORKED_SAMPLES], 1):
        for node in network.nodes.values():
            if node.kind is NodeKind.LOSS:
                left = sheet.names.sampled(node.symbol.name, str(number) if several else "")
                worked = sheet.substituted(node.expression, sample.values, sample.values[node.symbol])
                yield Line(left, *worked, of=of_node(node.symbol, number if several else None))
    if sheet.part.objective.nodes:
        yield from objective_lines(sheet, evaluation)


def _framed(calculation: _PartNumbers, equations: Iterable[MatrixEquation]) -> Iterator[Block]:
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


class _PartNumbers:
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
            order |= dict.fromkeys((*(part for part in inside if isinstance(part, MatrixDerivative)), left))
        for derivative in order:
            if derivative in whole:
                yield from self.lines(whole[derivative])
            else:
                yield self.outcome(derivative)._replace(reason=say("matrix.sample_by_sample"))

    def lines(self, equation: MatrixEquation) -> Iterator[Line]:
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

    def put_in(self, equation: MatrixEquation) -> Iterator[Line]:
        """Yield the lines symbolic and with numbers put in, this one where it fits on the page."""
        tree = equation.rights[-1].tree
        yield Line(self.write(equation.left), "=", self.write(tree))
        if isinstance(tree, MatrixLetter | MatrixDerivative):
            return
        if self.sheet.form.paper and not self.comes_to(tree, equation.left):
            self.rounded_otherwise = True
            return
        # The taught form of a derivative may divide by 0.
        if not self.has_value(tree, equation.left):
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
            of=of_entries(self.sheet.part, left, min(MOST_WORKED_SAMPLES, len(samples)) if len(samples) > 1 else 0),
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

    def has_value(self, tree: Tree, left: Left) -> bool:
        """Return whether no taught form of a derivative in a line divides by 0, so that it comes to its left side."""
        below = [taught.args[1] for taught in self.sheet.part.network.one_quotient]
        if all(numeric(one, sample) for sample in self.numbers.samples for one in below):
            return True
        pairs = zip(self.grid(tree), self.grid(left), strict=True)
        entries = (
            (found, wanted) for row_, wanted_row in pairs for found, wanted in zip(row_, wanted_row, strict=True)
        )
        return all(bool(found) == bool(wanted) for found, wanted in entries)

    def remarks(self) -> Iterator[Note]:
        """Yield why some lines have no numbers put in."""
        if self.rounded_otherwise:
            yield Note(say("matrix.rounded_otherwise"))


class _PutIn:
    """Writes an expression with matrices of numbers put in, and knows whether none of them was rounded.

    Args:
        calculation: Where the numbers come from.
        most: How many rows and columns of a matrix are printed.
        on_the_way: A sum with a term of these kinds is worked out on the way.
    """

    def __init__(self, calculation: _PartNumbers, most: int, on_the_way: tuple[type, ...]) -> None:
        self.calculation = calculation
        self.most = (most, most)
        self.on_the_way = on_the_way
        self.exact = True
        self.write = MatrixWriter(calculation.sheet.names, self.instead, self.scalar)

    def instead(self, tree: Tree) -> Layout | None:
        """Return the matrix of numbers that stands for a letter, a derivative, or what is worked out on the way."""
        summed = isinstance(tree, Sum) and any(isinstance(term, self.on_the_way) for term in tree.terms)
        if not summed and not isinstance(tree, MatrixLetter | MatrixDerivative | Chosen):
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
