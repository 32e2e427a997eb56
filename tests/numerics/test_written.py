"""Numbers on paper know the digits that stand for them."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.numerics.format import Form
from symnet.numerics.paper import Written, all_in_full

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)
forms = st.builds(Form, st.integers(1, 12), st.none() | st.integers(1, 12), st.booleans(), st.just(True))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0.15", "0.15"),
        ("-2.50", "-2.5"),
        ("0", "0"),
        ("12345678", "12345678"),
        ("1e-9", "1E-9"),
        ("1/1024", "0.0009765625"),
        ("0.12345678901234567890123456789", "0.12345678901234567890123456789"),
    ],
)
def test_a_given_decimal_is_written_in_full(text, digits):
    """A given number that is a decimal keeps all its digits, however many are shown of others."""
    number = Written.in_full(Fraction(text))
    assert number.digits == Decimal(digits)
    assert str(number.digits) == digits or "E" in str(number.digits)
    assert not number.changed


@pytest.mark.parametrize("text", ["1/3", "-22/7", "1/1427247692705959881058285969449495136382746624"])
def test_what_is_no_short_decimal_stays_a_fraction(text):
    """A given number that no decimal of 50 digits is, is written as a fraction."""
    assert Written.in_full(Fraction(text)).digits == Fraction(text)


@given(fractions)
def test_a_given_number_is_itself(fraction):
    """Written down or not, a given number has its value, to far more digits than are shown."""
    number = Written.in_full(fraction)
    assert number.fraction == fraction
    with mpmath.workdps(60):
        assert (
            abs(number - mpmath.mpf(fraction.numerator) / fraction.denominator) <= abs(number) * mpmath.mpf(10) ** -58
        )


@given(fractions, forms)
def test_a_result_says_whether_it_was_changed(fraction, form):
    """A result is changed by rounding, or it is the very number; it is what its digits say."""
    with mpmath.workdps(60):
        result = Written.result(mpmath.mpf(fraction.numerator) / fraction.denominator, form, [])
    assert result.changed == (result.fraction != fraction)
    assert Fraction(result.digits) == result.fraction


@pytest.mark.parametrize(
    ("value", "put_in", "digits"),
    [
        ("1.5", ["0.7500"], "1.5000"),
        ("1.5", ["0.75"], "1.5"),
        ("0", ["0.7500"], "0"),
        ("3", ["0.7500"], "3"),
        ("0.99999", ["0.5"], "1.0000"),
    ],
)
def test_zeros_of_results(value, put_in, digits):
    """A result has all its places where a number put in has them, unless it is a whole number."""
    numbers = [Written.of(Decimal(number)) for number in put_in]
    with mpmath.workdps(60):
        assert str(Written.result(mpmath.mpf(value), Form(4), numbers).digits) == digits


def test_calculating_leaves_paper():
    """What comes of a written number by calculation is a number like any other, until it is written down."""
    number = Written.in_full(Fraction(1, 4))
    assert not isinstance(number * 2, Written)
    assert number * 2 == mpmath.mpf("0.5")


def test_all_given_numbers():
    """Numbers by symbol are written down one by one."""
    found = all_in_full({"x": Fraction(1, 2), "y": Fraction(1, 3)})
    assert [number.digits for number in found.values()] == [Decimal("0.5"), Fraction(1, 3)]
