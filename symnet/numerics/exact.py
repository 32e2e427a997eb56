"""Arithmetic with as many digits as are asked for: what each operation makes of binary numbers.

The slots hold mantissa and exponent, see :mod:`symnet.arithmetic.light`. Functions that are not worked out there are
those of mpmath at the precision in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

import mpmath
from sympy import Rational, pi

from symnet.algebra.functions import FUNCTIONS
from symnet.arithmetic import real
from symnet.arithmetic.light import (
    CANCELLED,
    FAR,
    ONE,
    ZERO,
    Binary,
    difference,
    exponential,
    from_fraction,
    from_value,
    greater,
    hyperbolic_tangent,
    logarithm,
    logarithm_of_one_plus,
    quotient,
    size,
    square_root,
    to_value,
    total,
)
from symnet.limits import LARGEST_EXPONENT_OF_E
from symnet.numerics.arithmetic import Arithmetic, Slots, Triple, Work
from symnet.numerics.program import BITS, Operation, Primitive

Pairs: TypeAlias = Sequence[tuple[int, int]]

_NOTHING = float("-inf")
# Below this binary exponent tanh is not computed from e^(2x): too many digits of e^(2x) - 1 would cancel.
_SMALL = -8
_COMPARE: Mapping[str, Callable[[Binary, Binary], bool]] = MappingProxyType(
    {
        ">": greater,
        ">=": lambda first, second: not greater(second, first),
        "<": lambda first, second: greater(second, first),
        "<=": lambda first, second: not greater(first, second),
    }
)


def _number(operation: Operation) -> Work:
    expression = operation.detail
    if isinstance(expression, Rational):
        number = Fraction(int(expression.p), int(expression.q))
        return lambda slots: from_fraction(number, slots[BITS])
    return lambda _slots: from_value(+mpmath.pi if expression is pi else +mpmath.e)


def _sum(operation: Operation) -> Work:  # noqa: C901 - one loop, which function calls would slow down by half
    """Return the sum of products, which is exactly 0 where all but half of the bits cancel, as in ``total``."""
    arguments = operation.arguments
    pairs = tuple(zip(arguments[::2], arguments[1::2], strict=True))

    def work(slots: Slots) -> Binary:
        bits = slots[BITS]
        far = FAR * bits
        mantissa = exponent = 0
        largest = _NOTHING
        for i, j in pairs:
            m, e = slots[i]
            if not m:
                continue
            n, f = slots[j]
            if not n:
                continue
            m *= n
            e += f
            reach = m.bit_length() + e
            if reach > largest:  # noqa: PLR1730 - max() would take longer than the product
                largest = reach
            shift = e - exponent
            if not mantissa:
                mantissa, exponent = m, e
            elif 0 <= shift <= far:
                mantissa += m << shift
            elif -far <= shift < 0:
                mantissa = (mantissa << -shift) + m
                exponent = e
            else:
                return total(_products(slots, pairs), bits)
        extra = mantissa.bit_length()
        if not mantissa or extra + exponent < largest - bits // 2:
            return ZERO if largest == _NOTHING else CANCELLED
        extra -= bits
        if extra > 0:
            return ((mantissa >> extra - 1) + 1) >> 1, exponent + extra
        return mantissa, exponent

    return work


def _products(slots: Slots, pairs: Pairs) -> Iterator[Binary]:
    for i, j in pairs:
        m, e = slots[i]
        if m:
            n, f = slots[j]
            yield m * n, e + f


def _product(operation: Operation) -> Work:
    """Return the product; after a factor of exactly 0 the others are not looked at."""
    first, *rest = operation.arguments

    def work(slots: Slots) -> Binary:
        bits = slots[BITS]
        mantissa, exponent = slots[first]
        for place in rest:
            if not mantissa:
                return ZERO
            n, f = slots[place]
            mantissa *= n
            exponent += f
            extra = mantissa.bit_length() - bits
            if extra > 0:
                mantissa = ((mantissa >> extra - 1) + 1) >> 1
                exponent += extra
        return mantissa, exponent

    return work


def products(triples: Sequence[Triple]) -> Callable[[Slots], None]:
    """Return a function that evaluates several products of two factors in place."""

    def work(slots: Slots) -> None:
        bits = slots[BITS]
        for place, first, second in triples:
            m, e = slots[first]
            if not m:
                slots[place] = ZERO
                continue
            n, f = slots[second]
            m *= n
            extra = m.bit_length() - bits
            slots[place] = (((m >> extra - 1) + 1) >> 1, e + f + extra) if extra > 0 else (m, e + f)

    return work


def _quotient(operation: Operation) -> Work:
    over, under = operation.arguments

    def work(slots: Slots) -> Binary:
        top: Binary = slots[over]
        return quotient(top, slots[under], slots[BITS]) if top[0] else ZERO

    return work


def _logarithm_near_one(operation: Operation) -> Work:
    """Return ``ln(1 + x)``, computed from ``x`` as long as it is small."""
    little, whole = operation.arguments

    def work(slots: Slots) -> Binary:
        rest: Binary = slots[little]
        if not rest[0] or size(rest) < 0:
            return logarithm_of_one_plus(rest, slots[BITS])
        return logarithm(slots[whole], slots[BITS])

    return work


def _tanh(operation: Operation) -> Work:
    x, power_of_e = operation.arguments

    def work(slots: Slots) -> Binary:
        number, bits = slots[x], slots[BITS]
        if not number[0] or not _SMALL < size(number) < bits:
            return hyperbolic_tangent(number, bits)
        grown = slots[power_of_e]
        return quotient(total((grown, (-1, 0)), bits), total((grown, ONE), bits), bits)

    return work


def _branch(operation: Operation) -> Work:
    switch, above, below = operation.arguments
    return lambda slots: slots[above] if slots[switch][0] > 0 else slots[below]


def _contest(operation: Operation) -> Work:
    own, *others = operation.arguments
    contests = [(_COMPARE[sign], other) for sign, other in zip(operation.detail, others, strict=True)]

    def work(slots: Slots) -> Binary:
        value = slots[own]
        return ONE if all(compare(value, slots[other]) for compare, other in contests) else ZERO

    return work


def _extreme(better: Callable[[Binary, Binary], bool]) -> Callable[[Operation], Work]:
    """Return the table's entry for a maximum or minimum, the first of equal ones."""

    def bind(operation: Operation) -> Work:
        first, *rest = operation.arguments

        def work(slots: Slots) -> Binary:
            best: Binary = slots[first]
            for place in rest:
                if better(slots[place], best):
                    best = slots[place]
            return best

        return work

    return bind


def _error(operation: Operation) -> Work:
    """Return output minus target; where the target is a bound of the activation, from the distance to that bound."""
    plain, target, *gaps = operation.arguments
    known = dict(zip(operation.detail, gaps, strict=True))

    def work(slots: Slots) -> Binary:
        # A given whole number has exponent 0.
        bound, exponent = slots[target]
        if exponent or bound not in known:
            found: Binary = slots[plain]
            return found
        mantissa, exponent = slots[known[bound]]
        return (-mantissa if bound > 0 else mantissa), exponent

    return work


def _shown(operation: Operation) -> Work:
    """Return the number itself: showing it changes nothing."""
    place = operation.arguments[0]
    return lambda slots: slots[place]


def _of(function: Callable[[Binary, int], Binary]) -> Callable[[Operation], Work]:
    """Return the table's entry for a function of one number and the precision."""

    def bind(operation: Operation) -> Work:
        (place,) = operation.arguments
        return lambda slots: function(slots[place], slots[BITS])

    return bind


def _function(operation: Operation) -> Work:
    return _by_mpmath(FUNCTIONS[operation.detail].number)(operation)


def _by_mpmath(function: Callable[..., real.Value]) -> Callable[[Operation], Work]:
    """Return the table's entry for a function of mpmath numbers."""

    def bind(operation: Operation) -> Work:
        places = operation.arguments
        return lambda slots: from_value(function(*(to_value(slots[place]) for place in places)))

    return bind


TABLE: Mapping[Primitive, Callable[[Operation], Work]] = MappingProxyType(
    {
        Primitive.NUMBER: _number,
        Primitive.SUM: _sum,
        Primitive.PRODUCT: _product,
        Primitive.QUOTIENT: _quotient,
        Primitive.POWER: _by_mpmath(real.power),
        Primitive.ROOT: _of(square_root),
        Primitive.EXP: _of(exponential),
        Primitive.LOG: _of(logarithm),
        Primitive.LOG_NEAR_ONE: _logarithm_near_one,
        Primitive.TANH: _tanh,
        Primitive.SINH: _by_mpmath(real.hyperbolic_sine),
        Primitive.COSH: _by_mpmath(real.hyperbolic_cosine),
        Primitive.SIN: _by_mpmath(real.sine),
        Primitive.COS: _by_mpmath(real.cosine),
        Primitive.TAN: _by_mpmath(real.tangent),
        Primitive.ERF: _by_mpmath(real.error_function),
        Primitive.ABS: _of(lambda number, _bits: (abs(number[0]), number[1])),
        Primitive.SIGN: _of(lambda number, _bits: ((number[0] > 0) - (number[0] < 0), 0)),
        Primitive.MAXIMUM: _extreme(_COMPARE[">"]),
        Primitive.MINIMUM: _extreme(_COMPARE["<"]),
        Primitive.POSITIVE: _of(lambda number, _bits: ONE if number[0] > 0 else ZERO),
        Primitive.BRANCH: _branch,
        Primitive.CONTEST: _contest,
        Primitive.FUNCTION: _function,
        Primitive.ERROR: _error,
        Primitive.SHOWN: _shown,
    }
)


def sign(number: Binary) -> int:
    """Return -1, 0 or 1."""
    return (number[0] > 0) - (number[0] < 0)


def compare(first: Binary, second: Binary, bits: int) -> int:
    """Return the sign of the difference of two numbers, 0 where they agree but for rounding noise."""
    return sign(difference(first, second, bits))


def is_beyond(number: Binary) -> bool:
    """Return whether a number, or one over it, has more digits than anything on a sheet can mean."""
    return abs(number[1]) > LARGEST_EXPONENT_OF_E and bool(number[0])


EXACT = Arithmetic(TABLE, from_fraction, sign, compare, is_beyond, products)
