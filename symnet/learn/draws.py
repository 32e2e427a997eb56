"""Other numbers of an exercise, drawn and screened as those of variants are."""

from __future__ import annotations

import json
from collections.abc import Iterator

from symnet.description.plain import plain_description
from symnet.limits import MOST_NEW_NUMBERS
from symnet.variants.select import SourceText, TooFewError, select, workshop
from symnet.worked import Worked

_SEED = 0


def drawn(worked: Worked) -> Iterator[Worked]:
    """Yield the exercise with other numbers, each of a draw that was screened; none where nothing is drawn.

    Args:
        worked: The exercise.
    """
    description = worked.description
    if not description.variants:
        return
    plain = json.dumps(plain_description(description), ensure_ascii=False)
    source = SourceText(plain.encode(), description.source_name, _SEED)
    try:
        chosen = select(source, MOST_NEW_NUMBERS).chosen
    except TooFewError:
        return
    made = workshop(source)
    ids = [set(part.network.quantities) for part in worked.parts]
    for one in chosen:
        other = made.worked(made.plan.variant(one.number))
        # Another structure has other questions, and other derivatives.
        if [set(part.network.quantities) for part in other.parts] == ids and _same_nodes(worked, other):
            yield other


def _same_nodes(worked: Worked, other: Worked) -> bool:
    """Return whether two exercises have the same nodes, worked out in the same way."""
    return all(
        {name: node.expression for name, node in one.network.nodes.items()}
        == {name: node.expression for name, node in two.network.nodes.items()}
        for one, two in zip(worked.parts, other.parts, strict=True)
    )
