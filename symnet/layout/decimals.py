"""Numbers under one another, their decimal marks in one line: blanks as wide as the digits that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symnet.layout.tree import Layout, Number, Operator, Row, Space, flatten

_MINUS = Operator("-", unary=True)


class _Parts(NamedTuple):
    """How much stands on both sides of a decimal mark."""

    minus: bool
    whole: int
    decimals: int
    mark: bool


def aligned(column: Sequence[Layout], *, centred: bool = False) -> list[Layout]:
    """Return the entries of a column with blanks that bring decimal marks of numbers into one line.

    What is no number stays as it is, and so does a column in which no two numbers differ in their decimals.

    Args:
        column: The entries.
        centred: Whether entries are centred, and need blanks at their left as well; else they are flush right.
    """
    parts = [_parts(cell) for cell in column]
    numbers = [part for part in parts if part is not None]
    same = len({(part.decimals, part.mark) for part in numbers}) < 2
    if same and not _uneven(numbers, centred):
        return list(column)
    widest = _Parts(
        any(part.minus for part in numbers),
        max(part.whole for part in numbers),
        max(part.decimals for part in numbers),
        any(part.mark for part in numbers),
    )
    return [
        cell if part is None else _padded(cell, part, widest, centred) for cell, part in zip(column, parts, strict=True)
    ]


def aligned_rows(rows: Sequence[Sequence[Layout]]) -> tuple[tuple[Layout, ...], ...]:
    """Return the rows of a matrix, whose entries are centred, with the decimal marks of each column in one line."""
    columns = [aligned(column, centred=True) for column in zip(*rows, strict=True)]
    return tuple(zip(*columns, strict=True))


def _uneven(numbers: Sequence[_Parts], centred: bool) -> bool:
    """Return whether numbers with the same decimals still do not stand under one another."""
    return centred and any(part.mark for part in numbers) and len({part[:2] for part in numbers}) > 1


def _parts(cell: Layout) -> _Parts | None:
    """Return the parts of a number in figures, with or without a minus; None for anything else."""
    items = flatten(cell)
    minus = items[:1] == (_MINUS,)
    rest = items[1:] if minus else items
    if len(rest) != 1 or not isinstance(rest[0], Number):
        return None
    text = rest[0].text.replace(",", ".")
    whole, mark, decimals = text.partition(".")
    return _Parts(minus, len(whole), len(decimals), bool(mark)) if (whole + decimals).isdigit() else None


def _padded(cell: Layout, part: _Parts, widest: _Parts, centred: bool) -> Layout:
    before: list[Layout] = []
    if centred:
        before += [Space("minus")] if widest.minus and not part.minus else []
        before += [Space("digit")] * (widest.whole - part.whole)
    behind = [Space("point")] if widest.mark and not part.mark else []
    behind += [Space("digit")] * (widest.decimals - part.decimals)
    return Row((*before, *flatten(cell), *behind))
