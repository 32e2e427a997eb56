"""The letters of a rule of training, and what a step works out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sympy import Pow, Symbol

from symnet.catalog.notation import Notation
from symnet.catalog.optimizers import (
    BETA1,
    BETA2,
    DECAY,
    EPSILON,
    GRADIENT,
    LEARNING_RATE,
    MOMENTUM,
    OPTIMIZERS,
    PARAMETER,
    STEP,
    Optimizer,
    updated,
)
from symnet.description.training import Training
from symnet.layout import marks
from symnet.layout.tree import Accent, Fence, Glyph, Layout, Scripts, Word
from symnet.quantity import Role
from symnet.worksheet.sheet import Sheet

ROLES: Mapping[Symbol, Role] = MappingProxyType(
    {
        LEARNING_RATE: Role.LEARNING_RATE,
        MOMENTUM: Role.MOMENTUM,
        BETA1: Role.BETA1,
        BETA2: Role.BETA2,
        EPSILON: Role.EPSILON,
        DECAY: Role.DECAY,
        STEP: Role.STEP,
    }
)
"""What the constants of the rules are."""


def relation_of(sheet: Sheet, training: Training, symbol: Symbol) -> str:
    """Return the sign between what a step works out and how; a correction is not kept, so it takes nothing's place."""
    corrections = dict(OPTIMIZERS[training.optimizer].corrections)
    return "=" if symbol in corrections else marks.relation(sheet.names.notation)


def is_clipping(training: Training) -> bool:
    """Return whether large derivatives are made smaller before they are used."""
    return training.clip_value is not None or training.clip_norm is not None


def is_squared(optimizer: Optimizer) -> bool:
    """Return whether a rule takes the square of the derivative, entry by entry."""
    return any(line.has(Pow(GRADIENT, 2)) for _symbol, line in optimizer.lines)


def letters(sheet: Sheet, training: Training, parameter: Layout) -> dict[str, Layout]:
    """Return how each symbol of the rule is written for one parameter.

    Args:
        sheet: The part.
        training: How it is trained.
        parameter: How the parameter is written.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    own = is_clipping(training) or is_squared(optimizer)
    gradient = gradient_letter(sheet) if own else sheet.names.partial(sheet.objective, parameter)
    written = spelled(optimizer, sheet.names.notation, lambda role: letter(sheet, role), parameter, gradient)
    if training.decay:
        written[LEARNING_RATE.name] = rate_of_step(sheet, written[STEP.name])
    return written


def spelled(
    optimizer: Optimizer,
    notation: Notation,
    letter_of: Callable[[Role], Layout],
    parameter: Layout,
    gradient: Layout,
) -> dict[str, Layout]:
    """Return how each symbol of the rule of an optimizer is written.

    Args:
        optimizer: The optimizer.
        notation: How old and new values are told apart.
        letter_of: From a role to its letter.
        parameter: How the parameter is written.
        gradient: How its derivative is written.
    """
    written = {symbol.name: letter_of(role) for symbol, role in ROLES.items()}
    written |= {PARAMETER.name: parameter, GRADIENT.name: gradient}
    written |= {state.name: letter_of(state.role) for state in optimizer.states}
    for symbol, correction in optimizer.corrections:
        state = next(s for s in optimizer.states if updated(s.symbol) in correction.free_symbols)
        base = written[state.name]
        written[symbol.name] = Word(f"corrected {base.text}") if isinstance(base, Word) else Accent("hat", base)
    for symbol in (PARAMETER, *(state.symbol for state in optimizer.states)):
        plain = written[symbol.name]
        written[symbol.name] = marks.before(notation, plain)
        written[updated(symbol).name] = marks.updated(notation, plain)
    return written


def letter(sheet: Sheet, role: Role) -> Layout:
    """Return the letter of a role, or its name where something on the sheet has that letter already."""
    return _free(sheet, sheet.names.role(role), role.value)


def gradient_letter(sheet: Sheet) -> Layout:
    """Return the letter of a derivative that is squared or clipped."""
    return _free(sheet, Glyph("g"), "gradient")


def _free(sheet: Sheet, written: Layout, word: str) -> Layout:
    names, layers = sheet.names, sheet.part.network.layers
    functions = (names.function(layer.activation.name) for layer in layers if layer.activation.defined is not None)
    taken = (*(names(name) for name in names.quantities), *functions)
    return Word(word) if written in taken else written


def rate_of_step(sheet: Sheet, step: Layout) -> Layout:
    """Return how the learning rate of one step is written."""
    return Scripts(letter(sheet, Role.LEARNING_RATE), sub=step)


def norm_letter() -> Layout:
    """Return how the norm of all derivatives is written."""
    return Fence(Glyph("g", bold=True), "||", "||")
