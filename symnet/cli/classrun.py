"""One run over submissions: each is marked, its reports are written as soon as it is, and all are summed up."""

from __future__ import annotations

import gc
import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from fractions import Fraction
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from symnet.cli.output import Destination
from symnet.errors import OutputError
from symnet.marking.batch import Elsewhere, Recipe, marked_all, outcome_of
from symnet.marking.isolation import Limits
from symnet.marking.journal import Journal
from symnet.marking.judge import Scheme
from symnet.marking.overrides import OverrideError, Overrides, overridden
from symnet.marking.report import Outcome, Report
from symnet.marking.statistics import ClassEntries, ClassEntry
from symnet.marking.students import known, students_of
from symnet.marking.submissions import NOBODY, AnswersFile, Author
from symnet.output import remove_drafts, write_over
from symnet.render.formats import SHEETS, Rendered
from symnet.render.json import render_report
from symnet.render.tables import GradeColumns, render_gradebook, render_summary, render_summary_json
from symnet.sheets.classroom import class_page
from symnet.sheets.marked import marked
from symnet.worked import Worked

_MARK, _SUMMARY, _TABLE, _DATA, _PDF = "-marked", "summary", "csv", "json", "pdf"
_RENDERED: Mapping[str, Callable[[Sequence[ClassEntry]], str]] = MappingProxyType(
    {_TABLE: render_summary, _DATA: render_summary_json}
)
# So many reports wait at most for a process that makes PDFs to be free.
_WAITING = 2


# Which files are written.


class Planned(NamedTuple):
    """A file that is to be written.

    Attributes:
        place: Where it goes; as text, since a class has many.
        number: The number of the submission that it is about; None for the summary.
        kind: The name of its format.
    """

    place: str
    number: int | None
    kind: str

    @property
    def path(self) -> Path:
        """Where it goes."""
        return Path(self.place)


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


def is_no_submission(spec: str, folder: str, others: Sequence[Path], path: Path) -> bool:
    """Return whether a file among those of answers is the description, a report that was written here, or another one.

    Args:
        spec: The path of the description.
        folder: Where reports are written.
        others: Further files that hold no answers.
        path: The file.
    """
    if path.exists() and any(other.exists() and path.samefile(other) for other in (Path(spec), *others)):
        return True
    ours = path.stem == _SUMMARY or path.stem.endswith(_MARK)
    return ours and Path(folder).resolve() in path.parent.resolve().joinpath(path.name).parents


def planned(
    spec: str, files: Sequence[AnswersFile], place: Destination, others: Sequence[Path], *, many: bool
) -> tuple[Planned, ...]:
    """Return every file that is to be written, none of which is one that is read.

    Args:
        spec: The path of the description.
        files: The answers.
        place: Where reports are written, and in which formats.
        others: What else is written.
        many: Whether there is a summary.

    Raises:
        OutputError: If one is, or the folder is a file.
    """
    formats = () if place.is_stream else place.formats
    usable = {number: file for number, file in enumerate(files) if not file.problem}
    stems = zip(usable, _stems(list(usable.values())), strict=True)
    about = {f"{stem}{_MARK}.{kind}": (number, kind) for number, stem in stems for kind in formats}
    kinds = (_TABLE, *(kind for kind in formats if kind in SHEETS or kind == _DATA)) if many else ()
    plan = {**about, **{f"{_SUMMARY}.{kind}": (None, kind) for kind in kinds}}
    paths = place.targets(spec, plan) or {}
    read = {file.path for file in files}
    for path in others:
        if path.exists() and Path(spec).exists() and path.samefile(spec):
            raise OutputError(f"{path}: this would overwrite the description; choose another file")
    for path in (*paths.values(), *others):
        if path.parent.resolve() / path.name in read:
            raise OutputError(f"{path}: this would overwrite a file of answers; choose another place for it")
    return tuple(Planned(str(paths[name]), *about) for name, about in plan.items() if name in paths)


def _stems(files: Sequence[AnswersFile]) -> list[str]:
    """Return what the reports on each file are called, without an ending; its own ending stays if two need it."""
    stems = [str(PurePosixPath(file.name).with_suffix("")) for file in files]
    alike = max(Counter(stems).values(), default=0) > 1
    return [file.name for file in files] if alike else stems


# What is in them, and how they are written.


def content(report: Report, name: str, kind: str, engine: str | None = None) -> Rendered:
    """Return what is in a report.

    Args:
        report: What is reported.
        name: What the submission is called.
        kind: The name of the format.
        engine: The PDF engine asked for.

    Raises:
        MissingToolError: If there is no such engine.
    """
    return SHEETS[kind](marked(report, name), engine) if kind in SHEETS else Rendered(render_report(report).encode())


class Due(NamedTuple):
    """A file that is to be written now.

    Attributes:
        path: Where it goes.
        make: Makes what is in it.
        source: The file that it is about; empty if it is about all.
        digest: That of all that is in it.
    """

    path: Path
    make: Callable[[], Rendered]
    source: str = ""
    digest: str = ""


class ReportWriter:
    """Writes files, whole or not at all, a few at a time where other programs make them.

    Args:
        how: How they are written.
        journal: Where it is kept that they were, if anywhere.
    """

    def __init__(self, how: Writing, journal: Journal | None) -> None:
        self.how, self.journal = how, journal
        self.places: list[str] = []
        self.failures: list[OutputError] = []
        self.without_sign: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[tuple[Due, Future[OutputError | None]]] = deque()

    def write(self, due: Due, *, slowly: bool = False) -> None:
        """Write a file, unless it is there already as it would be written.

        Args:
            due: The file.
            slowly: Whether it is left to another thread, most of whose time goes to a program that it waits for.
        """
        if self.journal is not None and due.digest and self.journal.is_there(due.path, due.source, due.digest):
            self.places.append(str(due.path))
        elif not slowly:
            self._told(due, self._write(due))
        else:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.how.jobs)
            self._waiting.append((due, self._pool.submit(copy_context().run, self._write, due)))
            while len(self._waiting) > _WAITING * self.how.jobs:
                self._wait()

    def settle(self) -> None:
        """Wait until all is written that has been begun, after which there are no other threads."""
        while self._waiting:
            self._wait()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def stop(self) -> None:
        """Begin nothing more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _wait(self) -> None:
        due, future = self._waiting.popleft()
        self._told(due, future.result())

    def _write(self, due: Due) -> OutputError | None:
        try:
            made = due.make()
            write_over(due.path, made.content, force=self.how.force)
        except OutputError as error:
            return error
        self.without_sign.update(made.without_sign)
        return None

    def _told(self, due: Due, failure: OutputError | None) -> None:
        if failure is not None:
            self.failures.append(failure)
            return
        self.places.append(str(due.path))
        if self.journal is not None and self.journal.folder in due.path.parents:
            self.journal.wrote(due.path, due.source, due.digest)


# The run.


class Assignment(NamedTuple):
    """What is marked, and how.

    Attributes:
        worked: The exercise.
        recipe: How other processes get it.
        files: The submissions.
        overrides: The marks that are set by hand.
        limits: What marking each may take.
        anonymous: Whether nothing tells whose a submission is.
    """

    worked: Worked
    recipe: Recipe
    files: Sequence[AnswersFile]
    overrides: Overrides
    limits: Limits
    anonymous: bool

    @property
    def digest(self) -> str:
        """All that marks depend on beside the submission itself."""
        return repr((self.worked.description, self.recipe.loss, self.recipe.variants, self.limits))


class ClassRun:
    """One run over all submissions.

    Args:
        assignment: What is marked.
        plan: The files that are written.
        writer: Writes them.
    """

    def __init__(self, assignment: Assignment, plan: Sequence[Planned], writer: ReportWriter) -> None:
        self.assignment, self.writer = assignment, writer
        self.reports: dict[int | None, list[Planned]] = {}
        for file in plan:
            self.reports.setdefault(file.number, []).append(file)
        self.students = list(students_of(assignment.files))
        self.found: dict[int, ClassEntry] = {}
        self.problems: list[OverrideError] = []
        self._entries = ClassEntries()

    def outcomes(self, elsewhere: Elsewhere | None = None) -> Iterator[Outcome]:
        """Yield what came of each submission as soon as it is marked and its reports are begun.

        Args:
            elsewhere: What marks them on other machines; None for processes beside this one.
        """
        # Objects that are there by now stay; what comes of submissions does not.
        gc.freeze()
        gc.enable()
        assignment, journal = self.assignment, self.writer.journal
        results = marked_all(
            assignment.worked,
            assignment.recipe,
            assignment.files,
            assignment.limits,
            self.writer.how.jobs,
            held=journal,
            pause=self.writer.settle,
            elsewhere=elsewhere,
        )
        for number, result in results:
            outcome = self._outcome(number, result)
            self._write(number, outcome, result)
            yield outcome
        self.writer.settle()

    @property
    def entries(self) -> list[ClassEntry]:
        """What is kept of each submission that is marked by now, in their order."""
        return [self.found[number] for number in sorted(self.found)]

    def sum_up(self) -> None:
        """Write what is about all submissions."""
        title, scheme = self.assignment.worked.description.title, self.assignment.recipe.scheme
        entries = self.entries
        for file in self.reports.get(None, ()):

            def made(kind: str = file.kind) -> Rendered:
                if kind in _RENDERED:
                    return Rendered(_RENDERED[kind](entries).encode())
                return SHEETS[kind](class_page(title, entries, scheme), self.writer.how.engine)

            self.writer.write(Due(file.path, made))

    def _outcome(self, number: int, result: bytes) -> Outcome:
        """Return what came of a submission, with the marks that are set by hand."""
        assignment, name = self.assignment, self.assignment.files[number].name
        outcome = outcome_of(name, result)
        try:
            outcome = outcome._replace(report=overridden(outcome.report, assignment.overrides.get(number, ()), name))
        except OverrideError as error:
            self.problems.append(error)
        student = known(outcome.report.student if outcome.report else NOBODY, self.students[number])
        self.students[number] = student
        if assignment.anonymous:
            student = Author(PurePosixPath(name).stem)
            outcome = outcome._replace(report=outcome.report and outcome.report._replace(student=NOBODY))
        self.found[number] = self._entries.entry(outcome, student)
        return outcome

    def _write(self, number: int, outcome: Outcome, result: bytes) -> None:
        """Begin to write the reports on a submission."""
        report, how = outcome.report, self.writer.how
        if report is None:
            return
        file = self.assignment.files[number]
        by_hand = self.assignment.overrides.get(number, ())
        whole = repr((file.name, [one._replace(place="") for one in by_hand], how.engine, self.assignment.anonymous))
        digest = hashlib.sha256(result + whole.encode(errors="replace")).hexdigest()
        for due in self.reports.get(number, ()):

            def made(kind: str = due.kind) -> Rendered:
                return content(report, file.name, kind, how.engine)

            self.writer.write(Due(due.path, made, str(file.place), digest), slowly=due.kind == _PDF)


class Gradebook(NamedTuple):
    """A gradebook that is to be written.

    Attributes:
        path: Where it goes.
        form: Which columns it has.
        name: What its column of marks is called.
    """

    path: Path
    form: str
    name: str

    def content(self, entries: Sequence[ClassEntry], scheme: Scheme) -> Rendered:
        """Return what is in it.

        Args:
            entries: What came of each submission.
            scheme: What is asked, and for how many marks.

        Raises:
            GradebookError: If no course could import it.
        """
        asked = tuple(dict.fromkeys(name for part in scheme.values() for name, marks in part.items() if marks))
        most = max((sum(part.values(), Fraction(0)) for part in scheme.values()), default=Fraction(0))
        return Rendered(render_gradebook(entries, GradeColumns(self.name, asked, most), self.form).encode())

    def due(self, entries: Sequence[ClassEntry], scheme: Scheme) -> Due:
        """Return the file that is to be written."""
        return Due(self.path, lambda: self.content(entries, scheme))


# What an earlier run has left.


def journal_for(assignment: Assignment, place: Destination, plan: Sequence[Planned], *, resume: bool) -> Journal | None:
    """Return the journal of a run over many submissions; None where their reports lie among them.

    Args:
        assignment: What is marked.
        place: Where reports are written.
        plan: The files that are written.
        resume: Whether an earlier run goes on.

    Raises:
        OutputError: If there can be none, and an earlier run is to go on; or if another run is writing there.
    """
    if place.folder is None:
        return None
    inside = place.folder.resolve()
    if any(inside in file.path.parents for file in assignment.files):
        if resume:
            raise OutputError(
                f"{place.folder}: there are files of answers here, so that nobody knows what an earlier run has "
                "written; choose another folder with -o"
            )
        return None
    journal = Journal(place.folder, assignment.digest, resume=resume)
    remove_drafts(file.path for file in plan)
    return journal


class Stale(NamedTuple):
    """A report of an earlier run that is none of this one.

    Attributes:
        path: The file.
        removed: Whether it was removed.
        source: The file that it was about; empty if it was about all.
    """

    path: Path
    removed: bool
    source: str


def stale_reports(journal: Journal, files: Sequence[AnswersFile], kept: Container[str], *, resume: bool) -> list[Stale]:
    """Return the reports of earlier runs that are none of this one; a run that goes on from them removes them.

    Args:
        journal: What was written before.
        files: The submissions of this run.
        kept: The paths of files that could not be written now.
        resume: Whether this run goes on from an earlier one.
    """
    now = {str(file.place) for file in files}
    found = []
    for path, report in journal.stale():
        if str(path) in kept:
            continue
        # What is about a submission that is there and was not given now is another run's.
        ours = report.source in now or not os.path.lexists(report.source)
        removed = resume and ours and journal.forget(path, report)
        if not removed:
            journal.keep(path, report)
        found.append(Stale(path, removed, report.source))
    return found
