"""The activations of a network and their derivatives, short enough to stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sympy.core.expr import Expr

from symnet.document import Inline, Line
from symnet.layout.tree import Cases, Operator
from symnet.network.graph import LayerNodes
from symnet.sheets.derivatives import _FACTS as FACTS
from symnet.sheets.derivatives import _general as general_options
from symnet.sheets.derivatives import _Letters as Letters
from symnet.sheets.derivatives import _remarks as remarks_of
from symnet.sheets.sheet import Sheet
from symnet.text.say import joined
from symnet.typeset.expressions import row


class CompactFacts(NamedTuple):
    """What is used again and again.

    Attributes:
        lines: Each function and each of its derivatives, all forms on one line.
        remarks: What is taken for granted at a kink.
    """

    lines: tuple[Line, ...]
    remarks: tuple[Inline, ...]


def compact_facts(sheet: Sheet) -> CompactFacts:
    """Return each activation of a network and its derivative; of the identity there is nothing to say.

    Args:
        sheet: The part.
    """
    known: list[tuple[str, dict[str, Expr]]] = []
    lines: list[Line] = []
    remarks: list[Inline] = []
    for layer in sheet.part.network.layers:
        entry, options = layer.activation, general_options(layer)
        if entry.name == "identity" or (entry.name, options) in known:
            continue
        known.append((entry.name, options))
        fact = FACTS[entry.reads](Letters.of(sheet, layer), layer, options)
        lines += _on_one_line(_kept(layer, fact.lines))
        if entry.reads == "own" and not entry.smooth(options):
            _remark, *others = remarks_of(Letters.of(sheet, layer), entry, _value(layer, options), options)
            if others:
                remarks.append(_trimmed(others))
    return CompactFacts(tuple(lines), tuple(remarks))


def _value(layer: LayerNodes, options: dict[str, Expr]) -> Expr:
    from sympy import Symbol

    return layer.activation.value((Symbol("z"),), 0, options)


def _trimmed(parts: Iterable[object]) -> Inline:
    """Return a sentence without the blanks at its ends."""
    first, *others = joined(list(parts))  # type: ignore[arg-type]
    found = [first.lstrip() if isinstance(first, str) else first, *others]
    last = found[-1]
    return (*found[:-1], last.rstrip() if isinstance(last, str) else last)


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
