"""From a file, a text or a mapping to a ``Description``, or to all of its problems at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from symnet.description.events import UnreadableError, tree, unreadable
from symnet.description.exercise import Exercise
from symnet.description.graph import GraphDescription
from symnet.description.model import Description
from symnet.description.problems import Root, first_problems, problems
from symnet.description.refusal import nearest
from symnet.description.source import Source, printable
from symnet.description.syntax import json_events, yaml_events
from symnet.errors import DescriptionError, Problem

MOST_BYTES = 2_000_000

# The characters that YAML does not allow in a text. Compiling this takes longer than reading a small file, so it is
# left to texts that have anything but plain letters and line ends.
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_LINE_ENDS = str.maketrans("\t\n\r", "   ")


def load(source: str | os.PathLike[str] | Mapping[str, object] | Exercise) -> Exercise:
    """The description in a file (a text is always a path) or in a mapping: of a graph if it has the key ``graph``.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    if isinstance(source, Exercise):
        return source
    if isinstance(source, Mapping):
        return _validated(dict(source), Source(tree=source), [])
    name = os.fspath(source)
    return load_text(_read(name), printable(name, 500))


def load_text(text: str | bytes, name: str) -> Exercise:
    """The description in a text: JSON if the name ends in ``.json``, YAML if not.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    try:
        characters = _decoded(text)
        events = json_events if name.lower().endswith(".json") else yaml_events
        root, repeated = tree(events(characters))
        if not isinstance(root, dict):
            raise _no_mapping(root)
    except UnreadableError as error:
        raise DescriptionError(name, (error.problem,)) from error
    return _validated(root, Source(name, root), repeated)


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            # The size of a pipe or a device is not known before it is read.
            size, content = os.fstat(file.fileno()).st_size, b""
            if size <= MOST_BYTES:
                content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem("", printable(reason), "a file that can be read")
        raise DescriptionError(printable(name, 500), (problem,)) from error
    if max(size, len(content)) > MOST_BYTES:
        problem = Problem("", f"more than {MOST_BYTES} bytes", "a smaller file")
        raise DescriptionError(printable(name, 500), (problem,))
    return content


def _decoded(text: str | bytes) -> str:
    if len(text) > MOST_BYTES:
        raise unreadable(None, f"more than {MOST_BYTES} bytes", "a smaller file")
    try:
        characters = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        found = f"the byte 0x{error.object[error.start]:02x}"
        raise unreadable((line, column), found, "text in UTF-8", "Save the file as UTF-8.") from error
    characters = characters.removeprefix("\ufeff")
    plain = characters.isascii() and characters.translate(_LINE_ENDS).isprintable()
    if not plain and (strange := re.search(_UNPRINTABLE, characters)):
        at = strange.start()
        mark = characters.count("\n", 0, at) + 1, at - characters.rfind("\n", 0, at)
        raise unreadable(mark, f"the character U+{ord(strange[0]):04X}", "printable text")
    return characters


def _no_mapping(root: object) -> UnreadableError:
    allowed = f"a mapping with the keys {', '.join(Description.model_fields)}, or with the key graph"
    if root is None:
        return unreadable((1, 1), "an empty file", allowed)
    return unreadable((1, 1), "no mapping", allowed, "Write lines such as inputs: 2.")


def _validated(root: dict[Any, Any], source: Source, repeated: list[Problem]) -> Exercise:
    return _of_sort(GraphDescription if _is_graph(root) else Description, root, source, repeated)


def _is_graph(root: Mapping[Any, Any]) -> bool:
    """Whether a mapping describes a graph, perhaps with the key misspelt."""
    if "graph" in root:
        return True
    names = [str(key) for key in root if key not in Description.model_fields]
    return not {"layers", "loss"} & root.keys() and any(nearest(name, ("graph",)) for name in names[:_MOST_GUESSED])


# Beyond so many unknown keys it is not worth guessing what they mean.
_MOST_GUESSED = 20


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
