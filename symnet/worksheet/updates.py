"""The sections on training: the rule, the first steps, and what comes of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Chain, Quotient, factors_of
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER
from symnet.derivation import before_writing_out
from symnet.description.training import Training
from symnet.document import Block, Heading, Inline, Line, Paragraph, Table, Working, telling
from symnet.layout import marks
from symnet.layout.build import Builder
from symnet.layout.measure import width_em
from symnet.layout.tree import Glyph, Layout
from symnet.simplify import substitute, tidy
from symnet.training import Update, updated_parameters
from symnet.worksheet.ids import of_update
from symnet.worksheet.lettering import is_clipping, letters
from symnet.worksheet.rule import general_rule
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.steps import last_table, outcome_table, start_table, worked_step

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

# Steps of which the sheet says what each has made of every parameter.
FIRST_STEPS = 3
# Lines up to which a step is worked parameter by parameter, unless the description asks for it.
MOST_LINES = 60
# Rows of the table of training steps before dots stand for the rest.
MOST_STEPS = 8
# The width in em that an update may have to be written out as well.
WRITTEN_OUT = 32

# A name with a space in it is nobody's in a graph.
_RATE = Symbol("learning rate")
_OLD = "old "


Passes: TypeAlias = "Callable[[Evaluation], Iterable[Block]]"
"""From the numbers before a step to its forward and its backward pass."""


def training_section(
    sheet: Sheet, evaluation: Evaluation | None, training: Training, passes: Passes
) -> Iterator[Block]:
    """Yield the training: in symbols where there are no numbers, else with the first steps worked.

    Args:
        sheet: The part.
        evaluation: All numbers, if there are any.
        training: How it is trained.
        passes: Works the forward and the backward pass of a later step.
    """
    if evaluation is None:
        yield from symbolic_update_section(sheet, training)
    else:
        yield from update_section(sheet, evaluation, training, passes)


def update_section(sheet: Sheet, evaluation: Evaluation, training: Training, passes: Passes) -> Iterator[Block]:
    """Yield the training steps: the first ones worked, the next ones by their outcome, then what comes of all."""
    updates, parameters = evaluation.updates, shown_parameters(sheet, training)
    if not parameters:
        return
    yield _heading(sheet, training)
    yield from general_rule(sheet, training, len(evaluation.samples))
    start = start_table(sheet, training, parameters)
    if start is not None:
        yield start
    for index in range(min(len(updates), max(FIRST_STEPS, training.shown))):
        if 0 < index < training.shown:
            yield from _later_passes(evaluation, index, passes)
        yield from _step(sheet, training, evaluation, index, parameters)
    if min(len(updates), training.shown) > 1:
        yield Heading(2, ("All steps",))
    yield from _all_steps(sheet, training, evaluation)
    if len(updates) > max(FIRST_STEPS, training.shown):
        yield last_table(sheet, training, updates[-1], parameters)


def _later_passes(evaluation: Evaluation, index: int, passes: Passes) -> Iterator[Block]:
    """Yield the forward and the backward pass of a step after the first, each heading with the number of the step."""
    update = evaluation.updates[index]
    said = f"The parameters are those after step {update.step - 1}"
    first = True
    for block in passes(evaluation.before_step(index)):
        if isinstance(block, Heading):
            title, *rest = block.content
            lower = title[:1].lower() + title[1:] if isinstance(title, str) else title
            yield Heading(2, (f"Step {update.step}: ", lower, *rest))
        else:
            yield block
        if first:
            yield Paragraph((f"{said}{batch_in_words(update, evaluation, '; this step uses ')}.",))
        first = False


def _step(
    sheet: Sheet, training: Training, evaluation: Evaluation, index: int, parameters: Sequence[Symbol]
) -> Iterator[Block]:
    """Yield what one step makes of the parameters: line by line where it is worked in full, else as a table."""
    updates = evaluation.updates
    update, last = updates[index], updates[index - 1] if index else None
    batch = batch_in_words(update, evaluation)
    worked = index < training.shown
    if batch or len(updates) > 1:
        is_later = worked and last is not None
        yield Heading(2 if is_later else 3, (f"Step {update.step}{batch}{': update' if is_later else ''}",))
    in_matrices = sheet.view.matrix and _in_matrices(sheet, training)
    if sheet.view.scalar or not in_matrices:
        lines = len(parameters) * len(OPTIMIZERS[training.optimizer].lines)
        if worked and (lines <= MOST_LINES or training.show is not None):
            yield from worked_step(sheet, training, update, last, parameters)
        else:
            is_followed = index + 1 < min(training.shown, len(updates))
            yield outcome_table(sheet, training, update, parameters, whole=is_followed)
    if in_matrices:
        from symnet.worksheet.matrix_updates import matrix_step

        yield from matrix_step(sheet, training, updates, index)


def symbolic_update_section(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the rule and, where it takes nothing but the derivative, the update of every parameter in symbols."""
    yield _heading(sheet, training)
    yield from general_rule(sheet, training, None)
    parameters = shown_parameters(sheet, training)
    if not parameters or OPTIMIZERS[training.optimizer].states or is_clipping(training):
        return
    if sheet.view.scalar:
        yield Paragraph(("With the derivatives put in:",))
        rate = letters(sheet, training, Glyph("w"))[LEARNING_RATE.name]
        # One builder for all, which lays out the sums that they share once.
        build = Builder(sheet.names, lambda symbol: _in_update(sheet, rate, symbol))
        yield Working(tuple(line for leaf in parameters for line in _in_symbols(sheet, training, build, leaf)))
    if sheet.view.matrix:
        from symnet.worksheet.matrix_updates import symbolic_matrix_update

        yield from symbolic_matrix_update(sheet, training)


def _in_matrices(sheet: Sheet, training: Training) -> bool:
    """Return whether the steps are shown in matrices."""
    # Imported where it is used: most sheets have no matrix form.
    from symnet.worksheet.matrix_updates import is_in_matrices

    return is_in_matrices(sheet, training)


def shown_parameters(sheet: Sheet, training: Training) -> list[Symbol]:
    """Return the parameters that are updated and shown.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    return sheet.view.among(updated_parameters(sheet.part.network, training))


def _heading(sheet: Sheet, training: Training) -> Heading:
    level = 1 if sheet.part.network.is_graph else 2
    return Heading(level, (f"Update by {OPTIMIZERS[training.optimizer].title}",))


def _in_symbols(sheet: Sheet, training: Training, build: Builder, parameter: Symbol) -> Iterator[Line]:
    """Yield the update of one parameter with its derivative put in: in deltas, and written out where that is short."""
    derivation = sheet.part.objective.derivations[parameter]
    first = build(_updated(training, parameter, before_writing_out(derivation)[-1].rhs))
    notation = sheet.names.notation
    line = Line(marks.updated(notation, sheet.names(parameter.name)), marks.relation(notation), first)
    second = build(_updated(training, parameter, derivation.result))
    is_short = second != first and width_em(second) <= WRITTEN_OUT
    yield from telling(of_update(parameter), (line, *([Line(None, "=", second)] if is_short else [])))


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
    rule = OPTIMIZERS[training.optimizer].update
    return tidy(substitute(rule, {PARAMETER: Symbol(_OLD + parameter.name), LEARNING_RATE: rate, GRADIENT: derivative}))


def batch_in_words(update: Update, evaluation: Evaluation, before: str = ", ") -> str:
    """Return which samples a step uses, unless it uses all of them.

    Args:
        update: The step.
        evaluation: All numbers.
        before: What stands before them.
    """
    if len(update.batch) == len(evaluation.samples):
        return ""
    return f"{before}sample{'s' if len(update.batch) > 1 else ''} {_span(update.batch)}"


def _span(batch: Sequence[int]) -> str:
    first, last = batch[0] + 1, batch[-1] + 1
    if len(batch) == 1:
        return str(first)
    return f"{first} {'and' if len(batch) == 2 else 'to'} {last}"


def _all_steps(sheet: Sheet, training: Training, evaluation: Evaluation) -> Iterator[Table]:
    """Yield the table of the objective before and after each step, with what else changes from step to step."""
    updates = evaluation.updates
    batches = any(len(update.batch) < len(evaluation.samples) for update in updates)
    rate = letters(sheet, training, Glyph("w"))[LEARNING_RATE.name]
    head: list[Inline] = [("step",), *([("samples",)] if batches else []), *([(rate,)] if training.decay else [])]
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(updates), MOST_STEPS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * (len(head) + 2))
            continue
        step = updates[index]
        numbers = [*([step.rate] if training.decay else []), step.loss_before, step.loss_after]
        texts: list[Inline] = [(str(step.step),), *([(_span(step.batch),)] if batches else [])]
        rows.append((*texts, *((sheet.number(value)[0],) for value in numbers)))
    head += [(sheet.objective, " before"), (sheet.objective, " after")]
    yield Table(tuple(head), tuple(rows), "r" * len(head))
