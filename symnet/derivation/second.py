"""Second derivatives: of a loss written in its leaves alone, one after the other, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.differentiate import derivative, lines
from symnet.algebra.nodes import Chain, PathSum
from symnet.algebra.rewrite import tidy
from symnet.algebra.shorten import Line, Shortener
from symnet.derivation.expand import Expander, InOrder, node_definitions
from symnet.network.graph import Network, Node


class SecondDerivative(NamedTuple):
    """A second derivative.

    Attributes:
        wrt: What it is with respect to: first the one, then the other.
        first: The derivative with respect to the first, in leaves alone.
        lines: The derivative of that with respect to the second, as equal forms, each with its reason; the last is the
            shortest.
        added: What the penalty adds to it.
    """

    wrt: tuple[Symbol, Symbol]
    first: Expr
    lines: tuple[Line, ...]
    added: Expr = S.Zero

    @property
    def result(self) -> Expr:
        """What it is of the loss of one sample, in leaves alone."""
        return self.lines[-1][0]

    @property
    def whole(self) -> Expr:
        """The same with what the penalty adds."""
        return self.result if self.added is S.Zero else PathSum(self.result, self.added)


class Hessian(NamedTuple):
    """All second derivatives of one loss with respect to some leaves.

    Attributes:
        of: The loss.
        composed: It, in leaves alone.
        leaves: What it is differentiated with respect to.
        firsts: The first derivatives with respect to them, in leaves alone.
        entries: Each second derivative, row by row.
        direction: What the matrix of them is multiplied by, if anything: a number for each leaf.
    """

    of: Symbol
    composed: Expr
    leaves: tuple[Symbol, ...]
    firsts: Mapping[Symbol, Expr]
    entries: Mapping[tuple[Symbol, Symbol], SecondDerivative]
    direction: Mapping[Symbol, Fraction] = MappingProxyType({})

    def product(self, leaf: Symbol) -> Expr:
        """Return the entry of a leaf in the product of the matrix and its direction, in leaves alone."""
        sizes = {other: Rational(size.numerator, size.denominator) for other, size in self.direction.items()}
        terms = (Chain(size, self.entries[leaf, other].whole) for other, size in sizes.items())
        return tidy(PathSum(*terms))


def composed_length(network: Network) -> int:
    """Return how many characters the loss has in leaves alone, without building it."""
    return Expander(node_definitions(network)).length(network.loss)


def hessian_of(
    network: Network, penalty: Sequence[Node], leaves: Sequence[Symbol], direction: Mapping[Symbol, Fraction]
) -> Hessian:
    """Return the second derivatives of the loss of ``network`` with respect to ``leaves``.

    Each pair is derived in both orders, so that their being equal is found and not assumed.

    Args:
        network: The network.
        penalty: The nodes of the penalty, if any; the last is the penalty itself.
        leaves: What is differentiated with respect to.
        direction: What the matrix is multiplied by, if anything.
    """
    composed = InOrder(node_definitions(network))(network.loss)
    definitions = {node.symbol.name: node.expression for node in penalty}
    added = InOrder(definitions)(penalty[-1].symbol) if penalty else S.Zero
    in_leaves = InOrder(node_definitions(network))
    # Results may cite nodes of the way, such as a probability.
    nodes = {symbol: in_leaves(symbol) for symbol in network.nodes if symbol != network.loss}
    shortener = Shortener(nodes, network.wholes)
    firsts = {leaf: derivative(composed, leaf) for leaf in leaves}
    more = {leaf: derivative(added, leaf) for leaf in leaves}
    pairs = product(leaves, repeat=2)
    entries = {
        (one, other): SecondDerivative(
            (one, other), firsts[one], lines(firsts[one], other, shortener=shortener), derivative(more[one], other)
        )
        for one, other in pairs
    }
    return Hessian(network.loss, composed, tuple(leaves), firsts, entries, direction)
