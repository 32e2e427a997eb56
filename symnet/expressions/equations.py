"""The products that have a shorter name: by the definition of a node, or of a function.

If ``p`` is ``1/(1 + e)``, then ``1/(1 + e)`` is ``p`` and ``e/(1 + e)`` is ``1 - p``, since together they are 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sympy import Integer, S, exp, tanh
from sympy.core.expr import Expr

from symnet.calculus import Applied, PathSum, difference, terms_of
from symnet.expressions.neat import Term, joined, key_of, like, neat, opposite, product_of, term_of
from symnet.expressions.shortest import combined, in_brackets, multiplied_out, over_one_bar, weight


class Equation(NamedTuple):
    """A product that has a shorter name.

    Attributes:
        node: Whose definition it is.
        product: Each factor with its exponent.
        value: What the product is, as a term.
    """

    node: Expr
    product: Mapping[Expr, Expr]
    value: Term


def fraction(expression: Expr) -> Expr:
    """Return an expression as one fraction, if it can be written so."""
    plain = neat(expression)
    forms = (plain, in_brackets(plain, over_one_bar), in_brackets(plain, combined))
    return min(forms, key=lambda form: (len(terms_of(form)), weight(form)))


def equations(node: Expr, form: Expr) -> Iterator[Equation]:
    """Yield what a node gives whose expression is ``form``, a fraction."""
    term = term_of(form)
    own = Term(1 / term.coefficient, {node: S.One}) if term.coefficient else None
    under = {base: exponent for base, exponent in term.powers.items() if exponent.is_negative}
    if own is None or not (under or isinstance(form, exp)):
        return
    yield Equation(node, term.powers, own)
    if len(under) == 1:
        ((whole, exponent),) = under.items()
        if exponent is S.NegativeOne and isinstance(whole, PathSum):
            over = Term(term.coefficient, {base: e for base, e in term.powers.items() if base is not whole})
            yield from _of_two(node, over, whole) if len(whole.args) == 2 else _the_rest(node, over, whole)


def _of_two(node: Expr, over: Term, whole: Expr) -> Iterator[Equation]:
    """Yield both parts over a whole of two terms, each solved for from ``p = (a u + b v)/(c u + d v)``."""
    u, v = map(term_of, whole.args)
    numerator = {like(part): part.coefficient for part in _terms(over)}
    if not numerator.keys() <= {like(u), like(v)}:
        return
    a, b = numerator.get(like(u), S.Zero), numerator.get(like(v), S.Zero)
    c, d = u.coefficient, v.coefficient
    if a * d == b * c:
        return
    for part, number, times in ((u, -b, d), (v, a, -c)):
        value = term_of(neat(_over(number, times, node, a * d - b * c)))
        yield Equation(node, {**part.powers, whole: S.NegativeOne}, value)
        other = u if part is v else v
        if not over.powers and part.powers and not other.powers:
            # With p = b/(c u + d), p u is (b - d p)/c.
            yield Equation(
                node, {node: S.One, **part.powers}, value._replace(coefficient=value.coefficient * over.coefficient)
            )


def _over(number: Expr, times: Expr, node: Expr, under: Expr) -> Expr:
    """Return ``(number + times * node)/under``, the number first."""
    parts = (Term(number / under, {}), Term(times / under, {node: S.One}))
    return over_one_bar(joined(part for part in parts if part.coefficient))


def _terms(term: Term) -> Iterator[Term]:
    """Return the terms of the bracket that a product is, or the product alone."""
    if len(term.powers) == 1:
        ((base, exponent),) = term.powers.items()
        if isinstance(base, PathSum) and exponent is S.One:
            yield from (
                part._replace(coefficient=part.coefficient * term.coefficient) for part in map(term_of, base.args)
            )
            return
    yield term


def _the_rest(node: Expr, over: Term, whole: Expr) -> Iterator[Equation]:
    """Yield that what is left of a whole, over it, is 1 less the node that is one of its terms over it."""
    parts = list(map(term_of, whole.args))
    own = next((part for part in parts if like(part) == like(over)), None)
    if own is not None:
        rest = joined(part for part in parts if part is not own)
        value = _over(S.One, -own.coefficient / over.coefficient, node, S.One)
        yield Equation(node, {rest: S.One, whole: S.NegativeOne}, term_of(value))


def share(equation: Equation) -> tuple[Term, Expr | None]:
    """Return of which part over which whole a node is the plain name, or no whole."""
    under = [base for base, exponent in equation.product.items() if exponent is S.NegativeOne]
    plain = equation.value == Term(S.One, {equation.node: S.One})
    if not plain or len(under) != 1 or not isinstance(under[0], PathSum):
        return equation.value, None
    return Term(S.One, {base: e for base, e in equation.product.items() if base is not under[0]}), under[0]


def sums(node: Expr, form: Expr) -> Iterator[tuple[tuple[Term, ...], Term]]:
    """Yield the terms of which a node is a multiple, and what they are together."""
    term = term_of(form)
    if len(term.powers) != 1:
        return
    ((base, exponent),) = term.powers.items()
    if isinstance(base, PathSum) and exponent is S.One:
        yield tuple(map(term_of, base.args)), Term(1 / term.coefficient, {node: S.One})
    if isinstance(base, Applied) and base.name == "sqrt" and isinstance(base.args[1], PathSum):
        value = Term(1 / term.coefficient**2, {node: Integer(2)})
        yield tuple(map(term_of, terms_of(neat(base.args[1])))), value


def of_functions(under: Expr) -> Iterator[Equation]:
    """Yield the functions that fractions over ``under`` are: sigmoid, tanh and tan."""
    if isinstance(under, Applied) and under.name in _RATIOS:
        over, name = _RATIOS[under.name]
        argument = under.args[1]
        value = tanh(argument, evaluate=False) if name == "tanh" else Applied(name, argument)
        yield Equation(value, {Applied(over, argument): S.One, under: S.NegativeOne}, Term(S.One, {value: S.One}))
    if not isinstance(under, PathSum) or len(under.args) != 2:
        return
    first, second = under.args
    for one, power in ((first, second), (second, first)):
        if one is S.One and isinstance(power, exp):
            yield from _sigmoids(under, power)
    if isinstance(first, exp) and isinstance(second, exp) and _same(first.args[0], opposite(neat(second.args[0]))):
        for up, down in ((first, second), (second, first)):
            if term_of(up.args[0]).coefficient.is_positive:
                value = tanh(up.args[0], evaluate=False)
                product = {difference(up, down): S.One, under: S.NegativeOne}
                yield Equation(value, product, Term(S.One, {value: S.One}))


_RATIOS: Mapping[str, tuple[str, str]] = {"cosh": ("sinh", "tanh"), "cos": ("sin", "tan")}


def _sigmoids(under: Expr, power: Expr) -> Iterator[Equation]:
    argument = neat(power.args[0])
    if not term_of(argument).coefficient.is_negative:
        value = Applied("sigmoid", power.args[0])
        yield Equation(value, {power: S.One, under: S.NegativeOne}, Term(S.One, {value: S.One}))
        return
    value = Applied("sigmoid", opposite(argument))
    yield Equation(value, {power: S.One, under: S.NegativeOne}, Term(S.One, {difference(S.One, value): S.One}))
    yield Equation(value, {under: S.NegativeOne}, Term(S.One, {value: S.One}))


def _same(argument: Expr, other: Expr) -> bool:
    """Return whether two arguments are equal."""
    return key_of(multiplied_out(neat(argument))) == key_of(multiplied_out(neat(other)))


def replaced(term: Term, equation: Equation) -> Term:
    """Return a term with a product in it replaced by its name, as often as it is there."""
    own = {key_of(base): base for base in term.powers}
    product = {own.get(key_of(base)): exponent for base, exponent in equation.product.items()}
    if None in product:
        return term
    times = min(_times(term.powers[base], exponent) for base, exponent in product.items() if base is not None)
    alone = len(product) == 1 and times < 0 and set(product.values()) == {S.One}
    if not times or (times < 0 and not alone):
        return term
    left = {base: exponent - times * product.get(base, S.Zero) for base, exponent in term.powers.items()}
    value = [Term(equation.value.coefficient**times, {base: e * times for base, e in equation.value.powers.items()})]
    # The name stands where the product began; 1 - p stands behind p, also where it came first.
    over = [base for base, exponent in product.items() if exponent.is_positive]
    behind = [base for base in left if base == equation.node and left[base]]
    rest = [base for base in left if isinstance(base, PathSum) and left[base] and base.free_symbols == {equation.node}]
    place = (behind or rest or over or [next(iter(term.powers))])[0]
    factors = [Term(term.coefficient, {}, term.barred)]
    for base, exponent in left.items():
        kept = [Term(S.One, {base: exponent})] if exponent else []
        factors += (kept + value if behind else value + kept) if base == place else kept
    return product_of(factors)


def _times(exponent: Expr, of: Expr) -> int:
    """Return how often a power holds another one; negative where they stand on different sides of the bar."""
    ratio = exponent / of
    return int(ratio) if ratio.is_positive or ratio.is_Integer else 0
