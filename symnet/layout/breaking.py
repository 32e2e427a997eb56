"""Formulas broken to width, and made narrower."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from symnet.layout.tree import (
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Row,
    Scripts,
    Space,
    Word,
    children,
    flatten,
    is_relation,
    is_sign,
    joined,
    rebuilt,
)

# Sums as they are read: their terms, and whether dots may stand for those in the middle.

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
    """Return whether every index stays, grows by 1, or starts again at its lowest value, and at least one changes."""
    steps = list(zip(before, after, lowest, strict=True))
    return before != after and all(new in {old, old + 1, least} for old, new, least in steps)


def _outline_of(term: Items) -> tuple[Items, tuple[int, ...]]:
    """Return a term, led by its sign, with a placeholder for each of its indices, and those indices in order."""
    found: list[int] = []
    signed = term if isinstance(term[0], Operator) and not term[0].unary else (_PLUS, *term)
    return tuple(_outline(item, found) for item in signed), tuple(found)


def _outline(layout: Layout, found: list[int], low: bool = False) -> Layout:
    """Return the tree with a placeholder for each of its indices, which are appended to ``found``."""
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


# Formulas made narrower: long regular sums shortened by dots, wide fractions beside a stroke.

Measure: TypeAlias = Callable[[Layout], float]

_PLUS_DOTS: Items = (Operator("+"), Glyph("cdots"))
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
    """Return the number of items in all rows of a tree: at least two for each term of a sum."""
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
    """Return one side of an equation; dots stand for the middle of a regular sum of more than ``most`` terms."""
    terms = terms_of(side)
    return _shortened(terms, 2) if len(terms) > most and regular_middle(terms, 2) else side


def _shortened(terms: Sequence[Items], keep: int) -> Items:
    """Return the first terms, dots and the last ones, ``keep`` of each."""
    shown = (*terms[:keep], _PLUS_DOTS, *terms[-keep:])
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
    """Return how many terms are kept on each side of the dots."""
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
    """Return a numerator or denominator as it is written beside a slash: a row is put in brackets."""
    return part if not isinstance(part, Row) else Fence(part)


def _long_sums(layout: Layout) -> Iterator[Row]:
    """Yield every sum in the tree of more than three terms whose middle follows from its other terms."""
    if isinstance(layout, Row):
        terms = terms_of(flatten(layout))
        if len(terms) > 3 and regular_middle(terms, _kept(terms)):
            yield layout
    for child in children(layout):
        yield from _long_sums(child)


def _replaced(layout: Layout, old: Layout, new: Layout) -> Layout:
    return new if layout == old else rebuilt(layout, lambda child: _replaced(child, old, new))


# Formulas cut to the room there is: broken before a sign, inside brackets where there is no other place.

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


def relation_apart(line: Layout) -> tuple[Layout | None, Layout]:
    """Return the relation that a continuation begins with, if it does, and what follows it.

    Args:
        line: A line of ``break_lines`` after the first.
    """
    first, *rest = flatten(line)
    return (first, joined(tuple(rest))) if is_relation(first) else (None, line)


def top_terms(layout: Layout) -> tuple[Layout, ...]:
    """Return the terms of a sum, each with its sign; for any other tree, the tree alone.

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
    """Return the lines that a line too wide is cut into: before the signs inside its widest bracket."""
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
    """Yield the smallest pieces of a line, each in two forms: within a line, and at the start of one."""
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
    """Yield the pieces of a factor that is too wide, as ``_chunks`` does, cut inside the brackets at ``place``."""
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
    """Return the items with the left bracket, the right one, both or none of a fence around them."""
    if not isinstance(fence, Fence) or not (left or right):
        return items
    return (replace(fence, body=joined(items), left=fence.left if left else "", right=fence.right if right else ""),)
