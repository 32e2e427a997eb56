"""Numerical values, and what rounding does to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import mpmath
from sympy import Symbol, log, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.branches import kinked_functions
from symnet.algebra.forms import positive_first
from symnet.algebra.nodes import Applied
from symnet.derivation.steps import before_writing_out
from symnet.document import Block, Heading, Inline, Line, LineKind, Note, Paragraph, Table, Working, telling
from symnet.layout.measure import width_em
from symnet.layout.tree import Fence, Glyph, Layout, Matrix, Number, Operator, Prime, Space
from symnet.limits import MOST_KINK_NOTES, MOST_TABLE_ROWS, MOST_WORKED_SAMPLES
from symnet.network.graph import LayerNodes, Node, NodeKind
from symnet.numerics.direct import Value, numeric, total
from symnet.numerics.format import Form
from symnet.quantity import Role
from symnet.sheets.derived import shown_adjoints
from symnet.sheets.names import called, of_adjoint, of_gradient, of_node
from symnet.sheets.network import applied
from symnet.sheets.sheet import Sheet, numbers_heading
from symnet.text.say import in_a_row, listed, say, separated
from symnet.typeset.expressions import row
from symnet.typeset.numbers import dotted

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample


# What a sheet takes for granted where numbers are put in: that 0 ln 0 is 0.

_LOGARITHMS = frozenset(("log2", "log10"))


def zero_logarithms(sheet: Sheet, expressions: Iterable[Expr], values: Mapping[Symbol, Value]) -> Iterator[Note]:
    """Yield the convention 0 ln 0 = 0, if evaluating the expressions meets a logarithm of 0.

    Such a logarithm has no value: where there is one all the same, a factor of 0 stands before it. What is told then,
    too, is that the derivative of such a term is left out where it would be divided by 0.

    Args:
        sheet: The part.
        expressions: What numbers are put into.
        values: The numbers.
    """
    arguments = (argument for expression in expressions for argument in _logarithms(sheet, expression))
    if any(not sheet.numeric(argument, values) for argument in arguments):
        zero = Number("0")
        said = row((zero, Space("thin"), sheet.names.notation.logarithm, zero, Operator("="), zero))
        yield Note(say("convention.zero_logarithm", equation=said))
    if any(not numeric(taught.args[1], values) for taught in sheet.part.network.one_quotient):
        yield Note(say("convention.zero_term"))


def conventions_in_numbers(sheet: Sheet, evaluation: Evaluation) -> tuple[Note, ...]:
    """Return the conventions used in evaluating any of the samples, each once.

    Args:
        sheet: The part.
        evaluation: Its numbers.
    """
    expressions = [node.expression for node in sheet.part.network.nodes.values()]
    notes = (note for sample in evaluation.samples for note in zero_logarithms(sheet, expressions, sample.values))
    return tuple(dict.fromkeys(notes))


def _logarithms(sheet: Sheet, expression: Expr) -> tuple[Expr, ...]:
    """Return of what an expression has logarithms."""
    return sheet.once(("logarithms", expression), lambda: tuple(_arguments_of_logarithms(expression)))


def _arguments_of_logarithms(expression: Expr) -> Iterator[Expr]:
    for part in preorder_traversal(expression):
        if isinstance(part, log):
            yield part.args[0]
        elif isinstance(part, Applied) and part.name in _LOGARITHMS:
            yield part.args[1]


# Arithmetic as on paper on a sheet: how numbers are rounded, and the rounding errors of the derivatives.

FINER = 2
"""By how many digits more the exact derivatives are shown."""


def rounding_rule(sheet: Sheet) -> Iterator[Block]:
    """Yield how results are rounded, if hand arithmetic (rounding at each step) is used."""
    if sheet.form.paper:
        halves = say("rounding.half_up" if sheet.form.half_up else "rounding.half_to_even")
        yield Paragraph(say("rounding.rule", halves=halves, places=_places(sheet.form)))


def _places(form: Form) -> Inline:
    if form.significant is not None:
        return say("rounding.significant", figures=form.significant)
    return say("rounding.decimals", decimals=form.decimals, figures=form.last_digits)


def rounding_errors_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the table of gradients as rounded, exact, and their difference, the rounding error."""
    paper, exact = sheet.part.paper, sheet.part.evaluation
    if paper is None or exact is None:
        return
    leaves, rounded, true = _leaves(sheet, exact), _derivatives(paper), _derivatives(exact)
    with mpmath.workdps(60):
        errors = {leaf: total((rounded[leaf], -true[leaf])) for leaf in leaves}
    finer = sheet.finer(FINER)
    head = tuple(map(say, ("rounding.gradient", "rounding.rounded", "rounding.exact", "rounding.error")))
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(leaves), MOST_TABLE_ROWS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * len(head))
            continue
        leaf = leaves[index]
        numbers = (sheet.number(rounded[leaf])[0], finer.number(true[leaf])[0], sheet.rough(errors[leaf]))
        rows.append(((sheet.names(leaf.name),), *((number,) for number in numbers)))
    yield Heading(2, say("rounding.title"))
    yield Table(head, tuple(rows), "lrrr")
    largest = max(errors.values(), key=abs, default=mpmath.mpf(0))
    largest_error = say("rounding.largest", error=sheet.rough(abs(largest)))
    yield Paragraph(largest_error if largest else say("rounding.none"))


def _leaves(sheet: Sheet, exact: Evaluation) -> tuple[Symbol, ...]:
    """Return the parameters and, where there is one sample, the inputs whose derivatives are shown."""
    part = sheet.part
    derivatives = part.gradient.parameters if len(exact.samples) > 1 else part.gradient.leaves
    return tuple(leaf for leaf in sheet.leaves if leaf in derivatives)


def _derivatives(evaluation: Evaluation) -> Mapping[Symbol, Value]:
    return {**evaluation.samples[0].gradients, **evaluation.gradients}


# The section of the data: parameters as matrices, samples as a table.

# Rows and columns of a matrix that are printed before dots stand for the rest.
MOST_ROWS, MOST_COLUMNS = 10, 8
# The width in em that a matrix may have on paper.
MATRIX_WIDTH = 36


def data_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the data: parameters as matrices, samples as a table."""
    yield Heading(1, say("numbers.title"))
    yield from rounding_rule(sheet)
    constants = number_lines(sheet, sheet.part.objective.constants, sheet.constants)
    yield Working((*parameter_matrices(sheet, evaluation.samples[0].values), *constants))
    network = sheet.part.network
    columns = network.of_sample
    if len(columns) <= MOST_COLUMNS:
        head = [say("column.sample"), *((sheet.names(symbol.name),) for symbol in columns)]
        rows = [
            ((str(number),), *((sheet.number(sample.values[symbol])[0],) for symbol in columns))
            for number, sample in enumerate(evaluation.samples, 1)
        ]
        yield Table(tuple(head), tuple(rows), "l" + "r" * len(columns))
    else:
        yield Paragraph(say("numbers.of_file", samples=len(evaluation.samples)))


def parameter_matrices(sheet: Sheet, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield the given weights and biases as matrices, layer by layer.

    Args:
        sheet: The part.
        values: The given numbers.
    """
    names = sheet.names
    for number, layer in enumerate(sheet.part.network.layers, 1):
        for piece in range(layer.pieces):
            mark = str(piece + 1) if layer.pieces > 1 else None
            rows = layer.dense[piece :: layer.pieces]
            matrix = [[values[weight] for weight in row] for row in rows]
            turned = [list(column) for column in zip(*matrix, strict=True)]
            yield _matrix(sheet, names.matrix(Role.WEIGHT, number, mark), turned if names.from_to else matrix)
            if len(layer.biases) > 1:
                biases = names.vector(Role.BIAS, number, piece=mark)
                yield _matrix(sheet, biases, [[values[bias]] for bias in layer.biases[piece :: layer.pieces]])
        yield from number_lines(sheet, (*(layer.biases if len(layer.biases) == 1 else ()), *layer.learned), values)


def number_lines(sheet: Sheet, symbols: Sequence[Symbol], values: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield given numbers one by one.

    Args:
        sheet: The part.
        symbols: What they are of.
        values: The numbers.
    """
    for symbol in symbols:
        relation, size = sheet.result(values[symbol])
        yield Line(sheet.names(symbol.name), relation.name, size)


def _matrix(sheet: Sheet, name: Layout, rows: Sequence[Sequence[Value]]) -> Line:
    """Return a matrix of given numbers, with dots for its middle where it is large or wide."""
    numbers = [[sheet.number(value) for value in row] for row in rows]
    exact = all(is_exact for row in numbers for _, is_exact in row)
    *wider, narrowest = range(MOST_COLUMNS, 2, -1)
    fitting = (matrix for most in wider if width_em(matrix := _dotted(numbers, most)) <= MATRIX_WIDTH)
    return Line(name, "=" if exact else "approx", next(fitting, None) or _dotted(numbers, narrowest))


def _dotted(numbers: Sequence[Sequence[tuple[Layout, bool]]], most: int) -> Matrix:
    """Return a matrix of which at most ``most`` columns are printed."""
    return dotted(len(numbers), len(numbers[0]), (MOST_ROWS, most), lambda i, j: numbers[i][j][0])


# The sections with numbers put in: forward pass, loss and deltas, gradients.


def forward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass of each sample with numbers put in."""
    for number, sample in worked_samples(evaluation):
        yield _heading("pass.forward", number, evaluation)
        lines: list[Line] = []
        for branch in sheet.part.network.branches:
            for layer in branch:
                lines += _layer_lines(sheet, layer, sample.values)
        yield Working(tuple(lines))
        yield from winners(sheet, sample)
    yield from samples_left_out(evaluation)


def _layer_lines(sheet: Sheet, layer: LayerNodes, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield pre-activations, activations, and these after dropout."""
    nodes, names = sheet.part.network.nodes, sheet.names
    for z in layer.pre_activations:
        yield from _told(of_node(z), z, sheet.worked_line(names(z.name), nodes[z].expression, values, values[z]))
    for unit, a in enumerate(layer.activations):
        yield from _told(
            of_node(a), a, sheet.worked_line(names(a.name), applied(sheet, layer, unit), values, values[a])
        )
    for d in layer.dropped:
        yield from _told(of_node(d), d, sheet.worked_line(names(d.name), nodes[d].expression, values, values[d]))


def _told(ids: tuple[str, ...], symbol: Symbol, lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines that tell the value of a node, or of a derivative with respect to ``symbol``."""
    return telling(ids, lines, symbol.name, LineKind.VALUE)


def winners(sheet: Sheet, sample: Sample) -> Iterator[Block]:
    """Yield which piece each unit has taken, where units have pieces.

    Args:
        sheet: The part.
        sample: The numbers of a sample.
    """
    for branch in sheet.part.network.branches:
        for layer in branch:
            if layer.pieces == 1:
                continue
            active: list[Inline] = []
            for unit, a in enumerate(layer.activations):
                pieces = layer.read_by(unit)
                won = next(z for z in pieces if sample.values[z] == sample.values[a])
                active.append((sheet.names(a.name), " = ", sheet.names(won.name)))
            yield Note(say("numbers.active_pieces", pieces=separated(active, "series.between_clauses")))


def worked_samples(evaluation: Evaluation) -> Iterator[tuple[int, Sample]]:
    """Yield the samples that are worked line by line with their 1-based numbers.

    Args:
        evaluation: All numbers.
    """
    numbers = range(len(evaluation.samples)) if evaluation.batch is None else evaluation.batch
    for number, sample in list(zip(numbers, evaluation.samples, strict=True))[:MOST_WORKED_SAMPLES]:
        yield number + 1, sample


def _heading(key: str, number: int, evaluation: Evaluation) -> Heading:
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    return numbers_heading(key, number if several else None)


def samples_left_out(evaluation: Evaluation) -> Iterator[Block]:
    """Yield how many samples are not worked.

    Args:
        evaluation: All numbers.
    """
    more = len(evaluation.samples) - MOST_WORKED_SAMPLES
    if more > 0:
        yield Note(say("numbers.rest", samples=more))


def kinks_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield a note for each node that is evaluated at a non-differentiable point, with the convention used there."""
    layers = [layer for branch in sheet.part.network.branches for layer in branch]
    smooth = {a for layer in layers if layer.activation.smooth(layer.options) for a in layer.activations}
    for number, symbol in evaluation.kinks:
        if symbol not in smooth:
            yield _kink(sheet, evaluation, number, symbol, None)
    later = [kink for kink in evaluation.later_kinks if kink[-1] not in smooth]
    for step, number, symbol in later[:MOST_KINK_NOTES]:
        yield _kink(sheet, evaluation, number, symbol, step)
    more = len(later) - MOST_KINK_NOTES
    if more > 0:
        yield Note(say("kinks.more", points=more))


def _kink(sheet: Sheet, evaluation: Evaluation, number: int | None, symbol: Symbol, step: int | None) -> Note:
    """Return the note on a value at a kink, in a sample and after the start in a training step."""
    where: Inline = ()
    if number is not None and len(evaluation.samples) > 1:
        where += say("kinks.in_sample", number=str(number + 1))
    if step is not None:
        where += say("kinks.in_step", step=str(step))
    layers = (layer for branch in sheet.part.network.branches for layer in branch)
    owner = next((layer for layer in layers if symbol in layer.activations), None)
    if owner is not None and owner.activation.kink_derivative is not None:
        z = owner.read_by(owner.activations.index(symbol))[0]
        derivative = sheet.build(owner.activation.kink_derivative(owner.options))
        zero = Number("0")
        at = row((sheet.names(z.name), Operator("="), zero))
        convention = row((Prime(sheet.names.function(owner.activation.name)), Fence(zero), Operator("="), derivative))
        name = called(sheet.names, owner.activation)
        return Note(say("kinks.of_activation", at=at, where=where, function=name, convention=convention))
    nodes = {**sheet.part.network.nodes, **{node.symbol: node for node in sheet.part.objective.penalty}}
    node = nodes[symbol]
    taken = in_a_row(*(say(f"kink.{name}") for name in kinked_functions(node.expression)))
    if sheet.names.quantities[symbol.name].role is Role.NORM:
        taken = say("regularizer.l2_norm.remark")
    met = (
        []
        if step is not None
        else [sheet.build(positive_first(switch)) for switch in _met(sheet, evaluation, number, node)]
    )
    if met:
        key = "kinks.one_is_0" if len(met) == 1 else "kinks.several_are_0"
        return Note(say(key, met=listed(met), where=where, taken=taken))
    return Note(say("kinks.at_one", node=sheet.names(symbol.name), where=where, taken=taken))


def _met(sheet: Sheet, evaluation: Evaluation, number: int | None, node: Node) -> Iterator[Expr]:
    """Yield the switches of a node that are 0 before any training."""
    values = {**evaluation.samples[number or 0].values, **evaluation.penalty, **sheet.constants}
    yield from (switch for switch in node.switches if not sheet.numeric(switch, values))


def backward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield loss, deltas and gradients of each sample with numbers put in."""
    gradient = sheet.part.gradient
    network = gradient.network
    for number, sample in worked_samples(evaluation):
        yield _heading("pass.loss" if sheet.names.has_delta else "pass.loss_without_deltas", number, evaluation)
        known = dict(sample.values) | {
            derivation.symbol: sample.adjoints[derivation.wrt] for derivation in gradient.adjoints.values()
        }
        lines: list[Line] = []
        for node in network.nodes.values():
            if node.kind is NodeKind.LOSS:
                left = sheet.names(node.symbol.name)
                worked = sheet.worked_line(left, node.expression, known, known[node.symbol])
                lines += _told(of_node(node.symbol), node.symbol, worked)
        for adjoint in shown_adjoints(sheet):
            left = sheet.names(adjoint.symbol.name)
            worked = sheet.worked_line(left, adjoint.result, known, sample.adjoints[adjoint.wrt])
            lines += _told(of_adjoint(sheet.part, adjoint.wrt), adjoint.wrt, worked)
        yield Working(tuple(lines))
        at_loss = (node.expression for node in network.nodes.values() if node.kind is NodeKind.LOSS)
        yield from zero_logarithms(sheet, at_loss, sample.values)
        yield _heading("pass.gradients", number, evaluation)
        yield Working(tuple(_gradient_lines(sheet, sample, known)))
    yield from samples_left_out(evaluation)


def _gradient_lines(sheet: Sheet, sample: Sample, known: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield one line a parameter, and a wanted input: its gradient in deltas, with numbers, and its value."""
    gradient = sheet.part.gradient
    layers = reversed(sheet.part.network.layers)
    parameters = (parameter for layer in layers for parameter in layer.parameters)
    for leaf in sheet.view.among((*parameters, *gradient.inputs)):
        derivation = gradient.leaves[leaf]
        left, expression = sheet.written(derivation.lhs), before_writing_out(derivation)[-1].rhs
        line = sheet.on_one_line(left, expression, known, sample.gradients[leaf])
        yield from _told(of_gradient(sheet.part, leaf), leaf, (line,))
