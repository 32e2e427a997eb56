"""Whether two expressions have the same value everywhere: decided at many points, at two precisions."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import mpmath
from sympy import Pow, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Partial, Quotient
from symnet.marking.sampling import DIGITS, FINER, Point
from symnet.numbers.numeric import NoValueError, Value, numeric

# What two values differ by is an error of evaluation if it is so much smaller than what the coarser precision is off
# by, or so small a part of them; it is a difference if it is so much larger than that.
_BELOW_NOISE, _ABOVE_NOISE = mpmath.mpf(10) ** -12, mpmath.mpf(10) ** 3
_NOTHING = mpmath.mpf(10) ** -75
# Points at which an answer has to agree, and none at which it may differ.
FEWEST_MET = 4


class Outcome(Enum):
    """How two values compare."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Pair(NamedTuple):
    """One value at both precisions."""

    rough: Value
    fine: Value


def compared(first: Pair, second: Pair) -> Outcome:
    """Return how two values compare: for sure only where the difference is no matter of evaluation.

    Both are finite; the difference is told from the noise by what the coarser precision is off by.
    """
    with mpmath.workdps(FINER):
        difference = abs(first.fine - second.fine)
        if not difference:
            return Outcome.SAME
        noise = abs(first.rough - first.fine) + abs(second.rough - second.fine)
        floor = _NOTHING * max(abs(first.fine), abs(second.fine))
        if difference <= max(noise * _BELOW_NOISE, floor):
            return Outcome.SAME
        return Outcome.DIFFERENT if difference > noise * _ABOVE_NOISE else Outcome.UNSURE


def value_at(expression: Expr, point: Point) -> Pair:
    """Return the value of an expression at a point.

    Raises:
        NoValueError: Where it has none.
    """
    with mpmath.workdps(DIGITS):
        rough = numeric(expression, point.values)
    with mpmath.workdps(FINER):
        return Pair(rough, numeric(expression, point.finer))


def known_at(name: Expr, point: Point) -> Pair:
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


def examined(expression: Expr, points: Sequence[tuple[Point, Pair]]) -> Findings:
    """Return what comes of comparing an expression with the true value at each point, up to the first that differs.

    Where it divides by 0 it has no value, though a factor of 0 may hide that; only what differs is looked at so.
    """
    same, unsure, why = 0, 0, ""
    for point, true in points:
        try:
            outcome = compared(value_at(expression, point), true)
        except NoValueError as error:
            why = str(error)
            continue
        if outcome is Outcome.DIFFERENT:
            sound = [one for one in points if not _divides_by_zero(expression, one[0])]
            if len(sound) == len(points) or any(one is point for one, _ in sound):
                return Findings(same, True, unsure, why)
            return examined(expression, sound)._replace(why="division by 0")
        same += outcome is Outcome.SAME
        unsure += outcome is Outcome.UNSURE
    return Findings(same, False, unsure, why)


def _divides_by_zero(expression: Expr, point: Point) -> bool:
    """Return whether something in an expression is divided by 0 at a point.

    Where a product has a factor of 0 its other factors are not looked at, so that such an expression has a value.
    """
    under = [part.args[1] for part in expression.atoms(Quotient)]
    under += [part.args[0] for part in expression.atoms(Pow) if part.args[1].is_negative]
    try:
        with mpmath.workdps(DIGITS):
            return any(not numeric(part, point.values) for part in under)
    except NoValueError:
        return True


def names_in(expression: Expr) -> set[Expr]:
    """Return the symbols and the derivatives by name that an expression holds."""
    return set(expression.atoms(Symbol, Partial))
