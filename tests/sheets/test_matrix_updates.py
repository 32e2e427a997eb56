"""Training steps in matrices: the rule for each letter, with matrices put in that give what is printed."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from exercises import full

from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets.matrix import is_in_matrices
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution

EXAMPLES = Path(__file__).parents[2] / "examples"
MATRIX = re.compile(r"\[([^\]]*)\]")
# Three numbers rounded at the fourth decimal.
LAST_DIGIT = 1.5e-4


def sheet_in(spec, form):
    """Return the solution of a description in a form, as text of one line a formula."""
    return render_text(solution(solve(spec), full(form=form)), width=400)


def matrices(line):
    """Return the matrices of a line of text, as lists of rows."""
    plain = line.replace("−", "-")
    plain = re.sub(r" × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "e" + found[1].translate(POWERS), plain)
    # The square brackets of an indicator hold a condition.
    held = (found for found in MATRIX.findall(plain) if ">" not in found)
    return [[[float(cell) for cell in row.split(",")] for row in found.split(";")] for found in held]


POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def training_of(sheet):
    """Return the lines of the section on training."""
    return sheet[re.search(r"^.* update$", sheet, re.MULTILINE).start() :].partition("Verified by")[0].splitlines()


def assert_combined(line, first, second):
    """Assert that the third matrix of a line is so many times the first plus so many times the second."""
    one, other, result = matrices(line)
    for rows in zip(one, other, result, strict=True):
        for a, b, c in zip(*rows, strict=True):
            assert first * a + second * b == pytest.approx(c, abs=LAST_DIGIT)


def test_momentum_in_matrices():
    """Each velocity is 0.9 times the old one plus the derivative, each matrix loses 0.01 times its velocity."""
    lines = training_of(sheet_in(EXAMPLES / "inf2008-momentum.yaml", "matrix"))
    put_in = [(line, after) for line, after in pairwise(lines) if matrices(after)]
    velocities = [after for line, after in put_in if line.strip().startswith("v ← μ v + ")]
    moved = [after for line, after in put_in if " − λ v" in line]
    assert len(velocities) == 8
    assert len(moved) == 8
    for line in velocities:
        assert_combined(line, 0.9, 1)
    for line in moved:
        assert_combined(line, 1, -0.01)
    # What the second step begins with is what the first has ended with.
    assert [matrices(line)[2] for line in velocities[:4]] == [matrices(line)[0] for line in velocities[4:]]
    assert not any("parameter  derivative" in line for line in lines)


def test_both_forms_stand_side_by_side():
    """With both forms a step is worked number by number and in matrices."""
    lines = training_of(sheet_in(EXAMPLES / "inf2008-momentum.yaml", "both"))
    assert any(line.strip().startswith("w₁₁⁽²⁾ ← ") for line in lines)
    assert any(line.strip().startswith("W⁽²⁾ ← W⁽²⁾ − λ v") for line in lines)


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        (
            "standard",
            [
                "W⁽¹⁾′ = W⁽¹⁾ − η δ⁽¹⁾ xᵀ",
                "b⁽¹⁾′ = b⁽¹⁾ − η δ⁽¹⁾",
                "W⁽²⁾′ = W⁽²⁾ − η δ⁽²⁾ (a⁽¹⁾)ᵀ",
                "b⁽²⁾′ = b⁽²⁾ − η δ⁽²⁾",
            ],
        ),
        (
            "cs349",
            ["V ← V − η Xᵀ ⋅ ∂L/∂Q", "bⱽ ← bⱽ − η (∂L/∂Q)ᵀ 𝟏", "W ← W − η Hᵀ ⋅ ∂L/∂Z", "bᵂ ← bᵂ − η (∂L/∂Z)ᵀ 𝟏"],
        ),
    ],
)
def test_updates_in_symbols(notation, expected):
    """Without numbers the update of each matrix has its derivative put in."""
    spec = {
        "notation": notation,
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "training": {"optimizer": "sgd"},
    }
    lines = [line.strip() for line in training_of(sheet_in(spec, "matrix"))]
    assert lines[lines.index("In matrices:") + 2 :][:4] == expected


@pytest.mark.parametrize(
    ("training", "view", "expected"),
    [
        ({"optimizer": "sgd"}, full(form="matrix"), True),
        ({"optimizer": "nesterov"}, full(form="both"), True),
        ({"optimizer": "ema_momentum"}, full(form="both"), True),
        ({"optimizer": "sgd"}, full(), False),
        ({"optimizer": "adam"}, full(form="matrix"), False),
        ({"optimizer": "sgd", "clip_norm": 1}, full(form="matrix"), False),
    ],
)
def test_which_rules_hold_for_matrices(training, view, expected):
    """A rule that squares derivatives, or clips them, is worked number by number in every form."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "tanh"}],
        "loss": "squared_error",
        "data": {"inputs": [[1]], "targets": [[0]]},
        "parameters": [{"weights": [["0.5"]], "biases": ["0.1"]}],
        "training": {**training, "learning_rate": "0.1"},
    }
    worked = solve(spec)
    sheet = Sheet.of(worked.parts[0], worked.description, view)
    assert is_in_matrices(sheet, worked.description.training) is expected
    lines = training_of(render_text(solution(worked, view), width=400))
    assert any("W⁽¹⁾′ = W⁽¹⁾" in line for line in lines) is expected


def test_a_state_to_go_on_from():
    """The velocity of the first step is that of the description, with 0 for what is not given."""
    spec = {
        "inputs": 2,
        "layers": [{"units": 1, "activation": "identity", "bias": False}],
        "loss": "squared_error",
        "data": {"inputs": [[1, 2]], "targets": [[0]]},
        "parameters": [{"weights": [["0.5", "1"]]}],
        "training": {"optimizer": "momentum", "learning_rate": "0.1", "state": {"velocity": {"w1_1_2": "0.25"}}},
    }
    lines = training_of(sheet_in(spec, "matrix"))
    line = next(line for line in lines if matrices(line))
    assert matrices(line) == [[[0, 0.25]], [[2.5, 5]], [[2.5, 5.225]]]


def test_wide_matrices_fit():
    """Matrices too wide for a line are shortened by dots."""
    spec = {
        "inputs": 12,
        "layers": [{"units": 9, "activation": "tanh"}],
        "loss": "squared_error",
        "data": {"inputs": [[f"0.{number:02}1" for number in range(12)]], "targets": [[0] * 9]},
        "parameters": [{"weights": [[f"0.{i}{j:02}3" for j in range(12)] for i in range(9)], "biases": [0] * 9}],
        "training": {"optimizer": "sgd", "learning_rate": "0.1"},
    }
    lines = training_of(sheet_in(spec, "matrix"))
    put_in = next(line for line in lines if "⋯" in line and "0.1" in line)
    assert put_in.count("⋯") >= 3
    assert put_in.count(";") <= 3 * 5
