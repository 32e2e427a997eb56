"""A document as plain text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from symnet.document import (
    Document,
    Fact,
    Figure,
    Heading,
    Inline,
    Line,
    Note,
    Paragraph,
    Pictured,
    Result,
    Room,
    Table,
    Working,
)
from symnet.layout import text
from symnet.layout.breaking import break_lines
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Layout, Operator
from symnet.render.page import Asked, laid_out

_INDENT = "  "
_GAP = 2
_LEAST_ROOM = 20
_UNDERLINES = {1: "=", 2: "-"}


def render_text(document: Document, width: int = 100) -> str:
    """Return the document as lines of Unicode text, without colour; what is longer than a line is broken.

    Args:
        document: The document.
        width: How many columns the terminal has.
    """
    numbers = count(1)
    parts = [_underlined(clean_text(document.title), "=")]
    if document.subtitle:
        parts.append(_wrapped(_inline(document.subtitle), width))
    if document.fields:
        parts.append(_wrapped("   ".join(filter(None, map(_inline, document.fields))), width))
    for block in laid_out(document.blocks):
        if isinstance(block, Heading) and block.level == 1:
            parts.append(_underlined(f"{next(numbers)}  {_inline(block.content)}", _UNDERLINES[1]))
        else:
            parts.append(_BLOCKS[type(block)](block, width))
    return "\n\n".join(parts) + "\n"


def columns(line: str) -> int:
    """Return how many columns of a terminal a line takes.

    Args:
        line: One line of text.
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line
    )


def _inline(content: Inline) -> str:
    # A terminal shows no figures: what they show is said in words.
    said = (part.otherwise if isinstance(part, Pictured) else part for part in content)
    return "".join(clean_text(part) if isinstance(part, str) else text.write(part) for part in said)


def _underlined(title: str, mark: str) -> str:
    return f"{title}\n{mark * columns(title)}"


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, max(width, _LEAST_ROOM), break_on_hyphens=False)


def _heading(heading: Heading, _: int) -> str:
    title = _inline(heading.content)
    mark = _UNDERLINES.get(heading.level)
    return _underlined(title, mark) if mark else f"{title}:"


def _paragraph(paragraph: Paragraph | Note, width: int) -> str:
    return _wrapped(_inline(paragraph.content), width)


def _working(working: Working, width: int) -> str:
    return _indented(_calculation(working.lines, width - len(_INDENT)), _INDENT)


def _indented(lines: Iterable[str], mark: str) -> str:
    return "\n".join((mark + line).rstrip() for line in lines)


def _fact(fact: Fact, width: int) -> str:
    room = width - 2
    said = _wrapped(f"{_inline(fact.title).rstrip('.')}. {_inline(fact.content)}", room).splitlines()
    worked = [_INDENT + line for line in _calculation(fact.lines, room - len(_INDENT))]
    return _indented([*said, *worked], "│ ")


def _result(result: Result, width: int) -> str:
    lines = _calculation(result.lines, width - len(_INDENT) - 4)
    inner = max(map(columns, lines))
    framed = [f"│ {_left(line, inner)} │" for line in lines]
    rule = "─" * (inner + 2)
    return _indented([f"┌{rule}┐", *framed, f"└{rule}┘"], _INDENT)


def _calculation(lines: Sequence[Line], width: int) -> list[str]:
    """Return the lines aligned at their relations, each reason at the right of its line or below it."""
    lefts = ["" if line.left is None else text.write(line.left) for line in lines]
    widest = max(map(columns, lefts), default=0)
    printed: list[str] = []
    for line, left in zip(lines, lefts, strict=True):
        relation = text.write(Operator(line.relation)) if line.relation else " "
        start = f"{_right(left, widest)} {relation} "
        printed += _broken(start, line.right, width)
        reason = _inline(line.reason)
        if not reason:
            continue
        room = width - columns(printed[-1]) - _GAP
        if columns(reason) <= room:
            printed[-1] += " " * _GAP + _right(reason, room)
        else:
            printed += [_right(piece, width) for piece in _wrapped(reason, width).splitlines()]
    return printed


def _broken(start: str, right: Layout, width: int) -> list[str]:
    room = max(_LEAST_ROOM, width - columns(start))
    pieces = break_lines(right, room, room, lambda layout: columns(text.write(layout)))
    blank = " " * columns(start)
    return [(blank if index else start) + text.write(piece) for index, piece in enumerate(pieces)]


def _left(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))


def _right(cell: str, width: int) -> str:
    return " " * (width - columns(cell)) + cell


def _centre(cell: str, width: int) -> str:
    return _left(" " * ((width - columns(cell)) // 2) + cell, width)


_ALIGNED: dict[str, Callable[[str, int], str]] = {"l": _left, "c": _centre, "r": _right}


def _table(table: Table, _: int) -> str:
    cells = [[_inline(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    rows = [
        (" " * _GAP).join(
            _ALIGNED[align](cell, width) for cell, width, align in zip(row, widths, table.align, strict=True)
        )
        for row in cells
    ]
    rule = (" " * _GAP).join("─" * width for width in widths)
    return _indented([rows[0], rule, *rows[1:]], _INDENT)


def _figure(figure: Figure, width: int) -> str:
    return _wrapped(clean_text(figure.description), width)


def _room(room: Room, width: int) -> str:
    rule = "─" * (width - len(_INDENT) - 2)
    return _indented([f"┌{rule}┐", *[f"│{' ' * len(rule)}│"] * room.lines, f"└{rule}┘"], _INDENT)


def _asked(asked: Asked, width: int) -> str:
    words = " ".join(filter(None, (asked.label, _inline(asked.prompt), asked.marks)))
    return _wrapped(words, width)


_BLOCKS: dict[type, Callable[[Any, int], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _paragraph,
    Working: _working,
    Fact: _fact,
    Result: _result,
    Table: _table,
    Figure: _figure,
    Room: _room,
    Asked: _asked,
}
