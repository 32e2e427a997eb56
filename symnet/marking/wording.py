"""The names in an answer: letters with scripts, ids, several run together, and derivatives."""

from __future__ import annotations

from typing import NamedTuple

from sympy import Symbol

from symnet.expressions.scanner import FormulaError, shown
from symnet.marking.cursor import Cursor
from symnet.marking.segments import Piece, pieces
from symnet.marking.spelling import Spelling
from symnet.marking.tokens import Token
from symnet.marking.vocabulary import Vocabulary

IF, ELSE = ("if", "for", "when"), ("otherwise", "else")
KEYWORDS = frozenset((*IF, *ELSE))
"""The words in a value by cases."""


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


class Wording(Cursor):
    """Reads the names in an answer."""

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text, start, stop, vocabulary)
        self._pieces: dict[int, Piece | None] = {}

    def quantity(self) -> Found:
        """Return the name at hand, and go behind it.

        Raises:
            FormulaError: If there is none.
        """
        token = self.token
        if token.kind == "word":
            piece = self.piece(token)
            if piece.kind == "id":
                self.go(piece.end)
                return self._by_id(piece.text, token.position)
            if piece.kind == "letter":
                self.go(piece.end)
                return self.scripted(piece.text, token.position, piece.low)
        elif token.kind in ("letter", "font"):
            self.take()
            if token.kind == "font" and token.text in self.vocabulary.ids:
                return self._by_id(token.text, token.position)
            return self.scripted(token.text, token.position)
        elif token.kind == "accent":
            self.take()
            letter, low = self._under_accent()
            return self.scripted(f"{token.text} {letter}", token.position, low)
        raise self.error(token, "a name")

    def scripted(self, letter: str, position: int, low: str = "") -> Found:
        """Return the name that a letter begins, its scripts read: one low, and those high that are part of a name."""
        high, highs = "", self.vocabulary.highs.get(letter, frozenset())
        while True:
            start, kind = self.mark(), self.token.kind
            if kind == "low" and not low:
                low = self._index()
                continue
            if kind in ("high", "prime"):
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

    def one(self, found: Found) -> Symbol:
        """Return what a name stands for.

        Raises:
            FormulaError: If it is nothing, or several things.
        """
        written = self.text[found.position : found.end].strip()
        if not found.meant:
            raise self.unknown(found.position, written)
        if len(found.meant) > 1:
            allowed = f"a name that is one quantity's; this may be {self.vocabulary.shown(found.meant)}"
            raise FormulaError(self.text, found.position, shown(written), allowed, "Write the layer, or the id.")
        return found.meant[0]

    def piece(self, token: Token) -> Piece:
        """Return the first of the names that a word is made of.

        Raises:
            FormulaError: If it is not made of any.
        """
        if token.position not in self._pieces:
            self._pieces |= pieces(self.vocabulary, self.text, token.position, token.end)
        piece = self._pieces[token.position]
        if piece is None:
            raise self.unknown(token.position, token.text)
        return piece

    def unknown(self, position: int, word: str) -> FormulaError:
        """Return the error for a name that is none."""
        from difflib import get_close_matches

        known = [name for name in self.vocabulary.ids if "@" not in name and "/" not in name]
        near = get_close_matches(word, [*known, *self.vocabulary.functions], n=1)
        written = self.vocabulary.exact.items()
        indexed = [symbol for spelling, held in written if spelling.letter == word for symbol in held]
        hint = f'Did you mean "{near[0]}"?' if near else "Products of names may need a *."
        if indexed:
            hint = f"Write which one: {self.vocabulary.shown(indexed)}."
        allowed = f"ids ({', '.join(known[:8])}, ...), the notation's names, and functions"
        return FormulaError(self.text, position, shown(word), allowed, hint)

    def _index(self) -> str:
        """Return the index that the sign of a low script begins."""
        sign = self.take()
        script = self.script()
        if not script:
            raise FormulaError(self.text, sign.position, shown(self.text[sign.position : self.place]), "an index")
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
            raise self.error(token, "a letter under the accent")
        if braced:
            if self.token.kind == "low":
                low = self._index()
            self.close(opening)
        return letter, low
