"""Slips in writing a number down, which other lines may follow from."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.marking.records import Figures
from symnet.marking.slips import EXCHANGED, MISCOPIED, SHIFTED, slip_of


def typed(text):
    """Return a number as it was written."""
    return Figures(Fraction(text), Fraction(1, 10 ** len(text.partition(".")[2])))


@pytest.mark.parametrize(
    ("text", "true", "expected"),
    [
        ("0.6458", "0.64849", EXCHANGED),
        ("0.6845", "0.6485", EXCHANGED),
        ("6.485", "0.6485", SHIFTED),
        ("0.06485", "0.6485", SHIFTED),
        ("0.6585", "0.6485", MISCOPIED),
        ("-0.6458", "0.6485", None),
        ("0.5468", "0.6485", None),
        ("0.8465", "0.6485", None),
        ("0.6595", "0.6485", None),
        ("648.5", "0.6485", None),
        ("0.6485", "0.6485", None),
        ("0", "0.6485", None),
        ("0.46", "0.64", None),
        ("2.000", "1.000", None),
        ("1.300", "1.200", None),
        ("1.350", "1.250", MISCOPIED),
        ("2.003", "2.000", MISCOPIED),
    ],
)
def test_what_is_a_slip(text, true, expected):
    """Neighbouring digits exchanged, one digit another, or the point shifted; nothing else, and no short number."""
    assert slip_of(typed(text), mpmath.mpf(true)) == expected


@given(st.integers(1000, 9999), st.integers(0, 3))
def test_exchanging_two_digits_is_a_slip_and_back(number, place):
    """Whatever two neighbouring digits are exchanged, the one number is a slip away from the other."""
    digits = list(str(number))
    place = min(place, 2)
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    other = "".join(digits)
    if other[0] != "0" and other != str(number):
        assert slip_of(typed(f"0.{other}"), mpmath.mpf(number) / 10_000) == EXCHANGED
        assert slip_of(typed(f"0.{number}"), mpmath.mpf(int(other)) / 10_000) == EXCHANGED
