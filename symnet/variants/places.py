"""Places in a tree of values, such as ``layers[1].activation``: read, looked up, and given another value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from symnet.description.fields import FrozenMapping
from symnet.description.source import KeyPath


def path_of(place: str) -> KeyPath:
    """Return the keys and 0-based indices of a place.

    Args:
        place: As it is written, with entries counted from 1.
    """
    steps = re.findall(r"([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]", place)
    return tuple(word or int(number) - 1 for word, number in steps)


def changed(tree: object, changes: Mapping[KeyPath, object]) -> Any:  # noqa: ANN401
    """Return a tree of values with others at some places, without changing the one that is there.

    Args:
        tree: Mappings, lists and what stands in them.
        changes: What is to stand at each place.

    Raises:
        LookupError: If there is no such place; a mapping may get a key that it does not have.
    """
    own = changes.get(())
    if own is not None:
        return thawed(own)
    inner: dict[str | int, dict[KeyPath, object]] = {}
    for (step, *rest), value in changes.items():
        inner.setdefault(step, {})[tuple(rest)] = value
    if not inner:
        return tree
    if isinstance(tree, Mapping):
        new = {step: changed(_child(tree, step, below), below) for step, below in inner.items()}
        return {**tree, **new}
    if isinstance(tree, list | tuple):
        entries = list(tree)
        for step, below in inner.items():
            if not isinstance(step, int) or step >= len(entries):
                raise LookupError(step)
            entries[step] = changed(entries[step], below)
        return entries
    if all(step == 0 for step in inner):
        # A single value may stand for a list of one.
        return changed(tree, inner[0])
    raise LookupError(next(iter(inner)))


def thawed(value: object) -> object:
    """Return a value of a description as plain lists and mappings."""
    if isinstance(value, tuple):
        return [thawed(one) for one in value]
    if isinstance(value, FrozenMapping):
        return {key: thawed(one) for key, one in value.items()}
    return value


def _child(tree: Mapping[Any, object], step: str | int, below: Mapping[KeyPath, object]) -> object:
    if step in tree:
        return tree[step]
    if isinstance(step, str) and () in below:
        return None
    raise LookupError(step)
