"""All numbers of one exercise in one arithmetic: those at its start, then one training step after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.description.training import Training
from symnet.given import Given
from symnet.numbers.arithmetic import Arithmetic, Code, Number, Slots, require
from symnet.numbers.compiled import BACKWARD, FORWARD, OBJECTIVE, SWITCHES, Compiled, Pass, together
from symnet.numbers.program import Missing
from symnet.numbers.reals import NoValueError
from symnet.training import Move, Stepper, UpdateRule, batches

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
        parameters: The parameters, in the order of the network.
        samples: The slots of each sample.
        penalty: The slots of the penalty, or None without regularization.
        data_loss: The mean or the sum of the samples' losses.
        loss: The objective.
    """

    parameters: Sequence[Number]
    samples: Sequence[Slots]
    penalty: Slots | None
    data_loss: Number
    loss: Number


class Start(NamedTuple):
    """The numbers before training: the point, the derivatives of the objective there, and the kinks met."""

    point: Point
    gradients: Sequence[Number]
    kinks: tuple[Kink, ...]


class Step(NamedTuple):
    """One training step; see :class:`symnet.training.Update`. Kinks are those met by its gradients."""

    number: int
    batch: tuple[int, ...]
    before: Point
    gradients: Sequence[Number]
    move: Move
    loss_after: Number
    kinks: tuple[Kink, ...]


class Course:
    """The programs of one exercise, run with its numbers at any precision.

    Args:
        compiled: The programs.
        arithmetic: What they are worked out in.
        given: The numbers put into them.
        training: The steps to make, if any.
    """

    def __init__(self, compiled: Compiled, arithmetic: Arithmetic, given: Given, training: Training | None) -> None:
        self.compiled, self.arithmetic, self.given, self.training = compiled, arithmetic, given, training
        self.network, self.sample, self.penalty = compiled.network, compiled.sample, compiled.penalty
        self._sample = Code(self.sample.program, arithmetic, len(self.sample.fixed))
        self._gradients = [self.sample.gradients[symbol] for symbol in self.network.parameters]
        self._penalty: Code | None = None
        if self.penalty is not None:
            self._penalty = Code(self.penalty.program, arithmetic)
        self._first: tuple[int, Point] | None = None
        self._known: dict[int, tuple[list[list[Number]], list[Number]]] = {}
        self._together: dict[tuple[int, bool], tuple[Code, int]] = {}
        self.rule: UpdateRule | None = None
        if training is not None:
            self.rule = UpdateRule(self.network, training, arithmetic, shown=compiled.shown)

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
        point = self.start(bits)
        everything = tuple(range(len(point.samples)))
        gradients = self.gradients(point, everything, bits)
        yield Start(point, gradients, tuple(islice(self.kinks(point, everything), MOST_KINKS)))
        if self.training is None or self.rule is None:
            return
        stepper, room = Stepper(self.rule, bits), MOST_KINKS
        for number, batch in zip(
            range(1, self.training.steps + 1), batches(self.training, len(everything)), strict=False
        ):
            mpmath.mp.prec = bits
            if number > 1 or batch != everything:
                gradients = self.gradients(point, batch, bits, number - 1)
            kinks = tuple(islice(self.kinks(point, batch), room)) if number > 1 else ()
            room -= len(kinks)
            try:
                move = stepper.move(point.parameters, gradients)
            except NoValueError as error:
                raise UndefinedAtError(str(error), batch[0], number) from None
            after = self.point(bits, move.after, number)
            yield Step(number, batch, point, gradients, move, after.loss, kinks)
            point = after

    def start(self, bits: int) -> Point:
        """Return the forward pass before training, which is made once as long as the precision stays the same.

        Raises:
            UndefinedAtError: If a node has no value.
        """
        if self._first is None or self._first[0] != bits:
            parameters = self._given(self.given.parameters, self.network.parameters, bits)
            self._first = bits, self.point(bits, parameters)
        return self._first[1]

    def _data(self, bits: int) -> tuple[list[list[Number]], list[Number]]:
        """Return the numbers of each sample, and the constants."""
        if bits not in self._known:
            rows = [self._given(row, self.sample.data, bits) for row in self.given.rows]
            self._known[bits] = rows, self._given(self.given.constants, self.given.constants, bits)
        return self._known[bits]

    def _given(self, numbers: Mapping[Symbol, Fraction], symbols: Iterable[Symbol], bits: int) -> list[Number]:
        given = self.arithmetic.given
        return [given(numbers[symbol], bits) for symbol in symbols]

    def point(self, bits: int, parameters: Sequence[Number], steps: int = 0) -> Point:
        """Return the forward pass of every sample and the objective, after so many training steps.

        Raises:
            UndefinedAtError: If a node has no value.
        """
        if any(map(self.arithmetic.is_beyond, parameters)):
            raise UndefinedAtError("the parameters grow beyond all bounds", 0, steps)
        rows, constants = self._data(bits)
        fixed = (*parameters, *constants)
        blank = self._sample.start(bits, fixed)
        samples = []
        for sample, row in enumerate(rows):
            slots = self._sample.filled(blank, row)
            self._sample.run(slots, FORWARD)
            _defined(slots, self.sample.nodes, sample, steps, named=True)
            samples.append(slots)
        losses = [slots[self.sample.nodes[self.network.loss]] for slots in samples]
        objective = self.compiled.objective
        if not objective.nodes:
            return Point(parameters, samples, None, losses[0], losses[0])
        data_loss = self._over_samples(losses, bits)
        if self.penalty is None or self._penalty is None:
            return Point(parameters, samples, None, data_loss, data_loss)
        slots = self._penalty.start(bits, fixed)
        self._penalty.run(slots, FORWARD)
        _defined(slots, self.penalty.nodes, 0, steps, named=True)
        loss = self._over_samples(losses, bits, slots[self.penalty.nodes[objective.penalty[-1].symbol]])
        return Point(parameters, samples, slots, data_loss, loss)

    def gradients(self, point: Point, batch: Sequence[int], bits: int, steps: int = 0) -> list[Number]:
        """Return the derivatives of the objective over the samples of ``batch`` with respect to every parameter.

        Raises:
            UndefinedAtError: If one has no value.
        """
        for sample in batch:
            self._sample.run(point.samples[sample], BACKWARD)
            _defined(point.samples[sample], self.sample.lines, sample, steps, named=self.compiled.shown)
        columns = [[point.samples[sample][place] for place in self._gradients] for sample in batch]
        if not self.compiled.objective.nodes:
            return columns[0]
        added: Mapping[Symbol, Number] = {}
        if self.penalty is not None and self._penalty is not None and point.penalty is not None:
            self._penalty.run(point.penalty, BACKWARD)
            _defined(point.penalty, self.penalty.lines, 0, steps, named=False)
            added = {symbol: point.penalty[place] for symbol, place in self.penalty.gradients.items()}
        rows = zip(self.network.parameters, zip(*columns, strict=True), strict=True)
        return [self._over_samples(row, bits, added.get(symbol) if added else None) for symbol, row in rows]

    def _over_samples(self, values: Sequence[Number], bits: int, more: Number | None = None) -> Number:
        """Return the mean or the sum of one value a sample, with what the penalty adds to it."""
        key = len(values), more is not None
        if key not in self._together:
            mean, shown = self.compiled.objective.mean, self.compiled.shown
            program, result = together(len(values), mean=mean, more=more is not None, shown=shown)
            self._together[key] = Code(program, self.arithmetic), result
        code, result = self._together[key]
        slots = code.start(bits, values if more is None else (*values, more))
        code.run(slots, OBJECTIVE)
        return slots[result]

    def kinks(self, point: Point, batch: Sequence[int]) -> Iterator[Kink]:
        """Yield the nodes that pass a kink at exactly these numbers."""
        for sample in batch:
            for symbol in self._on_a_kink(self._sample, self.sample, point.samples[sample]):
                yield sample, symbol
        if self.penalty is not None and self._penalty is not None and point.penalty is not None:
            for symbol in self._on_a_kink(self._penalty, self.penalty, point.penalty):
                yield None, symbol

    def _on_a_kink(self, code: Code, one: Pass, slots: Slots) -> Iterator[Symbol]:
        """Yield each node of which a switch is exactly 0, once; one without a number is in a branch not taken."""
        code.run(slots, SWITCHES)
        numbers = ((symbol, slots[place]) for symbol, place in one.switches)
        yield from dict.fromkeys(
            symbol for symbol, number in numbers if not isinstance(number, Missing) and not self.arithmetic.sign(number)
        )


def _defined(slots: Slots, places: Mapping[Expr, int], sample: int, steps: int, *, named: bool) -> None:
    """Make sure that there are numbers in some slots of a sample, and say of which sample it was if there are not."""
    try:
        require(slots, places, named=named)
    except NoValueError as error:
        raise UndefinedAtError(str(error), sample, steps) from None
