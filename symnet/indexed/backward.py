"""The backward pass of a layer with general indices, and the derivatives by its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet import simplify
from symnet.calculus import Chain, Partial, PathSum, Quotient, factors_of, negative, terms_of
from symnet.derivation import Derivation, Gradient, Rule, Step
from symnet.indexed.equations import Equation, Right, Why
from symnet.indexed.fold import Outputs
from symnet.indexed.forward import (
    coupled_slope,
    dropout_slope,
    equation,
    is_coupled,
    largest_slope,
    learned_slopes,
    own_slope,
    same,
)
from symnet.indexed.letters import Layer, Letters
from symnet.indexed.tree import Index, IndexSum, Place, negated, symbols_in
from symnet.network import Kind

# Why a line of the derivation number by number holds, where it holds at every output.
_WHY = {
    Rule.CHAIN: Why.CHAIN,
    Rule.SUM_OVER_PATHS: Why.PATHS,
    Rule.LOSS_SLOPE: Why.LOSS_SLOPE,
    Rule.REUSE: Why.LINEAR,
    Rule.ACTIVATION_SLOPE: Why.SLOPE,
    Rule.CANCEL: Why.CANCEL,
    Rule.FACTOR: Why.FACTOR,
    Rule.IDENTITY: Why.TARGETS,
    Rule.SUBSTITUTE: Why.PUT_IN,
    Rule.LOCAL_SLOPE: Why.PUT_IN,
    Rule.NO_PATH: Why.NO_PATH,
}


class Backward:
    """Writes the derivatives of one sample's loss at general indices.

    Args:
        gradient: The derivation number by number, from which the derivatives of the loss are taken.
        letters: The quantities at general indices.
    """

    def __init__(self, gradient: Gradient, letters: Letters) -> None:
        self.gradient = gradient
        self.letters = letters
        self.vocabulary = letters.vocabulary
        self.network = gradient.network
        self.outputs = Outputs(gradient, letters)

    def loss(self) -> Iterator[Equation]:
        """Yield the loss and what stands between it and the outputs, sums of all outputs over an index."""
        last = self.letters.layers[-1]
        defined: dict[Expr, Equation] = {}
        for node in self.network.nodes.values():
            if node.kind is Kind.LOSS:
                unit = self.gradient.quantities[node.symbol.name].unit or 1
                folded = self.outputs.folded(node.expression, last.own)
                change = self.outputs.to_general(unit, last.own)
                left = self.outputs.changed(node.symbol, change)
                right = folded if left == node.symbol else self.outputs.changed(node.expression, change)
                defined.setdefault(left, equation(last, left, Right(right, Why.DEFINITION)))
        yield from defined.values()

    def loss_slopes(self) -> Iterator[Equation]:
        """Yield the derivatives of the loss by what stands before it, then by the outputs, for each use."""
        between = [node.symbol for node in reversed(list(self.network.nodes.values())) if node.kind is Kind.LOSS]
        known = [symbol for symbol in between if symbol in self.gradient.adjoints and symbol != self.network.loss]
        groups: dict[object, list[Symbol]] = {}
        for symbol in known:
            quantity = self.gradient.quantities[symbol.name]
            groups.setdefault((quantity.role, symbol if quantity.unit is None else None), []).insert(0, symbol)
        for symbols in groups.values():
            yield from self.of_outputs(symbols)
        for branch in self.network.branches:
            yield from self.of_outputs(branch[-1].activations)

    def of_outputs(self, symbols: Sequence[Symbol]) -> Iterator[Equation]:
        """Yield the derivatives of the loss by nodes, as one equation if they are alike for every output."""
        last = self.letters.layers[-1]
        derivations = [self.gradient.adjoints.get(symbol, self._none(symbol)) for symbol in symbols]
        if len(symbols) == self.outputs.count and (found := self.alike(derivations)) is not None:
            left = Partial(self.network.loss, self.outputs.changed(symbols[0], self.outputs.to_general(1, last.own)))
            yield equation(last, left, *found, self.put_in(found[-1]))
            return
        for symbol, derivation in zip(symbols, derivations, strict=True):
            rights = [
                Right(self.outputs.changed(self.outputs.folded(step.rhs, last.own)), _WHY.get(step.rule, Why.SIMPLIFY))
                for step in derivation.steps
            ]
            yield equation(last, Partial(self.network.loss, symbol), *rights)

    def _none(self, symbol: Symbol) -> Derivation:
        """Return the derivative by an output on which the loss does not depend."""
        return Derivation(symbol, symbol, (Step(Partial(self.network.loss, symbol), S.Zero, Rule.NO_PATH),))

    def alike(self, derivations: Sequence[Derivation]) -> list[Right] | None:
        """Return the lines that hold for every output, or None if there are none."""
        last = self.letters.layers[-1]
        steps = self.outputs.alike(derivations, last.own, last.other)
        if steps is None:
            return None
        return [Right(step.rhs, _WHY.get(step.rule, Why.SIMPLIFY)) for step in steps]

    def put_in(self, right: Right) -> Right:
        """Return a line in which the derivatives by what all outputs share are what they have come to."""
        found = simplify.substitute(right.expression, self.shared)
        return right if found == right.expression else Right(_in_order(simplify.tidy(found)), Why.PUT_IN)

    @cached_property
    def shared(self) -> Mapping[Expr, Expr]:
        """The derivatives of the loss by what stands once between it and all outputs, as sums over these."""
        loss, other = self.network.loss, self.letters.layers[-1].other
        found = {}
        for symbol, derivation in self.gradient.adjoints.items():
            unit = self.gradient.quantities[symbol.name].unit
            if self.network.nodes[symbol].kind is Kind.LOSS and symbol != loss and unit is None:
                found[Partial(loss, symbol)] = self.outputs.changed(self.outputs.folded(derivation.result, other))
        return found

    def arriving(self, layer: Layer, place: Place) -> tuple[Expr, Expr]:
        """Return the derivative of the loss by an activation: by the chain rule, and with the deltas put in.

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
            factors.append(dropout_slope(layer, place, nodes))
        weight = after.weight(after.next, place, after.next_piece)
        delta = after.delta(after.next, after.next_piece)
        over = (after.next, after.next_piece)
        whole = self.vocabulary.summed(Chain(weight, delta), *over)
        return _all(chain, *over), simplify.tidy(Chain(*factors, whole))

    def layer(self, layer: Layer) -> Iterator[Equation]:
        """Yield the derivatives by the activations of a layer where they are cited, then the deltas."""
        own = layer.own
        cited = not layer.last and (is_coupled(layer) or layer.nodes.learned)
        chain, put_in = self.arriving(layer, own)
        if cited:
            left = Partial(self.network.loss, layer.a(own))
            yield equation(layer, left, Right(chain, self.paths(chain)), Right(put_in, Why.LINEAR))
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

    def taught(self, layer: Layer) -> list[Right] | None:
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

    def through_own(self, layer: Layer, chain: Expr, put_in: Expr) -> Iterator[Right]:
        """Yield the lines of a delta of units that read their own pre-activation, or their own pieces."""
        own = layer.own
        local = Partial(layer.a(own), layer.z(own, layer.piece))
        yield Right(_inside(chain, local), self.paths(chain))
        if layer.has_pieces:
            yield Right(simplify.tidy(Chain(largest_slope(layer, own), put_in)), Why.LARGEST)
            return
        primed, slope = own_slope(layer, own, primed=True), own_slope(layer, own)
        if isinstance(put_in, Partial):
            yield Right(simplify.tidy(Chain(put_in, slope)), Why.SLOPE)
            return
        # What does not depend on the index of a sum stands before it.
        yield Right(simplify.tidy(Chain(primed, put_in)), Why.LINEAR)
        yield Right(simplify.tidy(Chain(slope, put_in)), Why.SLOPE)

    def through_coupled(self, layer: Layer) -> Iterator[Right]:
        """Yield the lines of a delta of softmax units: a sum over all outputs that collapses."""
        own, other, loss = layer.own, layer.other, self.network.loss
        p, q = layer.a(own), layer.a(other)
        local = Partial(q, layer.z(own))
        yield Right(IndexSum.over(Chain(Partial(loss, q), local), other), Why.PATHS)
        arriving = self.loss_slope(layer, other)
        put_in = simplify.tidy(Chain(arriving, coupled_slope(layer, other, own)))
        yield Right(self.vocabulary.summed(put_in, other), Why.JACOBIAN)
        each = _cancelled(Chain(arriving, q))
        bracket = PathSum(same(other, own), negative(p))
        yield Right(self.vocabulary.summed(simplify.tidy(Chain(each, bracket)), other), Why.CANCEL)
        yield from self.collapsed(layer, each)

    def collapsed(self, layer: Layer, each: Expr) -> Iterator[Right]:
        """Yield ``sum_l c_l ([l = k] - p_k)`` as ``c_k - p_k sum_l c_l``, and what that is where targets sum to 1."""
        own, other = layer.own, layer.other
        p, q = layer.a(own), layer.a(other)
        here = self.moved(layer, each)
        if q in factors_of(each):
            alone = Chain(*_without(factors_of(each), q))
            bracket = PathSum(self.moved(layer, alone), negated(self.vocabulary.summed(each, other)))
            yield Right(simplify.tidy(Chain(p, bracket)), Why.KRONECKER)
            return
        total = simplify.tidy(negated(Chain(p, self.vocabulary.summed(each, other))))
        terms = sorted((here, total), key=lambda term: factors_of(term)[0] is S.NegativeOne)
        whole = simplify.factor_common(PathSum(*terms))
        yield Right(_over_constant(whole), Why.KRONECKER)
        targets = self.vocabulary.summed(self.target(layer, other), other)
        if self.network.targets_sum_to_one and self.network.targets:
            summed = simplify.tidy(simplify.substitute(whole, {targets: S.One}))
            yield Right(_over_constant(summed), Why.TARGETS)

    def target(self, layer: Layer, place: Place) -> Symbol:
        """Return the target of an output."""
        return self.letters.general(self.network.targets[0], 1, place) if self.network.targets else layer.a(place)

    def moved(self, layer: Layer, each: Expr) -> Expr:
        """Return what ``each`` is for the own unit, where it is written for another one."""
        pairs = {
            layer.a(layer.other): layer.a(layer.own),
            self.target(layer, layer.other): self.target(layer, layer.own),
        }
        loss = self.network.loss
        known = {Partial(loss, layer.a(layer.other)): Partial(loss, layer.a(layer.own))}
        return simplify.substitute(each, {**pairs, **known})

    def loss_slope(self, layer: Layer, place: Place) -> Expr:
        """Return the derivative of the loss by an activation, in that and its target if it has such a form.

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
        own = {layer.a(place), self.target(layer, place)}
        found = steps[-1].rhs
        return found if set(found.free_symbols) <= own else cited

    def gradients(self, layer: Layer, inputs: bool = False) -> Iterator[Equation]:
        """Yield the derivatives of the loss by the parameters of a layer, or by the inputs that feed it."""
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
        for symbol, slope in learned_slopes(layer, own):
            a = layer.a(own)
            chain = Chain(Partial(self.network.loss, a), Partial(a, symbol))
            body = Chain(Partial(self.network.loss, a), slope)
            left = Partial(self.network.loss, symbol)
            whole = _all(chain, own, use)
            rights = (Right(whole, self.paths(whole)), Right(_all(body, own, use), Why.SLOPE))
            yield equation(layer, left, *rights)

    def by(self, layer: Layer, wrt: Symbol, body: Expr, over: tuple[Place, ...]) -> Equation:
        """Return the derivative of the loss by what a pre-activation depends on."""
        z = layer.z(layer.own, layer.piece)
        chain = _all(Chain(Partial(self.network.loss, z), Partial(z, wrt)), *over)
        left = Partial(self.network.loss, wrt)
        return equation(layer, left, Right(chain, self.paths(chain)), Right(_all(body, *over), Why.LINEAR))

    def paths(self, chain: Expr) -> Why:
        """Return why a chain of derivatives holds: along one path, or summed over units or over uses."""
        if not isinstance(chain, IndexSum):
            return Why.CHAIN
        use = self.letters.use
        return Why.USES if isinstance(use, Index) and chain.index == use.symbol else Why.PATHS


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
    for factor in factors_of(simplify.cancel(simplify.tidy(product))):
        if isinstance(factor, Quotient) and _is_constant(factor.args[1]):
            constants.append(Quotient(S.One, factor.args[1]))
            others.append(factor.args[0])
        else:
            others.append(factor)
    return simplify.tidy(Chain(*constants, *others))


def _over_constant(product: Expr) -> Expr:
    """Return a product with one over a constant as one fraction over that."""
    factors = factors_of(product)
    under = [f.args[1] for f in factors if isinstance(f, Quotient) and f.args[0] is S.One and _is_constant(f.args[1])]
    if len(under) != 1:
        return product
    return Quotient(Chain(*(f for f in factors if f != Quotient(S.One, under[0]))), under[0])


def _is_constant(expression: Expr) -> bool:
    return next(symbols_in(expression), None) is None
