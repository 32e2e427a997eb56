"""Follow-through in later steps of a training: what comes of a wrong line of an earlier step is right from it."""

import functools

import numpy as np
import pytest

import symnet
from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer
from symnet.marking.submissions import Submission
from symnet.sheets.worksheet import scheme_of

X, T = np.array([[1, 0.4], [-0.6, 1.3]]), np.array([1.0, 0.0])
START = np.array([0.3, -0.8, 0.1])
RATE = 0.5
OPTIMIZERS = {
    "sgd": {"optimizer": "sgd"},
    "momentum": {"optimizer": "momentum", "momentum": 0.9},
    "adam": {"optimizer": "adam"},
}
NAMES = ("w1_1_1", "w1_1_2", "b1_1")


@functools.cache
def desk(optimizer):
    """Return an exercise with four steps of an optimizer, solved, what it asks, and what marks it."""
    work = symnet.solve(
        {
            "inputs": 2,
            "layers": [{"units": 1, "activation": "sigmoid"}],
            "loss": "binary_cross_entropy",
            "data": {"inputs": X.tolist(), "targets": [[1], [0]]},
            "parameters": [{"weights": [START[:2].tolist()], "biases": [START[2]]}],
            "training": {**OPTIMIZERS[optimizer], "learning_rate": RATE, "steps": 4},
            "numbers": {"decimals": 4},
        }
    )
    return work, Marker(work, scheme_of(work))


def gradient(p):
    """Return the mean derivative over both samples."""
    error = 1 / (1 + np.exp(-(X @ p[:2] + p[2]))) - T
    return np.array([*(error @ X / 2), error.mean()])


def trained(optimizer, steps, changed=lambda _name, value, _step: value):
    """Return the parameters, first and second moments after each step; ``changed`` slips into what is worked out."""
    p, m, v, found = START, np.zeros(3), np.zeros(3), []
    for step in range(1, steps + 1):
        g = changed("g", gradient(p), step)
        if optimizer == "adam":
            m, v = changed("m", 0.9 * m + 0.1 * g, step), changed("v", 0.999 * v + 0.001 * g**2, step)
            moved = (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        else:
            m = changed("m", 0.9 * m + g, step) if optimizer == "momentum" else g
            moved = m
        p = changed("p", p - RATE * moved, step)
        found.append((p, m, v))
    return found


def ascent_in_the_first(name, value, step):
    """Return the parameters after a first step taken up instead of down."""
    return 2 * START - value if (name, step) == ("p", 1) else value


def follows(optimizer, answers, *lefts):
    """Return of some answers, by their left sides, whether they follow."""
    work, marker = desk(optimizer)
    typed = tuple(TypedAnswer(left, right) for left, right in answers.items())
    marking = marker.mark(Submission(typed, work.parts[0].loss_name))
    given = {one.answer.typed.left: one.follows for one in marking.answers}
    return [given[left] for left in lefts]


def written(values, primes):
    """Return parameters as answers after a step."""
    return {f"{name}{primes}": f"{value:.4f}" for name, value in zip(NAMES, values, strict=True)}


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("step", [2, 3, 4])
def test_what_comes_of_a_wrong_first_step_follows(optimizer, step):
    """After ascent for descent in the first step, the parameters of a later one are right from there."""
    steps = trained(optimizer, 4, ascent_in_the_first)
    later = written(steps[step - 1][0], "'" * step)
    assert follows(optimizer, {**written(steps[0][0], "'"), **later}, *later) == [True] * 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_does_not_come_of_the_wrong_step_does_not_follow(optimizer):
    """A number that is near neither the true one nor what the wrong line leads to is not excused."""
    steps = trained(optimizer, 2, ascent_in_the_first)
    later = written(steps[1][0] + 0.05, "''")
    assert follows(optimizer, {**written(steps[0][0], "'"), **later}, *later) == [False] * 3


def test_what_comes_of_a_wrong_moment_follows():
    """The parameter after the same step, and that after the next, are right from an Adam that mixed up its rates."""
    wrong = trained("adam", 2, lambda name, value, step: value * 9 if name == "m" and step == 1 else value)
    answers = {
        "m(w1_1_1)@step 1": f"{wrong[0][1][0]:.4f}",
        "w1_1_1'": f"{wrong[0][0][0]:.4f}",
        "w1_1_1''": f"{wrong[1][0][0]:.4f}",
    }
    assert follows("adam", answers, "w1_1_1'") == [True]


def test_what_comes_of_a_wrong_velocity_follows():
    """The parameter after the second step follows from a velocity that was averaged in the first."""
    average = np.array([0.1, 1, 1])
    wrong = trained("momentum", 2, lambda name, value, step: value * average if (name, step) == ("m", 1) else value)
    answers = {"v(w1_1_1)@step 1": f"{wrong[0][1][0]:.4f}", "w1_1_1''": f"{wrong[1][0][0]:.4f}"}
    assert follows("momentum", answers, "v(w1_1_1)@step 1", "w1_1_1''") == [False, True]


def test_a_gradient_of_the_first_step_leads_to_later_ones():
    """Parameters after the second step are right from derivatives with a wrong sign in the first."""
    wrong = trained("sgd", 2, lambda name, value, step: -value if name == "g" and step == 1 else value)
    answers = {f"dL/d{name}": f"{-value:.4f}" for name, value in zip(NAMES, gradient(START), strict=True)}
    later = written(wrong[1][0], "''")
    assert follows("sgd", {**answers, **later}, *later) == [True] * 3
