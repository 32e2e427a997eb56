"""The styles paths and expanded on a compact sheet: an instance of each layer, the others likewise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol

from symnet.document import Block, Paragraph
from symnet.network.graph import LayerNodes
from symnet.quantity import Role
from symnet.sheets.backward import path_introduction
from symnet.sheets.paths import expanded, worked_by_paths
from symnet.sheets.sheet import Sheet, titled
from symnet.text.say import say


def instances_section(sheet: Sheet) -> Iterator[Block]:
    """Yield derivatives in the style of the view: of each layer for its first weight, the others likewise.

    Parameters that the view names are all worked.

    Args:
        sheet: The part.
    """
    gradient, view = sheet.part.gradient, sheet.view
    work = worked_by_paths if view.style == "paths" else expanded
    yield from path_introduction(sheet)
    left_out = False
    for number, layer in reversed(list(enumerate(sheet.part.network.layers, 1))):
        shown = view.among(layer.parameters)
        worked = shown if view.parameters else instances(layer, shown)
        left_out = left_out or len(worked) < len(shown)
        if worked:
            yield titled(2, "backward.gradients", number=sheet.names.notation.number(Role.WEIGHT, number))
            yield from work(sheet, [gradient.parameters[leaf] for leaf in worked])
    inputs = view.among(gradient.inputs)
    worked = inputs if view.parameters else inputs[:1]
    if worked:
        yield titled(2, "backward.inputs")
        yield from work(sheet, [gradient.inputs[leaf] for leaf in worked])
    if left_out or len(worked) < len(inputs):
        yield Paragraph(say("compact.others_likewise"))


def instances(layer: LayerNodes, shown: Sequence[Symbol]) -> list[Symbol]:
    """Return the first of the parameters that are shown, and the first that an activation learns.

    Args:
        layer: The layer.
        shown: Its parameters that are shown.
    """
    learned = [leaf for leaf in layer.learned if leaf in shown]
    return list(dict.fromkeys((*shown[:1], *learned[:1])))
