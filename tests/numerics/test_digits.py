"""Numbers as they are written: all digits for machines, rounded for people."""

import re
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from symnet.numerics.format import SIGNIFICANT, Form, decimal_text, notation, padded, rounded, shown, to_decimal

PLAIN = re.compile(r"-?\d+(\.\d+)?(E[+-]\d+)?")
fractions = st.builds(
    lambda top, under, power: Fraction(top, under) * Fraction(10) ** power,
    st.integers(-(10**30), 10**30),
    st.integers(1, 10**12),
    st.integers(-400, 400),
)
decimals = st.integers(1, 12)


def real(fraction, digits=80):
    """Return a fraction as an mpmath number of so many digits."""
    with mpmath.workdps(digits):
        return mpf(fraction.numerator) / fraction.denominator


def written(form):
    """Return the number that is shown, as a fraction."""
    size = Fraction(form.text) * Fraction(10) ** (form.exponent or 0)
    return -size if form.negative else size


@given(fractions)
def test_a_decimal_text_is_a_number_with_all_its_digits(fraction):
    """A value comes back from its text to 20 significant digits, whatever its size."""
    text = decimal_text(real(fraction))
    assert PLAIN.fullmatch(text)
    error = abs(Fraction(text) - fraction)
    assert error <= abs(fraction) * Fraction(6, 10**SIGNIFICANT)


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_a_decimal_text_gives_the_float_back(number):
    """Every float64 comes back from its text: 20 digits are more than 15."""
    assert float(decimal_text(mpf(number))) == number


@given(fractions)
def test_a_decimal_text_has_no_needless_zeros(fraction):
    """There are no trailing zeros behind the point, no lone sign, and 0 is 0."""
    text = decimal_text(real(fraction))
    mantissa = text.split("E")[0]
    assert "." not in mantissa or not mantissa.endswith("0")
    assert len(Decimal(text).normalize().as_tuple().digits) <= SIGNIFICANT
    assert (text == "0") == (fraction == 0)
    assert not text.startswith("-0E")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("0.345105", "0.345105"),
        ("100", "100"),
        ("-2.5", "-2.5"),
        ("1e-6", "0.000001"),
        ("1e-7", "1E-7"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1E+21"),
        ("-1.25e-300", "-1.25E-300"),
        ("1e-100000", "1E-100000"),
    ],
)
def test_decimal_texts(value, text):
    """Short numbers are written out, and very large and small ones with a power of ten."""
    with mpmath.workdps(50):
        assert decimal_text(mpf(value)) == text


def test_a_third_has_twenty_digits():
    """What has no end is rounded to 20 significant digits."""
    assert decimal_text(real(Fraction(2, 3))) == "0." + "6" * 19 + "7"


@given(fractions)
def test_a_decimal_text_is_the_decimal(fraction):
    """The text is that of the decimal with as many digits."""
    value = real(fraction)
    assert Decimal(decimal_text(value)) == to_decimal(value)


@given(st.integers(10 ** (SIGNIFICANT - 1), 10**SIGNIFICANT - 1), st.integers(-60, 60))
def test_a_decimal_text_rounds_half_to_even(digits, power):
    """A number half way between two texts gets the even one, though in binary it is a little above or below."""
    text = decimal_text(real(Fraction(10 * digits + 5) * Fraction(10) ** power))
    assert Fraction(text) == (digits + digits % 2) * Fraction(10) ** (power + 1)


@pytest.mark.parametrize("power", [-(10**6), -5000, 5000, 10**6])
def test_no_size_becomes_inf_or_zero(power):
    """Numbers far beyond float64 keep their size."""
    with mpmath.workdps(60):
        text = decimal_text(mpmath.exp(power))
    assert PLAIN.fullmatch(text)
    assert Decimal(text).is_finite()
    assert Decimal(text) != 0


@given(fractions, st.integers(1, 40))
def test_to_decimal_rounds_to_so_many_digits(fraction, digits):
    """A decimal has at most the digits asked for and is within half of its last one."""
    number = to_decimal(real(fraction), digits)
    assert len(number.as_tuple().digits) <= digits
    if fraction:
        assert abs(Fraction(number) - fraction) * 2 <= Fraction(10) ** (number.adjusted() - digits + 1) * Fraction(
            1001, 1000
        )


@given(fractions, decimals)
def test_what_is_shown_is_close(fraction, places):
    """What is shown is within half of its last digit, and is called exact if and only if it is the number."""
    form = shown(real(fraction), Form(places))
    last = Fraction(10) ** (-(max(places - 2, 1) if form.exponent is not None else places) + (form.exponent or 0))
    assert abs(written(form) - fraction) <= last / 2 * Fraction(1001, 1000)
    assert not form.exact or abs(written(form) - fraction) <= abs(fraction) * Fraction(1, 10**49)


@given(st.integers(-(10**6), 10**6), st.integers(1, 8))
def test_what_needs_no_rounding_is_exact(whole, places):
    """A number that has no more decimals than are shown is shown as it is, without trailing zeros."""
    value = Fraction(whole, 10**places)
    form = shown(real(value), Form(max(places, 6) + 2))
    assert written(form) == value
    assert form.exact
    assert "." not in form.text or not form.text.endswith("0")


@given(fractions, decimals)
def test_a_sign_is_never_shown_in_the_digits(fraction, places):
    """The sign stands apart: the digits are digits, and only what is below 0 is negative."""
    form = shown(real(fraction), Form(places))
    assert re.fullmatch(r"\d+(\.\d+)?", form.text)
    assert form.negative == (fraction < 0)


@given(fractions, decimals)
def test_turning_the_sign_turns_only_the_sign(fraction, places):
    """A number and its opposite have the same digits."""
    form, other = shown(real(fraction), Form(places)), shown(real(-fraction), Form(places))
    assert (form.text, form.exponent, form.exact) == (other.text, other.exponent, other.exact)


@pytest.mark.parametrize(
    ("value", "places", "text", "exact"),
    [
        ("0.345105", 4, "0.3451", False),
        ("0.5", 4, "0.5", True),
        ("0.5", 1, "0.5", True),
        ("1.25", 1, "1.2", False),
        ("1.35", 1, "1.4", False),
        ("2.5", 1, "2.5", True),
        ("0.125", 2, "0.12", False),
        ("0.375", 2, "0.38", False),
        ("0.99996", 4, "1.0000", False),
        ("0.0099996", 4, "0.0100", False),
        ("0", 4, "0", True),
        ("1234567", 2, "1234567", True),
        ("3", 4, "3", True),
    ],
)
def test_rounding_half_to_even(value, places, text, exact):
    """Halves go to the even digit, rounded numbers keep their zeros, and exact ones have none."""
    with mpmath.workdps(50):
        form = shown(mpf(value), Form(places))
    assert (form.text, form.exponent, form.exact) == (text, None, exact)


@pytest.mark.parametrize(
    ("value", "places", "text", "exponent"),
    [
        ("0.0012345", 4, "1.23", -3),
        ("9999999.99999", 4, "1.00", 7),
        ("12345678", 4, "1.23", 7),
        ("1e-20", 4, "1", -20),
        ("9.996e-9", 4, "1.00", -8),
        ("-1.5e-300", 3, "1.5", -300),
    ],
)
def test_a_power_of_ten(value, places, text, exponent):
    """What would lose most of its digits, or is very long, is written with a power of ten and two decimals fewer."""
    with mpmath.workdps(50):
        form = shown(mpf(value), Form(places))
    assert (form.text, form.exponent) == (text, exponent)


@given(fractions, decimals)
def test_the_digit_before_the_power_of_ten_is_one(fraction, places):
    """With a power of ten there is one digit before the point, and it is not 0."""
    form = shown(real(fraction), Form(places))
    if form.exponent is not None:
        assert re.fullmatch(r"[1-9](\.\d+)?", form.text)


forms = st.builds(Form, decimals, st.none() | decimals, st.booleans())


@given(fractions, forms)
def test_a_rounded_number_stays_as_it_is(fraction, form):
    """Rounding a rounded number changes nothing, and it is written alike; no number but 0 is rounded to 0."""
    number, exact = rounded(real(fraction), form)
    again, unchanged = rounded(real(Fraction(number)), form)
    assert again == number
    assert unchanged
    assert notation(number, form, exact) == shown(real(fraction), form)
    assert (number == 0) == (fraction == 0)


@given(fractions, st.integers(1, 12), st.booleans())
def test_significant_digits(fraction, count, half_up):
    """As many significant digits are left as are asked for, and what is rounded is within half of the last one."""
    form = Form(significant=count, half_up=half_up)
    number, exact = rounded(real(fraction), form)
    assert len(number.normalize().as_tuple().digits) <= count
    assert abs(Fraction(number) - fraction) * 2 <= Fraction(10) ** (number.adjusted() - count + 1) * Fraction(
        1001, 1000
    )
    # A power of ten is reached from below with one digit more.
    assert exact or len(number.as_tuple().digits) == count


@pytest.mark.parametrize(
    ("value", "count", "text", "exponent"),
    [
        ("0.345105", 4, "0.3451", None),
        ("12.3456", 4, "12.35", None),
        ("123456", 4, "1.235", 5),
        ("123000", 4, "123000", None),
        ("0.00012345", 3, "0.000123", None),
        ("0.000012345", 3, "1.23", -5),
        ("12.3", 1, "10", None),
        ("0.99996", 4, "1.000", None),
        ("1234", 3, "1.23", 3),
        ("0", 3, "0", None),
    ],
)
def test_texts_of_significant_digits(value, count, text, exponent):
    """Digits that are rounded off are no zeros; very small numbers have a power of ten."""
    with mpmath.workdps(50):
        form = shown(mpf(value), Form(significant=count))
    assert (form.text, form.exponent) == (text, exponent)


@pytest.mark.parametrize(
    ("value", "up", "even"),
    [("0.125", "0.13", "0.12"), ("-0.125", "0.13", "0.12"), ("0.375", "0.38", "0.38"), ("2.675", "2.68", "2.68")],
)
def test_halves(value, up, even):
    """Halves go up, away from 0, or to the even digit."""
    with mpmath.workdps(50):
        forms = [shown(mpf(value), Form(2, half_up=half_up)) for half_up in (True, False)]
    assert [form.text for form in forms] == [up, even]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        ("0.5", Form(4), "0.5000"),
        ("0.34515", Form(4), "0.34515"),
        ("12345678.5", Form(4), "12345678.5"),
        ("0.5", Form(significant=3), "0.500"),
        ("12.5", Form(significant=3), "12.5"),
    ],
)
def test_padding(number, form, text):
    """Zeros fill a number up to the digits that rounding leaves, and never change it."""
    found = padded(Decimal(number), form)
    assert str(found) == text
    assert found == Decimal(number)
