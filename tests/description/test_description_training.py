"""Training: optimizers, their options and states, batches, clipping."""

from fractions import Fraction

import pytest
from refusals import assert_refused, refused, spoil

from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description import Description, Training, load, load_text
from symnet.description.layers import parameter_ids
from symnet.network.build import build_network

TEXT = """\
inputs: 1
layers:
  - {units: 2, activation: maxout, bias: shared}
  - {units: 1, activation: prelu}
loss: squared_error
data:
  inputs:  [[1], [2], [3]]
  targets: [[0], [1], [2]]
parameters:
  - pieces: [{weights: [[1], [2]]}, {weights: [[3], [4]]}]
    biases: 5
  - {weights: [[6, 7]], biases: [8], alpha: 0.1}
training:
  optimizer: adam
  learning_rate: 0.1
  steps: 10000
  batch: 2
  beta1: 0.5
  epsilon: 0
  update_biases: false
  clip_norm: 5
  clip_value: 1/2
  decay: 0.01
  state:
    step: 5
    m: {w1_2_1.2: -1, b1: 2, alpha2: 1}
    v: {w2_1_2: 3}
"""

MALFORMED = {
    "option of another": (
        "beta1: 0.5",
        "momentum: 0.5",
        "momentum",
        ["options of adam: beta1, beta2, epsilon", "nesterov"],
    ),
    "option of none": ("optimizer: adam", "optimizer: sgd", "beta1", ["options of sgd: none", "belongs to adam"]),
    "beta1 of 1": ("beta1: 0.5", "beta1: 1", "1\n  epsilon", ["training.beta1", "0 and below 1"]),
    "negative epsilon": ("epsilon: 0", "epsilon: -1", "-1\n  update", ["training.epsilon", "of at least 0"]),
    "misspelt option": ("beta1:", "beta_1:", "beta_1", ['mean "beta1"?']),
    "misspelt optimizer": (
        "optimizer: adam",
        "optimizer: adma",
        "adma",
        ['mean "adam"?', "sgd, momentum, ema_momentum"],
    ),
    "steps": ("steps: 10000", "steps: 10001", "10001", ["1 to 10000"]),
    "batch 0": ("batch: 2", "batch: 0", "0\n  beta1", ["full, or a whole number from 1"]),
    "batch too large": ("batch: 2", "batch: 44", "44", ["at most 3 samples"]),
    "batch a word": ("batch: 2", "batch: mini", "mini", ["full, or a whole number"]),
    "update_biases": ("biases: false", "biases: 'no'", "'no'", ["true or false", "Write false."]),
    "clip_norm 0": ("clip_norm: 5", "clip_norm: 0", "0\n  clip", ["above 0"]),
    "negative clip_value": ("clip_value: 1/2", "clip_value: -1/2", "-1/2", ["above 0"]),
    "negative decay": ("decay: 0.01", "decay: -0.01", "-0.01", ["of at least 0"]),
    "no learning rate": (
        "  learning_rate: 0.1\n",
        "",
        "optimizer",
        ["training.learning_rate", "nothing", "Without numbers"],
    ),
    "too few learning rates": ("rate: 0.1", "rate: [0.1, 0.2]", "[0.1", ["2 numbers", "10000 numbers, one per step"]),
    "two ways of learning rates": (
        "decay: 0.01",
        "decay: 0.01\n  schedule: {kind: inverse, factor: 2}",
        "decay",
        ["training.decay", 'beside the key "schedule"'],
    ),
    "schedule without its number": (
        "decay: 0.01",
        "schedule: {kind: cosine}",
        "{kind",
        ["cosine without total", 'a value for the key "total"'],
    ),
    "option of another schedule": (
        "decay: 0.01",
        "schedule: {kind: cosine, total: 9, factor: 2}",
        "factor: 2",
        ["options of cosine: total", "belongs to step and exponential and inverse"],
    ),
    "warmup longer than all": (
        "decay: 0.01",
        "schedule: {kind: cosine, warmup: 9, total: 9}",
        "9}",
        ["training.schedule.total", "more steps than the 9 of the warmup"],
    ),
    "too many batches": ("batch: 2", "batch: 2\n  accumulate: 3", "3\n  beta1", ["at most 2, as many as"]),
    "earlier steps": ("step: 5", "step: -5", "-5", ["training.state.step", "whole number from 0"]),
    "state of another": ("    v:", "    velocity:", "velocity", ["states of adam: step, m, v"]),
    "misspelt state": ("step: 5", "stp: 5", "stp: 5", ['mean "step"?']),
    "unknown id": ("w1_2_1.2", "w1_2_1.3", "w1_2_1.3", ["training.state.m.w1_2_1.3", "w1_1_1.1", 'mean "w1_2_1.']),
    "id of a unit": ("b1: 2", "b1_1: 2", "b1_1", ['"b1_1"', "b1"]),
    "state that is no number": ("w2_1_2: 3", "w2_1_2: x", "x}", ["training.state.v.w2_1_2", "a number"]),
    "negative square": ("w2_1_2: 3", "w2_1_2: -3", "-3", ["training.state.v.w2_1_2", "of at least 0"]),
    "state a list": ("{w2_1_2: 3}", "[33]", "[33]", ["a mapping from names to numbers of 0 or more"]),
}


@pytest.mark.parametrize(("old", "new", "at", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_training_is_refused_at_its_place(old, new, at, words):
    """The problem is found where it stands, and the message says what may stand there."""
    assert_refused(spoil(TEXT, old, new), at, words)


def test_a_training_is_read():
    """Options, limits and states arrive exactly; what is not given has its default."""
    training = load_text(TEXT, "q.yaml").training
    assert training.options == {"beta1": Fraction(1, 2), "beta2": Fraction(999, 1000), "epsilon": 0}
    assert (training.batch, training.steps, training.update_biases) == (2, 10_000, False)
    assert (training.clip_norm, training.clip_value, training.decay) == (5, Fraction(1, 2), Fraction(1, 100))
    assert training.state.step == 5
    assert training.state.values == {"m": {"w1_2_1.2": -1, "b1": 2, "alpha2": 1}, "v": {"w2_1_2": 3}}
    assert isinstance(hash(training), int)


def test_a_training_has_defaults():
    """Without a word it is gradient descent over all samples, one step, the learning rate a symbol."""
    training = Training()
    assert (training.optimizer, training.learning_rate, training.steps) == ("sgd", None, 1)
    assert (training.batch, training.update_biases, training.decay, training.state) == ("full", True, 0, None)
    assert (training.clip_norm, training.clip_value, training.options) == (None, None, {})


def test_every_option_and_state_of_the_catalog_is_a_key():
    """An optimizer without its options has their defaults, and each of its states can be given."""
    for name, entry in OPTIMIZERS.items():
        assert Training(optimizer=name).options == {option.name: option.default for option in entry.options}
        states = {state.name: {"w1_1_1": 1} for state in entry.states}
        assert Training(optimizer=name, state=states).state.values == states


def test_a_learning_rate_may_be_left_out_while_there_are_no_numbers():
    """Symbolically the learning rate stays a symbol."""
    symbolic = TEXT.split("data:", maxsplit=1)[0] + "training: {optimizer: adam}\n"
    assert load_text(symbolic, "q.yaml").training.learning_rate is None


def test_every_parameter_of_the_network_may_have_a_state():
    """Ids of weights, biases, shared biases, pieces and learned slopes are known."""
    ids = [f"w1_{unit}_1.{piece}" for unit in (1, 2) for piece in (1, 2)] + ["b1", "w2_1_1", "w2_1_2", "b2_1", "alpha2"]
    state = ", ".join(f"{name}: 1" for name in ids)
    text = spoil(TEXT, "{w1_2_1.2: -1, b1: 2, alpha2: 1}", f"{{{state}}}")
    assert list(load_text(text, "q.yaml").training.state.values["m"]) == ids


@pytest.mark.parametrize("bias", [True, False, "shared"])
@pytest.mark.parametrize("activation", ["tanh", "prelu", "maxout", "softmax", "z^2"])
def test_the_ids_of_parameters_are_those_of_the_network(activation, bias):
    """What a state may name is exactly what the network has."""
    layers = [{"units": units, "activation": activation, "bias": bias} for units in (2, 3)]
    description = load({"inputs": 4, "layers": layers, "loss": "squared_error"})
    network = build_network(description, description.loss[0])
    assert {symbol.name for symbol in network.parameters} == set(parameter_ids(4, description.layers))


def test_states_are_checked_beside_other_problems():
    """Everything that is wrong with a training is said at once."""
    text = spoil(spoil(spoil(TEXT, "b1: 2", "b9: 2"), "batch: 2", "batch: 9"), "  learning_rate: 0.1\n", "")
    assert {problem.where for problem in refused(text)} == {
        "training.learning_rate",
        "training.batch",
        "training.state.m.b9",
    }


def test_a_state_can_be_given_in_python():
    """Records and mappings make the same training."""
    whole = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
    state = {"velocity": {"w1_1_1": -600}}
    described = load({**whole, "training": {"optimizer": "momentum", "state": state}})
    assert described == Description(**whole, training=Training(optimizer="momentum", state=state))
    assert described.training.state.values["velocity"]["w1_1_1"] == -600
