"""Whether an answer was worked out, so that something may follow from it, or its mistake be one that was made before.

A constant, however it is written, a quantity copied under another name, and one short number in several lines show no
work in which a slip could have been made: what is consistent with them would earn marks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property

import mpmath
from sympy.core.expr import Expr

from symnet.arithmetic.real import NoValueError, Value
from symnet.marking.compare import is_same
from symnet.marking.records import Answer, Target
from symnet.marking.truth import DIGITS, Truth, exactly
from symnet.numerics.expression import names_in, value_of

# Numbers with fewer significant digits than that, such as 0.5000, are found without any work.
_FEWEST_DIGITS = 3


class Effort:
    """Tells which answers of one submission were worked out.

    Args:
        truth: What is true of the part.
        answers: All answers of the submission.
    """

    def __init__(self, truth: Truth, answers: Iterable[Answer]) -> None:
        self.truth, self.answers = truth, tuple(answers)

    def is_in(self, answer: Answer) -> bool:
        """Return whether an answer was worked out.

        Args:
            answer: One that is not right.
        """
        expression, target = answer.expression, answer.target
        if expression is None or target is None:
            return False
        if names_in(expression):
            return self._is_made_of_several(expression)
        value = _number(answer)
        if value is None or not value or self.truth.number(target) is None:
            return False
        return not _is_short(value) or len(self._asked_by[mpmath.nstr(value, _FEWEST_DIGITS)]) < 2

    def _is_made_of_several(self, expression: Expr) -> bool:
        """Return whether an expression is neither constant nor equal to a single name in it."""
        pairs = zip(self.truth.at_points(expression), self.truth.points, strict=True)
        found = [(value, point.values) for value, point in pairs if value is not None]
        with mpmath.workdps(DIGITS):
            if not found or all(is_same(value, found[0][0]) for value, _ in found):
                return False
            names = names_in(expression)
            return not any(all(is_same(value, values[name]) for value, values in found) for name in names)

    @cached_property
    def _asked_by(self) -> Mapping[str, set[str]]:
        """Maps each short number to the correct values of the questions it answers."""
        found: dict[str, set[str]] = {}
        for answer in self.answers:
            value = None if answer.expression is None or names_in(answer.expression) else _number(answer)
            if value is not None and answer.target is not None and _is_short(value):
                found.setdefault(mpmath.nstr(value, _FEWEST_DIGITS), set()).add(self._true(answer.target))
        return found

    def _true(self, target: Target) -> str:
        value = self.truth.number(target)
        return "" if value is None else mpmath.nstr(value, DIGITS // 2)


def _number(answer: Answer) -> Value | None:
    """Return the number that an answer without names is, or None where it has none."""
    with mpmath.workdps(DIGITS):
        if answer.figures is not None:
            return exactly(answer.figures.value)
        try:
            return mpmath.mpf(value_of(answer.expression, {}))
        except NoValueError:
            return None


def _is_short(value: Value) -> bool:
    """Return whether a number has few significant digits, written as a decimal in full."""
    digits = Decimal(mpmath.nstr(value, DIGITS // 2)).normalize().as_tuple().digits
    return len(digits) < _FEWEST_DIGITS
