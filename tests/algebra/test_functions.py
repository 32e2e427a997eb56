"""Every function of expressions: its derivatives, its kinks, and that it can be read, written and evaluated."""

import mpmath
import pytest
from sympy import Integer, Rational, S, Symbol, diff, symbols

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import SYMPY_FORMS, TEMPLATES, Applied, Indicator, Undercuts, Wins, plain_text
from symnet.layout import latex, text, typst
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.numerics.direct import numeric
from symnet.parsing.formula import read
from symnet.typeset.expressions import LayoutBuilder

x, y, z = symbols("x y z", real=True)
names = pytest.mark.parametrize("name", FUNCTIONS)
POINTS = [Rational(1, 3), Rational(7, 5), Rational(31, 10)]


def arguments_of(name):
    """Return as many names as a function has to have."""
    return [x, y, z][: FUNCTIONS[name].least]


def test_the_table():
    """The table has the functions of the contract, and each of them an ordinary value."""
    first = ["exp", "ln", "log", "log2", "log10", "sqrt", "sin", "cos", "tan"]
    contract = [*first, "sinh", "cosh", "tanh", "sigmoid", "relu", "max", "min", "abs", "sign", "erf"]
    assert list(FUNCTIONS) == contract
    assert set(SYMPY_FORMS) == set(contract)
    assert set(TEMPLATES) < set(contract)


def test_the_table_cannot_be_changed():
    """Neither the table nor an entry of it takes anything new."""
    with pytest.raises(TypeError):
        FUNCTIONS["new"] = FUNCTIONS["exp"]
    with pytest.raises(AttributeError):
        FUNCTIONS["exp"].name = "other"


@names
@pytest.mark.parametrize("sign", [1, -1])
def test_derivatives_are_those_of_sympy(name, sign):
    """The taught derivative with respect to each argument is SymPy's derivative, at 50-digit points off the kinks."""
    arguments = arguments_of(name)
    ordinary = SYMPY_FORMS[name](*arguments)
    with mpmath.workdps(60):
        for number in POINTS:
            point = {argument: sign * (number + place) for place, argument in enumerate(arguments)}
            exact = {argument: mpmath.mpf(int(value.p)) / int(value.q) for argument, value in point.items()}
            if name in ("ln", "log", "log2", "log10", "sqrt") and sign < 0:
                continue
            for argument, derivative in zip(arguments, FUNCTIONS[name].derivatives(*arguments), strict=True):
                expected = diff(ordinary, argument).subs(point).evalf(55)
                assert abs(numeric(derivative, exact) - mpmath.mpf(str(expected))) < mpmath.mpf(10) ** -50


@names
def test_a_function_is_read_and_written(name):
    """Each function is read from its name, and written in every format."""
    function = FUNCTIONS[name]
    arguments = [Symbol(letter) for letter in "uvw"[: function.least]]
    expression = read(f"{name}({', '.join(argument.name for argument in arguments)})", "uvw")
    assert expression == function.build(*arguments)
    build = LayoutBuilder(Names(NOTATIONS["standard"], {}))
    for write in (text.write, latex.write, typst.write):
        assert write(build(expression))
        assert all(write(build(derivative)) for derivative in function.derivatives(*arguments))
    assert function.least <= function.most


@pytest.mark.parametrize(
    ("name", "at", "derivative"),
    [("relu", 0, 0), ("relu", 1, 1), ("abs", 0, 0), ("abs", -2, -1), ("sign", 0, 0), ("sign", 3, 0)],
)
def test_derivatives_at_a_kink(name, at, derivative):
    """At its kink each function has the derivative that is the convention."""
    (found,) = FUNCTIONS[name].derivatives(x)
    assert numeric(found, {x: mpmath.mpf(at)}) == derivative


@pytest.mark.parametrize("name", ["max", "min"])
def test_of_equal_arguments_the_first_counts(name):
    """Where two expressions tie, the first one has the derivative."""
    derivatives = FUNCTIONS[name].derivatives(x, y, z)
    tie = dict.fromkeys((x, y, z), mpmath.mpf(1))
    assert [numeric(derivative, tie) for derivative in derivatives] == [1, 0, 0]


@pytest.mark.parametrize("name", ["max", "min"])
def test_a_number_wins_a_tie(name):
    """Where an expression ties with a number, the number counts, wherever it stands."""
    for arguments in ((x, Integer(2)), (Integer(2), x), (x, S.Zero), (S.Zero, x)):
        tie = {x: mpmath.mpf(2 if Integer(2) in arguments else 0)}
        found = [numeric(derivative, tie) for derivative in FUNCTIONS[name].derivatives(*arguments)]
        assert found == [int(argument is not x) for argument in arguments]


def test_extremes_as_they_are_taught():
    """The derivative of max(0, x) is an indicator, and others are the condition under which an argument wins."""
    assert FUNCTIONS["max"].derivatives(S.Zero, x)[1] == Indicator(x)
    assert FUNCTIONS["max"].derivatives(x, y) == (Wins(Integer(0), x, y), Wins(Integer(1), x, y))
    assert FUNCTIONS["min"].derivatives(x, S.One)[0] == Undercuts(Integer(1), S.One, x)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("sigmoid", "1/(1 + exp(-x))*(1 - 1/(1 + exp(-x)))"),
        ("tanh", "1 - tanh(x)**2"),
        ("ln", "1/x"),
        ("log2", "1/(x*log(2))"),
        ("sqrt", "1/(2*sqrt(x))"),
        ("tan", "1 + tan(x)**2"),
        ("cos", "-sin(x)"),
        ("abs", "sign(x)"),
    ],
)
def test_derivatives_as_they_are_taught(name, written):
    """A derivative has the form that courses teach."""
    assert plain_text(FUNCTIONS[name].derivatives(Symbol("x"))[0]) == written


def test_a_function_of_a_function():
    """A function is named by one of the table, whatever stands inside."""
    assert read("abs(max(x, 1))", {"x"}) == Applied("abs", Applied("max", Symbol("x"), S.One))
