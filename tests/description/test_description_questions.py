"""What a worksheet asks and what stands at its head: keys, defaults, and located refusals."""

from fractions import Fraction

import pytest
from refusals import assert_refused

from symnet.description import load_text
from symnet.description.questions import ASK_WORDS, Header, QuestionChoice

TEXT = """\
inputs: 2
layers:
  - {units: 2, activation: tanh}
  - {units: 1, activation: sigmoid}
loss: squared_error
questions:
  - {ask: forward}
  - {ask: gradients, layers: [2], units: all}
  - {ask: dL/dw1_1_1, marks: 3, text: "Which way does the loss go?"}
header: {course: CS 101, date: 12 May}
"""
GRAPH = """\
graph:
  inputs: [x, y]
  nodes: {f: x*y}
  output: f
questions: [{ask: numbers}]
"""


def test_questions_are_read_in_their_order():
    """A word, layers, units, marks and words of their own; what is left out has its default."""
    description = load_text(TEXT, "q.yaml")
    assert description.questions == (
        QuestionChoice(ask="forward"),
        QuestionChoice(ask="gradients", layers=(2,), units="all"),
        QuestionChoice(ask="dL/dw1_1_1", marks=Fraction(3), text="Which way does the loss go?"),
    )
    assert description.questions[0].units is None
    assert description.header == Header(course="CS 101", date="12 May")


def test_without_the_keys_everything_is_asked():
    """Neither key has to be there."""
    description = load_text(TEXT.split("questions:", maxsplit=1)[0], "q.yaml")
    assert description.questions is None
    assert description.header is None


@pytest.mark.parametrize("word", ASK_WORDS)
def test_every_word_can_be_asked(word):
    """Each word stands for a question, of a graph too."""
    assert load_text(GRAPH.replace("numbers", word), "q.yaml").questions[0].ask == word


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("ask: forward", "asks: forward", "asks", ["questions[1]", 'mean "ask"']),
        ("layers: [2]", "layers: [3]", "3]", ["questions[2].layers[1]", "from 1 to 2"]),
        ("layers: [2]", "layers: [0]", "0]", ["questions[2].layers[1]", "a whole number from 1"]),
        ("layers: [2]", "layers: []", "[]", ["questions[2].layers"]),
        ("ask: forward", "ask: size, marks: 2", "marks: 2", ["no marks for size"]),
        ("units: all", "units: some", "some", ["questions[2].units", "first, all"]),
        ("ask: forward", "ask: loss, layers: [1]", "layers: [1]", ["forward, deltas, gradients"]),
        ("ask: forward}", "ask: forward}\n  - {ask: forward}", "forward}\n  - {ask: grad", ["each question once"]),
        ("marks: 3", "marks: -3", "-3", ["questions[3].marks", "at least 0"]),
        ('text: "W', 'text: "\\n', '"\\n', ["questions[3].text", "one line of text"]),
        ("date: 12 May", "day: 12 May", "day", ["header", "course, date"]),
        ("course: CS 101", f"course: {'C' * 80}D", "C" * 80 + "D", ["header.course", "at most 80 characters"]),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(old, new, at, words):
    """Each message says where, what was found and what may stand there."""
    assert TEXT.count(old) == 1
    assert_refused(TEXT.replace(old, new), at, words)


def test_a_graph_has_no_layers():
    """What is asked layer by layer has no place beside a graph."""
    assert_refused(
        GRAPH.replace("ask: numbers", "ask: deltas, layers: [1]"), "layers", ["A computation graph has none"]
    )
