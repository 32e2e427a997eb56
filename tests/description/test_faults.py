"""Texts that are no YAML: the slip that was made, at its place, in words of our own."""

import pytest
from refusals import assert_refused, refused

from symnet.description.tree import brackets, fault, quoted

# What a text is, where the slip begins in it, and words of its message.
SLIPS = {
    "a colon in a title": (
        "title: Exercise 3: backprop\ninputs: 2\n",
        ": backprop",
        ["a second colon", 'Put the title in quotes: title: "Exercise 3: backprop"'],
    ),
    "a colon and quotes in a title": (
        'title: Say "hi": now\n',
        ": now",
        ["""Put the title in quotes: title: 'Say "hi": now'"""],
    ),
    "a colon at the end of a text": ("name: a b:\n  c\n", ":\n  c", ['Put the name in quotes: name: "a b:"']),
    "no space behind the first colon": ("inputs:2\nlayers: []\n", "inputs", ["a space after inputs:", "inputs: 2"]),
    "no space behind a colon": ("inputs: 2\nlayers:[]\n", "layers", ["a space after layers:", "layers: []"]),
    "no space behind the last colon": ("a: 1\nloss:hinge\n", "loss", ["a space after loss:", "loss: hinge"]),
    "nothing but that": ("inputs:2", "inputs", ["a space after inputs:"]),
    "no space behind a dash": ("a:\n  -{b: 1}\n  - {b: 2}\n", "-{b", ["a space after the dash", "- {b: 1}"]),
    "a tab": ("a:\n\tb: 2\n", "\tb", ["found a tab; expected spaces"]),
    "a tab before a list": ("a:\n \t- 2\n", "\t-", ["found a tab; expected spaces"]),
    "LaTeX between double quotes": ('a: "\\hat y - y"\n', "\\hat", [r"found \hat between double", "single quotes"]),
    "LaTeX as a key": ('"\\delta_1": 2\n', "\\delta", [r"found \delta between double", "single quotes"]),
    "a quote that stays open": ('a: "hello\nb: 2\n', '"hello', ['a quote " that is not closed']),
    "a quote closed by the next": ('a: "hello\nb: "x"\n', '"hello', ['a quote " that is not closed on its line']),
    "an apostrophe": ("a: 'it's'\n", "s'", ["behind the closing quote '", "''"]),
    "quotes around a word": ('title: "x" y\n', "y", ["behind the closing quote", "other quotes"]),
    "an open list": ("a: [1, 2\nb: 3\n", "[1", ['"[" that is not closed', 'expected a "]"']),
    "an open mapping": ("a: {x: 1\nb: 3\n", "{x", ['"{" that is not closed']),
    "a list within a list": ("a: [[1, 2], [3\nb: 3\n", "[3", ['"[" that is not closed']),
    "brackets of two sorts": ("a: [1, 2}\n", "}", ['found "}"; expected "]"', "line 1, column 4"]),
    "a bracket too many": ("a: [1, 2]]\n", "]\n", ["closes nothing"]),
    "no comma": ("a: {u: 2 b: 3}\n", ": 3", ['expected a comma or "}"']),
    "a line too far right": ("a: 1\n  b: 2\n", "b: 2", ["2 spaces before", "further right"]),
    "a line between two columns": ("a:\n    b: 1\n  c: 2\n", "c: 2", ["2 spaces before", "another column"]),
    "a dash between two columns": ("a:\n  - 1\n - 2\n", "- 2", ["1 space before", "another column"]),
    "a key among entries": ("- a\nb: 1\n", "b: 1", ["among the entries of a list"]),
    "an entry among keys": ("a: 1\n- b\n", "- b", ["among the keys of a mapping"]),
    "a dash behind a key": ("a: - b\n", "- b", ["a dash behind a key", "a: [...]"]),
    "a sign of YAML's": ("a: @home\n", "@home", ["the sign @", 'Put it in quotes: "@home"']),
    "a star": ("a: *bold* x\n", "*bold*", ["the sign *", 'Put it in quotes: "*bold* x"']),
    "a percentage": ("a: 1\nb: %\n", "%", ["the sign %"]),
    "no colon": ("a: 1\nb 2\nc: 2\n", "b 2", ["a key, a colon and a value"]),
    "an equals sign": ("a: 1\nsteps = 2\nc: 2\n", "steps", ["Write steps: 2"]),
}


@pytest.mark.parametrize(("text", "at", "words"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_named_at_its_place(text, at, words):
    """What is no YAML is one problem, where the slip is, that says what to do, without a word of the parser's."""
    assert_refused(text, at, words)
    (problem,) = refused(text)
    assert "parser" not in problem.hint


def test_what_nobody_has_foreseen_has_the_words_of_the_parser():
    """Where no slip is recognized the parser's words are better than none."""
    problem = fault(": b\n", 0, "did not find expected key").problem
    assert (problem.line, problem.column) == (1, 1)
    assert problem.hint == "The parser says: did not find expected key."


@pytest.mark.parametrize(
    "text",
    ["w: w' + b'\n", "a: x[1] + (2]\n", "# [ { \" '\na: 1\n", "a: 'it''s [ {'\n", 'a: "\\" ["\n'],
    ids=["primes", "brackets in a text", "a comment", "single quotes", "double quotes"],
)
def test_what_only_looks_like_a_bracket_or_a_quote_is_none(text):
    """Primes, brackets within texts, and all that stands in comments and quotes are no signs of YAML's."""
    assert list(brackets(text)) == []
    assert all(end > 0 for _start, _quote, end in quoted(text))


def test_a_very_long_text_is_not_looked_through():
    """Beyond 100,000 characters no brackets are counted, so that nothing is said of a bracket that is closed."""
    assert list(brackets("[" + "1, " * 50_000 + "2]")) == []
    assert [sign for _at, sign in brackets("[" + "1, " * 1_000 + "2]")] == ["[", "]"]


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("layers:\n- {units:2, activation: relu}\n", "units:2", ["Put a space behind the colon: units: 2"]),
        ("layers:\n-{units: 2}\n", "-{units", ["Put a space behind the dash."]),
        ('title: "\\theta"\n', '"\\theta', ["single quotes"]),
        ("data: {inputs: [0.1, 0.2]}\n", "[0.1", ["expected a list of rows", "Write [[0.1, 0.2]] for one row"]),
        ("data: {targets: [1, 0, 1]}\n", "[1, 0", ["or [[1], [0], [1]] for 3 rows"]),
        ("parameters: [{weights: [1, 2, 3, 4, 5, 6, 7]}]\n", "[1, 2", ["[[1, 2, 3, 4, 5, 6, ...]]"]),
        ("data: {inputs: 0.5}\n", "0.5", ["Write [[0.5]]."]),
    ],
)
def test_a_slip_that_is_yaml_all_the_same_is_named_too(text, at, words):
    """A missing space or pair of brackets that YAML reads as something else is said where it is."""
    assert_refused(text, at, words)
