"""How a name is spelt, whatever the format: its letter, what stands low behind it, and what stands high."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from symnet.layout.tree import Accent, Fence, Glyph, Layout, Number, Operator, Prime, Row, Scripts, Word


class Spelling(NamedTuple):
    """How a name is spelt.

    Attributes:
        letter: Its letter, the name of a Greek one or a word; with a mark over it, such as ``hat y``.
        low: What stands low, without spaces.
        high: What stands high, without spaces.
    """

    letter: str
    low: str = ""
    high: str = ""

    @property
    def loose(self) -> Spelling:
        """The same without commas between the indices."""
        return self._replace(low=self.low.replace(",", "").replace(";", ""))


def spelling_of(layout: Layout) -> Spelling | None:
    """Return how a name is spelt that is written so; None for what is no letter with scripts, such as a fraction.

    Args:
        layout: How it is written.
    """
    if isinstance(layout, Prime):
        inner = spelling_of(layout.base)
        return None if inner is None else inner._replace(high=inner.high + "'")
    base: Layout = layout
    low, high = "", ""
    if isinstance(layout, Scripts):
        base, low, high = layout.base, _flat(layout.sub), _flat(layout.sup)
    if isinstance(base, Accent) and isinstance(base.base, Glyph):
        return Spelling(f"{base.mark} {base.base.name}", low, high)
    return Spelling(base.name, low, high) if isinstance(base, Glyph) else None


def _flat(layout: Layout | None) -> str:
    return "" if layout is None else _FLAT[type(layout)](layout)


_FLAT: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        Row: lambda row: "".join(map(_flat, row.items)),
        Glyph: lambda glyph: str(glyph.name),
        Number: lambda number: str(number.text),
        Word: lambda word: str(word.text),
        Operator: lambda operator: str(operator.name),
        Fence: lambda fence: f"{fence.left}{_flat(fence.body)}{fence.right}",
    }
)
