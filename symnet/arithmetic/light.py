"""Binary numbers of any precision: ``(mantissa, exponent)`` stands for mantissa times 2 to the exponent.

A training evaluates the same few thousand sums and products over and over. On bare integers each takes a third of the
time that mpmath's numbers take, and a sum of products is rounded once. Mantissas carry the sign and are not
normalized: 0 is any pair whose mantissa is 0. Nothing here is ever infinite or undefined.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

import mpmath
from mpmath.libmp import MPZ, fzero, mpf_exp, mpf_log, mpf_tanh, round_nearest

from symnet.arithmetic import real
from symnet.arithmetic.real import NoValueError, Value
from symnet.limits import LARGEST_EXPONENT_OF_E

Binary: TypeAlias = tuple[int, int]

ZERO: Binary = (0, 0)
CANCELLED: Binary = (0, 1)
"""What is left of a sum whose terms cancel: 0 as well, but perhaps only for want of bits."""
ONE: Binary = (1, 0)
# Terms of a sum that lie further apart than this many times the precision are not brought to one exponent.
FAR = 8
# To how many bits two numbers are compared.
_AGREED_BITS = 128
_new = object.__new__


def rounded(mantissa: int, exponent: int, bits: int) -> Binary:
    """Return ``mantissa * 2^exponent`` with at most ``bits`` bits."""
    extra = mantissa.bit_length() - bits
    if extra > 0:
        return ((mantissa >> extra - 1) + 1) >> 1, exponent + extra
    return mantissa, exponent


def from_fraction(number: Fraction, bits: int) -> Binary:
    """Return ``number`` rounded to ``bits`` bits; a whole number is itself, with exponent 0, as long as it fits."""
    over, under = number.as_integer_ratio()
    if under == 1:
        return rounded(over, 0, bits)
    # The body of quotient(), spared two calls: there is one for each given number.
    shift = bits + 2 + under.bit_length() - over.bit_length()
    if shift < 1:  # noqa: PLR1730 - max() would take longer than the division
        shift = 1
    mantissa = (over << shift) // under
    extra = mantissa.bit_length() - bits
    return (((mantissa >> extra - 1) + 1) >> 1, extra - shift) if extra > 0 else (mantissa, -shift)


def from_ratio(over: int, under: int, bits: int) -> Binary:
    """Return ``over / under`` in lowest terms, as by :func:`from_fraction`."""
    return rounded(over, 0, bits) if under == 1 else quotient((over, 0), (under, 0), bits)


def from_value(value: Value) -> Binary:
    """Return an mpmath number or an integer as it is.

    Raises:
        NoValueError: If it is not real and finite.
    """
    if isinstance(value, int):
        return value, 0
    if not isinstance(value, mpmath.mpf) or not mpmath.isfinite(value):
        raise NoValueError("no real finite number")
    sign, mantissa, exponent, _bits = value._mpf_
    return int(-mantissa if sign else mantissa), int(exponent)


def to_value(number: Binary) -> Value:
    """Return ``number`` as an mpmath number, with all its bits."""
    value = _new(mpmath.mpf)
    value._mpf_ = _raw(number)
    return value


def _raw(number: Binary) -> tuple[int, int, int, int]:
    """Return what mpmath's own ``from_man_exp`` gives, in half the time."""
    mantissa, exponent = number
    sign = 0
    if mantissa < 0:
        sign, mantissa = 1, -mantissa
    if not mantissa & 1:
        if not mantissa:
            return fzero  # type: ignore[no-any-return] # mpmath is not annotated
        zeros = (mantissa & -mantissa).bit_length() - 1
        mantissa >>= zeros
        exponent += zeros
    return sign, MPZ(mantissa), exponent, mantissa.bit_length()


def size(number: Binary) -> int:
    """Return the binary exponent of a number other than 0: the least power of 2 above its absolute value."""
    mantissa, exponent = number
    return mantissa.bit_length() + exponent


def quotient(first: Binary, second: Binary, bits: int) -> Binary:
    """Return ``first / second``.

    Raises:
        NoValueError: If ``second`` is 0.
    """
    over, under = first[0], second[0]
    if not under:
        raise NoValueError("division by 0")
    shift = bits + 2 + under.bit_length() - over.bit_length()
    shift = max(shift, 1)
    return rounded((over << shift) // under, first[1] - second[1] - shift, bits)


def total(terms: Iterable[Binary], bits: int) -> Binary:
    """Return the sum of ``terms``, and exactly 0 where all but half of the bits cancel.

    What is left of such a sum is rounding noise, whose sign would decide on which side of a kink a value lies. A
    sum that is truly that small comes out again with more bits.
    """
    present = [term for term in terms if term[0]]
    if len(present) < 2:
        return rounded(*present[0], bits) if present else ZERO
    sizes = [m.bit_length() + e for m, e in present]
    largest = max(sizes)
    if min(sizes) < largest - FAR * bits:
        # What is so much smaller cannot be told from noise, and must not be shifted into place.
        present = [term for term, reach in zip(present, sizes, strict=True) if reach >= largest - FAR * bits]
    exponent = min([e for _, e in present])
    mantissa = sum([m << e - exponent for m, e in present])
    if not mantissa or mantissa.bit_length() + exponent < largest - bits // 2:
        return CANCELLED
    return rounded(mantissa, exponent, bits)


def difference(first: Binary, second: Binary, bits: int) -> Binary:
    """Return ``first - second``, and 0 where they agree but for rounding noise."""
    return total((first, (-second[0], second[1])), bits)


def greater(first: Binary, second: Binary) -> bool:
    """Return whether ``first`` is greater than ``second``, to the last bit."""
    (m, e), (n, f) = first, second
    if m <= 0 <= n or n <= 0 <= m:
        return m > n
    if size(first) != size(second):
        return (size(first) > size(second)) == (m > 0)
    return m << e - f > n if e >= f else m > n << f - e


def exponential(number: Binary, bits: int) -> Binary:
    """Return e to the power ``number``; see :func:`symnet.arithmetic.real.exponential`."""
    if not _surely_bounded(number):
        real.exponential(to_value(number))
    return _binary(mpf_exp(_raw(number), bits, round_nearest))


def hyperbolic_tangent(number: Binary, bits: int) -> Binary:
    """Return tanh of ``number``; see :func:`symnet.arithmetic.real.hyperbolic_tangent`."""
    if not _surely_bounded(number):
        real.hyperbolic_tangent(to_value(number))
    return _binary(mpf_tanh(_raw(number), bits, round_nearest))


def logarithm(number: Binary, bits: int) -> Binary:
    """Return the natural logarithm of ``number``; see :func:`symnet.arithmetic.real.logarithm`."""
    if number[0] <= 0:
        real.logarithm(to_value(number))
    return _binary(mpf_log(_raw(number), bits, round_nearest))


def square_root(number: Binary, bits: int) -> Binary:
    """Return the square root of ``number``; see :func:`symnet.arithmetic.real.root`."""
    mantissa, exponent = number
    if mantissa < 0:
        real.root(to_value(number))
    # Twice as many digits under the root, and an even number of them behind the point.
    shift = max(2 * bits + 4 - mantissa.bit_length(), 0)
    shift += (exponent - shift) % 2
    return rounded(isqrt(mantissa << shift), (exponent - shift) // 2, bits)


def logarithm_of_one_plus(number: Binary, bits: int) -> Binary:
    """Return the natural logarithm of ``1 + number`` for a number between -1/2 and 1/2, with all its digits."""
    mantissa, exponent = number
    if not mantissa or size(number) < -bits:
        return number
    return logarithm((mantissa + (1 << -exponent), exponent), bits)


def agree(firsts: Iterable[Binary], seconds: Iterable[Binary], scale: int) -> bool:
    """Return whether numbers differ by at most a ``scale``-th (up to 1e30) of the second; 0 agrees with 0 alone."""
    for (m, e), (n, f) in zip(firsts, seconds, strict=True):
        if not m or not n:
            if m != n:
                return False
            continue
        top = n.bit_length() + f
        if abs(m.bit_length() + e - top) > 1:
            return False
        unit = top - _AGREED_BITS
        one = m >> unit - e if unit > e else m << e - unit
        other = n >> unit - f if unit > f else n << f - unit
        if abs(one - other) * scale > abs(other):
            return False
    return True


def _binary(raw: tuple[int, int, int, int]) -> Binary:
    sign, mantissa, exponent, _bits = raw
    return (-mantissa if sign else mantissa), exponent


def _surely_bounded(number: Binary) -> bool:
    return not number[0] or size(number) < LARGEST_EXPONENT_OF_E.bit_length()
