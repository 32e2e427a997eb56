"""Room for answers, and the decimal comma."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from symnet.description.data import Numbers
from symnet.document import (
    AnswerBlank,
    Block,
    Document,
    Figure,
    Inline,
    Line,
    LineKind,
    Result,
    Room,
    Separator,
    Table,
    Working,
)
from symnet.layout.breaking import break_lines, elide_sums
from symnet.layout.letters import FormulaLetters
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.tree import (
    Blank,
    Cases,
    Layout,
    Matrix,
    Number,
    Operator,
    Row,
    Space,
    children,
    flatten,
    is_relation,
    is_tall,
    joined,
    retraced,
)
from symnet.remember import Remembered
from symnet.sheets.repeats import sides
from symnet.text.languages import language, language_name
from symnet.text.say import say

# The decimal comma: a document in which a comma stands before the decimals, and lists of numbers stay clear.

_POINT, _COMMA = ".", ","
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def in_its_language(document: Document, numbers: Numbers) -> Document:
    """Return ``document`` with the mark before decimals of its description, or else of the present language.

    Where numbers with a comma stand in a list, its entries are set apart by semicolons.

    Args:
        document: A sheet with decimal points.
        numbers: What its description says of numbers.
    """
    if document.language != language_name():
        document = document._replace(language=language_name())
    if (numbers.decimal_mark or language().DECIMAL_MARK) == "point":
        return document
    return document._replace(
        subtitle=with_commas(document.subtitle),
        blocks=with_commas(document.blocks),
        fields=with_commas(document.fields),
    )


def with_commas(part: Any) -> Any:  # noqa: ANN401 - blocks and trees of every kind are walked alike
    """Return a block, a tree or a tuple of them with decimal commas.

    Args:
        part: What has decimal points; words stay as they are.
    """
    if isinstance(part, Number):
        return Number(retraced(part.text.replace(_POINT, _COMMA), part.text))
    if isinstance(part, Figure) and _DECIMAL.search(part.description):
        # What a figure shows is told in plain words, numbers and all.
        instead = None if part.instead is None else _DECIMAL.sub(_COMMA, part.instead)
        return with_commas(part._replace(description=_DECIMAL.sub(_COMMA, part.description), instead=instead))
    if isinstance(part, tuple):
        inner = tuple(map(with_commas, part))
        if _has_comma(inner):
            inner = tuple(one.of_commas if isinstance(one, Separator) else one for one in inner)
        return type(part)._make(inner) if hasattr(part, "_make") else inner
    if isinstance(part, Row):
        items = tuple(map(with_commas, part.items))
        listed = Operator(";") if _has_comma(items) else Operator(",")
        return Row(tuple(listed if item == Operator(",") else item for item in items))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: with_commas(getattr(part, field.name)) for field in fields(part)})
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


# Answers that take the same room, on the sheets of a class.


def as_large(block: Block) -> Block:
    """Return the block of an answer, or another with the same letters and left sides that takes as much room.

    Args:
        block: Calculations of which the results are asked, or a table of numbers.
    """
    if isinstance(block, Table):
        lefts = tuple(part for row in block.rows for part in row[0])
        return _LARGE.of_all(lefts, (block.head, block.align, tuple(_naturals(block))), lambda: block)
    if not isinstance(block, Working | Result):
        return block
    parts = [part for line in block.lines for part in (line.left, *_before_result(line))]
    return _LARGE.of_all(parts, (type(block), _width_of_values(block)), lambda: block)


_LARGE = Remembered()


def _before_result(line: Line) -> tuple[Layout, ...]:
    """Return what stands in a line before its result; all of a line that is no number alone."""
    items = line.right.items if isinstance(line.right, Row) else (line.right,)
    last = _last_relation(items)
    if last:
        return tuple(item for item in items[:last] if not is_relation(item))
    return () if _is_number(line.right) else (line.right,)


def _last_relation(items: Sequence[Layout]) -> int:
    """Return the place of the last relation in a row; 0 if there is none."""
    return next((place for place in range(len(items) - 1, 0, -1) if is_relation(items[place])), 0)


def _is_number(layout: Layout) -> bool:
    """Return whether a formula has no letters."""
    return not any(FormulaLetters.of((layout,)))


def _width_of_values(block: Working | Result) -> float:
    """Return the room that the longest result of some equations takes by hand, in em."""
    return room_of_values(width_em(result_of(line)) for line in block.lines)


def room_of_values(widths: Iterable[float]) -> float:
    """Return the room that the longest of some results takes by hand, in em.

    Args:
        widths: The width of each as it is printed.
    """
    return max(_LEAST_VALUE, _HAND * max(widths))


def _naturals(table: Table) -> Iterator[float]:
    """Yield the width of each column of a table behind the first one as it is printed, in em."""
    for column in zip(table.head[1:], *(row[1:] for row in table.rows), strict=True):
        yield max(_LEAST_CELL, *map(inline_em, column))


def result_of(line: Line) -> Layout:
    """Return what an equation comes to in the end.

    Args:
        line: The last line of the equation.
    """
    items = line.right.items if isinstance(line.right, Row) else ()
    rest = items[_last_relation(items) + 1 :]
    # What stands in rows within this one may be an equation itself.
    is_plain = len(rest) < len(items) and not any(isinstance(item, Row) for item in rest)
    return joined(rest) if is_plain else sides(line)[-1][1]


# Room for an answer: how much it takes by hand, and what stands there instead of it.

# Handwriting takes more room than print.
_HAND = 1.5
# Dots come in steps, so that few of them differ a little; in em.
_STEP = 4.0
_LEAST = 8.0
_LEAST_CELL = 4.0
_COLUMN_GAP = 1.5
# A line of handwriting, one with a fraction in it, and one in a cell, in em.
_LINE, _FRACTION, _CELL = 1.5, 2.0, 1.4
# Room for a reason in brackets, in em of its own smaller letters and of the text.
_REASON = 10.0
_REASON_ROOM = 10.5
_REASONED: Inline = ("(", Blank(_REASON), ")")
# The lines of a derivation, besides those of its result, that there is room for at most.
_STEPS = 2
# The lines of handwriting from which on there is an empty frame, and that it has at most, to stay on a page.
_FRAMED = (3, 14)
# The most pairs of a name and room for its number that stand side by side, and what an empty cell is at least.
_MOST_PAIRS, _LEAST_VALUE = 3, 6.0
# The least room for a number in a matrix, in em.
_LEAST_ENTRY = 2.5
# The height of a line of handwriting in a frame, in centimetres, and the most lines of a frame for a drawing.
_LINE_CM, _MOST_DRAWN = 0.85, 6


def side_by_side(block: Working) -> Working:
    """Return equations with as many on a line as fit, what goes on from the line above behind it.

    Args:
        block: Equations without reasons.
    """
    room = TEXT_EM - INDENT_EM
    packed: list[Line] = []
    used = 0.0
    for line in block.lines:
        left = () if line.left is None else flatten(line.left)
        if not packed or line.left is None:
            before: tuple[Layout, ...] = ()
        else:
            before = (Space("quad"),)
        items = (*before, *left, Operator(line.relation), *flatten(line.right))
        width = width_em(Row(items))
        if packed and line.relation and used + width <= room:
            packed[-1] = packed[-1]._replace(right=Row((*flatten(packed[-1].right), *items)))
            used += width
        else:
            packed.append(line)
            used = width
    return Working(tuple(packed))


def room_for(answer: AnswerBlank, *, opened: bool = False) -> Block:
    """Return the room for an answer, which holds nothing of it but its size.

    Args:
        answer: The true answer.
        opened: Whether the first side of a derivation, the chain rule, is printed.
    """
    key = answer.space, opened, language_name()
    return _ROOMS.once(answer.block, key, lambda: _room_for(answer.block, answer.space, opened=opened))


_ROOMS = Remembered()


def _room_for(block: Block, space: str, *, opened: bool) -> Block:
    if space in {"derivation", "frame"} and isinstance(block, Working | Result):
        if opened:
            return _opened(block, reasons=space == "derivation")
        return _derived(block) if space == "derivation" else _framed(block)
    return _SPACES[space](block)


def dotted(block: Working | Result) -> Working:
    """Return a calculation with dots for what each equation comes to; how it comes to that needs no line of its own."""
    return Working(tuple(_dots(_results(block.lines), reasons=False)))


def _results(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the last line of each equation, with its left side."""
    return tuple(group[-1]._replace(left=group[0].left) for group in _equations(lines))


def _derived(block: Working | Result) -> Block:
    """Return dots for a derivation, with reasons: a line for the chain rule, one to substitute, and the result."""
    lines: list[Line] = []
    for group in _equations(block.lines):
        final = list(_dots(_results(group), reasons=True))
        between = [final[-1]._replace(left=None, relation="=", reason=_REASONED)] * min(len(group) - 1, _STEPS)
        lines += [final[0], *between, *final[1:]]
    return Working(tuple(lines))


def _opened(block: Working | Result, *, reasons: bool) -> Block:
    """Return calculations with the first side of each, where that is not the result, and dots for the rest."""
    lines: list[Line] = []
    for group in _equations(block.lines):
        (relation, first), *others = sides(group[0])
        opening = Line(group[0].left, relation.name, first, group[0].reason if reasons else ())
        last = group[-1] if len(group) > 1 else Line(None, "=", others[-1][1]) if others else None
        if last is None:
            lines += _dots(group, reasons=reasons)
        else:
            room = _right_room(group)
            dots = _dots((last._replace(left=None),), reasons=reasons, room=room)
            lines += (opening, *dots)
    return Working(tuple(lines))


def _equations(lines: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each left side together."""
    starts = [index for index, line in enumerate(lines) if line.left is not None or not index]
    yield from (lines[start:end] for start, end in zip(starts, (*starts[1:], len(lines)), strict=True))


def _framed(block: Working | Result) -> Block:
    """Return an empty frame in which calculations have room, by what they come to; none where that is little."""
    least, most = _FRAMED
    room = _right_room(block.lines)
    ends = [line._replace(right=sides(line)[-1][1]) for line in _results(block.lines)]
    lines = sum(len(_rights(line, room)) for line in ends)
    return Room(min(most, lines) if lines >= least else 0)


def _valued(block: Working | Result) -> Block:
    """Return a table of the left sides, with dots for a number behind each."""
    lefts = [line.left if line.left is not None else Row(()) for line in block.lines]
    names, values = say("column.quantity"), say("column.value")
    width = _width_of_values(block)
    pair = max(inline_em(names), *map(width_em, lefts)) + width + 2 * _COLUMN_GAP
    pairs = max(1, min(_MOST_PAIRS, int(TEXT_EM / pair), -(-len(lefts) // 2)))
    height = -(-len(lefts) // pairs)
    dots: Inline = (Blank(min(width, TEXT_EM / pairs), _CELL),)
    cells: list[tuple[Inline, Inline]] = [((left,), dots) for left in lefts]
    cells += [(("",), ("",))] * (pairs * height - len(cells))
    rows = (tuple(part for column in range(pairs) for part in cells[column * height + row]) for row in range(height))
    return Table((names, values) * pairs, tuple(rows), "ll" * pairs)


def _drawing(block: Figure) -> Block:
    """Return an empty frame as large as a drawing."""
    return Room(min(_MOST_DRAWN, math.ceil(block.height / _LINE_CM)))


def emptied(block: Table) -> Table:
    """Return a table with dots in every cell behind the first column that has something in it."""
    first = max(map(inline_em, (block.head[0], *(row[0] for row in block.rows))))
    natural = list(_naturals(block))
    hand = max(1.0, min(_HAND, (TEXT_EM - first - _COLUMN_GAP * len(natural)) / sum(natural)))
    dots: list[Inline] = [(Blank(hand * width, _CELL),) for width in natural]
    return block._replace(
        rows=tuple(
            (row[0], *(dot if cell else () for cell, dot in zip(row[1:], dots, strict=True))) for row in block.rows
        )
    )


_SPACES: Mapping[str, Callable[[Any], Block]] = MappingProxyType(
    {"lines": dotted, "values": _valued, "cells": emptied, "drawing": _drawing, "equations": _framed}
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


def _boxed(matrix: Layout, room: float) -> Layout:
    """Return a matrix of numbers with dots for each of them, as many for one as for the longest."""
    entries = list(_entries(matrix))
    widest = max(map(width_em, entries), default=0.0)
    # How wide all columns together may be.
    bare, each = (width_em(_emptied(matrix, Blank(width, _LINE))) for width in (0.0, 1.0))
    most = (room - bare) / max(1.0, each - bare)
    return _emptied(matrix, Blank(min(max(_LEAST_ENTRY, _HAND * widest), most), _LINE))


def _entries(layout: Layout) -> Iterator[Layout]:
    """Yield what stands in the cells of a matrix, and of those within it."""
    if isinstance(layout, Matrix):
        yield from (entry for cells in layout.rows for cell in cells for entry in _entries(cell))
    elif isinstance(layout, Row) and any(isinstance(item, Matrix) for item in layout.items):
        yield from (entry for item in layout.items for entry in _entries(item))
    elif not isinstance(layout, Operator | Space):
        yield layout


def _emptied(layout: Layout, room: Blank) -> Layout:
    if isinstance(layout, Matrix):
        return Matrix(tuple(tuple(_emptied(cell, room) for cell in cells) for cells in layout.rows))
    if isinstance(layout, Row) and any(isinstance(item, Matrix) for item in layout.items):
        return Row(tuple(_emptied(item, room) for item in layout.items))
    return layout if isinstance(layout, Operator | Space) else room


def _height(layout: Layout) -> int:
    """Return how many lines high a formula is."""
    own = len(layout.rows) if isinstance(layout, Cases | Matrix) else 1
    return max((own, *map(_height, children(layout))))


def _dots(lines: tuple[Line, ...], *, reasons: bool, room: float = 0.0) -> Iterator[Line]:
    """Yield lines with the left sides of ``lines`` and nothing of their right sides but the size."""
    room = (room or _right_room(lines)) - (_REASON_ROOM if reasons else 0)
    reason: Inline = _REASONED if reasons else ()
    for line in lines:
        if line.kind is LineKind.VALUE and isinstance(sides(line)[-1][1], Matrix):
            yield Line(line.left, "=", _boxed(sides(line)[-1][1], room), reason)
            continue
        for index, width in enumerate(_rights(line, room)):
            first = index == 0
            # How exact a number is belongs to the answer.
            sign = "=" if line.relation == "approx" else line.relation
            dots = Blank(width, _FRACTION if is_tall(line.right) else _LINE)
            yield Line(line.left if first else None, sign if first else "", dots, reason if first else ())
