"""The quantities of a network at general indices, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.indices import Index, Indexed, IndexedQuantities, Place, Value
from symnet.derivation.steps import Gradient
from symnet.network.graph import LayerNodes
from symnet.quantity import Quantity, Role

Key: TypeAlias = tuple[Role, int | None, Value | None, Value | None, Value | None, Value | None]

_OWN, _SOURCE, _NEXT, _OTHER, _PIECE, _OTHER_PIECE, _NEXT_PIECE, _USE = "jiklqrtu"


class IndexedLetters:
    """Finds the quantities of one network by where they stand, and names them at general indices.

    Args:
        gradient: The derivation number by number.
    """

    def __init__(self, gradient: Gradient) -> None:
        self.network = gradient.network
        self.vocabulary = IndexedQuantities()
        self.quantities = gradient.quantities
        self._placed = {_key(quantity): Symbol(name) for name, quantity in gradient.quantities.items()}
        uses = tuple(split(gradient.quantities[branch[0].activations[0].name])[1] for branch in self.network.branches)
        marks = tuple(use for use in uses if use is not None)
        self.uses: tuple[str | None, ...] = uses
        self.use: Place = self.vocabulary.index(_USE, marks) if marks else None
        self.layers = tuple(IndexedLayer(self, number) for number in range(1, len(self.network.layers) + 1))

    def at(
        self,
        role: Role,
        layer: int | None,
        unit: Place = None,
        source: Place = None,
        *,
        piece: Place = None,
        use: Place = None,
        activation: str | None = None,
    ) -> Symbol:
        """Return the symbol of what stands at some places: its own where none of them is a general index."""
        places = (unit, source, piece, use)
        known = tuple(place for place in places if not isinstance(place, Index))
        if len(known) == len(places):
            return self._placed[_written(role, layer, known)]
        said = "_".join(place.name if isinstance(place, Index) else str(place or "") for place in places)
        return self.vocabulary.keep(Indexed(f"{role.name}{layer}_{said}", role, layer, *places, activation))

    def resolved(self, symbol: Expr, where: Mapping[str, Value]) -> Expr:
        """Return the quantity that an indexed one is at given values of its indices; anything else is itself."""
        held = self.vocabulary.quantities.get(getattr(symbol, "name", ""))
        if held is None:
            return symbol
        places = tuple(where[place.name] if isinstance(place, Index) else place for place in held.places)
        return self._placed[_written(held.role, held.layer, places)]

    def pre_activation(self, delta: Indexed) -> Symbol:
        """Return the pre-activation of a delta at general indices."""
        return self.at(Role.PRE_ACTIVATION, delta.layer, delta.unit, delta.source, piece=delta.piece, use=delta.use)

    def reader(self, expression: Expr) -> LayerNodes | None:
        """Return the layer whose activation is taken at a pre-activation; None for anything else."""
        held = self.quantities.get(getattr(expression, "name", ""))
        if held is None or held.role is not Role.PRE_ACTIVATION or held.layer is None:
            return None
        return self.network.layers[held.layer - 1]

    def general(self, symbol: Symbol, unit: int, place: Place) -> Symbol:
        """Return a quantity of an output's ``unit`` at a general one; anything else is itself."""
        quantity = self.quantities.get(symbol.name)
        last = len(self.network.layers)
        if quantity is None or (quantity.unit or 1) != unit or quantity.role not in _OF_OUTPUTS:
            return symbol
        if quantity.layer not in {None, last}:
            return symbol
        piece, use = split(quantity)
        return self.at(quantity.role, quantity.layer, place, piece=piece, use=use, activation=quantity.activation)


# What there is for each unit of the last layer.
_OF_OUTPUTS = frozenset((Role.PRE_ACTIVATION, Role.ACTIVATION, Role.OUTPUT, Role.TARGET, Role.MARGIN_NODE, Role.DELTA))


class IndexedLayer:
    """One layer at general indices.

    Args:
        letters: Those of the network.
        number: The number of the layer, 1 being the first with weights.
    """

    def __init__(self, letters: IndexedLetters, number: int) -> None:
        self.letters, self.number = letters, number
        self.nodes: LayerNodes = letters.network.layers[number - 1]
        self.last = number == len(letters.network.layers)
        sources = letters.network.layers[number - 2].activations if number > 1 else letters.network.inputs
        fed_by = len(sources) // (1 if number > 1 else len(letters.network.branches))
        index = letters.vocabulary.index
        last, here, before = self.last, str(number), str(number - 1)
        units = tuple(range(1, len(self.nodes.activations) + 1))
        pieces = tuple(range(1, self.nodes.pieces + 1))
        self.own: Place = index((_NEXT if last else _OWN) + here, units)
        self.other: Place = index(_OTHER + here, units)
        self.source: Place = index((_OWN if last and number > 1 else _SOURCE) + before, tuple(range(1, fed_by + 1)))
        # As seen from the layer before it, whose own unit may have the same letter.
        self.next: Place = index(_NEXT + here, units)
        self.has_pieces = self.nodes.activation.reads == "pieces"
        self.piece, self.other_piece, self.next_piece = (
            index(name + here, pieces) if self.has_pieces else None for name in (_PIECE, _OTHER_PIECE, _NEXT_PIECE)
        )
        self.use: Place = letters.use
        self._role = letters.quantities[self.nodes.activations[0].name].role

    def used(self, use: Place) -> IndexedLayer:
        """Return the layer in one use of the network, or in any."""
        layer = IndexedLayer(self.letters, self.number)
        layer.use = use
        return layer

    def z(self, unit: Place, piece: Place = None, role: Role = Role.PRE_ACTIVATION) -> Symbol:
        """Return the pre-activation of a unit or of a piece of it; with another role, its delta."""
        return self.letters.at(role, self.number, unit, piece=piece, use=self.use)

    def delta(self, unit: Place, piece: Place = None) -> Symbol:
        """Return the delta of a unit or of a piece of it."""
        return self.z(unit, piece, Role.DELTA)

    def a(self, unit: Place) -> Symbol:
        """Return the activation of a unit."""
        return self.letters.at(self._role, self.number, unit, use=self.use, activation=self.nodes.activation.name)

    def dropped(self, unit: Place) -> Symbol:
        """Return the activation of a unit after dropout."""
        return self.letters.at(Role.DROPPED, self.number, unit, use=self.use)

    def output(self, unit: Place) -> Symbol:
        """Return the output of a unit, after dropout if there is any."""
        return self.dropped(unit) if self.nodes.dropped else self.a(unit)

    def input(self, source: Place) -> Symbol:
        """Return an input of the layer: the output of a unit before it, or a network input."""
        if self.number == 1:
            return self.letters.at(Role.INPUT, 0, source, use=self.use)
        return self.letters.layers[self.number - 2].used(self.use).output(source)

    def weight(self, unit: Place, source: Place, piece: Place = None) -> Symbol:
        """Return the weight to a unit from another."""
        return self.letters.at(Role.WEIGHT, self.number, unit, source, piece=piece)

    def bias(self, unit: Place, piece: Place = None) -> Symbol | None:
        """Return the bias of a unit, the one that all share, or None without biases."""
        if not self.nodes.biases:
            return None
        if self.is_shared:
            return self.nodes.biases[0]
        return self.letters.at(Role.BIAS, self.number, unit, piece=piece)

    @property
    def is_shared(self) -> bool:
        """Whether one bias is that of all units."""
        held = self.nodes.biases[:1]
        return any(self.letters.quantities[bias.name].role is Role.SHARED_BIAS for bias in held)


def split(quantity: Quantity) -> tuple[int | None, str | None]:
    """Return the piece of a maxout unit and the use of the network.

    Args:
        quantity: What stands there.
    """
    parts = quantity.piece.split(",") if quantity.piece else ()
    pieces = [int(part) for part in parts if part.isdigit()]
    uses = [part for part in parts if not part.isdigit()]
    return (pieces[0] if pieces else None), (uses[0] if uses else None)


def _key(quantity: Quantity) -> Key:
    piece, use = split(quantity)
    return _written(quantity.role, quantity.layer, (quantity.unit, quantity.source, piece, use))


def _written(role: Role, layer: int | None, places: tuple[Value | None, ...]) -> Key:
    """Return the key of a place; a quantity that occurs once is stored at the first unit."""
    unit, source, piece, use = places
    return role, layer, 1 if unit is None else unit, source, piece, use
