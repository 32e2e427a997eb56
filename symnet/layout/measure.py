"""Estimated widths of formulas and text, in em."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symnet.layout.decimals import aligned_rows
from symnet.layout.symbols import GLYPHS, OPERATORS
from symnet.layout.tree import (
    Accent,
    Blank,
    Brace,
    Cases,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Matrix,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
    children,
    is_tall,
    starts_with_word,
)

# How wide the letters are: measured once with pdflatex, in em.

# All widths are in em of the text size, as pdflatex sets 11 pt Latin Modern, rounded up.
_ITALIC_GROUPS = {
    "l": 0.32,
    "i": 0.35,
    "t": 0.37,
    "b": 0.43,
    "c": 0.44,
    "ejs": 0.47,
    "r": 0.48,
    "oq": 0.49,
    "pz": 0.51,
    "gI": 0.52,
    "advy": 0.53,
    "k": 0.56,
    "hux": 0.58,
    "f": 0.6,
    "n": 0.61,
    "J": 0.66,
    "S": 0.68,
    "L": 0.69,
    "T": 0.73,
    "w": 0.75,
    "AZ": 0.76,
    "R": 0.77,
    "CFGP": 0.79,
    "EOQU": 0.8,
    "BVY": 0.81,
    "D": 0.86,
    "m": 0.88,
    "X": 0.91,
    "HN": 0.92,
    "K": 0.93,
    "M": 1.08,
    "W": 1.09,
}
_UPRIGHT_GROUPS = {
    "il": 0.28,
    "fj": 0.31,
    "I": 0.37,
    "t": 0.39,
    "rs": 0.4,
    "cez": 0.45,
    "ago": 0.5,
    "J": 0.52,
    "kqvxy": 0.53,
    "bdhnpuS": 0.56,
    "Z": 0.62,
    "L": 0.63,
    "F": 0.66,
    "EP": 0.69,
    "B": 0.71,
    "wCT": 0.73,
    "R": 0.74,
    "AHNUVXY": 0.76,
    "D": 0.77,
    "KOQ": 0.78,
    "G": 0.79,
    "m": 0.84,
    "M": 0.92,
    "W": 1.03,
    " .,;:!'[]|": 0.34,
    "()-": 0.4,
    "0123456789/*?$": 0.5,
    "+=<>@%&#_~^": 0.84,
}
ITALIC: dict[str, float] = {char: width for chars, width in _ITALIC_GROUPS.items() for char in chars}
UPRIGHT: dict[str, float] = {char: width for chars, width in _UPRIGHT_GROUPS.items() for char in chars}
OTHER_LETTER = 0.84


# How wide a formula or a text will be on paper, estimated without typesetting it.

# In em of the text: the width of a page, how far calculations stand in from its left, and a relation with its room.
TEXT_EM = 42.0
INDENT_EM = 1.2
RELATION_EM = 1.4

# A character without a sign of its own is printed as its code point.
_CODE_POINT = 3.3
_LAST_LATIN = 0x24F

# Display, text, script and second script: a script is set in a wider cut of a smaller size.
_SIZES = (1.0, 1.0, 0.78, 0.64)
_FIRST_SCRIPT = 2
_SCRIPT_SPACE = 0.05
_FRACTION_SIDES = 0.22
_OPERATOR_ROOM = 0.45
_WORD_ROOM = 0.34
_PRIME = 0.3
_FENCE = 0.4
_ROOT = 1.01
_TALL_FENCE = 0.8
_CASES_FRAME = 1.85
_IF_ROOM = 0.36
_MATRIX_FRAME = 1.2
_TALL_MATRIX = 0.45
_HIGH_MATRIX = 0.18
_LOW_ROWS = 2
_COLUMN_GAP = 0.92
_SPACES = {"thin": 0.17, "quad": 1.0, "digit": 0.5, "point": 0.29, "minus": 0.78}
_BOLD = 1.17
_LIMITS = frozenset({"sum", "product"})


def width_em(layout: Layout) -> float:
    """Return the width of the tree at display size in em, never too small and seldom 15 % too large.

    Args:
        layout: Any layout tree.
    """
    return _width(layout, 0)


def text_em(text: str) -> float:
    """Return the width of upright text in em.

    Args:
        text: Any text.
    """
    return sum(UPRIGHT.get(char) or _other(char) for char in text)


def inline_em(content: Sequence[str | Layout]) -> float:
    """Return the width of text with formulas in it, on one line, in em.

    Args:
        content: Texts and layout trees.
    """
    return sum(text_em(part) if isinstance(part, str) else _width(part, 1) for part in content)


def _other(char: str) -> float:
    return OTHER_LETTER if ord(char) <= _LAST_LATIN else _CODE_POINT


def _width(layout: Layout, level: int) -> float:
    return _WIDTHS[type(layout)](layout, level)


def _glyph(glyph: Glyph, level: int) -> float:
    if glyph.upright:
        return text_em(glyph.name) * _SIZES[level]
    sign = GLYPHS.get(glyph.name)
    if sign is not None:
        return sign.width * _SIZES[level] * (_BOLD if glyph.bold else 1)
    if glyph.bold:
        return text_em(glyph.name) * _BOLD * _SIZES[level]
    return sum(ITALIC.get(char, OTHER_LETTER) for char in glyph.name) * _SIZES[level]


def _word(word: Word, level: int) -> float:
    return (text_em(word.text) + _WORD_ROOM) * _SIZES[level]


def _number(number: Number, level: int) -> float:
    return (0.5 * len(number.text) - (0.21 if "." in number.text or "," in number.text else 0)) * _SIZES[level]


def _operator(operator: Operator, level: int) -> float:
    close = operator.unary or level >= _FIRST_SCRIPT
    width = OPERATORS[operator.name].width
    return max(0.29, width - (_OPERATOR_ROOM if close else 0)) * _SIZES[level]


def _row(row: Row, level: int) -> float:
    return sum([_WIDTHS[type(item)](item, level) for item in row.items])


def _fraction(fraction: Fraction, level: int) -> float:
    inner = min(level + 1, 3)
    return max(_width(fraction.over, inner), _width(fraction.under, inner)) + _FRACTION_SIDES


def _root(root: Root, level: int) -> float:
    return _width(root.body, level) + _ROOT * _SIZES[level]


def _scripts(scripts: Scripts, level: int) -> float:
    small = min(max(level + 1, _FIRST_SCRIPT), 3)
    parts = [_width(part, small) for part in (scripts.sub, scripts.sup) if part is not None]
    base = _width(scripts.base, level)
    if level == 0 and isinstance(scripts.base, Glyph) and scripts.base.name in _LIMITS:
        return max(base, *parts) + _WORD_ROOM / 2
    return base + max(parts, default=0) + _SCRIPT_SPACE


def _accent(accent: Accent, level: int) -> float:
    return _width(accent.base, level)


def _prime(prime: Prime, level: int) -> float:
    return _width(prime.base, level) + _PRIME * _SIZES[level]


def _fence(fence: Fence, level: int) -> float:
    side = _TALL_FENCE if is_tall(fence.body) else _FENCE
    return _width(fence.body, level) + 2 * side * _SIZES[level]


def _cases(cases: Cases, level: int) -> float:
    inner = max(level, 1)
    values = max(_width(value, inner) for value, _ in cases.rows)
    conditions = max(
        _width(when, inner) + (0 if starts_with_word(when) else text_em(cases.when) + _IF_ROOM)
        for _, when in cases.rows
    )
    return values + conditions + _CASES_FRAME


def _matrix(matrix: Matrix, level: int) -> float:
    inner = max(level, 1)
    # An entry with a fraction is set as large as it is outside.
    columns = [
        max(_width(cell, 0 if is_tall(cell) else inner) for cell in column)
        for column in zip(*aligned_rows(matrix.rows), strict=True)
    ]
    tall = _TALL_MATRIX if any(is_tall(cell) for cell in children(matrix)) else 0
    high = _HIGH_MATRIX if len(matrix.rows) > _LOW_ROWS else 0
    return sum(columns) + _COLUMN_GAP * max(0, len(columns) - 1) + _MATRIX_FRAME + max(tall, high)


def _brace(brace: Brace, level: int) -> float:
    return max(_width(brace.body, level), text_em(brace.label) * _SIZES[_FIRST_SCRIPT] + 2 * _SCRIPT_SPACE)


def _space(space: Space, level: int) -> float:
    return _SPACES[space.width] * _SIZES[level]


def _blank(blank: Blank, level: int) -> float:
    return blank.width * _SIZES[level]


_WIDTHS: dict[type, Callable[[Any, int], float]] = {
    Glyph: _glyph,
    Word: _word,
    Number: _number,
    Operator: _operator,
    Row: _row,
    Fraction: _fraction,
    Root: _root,
    Scripts: _scripts,
    Accent: _accent,
    Prime: _prime,
    Fence: _fence,
    Cases: _cases,
    Matrix: _matrix,
    Brace: _brace,
    Space: _space,
    Blank: _blank,
}
