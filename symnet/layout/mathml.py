"""A layout tree as MathML: the part of it that all browsers set (MathML Core), every sign its Unicode character."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from symnet.layout.decimals import aligned_rows
from symnet.layout.symbols import GLYPHS, OPERATORS, clean_text
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
    flatten,
    is_sign,
    is_tall,
    starts_with_word,
    trace,
)

_SPACES = {"thin": "0.167em", "quad": "1em", "digit": "0.5em", "point": "0.278em", "minus": "0.778em"}
_THIN = f'<mspace width="{_SPACES["thin"]}"></mspace>'
_MARKS = {"hat": "^", "bar": "¯", "tilde": "˜", "dot": "˙"}
_BRACKETS = {"||": "‖"}
# With scripts under and over it, or behind it within a line of text.
_LARGE = frozenset({"sum", "product"})
# A single letter leans by itself, save where the other formats keep it upright.
_UPRIGHT = frozenset({"nabla", "infinity", "cdots", "dots", "vdots", "indicator", "top"})
# By the first letter of a run: that of the bold run. MathML Core has no other way to bold; Greek small ones lean.
_RUNS = {"0": (10, "𝟎"), "A": (26, "𝐀"), "a": (26, "𝐚"), "Α": (25, "𝚨"), "α": (25, "𝜶")}
_BOLD = {ord(first) + i: chr(ord(bold) + i) for first, (length, bold) in _RUNS.items() for i in range(length)}
_BOLD |= {ord("∂"): "𝝏", ord("∇"): "𝛁"}


def write(layout: Layout) -> str:
    """Return the tree as the content of a ``math`` element.

    Args:
        layout: Any layout tree.
    """
    items = flatten(layout)
    pieces = _set(items, False)
    if len(items) > 1 and is_sign(items[0]):
        # At the start of a line that goes on, a sign still stands between two terms.
        pieces[0] = pieces[0].replace("<mo>", '<mo form="infix">')
    return _grouped(pieces)


def _write(layout: Layout, tight: bool) -> str:
    """Return the tree as one element; ``tight`` within scripts, where signs have no room about them."""
    return _WRITERS[type(layout)](layout, tight)


def _grouped(pieces: list[str]) -> str:
    """Return pieces as one element, an empty one for no piece: scripts and fractions need each of their parts."""
    return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"


def _set(items: tuple[Layout, ...], tight: bool) -> list[str]:
    """Return the elements of a row, with thin spaces between a named function or a fraction and a factor."""
    pieces: list[str] = []
    for index, item in enumerate(items):
        if index and not tight and _stand_apart(items[index - 1], item):
            pieces.append(_THIN)
        pieces.append(_write(item, tight))
    return pieces


def _stand_apart(before: Layout, item: Layout) -> bool:
    if isinstance(before, Operator | Space) or isinstance(item, Operator | Space):
        return False
    if isinstance(before, Fraction) or isinstance(item, Fraction):
        return True
    return _is_named(item) or (_is_named(before) and not isinstance(item, Fence))


def _is_named(layout: Layout) -> bool:
    """Return whether the tree is a function's name of several letters or a sum sign, also with scripts."""
    if isinstance(layout, Scripts | Prime):
        return _is_named(layout.base)
    return isinstance(layout, Word) or _is_large(layout)


def _is_large(layout: Layout) -> bool:
    return isinstance(layout, Glyph) and layout.name in _LARGE and not layout.upright


def _of(text: str) -> str:
    """Return the attribute with the id of the quantity that a letter or digits stand for; empty if they carry none."""
    of = trace(text)
    return f' data-of="{escape(of)}"' if of else ""


def _text(text: str) -> str:
    return escape(clean_text(text))


def _glyph(glyph: Glyph, _: bool) -> str:
    sign = None if glyph.upright else GLYPHS.get(glyph.name)
    text, of = _text(glyph.name) if sign is None else sign.char, _of(glyph.name)
    if _is_large(glyph):
        return f'<mo lspace="0em" rspace="0em">{text}</mo>'
    if glyph.bold:
        return f'<mi mathvariant="normal"{of}>{text.translate(_BOLD)}</mi>'
    if len(text) > 1:
        return f"<mi{of}>{text}</mi>" if glyph.upright else f'<mi style="font-style: italic"{of}>{text}</mi>'
    upright = glyph.upright or glyph.name in _UPRIGHT or (sign is not None and text.isupper())
    return f'<mi mathvariant="normal"{of}>{text}</mi>' if upright else f"<mi{of}>{text}</mi>"


def _word(word: Word, _: bool) -> str:
    tag = "mi" if len(word.text) > 1 and word.text.isalnum() else "mtext"
    return f"<{tag}>{_text(word.text)}</{tag}>"


def _number(number: Number, _: bool) -> str:
    return f"<mn{_of(number.text)}>{_text(number.text)}</mn>"


def _operator(operator: Operator, tight: bool) -> str:
    room = ' lspace="0em" rspace="0em"' if tight else ""
    form = ' form="prefix"' if operator.unary else ""
    return f"<mo{form}{room}>{escape(OPERATORS[operator.name].char)}</mo>"


def _row(row: Row, tight: bool) -> str:
    return _grouped(_set(flatten(row), tight))


def _fraction(fraction: Fraction, tight: bool) -> str:
    return f"<mfrac>{_write(fraction.over, tight)}{_write(fraction.under, tight)}</mfrac>"


def _root(root: Root, tight: bool) -> str:
    return f"<msqrt>{_write(root.body, tight)}</msqrt>"


def _scripts(scripts: Scripts, tight: bool) -> str:
    # Three names: with what is low alone, with what is high alone, with both.
    low, high, both = ("munder", "mover", "munderover") if _is_large(scripts.base) else ("msub", "msup", "msubsup")
    tag = both if scripts.sub and scripts.sup else low if scripts.sub else high
    parts = [_write(part, True) for part in (scripts.sub, scripts.sup) if part is not None]
    return f"<{tag}>{_write(scripts.base, tight)}{''.join(parts)}</{tag}>"


def _accent(accent: Accent, tight: bool) -> str:
    mark = f'<mo stretchy="false">{_MARKS[accent.mark]}</mo>'
    return f'<mover accent="true">{_write(accent.base, tight)}{mark}</mover>'


def _prime(prime: Prime, tight: bool) -> str:
    # Fonts for mathematics draw it raised and small: as a superscript it would be so twice.
    return f"<mrow>{_write(prime.base, tight)}<mo>′</mo></mrow>"


def _fence(fence: Fence, tight: bool) -> str:
    # Brackets grow with scripts as well if they are let.
    opening = "<mo>" if is_tall(fence.body) else '<mo stretchy="false">'
    left, right = (
        f"{opening}{_BRACKETS.get(bracket, bracket)}</mo>" if bracket else "" for bracket in (fence.left, fence.right)
    )
    return f"<mrow>{left}{_write(fence.body, tight)}{right}</mrow>"


def _cases(cases: Cases, tight: bool) -> str:
    rows = (
        f"<mtr>{_cell(value, tight)}<mtd>{_condition(cases.when, when, tight)}</mtd></mtr>"
        for value, when in cases.rows
    )
    return f'<mrow><mo>{{</mo><mtable class="cases">{"".join(rows)}</mtable></mrow>'


def _condition(word: str, when: Layout, tight: bool) -> str:
    said = _write(when, tight)
    return said if starts_with_word(when) else f"<mrow><mtext>{_text(word)}\N{NO-BREAK SPACE}</mtext>{said}</mrow>"


def _matrix(matrix: Matrix, tight: bool) -> str:
    rows = ("".join(_cell(cell, tight) for cell in row) for row in aligned_rows(matrix.rows))
    return f"<mrow><mo>[</mo><mtable>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable><mo>]</mo></mrow>"


def _cell(cell: Layout, tight: bool) -> str:
    """Return an entry of a table; a fraction is as large as it is outside."""
    shown = ' displaystyle="true"' if is_tall(cell) else ""
    return f"<mtd{shown}>{_write(cell, tight)}</mtd>"


def _brace(brace: Brace, tight: bool) -> str:
    under = f'<munder accentunder="true">{_write(brace.body, tight)}<mo stretchy="true">⏟</mo></munder>'
    return f"<munder>{under}<mtext>{_text(brace.label)}</mtext></munder>"


def _space(space: Space, _: bool) -> str:
    return f'<mspace width="{_SPACES[space.width]}"></mspace>'


def _blank(blank: Blank, _: bool) -> str:
    size = f"width: {blank.width:.1f}em; height: {blank.height:.1f}em"
    return f'<mtext><span class="blank" style="{size}"></span></mtext>'


_WRITERS: dict[type, Callable[[Any, bool], str]] = {
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
