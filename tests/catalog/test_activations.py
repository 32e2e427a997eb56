"""What the table says of each activation is true, and SymPy's own derivative agrees with the taught derivative."""

import mpmath
import pytest
from exercises import Draws, luck
from sympy import Integer, Max, Piecewise, Rational, S, Symbol, diff, simplify, symbols

from symnet.algebra.nodes import Branch, Indicator, Wins, plain_text
from symnet.catalog.activations import ACTIVATIONS, SYNONYMS, default_options
from symnet.catalog.custom import custom_activation
from symnet.description import load_text
from symnet.numerics.direct import numeric
from symnet.parsing.formula import read

# Both signs, small and large, and two that are close.
POINTS = [
    Rational(text) for text in ("-7", "-5/2", "-1", "-1/3", "-1/1000", "1/1000", "2/7", "1", "5/2", "501/200", "7")
]
DIGITS = 50
UNITS = 3
Z, A = symbols(f"z1:{UNITS + 1}"), symbols(f"a1:{UNITS + 1}")
ALPHA = Symbol("alpha")
# Options other than the defaults, and values for what is learned.
OTHERS = {
    "leaky_relu": [{"slope": S.Zero}, {"slope": Rational(1, 3)}],
    "elu": [{"alpha": Rational(1, 4)}, {"alpha": Integer(2)}],
    "gelu": [{"approximate": S.One}],
    "silu": [{"beta": Rational(5, 2)}],
    "prelu": [{"alpha": Rational(-1, 2)}, {"alpha": S.Zero}, {"alpha": Rational(5, 4)}],
}
CASES = [
    pytest.param(entry, default_options(entry) | options, id=f"{name} {options}".removesuffix(" {}"))
    for name, entry in ACTIVATIONS.items()
    for options in [{}, *OTHERS.get(name, [])]
]
entries = pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS)
cases = pytest.mark.parametrize(("entry", "o"), CASES)
KINKED = {"relu", "leaky_relu", "prelu", "elu", "selu"}
# Where the others have kinks, and which derivative they take there: that of the constant, by the rule of max and min.
CLAMPED = {"hard_sigmoid": (-3, 3), "hard_tanh": (-1, 1)}


def rows():
    """Yield pre-activations of a layer: each point once at each unit."""
    for index in range(len(POINTS)):
        yield [POINTS[(index + 3 * unit) % len(POINTS)] for unit in range(UNITS)]


def places(entry):
    """Return the (unit, pre-activation) pairs at which an activation has a derivative, among :data:`UNITS` of them."""
    if entry.reads == "pieces":
        return [(0, j) for j in range(UNITS)]
    return [(k, j) for k in range(UNITS) for j in range(UNITS) if entry.couples or k == j]


def in_z(entry, expression, o):
    """Return an ordinary expression in pre-activations alone."""
    return expression.doit().subs({a: entry.value(Z, unit, o).doit() for unit, a in enumerate(A)})


def derivative_by_sympy(expression, wrt):
    """Return SymPy's derivative of an expression with respect to a real number."""
    real = Symbol("r", real=True)
    return diff(expression.doit().subs(wrt, real), real).subs(real, wrt)


def at_point(expression, row):
    """Return the value of an ordinary expression at numbers, and a number for what is learned."""
    return expression.subs(dict(zip(Z, row, strict=True)) | {ALPHA: Rational(2, 7)}).evalf(DIGITS)


def test_the_table_is_not_empty():
    """The tests below see every activation of the contract."""
    named = (
        "identity sigmoid tanh relu leaky_relu prelu elu maxout softmax softplus gelu silu mish softsign hard_sigmoid"
        " hard_tanh selu log_sigmoid gaussian"
    )
    assert list(ACTIVATIONS) == named.split()


@pytest.mark.everyday(16, every=False)
@cases
def test_every_form_of_the_taught_derivative_is_the_derivative(entry, o):
    """Each form of the derivative equals sympy.diff of the value to 50 digits, on both sides of every kink."""
    compared = 0
    for k, j in places(entry):
        derivative = derivative_by_sympy(entry.value(Z, k, o), Z[j])
        for form in entry.derivative(Z, A, k, j, o):
            taught = in_z(entry, form, o)
            for row in rows():
                if row[k] in CLAMPED.get(entry.name, ()):
                    continue
                expected, found = at_point(derivative, row), at_point(taught, row)
                assert abs(found - expected) <= abs(expected) * Rational(1, 10 ** (DIGITS - 5))
                compared += 1
    assert compared >= (len(POINTS) - len(CLAMPED.get(entry.name, ()))) * UNITS


@entries
def test_what_is_not_read_has_no_derivative(entry):
    """Between units that do not read one another the derivative is 0."""
    o = default_options(entry)
    for k in range(UNITS):
        for j in range(UNITS):
            if entry.reads == "own" and k != j:
                assert diff(entry.value(Z, k, o).doit(), Z[j]) == 0


@pytest.mark.parametrize(
    "name", ["identity", "sigmoid", "tanh", "softmax", "softplus", "gelu", "silu", "log_sigmoid", "gaussian"]
)
def test_the_taught_derivative_is_the_derivative_in_symbols(name):
    """Where there is no kink, SymPy simplifies the difference of derivative and derivative to 0."""
    entry = ACTIVATIONS[name]
    o = default_options(entry)
    for j in range(UNITS) if entry.couples else (0,):
        for form in entry.derivative(Z, A, 0, j, o):
            assert simplify(in_z(entry, form, o) - diff(entry.value(Z, 0, o).doit(), Z[j])) == 0


@entries
def test_what_is_learned_has_a_derivative(entry):
    """The derivative with respect to a learned option, a parameter, is that of the value on both sides of the kink."""
    o = default_options(entry)
    assert set(entry.learned) == {name for name, value in o.items() if value.is_Symbol}
    for name, derivative in entry.learned.items():
        true = diff(entry.value(Z, 0, o).doit(), o[name])
        for row in rows():
            assert at_point(derivative(Z[0], o).doit(), row) == at_point(true, row)


def test_prelu_alone_learns():
    """The slope of PReLU is learned, and of no other."""
    assert {name for name, entry in ACTIVATIONS.items() if entry.learned} == {"prelu"}


@cases
def test_every_line_of_the_working_is_the_derivative(entry, o):
    """The lines from the definition to the taught derivative are all equal to it, and the last one is it."""
    z, a = Symbol("z"), Symbol("a")
    lines = entry.working(z, a, o)
    if not lines:
        assert entry.reads == "pieces"
        return
    derivative = entry.derivative((z,), (a,), 0, 0, o)[-1]
    for point in POINTS:
        with mpmath.workdps(DIGITS):
            known = {z: mpmath.mpf(int(point.p)) / int(point.q), ALPHA: mpmath.mpf("0.3")}
            known[a] = mpmath.mpf("0.3") if entry.couples else numeric(entry.value((z,), 0, o), known)
            values = [numeric(line, known) for line in (*lines, derivative)]
            assert max(values) - min(values) <= mpmath.mpf(10) ** -45
    if entry.name != "relu":
        assert lines[-1] == derivative


@pytest.mark.parametrize(
    ("name", "taught"),
    [
        ("identity", "1"),
        ("sigmoid", "a1*(1 - a1)"),
        ("tanh", "1 - a1**2"),
        ("relu", "Piecewise((1, z1 > 0), (0, True))"),
        ("leaky_relu", "Piecewise((1, z1 > 0), (1/100, True))"),
        ("prelu", "Piecewise((1, z1 > 0), (alpha, True))"),
        ("elu", "Piecewise((1, z1 > 0), (a1 + 1, True))"),
        ("softmax", "a1*(1 - a1)"),
        ("softplus", "1/(1 + exp(-z1))"),
        ("gelu", "1/2*(1 + erf(z1/sqrt(2))) + z1*exp(-z1**2/2)/sqrt(2*pi)"),
        ("silu", "a1 + 1/(1 + exp(-z1))*(1 - a1)"),
        ("mish", "tanh(log(1 + exp(z1))) + z1*(1 - tanh(log(1 + exp(z1)))**2)*1/(1 + exp(-z1))"),
        ("softsign", "1/((1 + Abs(z1))**2)"),
        ("hard_sigmoid", "1/6*Piecewise((1, z1 + 3 > 0), (0, True))*Piecewise((1, 3 - z1 > 0), (0, True))"),
        ("hard_tanh", "Piecewise((1, z1 + 1 > 0), (0, True))*Piecewise((1, 1 - z1 > 0), (0, True))"),
        ("log_sigmoid", "1 - 1/(1 + exp(-z1))"),
        ("gaussian", "-2*z1*a1"),
    ],
)
def test_the_taught_derivatives(name, taught):
    """The last form of a derivative is the one that is taught."""
    entry = ACTIVATIONS[name]
    assert plain_text(entry.derivative(Z, A, 0, 0, default_options(entry))[-1]) == taught


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relu", Max(0, Z[0])),
        ("leaky_relu", Max(Z[0] / 100, Z[0])),
        ("prelu", Piecewise((Z[0], Z[0] > 0), (ALPHA * Z[0], True))),
        ("maxout", Max(*Z)),
    ],
)
def test_the_values_by_cases(name, value):
    """What is defined by cases has the values of the contract."""
    entry = ACTIVATIONS[name]
    assert entry.value(Z, 0, default_options(entry)).doit() == value


def number(value):
    """Return a SymPy number with 60 digits."""
    return value.doit().evalf(60)


@entries
def test_the_range_is_true(entry):
    """A probability lies strictly between 0 and 1 everywhere, and what is called real leaves that interval."""
    o = default_options(entry) | ({"alpha": Rational(1, 4)} if entry.learned else {})
    values = [number(entry.value(row, k, o)) for row in rows() for k in range(UNITS)]
    if entry.range == "unit_interval":
        assert all(0 < value < 1 for value in values)
    else:
        assert entry.range == "real"
        assert any(not 0 < value < 1 for value in values)


@entries
def test_saturation_is_true(entry):
    """What comes close to a bound other than 0 without reaching it says how far off it is; nothing else does.

    ELU is left out: there nothing is lost, since its derivative is taken from z where that matters.
    """
    o = default_options(entry) | ({"alpha": Rational(1, 4)} if entry.learned else {})
    gaps = [min(abs(number(entry.value([S(far), S.Zero], 0, o)) - bound) for bound in (-1, 1)) for far in (-50, 50)]
    saturates = any(0 < gap < Rational(1, 10**15) for gap in gaps)
    assert bool(entry.gaps(Z, 0)) == (saturates and entry.name != "elu")


@entries
def test_gaps_are_true(entry):
    """How far off its bound a value is said to be is the bound minus the value, up to sign."""
    for bound, gap in entry.gaps(Z, 0):
        for far in (-30, -1, Rational(1, 3), 2, 30):
            at = {Z[0]: S(far), Z[1]: Rational(1, 7), Z[2]: Rational(-2, 7)}
            off = abs(bound - number(entry.value(Z, 0, default_options(entry)).doit().xreplace(at)))
            assert abs(number(gap.doit().xreplace(at)) - off) < Rational(1, 10**40)


@entries
def test_coupling_is_true(entry):
    """An activation depends on the other pre-activations that it reads, and on no others."""
    others = Z[1] in entry.value(Z, 0, default_options(entry)).free_symbols
    assert others == (entry.reads != "own")
    assert entry.couples == (entry.reads == "layer")
    assert Z[0] in entry.value(Z, 0, default_options(entry)).free_symbols


@entries
def test_the_values_of_a_probability_vector_sum_to_one(entry):
    """What couples its units as probabilities has values that sum to 1."""
    if entry.couples and entry.range == "unit_interval":
        assert simplify(sum(entry.value(Z, k, default_options(entry)).doit() for k in range(UNITS))) == 1


def test_softmax_of_two_is_a_sigmoid():
    """The softmax of two units is the sigmoid of their difference."""
    first = ACTIVATIONS["softmax"].value(Z[:2], 0, {}).doit()
    sigmoid = ACTIVATIONS["sigmoid"].value((Z[0] - Z[1],), 0, {}).doit()
    assert simplify(first - sigmoid) == 0


@cases
def test_a_kink_is_stated(entry, o):
    """An activation whose derivative jumps at 0 says which derivative it takes there, and no other does."""
    assert (entry.kink_derivative is not None) == (entry.name in KINKED)
    step = Rational(1, 10**9)
    alpha = {ALPHA: Rational(2, 7)}
    if entry.reads == "own":
        derivative = in_z(entry, entry.derivative(Z, A, 0, 0, o)[-1], o).subs(alpha)
        left, right = (number(derivative.subs(Z[0], side)) for side in (-step, step))
        smooth = abs(left - right) < Rational(1, 10**6)
        # ELU with alpha 1 has no corner, but its second derivative jumps.
        assert smooth == (entry.kink_derivative is None or o.get("alpha") == 1)


@cases
def test_the_derivative_at_a_kink_is_the_convention(entry, o):
    """At the kink every form of the taught derivative has the value of the table: that of the negative side."""
    if entry.kink_derivative is None:
        return
    stated = entry.kink_derivative(o).subs(ALPHA, Rational(2, 7))
    with mpmath.workdps(DIGITS):
        known = {Z[0]: mpmath.mpf(0), A[0]: mpmath.mpf(0), ALPHA: mpmath.mpf(2) / 7}
        for form in entry.derivative(Z, A, 0, 0, o):
            assert numeric(form, known) == numeric(stated, {})
        for derivative in entry.learned.values():
            assert numeric(derivative(Z[0], o), known) == 0
    below = in_z(entry, entry.derivative(Z, A, 0, 0, o)[-1], o).subs(
        {ALPHA: Rational(2, 7), Z[0]: Rational(-1, 10**30)}
    )
    assert abs(number(below) - stated) < Rational(1, 10**20)


@pytest.mark.parametrize("name", CLAMPED)
def test_the_derivative_at_the_end_of_a_line_is_zero(name):
    """Where a line ends in a constant the derivative is 0, as by the rule of max and min, and jumps beside it."""
    entry, step = ACTIVATIONS[name], mpmath.mpf(2) ** -10
    for end in CLAMPED[name]:
        form = entry.derivative(Z, A, 0, 0, {})[-1]
        inside, outside = (end - step, end + step) if end > 0 else (end + step, end - step)
        assert numeric(form, {Z[0]: mpmath.mpf(end)}) == numeric(form, {Z[0]: outside}) == 0
        assert numeric(form, {Z[0]: inside}) > 0
        assert numeric(entry.value(Z, 0, {}), {Z[0]: mpmath.mpf(end)}) in {-1, 0, 1}


def test_other_words_for_activations(examples):
    """Linear and swish are the identity and SiLU."""
    text = examples["xor"].read_text(encoding="utf-8")
    for word, name in SYNONYMS.items():
        assert load_text(text.replace("tanh", word, 1), "q.yaml").layers[0].activation == name


def test_the_derivative_of_relu_at_zero_is_zero():
    """ReLU'(0) = 0, which is the stated convention; SymPy's own would be 1/2."""
    assert ACTIVATIONS["relu"].kink_derivative({}) == 0
    assert diff(Max(0, Symbol("z", real=True)), Symbol("z", real=True)).subs(Symbol("z", real=True), 0) == S.Half


@pytest.mark.parametrize("pieces", [2, 3, 5])
def test_one_piece_of_a_tie_wins(pieces):
    """Of the pieces of a maxout unit exactly one has the derivative 1, the first of equal ones."""
    z = symbols(f"z1:{pieces + 1}")
    chance = luck(f"ties {pieces}")
    for _ in range(50):
        at = {symbol: mpmath.mpf(chance.randint(-1, 1)) for symbol in z}
        derivatives = [numeric(ACTIVATIONS["maxout"].derivative(z, (), 0, j, {})[-1], at) for j in range(pieces)]
        first = [at[symbol] for symbol in z].index(max(at.values()))
        assert derivatives == [int(j == first) for j in range(pieces)]


def test_piecewise_derivatives_are_written_by_cases():
    """The derivatives that jump are an indicator, a branch or a contest: what a sheet writes by cases."""
    kinds = {"relu": Indicator, "leaky_relu": Branch, "prelu": Branch, "elu": Branch, "maxout": Wins}
    for name, kind in kinds.items():
        entry = ACTIVATIONS[name]
        assert isinstance(entry.derivative(Z, A, 0, 0, default_options(entry))[-1], kind)


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("z*sigmoid(z)", "1/(1 + exp(-z))*(1 + z*(1 - 1/(1 + exp(-z))))"),
        ("z^3", "3*z**2"),
        ("max(0, z)", "Piecewise((1, z > 0), (0, True))"),
        ("2*z + 1", "2"),
        ("abs(z)", "sign(z)"),
    ],
)
def test_the_readable_derivative_of_an_expression(text, derivative):
    """An activation given as an expression has a tidied derivative."""
    entry = custom_activation("f", text, read(text, ("z",), ("z",)))
    z = Symbol("z")
    assert plain_text(entry.derivative((z,), (Symbol("a"),), 0, 0, {})[-1]) == derivative


@pytest.mark.parametrize(
    "text",
    ["z*sigmoid(z)", "z/(1 + abs(z))", "max(z, -0.3, 0.2*z)", "sqrt(1 + z^2) - 1", "log2(1 + z^2)", "min(z, 1)*cos(z)"],
)
def test_every_form_of_the_derivative_of_an_expression(text):
    """Each form of the derivative of an expression is its derivative, on both sides of every kink."""
    formula = read(text, ("z",), ("z",))
    entry = custom_activation("f", text, formula)
    derivative = diff(formula.doit().subs(Symbol("z"), Symbol("r", real=True)), Symbol("r", real=True))
    forms = entry.derivative(Z[:1], A[:1], 0, 0, {})
    draws = Draws(luck(text))
    compared = 0
    for point in [*POINTS, *(Rational(draws.number(-4, 4)) for _ in range(10))]:
        if point == 1:  # where min(z, 1) has its kink
            continue
        expected = derivative.subs(Symbol("r", real=True), point).evalf(DIGITS)
        for form in forms:
            found = form.doit().subs(Z[0], point).evalf(DIGITS)
            assert abs(found - expected) <= (abs(expected) + 1) * Rational(1, 10 ** (DIGITS - 5))
            compared += 1
    assert compared >= 20
