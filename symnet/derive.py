"""Network to gradient: one backward sweep, each derivative derived once and then cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet import simplify
from symnet.calculus import Chain, Partial, PathSum, Slope, factors_of, terms_of
from symnet.catalog.activations import ACTIVATIONS
from symnet.network import Kind, Network
from symnet.quantity import Quantity, Role

# A gradient is written without deltas where it then has at most this many symbols and numbers, about two printed lines,
# and each of its brackets at most this many, about one.
LONGEST_RESULT, LONGEST_BRACKET = 40, 12


class Rule(Enum):
    """Why a line equals the one before it."""

    CHAIN = "chain"
    SUM_OVER_PATHS = "sum over paths"
    LOSS_SLOPE = "loss slope"
    REUSE = "reuse"
    ACTIVATION_SLOPE = "activation slope"
    SIMPLIFY = "simplify"
    CANCEL = "cancel"
    COLLECT = "collect"
    IDENTITY = "identity"
    SUBSTITUTE = "substitute"
    FACTOR = "factor"


class Step(NamedTuple):
    """One line of a derivation.

    Attributes:
        lhs: What the whole derivation is of.
        rhs: What it is equal to, on this line.
        rule: Why.
        uses: The ids of the quantities whose derivatives or slopes the line uses.
    """

    lhs: Expr
    rhs: Expr
    rule: Rule
    uses: tuple[str, ...] = ()


class Derivation(NamedTuple):
    """The derivative of the loss with respect to one quantity, line by line.

    Attributes:
        symbol: The name under which later lines cite it; for a parameter, the parameter itself.
        wrt: What the loss is differentiated by.
        steps: The lines; never empty.
    """

    symbol: Symbol
    wrt: Symbol
    steps: tuple[Step, ...]

    @property
    def lhs(self) -> Expr:
        """The derivative itself, unevaluated."""
        return self.steps[0].lhs

    @property
    def result(self) -> Expr:
        """The last line's right side: the simplified derivative."""
        return self.steps[-1].rhs


class Gradient(NamedTuple):
    """All derivatives of one network's loss.

    Attributes:
        network: The network.
        adjoints: By pre-activations (the deltas) and by activations, in the order of the backward sweep.
        parameters: By weights and biases, in forward order.
        quantities: What each id stands for, the deltas among them.
    """

    network: Network
    adjoints: Mapping[Symbol, Derivation]
    parameters: Mapping[Symbol, Derivation]
    quantities: Mapping[str, Quantity]


def derive(network: Network) -> Gradient:
    """Return the derivative of the loss of ``network`` with respect to every node and every parameter."""
    return _Sweep(network).run()


class _Sweep:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.adjoints: dict[Symbol, Derivation] = {}
        self.names: dict[Symbol, Symbol] = {}
        self.quantities = dict(network.quantities)
        self.written_out: dict[Symbol, Expr] = {}
        self.size: dict[Symbol, int] = {}

    def run(self) -> Gradient:
        for node in reversed(self.network.nodes):
            if node != self.network.loss:
                self.adjoint(node)
        parameters = {parameter: self.parameter(parameter) for parameter in self.network.parameters}
        return Gradient(self.network, self.adjoints, parameters, self.quantities)

    def adjoint(self, wrt: Symbol) -> None:
        quantity = self.network.quantities[wrt.name]
        delta = quantity.role is Role.PRE_ACTIVATION
        name = f"delta{wrt.name[1:]}" if delta else f"dL_d{wrt.name}"
        role = Role.DELTA if delta else Role.ADJOINT
        self.quantities[name] = quantity._replace(id=name, role=role, of=wrt.name)
        symbol = Symbol(name)
        lines = Lines(Partial(self.network.loss, wrt))
        if self.network.loss in self.network.children[wrt]:
            first, *simpler = self.network.nodes[self.network.loss].slopes[wrt]
            lines.add(first, Rule.LOSS_SLOPE, (self.network.loss.name,))
            for form in simpler:
                lines.add(form, Rule.SIMPLIFY)
        else:
            self.through_children(lines, wrt)
        self.names[wrt] = symbol
        self.adjoints[wrt] = Derivation(symbol, wrt, lines.steps)
        self.remember(symbol, lines.last)

    def through_children(self, lines: Lines, wrt: Symbol) -> None:
        """Add the lines of the chain rule through every node that ``wrt`` feeds."""
        start = PathSum(*(Chain(self.route(child), Partial(child, wrt)) for child in self.network.children[wrt]))
        known: dict[Expr, Expr] = {}
        primes: dict[Expr, Expr] = {}
        slopes: dict[Expr, Expr] = {}
        used: list[str] = []
        for partial in _partials(start):
            if partial.of == self.network.loss:
                value = self.cited(partial.wrt)
                known[partial] = value
                used.append(self.names[partial.wrt].name)
                continue
            slope = self.network.nodes[partial.of].slopes[partial.wrt][-1]
            if self.network.nodes[partial.of].kind is Kind.LINEAR:
                known[partial] = slope
            else:
                slopes[partial] = slope
                if ACTIVATIONS[self.network.quantities[partial.of.name].activation or ""].applied:
                    primes[partial] = Slope(partial.of, partial.wrt)
        several = len(terms_of(start)) > 1 or any(isinstance(f, PathSum) for f in factors_of(start))
        lines.add(start, Rule.SUM_OVER_PATHS if several else Rule.CHAIN)
        last = self.feeds_loss(wrt)
        lines.add(simplify.replace(start, known | primes), Rule.LOSS_SLOPE if last else Rule.REUSE, tuple(used))
        if slopes:
            lines.add(simplify.replace(start, known | slopes), Rule.ACTIVATION_SLOPE, _names(slopes))
        self.simplified(lines, wrt)

    def feeds_loss(self, wrt: Symbol) -> bool:
        """Return whether ``wrt`` is a pre-activation of the last layer."""
        return any(self.network.loss in self.network.children.get(child, ()) for child in self.network.children[wrt])

    def route(self, child: Symbol) -> Expr:
        """Return the derivative of the loss by ``child``: as one symbol if it is cited, else through its children.

        A derivative is cited when it is known from the loss at once or when more than one node uses it.
        """
        further = self.network.children[child]
        node = self.network.nodes[child]
        if node.kind is Kind.LINEAR or self.network.loss in further or len(node.slopes) > 1:
            return Partial(self.network.loss, child)
        return PathSum(*(Chain(Partial(self.network.loss, node), Partial(node, child)) for node in further))

    def cited(self, wrt: Symbol) -> Expr:
        """Return what stands for the derivative by ``wrt`` once it is known: its name, or the loss's slope."""
        if self.network.loss in self.network.children[wrt]:
            return self.adjoints[wrt].result
        return self.names[wrt]

    def simplified(self, lines: Lines, wrt: Symbol) -> None:
        """Add a line for each rewrite that changes something."""
        lines.change(simplify.tidy(lines.last), Rule.SIMPLIFY)
        lines.change(simplify.cancel(lines.last), Rule.CANCEL)
        children = self.network.children[wrt]
        if len(children) > 1 and self.feeds_loss(wrt):
            targets = self.network.targets
            own = children[self.network.quantities[wrt.name].unit - 1]  # type: ignore[operator]
            lines.change(simplify.collect_targets(lines.last, own, targets), Rule.COLLECT)
            if self.network.targets_sum_to_one:
                lines.change(simplify.use_sum_of_targets(lines.last, targets), Rule.IDENTITY)
        lines.change(simplify.factor_common(lines.last), Rule.FACTOR)

    def parameter(self, wrt: Symbol) -> Derivation:
        children = self.network.children[wrt]
        loss = self.network.loss
        lines = Lines(Partial(loss, wrt))
        start = PathSum(*(Chain(Partial(loss, child), Partial(child, wrt)) for child in children))
        known: dict[Expr, Expr] = {}
        for child in children:
            known[Partial(loss, child)] = self.names[child]
            known[Partial(child, wrt)] = self.network.nodes[child].slopes[wrt][-1]
        lines.add(start, Rule.SUM_OVER_PATHS if len(children) > 1 else Rule.CHAIN)
        lines.add(simplify.replace(start, known), Rule.REUSE, tuple(self.names[child].name for child in children))
        lines.change(simplify.tidy(lines.last), Rule.SIMPLIFY)
        lines.change(self.put_in(lines.last) or lines.last, Rule.SUBSTITUTE)
        return Derivation(wrt, wrt, lines.steps)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Keep what a result says for ``symbol``: the derivative without names of others, if that is readable.

        Otherwise a result cites the derivatives of the layer behind, and if even that is long, this one by name.
        """
        written = self.put_in(result) or (result if _is_readable(result) else None)
        if written is not None:
            self.written_out[symbol] = written
            self.size[symbol] = _leaves(written)

    def put_in(self, expression: Expr) -> Expr | None:
        """Return ``expression`` with derivatives written out in place of their names, or None if that is not readable.

        Its length is known before it is built.
        """
        length = sum(self.size.get(part, 1) for part in preorder_traversal(expression) if not part.args)
        if length > 2 * LONGEST_RESULT:
            return None
        written = simplify.tidy(simplify.factor_common(simplify.replace(expression, self.written_out)))
        return written if _is_readable(written) else None


def _leaves(expression: Expr) -> int:
    """Return how many symbols and numbers ``expression`` has, signs apart."""
    return sum(1 for part in preorder_traversal(expression) if not part.args and part is not S.NegativeOne)


def _is_readable(expression: Expr) -> bool:
    """Return whether ``expression`` is short, and so is each of its brackets, inside which no line is broken."""
    brackets = (
        factor
        for product in preorder_traversal(expression)
        if isinstance(product, Chain)
        for factor in product.args
        if isinstance(factor, PathSum)
    )
    return _leaves(expression) <= LONGEST_RESULT and all(_leaves(factor) <= LONGEST_BRACKET for factor in brackets)


class Lines:
    """The lines of one derivation while it is being written."""

    def __init__(self, lhs: Expr) -> None:
        self.lhs = lhs
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines so far."""
        return tuple(self._steps)

    @property
    def last(self) -> Expr:
        """The right side of the last line."""
        return self._steps[-1].rhs

    def add(self, rhs: Expr, rule: Rule, uses: tuple[str, ...] = ()) -> None:
        """Add a line."""
        self._steps.append(Step(self.lhs, rhs, rule, uses))

    def change(self, rhs: Expr, rule: Rule) -> None:
        """Add a line if it says something new."""
        if rhs != self.last:
            self.add(rhs, rule)


def _partials(expression: Expr) -> Iterator[Partial]:
    if isinstance(expression, Partial):
        yield expression
    for part in expression.args:
        yield from _partials(part)


def _names(partials: Mapping[Expr, Expr]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(partial.of.name for partial in partials))
