"""Values under a condition: by cases, or with indicators."""

import pytest
from sympy import Integer, Rational, S, Symbol, symbols

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Undercuts, Wins, by_comparison
from symnet.layout import text
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.typeset.expressions import LayoutBuilder

x, y, z, w = symbols("x y z w")
LONG = [Symbol(f"weight{number}") for number in range(12)]


def written(profile, expression):
    """Return an expression as plain text in a notation."""
    return text.write(LayoutBuilder(Names(NOTATIONS[profile], {}))(expression))


@pytest.mark.parametrize(
    ("expression", "standard", "by_cases", "with_indicator"),
    [
        (Indicator(z), "𝟏[z > 0]", "{1 if z > 0; 0 otherwise}", "𝕀[z > 0]"),
        (Wins(Integer(0), z, w), "𝟏[z ≥ w]", "{1 if z ≥ w; 0 otherwise}", "𝕀[z ≥ w]"),
        (Undercuts(Integer(0), z, w), "𝟏[z ≤ w]", "{1 if z ≤ w; 0 otherwise}", "𝕀[z ≤ w]"),
        (Chain(w, Indicator(z), x), "w 𝟏[z > 0] x", "{w x if z > 0; 0 otherwise}", "w x 𝕀[z > 0]"),
        (
            Chain(Indicator(z), w, Indicator(y)),
            "𝟏[z > 0] w 𝟏[y > 0]",
            "{w if z > 0, y > 0; 0 otherwise}",
            "w 𝕀[z > 0] 𝕀[y > 0]",
        ),
        (Chain(S.NegativeOne, y, Indicator(z)), "−y 𝟏[z > 0]", "{−y if z > 0; 0 otherwise}", "−y 𝕀[z > 0]"),
        (
            Chain(Indicator(z), PathSum(x, w)),
            "𝟏[z > 0](x + w)",
            "{x + w if z > 0; 0 otherwise}",
            "(x + w) 𝕀[z > 0]",
        ),
        (
            Branch(z, S.One, Rational(1, 10)),
            "{1 if z > 0; 0.1 if z ≤ 0}",
            "{1 if z > 0; 0.1 otherwise}",
            "𝕀[z > 0] + 0.1 𝕀[z ≤ 0]",
        ),
        (
            Branch(z, Chain(S.NegativeOne, y), S.Zero),
            "{−y if z > 0; 0 if z ≤ 0}",
            "{−y if z > 0; 0 otherwise}",
            "−y 𝕀[z > 0]",
        ),
        (
            Branch(z, S.Zero, PathSum(x, Integer(1))),
            "{0 if z > 0; x + 1 if z ≤ 0}",
            "{0 if z > 0; x + 1 otherwise}",
            "(x + 1) 𝕀[z ≤ 0]",
        ),
        (Branch(z, S.Zero, S.Zero), "{0 if z > 0; 0 if z ≤ 0}", "{0 if z > 0; 0 otherwise}", "0"),
    ],
)
def test_conditions(expression, standard, by_cases, with_indicator):
    """A notation writes conditions as the derivation has them, by cases, or with an indicator that stands last."""
    assert written("standard", expression) == standard
    assert written("cs4045", expression) == by_cases
    assert written("eecs445", expression) == with_indicator


def test_a_long_product_is_not_cut_into_cases():
    """A line cannot be broken within cases, so a long product keeps its indicator where it stands."""
    assert " 𝟏[z > 0] " in written("cs4045", Chain(*LONG, Indicator(z), x))
    assert written("cs4045", Chain(LONG[0], Indicator(z), x)).startswith("{")


@pytest.mark.parametrize(
    ("comparison", "told"),
    [
        ((">", z, S.One), "{x if z > 1; y if z ≤ 1}"),
        (("<", z, S.One), "{x if z < 1; y if z ≥ 1}"),
        (("<", z, w), "{x if z < w; y if z ≥ w}"),
        (("<", z, S.Zero), "{x if z < 0; y if z ≥ 0}"),
        (("<=", z, w), "{y if z > w; x if z ≤ w}"),
        ((">=", z, S.Zero), "{y if z < 0; x if z ≥ 0}"),
        (("<", S.Zero, z), "{x if z > 0; y if z ≤ 0}"),
        (("<", S.One, z), "{x if z > 1; y if z ≤ 1}"),
        (("<", PathSum(z, w), S.One), "{x if z + w < 1; y if z + w ≥ 1}"),
        (("<", z, PathSum(w, S.One)), "{x if z < w + 1; y if z ≥ w + 1}"),
        (("<", Applied("abs", z), S.One), "{x if |z| < 1; y if |z| ≥ 1}"),
    ],
)
def test_a_comparison_is_printed_as_it_was_written(comparison, told):
    """Both sides stay where they were, and the number 0 or 1 stands alone."""
    assert written("standard", by_comparison(*comparison, x, y)) == told
