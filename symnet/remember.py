"""What was made of an object is found again, so that the sheets of a class share what no number changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

_Made = TypeVar("_Made")


class Remembered:
    """What was made of objects that never change, found by the very object: comparing formulas would take as long.

    Args:
        most: How many objects are remembered; the one that was not asked for longest is forgotten first.
    """

    def __init__(self, most: int = 4_000) -> None:
        self._most = most
        # The objects stand beside what was made of them: as long as they are there, no other ones have their identity.
        self._kept: OrderedDict[tuple[Hashable, Hashable], tuple[object, Any]] = OrderedDict()

    def once(self, of: object, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made of an object, made once as long as it is remembered.

        Args:
            of: The object, which nobody changes.
            key: All else that it depends on.
            make: Makes it.
        """
        return self._found((id(of), key), of, make)

    def of_all(self, parts: Sequence[object], key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made of several objects, made once as long as it is remembered.

        Args:
            parts: The objects, which nobody changes.
            key: All else that it depends on.
            make: Makes it.
        """
        return self._found((tuple(map(id, parts)), key), parts, make)

    def _found(self, place: tuple[Hashable, Hashable], of: object, make: Callable[[], _Made]) -> _Made:
        found = self._kept.get(place)
        if found is None:
            found = self._kept[place] = of, make()
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(place)
        made: _Made = found[1]
        return made
