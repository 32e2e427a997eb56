"""A calculation on paper: each result is rounded, and goes so into the lines below it."""

from fractions import Fraction

import mpmath
import pytest
from sympy import Symbol, log

from symnet.calculus import Chain, Partial, PathSum, difference
from symnet.numbers.digits import Form
from symnet.numbers.pages import Lines
from symnet.numbers.reals import NoValueError
from symnet.numbers.written import all_given

X, Y, Z = map(Symbol, "xyz")
FORM = Form(2, half_up=True, paper=True)


@pytest.fixture
def lines():
    """Two lines, the second of which uses the first."""
    with mpmath.workprec(200):
        yield Lines([X], {Y: Chain(X, X), Z: Chain(Y, Y), Partial(Z, X): PathSum(Y, X)})


def page(lines, x="0.15"):
    """Return a page with one given number."""
    return lines.page(FORM, 200, all_given({X: Fraction(x)}))


def test_results_are_used_as_they_are_written(lines):
    """0.15 squared is written as 2.3 hundredths, whose square is 0.000529; exactly it would be 0.000506."""
    found = page(lines).work(lines.lines)
    assert [str(number.digits) for number in found.values()] == ["0.023", "0.00053", "0.17"]


def test_a_derivative_has_no_name_for_other_lines(lines):
    """What is no symbol stands on the page without being used."""
    one = page(lines)
    one.work(lines.lines)
    assert set(one.numbers) == {X, Y, Z, Partial(Z, X)}


def test_pages_are_copied(lines):
    """What is written on a copy does not stand on the first page."""
    first = page(lines)
    second = first.with_numbers(all_given({X: Fraction(1)}))
    second.work([Y])
    assert Y not in first.numbers
    assert str(first.work([Y])[Y].digits) == "0.023"
    assert str(second.numbers[Y].digits) == "1"


def test_a_line_without_a_value_is_named():
    """The error says what has no value, and why."""
    with mpmath.workprec(200):
        bad = Lines([X], {Y: log(difference(X, X))})
        with pytest.raises(NoValueError, match=r"^y would be the logarithm of 0$"):
            page(bad).work([Y])


def test_zeros_are_found():
    """A switch is 0 if it is exactly 0; one without a value is none."""
    with mpmath.workprec(200):
        some = Lines([X], {Y: difference(X, X)})
        places = [some.tape.place(part) for part in (Y, X, log(Y))]
        one = page(some)
        one.work([Y])
        assert [one.is_zero(place) for place in places] == [True, False, False]
