"""The one simplifier: an expression brought to the shortest of its forms, each rewrite a line with its rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.definitions import Definitions
from symnet.algebra.forms import bars, combined, gathered, in_brackets, is_long, opened, over_one_bar, weight
from symnet.algebra.nodes import PathSum, factors_of, terms_of
from symnet.algebra.rewrite import joined, key_of, normalize, term_of
from symnet.algebra.rules import Rule

# So many lines are never needed; a bound keeps the work in proportion.
_MOST_LINES = 8

Line: TypeAlias = tuple[Expr, Rule]

_FUNCTIONS = Definitions(None)


class Shortener:
    """Brings expressions to their shortest forms.

    Args:
        nodes: The nodes whose names may be put in, each with its expression.
        wholes: The sets of symbols whose sum is 1.
        local: Whether names are put in only where no fraction is left by it, as in ``p (1 - p)``: the derivative of one
            node is otherwise written as the rules give it.
    """

    def __init__(
        self,
        nodes: Mapping[Symbol, Expr] | None = None,
        wholes: Collection[Collection[Symbol]] = (),
        local: bool = False,
    ) -> None:
        self._definitions = Definitions(nodes or {})
        self._local = local
        self._wholes = frozenset(key_of(PathSum(*whole)) for whole in wholes)

    def lines(self, expression: Expr) -> Iterator[Line]:
        """Yield what ``expression`` is equal to, line by line, down to its shortest form; nothing if it has that."""
        line = normalize(expression)
        if line != expression:
            yield line, Rule.CANCEL if _cancels(expression) else Rule.SIMPLIFY
        for _ in range(_MOST_LINES):
            if is_long(line):
                return
            shortest, rule = min(self._forms(line), key=lambda form: weight(form[0]))
            if weight(shortest) >= weight(line):
                return
            yield shortest, rule
            line = shortest

    def _forms(self, line: Expr) -> Iterator[Line]:
        for rewrite, rule in _REWRITES:
            form = normalize(rewrite(line))
            yield form, Rule.COMMON_DENOMINATOR if bars(form) < bars(line) and rule is not Rule.FUNCTION else rule
        named = normalize(self._definitions.shorten(line))
        if not (self._local and bars(named)):
            yield named, Rule.DEFINITION
        for form in self._definitions.without_pairs(line):
            yield normalize(in_brackets(normalize(form), gathered)), Rule.DEFINITION
        if self._wholes:
            yield normalize(in_brackets(line, self._without_wholes)), Rule.IDENTITY

    def _without_wholes(self, bracket: Expr) -> Expr:
        return S.One if key_of(bracket) in self._wholes else bracket


def _brackets(rewrite: Callable[[Expr], Expr]) -> Callable[[Expr], Expr]:
    return lambda line: in_brackets(line, rewrite)


def _open(line: Expr) -> Expr:
    return joined(term_of(opened(term)) for term in terms_of(line)) if isinstance(line, PathSum) else opened(line)


_REWRITES: tuple[tuple[Callable[[Expr], Expr], Rule], ...] = (
    (_brackets(over_one_bar), Rule.FACTOR),
    (_brackets(combined), Rule.EXPAND),
    (_open, Rule.EXPAND),
    (_brackets(gathered), Rule.FACTOR),
    (_FUNCTIONS.shorten, Rule.FUNCTION),
)


def _cancels(expression: Expr) -> bool:
    """Return whether a factor of some term stands both over and under a bar."""
    for term in terms_of(expression):
        sides: dict[object, bool] = {}
        for factor in factors_of(term):
            for base, exponent in term_of(factor).powers.items():
                if sides.setdefault(key_of(base), bool(exponent.is_positive)) != bool(exponent.is_positive):
                    return True
    return False
