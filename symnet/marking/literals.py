"""Vectors and matrices that are written out: lists, tables of LaTeX, and what NumPy prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symnet.limits import MOST_ENTRIES, MOST_LEVELS
from symnet.marking.spans import Span, trimmed
from symnet.marking.tokens import command
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words


class Literal(NamedTuple):
    """A vector or a matrix that is written out.

    Attributes:
        rows: Where each entry stands, row by row.
        is_vector: Whether it has one level of brackets alone.
        levels: How many levels of brackets it has where these are more than those of rows and entries.
    """

    rows: tuple[tuple[Span, ...], ...]
    is_vector: bool
    levels: int = 2

    @property
    def turned(self) -> Literal:
        """The same with rows and columns interchanged."""
        return Literal(tuple(zip(*self.rows, strict=True)), self.is_vector)


_MADE = re.compile(
    r"(?:(?:np|numpy|torch|jnp|tf|sp|sympy)\.)?(?:array|asarray|matrix|Matrix|tensor|Tensor|constant)\s*\("
)
_OPTIONS = re.compile(r"(?:\s*,\s*[A-Za-z_]{1,20}\s*=\s*[^,()\[\]{}]{1,40}(?:\([^()]{0,20}\))?)*\s*,?\s*\)")
_TURNED = re.compile(r"(?:\.T|\^\s*(?:T|\{\s*T\s*\}|\\top|\{\s*\\top\s*\}|\\intercal)|')\s*$")
# The alignment of the columns of a table.
_COLUMNS = re.compile(r"\s*\{[lcr| ]{0,40}\}")
_AROUND = (("\\left[", "\\right]"), ("\\left(", "\\right)"), ("[", "]"), ("(", ")"))
_OPEN, _CLOSE = "([{", ")]}"
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NUMBERS = re.compile(rf"\s*{_NUMBER.pattern}(?:\s+{_NUMBER.pattern})+\s*")


def literal(text: str, span: Span) -> Literal | None:
    """Return the vector or matrix that a text is from its beginning to its end; None if it is no such thing.

    Args:
        text: A text in plain characters.
        span: Where the answer stands in it.

    Raises:
        FormulaError: If its rows have different lengths, or it has too many levels or entries.
    """
    turned = _TURNED.search(text, *span)
    if turned is not None:
        span = trimmed(text, span.start, turned.start())
    found = _table(text, span) or _list(text, _unmade(text, span))
    if found is None:
        return None
    _expect_whole(text, span, found)
    return found.turned if turned is not None and not found.is_vector else found


def written_out(text: str, span: Span) -> tuple[Literal, int] | None:
    """Return the vector or matrix that a text begins with, and where it ends; None if it begins with none.

    A list in round brackets, or of one entry, is part of an expression.

    Args:
        text: A text in plain characters.
        span: Where it begins, and where the answer stops.

    Raises:
        FormulaError: As for :func:`literal`.
    """
    table, made = _table_at(text, span), _MADE.match(text, *span)
    end: int | None = None
    if table is not None:
        end = table.stop
    elif made is not None or text[span.start : span.start + 1] == "[":
        closing = _closing(text, span.start if made is None else made.end() - 1, span.stop)
        end = None if closing is None else closing + 1
    found = None if end is None else literal(text, Span(span.start, end))
    if (
        found is None
        or end is None
        or (found.is_vector and made is None and len(found.rows) == len(found.rows[0]) == 1)
    ):
        return None
    return found, end


def _expect_whole(text: str, span: Span, found: Literal) -> None:
    lengths = [len(row) for row in found.rows]
    if sum(lengths) > MOST_ENTRIES:
        what = words("reading.entries", entries=sum(lengths))
        raise FormulaError(text, span.start, what, words("reading.at_most", most=MOST_ENTRIES))
    for row, length in zip(found.rows, lengths, strict=True):
        if length != lengths[0]:
            place = row[0].start if row else span.start
            found_row = words("reading.row_of", entries=length)
            raise FormulaError(text, place, found_row, words("reading.rows_alike", entries=lengths[0]))
        for entry in row:
            if entry.start >= entry.stop:
                raise FormulaError(text, min(entry.start, span.stop), words("reading.nothing"), words("reading.entry"))


def _unmade(text: str, span: Span) -> Span:
    """Return a stretch without the function of a library around it that makes an array."""
    made = _MADE.match(text, *span)
    if made is None:
        return span
    start = trimmed(text, made.end(), span.stop).start
    end = _closing(text, start, span.stop)
    if end is None or _OPTIONS.fullmatch(text, end + 1, span.stop) is None:
        return span
    return Span(start, end + 1)


def _closing(text: str, start: int, stop: int) -> int | None:
    """Return where the bracket closes that opens at a place; None if it does not, or none opens."""
    if text[start : start + 1] not in ("[", "("):
        return None
    level = 0
    for place in range(start, stop):
        level += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if not level:
            return place
    return None


class _TableSpan(NamedTuple):
    """Where a table of LaTeX stands: from where to where its rows, and where it ends."""

    rows: Span
    stop: int


def _table_at(text: str, span: Span) -> _TableSpan | None:
    """Return the table of LaTeX that begins a stretch; None if none does."""
    if text[span.start : span.start + 1] != "\\":
        return None
    try:
        kind, name, start = command(text, span.start)
    except FormulaError:
        return None
    end = re.compile(rf"\\end\s*\{{\s*{re.escape(name)}\s*\}}").search(text, start, span.stop)
    if kind != "table" or end is None:
        return None
    columns = _COLUMNS.match(text, start, end.start()) if name == "array" else None
    return _TableSpan(Span(start if columns is None else columns.end(), end.start()), end.end())


def _table(text: str, span: Span) -> Literal | None:
    """Return a table of LaTeX, perhaps in brackets."""
    for opening, closing in _AROUND:
        if text.startswith(opening, span.start) and text.endswith(closing, *span):
            inner = trimmed(text, span.start + len(opening), span.stop - len(closing))
            if text[inner.start : inner.start + 1] == "\\":
                span = inner
            break
    table = _table_at(text, span)
    if table is None or table.stop != span.stop:
        return None
    lines = list(_parted(text, table.rows, "\\\\"))
    if len(lines) > 1 and lines[-1].start >= lines[-1].stop:
        lines.pop()
    return Literal(tuple(tuple(_parted(text, line, "&")) for line in lines), is_vector=False)


def _list(text: str, span: Span) -> Literal | None:
    """Return a list in brackets, or a list of lists."""
    for opening, closing in _AROUND:
        if not (text.startswith(opening, span.start) and text.endswith(closing, *span)):
            continue
        end = _closing(text, span.start + len(opening) - 1, span.stop)
        if end != span.stop - 1:
            return None
        inner = trimmed(text, span.start + len(opening), span.stop - len(closing))
        rows = _rows(text, inner)
        if rows is not None:
            return Literal(rows, is_vector=False, levels=_levels(text, inner))
        lines = [_entries(text, line) for line in _parted(text, inner, ";")]
        if len(lines) > 1:
            return Literal(tuple(lines), is_vector=all(len(line) == 1 for line in lines))
        if opening[-1] == "(" and len(lines[0]) < 2:
            # Round brackets around one entry are those of an expression.
            return None
        return Literal((lines[0],), is_vector=True)
    return None


def _rows(text: str, span: Span, level: int = 1) -> tuple[tuple[Span, ...], ...] | None:
    """Return the rows of a list of lists, perhaps within one another; None if it is none.

    Raises:
        FormulaError: If there are more levels than anybody needs.
    """
    if level > MOST_LEVELS:
        raise FormulaError(
            text,
            span.start,
            words("reading.many_levels", most=MOST_LEVELS),
            words("reading.at_most", most=MOST_LEVELS),
        )
    if text[span.start : span.start + 1] not in ("[", "("):
        return None
    found: list[tuple[Span, ...]] = []
    place = span.start
    while place < span.stop:
        end = _closing(text, place, span.stop)
        if end is None:
            return None
        inner = trimmed(text, place + 1, end)
        if text[inner.start : inner.start + 1] == "[" and _closing(text, inner.start, inner.stop) is not None:
            # Of an array with more axes the rows stand one after the other.
            found += _rows(text, inner, level + 1) or ()
        else:
            found.append(_entries(text, inner))
        place = trimmed(text, end + 1, span.stop).start
        if text[place : place + 1] in (",", ";"):
            place = trimmed(text, place + 1, span.stop).start
    # An expression such as (a)(b), or a vector of expressions that begin with a bracket, is no list of lists.
    return tuple(found) if text[span.start] == "[" or all(len(row) > 1 for row in found) else None


def _levels(text: str, span: Span) -> int:
    """Return how many levels of brackets a list of lists has: the one around it, and those that it begins with."""
    place, levels = span.start, 1
    while text[place : place + 1] == "[":
        levels += 1
        place = trimmed(text, place + 1, span.stop).start
    return max(2, levels)


def _entries(text: str, span: Span) -> tuple[Span, ...]:
    """Return the entries of one row: with commas between them; numbers also with spaces alone."""
    if span.start >= span.stop:
        return ()
    parts = tuple(_parted(text, span, ","))
    if len(parts) > 1 and parts[-1].start >= parts[-1].stop:
        parts = parts[:-1]
    if len(parts) > 1 or not _NUMBERS.fullmatch(text, *span):
        return parts
    return tuple(Span(*number.span()) for number in _NUMBER.finditer(text, *span))


def _parted(text: str, span: Span, sign: str) -> Iterator[Span]:
    """Yield the parts between separators outside of brackets, stripped."""
    level, start, place = 0, span.start, span.start
    while place < span.stop:
        if not level and text.startswith(sign, place):
            yield trimmed(text, start, place)
            place += len(sign)
            start = place
            continue
        if text[place] == "\\" and text[place : place + 2] not in ("\\\\",):
            # A bracket behind a backslash is one as well; the backslash is none.
            place += 1
            continue
        level += (text[place] in _OPEN) - (text[place] in _CLOSE)
        place += 1
    yield trimmed(text, start, span.stop)
