"""A layout tree as LaTeX, for math mode with amsmath and amssymb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symnet.layout.decimals import aligned_rows
from symnet.layout.symbols import GLYPHS, OPERATORS, tex_text
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
    is_close,
    is_tall,
    starts_with_word,
)
from symnet.remember import Remembered

_NATIVE = frozenset(("max", "min", "exp", "ln", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arg"))
_BRACKETS = {
    "(": "(",
    ")": ")",
    "[": "[",
    "]": "]",
    "{": r"\{",
    "}": r"\}",
    "|": r"\vert",
    "||": r"\Vert",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "": ".",
}
_SPACES = {
    "thin": r"\,",
    "quad": r"\quad",
    "digit": r"\phantom{0}",
    "point": r"\phantom{.}",
    "minus": r"\phantom{{-}}",
}
_MARKS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}
# amsmath's matrices stop at ten columns; an array does not.
_MOST_COLUMNS = 10


def write(layout: Layout) -> str:
    """Return the tree as LaTeX math-mode source.

    Args:
        layout: Any layout tree.
    """
    return _WRITERS[type(layout)](layout)


def _glyph(glyph: Glyph) -> str:
    if glyph.upright:
        return rf"\mathrm{{{_name(glyph.name)}}}"
    sign = GLYPHS.get(glyph.name)
    if sign is not None:
        return rf"\boldsymbol{{{sign.latex}}}" if glyph.bold else sign.latex
    if glyph.bold:
        return rf"\mathbf{{{_name(glyph.name)}}}"
    return glyph.name if glyph.name.isascii() and len(glyph.name) == 1 else rf"\mathit{{{_name(glyph.name)}}}"


def _name(name: str) -> str:
    return name if name.isascii() and name.isalnum() else rf"\text{{{tex_text(name)}}}"


def _word(word: Word) -> str:
    text = word.text
    if text in _NATIVE:
        return "\\" + text
    if text.isascii() and text.isalnum() and not word.prose:
        return rf"\operatorname{{{text}}}"
    return rf"\text{{{tex_text(text)}}}"


def _number(number: Number) -> str:
    # A bare comma would be set as one between entries, with room behind it.
    return number.text.replace(",", "{,}")


def _operator(operator: Operator) -> str:
    latex = OPERATORS[operator.name].latex
    return f"{{{latex}}}" if operator.unary else latex


def _row(row: Row) -> str:
    pieces: list[str] = []
    for index, item in enumerate(row.items):
        if index and not is_close(row.items[index - 1], item):
            pieces.append(" ")
        text = write(item)
        if pieces and text[:1].isalpha() and _ends_in_command(pieces[-1]):
            pieces.append(" ")
        pieces.append(text)
    return "".join(pieces)


def _ends_in_command(source: str) -> bool:
    stem = source.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return stem.endswith("\\") and stem != source


def _fraction(fraction: Fraction) -> str:
    return rf"\frac{{{write(fraction.over)}}}{{{write(fraction.under)}}}"


def _root(root: Root) -> str:
    return rf"\sqrt{{{write(root.body)}}}"


def _script(mark: str, layout: Layout | None) -> str:
    if layout is None:
        return ""
    source = write(layout)
    return f"{mark}{source}" if len(source) == 1 else f"{mark}{{{source}}}"


def _scripts(scripts: Scripts) -> str:
    # One letter with its indices stands in a great many places.
    return _WRITTEN.once(scripts, None, lambda: _new_scripts(scripts))


_WRITTEN = Remembered()


def _new_scripts(scripts: Scripts) -> str:
    base = write(scripts.base)
    if isinstance(scripts.base, Row | Fraction | Scripts | Prime):
        base = f"{{{base}}}"
    return base + _script("_", scripts.sub) + _script("^", scripts.sup)


def _accent(accent: Accent) -> str:
    return f"{_MARKS[accent.mark]}{{{write(accent.base)}}}"


def _prime(prime: Prime) -> str:
    base = write(prime.base)
    closed = isinstance(prime.base, Scripts) and prime.base.sup is None
    return f"{base}'" if closed or isinstance(prime.base, Glyph | Word) else f"{{{base}}}'"


def _fence(fence: Fence) -> str:
    left, right = _BRACKETS[fence.left], _BRACKETS[fence.right]
    body = write(fence.body)
    if is_tall(fence.body):
        return rf"\left{left} {body} \right{right}"
    if not (fence.left and fence.right):
        return f"{left if fence.left else ''}{body}{right if fence.right else ''}"
    opening = f"{left} " if left[-1].isalpha() else left
    return f"{opening}{body}{right}" if fence.left != fence.right else rf"\left{left} {body} \right{right}"


def _cases(cases: Cases) -> str:
    rows = (
        f"{write(value)} & {write(condition)}"
        if starts_with_word(condition)
        else rf"{write(value)} & \text{{{tex_text(cases.when)} }} {write(condition)}"
        for value, condition in cases.rows
    )
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _matrix(matrix: Matrix) -> str:
    gap = r" \\[14pt] " if any(is_tall(cell) for cell in children(matrix)) else r" \\ "
    body = gap.join(" & ".join(map(_cell, row)) for row in aligned_rows(matrix.rows))
    columns = max((len(row) for row in matrix.rows), default=0)
    if columns <= _MOST_COLUMNS:
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
    return rf"\left[\begin{{array}}{{{'c' * columns}}} {body} \end{{array}}\right]"


def _cell(cell: Layout) -> str:
    """Return an entry of a matrix; a fraction is as large as it is outside."""
    return rf"\displaystyle {write(cell)}" if is_tall(cell) else write(cell)


def _brace(brace: Brace) -> str:
    return rf"\underbrace{{{write(brace.body)}}}_{{\text{{{tex_text(brace.label)}}}}}"


def _space(space: Space) -> str:
    return _SPACES[space.width]


def _blank(blank: Blank) -> str:
    return rf"\blank{{{blank.width:.1f}}}{{{blank.height:.1f}}}"


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
