"""Between which bounds a calculation comes out whose shown numbers are rounded, each before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.description.data import Numbers
from symnet.marking.calculation import Calculation, Place
from symnet.marking.intervals import Interval
from symnet.marking.records import Figures
from symnet.marking.sampling import DIGITS
from symnet.marking.spread import Spread, spread
from symnet.marking.values import Tableau, exactly
from symnet.numbers.digits import Form
from symnet.numbers.numeric import NoValueError, Value

# Significant digits that an answer may have beyond those in which the calculation is carried, and still come from it.
_MORE_DIGITS = 2
# Lines over all samples up to which the bounds are worked out.
_MOST_LINES = 50_000
# Of a unit in the last place: less than that is none of a number's digits.
_NO_DIGIT = mpmath.mpf(10) ** -20
Bounds: TypeAlias = Mapping[Expr, tuple[Interval, ...]]
Own: TypeAlias = Mapping[Expr, Value]
_NOTHING: Own = MappingProxyType({})


class Digits(NamedTuple):
    """How many digits a number was written with.

    Attributes:
        decimals: Behind the point; negative where the last digit stands before it.
        significant: From the first that is not 0.
    """

    decimals: int
    significant: int

    @classmethod
    def of(cls, figures: Figures) -> Digits:
        """Return those of a number."""
        unit = figures.unit
        decimals = len(str(unit.denominator)) - len(str(unit.numerator))
        return cls(decimals, len(str(abs(round(figures.value / unit)))) if figures.value else 0)


def carried(digits: Digits, numbers: Numbers) -> Form | None:
    """Return how a calculation was rounded on its way to a number with these digits; None where they do not tell.

    It was carried in as many decimals as the answer has, or in those of the description where they are fewer. An
    answer with many more significant digits than that was not rounded on its way. Nothing can be told from a whole
    number, nor from a single digit unless the description says how many there are.
    """
    chosen = numbers.arithmetic == "paper" or not numbers.model_fields_set.isdisjoint({"decimals", "significant"})
    if numbers.significant is not None:
        least = min(digits.significant, numbers.significant)
        return Form(significant=least) if 1 < digits.significant <= numbers.significant + _MORE_DIGITS else None
    if digits.decimals < 0:
        return Form(significant=digits.significant)
    if digits.decimals == 0:
        return None
    if digits.significant < 2:
        return Form(decimals=numbers.decimals) if chosen else None
    rounded = digits.decimals <= numbers.decimals or digits.significant <= numbers.decimals + _MORE_DIGITS
    return Form(decimals=min(digits.decimals, numbers.decimals) if rounded else digits.decimals)


def half_unit(form: Form, size: Value) -> Value:
    """Return by how much a number of this size may change when it is rounded."""
    place = int(mpmath.floor(mpmath.log10(size))) if size else 0
    return mpmath.mpf(10) ** form.last(Decimal((0, (1,), place))) / 2


class Rounded:
    """The bounds of every line of a part at its data, by how its numbers are rounded.

    Args:
        tableau: Knows the part.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau = tableau
        self._known: dict[Form, Bounds] = {}

    @cached_property
    def calculation(self) -> Calculation[Spread]:
        """The lines."""
        return Calculation(self.tableau)

    def alternatives(self, name: Expr, form: Form | None, own: Own = _NOTHING) -> tuple[Interval, ...]:
        """Return between which bounds the number under a name comes out by each form of its line, itself not rounded.

        The lines above it are worked out as the sheet puts numbers into them, or each in the form that rounding moves
        most, such as slope by slope.

        Args:
            name: The name of a line.
            form: How shown numbers are rounded; None where they are not.
            own: Numbers that go into lower lines in place of those worked out.
        """
        if own or form is None:
            return self._run(form, own, _as_put_in, name).get(name, ())
        if form not in self._known:
            ways = [self._run(form, own, choose) for choose in (_as_put_in, _moved_most)]
            self._known[form] = {line: (*ways[0][line], *ways[1].get(line, ())) for line in ways[0]}
        return self._known[form].get(name, ())

    def above(self, name: Expr) -> frozenset[Place]:
        """Return the places of a line and of all lines that it rests on."""
        return self.calculation.above(name, self._count)

    def place(self, name: Expr) -> Place | None:
        """Return the place of a line, or None where nothing works it out."""
        return self.calculation.place(name, self._count)

    @property
    def _count(self) -> int:
        """How many samples there are, where there are several."""
        return self.tableau.samples if self.tableau.samples > 1 else 0

    def _run(
        self, form: Form | None, own: Own, choose: Callable[[list[Spread]], Spread], wanted: Expr | None = None
    ) -> Bounds:
        """Return the bounds of every line, or of one and what it rests on, by each of its forms, not yet rounded."""
        given = self.tableau.part.given
        if given is None or len(given.rows) * len(self.calculation.sample) > _MOST_LINES:
            return {}
        raw: dict[Expr, tuple[Interval, ...]] = {}
        errors = count()

        def work(name: Expr, forms: tuple[Expr, ...], known: dict[Expr, Spread]) -> Spread:
            found = _spreads(forms, known)
            raw[name] = tuple(one.bounds for one in found)
            if name in own:
                return Spread(own[name])
            chosen = choose(found)
            # What only stands for another number is not rounded again, and what has few digits is not changed by it.
            if form is None or forms[0].is_Atom or _has_digits(chosen, form):
                return chosen
            return chosen.with_error(next(errors), half_unit(form, chosen.bounds.size))

        with mpmath.workdps(DIGITS):
            leaves = _exact({**given.parameters, **given.constants, **self.tableau.constants})
            rows = [_exact(row) for row in given.rows]
            only = None if wanted is None else self.above(wanted)
            self.calculation.run(work, leaves if self._count else leaves | rows[0], rows if self._count else (), only)
        return raw


def _has_digits(number: Spread, form: Form) -> bool:
    """Return whether a number is known, and has no more digits than it is rounded to."""
    unit = 2 * half_unit(form, abs(number.center))
    return not number.radius and abs(number.center / unit - mpmath.nint(number.center / unit)) < _NO_DIGIT


def _as_put_in(found: list[Spread]) -> Spread:
    return found[0]


def _moved_most(found: list[Spread]) -> Spread:
    return max(found, key=lambda one: one.radius)


def _exact(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, Spread]:
    return {symbol: Spread(exactly(number)) for symbol, number in numbers.items()}


def _spreads(forms: tuple[Expr, ...], known: Mapping[Expr, Spread]) -> list[Spread]:
    """Return a line by each of its forms that has a value.

    Raises:
        NoValueError: Where none has.
    """
    found = []
    for form in forms:
        try:
            found.append(spread(form, known))
        except (KeyError, NoValueError):
            continue
    if not found:
        raise NoValueError("no bounds")
    return found
