"""Marks that an instructor sets by hand: a file beside the submissions, which every later marking takes over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeAlias

from symnet.description.fields import NotANumberError, near_miss, write_number
from symnet.description.fields import read as read_number
from symnet.description.source import Flaw, KeyPath, MarkedDict, MarkedList, Scalar, Source, describe, printable
from symnet.description.tree import mapping_in
from symnet.errors import DescriptionError, Problem, SymnetError
from symnet.limits import LONGEST_NOTE, MOST_FILE_BYTES, MOST_OVERRIDES, MOST_PROBLEMS
from symnet.marking.judge import Scheme
from symnet.marking.report import Report, SetByHand
from symnet.marking.submissions import AnswersFile, SubmissionError, read

NAMES = ("overrides.yaml", "overrides.yml", "overrides.json")
"""What the file is called."""

_KEYS = ("file", "line", "marks", "note")
_ALLOWED = "a mapping with the key overrides"
_HINT = (
    "Write overrides: and below it lines such as - {file: jane.yaml, line: dL/dw1_1_1, marks: 1, note: as discussed}."
)


class OverrideError(SymnetError):
    """Marks set by hand that have no place in a report."""


class Override(NamedTuple):
    """Marks of one answer, set by hand.

    Attributes:
        line: What the answer is to, by its id.
        marks: How many marks it earns.
        note: Why; may be empty.
        place: Where that is said, for messages.
    """

    line: str
    marks: Fraction
    note: str
    place: str


Overrides: TypeAlias = Mapping[int, tuple[Override, ...]]
"""By the number of a file, the marks that are set in it."""


def places_of(places: Sequence[str]) -> tuple[Path, ...]:
    """Return the files of marks set by hand that stand beside submissions.

    Args:
        places: The files and folders of submissions.
    """
    folders = dict.fromkeys(place if place.is_dir() else place.parent for place in map(Path, places))
    return tuple(folder / name for folder in folders for name in NAMES if (folder / name).is_file())


def load_overrides(paths: Sequence[Path], files: Sequence[AnswersFile], scheme: Scheme, loss: str | None) -> Overrides:
    """Return the marks that are set by hand.

    Args:
        paths: The files that say so.
        files: The submissions.
        scheme: What is asked, and for how many marks.
        loss: The loss that is marked; None where a submission may choose.

    Raises:
        DescriptionError: With all that is wrong in them.
    """
    most: dict[str, Fraction] = {}
    for name, marks in scheme.items():
        if loss in {None, name}:
            most.update((line, max(mark, most.get(line, mark))) for line, mark in marks.items())
    if not paths:
        return {}
    numbers = {file.path: number for number, file in enumerate(files)}
    codes = {file.name: number for number, file in enumerate(files)}
    found: dict[int, tuple[Override, ...]] = {}
    problems: list[Problem] = []
    for path in paths:
        reading = _Reading(path, most, numbers, codes)
        for number, override in reading.overrides():
            found[number] = (*found.get(number, ()), override)
        problems += reading.problems
    if problems:
        raise DescriptionError(str(paths[0]), tuple(problems[:MOST_PROBLEMS]))
    return found


class _Reading:
    """A file of overrides while it is being read."""

    def __init__(
        self, path: Path, most: Mapping[str, Fraction], numbers: Mapping[Path, int], codes: Mapping[str, int]
    ) -> None:
        self.most, self.numbers, self.codes = most, numbers, codes
        self.folder, self.name = path.parent.resolve(), printable(str(path), 500)
        try:
            content = read(path, MOST_FILE_BYTES)
        except SubmissionError as error:
            raise OverrideError(f"{self.name}: {error}") from None
        root, self.problems = mapping_in(content, self.name, _ALLOWED, _HINT)
        self.source, self.root = Source(self.name, root), root
        self.problems = [problem._replace(file=self.name) for problem in self.problems]
        self.seen: dict[tuple[object, str], int] = {}

    def overrides(self) -> Iterator[tuple[int, Override]]:
        """Yield the number of a file and what is set in it, for all that is right; what is wrong is kept."""
        for key in self.root:
            if key != "overrides":
                self.wrong((key,), f'the unknown key "{printable(key)}"', "overrides", _HINT, at_key=True)
        entries = self.root.get("overrides")
        if not isinstance(entries, MarkedList) or len(entries) > MOST_OVERRIDES:
            found = "nothing" if entries is None else describe(entries)
            self.wrong(("overrides",), found, f"a list of at most {MOST_OVERRIDES:,} entries", _HINT)
            return
        for index, entry in enumerate(entries):
            before = len(self.problems)
            file, override = self.entry(index, entry)
            if len(self.problems) == before and file is not None:
                yield file, override

    def wrong(self, path: KeyPath, found: str, allowed: str, hint: str = "", *, at_key: bool = False) -> None:
        """Keep a problem, at its place."""
        problem = self.source.problem(Flaw(path, found, allowed, hint, at_key=at_key))
        self.problems.append(problem._replace(file=self.name))

    def entry(self, index: int, entry: object) -> tuple[int | None, Override]:
        """Return the number of the file that an entry is about, None for one that is not marked now, and the entry."""
        path: KeyPath = ("overrides", index)
        nothing = None, Override("", Fraction(0), "", "")
        if not isinstance(entry, MarkedDict):
            self.wrong(path, describe(entry), "a mapping with file, line, marks and perhaps note", _HINT)
            return nothing
        for key in entry:
            if key not in _KEYS:
                self.wrong((*path, key), f'the unknown key "{printable(key)}"', ", ".join(_KEYS), at_key=True)
        text = {key: self.text(path, entry, key) for key in _KEYS}
        if any(text[key] is None for key in _KEYS[:3]):
            return nothing
        file, line = self.file((*path, "file"), str(text["file"])), self.line((*path, "line"), str(text["line"]))
        marks = self.marks((*path, "marks"), str(text["marks"]), line)
        self.once(index, file, line)
        at, note = entry.mark, " ".join((text["note"] or "").split())
        number = file if isinstance(file, int) else None
        return number, Override(line, marks, printable(note, LONGEST_NOTE), f"{self.name}:{at[0]}:{at[1]}")

    def text(self, path: KeyPath, entry: MarkedDict, key: str) -> str | None:
        """Return the text at a key; None if it is missing, which is an error for all but the note."""
        value = entry.get(key)
        if isinstance(value, Scalar) and not value.empty:
            return value.text
        if value is not None or key != "note":
            found = f"no {key}" if value is None else describe(value)
            self.wrong(path if value is None else (*path, key), found, f"{key}: and a word or a number", _HINT)
        return None

    def file(self, path: KeyPath, name: str) -> int | Path:
        """Return the number of a file, or the path of one that is not marked now."""
        place = Path(os.path.normpath(self.folder / name))
        number = self.numbers.get(place, self.codes.get(name))
        if number is None and not (place.is_file() and self.folder in place.parents):
            known = tuple(self.codes)
            hint = near_miss(name, known) if len(name) < LONGEST_NOTE else ""
            self.wrong(path, f'the unknown file "{printable(name)}"', f"a file of {printable(str(self.folder))}", hint)
        return place if number is None else number

    def line(self, path: KeyPath, line: str) -> str:
        """Return what an answer is to, by its id."""
        if line not in self.most:
            hint = near_miss(line, tuple(self.most)) if len(line) < LONGEST_NOTE else ""
            allowed = f"a question with marks, such as {next(iter(self.most), 'z1_1')}"
            self.wrong(path, f'the unknown line "{printable(line)}"', allowed, hint)
        return line

    def marks(self, path: KeyPath, text: str, line: str) -> Fraction:
        """Return marks, which are no more than the question has."""
        most = self.most.get(line)
        allowed = "a number of marks, 0 or more" if most is None else f"0 to {write_number(most)}, the marks of {line}"
        try:
            marks = read_number(text)
        except NotANumberError as error:
            self.wrong(path, f'"{printable(text)}"', allowed, str(error))
            return Fraction(0)
        if marks < 0 or (most is not None and marks > most):
            self.wrong(path, printable(text), allowed)
        return marks

    def once(self, index: int, file: object, line: str) -> None:
        """Keep it as a problem if the marks of an answer are set twice."""
        first = self.seen.setdefault((file, line), index)
        if first != index:
            found = f"marks for {printable(line)} once more"
            self.wrong(("overrides", index), found, f"them once for each file; entry {first + 1} has them")


def overridden(report: Report | None, overrides: Sequence[Override], name: str) -> Report | None:
    """Return a report with the marks that are set by hand.

    Args:
        report: What is reported; None where nothing is.
        overrides: The marks that are set in it.
        name: What the submission is called.

    Raises:
        OverrideError: If there is no such line in it.
    """
    if not overrides:
        return report
    if report is None:
        raise OverrideError(f"{overrides[0].place}: {name} could not be marked, so that no marks can be set in it")
    set_by_hand = {override.line: override for override in overrides}
    answers = []
    for answer in report.answers:
        override = set_by_hand.get(answer.id)
        # Of two answers to one question the first one counts.
        if override is not None and answer.out_of:
            by_hand = SetByHand(answer.marks, override.note)
            answers.append(answer._replace(marks=min(override.marks, answer.out_of), by_hand=by_hand))
            del set_by_hand[answer.id]
        else:
            answers.append(answer)
    for override in set_by_hand.values():
        raise OverrideError(
            f"{override.place}: {override.line} is no question of {report.loss_title}, to which {name} is"
        )
    return report._replace(answers=tuple(answers))
