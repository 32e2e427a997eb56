"""`symnet variants`: many versions of an exercise, each with its key, from one seed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symnet.cli.output import (
    engine_option,
    force_option,
    formats_option,
    preferred_options,
    quiet_option,
    scheduler_option,
    spec_argument,
    warn_of_code_points,
)
from symnet.cli.worksheet import LEVELS_ASKED
from symnet.errors import MissingToolError
from symnet.limits import MOST_DRAWS, MOST_FILE_BYTES, MOST_SEED
from symnet.render.formats import SHEETS
from symnet.view import Preferred

if TYPE_CHECKING:
    from symnet.variants.folder import Order
    from symnet.variants.select import Selection

_EPILOG = """\b
Examples:
  symnet variants network.yaml --count 300 --seed 2026 -o class/    300 sheets, each with its key as data
  symnet variants network.yaml --roster students.csv -o class/      one for each student, with the name on it
  symnet variants network.yaml --code 1000-1ZA0-000J-8F46 --key     the sheet with that code, and its key
"""


@click.command(name="variants", epilog=_EPILOG)
@spec_argument
@click.option("--count", type=click.IntRange(1, MOST_DRAWS), help="How many sheets.  [default: one a student, or 1]")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=0, show_default=True, help="Decides all draws.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV file of the students, with a name or an id each.",
)
@click.option("--code", metavar="CODE", help="Make the sheet with this code alone, as it stands on a student's sheet.")
@click.option("-o", "--output", default=".", metavar="DIR", help="Folder to write to.  [default: this one]")
@formats_option(tuple(SHEETS), "tex")
@click.option("--level", type=click.Choice(LEVELS_ASKED), default="blank", show_default=True, help="As of worksheets.")
@click.option("--key", "with_key", is_flag=True, help="Write the key to print beside each sheet.")
@click.option("--bulk", is_flag=True, help="With -f pdf: one PDF of all sheets, and one of all keys.")
@engine_option
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes to work with.")
@preferred_options
@scheduler_option
@force_option
@quiet_option
def command(
    *,
    spec: str,
    count: int | None,
    seed: int,
    roster: Path | None,
    code: str | None,
    output: str,
    formats: tuple[str, ...] | None,
    level: str,
    with_key: bool,
    bulk: bool,
    pdf_engine: str | None,
    jobs: int,
    preferred: Preferred,
    scheduler: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write many versions of an exercise, each with numbers of its own.

    SPEC says under variants what is drawn. Draws are screened, so that every sheet can be worked on paper and all are
    about equally hard. A run that was stopped goes on where it was when the same command is given again.
    """
    from symnet.variants.folder import Order
    from symnet.variants.select import SourceText
    from symnet.variants.sheets import FilesAsked

    source = SourceText(content_of_spec(spec), spec, seed, preferred)
    written = ("tex",) if formats is None else formats
    if bulk:
        written = _with_sources(written, pdf_engine, code)
    asked = FilesAsked(written, level, with_key, pdf_engine)
    order = Order(source, asked, Path(output), force, elsewhere=scheduler is not None)
    if code is not None:
        if count is not None or roster is not None:
            raise click.UsageError("--code makes one sheet: leave out --count and --roster")
        _one(order, code, quiet=quiet)
        return
    with working_in(jobs, scheduler) as executor:
        _class(order, count, roster, executor, bulk=bulk, quiet=quiet)


def _with_sources(formats: tuple[str, ...], engine: str | None, code: str | None) -> tuple[str, ...]:
    """Return the formats of single sheets of which one PDF is made: what its engine reads, in the place of the PDF."""
    from symnet.render.bound import binding

    if "pdf" not in formats or code is not None:
        raise click.UsageError("--bulk makes one PDF of many sheets: it goes with -f pdf, and not with --code")
    kept = [name for name in formats if name != "pdf"]
    return tuple(dict.fromkeys((*kept, binding(engine).suffix)))


def content_of_spec(spec: str) -> bytes:
    """Return the bytes of a description, in a file or on standard input."""
    from symnet.description.tree import content_of

    if spec in {"-", "/dev/stdin"}:
        return sys.stdin.buffer.read(MOST_FILE_BYTES + 1)
    content = content_of(spec)
    return content if isinstance(content, bytes) else content.encode()


def _one(order: Order, code: str, *, quiet: bool) -> None:
    """Write the files of the sheet with a code."""
    from symnet.output import write_over
    from symnet.sheets.worksheet import scheme_of
    from symnet.variants.codes import read_code
    from symnet.variants.select import workshop
    from symnet.variants.sheets import Student, files

    shop = workshop(order.source)
    variant = shop.plan.for_code(read_code(code))
    worked = shop.worked(variant)
    for ending, content in files(variant, worked, scheme_of(worked), Student(), order.asked):
        path = order.folder / f"{variant.code}-{ending}"
        write_over(path, content, force=order.force)
        if not quiet:
            click.echo(f"wrote {path}")
    _warn(order, [])


def _warn(order: Order, texts: Sequence[str]) -> None:
    """Say which characters of the title and of other texts stand as code points on sheets for paper."""
    from symnet.layout.symbols import tex_title, without_sign
    from symnet.variants.select import workshop

    if not _PAPER.isdisjoint(order.asked.formats):
        title = workshop(order.source).plan.description.title
        warn_of_code_points(without_sign("".join(map(tex_title, (title, *texts)))))


_PAPER = frozenset(("tex", "pdf", "typ"))
"""The formats that are set by an engine, or are the source of one."""


def _class(
    order: Order, count: int | None, roster: Path | None, executor: Executor | None, *, bulk: bool, quiet: bool
) -> None:
    """Write the files of a whole class."""
    from symnet.variants.folder import MANIFEST, fill, tasks
    from symnet.variants.roster import read_roster
    from symnet.variants.select import select
    from symnet.variants.volumes import bind

    students = [] if roster is None else read_roster(roster)
    if students and count not in {None, len(students)}:
        raise click.UsageError(f"--count {count}, and {len(students)} students in {roster}: leave out --count")
    number = count or len(students) or 1
    selection = select(order.source, number, executor)
    made = tasks(selection.chosen, students)
    with _progress(number) as advance:
        new = fill(order, made, executor, advance)
    _warn(order, [text for one in students for text in (one.name, one.id)])
    pages = _report(order, selection, [task.stem for task in made])
    if bulk:
        # An engine sees this folder alone.
        pages += bind(order, made, None if order.elsewhere else executor)
    if not quiet:
        _tell(order, selection, new)
        click.echo(f"wrote {order.folder / MANIFEST}, which lists every sheet with its code")
        for page in pages:
            click.echo(f"wrote {page}")


def _report(order: Order, selection: Selection, stems: Sequence[str]) -> list[Path]:
    """Write what became of the draws, as a page and, where there is an engine, as a PDF; return their paths."""
    from symnet.output import write_over
    from symnet.render.templates import OWN
    from symnet.text.languages import in_language
    from symnet.variants.report import data_of, report
    from symnet.variants.select import workshop

    description = workshop(order.source).plan.description
    pages = []
    with in_language(description.language):
        document = report(description.title, selection, data_of(order.folder, stems))
        for name in ("html", "pdf"):
            with contextlib.suppress(MissingToolError):
                path = order.folder / f"draws.{name}"
                write_over(path, SHEETS[name](document, order.asked.pdf_engine, OWN).content, force=order.force)
                pages.append(path)
    return pages


def _tell(order: Order, selection: Selection, new: int) -> None:
    """Print what was made, and why draws were rejected."""
    number = len(selection.chosen)
    before = f", {number - new} of them made before" if new < number else ""
    click.echo(f"{number} sheets in {order.folder}{before}")
    rejected = ", ".join(f"{name} {times}" for name, times in selection.rejected.items())
    if rejected:
        click.echo(f"{selection.drawn} draws looked at; rejected: {rejected}")


@contextlib.contextmanager
def working_in(jobs: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Give what works in so many processes, or on a cluster; None for this process alone."""
    if scheduler is not None:
        from symnet.cli.cluster import cluster

        with cluster(scheduler) as executor:
            yield executor
        return
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@contextlib.contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None]]:
    """Give a function that shows on a terminal how many more sheets are there."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"writing {count} sheets", total=count)
        yield lambda more: progress.update(bar, advance=more)
