"""`symnet check`: typed answers marked, each mistake named."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from symnet.cli.output import (
    STANDARD_INPUT,
    complain,
    destination,
    engine_option,
    force_option,
    formats_option,
    preferred_options,
    quiet_option,
    scheduler_option,
    spec_argument,
    standard_input,
    warn_of_code_points,
    working,
)
from symnet.limits import LEAST_TIMEOUT, MARKING_SECONDS, MOST_JOBS, MOST_TIMEOUT
from symnet.render.formats import FORMATS
from symnet.view import Preferred

if TYPE_CHECKING:
    from types import FrameType

    from symnet.cli.classrun import Assignment, ClassRun, Gradebook, Planned, ReportWriter, Writing
    from symnet.cli.output import Destination
    from symnet.marking.batch import Elsewhere, Variants
    from symnet.marking.journal import Journal
    from symnet.marking.report import Outcome
    from symnet.marking.students import Codes
    from symnet.worked import Worked

_EPILOG = """Each answer goes through an answer test: equal, or equal to rounding. One that is incorrect may earn
partial credit by follow-through, and is explained from the mistake library; see symnet list mistakes.

\b
Examples:
  symnet check network.yaml answers.yaml                 a table in the terminal
  symnet check network.yaml answers.yaml -f pdf          marked/answers-marked.pdf as well
  symnet check network.yaml answers.yaml -f json -o -    JSON to standard output
  symnet check network.yaml submissions/ -o marked       a report for each, and summary.csv
  symnet check network.yaml submissions/ --resume        goes on where a run was stopped
  symnet check network.yaml submissions/ --scheduler tcp://host:8786
                                                         marked on the Dask cluster there
"""
# What is written of many where nothing else is asked for: what every browser shows, and is soon made.
_REPORTS = ("html",)
_RIGHT, _NOT_RIGHT, _UNUSABLE = 0, 1, 2
# What a process ends with that a signal has stopped, beside the number of the signal.
_STOPPED = 128
_GRADEBOOKS = ("plain", "canvas", "moodle")
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
@preferred_options
@click.option(
    "--loss", metavar="NAME", help="Mark against this loss, overriding the answers file.  [default: the first]"
)
@click.option(
    "--jobs", type=click.IntRange(1, MOST_JOBS), metavar="N", help="Files marked in parallel.  [default: one per core]"
)
@scheduler_option
@click.option(
    "--timeout",
    type=click.FloatRange(LEAST_TIMEOUT, MOST_TIMEOUT),
    default=MARKING_SECONDS,
    show_default=True,
    metavar="S",
    help="Processor time limit per file in seconds; a file that exceeds it is tried once more.",
)
@click.option(
    "--variants",
    "folder_of_class",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder that symnet variants has written: whose submission gives no code is found by name or id.",
)
@click.option("--resume", is_flag=True, help="Go on where an earlier run into the same folder was stopped.")
@click.option("--anonymous", is_flag=True, help="Call submissions by codes; the key goes beside the folder of reports.")
@click.option(
    "--gradebook", type=click.Path(dir_okay=False), metavar="FILE", help="Write the marks as CSV that courses import."
)
@click.option(
    "--gradebook-form",
    type=click.Choice(_GRADEBOOKS),
    default=_GRADEBOOKS[0],
    show_default=True,
    help="Its columns: all, or those that Canvas or Moodle imports.",
)
@click.option(
    "--assignment",
    metavar="NAME",
    help='Its column of marks, e.g. "Homework 3 (1234)" in Canvas.  [default: the title]',
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
    preferred: Preferred,
    loss: str | None,
    jobs: int | None,
    scheduler: str | None,
    timeout: float,
    folder_of_class: Path | None,
    resume: bool,
    anonymous: bool,
    gradebook: str | None,
    gradebook_form: str,
    assignment: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Mark typed answers, and name the mistakes.

    ANSWERS are files, folders of them, or - for standard input. The marks are those of the worksheet. Exits with 0 if
    everything that it asks is answered and every answer is correct, with 1 if not, and with 2 if a file cannot be used
    at all. Several files have a report each and a summary. An overrides.yaml beside them sets marks by hand.
    """
    _refuse_standard_input(spec, answers, scheduler)
    many = len(answers) > 1 or Path(answers[0]).is_dir()
    several = "several files of answers" if many else ""
    place = destination(output, formats, tuple(FORMATS), _REPORTS if many else (), several)
    _refuse_combination(place, gradebook_form, many=many, resume=resume, anonymous=anonymous)
    from symnet.cli.classrun import Assignment, Gradebook, Writing, is_no_submission, planned
    from symnet.marking.batch import Recipe
    from symnet.marking.isolation import Limits
    from symnet.marking.overrides import load_overrides, places_of
    from symnet.marking.students import Codes
    from symnet.marking.submissions import found
    from symnet.sheets.worksheet import scheme_of

    with standard_input(answers) as places:
        written = [Path(gradebook)] if gradebook else []
        others = [*places_of(places), *([_key(place)] if anonymous else [])]
        files = found(places, partial(is_no_submission, spec, str(place.folder or output), others))
        codes = Codes(_key(place), files) if anonymous else None
        files = files if codes is None else codes.hidden
        plan = planned(spec, files, place, written, many=many)
        with working(spec, "quick", preferred=preferred) as (worked, _stage):
            recipe = Recipe(
                spec, scheme_of(worked), preferred, loss, _variants(spec, worked, preferred, folder_of_class)
            )
        overrides = load_overrides(places_of(places), files, recipe.scheme, loss)
        marked = Assignment(worked, recipe, files, overrides, Limits(seconds=timeout), anonymous)
        title = assignment or worked.description.title
        book = Gradebook(Path(gradebook), gradebook_form, title) if gradebook else None
        how = Writing(pdf_engine, jobs or _cores(), force)
        options = Options(how, book, codes, scheduler, many=many, resume=resume, quiet=quiet)
        code = _CheckRun(marked, plan, place, options).run()
    ctx.exit(code)


def _variants(spec: str, worked: Worked, preferred: Preferred, folder: Path | None) -> Variants | None:
    """Return what finds the variant of each submission; None of an exercise that has none."""
    if not worked.description.variants or spec in STANDARD_INPUT:
        if folder is not None:
            raise click.UsageError("--variants goes with a file that says what is drawn, under variants")
        return None
    from symnet.cli.variants import content_of_spec
    from symnet.variants.marked import VariantFinder, roster_of
    from symnet.variants.select import SourceText

    source = SourceText(content_of_spec(spec), spec, 0, preferred)
    return VariantFinder(source, () if folder is None else roster_of(folder))


def _refuse_standard_input(spec: str, answers: Sequence[str], scheduler: str | None) -> None:
    """Refuse a description on standard input where it has to be read once more."""
    if spec in STANDARD_INPUT and STANDARD_INPUT.intersection(answers):
        raise click.UsageError("the description and the answers cannot both come from standard input")
    if spec in STANDARD_INPUT and scheduler is not None:
        raise click.UsageError("--scheduler sends the description to other machines: give it as a file")


def _refuse_combination(place: Destination, gradebook_form: str, *, many: bool, resume: bool, anonymous: bool) -> None:
    """Refuse options that have no meaning together."""
    if resume and not many:
        raise click.UsageError("--resume goes on with many files of answers, and there is one")
    if anonymous and place.is_stream:
        raise click.UsageError("--anonymous writes the key beside the reports: write them to a folder, with -o")
    if anonymous and gradebook_form != "plain":
        raise click.UsageError(f"--anonymous hides by whom {gradebook_form} knows students: take the form plain")


def _key(place: Destination) -> Path:
    """Return where the key to the codes of submissions goes: beside the reports, not among them."""
    reports = (place.folder or place.file or Path()).absolute()
    return Path(os.path.relpath(reports.parent / f"{reports.stem}-key.csv"))


def _cores() -> int:
    """Return how many processors there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Options(NamedTuple):
    """How a check is run.

    Attributes:
        how: How files are written.
        book: The gradebook, if there is to be one.
        codes: The codes of submissions, where they go by these.
        scheduler: The address of the cluster that marks them; None for this machine.
        many: Whether there are many.
        resume: Whether an earlier run goes on.
        quiet: Whether nothing is printed but errors and warnings.
    """

    how: Writing
    book: Gradebook | None
    codes: Codes | None
    scheduler: str | None
    many: bool
    resume: bool
    quiet: bool


class _CheckRun:
    """One run of the command, once all that it was given is known to be good."""

    def __init__(self, marked: Assignment, plan: Sequence[Planned], place: Destination, options: Options) -> None:
        self.marked, self.plan, self.place, self.options = marked, plan, place, options
        self.only: Outcome | None = None

    def run(self) -> int:
        """Mark everything, write and print what is asked for, and return the exit code."""
        from symnet.cli.classrun import ClassRun, ReportWriter, journal_for
        from symnet.text.languages import in_language

        options = self.options
        if options.book is not None:
            # What could not be imported is refused before any work.
            options.book.content([], self.marked.recipe.scheme)
        if options.codes is not None:
            options.codes.write()
        journal = journal_for(self.marked, self.place, self.plan, resume=options.resume) if options.many else None
        with journal or contextlib.nullcontext():
            writer = ReportWriter(options.how, journal)
            run = ClassRun(self.marked, self.plan, writer)
            try:
                with _stoppable(), in_language(self.marked.worked.description.language):
                    return self._marked(run, journal)
            except KeyboardInterrupt as stop:
                writer.stop()
                done, count = len(run.found), len(self.marked.files)
                further = "; --resume goes on from here" if journal is not None else ""
                complain(f"stopped when {done} of {count} submissions were marked{further}")
                return _STOPPED + (stop.args[0] if stop.args else signal.SIGINT)

    def _marked(self, run: ClassRun, journal: Journal | None) -> int:
        """Mark and write everything, and return the exit code."""
        files = self.marked.files
        with (
            self._elsewhere() as elsewhere,
            _progress(f"marking {len(files)} files", len(files)) as advance,
        ):
            for outcome in run.outcomes(elsewhere):
                self.only = outcome
                advance()
        if self.place.is_stream:
            self._print(run)
        else:
            self._show(run)
            run.sum_up()
        options = self.options
        if options.book is not None:
            run.writer.write(options.book.due(run.entries, self.marked.recipe.scheme))
        if options.codes is not None:
            options.codes.write({file.path: student for file, student in zip(files, run.students, strict=True)})
        self._say_what_was_written(run.writer)
        if journal is not None:
            self._say_what_is_stale(journal, run.writer)
        for problem in run.problems:
            _refuse(str(problem))
        return _UNUSABLE if run.writer.failures or run.problems else _exit_code(run)

    @contextlib.contextmanager
    def _elsewhere(self) -> Iterator[Elsewhere | None]:
        """Give what marks submissions on a cluster; None where this machine does."""
        if self.options.scheduler is None:
            yield None
            return
        from symnet.cli.cluster import Assigned, cluster, marked_there
        from symnet.cli.variants import content_of_spec

        recipe = self.marked.recipe
        assigned = Assigned(content_of_spec(recipe.spec), recipe, self.marked.limits)
        with cluster(self.options.scheduler) as executor:
            yield partial(marked_there, executor, assigned)

    def _print(self, run: ClassRun) -> None:
        """Write the only report to standard output, if there is one."""
        from symnet.cli.classrun import content

        (outcome,) = self._outcomes(run)
        if outcome.report is None:
            _refuse(_problem(outcome))
        else:
            made = content(outcome.report, outcome.name, self.place.formats[0], self.options.how.engine)
            click.echo(made.content, nl=False)

    def _show(self, run: ClassRun) -> None:
        """Print what was found; of what cannot be marked at all alone, if nothing else is to be printed."""
        from symnet.cli.reports import show_report, show_summary

        if self.options.many:
            if not self.options.quiet:
                show_summary(run.entries)
            return
        (outcome,) = self._outcomes(run)
        if outcome.report is None:
            _refuse(_problem(outcome))
        elif not self.options.quiet:
            show_report(outcome.report)

    def _outcomes(self, run: ClassRun) -> tuple[Outcome, ...]:
        return () if self.only is None or len(run.found) > 1 else (self.only,)

    def _say_what_was_written(self, writer: ReportWriter) -> None:
        from symnet.cli.reports import safe_line

        order = {file.place: number for number, file in enumerate(self.plan)}
        paths = sorted(writer.places, key=lambda place: order.get(place, len(order)))
        named = [] if self.options.quiet else paths[:_MOST_NAMED]
        for path in named:
            click.echo(safe_line(f"wrote {path}"))
        if named and len(paths) > _MOST_NAMED:
            click.echo(f"wrote {len(paths) - _MOST_NAMED} more files")
        warn_of_code_points("".join(writer.without_sign))
        for failure in writer.failures:
            _refuse(str(failure))

    def _say_what_is_stale(self, journal: Journal, writer: ReportWriter) -> None:
        """Say which reports of earlier runs are none of this one, and which of them were removed."""
        from symnet.cli.classrun import stale_reports
        from symnet.cli.reports import safe_line

        kept = {file.place for file in self.plan}.difference(writer.places) if writer.failures else ()
        stale = stale_reports(journal, self.marked.files, kept, resume=self.options.resume)
        for report in stale[:_MOST_NAMED]:
            if not report.removed:
                complain(
                    safe_line(f"{report.path}: from an earlier run, which this one did not write"), "warning", "yellow"
                )
            elif not self.options.quiet:
                click.echo(safe_line(f"removed {report.path}, which an earlier run had written"))
        if len(stale) > _MOST_NAMED:
            complain(f"so it is with {len(stale) - _MOST_NAMED} more files of an earlier run", "warning", "yellow")


def _refuse(problem: str) -> None:
    """Say on standard error what could not be marked or written."""
    from symnet.cli.reports import safe_line

    complain("\n".join(map(safe_line, problem.splitlines())))


def _problem(outcome: Outcome) -> str:
    located = outcome.problem.startswith(f"{outcome.name}:")
    return outcome.problem if located else f"{outcome.name}: {outcome.problem}"


def _exit_code(run: ClassRun) -> int:
    if not all(entry.is_marked for entry in run.entries):
        return _UNUSABLE
    return _RIGHT if all(entry.all_right for entry in run.entries) else _NOT_RIGHT


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Have a request to end the process stop it as the keyboard does, so that nothing of it stays."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
