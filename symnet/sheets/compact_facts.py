"""The activations of a network and their derivatives, short enough to stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from symnet.diagram.plots import BETWEEN, in_a_row
from symnet.document import Figure, Inline, Line
from symnet.layout.tree import Cases, Operator
from symnet.network.graph import LayerNodes
from symnet.sheets.derivatives import activation_facts
from symnet.sheets.sheet import Sheet
from symnet.typeset.expressions import row

# The most plots side by side, and the width of a line in centimetres.
_IN_A_ROW, _LINE = 3, 16.2


class CompactFacts(NamedTuple):
    """What is used again and again.

    Attributes:
        lines: Each function and each of its derivatives, all forms on one line.
        group_sizes: How many of these are of each activation.
        remarks: What is taken for granted at a kink.
        plots: The functions with their derivatives, as many in a row as fit.
    """

    lines: tuple[Line, ...]
    group_sizes: tuple[int, ...]
    remarks: tuple[Inline, ...]
    plots: tuple[Figure, ...]


def compact_facts(sheet: Sheet) -> CompactFacts:
    """Return each activation of a network and its derivative; of the identity there is nothing to say.

    Args:
        sheet: The part.
    """
    groups: list[tuple[Line, ...]] = []
    remarks: list[Inline] = []
    plots: list[Figure] = []
    for layer, fact in activation_facts(sheet):
        groups.append(tuple(_on_one_line(_kept(layer, fact.lines))))
        # That of pieces stands with their rule.
        if fact.convention and layer.activation.reads == "own":
            remarks.append(fact.convention)
        if fact.figure is not None:
            plots.append(fact.figure)
    lines = tuple(line for group in groups for line in group)
    return CompactFacts(lines, tuple(map(len, groups)), tuple(remarks), tuple(map(in_a_row, _rows(plots))))


def _rows(plots: Iterable[Figure]) -> Iterator[list[Figure]]:
    """Yield as many plots at a time as a line has room for."""
    beside: list[Figure] = []
    for figure in plots:
        if beside and (len(beside) == _IN_A_ROW or sum(it.width + BETWEEN for it in beside) + figure.width > _LINE):
            yield beside
            beside = []
        beside.append(figure)
    if beside:
        yield beside


def _kept(layer: LayerNodes, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines of a fact that are used; of a softmax, what it is and all its derivatives by cases.

    What has an indicator is not told by cases again.
    """
    if layer.activation.reads != "layer":
        return tuple(line for line in lines if line.left is not None or not isinstance(line.right, Cases))
    return (lines[0], *(line for line in lines if isinstance(line.right, Cases)))


def _on_one_line(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield equations with all their right sides on one line."""
    found: list[Line] = []
    for line in lines:
        if line.left is None and found:
            found[-1] = found[-1]._replace(right=row((found[-1].right, Operator("="), line.right)))
        else:
            found.append(line._replace(reason=()))
    yield from found
