"""Affine arithmetic: what comes of any numbers within the bounds of the names lies within those of the result."""

from fractions import Fraction
from itertools import product

import mpmath
import pytest
from formulas import NAMES, points, text_of, trees, value_of
from hypothesis import example, given
from hypothesis import strategies as st
from sympy import Symbol

from symnet.numerics.affine import AFFINE, AffineForm
from symnet.numerics.arithmetic import Steps, require
from symnet.numerics.direct import NoValueError, numeric
from symnet.numerics.program import AS_IT_STANDS, Program
from symnet.parsing.formula import read

places = st.fixed_dictionaries({name: st.fractions(min_value=-1, max_value=1, max_denominator=20) for name in NAMES})
sizes = st.sampled_from(["0", "0.00005", "0.005", "0.1", "1"])


WAYS = {"as it stands": {"instead": AS_IT_STANDS}, "as programs work it out": {}}


def spread(expression, known, way="as it stands"):
    """Return what an expression comes to in affine arithmetic, from numbers that may be off."""
    program = Program(known, **WAYS[way])
    program.begin("all")
    place = program.place(expression)
    steps = Steps(program, AFFINE)
    slots = steps.start(mpmath.mp.prec, known.values())
    steps.run(slots)
    require(slots, {expression: place}, named=False)
    return slots[place]


def within(low, high):
    """Return the number of which only the bounds are known."""
    low, high = mpmath.mpf(low), mpmath.mpf(high)
    return AffineForm((low + high) / 2, rest=(high - low) / 2)


def exactly(number):
    """Return a fraction at the precision in force."""
    return mpmath.mpf(number.numerator) / number.denominator


@example(
    ("sin", ("^", ("name", "x"), ("number", "2"))),
    {name: Fraction(3, 2) for name in NAMES},
    "1",
    dict.fromkeys(NAMES, Fraction(0)),
)
@example(
    ("min", ("name", "x"), ("sinh", ("^", ("name", "y"), ("negative", ("number", "2"))))),
    {"x": Fraction(1), "y": Fraction(1, 6), "z": Fraction(0)},
    "0.1",
    dict.fromkeys(NAMES, Fraction(0)),
)
@given(tree=trees, centers=points, size=sizes, within=places)
def test_a_value_lies_within_the_bounds(tree, centers, size, within):
    """Wherever the names lie within their bounds, an expression lies within its own, in whatever parts it is taken."""
    with mpmath.workdps(60):
        radius = mpmath.mpf(size)
        middle = {name: exactly(number) for name, number in centers.items()}
        try:
            value = value_of(tree, {name: middle[name] + radius * exactly(within[name]) for name in NAMES})
        except ArithmeticError:
            return
        expression = read(text_of(tree), NAMES)
        errors = {Symbol(name): AffineForm(middle[name], {place: radius}) for place, name in enumerate(NAMES)}
        rests = {Symbol(name): AffineForm(middle[name], rest=radius) for name in NAMES}
        for known, way in product((errors, rests), WAYS):
            try:
                low, high = spread(expression, known, way).bounds
            except NoValueError:
                continue
            slack = mpmath.mpf(10) ** -25 * (1 + abs(value))
            assert low - slack <= value <= high + slack


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("x*y", "-8", "5"),
        ("x^2", "0", "4"),
        ("x^3", "-8", "1"),
        ("1/y", "1/4", "1/2"),
        ("abs(x)", "0", "2"),
        ("max(x, y)", "2", "4"),
        ("relu(x)", "0", "1"),
        ("exp(0*x)", "1", "1"),
        ("x - x", "-3", "3"),
    ],
)
def test_bounds_are_those_of_textbooks(text, low, high):
    """Of x from -2 to 1 and y from 2 to 4, sums, products, powers and functions have the bounds worked out by hand.

    Those of a product are as far from its center on both sides.
    """
    known = {Symbol("x"): within(-2, 1), Symbol("y"): within(2, 4)}
    found = spread(read(text, ("x", "y")), known).bounds
    assert [mpmath.nstr(end, 12) for end in found] == [mpmath.nstr(fraction_of(end), 12) for end in (low, high)]


def fraction_of(text):
    """Return a number written as a fraction."""
    over, _, under = text.partition("/")
    return mpmath.mpf(over) / mpmath.mpf(under or 1)


@pytest.mark.parametrize("text", ["exp(x)", "ln(x)", "x^3", "1/x", "sqrt(x)", "tanh(x)", "sigmoid(x)", "sin(x)", "x*x"])
@pytest.mark.parametrize("center", ["0.9", "1.7", "3"])
def test_a_function_keeps_within_its_tangent_and_the_rest(text, center):
    """All along a short range, a function lies within the spread that its tangent and a rest give it."""
    x = Symbol("x")
    with mpmath.workdps(60):
        middle, radius = mpmath.mpf(center), mpmath.mpf("0.4")
        low, high = spread(read(text, ("x",)), {x: AffineForm(middle, {0: radius})}).bounds
        for part in range(-20, 21):
            value = numeric(read(text, ("x",)), {x: middle + radius * part / 20})
            assert low - mpmath.mpf(10) ** -50 <= value <= high + mpmath.mpf(10) ** -50


@pytest.mark.parametrize(
    ("text", "low", "high", "at", "value"),
    [
        ("sin(x^2)", "0.5", "2.5", "1.2", "0.9914"),
        ("cos(x)", "-0.5", "1", "0", "1"),
        ("x^2", "-1", "2", "0", "0"),
        ("cosh(x)", "-1", "3", "0", "1"),
    ],
)
def test_a_function_that_turns_in_a_wide_range_keeps_within_its_bounds(text, low, high, at, value):
    """What a function reaches between the ends of a wide range, at its top or its bottom, is within its spread."""
    x = Symbol("x")
    low, high, at, value = map(mpmath.mpf, (low, high, at, value))
    expression = read(text, ("x",))
    found = numeric(expression, {x: at})
    assert mpmath.almosteq(found, value, abs_eps=mpmath.mpf("0.0001"))
    bounds = spread(expression, {x: AffineForm((low + high) / 2, {0: (high - low) / 2})}).bounds
    assert bounds.low <= found <= bounds.high


def test_a_pole_within_a_short_range_is_no_value():
    """A tangent with a pole between two near numbers has no bounds, and neither has a root of what may be negative."""
    x, y = Symbol("x"), Symbol("y")
    short = {x: AffineForm(mpmath.mpf("1.5"), {0: mpmath.mpf("0.3")})}
    with pytest.raises(NoValueError):
        spread(read("tan(x)", ("x",)), short)
    wide = {x: within(-2, 1), y: within(1, 3)}
    with pytest.raises(NoValueError):
        spread(read("x^y", ("x", "y")), wide)


def test_nothing_is_divided_by_what_may_be_zero():
    """A quotient over bounds with 0 between them has none, whatever the bounds are made of."""
    x = Symbol("x")
    with pytest.raises(NoValueError):
        spread(read("1/x", ("x",)), {x: within(-1, 1)})
    with pytest.raises(NoValueError):
        spread(read("1/x", ("x",)), {x: AffineForm(mpmath.mpf(0), {0: mpmath.mpf(1)})})


def test_errors_that_cancel_do_cancel():
    """A spread knows which errors are the same, so that a difference of equal numbers is 0, and a (1 - a) narrow."""
    a = Symbol("a")
    known = {a: AffineForm(mpmath.mpf("0.5"), {0: mpmath.mpf("0.01")})}
    assert spread(read("a - a", ("a",)), known).radius == 0
    narrow = spread(read("a*(1 - a)", ("a",)), known).radius
    # It is at most 1/4, and what the error takes from that is its square.
    assert mpmath.almosteq(narrow, mpmath.mpf("0.00005"))
    wide = spread(read("a*(1 - a)", ("a",)), {a: within(*known[a].bounds)}).radius
    assert 2 * wide > 100 * narrow
