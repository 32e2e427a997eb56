"""One expression as a program, as typed answers are."""

import mpmath
import pytest
from numeric_programs import ALL
from sympy import Integer, Pow, Rational, Symbol, log

from symnet.algebra.nodes import Chain, Partial, PathSum, Quotient
from symnet.arithmetic.real import NoValueError
from symnet.numerics.direct import numeric
from symnet.numerics.expression import ExpressionProgram, as_it_stands, program_of, value_of

x, y = Symbol("x"), Symbol("y")
DERIVATIVE = Partial(y, x)


@pytest.mark.parametrize("digits", [20, 80])
@pytest.mark.parametrize("expression", ALL, ids=str)
def test_an_expression_is_worth_what_it_is_by_itself(expression, digits):
    """Every kind of expression has the value that walking it gives, at the precision in force."""
    with mpmath.workdps(digits):
        values = {
            name: mpmath.mpf(place + 2) / 7 for place, name in enumerate(sorted(expression.free_symbols, key=str))
        }
        found, expected = value_of(expression, values), numeric(expression, values)
        assert mpmath.almosteq(found, expected, rel_eps=mpmath.mpf(10) ** (4 - digits))


def test_names_are_symbols_and_derivatives():
    """What is put in are symbols and derivatives by name, not what these are of; one without a number is an error."""
    expression = PathSum(Chain(Integer(2), DERIVATIVE), Symbol("b"))
    assert set(ExpressionProgram(expression).names) == {DERIVATIVE, Symbol("b")}
    assert value_of(expression, {DERIVATIVE: 3, Symbol("b"): mpmath.mpf(1)}) == 7
    with pytest.raises(KeyError):
        value_of(expression, {DERIVATIVE: 3})


def test_an_expression_without_a_value_says_why():
    """The reason is that of the first operation without a value; a factor of 0 before it leaves it out."""
    with pytest.raises(NoValueError, match="division by 0"):
        value_of(PathSum(x, Quotient(y, x)), {x: 0, y: 1})
    with pytest.raises(NoValueError, match="the logarithm of 0"):
        value_of(log(Integer(0), evaluate=False), {})
    assert value_of(Chain(x, log(x)), {x: 0}) == 0


def test_a_program_is_made_once():
    """The same expression, met again, has the same program."""
    assert program_of(PathSum(x, y)) is program_of(PathSum(x, y))


def test_other_numbers_stand_for_those_that_are_written():
    """A number written in an expression may be put in from outside, wherever it stands."""
    half = Rational(1, 2)
    program = as_it_stands(PathSum(Pow(x, half, evaluate=False), Chain(half, y)), (half, x, y))
    assert program.value({half: 2, x: 3, y: 5}) == 9 + 10
