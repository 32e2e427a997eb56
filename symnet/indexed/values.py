"""The value of an indexed expression: every index given a value, every sum taken term by term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.indices import Attains, Elsewhere, IndexMax, IndexSum, Kronecker, Value
from symnet.algebra.nodes import SAMPLES, Applied, Partial, PrimeDerivative, SampleSum
from symnet.derivation.objective import OBJECTIVE, PENALTY, Objective
from symnet.indexed.letters import IndexedLetters
from symnet.matrix.check import MatrixNumbers
from symnet.network.graph import Node
from symnet.numerics.direct import Value as Number
from symnet.numerics.direct import numeric, total
from symnet.quantity import Role

Where: TypeAlias = Mapping[str, Value]


class IndexedNumbers(NamedTuple):
    """The numbers of all scalars, and what they are looked up by.

    Attributes:
        letters: What the symbols with indices stand for.
        objective: What is made of the samples, number by number.
        numbers: The numbers.
        at: The 0-based sample of which everything is.
    """

    letters: IndexedLetters
    objective: Objective
    numbers: MatrixNumbers
    at: int = 0

    def value(self, expression: Expr, where: Where) -> Number:
        """Return the number that an expression is at given values of its indices.

        Raises:
            NoValueError: Where it has no real finite value.
        """
        known: dict[Expr, Number] = {}
        self._gather(expression, where, known)
        return numeric(expression, known)

    def _gather(self, expression: Expr, where: Where, known: dict[Expr, Number]) -> None:
        """Add the values of the atoms in an expression, and of what is one number at given values of the indices."""
        rule = _RULES.get(type(expression))
        if rule is not None:
            known[expression] = rule(self, expression, where)
            return
        if expression.is_Symbol:
            known[expression] = self.symbol(expression, where)
        for part in expression.args:
            self._gather(part, where, known)

    def symbol(self, symbol: Symbol, where: Where) -> Number:
        """Return the number of a quantity at given values of its indices."""
        held = self.letters.vocabulary.quantities.get(symbol.name)
        if held is not None and held.role is Role.DELTA:
            # Where the loss does not depend on an output, its delta has no name, and is 0.
            of = self.letters.resolved(self.letters.pre_activation(held), where)
            return self.numbers.adjoints[self.at][of]
        found = self.letters.resolved(symbol, where)
        return self.shared(found) if found in self.nodes else self.numbers.samples[self.at][found]

    @property
    def nodes(self) -> Mapping[Symbol, Node]:
        """The nodes that lead from the samples' losses to the objective."""
        return {node.symbol: node for node in self.objective.nodes}

    def shared(self, symbol: Symbol) -> Number:
        """Return the value of a node of the objective over all samples."""
        expression = self.nodes[symbol].expression
        inner = {node: self.shared(node) for node in expression.free_symbols if node in self.nodes}
        samples = [({**sample, **inner}, 1) for sample in self.numbers.samples]
        return numeric(expression, {**self.numbers.samples[self.at], **inner, SAMPLES: samples})

    def partial(self, expression: Partial, where: Where) -> Number:
        """Return the number that a partial derivative is, as it is derived number by number."""
        of, wrt = (self.letters.resolved(symbol, where) for symbol in (expression.of, expression.wrt))
        network, table = self.letters.network, self.numbers.samples[self.at]
        if of == network.loss and wrt in self.numbers.adjoints[self.at]:
            return self.numbers.adjoints[self.at][wrt]
        if of == OBJECTIVE:
            return self.numbers.gradients[wrt]
        if of == PENALTY:
            return total([numeric(term, table) for term in self.objective.added.get(wrt, ())])
        forms = network.nodes[of].derivatives.get(wrt)
        return numeric(forms[-1], table) if forms else 0

    def applied(self, expression: Applied, where: Where) -> Number:
        """Return a function's value; that of an activation at its own pre-activation, as its layer has it."""
        arguments = {part: self.value(part, where) for part in expression.args[1:]}
        (place,) = expression.args[1:] if len(arguments) == 1 else (None,)
        layer = self.letters.reader(self.letters.resolved(place, where)) if place is not None else None
        if layer is None or layer.activation.name != expression.name:
            return numeric(expression, arguments)
        return numeric(
            layer.activation.value((place,), 0, layer.options), {**self.numbers.samples[self.at], **arguments}
        )

    def sum(self, expression: IndexSum, where: Where) -> Number:
        """Return a sum over an index, term by term."""
        return total(self.each(expression, where))

    def largest(self, expression: IndexMax, where: Where) -> Number:
        """Return the largest over an index."""
        return max(self.each(expression, where))

    def each(self, expression: IndexSum | IndexMax, where: Where) -> list[Number]:
        """Return the value of the body of a sum for each value of its index."""
        name = expression.index.name
        return [self.value(expression.body, {**where, name: value}) for value in expression.values]

    def attains(self, expression: Attains, where: Where) -> Number:
        """Return 1 where a quantity is the largest, the first of equal ones; else 0."""
        _own, index, maximum = expression.args
        each = self.each(maximum, where)
        return int(maximum.values[each.index(max(each))] == where[index.name])

    @staticmethod
    def among(expression: Kronecker | Elsewhere, where: Where) -> bool:
        """Return whether an index is one of some values, or the other one."""
        first, *others = (where[part.name] if part.is_Symbol else int(part) for part in expression.args)
        return first in others

    def samples(self, expression: SampleSum, where: Where) -> Number:
        """Return a sum over the samples."""
        count = range(len(self.numbers.samples))
        return total([self._replace(at=at).value(expression.args[0], where) for at in count])


_RULES: Mapping[type, Callable[[IndexedNumbers, Any, Where], Number]] = MappingProxyType(
    {
        Partial: IndexedNumbers.partial,
        PrimeDerivative: IndexedNumbers.partial,
        Applied: IndexedNumbers.applied,
        IndexSum: IndexedNumbers.sum,
        IndexMax: IndexedNumbers.largest,
        Attains: IndexedNumbers.attains,
        Kronecker: lambda _point, expression, where: int(IndexedNumbers.among(expression, where)),
        Elsewhere: lambda _point, expression, where: int(not IndexedNumbers.among(expression, where)),
        SampleSum: IndexedNumbers.samples,
    }
)
