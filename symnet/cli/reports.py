"""Marked submissions: what the terminal says of them, and their reports written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symnet.cli.output import Destination
from symnet.document import Inline
from symnet.errors import OutputError
from symnet.layout import text
from symnet.layout.symbols import clean_text
from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, Report, Reported, told
from symnet.marking.submissions import AnswersFile
from symnet.output import write_over
from symnet.render.formats import SHEETS, Rendered
from symnet.render.json import render_report, render_summary, render_summary_json
from symnet.sheets.marked import (
    as_typed,
    common_mistakes,
    in_short,
    marked,
    mistake_in_words,
    of_marks,
    said,
    summary,
    table,
    with_place,
)
from symnet.text.languages import in_language
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
    report = told(report)
    rows = _table("", words("marked.your_answer"), "", "")
    rows.columns[2].max_width = _VERDICT
    for number, answer in enumerate(report.answers, 1):
        if answer.verdict is not Verdict.NOT_ANSWERED:
            style = "yellow" if answer.has_credit else _STYLES[answer.verdict]
            verdict = words("marked.credit", verdict=said(answer)) if answer.has_credit else said(answer)
            rows.add_row(str(number), Text(_answer(answer)), Text(verdict, style), Text("\n".join(_notes(answer))))
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
    if answer.message and answer.verdict is not Verdict.UNREADABLE:
        yield clean_text(answer.message)


def _total(report: Report) -> str:
    marks = of_marks(report.marks, report.out_of)
    if report.all_right:
        return words("marked.total_correct", marks=marks)
    return words("marked.total", marks=marks, said=_inline(in_short(report)))


# The reports on marked submissions: what their files are called, what is in them, and all of them written.

_MARK, _SUMMARY, _TABLE, _DATA = "-marked", "summary", "csv", "json"
_RENDERED = {_TABLE: render_summary, _DATA: render_summary_json}


class Planned(NamedTuple):
    """A file that is to be written.

    Attributes:
        path: Where it goes.
        number: The number of the submission that it is about; None for the summary.
        kind: The name of its format.
    """

    path: Path
    number: int | None
    kind: str


class Batch(NamedTuple):
    """Marked submissions.

    Attributes:
        title: The title of the exercise.
        outcomes: What came of each, in order.
        language: The language in which it is told.
    """

    title: str
    outcomes: Sequence[Outcome]
    language: str


class Writing(NamedTuple):
    """How reports are written.

    Attributes:
        engine: The PDF engine asked for.
        jobs: How many are made at a time.
        force: Whether edited files are overwritten.
    """

    engine: str | None
    jobs: int
    force: bool


def is_no_submission(spec: str, folder: str, path: Path) -> bool:
    """Return whether a file among those of answers is the description, or a report that was written here before.

    Args:
        spec: The path of the description.
        folder: Where reports are written.
        path: The file.
    """
    if path.exists() and Path(spec).exists() and path.samefile(spec):
        return True
    ours = path.stem == _SUMMARY or path.stem.endswith(_MARK)
    return ours and Path(folder).resolve() in path.parent.resolve().joinpath(path.name).parents


def planned(spec: str, files: Sequence[AnswersFile], place: Destination, *, many: bool) -> tuple[Planned, ...]:
    """Return every file that is to be written, none of which is one that is read.

    Args:
        spec: The path of the description.
        files: The answers.
        place: Where reports are written, and in which formats.
        many: Whether there is a summary.

    Raises:
        OutputError: If one is, or the folder is a file.
    """
    if place.is_stream:
        return ()
    formats = place.formats
    readable = {number: file for number, file in enumerate(files) if not file.problem}
    stems = zip(readable, _stems(list(readable.values())), strict=True)
    about = {f"{stem}{_MARK}.{kind}": (number, kind) for number, stem in stems for kind in formats}
    kinds = (_TABLE, *(kind for kind in formats if kind in SHEETS or kind == _DATA)) if many else ()
    plan = {**about, **{f"{_SUMMARY}.{kind}": (None, kind) for kind in kinds}}
    paths = place.targets(spec, plan) or {}
    read = {file.path for file in files}
    for path in paths.values():
        if path.parent.resolve() / path.name in read:
            raise OutputError(f"{path}: this would overwrite a file of answers; choose another folder with -o")
    return tuple(Planned(paths[name], *about) for name, about in plan.items())


def content(batch: Batch, number: int | None, kind: str, engine: str | None = None) -> Rendered | None:
    """Return what is in a report, or None if there is nothing to report.

    Args:
        batch: The marked submissions.
        number: The number of the one that it is about; None for the summary.
        kind: The name of the format.
        engine: The PDF engine asked for.

    Raises:
        MissingToolError: If there is no such engine.
    """
    with in_language(batch.language):
        return _content(batch, number, kind, engine)


def _content(batch: Batch, number: int | None, kind: str, engine: str | None) -> Rendered | None:
    if number is None:
        if kind in _RENDERED:
            return Rendered(_RENDERED[kind](batch.outcomes).encode())
        return SHEETS[kind](summary(batch.title, batch.outcomes), engine)
    name, report, _problem = batch.outcomes[number]
    if report is None:
        return None
    return SHEETS[kind](marked(report, name), engine) if kind in SHEETS else Rendered(render_report(report).encode())


def written(batch: Batch, plan: Sequence[Planned], how: Writing) -> Iterator[Path | OutputError]:
    """Write each report, whole, and yield its path, or why it could not be made: the others are written all the same.

    Args:
        batch: The marked submissions.
        plan: The files.
        how: How they are written.

    Raises:
        MissingToolError: If there is no such engine.
    """
    # Most of the time goes to programs that make PDFs, for which threads wait well enough.
    pool = ThreadPoolExecutor(how.jobs)
    try:
        yield from filter(None, pool.map(partial(_write, batch, how), plan))
    finally:
        pool.shutdown(cancel_futures=True)


def _write(batch: Batch, how: Writing, file: Planned) -> Path | OutputError | None:
    try:
        made = content(batch, file.number, file.kind, how.engine)
        if made is None:
            return None
        write_over(file.path, made.content, force=how.force)
    except OutputError as error:
        return error
    return file.path


def _stems(files: Sequence[AnswersFile]) -> list[str]:
    """Return what the reports on each file are called, without an ending; its own ending stays if two need it."""
    stems = [str(PurePosixPath(file.name).with_suffix("")) for file in files]
    alike = max(Counter(stems).values(), default=0) > 1
    return [file.name for file in files] if alike else stems
