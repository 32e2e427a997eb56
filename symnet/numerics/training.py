"""Training: what a step makes of the parameters, by the rule of the optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain, cycle, islice
from types import MappingProxyType
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.real import Value
from symnet.catalog.optimizers import (
    CLIPPED,
    DAMPING,
    DECAY,
    DECAYED,
    DIRECTION,
    GRADIENT,
    LEARNING_RATE,
    LONGEST,
    NORM,
    PARAMETER,
    STEP,
    Optimizer,
    norm_of,
    updated,
)
from symnet.catalog.schedules import PROGRESS, SCHEDULES, WARMING
from symnet.description.training import Training
from symnet.network.graph import Network
from symnet.numerics.arithmetic import Arithmetic, Lines, Number
from symnet.numerics.newton import NewtonSolver, NewtonSystem, Rows
from symnet.quantity import Role

_BIASES = frozenset({Role.BIAS, Role.SHARED_BIAS})

Numbers = Sequence[Number]


class Sample(NamedTuple):
    """One sample's numbers.

    Attributes:
        values: Inputs, targets, parameters, nodes and the sample's loss.
        adjoints: The derivative of this sample's loss with respect to each node that it depends on, itself apart.
        gradients: The derivative of this sample's loss with respect to each parameter, and by each input where that
            is wanted.
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
        system: What the Hessian makes of the gradient, of Newton's method; else None.
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
    system: NewtonSystem | None = None

    @property
    def used(self) -> Mapping[Symbol, Value]:
        """The derivatives that the optimizer is given, clipped where they are."""
        return self.gradients if self.clipped is None else self.clipped


class Move(NamedTuple):
    """The parameters and optimizer state after one step; see :class:`Update`.

    All parameters are in the order of the network, and so are those that are updated.
    """

    rate: Number
    clipped: Numbers | None
    state: Mapping[str, Numbers]
    after: Numbers
    system: NewtonSystem | None = None


def batches(training: Training, samples: int) -> Iterator[tuple[int, ...]]:
    """Yield the 0-based samples of every step: in their order, again and again, the last few of them by themselves.

    Where gradients are accumulated, several such batches in turn are one.
    """
    size = samples if training.batch == "full" else training.batch
    taken = cycle([range(first, min(first + size, samples)) for first in range(0, samples, size)])
    while True:
        yield tuple(chain.from_iterable(islice(taken, training.accumulate)))


def updated_parameters(network: Network, training: Training) -> tuple[Symbol, ...]:
    """Return the parameters that training changes."""
    if training.update_biases:
        return network.parameters
    return tuple(symbol for symbol in network.parameters if network.quantities[symbol.name].role not in _BIASES)


class UpdateRule:
    """The optimizer's update rule for one parameter, bound to an arithmetic.

    Args:
        network: What is trained.
        training: How it is trained.
        arithmetic: What it is worked out in.
        shown: Whether each line is rounded as a sheet shows it.
        optimizer: What takes the place of the optimizer of the training; None for itself.

    Attributes:
        parameters: Those that are updated.
        places: Their places among all parameters.
        states: The names of what the optimizer keeps.
        lines: The places of the lines that it works out.
        solver: What makes a direction of the Hessian and the gradient; None where the optimizer takes no Hessian.
    """

    def __init__(
        self,
        network: Network,
        training: Training,
        arithmetic: Arithmetic,
        *,
        shown: bool,
        optimizer: Optimizer | None = None,
    ) -> None:
        self.training, self.arithmetic = training, arithmetic
        self.parameters = updated_parameters(network, training)
        self.places = [network.parameters.index(symbol) for symbol in self.parameters]
        optimizer = optimizer or training.rule
        self.states = tuple(state.name for state in optimizer.states)
        taken = GRADIENT if optimizer.hessian is None else DIRECTION
        own = (PARAMETER, taken, *(state.symbol for state in optimizer.states))
        lines = dict(optimizer.lines)
        self.lines = {name: place for place, name in enumerate(lines)}
        self.results = [self.lines[updated(symbol)] for symbol in (PARAMETER, *own[2:])]
        lines_of = partial(Lines, arithmetic=arithmetic, shown=shown)
        self.update = lines_of((LEARNING_RATE, STEP, *map(Symbol, training.options)), own, lines)
        self.decay = lines_of((LEARNING_RATE, DECAY), (STEP,), {DECAYED: DECAYED})
        self.scheduled: dict[Expr, Lines] = {}
        if training.schedule is not None:
            inputs = (LEARNING_RATE, *map(Symbol, training.schedule.options))
            rates = (WARMING, SCHEDULES[training.schedule.kind].rate)
            self.scheduled = {rate: lines_of(inputs, (PROGRESS,), {rate: rate}) for rate in rates}
        self.clip = lines_of((LONGEST, NORM), (GRADIENT,), {CLIPPED: CLIPPED})
        self.solver = None
        if optimizer.hessian is not None:
            self.solver = NewtonSolver(optimizer.hessian, len(self.parameters), arithmetic, shown=shown)
        clips = training.clip_norm is not None
        self.norm = lines_of((), self.parameters, {NORM: norm_of(self.parameters)}) if clips else None


class Stepper:
    """The optimizer of one training, step by step at one precision."""

    def __init__(self, rule: UpdateRule, bits: int) -> None:
        self.rule, self.training, self.bits = rule, rule.training, bits
        kept = self.training.state
        self.made = self.training.steps_before
        known = {} if kept is None else kept.values
        self.states: list[list[Number]] = [
            [self.exactly(known.get(name, {}).get(symbol.name)) for symbol in rule.parameters] for name in rule.states
        ]
        self.options = [self.exactly(number) for number in self.training.options.values()]
        self.damping = self.exactly(self.training.options.get(DAMPING.name))

    def exactly(self, number: Fraction | None) -> Number:
        """Return a given number in the arithmetic; 0 for None."""
        return self.rule.arithmetic.exactly(number or Fraction(0), self.bits)

    def move(self, before: Numbers, gradients: Numbers, hessian: Rows = ()) -> Move:
        """Return the parameters and state after the next step.

        Args:
            before: The parameters before it.
            gradients: The derivatives with respect to them.
            hessian: The second derivatives with respect to those that are updated, if the optimizer takes any.

        Raises:
            NoValueError: At a line without a value.
        """
        rule = self.rule
        self.made += 1
        rate, step = self.rate(), self.exactly(Fraction(self.made))
        started = rule.update.start(self.bits, (rate, step, *self.options))
        plain = [gradients[place] for place in rule.places]
        clipped = self.clipped(plain)
        system = None if rule.solver is None else rule.solver.solve(hessian, plain, self.damping, self.bits)
        taken = (plain if clipped is None else clipped) if system is None else system.solution
        columns = ([before[place] for place in rule.places], taken, *self.states)
        worked = [rule.update.work(started, row) for row in zip(*columns, strict=True)]
        news, *self.states = ([found[result] for found in worked] for result in rule.results)
        after = list(before)
        for place, new in zip(rule.places, news, strict=True):
            after[place] = new
        return Move(rate, clipped, dict(zip(rule.states, self.states, strict=True)), after, system)

    def go_on(self, made: int, kept: Mapping[str, Mapping[Symbol, Number]]) -> None:
        """Resume after some steps, with the optimizer state of each parameter; 0 if there is none."""
        self.made += made
        zero, parameters = self.exactly(None), self.rule.parameters
        self.states = [[kept.get(name, {}).get(symbol, zero) for symbol in parameters] for name in self.rule.states]

    def single(
        self, parameter: Symbol, rate: Number, before: Number, gradient: Number, *, line: Symbol | None = None
    ) -> Number:
        """Return one parameter after the next step, without changing the state.

        Args:
            parameter: The parameter.
            rate: The learning rate.
            before: The parameter before the step.
            gradient: The derivative with respect to it, or what the optimizer takes in its place.
            line: The line of the rule that is wanted in the place of the parameter's own.

        Raises:
            NoValueError: At a line without a value.
            KeyError: If the rule has no such line.
        """
        rule = self.rule
        started = rule.update.start(self.bits, (rate, self.exactly(Fraction(self.made + 1)), *self.options))
        place = rule.parameters.index(parameter)
        found = rule.update.work(started, (before, gradient, *(column[place] for column in self.states)))
        return found[rule.results[0] if line is None else rule.lines[line]]

    def rate(self) -> Number:
        """Return the learning rate of the step."""
        training = self.training
        rate, decay = self.exactly(training.unscheduled_rate(self.made - training.steps_before)), training.decay
        if training.schedule is not None:
            formula, progress = training.schedule.formula(self.made)
            options = map(self.exactly, training.schedule.options.values())
            lines = self.rule.scheduled[formula]
            return lines.work(lines.start(self.bits, (rate, *options)), (self.exactly(progress),))[0]
        if not decay:
            return rate
        started = self.rule.decay.start(self.bits, (rate, self.exactly(decay)))
        return self.rule.decay.work(started, (self.exactly(Fraction(self.made)),))[0]

    def clipped(self, gradients: Numbers) -> Numbers | None:
        """Return the gradients cut to the largest value, then scaled to the largest norm; None if all stay."""
        rule, limited = self.rule, [self.cut(number) for number in gradients]
        if rule.norm is not None:
            longest = self.exactly(self.training.clip_norm)
            (norm,) = rule.norm.work(rule.norm.start(self.bits), limited)
            if rule.arithmetic.compare(norm, longest, self.bits) > 0:
                started = rule.clip.start(self.bits, (longest, norm))
                limited = [rule.clip.work(started, (number,))[0] for number in limited]
        return None if limited == gradients else limited

    def cut(self, number: Number) -> Number:
        """Return a derivative cut to the largest size allowed."""
        most, compare = self.training.clip_value, self.rule.arithmetic.compare
        if most is None:
            return number
        high, low = self.exactly(most), self.exactly(-most)
        return high if compare(number, high, self.bits) > 0 else low if compare(low, number, self.bits) > 0 else number
