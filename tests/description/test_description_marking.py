"""What counts when answers are marked: keys, defaults, and located refusals of values and combinations."""

from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator
from refusals import assert_refused

from symnet.description import load_text
from symnet.description.marking import FollowThrough, MarkingRules, Tolerance
from symnet.description.schema import json_schema

TEXT = """\
inputs: 1
layers: [{units: 1, activation: sigmoid}]
loss: squared_error
data: {inputs: [[1]], targets: [[0]]}
parameters: [{weights: [[0.5]], biases: [0.1]}]
questions: [{ask: gradients}, {ask: numbers}]
marking:
  in: deltas
  form: simplified
  tolerance: {digits: 3}
  follow_through: {factor: 1/2, at_most: 5}
  repeated_mistake: per_line
  truncated: incorrect
  feedback: hint
"""
GRAPH = "graph: {inputs: [x, y], nodes: {f: x*y}, output: f}\nmarking: {form: number}\n"


def test_every_key_is_read():
    """Each key has its value; what is left out has the default of a fair marker."""
    rules = load_text(TEXT, "m.yaml").marking
    assert (rules.in_, rules.form, rules.tolerance) == ("deltas", "simplified", Tolerance(digits=3))
    assert rules.follow_through == FollowThrough(factor=Fraction(1, 2), at_most=Fraction(5))
    assert (rules.repeated_mistake, rules.truncated, rules.feedback) == ("per_line", "incorrect", "hint")
    assert load_text(TEXT.split("marking:", maxsplit=1)[0], "m.yaml").marked_by == MarkingRules()
    usual = MarkingRules()
    assert (usual.in_, usual.form, usual.tolerance, usual.follow_through) == (None, "any", None, FollowThrough())
    assert (usual.repeated_mistake, usual.truncated, usual.feedback) == ("charged_once", "correct", "full")


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("in: deltas", "in: delta", "delta\n", ["marking.in", "leaves, nodes, deltas", 'mean "deltas"']),
        ("in: deltas", "inn: deltas", "inn", ["unknown key", "expected in, form,", 'mean "in"']),
        ("form: simplified", "form: simple", "simple\n", ["marking.form", "any, simplified, number"]),
        ("{digits: 3}", "{digits: 0}", "0}", ["marking.tolerance.digits", "from 1 to"]),
        ("{digits: 3}", "{digits: 3, absolute: 0.1}", "{digits", ["found digits and absolute", "one of"]),
        ("{digits: 3}", "{}", "{}", ["marking.tolerance", "found nothing", "digits, absolute, relative"]),
        ("{digits: 3}", "3", "3\n  follow", ["marking.tolerance", "a mapping with the keys digits"]),
        ("{digits: 3}", "{absolute: 0}", "0}", ["tolerance.absolute", "above 0"]),
        ("{digits: 3}", "{relative: 2}", "2}", ["tolerance.relative", "above 0 and below 1"]),
        ("factor: 1/2", "factor: 2", "2,", ["follow_through.factor", "from 0 to 1"]),
        ("at_most: 5", "at_most: -1", "-1", ["follow_through.at_most", "at least 0"]),
        ("at_most: 5", "most: 5", "most", ["unknown key", "factor, at_most"]),
        ("factor: 1/2", "factor: 0", "at_most", ["beside factor: 0", "one of the two"]),
        ("per_line", "per line", "per line", ["repeated_mistake", "charged_once, per_line"]),
        ("truncated: incorrect", "truncated: no", "no\n", ["marking.truncated", "correct, incorrect"]),
        ("feedback: hint", "feedback: none", "none", ["marking.feedback", "verdict, hint, full"]),
        ("form: simplified", "form: number", "in: deltas", ["beside form: number", "one of the two"]),
        (
            "in: deltas\n  form: simplified",
            "form: number",
            "gradients",
            ["questions[1].ask", "updates or an id"],
        ),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(old, new, at, words):
    """Each message says where, what was found and what may stand there."""
    assert TEXT.count(old) == 1
    assert_refused(TEXT.replace(old, new), at, words)


def test_numbers_are_demanded_of_exercises_that_have_some():
    """Without data, or without parameters beside them, no answer could be a number."""
    numbers = TEXT.replace("in: deltas\n  form: simplified", "form: number").replace("{ask: gradients}, ", "")
    assert load_text(numbers, "m.yaml").marking.form == "number"
    for key in ("data", "parameters"):
        without = "".join(line for line in numbers.splitlines(keepends=True) if not line.startswith(key))
        assert_refused(without, "number\n", ["marking.form", "the exercise has no numbers"])
    assert_refused(GRAPH, "number}", ["marking.form", "the exercise has no numbers"])
    assert load_text(f"{GRAPH}at: {{x: 1, y: 2}}\n", "g.yaml").marking.form == "number"


def test_the_schema_knows_the_keys():
    """Editors complete them, and refuse two ways to say a tolerance."""
    check = Draft202012Validator(json_schema())
    spec = {"graph": {"inputs": ["x"], "nodes": {"f": "x^2"}, "output": "f"}}
    fine = {"in": "leaves", "tolerance": {"absolute": 0.01}, "follow_through": {"at_most": 3}, "truncated": "incorrect"}
    assert check.is_valid({**spec, "marking": fine})
    two = {"tolerance": {"digits": 3, "relative": 0.1}}
    for wrong in ({"in_": "leaves"}, two, {"tolerance": {}}, {"form": "short"}):
        assert not check.is_valid({**spec, "marking": wrong})
