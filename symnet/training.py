"""Training: what a step makes of the parameters, by the rule of the optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import cycle
from types import MappingProxyType
from typing import NamedTuple

from sympy import Symbol

from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, STEP, updated
from symnet.description.training import Training
from symnet.network import Network
from symnet.numbers.binary import Binary, difference, from_fraction, product, quotient, square_root, total
from symnet.numbers.reals import Value
from symnet.numbers.rules import rule_of
from symnet.numbers.tape import Slots, Tape
from symnet.quantity import Role

_BIASES = frozenset({Role.BIAS, Role.SHARED_BIAS})

Numbers = Mapping[Symbol, Binary]


class Sample(NamedTuple):
    """One sample's numbers.

    Attributes:
        values: Inputs, targets, parameters, nodes and the sample's loss.
        adjoints: The derivative of this sample's loss by each node that it depends on, itself apart.
        gradients: The derivative of this sample's loss by each parameter, and by each input where that is wanted.
    """

    values: Mapping[Symbol, Value]
    adjoints: Mapping[Symbol, Value]
    gradients: Mapping[Symbol, Value]


class Update(NamedTuple):
    """One training step.

    Attributes:
        step: Its 1-based number.
        batch: The 0-based samples that it is made with.
        rate: Its learning rate.
        loss_before: The objective over all samples before it.
        loss_after: The objective over all samples after it.
        before: The parameters before it.
        gradients: The derivatives of the objective over its batch, before it.
        clipped: What the optimizer takes for them, by each updated parameter; None where nothing is clipped.
        state: What the optimizer keeps after it: under the name of each state, its value by each updated parameter.
        after: The parameters after it.
        samples: The numbers of each sample of its batch before it, where the step is worked in full; else empty.
        penalty: Those of the penalty, likewise.
    """

    step: int
    batch: tuple[int, ...]
    rate: Value
    loss_before: Value
    loss_after: Value
    before: Mapping[Symbol, Value]
    gradients: Mapping[Symbol, Value]
    clipped: Mapping[Symbol, Value] | None
    state: Mapping[str, Mapping[Symbol, Value]]
    after: Mapping[Symbol, Value]
    samples: tuple[Sample, ...] = ()
    penalty: Mapping[Symbol, Value] = MappingProxyType({})


class Move(NamedTuple):
    """What one step makes of the parameters; see :class:`Update`."""

    clipped: Numbers | None
    state: Mapping[str, Numbers]
    after: Numbers


def batches(training: Training, samples: int) -> Iterator[tuple[int, ...]]:
    """Yield the 0-based samples of every step: in their order, again and again, the last few of them by themselves."""
    size = samples if training.batch == "full" else training.batch
    taken = (tuple(range(first, min(first + size, samples))) for first in range(0, samples, size))
    return cycle(taken)


def updated_parameters(network: Network, training: Training) -> tuple[Symbol, ...]:
    """Return the parameters that training changes."""
    if training.update_biases:
        return network.parameters
    return tuple(symbol for symbol in network.parameters if network.quantities[symbol.name].role not in _BIASES)


class Stepper:
    """The optimizer of one training, step by step at one precision.

    Attributes:
        rate: The learning rate of the step that was made last.
    """

    def __init__(self, rule: OptimizerRule, training: Training, parameters: Sequence[Symbol], bits: int) -> None:
        self.rule, self.training, self.parameters, self.bits = rule, training, parameters, bits
        self.made = training.state.step if training.state is not None else 0
        given = training.state.values if training.state is not None else {}
        self.states = [
            {symbol: from_fraction(given.get(name, {}).get(symbol.name, Fraction(0)), bits) for symbol in parameters}
            for name in rule.states
        ]
        self.rate: Binary

    def move(self, before: Numbers, gradients: Numbers) -> Move:
        """Return what the next step makes of the parameters."""
        self.made += 1
        decay = 1 + self.training.decay * (self.made - 1)
        self.rate = from_fraction((self.training.learning_rate or Fraction(0)) / decay, self.bits)
        slots = self.rule.start(self.training.options, self.rate, self.made, self.bits)
        clipped = self.clipped({symbol: gradients[symbol] for symbol in self.parameters})
        used = gradients if clipped is None else clipped
        after, states = dict(before), [dict[Symbol, Binary]() for _ in self.states]
        for symbol in self.parameters:
            kept = [state[symbol] for state in self.states]
            *news, after[symbol] = self.rule.apply(slots, before[symbol], used[symbol], kept)
            for state, new in zip(states, news, strict=True):
                state[symbol] = new
        self.states = states
        return Move(clipped, dict(zip(self.rule.states, states, strict=True)), after)

    def clipped(self, gradients: Numbers) -> Numbers | None:
        """Return the gradients cut to the largest value, then scaled to the largest norm; None if all stay."""
        bits = self.bits
        limited = self._by_value(gradients) if self.training.clip_value is not None else gradients
        if self.training.clip_norm is not None:
            most = from_fraction(self.training.clip_norm, bits)
            square = total([product(g, g, bits) for g in limited.values()], bits)
            if difference(square, product(most, most, bits), bits)[0] > 0:
                scale = quotient(most, square_root(square, bits), bits)
                limited = {symbol: product(g, scale, bits) for symbol, g in limited.items()}
        return None if limited is gradients else limited

    def _by_value(self, gradients: Numbers) -> Numbers:
        mantissa, exponent = most = from_fraction(self.training.clip_value or Fraction(0), self.bits)
        least = (-mantissa, exponent)
        limited = {}
        for symbol, g in gradients.items():
            if difference(g, most, self.bits)[0] > 0:
                limited[symbol] = most
            elif difference(g, least, self.bits)[0] < 0:
                limited[symbol] = least
        return {**gradients, **limited} if limited else gradients


class OptimizerRule:
    """The rule of an optimizer, made ready to be applied to many parameters.

    Attributes:
        states: The names of what it keeps.
    """

    def __init__(self, name: str) -> None:
        optimizer = OPTIMIZERS[name]
        self.states = tuple(state.name for state in optimizer.states)
        self.tape = Tape(rule_of)
        own = (PARAMETER, GRADIENT, *(state.symbol for state in optimizer.states))
        self.own = [self.tape.leaf(symbol) for symbol in own]
        common = (LEARNING_RATE, STEP, *(Symbol(option.name) for option in optimizer.options))
        self.common = {symbol.name: self.tape.leaf(symbol) for symbol in common}
        self.results = [self.tape.define(updated(state.symbol), state.update) for state in optimizer.states]
        for symbol, value in optimizer.corrections:
            self.tape.define(symbol, value)
        self.results.append(self.tape.define(updated(PARAMETER), optimizer.update))
        # What depends on neither a parameter nor its gradient is worked out once a step.
        shared = set(common)
        self.shared = [place for part, place in self.tape.items() if part.free_symbols and part.free_symbols <= shared]

    def start(self, options: Mapping[str, Fraction], rate: Binary, step: int, bits: int) -> Slots:
        """Return slots in which stands what is the same for all parameters in one step."""
        slots = self.tape.start(bits)
        for name, value in options.items():
            slots[self.common[name]] = from_fraction(value, bits)
        slots[self.common[LEARNING_RATE.name]] = rate
        slots[self.common[STEP.name]] = (step, 0)
        for place in self.shared:
            self.tape.demand(slots, place)
        return slots

    def apply(self, common: Slots, parameter: Binary, gradient: Binary, states: Sequence[Binary]) -> list[Binary]:
        """Return the updated states and the updated parameter."""
        slots = common.copy()
        for place, number in zip(self.own, (parameter, gradient, *states), strict=True):
            slots[place] = number
        return [self.tape.demand(slots, place) for place in self.results]
