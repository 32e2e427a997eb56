"""Training: every optimizer step by step, batches, clipping, decay, going on, and digits that stay right."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import mpmath
import pytest
from exercises import BY_PARAMETER, altered, describe, evaluation_of, objective_of, one_unit
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf
from reference import training_by_hand
from sympy import Symbol
from torch_reference import train_with_torch

from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description import load
from symnet.limits import MOST_KINKS
from symnet.network.data import network_data
from symnet.numerics.evaluate import evaluate
from symnet.numerics.training import batches

optimizers = pytest.mark.parametrize("optimizer", BY_PARAMETER)
DATA = {
    "inputs": [["0.5", "-1"], ["0.25", "2"], ["-0.75", "0.3"], ["1", "1"]],
    "targets": [["1"], ["0"], ["0.3"], ["1"]],
}
PARAMETERS = [
    {"weights": [["0.1", "-0.4"], ["0.3", "0.2"], ["-0.6", "0.5"]], "biases": ["0.05", "-0.1", "0.2"]},
    {"weights": [["0.7", "-0.2", "0.4"]], "biases": ["0.1"]},
]
# Options other than the defaults.
OPTIONS = {
    "momentum": {"momentum": "0.8"},
    "ema_momentum": {"momentum": "0.7"},
    "nesterov": {"momentum": "0.6"},
    "adagrad": {"epsilon": "0.001"},
    "rmsprop": {"beta2": "0.8", "epsilon": "0.01"},
    "adam": {"beta1": "0.8", "beta2": "0.95", "epsilon": "0.001"},
}


def trained(optimizer="sgd", loss="squared_error", activations=("tanh", "sigmoid"), *, more=None, **training):
    """Return the description of a small network with a training."""
    training = {"optimizer": optimizer, "learning_rate": "0.1"} | training
    return describe([2, 3, 1], activations, loss, data=DATA, parameters=PARAMETERS, training=training, **(more or {}))


def close(found, expected, digits=22):
    """Return whether two numbers agree to so many significant digits; of 0 the reference has the error of its own."""
    return abs(found - expected) <= max(abs(expected) * mpf(10) ** -digits, mpf(10) ** -45)


def agree(updates, steps):
    """Assert that every number of every step is that of the reference."""
    assert [update.step for update in updates] == list(range(1, len(steps) + 1))
    with mpmath.workdps(60):
        for update, step in zip(updates, steps, strict=True):
            assert update.batch == step.batch
            pairs = [(update.rate, step.rate), (update.loss_before, step.loss_before)]
            pairs.append((update.loss_after, step.loss_after))
            tables = [(update.gradients, step.gradients), (update.after, step.after)]
            assert (update.clipped is None) == (step.clipped is None)
            tables += [(update.clipped, step.clipped)] if step.clipped else []
            tables += [(update.state[name], values) for name, values in step.state.items()]
            for ours, theirs in tables:
                assert {symbol.name for symbol in ours} == set(theirs)
                pairs += [(number, theirs[symbol.name]) for symbol, number in ours.items()]
            for found, expected in pairs:
                assert close(found, expected)


@optimizers
def test_each_optimizer_by_hand(optimizer):
    """Every number of a dozen steps is that of the textbook's formulas, with options other than the defaults."""
    spec = trained(optimizer, steps=12, **OPTIONS.get(optimizer, {}))
    updates = evaluation_of(spec).updates
    agree(updates, training_by_hand(spec, 50))
    assert set(updates[0].state) == {state.name for state in OPTIMIZERS[optimizer].states}


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("decay", [0, "0.05"])
@optimizers
def test_each_optimizer_with_torch(optimizer, decay):
    """Fifty steps have the losses and parameters of torch.optim in float64, to 1e-12."""
    torch = pytest.importorskip("torch")
    spec = trained(optimizer, "binary_cross_entropy", steps=50, decay=decay, **OPTIONS.get(optimizer, {}))
    updates = evaluation_of(spec).updates
    for update, (before, after) in zip(updates, train_with_torch(torch, spec), strict=True):
        assert float(update.loss_before) == pytest.approx(before, rel=1e-12)
        assert {symbol.name for symbol in update.after} == set(after)
        for symbol, number in update.after.items():
            assert float(number) == pytest.approx(after[symbol.name], rel=1e-12, abs=1e-12)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 40))
def test_batches_go_through_the_samples_in_order(samples, size, steps):
    """Batch after batch takes the next samples, each once in a round; only the last of a round may be smaller."""
    size = min(size, samples)
    found = list(zip(range(steps), batches(SimpleNamespace(batch=size, accumulate=1), samples), strict=False))
    position = 0
    for _, batch in found:
        assert batch == tuple(range(position, min(position + size, samples)))
        position = batch[-1] + 1 if batch[-1] + 1 < samples else 0


def test_a_full_batch_is_every_sample():
    """Without a size every step takes all samples."""
    assert next(batches(SimpleNamespace(batch="full", accumulate=1), 3)) == (0, 1, 2)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("batch", [1, 3, 4, "full"])
def test_batches_by_hand(batch, reduction):
    """The gradient of a step is over its batch with the whole penalty, and the losses are over all samples."""
    more = {"reduction": reduction, "regularization": [{"kind": "l2", "strength": "0.1"}]}
    spec = trained("momentum", batch=batch, steps=6, more=more)
    updates = evaluation_of(spec).updates
    agree(updates, training_by_hand(spec, 50))
    assert {len(update.batch) for update in updates} == {1: {1}, 3: {3, 1}, 4: {4}, "full": {4}}[batch]


def test_the_gradient_of_a_batch_of_one_is_that_of_its_sample():
    """Per-sample training takes the sample's own gradient."""
    evaluation = evaluation_of(trained(batch=1))
    (update,) = evaluation.updates
    assert update.batch == (0,)
    for symbol, gradient in evaluation.samples[0].gradients.items():
        assert close(update.gradients[symbol], gradient)
        assert not close(update.gradients[symbol], evaluation.gradients[symbol])


@pytest.mark.parametrize(
    ("clip", "clipped"),
    [
        ({"clip_value": "0.01"}, True),
        ({"clip_norm": "0.02"}, True),
        ({"clip_norm": "0.02", "clip_value": "0.01"}, True),
        ({"clip_value": 10}, False),
        ({"clip_norm": 10}, False),
    ],
)
def test_clipping_by_hand(clip, clipped):
    """Gradients are cut by value and then scaled by norm; the optimizer takes what comes of it."""
    spec = trained("momentum", steps=5, **clip)
    updates = evaluation_of(spec).updates
    agree(updates, training_by_hand(spec, 50))
    assert (updates[0].clipped is not None) is clipped


@pytest.mark.parametrize("bound", ["5", "5/3", "5/7", "0.5", "3.5", "5/13", "5/19", "5/23"])
def test_a_norm_of_exactly_the_bound_is_not_clipped(bound):
    """A gradient three and four fifths of the bound long is not clipped, whatever the rounding; a longer one is."""
    fifth = Fraction(bound) / 5
    spec = describe(
        [2, 1],
        ["identity"],
        "squared_error",
        False,
        data={"inputs": [[str(3 * fifth), str(4 * fifth)]], "targets": [[-1]]},
        parameters=[{"weights": [[0, 0]]}],
        training={"learning_rate": 1, "clip_norm": bound},
    )
    assert evaluation_of(spec).updates[0].clipped is None
    spec["training"]["clip_norm"] = str(Fraction(bound) * Fraction(99, 100))
    clipped = evaluation_of(spec).updates[0].clipped
    with mpmath.workdps(40):
        norm = mpmath.hypot(*clipped.values())
        assert close(norm * 100 / 99, mpf(fifth.numerator) * 5 / fifth.denominator)


@pytest.mark.parametrize("target", [-10, 10])
def test_a_value_is_cut_on_its_own_side(target):
    """A derivative beyond the bound becomes the bound with its own sign."""
    spec = one_unit(0, 0, 1, target, training={"learning_rate": 1, "clip_value": 3})
    (update,) = evaluation_of(spec).updates
    assert set(update.clipped.values()) == {3 if target < 0 else -3}
    assert set(update.gradients.values()) == {-target}


@optimizers
def test_biases_stay_if_they_are_to(optimizer):
    """Biases that are not updated keep their values, have no state, and do not count for the norm."""
    spec = trained(optimizer, steps=4, update_biases=False, clip_norm="0.05", batch=3)
    updates = evaluation_of(spec).updates
    agree(updates, training_by_hand(spec, 50))
    for update in updates:
        for symbol, number in update.after.items():
            assert (number == update.before[symbol]) == symbol.name.startswith("b")
        for numbers in update.state.values():
            assert not [symbol for symbol in numbers if symbol.name.startswith("b")]


@optimizers
def test_the_learning_rate_decays(optimizer):
    """The rate of step t is the first one divided by 1 + decay (t - 1), counted from the steps made before."""
    spec = trained(optimizer, steps=4, decay="0.5", state={"step": 2})
    updates = evaluation_of(spec).updates
    agree(updates, training_by_hand(spec, 50))
    assert [round(1 / float(update.rate)) for update in updates] == [20, 25, 30, 35]


def exact(number):
    """Return an mpmath number as the fraction that it is."""
    sign, mantissa, exponent, _bits = number._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


@pytest.mark.everyday(3, every=False)
@optimizers
def test_a_training_can_go_on(optimizer):
    """Five steps and five more from where they ended are ten steps."""
    spec = trained(optimizer, steps=10, decay="0.1")
    whole = evaluation_of(spec).updates
    description = load(spec)
    gradient, objective = objective_of([2, 3, 1], ["tanh", "sigmoid"], "squared_error", data=DATA)
    given_first = network_data(gradient.network, description, ())
    first = evaluate(gradient.network, given_first, objective, description.training.model_copy(update={"steps": 5}))
    last = first.updates[-1]
    state = SimpleNamespace(
        step=5,
        values={
            name: {symbol.name: exact(number) for symbol, number in numbers.items()}
            for name, numbers in last.state.items()
        },
    )
    given_second = altered(given_first, parameters={symbol: exact(number) for symbol, number in last.after.items()})
    more = description.training.model_copy(update={"steps": 5, "state": state})
    second = evaluate(gradient.network, given_second, objective, more)
    for one, other in zip(whole, (*first.updates, *second.updates), strict=True):
        assert close(one.rate, other.rate)
        assert close(one.loss_after, other.loss_after)
        assert all(close(number, other.after[symbol]) for symbol, number in one.after.items())


def test_each_step_begins_where_the_last_one_ended():
    """Parameters and loss before a step are those after the one before it."""
    updates = evaluation_of(trained("adam", steps=3)).updates
    for first, second in pairwise(updates):
        assert first.after is second.before
        assert first.loss_after == second.loss_before


def test_digits_that_cancel_step_by_step_are_found_again():
    """A fit that comes closer to perfect by half in each of 400 steps still has all its digits."""
    spec = one_unit(1, 0, 1, 3, training={"learning_rate": "1/2", "steps": 400, "update_biases": False})
    updates = evaluation_of(spec).updates
    with mpmath.workdps(400):
        for update in updates:
            error = -(mpf(2) ** (1 - update.step))
            assert close(update.loss_after, error**2 / 2)
            assert close(update.gradients[Symbol("w1_1_1")], 2 * error)


@pytest.mark.parametrize("count", [120, pytest.param(300, marks=pytest.mark.campaign)])
def test_hundreds_of_steps_are_right_to_the_last_digit(count):
    """After hundreds of steps every parameter has the 22 digits that a training with 80 digits gives it."""
    spec = trained("nesterov", "binary_cross_entropy", steps=count)
    steps = training_by_hand(spec, 80)
    update = evaluation_of(spec).updates[-1]
    with mpmath.workdps(60):
        assert all(close(number, steps[-1].after[symbol.name]) for symbol, number in update.after.items())
        assert close(update.loss_after, steps[-1].loss_after)


def on_a_kink(steps, **training):
    """Return the description of a unit whose input is 0, and so its pre-activation in every step."""
    return describe(
        [1, 1],
        ["relu"],
        "squared_error",
        False,
        data={"inputs": [[1], [0]], "targets": [[0], [1]]},
        parameters=[{"weights": [[1]]}],
        training={"learning_rate": "0.1", "steps": steps} | training,
    )


def test_kinks_of_later_steps_are_recorded():
    """A kink is recorded with step, sample and node, once for each step whose gradient meets it."""
    evaluation = evaluation_of(on_a_kink(3))
    a = Symbol("a1_1")
    assert evaluation.kinks == ((1, a),)
    assert evaluation.later_kinks == ((2, 1, a), (3, 1, a))


def test_only_kinks_of_the_batch_are_recorded():
    """A sample that is not in the batch of a step does not meet a kink there."""
    evaluation = evaluation_of(on_a_kink(5, batch=1))
    assert evaluation.later_kinks == ((2, 1, Symbol("a1_1")), (4, 1, Symbol("a1_1")))


def test_the_first_kinks_are_enough():
    """Of a training that meets a kink in each of its steps the first ones are kept."""
    evaluation = evaluation_of(on_a_kink(MOST_KINKS + 20))
    assert [step for step, _, _ in evaluation.later_kinks] == list(range(2, MOST_KINKS + 2))


def test_a_kink_of_the_penalty_has_no_sample():
    """A weight of 0 under l1 is a kink of the penalty, and its derivative there is 0."""
    spec = one_unit(0, 0, 1, 0, regularization=[{"kind": "l1", "strength": "0.5"}])
    evaluation = evaluation_of(spec)
    assert evaluation.kinks == ((None, Symbol("L_penalty")),)
    assert evaluation.gradients[Symbol("w1_1_1")] == 0


def test_the_parts_of_the_objective():
    """The loss is that of the data and the penalty, and so is each gradient."""
    more = {"regularization": [{"kind": "l2", "strength": "0.1"}]}
    with_penalty, without = evaluation_of(trained(more=more)), evaluation_of(trained())
    weights = [w for symbol, w in with_penalty.updates[0].before.items() if symbol.name.startswith("w")]
    with mpmath.workdps(40):
        penalty = mpmath.fsum(w**2 for w in weights) / 10
        assert close(with_penalty.penalty[Symbol("L_penalty")], penalty)
        assert close(with_penalty.data_loss, without.loss)
        assert close(with_penalty.loss, without.loss + penalty)
        for symbol, gradient in without.gradients.items():
            added = with_penalty.updates[0].before[symbol] / 5 if symbol.name.startswith("w") else 0
            assert close(with_penalty.gradients[symbol], gradient + added)
    assert without.penalty == {}
    assert without.data_loss == without.loss
