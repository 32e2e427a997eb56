"""An expression as Maxima reads it, by a table over its shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sympy import Add, Mul, Number, Pow, S, Symbol, cos, cosh, exp, log, sin, sinh, tan, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, Direct, Indicator, Partial, PathSum, PrimeDerivative, Quotient

# Names that mean something else to Maxima or to STACK.
_TAKEN = frozenset({"e", "i", "j", "pi", "inf", "gamma", "beta", "sum", "product", "diff", "int", "max", "min", "abs"})


class NoMaximaError(Exception):
    """An expression has something that has no place in an answer that Maxima compares."""


def name_of(symbol: Expr) -> str:
    """Return how a name is typed.

    Args:
        symbol: A symbol, or a derivative that is cited.
    """
    if isinstance(symbol, Partial):
        return f"d{symbol.of.name}_d{symbol.wrt.name}".replace("@i", "")
    name = str(symbol).removesuffix("@i")
    if not name.isascii() or not name.replace("_", "a").isalnum():
        raise NoMaximaError(name)
    return f"{name}_" if name in _TAKEN else name


def names_in(expressions: Iterable[Expr]) -> Mapping[str, Expr]:
    """Return the names in some expressions, by how they are typed.

    Args:
        expressions: The expressions.
    """
    atoms = {atom for expression in expressions for atom in expression.atoms(Symbol, Partial)}
    return {name_of(atom): atom for atom in sorted(atoms, key=str)}


def maxima(expression: Expr) -> str:
    """Return an expression in the syntax of Maxima.

    Args:
        expression: The expression.

    Raises:
        NoMaximaError: If it has something that Maxima does not know.
    """
    if isinstance(expression, Direct | PrimeDerivative):
        raise NoMaximaError(str(expression))
    for kind, write in _SHAPES.items():
        if isinstance(expression, kind):
            return write(expression)
    raise NoMaximaError(type(expression).__name__)


def _joined(sign: str) -> Callable[[Any], str]:
    return lambda expression: f"({sign.join(maxima(part) for part in expression.args)})"


def _power(power: Pow) -> str:
    base, exponent = power.args
    return f"({maxima(base)}^{maxima(exponent)})"


def _applied(function: Applied) -> str:
    template = _FUNCTIONS.get(function.name)
    if template is None:
        raise NoMaximaError(function.name)
    return template.format(",".join(map(maxima, function.args[1:])))


def _called(name: str) -> Callable[[Any], str]:
    return lambda expression: f"{name}({maxima(expression.args[0])})"


_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "sigmoid": "(1/(1+exp(-({}))))",
        "relu": "max(0,{})",
        "max": "max({})",
        "min": "min({})",
        "abs": "abs({})",
        "sign": "signum({})",
        "erf": "erf({})",
    }
)
_SHAPES: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        Symbol: name_of,
        Partial: name_of,
        Number: lambda number: f"({number.p}/{number.q})" if number.is_Rational else _no_float(number),
        Chain: _joined("*"),
        Mul: _joined("*"),
        PathSum: _joined("+"),
        Add: _joined("+"),
        Quotient: _joined("/"),
        Pow: _power,
        type(S.Exp1): lambda _: "%e",
        type(S.Pi): lambda _: "%pi",
        # Both are 0 where the argument is.
        Indicator: _called("unit_step"),
        exp: _called("exp"),
        log: _called("log"),
        tanh: _called("tanh"),
        sin: _called("sin"),
        cos: _called("cos"),
        tan: _called("tan"),
        sinh: _called("sinh"),
        cosh: _called("cosh"),
        Applied: _applied,
    }
)
FUNCTION_NAMES = (
    *("exp", "log", "tanh", "sin", "cos", "tan", "sinh", "cosh"),
    *("max", "min", "abs", "signum", "erf", "unit_step"),
)
"""What an answer may call."""


def _no_float(number: Number) -> str:
    raise NoMaximaError(str(number))
