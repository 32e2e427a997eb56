"""The reports on marked submissions: what their files are called, what is in them, and all of them written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from symnet.cli.files import Destination
from symnet.errors import OutputError
from symnet.marking.report import Outcome
from symnet.marking.submissions import AnswersFile
from symnet.output import write_over
from symnet.render.formats import SHEETS, Rendered
from symnet.render.marking import render_report, render_summary, render_summary_json
from symnet.worksheet.marked import marked
from symnet.worksheet.summary import summary

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
    """

    title: str
    outcomes: Sequence[Outcome]


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
    given = {number: file for number, file in enumerate(files) if not file.problem}
    stems = zip(given, _stems(list(given.values())), strict=True)
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
