"""What the table says of each regularizer is true, and its derivative is SymPy's own derivative."""

import mpmath
import pytest
from sympy import Rational, Symbol, diff, symbols

from symnet.algebra.nodes import plain_text
from symnet.catalog.regularizers import REGULARIZERS
from symnet.numerics.direct import numeric
from symnet.text.en import SENTENCES

entries = pytest.mark.parametrize("entry", REGULARIZERS.values(), ids=REGULARIZERS)
W = symbols("w1:4")
REAL = {w: Symbol(w.name, real=True) for w in W}
NORM = Symbol("norm1")
POINTS = [("1", "-2", "1/3"), ("-1/2", "3/7", "-4"), ("1/1000", "-1/1000", "7")]


def test_the_table_is_complete():
    """The tests below see every regularizer of the contract."""
    assert list(REGULARIZERS) == ["l1", "l2", "half_l2", "l2_norm"]


@entries
def test_the_derivative_is_the_derivative(entry):
    """The taught derivative equals sympy.diff of the value to 50 digits, for weights of both signs."""
    value = entry.value(W).doit()
    for point in POINTS:
        at = {REAL[w]: Rational(number) for w, number in zip(W, point, strict=True)}
        for w in W:
            taught = entry.derivative(w, NORM if entry.node else None).doit().subs(NORM, value)
            expected = diff(value.xreplace(REAL), REAL[w]).subs(at).evalf(50)
            assert abs(taught.xreplace(REAL).subs(at).evalf(50) - expected) <= abs(expected) * Rational(1, 10**45)


@pytest.mark.parametrize(
    ("name", "value", "derivative"),
    [
        ("l1", "Abs(w1) + Abs(w2) + Abs(w3)", "sign(w2)"),
        ("l2", "w1**2 + w2**2 + w3**2", "2*w2"),
        ("half_l2", "1/2*(w1**2 + w2**2 + w3**2)", "w2"),
        ("l2_norm", "sqrt(w1**2 + w2**2 + w3**2)", "w2/norm1"),
    ],
)
def test_the_formulas(name, value, derivative):
    """Penalties and their derivatives are those of the contract, term by term, in order."""
    entry = REGULARIZERS[name]
    assert plain_text(entry.value(W)) == value
    assert plain_text(entry.derivative(W[1], NORM)) == derivative


@entries
def test_a_node_is_where_the_derivative_needs_it(entry):
    """The value is a node of its own exactly if the derivative with respect to one parameter depends on the others."""
    others = diff(entry.value(W).doit().xreplace(REAL), REAL[W[0]]).free_symbols - {REAL[W[0]]}
    assert entry.node == bool(others)


@entries
def test_the_derivative_at_zero_is_the_convention(entry):
    """Where all parameters are 0 the derivative is taken to be 0, and a kink is named exactly if there is one."""
    at = dict.fromkeys(W, mpmath.mpf(0)) | {NORM: mpmath.mpf(0)}
    assert numeric(entry.value(W), at) == 0
    assert numeric(entry.derivative(W[0], NORM), at) == 0
    step = mpmath.mpf(10) ** -20
    above, below = (numeric(entry.value(W), at | {W[0]: side}) / side for side in (step, -step))
    assert entry.kinked == (abs(above - below) > 1)
    assert (f"regularizer.{entry.name}.remark" in SENTENCES) == entry.kinked


def test_the_worked_penalties():
    """The squares of two weight vectors of the lecture are 1 and 1/4."""
    weights = symbols("w1:5")
    value = REGULARIZERS["l2"].value(weights).doit()
    assert value.subs(dict(zip(weights, (1, 0, 0, 0), strict=True))) == 1
    assert value.subs(dict.fromkeys(weights, Rational(1, 4))) == Rational(1, 4)
