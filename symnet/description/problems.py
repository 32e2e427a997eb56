"""Problems with their places, out of the errors that pydantic finds in a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from symnet.description.checks import MOST_FLAWS, flaws
from symnet.description.model import (
    CROSS_CHECK,
    Data,
    Description,
    Layer,
    LayerParameters,
    LossChoice,
    Numbers,
    Training,
)
from symnet.description.refusal import EMPTY_HINT, REFUSAL, is_empty, near_miss, nearest
from symnet.description.source import Path, Source, describe, printable
from symnet.errors import Problem

MOST_PROBLEMS = 50

_RECORDS: dict[Path, type[BaseModel]] = {
    (): Description,
    ("layers",): Layer,
    ("loss",): LossChoice,
    ("data",): Data,
    ("parameters",): LayerParameters,
    ("training",): Training,
    ("numbers",): Numbers,
}


def problems(error: ValidationError, clean: Mapping[str, object], source: Source) -> list[Problem]:
    """A problem for each key that is wrong in itself, and for each misfit among the clean ones."""
    details = error.errors(include_url=False)[:MOST_FLAWS]
    misspelt = {_meant(detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"}
    structural = [
        _problem(detail, source)
        for detail in details
        if detail["type"] != CROSS_CHECK and not (detail["type"] == "missing" and detail["loc"] in misspelt)
    ]
    return structural + [source.problem(*flaw) for flaw in flaws(clean)]


def first_problems(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in file order; past the first fifty, one that counts the rest."""
    ordered = sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0))
    rest = ordered[MOST_PROBLEMS:]
    if not rest:
        return tuple(ordered)
    count = "many" if len(ordered) >= MOST_FLAWS else str(len(rest))
    more = Problem("", f"{count} more problems", "none", "", rest[0].line, rest[0].column)
    return (*ordered[:MOST_PROBLEMS], more)


def _meant(path: Path) -> Path:
    """The path with its misspelt last key put right, if it can be guessed."""
    return (*path[:-1], nearest(str(path[-1]), tuple(_fields(path[:-1]))))


def _problem(detail: ErrorDetails, source: Source) -> Problem:
    path: Path = detail["loc"]
    say = _SAYINGS.get(detail["type"], _as_pydantic_says)
    return source.problem(path, *say(detail, path), at_key=detail["type"] == "extra_forbidden")


Saying: TypeAlias = tuple[str, str, str]
"""What was found, what is allowed, and a hint."""


def _refused(detail: ErrorDetails, _: Path) -> Saying:
    context = detail["ctx"]
    return describe(detail["input"]), context["allowed"], context["hint"]


def _missing(_: ErrorDetails, path: Path) -> Saying:
    key = _fields(path[:-1])[str(path[-1])]
    return "nothing", f'a value for the key "{path[-1]}"', str(key.description)


def _unknown(_: ErrorDetails, path: Path) -> Saying:
    known = tuple(_fields(path[:-1]))
    name = str(path[-1])
    return f'the unknown key "{printable(name)}"', ", ".join(known), near_miss(name, known)


def _not_a_mapping(detail: ErrorDetails, path: Path) -> Saying:
    keys = ", ".join(_fields(path))
    return (
        describe(detail["input"]),
        f"a mapping with the keys {keys}",
        EMPTY_HINT if is_empty(detail["input"]) else "",
    )


def _as_pydantic_says(detail: ErrorDetails, _: Path) -> Saying:
    return describe(detail["input"]), detail["msg"], ""


def _fields(path: Path) -> dict[str, FieldInfo]:
    """The keys of the record at a path."""
    return _RECORDS[tuple(step for step in path if isinstance(step, str))].model_fields


_SAYINGS: dict[str, Callable[[ErrorDetails, Path], Saying]] = {
    REFUSAL: _refused,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "model_type": _not_a_mapping,
    "model_attributes_type": _not_a_mapping,
}
