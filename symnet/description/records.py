"""What the records of a description share: how they are built, rows of numbers, and mappings by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from symnet.description.fields import Entries, Exact, Whole, text_of
from symnet.description.refusal import EMPTY_HINT, is_empty, refusal
from symnet.description.source import printable

MOST_UNITS = 10_000
MOST_SAMPLES = 10_000
MOST_LAYERS = 50
MOST_WEIGHTS = 100_000

Value = TypeVar("Value")

_MOST_SHOWN = 6


class RowEntries(Entries):
    """A list of rows; numbers in their place are shown as the rows that they may be meant to be."""

    def check(self, value: object) -> object:
        """The list, if it is one of lists and of the right length."""
        flat = value if isinstance(value, list | tuple) else [value]
        if flat and not any(isinstance(entry, list | tuple | Mapping) or is_empty(entry) for entry in flat):
            raise refusal("a list of rows", _as_rows([str(text_of(entry)) for entry in flat]))
        return super().check(value)


def _as_rows(numbers: list[str]) -> str:
    """How some numbers are written as one row, and as one a row."""
    shown = [printable(number, 20) for number in numbers[:_MOST_SHOWN]]
    more = ["..."] if len(numbers) > _MOST_SHOWN else []
    one = f"Write [[{', '.join((*shown, *more))}]]"
    if len(numbers) == 1:
        return f"{one}."
    many = ", ".join((*(f"[{number}]" for number in shown), *more))
    return f"{one} for one row, or [{many}] for {len(numbers)} rows."


Number: TypeAlias = Annotated[Fraction, Exact()]
Row: TypeAlias = Annotated[tuple[Number, ...], Entries(1, MOST_UNITS)]
Rows: TypeAlias = Annotated[tuple[Row, ...], RowEntries(1, MOST_SAMPLES)]
Size: TypeAlias = Annotated[int, Whole(1, MOST_UNITS)]


class Record(BaseModel):
    """A part of a description: frozen, with no keys but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Table(Mapping[str, Value]):
    """A mapping that never changes, so that the record that holds it can be hashed."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Value] | None = None) -> None:
        self._entries = dict(entries or {})

    def __getitem__(self, key: str) -> Value:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"Table({self._entries})"


@dataclass(frozen=True)
class Named:
    """A mapping from names to values.

    Attributes:
        value: The annotation of a value.
        of: What the values are, for messages.
        most: How many there may be.
        least: How many there have to be.
        names: A pattern for the names, for editors; the names are checked by others.
    """

    value: Any
    of: str
    most: int
    least: int = 1
    names: str = ""

    def check(self, value: object) -> object:
        """The mapping, if it is one of the right size."""
        allowed = f"a mapping from names to {self.of}"
        if not isinstance(value, Mapping):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if not self.least <= len(value) <= self.most:
            raise refusal(f"{allowed}, {self.least} to {self.most} of them", f"It has {len(value)}.")
        return dict(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        entries = handler.generate_schema(dict[str, self.value])  # type: ignore[name-defined]
        checked = core_schema.no_info_before_validator_function(self.check, entries)
        return core_schema.no_info_after_validator_function(Table, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"propertyNames": {"pattern": self.names}} if self.names else {}
        return {**handler(schema), **names, "minProperties": self.least, "maxProperties": self.most}
