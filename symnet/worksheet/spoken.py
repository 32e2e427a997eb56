"""Sentences in which names stand as plain text, with every name that is more than a letter as a formula."""

from __future__ import annotations

import re
import unicodedata

from symnet.document import Inline
from symnet.layout.signs import GLYPHS, GREEK
from symnet.layout.spelling import letter_of
from symnet.layout.text import write
from symnet.layout.tree import Accent, Fence, Glyph, Layout, Operator, Prime, Row, Scripts, Word
from symnet.layout.tree import Fraction as Over

_LETTERS = "A-Za-zÀ-ÖØ-öø-ž\u0370-\u03ff\u1e00-\u1effℓ"
_LOW = "₀-₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
_HIGH = "⁰¹²³⁴-⁹ᵃ-ᵛᶻ⁺"
_SMALL = rf"(?:⁽[{_HIGH}]+⁾|[{_HIGH}]+)+"
_RAISED = r"(?:\([\w+]+\)|\[[\w+]+\]|[\w+]+)+"
_LETTER = rf"[{_LETTERS}]+[\u0302-\u0304]?"
_NAME = rf"{_LETTER}(?:[{_LOW}]+(?:,[{_LOW}]+)*)?(?:{_SMALL}|\^{{{_RAISED}}})?′?"
# A derivative, or a name by itself; ordinary words are told from names afterwards.
_FORMULA = re.compile(rf"(?<![\w′])(?:∂({_NAME})/∂({_NAME})|({_NAME}))(?!\w)")
_PARTS = re.compile(rf"({_LETTER})([{_LOW},]*)(?:({_SMALL})|\^{{({_RAISED})}})?(′?)")
_INDICES = re.compile(r"\d+|[^\W\d]|\+")
_FENCED = re.compile(r"\(([^()]+)\)|\[([^\[\]]+)\]|([^()\[\]]+)")
_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
_GREEK = {GLYPHS[name].char: name for name in GREEK}


def spoken(sentence: str) -> Inline:
    """Return a sentence with its names as formulas: ``w₁₁⁽²⁾``, ``ŷ₁``, ``∂L/∂z₁``.

    Args:
        sentence: Plain text, in which names are as in a terminal.
    """
    parts: list[str | Layout] = []
    done = 0
    for found in _FORMULA.finditer(sentence):
        of, wrt, name = found.groups()
        if name is not None and not _is_name(name):
            continue
        formula = Over(_differential(of), _differential(wrt)) if name is None else _named(name)
        # What would not be the same in a terminal was no name of a formula.
        if write(formula) == unicodedata.normalize("NFC", found[0]):
            parts += [sentence[done : found.start()], formula]
            done = found.end()
    return tuple(part for part in (*parts, sentence[done:]) if part != "")


def _is_name(text: str) -> bool:
    """Return whether a text is no word: it has an index, a mark or a prime, or is a Greek letter."""
    found = _PARTS.fullmatch(text)
    if found is None or any(found.groups()[1:]) or text in _GREEK:
        return True
    plain = unicodedata.normalize("NFD", text)
    return len(plain) == 2 and plain[1] in _MARKS


def _differential(text: str) -> Layout:
    return Row((Glyph("partial"), _named(text)))


def _named(text: str) -> Layout:
    """Return a name as the formula that it is the text of."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return letter_of(text)
    letters, low, small, raised, prime = found.groups()
    base, mark = unicodedata.normalize("NFD", letters), None
    if base[-1] in _MARKS:
        base, mark = base[:-1], _MARKS[base[-1]]
    # Only a function has a prime behind a word.
    letter = Word(base) if prime and len(base) > 1 else letter_of(_GREEK.get(base, base))
    written: Layout = letter if mark is None else Accent(mark, letter)
    high = raised or unicodedata.normalize("NFKC", small or "")
    if low or high:
        written = Scripts(written, _low(low), _high(high))
    return Prime(written) if prime else written


def _low(text: str) -> Layout | None:
    items: list[Layout] = []
    for part in filter(None, text.split(",")):
        items += [Operator(",")] if items else []
        items += _indices(unicodedata.normalize("NFKC", part))
    return _beside(items)


def _high(text: str) -> Layout | None:
    """Return what stands high: marks of layers and samples, each in its brackets."""
    items: list[Layout] = []
    for found in _FENCED.finditer(text):
        round_, square, bare = found.groups()
        if bare is not None:
            items += _indices(bare)
        else:
            body = _beside(_indices(round_ or square))
            items += [] if body is None else [Fence(body, found[0][0], found[0][-1])]
    return _beside(items)


def _indices(text: str) -> list[Layout]:
    return [Operator("+") if index == "+" else letter_of(index) for index in _INDICES.findall(text)]


def _beside(items: list[Layout]) -> Layout | None:
    return None if not items else items[0] if len(items) == 1 else Row(tuple(items))
