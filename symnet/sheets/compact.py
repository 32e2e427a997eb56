"""The compact solution: the general rule once, then what it comes to, all results of a layer in one box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from symnet.description.network import Description, Exercise
from symnet.description.training import Training
from symnet.document import Block, Heading, Note
from symnet.sheets.compact_forward import facts_section, forward_section, network_section
from symnet.sheets.compact_part import CompactPart
from symnet.sheets.compact_results import delta_instances, objective_section, results_section
from symnet.sheets.compact_rule import deltas_alone, loss_lines, rule_section
from symnet.sheets.compact_styles import instances_section
from symnet.sheets.names import loss_called
from symnet.sheets.numbers import kinks_section, rounding_errors_section
from symnet.sheets.second import hessian_section
from symnet.sheets.sheet import Sheet
from symnet.text.say import ROMAN, say
from symnet.verification.verify import Check
from symnet.worked import Worked

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.sheets.time import TimeSheet
    from symnet.sheets.training import Passes


def compact_solution(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield the compact solution of an exercise, and what was verified of it.

    Args:
        worked: The exercise.
        sheets: Its parts.
    """
    if sheets[0].part.network.is_graph:
        yield from graph_solution(sheets, worked.description) or _graph(sheets[0], worked.description)
        yield _verified(sheets[0], graph_checks(sheets, worked.description.training))
    else:
        yield from _network(worked, sheets)


def graph_checks(sheets: Sequence[Sheet], training: Training | None) -> list[Check]:
    """Return what was verified of a graph, the updates of its arrays among it.

    Args:
        sheets: One for each output.
        training: How it is trained, if it is.
    """
    from symnet.sheets.compact_training import checks_of_updates

    return [*(check for sheet in sheets for check in sheet.checks), *checks_of_updates(sheets[0], training)]


def graph_solution(sheets: Sequence[Sheet], asked: Exercise) -> Iterator[Block] | None:
    """Return the solution of a graph that is the same in all details; None of one that may be shown line by line.

    Args:
        sheets: One for each output.
        asked: What was asked.
    """
    if len(sheets) == 1 and sheets[0].in_arrays:
        return array_solution(sheets[0], asked)
    if sheets[0].view.style == "forward":
        return forward_solution(sheets, asked)
    return several_outputs(sheets) if len(sheets) > 1 else None


def _graph(sheet: Sheet, asked: Exercise) -> Iterator[Block]:
    """Yield the compact solution of a graph."""
    # Imported where it is used: most sheets are of networks.
    from symnet.sheets.compact_graph import local_section, results_of_graph
    from symnet.sheets.graph import graph_passes, graph_section, numbers_section

    evaluation, full, training = sheet.evaluation, sheet.view.detail != "results", asked.training
    yield from graph_section(sheet, evaluation)
    if full:
        yield from local_section(sheet)
    yield from results_of_graph(sheet, full=full)
    yield from hessian_section(sheet)
    if full and evaluation is not None:
        yield from numbers_section(sheet, evaluation)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    if full and training is not None:
        yield from _training(sheet, training, partial(graph_passes, sheet))


def forward_solution(sheets: Sequence[Sheet], asked: Exercise) -> Iterator[Block]:
    """Yield the solution of a graph by the forward mode, in the detail that is asked for.

    Args:
        sheets: One for each output.
        asked: The exercise.
    """
    from symnet.sheets.compact_graph import local_section
    from symnet.sheets.forward import ForwardSheet, forward_numbers_section, forward_passes, forward_section
    from symnet.sheets.graph import graph_section
    from symnet.sheets.jacobian import jacobian_section

    first, forward = sheets[0], ForwardSheet(sheets)
    full, evaluation = first.view.detail != "results", first.evaluation
    several = len(sheets) > 1
    yield from graph_section(first, evaluation, [sheet.part.network.loss for sheet in sheets] if several else ())
    if full:
        yield from local_section(first)
    yield from forward_section(forward, full=full)
    for sheet in sheets:
        yield from hessian_section(sheet)
    if several:
        yield from jacobian_section(sheets)
    if full and evaluation is not None:
        yield from forward_numbers_section(forward, evaluation)
        yield from kinks_section(first, evaluation)
    if full and asked.training is not None:
        yield from _training(first, asked.training, partial(forward_passes, forward))


def several_outputs(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """Yield the solution of a graph of several outputs, in the detail that is asked for.

    Args:
        sheets: One for each output.
    """
    from symnet.diagram.graph import draw_graph
    from symnet.sheets.compact_graph import local_section, results_of_graph
    from symnet.sheets.graph import backward_section, forward_numbers, graph_section, node_table, numbers_back
    from symnet.sheets.graph_figure import drawn_graph
    from symnet.sheets.jacobian import jacobian_section

    first = sheets[0]
    detail, evaluation = first.view.detail, first.evaluation
    yield from graph_section(first, evaluation, [sheet.part.network.loss for sheet in sheets])
    if detail != "results":
        yield from local_section(first)
    for sheet in sheets:
        way = backward_section(sheet) if detail == "full" else results_of_graph(sheet, full=detail != "results")
        for number, block in enumerate(way):
            yield block if number else Heading(1, say("second.backward", output=sheet.objective))
            figure = None if number or sheet is first else draw_graph(*drawn_graph(sheet, sheet.evaluation))
            if figure is not None:
                yield figure
        yield from hessian_section(sheet)
    yield from jacobian_section(sheets)
    if evaluation is None or detail == "results":
        return
    yield from forward_numbers(first, evaluation)
    for sheet in sheets:
        if sheet.evaluation is not None:
            yield Heading(2, say("second.backward", output=sheet.objective))
            yield from numbers_back(sheet, sheet.evaluation)
    yield node_table(sheets)
    yield from rounding_errors_section(first)
    yield from kinks_section(first, evaluation)


def array_solution(sheet: Sheet, asked: Exercise) -> Iterator[Block]:
    """Yield the solution of a graph of arrays, the same in short and in full.

    Args:
        sheet: The graph.
        asked: The exercise.
    """
    from symnet.sheets.array_figures import layer_figures
    from symnet.sheets.arrays import (
        ArraySheet,
        array_backward_section,
        array_graph_section,
        array_numbers_section,
        array_objective_section,
        array_passes,
    )
    from symnet.sheets.time import TimeSheet

    arrays, evaluation, full = ArraySheet.of(sheet), sheet.evaluation, sheet.view.detail != "results"
    training = asked.training
    if sheet.view.style == "forward":
        yield from forward_arrays_solution(sheet, asked)
        return
    over_time = TimeSheet.of(arrays)
    if over_time is not None:
        yield from time_solution(over_time, asked, full=full)
        return
    yield from array_graph_section(arrays, tuple(layer_figures(arrays)))
    yield from array_backward_section(arrays, full=full)
    penalties = asked.regularization if isinstance(asked, Description) else ()
    yield from array_objective_section(arrays, tuple(penalty.kind for penalty in penalties))
    yield from hessian_section(sheet)
    if full and evaluation is not None:
        yield from array_numbers_section(arrays, evaluation)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    if full and training is not None:
        yield from _training(sheet, training, partial(array_passes, arrays))


def forward_arrays_solution(sheet: Sheet, asked: Exercise) -> Iterator[Block]:
    """Yield the solution of a graph of arrays by the forward mode.

    Args:
        sheet: The graph.
        asked: The exercise.
    """
    from symnet.sheets.arrays import array_graph_section, array_objective_section
    from symnet.sheets.forward_arrays import (
        ForwardArraySheet,
        forward_array_numbers,
        forward_array_passes,
        forward_array_section,
    )

    forward, evaluation = ForwardArraySheet.of_graph(sheet), sheet.evaluation
    yield from array_graph_section(forward)
    yield from forward_array_section(forward)
    penalties = asked.regularization if isinstance(asked, Description) else ()
    yield from array_objective_section(forward, tuple(penalty.kind for penalty in penalties))
    yield from hessian_section(sheet)
    if evaluation is not None:
        yield from forward_array_numbers(forward, evaluation)
        yield from kinks_section(sheet, evaluation)
    if sheet.view.detail != "results" and asked.training is not None:
        yield from _training(sheet, asked.training, partial(forward_array_passes, forward))


def time_solution(over_time: TimeSheet, asked: Exercise, *, full: bool) -> Iterator[Block]:
    """Yield the solution of a graph over time: once with the index, and in tables step by step.

    Args:
        over_time: The graph.
        asked: The exercise.
        full: Whether it is told how results come about.
    """
    from symnet.description.sequences import SequenceDescription
    from symnet.sheets.arrays import array_objective_section
    from symnet.sheets.time import time_backward_section, time_graph_section, time_numbers_section, time_passes

    arrays, sheet = over_time.arrays, over_time.arrays.sheet
    penalties = asked.regularization if isinstance(asked, Description) else ()
    cells = asked.cells if isinstance(asked, SequenceDescription) else ()
    yield from time_graph_section(over_time, cells)
    yield from time_backward_section(over_time, full=full)
    yield from array_objective_section(arrays, tuple(penalty.kind for penalty in penalties))
    if full and sheet.evaluation is not None:
        yield from time_numbers_section(over_time, sheet.evaluation)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, sheet.evaluation)
    if full and asked.training is not None:
        yield from _training(sheet, asked.training, partial(time_passes, over_time))


def _network(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield what all losses share, then each part."""
    parts = CompactPart.of_all(sheets)
    first = parts[0]
    view = first.sheet.view
    yield from network_section(parts)
    yield from forward_section(first)
    if view.matrix:
        from symnet.sheets.matrix import matrix_forward_section

        yield from matrix_forward_section(first.sheet)
    if view.detail != "results":
        yield from facts_section(first.sheet)
    for number, part in enumerate(parts):
        yield from _part(worked.description, part, first, ROMAN[number] if len(parts) > 1 else None)
    yield _verified(first.sheet, [check for part in parts for check in (*part.sheet.checks, *part.checks)])


def _verified(sheet: Sheet, checks: Sequence[Check]) -> Note:
    """Return the line that says what was verified by computer."""
    worst = sheet.rough(max(check.worst_error for check in checks))
    comparisons = sum(check.comparisons for check in checks)
    return Note(say("compact.verified", n=comparisons, error=worst))


def _part(asked: Exercise, part: CompactPart, first: CompactPart, number: str | None) -> Iterator[Block]:
    """Yield one loss: the rule, what it comes to, and, where there are data, the numbers."""
    sheet, view, loss = part.sheet, part.sheet.view, loss_called(part.sheet)
    alone = "forward.of_loss" if view.style == "forward" else "sheet.backward"
    yield Heading(1, say("sheet.part", number=number, loss=loss) if number else say(alone, loss=loss))
    penalties = asked.regularization if isinstance(asked, Description) else ()
    yield from loss_lines(part)
    if view.style == "forward":
        kinds = tuple(penalty.kind for penalty in penalties)
        yield from forward_part(sheet, asked, kinds, values=part is first)
        return
    if view.detail != "results":
        yield from rule_section(part, first)
        if view.scalar and not view.indexed:
            yield from delta_instances(part, first)
    elif view.scalar and not part.written_out:
        yield from deltas_alone(part, first)
    if view.scalar:
        if view.style != "delta" and part is first:
            yield from instances_section(sheet)
        yield from results_section(part, first)
        yield from objective_section(part, first, tuple(penalty.kind for penalty in penalties))
    if view.matrix:
        from symnet.sheets.matrix import matrix_backward_section

        yield from matrix_backward_section(sheet)
    yield from hessian_section(sheet)
    if view.detail != "results":
        yield from _numbers(asked, part, first)


def forward_part(sheet: Sheet, asked: Exercise, penalties: tuple[str, ...], *, values: bool) -> Iterator[Block]:
    """Yield one loss of a network by the forward mode, in symbols and, where there are data, in numbers.

    Args:
        sheet: The part.
        asked: The exercise.
        penalties: The catalog names of the regularizers.
        values: Whether the data and the values of the nodes have not been told yet.
    """
    from symnet.sheets.compact_numbers import data_section
    from symnet.sheets.forward import ForwardSheet
    from symnet.sheets.forward_network import forward_mode_numbers, forward_mode_section, seeds_of

    forward, evaluation, training = ForwardSheet([sheet], seeds_of(sheet)), sheet.evaluation, asked.training
    yield from forward_mode_section(forward, penalties)
    yield from hessian_section(sheet)
    if sheet.view.detail == "results":
        return
    if evaluation is not None:
        if values:
            yield from data_section(sheet, evaluation)
        yield from forward_mode_numbers(forward, evaluation, values=values)
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    if training is not None:
        yield from _training(sheet, training, partial(forward_mode_numbers, forward, values=True))


def _numbers(asked: Exercise, part: CompactPart, first: CompactPart) -> Iterator[Block]:
    """Yield the numbers of a part, and its training."""
    from symnet.sheets.compact_numbers import data_section
    from symnet.sheets.compact_training import is_tabled

    sheet, training = part.sheet, asked.training
    evaluation = sheet.evaluation
    if evaluation is not None:
        if part is first:
            yield from data_section(sheet, evaluation)
        yield from _passes(sheet, evaluation, forward=part is first, tabled=is_tabled(sheet, training))
        yield from rounding_errors_section(sheet)
        yield from kinks_section(sheet, evaluation)
    if training is not None:
        yield from _training(sheet, training, partial(_passes, sheet, forward=True, tabled=True))


def _passes(sheet: Sheet, evaluation: Evaluation, *, forward: bool, tabled: bool) -> Iterator[Block]:
    """Yield both passes in numbers: of one sample line by line, of all in a table, then what they give together."""
    from symnet.sheets.compact_numbers import all_samples_section, objective_gradient_section, sample_section

    # The matrices hold all samples: some of them alone are always worked number by number.
    in_matrices = sheet.view.matrix and evaluation.batch is None
    in_numbers = sheet.view.scalar or not in_matrices
    if in_numbers:
        yield from sample_section(sheet, evaluation, forward=forward, tabled=tabled)
    if in_matrices:
        from symnet.sheets.matrix import matrix_backward_numbers_section, matrix_forward_numbers_section

        if forward:
            yield from matrix_forward_numbers_section(sheet, evaluation)
        yield from matrix_backward_numbers_section(sheet, evaluation)
    if in_numbers:
        yield from all_samples_section(sheet, evaluation)
        yield from objective_gradient_section(sheet, evaluation, tabled=tabled)


def _training(sheet: Sheet, training: Training, passes: Passes) -> Iterator[Block]:
    """Yield the training: in matrices alone line by line, else in short."""
    from symnet.sheets.compact_training import few_updates, steps_section, symbolic_array_updates, update_rule
    from symnet.sheets.training import symbolic_update_section, update_section

    in_short, evaluation = sheet.view.scalar or sheet.in_arrays, sheet.evaluation
    of_arrays = tuple(symbolic_array_updates(sheet, training)) if evaluation is None else ()
    if evaluation is not None:
        yield from (steps_section if in_short else update_section)(sheet, evaluation, training, passes)
    elif of_arrays:
        yield from of_arrays
    elif in_short and not few_updates(sheet, training):
        yield from update_rule(sheet, training)
    else:
        yield from symbolic_update_section(sheet, training)
