"""What a worksheet says of the answers that count, so that a student knows what to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from symnet.description.fields import write_number
from symnet.description.marking import Level, MarkingRules, Tolerance
from symnet.document import Inline, Paragraph
from symnet.layout.tree import Number
from symnet.sheets.sheet import Sheet
from symnet.text.say import in_a_row, say

_LEVELS: Mapping[Level, str] = MappingProxyType(
    {"leaves": "demand.leaves", "nodes": "demand.nodes", "deltas": "demand.deltas"}
)


def demands(sheet: Sheet, rules: MarkingRules) -> Iterator[Paragraph]:
    """Yield what counts, where a description asks for more than answers that are equal to the result.

    Args:
        sheet: The first part of the exercise.
        rules: What counts.
    """
    said = [*_of_expressions(sheet, rules), *(_of_numbers(rules) if sheet.evaluation is not None else ())]
    if said:
        yield Paragraph(in_a_row(*said))


def _of_expressions(sheet: Sheet, rules: MarkingRules) -> Iterator[Inline]:
    if rules.in_ is not None:
        by_nodes = sheet.part.network.is_graph or not sheet.names.has_delta
        yield say("demand.by_nodes" if by_nodes and rules.in_ == "deltas" else _LEVELS[rules.in_])
    if rules.form != "any":
        yield say("demand.number" if rules.form == "number" else "demand.simplified")


def _of_numbers(rules: MarkingRules) -> Iterator[Inline]:
    if rules.tolerance is not None:
        yield _of_tolerance(rules.tolerance)
    if rules.truncated == "incorrect":
        yield say("demand.rounded")


def _of_tolerance(tolerance: Tolerance) -> Inline:
    if tolerance.digits is not None:
        return say("demand.digits", digits=tolerance.digits)
    if tolerance.absolute is not None:
        return say("demand.absolute", bound=Number(write_number(tolerance.absolute)))
    return say("demand.relative", bound=Number(write_number(100 * (tolerance.relative or Fraction(0)))))
