"""Where each value of a description stands: the tree that was read, with its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Rational
from typing import Any, NamedTuple, TypeAlias

from symnet.errors import Problem

Mark: TypeAlias = tuple[int, int]
"""A line and a column, both 1-based."""

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and 0-based indices, from the outside in."""

_MISSING = object()


class Flaw(NamedTuple):
    """A problem that is not yet placed in the file.

    Attributes:
        path: Where it is.
        found: What stands there.
        allowed: What may stand there.
        hint: What to do.
        excerpt: The text of the value with a mark under the place.
        position: The 0-based place in the text of the value.
        at_key: Whether it is the key that is wrong.
    """

    path: KeyPath
    found: str
    allowed: str
    hint: str = ""
    excerpt: str = ""
    position: int | None = None
    at_key: bool = False


@dataclass(slots=True)
class Scalar:
    """A value as it is written, not yet taken for a number, a name or anything else."""

    text: str
    plain: bool
    mark: Mark
    lead: int | None = None
    """How far behind the mark its text starts, if it then stands in the file character by character."""

    @property
    def empty(self) -> bool:
        """Whether nothing stands there, as YAML and JSON write nothing."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}

    @property
    def is_read_as_a_number(self) -> bool:
        """Whether it starts as a number does, and is not in quotes."""
        return self.plain and self.text.startswith(tuple("+-.0123456789"))


class MarkedList(list[Any]):
    """A list that knows where it starts."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


class MarkedDict(dict[str, Any]):
    """A mapping that knows where it and its keys start."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.keys_at: dict[str, Mark] = {}


# No field is compared: equal descriptions are equal wherever they were read.
@dataclass(frozen=True)
class Source:
    """The name and the tree of what a description was read from."""

    name: str = field(default="description", compare=False)
    tree: object = field(default=_MISSING, compare=False)

    def problem(self, flaw: Flaw) -> Problem:
        """A flaw placed at its value, at its key, or at the nearest thing around it."""
        shown, mark = self._walk(flaw.path, flaw.at_key)
        line, column = mark or (None, None)
        if flaw.position is not None and column is not None:
            value = self.value(flaw.path)
            # Folded and escaped texts do not stand in the file as they are read.
            if isinstance(value, Scalar) and value.lead is not None:
                column += value.lead + flaw.position
        return Problem(shown, flaw.found, flaw.allowed, flaw.hint, line, column, flaw.excerpt)

    def value(self, path: KeyPath) -> object:
        """What stands at a path; None if nothing does."""
        node = self.tree
        for step in path:
            child = _child(node, step)
            node = node if child is _MISSING and _stands_for_itself(node, step) else child
        return None if node is _MISSING else node

    def _walk(self, path: KeyPath, at_key: bool) -> tuple[str, Mark | None]:
        node, shown = self.tree, ""
        mark: Mark | None = getattr(node, "mark", None)
        for step in self._as_written(path):
            child = _child(node, step)
            if child is _MISSING and _stands_for_itself(node, step):
                continue
            shown += f"[{step + 1}]" if isinstance(step, int) else f".{printable(step)}"
            if child is not _MISSING:
                keys: dict[Any, Mark] = getattr(node, "keys_at", {}) if at_key else {}
                mark = keys.get(step) or getattr(child, "mark", mark)
            node = child
        return shown.removeprefix("."), mark

    def _as_written(self, path: KeyPath) -> KeyPath:
        """The path in the file, where a weight matrix may stand the other way round."""
        match path:
            case ("parameters", int(), "weights", *indices) | (
                "parameters",
                int(),
                "pieces",
                int(),
                "weights",
                *indices,
            ):
                place = path[: len(path) - len(indices) - 1]
                entry = self.value(place)
                if isinstance(entry, Mapping) and "weights" not in entry and "weights_from_to" in entry:
                    return (*place, "weights_from_to", *reversed(indices))
        return path


def _child(node: object, step: str | int) -> object:
    match node, step:
        case (list() | tuple(), int()) if step < len(node):
            return node[step]
        case (Mapping(), str()):
            return node.get(step, _MISSING)
    return _MISSING


def _stands_for_itself(node: object, step: str | int) -> bool:
    """Whether a single value stands where a list of one may, or a name where a mapping may."""
    if isinstance(step, int):
        return isinstance(node, Mapping | Scalar | str)
    return isinstance(node, Scalar | str)


def printable(text: str, most: int = 60) -> str:
    """Text on one line without control characters, cut if it is long."""
    cut = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def describe(value: object) -> str:
    """What stands somewhere, for a message."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Rational) and max(abs(int(value.numerator)), int(value.denominator)) > _LONG:
        return "a very long number"
    if isinstance(value, Scalar) and value.empty:
        return "an empty value"
    text = printable(str(value.text if isinstance(value, Scalar) else value))
    quoted = isinstance(value, str) or (isinstance(value, Scalar) and not value.is_read_as_a_number)
    return f'"{text}"' if quoted else text


# Python refuses to write out integers of thousands of digits.
_LONG = 10**1000
