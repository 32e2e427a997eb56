"""Numbers of a calculation on paper, which know the digits that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction

import mpmath
from sympy import Symbol

from symnet.numbers.binary import from_ratio, to_value
from symnet.numbers.digits import Form, padded, rounded, without_zeros
from symnet.numbers.reals import Value

# Bits, some 60 digits, with which a number on paper goes into formulas.
_BITS = 200
# Digits of a given number up to which it is written as a decimal rather than as a fraction.
_MOST_DIGITS = 50
_EXACT = Context(prec=2 * _MOST_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)


class Written(mpmath.mpf):  # type: ignore[misc] # mpmath is not annotated
    """A number as it stands on paper, and goes into every formula from there on.

    Attributes:
        digits: The number itself: a decimal with all the zeros that are written, or a fraction that is no decimal.
        changed: Whether rounding has made it of another number.
    """

    __slots__ = ("changed", "digits")

    digits: Decimal | Fraction
    changed: bool

    @classmethod
    def of(cls, digits: Decimal | Fraction, changed: bool = False) -> Written:
        """Return the number with these digits."""
        number: Written = object.__new__(cls)
        number._mpf_ = to_value(from_ratio(*digits.as_integer_ratio(), _BITS))._mpf_
        number.digits, number.changed = digits, changed
        return number

    @classmethod
    def given(cls, number: Fraction) -> Written:
        """Return a given number as it is, in full."""
        decimal = _decimal(number)
        return cls.of(number if decimal is None else decimal)

    @classmethod
    def result(cls, value: Value, form: Form, put_in: Iterable[Value]) -> Written:
        """Return what a line comes to, rounded.

        Args:
            value: What it comes to.
            form: How it is rounded.
            put_in: The numbers put into the line. Where one has all its digits, so has a result that is not whole.
        """
        digits, exact = rounded(value, form)
        if exact and digits.as_tuple().exponent and any(_is_full(number, form) for number in put_in):
            digits = padded(digits, form)
        return cls.of(digits, not exact)

    @property
    def fraction(self) -> Fraction:
        """The number as a fraction."""
        return Fraction(self.digits)


def all_given(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, Written]:
    """Return given numbers as they are, in full."""
    return {symbol: Written.given(number) for symbol, number in numbers.items()}


def _is_full(number: Value, form: Form) -> bool:
    digits = number.digits if isinstance(number, Written) else None
    return isinstance(digits, Decimal) and form.is_full(digits)


def _decimal(number: Fraction) -> Decimal | None:
    """Return a number as a decimal; None if it is no decimal, or a long one."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    whole = number.numerator * 10**places // number.denominator
    if rest != 1 or len(str(abs(whole)).rstrip("0")) > _MOST_DIGITS:
        return None
    return without_zeros(Decimal(whole).scaleb(-places, _EXACT))
