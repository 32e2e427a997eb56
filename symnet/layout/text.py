"""A layout tree as one line of Unicode, for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
    begins_with_sign,
    children,
    flatten,
    is_close,
    is_relation,
    is_sign,
    starts_with_word,
)

_SUBSCRIPTS = str.maketrans(
    "0123456789+−=()aehijklmnoprstuvxβγρφχ,",
    "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,",
)
_SUPERSCRIPTS = str.maketrans(
    "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ",
)
_MARKS = {
    "hat": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "bar": "\N{COMBINING MACRON}",
    "tilde": "\N{COMBINING TILDE}",
    "dot": "\N{COMBINING DOT ABOVE}",
}
_BRACKETS = {"||": "‖"}
_SPACES = {"thin": " ", "quad": "  ", "digit": " ", "point": " ", "minus": " "}
_DOTS_PER_EM = 2
# A one in bold is the indicator; as a plain one it would read as a number.
_BOLD = {"1": "𝟏"}


def write(layout: Layout) -> str:
    """Return the tree as one line of Unicode text.

    Args:
        layout: Any layout tree.
    """
    return _WRITERS[type(layout)](layout)


def _glyph(glyph: Glyph) -> str:
    sign = None if glyph.upright else GLYPHS.get(glyph.name)
    char = sign.char if sign is not None else clean_text(glyph.name)
    return _BOLD.get(char, char) if glyph.bold else char


def _word(word: Word) -> str:
    return clean_text(word.text)


def _number(number: Number) -> str:
    return number.text


def _operator(operator: Operator) -> str:
    return OPERATORS[operator.name].char


def _row(row: Row) -> str:
    pieces: list[str] = []
    for index, item in enumerate(row.items):
        if index and not (is_close(row.items[index - 1], item) or row.items[index - 1] == _PARTIAL):
            pieces.append(" ")
        # A fraction on one line would swallow the factor behind it.
        product = isinstance(item, Space) and any(
            isinstance(near, Fraction) for near in row.items[index - 1 : index + 2]
        )
        written = f" {OPERATORS['cdot'].char} " if product else write(item)
        if isinstance(item, Fraction) and index and _runs_into(row.items[index - 1], item.over):
            written = write(replace(item, over=Fence(item.over)))
        pieces.append(written)
    return "".join(pieces)


def _runs_into(before: Layout, over: Layout) -> bool:
    """Return whether a numerator on one line would be misread with the sign before it, and needs brackets."""
    if begins_with_sign(over):
        return not is_relation(before)
    # Its first digits would be read as a factor of their own.
    return before in {Operator("times"), Operator("cdot")} and _has_power_of_ten(over)


def _has_power_of_ten(body: Layout) -> bool:
    """Return whether a tree is a number with digits before a power of ten."""
    match flatten(body):
        case (Number(), Operator(name="times"), Scripts(base=Number(text="10"))):
            return True
    return False


def _fraction(fraction: Fraction) -> str:
    over, under = write(fraction.over), write(fraction.under)
    if _needs_brackets(fraction.over, over=True):
        over = f"({over})"
    if _needs_brackets(fraction.under, over=False):
        under = f"({under})"
    return f"{over}/{under}"


def _needs_brackets(part: Layout, *, over: bool) -> bool:
    items = flatten(part)
    if any(is_sign(item) or isinstance(item, Fraction) for item in items):
        return True
    return not over and len(items) > 1 and items[0] != _PARTIAL


def _root(root: Root) -> str:
    body = write(root.body)
    return f"√{body}" if isinstance(root.body, Glyph | Number | Fence) else f"√({body})"


def _scripts(scripts: Scripts) -> str:
    base = write(scripts.base)
    if isinstance(scripts.base, Row | Fraction):
        base = f"({base})"
    return base + _script(scripts.sub, "_", _SUBSCRIPTS) + _script(scripts.sup, "^", _SUPERSCRIPTS)


def _script(layout: Layout | None, mark: str, small: dict[int, int]) -> str:
    if layout is None:
        return ""
    source = write(layout)
    compact = "".join(source.split())
    if all(ord(char) in small for char in compact):
        return compact.translate(small)
    return f"{mark}{source}" if len(source) == 1 else f"{mark}{{{source}}}"


def _accent(accent: Accent) -> str:
    base = write(accent.base)
    return unicodedata.normalize("NFC", base[:1] + _MARKS[accent.mark] + base[1:])


def _prime(prime: Prime) -> str:
    return f"{write(prime.base)}′"


def _fence(fence: Fence) -> str:
    left, right = (_BRACKETS.get(bracket, bracket) for bracket in (fence.left, fence.right))
    return f"{left}{write(fence.body)}{right}"


def _cases(cases: Cases) -> str:
    rows = (
        f"{write(value)} {write(condition)}"
        if starts_with_word(condition)
        else f"{write(value)} {clean_text(cases.when)} {write(condition)}"
        for value, condition in cases.rows
    )
    return "{" + "; ".join(rows) + "}"


def _matrix(matrix: Matrix) -> str:
    # Where decimals stand behind a comma, entries stand apart by semicolons, and rows by bars.
    comma = any(isinstance(part, Number) and "," in part.text for cell in children(matrix) for part in flatten(cell))
    entry, row = ("; ", " | ") if comma else (", ", "; ")
    return "[" + row.join(entry.join(write(cell) for cell in line) for line in matrix.rows) + "]"


def _brace(brace: Brace) -> str:
    # A line of text has nothing under it.
    return write(brace.body)


def _space(space: Space) -> str:
    return _SPACES[space.width]


def _blank(blank: Blank) -> str:
    return "." * round(_DOTS_PER_EM * blank.width)


_PARTIAL = Glyph("partial")

_WRITERS: dict[type, Callable[[Any], str]] = {
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
