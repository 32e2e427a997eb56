"""From a file, a text or a mapping to a ``Description``, or to all of its problems at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from symnet.description.arrays import plain_values
from symnet.description.fields import Record, RecordType
from symnet.description.network import Description, Exercise
from symnet.description.notation_files import with_notation_of
from symnet.description.problems import first_problems, problems, record_problems
from symnet.description.sorts import Root, sort_of
from symnet.description.source import Source, printable
from symnet.description.tree import content_of, mapping_in
from symnet.errors import DescriptionError, Problem
from symnet.limits import DEEPEST_VALUES

# A longer text with a key and a value in it is a description, not the name of one.
_LONGEST_NAME = 255

_ALLOWED = f"a mapping with the keys {', '.join(Description.model_fields)}, or with the key graph"


def load(source: str | os.PathLike[str] | Mapping[str, object] | Exercise) -> Exercise:
    """The description in a file (a text is always a path) or in a mapping: of a graph if it has the key ``graph``.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    if isinstance(source, Exercise):
        return source
    if isinstance(source, Mapping):
        plain = _plain(source)
        return _validated(plain, Source(tree=plain), [], Path())
    name = _path(source)
    return _read(content_of(name), printable(name, 500), Path(name).parent)


def _path(source: object) -> str:
    """The path that something is; a text of several lines is none, and neither is a list."""
    allowed, hint = (
        "the path of a file, or a mapping",
        "Save the text in a file, or pass what yaml.safe_load makes of it.",
    )
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        if isinstance(name, str) and "\n" not in name and not (len(name) > _LONGEST_NAME and ": " in name):
            return name
        raise DescriptionError("description", (Problem("", "a text that is no path", allowed, hint),))
    raise DescriptionError("description", (Problem("", f"a value of the type {type(source).__name__}", allowed),))


def load_text(text: str | bytes, name: str) -> Exercise:
    """The description in a text: JSON if the name ends in ``.json``, YAML if not.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    return _read(text, name, Path(name).parent)


def load_changed(description: Exercise, tree: Mapping[str, object]) -> Exercise:
    """The description in a tree of values that was made from that of another one, with the same name and folder.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    name = description.source_name
    return _validated(dict(tree), Source(name, tree), [], Path(name).parent)


def _read(text: str | bytes, name: str, folder: Path) -> Exercise:
    root, repeated = mapping_in(text, name, _ALLOWED, "Write lines such as inputs: 2.")
    return _validated(root, Source(name, root), repeated, folder)


def made(kind: type[Record], /, **values: object) -> Record:
    """A record made in Python: a description as it is read from a mapping, or a part of one by itself.

    Args:
        kind: What it is; of descriptions, the sort that its values ask for, if that is one of this kind.
        values: What it says, by the names of its fields or by its keys.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    keys = {name: of.alias or name for name, of in kind.model_fields.items()}
    plain = _plain({keys.get(name, name): value for name, value in values.items()})
    if issubclass(kind, Exercise):
        # It reads no file: a notation that stands in one is refused.
        return _of_sort(_sort_within(kind, plain), plain, Source(tree=plain), [])
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        source = Source(kind.__name__, plain)
        raise DescriptionError(source.name, first_problems(record_problems(error, kind, source))) from None


RecordType.make = made


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    """A mapping with plain values alone.

    Raises:
        DescriptionError: If they hold themselves, or are as deep as if they did.
    """
    try:
        return {key: plain_values(value) for key, value in values.items()}
    except RecursionError:
        found = "lists or mappings within one another"
        raise DescriptionError("description", (Problem("", found, f"at most {DEEPEST_VALUES} levels"),)) from None


def _validated(root: dict[Any, Any], source: Source, repeated: list[Problem], folder: Path) -> Exercise:
    """The description in a mapping; files that it names are looked for in ``folder``."""
    root, found = with_notation_of(root, source, folder)
    return _of_sort(sort_of(root), root, source, repeated + found)


def _sort_within(kind: Root, root: Mapping[Any, Any]) -> Root:
    """Which sort of description a mapping is, as long as that is one of a kind; else the kind itself."""
    sort = sort_of(root)
    return sort if issubclass(sort, kind) else kind


def _of_sort(sort: Root, root: dict[Any, Any], source: Source, repeated: list[Problem]) -> Exercise:
    clean: dict[str, object] = {}
    found = repeated
    try:
        description = sort.model_validate(root, context=clean)
    except ValidationError as error:
        found = repeated + problems(error, sort, clean, source)
    if found:
        raise DescriptionError(source.name, first_problems(found))
    description._source = source
    return description
