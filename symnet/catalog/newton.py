"""Newton's method: what a step makes of the gradient and the Hessian of few parameters, as lines of symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum, Quotient, difference
from symnet.catalog.optimizers import HessianUse

DETERMINANT = Symbol("determinant")
"""The determinant of a Hessian of one or two parameters."""
MOST_INVERTED = 2
"""Parameters up to which the inverse is written out; of more the system is solved by elimination."""

Solution: TypeAlias = Mapping[Symbol, Expr]


def second(row: int, column: int) -> Symbol:
    """Return an entry of the Hessian, by the 0-based places of its parameters; their order does not matter."""
    first, last = sorted((row, column))
    return Symbol(f"second {first} {last}")


def upper_places(count: int) -> Iterator[tuple[int, int]]:
    """Yield the 0-based row and column of each entry on and above the diagonal."""
    yield from ((row, column) for row in range(count) for column in range(row, count))


def component(row: int) -> Symbol:
    """Return an entry of the gradient, by the 0-based place of its parameter."""
    return Symbol(f"component {row}")


def direction(row: int) -> Symbol:
    """Return an entry of what the parameters move against, by the 0-based place of its parameter."""
    return Symbol(f"direction {row}")


def determinant(count: int) -> Expr:
    """Return the determinant of a Hessian of one or two parameters."""
    if count == 1:
        return second(0, 0)
    return PathSum(Chain(second(0, 0), second(1, 1)), Chain(S.NegativeOne, Pow(second(0, 1), Integer(2))))


def solution_lines(use: HessianUse, count: int) -> Solution | None:
    """Return each entry of the direction, which may cite the determinant; None where so many have no such line.

    Args:
        use: What is made of the gradient.
        count: How many parameters there are.
    """
    return _SOLUTIONS[use](count)


def _inverted(count: int) -> Solution | None:
    """Return the product of the inverse and the gradient."""
    if count == 1:
        return {direction(0): Quotient(component(0), DETERMINANT)}
    return _over(_of_two(count, second(1, 1), second(0, 0), difference))


def _of_two(
    count: int, first: Symbol, last: Symbol, joined: Callable[[Expr, Expr], Expr]
) -> Mapping[Symbol, Expr] | None:
    """Return the product of the gradient and a matrix of two rows with the mixed second derivative beside two ends."""
    if count != MOST_INVERTED:
        return None
    mixed = second(0, 1)
    return {
        direction(0): joined(Chain(first, component(0)), Chain(mixed, component(1))),
        direction(1): joined(Chain(last, component(1)), Chain(mixed, component(0))),
    }


def _over(numerators: Solution | None) -> Solution | None:
    """Return each of some entries over the determinant."""
    return numerators and {left: Quotient(over, DETERMINANT) for left, over in numerators.items()}


def _multiplied(count: int) -> Solution:
    """Return the product of the matrix and the gradient."""
    places = range(count)
    return {
        direction(row): PathSum(*(Chain(second(row, other), component(other)) for other in places)) for row in places
    }


def _diagonal(count: int) -> Solution | None:
    """Return each derivative over its own second one; None for a single parameter, which has no other."""
    return {direction(row): Quotient(component(row), second(row, row)) for row in range(count)} if count > 1 else None


_SOLUTIONS: Mapping[HessianUse, Callable[[int], Solution | None]] = MappingProxyType(
    {
        HessianUse.SOLVED: _inverted,
        HessianUse.UNDAMPED: _inverted,
        HessianUse.MULTIPLIED: _multiplied,
        HessianUse.DIAGONAL: _diagonal,
        HessianUse.ADJUGATE: lambda count: _of_two(count, second(1, 1), second(0, 0), difference),
        HessianUse.UNSIGNED: lambda count: _over(_of_two(count, second(1, 1), second(0, 0), PathSum)),
        HessianUse.UNSWAPPED: lambda count: _over(_of_two(count, second(0, 0), second(1, 1), difference)),
    }
)
