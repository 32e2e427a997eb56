"""Whether an answer is right: an expression by its values at many points, a number by the digits that it has.

A number is right if it is the true value, and right to rounding if the true value rounds to it at its own digits, if it
comes out in a computer's floats, or if it comes out where each shown number is rounded before it is used. Cutting
digits off is not rounding: a number whose digits were cut off is accepted only where rounding on the way can have made
it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Rational
from sympy.core.expr import Expr

from symnet.marking.agreement import FEWEST_MET, Findings, examined, known_at, names_in
from symnet.marking.floats import FULL_SINGLE, SHORT, SINGLE, Floats, precisions
from symnet.marking.intervals import Interval
from symnet.marking.records import Answer, Figures, Target, Verdict
from symnet.marking.rounding import Digits, Own, Rounded, carried
from symnet.marking.sampling import DIGITS, Point
from symnet.marking.truth import Truth
from symnet.marking.values import exactly
from symnet.marking.worlds import Worlds
from symnet.numbers.digits import Form
from symnet.numbers.numeric import NoValueError, Value, numeric

# By such a part two numbers may differ that are the same; the true values of a training have some 60 digits.
_SAME = mpmath.mpf(10) ** -20
# Below this size a whole number says too little about a number that is not whole.
_ONE_DIGIT = 10
# Decimals that rounded numbers in an answer have at least, for it to be taken as worked out from them.
_ENOUGH_DECIMALS = 3
_NOTHING: Own = MappingProxyType({})

NO_NUMBERS = "There are no numbers from which it could be worked out, so the answer has to be an expression."
WHICH_SAMPLE = "There are several samples; say of which one the number is, as in {}."
ITSELF = "The answer cites the very quantity that it is to."
FEW_DIGITS = "So few digits don't tell whether it is right; write more of them."
TOO_EXACT = "It is off in its last digits, and has more digits than rounding on the way would leave."
ONE_SIDED = "With the numbers of the exercise in it, it agrees only where they leave some units dead; use the names."
NOT_HERE = "It speaks of {}, which has no value here."
NO_VALUE = "It has no value at {} of the {} points at which it was compared: {}."
TOO_CLOSE = "Its value can't be told from the true one with enough digits."
NO_EXPRESSION = "The true value is known as a number alone, so answer with a number."


class Judgement(NamedTuple):
    """A verdict, with what else there is to say."""

    verdict: Verdict
    message: str = ""


class Comparer:
    """Compares answers with what is true of one part; built once.

    Args:
        truth: What is true.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.numbers = truth.worked.description.numbers
        self.network = truth.network

    @cached_property
    def rounded(self) -> Rounded:
        """The bounds of calculations that are rounded on the way."""
        return Rounded(self.truth.tableau)

    @cached_property
    def worlds(self) -> Worlds:
        """Where given numbers stand in place of their names."""
        return Worlds(self.truth)

    @cached_property
    def floats(self) -> Floats:
        """The bounds of calculations in floats."""
        return Floats(self.truth.tableau)

    def compare(self, answer: Answer) -> Judgement:
        """Return the verdict on an answer."""
        target, expression = answer.target, answer.expression
        if target is None or expression is None:
            return Judgement(Verdict.UNREADABLE)
        names = names_in(expression)
        if not names.isdisjoint(self.truth.names(target)):
            return Judgement(Verdict.CANNOT_TELL, ITSELF)
        if names:
            return self.by_values(target, expression, names)
        true = self.truth.number(target)
        if true is None:
            return self.without_data(target, expression)
        return self.by_digits(target, expression, answer.figures, true)

    def without_data(self, target: Target, number: Expr) -> Judgement:
        """Return the verdict on a number where no number is known: right only if the quantity is the same always."""
        judgement = self.by_values(target, number, set())
        if judgement.verdict is Verdict.RIGHT:
            return judgement
        if self.truth.part.given is not None and self.truth.tableau.samples > 1:
            return Judgement(Verdict.CANNOT_TELL, WHICH_SAMPLE.format(f"{target.id}@1"))
        return Judgement(judgement.verdict, NO_NUMBERS)

    def by_values(self, target: Target, expression: Expr, names: set[Expr]) -> Judgement:
        """Return the verdict on an expression, by its values at the points."""
        points = self.truth.points
        keys = [key for key in self.truth.keys(target) if key in points[0].values]
        if not keys:
            return Judgement(Verdict.CANNOT_TELL, NO_EXPRESSION)
        unknown = sorted(str(name) for name in names if name not in points[0].values)
        if unknown:
            return Judgement(Verdict.CANNOT_TELL, NOT_HERE.format(", ".join(unknown)))
        findings = [_against(expression, key, points) for key in keys]
        if any(found.agrees for found in findings):
            return Judgement(Verdict.RIGHT)
        if all(found.differs for found in findings):
            return self._with_numbers(target, expression, names)
        return Judgement(Verdict.CANNOT_TELL, _why(findings[0], len(points)))

    def _with_numbers(self, target: Target, expression: Expr, names: set[Expr]) -> Judgement:
        """Return the verdict on an expression that may have numbers of the exercise in place of names."""
        verdict = Judgement(Verdict.WRONG)
        for world in self.worlds.of(target, expression, names):
            points = self.worlds.agree(world, target, expression)
            # Where pre-activations are drawn, no unit is dead for want of other numbers.
            if points and ((world.free and not self.network.is_graph) or self.truth.meets_all(points, target, names)):
                return Judgement(Verdict.RIGHT)
            # That 0 is 0 behind dead units says nothing at all.
            if sum(bool(self.truth.at(target, point)) for point in points) >= FEWEST_MET:
                verdict = Judgement(Verdict.CANNOT_TELL, ONE_SIDED)
        return verdict

    def by_digits(self, target: Target, number: Expr, figures: Figures | None, true: Value) -> Judgement:
        """Return the verdict on a number, by the digits that it has."""
        with mpmath.workdps(DIGITS):
            if figures is not None:
                return self.by_size(target, exactly(figures.value), figures.unit, true)
            try:
                value = mpmath.mpf(numeric(number, {}))
            except NoValueError as error:
                return Judgement(Verdict.WRONG, f"It has no value: {error}.")
            if is_same(value, true):
                return Judgement(Verdict.RIGHT)
            return self._by_arithmetic(target, value, finest_unit(number))

    def _by_arithmetic(self, target: Target, value: Value, unit: Fraction) -> Judgement:
        """Return the verdict on what was worked out from rounded numbers, and was not rounded itself."""
        decimals = Digits.of(Figures(unit, unit)).decimals
        if decimals >= _ENOUGH_DECIMALS:
            form = Form(decimals=min(decimals, self.numbers.decimals))
            ways = self.rounded.alternatives(self.truth.line(target), form)
            if any(bounds.low <= value <= bounds.high for bounds in ways):
                return Judgement(Verdict.RIGHT_TO_ROUNDING)
        return Judgement(Verdict.WRONG)

    def by_size(
        self,
        target: Target,
        value: Value,
        unit: Fraction,
        true: Value,
        own: Own = _NOTHING,
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
            if is_same(value, true):
                return Judgement(Verdict.RIGHT)
            rounds = abs(value - true) <= exactly(unit) / 2 * (1 + _SAME)
            if rounds and (not value or (unit >= 1 and abs(value) < _ONE_DIGIT)):
                return Judgement(Verdict.CANNOT_TELL, FEW_DIGITS)
            if rounds or self._is_float(target, value, unit, true, own):
                return Judgement(Verdict.RIGHT_TO_ROUNDING)
            form = carried(digits_of(value, unit), self.numbers)
            if form is not None and self._comes_out(target, value, unit, form, own):
                return Judgement(Verdict.RIGHT_TO_ROUNDING)
            usual = Form.of(self.numbers)
            too_exact = form != usual and unit < Fraction(1, 10**usual.decimals)
            if too_exact and self._comes_out(target, value, unit, usual, own):
                return Judgement(Verdict.WRONG, TOO_EXACT)
            return Judgement(Verdict.WRONG)

    def _is_float(self, target: Target, value: Value, unit: Fraction, true: Value, own: Own) -> bool:
        """Return whether a value comes out where a computer works with floats, and prints what it has."""
        half, line = exactly(unit) / 2, self.truth.line(target)
        digits, off = digits_of(value, unit).significant, abs(value - true)
        for precision in precisions(written(value, unit).value, unit):
            # Few digits tell little where single precision leaves nearly none.
            if precision == SINGLE and digits < FULL_SINGLE and true and off > SHORT * abs(true):
                continue
            least = precision.least * abs(true)
            ways = (Interval(true - least, true + least), *self.floats.bounds(line, precision, own))
            if any(bounds.low - half <= value <= bounds.high + half for bounds in ways):
                return True
        return False

    def _comes_out(self, target: Target, value: Value, unit: Fraction, form: Form, own: Own) -> bool:
        """Return whether a value comes out where each shown number is rounded as the form says."""
        half = exactly(unit) / 2 * (1 + _SAME)
        ways = self.rounded.alternatives(self.truth.line(target), form, own)
        return any(bounds.low - half <= value <= bounds.high + half for bounds in ways)


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


def _against(expression: Expr, key: Expr, points: tuple[Point, ...]) -> Findings:
    """Return what comes of comparing an expression with the true values under a key."""
    return examined(expression, [(point, known_at(key, point)) for point in points])


def _why(findings: Findings, count: int) -> str:
    """Return why values do not tell."""
    missing = count - findings.same - findings.unsure
    return NO_VALUE.format(missing, count, findings.why) if findings.why else TOO_CLOSE
