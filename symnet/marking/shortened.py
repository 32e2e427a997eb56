"""Names with an index left out: all that each may stand for, what is surest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, TypeAlias

from sympy import Symbol

from symnet.layout.names import Names
from symnet.marking.spelling import Spelling
from symnet.quantity import Quantity, Role

MOST_MEANT = 12
"""A name that may be more quantities than these says nothing."""
_MOST_LISTED = 12
# The place of the layer among what may be left out; the indices are counted from 0.
_LAYER = -1
_OUTPUTS = frozenset((Role.OUTPUT, Role.PROBABILITY, Role.SCORE))
_ID = re.compile(r"([a-z]+)[0-9]+(?:_[0-9]+)+")
# What a name may stand for, by how much has been left out of it.
Tiers: TypeAlias = tuple[dict[Symbol, None], dict[Symbol, None], dict[Symbol, None]]


def either(names: Iterable[str]) -> str:
    """Return names of which one is meant, as an error lists them; at most a dozen.

    Args:
        names: The names.
    """
    listed = list(names)
    if len(listed) > _MOST_LISTED:
        return f"{', '.join(listed[:_MOST_LISTED])}, ..."
    return " or ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))


class Indexed(NamedTuple):
    """A quantity with the indices of its name.

    Attributes:
        symbol: The quantity.
        spelling: How its name is spelt in full.
        family: What its letter stands for; the output of a network is an activation.
        layer: The layer; None where the name tells no layer.
        mark: How the layer is marked high in the full name; empty if it is not.
        low: The indices that stand low, in the order of the name.
        is_id: Whether this is the name as an id has it, the layer before the indices.
        needs_layer: Whether the layer may be left out only where there is no other: outputs have a letter of their own.
    """

    symbol: Symbol
    spelling: Spelling
    family: Role
    layer: int | None
    mark: str
    low: tuple[str, ...]
    is_id: bool = False
    needs_layer: bool = False

    @property
    def indices(self) -> dict[int, object]:
        """What stands at each place that may be left out."""
        return {_LAYER: self.layer, **dict(enumerate(self.low))}


def indexed(names: Names, quantity: Quantity, spelling: Spelling, symbol: Symbol) -> Indexed | None:
    """Return a quantity with the indices of its name in a notation; None where it has none.

    Args:
        names: The notation's names.
        quantity: The quantity.
        spelling: How its name is spelt, also with the mark of a sample or of an update.
        symbol: What the name stands for.
    """
    role = names.role_of(quantity)
    if role not in names.notation.names or quantity.role in {Role.ADJOINT, Role.NORM, Role.GRAPH, Role.STRENGTH}:
        return None
    held = {"unit": quantity.unit, "source": quantity.source}
    # What there is but one of may have no index, and is often given one all the same.
    places = [place for place in names.notation.names[role].low if place in held]
    low = tuple(str(held[place] or 1) for place in places)
    if not low and quantity.layer is None:
        return None
    mark = _mark(names, role, quantity, spelling)
    family = Role.ACTIVATION if role in _OUTPUTS else role
    return Indexed(symbol, spelling, family, quantity.layer, mark, low)


def _mark(names: Names, role: Role, quantity: Quantity, spelling: Spelling) -> str:
    """Return how the layer is marked high in a name; empty if it is not."""
    if quantity.layer is None:
        return ""
    number = f"({names.notation.number(role, quantity.layer)})"
    capital = spelling.high[:1] if names.notation.names[role].layer == "letter" else ""
    return number if spelling.high.startswith(number) else capital if capital.isupper() else ""


def as_id(quantity: Quantity) -> Indexed | None:
    """Return a quantity with the indices of its id, the layer among them; None where its id has no layer.

    Args:
        quantity: The quantity.
    """
    found = _ID.fullmatch(quantity.id)
    if found is None or quantity.layer is None or (quantity.unit is None and quantity.role not in _OUTPUTS):
        return None
    low = (str(quantity.unit or 1), *(() if quantity.source is None else (str(quantity.source),)))
    family = Role.ACTIVATION if quantity.role in _OUTPUTS else quantity.role
    return Indexed(Symbol(quantity.id), Spelling(found[1]), family, quantity.layer, "", low, is_id=True)


class Shortened:
    """What names may stand for that leave something out.

    An index that has one value in all the network says nothing and may be left out: such a name is sure. Next comes
    what leaves out one that says something, the layer, or a unit that is alone in its layer; then everything else. A
    number alone may also be that of the layer.
    """

    def __init__(self) -> None:
        self._held: dict[str, list[Indexed]] = {}
        self._tables: dict[str, dict[Spelling, Tiers]] = {}

    def add(self, one: Indexed) -> None:
        """Enter a quantity by its name."""
        self._held.setdefault(one.spelling.letter, []).append(one)

    @cached_property
    def highs(self) -> dict[str, set[str]]:
        """By letter, what may stand high behind it."""
        return {
            letter: {high for one in held for high in (one.spelling.high, one.spelling.high.removeprefix(one.mark))}
            for letter, held in self._held.items()
        }

    def prepare(self) -> None:
        """Make all tables before they are asked for."""
        for letter in self._held:
            self._table(letter)

    def with_letter(self, letter: str) -> tuple[Symbol, ...]:
        """Return every quantity whose name begins with a letter."""
        return tuple(dict.fromkeys(one.symbol for one in self._held.get(letter, ())))

    def meant(self, spelling: Spelling) -> tuple[Symbol, ...]:
        """Return what a name may stand for: all that has lost as little as the surest.

        Args:
            spelling: How it is spelt; between the parts of an id there are underscores.
        """
        first, *others = spelling.loose.low.split("_")
        written = {"".join((first, *others)), *((f"{first}_{''.join(others)}",) if others else ())}
        table = self._table(spelling.letter)
        found = [tiers for low in written if (tiers := table.get(spelling._replace(low=low)))]
        for tier in range(3):
            together = {symbol: None for tiers in found for symbol in tiers[tier]}
            if together:
                return tuple(together)
        return ()

    def _table(self, letter: str) -> dict[Spelling, Tiers]:
        """Return what each name with a letter may stand for; made when it is first asked for."""
        if letter not in self._tables:
            table: dict[Spelling, Tiers] = {}
            families: dict[Role, list[Indexed]] = {}
            for one in self._held.get(letter, ()):
                families.setdefault(one.family, []).append(one)
            for family in families.values():
                for spelling, tier, symbol in _names(family):
                    held = table.setdefault(spelling, ({}, {}, {}))[tier]
                    if len(held) <= MOST_MEANT:
                        held[symbol] = None
            self._tables[letter] = table
        return self._tables[letter]


def _names(family: Sequence[Indexed]) -> Iterator[tuple[Spelling, int, Symbol]]:
    """Yield every shorter name of quantities that share a letter, how unsure it is, and what it stands for."""
    values: dict[int, set[object]] = {}
    inside: dict[tuple[object, int], set[object]] = {}
    for one in family:
        for place, index in one.indices.items():
            values.setdefault(place, set()).add(index)
            inside.setdefault((one.layer, place), set()).add(index)
    for one in family:
        telling = {place for place in one.indices if len(values[place]) > 1}
        alone = {place for place in one.indices if place == _LAYER or len(inside[one.layer, place]) == 1}
        for size in range(len(one.indices) + 1):
            for left in combinations(one.indices, size):
                lost = telling.intersection(left)
                tier = 0 if not lost else 1 if len(lost) == 1 and lost <= alone else 2
                if not (one.needs_layer and _LAYER in lost):
                    yield from ((spelling, tier, one.symbol) for spelling in _without(one, left))


def _without(one: Indexed, left: tuple[int, ...]) -> Iterator[Spelling]:
    """Yield how a quantity is spelt without the indices at some places."""
    kept = "".join(index for place, index in enumerate(one.low) if place not in left)
    whole, rest = "".join(one.low), one.spelling.high.removeprefix(one.mark)
    number = one.mark.strip("()") if one.mark[:1] == "(" else str(one.layer)
    if not one.is_id:
        before, _, after = one.spelling.loose.low.partition(whole)
        high = rest if _LAYER in left else one.spelling.high
        yield one.spelling._replace(low=f"{before}{kept}{after}", high=high)
        if _LAYER not in left and not kept and one.mark:
            yield one.spelling._replace(low=f"{before}{number}{after}", high=rest)
    elif _LAYER not in left:
        yield one.spelling._replace(low=f"{number}_{kept}" if kept else number, high=rest)
