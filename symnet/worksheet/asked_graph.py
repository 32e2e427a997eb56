"""The questions of a computation graph: its paths, its local derivatives, backward, and all of it in numbers."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.description.training import Training
from symnet.document import Answer, Block, Figure, Heading, Inline, Note, Pictured, Question, Result, Table, Working
from symnet.worksheet.asked_numbers import results_of, update
from symnet.worksheet.asking import Asker, Drafted, in_terms_of, question, sections, worked_out
from symnet.worksheet.conventions import conventions_in_numbers
from symnet.worksheet.graph import backward_section, graph_section, local_section, numbers_section
from symnet.worksheet.sheet import Sheet

# Inputs whose paths are counted.
_MOST_INPUTS = 8


def graph_questions(asker: Asker, training: Training | None) -> Iterator[Block]:
    """Yield the graph as it is given, and everything that is asked about it.

    Args:
        asker: The graph.
        training: How its parameters are trained, if they are.
    """
    sheet = asker.sheet
    given = tuple(block for block in graph_section(sheet, None) if not isinstance(block, Heading))
    drawn = any(isinstance(block, Figure) for block in given)
    yield from given
    yield from _paths(sheet, drawn)
    yield from _local(asker)
    yield from _backward(asker)
    yield from _numbers(asker, drawn)
    if training is not None:
        yield from update(asker, training)


def _pictured(drawn: bool, words: str, otherwise: str) -> str:
    """Return words that speak of the drawing, which a large graph does not have."""
    return Pictured(words, otherwise) if drawn else otherwise


def _paths(sheet: Sheet, drawn: bool) -> Iterator[Question]:
    """Yield the question that the drawing answers: on how many paths an input reaches the output."""
    network, names = sheet.part.network, sheet.names
    asked = [symbol for symbol in sheet.leaves if symbol in network.children][:_MOST_INPUTS]
    rows = tuple(((names(symbol.name),), (str(network.paths[symbol]),)) for symbol in asked)
    table = Table((("from",), ("paths",)), rows, "lr")
    on_paths = _pictured(drawn, "On how many paths of the drawing", "On how many paths")
    prompt: Inline = (on_paths, " does each of these reach ", names(network.loss.name), "?")
    yield from question(prompt, [Drafted((), (Answer(table, "cells"),))])


def _local(asker: Asker) -> Iterator[Question]:
    """Yield the question for the derivative of every node by what it is made of."""
    blocks = tuple(local_section(asker.sheet))
    conventions = tuple(block for block in blocks if isinstance(block, Note))
    answers = tuple(asker.answers(blocks, "lines"))
    prompt = ("Find the derivative of every node by each of its own inputs.",)
    yield from question(prompt, [Drafted((), answers)], conventions)


def _backward(asker: Asker) -> Iterator[Question]:
    """Yield the questions for the derivatives of the output: by every node, then by every input."""
    blocks = tuple(block for block in backward_section(asker.sheet) if isinstance(block, Working | Result))
    ends = [index for index, block in enumerate(blocks) if isinstance(block, Result)]
    first = ends[0] - 1 if ends else len(blocks)
    output = asker.sheet.names(asker.sheet.part.network.loss.name)
    nodes = tuple(asker.answers(blocks[:first], "lines"))
    prompt: Inline = ("Use the chain rule to find the derivative of ", output, " by every node in between.")
    yield from question(prompt, [Drafted((), nodes)])
    drafted = tuple(worked_out(asker, blocks[first:]))
    terms = in_terms_of(asker, (answer for part in drafted for answer in part.answers))
    what = "parameter" if asker.sheet.part.network.parameters else "input"
    prompt = ("Hence find the derivative of ", output, f" with respect to every {what}", *terms, ".")
    yield from question(prompt, drafted)


def _numbers(asker: Asker, drawn: bool) -> Iterator[Question]:
    """Yield the question for the graph in numbers, where its inputs have some."""
    sheet = asker.sheet
    if sheet.evaluation is None:
        return
    (_title, given), *below = sections(numbers_section(sheet, sheet.evaluation))
    drafted = [Drafted(title, results_of(asker, blocks)) for title, blocks in below]
    given = (*given, *conventions_in_numbers(sheet, sheet.evaluation))
    in_drawing = (
        "Write each value above its arrow in the drawing and each derivative below it. Show how they come about."
    )
    prompt = _pictured(drawn, in_drawing, "Find each value and each derivative. Show how they come about.")
    yield from question((prompt,), drafted, given)
