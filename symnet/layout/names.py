"""How a quantity is written in a notation, as a layout tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from symnet.catalog.notations import Notation
from symnet.layout.spelling import letter_of, spelled
from symnet.layout.tree import Accent, Fence, Fraction, Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.quantity import PER_SAMPLE, Quantity, Role


class Names:
    """The names of one network's quantities in one notation.

    Indices are written one after the other while all of them have one digit, and with commas otherwise. What an id has
    behind an ``@`` is not written: :meth:`sampled` marks a sample.
    """

    def __init__(self, notation: Notation, quantities: Mapping[str, Quantity]) -> None:
        self.notation = notation
        self.quantities = quantities
        widest = max((max(q.unit or 0, q.source or 0) for q in quantities.values()), default=0)
        self._commas = widest > 9
        self._written: dict[str, Layout] = {}
        self._own = _own_names(quantities)

    def __call__(self, identifier: str) -> Layout:
        """Return how the quantity called ``identifier`` is written."""
        written = self._written.get(identifier)
        if written is None:
            written = self._written[identifier] = self.quantity(self.quantities[identifier])
        return written

    def sampled(self, identifier: str, sample: str) -> Layout:
        """Return how a quantity is written for one sample: what all samples share, without the mark of the sample."""
        quantity = self.quantities[identifier]
        return self.quantity(quantity, sample) if quantity.role in PER_SAMPLE else self(identifier)

    def quantity(self, quantity: Quantity, sample: str = "") -> Layout:
        """Return how ``quantity`` is written; an adjoint without a letter of its own as a partial derivative."""
        special = _SPECIAL.get(quantity.role)
        if special is not None:
            return special(self, quantity, sample)
        places = {"unit": quantity.unit, "source": quantity.source}
        low = [places[index] for index in self.notation.names[quantity.role].low]
        indices = [str(index) for index in low if index is not None]
        return self.placed(quantity.role, indices, quantity.layer, quantity.piece, sample)

    def role(self, role: Role, *indices: str, layer: int | str | None = None) -> Layout:
        """Return a role's letter with given indices, as in a rule for all units."""
        return self.placed(role, list(indices), layer)

    def placed(
        self, role: Role, indices: list[str], layer: int | str | None, piece: str | None = None, sample: str = ""
    ) -> Layout:
        """Return a role's letter with indices and piece low, layer and sample high."""
        name = self.notation.names[role]
        base: Layout = Glyph(name.letter, bold=name.bold)
        if name.mark is not None:
            base = Accent(name.mark, base)
        low = self._indices([name.fixed, *indices] if name.fixed else indices)
        for mark in piece.split(",") if piece else ():
            low += (Operator(";"), letter_of(mark)) if low else (letter_of(mark),)
        high: list[Layout] = [Fence(_mark(layer))] if name.layered and layer is not None else []
        if sample:
            high.append(Fence(letter_of(sample), "[", "]"))
        return Scripts(base, _side_by_side(low), _side_by_side(high)) if low or high else base

    def partial(self, of: Layout, wrt: Layout) -> Layout:
        """Return the partial derivative of one by the other."""
        return Fraction(Row((Glyph("partial"), of)), Row((Glyph("partial"), wrt)))

    def function(self, name: str) -> Layout:
        """Return how a function is written before its argument."""
        written = self.notation.functions.get(name) or spelled(name)
        return Word(name) if isinstance(written, Glyph) and written.upright else written

    def adjoint(self, quantity: Quantity, sample: str) -> Layout:
        """Return the derivative of the loss, or of a graph's output, as a partial derivative."""
        wrt = str(quantity.of)
        output = quantity.id[1:].rpartition(f"_d{wrt}")[0]
        known = self.quantities.get(output)
        own = known is not None and known.role in (Role.LOSS, Role.GRAPH)
        of = self.sampled(output, sample) if own else self.placed(Role.LOSS, [], None, sample=sample)
        return self.partial(of, self.sampled(wrt, sample))

    def norm(self, quantity: Quantity, _sample: str) -> Layout:
        """Return the norm of a layer's weights or biases."""
        matrix = Role.BIAS_VECTOR if quantity.of == "biases" else Role.WEIGHT_MATRIX
        return Scripts(Fence(self.role(matrix, layer=quantity.layer), "||", "||"), Number("2"))

    def distance(self, quantity: Quantity, sample: str) -> Layout:
        """Return the distance to the positive or to the negative, by the last letter of its id."""
        return self.placed(Role.DISTANCE, [], None, quantity.id.partition("@")[0][-1], sample)

    def own(self, quantity: Quantity, _sample: str) -> Layout:
        """Return a name that a user has given."""
        return self._own[quantity.id]

    def _indices(self, indices: list[str]) -> tuple[Layout, ...]:
        items: list[Layout] = []
        for index in indices:
            if items and self._commas:
                items.append(Operator(","))
            items.append(letter_of(index))
        return tuple(items)


_SPECIAL: Mapping[Role, Callable[[Names, Quantity, str], Layout]] = MappingProxyType(
    {
        Role.ADJOINT: Names.adjoint,
        Role.NORM: Names.norm,
        Role.DISTANCE: Names.distance,
        Role.GRAPH: Names.own,
        Role.STRENGTH: Names.own,
    }
)


def _own_names(quantities: Mapping[str, Quantity]) -> dict[str, Layout]:
    """Return how each name of the user's is written; where two would look alike, the later one as it is typed."""
    found: dict[str, Layout] = {}
    for identifier, quantity in quantities.items():
        if quantity.role in (Role.GRAPH, Role.STRENGTH):
            written = spelled(identifier)
            found[identifier] = Glyph(identifier, upright=True) if written in found.values() else written
    return found


def _mark(layer: int | str) -> Layout:
    return Number(str(layer)) if isinstance(layer, int) else Glyph(layer)


def _side_by_side(items: tuple[Layout, ...] | list[Layout]) -> Layout | None:
    if not items:
        return None
    return items[0] if len(items) == 1 else Row(tuple(items))
