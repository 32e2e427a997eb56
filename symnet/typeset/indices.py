"""How quantities with general indices are written in a notation, whose letters the indices leave alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from symnet.algebra.indices import Index, Indexed, Place
from symnet.layout.tree import Glyph, Layout
from symnet.notation.model import Notation
from symnet.notation.names import Names, letter_of
from symnet.quantity import PER_SAMPLE, Quantity, Role

# The letters that each kind of index may have, the first that is free; the last resort is any letter. Below the sheets
# an index is known by the key: that of the unit, of the one that feeds it, of the one that it feeds, of another one in
# its layer, of pieces, and of the uses of the network. A sample keeps its letter where no unit needs it. The t of a
# training step stays free.
_SAMPLE = "@"
_WISHES: Mapping[str, str] = MappingProxyType(
    {"i": "i", "j": "j", "k": "k", _SAMPLE: "snmrt", "l": "lnmr", "q": "qrp", "r": "rsq", "t": "scu", "u": "uvc"}
)
_ANY = "ijklnmrsuvpqochgdzt"


def index_letters(names: Names) -> Mapping[str, str]:
    """Return the letter of each kind of index, none of which stands for anything else in the network.

    Args:
        names: How its quantities are written.
    """
    taken = set(_letters(names))
    found = {}
    for kind, wishes in _WISHES.items():
        found[kind] = next(letter for letter in wishes + _ANY if letter not in taken)
        if kind == _SAMPLE and names.notation.sample.letter not in found.values():
            found[kind] = names.notation.sample.letter
        taken.add(found[kind])
    return found


def indexed_notation(names: Names) -> Notation:
    """Return the notation of some names as it is used beside general indices.

    A sample has a letter that no index has, and what is said of a weight has the indices of the general rule.

    Args:
        names: How quantities are written.
    """
    notation, letters = names.notation, index_letters(names)
    indices = (letters["j"], letters["i"])
    pairs = zip(notation.indices, indices, strict=True)
    signs: dict[str | Layout, Layout] = {Glyph(old): Glyph(new) for old, new in pairs}
    meanings = {
        role: name._replace(meaning=name.meaning.mapped(lambda layout: signs.get(layout, layout)))
        for role, name in notation.names.items()
    }
    sample = notation.sample._replace(letter=letters[_SAMPLE])
    return notation._replace(sample=sample, indices=indices, names=MappingProxyType(meanings))


def _letters(names: Names) -> Iterator[str]:
    """Yield the letters of the network's quantities, of its functions, and those that a user has given."""
    notation = names.notation
    yield from ("e", "d")
    for role, held in names.held.items():
        if role in notation.names:
            yield notation.names[role].letter
            yield from (index for index in notation.names[role].low if len(index) == 1)
        yield from (quantity.activation for quantity in held if quantity.activation is not None)
        # Of a name such as k_1, the letter is taken.
        yield from (quantity.id[0] for quantity in held if role is Role.STRENGTH)
    if names.own_letters:
        yield from (letter for entry in notation.by_layer for letter in entry.values())


class IndexedNames(Names):
    """The names of one network's quantities, those at general indices among them.

    Args:
        names: Those of the network.
        indexed: What stands at general indices.
    """

    def __init__(self, names: Names, indexed: Mapping[str, Indexed]) -> None:
        super().__init__(names.notation, names.quantities, traced=names.traced)
        self._indexed = indexed
        self._letter_of = index_letters(names)
        general = {
            name: Quantity(name, held.role, held.layer, activation=held.activation) for name, held in indexed.items()
        }
        self.quantities = {**names.quantities, **general}

    def __call__(self, identifier: str) -> Layout:
        """Return how the quantity called ``identifier`` is written."""
        return self.sampled(identifier, "") if identifier in self._indexed else super().__call__(identifier)

    def sampled(self, identifier: str, sample: str) -> Layout:
        """Return how a quantity is written for one sample: what all samples share, without the mark of the sample."""
        held = self._indexed.get(identifier)
        if held is None:
            return super().sampled(identifier, sample)
        sample = sample if held.role in PER_SAMPLE else ""
        if held.role is Role.DELTA and not self.has_delta:
            return self.partial(self.loss(sample), self.indexed(held._replace(role=Role.PRE_ACTIVATION), sample))
        return self.indexed(held, sample)

    def indexed(self, held: Indexed, sample: str) -> Layout:
        """Return a quantity's letter with its indices."""
        role = self.role_of(self.quantities[held.id]) if held.role is Role.OUTPUT else held.role
        marks = ",".join(self._said(place) for place in (held.piece, held.use) if place is not None)
        unit, source = self._said(held.unit), self._said(held.source)
        return self._placed(role, unit, source, layer=held.layer, piece=marks, sample=sample)

    def _said(self, place: Place) -> str:
        if isinstance(place, Index):
            return self._letter_of[place.letter]
        return "" if place is None else str(place)

    def index(self, name: str) -> Layout:
        """Return the letter of an index."""
        return letter_of(self._letter_of[name[1]]) if name.startswith("#") else Glyph(name)
