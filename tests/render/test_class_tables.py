"""A class as tables for other programs: the summary, and the gradebook as courses import it."""

import csv
import io
import json
import re
from fractions import Fraction

import pytest
from marked_samples import marking, part_of

from symnet.marking.report import Outcome, SetByHand, reported
from symnet.marking.statistics import ClassEntries
from symnet.marking.submissions import Author
from symnet.render.tables import (
    COLUMNS,
    GRADEBOOKS,
    GradebookError,
    GradeColumns,
    render_gradebook,
    render_summary,
    render_summary_json,
)

HOSTILE_CELLS = ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", "a;=1+1", 'a; "=1']


@pytest.fixture(scope="module")
def report(examples):
    """A report with every verdict in it."""
    part = part_of(examples["cs349-slides"])
    return reported(marking(part), part)


def entered(*outcomes, student=Author("s1", "Doe, Jane", "jd@x.edu")):  # noqa: B008 - it never changes
    """Return the entries of some outcomes."""
    entries = ClassEntries()
    return [entries.entry(outcome, student) for outcome in outcomes]


def rows(text):
    """Return the rows of a table."""
    return list(csv.reader(io.StringIO(text)))


def summary_rows(*outcomes):
    """Return the rows of the summary of some outcomes."""
    return rows(render_summary(entered(*outcomes)))


def test_the_table_has_a_row_for_each_file(report):
    """Each submission has a row; what was not marked has no marks but a reason."""
    by_hand = report.answers[0]._replace(by_hand=SetByHand(Fraction(0), ""))
    changed = report._replace(answers=(by_hand, *report.answers[1:]))
    found = summary_rows(Outcome("a.yaml", changed), Outcome("b.yaml", None, "stopped\n  after 10 s"))
    assert tuple(found[0]) == COLUMNS
    first = ["a.yaml", "3", "9", "dL/dw2_1_1", "softmax_elementwise wrong_sign", "", "z1_2", "s1", "z1_1"]
    assert found[1] == first
    assert found[2] == ["b.yaml", "", "", "", "", "stopped after 10 s", "", "s1", ""]
    whole = json.loads(render_summary_json(entered(Outcome("a.yaml", changed))))
    assert whole["submissions"] == [dict(zip(COLUMNS, first, strict=True))]


@pytest.mark.parametrize("name", ["=1+1.yaml", "+a.yaml", "-a.yaml", "@sum.yaml"])
def test_no_cell_is_a_formula(name):
    """A spreadsheet takes no name of a file for a formula."""
    assert summary_rows(Outcome(name, None, "=cmd|x"))[1] == [f"'{name}", "", "", "", "", "'=cmd|x", "", "s1", ""]


def test_quotes_and_commas_stay_in_their_cell():
    """A name with quotes, commas and ends of lines stays one cell on one line."""
    outcome = Outcome('a",\n"b.yaml', None, "x")
    assert len(render_summary(entered(outcome)).splitlines()) == 2
    assert summary_rows(outcome)[1][0] == 'a", "b.yaml'


@pytest.mark.parametrize("form", GRADEBOOKS)
@pytest.mark.parametrize("text", HOSTILE_CELLS)
def test_a_gradebook_runs_nothing(form, text):
    """No cell begins as a formula does, whoever writes it, also where semicolons stand between cells."""
    entries = entered(Outcome("a.yaml", None, "x"), student=Author(text, text, text, text))
    written = render_gradebook(entries, GradeColumns(text, (), Fraction(1)), form)
    cells = [cell for row in rows(written) for cell in row if cell]
    assert len(cells) >= 4
    for cell in cells:
        assert not re.match(r"\s*[=+@\t\r\uff1d-]", cell)
        assert not re.search(r";[\s\"]*[=+@\uff1d-]", cell)


COLUMNS_OF_MARKS = GradeColumns("Homework 3 (1234)", ("z1_1", "dL/dw2_1_1"), Fraction(9))


def test_the_plain_gradebook_has_a_column_a_question(report):
    """There is a column for each question, the total, its highest, and the percentage; nothing for what failed."""
    entries = entered(Outcome("a.yaml", report), Outcome("b.yaml", None, "stopped"))
    assert rows(render_gradebook(entries, COLUMNS_OF_MARKS, "plain")) == [
        ["student", "name", "email", "z1_1", "dL/dw2_1_1", "total", "out_of", "percent"],
        ["s1", "Doe, Jane", "jd@x.edu", "1", "0", "3", "9", "33.33"],
        ["s1", "Doe, Jane", "jd@x.edu", "", "", "", "", ""],
    ]


def imported_by_canvas(text):
    """Return what Canvas makes of a gradebook: its rules for the header, restated from its importer."""
    header, points, *students = rows(text)
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+Login\s+ID", header[2])
    assert "Section" in header[3]
    assert "Points Possible" in points[0]
    (title,) = header[4:]
    return title, points[4], [(row[0], row[1], row[2], row[4]) for row in students]


def test_canvas_imports_its_gradebook(report):
    """Canvas finds its columns, the points, each student by its number or the login, and no mark for what failed."""
    canvas = Author("jdoe", "Jane Doe", "", "4521")
    entries = [*entered(Outcome("a.yaml", report), student=canvas), *entered(Outcome("b.yaml", None, "stopped"))]
    title, points, students = imported_by_canvas(render_gradebook(entries, COLUMNS_OF_MARKS, "canvas"))
    assert (title, points) == ("Homework 3 (1234)", "9")
    assert students == [("Jane Doe", "4521", "jdoe", "3"), ("Doe, Jane", "", "s1", "")]


@pytest.mark.parametrize("name", ["Final Score", "My Current Grade"])
def test_canvas_would_leave_out_a_column_of_its_own(name):
    """A column that Canvas takes for one of its own totals is refused, with what to do."""
    with pytest.raises(GradebookError, match="--assignment"):
        render_gradebook([], COLUMNS_OF_MARKS._replace(name=name), "canvas")


def test_moodle_imports_its_gradebook(report):
    """Moodle finds students by the ID number or the address; what has no mark is left as it is."""
    entries = entered(Outcome("a.yaml", report), Outcome("b.yaml", None, "stopped"))
    assert rows(render_gradebook(entries, COLUMNS_OF_MARKS, "moodle")) == [
        ["ID number", "Email address", "Full name", "Homework 3 (1234)"],
        ["s1", "jd@x.edu", "Doe, Jane", "3"],
        ["s1", "jd@x.edu", "Doe, Jane", ""],
    ]


def test_a_third_of_a_mark_is_written_with_decimals(report):
    """Marks that are no whole number are decimals, which every program reads."""
    third = report._replace(answers=(report.answers[0]._replace(marks=Fraction(1, 3)),))
    (_, row) = rows(render_gradebook(entered(Outcome("a", third)), COLUMNS_OF_MARKS, "plain"))
    assert row[3:] == ["0.3333", "", "0.3333", "1", "33.33"]
