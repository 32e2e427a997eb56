"""What every description has, whatever it describes: a title, a notation, and a place in a file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeAlias

from pydantic import Field as Key
from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from symnet.catalog.notation import Notation
from symnet.catalog.notations import NOTATIONS
from symnet.description.checking import Check, flaws
from symnet.description.data import Numbers
from symnet.description.fields import Exact
from symnet.description.notation import USUAL, NotationField, OwnNotation
from symnet.description.records import Named, Record, Table
from symnet.description.source import Flaw, Path, Source
from symnet.description.words import Text
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
