"""What a training step makes of whole arrays on a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Symbol

from symnet.catalog.optimizers import PARAMETER, updated
from symnet.description.layers import Training
from symnet.document import Line, LineKind
from symnet.layout.tree import Glyph, Operator, holds
from symnet.numerics.training import Update
from symnet.sheets.arrays import ArraySheet
from symnet.sheets.names import of_update
from symnet.sheets.optimizer import is_clipping, letters, relation_of
from symnet.sheets.sheet import Sheet
from symnet.typeset.expressions import row


def updated_arrays(
    sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol]
) -> tuple[tuple[Line, ...], tuple[Symbol, ...]]:
    """Return the lines of a step for whole arrays, and the parameters that are in none of them.

    A rule that keeps something of each parameter has that beside it, in a table; so has one with clipped derivatives,
    and what does not fit on a line.

    Args:
        sheet: A sheet about arrays.
        training: How it is trained.
        update: The step.
        parameters: Those that are updated and shown.
    """
    if training.rule.states or is_clipping(training):
        return (), tuple(parameters)
    arrays = ArraySheet.of(sheet)
    shown = {symbol.name for symbol in parameters}
    lines, told = [], set[str]()
    for name in arrays.graph.inputs:
        line = _line(arrays, training, update, name) if shown.issuperset(arrays.ids(name)) else None
        if line is not None and not any(holds(line.right, Glyph(dots)) for dots in ("cdots", "vdots", "ddots")):
            lines.append(line)
            told.update(arrays.ids(name))
    return tuple(lines), tuple(symbol for symbol in parameters if symbol.name not in told)


def _line(arrays: ArraySheet, training: Training, update: Update, name: str) -> Line:
    """Return the rule for an array, and what becomes of it."""
    sheet, result = arrays.sheet, updated(PARAMETER)
    written = letters(sheet, training, arrays.write.names(name))
    layout, exact = arrays.matrix(name, update.after.__getitem__)
    body = sheet.with_symbols(written)(dict(training.rule.lines)[result])
    right = row((body, Operator("=" if exact else "approx"), layout))
    line = Line(written[result.name], relation_of(sheet, training, result), right, kind=LineKind.VALUE, about=name)
    return line._replace(of=tuple(one for entry in arrays.ids(name) for one in of_update(Symbol(entry))))
