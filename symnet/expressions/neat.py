"""A derivative tidied: numbers and signs in front, like terms and equal factors joined, fractions made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from sympy import Integer, Pow, S
from sympy.core.expr import Expr

from symnet.calculus import Branch, Chain, PathSum, Quotient, factors_of, terms_of


# Terms are tidied before and after they are taken apart: without a memory, once more for every level.
@lru_cache(maxsize=4096)
def neat(expression: Expr) -> Expr:
    """Return ``expression`` as it would be written at the end of a derivation; what functions are of stays as it is."""
    rule = _RULES.get(type(expression))
    return expression if rule is None else rule(expression)


class _Term(NamedTuple):
    """One term of a sum.

    Attributes:
        coefficient: The rational number in front.
        powers: Its other factors in their order, each base with its exponent; a negative one stands under the bar.
        barred: Whether there was a fraction bar.
    """

    coefficient: Expr
    powers: Mapping[Expr, Expr]
    barred: bool


def _term(expression: Expr) -> _Term:
    """Return a product taken apart."""
    coefficient: Expr = S.One
    powers: dict[Expr, Expr] = {}
    barred = False
    for factor in factors_of(expression):
        number, found, bar = _factor(factor)
        coefficient *= number
        barred = barred or bar
        for base, exponent in found.items():
            powers[base] = powers.get(base, S.Zero) + exponent
    return _Term(coefficient, powers, barred)


def _factor(factor: Expr) -> _Term:
    if factor.is_Rational:
        return _Term(factor, {}, False)
    if isinstance(factor, Quotient):
        over, under = map(_term, map(neat, factor.args))
        if not under.coefficient:
            return _Term(S.One, {factor: S.One}, False)
        powers = dict(over.powers)
        for base, exponent in under.powers.items():
            powers[base] = powers.get(base, S.Zero) - exponent
        return _Term(over.coefficient / under.coefficient, powers, True)
    if isinstance(factor, Pow):
        return _power_term(factor)
    tidied = neat(factor)
    return _term(tidied) if isinstance(tidied, Chain | Quotient) or tidied.is_Rational else _whole(tidied)


def _power_term(power: Expr) -> _Term:
    base, exponent = neat(power.base), power.exp
    if not exponent.is_Rational:
        return _whole(power)
    if exponent is S.One:
        return _term(base)
    if isinstance(base, Pow) and base.exp.is_Integer and exponent.is_Integer:
        return _Term(S.One, {base.base: base.exp * exponent}, False)
    return _Term(S.One, {base: exponent}, False)


def _whole(factor: Expr) -> _Term:
    return _Term(S.One, {factor: S.One}, False)


def _written(term: _Term) -> Expr:
    """Return a term put together: sign, number, factors, and all that is divided by under one bar."""
    if term.coefficient is S.Zero:
        return S.Zero
    sign = [S.NegativeOne] if term.coefficient.is_negative else []
    size = abs(term.coefficient)
    over = [_power(base, exponent) for base, exponent in term.powers.items() if exponent.is_positive]
    under = [_power(base, -exponent) for base, exponent in term.powers.items() if exponent.is_negative]
    if under or (term.barred and over and size.q != 1):
        top = Chain(*_unless_one(Integer(size.p)), *over)
        return Chain(*sign, Quotient(top, Chain(*_unless_one(Integer(size.q)), *under)))
    return Chain(*sign, *_unless_one(size), *over) if over else term.coefficient


def _unless_one(number: Expr) -> tuple[Expr, ...]:
    return () if number is S.One else (number,)


def _power(base: Expr, exponent: Expr) -> Expr:
    return base if exponent is S.One else Pow(base, exponent, evaluate=False)


def _sum(expression: Expr) -> Expr:
    """Return a sum with like terms joined where the first of them stands."""
    found: dict[frozenset[tuple[Expr, Expr]], _Term] = {}
    for written in map(neat, expression.args):
        for term in map(_term, terms_of(written)):
            key = frozenset(term.powers.items())
            earlier = found.get(key)
            joined = term if earlier is None else earlier._replace(coefficient=earlier.coefficient + term.coefficient)
            found[key] = joined
    return PathSum(*(term for term in map(_written, found.values()) if term is not S.Zero))


def _product(expression: Expr) -> Expr:
    return _written(_term(expression))


def _branch(expression: Expr) -> Expr:
    switch, above, below = expression.args
    return Branch(switch, neat(above), neat(below))


_RULES: Mapping[type[Expr], Callable[[Expr], Expr]] = {
    PathSum: _sum,
    Chain: _product,
    Quotient: _product,
    Pow: _product,
    Branch: _branch,
}
