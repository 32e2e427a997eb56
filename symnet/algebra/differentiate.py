"""The derivative of one ordered expression wrt one symbol, straight from the rules and as it would be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd
from typing import Any

from sympy import Add, Integer, Mul, Pow, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Indicator,
    PathSum,
    Quotient,
    Undercuts,
    Wins,
    difference,
    negative,
    plain_text,
)
from symnet.algebra.rewrite import substitute
from symnet.algebra.rules import Rule
from symnet.algebra.shorten import Line, Shortener

_PLAIN = Shortener()


def derivative(expression: Expr, symbol: Symbol) -> Expr:
    """Return the derivative of ``expression`` with respect to ``symbol``, in its shortest form."""
    return forms(expression, symbol)[-1]


def forms(
    expression: Expr, symbol: Symbol, own: Symbol | None = None, shortener: Shortener | None = None
) -> tuple[Expr, ...]:
    """Return the derivative of ``expression`` by ``symbol``: straight from the rules, then line by line shorter.

    Args:
        expression: An ordered expression.
        symbol: What it is differentiated with respect to.
        own: The name of the expression's value, which later forms use where they can: the derivative of
            ``h = sigmoid(u)`` is ``h (1 - h)``.
        shortener: What knows further names to put in; else the expression's own alone.
    """
    return tuple(form for form, _rule in lines(expression, symbol, own, shortener))


def lines(
    expression: Expr, symbol: Symbol, own: Symbol | None = None, shortener: Shortener | None = None
) -> tuple[Line, ...]:
    """Return the forms of :func:`forms`, each with the reason why it equals the one before it."""
    first = _derived(expression, symbol)
    named = first if own is None else substitute(first, {expression: own})
    if shortener is None:
        shortener = _PLAIN if own is None else Shortener({own: expression}, local=True)
    found = [(first, Rule.LOCAL_DERIVATIVE), *shortener.lines(named)]
    if len(found) == 1 and named != first:
        found.append((named, Rule.SIMPLIFY))
    # Of forms that are written alike the last stands, with the reason of the first.
    written: dict[str, Line] = {}
    for form, rule in found:
        text = plain_text(form)
        written[text] = form, written.get(text, (form, rule))[1]
    return tuple(written.values())


def _derived(expression: Expr, symbol: Symbol) -> Expr:
    if expression == symbol:
        return S.One
    if symbol not in expression.free_symbols:
        return S.Zero
    return _RULES[type(expression)](expression, symbol)


def _times(*factors: Expr) -> Expr:
    """Return the product of ``factors`` without factors of 1, or 0 if one of them is 0."""
    return S.Zero if S.Zero in factors else Chain(*(factor for factor in factors if factor is not S.One))


def _sum(expression: Expr, symbol: Symbol) -> Expr:
    terms = (_derived(term, symbol) for term in expression.args)
    return PathSum(*(term for term in terms if term is not S.Zero))


def _product(expression: Expr, symbol: Symbol) -> Expr:
    """Return one term for each factor, its derivative in its place and constant factors in front."""
    constant = [factor for factor in expression.args if symbol not in factor.free_symbols]
    moving = [factor for factor in expression.args if symbol in factor.free_symbols]
    terms = (
        _times(*constant, *moving[:place], _derived(factor, symbol), *moving[place + 1 :])
        for place, factor in enumerate(moving)
    )
    return PathSum(*(term for term in terms if term is not S.Zero))


def _quotient(expression: Expr, symbol: Symbol) -> Expr:
    over, under = expression.args
    above, below = _derived(over, symbol), _derived(under, symbol)
    if below is S.Zero:
        return S.Zero if above is S.Zero else _over(above, under)
    square = Pow(under, Integer(2), evaluate=False)
    if above is S.Zero:
        return negative(Quotient(_times(over, below), square))
    return Quotient(difference(_times(above, under), _times(over, below)), square)


def _over(above: Expr, under: Expr) -> Expr:
    """Return a fraction, a minus sign before it; one of whole numbers in lowest terms is that number."""
    if above.is_Integer and above.is_negative:
        return negative(_over(-above, under))
    whole = above.is_Integer and under.is_Integer and gcd(int(above), int(under)) == 1
    return above / under if whole else Quotient(above, under)


def _power(expression: Expr, symbol: Symbol) -> Expr:
    base, exponent = expression.args
    inner, outer = _derived(base, symbol), _derived(exponent, symbol)
    if outer is S.Zero:
        return _times(exponent, _one_less(base, exponent), inner)
    growth = _times(outer, log(base, evaluate=False))
    if inner is S.Zero:
        return _times(expression, log(base, evaluate=False), outer)
    return Chain(expression, PathSum(growth, _times(exponent, Quotient(inner, base))))


def _one_less(base: Expr, exponent: Expr) -> Expr:
    """Return ``base`` to the power of one less than ``exponent``."""
    less = exponent - 1 if exponent.is_Rational else difference(exponent, S.One)
    if less is S.Zero:
        return S.One
    return base if less is S.One else Pow(base, less, evaluate=False)


def _function(name: str, arguments: tuple[Expr, ...], symbol: Symbol) -> Expr:
    """Return the sum over the arguments of outer derivative times inner derivative."""
    outer = FUNCTIONS[name].derivatives(*arguments)
    terms = (_times(by, _derived(argument, symbol)) for by, argument in zip(outer, arguments, strict=True))
    return PathSum(*(term for term in terms if term is not S.Zero))


def _applied(expression: Expr, symbol: Symbol) -> Expr:
    return _function(expression.name, expression.args[1:], symbol)


def _branch(expression: Expr, symbol: Symbol) -> Expr:
    switch, *sides = expression.args
    above, below = (_derived(side, symbol) for side in sides)
    return above if above == below else Branch(switch, above, below)


def _jump(_expression: Expr, _symbol: Symbol) -> Expr:
    """Return 0: what takes the values 0 and 1 has no derivative between its jumps."""
    return S.Zero


_NAMES: Mapping[type[Expr], str] = {exp: "exp", log: "ln", tanh: "tanh"}


def _of_sympy(expression: Expr, symbol: Symbol) -> Expr:
    return _function(_NAMES[type(expression)], expression.args, symbol)


_RULES: Mapping[type[Expr], Callable[[Any, Symbol], Expr]] = {
    PathSum: _sum,
    Add: lambda expression, symbol: _sum(PathSum(*expression.as_ordered_terms()), symbol),
    Chain: _product,
    Mul: lambda expression, symbol: _product(Chain(*expression.as_ordered_factors()), symbol),
    Quotient: _quotient,
    Pow: _power,
    Applied: _applied,
    Branch: _branch,
    Indicator: _jump,
    Wins: _jump,
    Undercuts: _jump,
} | dict.fromkeys(_NAMES, _of_sympy)
