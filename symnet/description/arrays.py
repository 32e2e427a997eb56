"""What a description may be made of in Python as plain lists, numbers and mappings: arrays, and records.

Arrays are those of NumPy and PyTorch, neither of which is imported: what has ``tolist`` is asked for its numbers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from symnet.description.fields import Record
from symnet.description.formulas import TitledText
from symnet.description.layers import ActivationNames
from symnet.description.notation import OwnNotation
from symnet.description.sizes import InputSize

# How floats of fewer bits than Python's are packed, by how their type is called.
_SHORT = {"float32": "f", "float16": "e"}
_MOST_DIGITS = 9


def plain_values(value: object) -> object:
    """Return the same with a list for each array in it, a plain number for each number of one, a mapping for a record.

    A float of 32 or 16 bits becomes the shortest decimal number that rounds to it, as it prints: 0.1 and not
    0.10000000149.

    Args:
        value: Anything; mappings, lists and tuples are gone through.
    """
    for sort, plain_of in _KINDS:
        if isinstance(value, sort):
            return plain_of(value)
    if isinstance(value, Mapping):
        return {key: plain_values(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(of) for of in value]
    listed = getattr(value, "tolist", None)
    if not callable(listed):
        return value
    kind = next((code for name, code in _SHORT.items() if name in str(getattr(value, "dtype", ""))), "")
    plain = listed()
    return _shortened(plain, kind) if kind else plain_values(plain)


# What is no plain value, and what it is instead; a notation of one's own stays what it is.
_KINDS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Record, lambda record: plain_values(record.written())),
    (TitledText, lambda text: {"expression": str(text), "name": text.called}),
    (ActivationNames, lambda several: plain_values(several.names)),
    (InputSize, InputSize.written),
    (OwnNotation, lambda notation: notation),
)


def _shortened(value: object, kind: str) -> object:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_shortened(of, kind) for of in value]
    return shortest(value, kind) if isinstance(value, float) and math.isfinite(value) else value


def shortest(value: float, kind: str) -> float:
    """Return the float with the fewest digits that is this one when it has so few bits.

    Args:
        value: A float of few bits.
        kind: How many, as ``struct`` writes them: ``f`` for 32, ``e`` for 16.
    """
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
