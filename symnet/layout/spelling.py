"""A name of the user's as it is printed: its letters, and behind an underscore or as digits its index or its mark."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symnet.layout.signs import GREEK
from symnet.layout.tree import ACCENTS, Accent, Glyph, Layout, Number, Operator, Row, Scripts
from symnet.quantity import Quantity, Role

_OWN = frozenset((Role.GRAPH, Role.STRENGTH))
# What tells a strength from another symbol with its letter.
_REGULARIZER = Glyph("reg", upright=True)
_NAME = re.compile(r"([A-Za-z]+)([0-9]*)((?:_[A-Za-z0-9]+)*)")
_RUNS = re.compile(r"[0-9]+|[A-Za-z]+")


def spelled(name: str) -> Layout:
    """Return ``name`` as it is printed: ``w0`` as w with the index 0, ``y_hat`` with a hat, ``hidden`` upright.

    Args:
        name: Letters, digits and underscores.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return Glyph(name, upright=True)
    letters, digits, behind = found.groups()
    base, parts = letter_of(letters), [*filter(None, (digits, *behind.split("_")))]
    mark = next((part for part in parts if part in ACCENTS), None)
    if mark is not None and base != Glyph(letters, upright=True):
        parts.remove(mark)
        base = Accent(mark, base)
    items: list[Layout] = []
    for part in parts:
        items += [Operator(",")] if items else []
        items += map(letter_of, _RUNS.findall(part))
    return Scripts(base, items[0] if len(items) == 1 else Row(tuple(items))) if items else base


def letter_of(text: str) -> Layout:
    """Return digits as a number, a letter or a Greek one by name as that letter, anything else in upright letters."""
    if text.isdigit():
        return Number(text)
    return Glyph(text) if len(text) == 1 or text in GREEK else Glyph(text, upright=True)


def own_names(quantities: Mapping[str, Quantity], taken: set[Layout]) -> dict[str, Layout]:
    """Return how each name of the user's is written; one that would look like another, in another way.

    Args:
        quantities: What each id stands for.
        taken: How other symbols are written.
    """
    found: dict[str, Layout] = {}
    for identifier, quantity in quantities.items():
        if quantity.role in _OWN:
            written = spelled(identifier)
            if written in found.values():
                written = Glyph(identifier, upright=True)
            elif written in taken:
                is_letter = isinstance(written, Glyph)
                written = Scripts(written, _REGULARIZER) if is_letter else Glyph(identifier, upright=True)
            found[identifier] = written
    return found
