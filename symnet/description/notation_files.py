"""A notation of one's own in a file, for a description or in the place of what a description says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symnet.description.fields import MISPLACED, Error, same_but_case, text_of
from symnet.description.network import Exercise
from symnet.description.notation import NAMES_ALLOWED, OwnNotation, is_file, name_hint
from symnet.description.problems import first_problems
from symnet.description.source import Flaw, Source, describe, printable
from symnet.description.tree import content_of, mapping_in
from symnet.errors import DescriptionError, Problem
from symnet.notation.profiles import NOTATIONS
from symnet.view import Preferred


def with_notation(description: Exercise, text: str) -> Exercise:
    """The description in another notation.

    Args:
        description: Any description.
        text: The name of a profile, or of a file with a notation of one's own.

    Raises:
        DescriptionError: If there is no such notation, or with everything that is wrong with the file.
    """
    name = same_but_case(text, tuple(NOTATIONS))
    if not name and not is_file(text):
        found, hint = describe(text), name_hint(text)
        raise DescriptionError("--notation", (Problem("", found, NAMES_ALLOWED, hint),))
    chosen = name or read_notation_file(content_of(text), text)
    return description.model_copy(update={"notation": chosen})


def with_preferred(description: Exercise, preferred: Preferred) -> Exercise:
    """The description in another notation or language.

    Args:
        description: Any description.
        preferred: What takes the place of what it says.

    Raises:
        DescriptionError: As for :func:`with_notation`.
    """
    if preferred.notation is not None:
        description = with_notation(description, preferred.notation)
    if preferred.language is None:
        return description
    return description.model_copy(update={"language": preferred.language})


def read_notation_file(content: str | bytes, name: str) -> OwnNotation:
    """The notation of one's own that a file holds: a whole one, or one that starts from a profile.

    Args:
        content: What is in the file.
        name: Its name.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.
    """
    from symnet.description.notation import KEYS, read_notation

    shown, keys = printable(name, 500), ", ".join(KEYS)
    root, repeated = mapping_in(content, shown, f"a mapping with the keys {keys}", "Write lines such as loss: E.")
    own, errors = read_notation(root, whole=True, file=Path(shown).name)
    source = Source(shown, root)
    if found := [*repeated, *(source.problem(_flaw(error)) for error in errors)]:
        raise DescriptionError(shown, first_problems(found))
    return own


def _flaw(error: Error) -> Flaw:
    path, refused, value = error
    said = refused.context or {}
    found = said.get("found") or describe(value)
    return Flaw(path, found, said["allowed"], said["hint"], at_key=refused.type == MISPLACED)


def with_notation_of(root: dict[Any, Any], source: Source, folder: Path) -> tuple[dict[Any, Any], list[Problem]]:
    """A description with the file that it names as its notation read, or without the key, and what is wrong with that.

    Args:
        root: The description.
        source: Where it was read from.
        folder: Where the file is looked for; a description is not to reach files elsewhere.
    """
    name = text_of(root.get("notation"))
    if not is_file(name):
        return root, []
    path = folder / name
    without = {key: value for key, value in root.items() if key != "notation"}
    if not _is_below(path, folder):
        allowed, hint = "a file in the folder of the description or below it", "Copy it there, or take --notation."
        return without, [source.problem(Flaw(("notation",), describe(name), allowed, hint))]
    try:
        content = content_of(str(path))
    except DescriptionError as error:
        (unreadable,) = error.problems
        found = f"{describe(name)}: {unreadable.found}"
        return without, [source.problem(Flaw(("notation",), found, unreadable.allowed, unreadable.hint))]
    try:
        return {**root, "notation": read_notation_file(content, str(path))}, []
    except DescriptionError as error:
        return without, [problem._replace(file=error.source) for problem in error.problems]


def _is_below(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
