"""Which quantity a written name means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Integer, Symbol

from symnet.algebra.functions import FUNCTIONS
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.optimizers import LEARNING_RATE, updated
from symnet.derivation.objective import COUNT, DATA, OBJECTIVE
from symnet.layout.tree import Accent, Fence, Glyph, Layout, Number, Operator, Prime, Row, Scripts, Word
from symnet.limits import MOST_MEANINGS, MOST_SAMPLE_NAMES
from symnet.marking.functions import SAME, WORDS
from symnet.marking.truth import of_sample
from symnet.notation.marks import updated as marked
from symnet.notation.model import PROBABILITIES
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import PER_SAMPLE, Quantity, Role
from symnet.text.say import as_text, listed, words
from symnet.worked import Part, Worked

# How a name is spelt, whatever the format: its letter, what stands low behind it, and what stands high.


class Spelling(NamedTuple):
    """How a name is spelt.

    Attributes:
        letter: Its letter, the name of a Greek one or a word; with a mark over it, such as ``hat y``.
        low: What stands low, without spaces.
        high: What stands high, without spaces.
    """

    letter: str
    low: str = ""
    high: str = ""

    @property
    def loose(self) -> Spelling:
        """The same without commas between the indices."""
        return self._replace(low=self.low.replace(",", "").replace(";", ""))


def spelling_of(layout: Layout) -> Spelling | None:
    """Return how a name is spelt that is written so; None for what is no letter with scripts, such as a fraction.

    Args:
        layout: How it is written.
    """
    if isinstance(layout, Prime):
        inner = spelling_of(layout.base)
        return None if inner is None else inner._replace(high=inner.high + "'")
    base: Layout = layout
    low, high = "", ""
    if isinstance(layout, Scripts):
        base, low, high = layout.base, _flat(layout.sub), _flat(layout.sup)
    if isinstance(base, Accent) and isinstance(base.base, Glyph):
        return Spelling(f"{base.mark} {base.base.name}", low, high)
    return Spelling(base.name, low, high) if isinstance(base, Glyph) else None


def _flat(layout: Layout | None) -> str:
    return "" if layout is None else _FLAT[type(layout)](layout)


_FLAT: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        Row: lambda row: "".join(map(_flat, row.items)),
        Glyph: lambda glyph: str(glyph.name),
        Number: lambda number: str(number.text),
        Word: lambda word: str(word.text),
        Operator: lambda operator: str(operator.name),
        Fence: lambda fence: f"{fence.left}{_flat(fence.body)}{fence.right}",
    }
)


# Letters that other courses have for a quantity, which are read where an exercise uses them for nothing else.

LOSSES = ("L", "J", "E", "C", "Loss", "loss", "Cost", "cost", "Error", "error")
"""What the quantity is called that is differentiated."""
_LETTERS: Mapping[Role, str] = MappingProxyType({Role.ACTIVATION: "h", Role.TARGET: "t"})
_PROBABILITY = "p"


def other_letter(quantity: Quantity) -> str | None:
    """Return the letter that another course has for a quantity, or None.

    Args:
        quantity: The quantity.
    """
    if quantity.role is Role.OUTPUT:
        return _PROBABILITY if quantity.activation in PROBABILITIES else None
    return _LETTERS.get(quantity.role)


# Names with an index left out: all that each may stand for, what is surest first.

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
    found = list(names)
    if len(found) > _MOST_LISTED:
        return words("series.open", before=", ".join(found[:_MOST_LISTED]))
    return as_text(listed(found, "series.either")) if found else ""


class IndexedName(NamedTuple):
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


def indexed(names: Names, quantity: Quantity, spelling: Spelling, symbol: Symbol) -> IndexedName | None:
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
    return IndexedName(symbol, spelling, family, quantity.layer, mark, low)


def _mark(names: Names, role: Role, quantity: Quantity, spelling: Spelling) -> str:
    """Return how the layer is marked high in a name; empty if it is not."""
    if quantity.layer is None:
        return ""
    number = f"({names.notation.number(role, quantity.layer)})"
    capital = spelling.high[:1] if names.notation.names[role].layer == "letter" else ""
    return number if spelling.high.startswith(number) else capital if capital.isupper() else ""


def as_id(quantity: Quantity) -> IndexedName | None:
    """Return a quantity with the indices of its id, the layer among them; None where its id has no layer.

    Args:
        quantity: The quantity.
    """
    found = _ID.fullmatch(quantity.id)
    if found is None or quantity.layer is None or (quantity.unit is None and quantity.role not in _OUTPUTS):
        return None
    low = (str(quantity.unit or 1), *(() if quantity.source is None else (str(quantity.source),)))
    family = Role.ACTIVATION if quantity.role in _OUTPUTS else quantity.role
    return IndexedName(Symbol(quantity.id), Spelling(found[1]), family, quantity.layer, "", low, is_id=True)


class Shortened:
    """What names may stand for that leave something out.

    An index that has one value in all the network says nothing and may be left out: such a name is sure. Next comes
    what leaves out one that says something, the layer, or a unit that is alone in its layer; then everything else. A
    number alone may also be that of the layer.
    """

    def __init__(self) -> None:
        self._held: dict[str, list[IndexedName]] = {}
        self._tables: dict[str, dict[Spelling, Tiers]] = {}

    def add(self, one: IndexedName) -> None:
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
            alike = {symbol: None for tiers in found for symbol in tiers[tier]}
            if alike:
                return tuple(alike)
        return ()

    def _table(self, letter: str) -> dict[Spelling, Tiers]:
        """Return what each name with a letter may stand for; made when it is first asked for."""
        if letter not in self._tables:
            table: dict[Spelling, Tiers] = {}
            families: dict[Role, list[IndexedName]] = {}
            for one in self._held.get(letter, ()):
                families.setdefault(one.family, []).append(one)
            for family in families.values():
                for spelling, tier, symbol in _names(family):
                    held = table.setdefault(spelling, ({}, {}, {}))[tier]
                    if len(held) <= MOST_MEANINGS:
                        held[symbol] = None
            self._tables[letter] = table
        return self._tables[letter]


def _names(family: Sequence[IndexedName]) -> Iterator[tuple[Spelling, int, Symbol]]:
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


def _without(one: IndexedName, left: tuple[int, ...]) -> Iterator[Spelling]:
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


# Every way in which the quantities of an exercise may be written, from its notation and from others.


class WrittenNames:
    """The names of one part of an exercise as they are written.

    Args:
        worked: The exercise.
        part: Which of its losses.

    Attributes:
        exact: From each way in which a quantity is written in the notation of the part to what it may be.
        loose: Likewise from ways that leave the commas out, or that are those of the standard notation.
        shortened: Names that leave an index out. In a graph there are none: its names are its author's.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.samples = worked.samples
        self.exact: dict[Spelling, dict[Symbol, None]] = {}
        self.loose: dict[Spelling, dict[Symbol, None]] = {}
        self.shortened = Shortened()
        for fill in (self._fill, self._fill_samples, self._fill_updated):
            fill(part.names)
        self._own = {spelling.letter for spelling in self.exact}
        if part.notation.name != "standard" and not self.is_graph:
            self._fill_standard()
        if not self.is_graph:
            self._fill_ids()
        for spelling, symbols in self.exact.items():
            self.loose.setdefault(spelling.loose, {}).update(symbols)

    @property
    def is_graph(self) -> bool:
        """Whether the names are those of a graph, which its author has given."""
        return self.part.network.is_graph

    @cached_property
    def extra(self) -> tuple[Symbol, ...]:
        """What has no place in the network: the learning rate, the number of samples, and updated values."""
        count = self.part.objective.samples
        found = [COUNT] if count is not None or self.samples > 1 else []
        training = self.worked.description.training
        if training is not None:
            found += [LEARNING_RATE, *map(updated, self.part.network.parameters)]
        if count is not None and isinstance(count, Integer):
            found.append(DATA)
        return tuple(found)

    def is_per_sample(self, name: str) -> bool:
        """Return whether each sample has a quantity of its own."""
        quantity = self.part.objective.quantities.get(name)
        return quantity is not None and quantity.role in PER_SAMPLE

    def _fill(self, names: Names) -> None:
        """Enter every quantity as the part's notation writes it."""
        for name, quantity in names.quantities.items():
            if quantity.role is Role.NORM:
                continue
            self._enter(names, quantity, names(name), Symbol(name))
            if quantity.role is Role.OUTPUT and Role.ACTIVATION in names.notation.names:
                self._enter_output(names, quantity)
        for symbol, role in ((LEARNING_RATE, Role.LEARNING_RATE), (COUNT, Role.SAMPLES)):
            spelling = spelling_of(names.role(role))
            if symbol in self.extra and spelling is not None:
                self.exact.setdefault(spelling, {symbol: None})

    def _enter_output(self, names: Names, quantity: Quantity) -> None:
        """Enter an output as the activation that it is; without a layer, an activation is a hidden one."""
        unit = quantity._replace(role=Role.ACTIVATION, unit=quantity.unit or 1)
        spelling = spelling_of(names.quantity(unit))
        if spelling is not None:
            self.lenient(spelling, Symbol(quantity.id))
            self.shorten(names, unit, spelling, Symbol(quantity.id), needs_layer=True)

    def _fill_samples(self, names: Names) -> None:
        """Enter what each sample has for itself."""
        if 1 < self.samples <= MOST_SAMPLE_NAMES:
            for name in filter(self.is_per_sample, names.quantities):
                for place in range(self.samples):
                    written = names.sampled(name, str(place + 1))
                    self._enter_new(names, names.quantities[name], written, of_sample(Symbol(name), place))

    def _fill_updated(self, names: Names) -> None:
        """Enter what training makes of each parameter, also with a prime."""
        if self.worked.description.training is not None:
            for parameter in self.part.network.parameters:
                written = names(parameter.name)
                for layout in (marked(names.notation, written), Prime(written)):
                    if layout != written:
                        self._enter_new(names, names.quantities[parameter.name], layout, updated(parameter))

    def _fill_standard(self) -> None:
        """Enter what the standard notation has under letters that the part's notation does not use."""
        names = Names(NOTATIONS["standard"], self.part.objective.quantities)
        for name, quantity in names.quantities.items():
            spelling = None if quantity.role is Role.NORM else spelling_of(names(name))
            if spelling is not None and spelling.letter not in self._own:
                self.lenient(spelling, Symbol(name))
                self.shorten(names, quantity, spelling, Symbol(name))

    def _fill_ids(self) -> None:
        """Enter ids that leave an index, or an underscore, out."""
        for quantity in self.part.names.quantities.values():
            one = as_id(quantity)
            if one is not None:
                self.shortened.add(one)
                if updated(one.symbol) in self.extra:
                    primed = one.spelling._replace(high="'")
                    self.shortened.add(one._replace(symbol=updated(one.symbol), spelling=primed))

    def _enter(self, names: Names, quantity: Quantity, layout: Layout, symbol: Symbol) -> None:
        spelling = spelling_of(layout)
        if spelling is not None:
            self.exact.setdefault(spelling, {})[symbol] = None
            self.shorten(names, quantity, spelling, symbol)

    def _enter_new(self, names: Names, quantity: Quantity, layout: Layout, symbol: Symbol) -> None:
        if spelling_of(layout) not in self.exact:
            self._enter(names, quantity, layout, symbol)

    def shorten(
        self, names: Names, quantity: Quantity, spelling: Spelling, symbol: Symbol, *, needs_layer: bool = False
    ) -> None:
        """Enter the names of a quantity that leave an index out."""
        one = indexed(names, quantity, spelling, symbol)
        if one is not None:
            self.shortened.add(one._replace(needs_layer=needs_layer))

    def lenient(self, spelling: Spelling, symbol: Symbol) -> None:
        """Enter how a quantity may be written, unless the part's notation writes another one so."""
        if spelling not in self.exact:
            self.loose.setdefault(spelling.loose, {})[symbol] = None


# What an answer may name: every quantity, by its id and as its notation and a student write it.

_LOSSES = frozenset((Role.LOSS, Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.DATA_LOSS))


class Vocabulary(WrittenNames):
    """The names of one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.

    Attributes:
        foreign: Letters of other courses, each of which is read where it stands by itself.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        super().__init__(worked, part)
        self.foreign = self._fill_foreign()

    @cached_property
    def ids(self) -> dict[str, Symbol]:
        """Every id that an answer may have in it."""
        network, objective = self.part.network, self.part.objective
        own = [*network.of_sample, *network.parameters, *network.nodes, *objective.constants]
        own += [derivation.symbol for derivation in self.part.gradient.adjoints.values()]
        plain = {symbol.name: symbol for symbol in own}
        plain |= {node.symbol.name: node.symbol for node in (*objective.penalty, *objective.nodes)}
        found = {name: symbol for name, symbol in plain.items() if not name.endswith("@i")}
        found |= {symbol.name: symbol for symbol in self.extra if symbol.name not in found}
        if 1 < self.samples <= MOST_SAMPLE_NAMES:
            for name, symbol in plain.items():
                if self.is_per_sample(name):
                    found |= {one.name: one for one in (of_sample(symbol, place) for place in range(self.samples))}
        return found

    @cached_property
    def places(self) -> Mapping[tuple[str, tuple[int, ...]], Symbol]:
        """By its name and its 1-based indices, what is named with brackets in graphs of arrays, as in ``W[1, 2]``."""
        arrays = self.part.network.arrays
        return {} if arrays is None else {place: Symbol(own) for place, own in arrays.places() if place[1]}

    @cached_property
    def losses(self) -> frozenset[Symbol]:
        """What is differentiated: the losses, or the output of a graph."""
        quantities = self.part.objective.quantities
        found = {Symbol(name) for name, quantity in quantities.items() if quantity.role in _LOSSES}
        whole = set() if self.is_graph else {OBJECTIVE, DATA}
        return frozenset(found | whole | {self.part.network.loss})

    def is_loss(self, symbol: Symbol) -> bool:
        """Return whether a symbol is a loss, perhaps that of one sample."""
        name, mark, _sample = symbol.name.partition("@")
        return symbol in self.losses or (bool(mark) and not self.losses.isdisjoint(map(Symbol, (name, f"{name}@i"))))

    @cached_property
    def letters(self) -> dict[str, tuple[str, ...]]:
        """By its first character, every letter and word that a name may begin with, the longest first."""
        found: dict[str, set[str]] = {}
        for typed in self.letters_of(self.exact, self.loose):
            found.setdefault(typed[0], set()).add(typed)
        for letter in self.shortened.highs:
            if " " not in letter:
                found.setdefault(letter[0], set()).add(letter)
        return {first: tuple(sorted(words, key=len, reverse=True)) for first, words in found.items()}

    @staticmethod
    def letters_of(*tables: Iterable[Spelling]) -> Iterator[str]:
        """Yield every letter of names as it is typed: with the name of its mark behind it."""
        for spelling in chain.from_iterable(tables):
            mark, _, letter = spelling.letter.rpartition(" ")
            yield from (letter,) if not mark else (f"{letter}{mark}", f"{letter}_{mark}")

    @cached_property
    def highs(self) -> dict[str, frozenset[str]]:
        """By letter, everything that may stand high as part of a name."""
        found: dict[str, set[str]] = {letter: set(highs) for letter, highs in self.shortened.highs.items()}
        for spelling in (*self.exact, *self.loose, *self.norms):
            found.setdefault(spelling.letter, set()).add(spelling.high)
        return {letter: frozenset(highs) for letter, highs in found.items()}

    @cached_property
    def norms(self) -> dict[Spelling, Symbol]:
        """From how a matrix or a vector is spelt to the symbol of its norm."""
        names, held = self.part.names, self.part.objective.quantities
        found: dict[Spelling, Symbol] = {}
        for name, quantity in held.items():
            written = names(name) if quantity.role is Role.NORM else None
            inside = written.base.body if isinstance(written, Scripts) and isinstance(written.base, Fence) else None
            spelling = None if inside is None else spelling_of(inside)
            if spelling is not None:
                found[spelling] = Symbol(name)
        return found

    @cached_property
    def longest(self) -> int:
        """How many characters the longest id has."""
        return max(map(len, self.ids))

    @cached_property
    def functions(self) -> dict[str, str]:
        """From each word or letter that is written before an argument to the function that it is."""
        own = (layer.activation.name for layer in self.part.network.layers)
        found = {name: name for name in (*FUNCTIONS, *ACTIVATIONS, *own)}
        for name, layout in {**self.part.notation.functions, **NOTATIONS["standard"].functions}.items():
            if isinstance(layout, Glyph | Word):
                found.setdefault(layout.name if isinstance(layout, Glyph) else layout.text, name)
        lower = {name.lower(): of for name, of in found.items() if name.lower() not in found}
        return {**{word: word for word in WORDS}, **found, **lower, **SAME}

    def meant(self, spelling: Spelling) -> tuple[Symbol, ...]:
        """Return what a name may stand for; nothing if nothing is written so.

        Args:
            spelling: How it is spelt.
        """
        for table, form in ((self.exact, spelling), (self.loose, spelling.loose)):
            if form in table:
                return tuple(table[form])
        return self.shortened.meant(spelling)

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        """The numbers of the exercise, without their signs: these are exact however few digits they have."""
        data, training = self.part.data, self.worked.description.training
        held = [] if data is None else [data.parameters, data.constants, *data.rows]
        rates = () if training is None else training.rates
        return frozenset(abs(number) for one in held for number in one.values()) | {Fraction(0), *rates}

    def with_letter(self, letter: str) -> tuple[Symbol, ...]:
        """Return every quantity whose name begins with a letter, those of single samples left out.

        Args:
            letter: The letter.
        """
        return tuple(one for one in self.shortened.with_letter(letter) if "@" not in one.name)

    @property
    def loss_name(self) -> str:
        """The id of what is differentiated."""
        return str(self.part.network.loss.name) if self.is_graph else str(OBJECTIVE.name)

    def at_sample(self, symbols: Iterable[Symbol], sample: int) -> tuple[Symbol, ...]:
        """Return what quantities are called of one sample; nothing where there is no such sample.

        Args:
            symbols: The quantities.
            sample: The 1-based number of the sample.
        """
        if self.samples == 1:
            return tuple(symbols) if sample == 1 else ()
        names = (of_sample(symbol, sample - 1).name for symbol in symbols)
        return tuple(self.ids[name] for name in names if name in self.ids)

    def _fill_foreign(self) -> frozenset[str]:
        """Enter letters of other courses that this exercise does not use, and return them."""
        taken = {*self.letters_of(self.exact, self.loose), *self.ids, *self.functions}
        names, found = self.part.names, set[str]()
        for quantity in () if self.is_graph else names.quantities.values():
            letter = other_letter(quantity)
            spelling = None if letter is None or letter in taken else spelling_of(names(quantity.id))
            if letter is not None and spelling is not None:
                spelling = spelling._replace(letter=letter)
                found.add(letter)
                self.lenient(spelling, Symbol(quantity.id))
                self.shorten(names, quantity, spelling, Symbol(quantity.id))
        loss = self.part.network.loss if self.is_graph else OBJECTIVE
        for word in LOSSES if loss.name in LOSSES else ():
            if word not in taken:
                found.add(word)
                self.loose[Spelling(word)] = {loss: None}
        return frozenset(found)

    def shown(self, symbols: Iterable[Symbol]) -> str:
        """Return ids in a row, as an error lists them; at most a dozen."""
        return either(sorted(symbol.name.removesuffix("@i") for symbol in symbols))
