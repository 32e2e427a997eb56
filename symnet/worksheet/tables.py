"""The catalog as rows of text, from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.notations import NOTATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.layout.build import Builder
from symnet.layout.names import Names
from symnet.layout.text import write
from symnet.layout.tree import Glyph, Layout, Scripts, Word

_WRITTEN: dict[str, Layout] = {
    **{f"{letter}{index}": Scripts(Glyph(letter), sub=Glyph(index)) for letter in "azy" for index in "12"},
    **{"z": Glyph("z"), "a": Glyph("a"), "w": Glyph("w"), "eta": Glyph("eta"), "slope": Word("∂L/∂w")},
}


def _build() -> Builder:
    return Builder(Names(NOTATIONS["standard"], {}), lambda symbol: _WRITTEN[symbol.name])


def _symbols(letter: str) -> tuple[Symbol, Symbol]:
    return Symbol(f"{letter}1"), Symbol(f"{letter}2")


def activation_rows() -> Iterator[tuple[str, ...]]:
    """Yield name, value, slope in the taught form and summary of each activation."""
    build = _build()
    for entry in ACTIVATIONS.values():
        z, a = (_symbols("z"), _symbols("a")) if entry.couples else ((Symbol("z"),), (Symbol("a"),))
        value, slope = entry.value(z, 0), entry.slope(z, a, 0, 0)
        yield entry.name, write(build(value)), write(build(slope)), entry.summary


def loss_rows() -> Iterator[tuple[str, ...]]:
    """Yield name, value, slope in the taught form and summary of each loss, for two outputs."""
    build = _build()
    a, y = _symbols("a"), _symbols("y")
    for entry in LOSSES.values():
        yield (
            entry.name,
            write(build(entry.value(a, y))),
            write(build(entry.slope(a, y, 0)[-1])),
            entry.summary,
        )


def optimizer_rows() -> Iterator[tuple[str, ...]]:
    """Yield name, update and summary of each optimizer."""
    build = _build()
    for entry in OPTIMIZERS.values():
        update = entry.update(Symbol("w"), Symbol("eta"), Symbol("slope"))
        yield entry.name, f"w′ = {write(build(update))}", entry.summary
