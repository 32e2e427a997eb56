"""Whether an answer is correct, correct to rounding, or incorrect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Pow, Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Quotient
from symnet.arithmetic.real import NoValueError, Value
from symnet.errors import NoPointError
from symnet.limits import MOST_KEPT_ANSWERS
from symnet.marking.floats import FULL_SINGLE, SHORT, SINGLE, Floats, precisions
from symnet.marking.points import AllPoints
from symnet.marking.records import Answer, Figures, Target, TargetKind, Verdict
from symnet.marking.rounding import Digits, Keeping, Own, Rounded, carried
from symnet.marking.truth import DIGITS, FINER, SamplingPoint, Truth, exactly, of_sample
from symnet.numerics.affine import Interval
from symnet.numerics.expression import names_in, value_of
from symnet.numerics.format import Form
from symnet.text.say import words

# Whether two expressions have the same value everywhere: decided at many points, at two precisions.

# What two values differ by is an error of evaluation if it is so much smaller than what the coarser precision is off
# by, or so small a part of them; it is a difference if it is so much larger than that.
_BELOW_NOISE, _ABOVE_NOISE = mpmath.mpf(10) ** -12, mpmath.mpf(10) ** 3
_NOTHING = mpmath.mpf(10) ** -75
# Of a value so large a part cannot be noise, or the value says nothing: a difference of nearly equal numbers over their
# distance would pass for a derivative.
_MOST_NOISE = mpmath.mpf(10) ** -25
# Points at which an answer has to agree, and none at which it may differ.
FEWEST_MET = 4


class Agreement(Enum):
    """How two values compare."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Pair(NamedTuple):
    """One value at both precisions."""

    rough: Value
    fine: Value


def compared(first: Pair, second: Pair) -> Agreement:
    """Return how two values compare: for sure only where the difference is no matter of evaluation.

    Both are finite; the difference is told from the noise by what the coarser precision is off by.
    """
    with mpmath.workdps(FINER):
        difference = abs(first.fine - second.fine)
        if not difference:
            return Agreement.SAME
        noise = abs(first.rough - first.fine) + abs(second.rough - second.fine)
        size = max(abs(first.fine), abs(second.fine))
        floor = _NOTHING * size
        if min(abs(first.fine), abs(second.fine)) > _NOTHING and noise > _MOST_NOISE * size:
            return Agreement.UNSURE
        if difference <= max(noise * _BELOW_NOISE, floor):
            return Agreement.SAME
        return Agreement.DIFFERENT if difference > noise * _ABOVE_NOISE else Agreement.UNSURE


def value_at(expression: Expr, point: SamplingPoint) -> Pair:
    """Return the value of an expression at a point.

    Raises:
        NoValueError: Where it has none.
    """
    with mpmath.workdps(DIGITS):
        rough = value_of(expression, point.values)
    with mpmath.workdps(FINER):
        return Pair(rough, value_of(expression, point.finer))


def known_at(name: Expr, point: SamplingPoint) -> Pair:
    """Return the value that a name has at a point."""
    return Pair(point.values[name], point.finer[name])


class Findings(NamedTuple):
    """What came of comparing an expression with a true value at many points.

    Attributes:
        same: At how many points they agree.
        differs: Whether they differ for sure at one.
        unsure: At how many the values do not tell.
        why: Why the expression has no value where it has none; empty where it always has one.
    """

    same: int = 0
    differs: bool = False
    unsure: int = 0
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether they agree wherever both have a value, at enough points."""
        return not self.differs and self.same >= FEWEST_MET


def examined(expression: Expr, points: Sequence[tuple[SamplingPoint, Pair]]) -> Findings:
    """Compare an expression with the correct value at each point, up to the first where they differ.

    Where it divides by 0 it has no value, though a factor of 0 may hide that; only what differs is looked at so.
    """
    same, unsure, why = 0, 0, ""
    for point, true in points:
        try:
            outcome = compared(value_at(expression, point), true)
        except NoValueError as error:
            why = str(error)
            continue
        if outcome is Agreement.DIFFERENT:
            divisors = _divisors(expression)
            sound = [one for one in points if not _any_is_zero(divisors, one[0])] if divisors else points
            if len(sound) == len(points) or any(one is point for one, _ in sound):
                return Findings(same, True, unsure, why)
            return examined(expression, sound)._replace(why="division by 0")
        same += outcome is Agreement.SAME
        unsure += outcome is Agreement.UNSURE
    return Findings(same, False, unsure, why)


def _divisors(expression: Expr) -> list[Expr]:
    """Return what an expression is divided by, and so are parts of it, but for numbers that are not 0.

    Where a product has a factor of 0 its other factors are not looked at, so that it may have a value in spite of them.
    """
    under = [part.args[1] for part in expression.atoms(Quotient)]
    under += [part.args[0] for part in expression.atoms(Pow) if part.args[1].is_negative]
    return [part for part in under if not isinstance(part, Rational) or not part.p]


def _any_is_zero(divisors: Sequence[Expr], point: SamplingPoint) -> bool:
    """Return whether any of some expressions is 0 at a point, or has no value there."""
    try:
        with mpmath.workdps(DIGITS):
            return any(not value_of(part, point.values) for part in divisors)
    except NoValueError:
        return True


# Points at which the given numbers stand in place of their names, where an answer may have them.
#
# An answer with given numbers in it, or from which a term is gone that a given 0 or 1 makes vanish, is right if it is
# equal to what is true once these numbers are put in, whatever the quantities are that are not given. Those come from
# random leaves, as far as these are free; else pre-activations are drawn themselves, whatever comes before them.

# What makes a term or a factor vanish, or a sign change.
_VANISHING = frozenset({Fraction(0), Fraction(1)})
# Numbers that stand in formulas whatever is given.
_COMMON = frozenset({*_VANISHING, Fraction(2), Fraction(1, 2)})


class World(NamedTuple):
    """Which leaves have their given numbers, and which nodes are drawn at random.

    Attributes:
        fixed: The number of each leaf that has its given one; of one of several samples, under a name with its number.
        free: The nodes that are drawn themselves.
        any_sample: Which 0-based sample a name without one stands for, where there are several.
    """

    fixed: frozenset[Symbol]
    free: frozenset[Symbol]
    any_sample: int | None = None


class Worlds:
    """The worlds of one part; their points are kept.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth, self.tableau, self.network = truth, truth.tableau, truth.network
        self._points: dict[tuple[World, bool], tuple[SamplingPoint, ...]] = {}

    def of(self, target: Target, expression: Expr, names: frozenset[Expr]) -> Iterator[World]:
        """Yield the worlds in which an answer may be right, those first in which the least is fixed.

        An answer that has no given number in it but 0 and 1 is compared in its names: of the given numbers only those
        are put in that may have made something vanish, and that it does not name.

        Args:
            target: What it is to.
            expression: The answer.
            names: What it names.
        """
        data = self._data_for(target)
        held = {abs(Fraction(int(number.p), int(number.q))) for number in expression.atoms(Rational)}
        unnamed = {name for name in data if name not in names}
        gone = {name for name in unnamed if abs(data[name]) in _VANISHING}
        put_in = {name for name in unnamed if abs(data[name]) in held}
        named = {Symbol(name.name.partition("@")[0]) for name in names if isinstance(name, Symbol)}
        inner = {z for branch in self.network.branches for layer in branch for z in layer.pre_activations}
        free = frozenset(inner or named & self.network.nodes.keys()) - {target.symbol}
        sets = [gone]
        if not put_in <= gone:
            row = {name for name in unnamed if name not in self.network.parameters}
            sets += [put_in, gone | put_in, row, unnamed - row, unnamed]
            # A number that stands for one name alone may have been put in for it here and not there.
            sizes = Counter(map(abs, data.values()))
            both = {name for name in data if abs(data[name]) in held - _COMMON and sizes[abs(data[name])] == 1}
            sets.append(unnamed | both)
        worlds = dict.fromkeys(frozenset(fixed) for fixed in sets if fixed)
        for nodes in dict.fromkeys((frozenset[Symbol](), free)):
            yield from (World(fixed, nodes, target.sample) for fixed in worlds)

    def agree(self, world: World, target: Target, expression: Expr) -> tuple[SamplingPoint, ...]:
        """Return the points at which an answer agrees with what is true, which are all of a world; else none.

        Args:
            world: The world.
            target: What it is to.
            expression: The answer.
        """
        for first in (True, False):
            points = self._drawn(world, only_first=first)
            if not points:
                return ()
            self.truth.enter(target, points)
            keys = [key for key in self.truth.keys(target) if key in points[0].values]
            found = [examined(expression, [(point, known_at(key, point)) for point in points]) for key in keys]
            if not any(one.same and not one.differs if first else one.agrees for one in found):
                return ()
        return points

    def _data_for(self, target: Target) -> Mapping[Symbol, Fraction]:
        """Return all given numbers by name; those of a sample under names with its number, where there are several."""
        data = self.truth.part.data
        if data is None:
            return {}
        shared = {**data.parameters, **data.constants}
        if len(data.rows) == 1:
            return {**shared, **data.rows[0]}
        for number, row in enumerate(data.rows[: self.tableau.named]):
            shared |= {of_sample(name, number): value for name, value in row.items()}
        return shared if target.sample is None else {**shared, **data.rows[target.sample]}

    def _drawn(self, world: World, *, only_first: bool) -> tuple[SamplingPoint, ...]:
        """Return the points of a world, or the first of them; none where none can be drawn."""
        if (world, only_first) not in self._points:
            numbers = self._data_for(Target("", TargetKind.NODE, Symbol(""), world.any_sample))
            with mpmath.workdps(2 * FINER):
                fixed: dict[Symbol, Value] = {name: exactly(numbers[name]) for name in world.fixed}
            try:
                found = self.truth.sampler.random(fixed, world.free, fewest=1 if only_first else None)
            except NoPointError:
                found = ()
            self._points[world, only_first] = found
        return self._points[world, only_first]


# Whether an answer is right: an expression by its values at many points, a number by the digits that it has.
#
# A number is right if it is the true value, and right to rounding if the true value rounds to it at its own digits, if
# it comes out in a computer's floats, or if it comes out where the numbers on the way keep at least as many digits as
# it shows. That digits were cut off, and not rounded, is said where nothing else leads to it.

# By such a part two numbers may differ that are the same; the true values of a training have some 60 digits.
_SAME = mpmath.mpf(10) ** -20
# Below this size a whole number says too little about a number that is not whole.
_ONE_DIGIT = 10
# So many times what a line is taken to be off by in floats, a step of a training is.
_OF_STEP = 8
# Decimals that rounded numbers in an answer have at least, for it to be taken as worked out from them.
_ENOUGH_DECIMALS = 3
_NOTHING_OWN: Own = MappingProxyType({})


class Closeness(Enum):
    """How a number comes of the true value."""

    EXACT = "it is the true value, with all its digits"
    ROUNDED = "rounding the result, or the numbers on the way to it, leads to it"
    CUT_OFF = "only cutting off digits, of the result or on the way, leads to it"
    OUTSIDE = "neither leads to it"


class Judgement(NamedTuple):
    """A verdict, with what else there is to say."""

    verdict: Verdict
    message: str = ""


class Comparer:
    """Compares answers with the correct values of one part; built once.

    Args:
        truth: What is true.
        asked: The lines that are asked for, which alone are worked out together with what they rest on; None for all.
    """

    def __init__(self, truth: Truth, asked: Collection[Expr] | None = None) -> None:
        self.truth, self.asked = truth, asked
        self.numbers = truth.worked.description.numbers
        self.network = truth.network
        # Many students give the same answer.
        self._kept = lru_cache(MOST_KEPT_ANSWERS)(self._compared)

    @cached_property
    def rounded(self) -> Rounded:
        """The bounds of calculations that are rounded on the way."""
        return Rounded(self.truth.tableau, self.asked)

    @cached_property
    def at_all_points(self) -> AllPoints:
        """Tells of most right answers that they are, at all points at once."""
        return AllPoints(self.truth.points)

    @cached_property
    def worlds(self) -> Worlds:
        """Where given numbers stand in place of their names."""
        return Worlds(self.truth)

    @cached_property
    def floats(self) -> Floats:
        """The bounds of calculations in floats."""
        return Floats(self.truth.tableau, self.asked)

    def compare(self, answer: Answer) -> Judgement:
        """Return the verdict on an answer."""
        if answer.target is None or answer.expression is None:
            return Judgement(Verdict.UNREADABLE)
        return self._kept(answer.target, answer.expression, answer.figures)

    def _compared(self, target: Target, expression: Expr, figures: Figures | None) -> Judgement:
        names = names_in(expression)
        if not names.isdisjoint(self.truth.names(target)):
            return Judgement(Verdict.CANNOT_TELL, words("verdict.itself"))
        if names:
            return self.by_values(target, expression, names)
        true = self.truth.number(target)
        if true is None:
            return self.without_data(target, expression)
        return self.by_digits(target, expression, figures, true)

    def without_data(self, target: Target, number: Expr) -> Judgement:
        """Return the verdict on a number where no number is known: right only if the quantity is the same always."""
        judgement = self.by_values(target, number, frozenset())
        if judgement.verdict is Verdict.RIGHT:
            return judgement
        if self.truth.part.data is not None and self.truth.tableau.samples > 1:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.which_sample", example=f"{target.id}@1"))
        return Judgement(
            judgement.verdict,
            words("verdict.no_numbers" if self.truth.part.data is None else "verdict.no_true_number"),
        )

    def by_values(self, target: Target, expression: Expr, names: frozenset[Expr]) -> Judgement:
        """Return the verdict on an expression, by its values at the points."""
        points = self.truth.points
        self.truth.enter(target, points)
        keys = [key for key in self.truth.keys(target) if key in points[0].values]
        if not keys:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.no_expression"))
        unknown = sorted(str(name) for name in names if name not in points[0].values)
        if unknown:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.not_here", names=", ".join(unknown)))
        if any(self.at_all_points.is_same(expression, key) for key in keys):
            return Judgement(Verdict.RIGHT)
        return self._point_by_point(target, expression, names, keys)

    def _point_by_point(self, target: Target, expression: Expr, names: frozenset[Expr], keys: list[Expr]) -> Judgement:
        """Return the verdict on an expression that is not the same at all points, or lacks a value at some."""
        points = self.truth.points
        findings = [_against(expression, key, points) for key in keys]
        if any(found.agrees for found in findings):
            if any(found.agrees and found.why for found in findings) and not self._reaches_all(target, expression):
                return Judgement(Verdict.WRONG, words("verdict.side_without_value"))
            return Judgement(Verdict.RIGHT)
        if all(found.differs for found in findings):
            return self._with_numbers(target, expression, names)
        return Judgement(Verdict.CANNOT_TELL, _why(findings[0], len(points)))

    def _reaches_all(self, target: Target, expression: Expr) -> bool:
        """Return whether an expression that lacks a value at some points has one on all sides of the kinks."""
        points = [point for point in self.truth.points if _has_value(expression, point)]
        return self.truth.meets_all(points, target, names_in(expression))

    def _with_numbers(self, target: Target, expression: Expr, names: frozenset[Expr]) -> Judgement:
        """Return the verdict on an expression that may have numbers of the exercise in place of names."""
        verdict = Judgement(Verdict.WRONG)
        for world in self.worlds.of(target, expression, names):
            points = self.worlds.agree(world, target, expression)
            # Where pre-activations are drawn, no unit is dead for want of other numbers.
            if points and ((world.free and not self.network.is_graph) or self.truth.meets_all(points, target, names)):
                return Judgement(Verdict.RIGHT)
            # That 0 is 0 behind dead units says nothing at all.
            if sum(bool(self.truth.at(target, point)) for point in points) >= FEWEST_MET:
                verdict = Judgement(Verdict.CANNOT_TELL, words("verdict.one_sided"))
        return verdict

    def by_digits(self, target: Target, number: Expr, figures: Figures | None, true: Value) -> Judgement:
        """Return the verdict on a number, by the digits that it has."""
        with mpmath.workdps(DIGITS):
            if figures is not None:
                return self.by_size(target, exactly(figures.value), figures.unit, true)
            try:
                value = mpmath.mpf(value_of(number, {}))
            except NoValueError as error:
                return Judgement(Verdict.WRONG, words("verdict.no_value_at_all", why=str(error)))
            if is_same(value, true):
                return Judgement(Verdict.RIGHT)
            return self._by_arithmetic(target, value, finest_unit(number))

    def _by_arithmetic(self, target: Target, value: Value, unit: Fraction) -> Judgement:
        """Return the verdict on what was worked out from rounded numbers, and was not rounded itself."""
        decimals = Digits.of(Figures(unit, unit)).decimals
        if decimals >= _ENOUGH_DECIMALS:
            keeping = Keeping(Form(decimals=decimals), plain=True, cut=True)
            ways = self.rounded.alternatives(self.truth.line(target), keeping)
            if any(bounds.low <= value <= bounds.high for bounds in ways):
                return Judgement(Verdict.RIGHT_TO_ROUNDING)
        return Judgement(Verdict.WRONG)

    def by_size(
        self,
        target: Target,
        value: Value,
        unit: Fraction,
        true: Value,
        own: Own = _NOTHING_OWN,
    ) -> Judgement:
        """Return the verdict on a value that is known to a unit.

        Args:
            target: What it is to.
            value: The value.
            unit: The place of its last digit.
            true: The true value.
            own: What takes the place of the numbers of other lines.
        """
        with mpmath.workdps(DIGITS):
            close = self.closeness(target, value, unit, true, own)
            if close is Closeness.EXACT:
                return Judgement(Verdict.RIGHT)
            if close is not Closeness.OUTSIDE:
                if not value or (unit >= 1 and abs(value) < _ONE_DIGIT):
                    return Judgement(Verdict.CANNOT_TELL, words("verdict.few_digits"))
                if close is Closeness.ROUNDED:
                    return Judgement(Verdict.RIGHT_TO_ROUNDING)
                counts = self.truth.rules.truncated == "correct"
                return Judgement(Verdict.RIGHT_TO_ROUNDING if counts else Verdict.WRONG, words("verdict.cut_off"))
            usual = Form.of(self.numbers)
            too_exact = unit < Fraction(1, 10**usual.decimals)
            if too_exact and self._comes_out(target, value, unit, Keeping(usual, plain=True, cut=True), own):
                return Judgement(Verdict.WRONG, words("verdict.too_exact"))
            return Judgement(Verdict.WRONG)

    def _of_rounded(self, target: Target, value: Value, unit: Fraction) -> bool:
        """Return whether a number equals a local derivative computed from nodes rounded to its digits."""
        data = self.truth.data
        if target.kind is not TargetKind.LOCAL or data is None:
            return False
        step, nodes = exactly(unit), self.network.nodes
        known = {name: mpmath.nint(one / step) * step if name in nodes else one for name, one in data.values.items()
                 if name in nodes or name in self.truth.sampler.leaves}  # fmt: skip
        try:
            return bool(abs(value_of(self.truth.expression(target), known) - value) <= step / 2 * (1 + _SAME))
        except NoValueError:
            return False

    def closeness(
        self, target: Target, value: Value, unit: Fraction, true: Value, own: Own = _NOTHING_OWN
    ) -> Closeness:
        """Return how a number that is known to a unit comes of a quantity; see :meth:`by_size`.

        What rounding leads to is not blamed for being cut off, though it may look so.
        """
        with mpmath.workdps(DIGITS):
            if is_same(value, true):
                return Closeness.EXACT
            rounds = abs(value - true) <= exactly(unit) / 2 * (1 + _SAME)
            if rounds or self._of_rounded(target, value, unit):
                return Closeness.ROUNDED
            if self._is_float(target, value, unit, true, own):
                return Closeness.ROUNDED
            kept = carried(written(value, unit), self.numbers)
            for close, cut in ((Closeness.ROUNDED, False), (Closeness.CUT_OFF, True)):
                if any(self._comes_out(target, value, unit, one._replace(cut=cut), own) for one in kept):
                    return close
            return Closeness.OUTSIDE

    def _is_float(self, target: Target, value: Value, unit: Fraction, true: Value, own: Own) -> bool:
        """Return whether a value is within the rounding errors of a float computation."""
        half, line = exactly(unit) / 2, self.truth.line(target)
        digits, off = digits_of(value, unit).significant, abs(value - true)
        for precision in precisions(written(value, unit).value, unit):
            # Few digits tell little where single precision leaves nearly none.
            if precision == SINGLE and digits < FULL_SINGLE and true and off > SHORT * abs(true):
                continue
            # Each step of a training adds to what floats are off by.
            least = precision.least * abs(true) * (1 if target.step is None else _OF_STEP * target.step)
            ways = (Interval(true - least, true + least), *self.floats.bounds(line, precision, own))
            if any(bounds.low - half <= value <= bounds.high + half for bounds in ways):
                return True
        return False

    def _comes_out(self, target: Target, value: Value, unit: Fraction, keeping: Keeping, own: Own) -> bool:
        """Return whether a value comes out where each number is rounded, and the result as well."""
        half, whole = exactly(unit) / 2 * (1 + _SAME), exactly(unit) * (1 - _SAME)
        # Where digits are cut off, a number comes of those that are farther from 0.
        above = whole if keeping.cut and value >= 0 else half
        below = whole if keeping.cut and value <= 0 else half
        if target.step is not None and target.step > 1:
            ways = self.rounded.after(target.step, keeping, own).get(self.truth.line_of_step(target), ())
        else:
            ways = self.rounded.alternatives(self.truth.line(target), keeping, own)
        return any(bounds.low - above <= value <= bounds.high + below for bounds in ways)


def _has_value(expression: Expr, point: SamplingPoint) -> bool:
    """Return whether an expression has a value at a point, where nothing is divided by 0."""
    try:
        value_at(expression, point)
    except NoValueError:
        return False
    return not _any_is_zero(_divisors(expression), point)


def is_same(value: Value, true: Value) -> bool:
    """Return whether two numbers are the same, but for the last of very many digits."""
    return bool(abs(value - true) <= _SAME * max(abs(value), abs(true)))


def digits_of(value: Value, unit: Fraction) -> Digits:
    """Return with how many digits a value is written."""
    return Digits.of(written(value, unit))


def written(value: Value, unit: Fraction) -> Figures:
    """Return a value as the number that was written."""
    return Figures(int(mpmath.nint(value / exactly(unit))) * unit, unit)


def finest_unit(expression: Expr) -> Fraction:
    """Return the place of the last digit of the decimals in an expression; 1 where there are none."""
    places = [_decimals(int(number.q)) for number in expression.atoms(Rational)]
    return Fraction(1, 10 ** max(places, default=0))


def _decimals(denominator: int) -> int:
    """Return how many decimals a number with this denominator has; 0 where it is no decimal."""
    places = 0
    while denominator % 2 == 0 or denominator % 5 == 0:
        denominator //= 10 if denominator % 10 == 0 else 2 if denominator % 2 == 0 else 5
        places += 1
    return places if denominator == 1 else 0


def _against(expression: Expr, key: Expr, points: tuple[SamplingPoint, ...]) -> Findings:
    """Compare an expression with the correct values of a quantity."""
    return examined(expression, [(point, known_at(key, point)) for point in points])


def _why(findings: Findings, count: int) -> str:
    """Return why values do not tell."""
    missing = count - findings.same - findings.unsure
    if not findings.why:
        return words("verdict.too_close")
    return words("verdict.no_value", missing=str(missing), count=str(count), why=findings.why)
