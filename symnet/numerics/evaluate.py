"""Every number, with as many digits as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import log
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import mpmath
from mpmath.libmp import dps_to_prec
from sympy import Rational, Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.light import CANCELLED, ZERO, Binary, agree, rounded, to_value
from symnet.arithmetic.real import NoValueError, Value
from symnet.derivation.objective import Objective
from symnet.description.training import Training
from symnet.limits import MOST_KINKS, MOST_WORKING_DIGITS
from symnet.network.data import NetworkData
from symnet.network.graph import Network
from symnet.numerics.arithmetic import Arithmetic, Code, Number, Slots, require
from symnet.numerics.compile import (
    BACKWARD,
    FORWARD,
    OBJECTIVE,
    SWITCHES,
    Compiled,
    Pass,
    compile_exactly,
    objective_program,
)
from symnet.numerics.exact import EXACT
from symnet.numerics.newton import HessianProgram, Rows, SingularHessianError, hessian_program
from symnet.numerics.program import BITS, Missing
from symnet.numerics.quick import to_float
from symnet.numerics.training import Move, Sample, Stepper, Update, UpdateRule, batches
from symnet.remember import Remembered

# All numbers of one exercise in one arithmetic: those at its start, then one training step after the other.

# Where a kink was met: the 0-based sample, or None for the penalty, and the node.
Kink: TypeAlias = tuple[int | None, Symbol]


class UndefinedAtError(ArithmeticError):
    """The given numbers lead to a value that is not real and finite.

    Attributes:
        sample: The 0-based sample.
        steps: How many training steps were made before it was met.
        singular: Whether the Hessian of the step of that number is singular, so that Newton's method has no step.
    """

    def __init__(self, reason: str, sample: int, steps: int = 0, *, singular: bool = False) -> None:
        super().__init__(reason)
        self.sample = sample
        self.steps = steps
        self.singular = singular


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


class TrainingStep(NamedTuple):
    """One training step; see :class:`symnet.numerics.training.Update`. Kinks are those met by its gradients."""

    number: int
    batch: tuple[int, ...]
    before: Point
    gradients: Sequence[Number]
    move: Move
    loss_after: Number
    kinks: tuple[Kink, ...]


def counted(objective: Objective, row: Mapping[Symbol, Fraction]) -> Fraction:
    """Return the weight of a sample in a weighted mean, from its data."""
    symbols = objective.counted.atoms(Symbol)
    exact = objective.counted.xreplace({one: Rational(*row[one].as_integer_ratio()) for one in symbols}).doit()
    return Fraction(int(exact.p), int(exact.q))


class OverSamples:
    """Reduces one value per sample, such as the loss or its derivative with respect to a parameter, to a mean or sum.

    Args:
        objective: What is made of the samples.
        arithmetic: What it is worked out in.
        shown: Whether the result is rounded as a sheet shows it.
    """

    def __init__(self, objective: Objective, arithmetic: Arithmetic, *, shown: bool) -> None:
        self.mean, self.weighted, self.arithmetic, self.shown = objective.mean, objective.is_weighted, arithmetic, shown
        self._made: dict[tuple[int, bool], tuple[Code, int]] = {}

    def __call__(
        self, values: Sequence[Number], counts: Sequence[Number], bits: int, more: Number | None = None
    ) -> Number:
        """Return the mean or the sum of one value a sample, with what the penalty adds to it.

        Args:
            values: One a sample.
            counts: What each counts in a weighted mean.
            bits: The precision.
            more: What the penalty adds, if there is one.
        """
        key = len(values), more is not None
        if key not in self._made:
            program, result = objective_program(
                len(values), mean=self.mean, weighted=self.weighted, more=more is not None, shown=self.shown
            )
            self._made[key] = Code(program, self.arithmetic), result
        code, result = self._made[key]
        slots = code.start(bits, (*values, *(counts if self.weighted else ()), *(() if more is None else (more,))))
        code.run(slots, OBJECTIVE)
        return slots[result]


class BoundPrograms:
    """The programs of one exercise bound to an arithmetic, whatever its numbers are.

    Args:
        compiled: The programs.
        arithmetic: What they are worked out in.

    Attributes:
        sample_code: The program of one sample.
        penalty_code: That of the penalty; None without regularization.
        gradients: The slots of the derivatives with respect to all parameters, in their order.
        rows: The slots of what is put in for each sample.
        compared: From the slots of a sample to all numbers that are worked out for it, and the precision.
        over_samples: What the samples come to together.
        rules: The update rules of the last few trainings.
    """

    def __init__(self, compiled: Compiled, arithmetic: Arithmetic) -> None:
        self.compiled, self.arithmetic = compiled, arithmetic
        one, penalty = compiled.sample, compiled.penalty
        self.sample_code = Code(one.program, arithmetic, len(one.fixed))
        self.penalty_code = None if penalty is None else Code(penalty.program, arithmetic)
        self.gradients = [one.gradients[symbol] for symbol in compiled.network.parameters]
        self.rows = {symbol: place for place, symbol in enumerate(one.data, 1 + len(one.fixed))}
        # The precision is among them so that there are always several.
        places = (one.nodes, one.adjoints, one.gradients)
        self.compared = itemgetter(*(place for part in places for place in part.values()), BITS)
        self.over_samples = OverSamples(compiled.objective, arithmetic, shown=compiled.shown)
        self.rules = Remembered(4)

    @cached_property
    def depth(self) -> int:
        """The depth of the graph: the number of nodes on the longest path."""
        depth: dict[Symbol, int] = {}
        for node in self.compiled.network.nodes.values():
            depth[node.symbol] = 1 + max((depth.get(parent, 0) for parent in node.derivatives), default=0)
        return max(depth.values())


class ProgramRun:
    """The programs of one exercise, run with its numbers at any precision.

    Args:
        programs: The programs.
        data: The numbers put into them.
        training: The steps to make, if any.
    """

    def __init__(self, programs: BoundPrograms, data: NetworkData, training: Training | None) -> None:
        self.programs, self.data, self.training = programs, data, training
        self.compiled, self.arithmetic = programs.compiled, programs.arithmetic
        self.network, self.sample, self.penalty = self.compiled.network, self.compiled.sample, self.compiled.penalty
        self._sample, self._penalty = programs.sample_code, programs.penalty_code
        self._parameters = [data.parameters[symbol] for symbol in self.network.parameters]
        self._first: tuple[int, Point] | None = None
        self._known: dict[int, tuple[list[list[Number]], list[Number]]] = {}
        self.rule: UpdateRule | None = None
        if training is not None:
            self.rule = programs.rules.once(
                training,
                None,
                lambda: UpdateRule(self.network, training, self.arithmetic, shown=self.compiled.shown),
            )
        self._hessian: HessianProgram | None = None
        if self.rule is not None and self.rule.solver is not None:
            self._hessian = hessian_program(self.compiled, self.rule.parameters, self.arithmetic)

    @property
    def is_smooth(self) -> bool:
        """Whether no number can be at a kink."""
        return not self.sample.switches and (self.penalty is None or not self.penalty.switches)

    def is_shown(self, step: int) -> bool:
        """Return whether a sheet works a training step in full, for which it needs all numbers before it."""
        return self.training is not None and step <= self.training.shown

    def pages(self, bits: int) -> Iterator[Start | TrainingStep | UndefinedAtError]:
        """Yield the numbers before training, then those of each step; at the end the error, if a value is undefined.

        Several runs may be followed at once: each sets mpmath to its own precision as it goes on.
        """
        try:
            yield from self._pages(bits)
        except UndefinedAtError as error:
            yield error

    def _pages(self, bits: int) -> Iterator[Start | TrainingStep]:
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
                move = stepper.move(point.parameters, gradients, self.hessian(point, batch, bits))
            except SingularHessianError as error:
                raise UndefinedAtError(str(error), batch[0], number, singular=True) from None
            except NoValueError as error:
                raise UndefinedAtError(str(error), batch[0], number) from None
            after = self.point(bits, move.after, number)
            yield TrainingStep(number, batch, point, gradients, move, after.loss, kinks)
            point = after

    def start(self, bits: int) -> Point:
        """Return the forward pass before training, which is made once as long as the precision stays the same.

        Raises:
            UndefinedAtError: If a node has no value.
        """
        if self._first is None or self._first[0] != bits:
            parameters = self._exactly(self._parameters, bits)
            self._first = bits, self.point(bits, parameters)
        return self._first[1]

    def _data(self, bits: int) -> tuple[list[list[Number]], list[Number]]:
        """Return the numbers of each sample, and the constants."""
        if bits not in self._known:
            rows = [self._exactly([row[symbol] for symbol in self.sample.data], bits) for row in self.data.rows]
            self._known[bits] = rows, self._exactly(self.data.constants.values(), bits)
        return self._known[bits]

    def _exactly(self, numbers: Iterable[Fraction], bits: int) -> list[Number]:
        exactly = self.arithmetic.exactly
        return [exactly(number, bits) for number in numbers]

    def _counts(self, batch: Iterable[int], bits: int) -> list[Number]:
        """Return the weights of the samples of a batch; empty unless the mean is weighted."""
        objective = self.compiled.objective
        if not objective.is_weighted:
            return []
        return self._exactly([counted(objective, self.data.rows[sample]) for sample in batch], bits)

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
        counts = self._counts(range(len(losses)), bits)
        data_loss = self.programs.over_samples(losses, counts, bits)
        if self.penalty is None or self._penalty is None:
            return Point(parameters, samples, None, data_loss, data_loss)
        slots = self._penalty.start(bits, fixed)
        self._penalty.run(slots, FORWARD)
        _defined(slots, self.penalty.nodes, 0, steps, named=True)
        loss = self.programs.over_samples(losses, counts, bits, slots[self.penalty.nodes[objective.penalty[-1].symbol]])
        return Point(parameters, samples, slots, data_loss, loss)

    def gradients(self, point: Point, batch: Sequence[int], bits: int, steps: int = 0) -> list[Number]:
        """Return the derivatives of the objective over the samples of ``batch`` with respect to every parameter.

        Raises:
            UndefinedAtError: If one has no value.
        """
        named = self.compiled.shown or self.network.is_graph
        for sample in batch:
            self._sample.run(point.samples[sample], BACKWARD)
            _defined(point.samples[sample], self.sample.lines, sample, steps, named=named, of=self.sample.of)
        columns = [[point.samples[sample][place] for place in self.programs.gradients] for sample in batch]
        if not self.compiled.objective.nodes:
            return columns[0]
        added: Mapping[Symbol, Number] = {}
        if self.penalty is not None and self._penalty is not None and point.penalty is not None:
            self._penalty.run(point.penalty, BACKWARD)
            _defined(point.penalty, self.penalty.lines, 0, steps, named=False)
            added = {symbol: point.penalty[place] for symbol, place in self.penalty.gradients.items()}
        rows = zip(self.network.parameters, zip(*columns, strict=True), strict=True)
        counts = self._counts(batch, bits)
        return [
            self.programs.over_samples(row, counts, bits, added.get(symbol) if added else None) for symbol, row in rows
        ]

    def hessian(self, point: Point, batch: Sequence[int], bits: int) -> Rows:
        """Return the second derivatives of the objective over the samples of ``batch``; none where none are needed.

        Raises:
            NoValueError: If one has no value.
        """
        program = self._hessian
        if program is None:
            return ()
        columns = [program.of_sample(point.samples[sample], bits) for sample in batch]
        if not self.compiled.objective.nodes:
            return program.rows(columns[0])
        counts = self._counts(batch, bits)
        added = None if self.penalty is None else program.of_penalty(point.samples[0], bits)
        mean = self.programs.over_samples
        upper = [
            mean(row, counts, bits, None if added is None else added[place])
            for place, row in enumerate(zip(*columns, strict=True))
        ]
        return program.rows(upper)

    def kinks(self, point: Point, batch: Sequence[int]) -> Iterator[Kink]:
        """Yield the nodes that are exactly at a non-differentiable point."""
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


def _defined(
    slots: Slots, places: Mapping[Expr, int], sample: int, steps: int, *, named: bool, of: Symbol | None = None
) -> None:
    """Make sure that there are numbers in some slots of a sample, and say of which sample it was if there are not."""
    try:
        require(slots, places, named=named, of=of)
    except NoValueError as error:
        raise UndefinedAtError(str(error), sample, steps) from None


# Numbers: every node, adjoint, gradient and update at the given data, with as many digits as it takes.

__all__ = ["Evaluation", "Sample", "UndefinedAtError", "evaluate", "significant_digits"]

# Significant digits on which two precisions have to agree, two more than are ever shown.
AGREED_DIGITS = 22
# Digits that every precision has for units that are hardly saturated, so that few exercises begin anew.
FOR_SATURATION = 8
FEWEST_DIGITS = 40 + FOR_SATURATION
# Digits that are tried first where the depth of a graph asks for more, so that hundreds of steps of time cost no more a
# step than a few.
MOST_FOR_DEPTH = 240
# By how many digits the second precision differs from the first, if that is not twice as many.
FIRST_MORE = 1_000
# Digits that are spent on telling saturated units from each other; how far each is from its bound is known anyway.
MOST_FOR_SATURATION = 1_000
# The programs of the last few networks, each with the objective that they hold: other numbers of an exercise, such as
# those of a student, are put into the same programs.
_PROGRAMS = Remembered(4)
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
        gradients: The derivative of the objective with respect to each parameter.
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


def evaluate(
    network: Network, data: NetworkData, objective: Objective, training: Training | None, steps: int | None = None
) -> Evaluation:
    """Return every node, delta, gradient and training step of ``network`` at the given data.

    The precision is raised until two precisions agree on every number to more digits than are shown.

    Args:
        network: The network.
        data: The numbers put into it.
        objective: What is made of the samples.
        training: The steps to make, if any.
        steps: How many of them are wanted; of the later ones it is only made sure that they have numbers. None for all.

    Raises:
        UndefinedAtError: If a sample, or the network after a training step, has no real finite loss.
    """
    programs = _PROGRAMS.once(
        network,
        (id(objective), *data.constants),
        lambda: BoundPrograms(compile_exactly(network, objective, data.constants), EXACT),
    )
    run = ProgramRun(programs, data, training)
    if training is None and digits_of_depth(run) > MOST_FOR_DEPTH:
        digits = digits_to_start_with(run, MOST_FOR_DEPTH)
        found = _agreed(run, digits, 2 * digits, cancelling=False)
        if found is not None:
            return found
    digits = digits_to_start_with(run)
    more = min(digits, FIRST_MORE)
    if steps is not None and run.is_smooth:
        found = _agreed(run, digits, digits + more, steps=steps)
        if found is not None:
            return found
    while digits <= MOST_WORKING_DIGITS:
        found = _agreed(run, digits, digits + more)
        if found is not None:
            return found
        digits += more
        more = digits
    raise UndefinedAtError(f"more than {MOST_WORKING_DIGITS} digits would be needed", 0)


def significant_digits(numbers: Iterable[Fraction]) -> int:
    """Return the most digits that any of ``numbers`` has above or under its fraction bar."""
    # Column by column, which takes a third of the time: there may be thousands.
    over, under = zip((0, 1), *(number.as_integer_ratio() for number in numbers), strict=True)
    return len(str(max(*over, -min(over), *under)))


def digits_of_depth(run: ProgramRun) -> int:
    """Return a precision at which none of the numbers given is rounded away.

    A derivative multiplies at most one number a node on its way. A sum keeps half of the digits in force, hence the
    factor of 2.
    """
    data = run.data
    numbers = [number for row in data.rows for number in row.values()]
    numbers += [*data.parameters.values(), *data.constants.values()]
    return FEWEST_DIGITS + 2 * significant_digits(numbers) * run.programs.depth


def digits_to_start_with(run: ProgramRun, most: int | None = None) -> int:
    """Return a precision at which neither the numbers given nor a saturated activation is rounded away.

    Two saturated units differ by about e to the power
    -|z|, which takes |z| / ln 10 digits to see.

    Args:
        run: The run.
        most: How many digits the numbers given are granted at most; None for all that they may need.
    """
    digits = digits_of_depth(run)
    if most is not None:
        digits = min(digits, most)
    bits = dps_to_prec(digits)
    with mpmath.workprec(bits):
        try:
            point = run.start(bits)
        except UndefinedAtError:
            return digits
        reached = (slots[place] for slots in point.samples for place in run.sample.program.exponents)
        largest = max((abs(to_float(number)) for number in reached if not isinstance(number, Missing)), default=0)
        more = 2 * int(min(largest / log(10), MOST_FOR_SATURATION))
        return digits + max(0, more - FOR_SATURATION)


def _agreed(
    run: ProgramRun, digits: int, more: int, *, cancelling: bool = True, steps: int | None = None
) -> Evaluation | None:
    """Return all numbers at the precision ``more`` if those at ``digits`` agree with them, or else None.

    Both runs are followed side by side, so that a training which needs more digits is given up where that shows.

    Args:
        run: The run.
        digits: The lower precision.
        more: The higher one.
        cancelling: Whether the terms of a sum may cancel. What many nodes have made too small to be told from nothing
            shows where what it is added to cancels: only with enough digits for the depth of the graph is it nothing.
        steps: How many training steps are followed at both precisions, the others at the lower one alone; None for all.

    Raises:
        UndefinedAtError: If there is no value at either precision.
    """
    record: EvaluationRecord | None = None
    with mpmath.workprec(mpmath.mp.prec):
        runs = [run.pages(dps_to_prec(precision)) for precision in (digits, more)]
        for rough, fine in islice(zip(*runs, strict=True), None if steps is None else steps + 1):
            if isinstance(rough, UndefinedAtError) and isinstance(fine, UndefinedAtError):
                raise fine
            if isinstance(rough, UndefinedAtError) or isinstance(fine, UndefinedAtError):
                return None
            if rough.kinks != fine.kinks or _cuts(rough) != _cuts(fine):
                return None
            if not _alike(_numbers(run, rough), _numbers(run, fine)):
                return None
            if isinstance(fine, Start) and not cancelling and _cancels(fine.point):
                return None
            if isinstance(fine, Start):
                record = EvaluationRecord(run, fine, to_value, _rounded)
            elif record is not None:
                record.add(fine)
        if any(isinstance(page, UndefinedAtError) for page in runs[0]):
            return None
    return None if record is None else record.evaluation(more)


def _cancels(point: Point) -> bool:
    """Return whether nothing is left of a sum."""
    return any(CANCELLED in slots for slots in point.samples)


def _cuts(page: Start | TrainingStep) -> bool:
    """Return whether a page is of a step with clipped derivatives."""
    return isinstance(page, TrainingStep) and page.move.clipped is not None


def _alike(rough: Sequence[Number], fine: Sequence[Number]) -> bool:
    scale: int = 10**AGREED_DIGITS
    try:
        return agree(rough, fine, scale)
    except NoValueError:
        # A derivative that has no value, and need not have one, agrees with another such, or with 0.
        first, second = ([ZERO if isinstance(one, Missing) else one for one in numbers] for numbers in (rough, fine))
        return agree(first, second, scale)


def _numbers(run: ProgramRun, page: Start | TrainingStep) -> list[Number]:
    """Return every computed number of the start or of a training step."""
    found: list[Number] = []
    if isinstance(page, Start):
        for slots in page.point.samples:
            *numbers, _bits = run.programs.compared(slots)
            found += numbers
        if run.penalty is not None and page.point.penalty is not None:
            found += [page.point.penalty[place] for place in run.penalty.nodes.values()]
        if run.compiled.objective.nodes:
            found += (page.point.data_loss, page.point.loss, *page.gradients)
        return found
    for slots, places in _shown(run, page):
        found += [slots[place] for place in places.values()]
    found.append(page.loss_after)
    for numbers in (page.gradients, page.move.clipped or (), *page.move.state.values(), page.move.after):
        found += numbers
    return found if page.move.system is None else [*found, *page.move.system.solution]


def _shown(run: ProgramRun, step: TrainingStep) -> Iterator[tuple[Slots, Mapping[Symbol, int]]]:
    """Yield the numbers before a step that is worked in full: slots, and the places in them."""
    if not run.is_shown(step.number):
        return
    for number in step.batch:
        for places in (run.sample.nodes, run.sample.adjoints, run.sample.gradients):
            yield step.before.samples[number], places
    if run.penalty is not None and step.before.penalty is not None:
        yield step.before.penalty, run.penalty.nodes


class EvaluationRecord:
    """Collects the values of a run for the evaluation that is returned.

    Args:
        run: The run.
        start: Its start.
        value: From a number at the start to what is kept of it.
        kept: The same for the numbers of each training step, of which there may be millions.
    """

    def __init__(
        self, run: ProgramRun, start: Start, value: Callable[[Number], Value], kept: Callable[[Number], Value]
    ) -> None:
        self.run, self.start, self.value, self.kept = run, start, value, kept
        self.all = run.network.parameters
        self.parameters = dict(zip(self.all, map(value, start.point.parameters), strict=True))
        self.updates: list[Update] = []
        self.later: list[tuple[int, int | None, Symbol]] = []

    def add(self, step: TrainingStep) -> None:
        """Add one training step."""
        last, move, rule = self.updates[-1] if self.updates else None, step.move, self.run.rule
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
                system=None if move.system is None else move.system.mapped(self.kept),
                **self._shown(step, before),
            )
        )

    def _shown(self, step: TrainingStep, parameters: Mapping[Symbol, Value]) -> dict[str, Any]:
        """Return the numbers before a step that is worked in full."""
        if not self.run.is_shown(step.number):
            return {}
        point = step.before
        samples = tuple(self.sample(point.samples[number], parameters) for number in step.batch)
        return {"samples": samples, "penalty": self._penalty(point.penalty)}

    def _penalty(self, slots: Slots | None) -> dict[Symbol, Value]:
        penalty = self.run.penalty
        return {} if penalty is None or slots is None else self._read(slots, penalty.nodes)

    def evaluation(self, digits: int) -> Evaluation:
        """Return the evaluation."""
        point, gradients = self.start.point, self.start.gradients
        samples = tuple(self.sample(slots, self.parameters) for slots in point.samples)
        # The derivatives of an objective that is the loss of the one sample are those very numbers.
        alone = None if self.run.compiled.objective.nodes else samples[0].gradients
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
        one = self.run.sample
        values = self._read(slots, self.run.programs.rows) | dict(parameters) | self._read(slots, one.nodes)
        return Sample(values, self._read(slots, one.adjoints), self._read(slots, one.gradients))

    def _kept(self, symbols: Sequence[Symbol], numbers: Iterable[Number]) -> dict[Symbol, Value]:
        return dict(zip(symbols, map(self.kept, numbers), strict=True))

    def _read(self, slots: Slots, places: Mapping[Symbol, int]) -> dict[Symbol, Value]:
        value = self.value
        return {
            symbol: value(number) for symbol, place in places.items() if not isinstance(number := slots[place], Missing)
        }


def _rounded(number: Binary) -> Value:
    return to_value(rounded(*number, KEPT_BITS))
