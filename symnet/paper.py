"""Arithmetic as on paper: each number that a sheet shows is rounded as it is shown, and used so from there on.

What is worked out are the very lines of the sheet: nodes forward, derivatives backward as they are written with the
deltas in them, what the samples come to together, and training step by step. Given numbers are used as they are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import PathSum
from symnet.derivation import Derivation, Gradient, before_writing_out
from symnet.description.training import Training
from symnet.evaluate import Evaluation, Sample
from symnet.given import Given
from symnet.network import Node
from symnet.numbers.binary import Binary, from_fraction, quotient, to_value, total
from symnet.numbers.course import MOST_KINKS, Kink, UndefinedAtError
from symnet.numbers.digits import Form
from symnet.numbers.pages import Lines, Page
from symnet.numbers.reals import NoValueError, magnitude
from symnet.numbers.written import Written, all_given
from symnet.objective import Objective
from symnet.paper_training import PaperStepper
from symnet.training import Update, batches, updated_parameters

Numbers = Mapping[Symbol, Written]

# Bits with which a line is worked out before its result is rounded.
FEWEST_BITS, MOST_BITS = 256, 2**20
# Bits beyond which only two precisions that differ ask for more.
_ENOUGH_BITS = 2**14


def on_paper(
    gradient: Gradient, objective: Objective, given: Given, training: Training | None, form: Form
) -> Evaluation:
    """Return all numbers of a network, each rounded as it is shown before it is used.

    The precision of a line is raised until two precisions agree on every number before training.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the samples come to together.
        given: The numbers put in.
        training: The steps to make, if any.
        form: How numbers are rounded.

    Raises:
        UndefinedAtError: If rounding leads to where there is no real finite value.
    """
    plan = _Plan(gradient, objective, given, training)
    found: Evaluation | UndefinedAtError | None = None
    bits = FEWEST_BITS
    while bits <= MOST_BITS:
        with mpmath.workprec(bits):
            calculation = _Calculation(plan, form, bits)
            before, found = found, calculation.start()
            if isinstance(found, UndefinedAtError):
                if isinstance(before, UndefinedAtError):
                    raise found
            elif found == before and bits >= min(_bits_for(found), _ENOUGH_BITS):
                return calculation.trained(found)
        bits *= 2
    raise UndefinedAtError(f"more than {MOST_BITS} bits would be needed", 0)


def _bits_for(evaluation: Evaluation) -> int:
    """Return with how many bits no sum is lost between the largest and the smallest numbers on paper."""
    numbers = (number for sample in evaluation.samples for part in sample for number in part.values())
    return FEWEST_BITS + 4 * max((abs(magnitude(number)) for number in numbers if number), default=0)


def _last(derivation: Derivation) -> Expr:
    """Return the line of a derivation into which numbers are put."""
    return before_writing_out(derivation)[-1].rhs


class _Plan:
    """The lines of a sheet, made ready to be worked out at any precision."""

    def __init__(self, gradient: Gradient, objective: Objective, given: Given, training: Training | None) -> None:
        self.gradient, self.objective, self.training = gradient, objective, training
        network = self.network = gradient.network
        self.rows = [all_given(row) for row in given.rows]
        self.parameters, self.constants = all_given(given.parameters), all_given(given.constants)
        fixed = (*self.parameters, *self.constants)
        self.sample = Lines(
            (*network.inputs, *network.targets, *fixed),
            {symbol: node.expression for symbol, node in network.nodes.items()}
            | {derivation.symbol: _last(derivation) for derivation in gradient.adjoints.values()}
            | {derivation.lhs: _last(derivation) for derivation in gradient.leaves.values()},
        )
        self.adjoints = [derivation.symbol for derivation in gradient.adjoints.values()]
        self.gradients = [derivation.lhs for derivation in gradient.leaves.values()]
        self.penalty = Lines(fixed, {node.symbol: node.expression for node in objective.penalty})
        self.added = {symbol: self.penalty.tape.place(PathSum(*terms)) for symbol, terms in objective.added.items()}
        self.switches = _switches(self.sample, network.nodes.values())
        self.penalty_switches = _switches(self.penalty, objective.penalty)


def _switches(lines: Lines, nodes: Iterable[Node]) -> list[tuple[Symbol, int]]:
    return [(node.symbol, lines.tape.place(switch)) for node in nodes for switch in node.switches]


class _Point(NamedTuple):
    """The numbers at one set of parameters; see :class:`symnet.numbers.course.Point`."""

    parameters: Numbers
    samples: Sequence[Page]
    penalty: Page
    data_loss: Written
    loss: Written


class _Calculation:
    """All numbers of a sheet, each line worked out at one precision."""

    def __init__(self, plan: _Plan, form: Form, bits: int) -> None:
        self.plan, self.form, self.bits = plan, form, bits
        self.everything = tuple(range(len(plan.rows)))

    def start(self) -> Evaluation | UndefinedAtError:
        """Return all numbers before training, or why there are none."""
        plan = self.plan
        try:
            point = self.point(plan.parameters, 0)
            gradients = self.gradients(point, self.everything, 0)
        except UndefinedAtError as error:
            return error
        self.before = point, gradients
        return Evaluation(
            # Digits that were worked out are none of the outcome: two precisions are compared.
            digits=0,
            samples=tuple(map(self.sample, point.samples)),
            penalty=self.penalty(point),
            data_loss=point.data_loss,
            loss=point.loss,
            gradients=gradients,
            updates=(),
            kinks=tuple(islice(self.kinks(point, self.everything), MOST_KINKS)),
            later_kinks=(),
        )

    def numbers_before(self, point: _Point, batch: Sequence[int]) -> tuple[tuple[Sample, ...], Numbers]:
        """Return the numbers of each sample of a batch, and of the penalty, before a step that is worked in full."""
        return tuple(self.sample(point.samples[number]) for number in batch), self.penalty(point)

    def penalty(self, point: _Point) -> Numbers:
        """Return the numbers of the penalty."""
        return {node.symbol: point.penalty.numbers[node.symbol] for node in self.plan.objective.penalty}

    def sample(self, page: Page) -> Sample:
        """Return one sample's numbers."""
        gradient, numbers = self.plan.gradient, page.numbers
        found = (*self.plan.rows[0], *self.plan.parameters, *self.plan.network.nodes)
        return Sample(
            values={symbol: numbers[symbol] for symbol in found},
            adjoints={wrt: numbers[derivation.symbol] for wrt, derivation in gradient.adjoints.items()},
            gradients={leaf: numbers[derivation.lhs] for leaf, derivation in gradient.leaves.items()},
        )

    def point(self, parameters: Numbers, steps: int) -> _Point:
        """Return the forward pass of every sample and the objective, after so many training steps.

        Raises:
            UndefinedAtError: If a node has no value.
        """
        plan = self.plan
        fixed = {**parameters, **plan.constants}
        blank = plan.sample.page(self.form, self.bits, fixed)
        pages = [blank.with_numbers(row) for row in plan.rows]
        for number, page in enumerate(pages):
            with _defined(number, steps):
                page.work(plan.network.nodes)
        losses = [page.numbers[plan.network.loss] for page in pages]
        penalty = plan.penalty.page(self.form, self.bits, fixed)
        with _defined(0, steps):
            penalty.work(node.symbol for node in plan.objective.penalty)
        if not plan.objective.nodes:
            return _Point(parameters, pages, penalty, losses[0], losses[0])
        added = [penalty.numbers[node.symbol] for node in plan.objective.penalty[-1:]]
        more = [from_fraction(number.fraction, self.bits) for number in added]
        return _Point(parameters, pages, penalty, self.together(losses, []), self.together(losses, more))

    def gradients(self, point: _Point, batch: Sequence[int], steps: int) -> dict[Symbol, Written]:
        """Return the derivatives of the objective over the samples of ``batch`` by every parameter.

        Raises:
            UndefinedAtError: If one has no value.
        """
        plan = self.plan
        for number in batch:
            with _defined(number, steps):
                point.samples[number].work((*plan.adjoints, *plan.gradients))
        found = {}
        for parameter, derivation in plan.gradient.parameters.items():
            slopes = [point.samples[number].numbers[derivation.lhs] for number in batch]
            place = plan.added.get(parameter)
            with _defined(0, steps):
                more = [] if place is None else [point.penalty.value(place)]
            found[parameter] = self.together(slopes, more) if plan.objective.nodes else slopes[0]
        return found

    def together(self, numbers: Sequence[Written], more: Sequence[Binary]) -> Written:
        """Return what one number a sample comes to, with what the penalty adds to it."""
        whole = total([from_fraction(number.fraction, self.bits) for number in numbers], self.bits)
        if self.plan.objective.mean:
            whole = quotient(whole, (len(numbers), 0), self.bits)
        return Written.result(to_value(total((whole, *more), self.bits)), self.form, numbers)

    def kinks(self, point: _Point, batch: Sequence[int]) -> Iterator[Kink]:
        """Yield the nodes that pass a kink at exactly these numbers."""
        for number in batch:
            yield from ((number, symbol) for symbol in _on_a_kink(point.samples[number], self.plan.switches))
        yield from ((None, symbol) for symbol in _on_a_kink(point.penalty, self.plan.penalty_switches))

    def trained(self, start: Evaluation) -> Evaluation:
        """Return ``start`` with the training steps after it.

        Raises:
            UndefinedAtError: If a step leads to where there is no value.
        """
        training = self.plan.training
        if training is None:
            return start
        (point, gradients), updates = self.before, list[Update]()
        later: list[tuple[int, int | None, Symbol]] = []
        stepper = PaperStepper(training, updated_parameters(self.plan.network, training), self.form, self.bits)
        for step, batch in zip(range(1, training.steps + 1), batches(training, len(self.everything)), strict=False):
            if step > 1 or batch != self.everything:
                gradients = self.gradients(point, batch, step - 1)
            if step > 1:
                later += ((step, *kink) for kink in islice(self.kinks(point, batch), MOST_KINKS - len(later)))
            with _defined(batch[0], step):
                move = stepper.move(point.parameters, gradients)
            after = self.point(move.after, step)
            rate, clipped, state, moved = move
            before, losses = point.parameters, (point.loss, after.loss)
            worked = self.numbers_before(point, batch) if step <= training.shown else ()
            updates.append(Update(step, batch, rate, *losses, before, gradients, clipped, state, moved, *worked))
            point = after
        return start._replace(updates=tuple(updates), later_kinks=tuple(later))


def _on_a_kink(page: Page, switches: Sequence[tuple[Symbol, int]]) -> Iterator[Symbol]:
    """Yield each node of which a switch is exactly 0, once."""
    yield from dict.fromkeys(symbol for symbol, place in switches if page.is_zero(place))


@contextmanager
def _defined(sample: int, steps: int) -> Iterator[None]:
    """Say of which sample and after which training step a number was that has no value."""
    try:
        yield
    except NoValueError as error:
        raise UndefinedAtError(str(error), sample, steps) from None
