"""Questions with numbers: the forward pass, the loss and its derivatives, at what is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from sympy import Symbol

from symnet.description.network import Exercise
from symnet.document import AnswerBlank, Block, Heading, Inline, Question, Table, Working
from symnet.layout.tree import Layout
from symnet.limits import MOST_WORKED_SAMPLES
from symnet.numerics.direct import Value
from symnet.sheets.blanks import side_by_side
from symnet.sheets.derived import shown_adjoints
from symnet.sheets.names import of_adjoint, of_node
from symnet.sheets.numbers import (
    backward_numbers_section,
    conventions_in_numbers,
    data_section,
    forward_numbers_section,
)
from symnet.sheets.objective import objective_numbers_section
from symnet.sheets.questions.alike import drafted_alike
from symnet.sheets.questions.asker import Asker, sections
from symnet.sheets.questions.drafts import Drafted, answer_sized, answers_in, question, results_of
from symnet.sheets.questions.matrix import matrix_backward_numbers_questions, matrix_forward_numbers_questions
from symnet.sheets.sheet import Sheet
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample


# How a quantity is written, which of the values of a sample it is among and by which symbol, and its id in a sample.
Entry: TypeAlias = "tuple[Layout, Callable[[Sample], Mapping[Symbol, Value]], Symbol, Callable[[int], tuple[str, ...]]]"

_VALUES, _ADJOINTS = map(attrgetter, ("values", "adjoints"))


def forward_numbers_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the forward pass in numbers, which are given: line by line, or as a table of samples."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    printed = tuple(
        side_by_side(block) if isinstance(block, Working) else block
        for block in data_section(sheet, evaluation)
        if not isinstance(block, Heading)
    )
    if sheet.view.scalar:
        prompt = say("question.forward_numbers", samples=_of_samples(evaluation))
        yield from question(prompt, [Drafted((), forward_answers(asker, evaluation))], printed)
        printed = ()
    if sheet.view.matrix:
        yield from matrix_forward_numbers_questions(asker, evaluation, printed)


def forward_answers(asker: Asker, evaluation: Evaluation) -> tuple[AnswerBlank, ...]:
    """Return the values of the forward pass: of one sample line by line, of several in a table.

    Args:
        asker: The part of the exercise.
        evaluation: Its numbers.
    """
    if len(evaluation.samples) > 1:
        return in_samples(asker, evaluation, forward_entries(asker.sheet))

    def drafted(asker: Asker) -> Iterator[Drafted]:
        yield Drafted((), results_of(asker, forward_numbers_section(asker.of_results, evaluation)))

    return tuple(answers_in(drafted_alike(asker, evaluation, ("forward", evaluation.batch), drafted)))


def backward_numbers_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question to compute the loss, the deltas and gradients, and the objective with its gradient."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    if sheet.view.scalar:
        prompt = say("question.backward_numbers", samples=_of_samples(evaluation))
        yield from question(prompt, backward_parts(asker, evaluation), conventions_in_numbers(sheet, evaluation))
    if sheet.view.matrix:
        yield from matrix_backward_numbers_questions(asker, evaluation)


def backward_parts(asker: Asker, evaluation: Evaluation) -> Iterator[Drafted]:
    """Yield the loss and its derivatives, then what goes over all samples.

    Args:
        asker: The part of the exercise.
        evaluation: Its numbers.
    """
    sheet, is_one = asker.sheet, len(evaluation.samples) == 1
    if not is_one:
        yield Drafted(
            say("pass.loss" if sheet.names.has_delta else "pass.loss_without_deltas"),
            in_samples(asker, evaluation, _adjoints(sheet)),
        )

    def drafted(asker: Asker) -> Iterator[Drafted]:
        if is_one:
            yield from _drafted(asker, backward_numbers_section(asker.of_results, evaluation))
        yield from _drafted(asker, objective_numbers_section(asker.of_results, evaluation))

    yield from drafted_alike(asker, evaluation, ("backward", evaluation.batch), drafted)


def _drafted(asker: Asker, blocks: Iterable[Block]) -> Iterator[Drafted]:
    for title, below in sections(blocks):
        yield Drafted(title.content, results_of(asker, below))


def _of_samples(evaluation: Evaluation) -> Inline:
    count = len(evaluation.samples)
    if count == 1:
        return ()
    if count <= MOST_WORKED_SAMPLES:
        return say("question.for_each_sample")
    return say("question.for_first_samples", last=str(MOST_WORKED_SAMPLES))


def forward_entries(sheet: Sheet) -> Iterator[Entry]:
    """Yield the pre-activations and activations, layer by layer.

    Args:
        sheet: The part.
    """
    for branch in sheet.part.network.branches:
        for layer in branch:
            for symbol in (*layer.pre_activations, *layer.activations, *layer.dropped):
                yield sheet.names(symbol.name), _VALUES, symbol, partial(of_node, symbol)


def _adjoints(sheet: Sheet) -> Iterator[Entry]:
    loss = sheet.part.network.loss
    yield sheet.names(loss.name), _VALUES, loss, partial(of_node, loss)
    for derivation in shown_adjoints(sheet):
        name = sheet.names(derivation.symbol.name)
        yield name, _ADJOINTS, derivation.wrt, partial(of_adjoint, sheet.part, derivation.wrt)


def in_samples(asker: Asker, evaluation: Evaluation, entries: Iterable[Entry]) -> tuple[AnswerBlank, ...]:
    """Return a table with a row for each quantity and a column for each of the first samples.

    Args:
        asker: The part of the exercise.
        evaluation: Its numbers.
        entries: The quantities, of which those that are not asked for are left out.
    """
    samples = evaluation.samples[:MOST_WORKED_SAMPLES]
    numbers = [number + 1 for number in evaluation.batch or range(len(samples))][: len(samples)]
    head: tuple[Inline, ...] = (
        ("",),
        *(say("question.sample", number=str(number)) for number in numbers),
    )
    wanted = [entry for entry in entries if asker.wants(entry[2].name)]
    rows = tuple(
        ((left,), *((asker.sheet.number(values_of(sample)[symbol])[0],) for sample in samples))
        for left, values_of, symbol, _ in wanted
    )
    asked = (tuple(name for number, _ in enumerate(samples, 1) for name in ids_in(number)) for *_, ids_in in wanted)
    answer = AnswerBlank(Table(head, rows, "l" + "r" * len(samples)), "cells", tuple(asked))
    return (answer_sized(asker, answer),)
