"""Functions of answers that no description has: those made of others, those of programs, and steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, S

from symnet.algebra.nodes import Indicator, Wins
from symnet.parsing.limits import Assembly, Fragment

Compose = Callable[[Assembly, int, Sequence[Fragment]], Fragment]


class ComposedFunction(NamedTuple):
    """A function that is an expression in its arguments.

    Attributes:
        arguments: How many arguments it takes.
        build: From what counts the parts of the answer, the place of the function and its arguments to its value.
        optional: How many arguments may follow that say nothing here, such as the value of a step at its kink.
    """

    arguments: int
    build: Compose
    optional: int = 0


def _one(at: int) -> Fragment:
    return Fragment(S.One, at, 1, Fraction(1))


def _over(name: str) -> Compose:
    """Return how one over a function is made."""
    return lambda parts, at, x: parts.joined("/", at, _one(at), parts.applied(name, at, x))


def _ratio(over: str, under: str) -> Compose:
    return lambda parts, at, x: parts.joined("/", at, parts.applied(over, at, x), parts.applied(under, at, x))


def _operator(sign: str) -> Compose:
    return lambda parts, at, x: parts.joined(sign, at, x[0], x[1])


def _square(parts: Assembly, at: int, x: Sequence[Fragment]) -> Fragment:
    return parts.joined("^", at, x[0], Fragment(Integer(2), at, 1, Fraction(2)))


def _step(parts: Assembly, at: int, x: Sequence[Fragment]) -> Fragment:
    return parts.grown(Fragment(Indicator(x[0].expression), at, 1 + x[0].depth))


def _greater(parts: Assembly, at: int, x: Sequence[Fragment]) -> Fragment:
    larger, smaller = (part.expression for part in x)
    chosen = Indicator(larger) if smaller is S.Zero else Wins(Integer(1), smaller, larger)
    return parts.grown(Fragment(chosen, at, 1 + max(part.depth for part in x)))


_STEPS = ("step", "Step", "heaviside", "Heaviside", "H", "Theta", "theta", "unitstep", "unit_step")

COMPOSED: Mapping[str, ComposedFunction] = MappingProxyType(
    {
        "sech": ComposedFunction(1, _over("cosh")),
        "csch": ComposedFunction(1, _over("sinh")),
        "coth": ComposedFunction(1, _ratio("cosh", "sinh")),
        "square": ComposedFunction(1, _square),
        "reciprocal": ComposedFunction(1, lambda parts, at, x: parts.joined("/", at, _one(at), x[0])),
        "negative": ComposedFunction(1, lambda parts, at, x: parts.negated(x[0], at)),
        "pow": ComposedFunction(2, _operator("^")),
        "power": ComposedFunction(2, _operator("^")),
        "multiply": ComposedFunction(2, _operator("*")),
        "divide": ComposedFunction(2, _operator("/")),
        "add": ComposedFunction(2, _operator("+")),
        "subtract": ComposedFunction(2, _operator("-")),
        "greater": ComposedFunction(2, _greater),
        **dict.fromkeys(_STEPS, ComposedFunction(1, _step, optional=1)),
    }
)
"""By the word that is written before its arguments, each function that is made of others."""

CONDITIONED = frozenset(("I", "chi", "ind", "indicator", "Indicator", "iverson", "int", "float", "bool"))
"""The words before a condition that are 1 where it holds and 0 elsewhere."""

CHOOSING = frozenset(("where", "select", "ifelse"))
"""The words before a condition, a value where it holds, and another where it does not."""

SAME: Mapping[str, str] = MappingProxyType(
    {
        "sgn": "sign", "logistic": "sigmoid", "sig": "sigmoid", "sigm": "sigmoid", "expit": "sigmoid",
        "log_2": "log2", "log_10": "log10", "log_e": "ln", "lg": "log10", "maximum": "max", "minimum": "min",
        "absolute": "abs", "fabs": "abs",
    }
)  # fmt: skip
"""By other words that students and programs write for them, the functions of the catalog."""

OF_ARRAYS = frozenset(("dot", "matmul", "outer", "transpose", "diag", "sum", "mean"))
"""The words before arguments that are vectors or matrices."""

WORDS = frozenset((*COMPOSED, *CONDITIONED, *CHOOSING, *OF_ARRAYS))
"""Every word that is read before arguments here, where no quantity is called so."""
