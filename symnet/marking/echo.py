"""How what was understood of an answer is typeset: names of quantities, of samples, and of updated values."""

from __future__ import annotations

from sympy import Symbol

from symnet.catalog.optimizers import LEARNING_RATE
from symnet.derivation.objective import COUNT
from symnet.layout.tree import Glyph, Layout, Prime
from symnet.notation.marks import updated
from symnet.quantity import Role
from symnet.worked import Part

_ROLES = {LEARNING_RATE: Role.LEARNING_RATE, COUNT: Role.SAMPLES}


def leaf(part: Part, symbol: Symbol) -> Layout:
    """Return how a name in an answer is typeset in the notation of a part.

    Args:
        part: The part.
        symbol: The name.
    """
    names, name = part.names, symbol.name
    if name in names.quantities:
        return names(name)
    if symbol in _ROLES:
        return names.role(_ROLES[symbol])
    plain, _, sample = name.partition("@")
    for known in (plain, f"{plain}@i"):
        if sample and known in names.quantities:
            return names.sampled(known, sample)
    if name.endswith("'") and name[:-1] in names.quantities:
        written = names(name[:-1])
        marked = updated(names.notation, written)
        return Prime(written) if marked == written else marked
    of, _, wrt = plain.removeprefix("d").partition("/d")
    if wrt in names.quantities and of in names.quantities:
        return names.partial(leaf(part, Symbol(f"{of}@{sample}" if sample else of)), leaf(part, Symbol(wrt)))
    return Glyph(name, upright=True)
