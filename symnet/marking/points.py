"""An expression at many points at once, for what is right at all of them: most answers are.

Anything out of the ordinary, such as a division by 0, is left to be looked at point by point, as is every answer that
is not the same as what is true to many digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import mpmath
from sympy.core.expr import Expr

from symnet.arithmetic.light import Binary, from_value
from symnet.arithmetic.real import NoValueError
from symnet.marking.truth import FINER, SamplingPoint
from symnet.numerics.expression import program_of

Vector: TypeAlias = "list[Binary]"
"""One number a point."""

# Two values are the same if they differ by no more than such a part of the larger one.
_SAME_DIGITS = 10**75
# Beyond so many bits apart, numbers are not brought to one exponent.
_FARTHEST = 20_000


class AllPoints:
    """Some points, at which expressions are worked out; built once, since the values of the names are kept.

    Args:
        points: The points.
    """

    def __init__(self, points: Sequence[SamplingPoint]) -> None:
        self.points = points
        with mpmath.workdps(FINER):
            self.bits = int(mpmath.mp.prec)
        self._known: dict[Expr, Vector | None] = {}

    def is_same(self, expression: Expr, key: Expr) -> bool:
        """Return whether an expression has at every point the value of a name, to many digits.

        Args:
            expression: The expression.
            key: The name.

        Returns:
            False also where that is not known.
        """
        true = self._of(key)
        if true is None:
            return False
        program = program_of(expression)
        columns = [self._of(name) for name in program.names]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            return False
        try:
            with mpmath.workprec(self.bits):
                return all(
                    _same(program.at([column[number] for column in known], self.bits), one)
                    for number, one in enumerate(true)
                )
        except NoValueError:
            return False

    def _of(self, name: Expr) -> Vector | None:
        """Return the values of a name; None where it has none at some point."""
        if name not in self._known:
            try:
                self._known[name] = [from_value(point.finer[name]) for point in self.points]
            except (KeyError, NoValueError):
                self._known[name] = None
        return self._known[name]


def _same(found: Binary, true: Binary) -> bool:
    (m, e), (n, f) = found, true
    if not m or not n:
        return m == n
    if abs(e - f) > _FARTHEST:
        return False
    if e > f:
        m <<= e - f
    else:
        n <<= f - e
    return abs(m - n) * _SAME_DIGITS <= max(abs(m), abs(n))
