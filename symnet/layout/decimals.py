"""Numbers under one another: small ones in one way, and decimal marks in one line by blanks for the missing digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symnet.layout.tree import Layout, Number, Operator, Row, Scripts, Space, flatten, retraced
from symnet.remember import Remembered

_MINUS = Operator("-", unary=True)
_TEN = Number("10")
# The smallest power of ten that becomes decimals, where other numbers have decimals too.
_SMALLEST = -6


class _Power(NamedTuple):
    """A number with a negative power of ten: its sign, the digits before it, and the exponent."""

    minus: bool
    digits: str
    exponent: int


def uniform(cells: Sequence[Layout]) -> list[Layout]:
    """Return cells with all small numbers in decimals, or all with a power of ten; other cells are unchanged.

    Where some have a power of ten and others decimals, all get decimals. If one would need too many of them, all that
    are as small as one with a power of ten get one.

    Args:
        cells: What stands in one table or matrix.
    """
    powers = [_power(cell) for cell in cells]
    exponents = [power.exponent for power in powers if power is not None]
    if not exponents or not has_decimals(cells):
        return list(cells)
    if min(exponents) < _SMALLEST:
        return [_with_power(cell, max(exponents)) for cell in cells]
    return [cell if power is None else _in_decimals(power) for cell, power in zip(cells, powers, strict=True)]


def has_decimals(cells: Sequence[Layout]) -> bool:
    """Return whether some of the numbers are in decimals, without a power of ten."""
    return any(part is not None and part.mark for part in map(_parts, cells))


def _power(cell: Layout) -> _Power | None:
    """Return the parts of a number with a negative power of ten; None for anything else."""
    items = flatten(cell)
    minus = items[:1] == (_MINUS,)
    *before, power = items[1:] if minus else items
    if not isinstance(power, Scripts) or power.base != _TEN or power.sub is not None or power.sup is None:
        return None
    sign, *exponent = flatten(power.sup)
    if sign != _MINUS or len(exponent) != 1 or not isinstance(exponent[0], Number):
        return None
    if not before:
        return _Power(minus, "1", -int(exponent[0].text))
    if len(before) == 2 and isinstance(before[0], Number) and before[1] == Operator("times"):
        return _Power(minus, before[0].text, -int(exponent[0].text))
    return None


def _in_decimals(power: _Power) -> Layout:
    """Return a number with a power of ten in decimals, with the digits that it has."""
    mark = "," if "," in power.digits else "."
    digits = "".join(filter(str.isdigit, power.digits))
    number = Number(retraced(f"0{mark}{'0' * (-power.exponent - 1)}{digits}", power.digits))
    return Row((_MINUS, number)) if power.minus else number


def _with_power(cell: Layout, largest: int) -> Layout:
    """Return decimals below ten to ``largest + 1`` with a power of ten; any other cell is unchanged."""
    part = _parts(cell)
    if part is None or not part.mark:
        return cell
    text = next(item.text for item in flatten(cell) if isinstance(item, Number))
    mark = "," if "," in text else "."
    whole, _, decimals = text.partition(mark)
    digits = decimals.lstrip("0")
    exponent = len(digits) - len(decimals) - 1
    if whole.strip("0") or not digits or exponent > largest:
        return cell
    mantissa = retraced(f"{digits[0]}{mark}{digits[1:]}" if digits[1:] else digits, text)
    power = Scripts(_TEN, sup=Row((_MINUS, Number(str(-exponent)))))
    scientific = (power,) if mantissa == "1" else (Number(mantissa), Operator("times"), power)
    return Row((*((_MINUS,) if part.minus else ()), *scientific))


class _Parts(NamedTuple):
    """How much stands on both sides of a decimal mark."""

    minus: bool
    whole: int
    decimals: int
    mark: bool


def aligned(column: Sequence[Layout], *, centred: bool = False) -> list[Layout]:
    """Return the entries of a column with blanks that bring decimal marks of numbers into one line.

    What is no number stays as it is, and so does a column in which no two numbers differ in their decimals.

    Args:
        column: The entries.
        centred: Whether entries are centred, and need blanks at their left as well; else they are flush right.
    """
    parts = [_parts(cell) for cell in column]
    numbers = [part for part in parts if part is not None]
    same = len({(part.decimals, part.mark) for part in numbers}) < 2
    if same and not _uneven(numbers, centred):
        return list(column)
    widest = _Parts(
        any(part.minus for part in numbers),
        max(part.whole for part in numbers),
        max(part.decimals for part in numbers),
        any(part.mark for part in numbers),
    )
    return [
        cell if part is None else _padded(cell, part, widest, centred) for cell, part in zip(column, parts, strict=True)
    ]


def aligned_rows(rows: Sequence[Sequence[Layout]]) -> tuple[tuple[Layout, ...], ...]:
    """Return the rows of a matrix, whose entries are centred, with the decimal marks of each column in one line.

    Small numbers are all written in one way.
    """
    return _ALIGNED.once(rows, None, lambda: _aligned_rows(rows))


# A matrix is measured several times before it is printed.
_ALIGNED = Remembered(200)


def _aligned_rows(rows: Sequence[Sequence[Layout]]) -> tuple[tuple[Layout, ...], ...]:
    cells = iter(uniform([cell for row in rows for cell in row]))
    alike = [[next(cells) for _cell in row] for row in rows]
    columns = [aligned(column, centred=True) for column in zip(*alike, strict=True)]
    return tuple(zip(*columns, strict=True))


def _uneven(numbers: Sequence[_Parts], centred: bool) -> bool:
    """Return whether centring would misalign numbers that have the same number of decimals."""
    return centred and any(part.mark for part in numbers) and len({part[:2] for part in numbers}) > 1


def _parts(cell: Layout) -> _Parts | None:
    """Return the sign and the numbers of digits of a plain decimal number; None for anything else."""
    items = flatten(cell)
    minus = items[:1] == (_MINUS,)
    rest = items[1:] if minus else items
    if len(rest) != 1 or not isinstance(rest[0], Number):
        return None
    text = rest[0].text.replace(",", ".")
    whole, mark, decimals = text.partition(".")
    return _Parts(minus, len(whole), len(decimals), bool(mark)) if (whole + decimals).isdigit() else None


def _padded(cell: Layout, part: _Parts, widest: _Parts, centred: bool) -> Layout:
    before: list[Layout] = []
    if centred:
        before += [Space("minus")] if widest.minus and not part.minus else []
        before += [Space("digit")] * (widest.whole - part.whole)
    behind = [Space("point")] if widest.mark and not part.mark else []
    behind += [Space("digit")] * (widest.decimals - part.decimals)
    return Row((*before, *flatten(cell), *behind))
