"""Activations and losses that are given as expressions, as records like those of the tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.differentiate import forms
from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.rewrite import substitute
from symnet.catalog.activations import Activation, Options
from symnet.catalog.losses import CatalogLoss
from symnet.layout.symbols import GREEK
from symnet.layout.tree import Glyph
from symnet.notation.model import Notation

_Z, _A = Symbol("z"), Symbol("a")

# Functions are called f, g, h as far as the notation leaves these letters free.
_LETTERS = ("f", "g", "h", "phi", "psi", "q", "r", "u", "c", "F", "G", "H")
_WORD = re.compile("[A-Za-z]{2,}")


def letters_of(notation: Notation) -> Iterator[str]:
    """Yield every letter and word that a notation uses for a quantity or a function."""
    yield from (name.letter for name in notation.names.values())
    for names in notation.by_layer:
        yield from names.values()
    for layout in (*notation.functions.values(), notation.logarithm, notation.indicator):
        if isinstance(layout, Glyph):
            yield layout.name


def function_name(title: str, taken: Collection[str]) -> str:
    """Return how a function is written before its argument: its title if that is a word, else a letter that is free.

    Args:
        title: What it is called; empty if it has no name.
        taken: The letters and words of everything else.
    """
    reads_as_word = _WORD.fullmatch(title) and title not in FUNCTIONS and title not in GREEK and title not in taken
    if reads_as_word:
        return title
    return next((letter for letter in _LETTERS if letter not in taken), f"f_{len(taken)}")


def custom_activation(name: str, title: str, formula: Expr) -> Activation:
    """Return the activation with the value ``formula`` in ``z``.

    Args:
        name: How its function is written.
        title: What it is called; empty for what is called by its function.
        formula: Its value.
    """
    derivatives = forms(formula, _Z, _A)

    def derivative(z: Sequence[Expr], a: Sequence[Expr], k: int, j: int, o: Options) -> tuple[Expr, ...]:  # noqa: ARG001
        return tuple(substitute(form, {_Z: z[k], _A: a[k]}) for form in derivatives)

    return Activation(
        name=name,
        title=title or name,
        value=lambda z, k, o: substitute(formula, {_Z: z[k]}),
        derivative=derivative,
        working=lambda z, a, o: tuple(substitute(form, {_Z: z, _A: a}) for form in derivatives),
        defined=formula,
    )


def custom_loss(name: str, formula: Expr) -> CatalogLoss:
    """Return the loss with the value ``formula`` in the outputs ``a1`` ... and the targets ``y1`` ...

    Args:
        name: Its name, or the text of the expression.
        formula: Its value.
    """

    def names(a: Sequence[Expr], y: Sequence[Expr]) -> Mapping[Expr, Expr]:
        return {
            Symbol(f"{letter}{number}"): symbol
            for letter, symbols in (("a", a), ("y", y))
            for number, symbol in enumerate(symbols, 1)
        }

    @lru_cache
    def by_output(own: Symbol) -> tuple[Expr, ...]:
        return forms(formula, own)

    def derivative(a: Sequence[Expr], y: Sequence[Expr], k: int, o: Options) -> tuple[Expr, ...]:  # noqa: ARG001
        own = Symbol(f"a{k + 1}")
        if own not in formula.free_symbols:
            return ()
        return tuple(substitute(form, names(a, y)) for form in by_output(own))

    return CatalogLoss(
        name=name,
        value=lambda a, y, o: substitute(formula, names(a, y)),
        derivative=derivative,
    )
