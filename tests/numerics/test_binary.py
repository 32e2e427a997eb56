"""Numbers as mantissa and exponent: as exact as their bits, and nothing is ever infinite or undefined."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.arithmetic.light import (
    CANCELLED,
    ONE,
    ZERO,
    agree,
    difference,
    exponential,
    from_fraction,
    from_value,
    greater,
    hyperbolic_tangent,
    logarithm,
    logarithm_of_one_plus,
    quotient,
    rounded,
    size,
    square_root,
    to_value,
    total,
)
from symnet.arithmetic.real import NoValueError
from symnet.numerics.exact import products

BITS = 120
numbers = st.tuples(st.integers(-(2**200), 2**200), st.integers(-300, 300))
others = numbers.filter(lambda number: number[0] != 0)
precisions = st.integers(10, 250)


def exact(number):
    """Return a number as a fraction."""
    return number[0] * Fraction(2) ** number[1]


def close(found, expected, bits=BITS):
    """Return whether a number is within one unit in the last place of a fraction."""
    return abs(exact(found) - expected) <= abs(expected) * Fraction(2) ** (1 - bits)


@given(numbers, precisions)
def test_rounding_is_to_the_nearest(number, bits):
    """A rounded number has at most so many bits, or is a power of two, and is within half of the last one."""
    found = rounded(*number, bits)
    assert abs(found[0]) <= 2**bits
    assert abs(exact(found) - exact(number)) <= abs(exact(number)) * Fraction(2) ** -bits


@given(st.fractions(), precisions)
def test_a_fraction_is_rounded_to_the_nearest(fraction, bits):
    """A fraction is off by at most half of the last bit, and a whole number that fits is itself."""
    assert abs(exact(from_fraction(fraction, bits)) - fraction) <= abs(fraction) * Fraction(2) ** -bits
    if fraction.denominator == 1 and abs(fraction) < 2**bits:
        assert from_fraction(fraction, bits) == (fraction.numerator, 0)


@given(numbers)
def test_a_number_comes_back_from_mpmath(number):
    """The way to mpmath and back loses nothing."""
    assert exact(from_value(to_value(number))) == exact(number)


@pytest.mark.parametrize("value", [mpmath.inf, mpmath.nan, -mpmath.inf, mpmath.mpc(1, 1)])
def test_what_is_no_real_number_is_refused(value):
    """Infinities, undefined and complex numbers have no place here."""
    with pytest.raises(NoValueError):
        from_value(value)
    assert from_value(7) == (7, 0)


@given(numbers, numbers)
def test_products(first, second):
    """A product is right to the last bit."""
    slots = [BITS, None, first, second]
    products([(1, 2, 3)])(slots)
    assert close(slots[1], exact(first) * exact(second))


@given(numbers, others)
def test_quotients(first, second):
    """A quotient is right to the last bit."""
    assert close(quotient(first, second, BITS), exact(first) / exact(second))


def test_a_division_by_zero_has_no_value():
    """Whatever the exponent of a 0, nothing is divided by it."""
    with pytest.raises(NoValueError, match="division by 0"):
        quotient(ONE, (0, 5), BITS)


@given(st.lists(numbers, max_size=6))
def test_sums_are_right_or_cancelled(terms):
    """A sum is right to the last bit, and 0 only where more than half of the bits cancel."""
    found, expected = total(terms, BITS), sum(map(exact, terms), Fraction(0))
    largest = max((abs(exact(term)) for term in terms), default=Fraction(0))
    if found[0]:
        assert close(found, expected)
    else:
        assert abs(expected) <= largest * Fraction(2) ** (1 - BITS // 2)


@given(others, st.integers(1, 10**6))
def test_what_cancels_but_for_noise_is_zero(number, noise):
    """The difference of two numbers that agree but for their last bits is exactly 0, and known to have cancelled."""
    mantissa, exponent = rounded(*number, BITS)
    other = ((mantissa << BITS) + noise, exponent - BITS)
    assert difference((mantissa, exponent), other, BITS) == CANCELLED


def test_numbers_far_apart_are_not_shifted_into_place():
    """A sum over sizes from 1e-1000000000000 to 1e1000000000000 is at once the largest."""
    far = 3 * 10**12
    assert exact(difference(total([(3, far), ONE, (5, -far)], BITS), (3, far), BITS)) == 0
    assert total([(3, -far), (-3, -far), ONE], BITS) == ONE


@given(st.integers(-(2**100), 2**100), st.integers(-110, -90))
def test_functions_agree_with_mpmath(mantissa, exponent):
    """Exponential, hyperbolic tangent, logarithms and root are those of mpmath with more digits."""
    number = (mantissa, exponent)
    with mpmath.workprec(4 * BITS):
        x = to_value(number)
        cases = [(exponential, mpmath.exp(x)), (hyperbolic_tangent, mpmath.tanh(x))]
        if mantissa > 0:
            cases += [(logarithm, mpmath.log(x)), (square_root, mpmath.sqrt(x))]
        if 2 * abs(x) < 1:
            cases.append((logarithm_of_one_plus, mpmath.log1p(x)))
        for function, expected in cases:
            found = to_value(function(number, BITS))
            assert abs(found - expected) <= abs(expected) * mpmath.mpf(2) ** (2 - BITS), function


@pytest.mark.parametrize(
    ("function", "number", "reason"),
    [
        (logarithm, ZERO, "the logarithm of 0"),
        (logarithm, (-1, -5), "the logarithm of a negative number"),
        (square_root, (-1, 4), "the square root of a negative number"),
        (exponential, (1, 60), "e to the power 1.15e"),
        (exponential, (-1, 60), "e to the power -1.15e"),
        (hyperbolic_tangent, (1, 60), "tanh of 1.15e"),
    ],
)
def test_where_there_is_no_value(function, number, reason):
    """Outside of its domain a function says so in the same words as everywhere."""
    with pytest.raises(NoValueError, match=reason):
        function(number, BITS)


@pytest.mark.parametrize("exponent", [-200, -1000, -(10**9)])
def test_the_logarithm_of_one_and_very_little_is_the_little(exponent):
    """However small a number, the logarithm of one and the number is not rounded to 0."""
    assert logarithm_of_one_plus((3, exponent), BITS) == (3, exponent)


@given(others, st.integers(0, 30))
def test_agreement_is_relative(number, digits):
    """Two numbers agree if they differ by less than the share asked for, whatever their size."""
    mantissa, exponent = number[0] << 200, number[1]
    scale = 10**digits
    one = [(mantissa, exponent)]
    assert agree([(mantissa + mantissa // (2 * scale), exponent)], one, scale)
    assert not agree([(mantissa + 2 * mantissa // scale, exponent)], one, scale)
    assert not agree([(-mantissa, exponent)], one, scale) or scale == 1


@given(numbers, numbers)
def test_comparison_is_exact(first, second):
    """One number is greater than another if it is, however near they are and however far apart."""
    for one, other in ((first, second), (first, (first[0] << 40, first[1] - 40)), (first, (first[0] + 1, first[1]))):
        assert greater(one, other) == (exact(one) > exact(other))
        assert greater(other, one) == (exact(other) > exact(one))


def test_far_numbers_are_compared_at_once():
    """Sizes from 1e-1000000000000 to 1e1000000000000 are compared without being written out."""
    assert greater((1, 3 * 10**12), (1, -3 * 10**12))
    assert greater((-1, -3 * 10**12), (-1, 3 * 10**12))
    assert not greater((-1, 3 * 10**12), (1, -3 * 10**12))


@given(others)
def test_zero_agrees_with_zero_alone(number):
    """No number is so small that it agrees with 0."""
    assert agree([(0, 7)], [ZERO], 10)
    assert not agree([number], [ZERO], 10)
    assert not agree([ZERO], [number], 10)


@given(others)
def test_the_size_is_the_power_of_two_above(number):
    """A number lies below two to the power of its size, and not below half of that."""
    assert Fraction(2) ** (size(number) - 1) <= abs(exact(number)) < Fraction(2) ** size(number)
