"""What is true, at random points and at the data."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, cast

import mpmath
from mpmath.libmp import to_rational
from sympy import Integer, Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import SAMPLES, Partial
from symnet.algebra.rewrite import substitute, tidy
from symnet.arithmetic.light import Binary, from_value, to_value
from symnet.arithmetic.real import NoValueError, Value
from symnet.arrays.updates import states_of_numbers
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, PARAMETER, STEP, updated
from symnet.catalog.schedules import PROGRESS
from symnet.derivation.objective import COUNT, DATA, OBJECTIVE
from symnet.derivation.steps import Gradient, adjoint_id, derivative_id
from symnet.description.training import Training
from symnet.errors import NoPointError
from symnet.limits import MOST_SAMPLES_IN_SYMBOLS
from symnet.marking.records import Target, TargetKind
from symnet.marking.trained import kept_line, kept_of, trained_target, trained_value
from symnet.numerics.arithmetic import Code, Lines, require
from symnet.numerics.compile import BACKWARD, FORWARD, Compiled, compile_as_written
from symnet.numerics.evaluate import Evaluation, OverSamples
from symnet.numerics.exact import EXACT
from symnet.numerics.expression import value_of
from symnet.numerics.training import updated_parameters
from symnet.verification.differences import ATTEMPTS, NOWHERE, Draw
from symnet.worked import Part, Worked

# The value of every name that an answer may use, worked out from the numbers of the leaves.

Values: TypeAlias = dict[Expr, Value]
Leaves: TypeAlias = Mapping[Symbol, Value]


def of_sample(symbol: Symbol, sample: int) -> Symbol:
    """Return the symbol of a quantity of the 0-based ``sample``, such as ``a2_1@3``."""
    return Symbol(f"{symbol.name.removesuffix('@i')}@{sample + 1}")


def over_all(symbol: Symbol) -> Symbol:
    """Return the symbol of a quantity that is taken over all samples which can be named."""
    return Symbol(f"{symbol.name}@all")


class _PartCode:
    """The programs of a part in exact arithmetic, at numbers by their names.

    Args:
        compiled: The programs.
        gradient: The derivatives of one sample's loss.
        ids: Under which names the derivatives with respect to nodes stand beside the others.
    """

    def __init__(self, compiled: Compiled, gradient: Gradient, ids: Mapping[Symbol, Symbol]) -> None:
        self.one, self.added = compiled.sample, compiled.penalty
        self._sample = Code(self.one.program, EXACT, len(self.one.fixed))
        self._penalty = None if self.added is None else Code(self.added.program, EXACT)
        loss = compiled.network.loss
        self._names: list[tuple[Expr, int]] = list(self.one.nodes.items())
        for wrt, place in self.one.adjoints.items():
            names = (gradient.adjoints[wrt].symbol, ids[wrt], Partial(loss, wrt))
            self._names += ((name, place) for name in names)
        self._names += ((Partial(loss, leaf), place) for leaf, place in self.one.gradients.items())

    def penalty(self, values: Values) -> Leaves:
        """Add the value of the penalty, and return its gradient with respect to the parameters."""
        if self.added is None or self._penalty is None:
            return {}
        slots = self._penalty.start(mpmath.mp.prec, _numbers(values, self.added.fixed))
        for entry, places in ((FORWARD, self.added.nodes), (BACKWARD, self.added.lines)):
            self._penalty.run(slots, entry)
            require(slots, places, named=False)
        values.update((symbol, to_value(slots[place])) for symbol, place in self.added.nodes.items())
        return {leaf: to_value(slots[place]) for leaf, place in self.added.gradients.items()}

    def sample(self, values: Values) -> Leaves:
        """Add the values of one sample, forward and backward, and return its gradient with respect to the leaves."""
        started = self._sample.start(mpmath.mp.prec, _numbers(values, self.one.fixed))
        slots = self._sample.filled(started, _numbers(values, self.one.data))
        for entry, places in ((FORWARD, self.one.nodes), (BACKWARD, self.one.lines)):
            self._sample.run(slots, entry)
            require(slots, places, named=False)
        values.update((name, to_value(slots[place])) for name, place in self._names)
        return {leaf: to_value(slots[place]) for leaf, place in self.one.gradients.items()}


def _numbers(values: Values, symbols: Iterable[Symbol]) -> list[Binary]:
    return [from_value(values[symbol]) for symbol in symbols]


class Tableau:
    """Computes all values of one part, forward and backward, from those of its leaves, at the precision in force.

    Args:
        part: The part.
        training: How it is trained, if it is.

    Attributes:
        samples: How many samples there are; 1 without any, and where their number is left open.
        named: How many of them a symbolic answer may speak of by number.
        trained: The parameters that training changes.
        stepped: Those of which the first step has an expression: nothing is clipped or takes the Hessian, no
            sample is left out.
    """

    def __init__(self, part: Part, training: Training | None) -> None:
        self.part, self.network, self.training = part, part.network, training
        count = part.objective.samples
        self.samples = int(count) if isinstance(count, Integer) else 1
        self.named = self.samples if 1 < self.samples <= MOST_SAMPLES_IN_SYMBOLS else 0
        self.trained = () if training is None else updated_parameters(self.network, training)
        # What the whole gradient, the Hessian or a batch decides has no expression of its own.
        plain = training is not None and training.clip_norm is None and training.clip_value is None
        apart = training is not None and training.rule.hessian is None and self._takes_all(training)
        self.stepped = self.trained if plain and apart else ()
        self.per_sample = self.network.of_sample
        self._ids = {
            wrt: Symbol(derivative_id(self.network, wrt)) for wrt in (*self.network.children, *part.gradient.leaves)
        }
        self._suffixed: dict[tuple[Symbol, int], Symbol] = {}
        self._codes: dict[tuple[Symbol, ...], _PartCode] = {}
        self._objective = OverSamples(part.objective, EXACT, shown=False)

    def work(self, leaves: Leaves, rows: Sequence[Leaves] = ()) -> Values:
        """Return the value of every name and of every derivative.

        Args:
            leaves: The numbers of the parameters, the strengths, the learning rate and the number of samples; and
                the inputs and targets of a sample that stands for any. A node that is among them is not worked out.
            rows: The same of each sample, where there are several.

        Raises:
            NoValueError: Where one has no value.
        """
        values: Values = dict(leaves)
        code = self._code(tuple(symbol for symbol in self.network.nodes if symbol in leaves))
        added = code.penalty(values)
        gradients: Leaves = {}
        # A graph may have nothing but parameters.
        if all(symbol in leaves for symbol in self.per_sample[:1]):
            gradients = code.sample(values)
            self._add_objective(values, [(values, gradients)], added)
        if rows:
            self._samples(values, rows, code, added)
        for leaf in self.part.gradient.leaves:
            whole = gradients[leaf] + added.get(leaf, 0) if leaf in gradients else values.get(Partial(OBJECTIVE, leaf))
            if whole is not None:
                values[self._ids[leaf]] = whole
        if self.stepped and self._ids[self.stepped[0]] in values:
            self._step(values)
        return values

    def _code(self, free: tuple[Symbol, ...]) -> _PartCode:
        """Return the program of the part, where some nodes are put in; made once."""
        if free not in self._codes:
            constants = dict.fromkeys((*self.free, *self.constants))
            gradient, objective = self.part.gradient, self.part.objective
            compiled = compile_as_written(gradient, objective, constants, shown=False, free=free)
            self._codes[free] = _PartCode(compiled, gradient, self._ids)
        return self._codes[free]

    def _samples(self, values: Values, rows: Sequence[Leaves], code: _PartCode, added: Leaves) -> None:
        """Add each sample's values under names with its number, and the objective over the samples."""
        shared = {symbol: value for symbol, value in values.items() if symbol not in self.network.nodes}
        worked = []
        for number, row in enumerate(rows):
            own: Values = {**shared, **row}
            gradients = code.sample(own)
            worked.append((own, gradients))
            names = [*self.per_sample, *self.network.nodes]
            for wrt, derivation in self.part.gradient.adjoints.items():
                names += (derivation.symbol, self._ids[wrt])
            for symbol in names:
                values[self._of_sample(symbol, number)] = own[symbol]
            for leaf, value in gradients.items():
                values[self._of_sample(self._ids[leaf], number)] = value
        values[SAMPLES] = [(own, 1) for own, _ in worked]
        self._add_objective(values, worked, added)

    def _add_objective(self, values: Values, worked: Sequence[tuple[Values, Leaves]], added: Leaves) -> None:
        """Add the objective, its parts and its derivatives over the samples that were ``worked``."""
        objective, loss = self.part.objective, self.network.loss
        counts = [value_of(objective.counted, own) for own, _ in worked] if objective.is_weighted else []
        for leaf in self.part.gradient.leaves:
            derivatives = [gradients[leaf] for _, gradients in worked]
            values[Partial(OBJECTIVE, leaf)] = self._over_samples(derivatives, counts, added.get(leaf))
        if objective.nodes:
            losses = [own[loss] for own, _ in worked]
            values[DATA] = self._over_samples(losses, counts)
            penalty = values[objective.penalty[-1].symbol] if objective.penalty else None
            values[OBJECTIVE] = self._over_samples(losses, counts, penalty)

    def _over_samples(self, values: Sequence[Value], counts: Sequence[Value], more: Value | None = None) -> Value:
        """Return the mean or sum of one value per sample, plus the penalty's part."""
        added = None if more is None else from_value(more)
        of_samples, weights = ([from_value(value) for value in some] for some in (values, counts))
        return to_value(self._objective(of_samples, weights, mpmath.mp.prec, added))

    def _takes_all(self, training: Training) -> bool:
        return training.batch == "full" or training.batch >= self.samples

    def _step(self, values: Values) -> None:
        """Add the parameters after the first step, once from the gradient by name and once from the objective's."""
        names = {self._ids[leaf]: leaf for leaf in self.stepped}
        bits, leaves, lines = mpmath.mp.prec, self._step_leaves, self._step_lines
        by_all = {name: values[Partial(OBJECTIVE, leaf)] for name, leaf in names.items()}
        for own, named in ((values, updated), (by_all, lambda leaf: over_all(updated(leaf)))):
            put_in = [from_value(own[name] if name in own else values[name]) for name in leaves]
            found = lines.work(lines.start(bits), put_in)
            values.update(zip(map(named, self.stepped), map(to_value, found), strict=True))

    @cached_property
    def _step_leaves(self) -> tuple[Symbol, ...]:
        """The inputs of the first step: parameters, their derivatives and the learning rate."""
        return (*self.stepped, *(self._ids[leaf] for leaf in self.stepped), LEARNING_RATE)

    @cached_property
    def _step_lines(self) -> Lines:
        steps = {updated(leaf): step for leaf, step in self._steps.items()}
        return Lines((), self._step_leaves, steps, EXACT, shown=False)

    def step(self, leaf: Symbol) -> Expr:
        """Return what the first step makes of the parameter ``leaf``, in its derivative and the learning rate."""
        return self._steps[leaf]

    @cached_property
    def _steps(self) -> Mapping[Symbol, Expr]:
        return {leaf: self._step_line_by_line(leaf, composed=True)[-1][1] for leaf in self.stepped}

    def step_lines(self, leaf: Symbol, number: int = 1) -> list[tuple[Symbol, Expr]]:
        """Return the lines of a step of the parameter ``leaf``, the last of which is the parameter's own.

        What the optimizer keeps, and what it corrects of that, stands under names of this parameter; so does, in later
        steps, what it has kept.

        Args:
            leaf: The parameter.
            number: The 1-based number of the step.
        """
        return self._step_line_by_line(leaf, number, composed=False)

    def _step_line_by_line(self, leaf: Symbol, number: int = 1, *, composed: bool) -> list[tuple[Symbol, Expr]]:
        training = self.training
        if training is None:
            return []
        kept = {} if training.state is None else training.state.values
        optimizer = training.rule
        known: dict[Expr, Expr] = {Symbol(name): rational(number) for name, number in training.options.items()}
        known[STEP] = Integer(number if training.state is None else training.state.step + number)
        known |= {PARAMETER: leaf, GRADIENT: self.derivative(leaf)}
        for state in optimizer.states:
            first = rational(kept.get(state.name, {}).get(leaf.name, Fraction(0)))
            known[state.symbol] = first if number == 1 else kept_of(state.symbol, leaf)
        lines: list[tuple[Symbol, Expr]] = []
        for left, right in optimizer.lines:
            name = updated(leaf) if left == updated(PARAMETER) else kept_of(left, leaf)
            lines.append((name, tidy(substitute(right, known))))
            known[left] = lines[-1][1] if composed else name
        return lines

    def derivative(self, wrt: Symbol) -> Symbol:
        """Return the symbol of the derivative of the loss with respect to a quantity, such as ``dL/da1_1``."""
        return self._ids[wrt]

    def _of_sample(self, symbol: Symbol, number: int) -> Symbol:
        key = symbol, number
        if key not in self._suffixed:
            self._suffixed[key] = of_sample(symbol, number)
        return self._suffixed[key]

    @property
    def free(self) -> tuple[Symbol, ...]:
        """What is drawn at random beside the network's leaves: strengths, and a learning rate that is left open."""
        rate = () if self.training is None or self.training.learning_rate is not None else (LEARNING_RATE,)
        return (*self.part.objective.constants, *rate)

    @property
    def constants(self) -> dict[Symbol, Fraction]:
        """What is the same at every point: the number of samples, and a learning rate that is given."""
        found: dict[Symbol, Fraction] = {}
        if COUNT.name in self.part.objective.quantities or self.samples > 1:
            found[COUNT] = Fraction(self.samples)
        if self.training is not None and (rate := _first_rate(self.training)) is not None:
            found[LEARNING_RATE] = rate
        return {symbol: number for symbol, number in found.items() if symbol not in self.network.nodes}


def _first_rate(training: Training) -> Fraction | None:
    """Return the learning rate of the first step; one that is irrational, with more digits than are ever compared."""
    rate = training.unscheduled_rate(1)
    if rate is None or training.schedule is None:
        return rate and rate / (1 + training.decay * training.steps_before)
    formula, progress = training.schedule.formula(training.steps_before + 1)
    numbers = {Symbol(name): number for name, number in training.schedule.options.items()}
    numbers |= {PROGRESS: progress, LEARNING_RATE: rate}
    with mpmath.workdps(_DRAWN):
        found = value_of(formula, {symbol: exactly(number) for symbol, number in numbers.items()})
        return Fraction(*to_rational(found._mpf_))


_OTHER_NUMBERS = frozenset((TargetKind.LOCAL, TargetKind.UPDATED, TargetKind.TRAINED))


def _node(target: Target) -> Symbol:
    """Return the node that a local derivative is of."""
    if target.of is None:
        raise KeyError(target.id)
    return target.of


def rational(number: Fraction) -> Expr:
    """Return an exact number as an expression."""
    return Rational(number.numerator, number.denominator)


def exactly(number: Fraction) -> Value:
    """Return an exact number at the precision in force."""
    return mpmath.mpf(number.numerator) / number.denominator


# Points at which answers are compared: random ones that respect the domain, each at two precisions.

DIGITS, FINER = 60, 90
"""The two precisions at which every answer is evaluated."""
# What is drawn has more digits than either, so that it is the same number at both.
_DRAWN = 150
# Points that there are at least, and draws at most in search of both sides of every kink.
FEWEST, _MOST = 14, 28
# Points more at which all is positive, where roots and logarithms have values.
_POSITIVE = 4
# Draws among which the one is taken that meets most of the sides still missing.
_CANDIDATES = 6
# So close to a kink, or so far out, a point says little.
_NEXT_TO, _FAR = mpmath.mpf(10) ** -6, 30
# The ranges of the inputs of a graph; those of the oracle follow where these have no value.
_RANGES = ((-1.0, 1.0), (-3.0, 3.0), (0.1, 1.0), (1.0, 4.0))
# The ranges of nodes that are drawn themselves.
_FREE = ((-2.0, 2.0), (-1.0, 1.0), (0.1, 0.9))
# Attempts in which the inputs of a graph come from these ranges.
_EARLY = 24
_NOTHING: Leaves = MappingProxyType({})


class SamplingPoint(NamedTuple):
    """One point.

    Attributes:
        values: The value there of every name that an answer may use, and of every derivative, at ``DIGITS`` digits.
        finer: The same at ``FINER`` digits.
    """

    values: Mapping[Expr, Value]
    finer: Mapping[Expr, Value]


class Sampler:
    """Draws the random points at which answers of one part are compared; the same on every run.

    Args:
        tableau: Works out all values from those of the leaves.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau, self.network = tableau, tableau.network
        data = tableau.part.data
        self.near = {**data.rows[0], **data.parameters} if data is not None else None
        self.leaves = frozenset({*self.network.of_sample, *self.network.parameters})
        self.switches = [(node.symbol, switch) for node in self.network.nodes.values() for switch in node.switches]
        self.sum_to_one = self.network.targets_sum_to_one or self._is_distribution()

    def _is_distribution(self) -> bool:
        """Return whether targets stand beside a softmax, where they are probabilities unless those given are not."""
        layers, data = self.network.layers, self.tableau.part.data
        if not layers or not self.network.targets or layers[-1].activation.name != "softmax":
            return False
        return data is None or all(sum(row[y] for y in self.network.targets) == 1 for row in data.rows)

    def random(
        self, fixed: Leaves = _NOTHING, free: Collection[Symbol] = (), fewest: int | None = None
    ) -> tuple[SamplingPoint, ...]:
        """Return random points; some leaves may be fixed.

        There are so many that each node is met on both sides of its kinks, where that can be.

        Args:
            fixed: The numbers of leaves that have one; of one of several samples, under names with its number.
            free: Nodes that are drawn, and not worked out.
            fewest: How many points are wanted, if not enough of both sides of every kink.

        Raises:
            NoPointError: If there is none at which the loss has a value.
        """
        if not free and not self.tableau.named and self.leaves <= fixed.keys():
            raise NoPointError(NOWHERE)
        found: list[SamplingPoint] = []
        wanted = {(number, side) for number in range(len(self.switches)) for side in (False, True)}
        for number in range(1, _MOST + 1):
            point = self._best(Draw(self.network, number, self.near), fixed, free, wanted)
            if point is None:
                continue
            found.append(point)
            wanted -= self._sides(point)
            if len(found) == fewest:
                return tuple(found)
            if len(found) >= FEWEST and not wanted:
                break
        positive = (Draw(self.network, number, self.near).all_positive() for number in range(_POSITIVE))
        found += (point for point in (self._best(draw, fixed, free, set()) for draw in positive) if point is not None)
        if not found:
            raise NoPointError(NOWHERE)
        return tuple(found)

    def _best(
        self, draw: Draw, fixed: Leaves, free: Collection[Symbol], wanted: set[tuple[int, bool]]
    ) -> SamplingPoint | None:
        """Return a point that meets many of the sides that are ``wanted``, if there is one."""
        found: list[SamplingPoint] = []
        for attempt in range(ATTEMPTS):
            try:
                point = self._point(draw, attempt, fixed, free)
            except NoValueError:
                continue
            if point is not None:
                found.append(point)
                if len(found) == _CANDIDATES or not wanted or self._sides(point) & wanted:
                    break
        return max(found, key=lambda point: len(self._sides(point) & wanted), default=None)

    def _point(self, draw: Draw, attempt: int, fixed: Leaves, free: Collection[Symbol]) -> SamplingPoint | None:
        """Return the point of one draw, or None if it is close to a kink or has very large values."""
        with mpmath.workdps(_DRAWN):
            leaves = {**self._drawn(draw, attempt, fixed), **self._nodes(draw, attempt, free)}
            rows: list[Leaves] = []
            for number in range(self.tableau.named):
                row = self._row(self._drawn(draw, attempt, self._of(number, fixed)))
                rows.append({**row, **self._nodes(draw, attempt, free)})
        point = self.at(leaves, rows)
        if any(abs(value_of(switch, point.values)) < _NEXT_TO for _, switch in self.switches):
            return None
        inner = (point.values[z] for layer in self.network.layers for z in layer.pre_activations)
        return None if any(abs(value) > _FAR for value in inner) else point

    def at(self, leaves: Leaves, rows: Sequence[Leaves] = ()) -> SamplingPoint:
        """Return the point with these numbers; see :meth:`Tableau.work`.

        Raises:
            NoValueError: Where something has no value.
        """
        found = []
        for digits in (DIGITS, FINER):
            with mpmath.workdps(digits):
                constants = {symbol: exactly(number) for symbol, number in self.tableau.constants.items()}
                found.append(self.tableau.work({**constants, **leaves}, rows))
        return SamplingPoint(*found)

    def _drawn(self, draw: Draw, attempt: int, fixed: Leaves) -> dict[Symbol, Value]:
        """Return random leaves, but for those that are fixed, the targets where they belong."""
        if self.network.is_graph and attempt < _EARLY:
            low, high = _RANGES[(draw.count + attempt) % len(_RANGES)]
            inner = (*self.network.of_sample, *self.network.parameters)
            leaves = draw.to_wholes({leaf: draw.number(low, high) for leaf in inner})
        else:
            leaves = draw.numbers(attempt)
        drawn = _TARGETS[self.network.target_kind](draw, [leaves[y] for y in self.network.targets])
        targets = dict(zip(self.network.targets, drawn, strict=True))
        if self.sum_to_one:
            left = 1 - mpmath.fsum(fixed.get(target, 0) for target in targets)
            whole = mpmath.fsum(abs(value) for target, value in targets.items() if target not in fixed)
            # Where those that are fixed sum to one, the others are not made 0 by that.
            share = left / whole if left > 0 and whole else 1
            targets = {target: share * abs(value) for target, value in targets.items()}
        return {**leaves, **targets, **{symbol: draw.number(0.1, 1) for symbol in self.tableau.free}, **fixed}

    def _of(self, number: int, fixed: Leaves) -> Leaves:
        """Return the numbers that are fixed of one of several samples."""
        names = {leaf: of_sample(leaf, number) for leaf in self.tableau.per_sample}
        return {leaf: fixed[name] for leaf, name in names.items() if name in fixed}

    def _nodes(self, draw: Draw, attempt: int, free: Collection[Symbol]) -> dict[Symbol, Value]:
        """Return random values of nodes."""
        low, high = _FREE[(draw.count + attempt) % len(_FREE)]
        return {node: draw.number(low, high) for node in sorted(free, key=str)}

    def _row(self, leaves: Leaves) -> Leaves:
        return {symbol: leaves[symbol] for symbol in self.tableau.per_sample}

    def sides(self, points: Iterable[SamplingPoint], nodes: Container[Symbol]) -> set[tuple[int, bool]]:
        """Return the sides on which points are of the kinks of some nodes."""
        return {side for point in points for side in self._sides(point) if self.switches[side[0]][0] in nodes}

    def _sides(self, point: SamplingPoint) -> set[tuple[int, bool]]:
        """Return the sides on which a point is of every kink."""
        return {(number, bool(value_of(switch, point.values) > 0)) for number, (_, switch) in enumerate(self.switches)}


def _of_both_signs(draw: Draw, targets: list[Value]) -> list[Value]:
    return [target * draw.chance.choice((-1, 1)) for target in targets]


def _as_drawn(_draw: Draw, targets: list[Value]) -> list[Value]:
    return targets


def _signs(draw: Draw, targets: list[Value]) -> list[Value]:
    return [mpmath.mpf(draw.chance.choice((-1, 1))) for _ in targets]


def _bits(draw: Draw, targets: list[Value]) -> list[Value]:
    return [mpmath.mpf(draw.chance.choice((0, 1))) for _ in targets]


def _one_hot(draw: Draw, targets: list[Value]) -> list[Value]:
    hot = draw.chance.randrange(len(targets))
    return [mpmath.mpf(place == hot) for place in range(len(targets))]


# Where targets lie, by the kind that the table of losses names.
_TARGETS = MappingProxyType(
    {
        "any": _of_both_signs,
        "nonnegative": _as_drawn,
        "unit_interval": _as_drawn,
        "binary": _bits,
        "signs": _signs,
        "one_hot": _one_hot,
        "none": _as_drawn,
    }
)


# What is true of an exercise: every quantity that an answer may be to, its value and what it is equal to.

__all__ = ["SamplingPoint", "Truth"]


# Answers whose values at the points are kept.
_MOST_WORKED_OUT = 64


class Truth:
    """The correct value of every quantity of one part, at random points and at its data; built once.

    Where there are several samples, a name without a sample stands for any of them: a symbolic answer to
    ``dL/dw1_1_1`` may be the derivative of one sample's own loss (with what the penalty adds), as the sheet derives
    it, or the derivative of the objective, in which each sample is named by its number (``delta2_1@1``).

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.network = part.network
        self.training, self.rules = worked.description.training, worked.description.marked_by
        self.tableau = Tableau(part, self.training)
        self.sampler = Sampler(self.tableau)
        # What is found out about an answer that is wrong asks for its values several times.
        self._worked_out = lru_cache(_MOST_WORKED_OUT)(self._at_points)

    def meets_all(self, points: Iterable[SamplingPoint], target: Target, names: Iterable[Expr]) -> bool:
        """Return whether points lie on all sides of the kinks that matter for a target and for other names.

        Args:
            points: The points.
            target: The target; what a derivative depends on is everything.
            names: What else may depend on a kink.
        """
        nodes = self.network.nodes
        named = {*names, target.symbol}
        everything = target.kind is not TargetKind.NODE or not named <= {*nodes, *self.sampler.leaves}
        needed = set(nodes) if everything else self._ancestors(named)
        return self.sampler.sides(points, needed) == self.sampler.sides(self.points, needed)

    def _ancestors(self, names: Iterable[Expr]) -> set[Symbol]:
        """Return the nodes among some names, and those that they depend on."""
        found = {name for name in names if name in self.network.nodes}
        for node in reversed(tuple(self.network.nodes.values())):
            if node.symbol in found:
                found |= {parent for parent in node.derivatives if parent in self.network.nodes}
        return found

    def prepare(self) -> None:
        """Work out what most answers are compared with, so that it is there before the first comes."""
        for name in ("points", "data", "place", "by_id"):
            getattr(self, name)

    @cached_property
    def points(self) -> tuple[SamplingPoint, ...]:
        """At least fourteen random points that respect the domain, those of both sides of every kink among them."""
        return self.sampler.random()

    @cached_property
    def data(self) -> SamplingPoint | None:
        """Everything at the numbers of the exercise, or None without them; names of samples where there are several."""
        data = self.part.data
        if data is None:
            return None
        with mpmath.workdps(2 * FINER):
            leaves = {symbol: exactly(number) for symbol, number in {**data.parameters, **data.constants}.items()}
            rows = [{symbol: exactly(number) for symbol, number in row.items()} for row in data.rows]
        try:
            return self.sampler.at(leaves, rows) if len(rows) > 1 else self.sampler.at(leaves | rows[0])
        except NoValueError:
            return None

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """All that can be asked, in the order of the solution."""
        return (*self._nodes(), *self._adjoints(), *self._gradients(), *self._kept(), *self._updated())

    @cached_property
    def by_id(self) -> Mapping[str, Target]:
        """All that can be asked, by id."""
        return {target.id: target for target in self.targets}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each target in the order of the solution, by id."""
        return {target.id: number for number, target in enumerate(self.targets)}

    def expression(self, target: Target) -> Expr:
        """Return what a target is equal to, in the order of the chain rule, in nodes and cited derivatives."""
        symbol = target.symbol
        match target.kind:
            case TargetKind.NODE:
                return self._definitions[symbol]
            case TargetKind.ADJOINT:
                return self.part.gradient.adjoints[symbol].result
            case TargetKind.GRADIENT if target.sample is None:
                return self.part.result(symbol)
            case TargetKind.GRADIENT:
                return self.part.gradient.leaves[symbol].result
            case TargetKind.UPDATED:
                return self._update(symbol)
            case TargetKind.LOCAL | TargetKind.TRAINED:
                local = target.kind is TargetKind.LOCAL
                return self.network.nodes[_node(target)].derivatives[symbol][-1] if local else Symbol(target.id)

    def local(self, of: Symbol, wrt: Symbol, sample: int | None = None) -> Target | None:
        """Return the target of a local derivative, that of a node with respect to one of its inputs.

        Args:
            of: The node; its own name for any sample.
            wrt: What it is differentiated with respect to, likewise.
            sample: The 0-based sample; None for any.

        Returns:
            None where the one does not depend on the other directly, and for the loss, whose derivatives have names.
        """
        node = self.network.nodes.get(of)
        if node is None or of == self.network.loss or wrt not in node.derivatives:
            return None
        names = (one if sample is None else self._placed(one, sample) for one in (of, wrt))
        above, below = (name.name.removesuffix("@i") for name in names)
        return Target(f"d{above}/d{below}", TargetKind.LOCAL, wrt, sample, of)

    def _placed(self, symbol: Symbol, sample: int) -> Symbol:
        """Return the name of a quantity in a sample: its own for what all samples share."""
        own = symbol in self.network.nodes or symbol in self.tableau.per_sample
        return of_sample(symbol, sample) if own else symbol

    def enter(self, target: Target, points: Iterable[SamplingPoint]) -> None:
        """Enter the values of a local derivative at points, which have those of all else; kept there.

        Args:
            target: What is asked.
            points: The points.
        """
        if target.kind is not TargetKind.LOCAL:
            return
        expression, key = self.expression(target), self.key(target)
        if target.sample is not None:
            samples = {one: self._placed(one, target.sample) for one in expression.free_symbols}
            expression = expression.xreplace(samples)
        for point in points:
            for values, digits in ((point.values, DIGITS), (point.finer, FINER)):
                if key not in values:
                    with contextlib.suppress(NoValueError, KeyError), mpmath.workdps(digits):
                        cast(Values, values)[key] = value_of(expression, values)

    def at(self, target: Target, point: SamplingPoint) -> Value:
        """Return the true value of a target at a point, at the lower of its precisions.

        Raises:
            KeyError: If a target has none there, as that of one sample where there are too many to be named.
        """
        return point.values[self.key(target)]

    def key(self, target: Target) -> Expr:
        """Return under what a target's true value stands among the values of a point."""
        name = self._plain_key(target)
        if target.sample is None:
            return name
        if target.kind is TargetKind.LOCAL:
            return Partial(self._placed(_node(target), target.sample), self._placed(target.symbol, target.sample))
        return of_sample(name, target.sample)

    def at_points(self, expression: Expr) -> tuple[Value | None, ...]:
        """Return the value of an answer at each point, None where it has none.

        Args:
            expression: The answer.
        """
        return self._worked_out(expression)

    def _at_points(self, expression: Expr) -> tuple[Value | None, ...]:
        found: list[Value | None] = []
        with mpmath.workdps(DIGITS):
            for point in self.points:
                try:
                    found.append(value_of(expression, point.values))
                except (NoValueError, KeyError):
                    found.append(None)
        return tuple(found)

    def keys(self, target: Target) -> tuple[Expr, ...]:
        """Return under what the true values stand that a symbolic answer may have: the sheet's, or the objective's."""
        found = [self.key(target)]
        if target.kind is TargetKind.GRADIENT and target.sample is None:
            found.append(Partial(OBJECTIVE, target.symbol))
        if target.kind is TargetKind.UPDATED:
            found.append(over_all(updated(target.symbol)))
        if target.sample is not None:
            # The loss of one sample has no penalty.
            is_gradient = target.kind is TargetKind.GRADIENT
            found.append(Partial(self.network.loss, target.symbol) if is_gradient else self._plain_key(target))
        return tuple(found)

    def line(self, target: Target) -> Expr:
        """Return the name of the line of the calculation that works a target out."""
        if target.kind is TargetKind.TRAINED and target.step == 1:
            return self.line_of_step(target)
        if target.kind is not TargetKind.ADJOINT:
            return self.key(target)
        symbol = self.part.gradient.adjoints[target.symbol].symbol
        return symbol if target.sample is None else of_sample(symbol, target.sample)

    def line_of_step(self, target: Target) -> Expr:
        """Return the name of the line that works out a value of a training, among those of its step."""
        symbol = target.symbol
        if target.of is None or self.training is None:
            return updated(symbol)
        return kept_of(kept_line(self.training.rule, target.of), symbol)

    def names(self, target: Target) -> frozenset[Expr]:
        """Return the names under which an answer would cite the very quantity that it is to."""
        found = {*self.keys(target), self.line(target)}
        if target.kind in {TargetKind.ADJOINT, TargetKind.GRADIENT}:
            found |= {Partial(self.network.loss, target.symbol), Partial(OBJECTIVE, target.symbol)}
        if target.kind is TargetKind.ADJOINT:
            found.add(self.part.gradient.adjoints[target.symbol].symbol)
        return frozenset(found)

    def number(self, target: Target) -> Value | None:
        """Return the true value of a target at the numbers of the exercise, over all samples; None where it has none.

        An updated value is that after the first training step.
        """
        evaluation = self.part.evaluation
        if evaluation is None:
            return None
        if target.kind in _OTHER_NUMBERS:
            return self._other_number(target, evaluation)
        of_objective = {
            OBJECTIVE: evaluation.loss,
            DATA: evaluation.data_loss,
            **evaluation.penalty,
        }
        if target.sample is None and target.kind is TargetKind.NODE and target.symbol in of_objective:
            return of_objective[target.symbol]
        if target.sample is None and target.kind is TargetKind.GRADIENT and target.symbol in evaluation.gradients:
            return evaluation.gradients[target.symbol]
        if target.sample is None and len(evaluation.samples) > 1:
            return None
        sample = evaluation.samples[target.sample or 0]
        values = {TargetKind.NODE: sample.values, TargetKind.ADJOINT: sample.adjoints}.get(
            target.kind, sample.gradients
        )
        return values.get(target.symbol)

    def _other_number(self, target: Target, evaluation: Evaluation) -> Value | None:
        """Return the value of a local derivative, or of the parameters after a step and what is kept of them."""
        if target.kind is TargetKind.UPDATED:
            return evaluation.updates[0].after.get(target.symbol) if evaluation.updates else None
        if target.kind is TargetKind.TRAINED:
            return None if self.training is None else trained_value(self.part, self.training, target)
        if self.data is None:
            return None
        self.enter(target, (self.data,))
        return self.data.values.get(self.key(target))

    def _update(self, symbol: Symbol) -> Expr:
        """Return what the first step makes of a parameter, the derivative written as one."""
        if symbol not in self.tableau.stepped:
            return updated(symbol)
        of = OBJECTIVE if self.part.objective.nodes else self.network.loss
        return self.tableau.step(symbol).xreplace({self.tableau.derivative(symbol): Partial(of, symbol)})

    @cached_property
    def _definitions(self) -> Mapping[Symbol, Expr]:
        """What each node is equal to, of the network, of the penalty, and of the objective."""
        objective = self.part.objective
        nodes = (*self.network.nodes.values(), *objective.penalty, *objective.nodes)
        return {node.symbol: node.expression for node in nodes}

    def _plain_key(self, target: Target) -> Expr:
        if target.kind is TargetKind.NODE:
            return target.symbol
        if target.kind is TargetKind.UPDATED:
            return updated(target.symbol)
        if target.kind is TargetKind.LOCAL:
            return Partial(_node(target), target.symbol)
        if target.kind is TargetKind.TRAINED:
            return Symbol(target.id)
        return self.tableau.derivative(target.symbol)

    def _samples(self) -> Iterator[int | None]:
        """Yield what a target may be of: any sample, then each by its number where there are several."""
        yield None
        if self.tableau.samples > 1:
            yield from range(self.tableau.samples)

    def _target(self, name: str, kind: TargetKind, symbol: Symbol, sample: int | None) -> Target:
        base = name.removesuffix("@i")
        return Target(base if sample is None else f"{base}@{sample + 1}", kind, symbol, sample)

    def _nodes(self) -> Iterator[Target]:
        objective = self.part.objective
        for sample in self._samples():
            for symbol in self.network.nodes:
                # Without a number, the loss of the samples is the objective.
                if sample is not None or not symbol.name.endswith("@i"):
                    yield self._target(symbol.name, TargetKind.NODE, symbol, sample)
        for node in (*objective.penalty, *objective.nodes):
            if node.symbol not in self.network.nodes:
                yield self._target(node.symbol.name, TargetKind.NODE, node.symbol, None)

    def _adjoints(self) -> Iterator[Target]:
        for sample in self._samples():
            for wrt in self.part.gradient.adjoints:
                yield self._target(adjoint_id(self.part.gradient, wrt), TargetKind.ADJOINT, wrt, sample)

    def _gradients(self) -> Iterator[Target]:
        for sample in (*list(self._samples())[1:], None):
            for leaf in self._leaves():
                yield self._target(self.tableau.derivative(leaf).name, TargetKind.GRADIENT, leaf, sample)

    def _leaves(self) -> Iterator[Symbol]:
        """Yield the parameters layer by layer from the last, as on a sheet, then the inputs asked for."""
        network = self.part.network
        if network.is_graph:
            yield from self.part.in_order()
            return
        for layer in reversed(network.layers):
            yield from layer.parameters
        yield from network.wanted_inputs

    def _kept(self) -> Iterator[Target]:
        """Yield what the optimizer keeps of each entry of arrays after the first step, which sheets ask for as well."""
        graph = self.network.arrays
        if graph is None or self.training is None or self.part.evaluation is None:
            return
        trained = {leaf.name: leaf for leaf in self.tableau.trained}
        of_one = states_of_numbers(self.training.rule)
        states = [state.name for state in self.training.rule.states if state.symbol not in of_one]
        arrays = [name for name in graph.inputs if not trained.keys().isdisjoint(graph.ids(name))]
        for name in arrays if any(map(graph.shape, arrays)) else ():
            for state in states:
                yield from (trained_target(trained[one], 1, state) for one in graph.ids(name) if one in trained)

    def _updated(self) -> Iterator[Target]:
        for leaf in self.tableau.trained:
            yield self._target(updated(leaf).name, TargetKind.UPDATED, leaf, None)
