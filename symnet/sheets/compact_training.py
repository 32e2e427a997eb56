"""Training on a compact sheet: the rule, one parameter worked, and in tables what every step makes of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.description.training import Training
from symnet.document import Block, Heading, Inline, Paragraph, Table, Working
from symnet.layout.tree import Glyph, Layout
from symnet.limits import MOST_TABLE_ROWS
from symnet.numerics.direct import Value
from symnet.numerics.training import Update
from symnet.sheets.newton import is_newton
from symnet.sheets.optimizer import general_rule
from symnet.sheets.plots import boundary_figure, losses_figure
from symnet.sheets.rule_numbers import RuleNumbers
from symnet.sheets.sheet import Sheet
from symnet.sheets.training import (
    Passes,
    all_steps,
    batch_of,
    later_passes,
    outcome_table,
    shown_parameters,
    step_lines,
    stretches,
    training_heading,
    training_opening,
)
from symnet.text.say import say
from symnet.verification.verify import Check

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.sheets.array_updates import ArrayTraining

# Steps beside one another before dots stand for the middle.
_MOST_STEPS = 6
# Parameters whose updates are written out in symbols.
_MOST_UPDATES = 6


def is_tabled(sheet: Sheet, training: Training | None) -> bool:
    """Return whether the table of the first step has the derivative with respect to every parameter that is shown.

    Args:
        sheet: The part.
        training: How it is trained, if it is.
    """
    if training is None or training.show == 0:
        return False
    trained = shown_parameters(sheet, training)
    shown = sheet.view.among(sheet.part.network.parameters)
    return set(shown) == set(trained) and len(trained) <= MOST_TABLE_ROWS


def steps_section(sheet: Sheet, evaluation: Evaluation, training: Training, passes: Passes) -> Iterator[Block]:
    """Yield the training: the first step for one parameter, then all parameters in a table, after this step and others.

    Args:
        sheet: The part.
        evaluation: All numbers.
        training: How it is trained.
        passes: Works the forward and the backward pass of a later step.
    """
    updates, parameters = evaluation.updates, shown_parameters(sheet, training)
    if not parameters:
        return
    in_arrays = _of_arrays(sheet, training)
    yield from _opening(sheet, evaluation, training, in_arrays)
    # The others are worked where this is asked for.
    worked = training.shown if training.show is not None else min(1, len(updates))
    for index in range(worked):
        if index:
            yield from later_passes(evaluation, index, passes)
        yield from _step_heading(evaluation, index)
        numbers = RuleNumbers(sheet, training, updates[index], updates[index - 1] if index else None)
        yield from _step(numbers, parameters) if in_arrays is None else _array_step(numbers, in_arrays)
    figures = filter(None, (losses_figure(sheet, evaluation), boundary_figure(sheet, evaluation)))
    if len(updates) > 1:
        yield Heading(2, say("compact.all_steps"))
        is_whole = not training.is_varying and all(len(update.batch) == len(evaluation.samples) for update in updates)
        if not is_whole:
            yield from all_steps(sheet, training, evaluation)
        # Figures first: a page that has no room for one is filled up by the table.
        yield from figures
        yield from _after_all(sheet, updates, parameters, in_arrays, whole=is_whole)
    else:
        yield from figures


def _opening(
    sheet: Sheet, evaluation: Evaluation, training: Training, in_arrays: ArrayTraining | None
) -> Iterator[Block]:
    """Yield the title of the training, the rule of its updates, and what it starts from."""
    if in_arrays is None:
        yield from training_opening(sheet, evaluation, training, shown_parameters(sheet, training))
        return
    yield training_heading(sheet, training)
    yield from in_arrays.general_rule(len(evaluation.samples))
    yield from in_arrays.start()


def _array_step(numbers: RuleNumbers, in_arrays: ArrayTraining) -> Iterator[Block]:
    """Yield what a step makes of every array, and of parameters that are shown without their arrays."""
    yield from in_arrays.step(numbers)
    if in_arrays.rest:
        yield outcome_table(numbers.sheet, numbers.training, numbers.update, in_arrays.rest, whole=True)


def _after_all(
    sheet: Sheet,
    updates: Sequence[Update],
    parameters: Sequence[Symbol],
    in_arrays: ArrayTraining | None,
    *,
    whole: bool,
) -> Iterator[Table]:
    """Yield what there is at the start and after each step."""
    if in_arrays is None:
        yield _after_each(sheet, updates, parameters, whole=whole)
        return
    yield in_arrays.after_each(updates, sheet.kept(len(updates), _MOST_STEPS), whole=whole)
    if in_arrays.rest:
        yield _after_each(sheet, updates, in_arrays.rest, whole=False)


def few_updates(sheet: Sheet, training: Training) -> bool:
    """Return whether there are so few parameters that the update of each is written out in symbols.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    return len(shown_parameters(sheet, training)) <= _MOST_UPDATES


def update_rule(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the rule of the update, as it holds for every parameter.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    yield training_heading(sheet, training)
    yield from general_rule(sheet, training, None)


def symbolic_array_updates(sheet: Sheet, training: Training) -> Iterator[Block]:
    """Yield the rule for whole arrays and, for plain gradient descent, the update of each; nothing for single numbers.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    of_arrays = _of_arrays(sheet, training)
    if of_arrays is not None:
        yield training_heading(sheet, training)
        yield from of_arrays.general_rule(None)
        yield from of_arrays.symbolic()


def checks_of_updates(sheet: Sheet, training: Training | None) -> tuple[Check, ...]:
    """Return what was verified of training steps in arrays.

    Args:
        sheet: The part.
        training: How it is trained, if it is.
    """
    of_arrays = None if training is None else _of_arrays(sheet, training)
    return () if of_arrays is None else (of_arrays.check,)


def _of_arrays(sheet: Sheet, training: Training) -> ArrayTraining | None:
    """Return the training in arrays, where the sheet is about arrays."""
    if not sheet.in_arrays:
        return None
    # Imported where it is used: most sheets are of dense layers.
    from symnet.sheets.array_updates import ArrayTraining

    return ArrayTraining.of(sheet, training)


def _step_heading(evaluation: Evaluation, index: int) -> Iterator[Heading]:
    """Yield the heading of a step with its number, if there are several, or with the samples that it takes."""
    update = evaluation.updates[index]
    batch, number = batch_of(update, evaluation), str(update.step)
    if batch:
        yield Heading(3, say("training.step_of", number=number, batch=batch))
    elif len(evaluation.updates) > 1:
        yield Heading(3, say("training.step", number=number))


def _step(numbers: RuleNumbers, parameters: Sequence[Symbol]) -> Iterator[Block]:
    """Yield what a step makes of one parameter, line by line, and of all of them in a table."""
    # Newton's method has few parameters, and one system for all.
    newton = is_newton(numbers.training.rule)
    common, groups = step_lines(numbers, parameters if newton else parameters[:1])
    yield from map(Working, stretches((*common, *(line for group in groups for line in group))))
    if (len(parameters) > 1 or numbers.training.rule.states) and not newton:
        yield Paragraph(say("compact.likewise"))
        whole = len(parameters) <= MOST_TABLE_ROWS
        yield outcome_table(numbers.sheet, numbers.training, numbers.update, parameters, whole=whole)


def _after_each(sheet: Sheet, updates: Sequence[Update], parameters: Sequence[Symbol], *, whole: bool) -> Table:
    """Return every parameter at the start and after each step, and the objective where each is of all samples."""
    steps = sheet.kept(len(updates), _MOST_STEPS)
    head: list[Inline] = [say("compact.parameter"), say("compact.start")]
    head += [(Glyph("cdots"),) if n is None else say("compact.after_step", number=str(updates[n].step)) for n in steps]

    def row(name: Layout, start: Value, after: Callable[[Update], Value]) -> tuple[Inline, ...]:
        cells = ((Glyph("cdots"),) if n is None else (sheet.number(after(updates[n]))[0],) for n in steps)
        return ((name,), (sheet.number(start)[0],), *cells)

    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(parameters), MOST_TABLE_ROWS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * len(head))
        else:
            own = parameters[index]
            rows.append(row(sheet.names(own.name), updates[0].before[own], partial(_after, own)))
    if whole:
        rows.append(row(sheet.objective, updates[0].loss_before, lambda update: update.loss_after))
    return Table(tuple(head), tuple(rows), "l" + "r" * (len(head) - 1))


def _after(parameter: Symbol, update: Update) -> Value:
    return update.after[parameter]
