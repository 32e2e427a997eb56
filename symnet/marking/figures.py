"""Plain numbers as they are written on paper: with a decimal comma, a power of ten, or as a percentage."""

from __future__ import annotations

import re
from fractions import Fraction

from symnet.expressions.scanner import Token, number_of
from symnet.layout.tree import Layout, Number, Operator, Row, Scripts
from symnet.marking.records import Figures

_INTEGER = r"[+-]?\s*[0-9]+"
_PATTERN = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>[0-9]+(?:(?:\.|,|\{,\})[0-9]*)?|[.,][0-9]+)"
    rf"(?:[eE](?P<e>[+-]?[0-9]+)|\s*(?:\*|\\times|\\cdot)\s*10\s*\^\s*(?:\{{\s*(?P<braced>{_INTEGER})\s*\}}"
    rf"|\(\s*(?P<bracketed>{_INTEGER})\s*\)|(?P<bare>{_INTEGER})))?\s*(?P<percent>\\?%)?\s*"
)


def figures_of(text: str, start: int, stop: int) -> tuple[Figures, Layout] | None:
    """Return the number that a text is, with how it was written; None if it is anything else.

    Args:
        text: A text in plain characters.
        start: Where the answer begins.
        stop: Where it ends.

    Raises:
        FormulaError: If it has too many digits, or too large an exponent.
    """
    found = _PATTERN.fullmatch(text, start, stop)
    if found is None:
        return None
    digits = found["digits"].replace("{,}", ".").replace(",", ".")
    exponent = next((found[name] for name in ("e", "braced", "bracketed", "bare") if found[name]), "0").replace(" ", "")
    at = found.start("digits")
    value = number_of(text, Token("number", f"{digits}e{exponent}", at))
    decimals = len(digits.partition(".")[2])
    unit = Fraction(10) ** (int(exponent) - decimals)
    if found["percent"]:
        value, unit = value / 100, unit / 100
    sign = -1 if found["sign"] == "-" else 1
    return Figures(sign * value, unit), _written(found["sign"] == "-", digits, int(exponent), bool(found["percent"]))


def _written(negative: bool, digits: str, exponent: int, percent: bool) -> Layout:
    """Return a number with the digits that were typed."""
    items: list[Layout] = [Operator("-", unary=True)] if negative else []
    whole, point, decimals = digits.partition(".")
    items.append(Number((whole or "0") + (point + decimals if decimals else "")))
    powers = exponent - 2 * percent
    if powers:
        size: Layout = Number(str(abs(powers)))
        high = Row((Operator("-", unary=True), size)) if powers < 0 else size
        items += [Operator("times"), Scripts(Number("10"), sup=high)]
    return items[0] if len(items) == 1 else Row(tuple(items))
