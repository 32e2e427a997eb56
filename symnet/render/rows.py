"""The lines of a calculation as the rows that a page has room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from symnet.document import Inline, Line
from symnet.layout.breaking import break_lines
from symnet.layout.measure import RELATION_EM, inline_em, width_em
from symnet.layout.narrowing import elide_sums
from symnet.layout.tree import Layout, Operator

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
