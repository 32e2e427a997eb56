"""The questions of a worksheet as a row of blocks: the words of each, what is given, the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from symnet.description.number import write
from symnet.document import Block, Inline, Question


class Asked(NamedTuple):
    """The words of a question, or of a part of one.

    Attributes:
        kind: ``question`` or ``part``.
        label: What stands before them.
        prompt: The words themselves.
        marks: The marks as text; empty where there are none, and where the parts have them.
    """

    kind: str
    label: str
    prompt: Inline
    marks: str


def laid_out(blocks: Iterable[Block]) -> Iterator[Block | Asked]:
    """Yield the blocks with every question taken apart.

    Args:
        blocks: The blocks of a document.
    """
    for block in blocks:
        if isinstance(block, Question):
            yield from _question(block)
        else:
            yield block


def _question(question: Question) -> Iterator[Block | Asked]:
    in_parts = any(part.label for part in question.parts)
    yield Asked("question", f"Question {question.number}.", question.prompt, "" if in_parts else _marks(question.marks))
    yield from question.given
    for part in question.parts:
        if part.label:
            yield Asked("part", f"({part.label})", part.prompt, _marks(part.marks))
        yield from part.given
        yield from (answer.block for answer in part.answers)


def _marks(marks: Fraction) -> str:
    return f"[{write(marks)} mark{'' if marks == 1 else 's'}]" if marks else ""
