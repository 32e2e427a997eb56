"""A roster: who gets a sheet, out of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from symnet.description.source import printable
from symnet.errors import SymnetError
from symnet.limits import LONGEST_STUDENT, MOST_DRAWS, MOST_ROSTER_BYTES
from symnet.variants.sheets import Student

# What the columns may be called, in small letters.
_NAMES = ("name", "student", "student name", "full name", "display name")
_FIRST, _LAST = ("first name", "first", "given name"), ("last name", "last", "surname", "family name")
_IDS = ("id", "student id", "student_id", "sis user id", "id number", "username", "login", "email", "email address")
_MOST_PROBLEMS = 20


class RosterError(SymnetError):
    """A roster that cannot be used."""

    exit_code = 2


def read_roster(path: Path) -> list[Student]:
    """Return the students of a CSV file, in their order.

    The first row may say which column is which: ``name`` (or first and last name) and ``id``. Without such a row the
    first column is the name and the second, if there is one, the id. Empty rows are passed over.

    Args:
        path: The file, in UTF-8, its columns parted by commas, semicolons or tabs.

    Raises:
        RosterError: If it cannot be read, or says nothing of a student.
    """
    rows = [(number, row) for number, row in _rows(path) if any(cell.strip() for cell in row)]
    if not rows:
        raise RosterError(f"{path}: found no rows; expected a row for each student, with a name")
    head = [cell.strip().lower() for cell in rows[0][1]]
    name, first, last, ident = (_column(head, known) for known in (_NAMES, _FIRST, _LAST, _IDS))
    if name is first is last is ident is None:
        name, ident = 0, 1
        head = []
    body = rows[1:] if head else rows
    students, problems = [], []
    for number, row in body:
        called = _cell(row, name) or " ".join(filter(None, (_cell(row, first), _cell(row, last))))
        student = Student(called, _cell(row, ident))
        if not any(student):
            problems.append(f"{path}:{number}: found neither a name nor an id; expected one of them")
        elif max(map(len, student)) > LONGEST_STUDENT:
            problems.append(
                f"{path}:{number}: found {max(map(len, student))} characters; expected at most {LONGEST_STUDENT}"
            )
        students.append(Student(student.name or student.id, student.id))
    if problems:
        more = [f"{path}: and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise RosterError("\n".join([*problems[:_MOST_PROBLEMS], *more]))
    if not students:
        raise RosterError(f"{path}: found the names of columns alone; expected a row for each student below them")
    return students


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line on which each row ends, and its cells."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_ROSTER_BYTES + 1)
    except OSError as error:
        raise RosterError(f"{path}: cannot read the roster: {error.strerror or error}") from None
    if len(content) > MOST_ROSTER_BYTES:
        raise RosterError(f"{path}: found more than {MOST_ROSTER_BYTES:,} bytes; expected a smaller roster")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RosterError(f"{path}:{line}: found a byte that is not UTF-8; save the roster as CSV in UTF-8") from None
    if "\0" in text:
        raise RosterError(f"{path}: found a null character; expected a CSV file")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        rows = [(reader.line_num, row) for row in islice(reader, MOST_DRAWS + 2)]
    except csv.Error as error:
        raise RosterError(f"{path}:{reader.line_num}: found no CSV: {error}") from None
    if len(rows) > MOST_DRAWS + 1:
        raise RosterError(f"{path}: found more than {MOST_DRAWS:,} rows; expected fewer students")
    yield from rows


def _column(head: list[str], known: tuple[str, ...]) -> int | None:
    return next((head.index(name) for name in known if name in head), None)


def _cell(row: list[str], column: int | None) -> str:
    """Return what stands in a column, on one line and without signs that cannot be seen."""
    if column is None or column >= len(row):
        return ""
    return " ".join(printable(row[column], LONGEST_STUDENT + 1).split())
