"""Sums as they are read: their terms, and whether dots may stand for those in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from symnet.layout.reading import flatten, is_relation, is_sign, rebuilt
from symnet.layout.tree import Fence, Glyph, Layout, Number, Operator, Row, Scripts

Items: TypeAlias = tuple[Layout, ...]

# A sum of more numbers than these is not followed on a calculator: dots may stand for its middle.
MOST_NUMBERS = 60

_DOTS = Glyph("cdots")
_PLUS = Operator("+")
_INDEX = Number("")


def terms_of(items: Items) -> list[Items]:
    """Return the items cut before each plus, minus or relation between terms."""
    terms: list[Items] = [()]
    for item in items:
        if (is_sign(item) or is_relation(item)) and terms[-1]:
            terms.append(())
        terms[-1] += (item,)
    return terms


def regular_middle(terms: Sequence[Items], kept: int) -> bool:
    """Return whether dots may stand for the middle of a sum: the terms about it tell what is left out.

    They do where all of them are written alike, but for their indices, which count up from one to the next.

    Args:
        terms: The terms, each with its sign.
        kept: How many stay on both sides of the dots.
    """
    if len(terms) > MOST_NUMBERS:
        return True
    middle = [term for term in terms[kept - 1 : len(terms) - kept + 1] if term[-1] != _DOTS]
    outlines = [_outline_of(term) for term in middle]
    if len({outline for outline, _indices in outlines}) > 1:
        return False
    indices = [found for _outline, found in outlines]
    lowest = tuple(map(min, zip(*indices, strict=True)))
    dotted = len(middle) < len(terms) - 2 * (kept - 1)
    return dotted or all(_counts_up(before, after, lowest) for before, after in pairwise(indices))


def _counts_up(before: Sequence[int], after: Sequence[int], lowest: Sequence[int]) -> bool:
    """Return whether indices go on by one, those that have come to their end beginning again."""
    steps = list(zip(before, after, lowest, strict=True))
    return before != after and all(new in {old, old + 1, least} for old, new, least in steps)


def _outline_of(term: Items) -> tuple[Items, tuple[int, ...]]:
    """Return a term with blanks for its indices, its sign before it, and the indices."""
    found: list[int] = []
    signed = term if isinstance(term[0], Operator) and not term[0].unary else (_PLUS, *term)
    return tuple(_outline(item, found) for item in signed), tuple(found)


def _outline(layout: Layout, found: list[int], low: bool = False) -> Layout:
    """Return a tree with blanks for its indices, which are added to those that were found."""
    if low and isinstance(layout, Number) and layout.text.isdigit():
        found.append(int(layout.text))
        return _INDEX
    if low and isinstance(layout, Row):
        # Indices of two digits stand apart by commas.
        return Row(tuple(_outline(item, found, low) for item in flatten(layout) if item != Operator(",")))
    if isinstance(layout, Scripts):
        base = _outline(layout.base, found)
        sub = layout.sub and _outline(layout.sub, found, low=True)
        # A number in brackets is a layer or a sample; without them it is an exponent.
        return replace(layout, base=base, sub=sub, sup=layout.sup and _outline(layout.sup, found, _is_mark(layout.sup)))
    return rebuilt(layout, lambda part: _outline(part, found, low))


def _is_mark(high: Layout) -> bool:
    return all(isinstance(item, Fence) for item in flatten(high))
