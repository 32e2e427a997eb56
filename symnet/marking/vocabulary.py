"""What an answer may name: every quantity, by its id and as its notation and a student write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from sympy import Integer, Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.functions import FUNCTIONS
from symnet.catalog.notations import NOTATIONS
from symnet.catalog.optimizers import LEARNING_RATE, updated
from symnet.layout.marks import updated as marked
from symnet.layout.names import Names
from symnet.layout.tree import Fence, Glyph, Layout, Prime, Scripts, Word
from symnet.marking.spelling import Spelling, spelling_of
from symnet.marking.values import of_sample
from symnet.objective import COUNT, DATA, OBJECTIVE
from symnet.quantity import PER_SAMPLE, Role
from symnet.worked import Part, Worked

_LOSSES = frozenset((Role.LOSS, Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.DATA_LOSS))
# What has no index where there is only one of it, and is often given one all the same.
_ALONE = frozenset((Role.OUTPUT, Role.TARGET, Role.INPUT))
# Up to this many samples are told apart by name.
_MOST_SAMPLES = 100


class Vocabulary:
    """The names of one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.

    Attributes:
        exact: From each way in which a quantity is written in the notation of the part to what it may be.
        loose: Likewise from ways that leave something out, or that are those of the standard notation.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.samples = worked.samples
        self.exact: dict[Spelling, dict[Symbol, None]] = {}
        self.loose: dict[Spelling, dict[Symbol, None]] = {}
        for fill in (self._fill, self._fill_samples, self._fill_updated):
            fill(part.names)
        self._own = {spelling.letter for spelling in self.exact}
        if part.notation.name != "standard" and not part.network.is_graph:
            self._fill_standard()
        for spelling, symbols in list(self.exact.items()):
            for other in _looser(spelling):
                self.loose.setdefault(other, {}).update(symbols)

    @cached_property
    def ids(self) -> dict[str, Symbol]:
        """Every id that an answer may have in it."""
        network, objective = self.part.network, self.part.objective
        own = [*network.inputs, *network.targets, *network.parameters, *network.nodes, *objective.constants]
        own += [derivation.symbol for derivation in self.part.gradient.adjoints.values()]
        plain = {symbol.name: symbol for symbol in own}
        plain |= {node.symbol.name: node.symbol for node in (*objective.penalty, *objective.nodes)}
        found = {name: symbol for name, symbol in plain.items() if not name.endswith("@i")}
        found |= {symbol.name: symbol for symbol in self._extra if symbol.name not in found}
        if 1 < self.samples <= _MOST_SAMPLES:
            for name, symbol in plain.items():
                if self._is_per_sample(name):
                    found |= {one.name: one for one in (of_sample(symbol, place) for place in range(self.samples))}
        return found

    @cached_property
    def losses(self) -> frozenset[Symbol]:
        """What is differentiated: the losses, or the output of a graph."""
        quantities = self.part.objective.quantities
        found = {Symbol(name) for name, quantity in quantities.items() if quantity.role in _LOSSES}
        whole = set() if self.part.network.is_graph else {OBJECTIVE, DATA}
        return frozenset(found | whole | {self.part.network.loss})

    def is_loss(self, symbol: Symbol) -> bool:
        """Return whether a symbol is a loss, perhaps that of one sample."""
        name, mark, _sample = symbol.name.partition("@")
        return symbol in self.losses or (bool(mark) and not self.losses.isdisjoint(map(Symbol, (name, f"{name}@i"))))

    @cached_property
    def letters(self) -> dict[str, tuple[str, ...]]:
        """By its first character, every letter and word that a name may begin with, the longest first."""
        found: dict[str, set[str]] = {}
        for spelling in (*self.exact, *self.loose):
            mark, _, letter = spelling.letter.rpartition(" ")
            typed = {letter} if not mark else {f"{letter}{mark}", f"{letter}_{mark}"}
            for word in typed:
                found.setdefault(word[0], set()).add(word)
        return {first: tuple(sorted(words, key=len, reverse=True)) for first, words in found.items()}

    @cached_property
    def highs(self) -> dict[str, frozenset[str]]:
        """By letter, everything that may stand high as part of a name."""
        found: dict[str, set[str]] = {}
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
        return found | {name.lower(): of for name, of in found.items() if name.lower() not in found} | _ALSO

    def meant(self, spelling: Spelling) -> tuple[Symbol, ...]:
        """Return what a name may stand for; nothing if nothing is written so.

        Args:
            spelling: How it is spelt.
        """
        for table, form in ((self.exact, spelling), (self.loose, spelling.loose)):
            if form in table:
                return tuple(table[form])
        return ()

    @cached_property
    def _single(self) -> frozenset[int]:
        """The layers with weights into one unit alone."""
        layers = enumerate(self.part.network.layers, 1)
        return frozenset(number for number, layer in layers if len(layer.weights) == 1)

    @cached_property
    def _extra(self) -> tuple[Symbol, ...]:
        """What has no place in the network: the learning rate, the number of samples, and updated values."""
        count = self.part.objective.samples
        found = [COUNT] if count is not None or self.samples > 1 else []
        training = self.worked.description.training
        if training is not None:
            found += [LEARNING_RATE, *map(updated, self.part.network.parameters)]
        if count is not None and isinstance(count, Integer):
            found.append(DATA)
        return tuple(found)

    def _is_per_sample(self, name: str) -> bool:
        quantity = self.part.objective.quantities.get(name)
        return quantity is not None and quantity.role in PER_SAMPLE

    def _fill(self, names: Names) -> None:
        """Enter every quantity as the part's notation writes it."""
        for name, quantity in names.quantities.items():
            if quantity.role is Role.NORM:
                continue
            self._enter(names(name), Symbol(name))
            if quantity.unit is None and quantity.role in _ALONE:
                spelling = spelling_of(names(name))
                if spelling is not None and not spelling.low:
                    self._lenient(spelling._replace(low="1"), Symbol(name))
            if quantity.role is Role.WEIGHT and quantity.layer in self._single:
                # A unit that is alone in its layer often has no index among those of its weights.
                spelling = spelling_of(names(name))
                self._lenient(spelling and spelling._replace(low=str(quantity.source)), Symbol(name))
            if quantity.role is Role.OUTPUT and Role.ACTIVATION in names.notation.names:
                self._lenient(spelling_of(names.quantity(quantity._replace(role=Role.ACTIVATION))), Symbol(name))
        for symbol, role in ((LEARNING_RATE, Role.LEARNING_RATE), (COUNT, Role.SAMPLES)):
            if symbol in self._extra:
                self._enter_new(names.role(role), symbol)

    def _fill_samples(self, names: Names) -> None:
        """Enter what each sample has for itself."""
        if 1 < self.samples <= _MOST_SAMPLES:
            for name in filter(self._is_per_sample, names.quantities):
                for place in range(self.samples):
                    self._enter_new(names.sampled(name, str(place + 1)), of_sample(Symbol(name), place))

    def _fill_updated(self, names: Names) -> None:
        """Enter what training makes of each parameter, also with a prime."""
        if self.worked.description.training is not None:
            for parameter in self.part.network.parameters:
                written = names(parameter.name)
                for layout in (marked(names.notation, written), Prime(written)):
                    if layout != written:
                        self._enter_new(layout, updated(parameter))

    def _fill_standard(self) -> None:
        """Enter what the standard notation has under letters that the part's notation does not use."""
        names = Names(NOTATIONS["standard"], self.part.objective.quantities)
        for name, quantity in names.quantities.items():
            spelling = None if quantity.role is Role.NORM else spelling_of(names(name))
            if spelling is not None and spelling.letter not in self._own:
                for other in (spelling, *_looser(spelling)):
                    self._lenient(other, Symbol(name))

    def _enter(self, layout: Layout, symbol: Symbol) -> None:
        spelling = spelling_of(layout)
        if spelling is not None:
            self.exact.setdefault(spelling, {})[symbol] = None

    def _enter_new(self, layout: Layout, symbol: Symbol) -> None:
        if spelling_of(layout) not in self.exact:
            self._enter(layout, symbol)

    def _lenient(self, spelling: Spelling | None, symbol: Symbol) -> None:
        if spelling is not None and spelling not in self.exact:
            self.loose.setdefault(spelling, {})[symbol] = None

    def shown(self, symbols: Iterable[Symbol]) -> str:
        """Return ids in a row, as an error lists them; at most a dozen."""
        names = [symbol.name.removesuffix("@i") for symbol in symbols]
        return ", ".join(names[:_MOST_LISTED]) + (", ..." if len(names) > _MOST_LISTED else "")


_MOST_LISTED = 12
# Words that students write for functions of the catalog.
_ALSO = {"sgn": "sign", "logistic": "sigmoid", "log_2": "log2", "log_10": "log10", "log_e": "ln", "lg": "log10"}


def _looser(spelling: Spelling) -> Iterator[Spelling]:
    """Yield the spellings that leave out commas, all indices, or the mark of a layer."""
    plain = spelling.loose
    yield plain
    yield plain._replace(low="")
    if spelling.high.startswith("(") and spelling.high.count("(") == 1 and spelling.high.endswith(")"):
        yield plain._replace(high="")
        yield plain._replace(low="", high="")
