"""What a sheet takes for granted where numbers are put in: that 0 ln 0 is 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Symbol, log, preorder_traversal
from sympy.core.expr import Expr

from symnet.calculus import Applied
from symnet.document import Note
from symnet.layout.operands import row
from symnet.layout.tree import Number, Operator, Space
from symnet.numbers.numeric import Value
from symnet.worksheet.sheet import Sheet

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

_LOGARITHMS = frozenset(("log2", "log10"))


def zero_logarithms(sheet: Sheet, expressions: Iterable[Expr], values: Mapping[Symbol, Value]) -> Iterator[Note]:
    """Yield that 0 ln 0 is 0, if a logarithm of 0 stands in expressions into which numbers are put.

    Such a logarithm has no value: where there is one all the same, a factor of 0 stands before it.

    Args:
        sheet: The part.
        expressions: What numbers are put into.
        values: The numbers.
    """
    arguments = (argument for expression in expressions for argument in _logarithms(expression))
    if any(not sheet.numeric(argument, values) for argument in arguments):
        zero = Number("0")
        said = row((zero, Space("thin"), sheet.names.notation.logarithm, zero, Operator("="), zero))
        yield Note(("By convention ", said, "."))


def conventions_in_numbers(sheet: Sheet, evaluation: Evaluation) -> tuple[Note, ...]:
    """Return the conventions that the numbers of any sample rest on, each once.

    Args:
        sheet: The part.
        evaluation: Its numbers.
    """
    expressions = [node.expression for node in sheet.part.network.nodes.values()]
    notes = (note for sample in evaluation.samples for note in zero_logarithms(sheet, expressions, sample.values))
    return tuple(dict.fromkeys(notes))


def _logarithms(expression: Expr) -> Iterator[Expr]:
    for part in preorder_traversal(expression):
        if isinstance(part, log):
            yield part.args[0]
        elif isinstance(part, Applied) and part.name in _LOGARITHMS:
            yield part.args[1]
