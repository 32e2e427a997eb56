"""Blocks as plain data for templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from symnet.description.fields import write_number
from symnet.document import (
    Block,
    Box,
    Circle,
    Document,
    Fact,
    Figure,
    Heading,
    Inline,
    Label,
    Line,
    Note,
    Paragraph,
    Polygon,
    Polyline,
    Question,
    Result,
    Room,
    Segment,
    Table,
    Working,
)
from symnet.layout.breaking import break_lines, elide_sums
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, inline_em, text_em, width_em
from symnet.layout.tree import Layout, Operator
from symnet.text.say import words

if TYPE_CHECKING:
    from jinja2 import Environment


# The lines of a calculation as the rows that a page has room for.

Row: TypeAlias = dict[str, str | bool]

# In em of the text: what stands in a row besides the two sides.
_REASON_GAP = 1.0
_REASON_SIZE = 0.83
_WIDEST_REASON = 16.2
_LEAST_ROOM = 6.0


class Markup(NamedTuple):
    """How a format writes formulas, and text with formulas in it."""

    formula: Callable[[Layout], str]
    inline: Callable[[Inline], str]


def page_rows(lines: Sequence[Line], room: float, markup: Markup) -> list[Row]:
    """Return the rows of a calculation: left side, relation, right side, reason.

    Args:
        lines: The lines, which may be too long for the page.
        room: The width in em that a row may have.
        markup: How the format writes.
    """
    lefts = [elide_sums(line.left) if line.left is not None else None for line in lines]
    widest = max((width_em(left) for left in lefts if left is not None), default=0.0)
    right_room = max(_LEAST_ROOM, room - widest - RELATION_EM)
    rows: list[Row] = []
    for line, left in zip(lines, lefts, strict=True):
        rows += _line_rows(line, left, right_room, markup)
    for row in (*rows[:1], *rows[-2:-1]):
        row["kept"] = True
    return rows


def _line_rows(line: Line, left: Layout | None, room: float, markup: Markup) -> list[Row]:
    """Return the rows of one line, its reason beside the first row with room for it, or else below."""
    pieces = break_lines(elide_sums(line.right), room, room, width_em)
    rows = [_row(markup.formula(piece)) for piece in pieces]
    rows[0]["left"] = markup.formula(left) if left is not None else ""
    rows[0]["relation"] = markup.formula(Operator(line.relation)) if line.relation else ""
    if line.reason:
        natural = inline_em(line.reason) * _REASON_SIZE
        spare = room - _REASON_GAP - min(natural, _WIDEST_REASON)
        beside = next((row for row, piece in zip(rows, pieces, strict=True) if width_em(piece) <= spare), None)
        if beside is None:
            beside = _row("")
            rows.append(beside)
        beside["reason"] = markup.inline(line.reason)
        beside["wide"] = natural > _WIDEST_REASON
    for row in rows[:-1]:
        row["kept"] = True
    return rows


def _row(right: str) -> Row:
    return {"left": "", "relation": "", "right": right, "reason": "", "wide": False, "kept": False}


# Tables cut to the width of the page.

TableData: TypeAlias = dict[str, object]

_COLUMN_GAP = 1.3
_SIZE = 0.92
_LEAST_TEXT = 10.0
# A longer table may run over pages.
_LONG = 25


def page_tables(table: Table, markup: Markup) -> list[TableData]:
    """Return the table as one or more that fit the page, the first column repeated in each.

    A column of text that is too wide gets a width of its own, in em, in ``widths``; others have 0.

    Args:
        table: The table.
        markup: How the format writes.
    """
    natural = [_width(column) for column in zip(table.head, *table.rows, strict=True)]
    room = TEXT_EM / _SIZE - 1
    return [_part(table, group, natural, room, markup) for group in _groups(natural, room)]


def _width(column: Sequence[Inline]) -> float:
    return max(map(inline_em, column)) + _COLUMN_GAP


def _groups(widths: Sequence[float], room: float) -> list[list[int]]:
    """Return which columns stand in each part; a column too wide to share is set on several lines."""
    groups: list[list[int]] = [[0]]
    used = min(widths[0], room / 2)
    for index, width in enumerate(widths[1:], 1):
        needed = min(width, room / 2)
        if len(groups[-1]) > 1 and used + needed > room:
            groups.append([0])
            used = min(widths[0], room / 2)
        groups[-1].append(index)
        used += needed
    return groups


def _shared(natural: Sequence[float], room: float) -> list[float]:
    """Return the width of each column that must be wrapped, 0 for those that keep their own."""
    widths = [0.0] * len(natural)
    left, columns = room, len(natural)
    for index in sorted(range(columns), key=lambda index: natural[index]):
        share = left / columns
        if natural[index] > share:
            widths[index] = max(_LEAST_TEXT, share) - _COLUMN_GAP
        left -= min(natural[index], share)
        columns -= 1
    return widths


def _part(table: Table, group: Sequence[int], natural: Sequence[float], room: float, markup: Markup) -> TableData:
    return {
        "align": [table.align[index] for index in group],
        "widths": _shared([natural[index] for index in group], room),
        "head": [markup.inline(table.head[index]) for index in group],
        "rows": [[markup.inline(row[index]) for index in group] for row in table.rows],
        "long": len(table.rows) > _LONG,
    }


# The questions of a worksheet as a row of blocks: the words of each, what is given, the answers.


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
    yield Asked(
        "question",
        words("sheet.question", number=str(question.number)),
        question.prompt,
        "" if in_parts else _marks(question.marks),
    )
    yield from question.given
    for part in question.parts:
        if part.label:
            yield Asked("part", f"({part.label})", part.prompt, _marks(part.marks))
        yield from part.given
        yield from (answer.block for answer in part.answers if answer.block != Room(0))


def _marks(marks: Fraction) -> str:
    if not marks:
        return ""
    return words("sheet.one_mark" if marks == 1 else "sheet.of_marks", marks=write_number(marks))


# The blocks of a document as plain data for a template.

Data: TypeAlias = dict[str, Any]

_FACT_EM = TEXT_EM - 2.5
_RESULT_EM = TEXT_EM - 1.8
_LONGEST_WORD = 32
# A framed box cannot break over pages.
_MOST_RESULT_LINES = 8
_HEADINGS = {1: "section", 2: "step", 3: "runin"}
_HEADER_EM = 48.0
# In centimetres: an em of the text, and what is kept clear between a fact and the figure beside it.
_EM_CM = 0.386
_FIGURE_GAP = 0.4


def page_data(document: Document, markup: Markup) -> Data:
    """Return what a template for paper needs: text in the format's own markup, numbers, nothing else.

    Args:
        document: The document.
        markup: How the format writes.
    """
    title = _softened(document.title)
    beside = inline_em(document.subtitle)
    header = _cut(title, _HEADER_EM)
    crowded = text_em(header) + beside + 2 > _HEADER_EM
    return {
        "title": markup.inline((title,)),
        "header": markup.inline((header,)),
        "subtitle": markup.inline(document.subtitle) if document.subtitle else "",
        "header_right": "" if crowded else markup.inline(document.subtitle),
        "fields": [markup.inline(field) for field in document.fields],
        "blocks": _blocks(document, markup),
    }


def _blocks(document: Document, markup: Markup) -> list[Data]:
    """Return the data of each block, which also says between which kinds it stands.

    A calculation keeps its result on the page of its last line.
    """
    parts = (part for block in laid_out(document.blocks) for part in _paged(block))
    blocks = [_BLOCKS[type(part)](part, markup) for part in parts]
    kinds = ["", *(block["kind"] for block in blocks), ""]
    for block, before, after in zip(blocks, kinds, kinds[2:], strict=False):
        block.update(before=before, after=after)
        if block["kind"] == "working" and after == "result":
            block["rows"][-1]["kept"] = True
    return blocks


def _paged(block: Block | Asked) -> tuple[Block | Asked, ...]:
    """Return the block, or a result too long for one box as several."""
    if not isinstance(block, Result) or len(block.lines) <= _MOST_RESULT_LINES:
        return (block,)
    boxes: list[tuple[Line, ...]] = [()]
    for line in block.lines:
        if line.left is not None and len(boxes[-1]) >= _MOST_RESULT_LINES:
            boxes.append(())
        boxes[-1] += (line,)
    return tuple(map(Result, boxes))


def _softened(text: str) -> str:
    """Return the text with words that are wider than a line cut into several."""
    return " ".join(
        word[start : start + _LONGEST_WORD] for word in text.split() for start in range(0, len(word), _LONGEST_WORD)
    )


def _cut(text: str, room: float) -> str:
    while text_em(text) > room:
        text = text[: int(len(text) * 0.9)] + "…"
    return text


def _text(content: Inline, markup: Markup) -> str:
    return markup.inline(tuple(part if isinstance(part, str) else elide_sums(part) for part in content))


def _heading(heading: Heading, markup: Markup) -> Data:
    return {"kind": _HEADINGS[heading.level], "text": _text(heading.content, markup)}


def _paragraph(paragraph: Paragraph, markup: Markup) -> Data:
    return {"kind": "paragraph", "text": _text(paragraph.content, markup)}


def _note(note: Note, markup: Markup) -> Data:
    return {"kind": "note", "text": _text(note.content, markup)}


def _working(working: Working, markup: Markup) -> Data:
    return {"kind": "working", "rows": page_rows(working.lines, TEXT_EM - INDENT_EM, markup)}


def _fact(fact: Fact, markup: Markup) -> Data:
    beside = 0.0 if fact.figure is None else (fact.figure.width + _FIGURE_GAP) / _EM_CM
    return {
        "kind": "fact",
        "title": markup.inline(fact.title),
        "text": _text(fact.content, markup),
        "rows": page_rows(fact.lines, _FACT_EM - INDENT_EM - beside, markup),
        "figure": None if fact.figure is None else _figure(fact.figure, markup),
    }


def _result(result: Result, markup: Markup) -> Data:
    return {"kind": "result", "rows": page_rows(result.lines, _RESULT_EM, markup)}


def _table(table: Table, markup: Markup) -> Data:
    return {"kind": "table", "parts": page_tables(table, markup)}


def _room(room: Room, _: Markup) -> Data:
    return {"kind": "room", "lines": room.lines, "text": "working"}


def _asked(asked: Asked, markup: Markup) -> Data:
    text = _text(asked.prompt, markup)
    return {"kind": asked.kind, "label": asked.label, "text": text, "marks": asked.marks}


def _figure(figure: Figure, markup: Markup) -> Data:
    return {
        "kind": "figure",
        "width": figure.width,
        "height": figure.height,
        "description": markup.inline((figure.description,)),
        "shapes": [_SHAPES[type(shape)](shape, markup) for shape in figure.shapes],
    }


_SHAPES: dict[type, Callable[[Any, Markup], Data]] = {
    Circle: lambda it, _: {"kind": "circle", "role": it.role, "x": it.x, "y": it.y, "radius": it.radius},
    Box: lambda it, _: {
        "kind": "box",
        "role": it.role,
        "x1": round(it.x - it.width / 2, 3),
        "y1": round(it.y - it.height / 2, 3),
        "x2": round(it.x + it.width / 2, 3),
        "y2": round(it.y + it.height / 2, 3),
    },
    Segment: lambda it, _: {
        "kind": "segment",
        "role": it.role,
        "x1": it.x1,
        "y1": it.y1,
        "x2": it.x2,
        "y2": it.y2,
    },
    Polygon: lambda it, _: {"kind": "polygon", "role": it.role, "points": it.points},
    Polyline: lambda it, _: {"kind": "polyline", "role": it.role, "points": it.points},
    Label: lambda it, markup: {
        "kind": "label",
        "role": it.role,
        "x": it.x,
        "y": it.y,
        "text": markup.inline(it.content),
        "white": it.white,
    },
}

_BLOCKS: dict[type, Callable[[Any, Markup], Data]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _note,
    Working: _working,
    Fact: _fact,
    Result: _result,
    Table: _table,
    Figure: _figure,
    Room: _room,
    Asked: _asked,
}


# Where the templates are, and the Jinja environment that reads those of a format.

_DELIMITERS: dict[str, dict[str, Any]] = {
    "latex": {
        "block_start_string": r"\BLOCK{",
        "block_end_string": "}",
        "variable_start_string": r"\VAR{",
        "variable_end_string": "}",
        "comment_start_string": r"\#{",
        "comment_end_string": "}",
    },
    # Typst takes the tags for comments, so a template is Typst source itself.
    "typst": {
        "block_start_string": "/*%",
        "block_end_string": "%*/",
        "variable_start_string": "/*=",
        "variable_end_string": "=*/",
        "comment_start_string": "/*#",
        "comment_end_string": "#*/",
    },
    "html": {},
}


def templates_dir() -> Path:
    """Return the folder of the templates: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def environment(kind: str) -> Environment:
    """Return the Jinja environment of a format.

    Only HTML is escaped here, all of it that is not marked as markup; for the others the data comes escaped.

    Args:
        kind: ``latex``, ``typst`` or ``html``, also the folder's name.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir() / kind),
        undefined=jinja2.StrictUndefined,
        autoescape=kind == "html",  # noqa: S701 - the others are no HTML
        auto_reload=False,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **_DELIMITERS[kind],
    )
