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
    Flow,
    Heading,
    InColumns,
    Inline,
    Labelled,
    Line,
    Note,
    Paragraph,
    Pictured,
    Result,
    Results,
    Room,
    SideBySide,
    Table,
    Working,
)
from symnet.layout import text
from symnet.layout.breaking import break_lines
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Layout, Operator
from symnet.render.page import Asked, laid_out, on_lines, side_by_side

_INDENT = "  "
_GAP = 2
_BETWEEN = 4
_RELATION = 3
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


def _written_columns(layout: Layout) -> int:
    return columns(text.write(layout))


def _columns(block: InColumns, width: int) -> str:
    return _indented(_in_columns(block.rows, width - len(_INDENT)), _INDENT)


def _in_columns(rows: Sequence[SideBySide], width: int) -> list[str]:
    """Return equations in columns where they fit, else one below the other."""
    fitting = side_by_side(rows, width, _BETWEEN, _written_columns, _RELATION)
    if len(fitting[0]) == 1:
        return _calculation([line for row in fitting for line in row if line is not None], width)
    printed = [""] * len(fitting)
    for column in zip(*fitting, strict=True):
        known = iter(_calculation([line for line in column if line is not None], width))
        cells = ["" if line is None else next(known) for line in column]
        widest = max(map(columns, cells))
        printed = [before + _left(cell, widest + _BETWEEN) for before, cell in zip(printed, cells, strict=True)]
    return [line.rstrip() for line in printed]


def _flow(flow: Flow, width: int) -> str:
    room = width - len(_INDENT)
    lines = on_lines(flow.lines, room, _BETWEEN, _written_columns, _RELATION)
    printed: list[str] = []
    for line in lines:
        each = [_calculation([equation], room) for equation in line]
        printed += each[0] if len(each) == 1 else [(" " * _BETWEEN).join(one[0] for one in each)]
    return _indented(printed, "│ " if flow.tinted else _INDENT)


def _labelled(labelled: Labelled, width: int) -> str:
    widest = max(columns(label) for label, _lines in labelled.parts) + _GAP
    lines = [line for _label, part in labelled.parts for line in part]
    room = width - len(_INDENT) - widest
    lefts = max((_written_columns(line.left) for line in lines if line.left is not None), default=0)
    printed: list[str] = []
    for label, part in labelled.parts:
        for number, line in enumerate(_calculation(part, room, lefts)):
            printed.append(_left("" if number else label, widest) + line)
    return _indented(printed, _INDENT)


def _results(results: Results, width: int) -> str:
    room = width - len(_INDENT) - 4
    printed: list[str] = []
    for group in results.groups:
        label = _inline(group.label)
        printed += [*([""] if printed else []), *(_wrapped(label, room).splitlines() if label else [])]
        printed += _in_columns(group.rows, room)
    return _framed(printed)


def _framed(lines: Sequence[str]) -> str:
    inner = max(map(columns, lines))
    rule = "─" * (inner + 2)
    return _indented([f"┌{rule}┐", *[f"│ {_left(line, inner)} │" for line in lines], f"└{rule}┘"], _INDENT)


def _indented(lines: Iterable[str], mark: str) -> str:
    return "\n".join((mark + line).rstrip() for line in lines)


def _fact(fact: Fact, width: int) -> str:
    room = width - 2
    said = _wrapped(f"{_inline(fact.title).rstrip('.')}. {_inline(fact.content)}", room).splitlines()
    worked = [_INDENT + line for line in _calculation(fact.lines, room - len(_INDENT))]
    return _indented([*said, *worked], "│ ")


def _result(result: Result, width: int) -> str:
    return _framed(_calculation(result.lines, width - len(_INDENT) - 4))


def _calculation(lines: Sequence[Line], width: int, least: int = 0) -> list[str]:
    """Return the lines aligned at their relations, each reason at the right of its line or below it.

    The left sides have ``least`` columns or more.
    """
    lefts = ["" if line.left is None else text.write(line.left) for line in lines]
    widest = max(least, *map(columns, lefts), 0)
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
    InColumns: _columns,
    Flow: _flow,
    Labelled: _labelled,
    Fact: _fact,
    Result: _result,
    Results: _results,
    Table: _table,
    Figure: _figure,
    Room: _room,
    Asked: _asked,
}
