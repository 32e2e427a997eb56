"""Worksheets of graphs over time: each rule at one step, numbers in tables with a column a step."""

import re

import pytest
import yaml
from exercises import solved

import symnet
from symnet.document import Flow, Table, Working
from symnet.layout.text import write
from symnet.render.text import render_text
from symnet.sheets.answers import answers_files
from symnet.sheets.blanks import emptied
from symnet.sheets.solution import solution
from symnet.sheets.worksheet import SheetQuestions, questions

SEQUENCES = {
    "inputs": 1,
    "layers": [{"units": 2, "activation": "tanh", "recurrent": True}],
    "loss": "squared_error",
    "data": {
        "sequences": [
            {"inputs": [[1], [0.5], [0.25]], "target": [1, 0]},
            {"inputs": [[-1], [0.125], [0.75]], "target": [0, 1]},
        ]
    },
    "parameters": [{"weights": [[1], [2]], "recurrent_weights": [[0.5, -1], [0.25, 1]], "biases": [0, 0]}],
}


NUMBERS = {
    "inputs": {"x": [3], "y": [], "w": [], "u": [], "v": []},
    "parameters": ["w", "u", "v"],
    "over": {"t": 3},
    "nodes": {
        "h[0]": 0,
        "h[t]": "tanh(w*x[t] + u*h[t-1])",
        "o": "sigmoid(v*h[3])",
        "L": "-y*log(o) - (1-y)*log(1-o)",
    },
    "output": "L",
}


@pytest.fixture(scope="module")
def numbers():
    """A graph over time of which all but the sequence are numbers."""
    at = {"x": [1, "-0.5", "0.25"], "y": 1, "w": "0.5", "u": "-0.8", "v": "1.2"}
    return symnet.solve({"graph": NUMBERS, "at": at})


@pytest.fixture(scope="module")
def rnn(examples):
    """The worked example of a recurrent network."""
    return solved(examples["rnn"])


def asked(work):
    """Return the questions of a worksheet, and the answers of all their parts."""
    found = [block for block in questions(work).blocks if hasattr(block, "parts")]
    return found, [answer for question in found for part in question.parts for answer in part.answers]


def lefts(answers, kind=Working):
    """Return the left sides of calculations."""
    return [write(line.left) for one in answers if isinstance(one.block, kind) for line in one.block.lines if line.left]


def test_each_rule_is_asked_at_one_step(rnn):
    """Where all steps but the last have one rule, two steps are asked for, and the last step alone where it is all."""
    _, answers = asked(rnn)
    assert lefts(answers[:1]) == ["∂L/∂u₃", "∂L/∂h₃", "∂L/∂z₃", "∂L/∂h₂"]


def test_a_term_that_is_negative_is_subtracted(numbers):
    """A sum over uses has one sign before each term, also where numbers are put in."""
    workings = [answer.block for answer in asked(numbers)[1] if isinstance(answer.block, Working)]
    shown = [write(line.right) for block in workings for line in block.lines if write(line.left) == "∂L/∂o"]
    assert shown[0] == "−y/o − (y − 1)/(1 − o)"
    assert shown[1].startswith("−y/o − (y − 1)/(1 − o) ≈ ")


def test_numbers_are_not_called_arrays(numbers, rnn):
    """Where all but the sequence are numbers no sentence speaks of arrays; where there are vectors some do."""
    for work, told in ((numbers, False), (rnn, True)):
        for document in (questions(work), solution(work)):
            assert ("array" in render_text(document)) is told


def test_a_parameter_that_no_step_uses_is_no_shared_one(numbers):
    """Uses outside the steps are told of what has uses in them, too, and under the drawing what it leaves out."""
    text = render_text(solution(numbers))
    assert "uses outside the steps" not in text
    assert "The drawing shows what the steps take in and hand on" in text


def test_numbers_are_asked_in_tables_of_steps(rnn):
    """A row is an entry and a column a step, as worked out; what is given at the start has no cell."""
    tables = [answer for answer in asked(rnn)[1] if isinstance(answer.block, Table)]
    forward, backward = tables
    assert [write(row[0][0]) for row in forward.block.rows] == ["zₜ,₁", "zₜ,₂", "hₜ,₁", "hₜ,₂", "uₜ", "lₜ"]
    assert forward.asked[2] == ("h_1_1", "h_2_1", "h_3_1")
    values = rnn.parts[0].evaluation.samples[0].values
    for row, ids in zip(forward.block.rows, forward.asked, strict=True):
        shown = [float(write(cell[0]).replace("−", "-")) for cell in row[1:]]
        named = {symbol.name: value for symbol, value in values.items()}
        assert shown == pytest.approx([float(named[one]) for one in ids], abs=1e-3)
    assert backward.asked[0] == ("dL/du_1", "dL/du_2", "dL/du_3")


def test_cells_with_nothing_in_them_have_no_room():
    """A cell that is empty in the key is empty on the sheet, and no student looks for what is not there."""
    table = Table((("t",), ("1",), ("2",)), ((("h",), (), ("0.5",)),), "lrr")
    first, nothing, room = emptied(table).rows[0]
    assert first == ("h",)
    assert not nothing
    assert room


def test_the_file_of_answers_has_each_array_once(rnn):
    """Entries that stand in rows of a table are one line of the file, the array at its step."""
    (content,) = answers_files(SheetQuestions.of(rnn)).values()
    keys = re.findall(r"^  (\S+):", content, re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {"z_1", "h_3", "dL/dh_2", "dL/dU", "L"} <= set(keys)
    assert set(yaml.safe_load(content)["answers"]) == set(keys)


def test_each_sequence_has_its_inputs_and_its_tables():
    """Of several sequences each part prints what the sequence is, and asks for both passes of it."""
    work = symnet.solve(SEQUENCES)
    found, _ = asked(work)
    own = [part for part in found[-1].parts if any(isinstance(block, Flow) for block in part.printed)]
    assert len(own) == 2
    for number, part in enumerate(own, 1):
        (flow,) = part.printed
        assert write(flow.lines[0].right) == ("[1]" if number == 1 else "[−1]")
        tables = [answer for answer in part.answers if isinstance(answer.block, Table)]
        assert len(tables) == 2
        assert all(one.endswith(f"@{number}") for answer in tables for row in answer.asked for one in row)


def test_a_long_sequence_is_asked_in_few_steps():
    """Of forty steps the tables have the first and the last, and the sheet asks for no others."""
    graph = {
        "inputs": {"x": [40], "w": [], "u": []},
        "parameters": ["w", "u"],
        "over": {"t": 40},
        "nodes": {"h[0]": 0, "h[t]": "tanh(w*x[t] + u*h[t-1])", "L": "h[40]"},
        "output": "L",
    }
    work = symnet.solve({"graph": graph, "at": {"x": [1] * 40, "w": 1, "u": 0.5}})
    tables = [answer for answer in asked(work)[1] if isinstance(answer.block, Table)]
    assert tables[0].asked[0][0] == "z_1"
    steps = {one for answer in tables for row in answer.asked for one in row}
    assert {"h_1", "h_40"} <= steps
    assert "h_20" not in steps
