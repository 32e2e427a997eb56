"""Arithmetic of floats as numbers that may be off: each operation is rounded to the bits in the first slot.

Every given number, every operation and every function is off by a part of what goes into it. What goes into a sum may
be much larger than the sum, so that beside its value a number knows how large those are that came up on the way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import mpmath

from symnet.arithmetic.real import Value
from symnet.numerics.affine import AFFINE, AffineForm
from symnet.numerics.arithmetic import Slots, Table, Work
from symnet.numerics.program import BITS, Operation, Primitive

# By so many roundings a function of a library may be off.
_OF_LIBRARIES = 4
# One term is not added to anything.
_FEWEST_ADDED = 2
_NONE = mpmath.mpf(0)


class Float(AffineForm):
    """A number as a program has it.

    Attributes:
        passed: How large the numbers are that came up on the way to it, also where it is 0 in the end.
        largest: The size of the largest term, where it is a sum.
        written: Whether it is made of the numbers of a formula alone, which a program works out in double precision.
    """

    __slots__ = ("largest", "passed", "written")

    def __init__(
        self,
        affine: AffineForm,
        passed: Value,
        largest: Value | None = None,
        own: Value = _NONE,
        *,
        written: bool = False,
    ) -> None:
        super().__init__(affine.center, affine.errors, affine.rest + own)
        self.passed, self.written = passed, written
        self.largest = abs(affine.center) if largest is None else largest

    @classmethod
    def nearest(cls, value: Value, bits: int) -> Float:
        """Return a given number rounded to the nearest one with so many bits."""
        with mpmath.workprec(bits):
            center = +value
        return cls(AffineForm(center), abs(center))

    @classmethod
    def read(cls, value: Value, bits: int, error: int) -> Float:
        """Return a number with at most one rounding error, labelled by an error index."""
        off = rounding(value, bits)
        return cls(AffineForm(value, {error: off} if off else {}), abs(value))

    def as_line(self, error: int) -> Float:
        """Return it as later lines use it: the rounding errors of its own operations merged into one error term."""
        return Float(AffineForm(self.center, {**self.errors, error: self.rest}), self.passed)


def rounding(value: Value, bits: int) -> Value:
    """Return the largest rounding error of a number at a given number of bits; 0 if it is representable."""
    if not value:
        return _NONE
    shift = bits - mpmath.mag(value)
    scaled = mpmath.ldexp(value, int(shift))
    return _NONE if scaled == mpmath.nint(scaled) else mpmath.ldexp(abs(value), -bits)


def _floating(primitive: Primitive, bind: Callable[[Operation], Work]) -> Callable[[Operation], Work]:
    """Return an operation in floating point, from the same operation on affine forms."""
    passed_of = _PASSED.get(primitive, _largest_passed)
    is_sum = primitive is Primitive.SUM

    def entry(operation: Operation) -> Work:
        work, arguments = bind(operation), operation.arguments

        def worked(slots: Slots) -> Float:
            found: AffineForm = work(slots)
            # Those that were not needed may be missing.
            parts = [slots[place] for place in arguments if isinstance(slots[place], Float)]
            size, bits = abs(found.center), slots[BITS]
            if len(parts) == len(arguments) and all(part.written for part in parts):
                return Float(AffineForm(found.center), size, own=rounding(found.center, bits), written=True)
            pairs = _pairs(slots, arguments) if is_sum else []
            rounded = _roundings_of_sum(pairs, size) if is_sum else _own_roundings(primitive, parts, size)
            largest = max((abs(one.center * other.center) for one, other in pairs), default=None)
            own = rounded * mpmath.ldexp(mpmath.mpf(1), -bits)
            return Float(found, max(size, passed_of(slots, arguments, parts)), largest, own)

        return worked

    return entry


def _own_roundings(primitive: Primitive, parts: Sequence[Float], size: Value) -> Value:
    """Return the rounding error of the operation itself, in units of the rounding error of 1."""
    if primitive is Primitive.PRODUCT:
        return max(sum(map(_rounds, parts)) - 1, 0) * size
    return size * _ROUNDINGS.get(primitive, _OF_LIBRARIES)


def _rounds(factor: Float) -> bool:
    """Return whether a product may have to be rounded for a factor: not for 1 or -1."""
    return bool(abs(factor.center) != 1 or factor.radius)


def _roundings_of_sum(pairs: Sequence[tuple[Float, Float]], size: Value) -> Value:
    """Return the same of a sum of products, added in any order: each product is rounded, and each sum on the way.

    The sum of two terms is rounded once. Of more, libraries may take parts, such as the mean, to other places.
    """
    terms = [abs(one.center * other.center) for one, other in pairs]
    products = mpmath.fsum(term for term, pair in zip(terms, pairs, strict=True) if all(map(_rounds, pair)))
    if len(terms) <= _FEWEST_ADDED:
        return products + (size if len(terms) == _FEWEST_ADDED else 0)
    return products + (len(terms) - 1) * mpmath.fsum(terms)


def _pairs(slots: Slots, arguments: Sequence[int]) -> list[tuple[Float, Float]]:
    """Return the factors of each term of a sum that is not 0; one that is 0 by what cancels in it may be off."""
    pairs = ((slots[first], slots[second]) for first, second in zip(arguments[::2], arguments[1::2], strict=True))
    return [(first, second) for first, second in pairs if first.center or first.radius]


def _largest_passed(_slots: Slots, _arguments: Sequence[int], parts: Sequence[Float]) -> Value:
    return max((part.passed for part in parts), default=_NONE)


def _of_sum(slots: Slots, arguments: Sequence[int], _parts: Sequence[Float]) -> Value:
    return mpmath.fsum(first.passed * second.passed for first, second in _pairs(slots, arguments))


def _of_product(_slots: Slots, _arguments: Sequence[int], parts: Sequence[Float]) -> Value:
    return mpmath.fprod(part.passed for part in parts)


def _of_quotient(_slots: Slots, _arguments: Sequence[int], parts: Sequence[Float]) -> Value:
    over, *under = parts
    return over.passed * under[0].passed / under[0].center ** 2 if under and under[0].center else over.passed


def _of_power(_slots: Slots, _arguments: Sequence[int], parts: Sequence[Float]) -> Value:
    base, exponent = parts
    return base.passed**exponent.center if exponent.center > 0 else max(base.passed, exponent.passed)


_PASSED: Mapping[Primitive, Callable[[Slots, Sequence[int], Sequence[Float]], Value]] = MappingProxyType(
    {
        Primitive.SUM: _of_sum,
        Primitive.PRODUCT: _of_product,
        Primitive.QUOTIENT: _of_quotient,
        Primitive.POWER: _of_power,
    }
)
# How often an operation rounds that is no function of a library.
_ROUNDINGS = MappingProxyType(
    {Primitive.QUOTIENT: 1}
    | dict.fromkeys(
        (
            *(Primitive.ABS, Primitive.SIGN, Primitive.MAXIMUM, Primitive.MINIMUM, Primitive.POSITIVE),
            *(Primitive.BRANCH, Primitive.CONTEST, Primitive.ERROR, Primitive.SHOWN),
        ),
        0,
    )
)

FLOATS: Table = MappingProxyType({primitive: _floating(primitive, bind) for primitive, bind in AFFINE.items()})
