"""The errors for what may not stand where it does, with a suggestion for a near miss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from symnet.catalog.aliases import ALIASES
from symnet.description.source import Path, Scalar

REFUSAL = "refusal"
"""The pydantic error type of a refused value."""

MISPLACED = "misplaced"
"""The pydantic error type of a key that does not belong where it stands."""

LONGEST_NAME = 40
"""No name out of a table has more characters."""

EMPTY_HINT = "Leave the key out, or give it a value."


_TEMPLATE = "expected {allowed}. {hint}"


def refusal(
    allowed: str, hint: str = "", found: str = "", excerpt: str = "", position: int | None = None
) -> PydanticCustomError:
    """The error for a value that may not stand where it does; pydantic adds its path, and itself unless ``found``.

    Args:
        allowed: What may stand there.
        hint: What to do.
        found: What is wrong with it, if it is not the value as a whole.
        excerpt: The text of the value with a mark under the place.
        position: The 0-based place in the text.
    """
    said: dict[str, Any] = {"allowed": allowed, "hint": hint}
    if found:
        said |= {"found": found, "excerpt": excerpt, "position": position}
    return PydanticCustomError(REFUSAL, _TEMPLATE, said)


def misplaced(found: str, allowed: str, hint: str = "") -> PydanticCustomError:
    """The error for a key that does not belong where it stands; pydantic adds its path."""
    return PydanticCustomError(MISPLACED, _TEMPLATE, {"found": found, "allowed": allowed, "hint": hint})


Error: TypeAlias = tuple[Path, PydanticCustomError, object]
"""What is wrong at a path, and what stands there."""


def several(errors: Iterable[Error]) -> None:
    """Raise all of the errors of one value, each with its path in it and with what stands there.

    Raises:
        ValidationError: If there are any.
    """
    details: list[InitErrorDetails] = [{"type": error, "loc": path, "input": found} for path, error, found in errors]
    if details:
        raise ValidationError.from_exception_data("description", details)


def is_empty(value: object) -> bool:
    """Whether a file has a key there, but no value."""
    return isinstance(value, Scalar) and value.empty


def in_small_letters(word: str) -> str:
    """A word as it is looked for: in small letters, with underscores; of a very long one the start."""
    return word[:100].lower().replace("-", "_").replace(" ", "_")


def same(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known words that this one is, or is another name for."""
    plain = in_small_letters(word)
    return (plain,) if plain in known else tuple(name for name in ALIASES.get(plain, ()) if name in known)


def meant(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known words that this one is another name for, or else the one most like it; empty if none is."""
    from difflib import get_close_matches

    return same(word, known) or tuple(get_close_matches(in_small_letters(word), known, n=1))


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The first known word that this one was probably meant to be; empty if there is none."""
    return next(iter(meant(word, known)), "")


def near_miss(word: str, known: tuple[str, ...]) -> str:
    """A question that suggests the known words that this one was probably meant to be; empty if there are none."""
    return question(meant(word, known))


def question(words: tuple[str, ...]) -> str:
    """A question that suggests some words; empty if there are none."""
    quoted = " or ".join(f'"{word}"' for word in words)
    return f"Did you mean {quoted}?" if words else ""


def same_but_case(word: object, names: tuple[str, ...]) -> str:
    """The name that a word is, whatever the case of its letters; empty if it is none."""
    if not isinstance(word, str):
        return ""
    if word in names:
        return word
    small = word.lower() if len(word) <= LONGEST_NAME else ""
    return small if small in names else ""
