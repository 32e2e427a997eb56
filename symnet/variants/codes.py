"""The short code on a sheet, from which that sheet can be made again."""

from __future__ import annotations

import re
from typing import NamedTuple

from symnet.errors import SymnetError
from symnet.limits import MOST_DRAWS, MOST_SEED

# Crockford's base 32: no letter that is taken for a digit, and none that makes words.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_BASE, _BITS = len(_SIGNS), 5
# Bits of the version, the seed, the number of the draw, and the digest of the description.
_WIDTHS = (5, MOST_SEED.bit_length(), MOST_DRAWS.bit_length() - 1, 20)
_LENGTH = sum(_WIDTHS) // _BITS
DIGEST_BITS = _WIDTHS[-1]
"""Bits of the digest of a description."""
# The polynomial x^5 + x^2 + 1, by which products in the field of 32 elements are reduced.
_REDUCED_BY = 0b100101
_GROUP = 4


class CodeError(SymnetError):
    """A text is no code of a variant, or the code of another description."""

    exit_code = 2


class VariantCode(NamedTuple):
    """What a code carries.

    Attributes:
        version: How the variant was drawn.
        seed: The seed of the whole class.
        number: The number of the draw.
        digest: Of the description.
    """

    version: int
    seed: int
    number: int
    digest: int

    def __str__(self) -> str:
        packed = 0
        for value, width in zip(self, _WIDTHS, strict=True):
            packed = packed << width | value
        symbols = [packed >> _BITS * place & _BASE - 1 for place in reversed(range(_LENGTH))]
        text = "".join(_SIGNS[symbol] for symbol in (*symbols, _check(symbols)))
        return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def read_code(text: str) -> VariantCode:
    """Return what a code carries, with O read as 0, and I and L as 1, in letters of either size.

    Args:
        text: The code as somebody typed it, with or without its dashes.

    Raises:
        CodeError: If it is none, or one of its signs was mistyped.
    """
    shown = text[:40]
    plain = re.sub(r"[\s-]", "", text[:100]).upper().translate(_READ_AS)
    if len(plain) != _LENGTH + 1:
        raise CodeError(
            f"code {shown!r}: found {len(plain)} letters and digits; expected {_LENGTH + 1}, as they stand on the sheet"
        )
    unknown = [sign for sign in plain if sign not in _SIGNS]
    if unknown:
        raise CodeError(f"code {shown!r}: found {unknown[0]!r}; expected digits, and letters other than U")
    *symbols, check = map(_SIGNS.index, plain)
    if _check(symbols) != check:
        raise CodeError(f"code {shown!r}: a letter or digit is mistyped; compare it with the sheet")
    packed = 0
    for symbol in symbols:
        packed = packed << _BITS | symbol
    values = []
    for width in reversed(_WIDTHS):
        values.append(packed & (1 << width) - 1)
        packed >>= width
    return VariantCode(*reversed(values))


def _check(symbols: list[int]) -> int:
    """Return the check symbol: a weighted sum in the field of 32 elements, each place with a weight of its own.

    No single wrong symbol and no two neighbours exchanged leave it as it is, since all weights differ and none is 0.
    """
    weight, found = 1, 0
    for symbol in symbols:
        weight = _times(weight, 2)
        found ^= _times(weight, symbol)
    return found


def _times(first: int, second: int) -> int:
    """Return a product in the field of 32 elements."""
    found = 0
    for place in range(_BITS):
        if second >> place & 1:
            found ^= first << place
    for place in range(2 * _BITS - 2, _BITS - 1, -1):
        if found >> place & 1:
            found ^= _REDUCED_BY << (place - _BITS)
    return found
