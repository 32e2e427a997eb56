"""The functions that expressions may use, as ordinary SymPy has them: their values, and the text that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sympy import (
    Abs,
    Max,
    Min,
    Pow,
    S,
    cos,
    cosh,
    exp,
    log,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from sympy.core.expr import Expr

# Not evaluated where SymPy's own rules would compare or expand arguments without end.
ORDINARY: Mapping[str, Callable[..., Expr]] = MappingProxyType(
    {
        "exp": exp,
        "ln": log,
        "log": log,
        "log2": lambda x: log(x, 2),
        "log10": lambda x: log(x, 10),
        "sqrt": sqrt,
        "sin": sin,
        "cos": cos,
        "tan": tan,
        "sinh": sinh,
        "cosh": cosh,
        "tanh": tanh,
        "sigmoid": lambda x: Pow(1 + exp(-x), S.NegativeOne),
        "relu": lambda x: Max(S.Zero, x, evaluate=False),
        "max": lambda *arguments: Max(*arguments, evaluate=False),
        "min": lambda *arguments: Min(*arguments, evaluate=False),
        "abs": lambda x: Abs(x, evaluate=False),
        "sign": lambda x: sign(x, evaluate=False),
    }
)
"""By name, from ordinary arguments to the ordinary SymPy expression."""

TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "ln": "log({})",
        "log2": "log({}, 2)",
        "log10": "log({}, 10)",
        "relu": "Max(0, {})",
        "max": "Max({})",
        "min": "Min({})",
        "abs": "Abs({})",
    }
)
"""By name, the plain text about the arguments; the others are written under their own name."""
