"""The objective and the penalty with general indices, and the derivatives wrt parameters over all samples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.indices import Index, IndexedQuantities
from symnet.algebra.nodes import Chain, Partial, PathSum, SampleSum, factors_of
from symnet.algebra.rewrite import substitute
from symnet.derivation.objective import OBJECTIVE, PENALTY, Objective
from symnet.indexed.equations import IndexedEquation, IndexedReason, IndexedRight
from symnet.indexed.forward import equation
from symnet.indexed.letters import IndexedLetters


class IndexedObjective:
    """Writes what the samples and the penalty come to, at general indices.

    Args:
        letters: The quantities at general indices.
        objective: The same number by number.
    """

    def __init__(self, letters: IndexedLetters, objective: Objective) -> None:
        self.letters = letters
        self.objective = objective
        self.loss = letters.network.loss
        self._general = dict(_parameters(letters))

    @property
    def vocabulary(self) -> IndexedQuantities:
        """The indexed quantities."""
        return self.letters.vocabulary

    def definitions(self) -> Iterator[IndexedEquation]:
        """Yield the norms, the penalty, what the samples come to, and the objective."""
        for node in (*self.objective.penalty, *self.objective.nodes):
            yield equation(
                self.letters.layers[-1],
                node.symbol,
                IndexedRight(self.folded(node.expression), IndexedReason.DEFINITION),
            )

    def derivative(self, single: IndexedEquation) -> IndexedEquation:
        """Return the derivative of the objective with respect to a parameter, from that of one sample's loss."""
        wrt = single.wrt
        added = self.added(wrt)
        parts = [Partial(PENALTY, wrt)] if added else []
        last = self.letters.layers[-1]
        chain = PathSum(self.over_samples(Partial(self.loss, wrt)), *parts)
        result = PathSum(self.over_samples(single.rights[-1].expression), *added)
        left = Partial(OBJECTIVE, wrt)
        return equation(
            last, left, IndexedRight(chain, IndexedReason.LINEARITY), IndexedRight(result, IndexedReason.PUT_IN)
        )

    def added(self, wrt: Expr) -> tuple[Expr, ...]:
        """Return what the penalty adds to the derivative with respect to a parameter at general indices."""
        held = self.vocabulary.quantities.get(getattr(wrt, "name", ""))
        if held is None:
            return self.objective.added.get(wrt, ())
        # Every one of them has the same penalty: that of the first stands for all.
        first = next(symbol for symbol, general in self._general.items() if general == wrt)
        return tuple(substitute(term, {first: wrt}) for term in self.objective.added.get(first, ()))

    def over_samples(self, expression: Expr) -> Expr:
        """Return the mean or the sum over the samples of what ``expression`` is for one."""
        count = self.objective.samples
        if count is None:
            return expression
        signs = [factor for factor in factors_of(expression)[:1] if factor is S.NegativeOne]
        total = SampleSum(Chain(*factors_of(expression)[len(signs) :]), count)
        share = self.objective.share
        return Chain(*signs, *([] if share is None else [share]), total)

    def folded(self, expression: Expr) -> Expr:
        """Return an expression in which each sum over all weights or biases of a layer is one over indices."""
        if not expression.args:
            return expression
        if isinstance(expression, PathSum):
            return PathSum(*self._terms(expression))
        parts = {part: self.folded(part) for part in expression.args}
        return substitute(expression, {old: new for old, new in parts.items() if new != old})

    def _terms(self, expression: PathSum) -> Iterator[Expr]:
        for body, group in groupby(map(self._general_term, expression.args), key=lambda found: found[0]):
            terms = list(group)
            held = self._family(body)
            if held is not None and len(terms) == held[1]:
                yield self.vocabulary.summed(body, *held[0])
            else:
                yield from (self.folded(term) for _body, term in terms)

    def _general_term(self, term: Expr) -> tuple[Expr, Expr]:
        """Return a term in one parameter with that at general indices, and the term itself."""
        held = [symbol for symbol in term.free_symbols if symbol in self._general]
        if len(held) != 1:
            return term, term
        return substitute(term, {held[0]: self._general[held[0]]}), term

    def _family(self, body: Expr) -> tuple[tuple[Index, ...], int] | None:
        """Return the indices of the parameter in a term, and how many there are of it."""
        for symbol in body.free_symbols:
            if symbol.name in self.vocabulary.quantities:
                places = self.vocabulary.indices_of(symbol)
                count = 1
                for place in places:
                    count *= len(place.values)
                return places, count
        return None


def _parameters(letters: IndexedLetters) -> Iterator[tuple[Symbol, Symbol]]:
    """Yield each weight and bias that has others like it, with what it is at general indices."""
    for layer in letters.layers:
        weight = layer.weight(layer.own, layer.source, layer.piece)
        bias = layer.bias(layer.own, layer.piece)
        yield from ((symbol, weight) for symbol in layer.nodes.group("weights") if symbol != weight)
        yield from ((symbol, bias) for symbol in layer.nodes.biases if bias is not None and symbol != bias)
