"""The Jacobian of a graph of several outputs on a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import mpmath
from sympy import Symbol

from symnet.algebra.nodes import Partial
from symnet.document import Block, Heading, Line, Paragraph
from symnet.layout.measure import width_em
from symnet.layout.tree import Fence, Glyph, Layout, Row
from symnet.numerics.direct import Value
from symnet.sheets.compact_results import result_box
from symnet.sheets.second import MATRIX_EM, matrix_of, numbers_line
from symnet.sheets.sheet import Sheet
from symnet.text.say import say


def jacobian_section(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """Yield the matrix of the derivatives of several outputs: each row that of one, in symbols and in numbers.

    Args:
        sheets: One for each output.
    """
    leaves, names = sheets[0].leaves, sheets[0].names
    yield Heading(1, say("second.jacobian"))
    yield Paragraph(say("second.jacobian_rows"))
    partials = [[sheet.build(Partial(sheet.part.network.loss, leaf)) for leaf in leaves] for sheet in sheets]
    results = [[sheet.build(sheet.part.result(leaf)) for leaf in leaves] for sheet in sheets]
    left: Layout = Glyph("J")
    if any(left == names(name) for name in names.quantities):
        left = Row((Glyph("J"), Fence(Row((Glyph("f", bold=True),)))))
    lines = [Line(left, "=", matrix_of(partials))]
    lines += [Line(None, "=", matrix_of(results))] if width_em(matrix_of(results)) < MATRIX_EM else []
    if all(sheet.evaluation is not None for sheet in sheets):
        values = [[_gradient(sheet, leaf) for leaf in leaves] for sheet in sheets]
        lines.append(numbers_line(sheets[0], None, values))
    yield result_box(lines)


def _gradient(sheet: Sheet, leaf: Symbol) -> Value:
    evaluation = sheet.evaluation
    if evaluation is None:
        raise ValueError(leaf)
    known = {**evaluation.samples[0].gradients, **evaluation.gradients}
    return known.get(leaf, mpmath.mpf(0))
