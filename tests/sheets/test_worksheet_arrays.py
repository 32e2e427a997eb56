"""Worksheets of graphs of arrays: derivatives of whole arrays, and a box for every number in them."""

import pytest
import yaml
from array_answers import true_answer
from exercises import solved

import symnet
from symnet.layout.tree import Blank, Matrix
from symnet.render.text import render_text
from symnet.sheets.answers import answers_files
from symnet.sheets.levels import blank, key
from symnet.sheets.worksheet import SheetQuestions, questions, scheme_of

ATTENTION = """
graph:
  inputs: {Q: [2, 2], K: [3, 2], Y: [2, 3]}
  parameters: [Q, K]
  nodes:
    A: softmax(Q @ K')
    L: sum((A - Y)^2)
  output: L
"""


@pytest.fixture(scope="module")
def attention(examples):
    """The worked example of attention, which has numbers."""
    return solved(examples["attention"])


def described(more=""):
    """Return the graph without numbers, solved, with more keys beside it."""
    return symnet.solve(yaml.safe_load(ATTENTION + more))


@pytest.fixture(scope="module")
def in_symbols():
    """A graph of arrays without numbers."""
    return described()


def printed(document):
    """Return the lines of a sheet without the room in them."""
    return [" ".join(line.split()) for line in render_text(document, width=100).splitlines()]


def asked(work):
    """Return the questions of a worksheet of arrays, and the answers of all their parts."""
    found = [block for block in questions(work).blocks if hasattr(block, "parts")]
    return found, [answer for question in found for part in question.parts for answer in part.answers]


def test_derivatives_of_arrays_are_asked_for(in_symbols):
    """Each array that the derivatives go through has a line, then each parameter; their true values are the key's."""
    lines = printed(key(questions(in_symbols)))
    assert "∂L/∂U₁ = A ⊙ (∂L/∂A − (∂L/∂A ⊙ A) 𝟏 𝟏ᵀ) softmax [6]" in lines
    assert "∂L/∂Q = ∂L/∂U₁ ⋅ K matrix product [4]" in lines
    blanks = printed(blank(questions(in_symbols)))
    assert any(line.startswith("∂L/∂U₁ = ....") for line in blanks)
    assert not any("⊙ (" in line or "U₁ ⋅ K" in line for line in blanks)


def test_shapes_are_asked_for_where_nothing_tells_them(in_symbols, attention):
    """Without numbers the shapes of nodes are asked for and not given; boxes for numbers would tell them."""
    blanks = printed(blank(questions(in_symbols)))
    assert "U₁ ............." in blanks
    assert not any(line.endswith("2 × 3") and line.startswith(("A", "U₁")) for line in blanks)
    assert "A 2 × 3 node" in printed(blank(questions(attention)))


def test_every_number_in_an_array_has_a_box_of_one_size(attention):
    """On a blank sheet an array of numbers is one of boxes, as long for one number as for any other."""
    rooms = [answer.block for answer in asked_blank(attention)]
    boxes = [line.right for block in rooms for line in block.lines if isinstance(line.right, Matrix)]
    assert len(boxes) == 9
    for box in boxes:
        entries = [entry for row in box.rows for entry in row]
        assert all(isinstance(entry, Blank) for entry in entries)
        assert len(set(entries)) == 1


def asked_blank(work):
    """Return the answers of the last question of a blank sheet, the one in numbers."""
    last = [block for block in blank(questions(work)).blocks if hasattr(block, "parts")][-1]
    return [answer for part in last.parts for answer in part.answers]


def test_marks_are_those_of_the_entries(attention):
    """An array has a mark for each entry, once: asked in symbols, its numbers bring no more."""
    (marks,) = scheme_of(attention).values()
    found, answers = asked(attention)
    assert sum(answer.marks for answer in answers) == sum(marks.values()) == 49
    numbers = found[-1].parts
    assert numbers[0].marks == 17
    assert numbers[1].marks == 0


def test_a_choice_of_questions_asks_arrays():
    """``questions:`` chooses and words what is asked of arrays as of everything else."""
    chosen = "questions: [{ask: draw}, {ask: size}, {ask: gradients, text: Differentiate., marks: 8}]\n"
    lines = printed(blank(questions(described(chosen))))
    assert "Question 1. Draw the computation graph." in lines
    assert "Question 3. Differentiate. [8 marks]" in lines
    assert not any("Computation graph from" in line for line in lines)


def test_the_file_of_answers_has_arrays(attention):
    """An array has one left side in the file to fill in, with its shape beside it, and it is read there."""
    text = answers_files(SheetQuestions.of(attention))["answers.yaml"]
    assert "  dL/dK:                   # ∂L/∂K, 3 × 2\n" in text
    assert "  U1:                      # U₁, 2 × 3\n" in text
    lefts = yaml.safe_load(text)["answers"]
    assert len(lefts) == 10
    report = symnet.check(attention, dict.fromkeys(lefts, ""))
    assert {answer.verdict.value for answer in report.answers} == {"not_answered"}
    assert report.out_of == 49


def test_what_is_stated_is_not_asked():
    """A start value that the equations give is no question."""
    graph = {
        "inputs": {"x": [2], "w": []},
        "parameters": ["w"],
        "over": {"t": 2},
        "nodes": {"h[0]": "0", "h[t]": "tanh(w*h[t-1] + x[t])", "L": "h[2]^2"},
        "output": "L",
    }
    (marks,) = scheme_of(symnet.solve({"graph": graph, "at": {"x": [1, 2], "w": "0.5"}})).values()
    assert "h_0" not in marks
    assert {"h_1", "h_2", "dL/dh_1", "dL/dw"} <= marks.keys()


IMAGES = {
    "inputs": {"height": 3, "width": 2},
    "layers": [
        {"convolution": {"filters": 1, "kernel": [2, 1]}, "activation": "tanh"},
        {"flatten": True},
        {"units": 2, "activation": "sigmoid"},
    ],
    "loss": "squared_error",
    "data": {"inputs": [[1, 2, 0, 1, 0, 3], [0, 1, 0, 2, 1, 1]], "targets": [[1, 0], [0, 1]]},
    "parameters": [
        {"kernels": [["1"], ["0.5"]], "biases": ["0.1"]},
        {},
        {"weights": [["0.1", "0.2", "-0.3", "0.4"], ["0.3", "-0.2", "0.1", "0.5"]], "biases": ["0", "0.1"]},
    ],
}


def test_true_arrays_earn_all_marks():
    """Every array of the file of answers, filled in with its true numbers, is read and correct, sample by sample."""
    work = symnet.solve(IMAGES)
    lefts = yaml.safe_load(answers_files(SheetQuestions.of(work))["answers.yaml"])["answers"]
    filled = {left: true_answer(work, work.parts[0], left, numbers_alone=True) for left in lefts}
    in_numbers = {left: right for left, right in filled.items() if right is not None}
    assert {"Z1@1", "dL/dZ1@2", "dL@1/dK1", "dL/dW3"} <= in_numbers.keys()
    answered = [one for one in symnet.check(work, in_numbers).answers if one.verdict.value != "not_answered"]
    assert len(answered) > 60
    assert all(one.verdict.is_right for one in answered)
