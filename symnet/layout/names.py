"""How a quantity is written in a notation, as a layout tree."""

from __future__ import annotations

from collections.abc import Mapping

from symnet.catalog.notations import Notation
from symnet.layout.tree import Accent, Fence, Fraction, Glyph, Layout, Number, Operator, Row, Scripts
from symnet.quantity import Quantity, Role


class Names:
    """The names of one network's quantities in one notation.

    Indices are written one after the other while all of them have one digit, and with commas otherwise.
    """

    def __init__(self, notation: Notation, quantities: Mapping[str, Quantity]) -> None:
        self.notation = notation
        self.quantities = quantities
        widest = max((max(q.unit or 0, q.source or 0) for q in quantities.values()), default=0)
        self._commas = widest > 9
        self._written: dict[str, Layout] = {}

    def __call__(self, identifier: str) -> Layout:
        """Return how the quantity called ``identifier`` is written."""
        written = self._written.get(identifier)
        if written is None:
            written = self._written[identifier] = self.quantity(self.quantities[identifier])
        return written

    def quantity(self, quantity: Quantity) -> Layout:
        """Return how ``quantity`` is written; an adjoint without a letter of its own as a partial derivative."""
        if quantity.role is Role.ADJOINT and quantity.of is not None:
            return self.partial(self.role(Role.LOSS), self(quantity.of))
        places = {"unit": quantity.unit, "source": quantity.source}
        low = [places[index] for index in self.notation.names[quantity.role].low]
        return self.placed(quantity.role, [str(index) for index in low if index is not None], quantity.layer)

    def role(self, role: Role, *indices: str, layer: int | str | None = None) -> Layout:
        """Return a role's letter with given indices, as in a rule for all units."""
        return self.placed(role, list(indices), layer)

    def placed(self, role: Role, indices: list[str], layer: int | str | None) -> Layout:
        """Return a role's letter with its indices low and its layer high."""
        name = self.notation.names[role]
        base: Layout = Glyph(name.letter, bold=name.bold)
        if name.mark is not None:
            base = Accent(name.mark, base)
        sub = self._indices(indices) if indices else None
        sup = _bracketed(layer) if name.layered and layer is not None else None
        return base if sub is None and sup is None else Scripts(base, sub, sup)

    def partial(self, of: Layout, wrt: Layout) -> Layout:
        """Return the partial derivative of one by the other."""
        return Fraction(Row((Glyph("partial"), of)), Row((Glyph("partial"), wrt)))

    def _indices(self, indices: list[str]) -> Layout:
        items: list[Layout] = []
        for index in indices:
            if items and self._commas:
                items.append(Operator(","))
            items.append(Number(index) if index.isdigit() else Glyph(index))
        return items[0] if len(items) == 1 else Row(tuple(items))


def _bracketed(layer: int | str) -> Layout:
    mark: Layout = Number(str(layer)) if isinstance(layer, int) else Glyph(layer)
    return Fence(mark)
