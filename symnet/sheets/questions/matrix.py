"""The questions of the matrix form: forward pass and derivatives layer by layer, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from symnet.document import AnswerBlank, Block, Heading, Note, Paragraph, Question, Result, Table, Working
from symnet.sheets.matrix import (
    matrix_backward_numbers_section,
    matrix_backward_section,
    matrix_forward_numbers_section,
    matrix_forward_section,
)
from symnet.sheets.questions.asker import Asker, results, sections
from symnet.sheets.questions.drafts import Drafted, question
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


def matrix_forward_questions(asker: Asker) -> Iterator[Question]:
    """Yield the question for the forward pass, whose vectors and matrices are given with their shapes."""
    blocks = tuple(matrix_forward_section(asker.sheet))
    printed = tuple(block for block in blocks if isinstance(block, Paragraph | Table | Note))
    answers = _answers(asker, blocks)
    yield from question(say("question.matrix_forward"), [Drafted((), answers)], printed)


def matrix_backward_questions(asker: Asker, *, gradients: bool) -> Iterator[Question]:
    """Yield the questions for the derivatives with respect to the parameters, or for those that lead there."""
    for title, blocks in sections(matrix_backward_section(asker.sheet)):
        framed = tuple(block for block in blocks if isinstance(block, Result))
        if bool(framed) != gradients:
            continue
        # What stands before results says what a derivative with respect to a matrix is.
        kinds = (Paragraph, Note, Working) if framed else (Paragraph, Note)
        printed = tuple(block for block in blocks if isinstance(block, kinds))
        answers = _answers(asker, framed or blocks)
        yield from question(say("question.matrix_backward", what=title.inside), [Drafted((), answers)], printed)


def matrix_forward_numbers_questions(
    asker: Asker, evaluation: Evaluation, printed: tuple[Block, ...]
) -> Iterator[Question]:
    """Yield the question for the forward pass in matrices of numbers.

    Args:
        asker: The part.
        evaluation: Its numbers.
        printed: The given ones, where no question before has printed them.
    """
    yield from _in_numbers(asker, matrix_forward_numbers_section(asker.sheet, evaluation), printed)


def matrix_backward_numbers_questions(asker: Asker, evaluation: Evaluation) -> Iterator[Question]:
    """Yield the question for the derivatives in matrices of numbers."""
    yield from _in_numbers(asker, matrix_backward_numbers_section(asker.sheet, evaluation))


def _in_numbers(asker: Asker, blocks: Iterable[Block], printed: tuple[Block, ...] = ()) -> Iterator[Question]:
    for title, below in sections(blocks):
        yield from question(
            say("question.matrix_numbers", what=title.inside), [Drafted((), tuple(_worked(asker, below)))], printed
        )


def _worked(asker: Asker, blocks: tuple[Block, ...]) -> Iterator[AnswerBlank]:
    """Yield what comes of each line; what leads to a framed result goes in a frame."""
    outcomes = tuple(results(blocks))
    for block, after in pairwise((*outcomes, Heading(2, ()))):
        is_before = isinstance(block, Working) and isinstance(after, Result)
        yield from asker.answers((block,), "frame" if is_before else "lines")


def _answers(asker: Asker, blocks: Iterable[Block]) -> tuple[AnswerBlank, ...]:
    calculations = (block for block in blocks if isinstance(block, Working | Result))
    return tuple(asker.answers(calculations, "lines"))
