"""The equations layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins
from symnet.derivation.objective import OBJECTIVE, Objective
from symnet.derivation.steps import Gradient
from symnet.errors import ViewError
from symnet.matrix.expression import (
    Arrangement,
    Cells,
    Chosen,
    Convention,
    Coupled,
    Diagonal,
    Divided,
    Entrywise,
    Filled,
    Jacobian,
    MatrixDerivative,
    MatrixEntries,
    MatrixLetter,
    MatrixLetters,
    Shape,
    Tree,
    hadamard,
    negative,
    scaled,
    shape,
    summed,
    times,
    transposed,
)
from symnet.network.graph import LayerNodes, Network
from symnet.quantity import PER_SAMPLE, Role

# The equations of a network in vectors and matrices, and why each holds.

Left: TypeAlias = MatrixLetter | MatrixDerivative | Jacobian
"""What an equation is of."""


class MatrixReason(Enum):
    """Why a right side is equal to the left one."""

    WEIGHTED_SUM = "weighted sum"
    ACTIVATION = "activation"
    DROPOUT = "dropout"
    LOSS_DERIVATIVE = "loss derivative"
    ENTRIES = "entry by entry"
    JACOBIAN = "Jacobian"
    CHAIN = "chain rule"
    BACK = "through the weights"
    ACTIVATION_DERIVATIVE = "activation derivative"
    SIMPLIFIED = "simplified"
    GRADIENT = "gradient"


class MatrixRight(NamedTuple):
    """A right side, and why it holds."""

    tree: Tree
    why: MatrixReason


class MatrixEquation(NamedTuple):
    """A vector or matrix, and what it is equal to, line by line.

    Attributes:
        left: What is defined or derived.
        rights: What it is equal to; never empty.
        each: Whether it holds for each sample, in columns, where others hold for all samples at once.
    """

    left: Left
    rights: tuple[MatrixRight, ...]
    each: bool = False


class LayerForm(NamedTuple):
    """The equations of one layer.

    Attributes:
        number: Its number, 1 being the first with weights.
        parameters: The letters of its parameters.
        deltas: The letters of its deltas, once for each use and within it for each piece.
        forward: The forward pass, once for each use of the network.
        backward: The derivatives with respect to its pre-activations, and what they need, once for each use.
        gradients: The derivatives with respect to its parameters.
    """

    number: int
    parameters: tuple[MatrixLetter, ...]
    deltas: tuple[MatrixLetter, ...]
    forward: tuple[MatrixEquation, ...]
    backward: tuple[MatrixEquation, ...]
    gradients: tuple[MatrixEquation, ...]


class MatrixForm(NamedTuple):
    """A network and its gradient in matrices.

    Attributes:
        of: What is differentiated with respect to the parameters.
        loss: The loss of one sample.
        samples: How many samples stand in the matrices.
        data_letters: The letters of inputs and targets.
        layers: Each layer, first to last.
        inputs: The derivatives with respect to the inputs, where they are wanted.
    """

    of: Symbol
    loss: Symbol
    samples: Expr
    data_letters: tuple[MatrixLetter, ...]
    layers: tuple[LayerForm, ...]
    inputs: tuple[MatrixEquation, ...]

    @property
    def equations(self) -> Iterator[MatrixEquation]:
        """Every equation: forward from the first layer on, backward from the last, then the gradients."""
        yield from (equation for layer in self.layers for equation in layer.forward)
        yield from (equation for layer in reversed(self.layers) for equation in layer.backward)
        yield from (equation for layer in reversed(self.layers) for equation in layer.gradients)
        yield from self.inputs


# From what holds for each unit to what holds for all: scalar expressions as expressions in vectors and matrices.

Stands = Mapping[Symbol, Tree]


class NotEntrywiseError(ValueError):
    """An expression that has no form in whole vectors."""


def alike(cells: Cells, letters: Iterable[MatrixLetter]) -> tuple[Tree, frozenset[Symbol]] | None:
    """Return one expression in ``letters`` for all of ``cells``, and the scalars in it.

    Args:
        cells: An expression for each place.
        letters: What may stand in it; an entry of a letter counts in its own place alone.

    Returns:
        None if the expressions differ by more than their place, or have no such form.
    """
    fitting = [one for one in letters if (len(one.cells), len(one.cells[0])) == (len(cells), len(cells[0]))]
    stands = {Symbol(f"{one.cells[0][0].name} and its like"): one for one in fitting}
    forms = {
        cell.xreplace({one.cells[i][j]: place for place, one in stands.items()})
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
    }
    if len(forms) > 1 or not fitting:
        return None
    (form,) = forms
    try:
        return in_matrices(form, stands), frozenset(form.free_symbols - set(stands))
    except NotEntrywiseError:
        return None


def in_matrices(form: Expr, stands: Stands) -> Tree:
    """Return a scalar expression with matrices for some of its symbols, entry by entry.

    Raises:
        NotEntrywiseError: If the expression has no such form.
    """
    return _whole(form, stands, shape(next(iter(stands.values()))))


def _whole(form: Expr, stands: Stands, size: Shape) -> Tree:
    if form.free_symbols.isdisjoint(stands):
        return Filled(form, *size)
    rule = _RULES.get(type(form))
    if rule is None:
        raise NotEntrywiseError(str(form))
    return rule(form, stands, size)


def _product(form: Expr, stands: Stands, size: Shape) -> Tree:
    """Return a product: its numbers in front, in their order, then its matrices entry by entry."""
    numbers = [factor for factor in form.args if factor.free_symbols.isdisjoint(stands)]
    matrices = [_whole(factor, stands, size) for factor in form.args if factor not in numbers]
    return scaled(Chain(*numbers), hadamard(*matrices))


def _sum(form: Expr, stands: Stands, size: Shape) -> Tree:
    return summed(*(_whole(term, stands, size) for term in form.args))


def _power(form: Expr, stands: Stands, size: Shape) -> Tree:
    base, exponent = form.args
    if exponent != Integer(2):
        raise NotEntrywiseError(str(form))
    return hadamard(*(_whole(base, stands, size),) * 2)


def _quotient(form: Expr, stands: Stands, size: Shape) -> Tree:
    over, under = form.args
    if not under.free_symbols.isdisjoint(stands):
        raise NotEntrywiseError(str(form))
    return Divided(_whole(over, stands, size), under)


def _positive(switch: Expr, sign: str, stands: Stands, size: Shape) -> Chosen:
    return Chosen(((_whole(switch, stands, size), sign, Filled(S.Zero, *size)),))


def _indicator(form: Expr, stands: Stands, size: Shape) -> Tree:
    return _positive(form.args[0], ">", stands, size)


def _branch(form: Expr, stands: Stands, size: Shape) -> Tree:
    """Return a value by cases as a sum, each case times where it holds."""
    switch, *values = form.args
    terms = []
    for case, sign in zip(values, (">", "<="), strict=True):
        holds = _positive(switch, sign, stands, size)
        if case.free_symbols.isdisjoint(stands):
            terms += [scaled(case, holds)] if case != 0 else []
        else:
            terms.append(hadamard(_whole(case, stands, size), holds))
    return summed(*terms)


def _contest(form: Expr, stands: Stands, size: Shape) -> Tree:
    return Chosen(
        tuple((_whole(own, stands, size), sign, _whole(other, stands, size)) for own, sign, other in form.contests)
    )


def _applied(form: Expr, stands: Stands, size: Shape) -> Tree:
    arguments: Sequence[Expr] = form.args[1:]
    if len(arguments) > 1:
        raise NotEntrywiseError(str(form))
    place = Symbol("entry")
    return Entrywise(form.name, False, Applied(form.name, place), ((place, _whole(arguments[0], stands, size)),))


_RULES: Mapping[type, Callable[[Any, Stands, Shape], Tree]] = MappingProxyType(
    {
        Symbol: lambda form, stands, _size: stands[form],
        Chain: _product,
        PathSum: _sum,
        Pow: _power,
        Quotient: _quotient,
        Indicator: _indicator,
        Branch: _branch,
        Wins: _contest,
        Undercuts: _contest,
        Applied: _applied,
    }
)


# The forward pass of a layer in matrices.

_Z, _A = Symbol("z"), Symbol("a")


def forward_equations(
    letters: MatrixLetters, network: Network, layer: LayerNodes, source: MatrixLetter
) -> Iterator[MatrixEquation]:
    """Yield the pre-activations of a layer that ``source`` feeds, the activations, and these after dropout."""
    products = letters.arrangement.convention.products
    for piece, z in enumerate(pre_activations(letters, layer)):
        terms = [products.forward(letters.weights(layer, piece), source), *_bias(letters, layer, piece)]
        yield MatrixEquation(z, (MatrixRight(summed(*terms), MatrixReason.WEIGHTED_SUM),))
    a = letters.units(layer.activations)
    yield MatrixEquation(a, (MatrixRight(_activated(letters, layer), MatrixReason.ACTIVATION),))
    if layer.dropped:
        kept = hadamard(dropout(letters, network, layer), a)
        yield MatrixEquation(letters.units(layer.dropped), (MatrixRight(kept, MatrixReason.DROPOUT),))


def pre_activations(letters: MatrixLetters, layer: LayerNodes) -> list[MatrixLetter]:
    """Return the pre-activations of a layer, piece by piece."""
    return [letters.units(layer.pre_activations[piece :: layer.pieces]) for piece in range(layer.pieces)]


def _bias(letters: MatrixLetters, layer: LayerNodes, piece: int) -> Iterator[Tree]:
    if letters.is_shared(layer):
        yield letters.arrangement.filled(layer.biases[0], len(layer.activations))
    elif layer.biases:
        yield letters.arrangement.broadcast(letters.biases(layer, piece))


def _activated(letters: MatrixLetters, layer: LayerNodes) -> Tree:
    """Return the activations as a function of the pre-activations."""
    z, entry = pre_activations(letters, layer), layer.activation
    if entry.couples:
        places = layer.pre_activations
        bodies = tuple(entry.value(places, unit, layer.options) for unit in range(len(places)))
        return Coupled(entry.name, bodies, places, z[0], letters.arrangement.convention.rows)
    places = tuple(Symbol(f"z{piece}") for piece in range(len(z)))
    body = entry.value(places, 0, layer.options)
    if body in places:
        return z[0]
    name = entry.name if entry.applied else body.name
    return Entrywise(name, False, body, tuple(zip(places, z, strict=True)), len(z))


def dropout(letters: MatrixLetters, network: Network, layer: LayerNodes) -> Tree:
    """Return the mask of a layer over the probability of keeping a unit, repeated for each sample."""
    factors = [
        network.nodes[symbol].derivatives[unit][0]
        for symbol, unit in zip(layer.dropped, layer.activations, strict=True)
    ]
    mask = MatrixEntries(tuple((S.One if factor else S.Zero,) for factor in factors))
    return scaled(max(factors), letters.arrangement.broadcast(mask))


def derivatives(letters: MatrixLetters, layer: LayerNodes) -> list[Tree]:
    """Return the derivative of an activation that reads its own pre-activation: with a prime, and written out.

    The form with a prime is left out where the activation is not written as a function, the other one where it has
    none in matrices; of the identity there is nothing to write.
    """
    (z,), a = pre_activations(letters, layer), letters.units(layer.activations)
    body: Expr = layer.activation.derivative((_Z,), (_A,), 0, 0, layer.options)[-1]
    if body == 1:
        return []
    found: list[Tree] = []
    if layer.activation.applied:
        found.append(Entrywise(layer.activation.name, True, body, ((_Z, z), (_A, a))))
    with suppress(NotEntrywiseError):
        found.append(in_matrices(body, {_Z: z, _A: a}))
    return found


def selections(letters: MatrixLetters, layer: LayerNodes) -> list[Tree]:
    """Return, for each piece of the units of a layer, where it is the one that counts."""
    z = pre_activations(letters, layer)
    places = tuple(Symbol(f"z{piece}") for piece in range(len(z)))
    stands = dict(zip(places, z, strict=True))
    derivative: Callable[..., tuple[Expr, ...]] = layer.activation.derivative
    return [in_matrices(derivative(places, (_A,), 0, piece, layer.options)[-1], stands) for piece in range(len(z))]


def learned_derivatives(letters: MatrixLetters, layer: LayerNodes) -> list[Tree]:
    """Return the derivative of the activations with respect to each parameter that the activation learns."""
    (z,) = pre_activations(letters, layer)
    return [in_matrices(derivative(_Z, layer.options), {_Z: z}) for derivative in layer.activation.learned.values()]


# The backward pass of a layer in matrices.

# The Jacobian of a function of a whole layer from its values, as they stand in the layer and as a column.
_JACOBIANS: Mapping[str, Callable[[Tree, Tree], Tree]] = MappingProxyType(
    {"softmax": lambda p, column: summed(Diagonal(p), negative(times(column, transposed(column))))}
)


class MatrixBackward:
    """Writes the derivatives of one sample's loss with respect to what stands in the layers.

    Args:
        letters: The letters of the network.
        gradient: The derivation number by number, from which the derivatives of the loss are taken.
    """

    def __init__(self, letters: MatrixLetters, gradient: Gradient) -> None:
        self.letters = letters
        self.gradient = gradient
        self.network = gradient.network
        self.back = letters.arrangement.convention.products.backward

    def layer(self, use: int, number: int) -> Iterator[MatrixEquation]:
        """Yield the equations of a layer, for one 0-based use of the network; ``number`` is 1-based."""
        layers = self.network.branches[use]
        layer, last = layers[number - 1], number == len(layers)
        if last:
            yield from self.loss_derivative(layer)
            arriving: Tree = self.derivative(layer.activations)
        else:
            arriving = self.through(layers[number])
        if layer.dropped:
            arriving = hadamard(dropout(self.letters, self.network, layer), arriving)
        yield from _STEPS[layer.activation.reads](self, layer, arriving, last)

    def derivative(self, symbols: Sequence[Symbol], each: bool = False) -> MatrixDerivative:
        """Return the derivative of the loss with respect to the units of a layer."""
        return MatrixDerivative(self.network.loss, self.letters.units(symbols, each))

    def through(self, layer: LayerNodes) -> Tree:
        """Return the derivative of the loss with respect to what feeds ``layer``."""
        pieces = range(layer.pieces)
        deltas = [self.letters.deltas(layer.pre_activations[piece :: layer.pieces]) for piece in pieces]
        return summed(*(self.back(self.letters.weights(layer, piece), deltas[piece]) for piece in pieces))

    def loss_derivative(self, layer: LayerNodes) -> Iterator[MatrixEquation]:
        """Yield the derivative of the loss with respect to the outputs, as a whole or entry by entry."""
        outputs = layer.activations
        found = self.whole(layer, outputs, each=False)
        each = found is None and self.letters.several
        if found is None:
            found = self.whole(layer, outputs, each) or self.one_by_one(outputs, each)
        yield MatrixEquation(self.derivative(outputs, each), (MatrixRight(found, MatrixReason.LOSS_DERIVATIVE),), each)

    def one_by_one(self, outputs: Sequence[Symbol], each: bool) -> Tree:
        """Return the derivatives of the loss wrt the outputs in a column, or in a row where each row is a sample."""
        column = MatrixEntries(tuple((self.result(a),) for a in outputs))
        return transposed(column) if self.letters.arrangement.convention.rows and not each else column

    def result(self, symbol: Symbol) -> Expr:
        """Return the simplified derivative of the loss with respect to a node."""
        derivation = self.gradient.adjoints.get(symbol)
        return S.Zero if derivation is None else derivation.result

    def whole(self, layer: LayerNodes, symbols: Sequence[Symbol], each: bool) -> Tree | None:
        """Return the derivatives wrt nodes at the outputs as one expression in vectors or matrices, if they have one.

        In an expression for all samples at once there must be no number that each sample has for itself.
        """
        letters = [self.letters.units(group, each) for group in self.at_outputs(layer)]
        rows = letters[0].down
        results = tuple(self.result(symbol) for symbol in symbols)
        found = alike((results,) if rows else tuple((result,) for result in results), letters)
        if found is None:
            return None
        tree, scalars = found
        own = any(self.gradient.quantities[scalar.name].role in PER_SAMPLE for scalar in scalars)
        return None if own and self.letters.several and not each else tree

    def at_outputs(self, layer: LayerNodes) -> Iterator[tuple[Symbol, ...]]:
        """Yield what there is for each output: the layer's nodes, the targets, the margins."""
        for piece in range(layer.pieces):
            yield layer.pre_activations[piece :: layer.pieces]
        yield from (branch[-1].activations for branch in self.network.branches)
        margins = [
            symbol for symbol in self.network.nodes if self.gradient.quantities[symbol.name].role is Role.MARGIN_NODE
        ]
        yield from (tuple(group) for group in (self.network.targets, margins) if group)

    def named(self, layer: LayerNodes, arriving: Tree) -> Iterator[MatrixEquation]:
        """Yield the derivative with respect to the activations, where it is not known yet."""
        derivative = self.derivative(layer.activations)
        if arriving != derivative:
            yield MatrixEquation(derivative, (MatrixRight(arriving, MatrixReason.BACK),))

    def own(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[MatrixEquation]:
        """Yield the deltas of units that read their own pre-activation."""
        derivative = self.derivative(layer.activations)
        if layer.learned:
            yield from self.named(layer, arriving)
            arriving = derivative
        forms: list[tuple[Tree, ...]] = [(form,) for form in derivatives(self.letters, layer)]
        first, *written = forms or [()]
        rights = [MatrixRight(hadamard(derivative, *first), MatrixReason.CHAIN)]
        if last:
            further = self.final(layer, layer.pre_activations)
        else:
            rights.append(MatrixRight(hadamard(arriving, *first), MatrixReason.BACK))
            further = []
        further = further or [
            MatrixRight(hadamard(arriving, *form), MatrixReason.ACTIVATION_DERIVATIVE) for form in written
        ]
        yield MatrixEquation(self.letters.deltas(layer.pre_activations), _different([*rights, *further]))

    def pieces(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[MatrixEquation]:
        """Yield the deltas of units that take the largest of their pieces, piece by piece."""
        yield from self.named(layer, arriving)
        derivative = self.derivative(layer.activations)
        for piece, chosen in enumerate(selections(self.letters, layer)):
            symbols = layer.pre_activations[piece :: layer.pieces]
            rights = [
                MatrixRight(hadamard(derivative, chosen), MatrixReason.CHAIN),
                *(self.final(layer, symbols) if last else []),
            ]
            yield MatrixEquation(self.letters.deltas(symbols), _different(rights))

    def coupled(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[MatrixEquation]:
        """Yield the Jacobian of a layer whose units all depend on one another, and its deltas: sample by sample."""
        yield from self.named(layer, arriving)
        each = self.letters.several
        p, z = (self.letters.units(symbols, each) for symbols in (layer.activations, layer.pre_activations))
        entry, count = layer.activation, range(len(layer.activations))
        cells = tuple(
            tuple(entry.derivative(layer.pre_activations, layer.activations, k, j, layer.options)[-1] for j in count)
            for k in count
        )
        column = transposed(p) if p.down else p
        jacobian = _JACOBIANS[entry.name](p, column)
        rights = (MatrixRight(jacobian, MatrixReason.JACOBIAN), MatrixRight(MatrixEntries(cells), MatrixReason.ENTRIES))
        yield MatrixEquation(Jacobian(p, z, cells), rights, each)
        derivative = self.derivative(layer.activations, each)
        product = times(derivative, jacobian) if p.down else times(jacobian, derivative)
        final = self.final(layer, layer.pre_activations) if last else []
        own = [MatrixRight(product, MatrixReason.CHAIN), *([] if each else final)]
        yield MatrixEquation(self.letters.deltas(layer.pre_activations, each), tuple(own), each)
        if each and final:
            yield MatrixEquation(self.letters.deltas(layer.pre_activations), tuple(final))

    def final(self, layer: LayerNodes, symbols: Sequence[Symbol]) -> list[MatrixRight]:
        """Return the deltas of the last layer as one matrix expression, if the scalar ones have that form."""
        found = self.whole(layer, symbols, each=False)
        return [] if found is None else [MatrixRight(found, MatrixReason.SIMPLIFIED)]


def _different(rights: Sequence[MatrixRight]) -> tuple[MatrixRight, ...]:
    """Return right sides without those that say the same as one before."""
    first: dict[Tree, MatrixRight] = {}
    for right in rights:
        first.setdefault(right.tree, right)
    return tuple(first.values())


_STEPS: Mapping[str, Callable[[MatrixBackward, LayerNodes, Tree, bool], Iterator[MatrixEquation]]] = MappingProxyType(
    {"own": MatrixBackward.own, "pieces": MatrixBackward.pieces, "layer": MatrixBackward.coupled}
)


# Gradient to matrix form: each layer in vectors and matrices, forward, backward, and its gradients.


def matrix_form(gradient: Gradient, objective: Objective, convention: Convention) -> MatrixForm:
    """Return a network and its derivatives in vectors and matrices.

    Args:
        gradient: The derivation number by number.
        objective: What is made of the samples.
        convention: How matrices are laid out.

    Raises:
        ViewError: If the network has no layers.
    """
    if gradient.network.is_graph:
        raise ViewError(
            "--form: found matrix for a computation graph; the matrix form needs layers; expected scalar. "
            "Leave the form out, or describe the network by its layers."
        )
    return _FormMaker(gradient, objective, convention).whole()


class _FormMaker:
    def __init__(self, gradient: Gradient, objective: Objective, convention: Convention) -> None:
        self.network = gradient.network
        self.objective = objective
        samples = S.One if objective.samples is None else objective.samples
        self.arrangement = Arrangement(convention, samples)
        self.letters = MatrixLetters(gradient.quantities, self.arrangement)
        self.backward = MatrixBackward(self.letters, gradient)
        self.of = OBJECTIVE if objective.nodes else self.network.loss

    def whole(self) -> MatrixForm:
        network = self.network
        data_letters = [self.letters.units(symbols) for symbols in self.sources(1)]
        return MatrixForm(
            of=self.of,
            loss=network.loss,
            samples=self.arrangement.samples,
            data_letters=(*data_letters, *([self.letters.units(network.targets)] if network.targets else [])),
            layers=tuple(self.layer(number) for number in range(1, len(network.layers) + 1)),
            inputs=tuple(self.by_inputs()) if network.wanted_inputs else (),
        )

    def sources(self, number: int) -> list[tuple[Symbol, ...]]:
        """Return what feeds a layer, once for each use of the network."""
        if number > 1:
            return [branch[number - 2].outputs for branch in self.network.branches]
        uses = len(self.network.branches)
        size = len(self.network.inputs) // uses
        return [self.network.inputs[use * size : (use + 1) * size] for use in range(uses)]

    def layer(self, number: int) -> LayerForm:
        uses = list(enumerate(self.network.branches))
        sources = [self.letters.units(symbols) for symbols in self.sources(number)]
        return LayerForm(
            number=number,
            parameters=tuple(self.letters.parameters(self.network.layers[number - 1])),
            deltas=tuple(
                delta
                for _, branch in uses
                for piece in range(branch[number - 1].pieces)
                for delta in self.deltas([branch[number - 1]], piece)
            ),
            forward=tuple(
                equation
                for use, branch in uses
                for equation in forward_equations(self.letters, self.network, branch[number - 1], sources[use])
            ),
            backward=tuple(equation for use, _ in uses for equation in self.backward.layer(use, number)),
            gradients=tuple(self.gradients(number)),
        )

    def gradients(self, number: int) -> Iterator[MatrixEquation]:
        """Yield the derivatives of the objective with respect to the parameters of a layer."""
        layers = [branch[number - 1] for branch in self.network.branches]
        layer, pieces = layers[0], range(layers[0].pieces)
        outer = self.arrangement.convention.products.gradient
        sources = [self.letters.units(symbols) for symbols in self.sources(number)]
        for piece in pieces:
            outers = [outer(delta, a) for delta, a in zip(self.deltas(layers, piece), sources, strict=True)]
            yield self.gradient(self.letters.weights(layer, piece), outers)
        if self.letters.is_shared(layer):
            totals = [self.arrangement.in_all(delta) for piece in pieces for delta in self.deltas(layers, piece)]
            yield self.gradient(self.letters.biases(layer, 0), totals)
        elif layer.biases:
            for piece in pieces:
                sums = [self.arrangement.by_unit(delta) for delta in self.deltas(layers, piece)]
                yield self.gradient(self.letters.biases(layer, piece), sums)
        *_, learned = self.letters.parameters(layer)
        for place in range(len(layer.learned)):
            products = [
                hadamard(self.backward.derivative(use.activations), learned_derivatives(self.letters, use)[place])
                for use in layers
            ]
            yield self.gradient(learned, [self.arrangement.in_all(product) for product in products])

    def deltas(self, layers: list[LayerNodes], piece: int) -> list[MatrixLetter]:
        """Return the deltas of one piece of a layer, for each use of the network."""
        return [self.letters.deltas(layer.pre_activations[piece :: layer.pieces]) for layer in layers]

    def gradient(self, letter: MatrixLetter, terms: list[Tree]) -> MatrixEquation:
        """Return the derivative with respect to a parameter's letter: of the samples' losses, and of the penalty."""
        share = self.objective.share
        tree = summed(*(scaled(S.One if share is None else share, term) for term in terms), *self.penalty(letter))
        return MatrixEquation(MatrixDerivative(self.of, letter), (MatrixRight(tree, MatrixReason.GRADIENT),))

    def penalty(self, letter: MatrixLetter) -> Iterator[Tree]:
        """Yield what the penalty adds to the derivative with respect to a letter."""
        cells = tuple(tuple(PathSum(*self.objective.added.get(cell, ())) for cell in row) for row in letter.cells)
        if any(cell != 0 for row in cells for cell in row):
            found = alike(cells, [letter])
            yield MatrixEntries(cells) if found is None else found[0]

    def by_inputs(self) -> Iterator[MatrixEquation]:
        """Yield the derivatives of the loss with respect to the inputs, once for each use of the network."""
        for branch, symbols in zip(self.network.branches, self.sources(1), strict=True):
            yield MatrixEquation(
                self.backward.derivative(symbols), (MatrixRight(self.backward.through(branch[0]), MatrixReason.BACK),)
            )
