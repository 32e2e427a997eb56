"""Untrusted text becomes the expression that it is, or an error at the very place; nothing in it is ever run."""

from math import gcd

import mpmath
import pytest
from effort import calls
from formulas import NAMES, points, text_of, trees, value_of
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sympy import Integer, Pow, Rational, S, Symbol

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, plain_text
from symnet.numerics.direct import NoValueError, numeric
from symnet.parsing.formula import RESERVED, FormulaError, excerpt, is_name, read

x, y, z = map(Symbol, NAMES)
SCOPE = {"x", "y", "z", "hidden", "lambda"}


def error_of(text, scope=SCOPE):
    """Return the error that a text is refused with."""
    with pytest.raises(FormulaError) as caught:
        read(text, scope)
    return caught.value


@given(trees, points)
def test_reading_keeps_the_value(tree, point):
    """What is read has the value that the text says, worked out without symnet."""
    with mpmath.workdps(50):
        at = {name: mpmath.mpf(value.numerator) / value.denominator for name, value in point.items()}
        try:
            expected = value_of(tree, at)
            found = numeric(read(text_of(tree), NAMES), {Symbol(name): value for name, value in at.items()})
        except (ArithmeticError, FormulaError):
            assume(False)
        assert abs(found - expected) <= mpmath.mpf(10) ** -35 * (1 + abs(expected))


@given(trees)
def test_reading_again_changes_nothing(tree):
    """The brackets that the text can do without make no difference."""

    def bracketed(part):
        kind, *parts = part
        if kind in ("name", "number"):
            return parts[0]
        if kind == "negative":
            return f"(-{bracketed(parts[0])})"
        if kind in FUNCTIONS:
            return f"{kind}({', '.join(map(bracketed, parts))})"
        return f"({bracketed(parts[0])}{kind}{bracketed(parts[1])})"

    try:
        plain = read(text_of(tree), NAMES)
    except FormulaError:
        assume(False)
    point = {Symbol(name): mpmath.mpf(number) for name, number in zip(NAMES, ("0.3", "1.7", "-0.6"), strict=True)}
    try:
        assert mpmath.almosteq(numeric(read(bracketed(tree), NAMES), point), numeric(plain, point), 1e-9)
    except NoValueError:
        assume(False)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("x + y*z", PathSum(x, Chain(y, z))),
        ("x - y - z", PathSum(x, Chain(S.NegativeOne, y), Chain(S.NegativeOne, z))),
        ("x - (y + z)", PathSum(x, Chain(S.NegativeOne, PathSum(y, z)))),
        ("x + x", PathSum(x, x)),
        ("2*3", Chain(Integer(2), Integer(3))),
        ("z*y*x", Chain(z, y, x)),
        ("x/y/z", Quotient(Quotient(x, y), z)),
        ("x/y*z", Chain(Quotient(x, y), z)),
        ("-x^2", Chain(S.NegativeOne, Pow(x, 2))),
        ("-x/y", Chain(S.NegativeOne, Quotient(x, y))),
        ("x^y^z", Pow(x, Pow(y, z))),
        ("(x^2)^3", Pow(Pow(x, 2), 3, evaluate=False)),
        ("2^-1", Pow(Integer(2), Integer(-1), evaluate=False)),
        ("2^-x", Pow(Integer(2), Chain(S.NegativeOne, x))),
        ("-2", Integer(-2)),
        ("x*-2", Chain(x, Integer(-2))),
        ("+x", x),
        ("x - 2", PathSum(x, Chain(S.NegativeOne, Integer(2)))),
        ("1/2*x", Chain(Rational(1, 2), x)),
        ("2/4", Quotient(Integer(2), Integer(4))),
        ("0.15", Rational(3, 20)),
        ("1e-3 + .5 + 2.", PathSum(Rational(1, 1000), Rational(1, 2), Integer(2))),
        ("((x))", x),
        (" x\n+\ty ", PathSum(x, y)),
        ("e + pi", PathSum(S.Exp1, S.Pi)),
        ("sqrt(x)", Applied("sqrt", x)),
        ("max(x, y, 0)", Applied("max", x, y, S.Zero)),
        ("lambda*hidden", Chain(Symbol("lambda"), Symbol("hidden"))),
    ],
)
def test_expressions_as_they_are_held(text, expression):
    """An expression stays in the order and the form in which it was written."""
    assert read(text, SCOPE) == expression


@pytest.mark.parametrize(
    ("text", "plain"), [("e^x", "exp(x)"), ("exp(-x)", "exp(-x)"), ("ln(x) + log(x)", "log(x) + log(x)")]
)
def test_functions_that_sympy_has(text, plain):
    """A power of e, and the natural logarithm under both of its names, are SymPy's own."""
    assert plain_text(read(text, SCOPE)) == plain


def test_a_name_of_the_file_takes_the_place_of_a_constant():
    """Where a file has an e or a pi of its own, that is what it means."""
    assert read("e*pi", {"e", "pi"}) == Chain(Symbol("e"), Symbol("pi"))


def test_the_scope_may_be_a_rule():
    """Names may be told by a rule instead of a list."""
    assert read("a1*a22", lambda name: name.startswith("a")) == Chain(Symbol("a1"), Symbol("a22"))
    with pytest.raises(FormulaError, match='found "b1"'):
        read("a1*b1", lambda name: name.startswith("a"))


@pytest.mark.parametrize(
    ("text", "position", "found", "part"),
    [
        ("", 0, "the end", "Write an expression."),
        ("x +", 3, "the end", "a name, a number"),
        ("x y", 2, '"y"', "Write * for a product: x*y"),
        ("2x", 1, '"x"', "Write * for a product: 2*x"),
        ("2(x)", 1, '"("', "Write * for a product: 2*("),
        ("(x)(y)", 3, '"("', "Write * for a product"),
        ("x(y)", 1, '"("', "x is no function; write x*( ) for a product."),
        ("e(y)", 1, '"("', "e is no function"),
        ("1.2.3", 3, '".3"', "an operator"),
        ("sin x", 4, '"x"', "Its argument stands in brackets: sin(x)."),
        ("sin", 3, "the end", "an opening bracket"),
        ("exp()", 0, "0 arguments of exp", "expected 1"),
        ("exp(x, y)", 0, "2 arguments of exp", "expected 1"),
        ("z + max(x)", 4, "1 argument of max", "expected 2 or more"),
        ("hiden + x", 0, '"hiden"', 'Did you mean "hidden"?'),
        ("sigmod(x)", 0, '"sigmod"', 'Did you mean "sigmoid"?'),
        ("x + q", 4, '"q"', "hidden, lambda, x, y, z, e, pi, and the functions exp, ln"),
        ("x**2", 1, '"**"', "Write ^ for a power."),
        ("x = 2", 2, '"="', "on the right of the equality sign"),
        ("x.y", 1, '"."', "no dots"),
        ("'x'", 0, '"\'"', "quotes"),
        ("[x]", 0, '"["', "round brackets"),
        ("|x|", 0, '"|"', "abs( )"),
        ("x < y", 2, '"<"', "compares"),
        ("\\frac{x}{y}", 0, '"\\"', "LaTeX"),
        ("(x + y", 0, '"("', "never closed"),
        ("x + y)", 5, '")"', "closes no bracket"),
        ("max(x; y)", 5, '";"', "commas"),
        ("max x, y)", 4, '"x"', "brackets"),
        ("x, y", 1, '","', "an operator"),
        ("x / 0", 4, "a division by 0", "anything but 0"),
        ("x/(1 - 1)", 2, "a division by 0", "anything but 0"),
        ("x + ln(0)", 4, '"ln(0)"', "the logarithm of 0"),
        ("sqrt(-2)", 0, '"sqrt(-2)"', "square root of a negative"),
        ("0^-1", 0, '"0^-1"', "division by 0"),
        ("007", 0, '"007"', "zeros in front"),
        ("1_000", 1, '"_000"', "underscores"),
        ("_x", 0, '"_x"', "begins with a letter"),
        ("x − y", 2, '"−" (U+2212)', "Write - for minus."),
        ("x × y", 2, '"×" (U+00D7)', "Write * for a product."),
        ("x·y", 1, '"·" (U+00B7)', "Write * for a product."),
        ("x ÷ y", 2, '"÷" (U+00F7)', "Write / for a quotient."),
        ("x²", 1, '"²" (U+00B2)', "Write ^2."),
        ("α*x", 0, '"α" (U+03B1)', "Write alpha."),
        ("Γ*x", 0, '"Γ" (U+0393)', "Write Gamma."),
        ("х + 1", 0, '"х" (U+0445)', "English alphabet"),
        ("ｘ", 0, '"ｘ" (U+FF58)', "Write x."),
        ("x\N{NO-BREAK SPACE}", 1, '"\\xa0" (U+00A0)', "ordinary space"),
        ("x\0", 1, '"\\x00"', "names, numbers"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}x", 0, '"\\u202e" (U+202E)', "names, numbers"),
        ("unknown$", 0, '"unknown"', "the functions"),
    ],
)
def test_errors(text, position, found, part):
    """An error says where, what was found, what is allowed and what to do; it is the first one in the text."""
    error = error_of(text)
    assert (error.position, error.found) == (position, found)
    assert part in str(error)
    assert str(error).startswith(f"found {found}; expected {error.allowed}")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("__import__('os').system('true')", "a name begins with a letter"),
        ("S('x')", 'found "s"'),
        ("N(2)", 'found "n"'),
        ("exec(x)", "the functions"),
        ("x.__class__", "no dots"),
        ("(lambda: 1)()", "names, numbers"),
        ("9**9**9**9", "write ^"),
        ("9^9^9^9", "exponents from -100 to 100"),
        ("x^101", "exponents from -100 to 100"),
        ("x^-(50 + 51)", "exponents from -100 to 100"),
        ("((2^100)^100)^100", "too large"),
        ("exp(exp(exp(10)))", "too large"),
        ("1e308*10", "too large"),
        ("1e-308/1e10", "too close to 0"),
        ("(0.99999^100)^100", "too many digits"),
        (f"((0.{'9' * 49})^100)^100", "too many digits"),
        ("1e999999999", "exponents from -308 to 308"),
        ("1e-99999999999999999999", "exponents from -308 to 308"),
        ("1" * 51, "at most 50 digits"),
        ("(" * 10_000, "at most 2,000"),
        ("(" * 1_000, "more than 50 levels"),
        ("-" * 1_000 + "x", "more than 50 levels"),
        ("x" + "^x" * 60, "more than 50 levels"),
        ("x" + "/x" * 60, "more than 50 levels"),
        ("abs(" * 51 + "x" + ")" * 51, "more than 50 levels"),
        ("a" * 1_000_000, "at most 2,000"),
        ("a" * 41, "at most 40 characters"),
        ("+".join("x" * 300), "more than 500"),
        ("x" * 1_999 + "\N{SNOWMAN}", "at most 40 characters"),
    ],
)
def test_hostile_text_is_refused_at_once(text, part):
    """Nothing is run, and limits come before work: a refusal takes few calls."""
    error = error_of(text)
    assert calls(lambda: error_of(text)) < 500_000
    assert part in str(error).lower()
    assert len(str(error)) < 500
    assert all(len(line) < 80 for line in error.excerpt.splitlines())


def test_what_the_limits_leave():
    """At the limits an expression is still read."""
    assert read("(" * 48 + "x" + ")" * 48, SCOPE) == x
    assert read("+".join("x" * 250), SCOPE) == PathSum(*[x] * 250)
    assert len(read("x^100 + x^-100 + 2^100", SCOPE).args) == 3
    assert read("x" + " " * 1_999, SCOPE) == x
    assert read("1" * 50 + "+ 1e308 + 1e-307", SCOPE).args[:2] == (Integer("1" * 50), Integer(10) ** 308)
    assert read("a" * 40, {"a" * 40}) == Symbol("a" * 40)


@given(st.text(max_size=60))
@example("x\ud800")
@example("1e")
@example("x y" + "\N{COMBINING ACUTE ACCENT}")
def test_any_text_is_read_or_refused(text):
    """Whatever the text, there is an expression or an error with a place in it, and nothing else."""
    try:
        read(text, SCOPE)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)
        first, second = error.excerpt.split("\n")
        assert first.isprintable()
        assert second.strip() == "^"


def test_the_mark_stands_under_the_place():
    """The excerpt has the mark in the column of the place, wide and invisible characters counted as they are shown."""
    assert excerpt("x + $", 4) == "x + $\n    ^"
    assert excerpt("\N{CJK UNIFIED IDEOGRAPH-4E2D} $", 2).split("\n")[1] == "   ^"
    assert excerpt("\0$", 1) == "\\x00$\n    ^"
    assert excerpt("e\N{COMBINING ACUTE ACCENT}$", 2).split("\n")[1] == " ^"


def test_the_excerpt_is_cut():
    """Of a long text only what is near the place is shown, with dots where it is cut."""
    text = "x + " * 100 + "$" + " + x" * 100
    first, second = excerpt(text, 400).split("\n")
    assert first.startswith("…")
    assert first.endswith("…")
    assert first[second.index("^")] == "$"
    assert len(first) <= 62


def test_names():
    """A name is a letter, then letters, digits and underscores, and not too long."""
    assert all(map(is_name, ("x", "w0", "x_12", "hidden", "lambda", "a" * 40, "S")))
    assert not any(map(is_name, ("", "_x", "1x", "x.y", "x y", "α", "a" * 41, "x\n", "x'")))


def test_reserved_names():
    """Functions, words of the plain text and Python's keywords are no names; lambda is a letter of every course."""
    assert set(FUNCTIONS) | {"Max", "Min", "Abs", "Piecewise", "Sum", "True", "False", "if", "not"} <= RESERVED
    assert not {"lambda", "S", "N", "E", "I", "x", "e", "pi"} & RESERVED


@given(st.integers(0, 99), st.integers(2, 99))
def test_a_quotient_of_whole_numbers_in_lowest_terms_is_a_number(over, under):
    """1/2 is the number one half; 2/4 stays as it was written."""
    found = read(f"{over}/{under}", ())
    assert found == (
        Rational(over, under) if over and gcd(over, under) == 1 else Quotient(Integer(over), Integer(under))
    )
