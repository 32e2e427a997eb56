"""The value of an expression at numbers: exact conventions, no digits lost, and no value where there is none."""

import mpmath
import pytest
from effort import calls, memory
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Integer, Pow, Rational, S, Symbol, log, symbols

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    SAMPLES,
    Applied,
    Branch,
    Chain,
    PathSum,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
    difference,
    negative,
)
from symnet.numerics.direct import NoValueError, numeric
from symnet.parsing.formula import read

x, y, z = symbols("x y z")
numbers = st.fractions(min_value=-3, max_value=3, max_denominator=40)


def real(number):
    """Return a fraction as an mpmath number."""
    return mpmath.mpf(number.numerator) / number.denominator


def at(text, **values):
    """Return the value of an expression at decimal numbers, with 50 digits."""
    with mpmath.workdps(50):
        return numeric(read(text, values), {Symbol(name): mpmath.mpf(value) for name, value in values.items()})


@pytest.mark.parametrize("name", FUNCTIONS)
@given(number=numbers, other=numbers)
def test_functions_have_the_values_of_sympy(name, number, other):
    """Each function's number is that of the ordinary SymPy expression, or there is none in the reals."""
    arguments = [x, y][: FUNCTIONS[name].least]
    with mpmath.workdps(50):
        expected = Applied(name, *arguments).doit().subs({x: Rational(number), y: Rational(other)}).evalf(40)
        try:
            found = numeric(Applied(name, *arguments), {x: real(number), y: real(other)})
        except NoValueError:
            assert not expected.is_finite or not expected.is_extended_real
        else:
            assert expected.is_finite
            assert abs(found - mpmath.mpf(str(expected))) < mpmath.mpf(10) ** -35 * (1 + abs(found))


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("ln(x)", "0", "the logarithm of 0"),
        ("ln(x)", "-1", "the logarithm of a negative number"),
        ("log2(x)", "-1", "the logarithm of a negative number"),
        ("log10(x)", "0", "the logarithm of 0"),
        ("ln(1 + x)", "-1", "the logarithm of 0"),
        ("ln(1 + x)", "-3", "the logarithm of a negative number"),
        ("sqrt(x)", "-1", "the square root of a negative number"),
        ("x^0.5", "-4", "a negative number to the power 0.5"),
        ("x^-1", "0", "division by 0"),
        ("1/x", "0", "division by 0"),
        ("exp(x)", "1e16", "e to the power 1.0e+16"),
        ("sinh(x)", "-1e16", "sinh of -1.0e+16"),
        ("cosh(x)", "1e16", "cosh of 1.0e+16"),
        ("tanh(x)", "1e16", "tanh of 1.0e+16"),
        ("sin(exp(x))", "1e4", "the sine of"),
        ("x^(10^48)", "2", "2.0 to the power 1.0e+48"),
        ("x^(-y)", "2", "2.0 to the power -1.0e+40"),
        ("(1 + x)^y", "1e-20", "to the power 1.0e+40"),
    ],
)
def test_no_value(text, value, reason):
    """Where there is no real finite value, or one beyond all bounds, it says why, before any enormous number."""
    text = text.replace("10^48", "y*1e8")

    def refused():
        with pytest.raises(NoValueError, match=reason.replace("+", r"\+")):
            at(text, x=value, y="1e40")

    assert calls(refused) < 50_000
    assert memory(refused) < 1_000_000


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("x^0", "0", 1),
        ("x^2", "0", 0),
        ("x^3", "-2", -8),
        ("x^-2", "-2", 0.25),
        ("0.5^(2*x)", "1", 0.25),
        ("abs(x) + sign(x)", "0", 0),
        ("abs(x) + sign(x)", "-3", 2),
        ("max(x, 1) + min(x, 1)", "4", 5),
        ("relu(x)", "-4", 0),
        ("e - exp(x)", "1", 0),
        ("sin(pi*x)", "0.5", 1),
    ],
)
def test_values(text, value, expected):
    """Powers, kinks, constants and large angles have the values that they should."""
    assert mpmath.almosteq(at(text, x=value), expected, 1e-12, 1e-40)


def test_a_large_angle_keeps_its_digits():
    """The sine of a large number is that of the very number."""
    with mpmath.workdps(400):
        expected = mpmath.sin(2**1000)
    with mpmath.workdps(50):
        assert mpmath.almosteq(numeric(read("sin(x)", {"x"}), {x: mpmath.mpf(2) ** 1000}), expected, 1e-40)


def test_softplus_keeps_its_digits():
    """The logarithm of one and a little is found from the little."""
    found = at("ln(1 + exp(x))", x="-200")
    with mpmath.workdps(50):
        assert abs(found / mpmath.exp(-200) - 1) < mpmath.mpf(10) ** -40


def test_the_logarithm_of_what_is_known_is_taken_from_it():
    """A value that is known for the sum under a logarithm is not computed again."""
    rest = difference(S.One, x)
    assert numeric(log(rest), {x: mpmath.mpf(1), rest: mpmath.mpf("1e-60")}) == mpmath.log(mpmath.mpf("1e-60"))


def test_a_sum_under_a_logarithm_that_cancels_is_0():
    """What is left of 1 - 1 after rounding is not taken for a number."""
    with mpmath.workdps(50), pytest.raises(NoValueError, match="the logarithm of 0"):
        numeric(log(PathSum(S.One, negative(Chain(x, y)))), {x: mpmath.mpf(1) / 3, y: mpmath.mpf(3) * (1 + mpmath.eps)})


def test_only_one_side_of_a_branch_is_looked_at():
    """The other side need not have a value; at 0 it is the lower side."""
    cases = Branch(x, log(x, evaluate=False), Quotient(S.One, x))
    assert numeric(cases, {x: mpmath.mpf(1)}) == 0
    assert numeric(cases, {x: mpmath.mpf(-2)}) == mpmath.mpf("-0.5")
    with pytest.raises(NoValueError, match="division by 0"):
        numeric(cases, {x: mpmath.mpf(0)})


@given(st.lists(st.integers(-2, 2), min_size=2, max_size=5))
def test_one_argument_wins(values):
    """Exactly one argument is the largest and one the smallest: of equal ones the first."""
    given_values = {Symbol(f"u{place}"): mpmath.mpf(value) for place, value in enumerate(values)}
    for contest, extreme in ((Wins, max(values)), (Undercuts, min(values))):
        won = [numeric(contest(Integer(place), *given_values), given_values) for place in range(len(values))]
        assert won == [int(place == values.index(extreme)) for place in range(len(values))]


@given(st.lists(st.tuples(numbers, numbers, st.integers(0, 3)), min_size=1, max_size=4))
def test_a_sum_over_samples(rows):
    """Each sample's numbers are put into the body, and the values added up as often as each sample counts."""
    samples = [({x: real(first), y: real(second)}, times) for first, second, times in rows]
    expected = sum(first * second * times for first, second, times in rows)
    found = numeric(Chain(Integer(2), SampleSum(Chain(x, y), Symbol("m"))), {SAMPLES: samples})
    assert mpmath.almosteq(found, 2 * real(expected), 1e-12, 1e-12)


def test_a_product_stops_at_0():
    """0 ln 0 is 0, whatever stands behind the 0."""
    assert numeric(Chain(x, log(y, evaluate=False), Applied("sqrt", y)), {x: mpmath.mpf(0), y: mpmath.mpf(0)}) == 0


@given(numbers, numbers)
def test_powers_are_those_of_mpmath(base, exponent):
    """A power has the value that mpmath gives, where that is real."""
    assume(base > 0)
    found = numeric(Pow(x, y), {x: real(base), y: real(exponent)})
    assert mpmath.almosteq(found, real(base) ** real(exponent), 1e-12)


def test_a_power_of_a_whole_number_is_no_long_integer():
    """2 to a power within the bounds is computed in floating point, not as an integer of megabytes."""

    def computed():
        assert mpmath.almosteq(mpmath.log(numeric(Pow(Integer(2), x), {x: mpmath.mpf(10**8)}), 2), 10**8)

    assert memory(computed) < 1_000_000


def test_both_sides_of_a_sigmoid_keep_their_digits():
    """Far below 0 the sigmoid is as good as an exponential, and far above it is 1."""
    assert abs(at("sigmoid(x)", x="-1000") / mpmath.exp(-1000) - 1) < 1e-12
    assert at("sigmoid(x)", x="1000") == 1


@pytest.mark.parametrize("source", ["sin(pi*x)", "sin(12*pi*x)", "cos(pi*x/2)", "cos(7*pi*x/2)", "tan(3*pi*x)"])
def test_multiples_of_pi_are_met_exactly(source):
    """Where a sine, cosine or tangent is 0, it is 0, whatever rounding has left of it."""
    with mpmath.workdps(50):
        assert numeric(read(source, {"x"}), {x: mpmath.mpf(1)}) == 0


def test_a_right_angle_has_no_tangent():
    """The tangent of a right angle has no value; that of nearly one has."""
    with mpmath.workdps(50):
        with pytest.raises(NoValueError, match="right angle"):
            numeric(read("tan(pi*x/2)", {"x"}), {x: mpmath.mpf(1)})
        assert numeric(read("tan(pi*x/2)", {"x"}), {x: 1 - mpmath.mpf(10) ** -20}) > 10**19


def test_a_small_sine_is_not_taken_for_0():
    """The sine of a tiny number is that number, nearly."""
    with mpmath.workdps(50):
        assert mpmath.almosteq(numeric(read("sin(x)", {"x"}), {x: mpmath.mpf(10) ** -60}), mpmath.mpf(10) ** -60)
