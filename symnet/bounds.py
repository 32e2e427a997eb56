"""Values close to a bound: what is lost when 1 - a is computed from a rounded a, and how it is kept."""

from __future__ import annotations

from typing import NamedTuple

import mpmath
from sympy import Integer, S, Symbol, log
from sympy.core.expr import Expr

from symnet.calculus import difference
from symnet.numeric import Value, numeric


class NearBounds(NamedTuple):
    """An activation that can come close to its bounds.

    Attributes:
        activation: The activation's symbol.
        gaps: Each bound other than 0, and how far off it the activation is, without cancellation.
        target: The target it is compared with, for an output.
    """

    activation: Symbol
    gaps: tuple[tuple[int, Expr], ...]
    target: Symbol | None

    def put_in(self, values: dict[Expr, Value]) -> None:
        """Put the value of each expression into ``values`` that would lose the gap if it were computed from them."""
        a = self.activation
        gaps = {bound: numeric(gap, values) for bound, gap in self.gaps}
        if self.target is not None and (nearest := gaps.get(values[self.target])) is not None:
            values[difference(a, self.target)] = -nearest if values[self.target] > 0 else nearest
        if {1, -1} <= gaps.keys():
            values[difference(S.One, a ** Integer(2))] = gaps[1] * gaps[-1]
        if 1 in gaps:
            rest = difference(S.One, a)
            values[rest] = gaps[1]
            if 2 * gaps[1] < 1:
                values[log(a)] = mpmath.log1p(-gaps[1])
            else:
                values[log(rest)] = mpmath.log1p(-values[a])
