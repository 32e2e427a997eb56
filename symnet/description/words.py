"""What may stand at a key, words and texts: how it is read, and its part of the JSON Schema."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from symnet.description.fields import Field, text_of
from symnet.description.refusal import EMPTY_HINT, is_empty, near_miss, refusal
from symnet.description.source import Scalar


@dataclass(frozen=True)
class OneOf(Field):
    """A name out of a table."""

    names: tuple[str, ...]

    def read(self, value: object) -> str:
        """The name."""
        text = text_of(value)
        if isinstance(text, str) and text in self.names:
            return text
        hint = near_miss(text, self.names) if isinstance(text, str) else ""
        raise refusal(", ".join(self.names), hint)

    def json_schema(self) -> dict[str, Any]:
        """One of the names."""
        return {"enum": list(self.names)}


@dataclass(frozen=True)
class BiasKind(Field):
    """Whether a layer has biases: ``true``, ``false`` or ``shared``."""

    def read(self, value: object) -> object:
        """True, False or ``"shared"``."""
        if isinstance(value, bool):
            return value
        text = text_of(value)
        if text == "shared":
            return text
        if isinstance(value, Scalar) and value.plain and text in _BOOLEANS:
            return _BOOLEANS[text]
        meant = _MEANT.get(str(text).lower(), "")
        raise refusal("true, false or shared", f"Write {meant}." if meant else "")

    def json_schema(self) -> dict[str, Any]:
        """A boolean or ``"shared"``."""
        return {"enum": [True, False, "shared"]}


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
            raise refusal(allowed, "Leave out line breaks, control characters and changes of direction.")
        return text

    def json_schema(self) -> dict[str, Any]:
        """Any scalar, since all of them are text here."""
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.most}


_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
