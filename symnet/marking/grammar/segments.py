"""The names that a word is made of where several are run together, as in ``2a1x2`` or ``yln(a)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symnet.layout.tree import ACCENTS
from symnet.limits import LONGEST_WRITTEN_NAME
from symnet.marking.names import Spelling, Vocabulary

_CONSTANTS = ("e", "pi")
_INDEX = re.compile(r"_?[0-9]+(?:_[0-9]+)*(?![0-9_])")
_LETTER_INDEX = re.compile(r"_([A-Za-z]+)(?![A-Za-z0-9_])")
ANY_FUNCTION = frozenset(("f", "g", "h", "phi"))
"""With a prime, any of these is the derivative of the activation at hand."""


class NameSegment(NamedTuple):
    """One of the names that a word is made of.

    Attributes:
        kind: ``id``, ``letter``, ``constant`` or ``function``.
        text: The id, the letter, the constant or the function.
        end: Where it ends in the text.
        low: The index that stands behind a letter.
    """

    kind: str
    text: str
    end: int
    low: str = ""


def pieces(vocabulary: Vocabulary, text: str, start: int, end: int) -> dict[int, NameSegment | None]:
    """Return the name at each place of a word: the longest behind which the rest is made of names, or None.

    They are found from the end on, so that it takes no longer than the word.

    Args:
        vocabulary: The names.
        text: The text that the word is in.
        start: Where the word begins.
        end: Where it ends.
    """
    found: dict[int, NameSegment | None] = {start: None}
    # The mark of a sample belongs to the last of the names; an id has it too.
    ends = {end, start + (text[start:end] + "@").index("@")}
    for place in range(end - 1, start - 1, -1):
        if text[place].isalpha():
            options = _options(vocabulary, text, place, end)
            fitting = (piece for piece in options if piece.end in ends or found.get(piece.end) is not None)
            whole = (piece for piece in fitting if _may_stand(vocabulary, piece, whole=place == start, ends=ends))
            found[place] = max(whole, key=lambda piece: piece.end, default=None)
    return found


def _may_stand(vocabulary: Vocabulary, piece: NameSegment, *, whole: bool, ends: set[int]) -> bool:
    """Return whether a name may stand among others: the letter of another course is read by itself alone."""
    return piece.text not in vocabulary.foreign or (whole and piece.end in ends)


def _options(vocabulary: Vocabulary, text: str, place: int, end: int) -> Iterator[NameSegment]:
    """Yield the names that may stand at a place of a word, of equally long ones the preferred one first."""
    rest = text[place : min(end, place + LONGEST_WRITTEN_NAME)]
    if rest in ANY_FUNCTION and text[end : end + 1] == "'":
        yield NameSegment("function", rest, end)
    for size in range(min(vocabulary.longest, len(rest)), 0, -1):
        if rest[:size] in vocabulary.ids and _ends(rest, size):
            yield NameSegment("id", rest[:size], place + size)
    for word in _CONSTANTS:
        # A constant comes before a name that would leave its index out.
        if rest.startswith(word) and _ends(rest, len(word)) and Spelling(word) not in vocabulary.exact:
            yield NameSegment("constant", word, place + len(word))
    for word in vocabulary.letters.get(rest[0], ()):
        if rest.startswith(word):
            yield from _with_index(vocabulary, word, rest, place)
    if rest in vocabulary.functions and place + len(rest) == end:
        yield NameSegment("function", rest, end)


def _with_index(vocabulary: Vocabulary, word: str, rest: str, place: int) -> Iterator[NameSegment]:
    """Yield a letter with the index behind it, or without where none follows."""
    size, letter = len(word), _letter(vocabulary, word)
    if number := _INDEX.match(rest, size):
        if _ends(rest, number.end()):
            yield NameSegment("letter", letter, place + number.end(), number[0].lstrip("_"))
    elif index := _LETTER_INDEX.match(rest, size):
        for low in (index[1], index[1][0]):
            if vocabulary.meant(Spelling(letter, low)):
                yield NameSegment("letter", letter, place + size + 1 + len(low), low)
    elif _ends(rest, size):
        yield NameSegment("letter", letter, place + size)


def _letter(vocabulary: Vocabulary, word: str) -> str:
    """Return the letter that a typed word is: with a mark over it for ``yhat``."""
    for mark in ACCENTS:
        letter = word.removesuffix(mark).removesuffix("_")
        if word != mark and word.endswith(mark) and f"{mark} {letter}" in vocabulary.highs:
            return f"{mark} {letter}"
    return word


def _ends(rest: str, size: int) -> bool:
    """Return whether a name of this many characters does not go on with digits or an index."""
    following = rest[size : size + 1]
    return not following or following.isalpha() or following == "@"
