"""Questions with numbers: the forward pass, derivatives, and a step of training, at what is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from sympy import Symbol

from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.training import Training
from symnet.document import Answer, Block, Heading, Inline, Question, Table, Working, telling
from symnet.layout.tree import Layout
from symnet.numbers.numeric import Value
from symnet.worksheet.asking import Asker, Drafted, question, results, sections
from symnet.worksheet.conventions import conventions_in_numbers
from symnet.worksheet.derived import shown_adjoints
from symnet.worksheet.given import given_section
from symnet.worksheet.ids import of_adjoint, of_gradient, of_node, of_update
from symnet.worksheet.lettering import is_clipping
from symnet.worksheet.numbers import MOST_SAMPLES, backward_numbers_section, forward_numbers_section
from symnet.worksheet.rule import general_rule
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.steps import start_table, step_lines
from symnet.worksheet.together import together_numbers_section
from symnet.worksheet.updates import batch_in_words, shown_parameters, symbolic_update_section

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation, Sample

# Parameters up to which all are asked for: where a step takes one line of each, and where it takes several.
_MOST_OF_ONE_LINE, _MOST_OF_SEVERAL_LINES = 12, 4

# How a quantity is written, which of the values of a sample it is among and by which symbol, and its id in a sample.
Entry: TypeAlias = "tuple[Layout, Callable[[Sample], Mapping[Symbol, Value]], Symbol, Callable[[int], tuple[str, ...]]]"
_VALUES, _ADJOINTS, _GRADIENTS = map(attrgetter, ("values", "adjoints", "gradients"))


def forward_numbers(asker: Asker) -> Iterator[Question]:
    """Yield the question for the forward pass in numbers, which are given: line by line, or as a table of samples."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    given = tuple(block for block in given_section(sheet, evaluation) if not isinstance(block, Heading))
    if sheet.view.scalar:
        if len(evaluation.samples) > 1:
            answers = _in_samples(asker, evaluation, _forward_entries(sheet))
        else:
            answers = results_of(asker, forward_numbers_section(sheet, evaluation))
        prompt = (f"With these numbers, work out the forward pass{_of_samples(evaluation)}.",)
        yield from question(prompt, [Drafted((), answers)], given)
        given = ()
    if sheet.view.matrix:
        from symnet.worksheet.asked_matrix import matrix_forward_numbers

        yield from matrix_forward_numbers(asker, evaluation, given)


def backward_numbers(asker: Asker) -> Iterator[Question]:
    """Yield the question for the loss, its derivatives, and what they come to together, in numbers."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    if sheet.view.scalar:
        prompt = (f"Work out the backward pass in numbers{_of_samples(evaluation)}.",)
        yield from question(prompt, _backward_parts(asker, evaluation), conventions_in_numbers(sheet, evaluation))
    if sheet.view.matrix:
        from symnet.worksheet.asked_matrix import matrix_backward_numbers

        yield from matrix_backward_numbers(asker, evaluation)


def _backward_parts(asker: Asker, evaluation: Evaluation) -> Iterator[Drafted]:
    sheet = asker.sheet
    if len(evaluation.samples) == 1:
        yield from _drafted(asker, backward_numbers_section(sheet, evaluation))
        return
    yield Drafted(("The loss and the derivatives by the nodes",), _in_samples(asker, evaluation, _adjoints(sheet)))
    yield Drafted(("The derivatives by the parameters",), _in_samples(asker, evaluation, _gradients(sheet)))
    yield from _drafted(asker, together_numbers_section(sheet, evaluation))


def _drafted(asker: Asker, blocks: Iterable[Block]) -> Iterator[Drafted]:
    for title, below in sections(blocks):
        yield Drafted(title, results_of(asker, below))


def results_of(asker: Asker, blocks: Iterable[Block]) -> tuple[Answer, ...]:
    """Return the numbers put in and what comes of them: the line in symbols has a question of its own.

    Args:
        asker: The part of the exercise.
        blocks: Of a section with numbers.
    """
    return tuple(asker.answers(results(blocks), "lines"))


def _of_samples(evaluation: Evaluation) -> str:
    count = len(evaluation.samples)
    if count == 1:
        return ""
    return f" of the samples 1 to {MOST_SAMPLES}" if count > MOST_SAMPLES else " of each sample"


def _forward_entries(sheet: Sheet) -> Iterator[Entry]:
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


def _gradients(sheet: Sheet) -> Iterator[Entry]:
    gradient = sheet.part.gradient
    layers = reversed(sheet.part.network.layers)
    for leaf in (*(parameter for layer in layers for parameter in layer.parameters), *gradient.inputs):
        if sheet.view.shows(leaf.name):
            yield sheet.build(gradient.leaves[leaf].lhs), _GRADIENTS, leaf, partial(of_gradient, sheet.part, leaf)


def _in_samples(asker: Asker, evaluation: Evaluation, entries: Iterable[Entry]) -> tuple[Answer, ...]:
    """Return a table with a row for each quantity and a column for each of the first samples."""
    samples = evaluation.samples[:MOST_SAMPLES]
    head: tuple[Inline, ...] = (("",), *((f"sample {number}",) for number in range(1, len(samples) + 1)))
    wanted = [entry for entry in entries if asker.wants(entry[0])]
    rows = tuple(
        ((left,), *((asker.sheet.number(values_of(sample)[symbol])[0],) for sample in samples))
        for left, values_of, symbol, _ in wanted
    )
    asked = (tuple(name for number, _ in enumerate(samples, 1) for name in ids_in(number)) for *_, ids_in in wanted)
    return (Answer(Table(head, rows, "l" + "r" * len(samples)), "cells", tuple(asked)),)


def update(asker: Asker, training: Training) -> Iterator[Question]:
    """Yield the question for a training step by the rule that is given: in numbers, or else in symbols."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    rule = tuple(general_rule(sheet, training, len(evaluation.samples) if evaluation is not None else None))
    if evaluation is None:
        asked = (block for block in symbolic_update_section(sheet, training) if block not in rule)
        drafted = [Drafted((), tuple(asker.answers(asked, "lines")))]
        yield from question(("Write down the update of each parameter, with its derivative put in.",), drafted, rule)
        return
    every = shown_parameters(sheet, training)
    start = start_table(sheet, training, every)
    parameters = _asked_for(asker, training, every)
    likewise = " The other parameters go the same way." if len(parameters) < len(every) else ""
    prompt = f"Work out the first training step{batch_in_words(evaluation.updates[0], evaluation)}.{likewise}"
    drafted = [*_first_step(asker, evaluation, training, parameters)]
    yield from question((prompt,), drafted, rule if start is None else (*rule, start))


def _asked_for(asker: Asker, training: Training, parameters: Sequence[Symbol]) -> Sequence[Symbol]:
    """Return the parameters whose step is asked for: of many with several lines each, those of the first units."""
    short = not OPTIMIZERS[training.optimizer].states and not is_clipping(training)
    # A norm is that of all derivatives.
    most = _MOST_OF_ONE_LINE if short or training.clip_norm is not None else _MOST_OF_SEVERAL_LINES
    if len(parameters) <= most:
        return parameters
    return [parameter for parameter in parameters if asker.is_first(parameter.name)]


def _first_step(
    asker: Asker, evaluation: Evaluation, training: Training, parameters: Sequence[Symbol]
) -> Iterator[Drafted]:
    """Yield the first step: what holds for all parameters, then each; short updates stand together."""
    sheet = asker.sheet
    common, worked = step_lines(sheet, training, evaluation.updates[0], None, parameters)
    groups = [telling(of_update(leaf), lines) for leaf, lines in zip(parameters, worked, strict=True)]
    if all(len(group) == 1 for group in groups):
        common, groups = (), [(*common, *(line for group in groups for line in group))]
    prompts: list[Inline] = [("For ", sheet.names(parameter.name)) for parameter in parameters]
    for prompt, lines in zip((("For all parameters",), *prompts), (common, *groups), strict=False):
        yield Drafted(prompt, (Answer(Working(lines), "lines", tuple(line.of for line in lines)),) if lines else ())
