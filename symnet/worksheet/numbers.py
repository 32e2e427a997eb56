"""The sections with numbers: given values, forward and backward pass, totals over the samples, updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Integer, Rational, Symbol

from symnet.calculus import Chain, PathSum
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.model import Description, Training
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Table, Working
from symnet.evaluate import Evaluation, Sample
from symnet.layout.measure import width_em
from symnet.layout.tree import Glyph, Layout, Matrix, Operator, Prime, Row
from symnet.numeric import Value
from symnet.prose import counted
from symnet.quantity import Role
from symnet.training import LEARNING_RATE, Update
from symnet.worksheet.backward import in_deltas
from symnet.worksheet.model import applied
from symnet.worksheet.sheet import Sheet

# Samples that are worked line by line; of the others the sheet gives the outcome.
MOST_SAMPLES = 4
# Rows and columns of a matrix that are printed before dots stand for the rest.
MOST_ROWS, MOST_COLUMNS = 10, 8
# The width in em that a matrix may have on paper.
MATRIX_WIDTH = 36
# Rows of the table of training steps before dots stand for the rest.
MOST_STEPS = 8


def given_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the given numbers: parameters as matrices, samples as a table."""
    yield Heading(1, ("The numbers",))
    yield Working(tuple(_matrices(sheet, evaluation.samples[0].values)))
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
        yield Paragraph((f"The {counted(len(evaluation.samples), 'sample')} are as in the description.",))


def _matrices(sheet: Sheet, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    for number, layer in enumerate(sheet.part.network.layers, 1):
        weights = sheet.names.role(Role.WEIGHT_MATRIX, layer=number)
        yield _matrix(sheet, weights, [[values[w] for w in row] for row in layer.weights])
        if len(layer.biases) == 1:
            bias = layer.biases[0]
            relation, size = sheet.result(values[bias])
            yield Line(sheet.names(bias.name), relation.name, size)
        elif layer.biases:
            biases = sheet.names.role(Role.BIAS_VECTOR, layer=number)
            yield _matrix(sheet, biases, [[values[bias]] for bias in layer.biases])


def _matrix(sheet: Sheet, name: Layout, rows: Sequence[Sequence[Value]]) -> Line:
    """Return a matrix of given numbers, with dots for its middle where it is large or wide."""
    exact = all(sheet.number(value)[1] for row in rows for value in row)
    matrices = (_dotted(sheet, rows, most) for most in range(MOST_COLUMNS, 2, -1))
    fitting = (matrix for matrix in matrices if width_em(matrix) <= MATRIX_WIDTH)
    return Line(name, "=" if exact else "approx", next(fitting, _dotted(sheet, rows, 3)))


def _dotted(sheet: Sheet, rows: Sequence[Sequence[Value]], most: int) -> Matrix:
    """Return a matrix of which at most ``most`` columns are printed."""
    columns = _kept(len(rows[0]), most)
    cells: list[list[Layout]] = []
    for row in _kept(len(rows), MOST_ROWS):
        if row is None:
            cells.append([Glyph("vdots")] * len(columns))
        else:
            cells.append([Glyph("cdots") if c is None else sheet.number(rows[row][c])[0] for c in columns])
    return Matrix(tuple(tuple(row) for row in cells))


def _kept(count: int, most: int) -> list[int | None]:
    """Return the indices that are printed, None standing for dots."""
    return [*range(count)] if count <= most else [*range(most - 2), None, count - 1]


def forward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass of each sample with numbers put in."""
    network = sheet.part.network
    for number, sample in _worked(evaluation):
        yield Heading(2, (_titled("Forward pass", number, evaluation),))
        values = sample.values
        lines: list[Line] = []
        for layer in network.layers:
            for z in layer.pre_activations:
                lines += sheet.worked_line(sheet.names(z.name), network.nodes[z].expression, values, values[z])
            for unit, a in enumerate(layer.activations):
                lines += sheet.worked_line(sheet.names(a.name), applied(sheet, layer, unit), values, values[a])
        yield Working(tuple(lines))
    yield from _left_out(evaluation)
    yield from _kinks(sheet, evaluation)


def _worked(evaluation: Evaluation) -> Iterator[tuple[int, Sample]]:
    return enumerate(evaluation.samples[:MOST_SAMPLES], 1)


def _titled(title: str, number: int, evaluation: Evaluation) -> str:
    return f"{title}, sample {number}" if len(evaluation.samples) > 1 else f"{title} in numbers"


def _left_out(evaluation: Evaluation) -> Iterator[Block]:
    more = len(evaluation.samples) - MOST_SAMPLES
    if more > 0:
        yield Note((f"The other {counted(more, 'sample')} go the same way.",))


def _kinks(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield a note for each pre-activation that lies on a kink: there the slope is a convention."""
    network = sheet.part.network
    for step, number, z in (*((1, *kink) for kink in evaluation.kinks), *evaluation.later_kinks):
        where = f" in sample {number + 1}" if len(evaluation.samples) > 1 else ""
        when = f" in training step {step}" if step > 1 else ""
        entry = ACTIVATIONS[network.layers[(network.quantities[z.name].layer or 1) - 1].activation]
        yield Note(
            (
                sheet.names(z.name),
                f" is exactly {entry.kink}{where}{when}, where {entry.title} has a kink: "
                f"its slope there is taken to be {entry.kink_slope}, by convention.",
            )
        )


def backward_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield loss, deltas and gradients of each sample with numbers put in, then what the samples give together."""
    gradient = sheet.part.gradient
    network = gradient.network
    for number, sample in _worked(evaluation):
        yield Heading(2, (_titled("Loss and deltas", number, evaluation),))
        known = dict(sample.values) | {
            derivation.symbol: sample.adjoints[derivation.wrt] for derivation in gradient.adjoints.values()
        }
        loss = network.nodes[network.loss]
        lines = [*sheet.worked_line(sheet.names(loss.symbol.name), loss.expression, known, known[loss.symbol])]
        for layer in reversed(network.layers):
            for z in layer.pre_activations:
                delta = gradient.adjoints[z]
                left = sheet.names(delta.symbol.name)
                lines += sheet.worked_line(left, delta.result, known, sample.adjoints[z])
        yield Working(tuple(lines))
        yield Heading(2, (_titled("Gradients", number, evaluation),))
        yield Working(tuple(line for line in _gradient_lines(sheet, sample, known)))
    yield from _left_out(evaluation)
    if len(evaluation.samples) > 1:
        yield from _totals(sheet, evaluation)


def _gradient_lines(sheet: Sheet, sample: Sample, known: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield one line a parameter: its gradient in deltas, with numbers, and its value."""
    for layer in reversed(sheet.part.network.layers):
        for parameter in layer.parameters:
            derivation = sheet.part.gradient.parameters[parameter]
            symbolic, numbers = sheet.worked_line(
                sheet.build(derivation.lhs), in_deltas(derivation).rhs, known, sample.gradients[parameter]
            )
            yield Line(symbolic.left, "=", _chained(symbolic.right, numbers))


def _chained(first: Layout, then: Line) -> Layout:
    """Return two right sides on one line."""
    head = first.items if isinstance(first, Row) else (first,)
    tail = then.right.items if isinstance(then.right, Row) else (then.right,)
    return Row((*head, Operator(then.relation), *tail))


def _totals(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the objective and its gradient: the mean or the sum over the samples."""
    network = sheet.part.network
    yield Heading(2, ("All samples together",))
    share = Rational(1, len(evaluation.samples)) if sheet.mean else Integer(1)
    each = [Symbol(f"sample {number}") for number in range(1, len(evaluation.samples) + 1)]
    together = PathSum(*each) if share == 1 else Chain(share, PathSum(*each))
    losses = [sample.values[network.loss] for sample in evaluation.samples]
    relation, right = sheet.substituted(together, dict(zip(each, losses, strict=True)), evaluation.loss)
    lines = [Line(sheet.objective, relation, right)]
    for layer in reversed(network.layers):
        for parameter in layer.parameters:
            slopes = [sample.gradients[parameter] for sample in evaluation.samples]
            relation, right = sheet.substituted(
                together, dict(zip(each, slopes, strict=True)), evaluation.gradients[parameter]
            )
            left = sheet.names.partial(sheet.objective, sheet.names(parameter.name))
            lines.append(Line(left, relation, right))
    how = "mean" if sheet.mean else "sum"
    yield Paragraph(
        ("The objective ", sheet.objective, f" is the {how} of the samples' losses, and so are its derivatives.")
    )
    yield Working(tuple(lines))


def update_section(sheet: Sheet, evaluation: Evaluation, training: Training) -> Iterator[Block]:
    """Yield the training steps: the first one worked, the others by their outcome."""
    optimizer = OPTIMIZERS[training.optimizer]
    yield Heading(2, (f"Update by {optimizer.title}",))
    yield from general_rule(sheet, training)
    first, last = evaluation.updates[0], evaluation.updates[-1]
    lines = []
    for layer in sheet.part.network.layers:
        for parameter in layer.parameters:
            slope = Symbol(f"dL/d{parameter.name}")
            rule = optimizer.update(parameter, LEARNING_RATE, slope)
            values = {
                parameter: first.before[parameter],
                LEARNING_RATE: sheet.exactly(training.learning_rate),
                slope: first.gradients[parameter],
            }
            relation, right = sheet.substituted(rule, values, first.after[parameter])
            lines.append(Line(Prime(sheet.names(parameter.name)), relation, right))
    yield Working(tuple(lines))
    if len(evaluation.updates) > 1:
        yield from _steps(sheet, evaluation.updates)
        yield _trained(sheet, last)


def general_rule(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the update rule in symbols, for any parameter."""
    rate = sheet.names.role(Role.LEARNING_RATE)
    size = sheet.number(sheet.exactly(training.learning_rate))[0]
    weight = sheet.names.role(Role.WEIGHT, "i", "j", layer="ell")
    slope = sheet.names.partial(sheet.objective, weight)
    written = {"eta": rate, "parameter": weight, "gradient": slope}
    rule = OPTIMIZERS[training.optimizer].update(Symbol("parameter"), LEARNING_RATE, Symbol("gradient"))
    yield Paragraph(
        (
            "Every parameter is updated at once, with the learning rate ",
            Row((rate, Operator("="), *(size.items if isinstance(size, Row) else (size,)))),
            "; a weight, for one, by",
        )
    )
    yield Working((Line(Prime(weight), "=", sheet.with_symbols(written)(rule)),))


def _steps(sheet: Sheet, updates: Sequence[Update]) -> Iterator[Block]:
    rows: list[tuple[Inline, ...]] = []
    for index in _kept(len(updates), MOST_STEPS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * 3)
        else:
            step = updates[index]
            values = (step.loss_before, step.loss_after)
            rows.append(((str(step.step),), *((sheet.number(value)[0],) for value in values)))
    yield Table((("step",), (sheet.objective, " before"), (sheet.objective, " after")), tuple(rows), "rrr")


def _trained(sheet: Sheet, last: Update) -> Table:
    rows = tuple(((sheet.names(parameter.name),), (sheet.number(value)[0],)) for parameter, value in last.after.items())
    return Table((("parameter",), (f"after step {last.step}",)), rows, "lr")


def symbolic_update_section(sheet: Sheet, description: Description) -> Iterator[Block]:
    """Yield the update rule where there are no numbers to put in."""
    if description.training is not None:
        yield Heading(1, (f"Update by {OPTIMIZERS[description.training.optimizer].title}",))
        yield from general_rule(sheet, description.training)
