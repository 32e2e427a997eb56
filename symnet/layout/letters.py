"""The letters of formulas: what stands alone or has indices, and what the indices are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from symnet.layout.tree import Accent, Fence, Glyph, Layout, Prime, Row, Scripts, children, flatten


class FormulaLetters(NamedTuple):
    """The letters of some formulas.

    Attributes:
        symbols: What has indices and what stands alone: letters, with their accents.
        indices: The letters that stand low or high.
        marks: What stands in brackets there, such as the mark of a sample.
    """

    symbols: frozenset[Layout]
    indices: frozenset[str]
    marks: frozenset[Layout]

    @classmethod
    def of(cls, formulas: Iterable[Layout]) -> FormulaLetters:
        """Return the letters of formulas.

        Args:
            formulas: The formulas.
        """
        symbols: set[Layout] = set()
        scripts: list[Layout] = []
        for formula in formulas:
            _gather(formula, symbols, scripts)
        items = [item for script in scripts for item in flatten(script)]
        indices = frozenset(glyph.name for item in items for glyph in _glyphs(item))
        return cls(frozenset(symbols), indices, frozenset(item for item in items if isinstance(item, Fence)))

    @classmethod
    def joined(cls, some: Iterable[Self]) -> Self:
        """Return the letters of several together.

        Args:
            some: The letters of each.
        """
        symbols, indices, marks = zip(*some, strict=True)
        return cls(frozenset().union(*symbols), frozenset().union(*indices), frozenset().union(*marks))

    def holds(self, symbol: Layout) -> bool:
        """Return whether the formulas contain a symbol, with any indices.

        Args:
            symbol: How it is written in general.
        """
        return head(symbol) in self.symbols

    def counts(self, symbol: Layout) -> bool:
        """Return whether a letter is used as an index, the end of a sum or an exponent.

        Args:
            symbol: The letter.
        """
        return isinstance(symbol, Glyph) and symbol.name in self.indices


def head(symbol: Layout) -> Layout:
    """Return the letter of a symbol, without its indices; of a row, that of its first item.

    Args:
        symbol: How it is written.
    """
    if isinstance(symbol, Row) and symbol.items:
        return head(symbol.items[0])
    if isinstance(symbol, Prime) or (isinstance(symbol, Scripts) and not isinstance(symbol.base, Fence)):
        return head(symbol.base)
    return symbol


def is_letter(symbol: Layout) -> bool:
    """Return whether a symbol is a letter, and no word that explains itself.

    Args:
        symbol: How it is written.
    """
    return isinstance(symbol, Glyph) and not symbol.upright


def _gather(formula: Layout, symbols: set[Layout], scripts: list[Layout]) -> None:
    """Add the letters of a formula to ``symbols``, and its subscripts and superscripts to ``scripts``."""
    if isinstance(formula, Glyph | Accent):
        symbols.add(formula)
    elif isinstance(formula, Scripts):
        if isinstance(formula.base, Fence):
            symbols.add(formula)
        _gather(formula.base, symbols, scripts)
        for script in (formula.sub, formula.sup):
            if script is not None:
                scripts.append(script)
                for item in flatten(script):
                    # What has indices itself is none.
                    if isinstance(item, Scripts):
                        _gather(item, symbols, scripts)
    else:
        for child in children(formula):
            _gather(child, symbols, scripts)


def _glyphs(formula: Layout) -> Iterator[Glyph]:
    if isinstance(formula, Glyph):
        yield formula
    for child in children(formula):
        yield from _glyphs(child)
