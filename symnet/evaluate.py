"""Numbers: every node, adjoint, gradient and update at the given data, with as many digits as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
from mpmath.libmp import dps_to_prec
from sympy import Symbol

from symnet.description.training import Training
from symnet.given import Given
from symnet.network import Network
from symnet.numbers.arithmetic import Number, Slots
from symnet.numbers.binary import Binary, agree, rounded, to_value
from symnet.numbers.compiled import compile_exactly
from symnet.numbers.course import Course, Kink, Start, Step, UndefinedAtError
from symnet.numbers.exact import EXACT
from symnet.numbers.program import Missing
from symnet.numbers.reals import Value
from symnet.objective import Objective
from symnet.training import Sample, Update

__all__ = ["Evaluation", "Sample", "UndefinedAtError", "evaluate", "significant_digits"]

# Significant digits on which two precisions have to agree, two more than are ever shown.
AGREED_DIGITS = 22
# Digits that every precision has for units that are hardly saturated, so that few exercises begin anew.
FOR_SATURATION = 8
FEWEST_DIGITS = 40 + FOR_SATURATION
MOST_DIGITS = 30_000
# By how many digits the second precision differs from the first, if that is not twice as many.
FIRST_MORE = 1_000
# Digits that are spent on telling saturated units from each other; how far each is from its bound is known anyway.
MOST_FOR_SATURATION = 1_000
# Bits, some 60 digits, that are kept of the numbers of each training step, of which there may be millions.
KEPT_BITS = 200


class Evaluation(NamedTuple):
    """All numbers of one network at its data.

    Attributes:
        digits: The precision at which they were evaluated.
        samples: Each sample.
        penalty: The penalty and what it is made of; empty without regularization.
        data_loss: The mean or the sum of the samples' losses.
        loss: The objective: ``data_loss`` and the penalty.
        gradients: The derivative of the objective by each parameter.
        updates: The training steps asked for.
        kinks: The first of the nodes that lie exactly on a kink, as ``(0-based sample, symbol)``, without a sample for
            those of the penalty.
        later_kinks: The same for gradients after the first training step, as ``(step, 0-based sample, symbol)``.
        batch: The 0-based samples that these are, where there are others besides.
    """

    digits: int
    samples: tuple[Sample, ...]
    penalty: Mapping[Symbol, Value]
    data_loss: Value
    loss: Value
    gradients: Mapping[Symbol, Value]
    updates: tuple[Update, ...]
    kinks: tuple[Kink, ...]
    later_kinks: tuple[tuple[int, int | None, Symbol], ...]
    batch: tuple[int, ...] | None = None

    def before_step(self, index: int) -> Evaluation:
        """Return the numbers of the batch of a training step, with the parameters as they are before it.

        Args:
            index: The 0-based place of the step, which is one of those that are worked in full.
        """
        update = self.updates[index]
        return self._replace(
            samples=update.samples,
            penalty=update.penalty,
            loss=update.loss_before,
            gradients=update.gradients,
            updates=(),
            kinks=(),
            later_kinks=(),
            batch=update.batch if len(update.batch) < len(self.samples) else None,
        )


def evaluate(network: Network, given: Given, objective: Objective, training: Training | None) -> Evaluation:
    """Return all numbers of ``network`` at those given.

    The precision is raised until two precisions agree on every number to more digits than are shown.

    Raises:
        UndefinedAtError: If a sample, or the network after a training step, has no real finite loss.
    """
    course = Course(compile_exactly(network, objective, given.constants), EXACT, given, training)
    digits = digits_to_start_with(course)
    more = min(digits, FIRST_MORE)
    while digits <= MOST_DIGITS:
        found = _agreed(course, digits, digits + more)
        if found is not None:
            return found
        digits += more
        more = digits
    raise UndefinedAtError(f"more than {MOST_DIGITS} digits would be needed", 0)


def significant_digits(numbers: Iterable[Fraction]) -> int:
    """Return the most digits that any of ``numbers`` has above or under its fraction bar."""
    return len(str(max((max(abs(n.numerator), n.denominator) for n in numbers), default=1)))


def digits_to_start_with(course: Course) -> int:
    """Return a precision at which neither the numbers given nor a saturated activation is rounded away.

    A derivative multiplies at most one number a node on its way. Two saturated units differ by about e to the power
    -|z|, which takes |z| / ln 10 digits to see. A sum keeps half of the digits in force, hence the factor of 2.
    """
    given = course.given
    numbers = [number for row in given.rows for number in row.values()]
    numbers += [*given.parameters.values(), *given.constants.values()]
    digits = FEWEST_DIGITS + 2 * significant_digits(numbers) * _depth(course.network)
    bits = dps_to_prec(digits)
    with mpmath.workprec(bits):
        try:
            point = course.start(bits)
        except UndefinedAtError:
            return digits
        reached = (slots[place] for slots in point.samples for place in course.sample.program.exponents)
        largest = max((abs(to_value(number)) for number in reached if not isinstance(number, Missing)), default=0)
        more = 2 * int(min(largest / mpmath.log(10), MOST_FOR_SATURATION))
        return digits + max(0, more - FOR_SATURATION)


def _depth(network: Network) -> int:
    """Return how many nodes the longest way to a node has."""
    depth: dict[Symbol, int] = {}
    for node in network.nodes.values():
        depth[node.symbol] = 1 + max((depth.get(parent, 0) for parent in node.slopes), default=0)
    return max(depth.values())


def _agreed(course: Course, digits: int, more: int) -> Evaluation | None:
    """Return all numbers at the precision ``more`` if those at ``digits`` agree with them, or else None.

    Both courses are followed side by side, so that a training which needs more digits is given up where that shows.

    Raises:
        UndefinedAtError: If there is no value at either precision.
    """
    record: Record | None = None
    with mpmath.workprec(mpmath.mp.prec):
        courses = (course.pages(dps_to_prec(precision)) for precision in (digits, more))
        for rough, fine in zip(*courses, strict=True):
            if isinstance(rough, UndefinedAtError) and isinstance(fine, UndefinedAtError):
                raise fine
            if isinstance(rough, UndefinedAtError) or isinstance(fine, UndefinedAtError):
                return None
            if rough.kinks != fine.kinks or _cuts(rough) != _cuts(fine):
                return None
            if not _alike(_numbers(course, rough), _numbers(course, fine)):
                return None
            if isinstance(fine, Start):
                record = Record(course, fine, to_value, _rounded)
            elif record is not None:
                record.add(fine)
    return None if record is None else record.evaluation(more)


def _cuts(page: Start | Step) -> bool:
    """Return whether a page is of a step with clipped derivatives."""
    return isinstance(page, Step) and page.move.clipped is not None


def _alike(rough: Iterator[Binary], fine: Iterator[Binary]) -> bool:
    scale: int = 10**AGREED_DIGITS
    return all(agree(first, second, scale) for first, second in zip(rough, fine, strict=True))


def _numbers(course: Course, page: Start | Step) -> Iterator[Binary]:
    """Yield every number of a page that is not given."""
    if isinstance(page, Start):
        for slots in page.point.samples:
            for places in (course.sample.nodes, course.sample.adjoints, course.sample.gradients):
                yield from (slots[place] for place in places.values())
        if course.penalty is not None and page.point.penalty is not None:
            yield from (page.point.penalty[place] for place in course.penalty.nodes.values())
        if course.compiled.objective.nodes:
            yield from (page.point.data_loss, page.point.loss)
            yield from page.gradients
    else:
        yield from (slots[place] for slots, places in _shown(course, page) for place in places.values())
        yield page.loss_after
        for numbers in (page.gradients, page.move.clipped or (), *page.move.state.values(), page.move.after):
            yield from numbers


def _shown(course: Course, step: Step) -> Iterator[tuple[Slots, Mapping[Symbol, int]]]:
    """Yield the numbers before a step that is worked in full: slots, and the places in them."""
    if not course.is_shown(step.number):
        return
    for number in step.batch:
        for places in (course.sample.nodes, course.sample.adjoints, course.sample.gradients):
            yield step.before.samples[number], places
    if course.penalty is not None and step.before.penalty is not None:
        yield step.before.penalty, course.penalty.nodes


class Record:
    """What is kept of a course.

    Args:
        course: The course.
        start: Its start.
        value: From a number at the start to what is kept of it.
        kept: The same for the numbers of each training step, of which there may be millions.
    """

    def __init__(
        self, course: Course, start: Start, value: Callable[[Number], Value], kept: Callable[[Number], Value]
    ) -> None:
        self.course, self.start, self.value, self.kept = course, start, value, kept
        self.all = course.network.parameters
        self.parameters = dict(zip(self.all, map(value, start.point.parameters), strict=True))
        self.updates: list[Update] = []
        self.later: list[tuple[int, int | None, Symbol]] = []

    def add(self, step: Step) -> None:
        """Keep one step."""
        last, move, rule = self.updates[-1] if self.updates else None, step.move, self.course.rule
        before = self.parameters if last is None else last.after
        trained, places = ((), ()) if rule is None else (rule.parameters, rule.places)
        self.later += ((step.number, *kink) for kink in step.kinks)
        self.updates.append(
            Update(
                step=step.number,
                batch=step.batch,
                rate=self.value(move.rate),
                loss_before=self.value(self.start.point.loss) if last is None else last.loss_after,
                loss_after=self.value(step.loss_after),
                before=before,
                gradients=self._kept(self.all, step.gradients),
                clipped=None if move.clipped is None else self._kept(trained, move.clipped),
                state={name: self._kept(trained, numbers) for name, numbers in move.state.items()},
                after={**before, **self._kept(trained, [move.after[place] for place in places])},
                **self._shown(step, before),
            )
        )

    def _shown(self, step: Step, parameters: Mapping[Symbol, Value]) -> dict[str, Any]:
        """Return the numbers before a step that is worked in full."""
        if not self.course.is_shown(step.number):
            return {}
        point = step.before
        samples = tuple(self.sample(point.samples[number], parameters) for number in step.batch)
        return {"samples": samples, "penalty": self._penalty(point.penalty)}

    def _penalty(self, slots: Slots | None) -> dict[Symbol, Value]:
        penalty = self.course.penalty
        return {} if penalty is None or slots is None else self._read(slots, penalty.nodes)

    def evaluation(self, digits: int) -> Evaluation:
        """Return everything."""
        point, gradients = self.start.point, self.start.gradients
        samples = tuple(self.sample(slots, self.parameters) for slots in point.samples)
        # The derivatives of an objective that is the loss of the one sample are those very numbers.
        alone = None if self.course.compiled.objective.nodes else samples[0].gradients
        values = map(self.value, gradients) if alone is None else (alone[symbol] for symbol in self.all)
        return Evaluation(
            digits=digits,
            samples=samples,
            penalty=self._penalty(point.penalty),
            data_loss=self.value(point.data_loss),
            loss=self.value(point.loss),
            gradients=dict(zip(self.all, values, strict=True)),
            updates=tuple(self.updates),
            kinks=self.start.kinks,
            later_kinks=tuple(self.later),
        )

    def sample(self, slots: Slots, parameters: Mapping[Symbol, Value]) -> Sample:
        """Return one sample's numbers at these parameters."""
        one = self.course.sample
        row = self._read(slots, {symbol: place for place, symbol in enumerate(one.data, 1 + len(one.fixed))})
        values = row | dict(parameters) | self._read(slots, one.nodes)
        return Sample(values, self._read(slots, one.adjoints), self._read(slots, one.gradients))

    def _kept(self, symbols: Sequence[Symbol], numbers: Iterable[Number]) -> dict[Symbol, Value]:
        return dict(zip(symbols, map(self.kept, numbers), strict=True))

    def _read(self, slots: Slots, places: Mapping[Symbol, int]) -> dict[Symbol, Value]:
        return {symbol: self.value(slots[place]) for symbol, place in places.items()}


def _rounded(number: Binary) -> Value:
    return to_value(rounded(*number, KEPT_BITS))
