"""Gradient to matrix form: each layer in vectors and matrices, forward, backward, and its gradients."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import S, Symbol

from symnet.calculus import PathSum, Quotient
from symnet.derivation import Gradient
from symnet.errors import ViewError
from symnet.matrix.backward import Backward
from symnet.matrix.convention import Arrangement, Convention
from symnet.matrix.entrywise import alike
from symnet.matrix.equations import Equation, LayerForm, MatrixForm, Right, Why
from symnet.matrix.forward import forward_equations, learned_slopes
from symnet.matrix.letters import Letters
from symnet.matrix.tree import Entries, Letter, Slope, Tree, hadamard, scaled, summed
from symnet.network import LayerNodes
from symnet.objective import OBJECTIVE, Objective


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
    return _Form(gradient, objective, convention).whole()


class _Form:
    def __init__(self, gradient: Gradient, objective: Objective, convention: Convention) -> None:
        self.network = gradient.network
        self.objective = objective
        samples = S.One if objective.samples is None else objective.samples
        self.arrangement = Arrangement(convention, samples)
        self.letters = Letters(gradient.quantities, self.arrangement)
        self.backward = Backward(self.letters, gradient)
        self.of = OBJECTIVE if objective.nodes else self.network.loss

    def whole(self) -> MatrixForm:
        network = self.network
        given = [self.letters.units(symbols) for symbols in self.sources(1)]
        return MatrixForm(
            of=self.of,
            loss=network.loss,
            samples=self.arrangement.samples,
            given=(*given, *([self.letters.units(network.targets)] if network.targets else [])),
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

    def gradients(self, number: int) -> Iterator[Equation]:
        """Yield the derivatives of the objective by the parameters of a layer."""
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
                hadamard(self.backward.slope(use.activations), learned_slopes(self.letters, use)[place])
                for use in layers
            ]
            yield self.gradient(learned, [self.arrangement.in_all(product) for product in products])

    def deltas(self, layers: list[LayerNodes], piece: int) -> list[Letter]:
        """Return the deltas of one piece of a layer, for each use of the network."""
        return [self.letters.deltas(layer.pre_activations[piece :: layer.pieces]) for layer in layers]

    def gradient(self, letter: Letter, terms: list[Tree]) -> Equation:
        """Return the derivative by a parameter's letter: of the samples' losses, and of the penalty."""
        samples = self.objective.samples
        share = Quotient(S.One, samples) if samples is not None and self.objective.mean else S.One
        tree = summed(*(scaled(share, term) for term in terms), *self.penalty(letter))
        return Equation(Slope(self.of, letter), (Right(tree, Why.GRADIENT),))

    def penalty(self, letter: Letter) -> Iterator[Tree]:
        """Yield what the penalty adds to the derivative by a letter."""
        cells = tuple(tuple(PathSum(*self.objective.added.get(cell, ())) for cell in row) for row in letter.cells)
        if any(cell != 0 for row in cells for cell in row):
            found = alike(cells, [letter])
            yield Entries(cells) if found is None else found[0]

    def by_inputs(self) -> Iterator[Equation]:
        """Yield the derivatives of the loss by the inputs, once for each use of the network."""
        for branch, symbols in zip(self.network.branches, self.sources(1), strict=True):
            yield Equation(self.backward.slope(symbols), (Right(self.backward.through(branch[0]), Why.BACK),))
