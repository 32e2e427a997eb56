"""A class as tables for other programs: the summary, as CSV or JSON, and the gradebook, as courses import it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from symnet.description.fields import write_number
from symnet.errors import SymnetError
from symnet.marking.statistics import ClassEntry
from symnet.output import FORMULA_SIGNS
from symnet.render.json import MARKING_FORMAT, shown

COLUMNS = (
    "file",
    "marks",
    "out_of",
    "first_wrong",
    "mistakes",
    "problem",
    "not_answered",
    "student",
    "set_by_hand",
)
"""The columns of the summary."""

# A cell may also begin behind a semicolon, where that is what stands between cells.
_FORMULA = f"[{re.escape(FORMULA_SIGNS)}]"
_BEGINS, _BEHIND = re.compile(_FORMULA), re.compile(rf"(;[\s'\"]*)(?={_FORMULA})")


def cell(text: str) -> str:
    """Return a cell of a table that no spreadsheet runs and no terminal obeys.

    Args:
        text: What stands in it.
    """
    plain = _BEHIND.sub(r"\1'", shown(" ".join(text.split())))
    return f"'{plain}" if _BEGINS.match(plain) else plain


def _written(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([cell(one) for one in row] for row in rows)
    return text.getvalue()


def render_summary(entries: Iterable[ClassEntry]) -> str:
    """Return what came of submissions as CSV, a line for each.

    Args:
        entries: What came of each.
    """
    return _written((COLUMNS, *map(_cells, entries)))


def render_summary_json(entries: Iterable[ClassEntry]) -> str:
    """Return what came of submissions as one JSON object, those that were not marked among them, with the reason.

    Args:
        entries: What came of each.
    """
    submissions = [dict(zip(COLUMNS, _cells(entry), strict=True)) for entry in entries]
    content = {"format": MARKING_FORMAT, "submissions": submissions}
    return shown(json.dumps(content, ensure_ascii=False, indent=1)) + "\n"


def _cells(entry: ClassEntry) -> tuple[str, ...]:
    student = entry.student.id or entry.student.email or entry.student.name
    if not entry.is_marked:
        return (entry.name, "", "", "", "", entry.problem, "", student, "")
    first = entry.first_wrong
    return (
        entry.name,
        write_number(entry.marks),
        write_number(entry.out_of),
        "" if first is None else first.id,
        " ".join(entry.mistake_names),
        "",
        " ".join(entry.missing),
        student,
        " ".join(score.id for score in entry.scores if score.by_hand),
    )


# The gradebook.

_DECIMALS = 4


class GradeColumns(NamedTuple):
    """The columns of marks of a gradebook.

    Attributes:
        name: What its column is called.
        questions: The id of each question, in the order of the solution.
        out_of: How many marks there are.
    """

    name: str
    questions: tuple[str, ...]
    out_of: Fraction


class GradebookError(SymnetError):
    """A gradebook that could not be imported."""


def _decimal(number: Fraction) -> str:
    """Return a number as every program reads it, with a few decimals."""
    return f"{float(number):.{_DECIMALS}f}".rstrip("0").rstrip(".")


def _total(entry: ClassEntry) -> str:
    """Return the marks; nothing where there are none, which changes nothing in a course."""
    return _decimal(entry.marks) if entry.is_marked else ""


def _plain(entries: Sequence[ClassEntry], columns: GradeColumns) -> Iterable[Sequence[str]]:
    """Yield a column a question, the total and the percentage."""
    yield ("student", "name", "email", *columns.questions, "total", "out_of", "percent")
    for entry in entries:
        id_, name, email, _ = entry.student
        marks = {score.id: _decimal(score.marks) for score in entry.scores if score.out_of}
        percent = _decimal(round(100 * entry.marks / entry.out_of, 2)) if entry.out_of else ""
        out_of = _decimal(entry.out_of) if entry.is_marked else ""
        each = (marks.get(question, "") for question in columns.questions)
        yield (id_, name, email, *each, _total(entry), out_of, percent)


# What Canvas takes for columns of its own, wherever it stands in a column's name.
_CANVAS_OWN = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")


def _canvas(entries: Sequence[ClassEntry], columns: GradeColumns) -> Iterable[Sequence[str]]:
    """Yield the columns of Canvas, which finds a student by ID, then by login, then by name."""
    if _CANVAS_OWN.search(columns.name):
        raise GradebookError(
            f'found the column "{columns.name}"; expected a name that Canvas does not take for one of its own. '
            "Give another one with --assignment."
        )
    yield ("Student", "ID", "SIS Login ID", "Section", columns.name)
    yield ("    Points Possible", "", "", "", _decimal(columns.out_of))
    for entry in entries:
        id_, name, email, canvas = entry.student
        yield (name or id_ or email, canvas, id_ or email, "", _total(entry))


def _moodle(entries: Sequence[ClassEntry], columns: GradeColumns) -> Iterable[Sequence[str]]:
    """Yield the columns of Moodle, which finds a student by the ID number or by the address."""
    yield ("ID number", "Email address", "Full name", columns.name)
    for entry in entries:
        id_, name, email, _ = entry.student
        yield (id_, email, name, _total(entry))


_FORMS: Mapping[str, Callable[[Sequence[ClassEntry], GradeColumns], Iterable[Sequence[str]]]] = MappingProxyType(
    {"plain": _plain, "canvas": _canvas, "moodle": _moodle}
)
GRADEBOOKS = tuple(_FORMS)
"""The forms of a gradebook."""


def render_gradebook(entries: Sequence[ClassEntry], columns: GradeColumns, form: str) -> str:
    """Return the marks of a class as CSV, as a course imports them.

    Args:
        entries: What came of each submission.
        columns: What its columns of marks are.
        form: One of :data:`GRADEBOOKS`.

    Raises:
        GradebookError: If it could not be imported.
    """
    return _written(_FORMS[form](entries, columns))
