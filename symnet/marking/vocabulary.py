"""What an answer may name: every quantity, by its id and as its notation and a student write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from itertools import chain

from sympy import Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.functions import FUNCTIONS
from symnet.catalog.notations import NOTATIONS
from symnet.layout.tree import Fence, Glyph, Scripts, Word
from symnet.marking.foreign import LOSSES, other_letter
from symnet.marking.shortened import either
from symnet.marking.spelling import Spelling, spelling_of
from symnet.marking.values import of_sample
from symnet.marking.written import MOST_SAMPLES, Written
from symnet.objective import DATA, OBJECTIVE
from symnet.quantity import Role
from symnet.worked import Part, Worked

_LOSSES = frozenset((Role.LOSS, Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.DATA_LOSS))


class Vocabulary(Written):
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
        own = [*network.inputs, *network.targets, *network.parameters, *network.nodes, *objective.constants]
        own += [derivation.symbol for derivation in self.part.gradient.adjoints.values()]
        plain = {symbol.name: symbol for symbol in own}
        plain |= {node.symbol.name: node.symbol for node in (*objective.penalty, *objective.nodes)}
        found = {name: symbol for name, symbol in plain.items() if not name.endswith("@i")}
        found |= {symbol.name: symbol for symbol in self.extra if symbol.name not in found}
        if 1 < self.samples <= MOST_SAMPLES:
            for name, symbol in plain.items():
                if self.is_per_sample(name):
                    found |= {one.name: one for one in (of_sample(symbol, place) for place in range(self.samples))}
        return found

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
        return found | {name.lower(): of for name, of in found.items() if name.lower() not in found} | _ALSO

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
        given, training = self.part.given, self.worked.description.training
        held = [] if given is None else [given.parameters, given.constants, *given.rows]
        rate = None if training is None else training.learning_rate
        return frozenset(abs(number) for one in held for number in one.values()) | {abs(rate or Fraction(0))}

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


# Words that students write for functions of the catalog.
_ALSO = {
    "sgn": "sign", "logistic": "sigmoid", "sig": "sigmoid", "sigm": "sigmoid",
    "log_2": "log2", "log_10": "log10", "log_e": "ln", "lg": "log10",
}  # fmt: skip
