"""Random ordered expressions, and their value worked out here, without SymPy or symnet."""

from fractions import Fraction

from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, Rational, Symbol

from symnet.algebra.nodes import Chain, Indicator, PathSum, Quotient

SYMBOLS = tuple(Symbol(name) for name in ("a1_1", "b2", "w1_2_1", "x1", "y1"))
_numbers = st.sampled_from(
    [Integer(0), Integer(1), Integer(-1), Integer(2), Integer(-3), Rational(1, 2), Rational(-2, 3)]
)
# As in a derivation, an indicator is of a pre-activation: SymPy's own cases come to grief over cases within cases.
_indicators = st.sampled_from(SYMBOLS).map(Indicator)
leaves = st.one_of(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), _numbers)


def _grown(parts):
    several = st.lists(parts, min_size=1, max_size=4)
    return st.one_of(
        several.map(lambda args: Chain(*args)),
        several.map(lambda args: PathSum(*args)),
        st.tuples(parts, parts.filter(lambda part: not part.has(Indicator))).map(lambda args: Quotient(*args)),
        st.tuples(_indicators, parts).map(lambda args: Chain(*args)),
        st.sampled_from(SYMBOLS).map(lambda symbol: symbol ** Integer(2)),
        st.tuples(parts, parts).map(lambda args: PathSum(*args) ** Integer(2)),
    )


expressions = st.recursive(leaves, _grown, max_leaves=12)
points = st.fixed_dictionaries(
    {symbol: st.fractions(min_value=-3, max_value=3, max_denominator=7) for symbol in SYMBOLS}
)


def value_of(expression, point):  # noqa: PLR0911 - one return a kind
    """Return the value of ``expression`` as a fraction.

    Raises:
        ZeroDivisionError: Where it has none.
    """
    if expression in point:
        return point[expression]
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    values = [value_of(part, point) for part in expression.args]
    if isinstance(expression, PathSum | Add):
        return sum(values, Fraction(0))
    if isinstance(expression, Chain | Mul):
        product = Fraction(1)
        for value in values:
            product *= value
        return product
    if isinstance(expression, Quotient):
        return values[0] / values[1]
    if isinstance(expression, Pow):
        return values[0] ** int(values[1])
    if isinstance(expression, Indicator):
        return Fraction(int(values[0] > 0))
    raise TypeError(type(expression))
