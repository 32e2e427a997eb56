"""Arithmetic as on paper: the exact one, but that each number which a sheet shows is rounded as it is shown."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

from symnet.numbers.arithmetic import Arithmetic, Slots, Work
from symnet.numbers.binary import Binary, from_ratio, to_value
from symnet.numbers.digits import Form
from symnet.numbers.exact import TABLE, is_beyond, products, sign
from symnet.numbers.program import BITS, Operation, Primitive
from symnet.numbers.written import Written


class OnPaper(tuple[int, int]):
    """A binary number that stands on paper.

    Attributes:
        written: The number as it is written there.
    """

    written: Written

    @classmethod
    def of(cls, written: Written, bits: int) -> OnPaper:
        """Return the number that goes into formulas for one that is written."""
        number = cls(from_ratio(*written.digits.as_integer_ratio(), bits))
        number.written = written
        return number


def given(number: Fraction, bits: int) -> OnPaper:
    """Return a given number, which stands there in full."""
    return OnPaper.of(Written.given(number), bits)


def paper(form: Form) -> Arithmetic:
    """Return the arithmetic in which numbers are rounded like this."""

    def shown(operation: Operation) -> Work:
        place, *put_in = operation.arguments

        def work(slots: Slots) -> Binary:
            numbers = (getattr(slots[other], "written", None) for other in put_in)
            return OnPaper.of(Written.result(to_value(slots[place]), form, numbers), slots[BITS])

        return work

    return Arithmetic(MappingProxyType({**TABLE, Primitive.SHOWN: shown}), given, sign, compare, is_beyond, products)


def compare(first: OnPaper, second: OnPaper, _bits: int) -> int:
    """Return the sign of the difference of two numbers."""
    one, other = first.written.fraction, second.written.fraction
    return (one > other) - (one < other)
