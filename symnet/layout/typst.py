"""A layout tree as Typst, for math mode; every sign is its Unicode character, so no name can be mistaken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from symnet.layout.decimals import aligned_rows
from symnet.layout.symbols import GLYPHS, OPERATORS, typst_string
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
    is_tall,
    starts_with_word,
)

# What is hidden is mathematics too: words within a formula would have a space between each other.
_SPACES = {
    "thin": "thin",
    "quad": "quad",
    "digit": "#hide($0$)",
    "point": "#hide($.$)",
    "minus": '#hide($class("normal", −)$)',
}
_MARKS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "dot": "dot"}
# An escaped bracket keeps its size; a bare one grows with what it holds.
_BRACKETS = {
    "(": r"\(",
    ")": r"\)",
    "[": r"\[",
    "]": r"\]",
    "{": r"\{",
    "}": r"\}",
    "|": "|",
    "||": "‖",
    "": "",
}
# A bare comma or semicolon would end an argument.
# A bare stroke would make a fraction.
_ESCAPED = {",": r"\,", ";": r"\;", "/": r"\/"}


def write(layout: Layout) -> str:
    """Return the tree as Typst math-mode source, without the dollar signs.

    Args:
        layout: Any layout tree.
    """
    return _WRITERS[type(layout)](layout)


def _glyph(glyph: Glyph) -> str:
    if glyph.upright:
        return typst_string(glyph.name)
    sign = GLYPHS.get(glyph.name)
    if sign is not None:
        return f"bold({sign.char})" if glyph.bold else sign.char
    name = glyph.name if len(glyph.name) == 1 and glyph.name.isalnum() else typst_string(glyph.name)
    if glyph.bold:
        return f"upright(bold({name}))"
    return name if len(glyph.name) == 1 else f"italic({name})"


def _word(word: Word) -> str:
    text = word.text
    if text == "/":
        # As a text it would have room about it.
        return r"\/"
    return f"op({typst_string(text)})" if text.isalnum() else typst_string(text)


def _number(number: Number) -> str:
    # A bare comma would end an argument, and an escaped one has room behind it.
    return number.text.replace(",", 'class("normal", ",")')


def _operator(operator: Operator) -> str:
    char = OPERATORS[operator.name].char
    if operator.unary:
        return f'class("normal", {char})'
    return _ESCAPED.get(char, char)


def _row(row: Row) -> str:
    return " ".join(write(item) for item in row.items)


def _fraction(fraction: Fraction) -> str:
    return f"frac({write(fraction.over)}, {write(fraction.under)})"


def _root(root: Root) -> str:
    return f"sqrt({write(root.body)})"


def _scripts(scripts: Scripts) -> str:
    base = write(scripts.base)
    marks = (("b", "_", scripts.sub), ("t", "^", scripts.sup))
    if isinstance(scripts.base, Row | Fraction | Scripts | Prime | Cases):
        attached = "".join(f", {side}: {write(part)}" for side, _, part in marks if part is not None)
        return f"attach({base}{attached})"
    return base + "".join(f"{mark}({write(part)})" for _, mark, part in marks if part is not None)


def _accent(accent: Accent) -> str:
    return f"{_MARKS[accent.mark]}({write(accent.base)})"


def _prime(prime: Prime) -> str:
    base = prime.base
    if not isinstance(base, Scripts):
        return f"{write(base)}'"
    # Straight behind a script, a prime would join it and print the brackets that only group it.
    high = "prime" if base.sup is None else f"{write(base.sup)} prime"
    return f"{write(replace(base, sup=None))}^({high})"


def _fence(fence: Fence) -> str:
    body = write(fence.body)
    bracketed = f"{_BRACKETS[fence.left]} {body} {_BRACKETS[fence.right]}"
    return f"lr({bracketed})" if is_tall(fence.body) or fence.left == fence.right else bracketed


def _cases(cases: Cases) -> str:
    rows = (
        f"{write(value)} & quad {write(condition)}"
        if starts_with_word(condition)
        else f"{write(value)} & quad {typst_string(cases.when)} {write(condition)}"
        for value, condition in cases.rows
    )
    return f"cases({', '.join(rows)})"


def _matrix(matrix: Matrix) -> str:
    # A semicolon right behind code, such as hidden digits, would end that code and no row.
    rows = " ; ".join(", ".join(map(_cell, row)) for row in aligned_rows(matrix.rows))
    gap = "row-gap: #0.7em, " if any(is_tall(cell) for row in matrix.rows for cell in row) else ""
    return f'mat(delim: "[", {gap}{rows})'


def _cell(cell: Layout) -> str:
    """Return an entry of a matrix; a fraction is as large as it is outside."""
    return f"display({write(cell)})" if is_tall(cell) else write(cell)


def _brace(brace: Brace) -> str:
    return f"underbrace({write(brace.body)}, {typst_string(brace.label)})"


def _space(space: Space) -> str:
    return _SPACES[space.width]


def _blank(blank: Blank) -> str:
    return f"#blank({blank.width:.1f}, {blank.height:.1f})"


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
