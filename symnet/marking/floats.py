"""What the arithmetic of floats can make of a calculation."""

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

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, Chain, Partial, PathSum, Quotient, terms_of
from symnet.arithmetic.real import exponential, hyperbolic_tangent, logarithm
from symnet.limits import MOST_BOUNDED_LINES
from symnet.marking.rounding import Calculation
from symnet.marking.truth import DIGITS, Tableau, exactly
from symnet.numerics.affine import AFFINE, AffineForm, Interval
from symnet.numerics.arithmetic import Number
from symnet.numerics.direct import NoValueError, Value, numeric
from symnet.numerics.program import Missing

# What floats make of an expression: how far its own operations may be off, and what comes up on the way.

Values: TypeAlias = Mapping[Expr, Value]

# Differences at this step are wrong by about 1e-40.
_STEP = mpmath.mpf(10) ** -20
# By so many roundings a function of a library may be off.
_OF_LIBRARIES = 4
_NOTHING = mpmath.mpf(0)


def largest_term(expression: Expr, values: Values) -> Value:
    """Return the size of the largest term of a sum, or that of anything else.

    Raises:
        NoValueError: Where a term has no value.
    """
    return max(abs(numeric(term, values)) for term in terms_of(expression))


def slip(expression: Expr, values: Values) -> Value:
    """Return how far the operations in an expression may be off, where rounding a 1 moves it by 1; names are exact.

    Raises:
        NoValueError: Where something in the expression has no value.
    """
    if expression in values:
        return _NOTHING
    rule = _SLIPS.get(type(expression))
    # What is left are numbers, and conditions.
    return abs(numeric(expression, values)) if rule is None else rule(expression, values)


def _of_sum(expression: Expr, values: Values) -> Value:
    sizes = mpmath.fsum(abs(numeric(term, values)) for term in expression.args)
    return mpmath.fsum(slip(term, values) for term in expression.args) + (len(expression.args) - 1) * sizes


def _of_product(expression: Expr, values: Values) -> Value:
    whole, found = mpmath.mpf(1), _NOTHING
    for factor in expression.args:
        size = abs(numeric(factor, values))
        # As for values, what a 0 is multiplied by may have none.
        if not size and not slip(factor, values):
            return _NOTHING
        found = found * size + whole * slip(factor, values)
        whole *= size
    return found + (len(expression.args) - 1) * whole


def _of_quotient(expression: Expr, values: Values) -> Value:
    over, under = expression.args
    above, own = abs(numeric(over, values)), slip(over, values)
    if not above and not own:
        return _NOTHING
    below = abs(numeric(under, values))
    if not below:
        raise NoValueError("division by 0")
    return (own + above * (1 + slip(under, values) / below)) / below


def _of_power(expression: Expr, values: Values) -> Value:
    base, exponent = expression.args
    size, whole = abs(numeric(base, values)), abs(numeric(expression, values))
    moved = abs(numeric(exponent, values)) * slip(base, values) / size if size else _NOTHING
    return whole * (moved + _OF_LIBRARIES)


def _of_branch(expression: Expr, values: Values) -> Value:
    switch, above, below = expression.args
    return slip(above if numeric(switch, values) > 0 else below, values)


def _of_applied(expression: Expr, values: Values) -> Value:
    arguments = expression.args[1:]
    if len(arguments) > 1:
        return max(slip(argument, values) for argument in arguments)
    return _through(FUNCTIONS[expression.name].number, arguments[0], values, slip(arguments[0], values), _OF_LIBRARIES)


def _through(function: Callable[[Value], Value], argument: Expr, values: Values, size: Value, times: int) -> Value:
    """Return what a function makes of a size of its argument, by its derivative, and so many times its own value."""
    at = mpmath.mpf(numeric(argument, values))
    derivative = (function(at + _STEP) - function(at - _STEP)) / (2 * _STEP)
    return times * abs(function(at)) + abs(derivative) * size


def _slip_along(function: Callable[[Value], Value]) -> Callable[[Expr, Values], Value]:
    return lambda expression, values: _through(
        function, expression.args[0], values, slip(expression.args[0], values), _OF_LIBRARIES
    )


_SLIPS: Mapping[type[Expr], Callable[[Expr, Values], Value]] = MappingProxyType(
    {
        PathSum: _of_sum,
        Add: _of_sum,
        Chain: _of_product,
        Mul: _of_product,
        Quotient: _of_quotient,
        Pow: _of_power,
        exp: _slip_along(exponential),
        log: _slip_along(logarithm),
        tanh: _slip_along(hyperbolic_tangent),
        Applied: _of_applied,
        Branch: _of_branch,
    }
)


def passed(expression: Expr, values: Values, sizes: Values) -> Value:
    """Return how large the numbers are that come up on the way to a value, also where it is 0 in the end.

    Args:
        expression: The expression.
        values: The value of each name.
        sizes: How large the numbers are that came up on the way to each name.

    Raises:
        NoValueError: Where the expression has no value.
    """
    if expression in sizes:
        return sizes[expression]
    parts = [part for part in expression.args if isinstance(part, Expr)]
    match expression:
        case PathSum() | Add():
            return mpmath.fsum(passed(part, values, sizes) for part in parts)
        case Chain() | Mul():
            return mpmath.fprod(passed(part, values, sizes) for part in parts)
        case Quotient():
            under = abs(numeric(parts[1], values)) or mpmath.inf
            return passed(parts[0], values, sizes) * passed(parts[1], values, sizes) / under**2
        case Pow() if parts[1].is_positive:
            return passed(parts[0], values, sizes) ** numeric(parts[1], values)
    return max([abs(numeric(expression, values)), *(passed(part, values, sizes) for part in parts)])


# How far a computer's floats may be off: the bounds of a calculation each of whose steps is rounded to so many bits.
#
# Every given number, every operation and every function is off by a part of what goes into it. What goes into a sum
# may
# be much larger than the sum, so that errors are measured by the largest numbers that a line has in it.


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


Bounds: TypeAlias = Mapping[Expr, tuple[Interval, ...]]
Own: TypeAlias = Mapping[Expr, Value]
_NOTHING_floats: Own = MappingProxyType({})


class Floats:
    """The bounds of every line of a part at its data, worked out in floats.

    Args:
        tableau: Knows the part.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau = tableau
        self._known: dict[Precision, Bounds] = {}

    @cached_property
    def calculation(self) -> Calculation:
        """The lines."""
        return Calculation(self.tableau, AFFINE)

    def bounds(self, name: Expr, precision: Precision, own: Own = _NOTHING_floats) -> tuple[Interval, ...]:
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
        data = self.tableau.part.data
        if data is None or len(data.rows) * len(self.calculation.sample) > MOST_BOUNDED_LINES:
            return {}
        found: dict[Expr, tuple[Interval, ...]] = {}
        errors = count()

        def leaf(value: Value, *, exact: bool) -> _FloatBounds:
            own = {} if exact else {next(errors): abs(value) * precision.step}
            return _FloatBounds(AffineForm(value, own), abs(value))

        def data_leaf(number: Fraction) -> _FloatBounds:
            return leaf(exactly(number), exact=_nearest(number, precision.bits) == number)

        def work(
            name: Expr, forms: tuple[Expr, ...], worked: list[Number], known: dict[Expr, _FloatBounds]
        ) -> _FloatBounds:
            each = zip(forms, worked, strict=True)
            ways = [way for form, one in each if (way := _way(form, one, known, precision)) is not None]
            found[name] = tuple(bounds for way in ways if (bounds := way.bounds(precision)) is not None)
            if name in own:
                return leaf(own[name], exact=False)
            if not ways:
                raise NoValueError("no bounds")
            widest = max(ways, key=lambda way: way.worked.radius + way.error)
            return _FloatBounds(widest.worked.with_error(next(errors), widest.error), widest.passed)

        with mpmath.workdps(DIGITS):
            shared = {**data.parameters, **data.constants, **self.tableau.constants}
            leaves = {symbol: data_leaf(number) for symbol, number in shared.items()}
            rows = [{symbol: data_leaf(number) for symbol, number in row.items()} for row in data.rows]
            samples = self.tableau.samples if self.tableau.samples > 1 else 0
            only = None if wanted is None else self.calculation.above(wanted, samples)
            self.calculation.run(work, leaves if samples else leaves | rows[0], rows if samples else (), only)
        return found


class _FloatBounds(AffineForm):
    """A number in floats.

    Attributes:
        passed: How large the numbers are that came up on the way to it.
    """

    __slots__ = ("passed",)

    def __init__(self, affine: AffineForm, passed: Value) -> None:
        super().__init__(affine.center, affine.errors, affine.rest)
        self.passed = passed


class _Way(NamedTuple):
    """A line in one of its forms.

    Attributes:
        worked: What it comes to, from numbers that may be off.
        largest: The size of its largest term.
        passed: How large the numbers are that came up on the way to it.
        error: How far its own operations may be off.
    """

    worked: AffineForm
    largest: Value
    passed: Value
    error: Value

    def bounds(self, precision: Precision) -> Interval | None:
        """Return the bounds of the line, or None where they would be too far apart."""
        off = max(self.worked.radius + self.error, precision.least * self.largest)
        if off > precision.most * self.passed:
            return None
        return Interval(self.worked.center - off, self.worked.center + off)


def _way(form: Expr, worked: Number, known: Mapping[Expr, _FloatBounds], precision: Precision) -> _Way | None:
    """Return a line in one form, from what that comes to; None where it has no value."""
    if isinstance(worked, Missing):
        return None
    try:
        used = {name: known[name] for name in form.atoms(Symbol, Partial)}
        centers = {name: number.center for name, number in used.items()}
        sizes = {name: number.passed for name, number in used.items()}
        largest, size = largest_term(form, centers), passed(form, centers, sizes)
        return _Way(worked, largest, size, slip(form, centers) * precision.step)
    except (KeyError, NoValueError, ZeroDivisionError):
        return None
