"""Numbers: every node, adjoint, gradient and update at the given data, with as many digits as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
from mpmath.libmp import dps_to_prec
from sympy import Symbol

from symnet.description.training import Training
from symnet.given import Given
from symnet.network import Network
from symnet.numbers.binary import Binary, agree, rounded, to_value
from symnet.numbers.course import Course, Kink, Start, Step, UndefinedAtError
from symnet.numbers.reals import Value
from symnet.numbers.sweeps import Sweeps
from symnet.numbers.tape import Slots
from symnet.objective import Objective
from symnet.training import Sample, Update

__all__ = ["Evaluation", "Sample", "UndefinedAtError", "evaluate", "significant_digits"]

# Significant digits on which two precisions have to agree, two more than are ever shown.
AGREED_DIGITS = 22
FEWEST_DIGITS = 40
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
    course = Course(network, given, objective, training)
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
    return max((len(str(max(abs(n.numerator), n.denominator))) for n in numbers), default=1)


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
            point = course.point(bits, course.parameters(bits))
        except UndefinedAtError:
            return digits
        reached = (slots[place] for slots in point.samples for place in course.sweeps.exponents)
        largest = max((abs(to_value(number)) for number in reached if number is not None), default=0)
        return digits + 2 * int(min(largest / mpmath.log(10), MOST_FOR_SATURATION))


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
    record: _Record | None = None
    with mpmath.workprec(mpmath.mp.prec):
        courses = (course.pages(dps_to_prec(precision)) for precision in (digits, more))
        for rough, fine in zip(*courses, strict=True):
            if isinstance(rough, UndefinedAtError) and isinstance(fine, UndefinedAtError):
                raise fine
            if isinstance(rough, UndefinedAtError) or isinstance(fine, UndefinedAtError):
                return None
            if rough.kinks != fine.kinks or not _alike(_numbers(course, rough), _numbers(course, fine)):
                return None
            if isinstance(fine, Start):
                record = _Record(course, fine)
            elif record is not None:
                record.add(fine)
    return None if record is None else record.evaluation(more)


def _alike(rough: Iterator[Binary], fine: Iterator[Binary]) -> bool:
    scale: int = 10**AGREED_DIGITS
    return all(agree(first, second, scale) for first, second in zip(rough, fine, strict=True))


def _numbers(course: Course, page: Start | Step) -> Iterator[Binary]:
    """Yield every number of a page that is not given."""
    if isinstance(page, Start):
        for sweeps, slots in course.swept(page.point):
            for places in (sweeps.computed, sweeps.adjoints, sweeps.gradients):
                yield from (slots[place] for place in places.values())
        yield from (page.point.data_loss, page.point.loss)
        yield from page.gradients.values()
    else:
        yield from (slots[place] for sweeps, slots, places in _shown(course, page) for place in places.values())
        yield page.loss_after
        for numbers in (page.gradients, page.move.clipped or {}, *page.move.state.values(), page.move.after):
            yield from numbers.values()


def _shown(course: Course, step: Step) -> Iterator[tuple[Sweeps, Slots, Mapping[Symbol, int]]]:
    """Yield the numbers before a step that is worked in full: its sweeps, their slots, and the places in them."""
    if not course.is_shown(step.number):
        return
    for number in step.batch:
        for places in (course.sweeps.computed, course.sweeps.adjoints, course.sweeps.gradients):
            yield course.sweeps, step.before.samples[number], places
    if course.penalty is not None and step.before.penalty is not None:
        yield course.penalty, step.before.penalty, course.penalty.computed


class _Record:
    """What is kept of a course, in mpmath's numbers."""

    def __init__(self, course: Course, start: Start) -> None:
        self.course, self.start = course, start
        self.parameters = _values(start.point.parameters)
        self.updates: list[Update] = []
        self.later: list[tuple[int, int | None, Symbol]] = []

    def add(self, step: Step) -> None:
        """Keep one step."""
        last = self.updates[-1] if self.updates else None
        before = self.parameters if last is None else last.after
        # What is not updated is the very same number as before.
        moved = {symbol: new for symbol, new in step.move.after.items() if new is not step.before.parameters[symbol]}
        clipped = step.move.clipped
        self.later += ((step.number, *kink) for kink in step.kinks)
        self.updates.append(
            Update(
                step=step.number,
                batch=step.batch,
                rate=to_value(step.rate),
                loss_before=to_value(self.start.point.loss) if last is None else last.loss_after,
                loss_after=to_value(step.loss_after),
                before=before,
                gradients=_values(step.gradients, KEPT_BITS),
                clipped=None if clipped is None else _values(clipped, KEPT_BITS),
                state={name: _values(numbers, KEPT_BITS) for name, numbers in step.move.state.items()},
                after={**before, **_values(moved, KEPT_BITS)},
                **self.shown(step, before),
            )
        )

    def shown(self, step: Step, parameters: Mapping[Symbol, Value]) -> dict[str, Any]:
        """Return the numbers before a step that is worked in full."""
        if not self.course.is_shown(step.number):
            return {}
        point = step.before
        samples = tuple(self.sample(point.samples[number], parameters) for number in step.batch)
        return {"samples": samples, "penalty": self.penalty(point.penalty)}

    def penalty(self, slots: Slots | None) -> dict[Symbol, Value]:
        """Return the numbers of the penalty."""
        penalty = self.course.penalty
        return {} if penalty is None or slots is None else _read(slots, penalty.computed)

    def evaluation(self, digits: int) -> Evaluation:
        """Return everything."""
        point = self.start.point
        return Evaluation(
            digits=digits,
            samples=tuple(self.sample(slots, self.parameters) for slots in point.samples),
            penalty=self.penalty(point.penalty),
            data_loss=to_value(point.data_loss),
            loss=to_value(point.loss),
            gradients=_values(self.start.gradients),
            updates=tuple(self.updates),
            kinks=self.start.kinks,
            later_kinks=tuple(self.later),
        )

    def sample(self, slots: Slots, parameters: Mapping[Symbol, Value]) -> Sample:
        """Return one sample's numbers at these parameters."""
        sweeps, row = self.course.sweeps, self.course.row
        values = _read(slots, row) | dict(parameters) | _read(slots, sweeps.computed)
        return Sample(values, _read(slots, sweeps.adjoints), _read(slots, sweeps.gradients))


def _values(numbers: Mapping[Symbol, Binary], bits: int | None = None) -> dict[Symbol, Value]:
    if bits is None:
        return {symbol: to_value(number) for symbol, number in numbers.items()}
    return {symbol: to_value(rounded(*number, bits)) for symbol, number in numbers.items()}


def _read(slots: Slots, places: Mapping[Symbol, int]) -> dict[Symbol, Value]:
    return {symbol: to_value(slots[place]) for symbol, place in places.items()}
