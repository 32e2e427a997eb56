"""The words of a value by cases, in every language that sheets are printed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.text.languages import DEFAULT_LANGUAGE, LANGUAGES

IF, OTHERWISE = "if", "otherwise"
# What sheets print, and what people write instead.
_KEYS = {IF: ("formula.if", "reading.if_words"), OTHERWISE: ("formula.otherwise", "reading.otherwise_words")}


class Keyword(NamedTuple):
    """A word of a value by cases.

    Attributes:
        kind: :data:`IF` or :data:`OTHERWISE`.
        end: Where it ends in the text.
        is_plain: Whether it is no name in any exercise, as the English ones are none.
    """

    kind: str
    end: int
    is_plain: bool


def _kinds(*languages: str) -> Mapping[str, str]:
    """Return each word or phrase of some languages with what it says."""
    return MappingProxyType(
        {
            phrase: kind
            for name in languages
            for kind, keys in _KEYS.items()
            for key in keys
            for phrase in LANGUAGES[name].SENTENCES[key].split("|")
        }
    )


_KINDS = _kinds(*LANGUAGES)
_PLAIN = frozenset(_kinds(DEFAULT_LANGUAGE))
# The longest phrase comes first, with room of any width between its words.
_PHRASE = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, _KINDS), key=len, reverse=True))})(?![A-Za-z0-9_])".replace("\\ ", "[ ]{1,5}")
)


def keyword_at(text: str, position: int, stop: int) -> Keyword | None:
    """Return the word of a value by cases that begins at a place; None where there is none.

    Args:
        text: The answer.
        position: The place.
        stop: Where the answer ends.
    """
    found = _PHRASE.match(text, position, stop)
    return None if found is None else _keyword(found[0], found.end())


def keyword_of(phrase: str, end: int) -> Keyword | None:
    """Return the word of a value by cases that stands in an upright font; None for anything else.

    Args:
        phrase: What stands there.
        end: Where its command ends.
    """
    return _keyword(phrase, end) if " ".join(phrase.split()) in _KINDS else None


def _keyword(phrase: str, end: int) -> Keyword:
    name = " ".join(phrase.split())
    return Keyword(_KINDS[name], end, name in _PLAIN)
