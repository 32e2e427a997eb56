"""Formulas made narrower: long regular sums shortened by dots, wide fractions beside a stroke."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from symnet.layout.reading import children, flatten, is_relation, joined, rebuilt
from symnet.layout.sums import Items, regular_middle, terms_of
from symnet.layout.tree import Fence, Fraction, Glyph, Layout, Operator, Row, Space

Measure: TypeAlias = Callable[[Layout], float]

_DOTS: Items = (Operator("+"), Glyph("cdots"))
_TIMES, _OVER = Operator("times"), Operator("/")


def elide_sums(layout: Layout, most: int = 10) -> Layout:
    """Return the tree with every regular sum of more than ``most`` terms as its first two, dots and its last two.

    A sum whose terms do not tell what the dots stand for is left as it is.

    Args:
        layout: Any layout tree.
        most: How many terms a sum may have.
    """
    return _elided(layout, most) if _size(layout) > 2 * most else layout


def _size(layout: Layout) -> int:
    """Return how many trees stand in the rows of a tree; a sum has at least two a term."""
    parts = children(layout)
    return sum(map(_size, parts), len(parts) if type(layout) is Row else 0)


def _elided(layout: Layout, most: int) -> Layout:
    if isinstance(layout, Row):
        items = tuple(elide_sums(item, most) for item in flatten(layout))
        return Row(tuple(item for side in _sides(items) for item in _short_side(side, most)))
    return rebuilt(layout, lambda child: elide_sums(child, most))


def _sides(items: Items) -> list[Items]:
    """Return the items cut before each relation."""
    sides: list[Items] = [()]
    for item in items:
        if is_relation(item) and sides[-1]:
            sides.append(())
        sides[-1] += (item,)
    return sides


def _short_side(side: Items, most: int) -> Items:
    """Return one side of an equation, its sum shortened where it is long and regular."""
    terms = terms_of(side)
    return _shortened(terms, 2) if len(terms) > most and regular_middle(terms, 2) else side


def _shortened(terms: Sequence[Items], keep: int) -> Items:
    """Return the first terms, dots and the last ones, ``keep`` of each."""
    shown = (*terms[:keep], _DOTS, *terms[-keep:])
    return tuple(item for term in shown for item in term)


def narrowed(term: Items, room: float, measure: Measure) -> Items:
    """Return the term with its widest regular inner sums shortened until it fits, or none is left to shorten.

    A fraction that is still too wide is written on one line, on which it can be broken.
    """
    while measure(joined(term)) > room:
        sums = [found for item in term for found in _long_sums(item)]
        if not sums:
            return _on_one_line(term, room, measure)
        widest = max(sums, key=measure)
        terms = terms_of(flatten(widest))
        shorter = Row(_shortened(terms, _kept(terms)))
        term = tuple(_replaced(item, widest, shorter) for item in term)
    return term


def _kept(terms: Sequence[Items]) -> int:
    """Return how many terms stay on both sides of the dots."""
    return 2 if len(terms) > 5 else 1


def _on_one_line(items: Items, room: float, measure: Measure) -> Items:
    """Return the items with every fraction that is wider than a line as one side, a stroke, and the other."""
    found: list[Layout] = []
    for index, item in enumerate(items):
        if isinstance(item, Fraction) and measure(item) > room:
            found += [_operand(item.over), _OVER, _operand(item.under)]
            behind = items[index + 1 :]
            # What follows the stroke would be read as part of what is divided by.
            if behind and not isinstance(behind[1] if isinstance(behind[0], Space) else behind[0], Operator):
                found.append(_TIMES)
        elif isinstance(item, Fence) and measure(item) > room:
            found.append(replace(item, body=joined(_on_one_line(flatten(item.body), room, measure))))
        elif not (isinstance(item, Space) and found and found[-1] == _TIMES):
            found.append(item)
    return tuple(found)


def _operand(part: Layout) -> Layout:
    """Return one side of a fraction as it stands beside a stroke."""
    return part if not isinstance(part, Row) else Fence(part)


def _long_sums(layout: Layout) -> Iterator[Row]:
    """Yield every sum in the tree that dots would shorten without losing what they stand for."""
    if isinstance(layout, Row):
        terms = terms_of(flatten(layout))
        if len(terms) > 3 and regular_middle(terms, _kept(terms)):
            yield layout
    for child in children(layout):
        yield from _long_sums(child)


def _replaced(layout: Layout, old: Layout, new: Layout) -> Layout:
    return new if layout == old else rebuilt(layout, lambda child: _replaced(child, old, new))
