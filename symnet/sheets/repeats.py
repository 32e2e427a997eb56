"""The one place where what stands twice is left out: a line, or a side of an equation, that repeats the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import is_

from symnet.document import Block, Fact, Line, Result, Working
from symnet.layout.tree import Layout, Operator, flatten, is_relation, joined


def without_repeats(block: Block) -> Block:
    """Return a block in which no line of a calculation is printed twice; one without such lines is itself.

    Args:
        block: Any block.
    """
    if not isinstance(block, Working | Result | Fact):
        return block
    lines = tuple(unrepeated(block.lines))
    is_same = len(lines) == len(block.lines) and all(map(is_, lines, block.lines))
    return block if is_same else block._replace(lines=lines)


def unrepeated(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines without the sides that look like the one before in the same equation; a line without any is left out.

    Args:
        lines: Of a calculation.
    """
    before: Layout | None = None
    for line in lines:
        if line.left is not None or not line.relation:
            before = None
        told = sides(line)
        kept: list[tuple[Operator, Layout]] = []
        for relation, side in told:
            if side != before:
                kept.append((relation, side))
            before = side
        if len(kept) == len(told):
            yield line
        elif kept:
            (relation, right), *rest = kept
            items = (right, *(item for sign, side in rest for item in (sign, side)))
            whole = joined(tuple(part for item in items for part in flatten(item)))
            yield line._replace(relation=relation.name, right=whole)


def sides(line: Line) -> tuple[tuple[Operator, Layout], ...]:
    """Return each right side of a line with the relation before it; what goes on from the line above is one.

    Args:
        line: Of a calculation.
    """
    return tuple(_sides(line)) if line.relation else ((Operator("="), line.right),)


def _sides(line: Line) -> Iterator[tuple[Operator, Layout]]:
    relation = Operator(line.relation)
    items: tuple[Layout, ...] = ()
    for item in flatten(line.right):
        if isinstance(item, Operator) and is_relation(item):
            yield relation, joined(items)
            relation, items = item, ()
        else:
            items += (item,)
    yield relation, joined(items)
