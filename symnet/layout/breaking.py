"""Formulas cut to the room there is: broken before a sign, inside brackets where there is no other place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symnet.layout.narrowing import Measure, narrowed
from symnet.layout.reading import children, flatten, joined
from symnet.layout.sums import Items, terms_of
from symnet.layout.tree import (
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Scripts,
    Space,
    Word,
)

_TIMES = Operator("times")
_PRODUCT_SIGNS = frozenset({"times", "cdot", "odot", "/"})


def break_lines(layout: Layout, first: float, rest: float, measure: Measure) -> tuple[Layout, ...]:
    """Return the tree as the lines to print, each continuation starting with its sign.

    Args:
        layout: The tree, usually a right side.
        first: The room on the first line.
        rest: The room on each later line.
        measure: The width of a tree, in the unit of the rooms.
    """
    if measure(layout) <= first:
        return (layout,)
    pieces: list[Items] = []
    for index, term in enumerate(terms_of(flatten(layout))):
        room = rest if index else first
        pieces += _factor_lines(narrowed(term, room, measure), room, rest, measure)
    return tuple(joined(line) for line in _filled(pieces, first, rest, measure))


def top_terms(layout: Layout) -> tuple[Layout, ...]:
    """Return the terms of a sum as trees of their own, each with its sign; anything else is its own only term.

    Args:
        layout: Any layout tree.
    """
    return tuple(joined(term) for term in terms_of(flatten(layout)))


def _filled(pieces: Sequence[Items], first: float, rest: float, measure: Measure) -> list[Items]:
    """Return the pieces gathered into lines, as many on each as fit."""
    lines: list[Items] = []
    for piece in pieces:
        room = rest if len(lines) > 1 else first
        if lines and measure(joined(lines[-1] + piece)) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return lines


def _factor_lines(term: Items, room: float, rest: float, measure: Measure) -> list[Items]:
    """Return the term cut between factors where it is too wide; each later line starts with a sign."""
    if measure(joined(term)) <= room:
        return [term]
    factors = _factors(term)
    continued = [factors[0], *(_with_sign(factor) for factor in factors[1:])]
    lines = [continued[0]]
    for factor, signed in zip(factors[1:], continued[1:], strict=True):
        if measure(joined(lines[-1] + factor)) <= (rest if len(lines) > 1 else room):
            lines[-1] += factor
        else:
            lines.append(signed)
    rooms = (room, *(rest,) * (len(lines) - 1))
    parts = [part for line, there in zip(lines, rooms, strict=True) for part in _opened(line, there, rest, measure)]
    if all(measure(joined(part)) <= there for part, there in zip(parts, (room, *(rest,) * len(parts)), strict=False)):
        return parts
    # Brackets within brackets are the last place.
    deeper = open_lines(joined(term), min(room, rest), measure)
    return parts if deeper is None else [flatten(line) for line in deeper]


def _opened(line: Items, room: float, rest: float, measure: Measure) -> list[Items]:
    """Return a line that is still too wide cut inside its widest bracket, before its signs: there is no other place."""
    fences = [item for item in line if isinstance(item, Fence) and len(terms_of(flatten(item.body))) > 1]
    if measure(joined(line)) <= room or not fences:
        return [line]
    fence = max(fences, key=measure)
    place = line.index(fence)
    bracket = measure(fence) - measure(fence.body)
    start = room - (measure(joined(line[:place])) if place else 0) - bracket
    parts = _filled(terms_of(flatten(fence.body)), start, rest - bracket, measure)
    cut: list[Items] = []
    for number, part in enumerate(parts):
        left, right = "" if number else fence.left, "" if number < len(parts) - 1 else fence.right
        cut.append((replace(fence, body=joined(part), left=left, right=right),))
    cut[0] = line[:place] + cut[0]
    cut[-1] += line[place + 1 :]
    return cut


def _with_sign(factor: Items) -> Items:
    bare = factor[1:] if isinstance(factor[0], Space) else factor
    if isinstance(bare[0], Operator):
        return bare
    return (_TIMES, *bare)


def _factors(term: Items) -> list[Items]:
    """Return the items cut wherever one factor ends and the next begins."""
    factors: list[Items] = [term[:1]]
    for before, item in pairwise(term):
        if _begins_factor(before, item):
            factors.append(())
        factors[-1] += (item,)
    return factors


def _begins_factor(before: Layout, item: Layout) -> bool:
    if isinstance(item, Operator):
        return item.name in _PRODUCT_SIGNS
    if isinstance(item, Fence):
        # A letter before a bracket may be a function's name.
        return isinstance(before, Fence | Fraction | Number)
    return not isinstance(before, Operator | Word | Space) and not _takes_operand(before)


def _takes_operand(layout: Layout) -> bool:
    if isinstance(layout, Scripts):
        return _takes_operand(layout.base)
    return isinstance(layout, Word) or layout in _PREFIXES


_PREFIXES = (Glyph("partial"), Glyph("sum"), Glyph("product"), Glyph("nabla"))


def open_lines(layout: Layout, room: float, measure: Measure) -> tuple[Layout, ...] | None:
    """Return the tree as lines in which nothing is left out, or None if there is no way to break it.

    Brackets are cut before their signs, however deep, where what stands in them has no room on one line.

    Args:
        layout: The tree, usually a right side.
        room: The room on each line.
        measure: The width of a tree, in the unit of the room.
    """
    lines: list[Items] = []
    for chunk, alone in _chunks(flatten(layout), room, measure):
        if lines and measure(joined(lines[-1] + chunk)) <= room:
            lines[-1] += chunk
        else:
            lines.append(alone if lines else chunk)
    fits = all(measure(joined(line)) <= room for line in lines)
    return tuple(map(joined, lines)) if fits else None


def _chunks(items: Items, room: float, measure: Measure) -> Iterator[tuple[Items, Items]]:
    """Yield what is not cut further: as it goes on in a line, and as it begins one."""
    for term in terms_of(items):
        if measure(joined(term)) <= room:
            yield term, term
            continue
        for index, factor in enumerate(_factors(term)):
            start = _with_sign(factor) if index else factor
            opened = [place for place, item in enumerate(factor) if _is_sum_in_brackets(item)]
            if opened and measure(joined(factor)) > room:
                yield from _opened_chunks(factor, start, opened[0], room, measure)
            else:
                yield factor, start


def _is_sum_in_brackets(item: Layout) -> bool:
    return isinstance(item, Fence) and len(terms_of(flatten(item.body))) > 1


def _opened_chunks(
    factor: Items, start: Items, place: int, room: float, measure: Measure
) -> Iterator[tuple[Items, Items]]:
    """Yield the chunks of a factor that is too wide; the item at ``place`` is a sum in brackets."""
    (body,), behind = children(factor[place]), factor[place + 1 :]
    inner = list(_chunks(flatten(body), room, measure))
    for number, forms in enumerate(inner):
        left, right = number == 0, number == len(inner) - 1
        heads = (factor[:place], start[: len(start) - len(behind) - 1]) if left else ((), ())
        tail = behind if right else ()
        chunk, alone = (
            head + _side(factor[place], form, left, right) + tail for head, form in zip(heads, forms, strict=True)
        )
        yield chunk, alone


def _side(fence: Layout, items: Items, left: bool, right: bool) -> Items:
    """Return items with those brackets of a fence that are wanted."""
    if not isinstance(fence, Fence) or not (left or right):
        return items
    return (replace(fence, body=joined(items), left=fence.left if left else "", right=fence.right if right else ""),)
