"""Going through a typed answer word by word: the place up to which it has been read, and back."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import NamedTuple

from symnet.limits import LONGEST_SCRIPT
from symnet.marking.decimal_commas import decimal_commas
from symnet.marking.names import Vocabulary
from symnet.marking.tokens import AnswerToken, next_token
from symnet.parsing.limits import Assembly
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

_CLOSED_BY = MappingProxyType({"(": ")", "[": "]", "{": "}", "\\{": "\\}"})
_LINE_ENDS = frozenset("\r\n")


class ReadingPlace(NamedTuple):
    """Where an answer can be read again from.

    Attributes:
        end: The end of the last word that was taken.
        nodes: How many nodes there were.
        level: How many brackets were open.
        arguments: Of how many functions the arguments were being read.
        bars: How many bars were open.
    """

    end: int
    nodes: int
    level: int
    arguments: int
    bars: int


class Cursor(Assembly):
    """Goes through an answer word by word.

    Args:
        text: The answer in plain characters.
        start: Where it begins.
        stop: Where it ends.
        vocabulary: What it may name.
    """

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text)
        self.vocabulary = vocabulary
        self.stop = stop
        self.place = start
        self.seen: AnswerToken | None = None
        # Between the arguments of a function a comma is no decimal one; between bars, a bar closes.
        self.arguments = 0
        self.bars = 0

    @property
    def token(self) -> AnswerToken:
        """The word at hand; it is not looked at before it is needed, so that the first problem is found first."""
        if self.seen is None:
            self.seen = next_token(self.text, self.place, self.stop, commas=not self.arguments)
        return self.seen

    @property
    def here(self) -> int:
        """Where the word at hand begins."""
        return self.token.position

    def take(self) -> AnswerToken:
        """Return the word at hand, and go on to the next one."""
        token = self.token
        self.go(token.end)
        return token

    def go(self, place: int) -> None:
        """Go on from a place in the text."""
        self.place, self.seen = place, None

    def mark(self) -> ReadingPlace:
        """Return where the answer can be read again from."""
        return ReadingPlace(self.place, self.nodes, self.level, self.arguments, self.bars)

    def breaks_line(self) -> bool:
        """Return whether a line ends between what was taken last and the word at hand."""
        return not _LINE_ENDS.isdisjoint(self.text[self.place : self.token.position])

    def back(self, place: ReadingPlace) -> None:
        """Go back."""
        self.go(place.end)
        _end, self.nodes, self.level, self.arguments, self.bars = place

    def open(self) -> AnswerToken:
        """Return the opening bracket at hand, and go behind it.

        Raises:
            FormulaError: If there are too many.
        """
        opening = self.take()
        self.deeper(opening.position)
        return opening

    def close(self, opening: AnswerToken) -> None:
        """Go on behind the bracket that closes ``opening``.

        Raises:
            FormulaError: If it is not at hand.
        """
        sized = "right" if opening.text.startswith("left") else ""
        closing = sized + _CLOSED_BY[opening.text.removeprefix("left")]
        if self.token.kind != "close" or self.token.text != closing:
            if self.token.kind == "end":
                allowed, missing = words("reading.closing_bracket"), words("reading.never_closed")
                raise FormulaError(self.text, opening.position, self.shown(opening), allowed, missing)
            raise self.error(self.token, words("reading.operator_or_closing", closing=closing))
        self.level -= 1
        self.take()

    def expect_no_decimals(self, opening: AnswerToken, commas: Collection[int]) -> None:
        """Refuse arguments of a function where a comma between them may as well stand before decimals.

        Args:
            opening: The bracket that they stand in.
            commas: Where the commas between them stand.

        Raises:
            FormulaError: If one does, in an exercise whose numbers have a decimal comma.
        """
        if not self.vocabulary.worked.description.decimal_comma:
            return
        start = opening.end
        place = next(
            (start + at for at in decimal_commas(self.text[start : self.token.end]) if start + at in commas), None
        )
        if place is not None:
            allowed, hint = words("reading.arguments_apart"), words("reading.decimal_arguments")
            raise FormulaError(self.text, place, shown(","), allowed, hint)

    def error(self, token: AnswerToken, allowed: str, hint: str = "") -> FormulaError:
        """Return the error for a word that may not stand where it does."""
        return FormulaError(self.text, token.position, self.shown(token), allowed, hint)

    def shown(self, token: AnswerToken) -> str:
        """Return a word as an error names it: as it stands in the answer."""
        return shown(self.text[token.position : token.end]) if token.kind != "end" else words("reading.end")

    def script(self) -> str | None:
        """Consume a plain subscript or superscript and return its text without spaces; None if there is none.

        The sign of the script has been taken.
        """
        if self.token.kind != "open":
            return self._short()
        opening = self.take()
        pieces: list[str] = []
        levels = [opening.text]
        for _ in range(LONGEST_SCRIPT):
            token = self.take()
            if token.kind == "open":
                levels.append(token.text)
            elif token.kind == "close":
                if token.text != _CLOSED_BY.get(levels.pop()):
                    return None
                if not levels:
                    bare = opening.text == "{"
                    return "".join(pieces) if bare else f"{opening.text}{''.join(pieces)}{token.text}"
            if token.text in ("{", "}"):
                continue
            if token.kind not in _PLAIN:
                return None
            pieces.append(token.text)
        return None

    def _short(self) -> str | None:
        """Return a script without braces: a number, a letter, or the first letter of a word."""
        token = self.token
        if token.kind == "word":
            self.go(token.position + 1)
            return token.text[0]
        return self.take().text if token.kind in ("number", "letter", "prime", "font") else None


# What may stand in the script of a name.
_PLAIN = frozenset(("number", "word", "letter", "font", "sign", "comma", "row", "open", "close", "prime"))
