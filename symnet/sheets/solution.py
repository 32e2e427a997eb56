"""The full solution of an exercise, block by block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from symnet.derivation.paths import check_view
from symnet.description.network import Description, Exercise
from symnet.description.plain import plain_description
from symnet.description.training import Training
from symnet.document import Block, Document, Heading, Inline, Note
from symnet.sheets.backward import deltas_section, gradients_section, loss_section
from symnet.sheets.blanks import in_its_language
from symnet.sheets.derivatives import derivatives_section
from symnet.sheets.names import loss_called
from symnet.sheets.network import called_network, forward_section, network_section
from symnet.sheets.numbers import (
    backward_numbers_section,
    data_section,
    forward_numbers_section,
    kinks_section,
    rounding_errors_section,
)
from symnet.sheets.objective import objective_numbers_section, objective_section
from symnet.sheets.repeats import without_repeats
from symnet.sheets.second import hessian_section
from symnet.sheets.sheet import Sheet, dated, under_title, verified
from symnet.sheets.symbols import with_symbols
from symnet.text.languages import in_language
from symnet.text.say import ROMAN, say
from symnet.view import USUAL, View
from symnet.worked import Worked

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.sheets.training import Passes


def solution(worked: Worked, view: View = USUAL) -> Document:
    """Return the solution of every part of ``worked`` as one document.

    Args:
        worked: The exercise.
        view: What of it is shown.
    """
    with in_language(worked.description.language):
        return in_its_language(_solution(worked, view), worked.description.numbers)


def _solution(worked: Worked, view: View) -> Document:
    asked = worked.description
    network = worked.parts[0].network
    is_compact = view.detail != "full"
    sheets = [
        Sheet.of(part, asked, view, general=is_compact and not (network.is_graph or view.only)) for part in worked.parts
    ]
    check_view(network, view)
    if view.only:
        from symnet.sheets.alone import alone, title_of

        said = say(title_of(sheets, view.only))
        blocks = tuple(alone(sheets, view.only))
    else:
        said = say(
            "sheet.solution",
            what=called_network(network),
        )
        blocks = tuple(map(without_repeats, _compact(worked, sheets) if is_compact else _full(worked, sheets)))
    blocks = with_symbols(blocks, sheets, asked.training)
    exercise = json.dumps(plain_description(asked), ensure_ascii=False)
    return Document(asked.title, under_title(asked, said), blocks, dated(asked), exercise=exercise)


def _compact(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield the solution in short."""
    # Imported where it is used, as for the others.
    from symnet.sheets.compact import compact_solution

    yield from compact_solution(worked, sheets)


def _full(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield the solution line by line, and what was verified of it."""
    is_graph = sheets[0].part.network.is_graph
    if is_graph:
        # Imported where it is used: most sheets are of networks.
        from symnet.sheets.compact import graph_solution

        yield from graph_solution(sheets, worked.description) or _graph(sheets[0], worked.description)
    else:
        yield from _blocks(worked, sheets)
    yield Note(_verification(sheets, worked.description.training))


def _graph(sheet: Sheet, asked: Exercise) -> Iterator[Block]:
    """Yield the solution of a computation graph."""
    # Imported where it is used: most sheets are of networks.
    from symnet.sheets.graph import backward_section, graph_passes, graph_section, local_section, numbers_section

    evaluation = sheet.evaluation
    yield from graph_section(sheet, evaluation)
    yield from local_section(sheet)
    yield from backward_section(sheet)
    yield from hessian_section(sheet)
    if evaluation is not None:
        yield from numbers_section(sheet, evaluation)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    yield from _training(sheet, asked.training, partial(graph_passes, sheet))


def _blocks(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield what all losses share, then each part."""
    first = sheets[0]
    yield from network_section(*sheets)
    if first.view.indexed:
        from symnet.sheets.indexed import indexed_forward_section

        yield from indexed_forward_section(first)
    elif first.view.scalar:
        yield from forward_section(first)
    if first.view.matrix:
        from symnet.sheets.matrix import matrix_forward_section

        yield from matrix_forward_section(first)
    yield from derivatives_section(first)
    if first.evaluation is not None:
        yield from data_section(first, first.evaluation)
        yield from _forward_numbers(first, first.evaluation)
    for number, sheet in enumerate(sheets):
        yield from _part(worked.description, sheet, first, ROMAN[number] if len(sheets) > 1 else None)


def _forward_numbers(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward pass with numbers put in, number by number and in matrices."""
    if sheet.view.scalar:
        yield from forward_numbers_section(sheet, evaluation)
    if sheet.view.matrix:
        from symnet.sheets.matrix import matrix_forward_numbers_section

        yield from matrix_forward_numbers_section(sheet, evaluation)


def _backward_scalars(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield loss and derivatives of each sample with numbers put in, then what the samples give together."""
    yield from backward_numbers_section(sheet, evaluation)
    yield from objective_numbers_section(sheet, evaluation)


def _backward_numbers(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield loss and derivatives with numbers put in, number by number and in matrices."""
    if sheet.view.scalar:
        yield from _backward_scalars(sheet, evaluation)
    if sheet.view.matrix:
        from symnet.sheets.matrix import matrix_backward_numbers_section

        yield from matrix_backward_numbers_section(sheet, evaluation)


def _part(asked: Exercise, sheet: Sheet, first: Sheet, number: str | None) -> Iterator[Block]:
    """Yield one loss: its derivatives in symbols and, where there are data, in numbers."""
    loss = loss_called(sheet)
    alone = "forward.of_loss" if sheet.view.style == "forward" else "sheet.backward"
    yield Heading(1, say("sheet.part", number=number, loss=loss) if number else say(alone, loss=loss))
    penalties = asked.regularization if isinstance(asked, Description) else ()
    kinds = tuple(penalty.kind for penalty in penalties)
    if sheet.view.indexed:
        from symnet.sheets.indexed import rule_sections

        yield from rule_sections(sheet, first, kinds)
    else:
        yield from loss_section(sheet)
        if sheet.view.style == "forward":
            from symnet.sheets.compact import forward_part

            yield from forward_part(sheet, asked, kinds, values=False)
            return
        if sheet.view.scalar:
            yield from deltas_section(sheet)
            yield from gradients_section(sheet)
        yield from objective_section(sheet, kinds)
    if sheet.view.matrix:
        from symnet.sheets.matrix import matrix_backward_section

        yield from matrix_backward_section(sheet)
    yield from hessian_section(sheet)
    evaluation = sheet.evaluation
    if evaluation is not None:
        yield from _backward_numbers(sheet, evaluation)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    yield from _training(sheet, asked.training, partial(_passes, sheet))


def _training(sheet: Sheet, training: Training | None, passes: Passes) -> Iterator[Block]:
    """Yield the training, if there is any: in symbols where there are no numbers, else with the first steps worked."""
    if training is None:
        return
    # Imported where it is used: many exercises have no training.
    from symnet.sheets.training import symbolic_update_section, update_section

    if sheet.evaluation is None:
        yield from symbolic_update_section(sheet, training)
    else:
        yield from update_section(sheet, sheet.evaluation, training, passes)


def _passes(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the forward and the backward pass of a training step; of some samples alone always number by number."""
    if evaluation.batch is None:
        yield from _forward_numbers(sheet, evaluation)
        yield from _backward_numbers(sheet, evaluation)
    else:
        yield from forward_numbers_section(sheet, evaluation)
        yield from _backward_scalars(sheet, evaluation)


def _verification(sheets: list[Sheet], training: Training | None) -> Inline:
    """Return the sentence that says what was verified by computer, over all parts; how well, the JSON says."""
    if sheets[0].part.network.is_graph:
        from symnet.sheets.compact import graph_checks

        return verified(graph_checks(sheets, training))
    return verified([check for sheet in sheets for check in sheet.checks])
