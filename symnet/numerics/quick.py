"""Arithmetic of the machine's floats, for what is run so often that it must be quick, and proven by more digits later.

Sums and products, of which nearly every program consists, are those of the machine; all else is done exactly and
rounded to a float.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from symnet.arithmetic.light import Binary, from_ratio, to_value
from symnet.arithmetic.real import NoValueError
from symnet.numerics import exact
from symnet.numerics.arithmetic import Slots, Table, Work
from symnet.numerics.program import Operation, Primitive

_BITS = 53


def to_float(number: Binary) -> float:
    """Return a number as a float; one that is too large for that is infinite."""
    return float(to_value(number))


def _from_float(number: float) -> Binary:
    """Return a float as it is.

    Raises:
        NoValueError: If it is not finite.
    """
    try:
        return from_ratio(*number.as_integer_ratio(), _BITS)
    except (OverflowError, ValueError):
        raise NoValueError("a number beyond all floats") from None


def _sum(operation: Operation) -> Work:
    arguments = operation.arguments
    pairs = tuple(zip(arguments[::2], arguments[1::2], strict=True))

    def work(slots: Slots) -> float:
        total = 0.0
        for i, j in pairs:
            first = slots[i]
            if first:
                total += first * slots[j]
        return total

    return work


def _product(operation: Operation) -> Work:
    first, *rest = operation.arguments

    def work(slots: Slots) -> float:
        product: float = slots[first]
        for place in rest:
            if not product:
                return 0.0
            product *= slots[place]
        return product

    return work


def _done_exactly(primitive: Primitive) -> Callable[[Operation], Work]:
    """Return the table's entry for an operation that is evaluated exactly and then rounded to a float."""

    def bind(operation: Operation) -> Work:
        places = operation.arguments
        # The numbers stand in the order of the arguments, behind the precision.
        done = exact.TABLE[primitive](operation._replace(arguments=tuple(range(1, 1 + len(places)))))
        return lambda slots: to_float(done([_BITS, *(_from_float(slots[place]) for place in places)]))

    return bind


QUICK: Table = MappingProxyType(
    {primitive: _done_exactly(primitive) for primitive in exact.TABLE}
    | {Primitive.SUM: _sum, Primitive.PRODUCT: _product}
)
