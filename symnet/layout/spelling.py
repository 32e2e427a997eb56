"""A name that a user has given, as it is printed: its letters, and behind an underscore or as digits, its index."""

from __future__ import annotations

import re

from symnet.layout.signs import GLYPHS
from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, Scripts

# Letters that exist in no other alphabet; a capital Alpha would be taken for an A.
_GREEK = frozenset(name for name, sign in GLYPHS.items() if "Α" <= sign.char <= "ω" and sign.latex[1:].isalpha())
_NAME = re.compile(r"([A-Za-z]+)_?((?:[0-9]+|(?<=_)[A-Za-z]+)(?:_(?:[0-9]+|[A-Za-z]+))*)?")


def spelled(name: str) -> Layout:
    """Return ``name`` as it is printed: ``w0`` as w with the index 0, ``alpha`` as the letter, ``hidden`` upright.

    Args:
        name: Letters, digits and underscores.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return Glyph(name, upright=True)
    letters, index = found.groups()
    if index is None:
        return letter_of(letters) if letters == name else Glyph(name, upright=True)
    items: list[Layout] = []
    for part in index.split("_"):
        items += [Operator(",")] if items else []
        items.append(letter_of(part))
    return Scripts(letter_of(letters), items[0] if len(items) == 1 else Row(tuple(items)))


def letter_of(text: str) -> Layout:
    """Return digits as a number, a letter or a Greek one by name as that letter, anything else in upright letters."""
    if text.isdigit():
        return Number(text)
    return Glyph(text) if len(text) == 1 or text in _GREEK else Glyph(text, upright=True)
