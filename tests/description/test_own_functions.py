"""Activations and losses that are expressions with a name of their own."""

import copy
import json
import pickle

import pytest
from refusals import assert_refused, spoil

import symnet
from symnet.description import load_text
from symnet.description.schema import json_schema
from symnet.render.json import render_json

NAMED = """title: named
inputs: 2
layers:
  - units: 2
    activation: {expression: z*sigmoid(z), name: swish}
  - {units: 1, activation: sigmoid}
loss:
  - {expression: (a1 - y1)^4, name: quartic}
  - squared_error
"""

MALFORMED = {
    "misspelt key": ("expression: z*", "expresion: z*", "expresion", ['unknown key "expresion"', 'mean "expression"?']),
    "wrong expression": ("z*sigmoid(z)", "z*q", "q, name", ["layers[1].activation.expression", 'found "q"']),
    "a name as expression": ("z*sigmoid(z)", "tanh", "tanh", ["an expression in z", "write tanh in place"]),
    "no expression": ("expression: z*sigmoid(z), ", "", "{name: swish}", ["the keys expression and name"]),
    "a catalog name": ("name: swish", "name: relu", "relu", ["not in the catalog", "write relu alone"]),
    "an empty name": ("name: swish", "name: ''", "''", ["one line of text"]),
    "a long name": ("name: swish", f"name: {'s' * 41}", "s" * 41, ["at most 40 characters"]),
    "one name twice": (
        "  - {units: 1, activation: sigmoid}",
        "  - {units: 1, activation: {expression: z^2, name: swish}}",
        "swish}}",
        ['"swish" for another expression', "a name for each expression"],
    ),
    "a loss's wrong expression": ("(a1 - y1)^4", "(q - y1)^4", "q - y1", ["loss[1].expression", 'found "q"']),
    "a loss named as one of the catalog": ("name: quartic", "name: hinge", "hinge", ["write hinge alone"]),
    "a name for a loss that has one": (
        "- squared_error",
        "- {kind: squared_error, name: mine}",
        "name: mine",
        ["an expression alone"],
    ),
    "two losses of one name": (
        "- squared_error",
        "- {expression: a1*y1, name: quartic}",
        "quartic}\n" * 1,
        ["a name for each loss"],
    ),
}


@pytest.mark.parametrize(("old", "new", "at", "words"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_wrong_is_said_at_its_place(old, new, at, words):
    """Each key of the mapping is checked, and refused where it stands."""
    text = spoil(NAMED, old, new)
    if text.count(at) > 1:
        text = text.replace("{expression: (a1 - y1)^4, name: quartic}", "{expression: (a1 - y1)^4, name: 'quartic'}")
    assert_refused(text, at, words)


def test_a_name_is_kept_with_its_expression():
    """The expression is worked as any other, and its name is what it is called; copies keep both."""
    description = load_text(NAMED, "q.yaml")
    layer = description.layers[0]
    assert (layer.activation, layer.title) == ("z*sigmoid(z)", "swish")
    assert [choice.called for choice in description.loss] == ["quartic", "squared_error"]
    for same in (copy.deepcopy(layer.activation), pickle.loads(pickle.dumps(layer.activation))):  # noqa: S301 - our own
        assert (same, same.called) == ("z*sigmoid(z)", "swish")


def test_a_name_is_optional():
    """A mapping without a name is the expression alone."""
    text = NAMED.replace(", name: swish", "").replace(", name: quartic", "")
    description = load_text(text, "q.yaml")
    assert description.layers[0].title == ""
    assert description.loss[0].called == "(a1 - y1)^4"


def test_json_calls_a_loss_by_its_name():
    """A loss without a name keeps its expression, as a key that others rely on."""
    named = symnet.solve(load_text(NAMED, "q.yaml"))
    assert [problem["loss"] for problem in json.loads(render_json(named))["problems"]] == ["quartic", "squared_error"]
    unnamed = symnet.solve(load_text(NAMED.replace(", name: quartic", ""), "q.yaml"))
    assert json.loads(render_json(unnamed))["problems"][0]["loss"] == "(a1 - y1)^4"


def test_editors_know_the_mapping():
    """The schema offers expression and name for activations and losses."""
    records = json_schema()["$defs"]
    sorts = records["Layer"]["properties"]["activation"]["anyOf"]
    assert any(set(sort.get("properties", ())) == {"expression", "name"} for sort in sorts)
    assert "name" in next(sort for sort in records["Loss"]["anyOf"] if "properties" in sort)["properties"]
