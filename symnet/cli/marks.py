"""Marked submissions in the terminal, in colour where it shows any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symnet.document import Inline
from symnet.layout import text
from symnet.layout.escaping import clean_text
from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, Report, Reported
from symnet.marking.tally import common_mistakes
from symnet.worksheet.marked import as_typed, in_short, mistake_in_words, of_marks, said, with_place
from symnet.worksheet.summary import table

_STYLES: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RIGHT: "green",
        Verdict.RIGHT_TO_ROUNDING: "green",
        Verdict.WRONG: "red",
        Verdict.CANNOT_TELL: "yellow",
        Verdict.UNREADABLE: "yellow",
    }
)
_VERDICT, _LONGEST_BAR = 18, 30


def show_report(report: Report) -> None:
    """Print a marked submission: a line for each answer, what cannot be read with its place, what is missing, marks.

    The numbers are those of the page, on which what is missing stands in its place.

    Args:
        report: What is reported of it.
    """
    rows = _table("", "your answer", "", "")
    rows.columns[2].max_width = _VERDICT
    for number, answer in enumerate(report.answers, 1):
        if answer.verdict is not Verdict.NOT_ANSWERED:
            style = "yellow" if answer.follows else _STYLES[answer.verdict]
            rows.add_row(str(number), Text(_answer(answer)), Text(said(answer), style), Text("\n".join(_notes(answer))))
    click.secho(clean_text(report.title), bold=True)
    _print(rows)
    for number, answer in enumerate(report.answers, 1):
        if answer.verdict is Verdict.UNREADABLE:
            said_of_it, place = with_place(answer.message)
            click.echo(f"{number}: {clean_text(said_of_it)}")
            for line in place:
                click.echo(f"    {safe_line(line)}".rstrip())
    if report.not_answered:
        _print(Text(f"Not answered: {', '.join(map(_left, report.not_answered))}"))
    click.echo(_total(report))


def show_summary(outcomes: Sequence[Outcome]) -> None:
    """Print what came of many submissions: a line for each, and which mistakes are the most common.

    Args:
        outcomes: What came of each, in order.
    """
    block = table(outcomes)
    rows = _table(*map(_inline, block.head))
    for outcome, row in zip(outcomes, block.rows, strict=True):
        style = "yellow" if outcome.report is None else "green" if outcome.report.all_right else ""
        rows.add_row(*(Text(_inline(cell), style) for cell in row))
    _print(rows)
    counts = common_mistakes(outcomes)
    if counts:
        bars, most = _table("mistake", "submissions", ""), counts[0][1]
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
    right = clean_text(as_typed(answer.given)) if answer.echo is None else text.write(answer.echo)
    return f"{_left(answer)} = {right}"


def _left(answer: Reported) -> str:
    return clean_text(as_typed(answer.id)) if answer.left is None else text.write(answer.left)


def _notes(answer: Reported) -> Iterator[str]:
    """Yield what there is to say of an answer; what cannot be read is told below the table, where there is room."""
    yield from (clean_text(mistake.says) for mistake in answer.mistakes)
    if answer.message and answer.verdict is not Verdict.UNREADABLE:
        yield clean_text(answer.message)


def _total(report: Report) -> str:
    marks = of_marks(report.marks, report.out_of)
    return f"{marks}. {_inline(in_short(report))}"
