"""Marked submissions as JSON."""

import json
from fractions import Fraction

import pytest
from marked_samples import HOSTILE, marking, part_of

from symnet.marking.records import Verdict
from symnet.marking.report import SetByHand, reported
from symnet.render.json import render_report

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


def test_marks_set_by_hand_stand_beside_what_they_were(report):
    """Marks that an instructor has set count in the total; what there was before and the note stand with the answer."""
    by_hand = report.answers[2]._replace(marks=report.answers[2].out_of, by_hand=SetByHand(Fraction(0), "as told"))
    content = json.loads(render_report(report._replace(answers=(*report.answers[:2], by_hand))))
    assert content["marks"] == "4"
    assert [answer["by_hand"] for answer in content["answers"]] == [None, None, {"before": "0", "note": "as told"}]
