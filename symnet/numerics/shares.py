"""What the samples of a mean count in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol

from symnet.derivation.objective import Objective
from symnet.numerics.direct import Value, numeric


def whole(objective: Objective, samples: Sequence[Mapping[Symbol, Value]]) -> Value:
    """Return what the sum over some samples is divided by, at the numbers of each; 1 where it is a sum."""
    if not objective.mean:
        return 1
    return sum(numeric(objective.counted, row) for row in samples) if objective.is_weighted else len(samples)
