"""Tables cut to the width of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from symnet.document import Inline, Table
from symnet.layout.measure import TEXT_EM, inline_em
from symnet.render.rows import Markup

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
