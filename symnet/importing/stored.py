"""Arrays of numbers as a model stores them: read within limits, and exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any, NamedTuple, TypeAlias

from symnet.description.fields import NotANumberError, from_python
from symnet.errors import MisfitError
from symnet.limits import MOST_ARRAY_AXES, MOST_DIGITS

Nested: TypeAlias = "Fraction | list[Nested]"
"""A number, or lists of numbers within one another."""

# Floats of these types have few enough bits for their exact decimals to be read by people.
_SHORT = ("float16", "float32")
_SHORTEST = ("float64",)
_WHOLE = ("int", "bool")
ALLOWED_TYPES = "floats of 16, 32 or 64 bits"


class UnreadableArrayError(MisfitError):
    """An array whose numbers cannot be taken."""


class StoredArray(NamedTuple):
    """An array of exact numbers.

    Attributes:
        shape: Its shape.
        numbers: Its numbers, row by row.
        identity: What tells whether another layer has the very same array; None if nothing does.
        bits: How many bits each number had; 0 if they were no floats.
    """

    shape: tuple[int, ...]
    numbers: tuple[Fraction, ...]
    identity: object = None
    bits: int = 0

    def nested(self) -> Nested:
        """Return the numbers as lists within one another."""
        return _nested(iter(self.numbers), self.shape)

    def permuted(self, *axes: int) -> StoredArray:
        """Return the same numbers with the axes in another order.

        Args:
            axes: Which axis stands at each place.
        """
        strides = [prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        shape = tuple(self.shape[axis] for axis in axes)
        places = product(*map(range, shape))
        numbers = (
            self.numbers[sum(strides[axis] * at for axis, at in zip(axes, place, strict=True))] for place in places
        )
        return self._replace(shape=shape, numbers=tuple(numbers))

    def reshaped(self, *shape: int) -> StoredArray:
        """Return the same numbers, row by row, in another shape of as many."""
        return self._replace(shape=shape)

    def rows(self, start: int, stop: int) -> StoredArray:
        """Return some of its rows."""
        size = prod(self.shape[1:])
        return self._replace(shape=(stop - start, *self.shape[1:]), numbers=self.numbers[start * size : stop * size])

    def times(self, factor: Fraction) -> StoredArray:
        """Return a multiple of it."""
        if factor == 1:
            return self
        return self._replace(numbers=tuple(factor * one for one in self.numbers), identity=None)

    def plus(self, other: StoredArray) -> StoredArray:
        """Return the sum, entry by entry, with another array of the same shape."""
        numbers = tuple(one + more for one, more in zip(self.numbers, other.numbers, strict=True))
        return self._replace(numbers=numbers, identity=None)


def _nested(numbers: Iterator[Fraction], shape: Sequence[int]) -> Nested:
    if not shape:
        return next(numbers)
    return [_nested(numbers, shape[1:]) for _ in range(shape[0])]


def array_of(value: Any, most: int) -> StoredArray:  # noqa: ANN401 - of any library
    """Return an array of NumPy, PyTorch or the like, or nested lists of numbers.

    Floats of 16 and 32 bits are taken exactly; one of 64 bits as the shortest decimal that reads back as it, which is
    how Python and NumPy print it.

    Args:
        value: The array.
        most: How many numbers it may have; that is known before any is read.

    Raises:
        UnreadableArrayError: If it has too many numbers, numbers of another type, or some that are not finite.
    """
    if callable(getattr(value, "to_numpy", None)):
        value = value.to_numpy()
    if not (hasattr(value, "shape") and hasattr(value, "dtype")):
        return _from_lists(value, most)
    shape = tuple(int(length) for length in value.shape)
    _within(shape, most)
    kind = str(value.dtype).rpartition(".")[2]
    if not kind.startswith((*_SHORT, *_SHORTEST, *_WHOLE, "uint", "bfloat16")):
        raise UnreadableArrayError(f"numbers of the type {kind[:40]}", ALLOWED_TYPES)
    try:
        flat = tuple(_flat(value.tolist()))
    except Exception as error:
        # A foreign library may fail in any way, as on arrays that have no storage.
        raise UnreadableArrayError(f"an array that cannot be read ({type(error).__name__})", ALLOWED_TYPES) from error
    exact = kind not in _SHORTEST
    bits = 0 if kind.startswith((*_WHOLE, "uint")) else 64 if not exact else 32 if "32" in kind else 16
    return StoredArray(shape, tuple(_number(one, exact, place, shape) for place, one in enumerate(flat)), bits=bits)


def _within(shape: tuple[int, ...], most: int) -> None:
    if len(shape) > MOST_ARRAY_AXES:
        raise UnreadableArrayError(f"an array of {len(shape)} axes", f"at most {MOST_ARRAY_AXES}")
    if prod(shape) > most:
        size = " x ".join(f"{length:,}" for length in shape)
        raise UnreadableArrayError(f"{size} = {prod(shape):,} numbers", f"at most {most:,}")


def _number(value: Any, exact: bool, place: int, shape: tuple[int, ...]) -> Fraction:  # noqa: ANN401
    """Return one number of an array."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UnreadableArrayError(f"{value} at {_shown_place(place, shape)}", "finite numbers")
    return Fraction(value) if exact or isinstance(value, int) else Fraction(repr(value))


def _shown_place(place: int, shape: tuple[int, ...]) -> str:
    """Return where in an array a number stands, counted from 1."""
    found: list[int] = []
    for length in reversed(shape):
        place, at = divmod(place, length)
        found.append(at + 1)
    return "".join(f"[{at}]" for at in reversed(found)) or "[1]"


def _flat(value: object) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _from_lists(value: object, most: int) -> StoredArray:
    """Return nested lists of numbers as an array."""
    shape: list[int] = []
    level: object = value
    while isinstance(level, list | tuple) and level and len(shape) <= MOST_ARRAY_AXES:
        shape.append(len(level))
        level = level[0]
    _within(tuple(shape), most)
    numbers: list[Fraction] = []
    for place, one in enumerate(_in_shape(value, shape)):
        try:
            numbers.append(from_python(one.item() if callable(getattr(one, "item", None)) else one))
        except NotANumberError as error:
            found = f'"{str(one)[:40]}" at {_shown_place(place, tuple(shape))}'
            raise UnreadableArrayError(found, "numbers, as an array or as lists of equal length") from error
    return StoredArray(tuple(shape), tuple(numbers))


def _in_shape(value: object, shape: Sequence[int]) -> Iterable[Any]:
    """Yield the numbers of nested lists, all of which have to be of one length at each level."""
    if not shape:
        yield value
        return
    if not isinstance(value, list | tuple) or len(value) != shape[0]:
        raise UnreadableArrayError("lists of different lengths", "numbers, as an array or as lists of equal length")
    for one in value:
        yield from _in_shape(one, shape[1:])


def number_text(value: Fraction) -> str:
    """Return a number as a description has it: in decimals where they end and are not too many, or as a fraction.

    Args:
        value: The number; beyond the digits that a description may have, which only sums reach, it is rounded.
    """
    with localcontext(prec=MOST_DIGITS):
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(decimal) == value:
            return _decimal_text(decimal)
    if max(len(str(abs(value.numerator))), len(str(value.denominator))) <= MOST_DIGITS:
        return str(value)
    return _decimal_text(decimal)


def _decimal_text(value: Decimal) -> str:
    """Return a decimal without needless zeros; with an exponent where it would begin or end with many."""
    _sign, digits, exponent = value.normalize().as_tuple()
    zeros = -len(digits) - int(exponent)
    if value and (zeros > _MOST_ZEROS or int(exponent) > _MOST_ZEROS or len(digits) + max(zeros, 0) > MOST_DIGITS):
        mantissa, _, power = f"{value:e}".partition("e")
        trimmed = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{trimmed}e{int(power)}"
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


_MOST_ZEROS = 5
