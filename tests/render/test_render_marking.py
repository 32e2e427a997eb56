"""Marked submissions as JSON and as CSV."""

import csv
import io
import json

import pytest
from marked_samples import HOSTILE, marking, part_of

from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, reported
from symnet.render.json import COLUMNS, render_report, render_summary

# The keys that other programs rely on.
TOP = {"format", "marks", "out_of", "answers"}
ANSWER = {"id", "given", "read_as", "verdict", "mistakes", "follows", "message"}


@pytest.fixture(scope="module")
def report(examples):
    """A report with every verdict in it."""
    part = part_of(examples["cs349-slides"])
    return reported(marking(part), part)


def test_the_keys_are_those_of_the_contract(report):
    """The JSON of a report has the stable keys, each with a value of its kind."""
    content = json.loads(render_report(report))
    assert content.keys() >= TOP
    assert (content["format"], content["marks"], content["out_of"]) == (1, "3", "9")
    assert content["loss"] == "binary_cross_entropy"
    for answer in content["answers"]:
        assert answer.keys() >= ANSWER
        texts = {answer[name] is not None and type(answer[name]) for name in ("id", "given", "read_as", "message")}
        assert texts == {str}
        assert type(answer["follows"]) is bool
        assert all(mistake.keys() >= {"name", "says"} for mistake in answer["mistakes"])


def test_every_verdict_has_its_word(report):
    """The verdicts are the six words of the contract."""
    words = [answer["verdict"] for answer in json.loads(render_report(report))["answers"]]
    assert set(words) == {"right", "right_to_rounding", "wrong", "cannot_tell", "unreadable", "not_answered"}
    assert {verdict.value for verdict in Verdict} == set(words)


def test_what_was_typed_comes_back_as_it_was(report):
    """What was typed is in the JSON letter by letter, but nothing that a terminal would obey."""
    text = render_report(report)
    assert json.loads(text)["answers"][5]["given"] == HOSTILE
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\u202e", "\u2028", "\U000e0041", "\x00"])
def test_no_sign_that_a_terminal_obeys_is_printed(report, char):
    """Control characters and changes of direction are escaped, and read back as they were."""
    answer = report.answers[0]._replace(typed=f"a{char}b")
    text = render_report(report._replace(answers=(answer,)))
    assert char not in text
    assert json.loads(text)["answers"][0]["given"] == f"a{char}b"


def rows(*outcomes):
    """Return the rows of the table of some outcomes."""
    return list(csv.reader(io.StringIO(render_summary(outcomes))))


def test_the_table_has_a_row_for_each_file(report):
    """Each submission has a row; what was not marked has no marks but a reason."""
    found = rows(Outcome("a.yaml", report), Outcome("b.yaml", None, "stopped\n  after 10 s"))
    assert tuple(found[0]) == COLUMNS
    assert found[1] == ["a.yaml", "3", "9", "dL/dw2_1_1", "softmax_elementwise wrong_sign", "", "z1_2"]
    assert found[2] == ["b.yaml", "", "", "", "", "stopped after 10 s", ""]


@pytest.mark.parametrize("name", ["=1+1.yaml", "+a.yaml", "-a.yaml", "@sum.yaml"])
def test_no_cell_is_a_formula(name):
    """A spreadsheet takes no name of a file for a formula."""
    assert rows(Outcome(name, None, "=cmd|x"))[1] == [f"'{name}", "", "", "", "", "'=cmd|x", ""]


def test_quotes_and_commas_stay_in_their_cell():
    """A name with quotes, commas and ends of lines stays one cell on one line."""
    assert len(render_summary([Outcome('a",\n"b.yaml', None, "x")]).splitlines()) == 2
    assert rows(Outcome('a",\n"b.yaml', None, "x"))[1][0] == 'a", "b.yaml'
