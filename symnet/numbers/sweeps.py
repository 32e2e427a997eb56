"""The forward and the backward sweep of a graph of scalar nodes, made ready to be repeated with other numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Symbol

from symnet.network import Node
from symnet.numbers.binary import ONE, ZERO, Binary
from symnet.numbers.bounds import NearBounds
from symnet.numbers.reals import NoValueError
from symnet.numbers.rules import rule_of
from symnet.numbers.tape import Rule, Slots, Tape


class Sweeps:
    """A graph of nodes whose last sum is differentiated by some of its leaves.

    Attributes:
        leaves: Where the number of each leaf is put.
        computed: Where the value of each node stands after the forward sweep.
        adjoints: Where the derivative by each node stands after the backward sweep, the last node first.
        gradients: Where the derivative by each wanted leaf stands.
    """

    def __init__(
        self,
        nodes: Mapping[Symbol, Node],
        loss: Symbol,
        leaves: Iterable[Symbol],
        wanted: Sequence[Symbol],
        bounds: Iterable[NearBounds] = (),
    ) -> None:
        self.tape = Tape(rule_of)
        self.nodes, self.loss = nodes, loss
        self.leaves = {symbol: self.tape.leaf(symbol) for symbol in leaves}
        near = {bound.activation: bound for bound in bounds}
        self.computed: dict[Symbol, int] = {}
        for node in nodes.values():
            self.computed[node.symbol] = self.tape.define(node.symbol, node.expression)
            if node.symbol in near:
                near[node.symbol].replace_in(self.tape)
        self.exponents = tuple(self.tape.exponents)
        self._switches = [(node.symbol, self.tape.place(one)) for node in nodes.values() for one in node.switches]
        self.adjoints, self.gradients = self._differentiate(wanted)
        self._backward = [*self.adjoints.values(), *self.gradients.values()]

    def _differentiate(self, wanted: Sequence[Symbol]) -> tuple[dict[Symbol, int], dict[Symbol, int]]:
        """Return the slots of the derivatives by the nodes and by the leaves ``wanted``."""
        seed = self.tape.hidden(lambda _slots: ONE)
        paths: dict[Symbol, list[tuple[int, int]]] = {}
        adjoints: dict[Symbol, int] = {}
        for node in reversed(tuple(self.nodes.values())):
            if node.symbol == self.loss:
                place = seed
            elif node.symbol in paths:
                place = adjoints[node.symbol] = self.tape.hidden(self.tape.sum(paths[node.symbol]))
            else:
                continue
            for parent, forms in node.slopes.items():
                # A slope's first form is defined wherever any is.
                paths.setdefault(parent, []).append((place, self.tape.place(forms[0])))
        return adjoints, {leaf: self.tape.hidden(self._reaching(paths.get(leaf, []))) for leaf in wanted}

    def _reaching(self, paths: Sequence[tuple[int, int]]) -> Rule:
        return self.tape.sum(paths) if paths else lambda _slots: ZERO

    def start(self, bits: int, numbers: Mapping[Symbol, Binary]) -> Slots:
        """Return slots in which ``numbers`` stand."""
        return self.put(self.tape.start(bits), numbers)

    def put(self, slots: Slots, numbers: Mapping[Symbol, Binary]) -> Slots:
        """Return a copy of ``slots`` in which ``numbers`` stand too."""
        filled = slots.copy()
        for symbol, number in numbers.items():
            filled[self.leaves[symbol]] = number
        return filled

    def forward(self, slots: Slots) -> None:
        """Work out every node.

        Raises:
            NoValueError: At the first node without a value.
        """
        demand = self.tape.demand
        for symbol, place in self.computed.items():
            try:
                demand(slots, place)
            except NoValueError as error:
                raise NoValueError(f"{symbol.name} would be {error}") from None

    def backward(self, slots: Slots) -> None:
        """Work out every derivative; the forward sweep comes first.

        Raises:
            NoValueError: At a derivative without a value.
        """
        demand = self.tape.demand
        for place in self._backward:
            demand(slots, place)

    def kinks(self, slots: Slots) -> Iterator[Symbol]:
        """Yield each node that passes a kink at exactly these numbers."""
        last = None
        for symbol, place in self._switches:
            if symbol is not last and self._is_zero(slots, place):
                yield symbol
                last = symbol

    def _is_zero(self, slots: Slots, place: int) -> bool:
        try:
            return not self.tape.demand(slots, place)[0]
        except NoValueError:
            # It stands in a branch that is not taken.
            return False
