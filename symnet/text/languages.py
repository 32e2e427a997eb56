"""The languages of sheets, one module each, and the one in which sentences are made at present."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Protocol

from symnet.text import de, en, es


class Language(Protocol):
    """What a module of a language holds."""

    @property
    def SENTENCES(self) -> Mapping[str, str]:
        """Return the template of every sentence by its key."""

    @property
    def DECIMAL_MARK(self) -> str:
        """Return what stands before decimals, ``point`` or ``comma``, where a description does not say it."""

    @property
    def HYPHENATION(self) -> str:
        """Return what TeX calls the patterns by which words are divided; empty for those that it begins with."""

    def plural(self, count: int, /) -> int:
        """Return the place of the form of a template that goes with a count."""

    def in_words(self, count: int, /) -> str:
        """Return a small count as a word, and a larger one in digits."""

    def in_digits(self, count: int, /) -> str:
        """Return a count in digits, with what stands between thousands."""

    def continued(self, text: str, /) -> str:
        """Return the beginning of a sentence as it goes on behind other words."""


LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": en, "de": de, "es": es})
"""The languages by the names that a description has for them, which are those of BCP 47."""
DEFAULT_LANGUAGE = "en"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def language() -> Language:
    """Return the language in which sentences are made at present."""
    return LANGUAGES[_current.get()]


def language_name() -> str:
    """Return the name of that language."""
    return _current.get()


def decimal_mark(name: str) -> str:
    """Return what stands before decimals in a language, ``point`` or ``comma``.

    Args:
        name: The name of the language.
    """
    return LANGUAGES[name].DECIMAL_MARK


def with_mark(number: str) -> str:
    """Return a number that stands among words, with the language's mark before its decimals.

    Args:
        number: It in digits, with a decimal point.
    """
    return number if language().DECIMAL_MARK == "point" else number.replace(".", ",")


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Make all sentences within the block in one language.

    Args:
        name: The name of the language.
    """
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)
