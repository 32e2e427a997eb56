"""An exercise as questions with a number each: what is accepted, and which wrong numbers tell which mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import isfinite
from typing import NamedTuple

import mpmath

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.layout.tree import Layout
from symnet.marking.judge import Marker, PartMarker, Scheme, left_side
from symnet.marking.mistakes.faults import AT_DATA
from symnet.marking.records import Marked, Target, TypedAnswer
from symnet.marking.slips import NAMES as SLIPS
from symnet.numerics.format import Form, decimal_text, notation, padded, rounded
from symnet.worked import Part, Worked

MOST_MISTAKES = 14
"""Mistakes that a question tells apart."""
# Wrong numbers of one mistake, made at one place or another.
_MOST_OF_ONE = 3
# Units of the last decimal up to which it is looked for what is accepted, and wrong numbers that are looked at.
_FARTHEST, _MOST_TRIED = 50, 200


class Band(NamedTuple):
    """Numbers that are accepted: from ``value - reach`` to ``value + reach``, both included.

    Attributes:
        value: The number in the middle, as it is typed.
        reach: How far from it a number may be.
    """

    value: str
    reach: Fraction

    def holds(self, typed: str) -> bool:
        """Return whether a number lies in it, ends included."""
        return abs(Fraction(typed) - Fraction(self.value)) <= self.reach


class WrongNumber(NamedTuple):
    """A wrong number that only one mistake leads to.

    Attributes:
        band: The number, as it is typed, with half a unit of its last decimal to either side.
        name: The name of the mistake.
        says: What was done, in a sentence with formulas.
    """

    band: Band
    name: str
    says: Inline


class Item(NamedTuple):
    """One question.

    Attributes:
        id: The id of what is asked.
        left: How that is written.
        value: The true number, in all its digits.
        accepted: What is accepted: first the band around the true number as it is shown, then what lies beyond it.
        marks: What it is worth.
        mistakes: The wrong numbers that tell a mistake, the likeliest first.
    """

    id: str
    left: Layout
    value: str
    accepted: tuple[Band, ...]
    marks: Fraction
    mistakes: tuple[WrongNumber, ...]


def items(worked: Worked, scheme: Scheme) -> Iterator[tuple[Part, tuple[Item, ...]]]:
    """Yield each part of an exercise with its questions that have a number for an answer.

    What is accepted and what is wrong is found out by marking: a number that is typed into another program is told
    there what ``symnet check`` tells of it.

    Args:
        worked: The exercise.
        scheme: What each answer is worth.
    """
    marker = Marker(worked, scheme)
    for part in worked.parts:
        asker = _TypedNumbers(part, marker.parts[part.loss_name])
        found = (asker.item(name, marks) for name, marks in scheme[part.loss_name].items() if marks)
        yield part, tuple(item for item in found if item is not None)


class _TypedNumbers:
    """Asks what typed numbers are worth."""

    def __init__(self, part: Part, marker: PartMarker) -> None:
        self.part, self.marker, self.truth = part, marker, marker.truth
        self.form = Form.of(marker.worked.description.numbers)
        # What mistakes come to is worked out once, for finding them and for marking.
        self.outcomes = marker.judge.catalogue.outcomes

    def item(self, name: str, marks: Fraction) -> Item | None:
        """Return the question for a quantity; None where it has no number."""
        target = self.truth.by_id[name]
        value = self.truth.number(target)
        if value is None:
            return None
        typed = self.typed(value)
        accepted = (*self._accepted(name, typed), *self._at_decimals(name, typed, value))
        left = left_side(self.part, target)
        return Item(name, left, decimal_text(value), accepted, marks, tuple(self._mistakes(target, accepted)))

    def typed(self, value: mpmath.mpf) -> str:
        """Return a number as a student types it who rounds as the sheet does, with every digit that rounding leaves."""
        number = padded(rounded(value, self.form)[0], self.form)
        written = notation(number, self.form)
        power = "" if written.exponent is None else f"e{written.exponent}"
        return f"{'-' if written.negative else ''}{written.text}{power}"

    def marked(self, name: str, typed: str) -> Marked:
        """Return a number marked alone."""
        return self.marker.alone(TypedAnswer(name, typed))

    def _accepted(self, name: str, typed: str) -> tuple[Band, ...]:
        """Return what is accepted around the number that is shown: as far to both sides, then what is left of one."""
        unit = _unit(typed)
        up, down = (self._steps(name, typed, sign * unit) for sign in (1, -1))
        inner = min(up, down)
        bands = [Band(typed, max(Fraction(inner), Fraction(1, 2)) * unit)]
        if up != down:
            sign = 1 if up > down else -1
            middle = Fraction(typed) + sign * unit * Fraction(inner + 1 + max(up, down), 2)
            bands.append(Band(write_number(middle), unit * Fraction(max(up, down) - inner - 1, 2) + unit / 2))
        return tuple(bands)

    def _at_decimals(self, name: str, typed: str, value: mpmath.mpf) -> Iterator[Band]:
        """Yield a small number as it is typed with the decimals of the sheet, which leave fewer digits of it."""
        if self.form.significant is None and _unit(typed) < Fraction(10) ** -self.form.decimals:
            fewer = f"{Decimal(decimal_text(value)):.{self.form.decimals}f}"
            if not self.marked(name, fewer).verdict.is_right:
                return
            unit = _unit(fewer)
            up, down = (self._steps(name, fewer, sign * unit) for sign in (1, -1))
            for steps in sorted(range(-down, up + 1), key=abs):
                yield Band(with_digits_of(fewer, Fraction(fewer) + steps * unit), _unit(typed) / 2)

    def _steps(self, name: str, typed: str, unit: Fraction) -> int:
        """Return how many units from the number that is shown numbers are accepted on one side."""
        for steps in range(1, _FARTHEST + 1):
            number = with_digits_of(typed, Fraction(typed) + steps * unit)
            if not self.marked(name, number).verdict.is_right:
                return steps - 1
        return _FARTHEST

    def _mistakes(self, target: Target, accepted: tuple[Band, ...]) -> Iterator[WrongNumber]:
        """Yield the wrong numbers that only one mistake leads to."""
        return islice(self._told(target, accepted), MOST_MISTAKES)

    def _told(self, target: Target, accepted: tuple[Band, ...]) -> Iterator[WrongNumber]:
        seen: set[str] = set()
        told: Counter[str] = Counter()
        outcomes = islice(self.outcomes.single(target, (AT_DATA,)), _MOST_TRIED)
        for outcome in outcomes:
            # What else comes to the same number and is likelier has been there before.
            if not isfinite(outcome.values[0]) or told[outcome.names[0]] == _MOST_OF_ONE:
                continue
            typed = self.typed(mpmath.mpf(outcome.values[0]))
            band = Band(typed, _unit(typed) / 2)
            if typed in seen or any(_overlap(band, other) for other in accepted):
                continue
            seen.add(typed)
            marked = self.marked(target.id, typed)
            if marked.verdict.is_right or len(marked.mistakes) != 1:
                continue
            (mistake,) = marked.mistakes
            # Where a slip in writing the number down leads to it as well, nobody knows which it was.
            if mistake.name in SLIPS:
                continue
            told[mistake.name] += 1
            if told[mistake.name] <= _MOST_OF_ONE:
                yield WrongNumber(band, mistake.name, mistake.says)


def decimal(number: Fraction) -> str:
    """Return a fraction that ends as a decimal number without a power of ten."""
    return format(Decimal(number.numerator) / number.denominator, "f")


def with_digits_of(typed: str, number: Fraction) -> str:
    """Return a number with as many decimals as another one has as it is typed: fewer would say less."""
    decimals = max(0, -int(Decimal(typed).as_tuple().exponent))
    return f"{Decimal(number.numerator) / number.denominator:.{decimals}f}"


def _unit(typed: str) -> Fraction:
    """Return the unit of the last digit of a number as it is typed."""
    exponent = Decimal(typed).as_tuple().exponent
    return Fraction(10) ** int(exponent)


def _overlap(first: Band, second: Band) -> bool:
    return abs(Fraction(first.value) - Fraction(second.value)) <= first.reach + second.reach
