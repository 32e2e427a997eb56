"""A derivative tidied: numbers and signs in front, like terms and equal factors joined, fractions made one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
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


class Term(NamedTuple):
    """One term of a sum.

    Attributes:
        coefficient: The rational number in front.
        powers: Its other factors in their order, each base with its exponent; a negative one stands under the bar.
        barred: Whether there was a fraction bar.
    """

    coefficient: Expr
    powers: Mapping[Expr, Expr]
    barred: bool = False


def term_of(expression: Expr) -> Term:
    """Return a product taken apart."""
    return product_of(map(_factor, factors_of(expression)))


def product_of(factors: Iterable[Term]) -> Term:
    """Return the product of terms, equal factors joined where the first of them stands."""
    coefficient: Expr = S.One
    powers: dict[Expr, Expr] = {}
    barred = False
    for factor in factors:
        coefficient *= factor.coefficient
        barred = barred or factor.barred
        for base, exponent in factor.powers.items():
            coefficient *= _join(powers, base, exponent)
    return Term(coefficient, {base: exponent for base, exponent in powers.items() if exponent}, barred)


def _join(powers: dict[Expr, Expr], base: Expr, exponent: Expr) -> Expr:
    """Add a power to those there are, a bracket to its equal or its opposite, and return the sign that this leaves."""
    if base not in powers and isinstance(base, PathSum):
        for other in powers:
            if isinstance(other, PathSum) and _sizes(other) == _sizes(base):
                if key_of(other) == key_of(base):
                    base = other
                    break
                if exponent.is_Integer and key_of(other) == key_of(opposite(base)):
                    powers[other] += exponent
                    return S.NegativeOne**exponent
    known = powers.get(base, S.Zero)
    if known and known.is_positive != (known + exponent).is_positive:
        # What comes to stand on the other side of the bar stands there last.
        del powers[base]
    powers[base] = known + exponent
    return S.One


@lru_cache(maxsize=4096)
def _sizes(bracket: Expr) -> Hashable:
    """Return what is the same for equal and for opposite sums."""
    return frozenset((abs(term.coefficient), like(term)) for term in map(term_of, bracket.args))


@lru_cache(maxsize=4096)
def opposite(bracket: Expr) -> Expr:
    """Return a sum with the sign of every term turned."""
    terms = (term_of(term) for term in terms_of(bracket))
    return PathSum(*(written(term._replace(coefficient=-term.coefficient)) for term in terms))


@lru_cache(maxsize=4096)
def key_of(base: Expr) -> Hashable:
    """Return what is the same for sums that differ in the order of their terms alone."""
    terms = map(term_of, base.args) if isinstance(base, PathSum) else ()
    return frozenset((term.coefficient, like(term)) for term in terms) or (base,)


def like(term: Term) -> Hashable:
    """Return what is the same for like terms."""
    return frozenset((key_of(base), exponent) for base, exponent in term.powers.items())


def _factor(factor: Expr) -> Term:
    if factor.is_Rational:
        return Term(factor, {})
    if isinstance(factor, Quotient):
        over, under = map(term_of, map(neat, factor.args))
        if not under.coefficient:
            return _whole(factor)
        turned = Term(1 / under.coefficient, {base: -exponent for base, exponent in under.powers.items()}, True)
        return product_of((over, turned))
    if isinstance(factor, Pow):
        return _power_term(factor)
    tidied = neat(factor)
    return term_of(tidied) if isinstance(tidied, Chain | Quotient) or tidied.is_Rational else _whole(tidied)


def _power_term(power: Expr) -> Term:
    base, exponent = neat(power.base), power.exp
    if not exponent.is_Rational:
        return _whole(power)
    if exponent is S.One:
        return term_of(base)
    if exponent.is_Integer and isinstance(base, Pow | Chain | Quotient):
        return _raised(term_of(base), exponent)
    return Term(S.One, {base: exponent})


def _raised(term: Term, exponent: Expr) -> Term:
    """Return a term to an integer power, each factor for itself; as it was where not all exponents are integers."""
    if not all(inner.is_Integer for inner in term.powers.values()) or not term.coefficient:
        return Term(S.One, {written(term): exponent})
    powers = {base: inner * exponent for base, inner in term.powers.items()}
    return Term(term.coefficient**exponent, powers, term.barred)


def _whole(factor: Expr) -> Term:
    return Term(S.One, {factor: S.One})


def written(term: Term) -> Expr:
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
    return joined(term for part in expression.args for term in map(term_of, terms_of(neat(part))))


def joined(terms: Iterable[Term]) -> Expr:
    """Return the sum of terms, like ones joined where the first of them stands."""
    found: dict[Hashable, Term] = {}
    for term in terms:
        key = like(term)
        earlier = found.get(key)
        found[key] = term if earlier is None else earlier._replace(coefficient=earlier.coefficient + term.coefficient)
    return PathSum(*(term for term in map(written, found.values()) if term is not S.Zero))


def _product(expression: Expr) -> Expr:
    return written(term_of(expression))


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
