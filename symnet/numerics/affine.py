"""Arithmetic of numbers with what each rounding on the way does to them, so that errors which cancel do cancel.

An interval forgets where its width comes from: ``a (1 - a)`` is taken for a product of two numbers that err each for
itself. Here every number is a center, a multiple of each error that was made, and a rest for all that is not linear.
Bounds are worked out at the precision in force, whose own rounding is far below the digits of any answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
# Less than this part of how far a number may be off is no more than the rounding of its bounds.
_NOISE = mpmath.mpf(10) ** -30
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
    """Return an interval that contains every power of a base in one interval by an exponent in another.

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
    """Return the range over an interval of an even function that increases away from 0."""
    ends = [function(end) for end in argument]
    return Interval(function(_NONE) if argument.holds_zero else min(ends), max(ends))


def _wave(function: Callable[[Value], Value], argument: Interval) -> Interval:
    """Return the range of a sine or cosine over an interval: [-1, 1], unless it is monotone there."""
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
    """Return an interval that contains all values of a function over an interval of its argument.

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
        """The largest possible total error: the sum of the absolute error terms."""
        if self._radius is None:
            self._radius = mpmath.fsum(map(abs, self.errors.values())) + self.rest
        return self._radius

    @property
    def bounds(self) -> Interval:
        """The interval of all values that it may have."""
        radius = self.radius
        return Interval(self.center - radius, self.center + radius)

    def times(self, factor: Value) -> AffineForm:
        """Return its product with an exact number."""
        errors = {number: size * factor for number, size in self.errors.items()}
        return AffineForm(self.center * factor, errors, self.rest * abs(factor))

    def with_error(self, number: int, size: Value) -> AffineForm:
        """Return it with one more, independent error term."""
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
    # What an error does to both is its square, which is never negative.
    squares = [size * second.errors[number] for number, size in first.errors.items() if number in second.errors]
    both = first.radius * second.radius - mpmath.fsum(map(abs, squares)) / 2
    return AffineForm(
        first.center * second.center + mpmath.fsum(squares) / 2,
        errors,
        first.rest * abs(second.center) + second.rest * abs(first.center) + both,
    )


def _over(over: AffineForm, under: AffineForm) -> AffineForm:
    """Return a quotient: that of the centers, and the error terms that do not cancel in it."""
    low, high = under.bounds
    if low <= 0 <= high:
        raise NoValueError("division by what may be 0")
    if not over.radius:
        return _times(over, _along(lambda x: quotient(mpmath.mpf(1), x), under, _inverse))
    whole = quotient(over.center, under.center)
    left = _added([over, _times(AffineForm(-whole), under)])
    # All that is left is divided by some number from the one end to the other.
    middle, half = (1 / low + 1 / high) / 2, abs(1 / low - 1 / high) / 2
    errors = {number: size * middle for number, size in left.errors.items()}
    return AffineForm(whole, errors, left.rest * abs(middle) + left.radius * half)


def _to_the_power(base: AffineForm, exponent: AffineForm) -> AffineForm:
    if exponent.radius or (exponent.center < 0 and base.bounds.holds_zero):
        return _between(power_over(base.bounds, exponent.bounds))
    return _along(lambda x: power(x, exponent.center), base, lambda bounds: power_over(bounds, exponent.bounds))


def _of_function(name: str, argument: AffineForm, branches: Branches) -> AffineForm:
    """Return a function of one number."""
    entry = FUNCTIONS[name]
    if entry.kink and argument.radius and argument.bounds.holds_zero:
        return _beside_a_kink(name, argument, branches)
    if entry.shape is Shape.POLES:
        # Raises where there is a pole in between, be the range ever so short.
        function_over(name, argument.bounds)
    return _along(entry.number, argument, lambda bounds: function_over(name, bounds))


def _beside_a_kink(name: str, argument: AffineForm, branches: Branches) -> AffineForm:
    """Return a function with a kink at 0: on the branch taken, where it is linear; else its whole range."""
    side = branches.sign(argument)
    if side is None:
        return _between(function_over(name, argument.bounds))
    number = FUNCTIONS[name].number
    at = AffineForm(mpmath.mpf(number(_NONE)))
    if not side:
        return at
    derivative = side * (number(mpmath.mpf(side)) - at.center)
    return (
        _added([at, _times(AffineForm(mpmath.mpf(derivative)), argument)])
        if name != "sign"
        else AffineForm(mpmath.mpf(side))
    )


def _extreme(name: str, arguments: Sequence[AffineForm], branches: Branches) -> AffineForm:
    """Return a maximum or minimum: the argument chosen on the branch taken, else an interval of all possible values."""
    best, *rest = arguments
    for other in rest:
        wins = branches.greater(other, best) if name == "max" else branches.greater(best, other)
        if wins is None:
            function, bounds = FUNCTIONS[name].number, [one.bounds for one in arguments]
            return _between(Interval(function(*(one.low for one in bounds)), function(*(one.high for one in bounds))))
        best = other if wins else best
    return best


def _along(
    function: Callable[[Value], Value], argument: AffineForm, over: Callable[[Interval], Interval] | None = None
) -> AffineForm:
    """Return a function of a number, linearized at its center, with the error of the linearization.

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
    off = (ends[0] - value + derivative * radius, ends[1] - value - derivative * radius)
    # A function that bends one way only lies on one side of its tangent.
    above, below = _MARGIN * max(*off, 0), _MARGIN * min(*off, 0)
    errors = {number: derivative * size for number, size in argument.errors.items()}
    return AffineForm(value + (above + below) / 2, errors, abs(derivative) * argument.rest + (above - below) / 2)


def _positive(argument: AffineForm, branches: Branches) -> AffineForm:
    above = branches.positive(argument)
    return _between(Interval(_NONE, _WHOLE)) if above is None else _ONE if above else _ZERO


def _contest(signs: Sequence[str], own: AffineForm, others: Sequence[AffineForm], branches: Branches) -> AffineForm:
    """Return 1 if all comparisons hold, 0 if one of them fails."""
    sure = True
    for sign, other in zip(signs, others, strict=True):
        first, second = (own, other) if sign[0] == ">" else (other, own)
        # What may be equal is lost by no more than the opposite.
        won = branches.greater(first, second) if len(sign) == 1 else _opposite(branches.greater(second, first))
        if won is False:
            return _ZERO
        sure = sure and won is True
    return _ONE if sure else _between(Interval(_NONE, _WHOLE))


def _opposite(known: bool | None) -> bool | None:
    return None if known is None else not known


# Kinks: on which side numbers are that may be on either.


class Branches:
    """Which side of each kink is taken in a run, where numbers that may be off leave it open: the same side everywhere.

    A run comes to what is within its bounds on these sides. All that can be is found by as many runs as there are
    combinations: :meth:`begin`, run, and again as long as :meth:`next` says so.

    Args:
        most: How many kinks at most are decided in a run; what is beyond them is left open.
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._taken: list[bool] = []
        self._place = 0
        self._known: dict[tuple[Value, frozenset[tuple[int, Value]]], bool] = {}

    def begin(self) -> None:
        """Begin a run with the next combination."""
        self._place, self._known = 0, {}

    def next(self) -> bool:
        """Go on to another combination, and return whether there is one."""
        del self._taken[self._place :]
        while self._taken and not self._taken[-1]:
            self._taken.pop()
        if self._taken:
            self._taken[-1] = False
        return bool(self._taken)

    def positive(self, number: AffineForm) -> bool | None:
        """Return whether a number is above 0; None where that is left open."""
        low, high = number.bounds
        noise = _NOISE * number.radius
        if low > noise or high <= noise:
            return bool(low > noise)
        key = number.center, frozenset(number.errors.items())
        if key not in self._known:
            opposite = -number.center, frozenset((error, -size) for error, size in number.errors.items())
            if self._known.get(opposite):
                return False
            if self._place == self._most:
                return None
            if self._place == len(self._taken):
                self._taken.append(True)
            self._known[key] = self._taken[self._place]
            self._place += 1
        return self._known[key]

    def greater(self, first: AffineForm, second: AffineForm) -> bool | None:
        """Return whether one number is greater than another; None where that is left open."""
        return self.positive(_added([first, _times(AffineForm(-_WHOLE), second)]))

    def sign(self, number: AffineForm) -> int | None:
        """Return 1 above 0, -1 below, 0 at 0; None where that is left open."""
        above = self.positive(number)
        below = self.positive(_times(AffineForm(-_WHOLE), number)) if above is False else above
        return None if below is None else 1 if above else -1 if below else 0


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
    return lambda slots: _added([_multiplied(slots, pair) for pair in pairs_of_slots])


def _product(operation: Operation) -> Work:
    return lambda slots: _multiplied(slots, operation.arguments)


def _multiplied(slots: Slots, places: Sequence[int]) -> AffineForm:
    """Return the product of some slots; after a factor of exactly 0 the remaining factors are not evaluated."""
    first, *rest = places
    found: AffineForm = slots[first]
    for place in rest:
        if not found.center and not found.radius:
            return _ZERO
        found = _times(found, slots[place])
    return found


def _quotient(operation: Operation) -> Work:
    over, under = operation.arguments

    def work(slots: Slots) -> AffineForm:
        above: AffineForm = slots[over]
        return _over(above, slots[under]) if above.center or above.radius else above

    return work


def _branch(branches: Branches) -> Callable[[Operation], Work]:
    def bind(operation: Operation) -> Work:
        switch, above, below = operation.arguments

        def work(slots: Slots) -> AffineForm:
            side = branches.positive(slots[switch])
            if side is None:
                return _between(hull(slots[one].bounds for one in (above, below)))
            taken: AffineForm = slots[above if side else below]
            return taken

        return work

    return bind


def _contests(branches: Branches) -> Callable[[Operation], Work]:
    def bind(operation: Operation) -> Work:
        own, *others = operation.arguments
        return lambda slots: _contest(operation.detail, slots[own], [slots[other] for other in others], branches)

    return bind


def _of(function: Callable[..., AffineForm], count: int | None = None) -> Callable[[Operation], Work]:
    """Return the table's entry for a function of the operation's first arguments, or of all."""

    def bind(operation: Operation) -> Work:
        places = operation.arguments[:count]
        return lambda slots: function(*(slots[place] for place in places))

    return bind


_CALLED = {
    Primitive.ROOT: "sqrt",
    Primitive.EXP: "exp",
    Primitive.LOG: "ln",
    Primitive.TANH: "tanh",
    Primitive.SINH: "sinh",
    Primitive.COSH: "cosh",
    Primitive.SIN: "sin",
    Primitive.COS: "cos",
    Primitive.TAN: "tan",
    Primitive.ERF: "erf",
    Primitive.ABS: "abs",
    Primitive.SIGN: "sign",
}


def affine(branches: Branches) -> Table:
    """Return the table of operations on affine forms.

    Args:
        branches: Says which side of a kink is taken where that is open.
    """

    def called(name: str, place: int = 0) -> Callable[[Operation], Work]:
        """Return the table's entry for a function of one number, by its name."""

        def bind(operation: Operation) -> Work:
            argument = operation.arguments[place]
            return lambda slots: _of_function(name, slots[argument], branches)

        return bind

    return MappingProxyType(
        {
            Primitive.NUMBER: _number,
            Primitive.SUM: _sum,
            Primitive.PRODUCT: _product,
            Primitive.QUOTIENT: _quotient,
            Primitive.POWER: _of(_to_the_power),
            Primitive.LOG_NEAR_ONE: called("ln", 1),
            Primitive.MAXIMUM: _of(lambda *numbers: _extreme("max", numbers, branches)),
            Primitive.MINIMUM: _of(lambda *numbers: _extreme("min", numbers, branches)),
            Primitive.POSITIVE: _of(lambda number: _positive(number, branches)),
            Primitive.BRANCH: _branch(branches),
            Primitive.CONTEST: _contests(branches),
            Primitive.FUNCTION: lambda operation: called(operation.detail)(operation),
            Primitive.ERROR: _of(lambda number: number, 1),
            Primitive.SHOWN: _of(lambda number: number, 1),
        }
        | {primitive: called(name) for primitive, name in _CALLED.items()}
    )


AFFINE = affine(Branches())
