"""Marked submissions in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symnet.document import Inline
from symnet.layout import text
from symnet.layout.symbols import clean_text
from symnet.limits import MOST_PRINTED_SUBMISSIONS
from symnet.marking.records import Verdict
from symnet.marking.report import Report, Reported
from symnet.marking.statistics import ClassEntry
from symnet.sheets.classroom import common_mistakes, table
from symnet.sheets.marked import (
    as_typed,
    in_short,
    mistake_in_words,
    of_marks,
    said,
    set_by_hand,
    shown_to_student,
    with_place,
)
from symnet.text.say import separated, words

# Marked submissions in the terminal, in colour where it shows any.

_STYLES: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RIGHT: "green",
        Verdict.RIGHT_TO_ROUNDING: "green",
        Verdict.WRONG: "red",
        Verdict.CANNOT_TELL: "yellow",
        Verdict.UNREADABLE: "yellow",
    }
)
_VERDICT, _LONGEST_BAR = 22, 30


def show_report(report: Report) -> None:
    """Print a marked submission: a line for each answer, what cannot be read with its place, what is missing, marks.

    The numbers are those of the page, on which what is missing stands in its place.

    Args:
        report: What is reported of it.
    """
    report = shown_to_student(report)
    rows = _table("", words("marked.your_answer"), "", "")
    rows.columns[2].max_width = _VERDICT
    for first, last, answer in _rows(report):
        if last > first:
            span, entries = words("series.span", first=str(first), last=str(last)), last - first + 1
            whole = words("marked.entries", array=clean_text(answer.array), entries=entries)
            rows.add_row(span, Text(whole), Text(said(answer), _STYLES[answer.verdict]), "")
        elif answer.verdict is not Verdict.NOT_ANSWERED:
            style = "yellow" if answer.has_credit else _STYLES[answer.verdict]
            verdict = words("marked.credit", verdict=said(answer)) if answer.has_credit else said(answer)
            rows.add_row(str(first), Text(_answer(answer)), Text(verdict, style), Text("\n".join(_notes(answer))))
    click.secho(clean_text(report.title), bold=True)
    if report.answered:
        _print(rows)
    for number, answer in enumerate(report.answers, 1):
        if answer.verdict is Verdict.UNREADABLE:
            said_of_it, place = with_place(answer.message)
            click.echo(f"{number}: {clean_text(said_of_it)}")
            for line in place:
                click.echo(f"    {safe_line(line)}".rstrip())
    if report.not_answered:
        lines = separated([(_left(answer),) for answer in report.not_answered])
        _print(Text(words("marked.missing", lines=lines)))
    click.echo(_total(report))


def _rows(report: Report) -> Iterator[tuple[int, int, Reported]]:
    """Yield the answers with their numbers; entries of one array of which nothing is to be said, together."""

    def kind(numbered: tuple[int, Reported]) -> object:
        number, answer = numbered
        is_plain = answer.array and answer.verdict.is_right and not tuple(_notes(answer))
        return (answer.array, answer.verdict) if is_plain else number

    for _, group in groupby(enumerate(report.answers, 1), kind):
        (first, answer), *others = group
        yield first, others[-1][0] if others else first, answer


def show_summary(entries: Sequence[ClassEntry]) -> None:
    """Print what came of many submissions: a line for each, and which mistakes are the most common.

    Args:
        entries: What came of each, in order.
    """
    shown = entries if len(entries) <= MOST_PRINTED_SUBMISSIONS else [one for one in entries if not one.is_marked]
    block = table(shown[:MOST_PRINTED_SUBMISSIONS])
    rows = _table(*map(_inline, block.head))
    for entry, row in zip(shown, block.rows, strict=False):
        style = "yellow" if not entry.is_marked else "green" if entry.all_right else ""
        rows.add_row(*(Text(_inline(cell), style) for cell in row))
    if block.rows:
        _print(rows)
    if len(shown) < len(entries):
        click.echo(words("class.marked_of", marked=sum(entry.is_marked for entry in entries), count=len(entries)))
    counts = common_mistakes(entries)
    if counts:
        bars, most = _table(words("column.mistake"), words("column.submissions"), ""), counts[0][1]
        for name, count in counts:
            bars.add_row(mistake_in_words(name), str(count), "█" * max(1, _LONGEST_BAR * count // most))
        click.echo()
        _print(bars)


def safe_line(line: str) -> str:
    """Return a line with nothing in it that a terminal obeys; a caret below it stays below its place.

    Args:
        line: One line.
    """
    bare = line.lstrip(" ")
    return " " * (len(line) - len(bare)) + clean_text(bare)


def _print(rows: Table | Text) -> None:
    """Print a table, or a text over several lines, without the blanks that fill its lines."""
    console = Console(markup=False, emoji=False, highlight=False)
    with console.capture() as capture:
        console.print(rows)
    for line in capture.get().splitlines():
        click.echo(line.rstrip(" "))


def _table(*head: str) -> Table:
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in head:
        rows.add_column(title, overflow="fold")
    return rows


def _inline(content: Inline) -> str:
    return "".join(clean_text(part) if isinstance(part, str) else text.write(part) for part in content)


def _answer(answer: Reported) -> str:
    right = clean_text(as_typed(answer.typed)) if answer.echo is None else text.write(answer.echo)
    return f"{_left(answer)} = {right}"


def _left(answer: Reported) -> str:
    return clean_text(as_typed(answer.id)) if answer.left is None else text.write(answer.left)


def _notes(answer: Reported) -> Iterator[str]:
    """Yield what there is to say of an answer; what cannot be read is told below the table, where there is room."""
    yield from (_inline(mistake.says) for mistake in answer.mistakes)
    if answer.by_hand is not None:
        yield _inline(set_by_hand(answer))
    if answer.message and answer.verdict is not Verdict.UNREADABLE:
        yield clean_text(answer.message)


def _total(report: Report) -> str:
    marks = of_marks(report.marks, report.out_of)
    if report.all_right:
        return words("marked.total_correct", marks=marks)
    return words("marked.total", marks=marks, said=_inline(in_short(report)))
