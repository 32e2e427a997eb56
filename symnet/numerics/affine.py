"""Arithmetic of numbers with what each rounding on the way does to them, so that errors which cancel do cancel.

An interval forgets where its width comes from: ``a (1 - a)`` is taken for a product of two numbers that err each for
itself. Here every number is a center, a multiple of each error that was made, and a rest for all that is not linear.
Bounds are worked out at the precision in force, whose own rounding is far below the digits of any answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import product as pairs
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Rational, S, pi

from symnet.algebra.functions import FUNCTIONS, Shape
from symnet.arithmetic.real import NoValueError, Value, power, quotient
from symnet.numerics.arithmetic import Slots, Table, Work
from symnet.numerics.program import Operation, Primitive

# Differences at this step are wrong by about 1e-40.
_STEP = mpmath.mpf(10) ** -20
# Over a longer range a function is no longer much like its tangent.
_SHORT = mpmath.mpf(1) / 2
# A tangent is farthest from its function at an end of a short range, or not much farther between.
_MARGIN = mpmath.mpf(3) / 2
_NONE, _WHOLE = mpmath.mpf(0), mpmath.mpf(1)

# Intervals: between which bounds something lies.


class Interval(NamedTuple):
    """All numbers between two, these included."""

    low: Value
    high: Value

    @property
    def size(self) -> Value:
        """The largest absolute value in it."""
        return max(abs(self.low), abs(self.high))

    @property
    def holds_zero(self) -> bool:
        """Whether 0 is in it."""
        return bool(self.low <= 0 <= self.high)


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all of some, of which there is at least one."""
    lows, highs = zip(*intervals, strict=True)
    return Interval(min(lows), max(highs))


def _inverse(under: Interval) -> Interval:
    if under.holds_zero:
        raise NoValueError("division by what may be 0")
    return Interval(1 / under.high, 1 / under.low)


def power_over(base: Interval, exponent: Interval) -> Interval:
    """Return between which bounds a power lies.

    Raises:
        NoValueError: Where it may be a root of a negative number, or a division by 0.
    """
    if exponent.low != exponent.high or not mpmath.isint(exponent.low):
        if base.low < 0:
            raise NoValueError("a root of what may be negative")
        corners = [power(one, other) for one, other in pairs(base, exponent)]
        return Interval(min(corners), max(corners))
    whole = int(exponent.low)
    if whole < 0:
        return _inverse(_whole_power(base, -whole))
    return _whole_power(base, whole)


def _whole_power(base: Interval, exponent: int) -> Interval:
    ends = [power(end, exponent) for end in base]
    if exponent % 2 == 0 and base.holds_zero:
        ends.append(_WHOLE if exponent == 0 else _NONE)
    return Interval(min(ends), max(ends))


def _increasing(function: Callable[[Value], Value], argument: Interval) -> Interval:
    return Interval(mpmath.mpf(function(argument.low)), mpmath.mpf(function(argument.high)))


def _even(function: Callable[[Value], Value], argument: Interval) -> Interval:
    """Return the interval of a function that grows away from 0 alike on both sides."""
    ends = [function(end) for end in argument]
    return Interval(function(_NONE) if argument.holds_zero else min(ends), max(ends))


def _wave(function: Callable[[Value], Value], argument: Interval) -> Interval:
    """Return the interval of a sine or a cosine: all that it can be, unless it only rises or only falls there."""
    quarter = mpmath.pi / 2
    if argument.high - argument.low >= quarter or mpmath.floor(argument.low / quarter) != mpmath.floor(
        argument.high / quarter
    ):
        return Interval(mpmath.mpf(-1), mpmath.mpf(1))
    ends = [function(end) for end in argument]
    return Interval(min(ends), max(ends))


def _tangent(function: Callable[[Value], Value], argument: Interval) -> Interval:
    half = mpmath.pi / 2
    if mpmath.floor((argument.low + half) / mpmath.pi) != mpmath.floor((argument.high + half) / mpmath.pi):
        raise NoValueError("the tangent of what may be a right angle")
    return _increasing(function, argument)


_SHAPES: Mapping[Shape, Callable[[Callable[[Value], Value], Interval], Interval]] = MappingProxyType(
    {Shape.RISING: _increasing, Shape.EVEN: _even, Shape.WAVE: _wave, Shape.POLES: _tangent}
)


def function_over(name: str, argument: Interval) -> Interval:
    """Return between which bounds a function of one argument lies.

    Raises:
        NoValueError: Where it has no value somewhere in between.
    """
    return _SHAPES[FUNCTIONS[name].shape](FUNCTIONS[name].number, argument)


# Numbers that may be off.


class AffineForm:
    """A number and how far it may be off.

    Attributes:
        center: Its value without any error.
        errors: By the number of each error, how far that one alone may move it, with a sign.
        rest: How far all else may move it.
    """

    __slots__ = ("_radius", "center", "errors", "rest")

    def __init__(self, center: Value, errors: Mapping[int, Value] = MappingProxyType({}), rest: Value = _NONE) -> None:
        self.center, self.errors, self.rest = center, errors, rest
        self._radius: Value | None = None

    @property
    def radius(self) -> Value:
        """How far all of it together may move it."""
        if self._radius is None:
            self._radius = mpmath.fsum(map(abs, self.errors.values())) + self.rest
        return self._radius

    @property
    def bounds(self) -> Interval:
        """Between which numbers it lies."""
        radius = self.radius
        return Interval(self.center - radius, self.center + radius)

    def with_error(self, number: int, size: Value) -> AffineForm:
        """Return it with another error of its own."""
        return AffineForm(self.center, {**self.errors, number: size}, self.rest)


_ZERO, _ONE = AffineForm(_NONE), AffineForm(_WHOLE)


def _between(bounds: Interval) -> AffineForm:
    low, high = bounds
    center, rest = (low + high) / 2, (high - low) / 2
    if center - rest > low or center + rest < high:
        # One end is so far out that the other is lost in the rounding.
        rest *= 1 + 4 * mpmath.mp.eps
    return AffineForm(center, rest=rest)


def _added(terms: Sequence[AffineForm]) -> AffineForm:
    errors: dict[int, Value] = {}
    for term in terms:
        for number, size in term.errors.items():
            errors[number] = errors.get(number, 0) + size
    return AffineForm(mpmath.fsum(term.center for term in terms), errors, mpmath.fsum(term.rest for term in terms))


def _times(first: AffineForm, second: AffineForm) -> AffineForm:
    if second is _ONE:
        return first
    errors = {number: size * second.center for number, size in first.errors.items()}
    for number, size in second.errors.items():
        errors[number] = errors.get(number, 0) + size * first.center
    both = first.radius * second.radius
    return AffineForm(
        first.center * second.center,
        errors,
        first.rest * abs(second.center) + second.rest * abs(first.center) + both,
    )


def _over(over: AffineForm, under: AffineForm) -> AffineForm:
    if under.bounds.holds_zero:
        raise NoValueError("division by what may be 0")
    return _times(over, _along(lambda x: quotient(mpmath.mpf(1), x), under))


def _to_the_power(base: AffineForm, exponent: AffineForm) -> AffineForm:
    if exponent.radius or (exponent.center < 0 and base.bounds.holds_zero):
        return _between(power_over(base.bounds, exponent.bounds))
    return _along(lambda x: power(x, exponent.center), base, lambda bounds: power_over(bounds, exponent.bounds))


def _of_function(name: str, argument: AffineForm) -> AffineForm:
    """Return a function of one number."""
    entry = FUNCTIONS[name]
    if entry.kink and argument.radius and argument.bounds.holds_zero:
        return _between(function_over(name, argument.bounds))
    if entry.shape is Shape.POLES:
        # Raises where there is a pole in between, be the range ever so short.
        function_over(name, argument.bounds)
    return _along(entry.number, argument, lambda bounds: function_over(name, bounds))


def _extreme(name: str, arguments: Sequence[AffineForm]) -> AffineForm:
    """Return the largest or the smallest number: one of them if that is clear, else all that it may be."""
    sign = 1 if name == "max" else -1
    first = max(arguments, key=lambda one: sign * one.center)
    ends = [(one.bounds.high if sign > 0 else -one.bounds.low) for one in arguments if one is not first]
    if all(end <= (first.bounds.low if sign > 0 else -first.bounds.high) for end in ends):
        return first
    function = FUNCTIONS[name].number
    bounds = [one.bounds for one in arguments]
    return _between(Interval(function(*(one.low for one in bounds)), function(*(one.high for one in bounds))))


def _along(
    function: Callable[[Value], Value], argument: AffineForm, over: Callable[[Interval], Interval] | None = None
) -> AffineForm:
    """Return a function of a number along its tangent.

    Over a long range it is anything within the bounds that ``over`` gives, or between its values at the ends if it
    rises or falls everywhere.
    """
    center, radius = argument.center, argument.radius
    value = mpmath.mpf(function(center))
    if not radius:
        return AffineForm(value)
    ends = [function(center - radius), function(center + radius)]
    if radius > _SHORT:
        return _between(over(argument.bounds) if over else Interval(min(ends), max(ends)))
    derivative = (function(center + _STEP) - function(center - _STEP)) / (2 * _STEP)
    off = max(abs(ends[0] - value + derivative * radius), abs(ends[1] - value - derivative * radius))
    errors = {number: derivative * size for number, size in argument.errors.items()}
    return AffineForm(value, errors, abs(derivative) * argument.rest + _MARGIN * off)


def _positive(argument: AffineForm) -> AffineForm:
    low, high = argument.bounds
    return _ONE if low > 0 else _ZERO if high <= 0 else _between(Interval(_NONE, _WHOLE))


def _contest(signs: Sequence[str], own: AffineForm, others: Sequence[AffineForm]) -> AffineForm:
    """Return 1 where all is won for sure, 0 where something is lost for sure."""
    sure = True
    for sign, other in zip(signs, others, strict=True):
        first, second = (own, other) if sign[0] == ">" else (other, own)
        # Exact numbers that are equal come out as they are compared.
        equal = not own.radius and not other.radius and own.center == other.center
        if first.bounds.high < second.bounds.low or (equal and len(sign) == 1):
            return _ZERO
        sure = sure and bool(equal or first.bounds.low > second.bounds.high)
    return _ONE if sure else _between(Interval(_NONE, _WHOLE))


# The table of operations.


def _number(operation: Operation) -> Work:
    expression = operation.detail
    if expression is S.One:
        return lambda _slots: _ONE
    if isinstance(expression, Rational):
        return lambda _slots: AffineForm(mpmath.mpf(int(expression.p)) / int(expression.q))
    return lambda _slots: AffineForm(+mpmath.pi if expression is pi else +mpmath.e)


def _sum(operation: Operation) -> Work:
    arguments = operation.arguments
    pairs_of_slots = tuple(zip(arguments[::2], arguments[1::2], strict=True))
    return lambda slots: _added([_times(slots[first], slots[second]) for first, second in pairs_of_slots])


def _product(operation: Operation) -> Work:
    places = operation.arguments
    return lambda slots: reduce(_times, [slots[place] for place in places])


def _quotient(operation: Operation) -> Work:
    over, under = operation.arguments

    def work(slots: Slots) -> AffineForm:
        above: AffineForm = slots[over]
        return _over(above, slots[under]) if above.center or above.radius else above

    return work


def _branch(operation: Operation) -> Work:
    switch, above, below = operation.arguments

    def work(slots: Slots) -> AffineForm:
        side = slots[switch].bounds
        if side.low > 0 or side.high <= 0:
            taken: AffineForm = slots[above if side.low > 0 else below]
            return taken
        return _between(hull(slots[one].bounds for one in (above, below)))

    return work


def _contests(operation: Operation) -> Work:
    own, *others = operation.arguments
    return lambda slots: _contest(operation.detail, slots[own], [slots[other] for other in others])


def _of(function: Callable[..., AffineForm], count: int | None = None) -> Callable[[Operation], Work]:
    """Return the table's entry of a function of the first numbers, or of all."""

    def bind(operation: Operation) -> Work:
        places = operation.arguments[:count]
        return lambda slots: function(*(slots[place] for place in places))

    return bind


def _called(name: str, place: int = 0) -> Callable[[Operation], Work]:
    """Return the table's entry of a function of one number by its name."""

    def bind(operation: Operation) -> Work:
        argument = operation.arguments[place]
        return lambda slots: _of_function(name, slots[argument])

    return bind


AFFINE: Table = MappingProxyType(
    {
        Primitive.NUMBER: _number,
        Primitive.SUM: _sum,
        Primitive.PRODUCT: _product,
        Primitive.QUOTIENT: _quotient,
        Primitive.POWER: _of(_to_the_power),
        Primitive.ROOT: _called("sqrt"),
        Primitive.EXP: _called("exp"),
        Primitive.LOG: _called("ln"),
        Primitive.LOG_NEAR_ONE: _called("ln", 1),
        Primitive.TANH: _called("tanh"),
        Primitive.SINH: _called("sinh"),
        Primitive.COSH: _called("cosh"),
        Primitive.SIN: _called("sin"),
        Primitive.COS: _called("cos"),
        Primitive.TAN: _called("tan"),
        Primitive.ABS: _called("abs"),
        Primitive.SIGN: _called("sign"),
        Primitive.MAXIMUM: _of(lambda *numbers: _extreme("max", numbers)),
        Primitive.MINIMUM: _of(lambda *numbers: _extreme("min", numbers)),
        Primitive.POSITIVE: _of(_positive),
        Primitive.BRANCH: _branch,
        Primitive.CONTEST: _contests,
        Primitive.FUNCTION: lambda operation: _called(operation.detail)(operation),
        Primitive.ERROR: _of(lambda number: number, 1),
        Primitive.SHOWN: _of(lambda number: number, 1),
    }
)
