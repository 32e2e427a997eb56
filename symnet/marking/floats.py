"""What the arithmetic of floats can make of a calculation, each step of which is rounded to so many bits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.real import NoValueError, Value
from symnet.limits import MOST_BOUNDED_LINES
from symnet.marking.rounding import Calculation
from symnet.marking.truth import DIGITS, Tableau, exactly
from symnet.numerics.affine import Interval
from symnet.numerics.arithmetic import Number
from symnet.numerics.program import Missing
from symnet.numerics.roundoff import FLOATS, Float


class Precision(NamedTuple):
    """A kind of floats.

    Attributes:
        bits: How many bits their digits have.
        least: By which part of the largest term of a line a number is taken to be off in any case.
        most: By which part of what came up on the way it is off at most; where it may be more, as next to a kink, there
            are no bounds.
    """

    bits: int
    least: Value
    most: Value

    def bounds(self, number: Float) -> Interval | None:
        """Return the bounds of a line's value in floats, or None if they are too wide."""
        off = max(number.radius, self.least * number.largest)
        if off > self.most * number.passed:
            return None
        return Interval(number.center - off, number.center + off)


DOUBLE = Precision(53, mpmath.mpf(10) ** -13, mpmath.mpf(10) ** -6)
SINGLE = Precision(24, mpmath.mpf(2) ** -22, mpmath.mpf(10) ** -4)
# Significant digits with which a float in single precision is printed at most.
_MOST_SINGLE = 9
# So many it has at least where it is not shortened; a shorter one is off by such a part at most.
FULL_SINGLE, SHORT = 6, mpmath.mpf(10) ** -3


def precisions(value: Fraction, unit: Fraction) -> tuple[Precision, ...]:
    """Return the kinds of floats that may print a number: double precision, and single where its digits are of one.

    Args:
        value: The number.
        unit: The place of its last digit.
    """
    digits = len(str(abs(round(value / unit))))
    off = abs(_nearest(value, SINGLE.bits) - value)
    # A float in single precision has more digits where it was made one in double precision before it was printed.
    is_single = off <= unit / 2 if digits <= _MOST_SINGLE else off <= abs(value) * Fraction(1, 2**DOUBLE.bits)
    return (DOUBLE, SINGLE) if is_single else (DOUBLE,)


def _nearest(value: Fraction, bits: int) -> Fraction:
    """Return the nearest number with so many bits."""
    if not value:
        return value
    shift = bits - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    scaled = value * Fraction(2) ** shift
    # The quotient of two whole numbers may have one bit less than the difference of their lengths says.
    extra = abs(round(scaled)).bit_length() - bits
    unit = Fraction(2) ** (max(extra, 0) - shift)
    return round(value / unit) * unit


def stored(numbers: Mapping[Symbol, Fraction], bits: int) -> dict[Symbol, Float]:
    """Return given numbers as they are stored in floats with so many bits."""
    return {symbol: Float.nearest(exactly(number), bits) for symbol, number in numbers.items()}


Own: TypeAlias = Mapping[Expr, Value]
_NOTHING: Own = MappingProxyType({})


class Floats:
    """The bounds of every line of a part at its data, worked out in floats.

    Args:
        tableau: Knows the part.
        asked: The lines that are worked out together, with what they rest on; None for all.
    """

    def __init__(self, tableau: Tableau, asked: Collection[Expr] | None = None) -> None:
        self.tableau, self.asked = tableau, asked
        self._known: dict[Precision, dict[Expr, tuple[Interval, ...]]] = {}

    @cached_property
    def calculation(self) -> Calculation:
        """The lines."""
        return Calculation(self.tableau, FLOATS)

    def bounds(self, name: Expr, precision: Precision, own: Own = _NOTHING) -> tuple[Interval, ...]:
        """Return between which bounds the number under a name may be, by each form of its line.

        Args:
            name: The name of a line.
            precision: The kind of floats.
            own: Numbers that go into lower lines in place of those worked out.
        """
        if own:
            return self._run(precision, own, (name,)).get(name, ())
        if precision not in self._known:
            self._known[precision] = self._run(precision, own, self.asked)
        known = self._known[precision]
        if name not in known and self.asked is not None:
            known |= {name: (), **self._run(precision, own, (name,))}
        return known.get(name, ())

    def _run(self, precision: Precision, own: Own, wanted: Collection[Expr] | None) -> dict[Expr, tuple[Interval, ...]]:
        data = self.tableau.part.data
        if data is None or len(data.rows) * len(self.calculation.sample) > MOST_BOUNDED_LINES:
            return {}
        found: dict[Expr, tuple[Interval, ...]] = {}
        errors = count()

        def leaf(value: Value) -> Float:
            return Float.read(value, precision.bits, next(errors))

        def work(name: Expr, _forms: tuple[Expr, ...], worked: list[Number], _known: dict[Expr, Float]) -> Float:
            ways = [way for way in worked if not isinstance(way, Missing)]
            found[name] = tuple(bounds for way in ways if (bounds := precision.bounds(way)) is not None)
            if name in own:
                return leaf(own[name])
            if not ways:
                raise NoValueError("no bounds")
            widest: Float = max(ways, key=lambda way: way.radius)
            return widest.as_line(next(errors))

        with mpmath.workdps(DIGITS):
            # Numbers of a formula may go into an operation with all their digits.
            leaves = {
                symbol: leaf(exactly(one)) for symbol, one in {**data.constants, **self.tableau.constants}.items()
            }
            leaves |= stored(data.parameters, precision.bits)
            rows = [stored(row, precision.bits) for row in data.rows]
            samples = self.tableau.samples if self.tableau.samples > 1 else 0
            only = None if wanted is None else self.calculation.above(wanted, samples)
            put_in, each = (leaves, rows) if samples else (leaves | rows[0], [])
            self.calculation.run(work, put_in, each, only, bits=precision.bits)
        return found
