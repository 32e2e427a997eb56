"""Exact numbers: the text of a number, or a Python number, as a fraction."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache

ALLOWED = "a number such as 2, -0.5, 1e-3 or 1/3"
PATTERN = r"[+-]?(?:(?:0|[1-9][0-9]*)/[1-9][0-9]*|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
"""The grammar, in the dialect that Python and JSON Schema share."""

MOST_DIGITS = 50
LARGEST_EXPONENT = 308
# A number of 50 digits and an exponent of 308, in bits.
_MOST_BITS = 1190

_NUMBER = re.compile(PATTERN)
_HINTS = (
    (r"", "Leave the key out, or give it a value."),
    (r"[+-]?\.?(nan|inf|infinity)", "A number has to be finite."),
    (r"true|false|yes|no|on|off", "A word is not a number."),
    (r"[+-]?0[xob][0-9a-f_]+", "Write it in decimal."),
    (r"[+-]?[0-9]+/[+-]?0+", "Nothing can be divided by 0."),
    (r"[+-]?[0-9]+/[+-][0-9]+", "Write the sign in front of the whole fraction."),
    (r"[+-]?[0-9]+ */ *[0-9]+", "Write a fraction without spaces and leading zeros, as in 1/3."),
    (r"[+-]?[0-9_.]*_[0-9_.e+-]*", "Leave the underscores out."),
    (r"[+-]?0[0-9.]+", "Leave out the zeros in front; nothing is read as octal."),
    (r"[+-]?[0-9]+(:[0-9.]+)+", "A colon is not part of a number."),
    (r"[+-]?[0-9]+,[0-9,]+", "Write a decimal point, and no separators between thousands."),
    (r"[^,]*,", "Leave out the comma at the end."),
    (r"[0-9.,+\- ]*;[0-9.,+\-; ]*", "Put a comma between two numbers, and a point before decimals."),
    (r"[+-]?[0-9.]+ *%", "Write a percentage as a number, 0.5 for 50%."),
    (r"\s.*|.*\s", "Leave out the spaces."),
)


class NotANumberError(ValueError):
    """Something that is no number; the message is a hint, and may be empty."""


def read(text: str) -> Fraction:
    """The exact value of a number as it is written: ``0.15`` is 3/20.

    Raises:
        NotANumberError: If it is no number, or has too many digits or too large an exponent.
    """
    if not _NUMBER.fullmatch(text):
        forms = (hint for form, hint in _hints() if form.fullmatch(text))
        raise NotANumberError(next(forms, ""))
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MOST_DIGITS and max(map(_digits, mantissa.split("/"))) > MOST_DIGITS:
        raise NotANumberError(f"At most {MOST_DIGITS} digits are read.")
    # Looked at before any power of ten is built: 1e999999999 would fill the memory.
    size = exponent.lstrip("+-").lstrip("0")
    if len(size) > len(str(LARGEST_EXPONENT)) or int(size or "0") > LARGEST_EXPONENT:
        raise NotANumberError(f"Exponents go from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}.")
    return Fraction(text)


@cache
def _hints() -> tuple[tuple[re.Pattern[str], str], ...]:
    # A file may have a hundred thousand values that are no numbers; most have none, and need no pattern.
    return tuple((re.compile(form, re.IGNORECASE), hint) for form, hint in _HINTS)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def from_python(value: object) -> Fraction:
    """The exact value of a Python number: ``int``, ``Fraction``, ``Decimal``, ``float``, or a SymPy rational.

    A float is what its shortest form reads as, so ``0.15`` is 3/20. A string is read as in a file.

    Raises:
        NotANumberError: If it is no number, or one out of range.
    """
    if isinstance(value, bool):
        raise NotANumberError("A word is not a number.")
    if isinstance(value, str):
        return read(value)
    if isinstance(value, float):
        return read(float.__repr__(value))
    if isinstance(value, Decimal):
        return read(str(value))
    try:
        # SymPy's rationals have both, without being imported here.
        above, below = (int(getattr(value, part)) for part in ("numerator", "denominator"))
    except (AttributeError, TypeError, ValueError) as error:
        raise NotANumberError("") from error
    if max(above.bit_length(), below.bit_length()) > _MOST_BITS:
        raise NotANumberError("It has too many digits.")
    return Fraction(above, below)


def write(value: Fraction) -> str:
    """The number in decimals if they end, as a fraction if not."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return str(decimal) if Fraction(decimal) == value else str(value)
