"""Activations and losses that are given as expressions, as records like those of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.activations import Activation, Options
from symnet.catalog.losses import Loss
from symnet.expressions.slopes import forms
from symnet.simplify import substitute

_Z, _A = Symbol("z"), Symbol("a")


def custom_activation(letter: str, text: str, formula: Expr) -> Activation:
    """Return the activation with the value ``formula`` in ``z``, written as the function ``letter``."""
    slopes = forms(formula, _Z, _A)

    def slope(z: Sequence[Expr], a: Sequence[Expr], k: int, j: int, o: Options) -> tuple[Expr, ...]:  # noqa: ARG001
        return tuple(substitute(form, {_Z: z[k], _A: a[k]}) for form in slopes)

    return Activation(
        name=letter,
        title=text,
        summary="an expression of its own",
        remark="",
        value=lambda z, k, o: substitute(formula, {_Z: z[k]}),
        slope=slope,
        working=lambda z, a, o: tuple(substitute(form, {_Z: z, _A: a}) for form in slopes),
    )


def custom_loss(text: str, formula: Expr) -> Loss:
    """Return the loss with the value ``formula`` in the outputs ``a1`` ... and the targets ``y1`` ..."""

    def names(a: Sequence[Expr], y: Sequence[Expr]) -> Mapping[Expr, Expr]:
        return {
            Symbol(f"{letter}{number}"): symbol
            for letter, symbols in (("a", a), ("y", y))
            for number, symbol in enumerate(symbols, 1)
        }

    @lru_cache
    def by_output(own: Symbol) -> tuple[Expr, ...]:
        return forms(formula, own)

    def slope(a: Sequence[Expr], y: Sequence[Expr], k: int, o: Options) -> tuple[Expr, ...]:  # noqa: ARG001
        own = Symbol(f"a{k + 1}")
        if own not in formula.free_symbols:
            return ()
        return tuple(substitute(form, names(a, y)) for form in by_output(own))

    return Loss(
        name=text,
        title="loss given as an expression",
        summary="an expression of its own",
        value=lambda a, y, o: substitute(formula, names(a, y)),
        slope=slope,
    )
