"""Room for answers, and the decimal comma."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from symnet.description.data import Numbers
from symnet.description.fields import write_number
from symnet.document import (
    AnswerBlank,
    Block,
    Document,
    Inline,
    Line,
    Question,
    QuestionPart,
    Result,
    Room,
    Separator,
    Table,
    Working,
)
from symnet.layout.breaking import break_lines, elide_sums
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.tree import Blank, Cases, Layout, Matrix, Number, Operator, Row, children, is_tall
from symnet.text.say import say, words

# The decimal comma: a document in which a comma stands before the decimals, and lists of numbers stay clear.

_POINT, _COMMA = ".", ","


def with_decimal_mark(document: Document, numbers: Numbers) -> Document:
    """Return ``document`` with the mark before decimals that a description asks for.

    Where numbers with a comma stand in a list, its entries are set apart by semicolons.

    Args:
        document: A sheet with decimal points.
        numbers: What its description says of numbers.
    """
    if numbers.decimal_mark == "point":
        return document
    return document._replace(
        subtitle=_changed(document.subtitle), blocks=_changed(document.blocks), fields=_changed(document.fields)
    )


def _changed(part: Any) -> Any:  # noqa: ANN401 - blocks and trees of every kind are walked alike
    """Return a block, a tree or a tuple of them with decimal commas."""
    if isinstance(part, Number):
        return Number(part.text.replace(_POINT, _COMMA))
    if isinstance(part, tuple):
        inner = tuple(map(_changed, part))
        if _has_comma(inner):
            inner = tuple(one.of_commas if isinstance(one, Separator) else one for one in inner)
        return type(part)._make(inner) if hasattr(part, "_make") else inner
    if isinstance(part, Row):
        items = tuple(map(_changed, part.items))
        listed = Operator(";") if _has_comma(items) else Operator(",")
        return Row(tuple(listed if item == Operator(",") else item for item in items))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: _changed(getattr(part, field.name)) for field in fields(part)})
    return part


def _has_comma(part: Any) -> bool:  # noqa: ANN401 - see above
    """Return whether a number with a decimal comma stands in a block, a tree or a tuple of them."""
    if isinstance(part, Number):
        return _COMMA in part.text
    if isinstance(part, tuple):
        return any(map(_has_comma, part))
    if is_dataclass(part) and not isinstance(part, type):
        return any(_has_comma(getattr(part, field.name)) for field in fields(part))
    return False


# The bodies that one document of questions has: with room for the answers, with them, and with the marks as well.

# Handwriting takes more room than print.
_HAND = 1.5
# Dots come in steps, so that few of them differ a little; in em.
_STEP = 4.0
_LEAST = 8.0
_LEAST_CELL = 4.0
_COLUMN_GAP = 1.5
# A line of handwriting, and one with a fraction in it, in em.
_LINE, _FRACTION = 2.0, 3.0
# Room for a reason in brackets, in em of its own smaller letters and of the text.
_REASON = 10.0
_REASON_ROOM = 10.5
# The lines of handwriting that an empty frame has at least, and at most, to stay on a page.
_FRAMED = (2, 14)
# The room for name and date.
_NAME, _DATE = Blank(20.0), Blank(10.0)


def blank(document: Document) -> Document:
    """Return the sheet to hand out: no answer is in it, only room of its size.

    Args:
        document: A document of questions.
    """
    sheet = _with_answers(document, lambda answer: _SPACES[answer.space](answer.block))
    return _titled(sheet)


def full(document: Document) -> Document:
    """Return the sheet with every answer filled in.

    Args:
        document: A document of questions.
    """
    return _titled(document)


def key(document: Document) -> Document:
    """Return the key: every answer, with its reasons, and the marks beside each line.

    Args:
        document: A document of questions.
    """
    title = words("sheet.key", title=document.title)
    return _with_answers(document, _marked)._replace(title=title, fields=((), *document.fields))


LEVELS: Mapping[str, Callable[[Document], Document]] = MappingProxyType({"blank": blank, "full": full, "key": key})
"""What can be made of a document of questions."""


def _titled(document: Document) -> Document:
    """Return a sheet with room for name and date under its title."""
    fields = (say("sheet.name", room=_NAME), say("sheet.date", room=_DATE), *document.fields)
    return document._replace(subtitle=say("sheet.worksheet", what=document.subtitle), fields=fields)


def _with_answers(document: Document, change: Callable[[AnswerBlank], Block]) -> Document:
    """Return the document with the block of every answer changed, and nothing else."""
    return document._replace(
        blocks=tuple(
            block._replace(parts=tuple(_part(part, change) for part in block.parts))
            if isinstance(block, Question)
            else block
            for block in document.blocks
        )
    )


def _part(part: QuestionPart, change: Callable[[AnswerBlank], Block]) -> QuestionPart:
    return part._replace(answers=tuple(answer._replace(block=change(answer)) for answer in part.answers))


def _marked(answer: AnswerBlank) -> Block:
    """Return an answer with the marks behind each line that has any."""
    block = answer.block
    if not isinstance(block, Working | Result):
        return block
    return block._replace(lines=tuple(map(_with_marks, block.lines, answer.each)))


def _with_marks(line: Line, marks: Fraction) -> Line:
    if not marks:
        return line
    each = f"[{write_number(marks)}]"
    return line._replace(reason=(*line.reason, f"  {each}" if line.reason else each))


def _dotted(block: Working | Result) -> Block:
    """Return a calculation with dots for its right sides."""
    return Working(tuple(_dots(block.lines, reasons=False)))


def _reasoned(block: Working | Result) -> Block:
    """Return a calculation with dots for its right sides and for its reasons."""
    return Working(tuple(_dots(block.lines, reasons=True)))


def _framed(block: Working | Result) -> Block:
    """Return an empty frame in which a calculation has room."""
    least, most = _FRAMED
    room = _right_room(block.lines)
    return Room(max(least, min(most, sum(len(_rights(line, room)) for line in block.lines))))


def _emptied(block: Table) -> Block:
    """Return a table with dots in every cell behind the first column."""
    first, *widths = (max(map(inline_em, column)) for column in zip(block.head, *block.rows, strict=True))
    natural = [max(_LEAST_CELL, width) for width in widths]
    hand = max(1.0, min(_HAND, (TEXT_EM - first - _COLUMN_GAP * len(widths)) / sum(natural)))
    dots: list[Inline] = [(Blank(hand * width),) for width in natural]
    return block._replace(rows=tuple((row[0], *dots) for row in block.rows))


_SPACES: Mapping[str, Callable[[Any], Block]] = MappingProxyType(
    {"lines": _dotted, "reasons": _reasoned, "frame": _framed, "cells": _emptied}
)


def _right_room(lines: tuple[Line, ...]) -> float:
    """Return the room that a page has for the right sides of a calculation, in em."""
    lefts = (width_em(elide_sums(line.left)) for line in lines if line.left is not None)
    return max(_LEAST, TEXT_EM - INDENT_EM - RELATION_EM - max(lefts, default=0.0))


def _rights(line: Line, room: float) -> list[float]:
    """Return the width of each line of dots that a right side needs.

    There are as many as the right side has lines on the page, a value by cases or a matrix taking one for each of its
    rows, and more where handwriting needs them.
    """
    pieces = break_lines(elide_sums(line.right), room, room, width_em)
    widths = [width_em(piece) for piece in pieces]
    count = max(sum(map(_height, pieces)), math.ceil(_HAND * sum(widths) / room))
    if len(pieces) < count and _height(line.right) == 1:
        return [room] * count
    widest = max(_LEAST, _STEP * math.ceil(_HAND * max(widths) / _STEP))
    return [min(room, widest)] * count


def _height(layout: Layout) -> int:
    """Return how many lines high a formula is."""
    own = len(layout.rows) if isinstance(layout, Cases | Matrix) else 1
    return max((own, *map(_height, children(layout))))


def _dots(lines: tuple[Line, ...], *, reasons: bool) -> Iterator[Line]:
    """Yield lines with the left sides of ``lines`` and nothing of their right sides but the size."""
    room = _right_room(lines) - (_REASON_ROOM if reasons else 0)
    reason: Inline = ("(", Blank(_REASON), ")") if reasons else ()
    for line in lines:
        for index, width in enumerate(_rights(line, room)):
            first = index == 0
            # How exact a number is belongs to the answer.
            sign = "=" if line.relation == "approx" else line.relation
            dots = Blank(width, _FRACTION if is_tall(line.right) else _LINE)
            yield Line(line.left if first else None, sign if first else "", dots, reason if first else ())
