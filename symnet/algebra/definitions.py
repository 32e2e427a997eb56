"""Products and nodes that have a shorter name, by the definition of a node or of a function."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sympy import Integer, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.forms import combined, in_brackets, multiplied_out, over_one_bar, weight
from symnet.algebra.nodes import Applied, Chain, PathSum, difference, terms_of
from symnet.algebra.rewrite import (
    Term,
    joined,
    key_of,
    like,
    normalize,
    opposite,
    product_of,
    substitute,
    term_of,
    written,
)

# The products that have a shorter name: by the definition of a node, or of a function.
#
# If ``p`` is ``1/(1 + e)``, then ``1/(1 + e)`` is ``p`` and ``e/(1 + e)`` is ``1 - p``, since together they are 1.


class ShorterName(NamedTuple):
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
    plain = normalize(expression)
    forms = (plain, in_brackets(plain, over_one_bar), in_brackets(plain, combined))
    return min(forms, key=lambda form: (len(terms_of(form)), weight(form)))


def equations(node: Expr, form: Expr) -> Iterator[ShorterName]:
    """Yield what a node gives whose expression is ``form``, a fraction."""
    term = term_of(form)
    own = Term(1 / term.coefficient, {node: S.One}) if term.coefficient else None
    under = {base: exponent for base, exponent in term.powers.items() if exponent.is_negative}
    if own is None or not (under or isinstance(form, exp)):
        return
    yield ShorterName(node, term.powers, own)
    if len(under) == 1:
        ((whole, exponent),) = under.items()
        if exponent is S.NegativeOne and isinstance(whole, PathSum):
            over = Term(term.coefficient, {base: e for base, e in term.powers.items() if base is not whole})
            yield from _of_two(node, over, whole) if len(whole.args) == 2 else _the_rest(node, over, whole)


def _of_two(node: Expr, over: Term, whole: Expr) -> Iterator[ShorterName]:
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
        value = term_of(normalize(_over(number, times, node, a * d - b * c)))
        yield ShorterName(node, {**part.powers, whole: S.NegativeOne}, value)
        other = u if part is v else v
        if not over.powers and part.powers and not other.powers:
            # With p = b/(c u + d), p u is (b - d p)/c.
            yield ShorterName(
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


def _the_rest(node: Expr, over: Term, whole: Expr) -> Iterator[ShorterName]:
    """Yield that what is left of a whole, over it, is 1 less the node that is one of its terms over it."""
    parts = list(map(term_of, whole.args))
    own = next((part for part in parts if like(part) == like(over)), None)
    if own is not None:
        rest = joined(part for part in parts if part is not own)
        value = _over(S.One, -own.coefficient / over.coefficient, node, S.One)
        yield ShorterName(node, {rest: S.One, whole: S.NegativeOne}, term_of(value))


def share(equation: ShorterName) -> tuple[Term, Expr | None]:
    """Return the numerator and the denominator that a node is defined by, or None in place of the latter."""
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
        yield tuple(map(term_of, terms_of(normalize(base.args[1])))), value


def of_functions(under: Expr) -> Iterator[ShorterName]:
    """Yield the functions that fractions over ``under`` are: sigmoid, tanh and tan."""
    if isinstance(under, Applied) and under.name in _RATIOS:
        over, name = _RATIOS[under.name]
        argument = under.args[1]
        value = tanh(argument, evaluate=False) if name == "tanh" else Applied(name, argument)
        yield ShorterName(value, {Applied(over, argument): S.One, under: S.NegativeOne}, Term(S.One, {value: S.One}))
    if not isinstance(under, PathSum) or len(under.args) != 2:
        return
    first, second = under.args
    for one, power in ((first, second), (second, first)):
        if one is S.One and isinstance(power, exp):
            yield from _sigmoids(under, power)
    if isinstance(first, exp) and isinstance(second, exp) and _same(first.args[0], opposite(normalize(second.args[0]))):
        for up, down in ((first, second), (second, first)):
            if term_of(up.args[0]).coefficient.is_positive:
                value = tanh(up.args[0], evaluate=False)
                product = {difference(up, down): S.One, under: S.NegativeOne}
                yield ShorterName(value, product, Term(S.One, {value: S.One}))


_RATIOS: Mapping[str, tuple[str, str]] = {"cosh": ("sinh", "tanh"), "cos": ("sin", "tan")}


def _sigmoids(under: Expr, power: Expr) -> Iterator[ShorterName]:
    argument = normalize(power.args[0])
    if not term_of(argument).coefficient.is_negative:
        value = Applied("sigmoid", power.args[0])
        yield ShorterName(value, {power: S.One, under: S.NegativeOne}, Term(S.One, {value: S.One}))
        return
    value = Applied("sigmoid", opposite(argument))
    yield ShorterName(value, {power: S.One, under: S.NegativeOne}, Term(S.One, {difference(S.One, value): S.One}))
    yield ShorterName(value, {under: S.NegativeOne}, Term(S.One, {value: S.One}))


def _same(argument: Expr, other: Expr) -> bool:
    """Return whether two arguments are equal."""
    return key_of(multiplied_out(normalize(argument))) == key_of(multiplied_out(normalize(other)))


def replaced(term: Term, equation: ShorterName) -> Term:
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


# What nodes are, put to use backwards: where a line holds what a node is, the node's name takes its place.
#
# Products are looked up by one of their factors and sums by one of their terms, so nothing is searched.


class Definitions:
    """The equations that some nodes give, and with no nodes those that functions give.

    Args:
        nodes: Each node with its expression; None for those of functions.
    """

    def __init__(self, nodes: Mapping[Symbol, Expr] | None) -> None:
        self._of_functions = nodes is None
        self._products: dict[Hashable, list[ShorterName]] = {}
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

    def _equations(self, base: Expr) -> Iterator[ShorterName]:
        if self._of_functions:
            yield from of_functions(base)
        # A node's own product before what is left of a whole: a product of two outputs of a softmax is no p (1 - p).
        known = self._products.get(key_of(base), ())
        yield from sorted(known, key=lambda equation: isinstance(next(iter(equation.value.powers)), PathSum))

    def _named(self, term: Term) -> Term:
        """Return a term with the products in it named, in its brackets too."""
        factors = [Term(term.coefficient, {}, term.barred)]
        for base, exponent in self._denominator_distributed(term).powers.items():
            inner = term_of(self.shorten(base)) if isinstance(base, PathSum) and exponent is S.One else None
            factors.append(Term(S.One, {base: exponent}) if inner is None else inner)
        return self._replaced(product_of(factors))

    def _replaced(self, term: Term) -> Term:
        for base in tuple(term.powers):
            for equation in self._equations(base):
                term = replaced(term, equation)
        return term

    def _denominator_distributed(self, term: Term) -> Term:
        """Return a term with its denominator distributed over a bracket whose terms all have names then."""
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


# Which inputs of a graph are the targets of a cross-entropy: those that stand only in front of logarithms.


def distributions(formulas: Iterable[Expr], inputs: Collection[Symbol]) -> tuple[tuple[Symbol, ...], ...]:
    """Return the sets of ``inputs`` each of which weighs logarithms in one formula, or one each in several.

    A target may stand in its own logarithm too, as in ``y ln(y/a)``, and nowhere else.

    Args:
        formulas: The expressions of all nodes.
        inputs: The inputs that may be targets, in order.
    """
    sets: list[dict[Symbol, None]] = []
    elsewhere: set[Symbol] = set()
    for formula in formulas:
        weights: dict[Symbol, None] = {}
        _look(formula, weights, elsewhere)
        sets.append(weights)
    whole = [symbol for symbol in inputs if symbol not in elsewhere]
    found = [tuple(symbol for symbol in whole if symbol in weights) for weights in sets]
    if not any(len(targets) > 1 for targets in found):
        found = [tuple(dict.fromkeys(symbol for targets in found for symbol in targets))]
    return tuple(dict.fromkeys(targets for targets in found if len(targets) > 1))


def _look(
    expression: Expr, weights: dict[Symbol, None], elsewhere: set[Symbol], within: Collection[Symbol] = ()
) -> None:
    """Add what weighs a logarithm in ``expression``, and what stands elsewhere in it."""
    if expression.is_Symbol and expression not in within:
        elsewhere.add(expression)
    parts = expression.args[1:] if isinstance(expression, Applied) else expression.args
    if isinstance(expression, Chain) and sum(map(_is_logarithm, parts)) == 1:
        own = [part for part in parts if part.is_Symbol]
        weights |= dict.fromkeys(own)
        for part in parts:
            if part not in own:
                _look(part, weights, elsewhere, own if _is_logarithm(part) else ())
        return
    for part in parts:
        _look(part, weights, elsewhere, within)


def _is_logarithm(expression: Expr) -> bool:
    return isinstance(expression, log) or (isinstance(expression, Applied) and expression.name in {"log2", "log10"})
