"""How far a computer's floats may be off: the bounds of a calculation each of whose steps is rounded to so many bits.

Every given number, every operation and every function is off by a part of what goes into it. What goes into a sum may
be much larger than the sum, so that errors are measured by the largest numbers that a line has in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Add, Mul, Pow, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch, Chain, Partial, PathSum, Quotient
from symnet.catalog.functions import FUNCTIONS
from symnet.marking.calculation import Calculation
from symnet.marking.intervals import Interval
from symnet.marking.sampling import DIGITS
from symnet.marking.spread import Spread, spread
from symnet.marking.values import Tableau, exactly
from symnet.numbers.numeric import NoValueError, Value, numeric
from symnet.numbers.reals import exponential, hyperbolic_tangent, logarithm

# Lines over all samples up to which the bounds are worked out.
_MOST_LINES = 50_000
# Units in the last place by which a function of a library may be off, beside the operations themselves.
_OF_LIBRARIES = 4
# Differences at this step are wrong by about 1e-40.
_STEP = mpmath.mpf(10) ** -20


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

    @property
    def step(self) -> Value:
        """By which part a number changes at most when it is rounded."""
        return mpmath.ldexp(mpmath.mpf(1), -self.bits)


DOUBLE = Precision(53, mpmath.mpf(10) ** -13, mpmath.mpf(10) ** -6)
SINGLE = Precision(24, mpmath.mpf(2) ** -22, mpmath.mpf(10) ** -4)
# Significant digits with which a float in single precision is printed at most.
_MOST_SINGLE = 9


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


Bounds: TypeAlias = Mapping[Expr, tuple[Interval, ...]]
Own: TypeAlias = Mapping[Expr, Value]
_NOTHING: Own = MappingProxyType({})


class Floats:
    """The bounds of every line of a part at its data, worked out in floats.

    Args:
        tableau: Knows the part.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau = tableau
        self._known: dict[Precision, Bounds] = {}

    @cached_property
    def calculation(self) -> Calculation[_Number]:
        """The lines."""
        return Calculation(self.tableau)

    def bounds(self, name: Expr, precision: Precision, own: Own = _NOTHING) -> tuple[Interval, ...]:
        """Return between which bounds the number under a name may be, by each form of its line.

        Args:
            name: The name of a line.
            precision: The kind of floats.
            own: Numbers that go into lower lines in place of those worked out.
        """
        if own:
            return self._run(precision, own, name).get(name, ())
        if precision not in self._known:
            self._known[precision] = self._run(precision, own)
        return self._known[precision].get(name, ())

    def _run(self, precision: Precision, own: Own, wanted: Expr | None = None) -> Bounds:
        given = self.tableau.part.given
        if given is None or len(given.rows) * len(self.calculation.sample) > _MOST_LINES:
            return {}
        found: dict[Expr, tuple[Interval, ...]] = {}
        errors = count()

        def leaf(value: Value, *, exact: bool) -> _Number:
            own = Spread(value)
            return _Number(own if exact else own.with_error(next(errors), abs(value) * precision.step), abs(value))

        def given_leaf(number: Fraction) -> _Number:
            return leaf(exactly(number), exact=_nearest(number, precision.bits) == number)

        def work(name: Expr, forms: tuple[Expr, ...], known: dict[Expr, _Number]) -> _Number:
            ways = [way for form in forms if (way := _way(form, known, precision)) is not None]
            found[name] = tuple(bounds for way in ways if (bounds := way.bounds(precision)) is not None)
            if name in own:
                return leaf(own[name], exact=False)
            if not ways:
                raise NoValueError("no bounds")
            widest = max(ways, key=lambda way: way.worked.radius + way.error)
            return _Number(widest.worked.with_error(next(errors), widest.error), widest.passed)

        with mpmath.workdps(DIGITS):
            shared = {**given.parameters, **given.constants, **self.tableau.constants}
            leaves = {symbol: given_leaf(number) for symbol, number in shared.items()}
            rows = [{symbol: given_leaf(number) for symbol, number in row.items()} for row in given.rows]
            samples = self.tableau.samples if self.tableau.samples > 1 else 0
            only = None if wanted is None else self.calculation.above(wanted, samples)
            self.calculation.run(work, leaves if samples else leaves | rows[0], rows if samples else (), only)
        return found


class _Number(NamedTuple):
    """A number in floats.

    Attributes:
        spread: What it is, and how far it may be off.
        passed: How large the numbers are that came up on the way to it.
    """

    spread: Spread
    passed: Value


class _Way(NamedTuple):
    """A line in one of its forms.

    Attributes:
        worked: What it comes to, from numbers that may be off.
        largest: How large the numbers are that come up in it.
        passed: The same with all that came up on the way to it.
        error: How far its own operations may be off.
    """

    worked: Spread
    largest: Value
    passed: Value
    error: Value

    def bounds(self, precision: Precision) -> Interval | None:
        """Return the bounds of the line, or None where they would be too far apart."""
        off = max(self.worked.radius + self.error, precision.least * self.largest)
        if off > precision.most * self.passed:
            return None
        return Interval(self.worked.center - off, self.worked.center + off)


def _way(form: Expr, known: Mapping[Expr, _Number], precision: Precision) -> _Way | None:
    """Return a line in one form, or None where it has no value."""
    try:
        used = {name: known[name] for name in form.atoms(Symbol, Partial)}
        centers = {name: number.spread.center for name, number in used.items()}
        worked = spread(form, {name: number.spread for name, number in used.items()})
        largest = size(form, centers)
        passed = size(form, centers, {name: number.passed for name, number in used.items()})
    except (KeyError, NoValueError, ZeroDivisionError):
        return None
    return _Way(worked, largest, passed, (_operations(form) + _OF_LIBRARIES) * precision.step * largest)


def _operations(expression: Expr) -> int:
    return sum(map(_operations, expression.args)) + max(1, len(expression.args))


Values: TypeAlias = Mapping[Expr, Value]


def size(expression: Expr, values: Values, passed: Values | None = None) -> Value:
    """Return how large the numbers are that come up in working out an expression, each by what it adds to the whole.

    Args:
        expression: The expression.
        values: The value of each name.
        passed: The size that counts for each name, where what came up on the way to it counts too, also where it comes
            to 0 in the end.

    Raises:
        NoValueError: Where the expression has no value.
    """
    if expression in values:
        return abs(values[expression]) if passed is None else passed[expression]
    rule = _SIZES.get(type(expression))
    return abs(numeric(expression, values)) if rule is None else rule(expression, values, passed)


def _sum(expression: Expr, values: Values, passed: Values | None) -> Value:
    return mpmath.fsum(size(term, values, passed) for term in expression.args)


def _product(expression: Expr, values: Values, passed: Values | None) -> Value:
    """Return the size of a product: what each factor adds, or all that came up."""
    whole, found = mpmath.mpf(1), mpmath.mpf(0)
    for factor in expression.args:
        own = size(factor, values, passed)
        # As for values, what a 0 is multiplied by may have none.
        if not own:
            return own
        value = abs(numeric(factor, values))
        whole, found = whole * (own if passed else value), found * value + whole * own
    return whole if passed else found


def _quotient(expression: Expr, values: Values, passed: Values | None) -> Value:
    over, under = expression.args
    divisor = abs(numeric(under, values))
    above = size(over, values, passed)
    if not above:
        return above
    if not divisor:
        raise NoValueError("division by 0")
    below = size(under, values, passed) / divisor
    return above / divisor * below if passed else (above + abs(numeric(over, values)) * below) / divisor


def _power(expression: Expr, values: Values, passed: Values | None) -> Value:
    base, exponent = expression.args
    root, times, own = abs(numeric(base, values)), abs(numeric(exponent, values)), size(base, values, passed)
    if not root:
        return mpmath.mpf(own) ** times if passed else root
    return abs(numeric(expression, values)) * max(1, times) * own / root


def _branch(expression: Expr, values: Values, passed: Values | None) -> Value:
    switch, above, below = expression.args
    return size(above if numeric(switch, values) > 0 else below, values, passed)


def _applied(expression: Expr, values: Values, passed: Values | None) -> Value:
    arguments = expression.args[1:]
    if len(arguments) > 1:
        return max(size(argument, values, passed) for argument in arguments)
    return _through(FUNCTIONS[expression.name].number, arguments[0], values, passed)


def _through(function: Callable[[Value], Value], argument: Expr, values: Values, passed: Values | None) -> Value:
    """Return the size of a function of an argument, whose own errors come through its slope."""
    at = mpmath.mpf(numeric(argument, values))
    slope = (function(at + _STEP) - function(at - _STEP)) / (2 * _STEP)
    return abs(function(at)) + abs(slope) * size(argument, values, passed)


def _along(function: Callable[[Value], Value]) -> Callable[[Expr, Values, Values | None], Value]:
    return lambda expression, values, passed: _through(function, expression.args[0], values, passed)


_SIZES: Mapping[type[Expr], Callable[[Expr, Values, Values | None], Value]] = MappingProxyType(
    {
        PathSum: _sum,
        Add: _sum,
        Chain: _product,
        Mul: _product,
        Quotient: _quotient,
        Pow: _power,
        exp: _along(exponential),
        log: _along(logarithm),
        tanh: _along(hyperbolic_tangent),
        Applied: _applied,
        Branch: _branch,
    }
)
