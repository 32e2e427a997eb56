"""Questions about training: the rule, and the steps that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.description.network import Exercise
from symnet.description.training import Training
from symnet.document import AnswerBlank, Block, Inline, Line, LineKind, Question, telling
from symnet.layout.tree import Matrix
from symnet.sheets.array_updates import ArrayTraining
from symnet.sheets.arrays import ArraySheet
from symnet.sheets.names import of_update
from symnet.sheets.optimizer import general_rule, is_clipping
from symnet.sheets.questions.alike import drafted_alike
from symnet.sheets.questions.arrays import array_passes_drafted
from symnet.sheets.questions.asker import Asker
from symnet.sheets.questions.drafts import Drafted, answer_sized, as_answer, likewise, lines_of, question
from symnet.sheets.questions.numbers import backward_parts, forward_answers
from symnet.sheets.rule_numbers import RuleNumbers
from symnet.sheets.training import (
    batch_of,
    shown_parameters,
    start_table,
    step_lines,
    stretches,
    symbolic_update_section,
)
from symnet.text.say import in_a_row, say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


# Parameters up to which all are asked for: where a step takes one line of each, and where it takes several.
_MOST_OF_ONE_LINE, _MOST_OF_SEVERAL_LINES = 12, 4


def update_question(asker: Asker, asked: Exercise) -> Iterator[Question]:
    """Yield the questions for the training steps that are asked for, by the rule that is given."""
    sheet, training = asker.sheet, asked.training
    if training is None:
        return
    evaluation, in_arrays = sheet.evaluation, ArrayTraining.of(sheet, training)
    samples = len(evaluation.samples) if evaluation is not None else None
    rule = tuple(general_rule(sheet, training, samples) if in_arrays is None else in_arrays.general_rule(samples))
    if evaluation is None:
        updates = symbolic_update_section(sheet, training) if in_arrays is None else in_arrays.symbolic()
        blocks = tuple(block for block in updates if block not in rule)
        drafted = [Drafted((), tuple(asker.answers(blocks, "lines")))]
        yield from question(likewise(asker, blocks, say("question.update")), drafted, rule)
        return
    yield from (_by_parameter if in_arrays is None else _by_array)(asker, evaluation, training, rule)


def _by_parameter(
    asker: Asker, evaluation: Evaluation, training: Training, rule: tuple[Block, ...]
) -> Iterator[Question]:
    """Yield the question for each step of single parameters."""
    sheet = asker.sheet
    every = shown_parameters(sheet, training)
    start = start_table(sheet, training, every)
    parameters = _asked_for(asker, training, every)
    for index in range(asked_steps(training)):
        prompt = _of_step(evaluation, index, is_short=len(parameters) < len(every))
        step = partial(_one_step, evaluation=evaluation, index=index, parameters=parameters)
        worked = drafted_alike(asker, evaluation, ("update", index, tuple(parameters)), step)
        drafted = [*_passes(asker, evaluation, index), *worked]
        printed = () if index else (*rule, *(() if start is None else (start,)))
        yield from question(prompt, drafted, printed)


def _by_array(asker: Asker, evaluation: Evaluation, training: Training, rule: tuple[Block, ...]) -> Iterator[Question]:
    """Yield the question for each step of whole arrays: what is kept of each, and itself."""
    sheet = asker.sheet
    of_arrays = ArrayTraining(ArraySheet.of(sheet), training)
    several = len(training.rule.lines) > 1
    names = of_arrays.names[: _MOST_OF_SEVERAL_LINES if several else _MOST_OF_ONE_LINE]
    left_out = len(names) < len(of_arrays.names)
    for index in range(asked_steps(training)):
        update, last = evaluation.updates[index], evaluation.updates[index - 1] if index else None
        numbers = RuleNumbers(sheet, training, update, last)
        drafted = [*_array_passes(asker, evaluation, index)]
        drafted.append(Drafted(say("question.for_all"), as_answer(tuple(of_arrays.lines_for_all(numbers)), "lines")))
        each = [(name, as_answer(tuple(of_arrays.worked(numbers, name)), "lines")) for name in names]
        if several:
            written = of_arrays.arrays.write.names
            drafted += (Drafted(say("question.for_parameter", parameter=written(name)), one) for name, one in each)
        else:
            lines = tuple(line for _, answers in each for answer in answers for line in lines_of(answer.block))
            drafted.append(Drafted(say("question.updates"), as_answer(lines, "lines")))
        if of_arrays.rest:
            drafted += _one_step(asker, evaluation, index, of_arrays.rest)
        printed = () if index else (*rule, *of_arrays.start())
        yield from question(_of_step(evaluation, index, is_short=left_out), drafted, printed)


def _array_passes(asker: Asker, evaluation: Evaluation, index: int) -> Iterator[Drafted]:
    """Yield the passes of arrays before a step after the first; no answer to them has an id of its own."""
    if index:
        for part in array_passes_drafted(ArraySheet.of(asker.sheet), evaluation.before_step(index)):
            yield _without_ids(part)


def _without_ids(part: Drafted) -> Drafted:
    """Return a part whose answers lead to others alone."""
    return part._replace(answers=tuple(one._replace(asked=((),) * len(one.asked)) for one in part.answers))


def asked_steps(training: Training) -> int:
    """Return how many steps of a training are asked for: as many as are to be shown, else the first.

    Args:
        training: The training.
    """
    return max(1, min(training.steps, training.show or 1))


def _of_step(evaluation: Evaluation, index: int, *, is_short: bool) -> Inline:
    """Return the words of the question for a step."""
    batch = batch_of(evaluation.updates[index], evaluation)
    number = evaluation.updates[index].step
    if index:
        prompt = say("question.later_step", number=str(number), before=str(number - 1))
        prompt = in_a_row(prompt, say("question.uses", batch=batch)) if batch else prompt
    else:
        prompt = say("question.first_step_of", batch=batch) if batch else say("question.first_step")
    return in_a_row(prompt, say("question.likewise")) if is_short else prompt


def _passes(asker: Asker, evaluation: Evaluation, index: int) -> Iterator[Drafted]:
    """Yield the passes before a step after the first; no answer to them has an id of its own."""
    if not index:
        return
    before = evaluation.before_step(index)
    for part in (Drafted(say("pass.forward"), forward_answers(asker, before)), *backward_parts(asker, before)):
        yield _without_ids(part)


def _asked_for(asker: Asker, training: Training, parameters: Sequence[Symbol]) -> Sequence[Symbol]:
    """Return the parameters whose step is asked for: of many with several lines each, those of the first units."""
    short = not training.rule.states and not is_clipping(training)
    # A norm is that of all derivatives.
    most = _MOST_OF_ONE_LINE if short or training.clip_norm is not None else _MOST_OF_SEVERAL_LINES
    if len(parameters) <= most:
        return parameters
    return [parameter for parameter in parameters if asker.is_first(parameter.name)]


def _one_step(asker: Asker, evaluation: Evaluation, index: int, parameters: Sequence[Symbol]) -> Iterator[Drafted]:
    """Yield a step: what holds for all parameters, then each; short updates stand together."""
    sheet, training = asker.of_results, asker.training
    if training is None:
        return
    last = evaluation.updates[index - 1] if index else None
    update = evaluation.updates[index]
    common, worked = step_lines(RuleNumbers(sheet, training, update, last), parameters)
    if any(line.left is None for lines in (common, *worked) for line in lines):
        # Calculations of several lines have room for all of them.
        common, worked = step_lines(RuleNumbers(asker.sheet, training, update, last), parameters)
    groups = [
        lines if index else telling(of_update(leaf), lines, leaf.name, LineKind.VALUE)
        for leaf, lines in zip(parameters, worked, strict=True)
    ]
    if all(len(group) == 1 for group in groups):
        every = (*common, *(line for group in groups for line in group))
        yield Drafted(say("question.updates") if index else (), _numbers_of(asker, every))
        return
    prompts = [say("question.for_parameter", parameter=sheet.names(parameter.name)) for parameter in parameters]
    for prompt, lines in zip((say("question.for_all"), *prompts), (common, *groups), strict=True):
        yield Drafted(prompt, _numbers_of(asker, lines))


def _numbers_of(asker: Asker, lines: tuple[Line, ...]) -> tuple[AnswerBlank, ...]:
    """Return lines with numbers as answers: equations to solve for themselves, and of the others those that follow."""
    return tuple(answer for stretch in stretches(lines) for answer in _answer_of(asker, stretch))


def _answer_of(asker: Asker, lines: tuple[Line, ...]) -> tuple[AnswerBlank, ...]:
    """Return lines with numbers as one answer, in a table where each has a left side and no matrix."""
    if any(line.kind is LineKind.EQUATION for line in lines):
        return as_answer(lines, "equations")
    if any(line.left is None or isinstance(line.right, Matrix) for line in lines):
        return as_answer(lines, "lines")
    return tuple(answer_sized(asker, answer) for answer in as_answer(lines, "values"))
