"""What the table says of each loss is true, and every form of its slope is SymPy's own derivative."""

import pytest
from sympy import Rational, diff, log, simplify, symbols

from symnet.calculus import plain_text
from symnet.catalog.losses import LOSSES

entries = pytest.mark.parametrize("entry", LOSSES.values(), ids=LOSSES)
outputs = pytest.mark.parametrize("units", [1, 2, 3])
DIGITS = 50


def symbols_of(units):
    """Return output and target symbols, as tuples."""
    return symbols(f"a1:{units + 1}"), symbols(f"y1:{units + 1}")


def test_the_table_is_not_empty():
    """The tests below see every loss of this stage."""
    assert set(LOSSES) >= {
        "squared_error",
        "sum_squared_error",
        "mean_squared_error",
        "binary_cross_entropy",
        "categorical_cross_entropy",
    }


@entries
@outputs
def test_every_form_of_the_slope_is_the_derivative(entry, units):
    """From the first form to the taught one, each equals sympy.diff of the loss by that output."""
    a, y = symbols_of(units)
    for k in range(units):
        forms = entry.slope(a, y, k)
        assert forms
        for form in forms:
            assert simplify(form.doit() - diff(entry.value(a, y).doit(), a[k])) == 0


@entries
@outputs
def test_every_form_of_the_slope_is_the_derivative_in_numbers(entry, units):
    """The same to 50 digits, at outputs and targets on both sides of each other."""
    a, y = symbols_of(units)
    derivatives = [diff(entry.value(a, y).doit(), output) for output in a]
    for shift in range(5):
        at = {symbol: Rational(1 + (3 * index + 2 * shift) % 11, 13) for index, symbol in enumerate((*a, *y))}
        for k, derivative in enumerate(derivatives):
            expected = derivative.subs(at).evalf(DIGITS)
            for form in entry.slope(a, y, k):
                found = form.doit().subs(at).evalf(DIGITS)
                assert abs(found - expected) <= abs(expected) * Rational(1, 10 ** (DIGITS - 5))


@entries
def test_what_needs_probabilities_says_so(entry):
    """At an output below 0 the loss is real exactly if the table says that any output will do."""
    a, y = symbols_of(2)
    value = entry.value(a, y).doit().subs(dict(zip((*a, *y), (Rational(-1, 2), Rational(3, 2), 1, 0), strict=True)))
    assert (entry.outputs == "any") == bool(value.is_real)
    assert entry.outputs in {"any", "unit_interval"}
    assert entry.targets in {"any", "unit_interval"}


@entries
def test_the_loss_is_least_where_outputs_are_targets(entry):
    """Where the outputs hit their targets all slopes are equal: 0, unless the outputs have to sum to 1 as well."""
    a, y = symbols_of(2)
    at = {a[0]: Rational(1, 3), y[0]: Rational(1, 3), a[1]: Rational(2, 3), y[1]: Rational(2, 3)}
    first, second = (entry.slope(a, y, k)[-1].doit().subs(at) for k in range(2))
    assert first == second
    assert entry.normalized == (first != 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("squared_error", "1/2*((a1 - y1)**2 + (a2 - y2)**2)"),
        ("sum_squared_error", "(a1 - y1)**2 + (a2 - y2)**2"),
        ("mean_squared_error", "1/2*((a1 - y1)**2 + (a2 - y2)**2)"),
        ("binary_cross_entropy", "-(y1*log(a1) + (1 - y1)*log(1 - a1)) - (y2*log(a2) + (1 - y2)*log(1 - a2))"),
        ("categorical_cross_entropy", "-y1*log(a1) - y2*log(a2)"),
    ],
)
def test_the_formulas(name, value):
    """The losses are those of the contract, term by term, in order."""
    assert plain_text(LOSSES[name].value(*symbols_of(2))) == value


def test_the_mean_is_over_the_outputs():
    """The mean squared error of three outputs has a third in front, and 2/3 in its slope."""
    a, y = symbols_of(3)
    entry = LOSSES["mean_squared_error"]
    assert plain_text(entry.value(a, y)).startswith("1/3*")
    assert plain_text(entry.slope(a, y, 1)[-1]) == "2/3*(a2 - y2)"


@pytest.mark.parametrize(
    ("name", "taught"),
    [
        ("squared_error", "a2 - y2"),
        ("sum_squared_error", "2*(a2 - y2)"),
        ("binary_cross_entropy", "(a2 - y2)/(a2*(1 - a2))"),
        ("categorical_cross_entropy", "-y2/a2"),
    ],
)
def test_the_taught_slopes(name, taught):
    """The last form of a slope is the one that is taught."""
    assert plain_text(LOSSES[name].slope(*symbols_of(2), 1)[-1]) == taught


def test_the_logarithm_is_natural():
    """The cross-entropies take natural logarithms."""
    (a,), (y,) = symbols_of(1)
    assert LOSSES["categorical_cross_entropy"].value((a,), (y,)).doit() == -y * log(a)
