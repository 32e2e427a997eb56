"""Training on a sheet: its first steps worked, then what comes of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Quotient, factors_of
from symnet.algebra.rewrite import substitute, tidy
from symnet.catalog.optimizers import (
    CLIPPED,
    DECAY,
    DECAYED,
    DIRECTION,
    GRADIENT,
    LEARNING_RATE,
    NORM,
    PARAMETER,
    STEP,
    norm_of,
)
from symnet.catalog.schedules import PROGRESS
from symnet.derivation.steps import before_writing_out
from symnet.description.training import Training
from symnet.document import Block, Heading, Inline, Line, LineKind, Paragraph, Table, Working, telling
from symnet.layout.measure import width_em
from symnet.layout.tree import Glyph, Layout
from symnet.limits import FIRST_STEPS, MOST_STEP_LINES, MOST_STEP_ROWS, MOST_TABLE_ROWS
from symnet.notation import marks
from symnet.numerics.direct import Value
from symnet.numerics.training import Update, updated_parameters
from symnet.sheets.names import of_update
from symnet.sheets.newton import direction_entry, is_newton, system_lines
from symnet.sheets.objective import objective_gradient_line
from symnet.sheets.optimizer import (
    general_rule,
    gradient_letter,
    is_clipping,
    letters,
    norm_letter,
    rate_of_step,
    relation_of,
)
from symnet.sheets.plots import boundary_figure, losses_figure
from symnet.sheets.rule_numbers import RuleNumbers
from symnet.sheets.sheet import Sheet
from symnet.text.say import continued, listed, say
from symnet.typeset.expressions import LayoutBuilder

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


# One training step on a sheet: worked line by line, or as a table of what it makes of every parameter.


def worked_step(numbers: RuleNumbers, parameters: Sequence[Symbol]) -> Iterator[Block]:
    """Yield a training step line by line: first what all parameters share, such as the rate, then each parameter.

    Args:
        numbers: Those of the step.
        parameters: The parameters that are updated and shown.
    """
    lines, groups = step_lines(numbers, parameters)
    yield from map(Working, stretches(lines))
    if all(len(group) == 1 for group in groups):
        yield Working(tuple(line for group in groups for line in group))
    else:
        yield from map(Working, groups)


def stretches(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield lines that are to be aligned together: equations to solve are wide, and stand apart from all others.

    Args:
        lines: Of a calculation.
    """
    for _is_to_solve, stretch in groupby(lines, key=lambda line: line.kind is LineKind.EQUATION):
        yield tuple(stretch)


def step_lines(numbers: RuleNumbers, parameters: Sequence[Symbol]) -> tuple[tuple[Line, ...], list[tuple[Line, ...]]]:
    """Return the lines of a training step: those that all parameters share, and those of each parameter.

    Args:
        numbers: Those of the step.
        parameters: The parameters that are updated and shown.
    """
    # Before a later step its derivatives were worked out just above.
    lines = tuple(_lines_for_all(numbers, parameters if numbers.is_first else ()))
    return lines, [tuple(_lines_for_one(numbers, symbol)) for symbol in parameters]


def _lines_for_all(numbers: RuleNumbers, parameters: Sequence[Symbol]) -> Iterator[Line]:
    """Yield the learning rate of a step where it decays, derivatives that are new or clipped, and their norm."""
    sheet, training, update = numbers.sheet, numbers.training, numbers.update
    if training.is_varying:
        yield rate_line(numbers)
    if (training.batch != "full" or update.clipped is not None) and sheet.evaluation is not None:
        for parameter in parameters:
            yield objective_gradient_line(sheet, sheet.evaluation, update.batch, parameter, update.gradients[parameter])
    yield from system_lines(sheet, training, update, letters(sheet, training, Glyph("w")))
    if NORM in numbers.common:
        norm, common = norm_of(updated_parameters(sheet.part.network, training)), numbers.common
        sign, right = sheet.substituted(norm, common, common[NORM])
        yield Line(norm_letter(), sign, right, numbers.told_scaling)


def rate_line(numbers: RuleNumbers) -> Line:
    """Return the learning rate of a step, as it decays, as the schedule has it, or as it is given.

    Args:
        numbers: Those of the step.
    """
    sheet, training, common = numbers.sheet, numbers.training, numbers.common
    rate = sheet.exactly(training.unscheduled_rate(numbers.update.step) or Fraction(0))
    formula, values = LEARNING_RATE, {**common, LEARNING_RATE: rate, DECAY: sheet.exactly(training.decay)}
    if training.decay:
        formula = DECAYED
    elif training.schedule is not None:
        formula, progress = training.schedule.formula(training.steps_before + numbers.update.step)
        options = {**training.schedule.options, PROGRESS.name: progress}
        values |= {Symbol(name): sheet.exactly(number) for name, number in options.items()}
    sign, right = sheet.substituted(formula, values, common[LEARNING_RATE])
    return Line(rate_of_step(sheet, sheet.number(common[STEP])[0]), sign, right)


def _lines_for_one(numbers: RuleNumbers, parameter: Symbol) -> Iterator[Line]:
    """Yield what one step does with one parameter: its derivative if it is clipped, states, corrections, itself."""
    sheet, training, update = numbers.sheet, numbers.training, numbers.update
    written, optimizer = letters(sheet, training, sheet.names(parameter.name)), training.rule
    # Letters that every parameter has are told whose they are.
    is_told = len(optimizer.lines) > 1 or update.clipped is not None
    whose = say("training.for_parameter", parameter=written[PARAMETER.name]) if is_told else ()
    if update.clipped is not None:
        yield _clipped_line(numbers, parameter, whose)
    if update.system is not None:
        written = {**written, DIRECTION.name: direction_entry(sheet, training, parameter)}
    values = numbers.of(parameter)
    for index, (symbol, expression) in enumerate(optimizer.lines):
        sign, right = sheet.substituted(expression, values, values[symbol])
        is_first = not index and len(optimizer.lines) > 1 and update.clipped is None
        kept = relation_of(sheet, training, symbol)
        yield Line(written[symbol.name], sign if kept == "=" else kept, right, whose if is_first else ())


def _clipped_line(numbers: RuleNumbers, parameter: Symbol, whose: Inline) -> Line:
    """Return what clipping makes of a derivative."""
    sheet, gradient, clipped = numbers.sheet, numbers.update.gradients[parameter], numbers.update.used[parameter]
    cut = numbers.cut(gradient)
    reason = say("training.clipped", whose=whose) if cut != gradient else whose
    if numbers.is_scaled:
        sign, right = sheet.substituted(CLIPPED, {**numbers.common, GRADIENT: cut}, clipped)
    else:
        right, is_exact = sheet.number(clipped)
        sign = "=" if is_exact else "approx"
    return Line(gradient_letter(sheet), sign, right, reason)


def outcome_table(
    sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol], *, whole: bool
) -> Table:
    """Return the table of one training step: for each parameter its gradient, optimizer state and updated value.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        parameters: Those that are updated and shown.
        whole: Whether every row is shown, as a step that goes on from these numbers needs.
    """
    columns: list[tuple[Inline, Mapping[Symbol, Value]]] = [(say("column.derivative"), update.gradients)]
    if is_clipping(training):
        columns.append((say("column.clipped"), update.used))
    columns += [*_kept(sheet, training, update), (say("column.updated"), update.after)]
    return _by_parameter(sheet, parameters, columns, len(parameters) if whole else MOST_TABLE_ROWS)


def last_table(sheet: Sheet, training: Training, last: Update, parameters: Sequence[Symbol]) -> Table:
    """Return the table of the optimizer state and value of each parameter after the last step.

    Args:
        sheet: The part.
        training: How it is trained.
        last: The last step.
        parameters: Those that are updated and shown.
    """
    after = say("column.after_step", number=str(last.step))
    return _by_parameter(sheet, parameters, [*_kept(sheet, training, last), (after, last.after)])


def start_table(sheet: Sheet, training: Training, parameters: Sequence[Symbol]) -> Table | None:
    """Return the table of the initial optimizer state; None if none is given.

    Args:
        sheet: The part.
        training: How it is trained.
        parameters: Those that are updated and shown.
    """
    values = training.state.values if training.state is not None else {}
    with_state = [symbol for symbol in parameters if any(symbol.name in numbers for numbers in values.values())]
    if not with_state:
        return None
    written = letters(sheet, training, Glyph("w"))
    columns: list[tuple[Inline, Mapping[Symbol, Value]]] = [
        (
            say("column.before", what=written[name]),
            {symbol: sheet.exactly(numbers.get(symbol.name, Fraction(0))) for symbol in with_state},
        )
        for name, numbers in values.items()
    ]
    return _by_parameter(sheet, with_state, columns)


def _kept(sheet: Sheet, training: Training, update: Update) -> Iterator[tuple[Inline, Mapping[Symbol, Value]]]:
    """Yield the letter and the numbers of each state after a step."""
    written = letters(sheet, training, Glyph("w"))
    for state in training.rule.states:
        yield (written[state.name],), update.state[state.name]


def _by_parameter(
    sheet: Sheet,
    parameters: Sequence[Symbol],
    columns: Sequence[tuple[Inline, Mapping[Symbol, Value]]],
    most: int = MOST_TABLE_ROWS,
) -> Table:
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(parameters), most):
        if index is None:
            rows.append(((Glyph("vdots"),),) * (len(columns) + 1))
        else:
            numbers = ((sheet.number(values[parameters[index]])[0],) for _head, values in columns)
            rows.append(((sheet.names(parameters[index].name),), *numbers))
    return Table((say("column.parameter"), *(head for head, _values in columns)), tuple(rows), "l" + "r" * len(columns))


# The sections on training: the rule, the first steps, and what comes of all of them.

# The width in em that an update may have to be written out as well.
WRITTEN_OUT = 32

# A name with a space in it is nobody's in a graph.
_RATE = Symbol("learning rate")
_OLD = "old "


Passes: TypeAlias = "Callable[[Evaluation], Iterable[Block]]"
"""From the numbers before a step to its forward and its backward pass."""


def training_opening(
    sheet: Sheet, evaluation: Evaluation, training: Training, parameters: Sequence[Symbol]
) -> Iterator[Block]:
    """Yield the title of the training, the rule of its updates, and what it starts from.

    Args:
        sheet: The part.
        evaluation: All numbers.
        training: How it is trained.
        parameters: The parameters that are shown.
    """
    yield training_heading(sheet, training)
    yield from general_rule(sheet, training, len(evaluation.samples))
    start = start_table(sheet, training, parameters)
    if start is not None:
        yield start


def update_section(sheet: Sheet, evaluation: Evaluation, training: Training, passes: Passes) -> Iterator[Block]:
    """Yield the training: the first steps worked in full, the next ones as tables, then the objective step by step.

    Args:
        sheet: The part.
        evaluation: All numbers.
        training: How it is trained.
        passes: Works the forward and the backward pass of a later step.
    """
    updates, parameters = evaluation.updates, shown_parameters(sheet, training)
    if not parameters:
        return
    yield from training_opening(sheet, evaluation, training, parameters)
    for index in range(min(len(updates), max(FIRST_STEPS, training.shown))):
        if 0 < index < training.shown:
            yield from later_passes(evaluation, index, passes)
        yield from _step(sheet, training, evaluation, index, parameters)
    if min(len(updates), training.shown) > 1:
        yield Heading(2, say("training.all_steps"))
    yield from all_steps(sheet, training, evaluation)
    yield from filter(None, (losses_figure(sheet, evaluation), boundary_figure(sheet, evaluation)))
    if len(updates) > max(FIRST_STEPS, training.shown):
        yield last_table(sheet, training, updates[-1], parameters)


def later_passes(evaluation: Evaluation, index: int, passes: Passes) -> Iterator[Block]:
    """Yield the forward and the backward pass of a step after the first, each heading with the number of the step.

    Args:
        evaluation: All numbers.
        index: The 0-based place of the step.
        passes: Works both passes.
    """
    update = evaluation.updates[index]
    first, batch = True, batch_of(update, evaluation)
    for block in passes(evaluation.before_step(index)):
        if isinstance(block, Heading):
            yield Heading(2, say("training.pass_of_step", number=str(update.step), title=continued(block.content)))
        else:
            yield block
        if first:
            uses = say("training.step_uses", batch=batch) if batch else ""
            yield Paragraph(say("training.start_of_step", before=str(update.step - 1), uses=uses))
        first = False


def _step(
    sheet: Sheet, training: Training, evaluation: Evaluation, index: int, parameters: Sequence[Symbol]
) -> Iterator[Block]:
    """Yield what one step makes of the parameters: line by line where it is worked in full, else as a table."""
    updates = evaluation.updates
    update, last = updates[index], updates[index - 1] if index else None
    batch = batch_of(update, evaluation)
    worked = index < training.shown
    if batch or len(updates) > 1:
        is_later = worked and last is not None
        title = "training.step_of" if batch else "training.step"
        if is_later:
            title = "training.update_of" if batch else "training.update"
        yield Heading(2 if is_later else 3, say(title, number=str(update.step), **({"batch": batch} if batch else {})))
    in_matrices = sheet.view.matrix and _in_matrices(sheet, training)
    if sheet.view.scalar or not in_matrices:
        lines = len(parameters) * len(training.rule.lines)
        if worked and (lines <= MOST_STEP_LINES or training.show is not None):
            yield from worked_step(RuleNumbers(sheet, training, update, last), parameters)
        else:
            is_followed = index + 1 < min(training.shown, len(updates))
            yield outcome_table(sheet, training, update, parameters, whole=is_followed)
    if in_matrices:
        from symnet.sheets.matrix import matrix_step

        yield from matrix_step(sheet, training, updates, index)


def symbolic_update_section(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the update rule and, for plain gradient descent, the update of every parameter in symbols."""
    yield training_heading(sheet, training)
    yield from general_rule(sheet, training, None)
    parameters = shown_parameters(sheet, training)
    if not parameters or training.rule.states or is_clipping(training) or is_newton(training.rule):
        return
    if sheet.view.scalar:
        yield Paragraph(say("training.substituting"))
        rate = letters(sheet, training, Glyph("w"))[LEARNING_RATE.name]
        # One builder for all, which lays out the sums that they share once.
        build = LayoutBuilder(sheet.names, lambda symbol: _in_update(sheet, rate, symbol))
        yield Working(tuple(line for leaf in parameters for line in _in_symbols(sheet, training, build, leaf)))
    if sheet.view.matrix:
        from symnet.sheets.matrix import symbolic_matrix_update

        yield from symbolic_matrix_update(sheet, training)


def _in_matrices(sheet: Sheet, training: Training) -> bool:
    """Return whether the steps are shown in matrices."""
    # Imported where it is used: most sheets have no matrix form.
    from symnet.sheets.matrix import is_in_matrices

    return is_in_matrices(sheet, training)


def shown_parameters(sheet: Sheet, training: Training) -> list[Symbol]:
    """Return the parameters that are updated and shown.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    return sheet.view.among(updated_parameters(sheet.part.network, training))


def training_heading(sheet: Sheet, training: Training) -> Heading:
    """Return the heading of the sections on training.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    return Heading(1 if sheet.part.network.is_graph else 2, say(f"optimizer.{training.optimizer}.update"))


def _in_symbols(sheet: Sheet, training: Training, build: LayoutBuilder, parameter: Symbol) -> Iterator[Line]:
    """Yield the update of one parameter with its derivative put in: in deltas, and written out where that is short."""
    derivation = sheet.part.objective.derivations[parameter]
    first = build(_updated(training, parameter, before_writing_out(derivation)[-1].rhs))
    notation = sheet.names.notation
    line = Line(marks.updated(notation, sheet.names(parameter.name)), marks.relation(notation), first)
    second = build(_updated(training, parameter, derivation.result))
    is_short = second != first and width_em(second) <= WRITTEN_OUT
    lines = (line, *([Line(None, "=", second)] if is_short else []))
    yield from telling(of_update(parameter), lines, parameter.name)


def _in_update(sheet: Sheet, rate: Layout, symbol: Symbol) -> Layout:
    """Return how a symbol is written in an update: the parameter itself with the mark of the step before."""
    if symbol == _RATE:
        return rate
    if symbol.name.startswith(_OLD):
        return marks.before(sheet.names.notation, sheet.names(symbol.name.removeprefix(_OLD)))
    return sheet.build(symbol)


def _updated(training: Training, parameter: Symbol, derivative: Expr) -> Expr:
    """Return the updated parameter, the learning rate put over the fraction bar of a mean."""
    factors = factors_of(derivative)
    mean = next((factor for factor in factors if isinstance(factor, Quotient) and factor.args[0] is S.One), None)
    rate: Expr = _RATE
    if mean is not None:
        rate = Quotient(_RATE, mean.args[1])
        derivative = Chain(*(factor for factor in factors if factor is not mean))
    rule = training.rule.update
    return tidy(substitute(rule, {PARAMETER: Symbol(_OLD + parameter.name), LEARNING_RATE: rate, GRADIENT: derivative}))


def batch_of(update: Update, evaluation: Evaluation) -> Inline:
    """Return which samples a step uses; nothing if it uses all of them.

    Args:
        update: The step.
        evaluation: All numbers.
    """
    if len(update.batch) == len(evaluation.samples):
        return ()
    return say("training.samples", count=len(update.batch), span=_span(update.batch))


def _span(batch: Sequence[int]) -> Inline:
    first, last = str(batch[0] + 1), str(batch[-1] + 1)
    if len(batch) == 1:
        return (first,)
    if batch != tuple(range(batch[0], batch[-1] + 1)):
        return listed([str(sample + 1) for sample in batch])
    return listed([first, last]) if len(batch) == 2 else say("series.span", first=first, last=last)


def all_steps(sheet: Sheet, training: Training, evaluation: Evaluation) -> Iterator[Table]:
    """Yield the table of the objective before and after each step, with what else changes from step to step.

    Args:
        sheet: The part.
        training: How it is trained.
        evaluation: All numbers.
    """
    updates = evaluation.updates
    batches = any(len(update.batch) < len(evaluation.samples) for update in updates)
    rate = letters(sheet, training, Glyph("w"))[LEARNING_RATE.name]
    head: list[Inline] = [
        say("column.step"),
        *([say("column.samples")] if batches else []),
        *([(rate,)] if training.is_varying else []),
    ]
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(updates), MOST_STEP_ROWS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * (len(head) + 2))
            continue
        step = updates[index]
        numbers = [*([step.rate] if training.is_varying else []), step.loss_before, step.loss_after]
        texts: list[Inline] = [(str(step.step),), *([_span(step.batch)] if batches else [])]
        rows.append((*texts, *((sheet.number(value)[0],) for value in numbers)))
    head += [say(key, objective=sheet.objective) for key in ("column.before_step", "column.after_each_step")]
    yield Table(tuple(head), tuple(rows), "r" * len(head))
