"""What is made of a document of questions: sheets on which more and more is filled in, and the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import wraps
from random import Random
from types import MappingProxyType

from symnet.description.fields import write_number
from symnet.document import (
    AnswerBlank,
    Block,
    Document,
    Heading,
    Line,
    Note,
    Question,
    QuestionPart,
    Result,
    Table,
    Working,
)
from symnet.layout.tree import Blank
from symnet.sheets.blanks import dotted, emptied, room_for
from symnet.text.languages import in_language, with_mark
from symnet.text.say import say, words

# The room for name and date, and for the code of a sheet with numbers of its own.
_NAME, _DATE, _CODE = Blank(20.0), Blank(10.0), Blank(10.0)

Change = Callable[[AnswerBlank], Block]
Level = Callable[..., Document]


def _in_its_language(level: Level) -> Level:
    """Return what makes a sheet, with its sentences in the language of the document."""

    @wraps(level)
    def made(document: Document, seed: int = 0) -> Document:
        with in_language(document.language):
            return level(document, seed)

    return made


@_in_its_language
def blank(document: Document, _seed: int = 0) -> Document:
    """Return the sheet to hand out: no answer is in it, only room of its size.

    Args:
        document: A document of questions.
    """
    return _titled(_with_answers(document, room_for))


@_in_its_language
def formulas(document: Document, _seed: int = 0) -> Document:
    """Return the blank sheet with the derivatives of the activations and the general rules given.

    Args:
        document: A document of questions.
    """
    return _titled(_with_answers(_ruled(document), lambda it: it.block if it.shared else room_for(it)))


@_in_its_language
def chain(document: Document, _seed: int = 0) -> Document:
    """Return the sheet with the formulas and the chain rule given: what is asked for is to substitute.

    Args:
        document: A document of questions.
    """
    return _titled(_with_answers(_ruled(document), lambda it: it.block if it.shared else room_for(it, opened=True)))


@_in_its_language
def faded(document: Document, seed: int = 0) -> Document:
    """Return the sheet with its derivations, of which every other line is left blank, and so is all that earns marks.

    Args:
        document: A document of questions.
        seed: What decides which lines are left blank.
    """
    chances = Random(str(seed))  # noqa: S311 - not cryptography
    return _titled(_with_answers(document, lambda answer: _faded(answer, chances)))


@_in_its_language
def full(document: Document, _seed: int = 0) -> Document:
    """Return the sheet with every answer filled in.

    Args:
        document: A document of questions.
    """
    return _titled(document._replace(exercise=""))


@_in_its_language
def key(document: Document, _seed: int = 0) -> Document:
    """Return the key: every answer, with its reasons, and the marks beside each line.

    Args:
        document: A document of questions.
    """
    title = words("sheet.key", title=document.title)
    marked = _with_answers(document, _marked)
    blocks = (*marked.blocks, Note(document.verified))
    date = say("sheet.date", room=document.date) if document.date else ()
    return marked._replace(title=title, blocks=blocks, fields=(date, *document.fields), exercise="")


@_in_its_language
def boxes(document: Document, _seed: int = 0) -> Document:
    """Return the room for the answers alone, which is the same for every sheet with other numbers.

    What is scanned so can be read at places that do not change: nothing is on it that is drawn, but for the code that a
    student writes.

    Args:
        document: A document of questions.
    """
    alone = (
        block._replace(prompt=(), printed=(), rule=(), parts=tuple(part._replace(printed=()) for part in block.parts))
        if isinstance(block, Question)
        else block
        for block in document.blocks
        if isinstance(block, Question | Heading)
    )
    sheet = _with_answers(document._replace(blocks=tuple(alone)), room_for)
    fields = (say("sheet.name", room=_NAME), say("sheet.code", room=_CODE), *document.fields)
    subtitle = say("sheet.answer_sheet", what=document.subtitle)
    return sheet._replace(subtitle=subtitle, fields=fields, exercise="")


LEVELS: Mapping[str, Level] = MappingProxyType(
    {"boxes": boxes, "blank": blank, "formulas": formulas, "chain": chain, "faded": faded, "full": full, "key": key}
)
"""What is made of a document of questions and a seed: sheets, from the least to the most that is given, and the key."""

BLANK = frozenset({"boxes", "blank", "formulas", "chain"})
"""The levels that leave room for all answers in numbers."""

WITH_RULES = frozenset({"formulas", "chain"})
"""The levels that print the general rules."""


def _titled(document: Document) -> Document:
    """Return a sheet with room for name and date under its title."""
    name, date = say("sheet.name", room=_NAME), say("sheet.date", room=document.date or _DATE)
    return document._replace(
        subtitle=say("sheet.worksheet", what=document.subtitle), fields=(name, date, *document.fields)
    )


def _ruled(document: Document) -> Document:
    """Return the document with the general rule of each question among what is given."""
    blocks = (
        block._replace(printed=(*block.printed, *block.rule)) if isinstance(block, Question) else block
        for block in document.blocks
    )
    return document._replace(blocks=tuple(blocks))


def _with_answers(document: Document, change: Change) -> Document:
    """Return the document with the block of every answer changed, and nothing else."""
    return document._replace(
        blocks=tuple(
            block._replace(parts=tuple(_part(part, change) for part in block.parts))
            if isinstance(block, Question)
            else block
            for block in document.blocks
        )
    )


def _part(part: QuestionPart, change: Change) -> QuestionPart:
    return part._replace(answers=tuple(answer._replace(block=change(answer)) for answer in part.answers))


def _faded(answer: AnswerBlank, chances: Random) -> Block:
    """Return an answer with what earns marks left blank, and every other line of the rest."""
    block = answer.block
    if isinstance(block, Table):
        marks = answer.each or (Fraction(0),) * len(block.rows)
        rows = zip(marks, emptied(block).rows, block.rows, strict=True)
        return block._replace(rows=tuple(bare if _is_left_out(each, chances) else row for each, bare, row in rows))
    if not isinstance(block, Working | Result) or answer.space == "equations":
        return room_for(answer)
    lines: list[Line] = []
    for line, each in zip(block.lines, answer.each, strict=True):
        lines += dotted(Working((line,))).lines if _is_left_out(each, chances) else (line,)
    return Working(tuple(lines))


def _is_left_out(marks: Fraction, chances: Random) -> bool:
    left_to_chance = chances.random() < 0.5
    return bool(marks) or left_to_chance


def _marked(answer: AnswerBlank) -> Block:
    """Return an answer with the marks behind each line that has any."""
    block = answer.block
    if not isinstance(block, Working | Result):
        return block
    return block._replace(lines=tuple(map(_with_marks, block.lines, answer.each)))


def _with_marks(line: Line, marks: Fraction) -> Line:
    if not marks:
        return line
    each = f"[{with_mark(write_number(marks))}]"
    return line._replace(reason=(*line.reason, f"  {each}" if line.reason else each))
