"""From what holds for each output to what holds at a general index, and from a sum of all outputs to an indexed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.indices import Index, Place
from symnet.algebra.nodes import Partial, PathSum
from symnet.algebra.rewrite import substitute
from symnet.derivation.steps import Derivation, Gradient, Step
from symnet.indexed.letters import IndexedLetters
from symnet.network.graph import LayerNodes
from symnet.quantity import Role


class Outputs:
    """Reads expressions in the outputs as ones at a general index.

    Args:
        gradient: The derivation number by number.
        letters: The quantities at general indices.
    """

    def __init__(self, gradient: Gradient, letters: IndexedLetters) -> None:
        self.letters = letters
        self.layer: LayerNodes = gradient.network.layers[-1]
        self.count = len(self.layer.activations)
        self._quantities = gradient.quantities
        self._loss = gradient.network.loss

    def alike(self, derivations: Sequence[Derivation], place: Place, other: Place) -> tuple[Step, ...] | None:
        """Return the lines that hold for every output, from those for each one in order; None if they differ.

        Args:
            derivations: One for each output.
            place: The general output.
            other: Over what sums of all outputs are taken.
        """
        found = [
            tuple(
                step._replace(rhs=self.changed(self.folded(step.rhs, other), self.to_general(unit, place)))
                for step in derivation.steps
            )
            for unit, derivation in enumerate(derivations, 1)
        ]
        same = all([step.rhs for step in steps] == [step.rhs for step in found[0]] for steps in found)
        return found[0] if same else None

    def to_general(self, unit: int, place: Place) -> Callable[[Symbol], Symbol]:
        """Return what takes the quantities of an output's ``unit`` to those at a general one."""
        return lambda symbol: self.letters.general(symbol, unit, place)

    def changed(self, expression: Expr, change: Callable[[Symbol], Symbol] = lambda symbol: symbol) -> Expr:
        """Return an expression with other symbols, also in derivatives; one that is cited is written as such."""
        return substitute(expression, dict(self._changes(expression, change)))

    def _changes(self, expression: Expr, change: Callable[[Symbol], Symbol]) -> Iterator[tuple[Expr, Expr]]:
        for part in _atoms(expression):
            quantity = self._quantities.get(getattr(part, "name", ""))
            if isinstance(part, Partial):
                yield part, type(part)(change(part.of), change(part.wrt))
            elif quantity is not None and quantity.role is Role.ADJOINT:
                yield part, Partial(self._loss, change(Symbol(str(quantity.of))))
            else:
                yield part, change(part)

    def folded(self, expression: Expr, place: Place) -> Expr:
        """Return an expression in which each sum that has the same terms for every output is one over an index."""
        if not expression.args or self.count == 1 or not isinstance(place, Index):
            return expression
        if isinstance(expression, PathSum) and (found := self._sum(expression, place)) is not None:
            return found
        parts = {part: self.folded(part, place) for part in expression.args}
        return substitute(expression, {old: new for old, new in parts.items() if new != old})

    def _sum(self, expression: PathSum, place: Index) -> Expr | None:
        """Return a sum over the outputs, if that is what ``expression`` is."""
        size, rest = divmod(len(expression.args), self.count)
        if rest:
            return None
        terms = [PathSum(*expression.args[start : start + size]) for start in range(0, len(expression.args), size)]
        general = {self.changed(term, self.to_general(unit, place)) for unit, term in enumerate(terms, 1)}
        body = general.pop()
        if general or place not in self.letters.vocabulary.free(body):
            return None
        return self.letters.vocabulary.summed(body, place)


def _atoms(expression: Expr) -> Iterator[Expr]:
    if isinstance(expression, Partial) or expression.is_Symbol:
        yield expression
    for part in expression.args:
        yield from _atoms(part)
