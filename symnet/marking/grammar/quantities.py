"""The quantities that an answer names: letters with scripts, ids, and the mark of a sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple, TypeAlias

from sympy import Symbol

from symnet.limits import MOST_MEANINGS
from symnet.marking.grammar.cursor import Cursor
from symnet.marking.grammar.segments import ANY_FUNCTION, NameSegment, pieces
from symnet.marking.names import LOSSES, Spelling, Vocabulary
from symnet.marking.tokens import AnswerToken, lost_command
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

# What a name may stand for.
Meant: TypeAlias = tuple[Symbol, ...]
_SAMPLE = re.compile(r"@([0-9]{1,6})(?![0-9])")
# An index as programs write it.
_SUBSCRIPT = re.compile(r"\s{0,5}\[\s{0,5}-?[0-9]")
_INDEX = re.compile(r"_[0-9]+(?![0-9])")
# An entry of an array, with one pair of brackets or with one for each index.
_INDICES = r"\[\s{0,5}[0-9]{1,6}(?:\s{0,5},\s{0,5}[0-9]{1,6}){0,5}\s{0,5}\]"
_BRACKETED = re.compile(rf"([A-Za-z][A-Za-z0-9_]{{0,60}})\s{{0,5}}((?:{_INDICES}){{1,5}})")
_WHOLE = re.compile(r"[0-9]+")
# What is said of a constant where a name is expected.
_CONSTANTS: Mapping[str, str] = MappingProxyType({"e": "reading.constant_e", "pi": "reading.constant_pi"})
# How much of a word has to be that of a name for which it may be a slip, and how long the word has to be.
_NEAR, _SHORTEST_NEAR = 0.75, 4


class UnknownNameError(FormulaError):
    """A name that is no quantity's."""


class Found(NamedTuple):
    """A name in an answer.

    Attributes:
        meant: What it may stand for; nothing if it is no quantity's.
        spelling: How it is spelt.
        position: Where it begins.
        end: Where it ends.
    """

    meant: tuple[Symbol, ...]
    spelling: Spelling
    position: int
    end: int


class QuantityReader(Cursor):
    """Reads the names in an answer."""

    bold_names: ClassVar[bool] = False
    """Whether a bold letter is a name, as of a vector."""

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text, start, stop, vocabulary)
        self._pieces: dict[int, NameSegment | None] = {}
        # What is chosen of each name that may be several quantities; and those that came up, with what is said of them.
        self.chosen: Mapping[Meant, Symbol] = {}
        self.several: dict[Meant, FormulaError] = {}

    def read_in(self, text: str, start: int, stop: int) -> None:
        """Go on in another text.

        Args:
            text: The text.
            start: Where to go on.
            stop: Where the answer ends in it.
        """
        self.text, self.stop, self._pieces = text, stop, {}
        self.go(start)

    def quantity(self) -> Found:
        """Return the name at hand, with the mark of its sample, and go behind it.

        Raises:
            FormulaError: If there is none.
        """
        found = self._in_brackets() or self._quantity()
        mark = _SAMPLE.match(self.text, self.place, self.stop)
        if mark is None:
            return found
        self.go(mark.end())
        meant = self.vocabulary.at_sample(found.meant, int(mark[1]))
        if found.meant and not meant:
            allowed = words("reading.sample")
            hint = words("reading.samples", samples=self.vocabulary.samples)
            raise UnknownNameError(self.text, mark.start(), shown(mark[0]), allowed, hint)
        return Found(meant, found.spelling._replace(high=f"{found.spelling.high}{mark[0]}"), found.position, self.place)

    def _in_brackets(self) -> Found | None:
        """Return the entry at hand that is named by its indices in brackets, None where there is none.

        Raises:
            FormulaError: If the array has no such entry.
        """
        named = _BRACKETED.match(self.text, self.token.position, self.stop) if self.vocabulary.places else None
        if named is None:
            return None
        indices = tuple(int(index) for index in _WHOLE.findall(named[2]))
        symbol = self.vocabulary.places.get((named[1], indices))
        if symbol is None:
            known = [f"{name}{list(place)}" for name, place in self.vocabulary.places if name == named[1]]
            if not known:
                return None
            allowed = words("reading.places", first=known[0], last=known[-1])
            raise UnknownNameError(self.text, named.start(), shown(named[0]), allowed)
        self.go(named.end())
        return Found((symbol,), Spelling(named[0]), named.start(), named.end())

    def _quantity(self) -> Found:
        """Return the name at hand without the mark of its sample."""
        token = self.token
        if token.kind == "word":
            piece = self.piece(token)
            if piece.kind == "id":
                self.go(piece.end)
                return self._by_id(piece.text, token.position)
            if piece.kind == "letter":
                self.go(piece.end)
                return self.scripted(piece.text, token.position, piece.low)
            if piece.kind == "constant":
                raise self.unknown(token.position, piece.text)
        elif token.kind in ("letter", "font") or (token.kind == "bold" and self.bold_names):
            self.take()
            if token.kind == "font" and token.text in self.vocabulary.ids:
                return self._by_id(token.text, token.position)
            return self.scripted(token.text, token.position)
        elif token.kind == "accent":
            self.take()
            letter, low = self._under_accent()
            return self.scripted(f"{token.text} {letter}", token.position, low)
        raise self.error(token, words("reading.name"))

    def scripted(self, letter: str, position: int, low: str = "") -> Found:
        """Return the name that a letter begins, its scripts read: one low, and those high that are part of a name."""
        high, highs = "", self.vocabulary.highs.get(letter, frozenset())
        # The mark of a sample ends a name.
        while not self.text.startswith("@", self.place):
            start, kind = self.mark(), self.token.kind
            if kind == "low" and not low:
                low = self._index()
                continue
            if kind == "number" and not (low or high) and self._is_glued(position):
                low = self.take().text
                while index := _INDEX.match(self.text, self.place, self.stop):
                    low += index[0]
                    self.go(index.end())
                continue
            if kind in ("high", "prime") and self.token.text != "**":
                if kind == "high":
                    self.take()
                more = self._high_script()
                if self.vocabulary.samples == 1:
                    # Some courses have layers in square brackets; elsewhere these mark a sample.
                    more = more.replace("[", "(").replace("]", ")")
                if more and any(known.startswith(high + more) for known in highs):
                    high += more
                    continue
                self.back(start)
            break
        spelling = Spelling(letter, low, high)
        return Found(self.vocabulary.meant(spelling), spelling, position, self.place)

    def _by_id(self, name: str, position: int) -> Found:
        """Return the quantity with an id; with scripts behind it, the id is but the letter of another name."""
        plain = Spelling(name)
        if name in self.vocabulary.highs:
            found = self.scripted(name, position)
            if found.spelling != plain:
                return found
        return Found((self.vocabulary.ids[name],), plain, position, self.place)

    def _is_glued(self, position: int) -> bool:
        """Return whether the number at hand stands right behind a letter, as its index; a command ends in a space."""
        between = self.text[self.place : self.token.position]
        return self.token.text.isdigit() and (not between or (between == " " and self.text[position] == "\\"))

    def one(self, found: Found) -> Symbol:
        """Return what a name stands for; of several things the one that is chosen, or else the first.

        Raises:
            FormulaError: If it is nothing, or too many things.
        """
        written = self.text[found.position : found.end].strip()
        if not found.meant:
            raise self.unknown(found.position, written, found.spelling.letter)
        if len(found.meant) > 1:
            allowed = words("reading.one_quantity", quantities=self.vocabulary.shown(found.meant))
            error = FormulaError(self.text, found.position, shown(written), allowed, words("reading.layer_or_id"))
            if len(found.meant) > MOST_MEANINGS:
                raise error
            self.several.setdefault(found.meant, error)
        return self.chosen.get(found.meant, found.meant[0])

    def piece(self, token: AnswerToken) -> NameSegment:
        """Return the first of the names that a word is made of.

        Raises:
            FormulaError: If it is not made of any.
        """
        if token.text in self.vocabulary.ids and token.text not in ANY_FUNCTION:
            return NameSegment("id", token.text, token.end)
        if token.position not in self._pieces:
            self._pieces |= pieces(self.vocabulary, self.text, token.position, token.end)
        piece = self._pieces[token.position]
        if piece is None:
            raise self.unknown(token.position, token.text)
        return piece

    def is_named(self, token: AnswerToken) -> bool:
        """Return whether a word is made of names."""
        try:
            self.piece(token)
        except FormulaError:
            return False
        return True

    def unknown(self, position: int, word: str, letter: str = "") -> FormulaError:
        """Return the error for a name that is none.

        Args:
            position: Where it stands.
            word: The name as it is written.
            letter: Its letter, where the rest of it is an index.
        """
        known = [name for name in self.vocabulary.ids if "@" not in name and "/" not in name]
        allowed = words("reading.names", ids=", ".join(known[:8]))
        is_entry = _SUBSCRIPT.match(self.text, position + len(word), self.stop) is not None
        entry = words("reading.index_in_brackets") if is_entry else ""
        constant = words(_CONSTANTS[word]) if word in _CONSTANTS else ""
        hint = lost_command(self.text, position) or entry or constant or self._hint(word, letter or word, known)
        return UnknownNameError(self.text, position, shown(word), allowed, hint)

    def _hint(self, word: str, letter: str, known: list[str]) -> str:
        """Return what may be written in place of a name that is none; never what is but a little like it."""
        from difflib import get_close_matches

        output = self.vocabulary.loss_name
        example = f"d{output}/d{known[0]}"
        called = words("reading.output_called" if self.vocabulary.is_graph else "reading.loss_called", name=output)
        if word.removeprefix("d") in LOSSES:
            if self.vocabulary.meant(Spelling(word.removeprefix("d"))) or word.removeprefix("d") in known:
                return words("reading.write_with_respect_to", example=example)
            if word not in LOSSES:
                return words("reading.write_derivative", called=called, example=example)
            return words("reading.called", called=called)
        indexed = self.vocabulary.with_letter(letter)
        if indexed:
            return words("reading.which_one", quantities=self.vocabulary.shown(indexed))
        near = get_close_matches(word, [*known, *self.vocabulary.functions], n=1, cutoff=_NEAR)
        if near and len(word) >= _SHORTEST_NEAR:
            return words("reading.did_you_mean", near=near[0])
        return words("reading.products_of_names")

    def _index(self) -> str:
        """Return the index that the sign of a low script begins."""
        sign = self.take()
        script = self.script()
        if not script:
            raise FormulaError(
                self.text, sign.position, shown(self.text[sign.position : self.place]), words("reading.index")
            )
        return script

    def _high_script(self) -> str:
        if self.token.kind == "prime":
            self.take()
            return "'"
        try:
            return self.script() or ""
        except FormulaError:
            return ""

    def _under_accent(self) -> tuple[str, str]:
        """Return the letter under an accent, and the index that stands there with it."""
        opening = self.token
        braced = opening.kind == "open" and opening.text == "{"
        if braced:
            self.open()
        token, low = self.token, ""
        if token.kind == "word":
            letter = token.text if f"hat {token.text}" in self.vocabulary.highs else token.text[0]
            self.go(token.position + len(letter))
        elif token.kind in ("letter", "font"):
            letter = self.take().text
        else:
            raise self.error(token, words("reading.under_accent"))
        if braced:
            if self.token.kind == "low":
                low = self._index()
            self.close(opening)
        return letter, low
