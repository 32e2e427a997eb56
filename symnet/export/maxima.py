"""An expression as Maxima reads it, by a table over its shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sympy import Add, Mul, Number, Pow, Rational, S, Symbol, cos, cosh, exp, log, sin, sinh, tan, tanh
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Direct,
    Indicator,
    Partial,
    PathSum,
    PrimeDerivative,
    Quotient,
    Undercuts,
    Wins,
)

# Names that mean something else to Maxima or to STACK: constants, functions, words of the language.
_TAKEN = frozenset(
    {
        *("e", "i", "j", "pi", "inf", "minf", "ind", "und", "all", "none", "true", "false", "unknown"),
        *("gamma", "beta", "psi", "zeta", "sum", "product", "diff", "int", "limit", "at", "ev", "is", "del", "ln"),
        *("and", "or", "not", "if", "then", "elseif", "else", "do", "for", "from", "thru", "step", "next", "in"),
        *("while", "unless", "return", "block", "lambda", "matrix", "set", "list", "map", "root", "sec", "csc", "cot"),
        *("abs", "max", "min", "exp", "log", "sqrt", "erf", "signum", "sign", "unit_step"),
        *("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "floor", "round", "length", "factor"),
    }
)
# Names that questions give to what they work out.
_OWN = re.compile(r"ans\d+|wrong\d+|form\d+|ta\d*|definitions|own|symnet_\w*")


class NoMaximaError(Exception):
    """An expression has something that has no place in an answer that Maxima compares."""


def name_of(symbol: Expr) -> str:
    """Return how a name is typed.

    Args:
        symbol: A symbol, or a derivative that is cited.
    """
    whole = f"d{symbol.of.name}_d{symbol.wrt.name}" if isinstance(symbol, Partial) else str(symbol)
    # Steps of time and pieces are marked by signs that no name in Maxima has.
    name = whole.replace("@i", "").replace("#", "_t").replace(".", "_")
    if not name.isascii() or not name.replace("_", "a").isalnum() or not name[0].isalpha():
        raise NoMaximaError(name)
    return f"{name}_" if name in _TAKEN or _OWN.fullmatch(name) else name


def names_in(expressions: Iterable[Expr]) -> Mapping[str, Expr]:
    """Return the names in some expressions, by how they are typed.

    Args:
        expressions: The expressions.

    Raises:
        NoMaximaError: If two of them would be typed alike.
    """
    atoms = {atom for expression in expressions for atom in expression.atoms(Symbol, Partial)}
    found: dict[str, Expr] = {}
    for atom in sorted(atoms, key=str):
        name = name_of(atom)
        # A derivative may be cited as one or by its own symbol.
        if name in found and str(found[name]).replace("/", "_") != str(atom).replace("/", "_"):
            raise NoMaximaError(name)
        found.setdefault(name, atom)
    return found


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
    known = FUNCTIONS.get(function.name)
    if known is None:
        raise NoMaximaError(function.name)
    arguments = function.args[1:]
    if known.through is not None:
        return maxima(known.through(*arguments))
    return f"{_OTHERWISE.get(function.name, function.name)}({','.join(map(maxima, arguments))})"


def _branch(cases: Branch) -> str:
    """Return two cases as a sum, which can be compared with others."""
    switch, above, below = map(maxima, cases.args)
    return f"({above}*unit_step({switch})+{below}*(1-unit_step({switch})))"


def _wins(contest: Wins) -> str:
    """Return a contest as a product of its conditions; where two are equal it says nothing, as at any kink."""
    met = []
    for own, sign, other in contest.contests:
        ahead, behind = (own, other) if sign in {">", ">="} else (other, own)
        met.append(f"unit_step({maxima(ahead)}-({maxima(behind)}))")
    return f"({'*'.join(met)})"


def _called(name: str) -> Callable[[Any], str]:
    return lambda expression: f"{name}({maxima(expression.args[0])})"


# Functions that Maxima has under another name; others that are no expressions themselves have their own.
_OTHERWISE: Mapping[str, str] = MappingProxyType({"sign": "signum"})
_SHAPES: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        Symbol: name_of,
        Partial: name_of,
        Number: lambda number: _rational(number) if number.is_Rational else _no_float(number),
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
        Branch: _branch,
        Wins: _wins,
        Undercuts: _wins,
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
    *("max", "min", "abs", "signum", "sqrt", "erf", "unit_step"),
)
"""What an answer may call."""


def _rational(number: Rational) -> str:
    text = f"{number.p}/{number.q}" if number.q != 1 else str(number.p)
    return text if text.isdecimal() else f"({text})"


def _no_float(number: Number) -> str:
    raise NoMaximaError(str(number))
