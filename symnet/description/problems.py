"""Problems with their places, out of the errors that pydantic finds in a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from symnet.description.aliases import ALIASES
from symnet.description.fields import (
    EMPTY_HINT,
    MISPLACED,
    REFUSAL,
    Record,
    in_small_letters,
    is_empty,
    near_miss,
    nearest,
    question,
    same,
)
from symnet.description.flaws import flaws
from symnet.description.network import CROSS_CHECK, Description, Exercise
from symnet.description.sorts import Root
from symnet.description.source import Flaw, KeyPath, Source, describe, printable
from symnet.errors import Problem
from symnet.limits import MOST_FLAWS, MOST_PROBLEMS


def problems(error: ValidationError, root: Root, clean: Mapping[str, object], source: Source) -> list[Problem]:
    """A problem for each key that is wrong in itself, and for each misfit among the clean ones."""
    found = (*_structural(error, root), *flaws(_settled(root, clean, source), root.checks))
    return [source.problem(flaw) for flaw in found]


def record_problems(error: ValidationError, kind: type[Record], source: Source) -> list[Problem]:
    """A problem for each key of a record that is wrong in itself."""
    return [source.problem(flaw) for flaw in _structural(error, kind)]


def _structural(error: ValidationError, kind: type[Record]) -> list[Flaw]:
    details = error.errors(include_url=False)[:MOST_FLAWS]
    misspelt = {_meant(kind, detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"}
    return [
        _flaw(detail, kind)
        for detail in details
        if detail["type"] != CROSS_CHECK and not (detail["type"] == "missing" and detail["loc"] in misspelt)
    ]


def first_problems(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in file order; past the first fifty, one that counts the rest."""
    ordered = sorted(found, key=lambda problem: problem.order)
    rest = ordered[MOST_PROBLEMS:]
    if not rest:
        return tuple(ordered)
    count = "many" if len(ordered) >= MOST_FLAWS else str(len(rest))
    more = Problem("", f"{count} more problems", "none", "", rest[0].line, rest[0].column, file=rest[0].file)
    return (*ordered[:MOST_PROBLEMS], more)


def _settled(root: Root, clean: Mapping[str, object], source: Source) -> dict[str, object]:
    """The keys that are fine in themselves, and the defaults of those that are not given."""
    written = source.tree if isinstance(source.tree, Mapping) else {}
    absent = {key: of for key, of in root.model_fields.items() if key not in written and not of.is_required()}
    return {**{key: of.get_default() for key, of in absent.items()}, **clean}


def _meant(root: type[Record], path: KeyPath) -> KeyPath:
    """The path with its misspelt last key put right, if it can be guessed."""
    return (*path[:-1], nearest(str(path[-1]), tuple(_fields(root, path[:-1]))))


def _flaw(detail: ErrorDetails, root: type[Record]) -> Flaw:
    path: KeyPath = detail["loc"]
    say = _SAYINGS.get(detail["type"], _as_pydantic_says)
    return say(detail, path, root)


def _refused(detail: ErrorDetails, path: KeyPath, _: type[Record]) -> Flaw:
    said = detail["ctx"]
    found = said["found"] if "found" in said else describe(detail["input"])
    return Flaw(path, found, said["allowed"], said["hint"], said.get("excerpt", ""), said.get("position"))


def _misplaced(detail: ErrorDetails, path: KeyPath, _: type[Record]) -> Flaw:
    said = detail["ctx"]
    return Flaw(path, said["found"], said["allowed"], said["hint"], at_key=True)


def _missing(_: ErrorDetails, path: KeyPath, root: type[Record]) -> Flaw:
    key = _fields(root, path[:-1])[str(path[-1])]
    return Flaw(path, "nothing", f'a value for the key "{path[-1]}"', str(key.description))


def _unknown(_: ErrorDetails, path: KeyPath, root: type[Record]) -> Flaw:
    known = tuple(_fields(root, path[:-1]))
    name = str(path[-1])
    other_names = ALIASES.get(in_small_letters(name), ())
    hint = (
        _mistyped(name, known)
        or question(same(name, known))
        or _elsewhere((name,), path, root)
        or near_miss(name, known)
        or _elsewhere(other_names, path, root)
    )
    if issubclass(root, Exercise) and root.sort == "graph" and len(path) == 1 and name in Description.model_fields:
        hint = "It belongs to a network, and this is a graph."
    elif root is Description and len(path) == 1 and name in _GRAPH_WORDS:
        hint = "It belongs to a computation graph, under the key graph."
    return Flaw(path, f'the unknown key "{printable(name)}"', ", ".join(known), hint, at_key=True)


def _mistyped(name: str, known: tuple[str, ...]) -> str:
    """What to do about a key that YAML has read with the sign before or behind it; empty if it is no such one."""
    if name.startswith("-") and name.lstrip("-{[ ") in {*known, "units"}:
        return "Put a space behind the dash."
    key, colon, rest = name.partition(":")
    if colon and rest and (key.strip("\"'") in known or same(key, known)):
        return f"Put a space behind the colon: {printable(key)}: {printable(rest)}"
    return ""


def _elsewhere(names: Iterable[str], path: KeyPath, root: type[Record]) -> str:
    """Where the first of some keys belongs that stands somewhere else; empty if none does."""
    records: dict[str, type[BaseModel]] = {"": root} if len(path) > 1 else {}
    for key, field in root.model_fields.items():
        if (record := _record_in(field.annotation)) is not None:
            records[key] = record
    places = ((name, key) for name in names for key, record in records.items() if name in record.model_fields)
    name, key = next(places, ("", ""))
    return f'Did you mean "{name}", {f"under {key}" if key else "at the top of the file"}?' if name else ""


_GRAPH_WORDS = ("nodes", "output")


def _not_a_mapping(detail: ErrorDetails, path: KeyPath, root: type[Record]) -> Flaw:
    fields = _fields(root, path)
    keys = ", ".join(fields)
    needed = ", ".join(f"{key}: ..." for key, of in fields.items() if of.is_required())
    hint = EMPTY_HINT if is_empty(detail["input"]) else f"Write {{{needed}}}." if needed else ""
    return Flaw(path, describe(detail["input"]), f"a mapping with the keys {keys}", hint)


def _as_pydantic_says(detail: ErrorDetails, path: KeyPath, _: type[Record]) -> Flaw:
    return Flaw(path, describe(detail["input"]), detail["msg"])


def _fields(root: type[Record], path: KeyPath) -> dict[str, FieldInfo]:
    """The keys of the record at a path."""
    record: type[BaseModel] = root
    for step in path:
        # What is drawn stands under any names.
        if isinstance(step, str) and step in record.model_fields:
            record = _record_in(record.model_fields[step].annotation) or record
    return {of.alias or name: of for name, of in record.model_fields.items()}


def _record_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """The record that an annotation speaks of, by itself or within a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _record_in(part))), None)


_SAYINGS: dict[str, Callable[[ErrorDetails, KeyPath, type[Record]], Flaw]] = {
    REFUSAL: _refused,
    MISPLACED: _misplaced,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "model_type": _not_a_mapping,
    "model_attributes_type": _not_a_mapping,
}
