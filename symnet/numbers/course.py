"""All numbers of one exercise at one precision: those at its start, then one training step after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Symbol

from symnet.description.training import Training
from symnet.given import Given
from symnet.network import Network
from symnet.numbers.binary import Binary, from_fraction, quotient, size, total
from symnet.numbers.bounds import bounds_of
from symnet.numbers.reals import LARGEST_EXPONENT, NoValueError
from symnet.numbers.sweeps import Sweeps
from symnet.numbers.tape import Slots
from symnet.objective import Objective
from symnet.training import Move, OptimizerRule, Stepper, batches, updated_parameters

# Where a kink was met: the 0-based sample, or None for the penalty, and the node.
Kink: TypeAlias = tuple[int | None, Symbol]

# Kinks that are kept, of the start and of all later steps: nobody reads more.
MOST_KINKS = 50


class UndefinedAtError(ArithmeticError):
    """The given numbers lead to a value that is not real and finite.

    Attributes:
        sample: The 0-based sample.
        steps: How many training steps were made before it was met.
    """

    def __init__(self, reason: str, sample: int, steps: int = 0) -> None:
        super().__init__(reason)
        self.sample = sample
        self.steps = steps


class Point(NamedTuple):
    """The numbers at one set of parameters.

    Attributes:
        parameters: The parameters.
        samples: The slots of each sample.
        penalty: The slots of the penalty, or None without regularization.
        data_loss: The mean or the sum of the samples' losses.
        loss: The objective.
    """

    parameters: Mapping[Symbol, Binary]
    samples: Sequence[Slots]
    penalty: Slots | None
    data_loss: Binary
    loss: Binary


class Start(NamedTuple):
    """The numbers before training: the point, the derivatives of the objective there, and the kinks met."""

    point: Point
    gradients: Mapping[Symbol, Binary]
    kinks: tuple[Kink, ...]


class Step(NamedTuple):
    """One training step; see :class:`symnet.training.Update`. Kinks are those met by its gradients."""

    number: int
    batch: tuple[int, ...]
    rate: Binary
    before: Point
    gradients: Mapping[Symbol, Binary]
    move: Move
    loss_after: Binary
    kinks: tuple[Kink, ...]


class Course:
    """One network at one set of numbers, evaluated at any precision.

    Attributes:
        network: The network.
        given: The numbers put into it.
        sweeps: Its sweeps, for one sample.
        row: The places of inputs and targets in them.
        penalty: The sweeps of the penalty, or None without regularization.
    """

    def __init__(self, network: Network, given: Given, objective: Objective, training: Training | None) -> None:
        self.network, self.given, self.mean, self.training = network, given, objective.mean, training
        leaves = (*network.inputs, *network.targets, *network.parameters, *given.constants)
        wanted = (*network.parameters, *network.wanted_inputs)
        self.sweeps = Sweeps(network.nodes, network.loss, leaves, wanted, bounds_of(network))
        self.row = {symbol: self.sweeps.leaves[symbol] for symbol in (*network.inputs, *network.targets)}
        self.penalty: Sweeps | None = None
        if objective.penalty:
            nodes = {node.symbol: node for node in objective.penalty}
            leaves = (*network.parameters, *given.constants)
            self.penalty = Sweeps(nodes, objective.penalty[-1].symbol, leaves, network.parameters)
        self.rule = None if training is None else OptimizerRule(training.optimizer)

    def is_shown(self, step: int) -> bool:
        """Return whether a sheet works a training step in full, for which it needs all numbers before it."""
        return self.training is not None and step <= self.training.shown

    def pages(self, bits: int) -> Iterator[Start | Step | UndefinedAtError]:
        """Yield the start and then each training step, or last of all why there are no more numbers.

        Several courses may be followed at once: each sets mpmath to its own precision as it goes on.
        """
        try:
            yield from self._pages(bits)
        except UndefinedAtError as error:
            yield error

    def _pages(self, bits: int) -> Iterator[Start | Step]:
        mpmath.mp.prec = bits
        point = self.point(bits, self.parameters(bits))
        everything = tuple(range(len(point.samples)))
        gradients = self.gradients(point, everything)
        yield Start(point, gradients, tuple(islice(self.kinks(point, everything), MOST_KINKS)))
        if self.training is None or self.rule is None:
            return
        stepper = Stepper(self.rule, self.training, updated_parameters(self.network, self.training), bits)
        room = MOST_KINKS
        for number, batch in zip(
            range(1, self.training.steps + 1), batches(self.training, len(everything)), strict=False
        ):
            mpmath.mp.prec = bits
            if number > 1 or batch != everything:
                gradients = self.gradients(point, batch, number - 1)
            kinks = tuple(islice(self.kinks(point, batch), room)) if number > 1 else ()
            room -= len(kinks)
            try:
                move = stepper.move(point.parameters, gradients)
            except NoValueError as error:
                raise UndefinedAtError(str(error), batch[0], number) from None
            after = self.point(bits, move.after, number)
            yield Step(number, batch, stepper.rate, point, gradients, move, after.loss, kinks)
            point = after

    def parameters(self, bits: int) -> dict[Symbol, Binary]:
        """Return the parameters before training."""
        return _binary(self.given.parameters, bits)

    def swept(self, point: Point) -> Iterator[tuple[Sweeps, Slots]]:
        """Yield the sweeps of each sample and of the penalty with the slots that they have filled."""
        yield from ((self.sweeps, slots) for slots in point.samples)
        if self.penalty is not None and point.penalty is not None:
            yield self.penalty, point.penalty

    def point(self, bits: int, parameters: Mapping[Symbol, Binary], steps: int = 0) -> Point:
        """Return the forward pass of every sample and the objective, after so many training steps.

        Raises:
            UndefinedAtError: If a node has no value.
        """
        if any(number[0] and abs(size(number)) > LARGEST_EXPONENT for number in parameters.values()):
            raise UndefinedAtError("the parameters grow beyond all bounds", 0, steps)
        common = {**parameters, **_binary(self.given.constants, bits)}
        blank = self.sweeps.start(bits, common)
        samples = []
        for sample, row in enumerate(self.given.rows):
            slots = self.sweeps.put(blank, _binary(row, bits))
            _defined(self.sweeps.forward, slots, sample, steps)
            samples.append(slots)
        losses = [slots[self.sweeps.computed[self.network.loss]] for slots in samples]
        data_loss = self._together(losses, bits)
        if self.penalty is None:
            return Point(parameters, samples, None, data_loss, data_loss)
        slots = self.penalty.start(bits, common)
        _defined(self.penalty.forward, slots, 0, steps)
        loss = total((data_loss, slots[self.penalty.computed[self.penalty.loss]]), bits)
        return Point(parameters, samples, slots, data_loss, loss)

    def gradients(self, point: Point, batch: Sequence[int], steps: int = 0) -> dict[Symbol, Binary]:
        """Return the derivatives of the objective over the samples of ``batch`` by every parameter.

        Raises:
            UndefinedAtError: If one has no value.
        """
        for sample in batch:
            _defined(self.sweeps.backward, point.samples[sample], sample, steps)
        chosen = [point.samples[sample] for sample in batch]
        bits = chosen[0][0]
        found = {}
        for symbol in self.network.parameters:
            place = self.sweeps.gradients[symbol]
            found[symbol] = self._together([slots[place] for slots in chosen], bits)
        if self.penalty is not None and point.penalty is not None:
            _defined(self.penalty.backward, point.penalty, 0, steps)
            for symbol, place in self.penalty.gradients.items():
                found[symbol] = total((found[symbol], point.penalty[place]), bits)
        return found

    def _together(self, values: Sequence[Binary], bits: int) -> Binary:
        """Return the mean or the sum of one value a sample."""
        whole = total(values, bits)
        return quotient(whole, (len(values), 0), bits) if self.mean and len(values) > 1 else whole

    def kinks(self, point: Point, batch: Sequence[int]) -> Iterator[Kink]:
        """Yield the nodes that pass a kink at exactly these numbers."""
        for sample in batch:
            for symbol in self.sweeps.kinks(point.samples[sample]):
                yield sample, symbol
        if self.penalty is not None and point.penalty is not None:
            for symbol in self.penalty.kinks(point.penalty):
                yield None, symbol


def _binary(numbers: Mapping[Symbol, Fraction], bits: int) -> dict[Symbol, Binary]:
    return {symbol: from_fraction(number, bits) for symbol, number in numbers.items()}


def _defined(sweep: Callable[[Slots], None], slots: Slots, sample: int, steps: int) -> None:
    """Make a sweep over one sample's slots, and say of which sample it was if a number has no value."""
    try:
        sweep(slots)
    except NoValueError as error:
        raise UndefinedAtError(str(error), sample, steps) from None
