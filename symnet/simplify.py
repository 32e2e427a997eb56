"""Named rewrites that keep the value and the order; each is one visible step of a derivation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from sympy import Integer, Mul, Pow, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.calculus import Chain, PathSum, Quotient, factors_of, terms_of


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
        terms = (tidy(term) for term in expression.args)
        return PathSum(*(term for term in terms if term is not S.Zero))
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
