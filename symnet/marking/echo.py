"""How what was understood of an answer is typeset: names of quantities, of samples, and of updated values."""

from __future__ import annotations

from sympy import Symbol

from symnet.catalog.optimizers import LEARNING_RATE, OPTIMIZERS
from symnet.catalog.optimizers import updated as after_step
from symnet.derivation.objective import COUNT
from symnet.layout.tree import Glyph, Layout, Prime, Row, Word
from symnet.marking.records import Target
from symnet.notation.marks import updated
from symnet.notation.names import with_accent
from symnet.quantity import Role
from symnet.text.say import words
from symnet.typeset.arrays import low
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


def trained(part: Part, target: Target) -> Layout:
    """Return how a parameter after a training step is written, or what an optimizer has of it then.

    The first step has the mark of updated values; of a later one the number stands behind, as it is typed.

    Args:
        part: The part that is trained.
        target: The quantity.
    """
    written = part.names(target.symbol.name)
    if target.of is not None:
        letter = _letter_of(part, target.of)
        if letter is None:
            return Glyph(target.id, upright=True)
        written = low(letter, written)
    if target.step == 1 and target.of in _CORRECTED:
        return written
    if target.step == 1:
        marked = updated(part.notation, written)
        return Prime(written) if marked == written else marked
    return Row((written, Glyph(f"@step {target.step}", upright=True)))


def _letter_of(part: Part, kept: Symbol) -> Layout | None:
    """Return the letter of what an optimizer has of a parameter, or its word where that is taken; None without."""
    state = _CORRECTED.get(kept, kept)
    if state not in _KEPT:
        return None
    role = _KEPT[state]
    letter = part.names.role(role)
    if letter in part.names.taken:
        return Word(words(f"role.{role.name.lower()}", count=1)) if state == kept else None
    return letter if state == kept else with_accent(letter, "hat")


# What optimizers keep, and of which of it the bias is corrected.
_KEPT = {state.symbol: state.role for optimizer in OPTIMIZERS.values() for state in optimizer.states}
_CORRECTED = {
    symbol: next(one.symbol for one in optimizer.states if after_step(one.symbol) in correction.free_symbols)
    for optimizer in OPTIMIZERS.values()
    for symbol, correction in optimizer.corrections
}
