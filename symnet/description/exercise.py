"""What every description has, whatever it describes: a title, a notation, and a place in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeAlias

from pydantic import Field as Key
from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from symnet.catalog.notation import Notation
from symnet.catalog.notations import NOTATIONS
from symnet.description.checking import Check, flaws
from symnet.description.fields import Exact, Whole
from symnet.description.notation import USUAL, NotationField, OwnNotation
from symnet.description.records import Named, Record, Table
from symnet.description.source import Flaw, Path, Source
from symnet.description.words import OneOf, Text
from symnet.errors import DescriptionError, Problem

if TYPE_CHECKING:
    from symnet.description.training import Training

CROSS_CHECK = "cross_check"
"""The pydantic error type of keys that do not fit one another."""


MOST_MARKS = 2_000

Marks: TypeAlias = Annotated[
    Table[Fraction], Named(Annotated[Fraction, Exact(least=0)], "numbers of 0 or more", MOST_MARKS)
]
"""How many marks each answer earns, by the id of what it is to; ``default`` is for all others."""

DEFAULT_MARKS = "default"


class Numbers(Record):
    """The precision of the numbers."""

    decimals: Annotated[int, Whole(1, 12)] = Key(6, description="How many decimals are shown.")
    significant: Annotated[int, Whole(1, 12)] | None = Key(
        None, description="How many significant digits are shown, instead of a number of decimals."
    )
    arithmetic: Annotated[str, OneOf(("exact", "paper"))] = Key(
        "exact", description="Exact: only what is shown is rounded. Paper: each shown value is rounded, and so used."
    )
    rounding: Annotated[str, OneOf(("half_even", "half_up"))] | None = Key(
        None, description="Where halves go; without this key up in paper arithmetic, and to the even digit in exact."
    )
    decimal_mark: Annotated[str, OneOf(("point", "comma"))] = Key(
        "point", description="What stands before the decimals on a sheet."
    )

    @property
    def half_up(self) -> bool:
        """Whether halves are rounded up, as taught at school."""
        return (self.rounding or _ROUNDING[self.arithmetic]) == "half_up"


_ROUNDING: Mapping[str, str] = MappingProxyType({"exact": "half_even", "paper": "half_up"})


def one_precision(numbers: Numbers) -> Iterator[Flaw]:
    """Yield what is wrong with numbers that ask for decimals and for significant digits."""
    if {"decimals", "significant"} <= numbers.model_fields_set and numbers.significant is not None:
        hint = "Leave out one of the two."
        yield Flaw(("numbers", "significant"), "decimals and significant", "one of the two", hint, at_key=True)


class Exercise(Record):
    """A description, of a network or of a graph."""

    title: Annotated[str, Text(200)] = Key("Backpropagation by hand", description="The title of the sheet.")
    notation: Annotated[str | OwnNotation, NotationField()] = Key(
        USUAL, description="The notation of the course: a name, a file of one's own, or what changes of another."
    )
    _source: Source = PrivateAttr(default_factory=Source)

    if TYPE_CHECKING:
        # Both sorts have these keys, each where it belongs among its others.
        at: Table[Fraction] | None = None
        marks: Marks | None = None
        training: Training | None = None
        numbers: Numbers = Numbers()

    checks: ClassVar[tuple[Check, ...]] = ()
    """What its keys demand of one another."""

    @field_validator("*", mode="after")
    @classmethod
    def _collect(cls, value: object, info: ValidationInfo) -> object:
        """Hand each key that is fine in itself to the loader, which checks it even if others are not."""
        if isinstance(info.context, dict):
            info.context[info.field_name] = value
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = tuple(flaws(dict(self), self.checks))
        if found:
            error = DescriptionError(self.source_name, tuple(self._source.problem(one) for one in found))
            raise PydanticCustomError(CROSS_CHECK, "{sentences}", {"sentences": str(error)})
        return self

    @property
    def profile(self) -> Notation:
        """How quantities are written."""
        return self.notation.notation if isinstance(self.notation, OwnNotation) else NOTATIONS[self.notation]

    @property
    def source_name(self) -> str:
        """The name of the file that this was read from."""
        return self._source.name

    def problem(self, path: Path, found: str, allowed: str, hint: str = "") -> Problem:
        """A problem at a path of keys and 0-based indices, with its place in the file."""
        return self._source.problem(Flaw(path, found, allowed, hint))
