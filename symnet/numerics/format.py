"""Numbers as they are written: all digits for machines, rounded for people."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import mpmath

from symnet.arithmetic.real import Value

if TYPE_CHECKING:
    from symnet.description.data import Numbers

# Significant digits of a value in JSON, where at least 15 are promised.
SIGNIFICANT = 20
# Digits beyond those asked for to which a value is rounded first: so what lies half way between two numbers but for
# the noise in its last bits is taken to lie exactly there.
_BEYOND = 5
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)
_HALF_UP = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_UP)
_POWER = Decimal(1)
_FIXED = range(-6, 21)
# The exponents of the first digit of a number that is very long, of one that is short, and of the smallest that is
# written without a power of ten where significant digits are counted.
_LONG, _SHORT, _TINY = 7, 3, -4
# Up to this binary exponent the power of ten by which a number is scaled is worked out whole.
_NEAR = 4000
# log 2 to base 10, as a fraction: over all binary exponents up to that one no power of 2 is mistaken.
_LOG_TWO = (301_029_995_663_981, 10**15)


def to_decimal(value: Value, digits: int = SIGNIFICANT) -> Decimal:
    """Return ``value`` rounded to ``digits`` significant digits."""
    whole, exponent = _leading(value, digits + _BEYOND)
    return _context(digits).create_decimal(f"{whole}E{exponent}")


@lru_cache(maxsize=64)
def _context(digits: int) -> Context:
    return Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)


@lru_cache(maxsize=4096)
def _unit(exponent: int) -> Decimal:
    """Return the power of ten to which numbers are rounded."""
    return _POWER.scaleb(exponent, _EXACT)


def decimal_text(value: Value) -> str:
    """Return ``value`` as a decimal string with :data:`SIGNIFICANT` significant digits, without trailing zeros."""
    whole, exponent = _leading(value, SIGNIFICANT + _BEYOND)
    if not whole:
        return "0"
    half = 10**_BEYOND // 2
    number, rest = divmod(abs(whole), 2 * half)
    if rest > half or (rest == half and number % 2):
        number += 1
    text = str(number)
    adjusted = len(text) - 1 + exponent + _BEYOND
    text = text.rstrip("0")
    sign = "-" if whole < 0 else ""
    if adjusted not in _FIXED:
        return f"{sign}{_with_point(text, 1)}E{adjusted:+d}"
    return sign + (_with_point(text, adjusted + 1) if adjusted >= 0 else f"0.{'0' * (-1 - adjusted)}{text}")


def _with_point(digits: str, place: int) -> str:
    """Return ``digits`` with a point after so many of them, if any follow."""
    return f"{digits[:place]}.{digits[place:]}" if len(digits) > place else digits.ljust(place, "0")


def _leading(value: Value, digits: int) -> tuple[int, int]:
    """Return ``value`` rounded to so many digits: a whole number, and the exponent of the power of ten behind it."""
    sign, mantissa, exponent, bits = value._mpf_
    size = exponent + bits
    if not mantissa:
        return 0, 0
    if abs(size) > _NEAR or bits > _NEAR:
        with mpmath.workdps(digits + _BEYOND):
            number = Decimal(mpmath.nstr(+value, digits, min_fixed=0, max_fixed=0)).as_tuple()
        text = "".join(map(str, number.digits)).ljust(digits, "0")
        exponent = int(number.exponent) - (digits - len(number.digits))
        return (-int(text) if sign else int(text)), exponent
    # By the power of 2 below it, the number has so many digits before its point, or one more.
    over, under = _LOG_TWO
    power = digits - 1 - (size - 1) * over // under
    whole = _scaled(mantissa, exponent, power)
    if whole >= _power_of_ten(digits):
        power -= 1
        whole = _scaled(mantissa, exponent, power)
    return (-whole if sign else whole), -power


def _scaled(mantissa: int, exponent: int, power: int) -> int:
    """Return ``mantissa * 2^exponent * 10^power`` as a whole number, halves rounded up."""
    over = mantissa * _power_of_ten(power) if power > 0 else mantissa
    under = _power_of_ten(-power) if power < 0 else 1
    if exponent >= 0:
        return ((over << exponent + 1) + under) // (2 * under)
    if under == 1:
        return ((over >> -exponent - 1) + 1) >> 1
    return ((over << 1) + (under << -exponent)) // (under << 1 - exponent)


@lru_cache(maxsize=4096)
def _power_of_ten(exponent: int) -> int:
    power: int = 10**exponent
    return power


class Form(NamedTuple):
    """How numbers are rounded for people.

    Attributes:
        decimals: To how many decimals.
        significant: To how many significant digits instead; None for decimals.
        half_up: Whether halves are rounded up, away from 0, or else to the even digit.
        paper: Whether what is shown is also what is used from there on.
    """

    decimals: int = 6
    significant: int | None = None
    half_up: bool = False
    paper: bool = False

    @classmethod
    def of(cls, numbers: Numbers) -> Form:
        """Return what a description says of its numbers."""
        return cls(numbers.decimals, numbers.significant, numbers.half_up, numbers.arithmetic == "paper")

    def last(self, number: Decimal) -> int:
        """Return the exponent of the power of ten to which a number of this size is rounded.

        A number that would lose most of its decimals so, or that is very long, keeps two decimals fewer behind its
        first digit.
        """
        size = number.adjusted()
        by_decimals = self.significant is None and self._smallest <= size < _LONG
        return -self.decimals if by_decimals else size + 1 - self.last_digits

    @property
    def last_digits(self) -> int:
        """How many digits are left of a number that is rounded to digits, not to decimals."""
        return max(self.decimals - 1, 2) if self.significant is None else self.significant

    def finer(self, digits: int) -> Form:
        """Return a form that shows so many digits more."""
        significant = None if self.significant is None else self.significant + digits
        return self._replace(decimals=self.decimals + digits, significant=significant)

    def is_full(self, number: Decimal) -> bool:
        """Return whether a number is written with all the digits that rounding leaves."""
        return int(number.as_tuple().exponent) <= self.last(number)

    def is_plain(self, number: Decimal) -> bool:
        """Return whether a number is written without a power of ten, with just these digits."""
        size, last = number.adjusted(), int(number.as_tuple().exponent)
        if self.significant is not None:
            # Zeros that stand for digits rounded off are told from others by the power of ten.
            return _TINY <= size < _LONG and (last <= 0 or size < _SHORT)
        return size < _LONG and (size >= self._smallest or last >= -self.decimals)

    @property
    def _smallest(self) -> int:
        """The exponent of the first digit down to which decimals are enough."""
        return -max(1, self.decimals // 2)


class Shown(NamedTuple):
    """A number as it stands on a sheet.

    Attributes:
        text: Its digits without a sign.
        negative: Whether a minus sign stands before them.
        exponent: The power of ten that follows, or None.
        exact: Whether it is the number itself, not rounded.
    """

    text: str
    negative: bool
    exponent: int | None
    exact: bool


def rounded(value: Value, form: Form) -> tuple[Decimal, bool]:
    """Return ``value`` rounded with the digits to be written, and whether it is so exactly.

    What needs no rounding has no trailing zeros. No number but 0 is rounded to 0.
    """
    number = to_decimal(value, 50)
    context = _HALF_UP if form.half_up else _EXACT
    near = number.quantize(_unit(form.last(number)), context=context)
    if near == number:
        return without_zeros(number), True
    if near.adjusted() > number.adjusted():
        near = number.quantize(_unit(form.last(near)), context=context)
    return near, False


def without_zeros(number: Decimal) -> Decimal:
    """Return a decimal without trailing zeros behind the point; those of a long whole number go too."""
    bare = number.normalize(_EXACT)
    whole = int(bare.as_tuple().exponent) > 0 and bare.adjusted() < _LONG
    return bare.quantize(_POWER, context=_EXACT) if whole else bare


def padded(number: Decimal, form: Form) -> Decimal:
    """Return a decimal with the zeros that fill it up to as many digits as rounding leaves."""
    last = form.last(number) if form.significant is not None else -form.decimals
    if int(number.as_tuple().exponent) <= last or number.adjusted() >= _LONG:
        return number
    return number.quantize(_unit(last), context=_EXACT)


def notation(number: Decimal, form: Form, exact: bool = True) -> Shown:
    """Return a decimal as one would write it, with just the digits that it has."""
    size = number.copy_abs()
    exponent = None if form.is_plain(size) else size.adjusted()
    text = format(size if exponent is None else size.scaleb(-exponent, _EXACT), "f")
    return Shown(text, bool(number < 0), exponent, exact)


def shown(value: Value, form: Form) -> Shown:
    """Return ``value`` rounded, as one would write it."""
    number, exact = rounded(value, form)
    return notation(number, form, exact)
