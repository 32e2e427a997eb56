"""Equal forms of a rational expression, and how long each is: over one bar, multiplied out, gathered by a factor.

Nothing is searched: each form is one pass over the terms, and what would have too many terms is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations
from math import gcd, lcm

from sympy import Pow, Rational, S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, terms_of
from symnet.algebra.rewrite import Term, joined, key_of, normalize, opposite, product_of, term_of, written

# Beyond so many terms nothing is multiplied out, and no factor is looked for that only some of them share.
MOST_TERMS = 60
# A fraction within a fraction counts as longer than any form without one.
_COMPOUND = 1000
_LONGEST = 400


@lru_cache(maxsize=4096)
def weight(expression: Expr) -> int:
    """Return the length of an expression, first by the signs written, then by the number of different names."""
    return _size(expression) + 2 * len(expression.free_symbols) + _COMPOUND * _is_compound(expression)


@lru_cache(maxsize=8192)
def _size(expression: Expr) -> int:
    """Return how much is written: 2 for a name or a number, 1 for the number 1, a sign, a bar or a function."""
    if expression.is_Rational:
        over, under = (0 if abs(size) == 1 else 2 for size in (int(expression.p), int(expression.q)))
        return max(over + under + (under > 0), 1) + bool(expression.is_negative)
    if not expression.args:
        return 2
    parts = expression.args[1:] if isinstance(expression, Applied) else expression.args
    # A minus sign in front is a factor of -1.
    size = sum(map(_size, parts)) - (isinstance(expression, Chain) and parts[0] is S.NegativeOne)
    if isinstance(expression, Quotient):
        return size + 1
    return size if isinstance(expression, Chain | PathSum | Pow) else size + 1


def is_long(expression: Expr) -> bool:
    """Return whether an expression is longer than any result that is printed."""
    return _size(expression) > _LONGEST


def _is_compound(expression: Expr) -> bool:
    """Return whether a fraction stands within a fraction, outside of functions."""
    if isinstance(expression, Quotient) and any(map(bars, expression.args)):
        return True
    return isinstance(expression, Chain | PathSum | Pow | Quotient) and any(map(_is_compound, expression.args))


def bars(expression: Expr) -> int:
    """Return how many fraction bars stand in an expression outside of functions."""
    if not isinstance(expression, Chain | PathSum | Pow | Quotient):
        return 0
    return isinstance(expression, Quotient) + sum(map(bars, expression.args))


def in_brackets(expression: Expr, rewrite: Callable[[Expr], Expr]) -> Expr:
    """Return a tidied expression with every sum in it rewritten, the innermost first."""
    if isinstance(expression, PathSum):
        return rewrite(joined(_within(term, rewrite) for term in map(term_of, expression.args)))
    return written(_within(term_of(expression), rewrite))


def _within(term: Term, rewrite: Callable[[Expr], Expr]) -> Term:
    """Return a term with the sums among its factors rewritten."""
    if not any(isinstance(base, PathSum) for base in term.powers):
        return term
    factors = [Term(term.coefficient, {}, term.barred)]
    for base, exponent in term.powers.items():
        new = in_brackets(base, rewrite) if isinstance(base, PathSum) else base
        if new == base or not exponent.is_Integer:
            factors.append(Term(S.One, {base: exponent}))
            continue
        if exponent.is_odd and factors[0].coefficient.is_negative and _is_difference(new):
            new, factors[0] = _turned(new), factors[0]._replace(coefficient=-factors[0].coefficient)
        factors.append(term_of(Pow(new, exponent, evaluate=False)))
    return product_of(factors)


def _is_difference(expression: Expr) -> bool:
    """Return whether an expression has, over the bar, a bracket of two terms with one sign."""
    signs = [[term_of(part).coefficient.is_negative for part in bracket.args] for bracket in _over(expression)]
    return any(len(found) == 2 and found.count(True) == 1 for found in signs)


def _over(expression: Expr) -> Iterator[Expr]:
    term = term_of(expression)
    yield from (base for base, exponent in term.powers.items() if isinstance(base, PathSum) and exponent is S.One)


def _turned(expression: Expr) -> Expr:
    """Return the opposite of an expression, by the terms of its first difference."""
    term = term_of(expression)
    bracket = next(base for base in _over(expression) if _is_difference(base))
    powers = {positive_first(opposite(base)) if base == bracket else base: e for base, e in term.powers.items()}
    return written(term._replace(powers=powers))


def positive_first(expression: Expr) -> Expr:
    """Return a sum that does not begin with a minus sign where it need not."""
    return PathSum(*sorted(terms_of(expression), key=lambda term: bool(term_of(term).coefficient.is_negative)))


def over_one_bar(expression: Expr) -> Expr:
    """Return a sum with all that its terms share taken out: factors, numbers, and the common denominator."""
    return written(_parted(expression)) if isinstance(expression, PathSum) else expression


@lru_cache(maxsize=4096)
def _parted(expression: Expr) -> Term:
    """Return a sum as a product of what its terms share and a bracket, which has no fractions of its own."""
    terms = _aligned(terms_of(expression))
    if len(terms) < 2:
        return terms[0]
    bases = dict.fromkeys(chain.from_iterable(term.powers for term in terms))
    least = {base: min((term.powers.get(base, S.Zero) for term in terms), key=Rational) for base in bases}
    number = _content(terms)
    rest = [_divided(term, number, least) for term in terms]
    before, behind = _sides(terms[0], rest, least)
    under = {base: exponent for base, exponent in least.items() if exponent.is_negative}
    sizes = Term(number, {base: least[base] for base in before}, any(term.barred for term in terms))
    inside = joined(rest)
    bracket = positive_first(normalize(inside))
    if 1 < len(terms_of(bracket)) < len(terms_of(inside)):
        bracket = written(_parted(bracket))
    return product_of((sizes, term_of(bracket), Term(S.One, {base: least[base] for base in behind} | under)))


def _aligned(parts: Sequence[Expr]) -> list[Term]:
    """Return the terms of a sum, brackets that are equal or opposite written alike in all of them."""
    known: dict[Hashable, Expr] = {}
    found = []
    for term in map(term_of, parts):
        sign, powers = term.coefficient, {}
        for base, exponent in term.powers.items():
            own = known.get(key_of(base), base)
            if own is base and isinstance(base, PathSum) and exponent.is_Integer:
                other = known.get(key_of(opposite(base)))
                if other is not None:
                    own, sign = other, sign * S.NegativeOne**exponent
            known.setdefault(key_of(own), own)
            powers[own] = exponent
        found.append(term._replace(coefficient=sign, powers=powers))
    return found


def _content(terms: Sequence[Term]) -> Expr:
    """Return the number that all terms share, negative where all of them are."""
    sizes = [term.coefficient for term in terms]
    number = Rational(gcd(*(int(size.p) for size in sizes)), lcm(*(int(size.q) for size in sizes)))
    return -number if all(size.is_negative for size in sizes) else number


def _divided(term: Term, number: Expr, least: Mapping[Expr, Expr]) -> Term:
    """Return a term without what is taken out; factors that this leaves over the bar stand before its brackets."""
    powers = {base: exponent - least[base] for base, exponent in term.powers.items()}
    more = {base: -exponent for base, exponent in least.items() if base not in powers and exponent}
    names = {base: exponent for base, exponent in (powers | more).items() if not isinstance(base, PathSum)}
    powers = names | powers | more if any(map(_is_name, more)) else powers | more
    return Term(term.coefficient / number, {base: exponent for base, exponent in powers.items() if exponent})


def _is_name(base: Expr) -> bool:
    return not isinstance(base, PathSum)


def _sides(first: Term, rest: Sequence[Term], least: Mapping[Expr, Expr]) -> tuple[list[Expr], list[Expr]]:
    """Return which of the factors taken out stand before the bracket, and which behind, as in the first term."""
    order = [base for base, exponent in first.powers.items() if exponent.is_positive]
    shared = [base for base in order if least[base].is_positive]
    inside = [order.index(base) for base in rest[0].powers if base in order]
    # Of p x - p^2 x, p stands before the bracket and x behind it.
    further = [order.index(base) for term in rest for base in term.powers if base in order]
    last = max(inside, default=1 + max(further, default=len(order)))
    before = [base for base in shared if order.index(base) < last or base in rest[0].powers]
    return before, [base for base in shared if base not in before]


@lru_cache(maxsize=4096)
def combined(expression: Expr) -> Expr:
    """Return a sum over one bar, the brackets above it multiplied out and like terms joined."""
    if not isinstance(expression, PathSum):
        return expression
    outer = _parted(expression)
    factors = [Term(outer.coefficient, {}, outer.barred)]
    for base, exponent in outer.powers.items():
        opened = multiplied_out(base) if isinstance(base, PathSum) and exponent is S.One else base
        if opened == base:
            factors.append(Term(S.One, {base: exponent}))
        else:
            factors.append(_parted(opened) if opened is not S.Zero else Term(S.Zero, {}))
    return written(product_of(factors))


@lru_cache(maxsize=4096)
def multiplied_out(expression: Expr) -> Expr:
    """Return an expression with all brackets over a bar multiplied out and like terms joined, if they are not many."""
    terms = [term_of(part) for part in terms_of(expression)]
    if sum(map(_count, terms)) > MOST_TERMS:
        return expression
    return positive_first(joined(chain.from_iterable(map(_opened, terms))))


def _is_open(base: Expr, exponent: Expr) -> bool:
    return isinstance(base, PathSum) and exponent.is_Integer and exponent.is_positive


def _count(term: Term) -> int:
    """Return how many terms a product becomes."""
    count = 1
    for base, exponent in term.powers.items():
        if _is_open(base, exponent):
            count *= len(base.args) ** min(int(exponent), MOST_TERMS)
    return count


def _opened(term: Term) -> list[Term]:
    """Return the terms that a product becomes, its factors in order."""
    found = [Term(term.coefficient, {}, term.barred)]
    for base, exponent in term.powers.items():
        times = int(exponent) if _is_open(base, exponent) else 1
        parts = list(map(term_of, base.args)) if _is_open(base, exponent) else [Term(S.One, {base: exponent})]
        for _ in range(times):
            found = [product_of((one, other)) for one in found for other in parts]
    return found


def opened(expression: Expr) -> Expr:
    """Return a product with the two brackets multiplied out that become shortest by it, or all of it."""
    term = term_of(expression)
    whole = multiplied_out(expression)
    brackets = [base for base, exponent in term.powers.items() if isinstance(base, PathSum) and exponent is S.One]
    found = [whole]
    for first, second in combinations(brackets[:6], 2):
        product = term_of(multiplied_out(Chain(first, second)))
        rest = ((base, e) for base, e in term.powers.items() if base != second)
        factors = (product if base == first else Term(S.One, {base: e}) for base, e in rest)
        found.append(written(product_of((Term(term.coefficient, {}, term.barred), *factors))))
    return min(found, key=weight)


@lru_cache(maxsize=4096)
def gathered(expression: Expr) -> Expr:
    """Return a sum multiplied out, with a factor taken out of the terms that have it where that is shorter."""
    if not isinstance(expression, PathSum):
        return expression
    flat = multiplied_out(expression)
    terms = [term_of(part) for part in terms_of(flat)]
    if not 2 < len(terms) <= MOST_TERMS:
        return flat
    shared = dict.fromkeys(chain.from_iterable(term.powers for term in terms))
    if len(terms_of(expression)) == len(terms):
        # Terms that nothing has been done to are not brought together from afar.
        shared = dict.fromkeys(base for base in shared if _is_side_by_side(terms, base))
    return min((flat, *(_taken_out(terms, base) for base in shared)), key=weight)


def _is_side_by_side(terms: Sequence[Term], base: Expr) -> bool:
    """Return whether the terms that have a factor follow one another."""
    having = [number for number, term in enumerate(terms) if base in term.powers]
    return having[-1] - having[0] + 1 == len(having)


def _taken_out(terms: Sequence[Term], base: Expr) -> Expr:
    """Return the sum of ``terms`` with ``base`` taken out of those that have it over the bar, the others behind."""
    having = [term for term in terms if term.powers.get(base, S.Zero).is_positive]
    if len(having) < 2:
        return joined(terms)
    rest = (term for term in terms if not term.powers.get(base, S.Zero).is_positive)
    inside = joined(product_of((term, Term(S.One, {base: S.NegativeOne}))) for term in having)
    return PathSum(Chain(base, over_one_bar(inside)), *map(written, rest))
