"""What the backward sweeps over layers and over graphs have in common: names, and results that can be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.nodes import Chain, Partial, PathSum
from symnet.derivation.steps import Derivation, DerivationWriter, Gradient, Rule
from symnet.network.graph import Network
from symnet.quantity import Role

# A gradient is written without deltas where it then has at most this many symbols and numbers, about two printed lines,
# and each of its brackets at most this many, about one.
LONGEST_RESULT, LONGEST_BRACKET = 40, 13


class Sweep(ABC):
    """One backward sweep, each derivative derived once and then cited.

    Args:
        network: The network or the graph.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.adjoints: dict[Symbol, Derivation] = {}
        self.names: dict[Symbol, Symbol] = {}
        self.quantities = dict(network.quantities)
        # The derivatives that can be read without the names of others, by their own names.
        self.written_out: dict[Expr, Expr] = {}
        self.size: dict[Expr, int] = {}

    def run(self) -> Gradient:
        """Return the derivative of the loss with respect to every node and every leaf."""
        for node in reversed(self.network.nodes):
            if node in self.network.children:
                symbol = self.name(node)
                lines = DerivationWriter(Partial(self.network.loss, node))
                self.adjoint(lines, node)
                self.names[node] = symbol
                self.adjoints[node] = Derivation(symbol, node, lines.steps)
                self.remember(symbol, lines.last)
        found = self.leaves()
        parameters = {parameter: found[parameter] for parameter in self.network.parameters}
        inputs = {symbol: found[symbol] for symbol in self.network.wanted_inputs}
        return Gradient(self.network, self.adjoints, parameters, inputs, self.quantities)

    @abstractmethod
    def adjoint(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add the lines of the derivative with respect to a node."""

    @abstractmethod
    def leaves(self) -> Mapping[Symbol, Derivation]:
        """Return the derivatives with respect to all leaves, those that are read side by side in one form."""

    def name(self, wrt: Symbol) -> Symbol:
        """Return the name under which later lines cite the derivative with respect to ``wrt``."""
        quantity = self.network.quantities[wrt.name]
        delta = quantity.role is Role.PRE_ACTIVATION
        of = self.network.loss.name if self.network.is_graph else "L"
        name = f"delta{wrt.name[1:]}" if delta else f"d{of}_d{wrt.name}"
        while name in self.quantities:
            name += "_"
        role = Role.DELTA if delta else Role.ADJOINT
        self.quantities[name] = quantity._replace(id=name, role=role, of=wrt.name)
        return Symbol(name)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Store the result for ``symbol`` where it is readable, so that later lines can substitute it."""
        if is_readable(result):
            self.written_out[symbol] = result
            self.size[symbol] = leaves_of(result)

    def put_in(self, expression: Expr) -> Expr | None:
        """Return ``expression`` with derivatives written out in place of their names, or None where that is too long.

        Its length is known before it is built.
        """
        length = sum(self.size.get(part, 1) for part in preorder_traversal(expression) if not part.args)
        return rewrite.substitute(expression, self.written_out) if length <= 2 * LONGEST_RESULT else None

    def roles(self, expression: Expr) -> frozenset[Role]:
        """Return which sorts of derivatives an expression cites by name."""
        cited = {self.quantities[symbol.name].role for symbol in expression.free_symbols}
        return frozenset(cited & {Role.DELTA, Role.ADJOINT})


def start_of_chain(network: Network, wrt: Symbol, lines: DerivationWriter) -> bool:
    """Return whether there is a chain rule to write for ``wrt``; else say that there is no path."""
    if network.children.get(wrt):
        return True
    lines.add(S.Zero, Rule.NO_PATH)
    return False


def leaves_of(expression: Expr) -> int:
    """Return how many symbols and numbers ``expression`` has, signs apart."""
    return sum(1 for part in preorder_traversal(expression) if not part.args and part is not S.NegativeOne)


def is_readable(expression: Expr) -> bool:
    """Return whether ``expression`` is short, and so is each of its brackets, inside which no line is broken."""
    brackets = (
        factor
        for product in preorder_traversal(expression)
        if isinstance(product, Chain)
        for factor in product.args
        if isinstance(factor, PathSum)
    )
    return leaves_of(expression) <= LONGEST_RESULT and all(leaves_of(factor) <= LONGEST_BRACKET for factor in brackets)
