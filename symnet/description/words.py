"""What may stand at a key, words and texts: how it is read, and its part of the JSON Schema."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from symnet.description.fields import Field, Whole, text_of
from symnet.description.refusal import EMPTY_HINT, is_empty, near_miss, refusal, same_but_case
from symnet.description.source import Scalar


@dataclass(frozen=True)
class OneOf(Field):
    """A name out of a table."""

    names: tuple[str, ...]

    def read(self, value: object) -> str:
        """The name."""
        text = text_of(value)
        if name := same_but_case(text, self.names):
            return name
        hint = near_miss(text, self.names) if isinstance(text, str) else ""
        raise refusal(", ".join(self.names), hint)

    def json_schema(self) -> dict[str, Any]:
        """One of the names."""
        return {"enum": list(self.names)}


NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_]{0,39}$"
"""What names in expressions are made of."""


class Name(Field):
    """The name of an input or a node of a graph."""

    def read(self, value: object) -> str:
        """The name."""
        from symnet.expressions import formula

        allowed = "a name of at most 40 letters, digits and underscores that starts with a letter"
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if text in formula.RESERVED:
            raise refusal(allowed, f'"{text}" is a word of expressions: take another name.')
        if not formula.is_name(text):
            joined = text.replace("-", "_").replace(" ", "_")
            raise refusal(allowed, f"Write {joined}." if formula.is_name(joined) else "")
        return text

    def json_schema(self) -> dict[str, Any]:
        """A text in the grammar of names."""
        return {"type": "string", "pattern": NAME_PATTERN}


@dataclass(frozen=True)
class WholeOr(Field):
    """A whole number in a range, or one of some words."""

    whole: Whole
    words: tuple[str, ...]

    def read(self, value: object) -> int | str:
        """The number as an int, or the word."""
        text = text_of(value)
        if word := same_but_case(text, self.words):
            return word
        try:
            return self.whole.read(value)
        except PydanticCustomError as error:
            said = error.context or {}
            raise refusal(f"{', '.join(self.words)}, or {said['allowed']}", said["hint"]) from error

    def json_schema(self) -> dict[str, Any]:
        """One of the words, or a whole number."""
        return {"anyOf": [{"enum": list(self.words)}, *self.whole.json_schema()["anyOf"]]}


@dataclass(frozen=True)
class Flag(Field):
    """``true`` or ``false``, or one of some words besides."""

    words: tuple[str, ...] = ()

    def read(self, value: object) -> object:
        """True, False or the word."""
        if isinstance(value, bool):
            return value
        text = text_of(value)
        if word := same_but_case(text, self.words):
            return word
        if isinstance(value, Scalar) and value.plain and text in _BOOLEANS:
            return _BOOLEANS[text]
        meant = _MEANT.get(str(text).lower(), "")
        allowed = ", ".join(("true", "false", *self.words))
        raise refusal(" or ".join(allowed.rsplit(", ", 1)), f"Write {meant}." if meant else "")

    def json_schema(self) -> dict[str, Any]:
        """A boolean, or one of the words."""
        return {"enum": [True, False, *self.words]}


_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_MEANT = {
    **dict.fromkeys(("no", "off", "n", "0", "none"), "false"),
    **dict.fromkeys(("yes", "on", "y", "1"), "true"),
    **{word: f"{word}, without quotes" for word in ("true", "false")},
}


@dataclass(frozen=True)
class Text(Field):
    """One line of text; whatever YAML might take for something else stays text."""

    most: int

    def read(self, value: object) -> str:
        """The text."""
        allowed = f"one line of text, at most {self.most} characters"
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        # A folded text ends with the break after its last line.
        text = text.removesuffix("\n")
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise refusal(allowed, "It is blank.")
        if len(text) > self.most:
            raise refusal(allowed, f"It has {len(text)}.")
        if any(letter in _OVERRIDES or unicodedata.category(letter) in _NOT_TEXT for letter in text):
            hint = "Leave out line breaks, control characters and changes of direction."
            escaped = isinstance(value, Scalar) and not value.plain and any(letter in _ESCAPED for letter in text)
            raise refusal(allowed, f"{hint} {_SINGLE}" if escaped else hint)
        return text

    def json_schema(self) -> dict[str, Any]:
        """Any scalar, since all of them are text here."""
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.most}


# What a backslash and a letter make between double quotes, where \\theta begins with a tab.
_ESCAPED = frozenset("\a\b\t\n\v\f\r\x1b")
_SINGLE = "A backslash stays one between single quotes, not between double ones."
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
