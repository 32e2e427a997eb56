"""The options of a catalog entry: how one is read, where it belongs, and which values it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from pydantic_core import PydanticCustomError

from symnet.catalog.options import Option
from symnet.description.fields import (
    Exact,
    Field,
    Whole,
    misplaced,
    refusal,
    text_of,
)
from symnet.text.say import words


class CatalogEntry(Protocol):
    """What all entries of the catalog that take options have."""

    @property
    def name(self) -> str:
        """Its name in a description."""

    @property
    def options(self) -> tuple[Option, ...]:
        """What may be chosen of it."""


@dataclass(frozen=True)
class OptionValue(Field):
    """The value of an option of some entry of a table."""

    name: str
    # A table of the catalog has no hash, which an annotation needs.
    table: Mapping[str, CatalogEntry] = field(hash=False)

    def read(self, value: object) -> Fraction | str:
        """The number, or one of the few values that are choices."""
        option = _known(self.name, self.table)[0]
        if not option.choices:
            return Fraction(number_of(option).read(value))
        text = str(text_of(value))
        if text not in option.choices:
            raise refusal(", ".join(option.choices))
        return text

    def json_schema(self) -> dict[str, Any]:
        """A number, or one of the choices."""
        option = _known(self.name, self.table)[0]
        if not option.choices:
            return number_of(option).json_schema()
        return {"enum": [*option.choices, *(int(choice) for choice in option.choices if choice.isdigit())]}


def number_of(option: Option) -> Exact | Whole:
    """What may stand at an option that is a number; wherever it is named, it has the same range."""
    least, most = (None if end is None else int(end) for end in (option.least, option.most))
    if option.whole and least is not None and most is not None:
        return Whole(least, most)
    return Exact(
        least=None if option.above else least,
        above=least if option.above else None,
        most=None if option.below else most,
        below=most if option.below else None,
    )


def meaning(name: str, table: Mapping[str, CatalogEntry]) -> str:
    """The description of an option for an editor: what it is, and of what."""
    owners = " and ".join(_owners(name, table))
    said = words(_known(name, table)[0].said)
    return f"{said[0].upper()}{said[1:]}, for {owners}."


def fitting(name: str, value: Any, kind: str, table: Mapping[str, CatalogEntry]) -> Any:  # noqa: ANN401
    """``value``, if the entry ``kind`` has an option of this name.

    Raises:
        PydanticCustomError: If the entry has no such option.
    """
    option = next((option for option in options_of(kind, table) if option.name == name), None)
    if option is None:
        raise not_taken(f'the option "{name}"', kind, table, _owners(name, table))
    return value


def not_taken(found: str, kind: str, table: Mapping[str, CatalogEntry], owners: tuple[str, ...]) -> PydanticCustomError:
    """The error for an option, or a state, of another entry."""
    names = ", ".join(option.name for option in options_of(kind, table)) or "none"
    whose = kind if kind in table else "an expression"
    return misplaced(found, f"the options of {whose}: {names}", f"It belongs to {' and '.join(owners)}.")


def options_of(kind: str, table: Mapping[str, CatalogEntry]) -> tuple[Option, ...]:
    """The options of an entry; an expression has none."""
    return table[kind].options if kind in table else ()


def chosen(kind: str, table: Mapping[str, CatalogEntry], record: object) -> dict[str, Any]:
    """Each option of an entry by name, as ``record`` has it, or else at its default."""
    values = {option.name: (option, getattr(record, option.name)) for option in options_of(kind, table)}
    return {name: option.default if value is None else value for name, (option, value) in values.items()}


def _known(name: str, table: Mapping[str, CatalogEntry]) -> tuple[Option, ...]:
    return tuple(option for entry in table.values() for option in entry.options if option.name == name)


def _owners(name: str, table: Mapping[str, CatalogEntry]) -> tuple[str, ...]:
    return tuple(entry.name for entry in table.values() if any(option.name == name for option in entry.options))
