"""A calculation on paper: each result is rounded, and goes so into the lines below it."""

from fractions import Fraction

import mpmath
import pytest
from sympy import Symbol, log

from symnet.algebra.nodes import Chain, Partial, PathSum, difference
from symnet.arithmetic.real import NoValueError
from symnet.numerics.arithmetic import Code, Lines
from symnet.numerics.format import Form
from symnet.numerics.paper import OnPaper, Written, exactly, paper
from symnet.numerics.program import Missing, Program

X, Y, Z = map(Symbol, "xyz")
FORM = Form(2, half_up=True, paper=True)
LINES = {Y: Chain(X, X), Z: Chain(Y, Y), Partial(Z, X): PathSum(Y, X)}


def worked(lines, x="0.15", bits=200):
    """Return what lines in x come to, for a given number."""
    with mpmath.workprec(bits):
        bound = Lines([], [X], lines, paper(FORM), shown=True)
        return bound.work(bound.start(bits), [exactly(Fraction(x), bits)])


def digits(numbers):
    """Return how numbers are written."""
    return [str(number.written.digits) for number in numbers]


def test_results_are_used_as_they_are_written():
    """0.15 squared is written as 2.3 hundredths, whose square is 0.000529; exactly it would be 0.000506."""
    assert digits(worked(LINES)) == ["0.023", "0.00053", "0.17"]


def test_a_derivative_has_no_name_for_other_lines():
    """What is no symbol can stand in no other line by mistake."""
    with pytest.raises(LookupError):
        worked({Y: Chain(X, X), Z: Partial(Y, X)})


def test_pages_are_copied():
    """What is worked out from one number does not stand there for the next."""
    with mpmath.workprec(200):
        bound = Lines([], [X], LINES, paper(FORM), shown=True)
        started = bound.start(200)
        first, other, again = (bound.work(started, [exactly(Fraction(x), 200)]) for x in ("0.15", "1", "0.15"))
    assert digits(first) == digits(again) == ["0.023", "0.00053", "0.17"]
    assert digits(other) == ["1", "1", "2"]


def test_a_line_without_a_value_is_named():
    """The error says what has no value, and why."""
    with pytest.raises(NoValueError, match=r"^y would be the logarithm of 0$"):
        worked({Y: log(difference(X, X))})


def test_zeros_are_found():
    """A switch is 0 if it is exactly 0; one without a value is none."""
    program = Program([X], shown=True)
    program.begin("all")
    program.line(Y, difference(X, X))
    places = [program.wanted(program.place(part)) for part in (Y, X, log(Y))]
    arithmetic = paper(FORM)
    code = Code(program, arithmetic)
    with mpmath.workprec(200):
        slots = code.filled(code.start(200), [exactly(Fraction("0.15"), 200)])
        code.run(slots, "all")
    found = [slots[place] for place in places]
    assert [not isinstance(number, Missing) and not arithmetic.sign(number) for number in found] == [True, False, False]


@pytest.mark.parametrize("text", ["0.1", "-2/3", "12345678901234567890", "0"])
def test_a_number_knows_its_digits(text):
    """What goes into formulas is the number that is written, with all its bits."""
    written = Written.in_full(Fraction(text))
    mantissa, exponent = number = OnPaper.of(written, 300)
    assert number.written is written
    assert abs(mantissa * Fraction(2) ** exponent - Fraction(text)) <= abs(Fraction(text)) * Fraction(2) ** -300


def test_numbers_are_compared_by_their_digits():
    """Two numbers that differ in a digit far behind are not taken for the same."""
    near, far = (exactly(Fraction(text), 64) for text in ("1", "1." + "0" * 45 + "1"))
    compare = paper(FORM).compare
    assert (compare(near, far, 64), compare(far, near, 64), compare(near, near, 64)) == (-1, 1, 0)
