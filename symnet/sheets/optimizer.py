"""The rule of an optimizer, and the letters in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from sympy import Pow, Symbol

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
from symnet.description.layers import Training
from symnet.document import Block, Inline, Line, Paragraph, Working
from symnet.layout.tree import Accent, Fence, Glyph, Layout, Number, Operator, Scripts, Word
from symnet.layout.tree import Fraction as Over
from symnet.notation import marks
from symnet.notation.model import Notation
from symnet.quantity import Role
from symnet.sheets.sheet import Sheet, inline_list
from symnet.text.en import counted
from symnet.typeset.expressions import row

# The letters of a rule of training, and what a step works out.

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


# The rule of training as a sheet states it: what is done with every parameter, in words and in letters.

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
    {Role.LEARNING_RATE: "learning rate ", Role.MOMENTUM: "momentum ", Role.DECAY: "decay "}
)

# How an updated value is told from the old one, unless steps are counted.
_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "prime": " A prime denotes an updated value.",
        "gets": " The arrow denotes assignment.",
    }
)


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
    introduced, example, gradient = _example(sheet, training)
    who = "All parameters are updated simultaneously"
    if not training.update_biases:
        who = "All parameters except the biases are updated simultaneously"
    yield Paragraph(
        (
            f"{who} with ",
            *_constants(sheet, training),
            ".",
            *_kept(sheet, training),
            *_batches(training, samples),
            *_marked(sheet),
            *_clipping(sheet, training),
            *introduced,
        )
    )
    yield Working(tuple(_rule(sheet, training, example, gradient)))


def _example(sheet: Sheet, training: Training) -> tuple[Inline, Layout, Layout]:
    """Return the words that introduce the rule, what it is written of, and the derivative with respect to that."""
    names, network = sheet.names, sheet.part.network
    if network.is_graph:
        example = names(network.parameters[0].name)
        return (" For ", example, ":"), example, names.partial(sheet.objective, example)
    trained = "weight" if is_squared(OPTIMIZERS[training.optimizer]) else names.notation.trained
    if trained == "all":
        example = names.role(Role.PARAMETERS)
        at = Fence(marks.before(names.notation, example))
        return (" For all parameters at once:",), example, row((Glyph("nabla"), sheet.objective, at))
    if trained == "matrix":
        example = names.matrix(Role.WEIGHT)
        return (
            (" For a weight matrix, and likewise for the biases:",),
            example,
            names.partial(sheet.objective, example),
        )
    example = names.general(Role.WEIGHT)[-1]
    return (" For a weight:",), example, names.partial(sheet.objective, example)


def _rule(sheet: Sheet, training: Training, example: Layout, gradient: Layout) -> Iterator[Line]:
    written = letters(sheet, training, example)
    if not is_clipping(training) and not is_squared(OPTIMIZERS[training.optimizer]):
        written[GRADIENT.name] = gradient
    build = sheet.with_symbols(written)
    if training.decay:
        plain = sheet.with_symbols({**written, LEARNING_RATE.name: letter(sheet, Role.LEARNING_RATE)})
        yield Line(written[LEARNING_RATE.name], "=", plain(DECAYED))
    if written[GRADIENT.name] != gradient:
        yield Line(
            written[GRADIENT.name], "=", gradient, ("gradient before clipping",) if is_clipping(training) else ()
        )
    for symbol, expression in OPTIMIZERS[training.optimizer].lines:
        yield Line(written[symbol.name], relation_of(sheet, training, symbol), build(expression))


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
        yield from _called(f"{' and' if index else ' Each parameter has'} {_KEPT[kept.role]}", letter(sheet, kept.role))
    if optimizer.states:
        given = state is not None and any(state.values.values())
        both = "both " if len(optimizer.states) > 1 else ""
        yield f", {both}initialised to 0{' unless given below' if given else ''}."
    if training.decay or any(STEP in line.free_symbols for _symbol, line in optimizer.lines):
        yield from _called(" The step number is", letter(sheet, Role.STEP))
        before = state.step if state is not None else 0
        yield f", starting at {before + 1}." if before else "."


def _called(text: str, written: Layout) -> Iterator[str | Layout]:
    """Yield what something is, and its letter if it has one."""
    yield text
    if not isinstance(written, Word):
        yield from (" ", written)


def _marked(sheet: Sheet) -> Iterator[str | Layout]:
    """Yield how an updated value is told from the old one."""
    mark = sheet.names.notation.updated
    if mark in _MARKS:
        yield _MARKS[mark]
        return
    before, after = (Fence(row(items)) for items in ((Glyph(mark),), (Glyph(mark), Operator("+"), Number("1"))))
    yield from (" Superscripts ", before, " and ", after, " denote values before and after the step.")


def _batches(training: Training, samples: int | None) -> Iterator[str]:
    """Yield which samples a step uses."""
    size = training.batch
    if size == "full" or (samples is not None and size >= samples):
        return
    of_all = f" of the {samples} samples" if samples is not None else " samples" if size > 1 else " sample"
    yield f" Each step uses the next{f' mini-batch of {size}' if size > 1 else ''}{of_all}; an epoch"
    if samples is None:
        yield " is one pass over all samples."
        return
    steps, left = divmod(samples, size)
    rest = f", the last with the remaining {'sample' if left == 1 else f'{left} samples'}" if left else ""
    yield f", one pass over all samples, is {counted(steps + bool(left), 'step')}{rest}."


def _clipping(sheet: Sheet, training: Training) -> Iterator[str | Layout]:
    """Yield what is done to large derivatives."""
    if not is_clipping(training):
        return
    yield from _called(" Gradients", gradient_letter(sheet))
    yield " are clipped before use: "
    if training.clip_value is not None:
        most = sheet.number(sheet.exactly(training.clip_value))[0]
        limits = Fence(row((Operator("-", unary=True), most, Operator(","), most)), "[", "]")
        yield from ("each component is clamped to ", limits)
    if training.clip_norm is not None:
        most, norm = sheet.number(sheet.exactly(training.clip_norm))[0], norm_letter()
        yield "; then, if the norm " if training.clip_value is not None else "if the norm "
        yield from (norm, " of the whole gradient exceeds ", most)
        yield from (", it is rescaled by ", Over(most, norm))
    yield "."
