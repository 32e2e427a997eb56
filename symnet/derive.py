"""Network to gradient: one backward sweep, each derivative derived once and then cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet import simplify
from symnet.calculus import Chain, Direct, Partial, PathSum, Slope, factors_of, terms_of
from symnet.derivation import Derivation, Gradient, Lines, Rule
from symnet.network import Kind, Network
from symnet.quantity import Role

# A gradient is written without deltas where it then has at most this many symbols and numbers, about two printed lines,
# and each of its brackets at most this many, about one.
LONGEST_RESULT, LONGEST_BRACKET = 40, 12


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
        layers = [layer for branch in network.branches for layer in branch]
        # The activations that are written as functions, so that their slopes have a prime.
        self.primed = {a for layer in layers if layer.activation.applied for a in layer.activations}

    def run(self) -> Gradient:
        for node in reversed(self.network.nodes):
            if node in self.network.children:
                self.adjoint(node)
        parameters = {parameter: self.leaf(parameter) for parameter in self.network.parameters}
        inputs = {symbol: self.leaf(symbol) for symbol in self.network.wanted_inputs}
        return Gradient(self.network, self.adjoints, parameters, inputs, self.quantities)

    def name(self, wrt: Symbol) -> Symbol:
        """Return the name under which later lines cite the derivative by ``wrt``."""
        quantity = self.network.quantities[wrt.name]
        delta = quantity.role is Role.PRE_ACTIVATION
        of = self.network.loss.name if self.network.is_graph else "L"
        name = f"delta{wrt.name[1:]}" if delta else f"d{of}_d{wrt.name}"
        while name in self.quantities:
            name += "_"
        role = Role.DELTA if delta else Role.ADJOINT
        self.quantities[name] = quantity._replace(id=name, role=role, of=wrt.name)
        return Symbol(name)

    def adjoint(self, wrt: Symbol) -> None:
        symbol = self.name(wrt)
        lines = Lines(Partial(self.network.loss, wrt))
        if self.network.is_graph or self.network.children[wrt] == (self.network.loss,):
            self.chain(lines, wrt)
        else:
            self.through_layers(lines, wrt)
        self.names[wrt] = symbol
        self.adjoints[wrt] = Derivation(symbol, wrt, lines.steps)
        if not self.is_between(wrt):
            self.remember(symbol, lines.last)

    def leaf(self, wrt: Symbol) -> Derivation:
        lines = Lines(Partial(self.network.loss, wrt))
        self.chain(lines, wrt)
        return Derivation(wrt, wrt, lines.steps)

    def chain(self, lines: Lines, wrt: Symbol) -> None:
        """Add the lines of the chain rule, node by node: with the derivatives known, simplified, written out."""
        network, children = self.network, self.network.children.get(wrt, ())
        if not children:
            lines.add(S.Zero, Rule.NO_PATH)
            return
        if children == (network.loss,):
            rule = Rule.LOCAL_SLOPE if network.is_graph else Rule.LOSS_SLOPE
            first, *simpler = network.nodes[network.loss].slopes[wrt]
            lines.add(first, rule, (network.loss.name,))
            for form in simpler:
                lines.add(form, Rule.SIMPLIFY)
            return
        known: dict[Expr, Expr] = {}
        terms: list[Expr] = []
        for child in children:
            slope = network.nodes[child].slopes[wrt][-1]
            if child == network.loss:
                terms.append(Direct(child, wrt))
                known[terms[-1]] = slope
            else:
                terms.append(Chain(Partial(network.loss, child), Partial(child, wrt)))
                known[Partial(network.loss, child)] = self.cited(child)
                known[Partial(child, wrt)] = slope
        start = PathSum(*terms)
        lines.add(start, Rule.SUM_OVER_PATHS if len(terms) > 1 else Rule.CHAIN)
        used = tuple(self.names[child].name for child in children if child in self.names)
        lines.add(simplify.substitute(start, known), Rule.LOCAL_SLOPE if network.is_graph else Rule.REUSE, used)
        lines.change(simplify.tidy(lines.last), Rule.SIMPLIFY)
        written = self.put_in(lines.last)
        cites = not lines.last.free_symbols.isdisjoint(self.written_out)
        lines.change(lines.last if written is None else written, Rule.SUBSTITUTE if cites else Rule.FACTOR)
        if network.is_graph:
            lines.change(simplify.cancel(lines.last), Rule.CANCEL)

    def through_layers(self, lines: Lines, wrt: Symbol) -> None:
        """Add the lines of the chain rule from a layer to the one before it, activations passed on the way."""
        start = PathSum(*(Chain(self.route(child), Partial(child, wrt)) for child in self.network.children[wrt]))
        known: dict[Expr, Expr] = {}
        primes: dict[Expr, Expr] = {}
        slopes: dict[Expr, Expr] = {}
        used: list[str] = []
        for partial in _partials(start):
            if partial.of == self.network.loss:
                known[partial] = self.cited(partial.wrt)
                used.append(self.names[partial.wrt].name)
                continue
            node = self.network.nodes[partial.of]
            slope = node.slopes[partial.wrt][-1]
            if node.kind is Kind.ACTIVATION:
                slopes[partial] = slope
                if partial.of in self.primed:
                    primes[partial] = Slope(partial.of, partial.wrt)
            else:
                known[partial] = slope
        several = len(terms_of(start)) > 1 or any(isinstance(f, PathSum) for f in factors_of(start))
        lines.add(start, Rule.SUM_OVER_PATHS if several else Rule.CHAIN)
        if primes or not all(self.is_unchanged(partial, value) for partial, value in known.items()):
            rule = self.second_rule(wrt, [partial.of for partial in known if partial.of != self.network.loss])
            lines.add(simplify.substitute(start, known | primes), rule, tuple(used))
            used.clear()
        if slopes:
            lines.add(simplify.substitute(start, known | slopes), Rule.ACTIVATION_SLOPE, (*used, *_names(slopes)))
        self.simplified(lines, wrt)

    def is_unchanged(self, partial: Expr, value: Expr) -> bool:
        """Return whether a derivative and what is put in for it are written alike."""
        known = self.quantities.get(getattr(value, "name", ""))
        return known is not None and known.role is Role.ADJOINT and known.of == partial.wrt.name

    def second_rule(self, wrt: Symbol, passed: Sequence[Symbol]) -> Rule:
        """Return why the known derivatives may be put in, and the slopes of the nodes that are ``passed``."""
        if self.feeds_loss(wrt):
            return Rule.LOSS_SLOPE
        linear = all(self.network.nodes[symbol].kind is Kind.LINEAR for symbol in passed)
        return Rule.REUSE if linear else Rule.LOCAL_SLOPE

    def is_at_loss(self, symbol: Symbol) -> bool:
        """Return whether ``symbol`` feeds nothing but the loss and the nodes just before it."""
        return all(self.network.nodes[child].kind is Kind.LOSS for child in self.network.children[symbol])

    def feeds_loss(self, wrt: Symbol) -> bool:
        """Return whether ``wrt`` is a pre-activation of the last layer."""
        children = self.network.children[wrt]
        return all(self.network.nodes[child].kind is Kind.ACTIVATION and self.is_at_loss(child) for child in children)

    def route(self, child: Symbol) -> Expr:
        """Return the derivative of the loss by ``child``: as one symbol if it is cited, else through its children.

        A derivative is cited when it is known from the loss at once or when more than one node uses it.
        """
        node = self.network.nodes[child]
        if node.kind is not Kind.ACTIVATION or self.is_at_loss(child) or len(node.slopes) > 1:
            return Partial(self.network.loss, child)
        further = self.network.children[child]
        return PathSum(*(Chain(Partial(self.network.loss, node), Partial(node, child)) for node in further))

    def cited(self, wrt: Symbol) -> Expr:
        """Return what stands for the derivative by ``wrt`` once it is known: its name, or the loss's slope."""
        if self.network.is_graph:
            shown = self.network.children[wrt] == (self.network.loss,)
        else:
            shown = self.is_at_loss(wrt) and not self.is_between(wrt)
        return self.adjoints[wrt].result if shown else self.names[wrt]

    def is_between(self, symbol: Symbol) -> bool:
        """Return whether ``symbol`` is a node before the loss that reaches it by others of its kind."""
        node = self.network.nodes[symbol]
        return node.kind is Kind.LOSS and self.network.children[symbol] != (self.network.loss,)

    def simplified(self, lines: Lines, wrt: Symbol) -> None:
        """Add a line for each rewrite that changes something."""
        lines.change(simplify.tidy(lines.last), Rule.SIMPLIFY)
        lines.change(simplify.cancel(lines.last), Rule.CANCEL)
        lines.change(simplify.common_denominator(lines.last), Rule.FACTOR)
        children, targets = self.network.children[wrt], self.network.targets
        if len(children) > 1 and self.feeds_loss(wrt):
            own = children[self.network.quantities[wrt.name].unit - 1]  # type: ignore[operator]
            lines.change(simplify.collect_targets(lines.last, own, targets), Rule.COLLECT)
            if self.network.targets_sum_to_one:
                lines.change(simplify.use_sum_of_targets(lines.last, targets), Rule.IDENTITY)
        lines.change(simplify.factor_common(lines.last), Rule.FACTOR)
        lines.change(simplify.cancel_terms(lines.last), Rule.CANCEL)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Keep what a result says for ``symbol``: the derivative without names of others, if that is readable.

        Otherwise a result cites the derivatives of the layer behind, and if even that is long, this one by name.
        """
        written = self.put_in(result)
        if written is None and _is_readable(result):
            written = result
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
        written = simplify.factor_common(simplify.substitute(expression, self.written_out))
        written = simplify.tidy(simplify.cancel_terms(written))
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


def _partials(expression: Expr) -> Iterator[Partial]:
    if isinstance(expression, Partial):
        yield expression
    for part in expression.args:
        yield from _partials(part)


def _names(partials: Mapping[Expr, Expr]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(partial.of.name for partial in partials))
