"""Expressions with definitions put in: in node ids alone, or in inputs, targets and parameters alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import plain_text
from symnet.algebra.rewrite import substitute, tidy
from symnet.derivation.steps import Gradient
from symnet.limits import LONGEST_EXPANDED
from symnet.network.graph import Network

# A name may have marks behind dots: those of a piece, and of a use of the network.
_NAME = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)")


def node_definitions(network: Network) -> dict[str, Expr]:
    """Return what each node is, in its parents."""
    return {node.symbol.name: node.expression for node in network.nodes.values()}


def adjoint_definitions(gradient: Gradient) -> dict[str, Expr]:
    """Return what each cited derivative is, in nodes and in the derivatives of the layer behind."""
    return {derivation.symbol.name: derivation.result for derivation in gradient.adjoints.values()}


class Expander:
    """Puts definitions in, as text whose length is known before it is built.

    Each definition's text is cut once into names and what stands between them; a longer text is then only joined,
    never parsed or sorted, so a network whose composed gradients are too long costs no more than their lengths.

    Args:
        definitions: What to put in for each name.
        longest: How many characters a text may have.
    """

    def __init__(self, definitions: Mapping[str, Expr], longest: int = LONGEST_EXPANDED) -> None:
        self._definitions = definitions
        self._longest = longest
        self._pieces: dict[str, list[str]] = {}
        self._lengths: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self._expressions: dict[Symbol, Expr] = {}

    def text(self, written: str) -> str | None:
        """Return the text of an expression with all definitions put in, or None where that is too long.

        Args:
            written: The expression in node ids, as :func:`~symnet.algebra.nodes.plain_text` writes it.
        """
        pieces = _NAME.split(written)
        return self._joined(pieces) if self._total(pieces) <= self._longest else None

    def length(self, expression: Expr) -> int:
        """Return how many characters :meth:`text` would have, without building it."""
        return self._total(_NAME.split(plain_text(expression)))

    def expression(self, expression: Expr) -> Expr:
        """Return ``expression`` as an ordinary SymPy expression in leaves alone; the caller minds its length."""
        plain = expression.doit()
        return plain.xreplace({symbol: self._known(symbol) for symbol in plain.free_symbols})

    def _known(self, symbol: Symbol) -> Expr:
        if symbol.name not in self._definitions:
            return symbol
        if symbol not in self._expressions:
            self._expressions[symbol] = self.expression(self._definitions[symbol.name])
        return self._expressions[symbol]

    def _split(self, name: str) -> list[str]:
        if name not in self._pieces:
            self._pieces[name] = _NAME.split(plain_text(self._definitions[name]))
        return self._pieces[name]

    def _total(self, pieces: list[str]) -> int:
        return sum(self._length_of(piece) for piece in pieces)

    def _length_of(self, piece: str) -> int:
        if piece not in self._definitions:
            return len(piece)
        if piece not in self._lengths:
            self._lengths[piece] = self._total(self._split(piece)) + 2
        return self._lengths[piece]

    def _joined(self, pieces: list[str]) -> str:
        return "".join(self._text_of(piece) if piece in self._definitions else piece for piece in pieces)

    def _text_of(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = f"({self._joined(self._split(name))})"
        return self._texts[name]


class InOrder:
    """Puts definitions in, every factor and term staying where it was written; the caller minds the length.

    Args:
        definitions: What to put in for each name.
    """

    def __init__(self, definitions: Mapping[str, Expr]) -> None:
        self._definitions = definitions
        self._known: dict[Symbol, Expr] = {}

    def __call__(self, expression: Expr) -> Expr:
        """Return ``expression`` with all definitions put in."""
        return tidy(substitute(expression, {symbol: self._of(symbol) for symbol in expression.free_symbols}))

    def _of(self, symbol: Symbol) -> Expr:
        if symbol.name not in self._definitions:
            return symbol
        if symbol not in self._known:
            self._known[symbol] = self(self._definitions[symbol.name])
        return self._known[symbol]
