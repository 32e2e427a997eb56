"""What the table says of each activation is true, and SymPy's own derivative agrees with the taught slope."""

import mpmath
import pytest
from sympy import Max, Rational, S, Symbol, diff, simplify, symbols

from symnet.catalog.activations import ACTIVATIONS
from symnet.numeric import numeric

# Both signs, small and large, and two that are close.
POINTS = [
    Rational(text) for text in ("-7", "-5/2", "-1", "-1/3", "-1/1000", "1/1000", "2/7", "1", "5/2", "501/200", "7")
]
DIGITS = 50
UNITS = 3
entries = pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS)
Z, A = symbols(f"z1:{UNITS + 1}"), symbols(f"a1:{UNITS + 1}")


def rows():
    """Yield pre-activations of a layer: each point once at each unit."""
    for index in range(len(POINTS)):
        yield [POINTS[(index + 3 * unit) % len(POINTS)] for unit in range(UNITS)]


def in_z(entry, expression):
    """Return an ordinary expression in pre-activations alone."""
    return expression.doit().subs({a: entry.value(Z, unit).doit() for unit, a in enumerate(A)})


def test_the_table_is_not_empty():
    """The tests below see every activation of this stage."""
    assert set(ACTIVATIONS) >= {"identity", "sigmoid", "tanh", "relu", "softmax"}


@entries
@pytest.mark.parametrize("k", range(UNITS))
@pytest.mark.parametrize("j", range(UNITS))
def test_the_taught_slope_is_the_derivative(entry, k, j):
    """The taught slope equals sympy.diff of the value to 50 digits, at points of both signs."""
    taught = in_z(entry, entry.slope(Z, A, k, j)) if entry.couples or k == j else S.Zero
    derivative = diff(entry.value(Z, k).doit(), Z[j])
    compared = 0
    for row in rows():
        at = dict(zip(Z, row, strict=True))
        expected, found = derivative.subs(at).evalf(DIGITS), taught.subs(at).evalf(DIGITS)
        assert abs(found - expected) <= abs(expected) * Rational(1, 10 ** (DIGITS - 5))
        compared += 1
    assert compared == len(POINTS)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"relu"}))
def test_the_taught_slope_is_the_derivative_in_symbols(name):
    """Where there is no kink, SymPy simplifies the difference of slope and derivative to 0."""
    entry = ACTIVATIONS[name]
    for j in range(UNITS) if entry.couples else (0,):
        difference = in_z(entry, entry.slope(Z, A, 0, j)) - diff(entry.value(Z, 0).doit(), Z[j])
        assert simplify(difference) == 0


@entries
def test_every_line_of_the_working_is_the_slope(entry):
    """The lines from the definition to the taught slope are all equal to it, and the last one is it."""
    z, a = Symbol("z"), Symbol("a")
    lines = entry.working(z, a)
    slope = entry.slope((z,), (a,), 0, 0)
    assert lines[-1] == slope
    for point in POINTS:
        with mpmath.workdps(DIGITS):
            known = {z: mpmath.mpf(int(point.p)) / int(point.q)}
            known[a] = mpmath.mpf("0.3") if entry.couples else numeric(entry.value((z,), 0), known)
            values = [numeric(line, known) for line in lines]
            assert max(values) - min(values) <= mpmath.mpf(10) ** -45


def number(value):
    """Return a SymPy number with 60 digits."""
    return value.doit().evalf(60)


@entries
def test_the_range_is_true(entry):
    """A probability lies strictly between 0 and 1 everywhere, and what is called real leaves that interval."""
    values = [number(entry.value(row, k)) for row in rows() for k in range(UNITS)]
    if entry.range == "unit_interval":
        assert all(0 < value < 1 for value in values)
    else:
        assert entry.range == "real"
        assert any(not 0 <= value <= 1 for value in values)


@entries
def test_saturation_is_true(entry):
    """What comes close to a bound without reaching it, at both ends, says how far off it is; nothing else does."""
    gaps = [min(abs(number(entry.value([S(far), S.Zero], 0)) - bound) for bound in (-1, 0, 1)) for far in (-50, 50)]
    assert bool(entry.gaps(Z, 0)) == all(0 < gap < Rational(1, 10**15) for gap in gaps)


@entries
def test_gaps_are_true(entry):
    """How far off its bound a value is said to be is the bound minus the value, up to sign."""
    for bound, gap in entry.gaps(Z, 0):
        for far in (-30, -1, Rational(1, 3), 2, 30):
            at = {Z[0]: S(far), Z[1]: Rational(1, 7), Z[2]: Rational(-2, 7)}
            off = abs(bound - number(entry.value(Z, 0).doit().xreplace(at)))
            assert abs(number(gap.doit().xreplace(at)) - off) < Rational(1, 10**40)


@entries
def test_coupling_is_true(entry):
    """An activation depends on the other units' pre-activations exactly if the table says so."""
    assert entry.couples == (Z[1] in entry.value(Z, 0).free_symbols)
    assert Z[0] in entry.value(Z, 0).free_symbols


@entries
def test_the_values_of_a_probability_vector_sum_to_one(entry):
    """What couples its units as probabilities has values that sum to 1."""
    if entry.couples and entry.range == "unit_interval":
        assert simplify(sum(entry.value(Z, k).doit() for k in range(UNITS))) == 1


@entries
def test_a_kink_is_stated(entry):
    """An activation by cases has its kink in the table, where the slopes of both sides differ."""
    assert (entry.kink is not None) == entry.value(Z, 0).doit().has(Max)
    assert (entry.kink is None) == (entry.kink_slope is None)
    if entry.kink is not None:
        step = Rational(1, 10**9)
        left, right = (
            number(in_z(entry, entry.slope(Z, A, 0, 0)).subs(Z[0], entry.kink + side)) for side in (-step, step)
        )
        assert left != right


@entries
def test_the_slope_at_a_kink_is_the_convention(entry):
    """At the kink the taught slope has the value that the table states."""
    if entry.kink is not None:
        at = {Z[0]: mpmath.mpf(int(entry.kink)), A[0]: numeric(entry.value([entry.kink], 0), {})}
        assert numeric(entry.slope(Z, A, 0, 0), at) == int(entry.kink_slope)


def test_the_slope_of_relu_at_zero_is_zero():
    """ReLU'(0) = 0, which is the stated convention; SymPy's own would be 1/2."""
    assert (ACTIVATIONS["relu"].kink, ACTIVATIONS["relu"].kink_slope) == (0, 0)
    assert diff(Max(0, Symbol("z", real=True)), Symbol("z", real=True)).subs(Symbol("z", real=True), 0) == S.Half
