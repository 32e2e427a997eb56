"""Whose a submission is: what it says of itself, what its file is called, or a code that tells nobody."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from symnet.description.source import printable
from symnet.errors import OutputError
from symnet.limits import LONGEST_STUDENT
from symnet.marking.submissions import NOBODY, AnswersFile, Author
from symnet.output import FORMULA_SIGNS, write_whole

# How files are called that are downloaded from a course: NAME[_LATE]_USER_SUBMISSION_FILE from Canvas, and
# NAME_NUMBER_assignsubmission_file from Moodle, a folder or the beginning of a file's name; its number is nobody's id.
_CANVAS = re.compile(r"(?P<name>[^_/]+)(?:_late)?_(?P<canvas>[0-9]+)_[0-9]+_[^/]+", re.IGNORECASE)
_MOODLE = re.compile(r"(?P<name>[^/]+)_[0-9]+_assignsubmission_(?:file|onlinetext).*", re.IGNORECASE)


def students_of(files: Sequence[AnswersFile]) -> tuple[Author, ...]:
    """Return the student of each file, by its name or, where many files have the same name, by its folder.

    Args:
        files: The files.
    """
    often = Counter(PurePosixPath(file.name).stem for file in files)
    return tuple(_by_name(PurePosixPath(file.name), often) for file in files)


def _by_name(name: PurePosixPath, often: Mapping[str, int]) -> Author:
    canvas = _CANVAS.fullmatch(name.name)
    if canvas:
        return Author(canvas["name"], canvas=canvas["canvas"])
    for part in name.parts:
        moodle = _MOODLE.fullmatch(part)
        if moodle:
            return Author(name=printable(moodle["name"], LONGEST_STUDENT))
    own = name.parent.name if often[name.stem] > 1 and name.parent.name else name.stem
    return Author(printable(own, LONGEST_STUDENT))


def known(said: Author, called: Author) -> Author:
    """Return what is known of a student: what a submission says and, where it is silent, what its file is called.

    Args:
        said: What the submission says.
        called: What its file is called.
    """
    return Author(*(own or other for own, other in zip(said, called, strict=True)))


# Codes in the place of names, and the key to them.

# No vowels, so that no code is a word, and nothing that looks like something else.
_LETTERS, _LENGTH = "BCDFGHJKLMNPQRSTVWXZ23456789", 5
_COLUMNS = ("code", "file", "student", "name")


class Codes:
    """The codes of files, kept in a file of their own, the key: whoever does not have it learns nothing from a code.

    Args:
        path: Where the key is; files that stand in it keep their codes.
        files: The files, as they are called.

    Raises:
        OutputError: If there is a file that is no key.
    """

    def __init__(self, path: Path, files: Sequence[AnswersFile]) -> None:
        self.path, self.files = path, files
        self.students = dict(zip((file.path for file in files), students_of(files), strict=True))
        self.codes: dict[str, str] = dict(_held(path)) if path.exists() else {}
        used = set(self.codes.values())
        for file in files:
            if file.name not in self.codes:
                self.codes[file.name] = _fresh(used)
                used.add(self.codes[file.name])

    @property
    def hidden(self) -> tuple[AnswersFile, ...]:
        """The files under their codes, in the order of these."""
        coded = (
            file._replace(name=self.codes[file.name] + PurePosixPath(file.name).suffix.lower()) for file in self.files
        )
        return tuple(sorted(coded, key=lambda file: file.name))

    def write(self, students: Mapping[Path, Author] = MappingProxyType({})) -> None:
        """Write the key.

        Args:
            students: Whose each file is, by its path, where more is known than what the file is called.

        Raises:
            OutputError: If it cannot be written.
        """
        self.students.update(students)
        paths = {file.name: file.path for file in self.files}
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for name, code in sorted(self.codes.items()):
            student = self.students.get(paths.get(name, Path()), NOBODY)
            rows.writerow(map(_guarded, (code, name, student.id or student.email, student.name)))
        write_whole(self.path, text.getvalue().encode(errors="surrogateescape"))


def _fresh(used: Container[str]) -> str:
    """Return a code that is not used yet."""
    while (code := "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))) in used:
        pass
    return code


def _held(path: Path) -> Iterable[tuple[str, str]]:
    """Return the file and the code of each line of a key."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, csv.Error) as error:
        raise OutputError(f"{path}: the key to the codes cannot be read: {error}") from None
    if not rows or tuple(rows[0]) != _COLUMNS or any(len(row) != len(_COLUMNS) for row in rows[1:]):
        raise OutputError(f"{path}: this is no key to codes, whose columns are {', '.join(_COLUMNS)}; move it away")
    return [(_bare(row[1]), row[0]) for row in rows[1:]]


def _guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs, from which the text can be told."""
    return f"'{text}" if text.startswith(("'", *FORMULA_SIGNS)) else text


def _bare(cell: str) -> str:
    """Return the text of a cell."""
    return cell.removeprefix("'")
