"""Random expressions as trees of plain tuples: their text, and their value worked out here, in mpmath alone."""

import mpmath
from hypothesis import strategies as st

NAMES = ("x", "y", "z")
NUMBERS = ("0", "1", "2", "3", "0.5", ".25", "7.", "1e-1", "12")
ONE_ARGUMENT = {
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": lambda x: mpmath.log(x, 10),
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(mpmath.mpf(0), x),
    "abs": abs,
    "sign": mpmath.sign,
}
SEVERAL = {"max": max, "min": min}
OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}
_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}

leaves = st.one_of(
    st.sampled_from(NAMES).map(lambda name: ("name", name)),
    st.sampled_from(NAMES).map(lambda name: ("name", name)),
    st.sampled_from(NUMBERS).map(lambda number: ("number", number)),
)
_powers = st.sampled_from(["2", "3", "0.5", "1"]).map(lambda number: ("number", number))


def _grown(parts):
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), parts, parts),
        st.tuples(st.just("^"), parts, st.one_of(_powers, parts)),
        st.tuples(st.just("negative"), parts),
        st.tuples(st.sampled_from(sorted(ONE_ARGUMENT)), parts),
        st.tuples(st.sampled_from(sorted(SEVERAL)), parts, parts),
        st.tuples(st.sampled_from(sorted(SEVERAL)), parts, parts, parts),
    )


trees = st.recursive(leaves, _grown, max_leaves=8)
points = st.fixed_dictionaries({name: st.fractions(min_value=-2, max_value=2, max_denominator=50) for name in NAMES})


def text_of(tree, least=0):
    """Return the text of a tree, with brackets only where the grammar needs them."""
    kind, *parts = tree
    if kind in ("name", "number"):
        return parts[0]
    if kind == "negative":
        text, tightness = f"-{text_of(parts[0], 2)}", 1.5
    elif kind in OPERATORS:
        tightness = _TIGHTNESS[kind]
        # A power binds to the right, the others to the left.
        left, right = (tightness + 0.1, tightness) if kind == "^" else (tightness, tightness + 0.1)
        text = f"{text_of(parts[0], left)} {kind} {text_of(parts[1], right)}"
    else:
        return f"{kind}({', '.join(map(text_of, parts))})"
    return f"({text})" if tightness < least else text


def value_of(tree, point):
    """Return the value of a tree at the precision in force; mpmath and Python alone know how.

    Raises:
        ArithmeticError: Where it has no real finite value.
    """
    kind, *parts = tree
    if kind == "name":
        return point[parts[0]]
    if kind == "number":
        return mpmath.mpf(parts[0])
    values = [value_of(part, point) for part in parts]
    if kind == "negative":
        return -values[0]
    function = OPERATORS.get(kind) or ONE_ARGUMENT.get(kind) or SEVERAL[kind]
    if kind == "^" and values[0] == 0 and values[1] < 0:
        raise ArithmeticError("division by 0")
    if kind in ("^", "exp", "sinh", "cosh", "tanh") and any(abs(value) > 10**4 for value in values):
        raise ArithmeticError("too large to look at")
    try:
        result = function(*values)
    except (ValueError, ZeroDivisionError) as error:
        raise ArithmeticError(str(error)) from error
    if isinstance(result, mpmath.mpc) or not mpmath.isfinite(result):
        raise ArithmeticError("not real and finite")
    return result
