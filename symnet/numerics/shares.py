"""What the samples of a mean count in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol

from symnet.derivation.objective import Objective
from symnet.numerics.direct import Value, numeric


def whole(objective: Objective, samples: Sequence[Mapping[Symbol, Value]]) -> Value:
    """Return the divisor of the mean over some samples: their number or total weight; 1 for a sum."""
    if not objective.mean:
        return 1
    return sum(numeric(objective.counted, row) for row in samples) if objective.is_weighted else len(samples)
