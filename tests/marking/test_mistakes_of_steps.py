"""Mistakes in later steps of a training, in what an optimizer keeps, and in local derivatives."""

import math

import pytest

import symnet
from symnet.marking.compare import Comparer
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer, Verdict
from symnet.marking.truth import Truth

# A weight 0.5 and a bias 0.1 at the input 2, whose output is to be 1: all numbers below were worked out by hand.
ONE = {
    "inputs": 1,
    "layers": [{"units": 1, "activation": "identity"}],
    "loss": "squared_error",
    "data": {"inputs": [[2]], "targets": [[1]]},
    "parameters": [{"weights": [["0.5"]], "biases": ["0.1"]}],
}
MOMENTUM = {"optimizer": "momentum", "momentum": "0.9", "learning_rate": "0.1", "steps": 2}
ADAM = {"optimizer": "adam", "learning_rate": "0.1", "steps": 2}
LAYERS = [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}]
TWO = {"inputs": 1, "layers": LAYERS, "loss": "squared_error"}
HAND = {
    "momentum": {**ONE, "training": MOMENTUM},
    "adam": {**ONE, "training": ADAM},
    "two layers": TWO,
}


@pytest.fixture(scope="module")
def desks():
    """Return by name what reads, compares and explains answers to each exercise."""
    found = {}
    for name, spec in HAND.items():
        worked = symnet.solve(spec)
        truth = Truth(worked, worked.parts[0])
        found[name] = AnswerReader(worked, worked.parts[0]), Comparer(truth), Catalogue(truth)
    return found


def _read(desk, left, right):
    answer = desk[0].read(TypedAnswer(left, right))
    assert answer.target is not None, answer.problem
    return answer


@pytest.mark.parametrize(
    ("exercise", "left", "right", "name"),
    [
        # The velocity after the second step is 0.9 x 0.2 + 0.1 = 0.28, and the weight 0.48 - 0.1 x 0.28.
        ("momentum", "w1_1_1@step 2", "0.508", "plus_for_minus"),
        ("momentum", "w1_1_1''", "-0.0280", "step_alone"),
        ("momentum", "w1_1_1@step 2", "0.4700", "plain_step"),
        ("momentum", "velocity(w1_1_1)@step 2", "0.190", "average_for_momentum"),
        # The first derivative is 0.2, so that m = 0.02 and v = 0.00004.
        ("adam", "m(w1_1_1)", "0.180", "decay_and_rest_swapped"),
        ("adam", "m_hat(w1_1_1)", "0.0200", "not_corrected"),
        ("two layers", "da1_1/dz1_1", "1 - a1_1", "square_forgotten"),
        ("two layers", "da1_1/dz1_1", "1 + a1_1^2", "sign_in_derivative"),
        ("two layers", "dz2_1/da1_1", "w2_1_2", "neighbouring_index"),
        ("two layers", "dz2_1/dw2_1_1", "w2_1_1", "weight_for_activation"),
    ],
)
def test_what_was_done_is_named(desks, exercise, left, right, name):
    """A slip in a later step, in a state of the optimizer or in a local derivative has a name and a sentence."""
    answer = _read(desks[exercise], left, right)
    assert desks[exercise][1].compare(answer).verdict is Verdict.WRONG
    found = desks[exercise][2].explain(answer)
    assert name in [mistake.name for mistake in found]


def _by_hand(rate, momentum, steps, decimals):
    """Return the weight and the velocity of one sigmoid unit after each step, every number rounded on the way."""

    def kept(number):
        return round(number, decimals)

    weight, bias, of_weight, of_bias = 0.5, 0.1, 0.0, 0.0
    for _ in range(steps):
        output = kept(1 / (1 + math.exp(-kept(2 * weight + bias))))
        delta = kept(kept(output - 0.3) * kept(output * kept(1 - output)))
        of_weight, of_bias = kept(momentum * of_weight + kept(2 * delta)), kept(momentum * of_bias + delta)
        weight, bias = kept(weight - rate * of_weight), kept(bias - rate * of_bias)
        yield weight, of_weight


def test_later_steps_may_be_rounded_on_the_way():
    """What comes of a training by hand with three decimals is right after each step, and far beyond it is wrong."""
    spec = {
        **ONE,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "data": {"inputs": [[2]], "targets": [["0.3"]]},
        "training": {"optimizer": "momentum", "momentum": "0.9", "learning_rate": "0.7", "steps": 4},
        "numbers": {"decimals": 3},
    }
    worked = symnet.solve(spec)
    reader, comparer = AnswerReader(worked, worked.parts[0]), Comparer(Truth(worked, worked.parts[0]))

    def verdict(left, number):
        return comparer.compare(reader.read(TypedAnswer(left, f"{number:.3f}"))).verdict

    for step, (weight, velocity) in enumerate(_by_hand(0.7, 0.9, 4, 3), 1):
        assert verdict(f"w1_1_1@step {step}", weight).is_right, step
        assert verdict(f"velocity(w1_1_1)@step {step}", velocity).is_right, step
        assert verdict(f"w1_1_1@step {step}", weight + 0.03) is Verdict.WRONG
        assert verdict(f"velocity(w1_1_1)@step {step}", velocity - 0.03) is Verdict.WRONG


def test_what_an_optimizer_keeps_may_be_rounded_on_the_way(desks):
    """A state of the first step is right where it comes of a derivative that was rounded."""
    for text, verdict in (("0.020", Verdict.RIGHT), ("0.021", Verdict.WRONG)):
        assert desks["adam"][1].compare(_read(desks["adam"], "m(w1_1_1)", text)).verdict is verdict
