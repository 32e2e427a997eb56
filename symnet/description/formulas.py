"""Expressions in a description: told from names, read once, refused at the very place."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic_core import PydanticCustomError
from sympy.core.expr import Expr

from symnet.description import fields
from symnet.description.fields import (
    EMPTY_HINT,
    Error,
    Field,
    Text,
    in_small_letters,
    is_empty,
    misplaced,
    near_miss,
    refusal,
    same_but_case,
    several,
    text_of,
)
from symnet.description.source import Scalar, printable
from symnet.parsing.tokens import FormulaError

TITLE = Text(40)
"""What an activation or a loss of one's own may be called."""

_PATTERN = r"[A-Za-z_]\w*(?:[- ][A-Za-z_]\w*)*"
_FLOW = "Inside [ ] and { } a comma ends a value: put the expression in quotes."


def expression(value: object, scope: Container[str], known: Iterable[str]) -> Expr:
    """The expression that stands somewhere, in names of the scope; ``known`` are those that an error lists.

    Raises:
        PydanticCustomError: If it is none, with the place in it.
    """
    from symnet.parsing import formula

    text = expression_text(value)
    try:
        return formula.read(text, scope, known)
    except formula.FormulaError as error:
        raise expression_refusal(value, error) from error


def expression_refusal(value: object, error: FormulaError) -> PydanticCustomError:
    """The error for what stands somewhere and is no expression, with the place in it."""
    text = error.text
    torn = isinstance(value, Scalar) and value.plain and text.count("(") > text.count(")")
    hint = f"{error.hint} {_FLOW}" if torn else error.hint
    return refusal(error.allowed, hint, error.found, error.excerpt, error.position)


def expression_text(value: object) -> str:
    """The text of an expression; a number is one too."""
    text = text_of(value)
    if isinstance(text, str) and not is_empty(value):
        return text
    try:
        return fields.write_number(fields.from_python(text))
    except fields.NotANumberError as error:
        raise refusal("an expression such as x + 2*y", EMPTY_HINT if is_empty(value) else "") from error


class TitledText(str):
    """The text of an expression that has a title of its own."""

    called: str

    def __new__(cls, text: str, called: str) -> TitledText:
        """The text, with its title."""
        titled = super().__new__(cls, text)
        titled.called = called
        return titled

    def __reduce__(self) -> tuple[type[TitledText], tuple[str, str]]:
        """What copies and pickles are made from."""
        return TitledText, (str(self), self.called)


class ExpressionText(Field):
    """An expression whose names are not known yet: it is read later, when they are."""

    def read(self, value: object) -> object:
        """The value as it is written."""
        return value

    def json_schema(self) -> dict[str, Any]:
        """A text, or a number."""
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class NameOrExpression(Field):
    """A name out of a table, or an expression in variables, which it contains.

    Attributes:
        names: The names.
        variables: A pattern for the variables.
        needed: A pattern for those of which at least one has to be there.
        called: The variables in words.
        known: Some of them, for suggestions.
        synonyms: Other words for some names.
        expressions: By other names, in small letters, what has none here, as expressions.
        titled: Whether it may also be a mapping of an expression and its name.
    """

    names: tuple[str, ...]
    variables: str
    needed: str
    called: str
    known: tuple[str, ...]
    # A table has no hash, which an annotation needs.
    expressions: Mapping[str, str] = field(default_factory=dict, hash=False)
    titled: bool = False
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)

    def read(self, value: object) -> str:
        """The name, or the text of the expression; with its title if it has one."""
        if self.titled and isinstance(value, Mapping):
            return self._titled(value)
        text = text_of(value)
        if name := same_but_case(text, (*self.names, *self.synonyms)):
            return self.synonyms.get(name, name)
        allowed = f"{', '.join(self.names)}, or an expression in {self.called}"
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if self._is_name(text):
            raise refusal(allowed, self.hint(text))
        found = self._read(value)
        if not any(re.fullmatch(self.needed, symbol.name) for symbol in found.free_symbols):
            raise refusal(allowed, f"It does not depend on {self.called}.")
        return text

    def hint(self, text: str) -> str:
        """What to write instead of a word that is neither name nor expression; empty if nobody knows."""
        written = self.expressions.get(in_small_letters(text), "")
        return f"Write it as an expression: {written}." if written else near_miss(text, self.names)

    def _titled(self, mapping: Mapping[str, object]) -> str:
        """The text of an expression with its title, or everything that is wrong with the two."""
        readers = {"expression": self._expression, "name": TITLE.read}
        found: dict[str, str] = {}
        errors: list[Error] = []
        for key, value in mapping.items():
            try:
                if key in readers:
                    found[key] = readers[key](value)
                else:
                    unknown, keys = f'the unknown key "{printable(str(key))}"', tuple(readers)
                    raise misplaced(unknown, ", ".join(keys), near_miss(str(key), keys))
            except PydanticCustomError as error:
                errors.append(((str(key),), error, value))
        # A misspelt key is likely the one that is missing.
        if "expression" not in mapping and mapping.keys() <= readers.keys():
            errors.append(((), refusal("a mapping with the keys expression and name"), mapping))
        several(errors)
        name = found.get("name")
        if name in self.names:
            hint = f"For the {name} of the catalog write {name} alone."
            several([(("name",), refusal("a name that is not in the catalog", hint), mapping["name"])])
        return found["expression"] if name is None else TitledText(found["expression"], name)

    def _expression(self, value: object) -> str:
        """The text of an expression; a name of the table is none."""
        text = text_of(value)
        if text in self.names:
            raise refusal(f"an expression in {self.called}", f"It is a name: write {text} in place of the mapping.")
        return self.read(value)

    def formula(self, text: str) -> Expr | None:
        """The expression of something read; None if it is a name."""
        return None if text in self.names else _remembered(self, text)

    def json_schema(self) -> dict[str, Any]:
        """One of the names, or any text, or a mapping of a text and its title."""
        pattern = f"(^|[^A-Za-z0-9_])({self.needed})([^A-Za-z0-9_]|$)"
        text = {"type": "string", "pattern": pattern}
        sorts: list[dict[str, Any]] = [{"enum": list(self.names)}, text]
        if self.titled:
            keys = {"expression": text, "name": TITLE.json_schema()}
            mapping = {"type": "object", "properties": keys, "required": ["expression"], "additionalProperties": False}
            sorts.append(mapping)
        return {"anyOf": sorts}

    def _read(self, value: object) -> Expr:
        return expression(value, self, self.known)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and re.fullmatch(self.variables, name) is not None

    def _is_name(self, text: str) -> bool:
        """Whether a text is words of which none is a variable: a misspelt name, not an expression."""
        if not re.fullmatch(_PATTERN, text):
            return False
        return not any(word in self for word in re.split("[- ]", text))


@lru_cache(maxsize=64)
def _remembered(field: NameOrExpression, text: str) -> Expr:
    return field._read(text)
