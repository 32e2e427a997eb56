"""`symnet check`: typed answers marked, each mistake named."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symnet.cli.output import (
    STANDARD_INPUT,
    complain,
    destination,
    engine_option,
    force_option,
    formats_option,
    notation_option,
    quiet_option,
    spec_argument,
    standard_input,
    working,
)
from symnet.errors import OutputError
from symnet.limits import LEAST_TIMEOUT, MARKING_SECONDS, MOST_JOBS, MOST_TIMEOUT
from symnet.render.formats import FORMATS

if TYPE_CHECKING:
    from symnet.cli.reports import Batch, Planned, Writing
    from symnet.marking.batch import Recipe
    from symnet.marking.isolation import Limits
    from symnet.marking.report import Outcome
    from symnet.marking.submissions import AnswersFile
    from symnet.worked import Worked

_EPILOG = """\b
Examples:
  symnet check network.yaml answers.yaml                 a table in the terminal
  symnet check network.yaml answers.yaml -f pdf          marked/answers-marked.pdf as well
  symnet check network.yaml answers.yaml -f json -o -    JSON to standard output
  symnet check network.yaml submissions/ -o marked       a report for each, and summary.csv
"""
# What is written of many where nothing else is asked for: what every browser shows, and is soon made.
_REPORTS = ("html",)
_RIGHT, _NOT_RIGHT, _UNUSABLE = 0, 1, 2
_MOST_NAMED = 12


@click.command(name="check", epilog=_EPILOG)
@spec_argument
@click.argument("answers", nargs=-1, required=True, metavar="ANSWERS...")
@click.option(
    "-o",
    "--output",
    default="marked",
    show_default=True,
    metavar="DIR|FILE",
    help="Folder for reports, or one file, such as report.pdf; - is standard output.",
)
@formats_option(tuple(FORMATS), "html for several files, none for one")
@engine_option
@notation_option
@click.option(
    "--loss", metavar="NAME", help="Mark against this loss, overriding the answers file.  [default: the first]"
)
@click.option(
    "--jobs", type=click.IntRange(1, MOST_JOBS), metavar="N", help="Files marked in parallel.  [default: one per core]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(LEAST_TIMEOUT, MOST_TIMEOUT),
    default=MARKING_SECONDS,
    show_default=True,
    metavar="S",
    help="Processor time limit per file in seconds; a file that exceeds it is tried once more.",
)
@force_option
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    spec: str,
    answers: tuple[str, ...],
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    notation: str | None,
    loss: str | None,
    jobs: int | None,
    timeout: float,
    force: bool,
    quiet: bool,
) -> None:
    """Mark typed answers, and name the mistakes.

    ANSWERS are files, folders of them, or - for standard input. The marks are those of the worksheet. Exits with 0 if
    everything that it asks is answered and every answer is correct, with 1 if not, and with 2 if a file cannot be used
    at all. Several files have a report each and a summary.
    """
    if spec in STANDARD_INPUT and STANDARD_INPUT.intersection(answers):
        raise click.UsageError("the description and the answers cannot both come from standard input")
    many = len(answers) > 1 or Path(answers[0]).is_dir()
    several = "several files of answers" if many else ""
    place = destination(output, formats, tuple(FORMATS), _REPORTS if many else (), several)
    from symnet.cli.reports import Writing, is_no_submission, planned
    from symnet.marking.batch import Recipe
    from symnet.marking.isolation import Limits
    from symnet.marking.submissions import found
    from symnet.sheets.worksheet import scheme_of
    from symnet.text.languages import in_language

    jobs = jobs or _cores()
    with standard_input(answers) as places:
        files = found(places, partial(is_no_submission, spec, str(place.folder or output)))
        plan = planned(spec, files, place, many=many)
        with working(spec, "quick", notation=notation) as (worked, _stage):
            recipe = Recipe(spec, scheme_of(worked), notation, loss)
            batch = _marked(worked, recipe, files, Limits(seconds=timeout), jobs)
    code = _exit_code(batch)
    with in_language(batch.language):
        if place.is_stream:
            _print(batch, place.formats[0], pdf_engine)
        else:
            _show(batch, many=many, quiet=quiet)
            code = code if _write(batch, plan, Writing(pdf_engine, jobs, force), quiet=quiet) else _UNUSABLE
    ctx.exit(code)


def _cores() -> int:
    """Return how many processors there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _marked(worked: Worked, recipe: Recipe, files: Sequence[AnswersFile], limits: Limits, jobs: int) -> Batch:
    """Return all files, marked, in their order."""
    from symnet.cli.reports import Batch
    from symnet.marking.batch import marked_all

    outcomes: dict[int, Outcome] = {}
    with _progress(f"marking {len(files)} files", len(files)) as advance:
        for number, outcome in marked_all(worked, recipe, files, limits, jobs):
            outcomes[number] = outcome
            advance()
    found = [outcomes[number] for number in range(len(files))]
    return Batch(worked.description.title, found, worked.description.language)


def _print(batch: Batch, kind: str, engine: str | None) -> None:
    """Write the only report to standard output, if there is one."""
    from symnet.cli.reports import content

    made = content(batch, 0, kind, engine)
    if made is None:
        _refuse(_problem(batch.outcomes[0]))
    else:
        click.echo(made.content, nl=False)


def _show(batch: Batch, *, many: bool, quiet: bool) -> None:
    """Print what was found; of what cannot be marked at all alone, if nothing else is to be printed."""
    from symnet.cli.reports import show_report, show_summary

    only = batch.outcomes[0]
    if only.report is None and not many:
        _refuse(_problem(only))
    elif quiet:
        return
    elif many:
        show_summary(batch.outcomes)
    elif only.report is not None:
        show_report(only.report)


def _refuse(problem: str) -> None:
    """Say on standard error what could not be marked or written."""
    from symnet.cli.reports import safe_line

    complain("\n".join(map(safe_line, problem.splitlines())))


def _problem(outcome: Outcome) -> str:
    located = outcome.problem.startswith(f"{outcome.name}:")
    return outcome.problem if located else f"{outcome.name}: {outcome.problem}"


def _write(batch: Batch, plan: Sequence[Planned], how: Writing, *, quiet: bool) -> bool:
    """Write the reports, say where they are, and return whether all could be written."""
    from symnet.cli.reports import safe_line, written

    paths: list[Path] = []
    failures: list[OutputError] = []
    with _progress(f"writing {len(plan)} files", len(plan)) as advance:
        for made in written(batch, plan, how):
            advance()
            if isinstance(made, OutputError):
                failures.append(made)
            else:
                paths.append(made)
    named = [] if quiet else paths[:_MOST_NAMED]
    for path in named:
        click.echo(safe_line(f"wrote {path}"))
    if named and len(paths) > _MOST_NAMED:
        click.echo(f"wrote {len(paths) - _MOST_NAMED} more files")
    for failure in failures:
        _refuse(str(failure))
    return not failures


def _exit_code(batch: Batch) -> int:
    reports = [outcome.report for outcome in batch.outcomes]
    if None in reports:
        return _UNUSABLE
    return _RIGHT if all(report is not None and report.all_right for report in reports) else _NOT_RIGHT


@contextlib.contextmanager
def _progress(what: str, count: int) -> Iterator[Callable[[], None]]:
    """Give a function that shows on a terminal that one more of so many is done."""
    if count <= 1 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    # A bar that refreshes itself is a thread, with which this process could not be copied safely.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        bar = progress.add_task(what, total=count)
        yield lambda: progress.update(bar, advance=1, refresh=True)
