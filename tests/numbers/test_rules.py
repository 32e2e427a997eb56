"""Expressions on a tape: every kind has the value that it has by itself, and only what is needed is worked out."""

from fractions import Fraction
from functools import partial

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, log, pi, tanh

from symnet.calculus import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins, difference
from symnet.catalog.functions import FUNCTIONS
from symnet.numbers.binary import from_fraction, to_value
from symnet.numbers.numeric import numeric
from symnet.numbers.reals import NoValueError
from symnet.numbers.rules import rule_of
from symnet.numbers.tape import Tape

BITS = 200
NAMES = [Symbol(name) for name in "abc"]
values = st.fractions(-8, 8, max_denominator=1000)
given_values = st.tuples(values, values, values)


def deeper(inner):
    """Return the strategy of expressions one level above ``inner``."""
    several = st.lists(inner, min_size=2, max_size=4)
    functions = st.sampled_from([name for name, entry in FUNCTIONS.items() if entry.least == 1 == entry.most])
    return st.one_of(
        several.map(lambda parts: PathSum(*parts)),
        several.map(lambda parts: Chain(*parts)),
        several.map(lambda parts: Add(*parts, evaluate=False)),
        several.map(lambda parts: Mul(*parts, evaluate=False)),
        several.map(lambda parts: Applied("max", *parts)),
        several.map(lambda parts: Applied("min", *parts)),
        several.map(lambda parts: Wins(Integer(1), *parts)),
        several.map(lambda parts: Undercuts(Integer(0), *parts)),
        inner.map(lambda part: Applied("max", S.Zero, part)),
        inner.map(Indicator),
        inner.map(lambda part: tanh(part, evaluate=False)),
        inner.map(lambda part: exp(Chain(S.NegativeOne, part), evaluate=False)),
        inner.map(lambda part: log(PathSum(S.One, part), evaluate=False)),
        st.tuples(functions, inner).map(lambda pair: FUNCTIONS[pair[0]].build(pair[1])),
        st.tuples(inner, inner).map(lambda pair: Quotient(*pair)),
        st.tuples(inner, inner, inner).map(lambda parts: Branch(*parts)),
        st.tuples(inner, st.sampled_from([2, 3, -1, -2, Rational(1, 2)])).map(
            lambda pair: Pow(pair[0], pair[1], evaluate=False)
        ),
    )


leaves = st.sampled_from([*NAMES, S.Zero, S.One, S.NegativeOne, Integer(3), Rational(-2, 7), S.Exp1, pi])
expressions = st.recursive(leaves, deeper, max_leaves=8)


def on_tape(expression, numbers, bits=BITS):
    """Return the value of an expression on a tape of its own."""
    tape = Tape(rule_of)
    places = [tape.leaf(name) for name in NAMES]
    root = tape.place(expression)
    slots = tape.start(bits)
    for place, number in zip(places, numbers, strict=True):
        slots[place] = from_fraction(number, bits)
    with mpmath.workprec(bits):
        return to_value(tape.demand(slots, root))


def by_itself(expression, numbers, bits=BITS):
    """Return the value of an expression by walking it."""
    with mpmath.workprec(bits):
        known = {
            name: mpmath.mpf(number.numerator) / number.denominator for name, number in zip(NAMES, numbers, strict=True)
        }
        return mpmath.mpf(numeric(expression, known))


def outcome(value_of, expression, numbers):
    """Return a value, or None where there is none."""
    try:
        return value_of(expression, numbers)
    except NoValueError:
        return None


@given(expressions, given_values)
def test_a_value_is_that_of_the_expression(expression, numbers):
    """On a tape an expression has the value that it has by itself, or none where it has none."""
    expected = [outcome(partial(by_itself, bits=bits), expression, numbers) for bits in (BITS, 4 * BITS)]
    # Where noise decides whether there is a value, nothing is claimed.
    if None in expected:
        if expected[1] is None and expected[0] is None:
            assert outcome(on_tape, expression, numbers) is None
        return
    if abs(expected[0] - expected[1]) > abs(expected[1]) * mpmath.mpf(2) ** (20 - BITS):
        return
    found = on_tape(expression, numbers)
    with mpmath.workprec(BITS):
        assert abs(found - expected[1]) <= abs(expected[1]) * mpmath.mpf(2) ** (60 - BITS)


x, y = NAMES[:2]


@pytest.mark.parametrize(
    "expression",
    [
        Chain(x, log(x)),
        Chain(x, Quotient(S.One, x)),
        Quotient(x, x),
        PathSum(Chain(x, log(x)), y),
        Branch(x, log(x), S.Zero),
        Chain(Indicator(x), log(x)),
    ],
)
def test_what_is_multiplied_by_zero_is_not_worked_out(expression):
    """0 ln 0 is 0, and so is what stands in a branch that is not taken."""
    assert on_tape(expression, (0, 0, 0)) == 0


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (log(x), "the logarithm of 0"),
        (log(PathSum(S.One, S.NegativeOne, x)), "the logarithm of 0"),
        (log(PathSum(S.NegativeOne, x)), "the logarithm of a negative number"),
        (Quotient(S.One, x), "division by 0"),
        (Pow(x, -2, evaluate=False), "division by 0"),
        (Pow(PathSum(S.NegativeOne, x), Rational(1, 2), evaluate=False), "the square root of a negative number"),
        (exp(PathSum(Integer(10) ** 16, x)), "e to the power 1.0e.16"),
    ],
)
def test_where_there_is_no_value(expression, reason):
    """An expression without a value says why."""
    with pytest.raises(NoValueError, match=reason):
        on_tape(expression, (0, 0, 0))


@pytest.mark.parametrize("power", [1, 30, 300, 10**6])
def test_softplus_keeps_its_digits(power):
    """Ln(1 + e^x) far below 0 is e^x to all digits, not 0."""
    found = on_tape(log(PathSum(S.One, exp(Chain(Integer(power), x)))), (-7, 0, 0))
    with mpmath.workprec(4 * BITS):
        expected = mpmath.log1p(mpmath.exp(-7 * power))
        assert abs(found - expected) <= expected * mpmath.mpf(2) ** (5 - BITS)


@pytest.mark.parametrize("power", [-300, -60, -8, -3, 0, 3, 9, 40])
def test_tanh_keeps_its_digits(power):
    """Tanh is right to its last digits for very small arguments and for large ones."""
    found = on_tape(tanh(x), (3 * Fraction(2) ** power, 0, 0))
    with mpmath.workprec(4 * BITS):
        expected = mpmath.tanh(3 * mpmath.mpf(2) ** power)
        assert abs(found - expected) <= abs(expected) * mpmath.mpf(2) ** (12 - BITS)


def test_common_parts_are_worked_out_once():
    """An expression that stands in two others has one slot, and its rule runs once."""
    calls = []
    tape = Tape(rule_of)
    place = tape.leaf(x)
    common = exp(x)
    rule = rule_of(tape, common)
    tape.replace(common, lambda slots: calls.append(1) or rule(slots))
    roots = [tape.place(PathSum(common, Integer(number))) for number in (1, 2)]
    slots = tape.start(BITS)
    slots[place] = (1, 0)
    assert len({tape.demand(slots, root) for root in roots}) == 2
    assert calls == [1]


def test_slots_start_without_numbers():
    """What stood in the slots of one run is not there in the next."""
    tape = Tape(rule_of)
    place, root = tape.leaf(x), tape.place(difference(Applied("max", S.Zero, x), Rational(1, 3)))
    found = []
    for number in (1, 2):
        slots = tape.start(BITS)
        slots[place] = (number, 0)
        found.append(to_value(tape.demand(slots, root)))
    assert found[1] - found[0] == 1


def test_a_leaf_without_a_number_is_an_error():
    """A leaf that was not given a number is a programmer's error."""
    tape = Tape(rule_of)
    place = tape.leaf(x)
    with pytest.raises(LookupError, match="without a number"):
        tape.demand(tape.start(BITS), place)
