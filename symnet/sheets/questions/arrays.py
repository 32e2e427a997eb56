"""The questions of a graph of arrays: shapes, derivatives of whole arrays, and matrices with a box for each entry."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

from symnet.description.network import Exercise
from symnet.description.sequences import SequenceDescription
from symnet.document import AnswerBlank, Block, Flow, Inline, Question, Table, Working
from symnet.sheets.arrays import (
    ArraySheet,
    array_data,
    array_equations,
    array_figure,
    array_passes,
    array_table,
    derivation,
    kinks_of_arrays,
    signs,
    size_of_arrays,
    told_shape,
)
from symnet.sheets.network import conventions
from symnet.sheets.numbers import conventions_in_numbers, rounding_rule
from symnet.sheets.questions.asker import Asker, sections
from symnet.sheets.questions.drafts import Drafted, as_answer, lines_of, question
from symnet.sheets.questions.time import (
    time_inputs_question,
    time_introduction,
    time_nodes_question,
    time_passes_drafted,
)
from symnet.sheets.time import TimeSheet
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


def arrays_introduction(asker: Asker, asks: Container[str], asked: Exercise) -> Iterator[Block]:
    """Yield the graph as it is given, with its drawing and its shapes, unless these are asked for.

    Args:
        asker: The graph.
        asks: What is asked for.
        asked: The exercise.
    """
    arrays = ArraySheet.of(asker.sheet)
    over_time = TimeSheet.of(arrays)
    if over_time is not None and "size" not in asks:
        yield from time_introduction(over_time, asks, asked.cells if isinstance(asked, SequenceDescription) else ())
        return
    graph, with_shapes = arrays.graph, "size" not in asks
    figure = None if "draw" in asks else array_figure(arrays)
    if figure is not None:
        yield figure
    yield size_of_arrays(arrays)
    yield array_table(arrays, (*graph.inputs, *(graph.nodes if with_shapes else ())))
    yield from conventions(asker.sheet)
    lines = array_equations(arrays)
    yield Working(tuple(line if with_shapes else line._replace(reason=()) for line in lines))
    yield from signs(arrays)


def draw_arrays_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the drawing of a graph of arrays that is small enough to be drawn."""
    figure = array_figure(ArraySheet.of(asker.sheet))
    answers = () if figure is None else (AnswerBlank(figure, "drawing"),)
    yield from question(say("question.draw_graph"), [Drafted((), answers)])


def shapes_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the shape of every node."""
    arrays = ArraySheet.of(asker.sheet)
    rows = tuple(((arrays.write.names(name),), told_shape(arrays.graph.shape(name))) for name in arrays.graph.nodes)
    table = Table((say("legend.symbol"), say("arrays.shape")), rows, "ll")
    yield from question(say("question.shapes"), [Drafted((), (AnswerBlank(table, "cells"),))])


def array_nodes_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every node that one goes through."""
    arrays = ArraySheet.of(asker.sheet)
    over_time = TimeSheet.of(arrays)
    if over_time is not None:
        yield from time_nodes_question(over_time)
        return
    output = arrays.write.names(arrays.graph.output)
    yield from _derivatives(arrays, arrays.needed, say("question.array_nodes", output=output))


def array_inputs_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every parameter, or else every input."""
    arrays = ArraySheet.of(asker.sheet)
    key = "question.by_parameters" if asker.sheet.part.network.parameters else "question.by_inputs"
    prompt = say(key, output=arrays.write.names(arrays.graph.output), terms=())
    over_time = TimeSheet.of(arrays)
    if over_time is not None:
        yield from time_inputs_question(over_time, prompt)
        return
    yield from _derivatives(arrays, arrays.wanted, prompt)


def _derivatives(arrays: ArraySheet, names: Iterable[str], prompt: Inline) -> Iterator[Question]:
    lines = tuple(line for name in names for line in derivation(arrays, name))
    yield from question(prompt, [Drafted((), as_answer(lines, "lines"))], tuple(kinks_of_arrays(arrays)))


def array_numbers_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for both passes in numbers, where the inputs have some."""
    sheet = asker.sheet
    if sheet.evaluation is None:
        return
    arrays, evaluation = ArraySheet.of(sheet), sheet.evaluation
    over_time = TimeSheet.of(arrays)
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    fixed = [name for name in arrays.graph.inputs if not (several and arrays.is_sampled(name))]
    data = (*rounding_rule(sheet), array_data(arrays, evaluation.samples[0], fixed))
    printed = (*data, *conventions_in_numbers(sheet, evaluation))
    in_numbers = over_time is not None and over_time.is_of_numbers
    prompt = say("question.without_diagram" if in_numbers else "question.array_numbers")
    yield from question(prompt, array_passes_drafted(arrays, evaluation), printed)


def array_passes_drafted(arrays: ArraySheet, evaluation: Evaluation) -> Iterator[Drafted]:
    """Yield the parts of a question for both passes in numbers.

    Args:
        arrays: The graph.
        evaluation: Its numbers.
    """
    over_time = TimeSheet.of(arrays)
    if over_time is not None:
        yield from time_passes_drafted(over_time, evaluation)
        return
    stated = {name for name, tree in arrays.graph.nodes.items() if tree.kind == "constant"}
    for title, blocks in sections(array_passes(arrays, evaluation)):
        # A derivative is a question also where its node is given, such as the start of a sequence.
        lines = (line for block in blocks for line in lines_of(block))
        asked = tuple(line for line in lines if line.about not in stated or line.of[:1] != arrays.ids(line.about)[:1])
        # What each sample has of its own stands with it.
        own = tuple(block for block in blocks if isinstance(block, Flow))
        yield Drafted(title.content, as_answer(asked, "lines"), own)
