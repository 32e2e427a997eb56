"""The error for a value that may not stand where it does, with a suggestion for a near miss."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from symnet.description.source import Scalar

REFUSAL = "refusal"
"""The pydantic error type of a refused value."""

EMPTY_HINT = "Leave the key out, or give it a value."


def refusal(allowed: str, hint: str = "") -> PydanticCustomError:
    """The error for a value that may not stand where it does; pydantic adds the value and its path."""
    return PydanticCustomError(REFUSAL, "allowed: {allowed}. {hint}", {"allowed": allowed, "hint": hint})


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
