"""Blocks as plain data for templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from symnet.description.fields import write_number
from symnet.document import (
    Block,
    Box,
    Circle,
    Document,
    Fact,
    Figure,
    Flow,
    Heading,
    InColumns,
    Inline,
    Label,
    Labelled,
    Line,
    Note,
    Paragraph,
    Polygon,
    Polyline,
    Question,
    Result,
    ResultGroup,
    Results,
    Room,
    Segment,
    SideBySide,
    Table,
    Working,
)
from symnet.layout import text
from symnet.layout.breaking import break_lines, elide_sums, relation_apart
from symnet.layout.decimals import aligned, has_decimals, uniform
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, inline_em, text_em, width_em
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Layout, Matrix, Operator, Word, children, in_a_line
from symnet.limits import MOST_KEPT_LAYOUTS
from symnet.remember import Remembered
from symnet.text.languages import in_language, language, language_name, with_mark
from symnet.text.say import words

# The lines of a calculation as the rows that a page has room for.

Row: TypeAlias = dict[str, str | bool]

# In em of the text: what stands in a row besides the two sides.
_REASON_GAP = 1.0
_REASON_SIZE = 0.83
_WIDEST_REASON = 16.2
_LEAST_ROOM = 6.0


class Markup(NamedTuple):
    """The functions by which a format writes formulas, text and drawings.

    Attributes:
        formula: A formula.
        inline: Text with formulas in it.
        plain: Plain text, where there is nothing else.
        picture: A drawing as a whole; empty text where it is drawn shape by shape.
    """

    formula: Callable[[Layout], str]
    inline: Callable[[Inline], str]
    plain: Callable[[str], str]
    picture: Callable[[Figure], str] = lambda _: ""


def _set_in_a_line(content: Inline) -> Inline:
    """Return text with its formulas as they stand in a line."""
    return tuple(part if isinstance(part, str) else in_a_line(elide_sums(part)) for part in content)


def _text(content: Inline, markup: Markup) -> str:
    return markup.inline(_set_in_a_line(content))


def page_rows(lines: Sequence[Line], room: float, markup: Markup) -> list[Row]:
    """Return the rows of a calculation: left side, relation, right side, reason.

    Args:
        lines: The lines, which may be too long for the page.
        room: The width in em that a row may have.
        markup: How the format writes.
    """
    widest = max((_elided_em(line.left) for line in lines if line.left is not None), default=0.0)
    return _page_rows(lines, room, widest, markup)


def _page_rows(lines: Sequence[Line], room: float, widest: float, markup: Markup) -> list[Row]:
    """Return the rows of a calculation whose left sides have so much room."""
    right_room = max(_LEAST_ROOM, room - widest - RELATION_EM)
    rows: list[Row] = []
    derivation: list[Row] = []
    for line in lines:
        if line.left is not None:
            _keep_ends(derivation)
            derivation = []
        found = _line_rows(line, right_room, markup)
        derivation += found
        rows += found
    _keep_ends(derivation)
    return rows


def _keep_ends(derivation: Sequence[Row]) -> None:
    """Keep the first two rows of a derivation on one page, and the last two; between equations a page may break."""
    for row in (*derivation[:1], *derivation[-2:-1]):
        if row is not derivation[-1]:
            row["kept"] = True


def _line_rows(line: Line, room: float, markup: Markup) -> list[Row]:
    """Return the rows of one line, its reason beside the first row with room for it, or else below."""
    pieces = _right_side(line, room, markup)
    rows = [_row(piece.relation, piece.formula) for piece in pieces]
    rows[0]["left"] = _left_side(line.left, markup) if line.left is not None else ""
    rows[0]["about"] = line.about
    if line.reason:
        natural = inline_em(line.reason) * _REASON_SIZE
        spare = room - _REASON_GAP - min(natural, _WIDEST_REASON)
        beside = next((row for row, piece in zip(rows, pieces, strict=True) if piece.width <= spare), None)
        if beside is None:
            beside = _row("", "")
            rows.append(beside)
        beside["reason"] = _text(line.reason, markup)
        beside["wide"] = natural > _WIDEST_REASON
    for row in rows[:-1]:
        row["kept"] = True
    return rows


# The formulas of lines and their widths, of which many pages have the same: the reports of a class, say, the right
# lines of an exercise.
_FORMULAS = Remembered(2 * MOST_KEPT_LAYOUTS)


class _RowFormula(NamedTuple):
    """As much of a right side as stands in one row."""

    relation: str
    formula: str
    width: float


def _right_side(line: Line, room: float, markup: Markup) -> tuple[_RowFormula, ...]:
    """Return the right side of a line row by row, each with its relation."""

    def made() -> tuple[_RowFormula, ...]:
        if needed is None:
            relation = markup.formula(Operator(line.relation)) if line.relation else ""
            return (_RowFormula(relation, markup.formula(elide_sums(line.right)), _elided_em(line.right)),)
        first, *further = break_lines(elide_sums(line.right), room, room, width_em)
        apart = [(Operator(line.relation) if line.relation else None, first), *map(relation_apart, further)]
        return tuple(
            _RowFormula(markup.formula(relation) if relation else "", markup.formula(piece), width_em(piece))
            for relation, piece in apart
        )

    # What fits is the same in any room.
    needed = None if _elided_em(line.right) <= room else room
    return _FORMULAS.once(line.right, (line.relation, needed, markup, language_name()), made)


def _left_side(left: Layout, markup: Markup) -> str:
    return _FORMULAS.once(left, (markup, language_name()), lambda: markup.formula(elide_sums(left)))


def _elided_em(layout: Layout) -> float:
    return _FORMULAS.once(layout, "width", lambda: width_em(elide_sums(layout)))


def _row(relation: str, right: str) -> Row:
    return {"left": "", "relation": relation, "right": right, "reason": "", "wide": False, "kept": False, "about": ""}


# Equations side by side: in columns that are aligned, or as many on a line as fit.

# In em: the least room between two columns, and between two equations of a line.
_BETWEEN_COLUMNS = 1.0
_BETWEEN_EQUATIONS = 2.0


def side_by_side(
    rows: Sequence[SideBySide], room: float, gap: float, measure: Callable[[Layout], float], relation: float
) -> tuple[SideBySide, ...]:
    """Return rows that fit: as they are, or else with one equation each.

    Args:
        rows: Equations, as many in each row as there are columns.
        room: The width that a row may have.
        gap: What stands between two columns.
        measure: The width of a tree, in the unit of the others.
        relation: The width of a relation and its room.
    """
    width = -gap
    for column in zip(*rows, strict=True):
        lines = [line for line in column if line is not None]
        lefts = max((measure(line.left) for line in lines if line.left is not None), default=0.0)
        width += lefts + relation + max((measure(line.right) for line in lines), default=0.0) + gap
    if width <= room:
        return tuple(rows)
    return tuple((line,) for row in rows for line in row if line is not None)


def on_lines(
    flow: Flow, room: float, gap: float, measure: Callable[[Layout], float], relation: float
) -> list[list[Line]]:
    """Return equations as the lines on which they stand, as many on each as fit.

    What belongs together begins a line rather than being parted.

    Args:
        flow: The equations.
        room: The width of a line.
        gap: What stands between two of them.
        measure: The width of a tree, in the unit of the others.
        relation: The width of a relation and its room.
    """
    found: list[list[Line]] = []
    used = room
    for group in flow.groups:
        widths = [
            measure(line.right) + relation + (measure(line.left) if line.left is not None else 0.0) + gap
            for line in group
        ]
        if used + sum(widths) > room + gap:
            used = 2 * room
        for line, own in zip(group, widths, strict=True):
            if not found or used + own > room + gap:
                found.append([])
                used = 0.0
            found[-1].append(line)
            used += own
    return found


def _cells(row: SideBySide, markup: Markup) -> list[dict[str, str]]:
    """Return the equations of a row: left side, relation, right side; of a column without one, nothing."""
    return [
        {"left": "", "relation": "", "right": "", "about": ""}
        if line is None
        else {
            "left": markup.formula(elide_sums(line.left)) if line.left is not None else "",
            "relation": markup.formula(Operator(line.relation)) if line.relation else "",
            "right": markup.formula(elide_sums(line.right)),
            "about": line.about,
        }
        for line in row
    ]


def column_data(rows: Sequence[SideBySide], room: float, markup: Markup) -> dict[str, Any]:
    """Return rows of equations that fit: in ``columns``, or as the lines of a calculation.

    Args:
        rows: The equations.
        room: The width in em that a row may have.
        markup: How the format writes.
    """
    fitting = side_by_side(rows, room, _BETWEEN_COLUMNS, _elided_em, RELATION_EM)
    if len(fitting[0]) == 1:
        lines = [line for row in fitting for line in row if line is not None]
        return {"columns": 1, "rows": page_rows(lines, room, markup)}
    return {"columns": len(fitting[0]), "rows": [{"cells": _cells(row, markup)} for row in fitting]}


# Tables cut to the width of the page.

TableData: TypeAlias = dict[str, object]

_COLUMN_GAP = 1.3
_SIZE = 0.92
_LEAST_TEXT = 10.0
_TABLE_EM = TEXT_EM / _SIZE - 1
_NO_NUMBER = Word("")
# What a phone has for a table or a formula.
NARROW_EM = 16.0
# A longer table may run over pages; so may one of more rows of matrices than these.
_LONG, _LONG_OF_MATRICES = 8, 4


def page_tables(table: Table, markup: Markup) -> list[TableData]:
    """Return the table as one or more that fit the page, the first column repeated in each.

    A column of text that is too wide gets a width of its own, in em, in ``widths``; others have 0.

    Args:
        table: The table.
        markup: How the format writes.
    """
    head, *rows = (tuple(map(_set_in_a_line, row)) for row in (table.head, *table.rows))
    table = lined_up(table._replace(head=head, rows=tuple(rows)))
    columns = list(zip(table.head, *table.rows, strict=True))
    natural = list(map(_width, columns))
    least = [
        min(width, _LEAST_TEXT) if _breaks(column) else width for column, width in zip(columns, natural, strict=True)
    ]
    return [_part(table, group, natural, least, markup) for group in _groups(least, _TABLE_EM)]


def lined_up(table: Table) -> Table:
    """Return the table with the decimal marks of each column that is flush right in one line.

    Small numbers are written in one way in all of these columns, but for those in which all numbers are small.

    Args:
        table: The table.
    """
    columns = list(zip(*table.rows, strict=True))
    right = [place for place, align in enumerate(table.align) if align == "r"]
    singles = {place: [_single(cell) for cell in columns[place]] for place in right}
    mixed = [place for place in right if has_decimals(singles[place])]
    numbers = iter(uniform([cell for place in mixed for cell in singles[place]]))
    for place in mixed:
        found = zip(columns[place], aligned([next(numbers) for _cell in columns[place]]), strict=True)
        columns[place] = tuple(cell if layout == _NO_NUMBER else (layout,) for cell, layout in found)
    return table._replace(rows=tuple(zip(*columns, strict=True)))


def _single(cell: Inline) -> Layout:
    """Return the one formula of a cell; a word without letters for anything else."""
    return cell[0] if len(cell) == 1 and not isinstance(cell[0], str) else _NO_NUMBER


def _width(column: Sequence[Inline]) -> float:
    return max(map(inline_em, column)) + _COLUMN_GAP


def _breaks(column: Sequence[Inline]) -> bool:
    """Return whether every cell of a column that is wide has words between which it can be broken."""
    wide = [cell for cell in column if inline_em(cell) > _LEAST_TEXT]
    return all(any(isinstance(part, str) and " " in part.strip() for part in cell) or _is_list(cell) for cell in wide)


def _is_list(cell: Inline) -> bool:
    """Return whether a cell has several formulas with commas between them."""
    return sum(isinstance(part, str) and part.endswith(" ") for part in cell) > 1


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


def _shared(natural: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return the width of each column that must be wrapped, 0 for those that keep their own.

    What cannot be broken keeps its own where the others have room beside it.
    """
    widths = [0.0] * len(natural)
    kept = [index for index in range(len(natural)) if least[index] == natural[index]] if sum(least) <= room else []
    left, columns = room - sum(natural[index] for index in kept), len(natural) - len(kept)
    for index in sorted(set(range(len(natural))) - set(kept), key=lambda index: natural[index]):
        share = left / columns
        if natural[index] > share:
            widths[index] = max(_LEAST_TEXT, share) - _COLUMN_GAP
        left -= min(natural[index], share)
        columns -= 1
    return widths


def _part(
    table: Table, group: Sequence[int], natural: Sequence[float], least: Sequence[float], markup: Markup
) -> TableData:
    widths = _shared([natural[index] for index in group], [least[index] for index in group], _TABLE_EM)
    tall = any(_is_high(part) for row in table.rows for index in group for part in row[index])
    return {
        "align": [table.align[index] for index in group],
        "widths": widths,
        "head": [markup.inline(table.head[index]) for index in group],
        "plain_head": [_plain_head(table.head[index]) for index in group],
        "wide": _is_wide(widths, [natural[index] for index in group]),
        "rows": [[markup.inline(row[index]) for index in group] for row in table.rows],
        "long": len(table.rows) > (_LONG_OF_MATRICES if tall else _LONG),
        "tall": tall,
    }


def _is_high(part: str | Layout) -> bool:
    """Return whether a formula in a cell has a matrix of several rows in it."""
    if isinstance(part, str):
        return False
    return (isinstance(part, Matrix) and len(part.rows) > 1) or any(map(_is_high, children(part)))


def _plain_head(content: Inline) -> str:
    """Return words with formulas in plain signs; empty where there are words alone."""
    if all(isinstance(part, str) for part in content):
        return ""
    return clean_text("".join(part if isinstance(part, str) else text.write(part) for part in content))


def _is_wide(widths: Sequence[float], natural: Sequence[float]) -> bool:
    """Return whether a phone has no room for the columns side by side."""
    return sum(_LEAST_TEXT if width else own for width, own in zip(widths, natural, strict=True)) * _SIZE > NARROW_EM


# The questions of a worksheet as a row of blocks: the words of each, what is given, the answers.


class Asked(NamedTuple):
    """The words of a question, or of a part of one.

    Attributes:
        kind: ``question`` or ``part``.
        label: What stands before them.
        prompt: The words themselves.
        marks: The marks as text; empty where there are none, and where the parts have them.
        key: The number of the question, with the letter of the part.
    """

    kind: str
    label: str
    prompt: Inline
    marks: str
    key: str


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
        str(question.number),
    )
    yield from question.printed
    for part in question.parts:
        if part.label:
            yield Asked("part", f"({part.label})", part.prompt, _marks(part.marks), f"{question.number}{part.label}")
        yield from part.printed
        yield from (answer.block for answer in part.answers if answer.block != Room(0))


def _marks(marks: Fraction) -> str:
    if not marks:
        return ""
    return words("sheet.one_mark" if marks == 1 else "sheet.of_marks", marks=with_mark(write_number(marks)))


# The blocks of a document as plain data for a template.

Data: TypeAlias = dict[str, Any]

_FACT_EM = TEXT_EM - 2.5
_RESULT_EM = TEXT_EM - 1.8
_RESULTS_EM = TEXT_EM - 1.5
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
    with in_language(document.language):
        return _page_data(document, markup)


def _page_data(document: Document, markup: Markup) -> Data:
    title = _softened(document.title)
    beside = inline_em(document.subtitle)
    header = _cut(title, _HEADER_EM)
    crowded = text_em(header) + beside + 2 > _HEADER_EM
    return {
        "title": markup.inline((title,)),
        "plain_title": markup.plain(document.title),
        "language": document.language,
        "hyphenation": language().HYPHENATION,
        "wording": {
            "latex": words("page.latex"),
            "figure": words("page.figure", number="%d"),
            "wide_diagram": words("page.wide_diagram"),
            "wide_table": words("page.wide_table"),
        },
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
    blocks = [_data_of(part, markup) for part in parts]
    kinds = ["", *(block["kind"] for block in blocks), ""]
    first = kinds.index("section") if "section" in kinds else len(kinds)
    return [
        _placed(block, kinds[place - 1], kinds[place + 1], follows_heading=place > first)
        for place, block in enumerate(blocks, 1)
    ]


_PARTS, _PLACED = Remembered(1_000), Remembered(1_000)


def _data_of(part: Block | Asked, markup: Markup) -> Data:
    """Return the data of one block, for which nobody has looked yet between which kinds it stands."""
    key = markup, language_name()
    if isinstance(part, Asked):
        # These are put together anew for each sheet, of texts and formulas that stay the same.
        formulas = tuple(one for one in part.prompt if not isinstance(one, str))
        texts = tuple(one if isinstance(one, str) else "" for one in part.prompt)
        return _PARTS.of_all(formulas, (part._replace(prompt=texts), key), lambda: _asked(part, markup))
    return _PARTS.once(part, key, lambda: _BLOCKS[type(part)](part, markup))


def _placed(block: Data, before: str, after: str, *, follows_heading: bool) -> Data:
    """Return the data of a block that stands between two kinds of blocks; the same object for the same block there."""

    def made() -> Data:
        found = {**block, "before": before, "after": after, "follows_heading": follows_heading}
        if block["kind"] == "working" and after == "result":
            found["rows"] = [*block["rows"][:-1], {**block["rows"][-1], "kept": True}]
        return found

    return _PLACED.once(block, (before, after, follows_heading), made)


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


def _softened(title: str) -> str:
    """Return the text with words that are wider than a line cut into several."""
    return " ".join(
        word[start : start + _LONGEST_WORD] for word in title.split() for start in range(0, len(word), _LONGEST_WORD)
    )


def _cut(title: str, room: float) -> str:
    while text_em(title) > room:
        title = title[: int(len(title) * 0.9)] + "…"
    return title


def _heading(heading: Heading, markup: Markup) -> Data:
    said = _plain_head(heading.content)
    shown = _text(heading.content, markup)
    return {"kind": _HEADINGS[heading.level], "text": shown, "plain": markup.plain(said) if said else ""}


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
        "title": _text(fact.title, markup),
        "text": _text(fact.content, markup),
        "rows": page_rows(fact.lines, _FACT_EM - INDENT_EM - beside, markup),
        "figure": None if fact.figure is None else _figure(fact.figure, markup),
    }


def _columns(columns: InColumns, markup: Markup) -> Data:
    data = column_data(columns.rows, TEXT_EM - INDENT_EM, markup)
    return {"kind": "columns" if data["columns"] > 1 else "working", **data}


def _line_em(line: Line) -> float:
    return (_elided_em(line.left) if line.left is not None else 0.0) + RELATION_EM + _elided_em(line.right)


def _flow(flow: Flow, markup: Markup) -> Data:
    room = _FACT_EM if flow.tinted else TEXT_EM - INDENT_EM
    lines = on_lines(flow, room, _BETWEEN_EQUATIONS, _elided_em, RELATION_EM)
    # What is too wide for a line is broken like a calculation.
    return {
        "kind": "flow",
        "tinted": flow.tinted,
        "lines": [
            {"cells": _cells(tuple(line), markup), "rows": []}
            if len(line) > 1 or _line_em(line[0]) <= room
            else {"cells": [], "rows": page_rows(line, room - INDENT_EM, markup)}
            for line in lines
        ],
    }


def _labelled(labelled: Labelled, markup: Markup) -> Data:
    widest = max(text_em(label) for label, _lines in labelled.parts) * _REASON_SIZE + 1
    rows: list[Row] = []
    lines = tuple(line for _label, lines in labelled.parts for line in lines)
    room = TEXT_EM - widest
    lefts = max(width_em(line.left) for line in lines if line.left is not None)
    for label, part in labelled.parts:
        found = _page_rows(part, room, lefts, markup)
        for row in found:
            row["label"] = ""
        found[0]["label"] = markup.inline((label,))
        rows += found
    return {"kind": "labelled", "rows": rows, "width": round(widest, 1)}


def _results(results: Results, markup: Markup) -> Data:
    return {"kind": "results", "groups": [part for group in results.groups for part in _group(group, markup)]}


def _group(group: ResultGroup, markup: Markup) -> Iterator[Data]:
    """Yield the parts of a group between which a page may break."""
    fitting = side_by_side(group.rows, _RESULTS_EM, _BETWEEN_COLUMNS, _elided_em, RELATION_EM)
    for start in range(0, len(fitting), _MOST_RESULT_LINES):
        part = column_data(fitting[start : start + _MOST_RESULT_LINES], _RESULTS_EM, markup)
        yield {"label": _text(group.label, markup) if not start else "", **part}


def _result(result: Result, markup: Markup) -> Data:
    return {"kind": "result", "rows": page_rows(result.lines, _RESULT_EM, markup)}


def _table(table: Table, markup: Markup) -> Data:
    return {"kind": "table", "parts": page_tables(table, markup)}


def _room(room: Room, _: Markup) -> Data:
    return {"kind": "room", "lines": room.lines, "text": words("page.working")}


def _asked(asked: Asked, markup: Markup) -> Data:
    prompt = _text(asked.prompt, markup)
    return {"kind": asked.kind, "label": asked.label, "text": prompt, "marks": asked.marks, "key": asked.key}


def _figure(figure: Figure, markup: Markup) -> Data:
    return {
        "kind": "figure",
        "width": figure.width,
        "height": figure.height,
        "description": markup.inline((figure.description,)),
        "picture": markup.picture(figure),
        "shapes": [_SHAPES[type(shape)](shape, markup) for shape in figure.shapes],
    }


_SHAPES: dict[type, Callable[[Any, Markup], Data]] = {
    Circle: lambda it, _: {"kind": "circle", "role": it.role, "of": it.of, "x": it.x, "y": it.y, "radius": it.radius},
    Box: lambda it, _: {
        "kind": "box",
        "role": it.role,
        "of": it.of,
        "x1": round(it.x - it.width / 2, 3),
        "y1": round(it.y - it.height / 2, 3),
        "x2": round(it.x + it.width / 2, 3),
        "y2": round(it.y + it.height / 2, 3),
    },
    Segment: lambda it, _: {
        "kind": "segment",
        "role": it.role,
        "of": it.of,
        "x1": it.x1,
        "y1": it.y1,
        "x2": it.x2,
        "y2": it.y2,
    },
    Polygon: lambda it, _: {"kind": "polygon", "role": it.role, "of": it.of, "points": it.points},
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
