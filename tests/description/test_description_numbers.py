"""Numbers are read exactly, or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symnet.description.fields import NotANumberError, from_python, read, write_number

EXACT = {
    "0.15": Fraction(3, 20),
    "1e-3": Fraction(1, 1000),
    "1/3": Fraction(1, 3),
    "-2/4": Fraction(-1, 2),
    "+5": Fraction(5),
    "-0": Fraction(0),
    ".5": Fraction(1, 2),
    "5.": Fraction(5),
    "2.5E+2": Fraction(250),
    "0e5": Fraction(0),
    "1e308": Fraction(10**308),
    "1e-0308": Fraction(1, 10**308),
    "9" * 50: Fraction(10**50 - 1),
    f"{'9' * 50}/{'3' * 50}": Fraction(3),
}

REFUSED = {
    "": "Leave the key out",
    "nan": "finite",
    ".nan": "finite",
    "-.INF": "finite",
    "inf": "finite",
    "Infinity": "finite",
    "0x10": "decimal",
    "0o17": "decimal",
    "0b1": "decimal",
    "1_000": "underscores",
    "1_0.5": "underscores",
    "010": "zeros in front",
    "00.5": "zeros in front",
    "1:30": "colon",
    "1,5": "decimal point",
    "1,000,000": "decimal point",
    "true": "word",
    "no": "word",
    "1/0": "divided by 0",
    "1/-3": "sign",
    "1 / 3": "without spaces",
    "1/03": "leading zeros",
    "50%": "percentage",
    " 1": "spaces",
    "9" * 51: "50 digits",
    f"1/{'9' * 51}": "50 digits",
    "0." + "1" * 50: "50 digits",
    "1e309": "308",
    "1e-309": "308",
    "1e999999999999999999": "308",
    "--1": "",
    "1.5/2": "",
    "e5": "",
    ".": "",
    "1e": "",
    "1e1.5": "",
    "\uff11": "",
    "one": "",
    "1\n": "spaces",
}


@pytest.mark.parametrize(("text", "value"), EXACT.items())
def test_text_is_read_exactly(text, value):
    """A number is the fraction that its text says."""
    assert read(text) == value


@pytest.mark.parametrize(("text", "hint"), REFUSED.items())
def test_what_is_no_number_is_refused_with_a_hint(text, hint):
    """Whatever another reader might take for a number is refused, with advice where there is some."""
    with pytest.raises(NotANumberError) as caught:
        read(text)
    assert hint in str(caught.value)
    assert bool(hint) == bool(str(caught.value))


@given(st.fractions(max_denominator=10**20, min_value=-(10**20), max_value=10**20))
def test_fractions_round_trip(value):
    """Every fraction is read back from its text, in either form."""
    assert read(str(value)) == from_python(value) == value
    assert Fraction(write_number(value)) == value


@given(st.floats(min_value=-1e300, max_value=1e300).filter(lambda x: x == 0 or abs(x) > 1e-300))
def test_a_float_is_what_its_shortest_form_says(value):
    """A Python float stands for the decimal that Python prints."""
    assert from_python(value) == Fraction(Decimal(repr(value)))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9))
def test_decimals_round_trip(value):
    """A decimal is exact, as a value and as its text."""
    assert from_python(value) == read(str(value)) == Fraction(value)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    """No text has any other effect than a number or a refusal."""
    try:
        value = read(text)
    except NotANumberError:
        return
    assert value == Fraction(text)


@pytest.mark.parametrize("value", [7, Fraction(7), Decimal(7), 7.0, sympy.Integer(7), sympy.Rational(14, 2), "7"])
def test_every_exact_kind_of_python_number_is_read(value):
    """Python's, SymPy's and quoted numbers are all numbers."""
    result = from_python(value)
    assert result == 7
    assert type(result) is Fraction


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        [1],
        1j,
        sympy.pi,
        10**400,
        10**10_000,
        Fraction(1, 10**400),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_python_values_are_no_numbers(value):
    """Booleans, nan, symbols and numbers out of range are refused."""
    with pytest.raises(NotANumberError):
        from_python(value)


@pytest.mark.parametrize(("value", "text"), [("1.50", "1.5"), ("1/3", "1/3"), ("1e-3", "0.001"), ("-2", "-2")])
def test_numbers_are_written_as_people_write_them(value, text):
    """Decimals that end are written out, others as fractions."""
    assert write_number(Fraction(value)) == text
