"""Arrays of numbers in a mapping, as NumPy and PyTorch have them, as plain lists and numbers.

Neither of these libraries is imported: what has ``tolist`` is asked for its numbers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping

# How floats of fewer bits than Python's are packed, by how their type is called.
_SHORT = {"float32": "f", "float16": "e"}
_MOST_DIGITS = 9


def without_arrays(value: object) -> object:
    """Return the same with a list for each array in it, and a plain number for each number of an array.

    A float of 32 or 16 bits becomes the shortest decimal number that rounds to it, as it prints: 0.1 and not
    0.10000000149.

    Args:
        value: Anything; mappings, lists and tuples are gone through.
    """
    if isinstance(value, Mapping):
        return {key: without_arrays(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [without_arrays(of) for of in value]
    listed = getattr(value, "tolist", None)
    if not callable(listed):
        return value
    kind = next((code for name, code in _SHORT.items() if name in str(getattr(value, "dtype", ""))), "")
    plain = listed()
    return _shortened(plain, kind) if kind else without_arrays(plain)


def _shortened(value: object, kind: str) -> object:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_shortened(of, kind) for of in value]
    return _shortest(value, kind) if isinstance(value, float) and math.isfinite(value) else value


def _shortest(value: float, kind: str) -> float:
    """Return the float with the fewest digits that is this one when it has so few bits."""
    texts = (float(f"{value:.{digits}g}") for digits in range(1, _MOST_DIGITS + 1))
    return next(
        (near for near in texts if _fits(near, kind) and struct.unpack(kind, struct.pack(kind, near))[0] == value),
        value,
    )


def _fits(value: float, kind: str) -> bool:
    try:
        struct.pack(kind, value)
    except OverflowError:
        return False
    return True
