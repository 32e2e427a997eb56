"""The backward sweep of a graph over local slopes in a list: quick, since it is repeated for every mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.marking.changes import Edge
from symnet.network import Network
from symnet.numbers.numeric import Value


class Backsweep:
    """The backward sweep of one network.

    Args:
        network: The network.

    Attributes:
        slopes: Every local slope, in the order in which the list holds them.
        places: The place of each local slope in that order.
    """

    def __init__(self, network: Network) -> None:
        nodes = network.nodes.values()
        # A slope's first form is defined wherever any is.
        self.slopes: Mapping[Edge, Expr] = {
            (node.symbol, parent): forms[0] for node in nodes for parent, forms in node.slopes.items()
        }
        self.places = {edge: place for place, edge in enumerate(self.slopes)}
        symbols = dict.fromkeys([*network.nodes, *(parent for _node, parent in self.slopes)])
        self._number = {symbol: number for number, symbol in enumerate(symbols)}
        self._loss = self._number[network.loss]
        self._order = [
            (
                self._number[node.symbol],
                [(self._number[parent], self.places[node.symbol, parent]) for parent in node.slopes],
            )
            for node in reversed(list(nodes))
        ]

    def run(self, slopes: Sequence[Value], one: Value) -> list[Value]:
        """Return the derivative of the loss by every symbol; see :meth:`of`.

        Args:
            slopes: The local slopes, in their order.
            one: The derivative of the loss by itself.
        """
        found: list[Value] = [0 * one] * len(self._number)
        found[self._loss] = one
        for child, parents in self._order:
            above = found[child]
            if above:
                for parent, place in parents:
                    found[parent] += above * slopes[place]
        return found

    def of(self, found: Sequence[Value], symbol: Symbol) -> Value:
        """Return what a sweep has found for ``symbol``; 0 for what nothing depends on."""
        number = self._number.get(symbol)
        return 0 if number is None else found[number]
