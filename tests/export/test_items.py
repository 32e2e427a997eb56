"""Questions for other programs: what they accept and what they tell is what `symnet check` says."""

import csv
import io
import json
from fractions import Fraction

import pytest

from symnet.export.items import Band, decimal
from symnet.export.tables import COLUMNS, as_csv, as_json
from symnet.marking.mistakes.catalog import LAST, MADE, OWN


def test_every_mistake_is_one_of_the_catalogue(exercise):
    """Mistakes are named as the catalogue names them, no number tells two, and none is accepted."""
    names = {row.name for row in (*MADE, *LAST, *OWN)}
    told = 0
    for item in exercise.items:
        values = [one.band.value for one in item.mistakes]
        assert len(values) == len(set(values))
        assert {one.name for one in item.mistakes} <= names
        assert not any(band.holds(value) for band in item.accepted for value in values)
        told += len(values)
    assert told > 10


def test_marking_tells_each_mistake_alone(exercise):
    """Of each wrong number `symnet check` tells the one mistake that the question tells."""
    for item in exercise.items:
        for mistake in item.mistakes:
            (told,) = exercise.marked(item.id, mistake.band.value).mistakes
            assert (told.name, told.says) == (mistake.name, mistake.says)


def test_the_true_number_is_accepted_in_all_its_digits(exercise):
    """The first band holds the number with all digits, as a program prints it, and ends before a wrong unit."""
    for item in exercise.items:
        assert item.accepted[0].holds(item.value)
        assert item.accepted[0].reach > 0


def test_the_tables_hold_the_same(exercise):
    """CSV and JSON have each band and each mistake once, with their numbers."""
    rows = list(csv.DictReader(io.StringIO(as_csv([exercise.exported]).decode())))
    (known,) = json.loads(as_json([exercise.exported]))["exercises"]
    questions = known["parts"][0]["questions"]
    assert tuple(rows[0]) == COLUMNS
    assert [one["id"] for one in questions] == [item.id for item in exercise.items]
    assert len(rows) == sum(len(one["accepted"]) + len(one["mistakes"]) for one in questions)
    for item, one in zip(exercise.items, questions, strict=True):
        bands = [(band.value, decimal(band.reach)) for band in item.accepted]
        assert [(entry["value"], entry["tolerance"]) for entry in one["accepted"]] == bands
        assert [entry["name"] for entry in one["mistakes"]] == [mistake.name for mistake in item.mistakes]


def test_no_cell_is_a_formula_of_a_spreadsheet(exercise):
    """A text that begins as a formula does gets an apostrophe before it; numbers stay numbers."""
    title = exercise.exported._replace(code='=HYPERLINK("x")')
    rows = list(csv.DictReader(io.StringIO(as_csv([title]).decode())))
    assert {row["code"] for row in rows} == {'\'=HYPERLINK("x")'}
    assert all(float(row["value"]) is not None for row in rows)


@pytest.mark.parametrize(("typed", "holds"), [("0.1", True), ("0.3", True), ("0.30001", False), ("-0.2", False)])
def test_a_band_holds_its_ends(typed, holds):
    """A band goes from one end to the other, both included, in exact numbers."""
    assert Band("0.2", Fraction(1, 10)).holds(typed) is holds
