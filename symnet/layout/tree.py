"""The layout tree: the dozen shapes that every formula is made of, in the order in which they are read.

A tree says what stands where, never in which markup; each writer is a small table over these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Glyph:
    """One italic letter or mathematical sign, by name; or a name of several letters.

    Attributes:
        name: A Latin letter (``x``), the name of a Greek one (``sigma``), or one of ``partial``, ``sum``, ``cdots``.
        bold: Upright bold, for matrices, vectors and the indicator.
        upright: Written as it is, in upright letters: a quantity whose name is a word.
    """

    name: str
    bold: bool = False
    upright: bool = False


@dataclass(frozen=True)
class Word:
    """An upright function name such as ``max``, or a word inside a formula; any text, writers escape it."""

    text: str


@dataclass(frozen=True)
class Number:
    """An unsigned decimal number or integer, as it is to be read: ``0.345105``."""

    text: str


@dataclass(frozen=True)
class Operator:
    """A sign between operands, or before one.

    Attributes:
        name: ``+ - times cdot = approx > >= < <= != , ; in to``.
        unary: Set close to its operand, as in ``-x``.
    """

    name: str
    unary: bool = False


@dataclass(frozen=True)
class Row:
    """Trees side by side."""

    items: tuple[Layout, ...]


@dataclass(frozen=True)
class Fraction:
    """One tree over another."""

    over: Layout
    under: Layout


@dataclass(frozen=True)
class Root:
    """A tree under a root sign."""

    body: Layout


@dataclass(frozen=True)
class Scripts:
    """A base with what is written low and high behind it (or under and over a ``sum``)."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None


ACCENTS = ("hat", "bar", "tilde")
"""What may stand over a letter."""


@dataclass(frozen=True)
class Accent:
    """A letter with a mark over it, one of :data:`ACCENTS`."""

    mark: str
    base: Layout


@dataclass(frozen=True)
class Prime:
    """A function's name with a prime: its slope."""

    base: Layout


@dataclass(frozen=True)
class Fence:
    """A tree in brackets that grow with it."""

    body: Layout
    left: str = "("
    right: str = ")"


@dataclass(frozen=True)
class Cases:
    """A value by cases: pairs of value and condition."""

    rows: tuple[tuple[Layout, Layout], ...]


@dataclass(frozen=True)
class Matrix:
    """A matrix in square brackets, row by row."""

    rows: tuple[tuple[Layout, ...], ...]


@dataclass(frozen=True)
class Space:
    """Room between two trees, ``thin`` or ``quad``."""

    width: str = "thin"


@dataclass(frozen=True)
class Blank:
    """Dotted room to write in by hand.

    Attributes:
        width: In em of the text around it.
        height: Likewise, from its dots to the line above.
    """

    width: float
    height: float = 2.0


Layout: TypeAlias = (
    Glyph
    | Word
    | Number
    | Operator
    | Row
    | Fraction
    | Root
    | Scripts
    | Accent
    | Prime
    | Fence
    | Cases
    | Matrix
    | Space
    | Blank
)
