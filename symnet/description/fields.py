"""What may stand at a key, numbers and lists: how it is read, and its part of the JSON Schema.

Each class is an annotation for pydantic. YAML resolves nothing: a value arrives as a ``Scalar`` with its text
and is read here as what the key expects.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from symnet.description import number
from symnet.description.refusal import EMPTY_HINT, is_empty, refusal
from symnet.description.source import Scalar, printable


def text_of(value: object) -> object:
    """The text of what is written in a file; a Python value as it is."""
    return value.text if isinstance(value, Scalar) else value


def _number(value: object, allowed: str) -> Fraction:
    try:
        return number.from_python(text_of(value))
    except number.NotANumberError as error:
        raise refusal(allowed, str(error)) from error


@dataclass(frozen=True)
class Field(ABC):
    """Something that is read from a scalar or from a Python value."""

    @abstractmethod
    def read(self, value: object) -> object:
        """The value, or the error that says what may stand there."""

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """What an editor accepts there."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.json_schema()


@dataclass(frozen=True)
class Exact(Field):
    """An exact number within bounds; ``above`` and ``below`` are themselves left out."""

    least: int | None = None
    above: int | None = None
    most: int | None = None
    below: int | None = None

    def read(self, value: object) -> Fraction:
        """The number as a fraction."""
        exact = _number(value, number.ALLOWED)
        fits = (
            self.least is None or exact >= self.least,
            self.above is None or exact > self.above,
            self.most is None or exact <= self.most,
            self.below is None or exact < self.below,
        )
        if not all(fits):
            raise refusal(f"a number {self.range}")
        return exact

    @property
    def range(self) -> str:
        """Its bounds in words: ``from 0 to 1``, ``of at least 0 and below 1``."""
        if self.least is not None and self.most is not None:
            return f"from {self.least} to {self.most}"
        return " and ".join(f"{word} {bound}" for word, _, bound in self._bounds())

    def json_schema(self) -> dict[str, Any]:
        """A number, or a text in the grammar of numbers."""
        bounds = {key: bound for _, key, bound in self._bounds()}
        sign = "^" if self.least is None and self.above is None else "^(?!-)"
        return {"anyOf": [{"type": "number", **bounds}, {"type": "string", "pattern": f"{sign}{number.PATTERN}$"}]}

    def _bounds(self) -> list[tuple[str, str, int]]:
        """Each bound in words, as JSON Schema calls it, and as a number."""
        named = (
            ("of at least", "minimum", self.least),
            ("above", "exclusiveMinimum", self.above),
            ("of at most", "maximum", self.most),
            ("below", "exclusiveMaximum", self.below),
        )
        return [(word, key, bound) for word, key, bound in named if bound is not None]


@dataclass(frozen=True)
class Whole(Field):
    """A whole number in a range, both ends included."""

    least: int
    most: int

    def read(self, value: object) -> int:
        """The number as an int."""
        allowed = f"a whole number {self.range}"
        exact = _number(value, allowed)
        if exact.denominator != 1 or not self.least <= exact <= self.most:
            raise refusal(allowed)
        return int(exact)

    @property
    def range(self) -> str:
        """Its bounds in words: ``from 2 to 20``."""
        return f"from {self.least} to {self.most}"

    def json_schema(self) -> dict[str, Any]:
        """An integer in the range, or a text in the grammar of numbers."""
        whole = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"anyOf": [whole, {"type": "string", "pattern": f"^{number.PATTERN}$"}]}


def _as_list(value: object) -> str:
    """What to do about something that stands where a list is to stand."""
    if isinstance(value, Mapping):
        return "Put a dash before each entry, or all of them in [ ]."
    return (
        f"Write [{printable(value)}]."
        if isinstance(value, str) and re.fullmatch(r"[\w.+-]+( *, *[\w.+-]+)+", value)
        else ""
    )


@dataclass(frozen=True)
class Entries:
    """A list of so many entries; ``alone`` lets its only entry stand for it."""

    least: int
    most: int
    alone: bool = False

    def check(self, value: object) -> object:
        """The list, if it is one of the right length."""
        # pydantic's own length limits count only the entries that are fine.
        if not isinstance(value, list | tuple):
            if self.alone and not is_empty(value):
                return [value]
            raise refusal("a list", EMPTY_HINT if is_empty(value) else _as_list(text_of(value)))
        if not self.least <= len(value) <= self.most:
            raise refusal(f"a list of {self.least} to {self.most} entries")
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        entries = {**handler(schema), "minItems": self.least, "maxItems": self.most}
        return {"anyOf": [entries["items"], entries]} if self.alone else entries
