"""What nodes are, put to use backwards: where a line holds what a node is, the node's name takes its place.

Products are looked up by one of their factors and sums by one of their terms, so nothing is searched.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import PathSum, difference
from symnet.expressions.equations import Equation, equations, fraction, of_functions, replaced, share, sums
from symnet.expressions.neat import Term, joined, key_of, like, product_of, term_of, written
from symnet.expressions.shortest import in_brackets
from symnet.simplify import substitute


class Definitions:
    """The equations that some nodes give, and with no nodes those that functions give.

    Args:
        nodes: Each node with its expression; None for those of functions.
    """

    def __init__(self, nodes: Mapping[Symbol, Expr] | None) -> None:
        self._of_functions = nodes is None
        self._products: dict[Hashable, list[Equation]] = {}
        self._sums: dict[Hashable, list[tuple[tuple[Term, ...], Term]]] = {}
        # By whole, what each of its parts over it is called.
        shares: dict[Expr, dict[Hashable, Expr]] = {}
        for node, expression in (nodes or {}).items():
            form = fraction(expression)
            for equation in equations(node, form):
                self._products.setdefault(key_of(next(iter(equation.product))), []).append(equation)
                part, whole = share(equation)
                if whole is not None:
                    shares.setdefault(whole, {}).setdefault(like(part), node)
            for terms, value in sums(node, form):
                self._sums.setdefault(like(terms[0]), []).append((terms, value))
        self._pairs: list[tuple[Expr, Expr]] = []
        for whole, named in shares.items():
            self._all_of(whole, named)

    def _all_of(self, whole: Expr, named: Mapping[Hashable, Expr]) -> None:
        """Keep that the parts of a whole, over it, are 1 together, where each of them is a node."""
        parts = list(map(term_of, whole.args))
        if any(like(part) not in named for part in parts):
            return
        terms = tuple(Term(part.coefficient, {named[like(part)]: S.One}) for part in parts)
        self._sums.setdefault(like(terms[0]), []).append((terms, Term(S.One, {})))
        if len(terms) == 2 and all(term.coefficient is S.One for term in terms):
            first, second = (named[like(part)] for part in parts)
            self._pairs += [(first, second), (second, first)]

    def without_pairs(self, expression: Expr) -> Iterator[Expr]:
        """Yield a line with 1 less the one of two nodes in the place of the other, for each two that are 1 together."""
        for first, second in self._pairs:
            if {first, second} <= expression.free_symbols:
                yield substitute(expression, {second: difference(S.One, first)})

    def shorten(self, expression: Expr) -> Expr:
        """Return a tidied expression with the products and the sums that have a name replaced by it."""
        if isinstance(expression, PathSum):
            return in_brackets(joined(map(self._named, map(term_of, expression.args))), self._by_sums)
        return in_brackets(written(self._named(term_of(expression))), self._by_sums)

    def _equations(self, base: Expr) -> Iterator[Equation]:
        if self._of_functions:
            yield from of_functions(base)
        # A node's own product before what is left of a whole: a product of two outputs of a softmax is no p (1 - p).
        known = self._products.get(key_of(base), ())
        yield from sorted(known, key=lambda equation: isinstance(next(iter(equation.value.powers)), PathSum))

    def _named(self, term: Term) -> Term:
        """Return a term with the products in it named, in its brackets too."""
        factors = [Term(term.coefficient, {}, term.barred)]
        for base, exponent in self._spread(term).powers.items():
            inner = term_of(self.shorten(base)) if isinstance(base, PathSum) and exponent is S.One else None
            factors.append(Term(S.One, {base: exponent}) if inner is None else inner)
        return self._replaced(product_of(factors))

    def _replaced(self, term: Term) -> Term:
        for base in tuple(term.powers):
            for equation in self._equations(base):
                term = replaced(term, equation)
        return term

    def _spread(self, term: Term) -> Term:
        """Return a term whose denominator is drawn into a bracket over it, where all terms of that then have names."""
        for under, exponent in term.powers.items():
            if isinstance(under, PathSum) and exponent.is_negative:
                for bracket, times in term.powers.items():
                    if isinstance(bracket, PathSum) and times is S.One:
                        parts = [
                            self._replaced(product_of((part, Term(S.One, {under: exponent}))))
                            for part in map(term_of, bracket.args)
                        ]
                        if not any(under in part.powers for part in parts):
                            named = term_of(joined(parts))
                            rest = ((base, e) for base, e in term.powers.items() if base != under)
                            factors = (named if base == bracket else Term(S.One, {base: e}) for base, e in rest)
                            return product_of((Term(term.coefficient, {}, term.barred), *factors))
        return term

    def _by_sums(self, expression: Expr) -> Expr:
        """Return a sum with the terms replaced that together are a multiple of a node."""
        if not isinstance(expression, PathSum) or not self._sums:
            return expression
        found = {like(term): term for term in map(term_of, expression.args)}
        for key in tuple(found):
            for terms, value in self._sums.get(key, ()):
                if _holds(found, terms):
                    ratio = found[key].coefficient / terms[0].coefficient
                    found[key] = value._replace(coefficient=ratio * value.coefficient)
                    for term in terms[1:]:
                        del found[like(term)]
                    break
        return joined(found.values())


def _holds(found: Mapping[Hashable, Term], terms: tuple[Term, ...]) -> bool:
    """Return whether a sum has all of some terms, each as often."""
    if not all(like(term) in found for term in terms):
        return False
    return len({found[like(term)].coefficient / term.coefficient for term in terms}) == 1
