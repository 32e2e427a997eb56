"""The characters that people type, as the plain ones that an answer is read from, and where each came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.layout.signs import GLYPHS

# The marks over a letter that mean something.
ACCENTS: Mapping[str, str] = MappingProxyType({"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"})
_SCRIPTS = MappingProxyType({"<sub>": "_", "<super>": "^"})


class Plain(NamedTuple):
    """A text in plain characters.

    Attributes:
        text: The text: ASCII, as far as its characters are known.
        origins: For each of its characters, and for its end, the place in the text as it was typed.
    """

    text: str
    origins: tuple[int, ...]


def plain(typed: str) -> Plain:
    """Return a text with every sign, Greek letter and script written in ASCII, as LaTeX does; what is unknown stays.

    Args:
        typed: Any text.
    """
    if typed.isascii():
        return Plain(typed, tuple(range(len(typed) + 1)))
    pieces: list[str] = []
    origins: list[int] = []
    place = 0
    while place < len(typed):
        end, written = _written(typed, place)
        pieces.append(written)
        origins += [place] * len(written)
        place = end
    return Plain("".join(pieces), (*origins, len(typed)))


def _written(typed: str, place: int) -> tuple[int, str]:
    """Return where what stands at a place ends, and how it is written."""
    char = typed[place]
    mark = _script(char)
    if mark:
        end = place + 1
        while end < len(typed) and (_script(typed[end]) == mark or _goes_on(typed, end, mark)):
            end += 1
        return end, _raised(mark, "".join(map(_level, typed[place:end])))
    apart = unicodedata.normalize("NFD", char)
    letter, marks = apart[0], list(apart[1:])
    end = place + 1
    while end < len(typed) and typed[end] in ACCENTS:
        marks.append(typed[end])
        end += 1
    if not marks:
        # Digits before a fraction make a mixed number, which is no product.
        mixed = char in _FRACTIONS and (typed[place - 1 : place].isdigit() or typed[place - 1 : place] in _FRACTIONS)
        return end, char if place and mixed else _SIGNS.get(char, char)
    if len(marks) > 1 or marks[0] not in ACCENTS or not letter.isalpha():
        return end, typed[place:end]
    return end, f"\\{ACCENTS[marks[0]]}{{{_SIGNS.get(letter, letter)}}}"


def _script(char: str) -> str:
    """Return the mark of a script for a character that is small and low or high; empty for any other."""
    return "" if char.isascii() else _SCRIPTS.get(unicodedata.decomposition(char).partition(" ")[0], "")


def _goes_on(typed: str, place: int, mark: str) -> bool:
    """Return whether a comma stands among small characters: it has no small form."""
    return typed[place] == "," and _script(typed[place + 1 : place + 2] or " ") == mark


def _level(char: str) -> str:
    """Return a small character in ordinary size."""
    large = unicodedata.normalize("NFKC", char)
    return _SIGNS.get(large, large)


def _raised(mark: str, inside: str) -> str:
    """Return a script; what stands behind the number of a layer is a script of its own."""
    layer, closing, rest = inside.partition(")")
    if mark == "^" and closing and rest and layer[:1] == "(" and layer[1:].isdigit() and rest[0] != "(":
        return f"^{{{layer})}}^{{{rest}}}"
    return f"{mark}{{{inside}}}"


# Letters that have a command of their own; a capital Alpha would be taken for an A.
_LETTERS = {sign.char: f"{sign.latex} " for sign in GLYPHS.values() if sign.latex[1:].isalpha()}
_FRACTIONS = frozenset("½¼¾⅓⅔⅛")
_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        **_LETTERS,
        **dict.fromkeys("µ", r"\mu "),
        **dict.fromkeys("ϵ", r"\epsilon "),
        **dict.fromkeys("ϕ", r"\phi "),
        **dict.fromkeys("ϑ", r"\vartheta "),
        **dict.fromkeys("−–—‐‑‒﹣", "-"),
        **dict.fromkeys("×·∙⋅•∗✕✖⊙∘⨀", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("′’ʹ", "'"),
        **dict.fromkeys("≈≃≅≐∼", r"\approx "),
        **dict.fromkeys("≥⩾", ">="),
        **dict.fromkeys("≤⩽", "<="),
        **dict.fromkeys("𝟏𝟙", r"\mathbf{1}"),
        "𝕀": r"\mathbb{I}",
        "√": r"\sqrt ",
        "‖": r"\Vert ",
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f", " "),
        **{char: f"({over}/{under})" for char, over, under in map(tuple, ("½12", "¼14", "¾34", "⅓13", "⅔23", "⅛18"))},
    }
)
