"""Named rewrites that keep value and order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sympy import Integer, Mul, Pow, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Branch, Chain, PathSum, Quotient, factors_of, terms_of

# A derivative tidied: numbers and signs in front, like terms and equal factors joined, fractions made one.


# Terms are tidied and taken apart over and over: without a memory, once more for every level and every form tried.
@lru_cache(maxsize=4096)
def normalize(expression: Expr) -> Expr:
    """Return ``expression`` in normal form: like terms and equal factors joined, numbers and signs in front."""
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


@lru_cache(maxsize=8192)
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
    """Return a key that equal sums and opposite sums share."""
    return frozenset((abs(term.coefficient), like(term)) for term in map(term_of, bracket.args))


@lru_cache(maxsize=4096)
def opposite(bracket: Expr) -> Expr:
    """Return a sum with the sign of every term turned."""
    terms = (term_of(term) for term in terms_of(bracket))
    return PathSum(*(written(term._replace(coefficient=-term.coefficient)) for term in terms))


@lru_cache(maxsize=4096)
def key_of(base: Expr) -> Hashable:
    """Return a key that sums share which differ only in the order of their terms."""
    terms = map(term_of, base.args) if isinstance(base, PathSum) else ()
    return frozenset((term.coefficient, like(term)) for term in terms) or (base,)


def like(term: Term) -> Hashable:
    """Return the key by which like terms are joined."""
    return frozenset((key_of(base), exponent) for base, exponent in term.powers.items())


def _factor(factor: Expr) -> Term:
    if factor.is_Rational:
        return Term(factor, {})
    if isinstance(factor, Quotient):
        over, under = map(term_of, map(normalize, factor.args))
        if not under.coefficient:
            return _whole(factor)
        turned = Term(1 / under.coefficient, {base: -exponent for base, exponent in under.powers.items()}, True)
        return product_of((over, turned))
    if isinstance(factor, Pow):
        return _power_term(factor)
    tidied = normalize(factor)
    return term_of(tidied) if isinstance(tidied, Chain | Quotient) or tidied.is_Rational else _whole(tidied)


def _power_term(power: Expr) -> Term:
    base, exponent = normalize(power.base), power.exp
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
    return joined(term for part in expression.args for term in map(term_of, terms_of(normalize(part))))


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
    return Branch(switch, normalize(above), normalize(below))


_RULES: Mapping[type[Expr], Callable[[Expr], Expr]] = {
    PathSum: _sum,
    Chain: _product,
    Quotient: _product,
    Pow: _product,
    Branch: _branch,
}


# Named rewrites that keep the value and the order; each is one visible step of a derivation.


def substitute(expression: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """Return ``expression`` with each part that ``values`` names put in, everything else as it was and in order."""
    found = values.get(expression)
    if found is not None or not expression.args:
        return expression if found is None else found
    parts = tuple(substitute(part, values) for part in expression.args)
    if all(new is old for new, old in zip(parts, expression.args, strict=True)):
        return expression
    if isinstance(expression, _EVALUATED):
        return expression.func(*parts, evaluate=False)
    return expression.func(*parts)


# What SymPy would simplify as it is built.
_EVALUATED = (Pow, exp, log, tanh)


def tidy(expression: Expr) -> Expr:
    """Return ``expression`` without factors of 1 and terms of 0, signs and numbers at the front of a term."""
    if isinstance(expression, PathSum):
        terms = [term for term in map(tidy, expression.args) if term is not S.Zero]
        unchanged = len(terms) == len(expression.args) and all(map(operator.is_, terms, expression.args))
        return expression if unchanged else PathSum(*terms)
    if not isinstance(expression, Chain) or all(factor.is_Symbol for factor in expression.args):
        return expression
    inner = Chain(*(tidy(factor) for factor in expression.args))
    numbers = [factor for factor in factors_of(inner) if factor.is_Number]
    others = [factor for factor in factors_of(inner) if not factor.is_Number]
    return _with_coefficient(Mul(*numbers), others)


def _with_coefficient(coefficient: Expr, factors: Sequence[Expr]) -> Expr:
    """Return the chain of ``factors`` behind its number, a minus sign as a -1 of its own."""
    if coefficient is S.Zero:
        return S.Zero
    signs = [S.NegativeOne] if coefficient.is_negative else []
    size = [abs(coefficient)] if abs(coefficient) is not S.One else []
    return Chain(*signs, *size, *factors)


def cancel(expression: Expr) -> Expr:
    """Return ``expression`` with the factors removed that stand both over and under a fraction bar of a term."""
    return PathSum(*(_cancel_term(term) for term in terms_of(expression)))


def _cancel_term(term: Expr) -> Expr:
    factors = factors_of(term)
    if not any(isinstance(factor, Quotient) for factor in factors):
        return term
    over: list[Expr] = []
    under: list[Expr] = []
    for factor in factors:
        top, bottom = factor.args if isinstance(factor, Quotient) else (factor, S.One)
        over += factors_of(top)
        under += factors_of(bottom)
    before = len(under)
    kept = []
    for factor in over:
        if factor in under:
            under.remove(factor)
        else:
            kept.append(factor)
    if len(under) == before:
        return term
    signs = [factor for factor in kept if factor is S.NegativeOne]
    top = Chain(*(factor for factor in kept if factor is not S.NegativeOne))
    bottom = Chain(*(factor for factor in under if factor is not S.One))
    return tidy(Chain(*signs, top if bottom is S.One else Quotient(top, bottom)))


def factor_common(expression: Expr) -> Expr:
    """Return ``expression`` with the factors that all terms of a sum share taken out, in the first term's order."""
    if isinstance(expression, Chain):
        return Chain(*(factor_common(factor) for factor in expression.args))
    if not isinstance(expression, PathSum):
        return expression
    terms = [list(factors_of(factor_common(term))) for term in expression.args]
    if not set(terms[0]).intersection(*terms[1:]):
        return PathSum(*(Chain(*term) for term in terms))
    common = []
    for factor in tuple(terms[0]):
        if all(factor in term for term in terms):
            common.append(factor)
            for term in terms:
                term.remove(factor)
    return Chain(*common, PathSum(*(Chain(*term) for term in terms)))


def cancel_terms(expression: Expr) -> Expr:
    """Return ``expression`` without the terms of a sum that cancel one another, brackets opened where that is so."""
    if isinstance(expression, Chain):
        return tidy(Chain(*(cancel_terms(factor) for factor in expression.args)))
    if not isinstance(expression, PathSum):
        return expression
    kept: list[Expr] = []
    flat = [part for term in expression.args for part in _opened(term)]
    for term in flat:
        opposite = tidy(Chain(S.NegativeOne, term))
        if opposite in kept:
            kept.remove(opposite)
        else:
            kept.append(term)
    if len(kept) == len(flat):
        return expression
    # A sum does not begin with a minus sign where it need not.
    return PathSum(*sorted(kept, key=lambda term: factors_of(term)[0] is S.NegativeOne))


def _opened(term: Expr) -> tuple[Expr, ...]:
    """Return the terms of a bracket behind a minus sign, each with its own; any other term alone."""
    factors = factors_of(term)
    if len(factors) == 2 and factors[0] is S.NegativeOne and isinstance(factors[1], PathSum):
        return tuple(tidy(Chain(S.NegativeOne, part)) for part in factors[1].args)
    return (term,)


def common_denominator(expression: Expr) -> Expr:
    """Return a sum of fractions that all have the same denominator with one over it taken out."""
    terms = [factors_of(term) for term in terms_of(expression)]
    bars = [[factor for factor in term if isinstance(factor, Quotient)] for term in terms]
    if len(terms) < 2 or any(len(found) != 1 or found[0].args[1] != bars[0][0].args[1] for found in bars):
        return expression
    tops = (
        tidy(Chain(*(factor.args[0] if factor is bar else factor for factor in term)))
        for term, (bar,) in zip(terms, bars, strict=True)
    )
    return Chain(Quotient(S.One, bars[0][0].args[1]), PathSum(*tops))


def distribute(term: Expr) -> tuple[Expr, ...]:
    """Return the terms of ``term`` with its last bracket multiplied out, if it ends in one."""
    *front, last = factors_of(term)
    return tuple(tidy(Chain(*front, part)) for part in terms_of(last))


def collect_targets(expression: Expr, activation: Symbol, targets: Sequence[Symbol]) -> Expr:
    """Return ``expression`` gathered by ``activation``, where that brings all targets into one bracket.

    This is how the delta of softmax under the cross-entropy is brought to ``p (y_1 + ... + y_K) - y``. Anything
    that does not come out so is returned as it is.
    """
    if isinstance(expression, Chain):
        *front, last = expression.args
        return Chain(*front, collect_targets(last, activation, targets)) if isinstance(last, PathSum) else expression
    bracket: list[Expr] = []
    rest: list[Expr] = []
    for term in chain.from_iterable(map(distribute, terms_of(expression))):
        factors = list(factors_of(term))
        if activation in factors:
            factors.remove(activation)
            bracket.append(Chain(*factors))
        else:
            rest.append(term)
    if tuple(bracket) != tuple(targets):
        return expression
    return PathSum(Chain(activation, PathSum(*bracket)), *rest)


def use_sum_of_targets(expression: Expr, targets: Sequence[Symbol]) -> Expr:
    """Return ``expression`` with the bracket of all targets replaced by 1."""
    return tidy(substitute(expression, {PathSum(*targets): Integer(1)}))
