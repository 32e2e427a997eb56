"""The rule of training as a sheet states it: what is done with every parameter, in words and in letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from sympy import Pow, Symbol
from sympy.core.expr import Expr

from symnet.catalog.optimizers import (
    BETA1,
    BETA2,
    DECAY,
    DECAYED,
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
from symnet.document import Block, Line, Paragraph, Working
from symnet.layout.operands import row
from symnet.layout.tree import Accent, Fence, Glyph, Layout, Operator, Prime, Scripts, Word
from symnet.layout.tree import Fraction as Over
from symnet.prose import counted
from symnet.quantity import Role
from symnet.worksheet.sheet import Sheet, inline_list

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

# How a state is introduced, and a constant that has a name of its own.
_KEPT: Mapping[Role, str] = MappingProxyType(
    {
        Role.VELOCITY: "a velocity",
        Role.SQUARES: "an accumulated square",
        Role.FIRST_MOMENT: "a first moment",
        Role.SECOND_MOMENT: "a second moment",
    }
)
_CALLED: Mapping[Role, str] = MappingProxyType(
    {Role.LEARNING_RATE: "the learning rate ", Role.MOMENTUM: "the momentum ", Role.DECAY: "the decay "}
)


def lines_of(optimizer: Optimizer) -> tuple[tuple[Symbol, Expr], ...]:
    """Return what a step works out for a parameter, in order: states, corrections, and the parameter itself."""
    states = tuple((updated(state.symbol), state.update) for state in optimizer.states)
    return (*states, *optimizer.corrections, (updated(PARAMETER), optimizer.update))


def is_clipping(training: Training) -> bool:
    """Return whether large derivatives are made smaller before they are used."""
    return training.clip_value is not None or training.clip_norm is not None


def letters(sheet: Sheet, training: Training, parameter: Layout) -> dict[str, Layout]:
    """Return how each symbol of the rule is written for one parameter.

    Args:
        sheet: The part.
        training: How it is trained.
        parameter: How the parameter is written.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    own = is_clipping(training) or any(line.has(Pow(GRADIENT, 2)) for _symbol, line in lines_of(optimizer))
    gradient = gradient_letter(sheet) if own else sheet.names.partial(sheet.objective, parameter)
    written = spelled(optimizer, lambda role: letter(sheet, role), parameter, gradient)
    if training.decay:
        written[LEARNING_RATE.name] = rate_of_step(sheet, written[STEP.name])
    return written


def spelled(
    optimizer: Optimizer, letter_of: Callable[[Role], Layout], parameter: Layout, gradient: Layout
) -> dict[str, Layout]:
    """Return how each symbol of the rule of an optimizer is written.

    Args:
        optimizer: The optimizer.
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
        written[updated(symbol).name] = Prime(written[symbol.name])
    return written


def letter(sheet: Sheet, role: Role) -> Layout:
    """Return the letter of a role, or its name where something on the sheet has that letter already."""
    return _free(sheet, sheet.names.role(role), role.value)


def gradient_letter(sheet: Sheet) -> Layout:
    """Return the letter of a derivative that is squared or clipped."""
    return _free(sheet, Glyph("g"), "gradient")


def _free(sheet: Sheet, written: Layout, word: str) -> Layout:
    taken = (sheet.names(name) for name in sheet.names.quantities)
    return Word(word) if written in taken else written


def rate_of_step(sheet: Sheet, step: Layout) -> Layout:
    """Return how the learning rate of one step is written."""
    return Scripts(letter(sheet, Role.LEARNING_RATE), sub=step)


def equal(sheet: Sheet, left: Layout, number: Fraction) -> Layout:
    """Return a given number with its letter before it: ``eta = 0.05``."""
    relation, size = sheet.result(sheet.exactly(number))
    return row((left, relation, size))


def general_rule(sheet: Sheet, training: Training, samples: int | None) -> Iterator[Block]:
    """Yield what is done with every parameter, in words, and the rule for one of them.

    Args:
        sheet: The part.
        training: How it is trained.
        samples: How many samples there are, if any are given.
    """
    names, network = sheet.names, sheet.part.network
    if network.is_graph:
        example = names(network.parameters[0].name)
        introduced: tuple[str | Layout, ...] = (" For ", example, ":")
    else:
        example = names.role(Role.WEIGHT, "i", "j", layer="ell")
        introduced = (" For a weight:",)
    who = "Every parameter is updated at once"
    if not training.update_biases:
        who = "All parameters but the biases are updated at once"
    yield Paragraph(
        (
            f"{who}, with ",
            *_constants(sheet, training),
            ".",
            *_kept(sheet, training),
            *_batches(training, samples),
            *_clipping(sheet, training),
            *introduced,
        )
    )
    yield Working(tuple(_rule(sheet, training, example)))


def _rule(sheet: Sheet, training: Training, example: Layout) -> Iterator[Line]:
    written = letters(sheet, training, example)
    build = sheet.with_symbols(written)
    if training.decay:
        plain = sheet.with_symbols({**written, LEARNING_RATE.name: letter(sheet, Role.LEARNING_RATE)})
        yield Line(written[LEARNING_RATE.name], "=", plain(DECAYED))
    gradient = sheet.names.partial(sheet.objective, example)
    if written[GRADIENT.name] != gradient:
        yield Line(written[GRADIENT.name], "=", gradient, ("before clipping",) if is_clipping(training) else ())
    for symbol, expression in lines_of(OPTIMIZERS[training.optimizer]):
        yield Line(written[symbol.name], "=", build(expression))


def _constants(sheet: Sheet, training: Training) -> Iterator[str | Layout]:
    """Yield the learning rate and each option with its number, as a list in a sentence."""
    rate = letter(sheet, Role.LEARNING_RATE)
    known = [rate if training.learning_rate is None else equal(sheet, rate, training.learning_rate)]
    roles = [Role.LEARNING_RATE]
    decay = {DECAY.name: training.decay} if training.decay else {}
    for name, number in {**training.options, **decay}.items():
        roles.append(ROLES[Symbol(name)])
        known.append(equal(sheet, letter(sheet, roles[-1]), number))
    words = (_CALLED.get(role, "") for role in roles)
    for item in inline_list(known):
        if not isinstance(item, str):
            yield next(words)
        yield item


def _kept(sheet: Sheet, training: Training) -> Iterator[str | Layout]:
    """Yield what the optimizer keeps of each parameter, and how the number of a step is called."""
    optimizer, state = OPTIMIZERS[training.optimizer], training.state
    for index, kept in enumerate(optimizer.states):
        yield from _called(f"{' and' if index else ' Each has'} {_KEPT[kept.role]}", letter(sheet, kept.role))
    if optimizer.states:
        given = state is not None and any(state.values.values())
        yield f" of its own, 0 at first{' where it is not given below' if given else ''}."
    if training.decay or any(STEP in line.free_symbols for _symbol, line in lines_of(optimizer)):
        yield from _called(" The number of the step is", letter(sheet, Role.STEP))
        before = state.step if state is not None else 0
        yield f", which begins at {before + 1}." if before else "."


def _called(text: str, written: Layout) -> Iterator[str | Layout]:
    """Yield what something is, and its letter if it has one."""
    yield text
    if not isinstance(written, Word):
        yield from (" ", written)


def _batches(training: Training, samples: int | None) -> Iterator[str]:
    """Yield which samples a step uses."""
    size = training.batch
    if size == "full" or (samples is not None and size >= samples):
        return
    of_all = f" of the {samples} samples" if samples is not None else " samples" if size > 1 else " sample"
    yield f" Each step takes its derivatives over the next{f' {size}' if size > 1 else ''}{of_all} in turn; an epoch"
    if samples is None:
        yield " is once through all of them."
        return
    steps, left = divmod(samples, size)
    rest = f", the last of them with the {counted(left, 'sample')} left" if left else ""
    yield f", once through all of them, is {counted(steps + bool(left), 'step')}{rest}."


def _clipping(sheet: Sheet, training: Training) -> Iterator[str | Layout]:
    """Yield what is done to large derivatives."""
    if not is_clipping(training):
        return
    yield from _called(" The derivatives", gradient_letter(sheet))
    yield " are clipped before they are used: "
    if training.clip_value is not None:
        most = sheet.number(sheet.exactly(training.clip_value))[0]
        limits = Fence(row((Operator("-", unary=True), most, Operator(","), most)), "[", "]")
        yield from ("each one outside ", limits, " is set to the nearer end")
    if training.clip_norm is not None:
        most, norm = sheet.number(sheet.exactly(training.clip_norm))[0], norm_letter()
        yield "; then, if their norm " if training.clip_value is not None else "if their norm "
        yield from (norm, ", over everything that is updated, is more than ", most)
        yield from (", all are multiplied by ", Over(most, norm))
    yield "."


def norm_letter() -> Layout:
    """Return how the norm of all derivatives is written."""
    return Fence(Glyph("g", bold=True), "||", "||")
