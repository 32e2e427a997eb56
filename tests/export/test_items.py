"""Questions for other programs: what they accept and what they tell is what `symnet check` says."""

import csv
import html
import io
import json
import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest

import symnet
from symnet.export.items import Band, items, with_digits_of
from symnet.export.moodle import Exported, decimal, moodle
from symnet.export.tables import COLUMNS, as_csv, as_json
from symnet.marking.judge import Marker
from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.marking.records import TypedAnswer
from symnet.marking.submissions import Submission
from symnet.sheets.worksheet import scheme_of

NETWORK = {
    "title": "Exercise <3> & more",
    "inputs": 2,
    "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "squared_error",
    "data": {"inputs": [[0.35, 0.9]], "targets": [[0.5]]},
    "parameters": [
        {"weights": [[0.1, 0.8], [0.4, 0.6]], "biases": [0.2, -0.1]},
        {"weights": [[0.3, 0.9]], "biases": [0.1]},
    ],
    "numbers": {"decimals": 4},
    "questions": [{"ask": "gradients", "units": "all"}, {"ask": "deltas", "units": "all"}, {"ask": "dL/dw1_1_2"}],
}
GRAPH = {
    "graph": {"inputs": ["x", "y"], "nodes": {"u": "x^2 * y", "f": "u / (1 + y)"}, "output": "f"},
    "at": {"x": 3, "y": 0.25},
}


@pytest.fixture(scope="module", params=[NETWORK, GRAPH], ids=["network", "graph"])
def exercise(request):
    """An exercise with its questions: its work, its scheme, and what is exported."""
    work = symnet.solve(request.param)
    scheme = scheme_of(work)
    return work, scheme, Exported(work.description.title, "", tuple(items(work, scheme)))


def grade(answers, typed):
    """Return the fraction and the feedback of the first answer whose interval, ends included, holds a number.

    That is the rule of Moodle's question type `numerical`.
    """
    for value, tolerance, fraction, feedback in answers:
        if value == "*" or abs(Fraction(typed) - Fraction(value)) <= Fraction(tolerance):
            return fraction, feedback
    return None


def read(content):
    """Return the tree of a file that the test has made itself."""
    return ElementTree.fromstring(content)  # noqa: S314


def imported(content):
    """Return the numerical questions of a Moodle file by name, each as its answers in order."""
    found = {}
    for question in read(content).iter("question"):
        if question.get("type") == "numerical":
            found[question.findtext("name/text")] = [
                (one.findtext("text"), one.findtext("tolerance"), one.get("fraction"), one.findtext("feedback/text"))
                for one in question.iter("answer")
            ]
    return found


def ways(typed, decimals):
    """Return a number as it is typed, and with the decimals of the sheet: Moodle cannot tell one from the other."""
    fewer = f"{Decimal(typed):.{decimals}f}"
    return {typed, fewer} if Decimal(fewer) == Decimal(typed) else {typed}


def test_moodle_and_check_agree(exercise):
    """Each right answer, numbers around it, and each mistake are worth the same in Moodle and in `symnet check`."""
    work, scheme, exported = exercise
    questions, marker = imported(moodle([exported])), Marker(work, scheme)

    def marked(name, typed):
        answers = marker.mark(Submission((TypedAnswer(name, typed),), None)).answers
        return next(one for one in answers if one.answer.typed.right == typed)

    decimals, compared = work.description.numbers.decimals, 0
    for item in exported.parts[0][1]:
        shown = item.accepted[0].value
        unit = Fraction(10) ** Decimal(shown).as_tuple().exponent
        near = [with_digits_of(shown, Fraction(shown) + steps * unit) for steps in (-3, -1, 0, 1, 2, 5)]
        for typed in (*near, *(one.band.value for one in item.mistakes)):
            fraction, feedback = grade(questions[item.id], typed)
            right = any(marked(item.id, way).verdict.is_right for way in ways(typed, decimals))
            assert (fraction == "100") == right, (item.id, typed, item.value, item.accepted)
            if typed not in near:
                assert len(marked(item.id, typed).mistakes) == 1
                assert feedback != "<p>Incorrect.</p>"
            compared += 1
    assert compared > 30


def test_every_mistake_is_one_of_the_catalogue(exercise):
    """Mistakes are named as the catalogue names them, no number tells two, and none is accepted."""
    names = {row.name for row in (*MADE, *LAST, *OWN)}
    told = 0
    for item in exercise[2].parts[0][1]:
        values = [one.band.value for one in item.mistakes]
        assert len(values) == len(set(values))
        assert {one.name for one in item.mistakes} <= names
        assert not any(band.holds(value) for band in item.accepted for value in values)
        told += len(values)
    assert told > 10


def test_the_true_number_is_accepted_in_all_its_digits(exercise):
    """The first band holds the number with all digits, as a program prints it, and ends before a wrong unit."""
    for item in exercise[2].parts[0][1]:
        assert item.accepted[0].holds(item.value)
        assert item.accepted[0].reach > 0


def test_texts_cannot_leave_their_place(exercise):
    """A title with signs of markup is text in the file, in its questions, and in its category."""
    content = moodle([exercise[2]._replace(title="a/b <script>&amp;\x00")]).decode()
    assert "<script>" not in content
    texts = [node.text for node in read(content).iter("text")]
    assert "$course$/top/a//b <script>&amp;" in texts
    assert any(text.startswith("<h4>a/b &lt;script&gt;&amp;amp;</h4>") for text in texts)


def test_formulas_are_between_the_signs_of_formulas(exercise):
    """In every question the formulas are LaTeX between the signs for a formula in a line, which come in pairs."""
    root = read(moodle([exercise[2]]))
    texts = [node.text for node in root.iter("text") if node.text and "\\(" in node.text]
    assert texts
    for text in texts:
        assert text.count(r"\(") == text.count(r"\)")
        outside = re.sub(r"\\\(.*?\\\)", "", html.unescape(re.sub("<[^>]*>", "", text)))
        assert "\\" not in outside


def test_the_tables_hold_the_same(exercise):
    """CSV and JSON have each band and each mistake once, with their numbers."""
    exported = exercise[2]
    rows = list(csv.DictReader(io.StringIO(as_csv([exported]).decode())))
    (known,) = json.loads(as_json([exported]))["exercises"]
    questions = known["parts"][0]["questions"]
    assert tuple(rows[0]) == COLUMNS
    assert [one["id"] for one in questions] == [item.id for item in exported.parts[0][1]]
    assert len(rows) == sum(len(one["accepted"]) + len(one["mistakes"]) for one in questions)
    for item, one in zip(exported.parts[0][1], questions, strict=True):
        bands = [(band.value, decimal(band.reach)) for band in item.accepted]
        assert [(entry["value"], entry["tolerance"]) for entry in one["accepted"]] == bands
        assert [entry["name"] for entry in one["mistakes"]] == [mistake.name for mistake in item.mistakes]


def test_no_cell_is_a_formula_of_a_spreadsheet(exercise):
    """A text that begins as a formula does gets an apostrophe before it; numbers stay numbers."""
    title = exercise[2]._replace(code='=HYPERLINK("x")')
    rows = list(csv.DictReader(io.StringIO(as_csv([title]).decode())))
    assert {row["code"] for row in rows} == {'\'=HYPERLINK("x")'}
    assert all(float(row["value"]) is not None for row in rows)


@pytest.mark.parametrize(("typed", "holds"), [("0.1", True), ("0.3", True), ("0.30001", False), ("-0.2", False)])
def test_a_band_holds_its_ends(typed, holds):
    """A band goes from one end to the other, both included, in exact numbers."""
    assert Band("0.2", Fraction(1, 10)).holds(typed) is holds
