"""Sheets of graphs over time: each rule once with the index, the last step as a case, and tables by steps."""

import pytest
from exercises import solved

from symnet.document import Figure, Results, Table, Working
from symnet.layout import text
from symnet.pipeline import solve
from symnet.render.formats import FORMATS
from symnet.sheets.solution import solution


@pytest.fixture(scope="module")
def rnn(examples):
    """The worked example of a recurrent network."""
    return solved(examples["rnn"])


def blocks(work, kind):
    """Return the blocks of a kind of the solution."""
    return [block for block in solution(work).blocks if isinstance(block, kind)]


def lines(work):
    """Return every line of the solution as text: its left side, its right side, and the reason beside it."""
    found = [line for block in blocks(work, Working) for line in block.lines]
    found += [
        line
        for box in blocks(work, Results)
        for group in box.groups
        for pair in group.rows
        for line in pair
        if line is not None
    ]
    told = [(line.left, line.right, *(one for one in line.reason if not isinstance(one, str))) for line in found]
    return [" | ".join(text.write(one) for one in of) for of in told]


def number(shown):
    """Return a number as it is shown: with a real minus, perhaps with a power of ten."""
    digits, _, power = shown.replace("−", "-").partition(" × 10")
    return float(digits) * 10 ** float(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def test_each_rule_stands_once_with_the_index_and_the_last_step_is_a_case(rnn):
    """The state has one line for all steps but the last, and one for that; a shared weight is a sum over time."""
    shown = lines(rnn)
    assert "∂L/∂hₜ | ∂L/∂uₜ ⋅ v + Uᵀ ⋅ ∂L/∂zₜ₊₁ | t = 1, 2" in shown
    assert "∂L/∂h₃ | ∂L/∂u₃ ⋅ v" in shown
    assert "∂L/∂U | ∑ₜ₌₁³ ∂L/∂zₜ ⋅ hₜ₋₁ᵀ" in shown
    assert not any("h₂" in one for one in shown)


def test_numbers_stand_in_tables_with_a_column_a_step(rnn):
    """The forward pass begins with the start value; what each step adds to a shared weight stands beside the sum."""
    _symbols, forward, backward, uses = blocks(rnn, Table)
    head = [[text.write(one) for one in cell if not isinstance(one, str)] for cell in forward.head]
    assert head == [["t"], ["0"], ["1"], ["2"], ["3"]]
    assert len(backward.head) == 4
    cells = [text.write(cell[0]) for cell in uses.rows[0]]
    assert cells[0] == "∂L/∂w₁"
    assert sum(map(number, cells[1:-1])) == pytest.approx(number(cells[-1]), abs=2e-4)


def test_what_truncation_cuts_is_said(examples):
    """The state after two steps is said to be a constant, and nothing comes back into it."""
    work = solved(examples["bptt-truncated"])
    assert "h₂ counts as a constant" in FORMATS["txt"].render(work).content.decode()
    assert "∂L/∂hₜ | hₜ − yₜ | t = 2, 4" in lines(work)


def test_long_sequences_leave_steps_out_of_tables_and_drawing():
    """Of forty steps the tables show the first and the last; so does the drawing."""
    graph = {
        "inputs": {"x": [40], "w": [], "u": []},
        "parameters": ["w", "u"],
        "over": {"t": 40},
        "nodes": {"h[0]": 0, "h[t]": "tanh(w*x[t] + u*h[t-1])", "L": "h[40]"},
        "output": "L",
    }
    work = solve({"graph": graph, "at": {"x": [1] * 40, "w": 1, "u": 0.5}})
    assert sum(len(table.head) - 1 for table in blocks(work, Table)) < 60
    (figure,) = blocks(work, Figure)
    assert figure.width < 17


def test_the_letters_of_gates_and_the_variant_of_a_gru_are_said(examples):
    """The sheet of a cell says which letter is which gate, and where the reset gate acts."""
    assert "f is the forget gate" in FORMATS["txt"].render(solved(examples["lstm"])).content.decode()
    assert "acts on the state before its product" in " ".join(
        FORMATS["txt"].render(solved(examples["gru"])).content.decode().split()
    )


def test_uses_of_a_matrix_with_a_weight_that_does_not_exist_stand_in_the_right_rows():
    """What the steps add is in every row the sum that stands at its end, also behind a weight that is null."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 2, "activation": "tanh", "recurrent": True}],
        "loss": "squared_error",
        "data": {"sequences": [{"inputs": [[1], [0.5], [0.25]], "target": [1, 0]}]},
        "parameters": [{"weights": [[1], [2]], "recurrent_weights": [[0.5, None], [0.25, 1]], "biases": [0, 0]}],
    }
    uses = blocks(solve(spec), Table)[-1]
    rows = [[text.write(cell[0]) for cell in row if cell] for row in uses.rows]
    assert [row[0] for row in rows if "U" in row[0]] == ["∂L/∂U₁,₁⁽¹⁾", "∂L/∂U₂,₁⁽¹⁾", "∂L/∂U₂,₂⁽¹⁾"]
    for _, *added, total in rows:
        assert sum(map(number, added)) == pytest.approx(number(total), abs=2e-6)
