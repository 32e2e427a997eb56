"""The questions of a computation graph: its paths, its local derivatives, backward, and all of it in numbers."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial

from symnet.description.network import Exercise
from symnet.document import AnswerBlank, Block, Figure, Heading, Note, Question, Result, Table, Working
from symnet.limits import MOST_ASKED_INPUTS
from symnet.sheets.arrays import ArraySheet, array_figure
from symnet.sheets.graph import backward_section, graph_section, local_section, numbers_section
from symnet.sheets.network import network_figure
from symnet.sheets.numbers import conventions_in_numbers
from symnet.sheets.questions.asker import Asker, sections
from symnet.sheets.questions.drafts import Drafted, answers_in, in_terms_of, pictured, question, results_of, worked_out
from symnet.sheets.questions.forms import in_form, with_forms
from symnet.sheets.sheet import Sheet
from symnet.text.say import say


def graph_introduction(asker: Asker, asks: Container[str]) -> Iterator[Block]:
    """Yield the graph as it is given, with its drawing, unless that is asked for.

    Args:
        asker: The graph.
        asks: What is asked for.
    """
    for block in graph_section(asker.sheet, None):
        if not isinstance(block, Heading | Figure) or (isinstance(block, Figure) and "draw" not in asks):
            yield block


def diagram_of(sheet: Sheet) -> Figure | None:
    """Return the diagram of an exercise: of a network always, of a graph where it is not too large; else None.

    Args:
        sheet: The exercise.
    """
    network = sheet.part.network
    if network.arrays is not None:
        return array_figure(ArraySheet.of(sheet))
    if not network.is_graph:
        return network_figure(sheet)
    return next((block for block in graph_section(sheet, None) if isinstance(block, Figure)), None)


def draw_graph_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the drawing of a graph that is small enough to be drawn."""
    figures = [block for block in graph_section(asker.sheet, None) if isinstance(block, Figure)]
    yield from question(say("question.draw_graph"), [Drafted((), tuple(AnswerBlank(it, "drawing") for it in figures))])


def paths_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question that the drawing answers: on how many paths an input reaches the output."""
    sheet = asker.sheet
    network, names = sheet.part.network, sheet.names
    asked = [symbol for symbol in sheet.leaves if symbol in network.children][:MOST_ASKED_INPUTS]
    rows = tuple(((names(symbol.name),), (str(network.paths[symbol]),)) for symbol in asked)
    table = Table((say("column.from"), say("column.paths")), rows, "lr")
    prompt = say("question.paths", output=names(network.loss.name))
    yield from question(prompt, [Drafted((), (AnswerBlank(table, "cells"),))])


def local_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivative of every node with respect to what it is made of."""
    blocks = tuple(local_section(asker.sheet))
    conventions = tuple(block for block in blocks if isinstance(block, Note))
    answers = tuple(asker.answers(blocks, "lines"))
    prompt = say("question.local")
    yield from question(prompt, [Drafted((), answers)], conventions)


def _backward(sheet: Sheet) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the derivatives of the output with respect to every node, and those with respect to every input."""
    blocks = tuple(block for block in backward_section(sheet) if isinstance(block, Working | Result))
    ends = [index for index, block in enumerate(blocks) if isinstance(block, Result)]
    first = ends[0] - 1 if ends else len(blocks)
    return blocks[:first], blocks[first:]


def nodes_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every node."""
    output = asker.sheet.names(asker.sheet.part.network.loss.name)
    nodes = tuple(asker.answers(_backward(asker.sheet)[0], "lines"))
    yield from with_forms(asker, question(say("question.nodes", output=output), [Drafted((), nodes)]))


def inputs_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every input."""
    network = asker.sheet.part.network
    drafted = tuple(worked_out(asker, _backward(asker.sheet)[1]))
    terms = in_terms_of(asker, answers_in(drafted), partial(in_form, asker))
    key = "question.by_parameters" if network.parameters else "question.by_inputs"
    asked = question(say(key, output=asker.sheet.names(network.loss.name), terms=terms), drafted)
    yield from with_forms(asker, asked)


def graph_numbers_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the graph in numbers, where its inputs have some."""
    sheet = asker.sheet
    if sheet.evaluation is None:
        return
    (_title, printed), *below = sections(numbers_section(asker.of_results, sheet.evaluation))
    drafted = [Drafted(title.content, results_of(asker, blocks)) for title, blocks in below]
    printed = (*printed, *conventions_in_numbers(sheet, sheet.evaluation))
    yield from question(pictured(asker.drawn, "question.on_diagram", "question.without_diagram"), drafted, printed)
