"""The rules of the optimizers: as they are taught, complete in their symbols, and one within another."""

import pytest
from sympy import Integer, Rational, Symbol

from symnet.algebra.nodes import plain_text
from symnet.catalog.optimizers import (
    DAMPING,
    DECAYED,
    DIRECTION,
    GRADIENT,
    LEARNING_RATE,
    MOMENTUM,
    OPTIMIZERS,
    PARAMETER,
    STEP,
    rule_of,
)

each = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
TAUGHT = {
    "sgd": {"parameter": "parameter - eta*gradient"},
    "momentum": {"velocity": "momentum*velocity + gradient", "parameter": "parameter - eta*velocity'"},
    "ema_momentum": {
        "velocity": "momentum*velocity + (1 - momentum)*gradient",
        "parameter": "parameter - eta*velocity'",
    },
    "nesterov": {
        "velocity": "momentum*velocity + gradient",
        "parameter": "parameter - eta*(gradient + momentum*velocity')",
    },
    "adagrad": {
        "squares": "squares + gradient**2",
        "parameter": "parameter - eta*gradient/(sqrt(squares') + epsilon)",
    },
    "rmsprop": {
        "squares": "beta2*squares + (1 - beta2)*gradient**2",
        "parameter": "parameter - eta*gradient/(sqrt(squares') + epsilon)",
    },
    "adamw": {
        "m": "beta1*m + (1 - beta1)*gradient",
        "v": "beta2*v + (1 - beta2)*gradient**2",
        "m_hat": "m'/(1 - beta1**step)",
        "v_hat": "v'/(1 - beta2**step)",
        "parameter": "parameter - eta*(m_hat/(sqrt(v_hat) + epsilon) + weight_decay*parameter)",
    },
    "adamax": {
        "m": "beta1*m + (1 - beta1)*gradient",
        "u": "Max(beta2*u, Abs(gradient) + epsilon)",
        "m_hat": "m'/(1 - beta1**step)",
        "parameter": "parameter - eta*m_hat/u'",
    },
    "nadam": {
        "m": "beta1*m + (1 - beta1)*gradient",
        "v": "beta2*v + (1 - beta2)*gradient**2",
        "momentum_now": "beta1*(1 - (24/25)**(step*momentum_decay)/2)",
        "momentum_next": "beta1*(1 - (24/25)**((step + 1)*momentum_decay)/2)",
        "normalizer": "1 - momentum_now*(1 - normalizer)",
        "m_hat": "momentum_next*m'/(1 - momentum_next*(1 - normalizer')) + (1 - momentum_now)*gradient/normalizer'",
        "v_hat": "v'/(1 - beta2**step)",
        "parameter": "parameter - eta*m_hat/(sqrt(v_hat) + epsilon)",
    },
    "adadelta": {
        "squares": "beta2*squares + (1 - beta2)*gradient**2",
        "change": "sqrt(changes + epsilon)/sqrt(squares' + epsilon)*gradient",
        "changes": "beta2*changes + (1 - beta2)*change**2",
        "parameter": "parameter - eta*change",
    },
    "lion": {
        "interpolated": "beta1*m + (1 - beta1)*gradient",
        "m": "beta2*m + (1 - beta2)*gradient",
        "parameter": "parameter - eta*(sign(interpolated) + weight_decay*parameter)",
    },
    "newton": {"parameter": "parameter - eta*direction"},
    "adam": {
        "m": "beta1*m + (1 - beta1)*gradient",
        "v": "beta2*v + (1 - beta2)*gradient**2",
        "m_hat": "m'/(1 - beta1**step)",
        "v_hat": "v'/(1 - beta2**step)",
        "parameter": "parameter - eta*m_hat/(sqrt(v_hat) + epsilon)",
    },
}


def composed(optimizer):
    """Return the updated parameter in the symbols before the step, as an ordinary SymPy expression."""
    result = optimizer.update.doit()
    for symbol, value in reversed(optimizer.lines[:-1]):
        result = result.subs(symbol, value.doit())
    return result


@each
def test_a_rule_is_as_it_is_taught(optimizer):
    """Each line of a rule reads as in the textbook, in its order."""
    lines = {symbol.name.removesuffix("'"): plain_text(value) for symbol, value in optimizer.lines}
    assert lines == TAUGHT[optimizer.name]


@each
def test_a_rule_is_complete(optimizer):
    """The rule needs the parameter, the gradient, the learning rate, its states, its options and the step, no more."""
    made = {symbol for symbol, _line in optimizer.lines}
    symbols = set().union(*(line.free_symbols for _symbol, line in optimizer.lines)) - made
    given = {PARAMETER, GRADIENT if optimizer.hessian is None else DIRECTION, LEARNING_RATE, STEP}
    given |= {state.symbol for state in optimizer.states} | {Symbol(option.name) for option in optimizer.options}
    # It stands in the system that the direction solves.
    given -= {DAMPING}
    assert symbols <= given
    assert given - symbols <= {STEP}


@each
def test_without_a_gradient_nothing_moves(optimizer):
    """Where the gradient is 0, nothing is kept of earlier steps and no weight decays, the parameter stays."""
    still = dict.fromkeys([GRADIENT, DIRECTION, *(state.symbol for state in optimizer.states)], 0)
    options = {Symbol(option.name): Rational(*option.default.as_integer_ratio()) for option in optimizer.options}
    assert composed(rule_of(optimizer.name, decays=False)).subs(still).subs(options).subs(STEP, 1) == PARAMETER


@each
def test_options_have_sensible_defaults(optimizer):
    """Every default is a value that its option may have, and is between 0 and 1; weight decay and damping may be 0."""
    for option in optimizer.options:
        assert 0 < option.default < 1 or (option.default == 0 and option.name in {"weight_decay", "damping"})
        assert option.least == 0
        assert option.most in {None, 1}


@pytest.mark.parametrize("name", ["momentum", "ema_momentum", "nesterov"])
def test_without_momentum_it_is_gradient_descent(name):
    """With a momentum of 0 the step is that of gradient descent."""
    found = composed(OPTIMIZERS[name]).subs(MOMENTUM, 0)
    assert (found - composed(OPTIMIZERS["sgd"])).expand() == 0


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    """Adam corrects its averages for their start at 0: without epsilon its first step is eta against the sign."""
    start = {STEP: 1, Symbol("m"): 0, Symbol("v"): 0, Symbol("epsilon"): 0}
    options = {Symbol("beta1"): Rational(9, 10), Symbol("beta2"): Rational(999, 1000)}
    step = composed(OPTIMIZERS["adam"]).subs(start).subs(options)
    for gradient in (3, Rational(1, 7)):
        assert step.subs(GRADIENT, gradient) == PARAMETER - LEARNING_RATE
        assert step.subs(GRADIENT, -gradient) == PARAMETER + LEARNING_RATE


def test_the_learning_rate_decays_from_the_second_step_on():
    """The first step has the learning rate given, and that of step t is divided by 1 + decay (t - 1)."""
    assert plain_text(DECAYED) == "eta/(1 + decay*(step - 1))"
    assert DECAYED.doit().subs(STEP, 1) == LEARNING_RATE
    assert DECAYED.doit().subs({STEP: 5, Symbol("decay"): Integer(2)}) == LEARNING_RATE / 9


@each
def test_weight_decay(optimizer):
    """Weights decay by a term of their own in adamw and lion, elsewhere as if the loss had their squares too."""
    decays, decay = rule_of(optimizer.name, decays=True), Symbol("weight_decay")
    without = composed(rule_of(optimizer.name, decays=False))
    if optimizer.name in {"adamw", "lion"}:
        expected = without - LEARNING_RATE * decay * PARAMETER
    else:
        expected = without.subs(GRADIENT, GRADIENT + decay * PARAMETER)
    numbers = {symbol: Rational(2 + k, 7) for k, symbol in enumerate(sorted(expected.free_symbols, key=str))}
    assert abs((composed(decays) - expected).subs(numbers).evalf(30)) < 1e-25
