"""Training steps of whole arrays on sheets: the rule once in arrays, states and parameters as matrices."""

import mpmath
import pytest
from optimizers_by_hand import rule_of

from symnet.arrays.tree import leaf
from symnet.arrays.updates import rule_of_arrays
from symnet.catalog.optimizers import OPTIMIZERS, PARAMETER, updated
from symnet.errors import CheckFailedError, DescriptionError, ViewError
from symnet.marking.compare import Comparer
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer, Verdict
from symnet.marking.truth import Truth
from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets import array_updates
from symnet.sheets.answers import answers_files
from symnet.sheets.solution import solution
from symnet.sheets.worksheet import SheetQuestions, scheme_of
from symnet.view import View

GRAPH = {
    "graph": {
        "inputs": {"x": [2], "W": [2, 2], "b": [2]},
        "parameters": ["W", "b"],
        "nodes": {"z": "W @ x + b", "L": "sum(z^2) / 2"},
        "output": "L",
    },
    "at": {"x": [1, 2], "W": [[1, 0], [-1, 1]], "b": [0.5, 0]},
    "numbers": {"decimals": 4},
}
# dL/dW is the outer product of z = (1.5, 1) and x, dL/db is z.
GRADIENTS = {"W": (1.5, 3, 1, 2), "b": (1.5, 1)}
VALUES = {"W": (1, 0, -1, 1), "b": (0.5, 0)}


def trained(**training):
    """Return the graph with a training."""
    return GRAPH | {"training": {"learning_rate": 0.1, "steps": 2} | training}


def shown(description):
    """Return the solution in the terminal, each paragraph on one line."""
    return " ".join(render_text(solution(solve(description))).split())


@pytest.mark.everyday(4)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_has_the_numbers_of_the_textbook(name):
    """States and parameters after a step, entry by entry, are those of the textbook, on the sheet too."""
    description = trained(optimizer=name)
    worked = solve(description)
    (update, _), text = worked.parts[0].evaluation.updates, render_text(solution(worked))
    states, step = rule_of(description["training"])
    with mpmath.workdps(30):
        for array, entries in VALUES.items():
            for place, (value, derivative) in enumerate(zip(entries, GRADIENTS[array], strict=True)):
                start = dict.fromkeys(states, mpmath.mpf(0))
                after, kept = step(mpmath.mpf(value), mpmath.mpf(derivative), start, mpmath.mpf("0.1"), 1)
                index = f"{array}_{place // 2 + 1}_{place % 2 + 1}" if array == "W" else f"{array}_{place + 1}"
                symbol = next(one for one in update.after if one.name == index)
                assert mpmath.almosteq(update.after[symbol], after, 1e-12)
                for state, size in kept.items():
                    assert mpmath.almosteq(update.state[state][symbol], size, 1e-12)
                assert f"{float(abs(after)):.4f}".rstrip("0").rstrip(".") in text
    assert "W₁,₁" not in text


def test_the_rule_is_written_once_in_arrays():
    """Adam's rule has matrices with the array low behind their letters, and squares entry by entry."""
    text = shown(trained(optimizer="adam"))
    assert "For W, and likewise for every array of parameters:" in text
    assert "M_W′ = β₁ M_W + (1 − β₁) G_W" in text
    assert "V_W′ = β₂ V_W + (1 − β₂) G_W ⊙ G_W" in text
    assert text.count("⊙ G_W") == 2  # once in the rule, once in the step
    assert "Likewise for the other arrays of parameters:" in text


def test_clipping_is_of_whole_arrays():
    """The norm is that of all arrays together, and rescales each."""
    text = shown(trained(optimizer="momentum", clip_norm=1))
    norm = (1.5**2 + 9 + 1 + 4 + 1.5**2 + 1) ** 0.5
    assert f"‖g‖ ≈ {norm:.4f}" in text
    assert f"G_W = 1/{norm:.4f} ⋅ ∂L/∂W ≈" in text


def test_a_wrong_rule_is_refused(monkeypatch):
    """A rule for arrays that is not that of their entries is not printed."""

    def wrong(optimizer, shape, *others, **more):
        lines = rule_of_arrays(optimizer, shape, *others, **more)
        return (*lines[:-1], (updated(PARAMETER), leaf(PARAMETER.name, shape)))

    monkeypatch.setattr(array_updates, "rule_of_arrays", wrong)
    with pytest.raises(CheckFailedError, match="training steps of whole arrays"):
        shown(trained(optimizer="adam"))


def test_state_and_parameters_are_asked_and_marked_as_arrays():
    """A worksheet asks for arrays of states and parameters, a line each, and marks each entry."""
    worked = solve(trained(optimizer="adam"))
    lines = answers_files(SheetQuestions.of(worked))["answers.yaml"]
    for left in ('"m(W)\'":', '"v(W)\'":', "W':", '"m(b)\'":', "b':"):
        assert f"\n  {left}" in lines
    assert "W_1_1" not in lines
    typed = {
        "m(W)'": "[[0.15, 0.3], [0.1, 0.9]]",
        "M_W": "[[0.15, 0.3], [0.1, 0.2]]",
        "W'": "[[0.9, -0.1], [-1.1, 0.9]]",
    }
    part = worked.parts[0]
    reader, comparer = AnswerReader(worked, part), Comparer(Truth(worked, part))
    read = {left: reader.read(TypedAnswer(left, right)).entries for left, right in typed.items()}
    wrong = [
        (left, one.target.id)
        for left, entries in read.items()
        for one in entries
        if comparer.compare(one).verdict is Verdict.WRONG
    ]
    assert [len(entries) for entries in read.values()] == [4, 4, 4]
    assert wrong == [("m(W)'", "m(W_2_2)@step 1")]
    asked = scheme_of(worked)[part.loss_name]
    assert all(asked[one.target.id] == 1 for entries in read.values() for one in entries)


def test_later_steps_are_asked_in_arrays():
    """A second step that is asked for has its passes before it, in arrays, and the arrays of its update."""
    asked = SheetQuestions.of(solve(trained(optimizer="momentum", show=2)))
    questions = [question for question in asked.questions(0) if any("step" in str(one) for one in question.prompt)]
    assert len(questions) == 2
    assert [len(part.answers) for part in questions[1].parts] == [1, 1, 1, 1]


def test_an_array_of_one_number_is_asked_like_the_others():
    """The bias of a lone filter, and a slope that is learned, have states as the kernel beside them has."""
    layers = [{"convolution": {"filters": 1, "kernel": [2, 2]}, "activation": "prelu"}, {"flatten": True}]
    worked = solve(
        {
            "inputs": {"height": 2, "width": 2},
            "layers": layers,
            "loss": "squared_error",
            "data": {"inputs": [[1, 2, 3, 4]], "targets": [[1]]},
            "parameters": [{"kernels": [[[1, 0], [0, 1]]], "biases": [1]}, {}],
            "training": {"optimizer": "adagrad", "learning_rate": 0.1},
        }
    )
    lines = answers_files(SheetQuestions.of(worked))["answers.yaml"]
    assert "K1':" in lines
    assert "squares(b1_1)@step 1" in lines
    assert "alpha1'" in lines


def test_some_samples_alone_are_worked_number_by_number_in_matrices_too():
    """A later step of some samples has no matrices, which hold all of them; it once put both together."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 2, "activation": "tanh"}],
        "loss": "squared_error",
        "data": {"inputs": [[1], [2], [3]], "targets": [[0, 0]] * 3},
        "parameters": [{"weights": [[1], [2]], "biases": [0, 0]}],
        "training": {"learning_rate": 0.1, "steps": 2, "batch": 2, "show": 2},
        "numbers": {"decimals": 3, "arithmetic": "paper"},
    }
    text = render_text(solution(solve(spec), View(form="matrix")))
    assert "Step 2: update" in text or "Step 2, sample" in text


def test_forms_of_dense_layers_are_refused_for_those_in_arrays():
    """Layers that are worked out in arrays have a form of their own, and the message says so."""
    worked = solve({"inputs": 2, "layers": [{"units": 1, "from": ["inputs"]}], "loss": "squared_error"})
    with pytest.raises(ViewError, match="found matrix for layers that are worked out in arrays"):
        solution(worked, View(form="matrix"))


def test_weights_that_are_all_absent_are_told():
    """A matrix of nothing but null is no matrix."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "tanh"}, {"units": 1, "activation": "tanh"}],
        "loss": "squared_error",
        "parameters": [{"weights": [[1]], "biases": [0]}, {"weights": [[None]], "biases": [0]}],
    }
    with pytest.raises(DescriptionError, match=r"parameters\[2\].weights: found null alone"):
        solve(spec)
