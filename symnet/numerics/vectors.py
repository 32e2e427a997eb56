"""Arithmetic of NumPy's arrays of floats: one number in each slot, or many at once, which broadcast.

A number that has no value, or that is not needed, is no number (NaN); a factor of 0 asks for no other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from symnet.numerics.arithmetic import Slots, Table, Work
from symnet.numerics.javascript import DETAILS
from symnet.numerics.program import Operation, Primitive

Array: TypeAlias = Any

# A sum this small beside its terms is what rounding leaves of 0.
_ROUNDING = 4e-16
# Where what is added to 1 is smaller, its logarithm comes from that alone.
_LITTLE = 0.5
_COMPARE: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
)
_erf = np.vectorize(math.erf, otypes=[float])


def _times(first: Array, second: Array) -> Array:
    return np.where(first == 0, 0.0, first * second)


def _sum(operation: Operation) -> Work:
    places = operation.arguments
    pairs = tuple(zip(places[::2], places[1::2], strict=True))

    def work(slots: Slots) -> Array:
        total = largest = np.float64(0)
        for first, second in pairs:
            term = _times(slots[first], slots[second])
            total, largest = total + term, np.fmax(largest, np.abs(term))
        return np.where((np.abs(total) <= _ROUNDING * largest) & np.isfinite(largest), 0.0, total)

    return work


def _product(*factors: Array) -> Array:
    first, *others = factors
    for other in others:
        first = _times(first, other)
    return first


def _quotient(over: Array, under: Array) -> Array:
    return np.where(over == 0, 0.0, np.where(under == 0, np.nan, over / under))


def _power(base: Array, exponent: Array) -> Array:
    found = np.where((base == 0) & (exponent < 0), np.nan, np.power(np.asarray(base, dtype=float), exponent))
    return np.where(exponent == 0, 1.0, found)


def _logarithm(number: Array) -> Array:
    return np.where(number > 0, np.log(number), np.nan)


def _logarithm_near_one(little: Array, whole: Array) -> Array:
    return np.where(np.abs(little) < _LITTLE, np.log1p(little), _logarithm(whole))


def _known(*arrays: Array) -> Array:
    """Return a mask of the places where all arrays are defined."""
    return ~np.logical_or.reduce(np.broadcast_arrays(*map(np.isnan, arrays)))


def _positive(number: Array) -> Array:
    return np.where(np.isnan(number), np.nan, np.where(number > 0, 1.0, 0.0))


def _branch(switch: Array, above: Array, below: Array) -> Array:
    return np.where(np.isnan(switch), np.nan, np.where(switch > 0, above, below))


def _contest(operation: Operation) -> Work:
    own, *others = operation.arguments
    contests = [(_COMPARE[sign], other) for sign, other in zip(operation.detail, others, strict=True)]

    def work(slots: Slots) -> Array:
        value = slots[own]
        won = np.logical_and.reduce(np.broadcast_arrays(*(compare(value, slots[other]) for compare, other in contests)))
        known = _known(value, *(slots[other] for _, other in contests))
        return np.where(known, np.where(won, 1.0, 0.0), np.nan)

    return work


def _error(operation: Operation) -> Work:
    """Return output minus target; where the target is a bound of the activation, from the distance to that bound."""
    plain, target, *gaps = operation.arguments
    known = tuple(zip(operation.detail, gaps, strict=True))

    def work(slots: Slots) -> Array:
        found, aim = slots[plain], slots[target]
        for bound, gap in known:
            found = np.where(aim == bound, -slots[gap] if bound > 0 else slots[gap], found)
        return found

    return work


def _number(operation: Operation) -> Work:
    number = np.float64(DETAILS[Primitive.NUMBER](operation))
    return lambda _slots: number


def _shown(operation: Operation) -> Work:
    place = operation.arguments[0]
    return lambda slots: slots[place]


def _of(function: Callable[..., Array]) -> Callable[[Operation], Work]:
    """Return the table's entry for a function of numbers."""

    def bind(operation: Operation) -> Work:
        places = operation.arguments
        return lambda slots: function(*(slots[place] for place in places))

    return bind


def _first(function: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda number, *_others: function(number)


def _extreme(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    def found(first: Array, *others: Array) -> Array:
        for other in others:
            first = function(first, other)
        return first

    return found


def _sigmoid(number: Array) -> Array:
    power = np.exp(-np.abs(number))
    return np.where(number < 0, power / (1 + power), 1 / (1 + power))


_NAMED: Mapping[str, Callable[..., Array]] = MappingProxyType(
    {
        "exp": np.exp,
        "ln": _logarithm,
        "log": _logarithm,
        "log2": lambda number: _logarithm(number) / math.log(2),
        "log10": lambda number: _logarithm(number) / math.log(10),
        "sqrt": np.sqrt,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "tanh": np.tanh,
        "sigmoid": _sigmoid,
        "relu": lambda number: np.maximum(number, 0.0),
        "max": _extreme(np.maximum),
        "min": _extreme(np.minimum),
        "abs": np.abs,
        "sign": np.sign,
        "erf": _erf,
    }
)
"""The functions by the names that expressions have for them."""


def _function(operation: Operation) -> Work:
    return _of(_NAMED[operation.detail])(operation)


VECTORS: Table = MappingProxyType(
    {
        Primitive.NUMBER: _number,
        Primitive.SUM: _sum,
        Primitive.PRODUCT: _of(_product),
        Primitive.QUOTIENT: _of(_quotient),
        Primitive.POWER: _of(_power),
        Primitive.ROOT: _of(np.sqrt),
        Primitive.EXP: _of(np.exp),
        Primitive.LOG: _of(_logarithm),
        Primitive.LOG_NEAR_ONE: _of(_logarithm_near_one),
        Primitive.TANH: _of(_first(np.tanh)),
        Primitive.SINH: _of(np.sinh),
        Primitive.COSH: _of(np.cosh),
        Primitive.SIN: _of(np.sin),
        Primitive.COS: _of(np.cos),
        Primitive.TAN: _of(np.tan),
        Primitive.ERF: _of(_erf),
        Primitive.ABS: _of(np.abs),
        Primitive.SIGN: _of(np.sign),
        Primitive.MAXIMUM: _of(_extreme(np.maximum)),
        Primitive.MINIMUM: _of(_extreme(np.minimum)),
        Primitive.POSITIVE: _of(_positive),
        Primitive.BRANCH: _of(_branch),
        Primitive.CONTEST: _contest,
        Primitive.FUNCTION: _function,
        Primitive.ERROR: _error,
        Primitive.SHOWN: _shown,
    }
)
"""From an operation to what works it out."""
