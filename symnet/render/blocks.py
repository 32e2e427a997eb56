"""The blocks of a document as plain data for a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

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
    Result,
    Room,
    Segment,
    Table,
    Working,
)
from symnet.layout.measure import INDENT_EM, TEXT_EM, inline_em, text_em
from symnet.layout.narrowing import elide_sums
from symnet.render.questions import Asked, laid_out
from symnet.render.rows import Markup, page_rows
from symnet.render.tables import page_tables

Data: TypeAlias = dict[str, Any]

_FACT_EM = TEXT_EM - 2.5
_RESULT_EM = TEXT_EM - 1.8
_LONGEST_WORD = 32
# A framed box cannot break over pages.
_MOST_RESULT_LINES = 8
_HEADINGS = {1: "section", 2: "step", 3: "runin"}
_HEADER_EM = 48.0


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
    return {
        "kind": "fact",
        "title": markup.inline(fact.title),
        "text": _text(fact.content, markup),
        "rows": page_rows(fact.lines, _FACT_EM - INDENT_EM, markup),
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
