"""The key of the notation: a profile by name, a file, or a mapping that changes parts of a profile.

Most descriptions name a profile: what reads the rest is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from symnet.catalog.notation import Notation
from symnet.catalog.notations import NOTATIONS
from symnet.description.fields import Field, text_of
from symnet.description.records import Table
from symnet.description.refusal import EMPTY_HINT, is_empty, near_miss, refusal, same_but_case, several

USUAL = "standard"
FILE_SUFFIXES = (".yaml", ".yml", ".json")
"""A notation whose text ends so is the name of a file."""

NAMES_ALLOWED = f"{', '.join(NOTATIONS)}, or a file whose name ends in {', '.join(FILE_SUFFIXES)}"


class OwnNotation(NamedTuple):
    """A notation that changes parts of a profile.

    Attributes:
        keys: What was given.
        file: The name of the file that it was read from; empty if it stands in a description.
    """

    keys: Table[Any]
    file: str = ""

    @property
    def notation(self) -> Notation:
        """What it comes to."""
        from symnet.description.own_notation import made

        return made(self)


class NotationField(Field):
    """The name of a profile, or a mapping that starts from one and changes parts."""

    def read(self, value: object) -> str | OwnNotation:
        """The name, or the notation of one's own."""
        if isinstance(value, OwnNotation):
            return value
        if isinstance(value, Mapping):
            from symnet.description.own_notation import read_notation

            own, errors = read_notation(value)
            several(errors)
            return own
        text = text_of(value)
        if name := same_but_case(text, tuple(NOTATIONS)):
            return name
        raise refusal(f"{NAMES_ALLOWED}, or a mapping such as {{profile: {USUAL}, weight: theta}}", name_hint(value))

    def json_schema(self) -> dict[str, Any]:
        """One of the names, the name of a file, or a mapping."""
        from symnet.description.own_notation import schema

        suffixes = "|".join(suffix[1:] for suffix in FILE_SUFFIXES)
        return {"anyOf": [{"enum": list(NOTATIONS)}, {"type": "string", "pattern": rf"\.({suffixes})$"}, schema()]}


def name_hint(value: object) -> str:
    """What to do about something that names no notation."""
    if is_empty(value):
        return EMPTY_HINT
    text = text_of(value)
    if is_file(text):
        return "A file is read when the description is loaded: give that as a file or a mapping."
    return near_miss(text, tuple(NOTATIONS)) if isinstance(text, str) else ""


def is_file(name: object) -> TypeGuard[str]:
    """Whether a notation is the name of a file."""
    return isinstance(name, str) and name.lower().endswith(FILE_SUFFIXES)
