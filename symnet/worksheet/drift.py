"""Arithmetic as on paper on a sheet: how numbers are rounded, and how far the derivatives drift by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import mpmath
from sympy import Symbol

from symnet.document import Block, Heading, Inline, Paragraph, Table
from symnet.layout.tree import Glyph
from symnet.numbers.digits import Form
from symnet.numbers.numeric import Value, total
from symnet.prose import counted
from symnet.worksheet.sheet import Sheet

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

# Derivatives that are compared before dots stand for the rest.
MOST_ROWS = 40
# By how many digits more the exact derivatives are shown.
_FINER = 2
_HALVES: Mapping[bool, str] = MappingProxyType({True: "half up", False: "half to even"})


def rounding_section(sheet: Sheet) -> Iterator[Block]:
    """Yield how every result is rounded, where it is used as it is shown."""
    if sheet.form.paper:
        halves = _HALVES[sheet.form.half_up]
        yield Paragraph(
            (
                f"Arithmetic as on paper: every result is rounded {halves}, to {_places(sheet.form)}, and used as it is"
                " shown from there on. Given numbers are used as they are given.",
            )
        )


def _places(form: Form) -> str:
    if form.significant is not None:
        return counted(form.significant, "significant digit")
    decimals, digits = counted(form.decimals, "decimal"), counted(form.last_digits, "digit")
    return f"{decimals} or, where that would leave it few digits or very many, to {digits} with a power of ten"


def drift_section(sheet: Sheet) -> Iterator[Block]:
    """Yield what rounding has made of every derivative, next to what it is exactly."""
    paper, exact = sheet.part.paper, sheet.part.evaluation
    if paper is None or exact is None:
        return
    leaves, rounded, true = _leaves(sheet, exact), _derivatives(paper), _derivatives(exact)
    with mpmath.workdps(60):
        drifts = {leaf: total((rounded[leaf], -true[leaf])) for leaf in leaves}
    finer = sheet.finer(_FINER)
    head: tuple[Inline, ...] = (("derivative by",), ("on paper",), ("exact",), ("drift",))
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(leaves), MOST_ROWS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * len(head))
            continue
        leaf = leaves[index]
        numbers = (sheet.number(rounded[leaf])[0], finer.number(true[leaf])[0], sheet.rough(drifts[leaf]))
        rows.append(((sheet.names(leaf.name),), *((number,) for number in numbers)))
    yield Heading(2, ("What rounding has done",))
    yield Table(head, tuple(rows), "lrrr")
    largest = max(drifts.values(), key=abs, default=mpmath.mpf(0))
    most: Inline = ("The largest drift is about ", sheet.rough(abs(largest)), ".")
    yield Paragraph(most if largest else ("Rounding has changed no derivative.",))


def _leaves(sheet: Sheet, exact: Evaluation) -> tuple[Symbol, ...]:
    """Return the parameters and, where there is one sample, the inputs whose derivatives are shown."""
    part = sheet.part
    together = part.gradient.parameters if len(exact.samples) > 1 else part.gradient.leaves
    return tuple(leaf for leaf in sheet.leaves if leaf in together)


def _derivatives(evaluation: Evaluation) -> Mapping[Symbol, Value]:
    return {**evaluation.samples[0].gradients, **evaluation.gradients}
