r"""A letter of a notation: read by a small grammar, so that nothing else ever reaches TeX, Typst or a terminal.

A letter is a Latin one or a Greek one (``theta``, ``\theta`` or ``θ``) with at most one mark over it and perhaps bold,
or it is an upright word such as ``Loss``.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from symnet.catalog.looks import Letter
from symnet.description.fields import Field, text_of
from symnet.description.refusal import EMPTY_HINT, is_empty, near_miss, refusal
from symnet.layout.signs import GLYPHS, GREEK

LONGEST = 40
"""So many characters are looked at; ``\\boldsymbol{\\hat{\\Upsilon}}`` has 28."""

LONGEST_WORD = 12

ALLOWED = (
    r"a Latin letter, a Greek one such as theta or \theta, either of them as in \hat{y}, \bar{x} or \mathbf{w}, "
    f"or a word of 2 to {LONGEST_WORD} Latin letters such as Loss"
)

_ANSWERS = frozenset(("none", "null", "true", "false", "yes", "no", "zero"))
# So close to the name of a Greek letter: lamda and Beta are, net is not.
_CLOSE = 0.8
_MARKS = ("hat", "bar")
_BOLD = ("mathbf", "boldsymbol")
_LATIN = frozenset(string.ascii_letters)
# All formats print the curly forms; the micro sign is what a keyboard types for a mu.
_VARIANTS = MappingProxyType({r"\varepsilon": "epsilon", r"\varphi": "phi", "ϵ": "epsilon", "ϕ": "phi", "µ": "mu"})


def read_letter(text: str) -> Letter | None:
    """The letter that a text stands for; None if the grammar has no such text."""
    if len(text) > LONGEST:
        return None
    mark, bold = None, False
    command, inner = _opened(text)
    while inner:
        if command in _MARKS and mark is None:
            mark = command
        elif command in _BOLD and not bold:
            bold = True
        else:
            return None
        text = inner
        command, inner = _opened(text)
    name = _names().get(text)
    if name is not None:
        return Letter(name, mark, bold)
    return Letter(text, upright=True) if _is_word(text) and mark is None and not bold else None


def _opened(text: str) -> tuple[str, str]:
    r"""The command of ``\hat{y}``, ``\hat y`` or ``\hat\theta`` and what it stands before; two empty texts if none."""
    behind = text[1:].lstrip(string.ascii_letters) if text.startswith("\\") else ""
    command = text[1 : len(text) - len(behind)]
    if behind.startswith("{") and behind.endswith("}"):
        return command, behind[1:-1]
    return (command, behind.lstrip(" ")) if behind[:1] in {" ", "\\"} else ("", "")


@cache
def _names() -> Mapping[str, str]:
    """Every way to write a letter without a mark, and the letter's name."""
    greek = {form: name for name in sorted(GREEK) for form in (name, f"\\{name}", GLYPHS[name].char)}
    return MappingProxyType({letter: letter for letter in _LATIN} | greek | dict(_VARIANTS))


def _is_word(text: str) -> bool:
    fits = 2 <= len(text) <= LONGEST_WORD and _LATIN.issuperset(text)
    return fits and not _misread(text) and not _greek_near(text)


def _misread(text: str) -> bool:
    """Whether a word has a meaning already."""
    from symnet.expressions.formula import RESERVED

    return text in RESERVED or text.lower() in _ANSWERS


def _greek_near(text: str) -> str:
    """The Greek letter that a word was probably meant to name; empty if none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text.lower(), sorted(GREEK), 1, _CLOSE)), "")


@dataclass(frozen=True)
class LetterField(Field):
    """A letter, or one of a few words with a meaning of their own."""

    words: tuple[str, ...] = ()

    def read(self, value: object) -> Letter | str:
        """The letter, or the word."""
        allowed = ", ".join((*self.words, ALLOWED)) if self.words else ALLOWED
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if text in self.words:
            return text
        letter, near = read_letter(text), near_miss(text, self.words)
        if letter is None or (letter.upright and near):
            raise refusal(allowed, near or _hint(text))
        return letter

    def json_schema(self) -> dict[str, Any]:
        """One of the words, or a short text of letters, backslashes and braces."""
        greek = "".join(form for form in _names() if len(form) == 1 and not form.isascii())
        letter = {"type": "string", "pattern": rf"^[A-Za-z{greek}\\{{}} ]{{1,{LONGEST}}}$"}
        return {"anyOf": [{"enum": list(self.words)}, letter]} if self.words else letter


def _hint(text: str) -> str:
    """What to do about a text that is no letter: the first trouble that is found."""
    return next((hint for find in _TROUBLES if (hint := find(text))), "")


def _too_long(text: str) -> str:
    return f"It has {len(text)} characters." if len(text) > LONGEST else ""


def _escape(text: str) -> str:
    control = next((char for char in text if not char.isprintable()), "")
    if not control:
        return ""
    written = ascii(control)[1:-1]
    return f"It has the control character {written}: use single quotes, between which a backslash stays one."


def _stranger(text: str) -> str:
    strange = next((char for char in text if not char.isascii() and char not in _names()), "")
    if strange == "ℓ":
        return _ELL
    return f"U+{ord(strange):04X} is {unicodedata.name(strange, 'no letter')}." if strange else ""


def _dollar(text: str) -> str:
    return "Leave the dollar signs out." if "$" in text else ""


def _indexed(text: str) -> str:
    stem = text.rstrip("0123456789'")
    stem = stem[: min((at for sign in "_^" if (at := stem.find(sign)) >= 0), default=len(stem))]
    found = stem != text and read_letter(stem) is not None
    return "Leave indices and primes out: every symbol gets its own." if found else ""


def _word(text: str) -> str:
    if not _LATIN.issuperset(text) or len(text) < 2:
        return ""
    if _misread(text):
        return f'"{text}" is a word with a meaning of its own: take another.'
    return f'Did you mean "{near}"?' if (near := _greek_near(text)) else ""


def _command(text: str) -> str:
    if not text.startswith("\\") or not _LATIN.issuperset(text[1:]):
        return ""
    if text[1:] in (*_MARKS, *_BOLD):
        return rf"Say of which letter, as in {text}{{y}}."
    return near_miss(text, tuple(form for form in _names() if form.startswith("\\"))) if text != r"\ell" else _ELL


_ELL = "It stands for a layer: take another, such as l."

_TROUBLES: tuple[Callable[[str], str], ...] = (_too_long, _escape, _stranger, _dollar, _indexed, _word, _command)
