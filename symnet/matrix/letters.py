"""The letters of a network's vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.matrix.convention import Arrangement
from symnet.matrix.tree import Letter
from symnet.network import LayerNodes
from symnet.quantity import Quantity, Role


class Letters:
    """Makes the letters of one network.

    Args:
        quantities: What each id stands for.
        arrangement: How the samples stand in its matrices.
    """

    def __init__(self, quantities: Mapping[str, Quantity], arrangement: Arrangement) -> None:
        self.quantities = quantities
        self.arrangement = arrangement

    @property
    def several(self) -> bool:
        """Whether there is more than one sample."""
        return bool(self.arrangement.samples != 1)

    def units(self, symbols: Sequence[Symbol], each: bool = False) -> Letter:
        """Return the units of a layer: those of all samples, or in a column those of each."""
        quantity = self.quantities[symbols[0].name]
        return self._samples(quantity.role, quantity, symbols, each)

    def deltas(self, symbols: Sequence[Symbol], each: bool = False) -> Letter:
        """Return the deltas of the pre-activations ``symbols``."""
        return self._samples(Role.DELTA, self.quantities[symbols[0].name], symbols, each)

    def _samples(self, role: Role, quantity: Quantity, symbols: Sequence[Symbol], each: bool) -> Letter:
        rows = self.arrangement.convention.rows and not each
        cells = (tuple(symbols),) if rows else tuple((symbol,) for symbol in symbols)
        samples: Expr = S.One if each else self.arrangement.samples
        return Letter(role, quantity.layer, quantity.piece, cells, samples, rows, each)

    def weights(self, layer: LayerNodes, piece: int) -> Letter:
        """Return the weights of a layer, or of one 0-based piece of its units."""
        rows = layer.weights[piece :: layer.pieces]
        return self._parameters(tuple(zip(*rows, strict=True)) if self.arrangement.convention.from_to else rows)

    def biases(self, layer: LayerNodes, piece: int) -> Letter:
        """Return the biases of a layer that has some: those of one 0-based piece, or the one for all units."""
        if self.is_shared(layer):
            return self._parameters((layer.biases,))
        return self._parameters(tuple((bias,) for bias in layer.biases[piece :: layer.pieces]))

    def is_shared(self, layer: LayerNodes) -> bool:
        """Return whether a layer has one bias for all of its units."""
        return bool(layer.biases) and self.quantities[layer.biases[0].name].role is Role.SHARED_BIAS

    def parameters(self, layer: LayerNodes) -> Iterator[Letter]:
        """Yield the weights, the biases and what the activation learns."""
        for piece in range(layer.pieces):
            yield self.weights(layer, piece)
        if layer.biases:
            for piece in range(1 if self.is_shared(layer) else layer.pieces):
                yield self.biases(layer, piece)
        for symbol in layer.learned:
            yield self._parameters(((symbol,),))

    def _parameters(self, cells: tuple[tuple[Symbol, ...], ...]) -> Letter:
        quantity = self.quantities[cells[0][0].name]
        return Letter(quantity.role, quantity.layer, quantity.piece, cells)
