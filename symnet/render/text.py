"""A document as plain text for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from symnet.layout.breaking import break_lines, relation_apart
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Blank, Layout, Operator
from symnet.render.page import Asked, laid_out, lined_up, on_lines, side_by_side
from symnet.text.languages import in_language

_INDENT = "  "
_GAP = 2
_BETWEEN = 4
_RELATION = 3
_LEAST_ROOM = 20
_MOST_OF_A_COLUMN = 32
_UNDERLINES = {1: "=", 2: "-"}

# A space in a formula of a sentence, at which a line ends only if there is no other place.
_HELD = "\N{NO-BREAK SPACE}"
# Where colours begin and end, as signs that take no column and that no text can hold (clean_text takes them out).
_TITLE, _RESULT, _QUIET, _END = "\ue000", "\ue001", "\ue002", "\ue003"
_PLAIN = str.maketrans({**dict.fromkeys((_TITLE, _RESULT, _QUIET, _END), ""), _HELD: " "})
_COLOURS = str.maketrans({_HELD: " ", _TITLE: "\x1b[1;34m", _RESULT: "\x1b[32m", _QUIET: "\x1b[2m", _END: "\x1b[0m"})

# Where a formula that no rule breaks is cut, the better places first: rows and cases, terms, factors, any space.
_CUTS = tuple(
    re.compile(place.replace(" ", f"[ {_HELD}]")) for place in (r"(?<=[;|]) ", r" (?=[+−=≈] )", r" (?=[⋅×] )", " ", "")
)


def render_text(document: Document, width: int = 100, *, colour: bool = False) -> str:
    """Return the document as lines of Unicode text, none of which is longer than a line of the terminal.

    Args:
        document: The document.
        width: How many columns the terminal has, at least 40.
        colour: Whether headings, results and reasons have colours.
    """
    with in_language(document.language):
        parts = list(filter(None, _document(document, width)))
    return ("\n\n".join(parts) + "\n").translate(_COLOURS if colour else _PLAIN)


def _document(document: Document, width: int) -> Iterator[str]:
    numbers = count(1)
    yield _underlined(clean_text(document.title), "=", width)
    if document.subtitle:
        yield _wrapped(_inline(document.subtitle), width)
    if document.fields:
        yield _wrapped("   ".join(filter(None, map(_inline, document.fields))), width)
    for block in laid_out(document.blocks):
        if isinstance(block, Heading) and block.level == 1:
            yield _underlined(f"{next(numbers)}  {_inline(block.content)}", _UNDERLINES[1], width)
        else:
            yield _BLOCKS[type(block)](block, width)


def columns(line: str) -> int:
    """Return how many columns of a terminal a line takes.

    Args:
        line: One line of text.
    """
    return sum(map(_columns_of, line))


def _columns_of(char: str) -> int:
    if unicodedata.combining(char) or _TITLE <= char <= _END:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _inline(content: Inline) -> str:
    # A terminal shows no figures: what they show is said in words.
    said = (part.otherwise if isinstance(part, Pictured) else part for part in content)
    return "".join(clean_text(part) if isinstance(part, str) else text.write(part).replace(" ", _HELD) for part in said)


def _underlined(title: str, mark: str, width: int) -> str:
    lines = _lines(title, width)
    return "\n".join(_painted(line, _TITLE) for line in (*lines, mark * max(map(columns, lines))))


def _painted(line: str, colour: str) -> str:
    return f"{colour}{line}{_END}" if line else line


def _wrapped(line: str, width: int) -> str:
    return "\n".join(_lines(line, width))


def _lines(line: str, width: int) -> list[str]:
    """Return words as lines, none of them wider than there is room."""
    return _gathered(line.split(" "), " ", width, _CUTS)


def _cut(line: str, width: int, places: Sequence[re.Pattern[str]] = _CUTS) -> list[str]:
    """Return a formula as lines, cut at the best places that there are."""
    if columns(line) <= width or not places:
        return [line]
    place, *others = places
    pieces = list(line) if not place.pattern else place.split(line)
    return _gathered(pieces, " " if place.pattern else "", width, others)


def _gathered(pieces: Iterable[str], between: str, width: int, places: Sequence[re.Pattern[str]]) -> list[str]:
    """Return pieces side by side, as many on each line as fit; one that is too wide is cut at other places."""
    lines: list[str] = []
    for piece in pieces:
        for part in _cut(piece, width, places):
            whole = f"{lines[-1]}{between}{part}" if lines else ""
            if lines and columns(whole) <= width:
                lines[-1] = whole
            else:
                lines.append(part)
    return lines


def _heading(heading: Heading, width: int) -> str:
    title = _inline(heading.content)
    mark = _UNDERLINES.get(heading.level)
    if mark:
        return _underlined(title, mark, width)
    return "\n".join(_painted(line, _TITLE) for line in _lines(f"{title}:", width))


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
    lines = on_lines(flow, room, _BETWEEN, _written_columns, _RELATION)
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
    side = _painted("│", _RESULT)
    framed = [f"{side} {_left(line, inner)} {side}" for line in lines]
    return _indented([_painted(f"┌{rule}┐", _RESULT), *framed, _painted(f"└{rule}┘", _RESULT)], _INDENT)


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
    # A left side that takes more than half of the line stands on one of its own.
    widest = max((columns(left) for left in lefts if columns(left) <= width // 2), default=0)
    widest = max(widest, least)
    printed: list[str] = []
    for line, left in zip(lines, lefts, strict=True):
        apart = columns(left) > widest
        printed += _cut(left, width) if apart else []
        relation = Operator(line.relation) if line.relation else None
        printed += _broken("" if apart else left, widest, relation, line.right, width)
        printed = _with_reason(printed, _inline(line.reason), width)
    return printed


def _with_reason(printed: list[str], reason: str, width: int) -> list[str]:
    """Return the lines with a reason at the right of the last one, or below it."""
    if not reason:
        return printed
    room = width - columns(printed[-1]) - _GAP
    if columns(reason) <= room:
        return [*printed[:-1], printed[-1] + " " * _GAP + _right(_painted(reason, _QUIET), room)]
    return [*printed, *(_right(_painted(piece, _QUIET), width) for piece in _lines(reason, width))]


def _broken(left: str, widest: int, relation: Layout | None, right: Layout, width: int) -> list[str]:
    """Return the lines of an equation, each relation in the column after the left sides."""
    room = max(_LEAST_ROOM, width - widest - _RELATION)
    if isinstance(right, Blank):
        return [_related(left, widest, relation) + text.write(right)[:room]]
    first, *further = break_lines(right, room, room, _written_columns)
    printed: list[str] = []
    for sign, piece in ((relation, first), *map(relation_apart, further)):
        begun, *cut = _cut(text.write(piece), room)
        printed.append(_related("" if printed else left, widest, sign) + begun)
        printed += [_related("", widest, None) + line for line in cut]
    return printed


def _related(left: str, widest: int, relation: Layout | None) -> str:
    return f"{_right(left, widest)} {text.write(relation) if relation else ' '} "


def _left(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))


def _right(cell: str, width: int) -> str:
    return " " * (width - columns(cell)) + cell


def _centre(cell: str, width: int) -> str:
    return _left(" " * ((width - columns(cell)) // 2) + cell, width)


_ALIGNED: dict[str, Callable[[str, int], str]] = {"l": _left, "c": _centre, "r": _right}


def _table(table: Table, width: int) -> str:
    """Return the table; where it has no room, words have several lines, and columns that are left stand below."""
    cells = [[_inline(cell) for cell in row] for row in (table.head, *lined_up(table).rows)]
    room = width - len(_INDENT)
    natural = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    least = [max(map(_least, column)) for column in zip(*cells, strict=True)]
    parts = [
        _part([[row[index] for index in group] for row in cells], [table.align[index] for index in group], widths)
        for group in _groups(least, room)
        for widths in [_shared([natural[index] for index in group], [least[index] for index in group], room)]
    ]
    return "\n\n".join(_indented(part, _INDENT) for part in parts)


def _least(cell: str) -> int:
    """Return the width that a cell takes at least: words may stand below each other, a formula is one piece."""
    return min(max(map(columns, cell.split(" "))), _MOST_OF_A_COLUMN)


def _groups(least: Sequence[int], room: int) -> list[list[int]]:
    """Return which columns stand side by side; the first one is repeated in each group."""
    groups, used = [[0]], least[0]
    for index, needed in enumerate(least[1:], 1):
        if len(groups[-1]) > 1 and used + _GAP + needed > room:
            groups.append([0])
            used = least[0]
        groups[-1].append(index)
        used += _GAP + needed
    return groups


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return the width of each column: what it takes, or less of the widest ones until they fit."""
    widths = list(natural)
    while sum(widths) + _GAP * (len(widths) - 1) > room:
        spare = [index for index, width in enumerate(widths) if width > least[index]]
        # Where not even single words fit, they are cut.
        widest = max(spare or range(len(widths)), key=lambda index: widths[index])
        widths[widest] -= 1
    return widths


def _part(cells: Sequence[Sequence[str]], align: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return the lines of a table whose columns have so much room."""
    rows = [_row(row, align, widths) for row in cells]
    rule = (" " * _GAP).join("─" * width for width in widths)
    return [*rows[0], rule, *(line for row in rows[1:] for line in row)]


def _row(cells: Sequence[str], align: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return the lines of a row, as many as its highest cell has."""
    pieces = [_lines(cell, width) for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, pieces))
    return [
        (" " * _GAP).join(
            _ALIGNED[side](piece[line] if line < len(piece) else "", width)
            for piece, side, width in zip(pieces, align, widths, strict=True)
        )
        for line in range(height)
    ]


def _figure(figure: Figure, width: int) -> str:
    return _wrapped(clean_text(figure.description if figure.instead is None else figure.instead), width)


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
