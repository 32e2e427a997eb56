"""The numbers of second derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import mpmath
from sympy import Symbol

from symnet.derivation.second import Hessian
from symnet.numerics.direct import NoValueError, Value, numeric

# Digits with which second derivatives are worked out, many more than are ever shown.
_DIGITS = 60

Entries = Mapping[tuple[Symbol, Symbol], Value]


def hessian_values(hessian: Hessian, samples: Sequence[Mapping[Symbol, Value]], whole: Value) -> Entries:
    """Return the second derivatives of the objective at given numbers; nothing where one has no value.

    Args:
        hessian: The second derivatives of the loss of one sample, and of the penalty.
        samples: The numbers of each sample.
        whole: What the sum of the losses is divided by.
    """
    with mpmath.workdps(_DIGITS):
        try:
            return {
                pair: mpmath.fsum(numeric(entry.result, row) for row in samples) / whole
                + numeric(entry.added, samples[0])
                for pair, entry in hessian.entries.items()
            }
        except NoValueError:
            return {}


def product_values(hessian: Hessian, values: Entries) -> Mapping[Symbol, Value]:
    """Return the product of a Hessian's values and its direction, by leaf."""
    with mpmath.workdps(_DIGITS):
        sizes = {leaf: mpmath.mpf(n.numerator) / n.denominator for leaf, n in hessian.direction.items()}
        return {
            one: mpmath.fsum(values[one, other] * sizes[other] for other in hessian.leaves) for one in hessian.leaves
        }
