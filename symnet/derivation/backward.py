"""Network to gradient: one backward sweep, each derivative derived once and then cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.nodes import Chain, Partial, PathSum, PrimeDerivative, factors_of, terms_of
from symnet.derivation.graph import ArraySweep, GraphSweep
from symnet.derivation.steps import Derivation, DerivationWriter, Gradient, Rule, before_writing_out
from symnet.derivation.sweep import Sweep, is_readable, start_of_chain
from symnet.network.graph import Network, NodeKind
from symnet.quantity import Role


def derive(network: Network) -> Gradient:
    """Return the derivative of the loss of ``network`` with respect to every node and every parameter."""
    if not network.is_graph:
        return _LayerSweep(network).run()
    return (GraphSweep if network.arrays is None else ArraySweep)(network).run()


class _LayerSweep(Sweep):
    def __init__(self, network: Network) -> None:
        super().__init__(network)
        layers = [layer for branch in network.branches for layer in branch]
        # The activations that are written as functions, so that their derivatives have a prime.
        self.primed = {a for layer in layers if layer.activation.applied for a in layer.activations}

    def adjoint(self, lines: DerivationWriter, wrt: Symbol) -> None:
        if self.network.children[wrt] == (self.network.loss,):
            self.chain(lines, wrt)
        else:
            self.through_layers(lines, wrt)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Store the derivative with respect to ``symbol`` without citations of other derivatives, if it is readable so.

        Otherwise a result cites the derivatives of the layer behind, and if even that is long, this one by name.
        """
        written = self.put_in(result)
        super().remember(symbol, result if written is None else written)

    def put_in(self, expression: Expr) -> Expr | None:
        written = super().put_in(expression)
        if written is not None:
            written = rewrite.tidy(rewrite.cancel_terms(rewrite.factor_common(written)))
        return written if written is not None and is_readable(written) else None

    def leaves(self) -> Mapping[Symbol, Derivation]:
        """Return the derivatives with respect to all leaves, those of one layer in one form."""
        network = self.network
        groups = [*(layer.parameters for layer in network.layers), network.wanted_inputs]
        return {d.wrt: d for group in groups for d in self.alike([self.leaf(wrt) for wrt in group])}

    def alike(self, derivations: Sequence[Derivation]) -> Sequence[Derivation]:
        """Return derivations all in nodes alone, all in the deltas of the layer behind, or all in their own deltas."""
        cited = {self.roles(derivation.result) for derivation in derivations}
        if len(cited) > 1 or any(Role.ADJOINT in roles for roles in cited):
            return [derivation._replace(steps=before_writing_out(derivation)) for derivation in derivations]
        return derivations

    def leaf(self, wrt: Symbol) -> Derivation:
        lines = DerivationWriter(Partial(self.network.loss, wrt))
        self.chain(lines, wrt)
        return Derivation(wrt, wrt, lines.steps)

    def chain(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add the lines of the chain rule, node by node: with the derivatives known, simplified, written out."""
        if not start_of_chain(self.network, wrt, lines):
            return
        network, children = self.network, self.network.children[wrt]
        if children == (network.loss,):
            first, *simpler = network.nodes[network.loss].derivatives[wrt]
            lines.add(first, Rule.LOSS_DERIVATIVE, (network.loss.name,))
            for form in simpler:
                lines.add(form, Rule.SIMPLIFY)
            return
        known: dict[Expr, Expr] = {}
        for child in children:
            known[Partial(network.loss, child)] = self.cited(child)
            known[Partial(child, wrt)] = network.nodes[child].derivatives[wrt][-1]
        start = PathSum(*(Chain(Partial(network.loss, child), Partial(child, wrt)) for child in children))
        lines.add(start, Rule.SUM_OVER_PATHS if len(children) > 1 else Rule.CHAIN)
        lines.add(rewrite.substitute(start, known), Rule.REUSE, tuple(self.names[child].name for child in children))
        lines.change(rewrite.tidy(lines.last), Rule.SIMPLIFY)
        written = self.put_in(lines.last)
        cites = not lines.last.free_symbols.isdisjoint(self.written_out)
        lines.change(lines.last if written is None else written, Rule.SUBSTITUTE if cites else Rule.FACTOR)

    def through_layers(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add the lines of the chain rule from a layer to the one before it, activations passed on the way."""
        start = PathSum(*(Chain(self.route(child), Partial(child, wrt)) for child in self.network.children[wrt]))
        known: dict[Expr, Expr] = {}
        primes: dict[Expr, Expr] = {}
        derivatives: dict[Expr, Expr] = {}
        used: list[str] = []
        for partial in _partials(start):
            if partial.of == self.network.loss:
                known[partial] = self.cited(partial.wrt)
                used.append(self.names[partial.wrt].name)
                continue
            node = self.network.nodes[partial.of]
            derivative = node.derivatives[partial.wrt][-1]
            if node.kind is NodeKind.ACTIVATION:
                derivatives[partial] = derivative
                if partial.of in self.primed:
                    primes[partial] = PrimeDerivative(partial.of, partial.wrt)
            else:
                known[partial] = derivative
        several = len(terms_of(start)) > 1 or any(isinstance(f, PathSum) for f in factors_of(start))
        lines.add(start, Rule.SUM_OVER_PATHS if several else Rule.CHAIN)
        if primes or not all(self.is_unchanged(partial, value) for partial, value in known.items()):
            rule = self.second_rule(wrt, [partial.of for partial in known if partial.of != self.network.loss])
            lines.add(rewrite.substitute(start, known | primes), rule, tuple(used))
            used.clear()
        if derivatives:
            lines.add(
                rewrite.substitute(start, known | derivatives),
                Rule.ACTIVATION_DERIVATIVE,
                (*used, *_names(derivatives)),
            )
        self.simplified(lines, wrt)

    def is_unchanged(self, partial: Expr, value: Expr) -> bool:
        """Return whether substituting a derivative would change nothing that is written."""
        known = self.quantities.get(getattr(value, "name", ""))
        return known is not None and known.role is Role.ADJOINT and known.of == partial.wrt.name

    def second_rule(self, wrt: Symbol, passed: Sequence[Symbol]) -> Rule:
        """Return why the known derivatives may be put in, and the derivatives of the nodes that are ``passed``."""
        if self.feeds_loss(wrt):
            return Rule.LOSS_DERIVATIVE
        linear = all(self.network.nodes[symbol].kind is NodeKind.LINEAR for symbol in passed)
        return Rule.REUSE if linear else Rule.LOCAL_DERIVATIVE

    def is_at_loss(self, symbol: Symbol) -> bool:
        """Return whether ``symbol`` feeds nothing but the loss and the nodes just before it."""
        return all(self.network.nodes[child].kind is NodeKind.LOSS for child in self.network.children[symbol])

    def feeds_loss(self, wrt: Symbol) -> bool:
        """Return whether ``wrt`` is a pre-activation of the last layer."""
        children = self.network.children[wrt]
        return all(
            self.network.nodes[child].kind is NodeKind.ACTIVATION and self.is_at_loss(child) for child in children
        )

    def route(self, child: Symbol) -> Expr:
        """Return the derivative of the loss wrt ``child``: as one symbol if it is cited, else through its children.

        A derivative is cited when it is known from the loss at once or when more than one node uses it.
        """
        node = self.network.nodes[child]
        if node.kind is not NodeKind.ACTIVATION or self.is_at_loss(child) or len(node.derivatives) > 1:
            return Partial(self.network.loss, child)
        further = self.network.children[child]
        return PathSum(*(Chain(Partial(self.network.loss, node), Partial(node, child)) for node in further))

    def cited(self, wrt: Symbol) -> Expr:
        """Return what stands for the derivative wrt ``wrt`` once it is known: its name, or the loss's derivative."""
        shown = self.is_at_loss(wrt) and not self.is_between(wrt)
        return self.adjoints[wrt].result if shown else self.names[wrt]

    def is_between(self, symbol: Symbol) -> bool:
        """Return whether ``symbol`` is a node before the loss that reaches it by others of its kind."""
        node = self.network.nodes[symbol]
        return node.kind is NodeKind.LOSS and self.network.children[symbol] != (self.network.loss,)

    def simplified(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add a line for each rewrite that changes something."""
        lines.change(rewrite.tidy(lines.last), Rule.SIMPLIFY)
        lines.change(rewrite.cancel(lines.last), Rule.CANCEL)
        lines.change(rewrite.common_denominator(lines.last), Rule.FACTOR)
        children, targets = self.network.children[wrt], self.network.targets
        if len(children) > 1 and self.feeds_loss(wrt):
            if self.network.sample_weight:
                lines.change(rewrite.factor_common(lines.last), Rule.FACTOR)
            own = children[self.network.quantities[wrt.name].unit - 1]  # type: ignore[operator]
            lines.change(rewrite.collect_targets(lines.last, own, targets), Rule.COLLECT)
            if self.network.targets_sum_to_one:
                lines.change(rewrite.use_sum_of_targets(lines.last, targets), Rule.IDENTITY)
        lines.change(rewrite.factor_common(lines.last), Rule.FACTOR)
        lines.change(rewrite.cancel_terms(lines.last), Rule.CANCEL)


def _partials(expression: Expr) -> Iterator[Partial]:
    if isinstance(expression, Partial):
        yield expression
    for part in expression.args:
        yield from _partials(part)


def _names(partials: Mapping[Expr, Expr]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(partial.of.name for partial in partials))
