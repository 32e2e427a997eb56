"""The errors for what may not stand where it does, with a suggestion for a near miss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from symnet.description.source import Path, Scalar

REFUSAL = "refusal"
"""The pydantic error type of a refused value."""

MISPLACED = "misplaced"
"""The pydantic error type of a key that does not belong where it stands."""

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


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known word most like this one; empty if none is."""
    from difflib import get_close_matches

    plain = word[:100].lower().replace("-", "_").replace(" ", "_")
    return next(iter(get_close_matches(plain, known, n=1)), "")


def near_miss(word: str, known: tuple[str, ...]) -> str:
    """A question that suggests the known word most like this one; empty if none is."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near else ""
