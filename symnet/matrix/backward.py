"""The backward pass of a layer in matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.derivation import Gradient
from symnet.matrix.entrywise import alike
from symnet.matrix.equations import Equation, Right, Why
from symnet.matrix.forward import dropout, selections, slopes
from symnet.matrix.letters import Letters
from symnet.matrix.tree import (
    Diagonal,
    Entries,
    Jacobian,
    Slope,
    Tree,
    hadamard,
    negative,
    summed,
    times,
    transposed,
)
from symnet.network import LayerNodes
from symnet.quantity import PER_SAMPLE, Role

# The Jacobian of a function of a whole layer from its values, as they stand in the layer and as a column.
_JACOBIANS: Mapping[str, Callable[[Tree, Tree], Tree]] = MappingProxyType(
    {"softmax": lambda p, column: summed(Diagonal(p), negative(times(column, transposed(column))))}
)


class Backward:
    """Writes the derivatives of one sample's loss by what stands in the layers.

    Args:
        letters: The letters of the network.
        gradient: The derivation number by number, from which the slopes of the loss are taken.
    """

    def __init__(self, letters: Letters, gradient: Gradient) -> None:
        self.letters = letters
        self.gradient = gradient
        self.network = gradient.network
        self.back = letters.arrangement.convention.products.backward

    def layer(self, use: int, number: int) -> Iterator[Equation]:
        """Yield the equations of a layer, for one 0-based use of the network; ``number`` is 1-based."""
        layers = self.network.branches[use]
        layer, last = layers[number - 1], number == len(layers)
        if last:
            yield from self.loss_slope(layer)
            arriving: Tree = self.slope(layer.activations)
        else:
            arriving = self.through(layers[number])
        if layer.dropped:
            arriving = hadamard(dropout(self.letters, self.network, layer), arriving)
        yield from _STEPS[layer.activation.reads](self, layer, arriving, last)

    def slope(self, symbols: Sequence[Symbol], each: bool = False) -> Slope:
        """Return the derivative of the loss by the units of a layer."""
        return Slope(self.network.loss, self.letters.units(symbols, each))

    def through(self, layer: LayerNodes) -> Tree:
        """Return the derivative of the loss by what feeds ``layer``."""
        pieces = range(layer.pieces)
        deltas = [self.letters.deltas(layer.pre_activations[piece :: layer.pieces]) for piece in pieces]
        return summed(*(self.back(self.letters.weights(layer, piece), deltas[piece]) for piece in pieces))

    def loss_slope(self, layer: LayerNodes) -> Iterator[Equation]:
        """Yield the derivative of the loss by the outputs, as a whole or entry by entry."""
        outputs = layer.activations
        found = self.whole(layer, outputs, each=False)
        each = found is None and self.letters.several
        if found is None:
            found = self.whole(layer, outputs, each) or self.one_by_one(outputs, each)
        yield Equation(self.slope(outputs, each), (Right(found, Why.LOSS_SLOPE),), each)

    def one_by_one(self, outputs: Sequence[Symbol], each: bool) -> Tree:
        """Return the derivatives of the loss by the outputs in a column, or in a row where each row is a sample."""
        column = Entries(tuple((self.result(a),) for a in outputs))
        return transposed(column) if self.letters.arrangement.convention.rows and not each else column

    def result(self, symbol: Symbol) -> Expr:
        """Return what the derivative of the loss by a node has come to."""
        derivation = self.gradient.adjoints.get(symbol)
        return S.Zero if derivation is None else derivation.result

    def whole(self, layer: LayerNodes, symbols: Sequence[Symbol], each: bool) -> Tree | None:
        """Return the derivatives by nodes at the outputs as one expression in vectors or matrices, if they have one.

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

    def named(self, layer: LayerNodes, arriving: Tree) -> Iterator[Equation]:
        """Yield the derivative by the activations, where it is not known yet."""
        slope = self.slope(layer.activations)
        if arriving != slope:
            yield Equation(slope, (Right(arriving, Why.BACK),))

    def own(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[Equation]:
        """Yield the deltas of units that read their own pre-activation."""
        slope = self.slope(layer.activations)
        if layer.learned:
            yield from self.named(layer, arriving)
            arriving = slope
        forms: list[tuple[Tree, ...]] = [(form,) for form in slopes(self.letters, layer)]
        first, *written = forms or [()]
        rights = [Right(hadamard(slope, *first), Why.CHAIN)]
        if last:
            further = self.final(layer, layer.pre_activations)
        else:
            rights.append(Right(hadamard(arriving, *first), Why.BACK))
            further = []
        further = further or [Right(hadamard(arriving, *form), Why.ACTIVATION_SLOPE) for form in written]
        yield Equation(self.letters.deltas(layer.pre_activations), _different([*rights, *further]))

    def pieces(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[Equation]:
        """Yield the deltas of units that take the largest of their pieces, piece by piece."""
        yield from self.named(layer, arriving)
        slope = self.slope(layer.activations)
        for piece, chosen in enumerate(selections(self.letters, layer)):
            symbols = layer.pre_activations[piece :: layer.pieces]
            rights = [Right(hadamard(slope, chosen), Why.CHAIN), *(self.final(layer, symbols) if last else [])]
            yield Equation(self.letters.deltas(symbols), _different(rights))

    def coupled(self, layer: LayerNodes, arriving: Tree, last: bool) -> Iterator[Equation]:
        """Yield the Jacobian of a layer whose units all depend on one another, and its deltas: sample by sample."""
        yield from self.named(layer, arriving)
        each = self.letters.several
        p, z = (self.letters.units(symbols, each) for symbols in (layer.activations, layer.pre_activations))
        entry, count = layer.activation, range(len(layer.activations))
        cells = tuple(
            tuple(entry.slope(layer.pre_activations, layer.activations, k, j, layer.options)[-1] for j in count)
            for k in count
        )
        column = transposed(p) if p.down else p
        jacobian = _JACOBIANS[entry.name](p, column)
        rights = (Right(jacobian, Why.JACOBIAN), Right(Entries(cells), Why.ENTRIES))
        yield Equation(Jacobian(p, z, cells), rights, each)
        slope = self.slope(layer.activations, each)
        product = times(slope, jacobian) if p.down else times(jacobian, slope)
        final = self.final(layer, layer.pre_activations) if last else []
        own = [Right(product, Why.CHAIN), *([] if each else final)]
        yield Equation(self.letters.deltas(layer.pre_activations, each), tuple(own), each)
        if each and final:
            yield Equation(self.letters.deltas(layer.pre_activations), tuple(final))

    def final(self, layer: LayerNodes, symbols: Sequence[Symbol]) -> list[Right]:
        """Return what the deltas of the last layer have come to number by number, if that can be written as a whole."""
        found = self.whole(layer, symbols, each=False)
        return [] if found is None else [Right(found, Why.SIMPLIFIED)]


def _different(rights: Sequence[Right]) -> tuple[Right, ...]:
    """Return right sides without those that say the same as one before."""
    first: dict[Tree, Right] = {}
    for right in rights:
        first.setdefault(right.tree, right)
    return tuple(first.values())


_STEPS: Mapping[str, Callable[[Backward, LayerNodes, Tree, bool], Iterator[Equation]]] = MappingProxyType(
    {"own": Backward.own, "pieces": Backward.pieces, "layer": Backward.coupled}
)
