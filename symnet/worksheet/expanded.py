"""Derivatives in inputs, targets and parameters alone, where that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy.core.expr import Expr

from symnet.derivation import Derivation
from symnet.document import Block, Line, Paragraph, Working
from symnet.expand import InOrder, adjoint_definitions, node_definitions
from symnet.layout.breaking import open_lines
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.tree import Layout
from symnet.worksheet.model import applied
from symnet.worksheet.sheet import Sheet, inline_list

# Lines that an expression may fill, and the length of its plain text beyond which it is not even laid out.
MOST_LINES, LONGEST = 14, 4_000

_REASON = "all definitions put in"


def expanded(sheet: Sheet, derivations: Sequence[Derivation]) -> Iterator[Block]:
    """Yield what derivations come to in inputs, targets and parameters alone, and how long it is where that is long."""
    put_in = InOrder(_definitions(sheet))
    lines: list[Line] = []
    left_out: list[tuple[Layout, int]] = []
    for derivation in derivations:
        left, size = sheet.build(derivation.lhs), sheet.part.expander.length(derivation.result)
        body = sheet.build(put_in(derivation.result)) if size <= LONGEST else None
        broken = None if body is None else _broken(left, body)
        if broken is None:
            left_out.append((left, size))
        else:
            lines += broken
    if lines:
        yield Working(tuple(lines))
    if left_out:
        yield _too_long(left_out)


def _broken(left: Layout, body: Layout) -> tuple[Line, ...] | None:
    """Return a right side on as many lines as it needs, with nothing left out, or None where those are too many."""
    room = TEXT_EM - INDENT_EM - RELATION_EM - width_em(left)
    pieces = open_lines(body, room, width_em)
    if pieces is None or len(pieces) > MOST_LINES:
        return None
    last = len(pieces) - 1
    return tuple(
        Line(None if number else left, "" if number else "=", piece, (_REASON,) if number == last else ())
        for number, piece in enumerate(pieces)
    )


def _definitions(sheet: Sheet) -> dict[str, Expr]:
    """Return what is put in for each name: activations as functions where they are written so."""
    network = sheet.part.network
    functions = {
        a.name: applied(sheet, layer, unit)
        for branch in network.branches
        for layer in branch
        for unit, a in enumerate(layer.activations)
    }
    return node_definitions(network) | functions | adjoint_definitions(sheet.part.gradient)


def _too_long(left_out: Sequence[tuple[Layout, int]]) -> Paragraph:
    """Return which derivatives are not written out, and how long they would be."""
    sizes = [size for _, size in left_out]
    one = len(left_out) == 1
    span = f"about {min(sizes):,}" + (f" to {max(sizes):,}" if max(sizes) > min(sizes) else "")
    return Paragraph(
        (
            "In inputs, targets and parameters alone, ",
            *inline_list([left for left, _ in left_out]),
            f" would be {'an expression' if one else 'expressions'} of {span} characters: too long to be read.",
        )
    )
