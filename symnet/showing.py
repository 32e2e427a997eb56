"""How objects show themselves in notebooks: one method for all of them, whose texts stand in a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Bundle = Mapping[str, str]
"""What an object looks like, by the media type of the text."""

_WRITERS: dict[str, Callable[[Any], Bundle]] = {}


def show_as(writers: Mapping[str, Callable[[Any], Bundle]]) -> None:
    """Let objects show themselves; done once, by what stands above all of them and can render them.

    Args:
        writers: From the name of a class, or of one that it is made from, to what writes its texts.
    """
    _WRITERS.update(writers)


def mimebundle(
    shown: Any,  # noqa: ANN401 - whatever has a row of the table
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> dict[str, str] | None:
    """Return what an object looks like, as Jupyter asks for it; None where nothing is known of it.

    A class that shows itself has this function as its method ``_repr_mimebundle_``.

    Args:
        shown: The object.
        include: The media types that are asked for; None for all.
        exclude: Those that are not.
    """
    write = next((_WRITERS[kind.__name__] for kind in type(shown).__mro__ if kind.__name__ in _WRITERS), None)
    if write is None:
        return None
    return {
        name: text
        for name, text in write(shown).items()
        if (include is None or name in include) and name not in (exclude or ())
    }
