"""The backward pass of a layer with general indices, and the derivatives with respect to its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.indices import Index, IndexSum, Place, negated, symbols_in
from symnet.algebra.nodes import Chain, Partial, PathSum, Quotient, factors_of, negative, terms_of
from symnet.derivation.steps import Derivation, Gradient, Rule, Step
from symnet.indexed.equations import IndexedEquation, IndexedReason, IndexedRight
from symnet.indexed.fold import Outputs
from symnet.indexed.forward import (
    coupled_derivative,
    dropout_derivative,
    equation,
    is_coupled,
    largest_derivative,
    learned_derivatives,
    own_derivative,
    same,
)
from symnet.indexed.letters import IndexedLayer, IndexedLetters
from symnet.network.graph import NodeKind

# Why a line of the derivation number by number holds, where it holds at every output.
_WHY = {
    Rule.CHAIN: IndexedReason.CHAIN,
    Rule.SUM_OVER_PATHS: IndexedReason.PATHS,
    Rule.LOSS_DERIVATIVE: IndexedReason.LOSS_DERIVATIVE,
    Rule.REUSE: IndexedReason.LINEAR,
    Rule.ACTIVATION_DERIVATIVE: IndexedReason.DERIVATIVE,
    Rule.CANCEL: IndexedReason.CANCEL,
    Rule.FACTOR: IndexedReason.FACTOR,
    Rule.IDENTITY: IndexedReason.TARGETS,
    Rule.SUBSTITUTE: IndexedReason.PUT_IN,
    Rule.LOCAL_DERIVATIVE: IndexedReason.PUT_IN,
    Rule.NO_PATH: IndexedReason.NO_PATH,
}


class IndexedBackward:
    """Writes the derivatives of one sample's loss at general indices.

    Args:
        gradient: The derivation number by number, from which the derivatives of the loss are taken.
        letters: The quantities at general indices.
    """

    def __init__(self, gradient: Gradient, letters: IndexedLetters) -> None:
        self.gradient = gradient
        self.letters = letters
        self.vocabulary = letters.vocabulary
        self.network = gradient.network
        self.outputs = Outputs(gradient, letters)

    def loss(self) -> Iterator[IndexedEquation]:
        """Yield the loss and what stands between it and the outputs, sums of all outputs over an index."""
        last = self.letters.layers[-1]
        defined: dict[Expr, IndexedEquation] = {}
        for node in self.network.nodes.values():
            if node.kind is NodeKind.LOSS:
                unit = self.gradient.quantities[node.symbol.name].unit or 1
                folded = self.outputs.folded(node.expression, last.own)
                change = self.outputs.to_general(unit, last.own)
                left = self.outputs.changed(node.symbol, change)
                right = folded if left == node.symbol else self.outputs.changed(node.expression, change)
                defined.setdefault(left, equation(last, left, IndexedRight(right, IndexedReason.DEFINITION)))
        yield from defined.values()

    def loss_derivatives(self) -> Iterator[IndexedEquation]:
        """Yield the derivatives of the loss wrt what stands before it, then wrt the outputs, for each use."""
        between = [node.symbol for node in reversed(list(self.network.nodes.values())) if node.kind is NodeKind.LOSS]
        known = [symbol for symbol in between if symbol in self.gradient.adjoints and symbol != self.network.loss]
        groups: dict[object, list[Symbol]] = {}
        for symbol in known:
            quantity = self.gradient.quantities[symbol.name]
            groups.setdefault((quantity.role, symbol if quantity.unit is None else None), []).insert(0, symbol)
        for symbols in groups.values():
            yield from self.of_outputs(symbols)
        for branch in self.network.branches:
            yield from self.of_outputs(branch[-1].activations)

    def of_outputs(self, symbols: Sequence[Symbol]) -> Iterator[IndexedEquation]:
        """Yield the derivatives of the loss wrt nodes, as one equation if they are alike for every output."""
        last = self.letters.layers[-1]
        derivations = [self.gradient.adjoints.get(symbol, self._none(symbol)) for symbol in symbols]
        if len(symbols) == self.outputs.count and (found := self.alike(derivations)) is not None:
            left = Partial(self.network.loss, self.outputs.changed(symbols[0], self.outputs.to_general(1, last.own)))
            yield equation(last, left, *found, self.put_in(found[-1]))
            return
        for symbol, derivation in zip(symbols, derivations, strict=True):
            rights = [
                IndexedRight(
                    self.outputs.changed(self.outputs.folded(step.rhs, last.own)),
                    _WHY.get(step.rule, IndexedReason.SIMPLIFY),
                )
                for step in derivation.steps
            ]
            yield equation(last, Partial(self.network.loss, symbol), *rights)

    def _none(self, symbol: Symbol) -> Derivation:
        """Return the derivative with respect to an output on which the loss does not depend."""
        return Derivation(symbol, symbol, (Step(Partial(self.network.loss, symbol), S.Zero, Rule.NO_PATH),))

    def alike(self, derivations: Sequence[Derivation]) -> list[IndexedRight] | None:
        """Return the lines that hold for every output, or None if there are none."""
        last = self.letters.layers[-1]
        steps = self.outputs.alike(derivations, last.own, last.other)
        if steps is None:
            return None
        return [IndexedRight(step.rhs, _WHY.get(step.rule, IndexedReason.SIMPLIFY)) for step in steps]

    def put_in(self, right: IndexedRight) -> IndexedRight:
        """Return a line in which the derivatives with respect to what all outputs share are what they have come to."""
        found = rewrite.substitute(right.expression, self.shared)
        return (
            right if found == right.expression else IndexedRight(_in_order(rewrite.tidy(found)), IndexedReason.PUT_IN)
        )

    @cached_property
    def shared(self) -> Mapping[Expr, Expr]:
        """The derivatives of the loss wrt what stands once between it and all outputs, as sums over these."""
        loss, other = self.network.loss, self.letters.layers[-1].other
        found = {}
        for symbol, derivation in self.gradient.adjoints.items():
            unit = self.gradient.quantities[symbol.name].unit
            if self.network.nodes[symbol].kind is NodeKind.LOSS and symbol != loss and unit is None:
                found[Partial(loss, symbol)] = self.outputs.changed(self.outputs.folded(derivation.result, other))
        return found

    def arriving(self, layer: IndexedLayer, place: Place) -> tuple[Expr, Expr]:
        """Return the derivative of the loss wrt an activation: by the chain rule, and with the deltas put in.

        At the outputs both are that derivative itself, which is known from the loss.
        """
        nodes, loss = self.network.nodes, self.network.loss
        if layer.last:
            known = Partial(loss, layer.a(place))
            return known, known
        after = self.letters.layers[layer.number].used(layer.use)
        z = after.z(after.next, after.next_piece)
        output = layer.output(place)
        chain = Chain(Partial(loss, z), Partial(z, output))
        factors: list[Expr] = []
        if layer.nodes.dropped:
            chain = Chain(chain, Partial(output, layer.a(place)))
            factors.append(dropout_derivative(layer, place, nodes))
        weight = after.weight(after.next, place, after.next_piece)
        delta = after.delta(after.next, after.next_piece)
        over = (after.next, after.next_piece)
        whole = self.vocabulary.summed(Chain(weight, delta), *over)
        return _all(chain, *over), rewrite.tidy(Chain(*factors, whole))

    def layer(self, layer: IndexedLayer) -> Iterator[IndexedEquation]:
        """Yield the derivatives with respect to the activations of a layer where they are cited, then the deltas."""
        own = layer.own
        cited = not layer.last and (is_coupled(layer) or layer.nodes.learned)
        chain, put_in = self.arriving(layer, own)
        if cited:
            left = Partial(self.network.loss, layer.a(own))
            yield equation(
                layer, left, IndexedRight(chain, self.paths(chain)), IndexedRight(put_in, IndexedReason.LINEAR)
            )
            chain = put_in = left
        for used in [layer.used(use) for use in self.letters.uses] if layer.last else [layer]:
            left = Partial(self.network.loss, used.z(own, used.piece))
            if layer.last:
                chain, put_in = self.arriving(used, own)
            if is_coupled(layer):
                rights = list(self.through_coupled(used))
            else:
                taught = self.taught(used) if layer.last else None
                rights = taught or list(self.through_own(used, chain, put_in))
            yield equation(layer, left, *rights)

    def taught(self, layer: IndexedLayer) -> list[IndexedRight] | None:
        """Return the lines of an output's delta as they are derived number by number, if they are alike for all."""
        if layer.has_pieces:
            return None
        branch = self.network.branches[self.letters.uses.index(layer.use)]
        found = [self.gradient.adjoints[z] for z in branch[-1].pre_activations if z in self.gradient.adjoints]
        rights = self.alike(found) if len(found) == self.outputs.count else None
        if rights is None:
            return None
        # Where the activation has no letter of its own there is nothing to say before its derivative is put in.
        local = Partial(layer.a(layer.own), layer.z(layer.own))
        first, *others = rights
        known = [self.put_in(right)._replace(why=right.why) for right in others]
        return [first, *(right for right in known if local not in _factors(right.expression))]

    def through_own(self, layer: IndexedLayer, chain: Expr, put_in: Expr) -> Iterator[IndexedRight]:
        """Yield the lines of a delta of units that read their own pre-activation, or their own pieces."""
        own = layer.own
        local = Partial(layer.a(own), layer.z(own, layer.piece))
        yield IndexedRight(_inside(chain, local), self.paths(chain))
        if layer.has_pieces:
            yield IndexedRight(rewrite.tidy(Chain(largest_derivative(layer, own), put_in)), IndexedReason.LARGEST)
            return
        primed, derivative = own_derivative(layer, own, primed=True), own_derivative(layer, own)
        if isinstance(put_in, Partial):
            yield IndexedRight(rewrite.tidy(Chain(put_in, derivative)), IndexedReason.DERIVATIVE)
            return
        # What does not depend on the index of a sum stands before it.
        yield IndexedRight(rewrite.tidy(Chain(primed, put_in)), IndexedReason.LINEAR)
        yield IndexedRight(rewrite.tidy(Chain(derivative, put_in)), IndexedReason.DERIVATIVE)

    def through_coupled(self, layer: IndexedLayer) -> Iterator[IndexedRight]:
        """Yield the lines of a delta of softmax units: a sum over all outputs that collapses."""
        own, other, loss = layer.own, layer.other, self.network.loss
        p, q = layer.a(own), layer.a(other)
        local = Partial(q, layer.z(own))
        yield IndexedRight(IndexSum.over(Chain(Partial(loss, q), local), other), IndexedReason.PATHS)
        arriving = self.loss_derivative(layer, other)
        put_in = rewrite.tidy(Chain(arriving, coupled_derivative(layer, other, own)))
        yield IndexedRight(self.vocabulary.summed(put_in, other), IndexedReason.JACOBIAN)
        each = _cancelled(Chain(arriving, q))
        bracket = PathSum(same(other, own), negative(p))
        yield IndexedRight(self.vocabulary.summed(rewrite.tidy(Chain(each, bracket)), other), IndexedReason.CANCEL)
        yield from self.collapsed(layer, each)

    def collapsed(self, layer: IndexedLayer, each: Expr) -> Iterator[IndexedRight]:
        """Yield ``sum_l c_l ([l = k] - p_k)`` as ``c_k - p_k sum_l c_l``, and what that is where targets sum to 1."""
        own, other = layer.own, layer.other
        p, q = layer.a(own), layer.a(other)
        # The weight of the sample is the same for all classes.
        front = [factor for factor in factors_of(each) if factor in self.network.sample_weight]
        each = Chain(*(factor for factor in factors_of(each) if factor not in front))
        here = self.moved(layer, each)
        if q in factors_of(each):
            alone = Chain(*_without(factors_of(each), q))
            bracket = PathSum(self.moved(layer, alone), negated(self.vocabulary.summed(each, other)))
            yield IndexedRight(Chain(*front, rewrite.tidy(Chain(p, bracket))), IndexedReason.KRONECKER)
            return
        total = rewrite.tidy(negated(Chain(p, self.vocabulary.summed(each, other))))
        terms = sorted((here, total), key=lambda term: factors_of(term)[0] is S.NegativeOne)
        whole = rewrite.factor_common(PathSum(*terms))
        yield IndexedRight(Chain(*front, _over_constant(whole)), IndexedReason.KRONECKER)
        targets = self.vocabulary.summed(self.target(layer, other), other)
        if self.network.targets_sum_to_one and self.network.targets:
            summed = rewrite.tidy(rewrite.substitute(whole, {targets: S.One}))
            yield IndexedRight(Chain(*front, _over_constant(summed)), IndexedReason.TARGETS)

    def target(self, layer: IndexedLayer, place: Place) -> Symbol:
        """Return the target of an output."""
        return self.letters.general(self.network.targets[0], 1, place) if self.network.targets else layer.a(place)

    def moved(self, layer: IndexedLayer, each: Expr) -> Expr:
        """Return what ``each`` is for the own unit, where it is written for another one."""
        pairs = {
            layer.a(layer.other): layer.a(layer.own),
            self.target(layer, layer.other): self.target(layer, layer.own),
        }
        loss = self.network.loss
        known = {Partial(loss, layer.a(layer.other)): Partial(loss, layer.a(layer.own))}
        return rewrite.substitute(each, {**pairs, **known})

    def loss_derivative(self, layer: IndexedLayer, place: Place) -> Expr:
        """Return the derivative of the loss wrt an activation, in that and its target if it has such a form.

        Otherwise, and in a hidden layer, it is cited.
        """
        cited = Partial(self.network.loss, layer.a(place))
        if not layer.last:
            return cited
        branch = self.network.branches[self.letters.uses.index(layer.use)]
        derivations = [self.gradient.adjoints.get(a, self._none(a)) for a in branch[-1].activations]
        steps = self.outputs.alike(derivations, place, layer.own)
        if steps is None:
            return cited
        own = {layer.a(place), self.target(layer, place), *self.network.sample_weight}
        found = steps[-1].rhs
        return found if set(found.free_symbols) <= own else cited

    def gradients(self, layer: IndexedLayer, inputs: bool = False) -> Iterator[IndexedEquation]:
        """Yield the derivatives of the loss wrt the parameters of a layer, or wrt the inputs that feed it."""
        own, piece, use = layer.own, layer.piece, layer.use
        if inputs:
            x = layer.input(layer.source)
            weight = layer.weight(own, layer.source, piece)
            yield self.by(layer, x, Chain(weight, layer.delta(own, piece)), (own, piece))
            return
        weight = layer.weight(own, layer.source, piece)
        yield self.by(layer, weight, Chain(layer.delta(own, piece), layer.input(layer.source)), (use,))
        bias = layer.bias(own, piece)
        if bias is not None:
            shared = (own, piece) if layer.is_shared else ()
            yield self.by(layer, bias, layer.delta(own, piece), (*shared, use))
        for symbol, derivative in learned_derivatives(layer, own):
            a = layer.a(own)
            chain = Chain(Partial(self.network.loss, a), Partial(a, symbol))
            body = Chain(Partial(self.network.loss, a), derivative)
            left = Partial(self.network.loss, symbol)
            whole = _all(chain, own, use)
            rights = (
                IndexedRight(whole, self.paths(whole)),
                IndexedRight(_all(body, own, use), IndexedReason.DERIVATIVE),
            )
            yield equation(layer, left, *rights)

    def by(self, layer: IndexedLayer, wrt: Symbol, body: Expr, over: tuple[Place, ...]) -> IndexedEquation:
        """Return the derivative of the loss with respect to what a pre-activation depends on."""
        z = layer.z(layer.own, layer.piece)
        chain = _all(Chain(Partial(self.network.loss, z), Partial(z, wrt)), *over)
        left = Partial(self.network.loss, wrt)
        return equation(
            layer, left, IndexedRight(chain, self.paths(chain)), IndexedRight(_all(body, *over), IndexedReason.LINEAR)
        )

    def paths(self, chain: Expr) -> IndexedReason:
        """Return why a chain of derivatives holds: along one path, or summed over units or over uses."""
        if not isinstance(chain, IndexSum):
            return IndexedReason.CHAIN
        use = self.letters.use
        return IndexedReason.USES if isinstance(use, Index) and chain.index == use.symbol else IndexedReason.PATHS


def _all(body: Expr, *places: Place) -> Expr:
    """Return the sum of ``body`` over some indices, everything behind the sign."""
    for place in reversed(places):
        body = IndexSum.over(body, place)
    return body


def _inside(chain: Expr, factor: Expr) -> Expr:
    """Return a chain of derivatives with one more factor behind it, inside the sums over it."""
    if isinstance(chain, IndexSum):
        return chain.func(_inside(chain.body, factor), *chain.args[1:])
    return Chain(chain, factor)


def _in_order(expression: Expr) -> Expr:
    """Return an expression with sums over an index behind the other factors, and negative terms behind the others."""
    if isinstance(expression, PathSum):
        terms = map(_in_order, expression.args)
        return PathSum(*sorted(terms, key=lambda term: factors_of(term)[0] is S.NegativeOne))
    if isinstance(expression, Chain):
        return Chain(*sorted(map(_in_order, expression.args), key=lambda factor: isinstance(factor, IndexSum)))
    return expression


def _factors(expression: Expr) -> Iterator[Expr]:
    for term in terms_of(expression):
        yield from factors_of(term)


def _without(factors: Sequence[Expr], one: Expr) -> list[Expr]:
    left = list(factors)
    left.remove(one)
    return left


def _cancelled(product: Expr) -> Expr:
    """Return a product with what stands over and under a bar cancelled, its constant factors before it."""
    constants: list[Expr] = []
    others: list[Expr] = []
    for factor in factors_of(rewrite.cancel(rewrite.tidy(product))):
        if isinstance(factor, Quotient) and _is_constant(factor.args[1]):
            constants.append(Quotient(S.One, factor.args[1]))
            others.append(factor.args[0])
        else:
            others.append(factor)
    return rewrite.tidy(Chain(*constants, *others))


def _over_constant(product: Expr) -> Expr:
    """Return a product with one over a constant as one fraction over that."""
    factors = factors_of(product)
    under = [f.args[1] for f in factors if isinstance(f, Quotient) and f.args[0] is S.One and _is_constant(f.args[1])]
    if len(under) != 1:
        return product
    return Quotient(Chain(*(f for f in factors if f != Quotient(S.One, under[0]))), under[0])


def _is_constant(expression: Expr) -> bool:
    return next(symbols_in(expression), None) is None
