"""Plain numbers as they are written on paper: with a decimal comma, a power of ten, or as a percentage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

import mpmath
from sympy import Rational, S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum
from symnet.arithmetic.real import NoValueError, Value
from symnet.layout.tree import Layout, Number, Operator, Row, Scripts
from symnet.marking.records import Figures
from symnet.marking.spans import Span, bare
from symnet.marking.truth import DIGITS, exactly
from symnet.numerics.expression import as_it_stands, names_in, value_of
from symnet.parsing.tokens import FormulaToken, number_of

_INTEGER = r"[+-]?\s*[0-9]+"
_PATTERN = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>[0-9]+(?:(?:\.|,|\{,\})[0-9]*)?|[.,][0-9]+)"
    rf"(?:[eE](?P<e>[+-]?[0-9]+)|\s*(?:[*⋅]|\\times|\\cdot|(?P<x>[xX]))\s*10\s*\^\s*(?:\{{\s*(?P<braced>{_INTEGER})\s*\}}"
    rf"|\(\s*(?P<bracketed>{_INTEGER})\s*\)|(?P<bare>{_INTEGER})))?\s*(?P<percent>\\?%)?\s*"
)


# In a product, numbers with fewer decimals are taken as they stand: 0.5 may be a half.
_ENOUGH = Fraction(1, 1000)


def figures_of(text: str, span: Span, *, times: bool = True) -> tuple[Figures, Layout] | None:
    """Return the number that a text is, with how it was written; None if it is anything else.

    Args:
        text: A text in plain characters.
        span: Where the number stands, perhaps in brackets.
        times: Whether an x before a power of ten is a sign, since nothing is called x10.

    Raises:
        FormulaError: If it has too many digits, or too large an exponent.
    """
    found = _PATTERN.fullmatch(text, *bare(text, span))
    if found is None or (found["x"] and not times):
        return None
    digits = found["digits"].replace("{,}", ".").replace(",", ".")
    exponent = next((found[name] for name in ("e", "braced", "bracketed", "bare") if found[name]), "0").replace(" ", "")
    at = found.start("digits")
    value = number_of(text, FormulaToken("number", f"{digits}e{exponent}", at))
    decimals = len(digits.partition(".")[2])
    unit = Fraction(10) ** (int(exponent) - decimals)
    if found["percent"]:
        value, unit = value / 100, unit / 100
    sign = -1 if found["sign"] == "-" else 1
    return Figures(sign * value, unit), _written(found["sign"] == "-", digits, int(exponent), bool(found["percent"]))


def calculated(expression: Expr, typed: Mapping[Fraction, Fraction]) -> Figures | None:
    """Return the value of a calculation, with the precision that the rounded numbers in it leave.

    ``1 - 0.3515`` is 0.6485 as it stands. Where numbers are multiplied, half a unit of the last digit is no more than
    what rounding them can have moved the result.

    Args:
        expression: The calculation.
        typed: The rounded numbers in it, without sign, each with the place of its last digit.

    Returns:
        None where something has a name, and where no number is rounded.
    """
    if not typed or names_in(expression):
        return None
    unit = min(typed.values())
    with mpmath.workdps(DIGITS):
        try:
            value = value_of(expression, {})
            if not _is_sum(expression):
                if unit > _ENOUGH:
                    return None
                moved = mpmath.fsum(abs(_moved(expression, number, unit) - value) for number in typed)
                unit = min(unit, Fraction(str(mpmath.nstr(2 * moved, _DIGITS_OF_UNIT))))
        except NoValueError:
            return None
        exact = Fraction(mpmath.nstr(value, DIGITS))
    return Figures(exact, unit) if unit else None


_DIGITS_OF_UNIT = 3


def _is_sum(expression: Expr) -> bool:
    """Return whether an expression is a sum or a difference of numbers."""
    is_negative = isinstance(expression, Chain) and expression.args[0] is S.NegativeOne
    if isinstance(expression, PathSum) or is_negative:
        return all(map(_is_sum, expression.args))
    return bool(expression.is_Rational)


def _moved(expression: Expr, number: Fraction, unit: Fraction) -> Value:
    """Return the value of a calculation with one of its numbers, of either sign, larger by half a unit."""
    moved, plain = exactly(number + unit / 2), Rational(number.numerator, number.denominator)
    return as_it_stands(expression, (plain, -plain)).value({plain: moved, -plain: -moved})


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
