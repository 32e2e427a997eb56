"""Terms, factors and brackets: what the layout of an expression is decided by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Mul, S
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch, Chain, PathSum, Quotient, factors_of, terms_of
from symnet.layout.reading import first
from symnet.layout.tree import Fence, Fraction, Glyph, Layout, Number, Operator, Row, Scripts, Space, Word


def row(items: Iterable[Layout]) -> Layout:
    """Return items side by side, without a row inside a row."""
    flat: list[Layout] = []
    for item in items:
        flat += item.items if isinstance(item, Row) else [item]
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def ordered_terms(expression: Expr) -> Sequence[Expr]:
    """Return the terms of a sum in the order in which they are written."""
    return expression.as_ordered_terms() if isinstance(expression, Add) else terms_of(expression)


def ordered_factors(expression: Expr) -> Sequence[Expr]:
    """Return the factors of a product in the order in which they are written."""
    return expression.as_ordered_factors() if isinstance(expression, Mul) else factors_of(expression)


def signed(term: Expr) -> tuple[bool, Expr]:
    """Return whether ``term`` is negative, and the term without its sign."""
    if term.is_Rational and term.is_negative:
        return True, -term
    if isinstance(term, Quotient):
        negative, over = signed(term.args[0])
        return negative, Quotient(over, term.args[1])
    first, *rest = ordered_factors(term)
    if not rest:
        return False, term
    if first is S.NegativeOne:
        return True, Chain(*rest)
    negative, size = signed(first)
    return negative, Chain(size, *rest)


def call_of(expression: Expr) -> tuple[str, tuple[Expr, ...]]:
    """Return a function's name and its arguments."""
    return (expression.name, expression.args[1:]) if isinstance(expression, Applied) else ("tanh", expression.args)


def is_loose(expression: Expr) -> bool:
    """Return whether an expression needs brackets as an operand: a sum, or cases."""
    return isinstance(expression, PathSum | Add | Branch)


def begins_with_digits(body: Layout) -> bool:
    """Return whether digits come first, which would run together with a number before them."""
    leading = first(body)
    return isinstance(leading.base if isinstance(leading, Scripts) else leading, Number)


def gap_between(
    before: type, after: type, *, times: bool, digits: bool = False, pair: bool = False
) -> tuple[Layout, ...]:
    """Return what stands between two factors: a sign where they would run together, else a little room.

    Args:
        before: What sort of tree the first one is.
        after: What sort of tree the second one begins with.
        times: Whether factors are set apart by a times sign, as numbers are.
        digits: Whether they would run together.
        pair: Whether they are two letters alone.
    """
    if times:
        return (Operator("times"),)
    if digits:
        return (Operator("cdot"),)
    return () if pair or after is Word or (after is Fence and before is not Fence) else (Space("thin"),)


def is_number(body: Layout) -> bool:
    """Return whether a tree is a number, with a sign or without."""
    items = body.items if isinstance(body, Row) else (body,)
    return isinstance(items[-1], Number) and all(isinstance(item, Operator) for item in items[:-1])


def runs_into(behind: Layout, factor: Expr) -> bool:
    """Return whether a factor is a number that would run together with what is written behind it.

    A 0 or a 1 would be read as a slip before anything, and the sign of an indicator as a digit.

    Args:
        behind: What is written behind the factor.
        factor: The factor.
    """
    leading = first(behind)
    return factor in (S.Zero, S.One) or (factor.is_Rational and isinstance(leading, Glyph) and leading.name.isdigit())


def bare(body: Layout) -> Layout:
    """Return what stands in a pair of brackets, or the tree itself; bars are no brackets."""
    return body.body if isinstance(body, Fence) and body.left in "([" else body


def is_worded(body: Layout) -> bool:
    """Return whether a name is a word, which would read as a function before a bracket."""
    letter = body.base if isinstance(body, Scripts) else body
    return isinstance(letter, Glyph) and letter.upright


def bracketed(body: Layout) -> Fence:
    """Return ``body`` in round brackets, or in square ones if a sum in round brackets stands in it."""
    parts = body.items if isinstance(body, Row) else (body,)
    return Fence(body, "[", "]") if any(map(_holds_round_sum, parts)) else Fence(body)


def _holds_round_sum(part: Layout) -> bool:
    """Return whether a sum in round brackets stands in ``part``, at the height of the line or in a fraction."""
    if isinstance(part, Fence):
        items = part.body.items if isinstance(part.body, Row) else ()
        is_sum = any(isinstance(item, Operator) and item.name in {"+", "-"} and not item.unary for item in items)
        return part.left == "(" and (is_sum or any(map(_holds_round_sum, items)))
    if isinstance(part, Fraction):
        return _holds_round_sum(part.over) or _holds_round_sum(part.under)
    if isinstance(part, Scripts):
        return _holds_round_sum(part.base)
    return isinstance(part, Row) and any(map(_holds_round_sum, part.items))


# Halves, quarters and eighths stay fractions; what else ends soon is written in decimals, as it was given.
_SMALL_DIVISORS = frozenset((2, 4, 8))
_MOST_DECIMALS = 6
# A smaller number of few digits is written with a power of ten, up to so many places.
_MOST_DIGITS, _MOST_PLACES = 3, 40


def size_of(number: Expr) -> Layout:
    """Return a rational number without its sign: whole, as a fraction, or in decimals if they end soon."""
    over, under = abs(int(number.p)), int(number.q)
    if under == 1:
        return Number(str(over))
    shift = next((places for places in range(_MOST_PLACES + 1) if 10**places % under == 0), None)
    if under in _SMALL_DIVISORS or shift is None:
        return Fraction(Number(str(over)), Number(str(under)))
    digits = str(over * 10**shift // under)
    if shift <= _MOST_DECIMALS:
        digits = digits.zfill(shift + 1)
        return Number(f"{digits[:-shift]}.{digits[-shift:]}")
    if len(digits) > _MOST_DIGITS:
        return Fraction(Number(str(over)), Number(str(under)))
    return scientific(f"{digits[0]}.{digits[1:]}".rstrip("."), len(digits) - 1 - shift)


def scientific(mantissa: str, exponent: int) -> Layout:
    """Return a number with a power of ten; a mantissa of exactly 1 is not written.

    Args:
        mantissa: Its digits.
        exponent: That of ten.
    """
    size = Number(str(abs(exponent)))
    power = Scripts(Number("10"), sup=Row((Operator("-", unary=True), size)) if exponent < 0 else size)
    return power if mantissa == "1" else Row((Number(mantissa), Operator("times"), power))
