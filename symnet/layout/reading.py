"""How the neighbours in a row belong together, whatever the format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from symnet.layout.tree import (
    Accent,
    Cases,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Matrix,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
)


def children(layout: Layout) -> tuple[Layout, ...]:
    """Return the trees that a tree is made of, in reading order."""
    parts = _CHILDREN.get(type(layout))
    return parts(layout) if parts else ()


def _cells(table: Cases | Matrix) -> tuple[Layout, ...]:
    return tuple(cell for row in table.rows for cell in row)


_CHILDREN: dict[type, Callable[[Any], tuple[Layout, ...]]] = {
    Row: lambda row: row.items,
    Fraction: lambda fraction: (fraction.over, fraction.under),
    Scripts: lambda it: tuple(part for part in (it.base, it.sub, it.sup) if part is not None),
    Accent: lambda accent: (accent.base,),
    Prime: lambda prime: (prime.base,),
    Root: lambda root: (root.body,),
    Fence: lambda fence: (fence.body,),
    Cases: _cells,
    Matrix: _cells,
}


def is_tall(layout: Layout) -> bool:
    """Return whether brackets about the tree have to grow."""
    kind = type(layout)
    if kind in _TALL or layout in _TALL_SIGNS:
        return True
    if isinstance(layout, Scripts):
        return is_tall(layout.base)
    return any(map(is_tall, children(layout)))


_TALL = frozenset({Fraction, Cases, Matrix})
_TALL_SIGNS = frozenset({Glyph("sum"), Glyph("product")})


def is_sign(layout: Layout) -> bool:
    """Return whether the tree is a plus or minus between two terms."""
    return isinstance(layout, Operator) and layout.name in "+-" and not layout.unary


def is_relation(layout: Layout) -> bool:
    """Return whether the tree is a sign between two sides of an equation."""
    return isinstance(layout, Operator) and layout.name in _RELATIONS


_RELATIONS = frozenset({"=", "approx"})


def is_close(before: Layout, after: Layout) -> bool:
    """Return whether two neighbours are written without a space between them."""
    if isinstance(before, Operator) and before.unary:
        return True
    if isinstance(before, Space) or isinstance(after, Space):
        return True
    if isinstance(before, Number) and isinstance(after, Number):
        return True
    if isinstance(after, Fence):
        return not isinstance(before, Operator | Fraction)
    return isinstance(after, Operator) and after.name in ",;"


def starts_with_word(layout: Layout) -> bool:
    """Return whether a condition says itself how it is read, as in ``otherwise``."""
    if isinstance(layout, Row) and layout.items:
        return starts_with_word(layout.items[0])
    return isinstance(layout, Word)


def flatten(layout: Layout) -> tuple[Layout, ...]:
    """Return the items of a row with the rows inside it dissolved; any other tree is its own only item."""
    if isinstance(layout, Row):
        return tuple(item for child in layout.items for item in flatten(child))
    return (layout,)


def joined(items: tuple[Layout, ...]) -> Layout:
    """Return the items as one tree; a single item is itself."""
    return items[0] if len(items) == 1 else Row(items)


def rebuilt(layout: Layout, change: Callable[[Layout], Layout]) -> Layout:
    """Return the tree with each of its parts changed."""
    rebuild = _REBUILD.get(type(layout))
    return rebuild(layout, change) if rebuild else layout


_REBUILD: dict[type, Callable[[Any, Callable[[Layout], Layout]], Layout]] = {
    Row: lambda row, change: Row(tuple(map(change, row.items))),
    Fraction: lambda fraction, change: Fraction(change(fraction.over), change(fraction.under)),
    Scripts: lambda it, change: Scripts(change(it.base), it.sub and change(it.sub), it.sup and change(it.sup)),
    Root: lambda root, change: Root(change(root.body)),
    Fence: lambda fence, change: replace(fence, body=change(fence.body)),
    Cases: lambda cases, change: Cases(tuple((change(value), change(when)) for value, when in cases.rows)),
    Matrix: lambda matrix, change: Matrix(tuple(tuple(map(change, row)) for row in matrix.rows)),
}


def begins_with_sign(body: Layout) -> bool:
    """Return whether a tree begins with a sign of its own, as a negative number does."""
    leading = first(body)
    return isinstance(leading, Operator) and leading.unary


def first(body: Layout) -> Layout:
    """Return the first tree of a row, or the tree itself."""
    return body.items[0] if isinstance(body, Row) else body
