"""The full solution of an exercise, block by block."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.catalog.losses import LOSSES
from symnet.document import Block, Document, Heading, Note
from symnet.layout.tree import Layout
from symnet.prose import ROMAN, counted
from symnet.worked import Worked
from symnet.worksheet.backward import deltas_section, gradients_section, loss_section
from symnet.worksheet.model import forward_section, network_section, shape, slopes_section
from symnet.worksheet.numbers import (
    backward_numbers_section,
    forward_numbers_section,
    given_section,
    symbolic_update_section,
    update_section,
)
from symnet.worksheet.sheet import Sheet


def solution(worked: Worked) -> Document:
    """Return the solution of every part of ``worked`` as one document."""
    asked = worked.description
    sheets = [Sheet.of(part, asked) for part in worked.parts]
    return Document(
        title=asked.title,
        subtitle=(f"{shape(sheets[0].part.network)} network, model solution",),
        blocks=tuple(_blocks(worked, sheets)),
    )


def _blocks(worked: Worked, sheets: list[Sheet]) -> Iterator[Block]:
    """Yield what all losses share, each part, and what the machine checked."""
    first = sheets[0]
    yield from network_section(first)
    yield from forward_section(first)
    yield from slopes_section(first)
    if first.part.evaluation is not None:
        yield from given_section(first, first.part.evaluation)
        yield from forward_numbers_section(first, first.part.evaluation)
    for number, sheet in enumerate(sheets):
        yield from _part(worked, sheet, ROMAN[number] if len(sheets) > 1 else None)
    if first.part.evaluation is None:
        yield from symbolic_update_section(first, worked.description)
    yield Note(tuple(_verification(sheets)))


def _part(worked: Worked, sheet: Sheet, number: str | None) -> Iterator[Block]:
    """Yield one loss: its derivatives in symbols and, where there are data, in numbers."""
    title = LOSSES[sheet.part.loss_name].title
    yield Heading(1, (f"Part ({number}): {title}" if number else f"Backward pass, {title}",))
    yield from loss_section(sheet)
    yield from deltas_section(sheet)
    yield from gradients_section(sheet)
    evaluation, training = sheet.part.evaluation, worked.description.training
    if evaluation is not None:
        yield from backward_numbers_section(sheet, evaluation)
        if training is not None:
            yield from update_section(sheet, evaluation, training)


def _verification(sheets: list[Sheet]) -> Iterator[str | Layout]:
    """Yield the line that says what was checked by machine, over all parts."""
    checks = [check for sheet in sheets for check in sheet.part.report.checks]
    yield "Checked by machine: "
    for index, name in enumerate(dict.fromkeys(check.name for check in checks)):
        same = [check for check in checks if check.name == name]
        count = counted(sum(check.comparisons for check in same), "comparison")
        yield f"{'; ' if index else ''}{name} ({count}, largest relative error "
        yield sheets[0].rough(max(check.worst_error for check in same))
        yield ")"
    yield "."
