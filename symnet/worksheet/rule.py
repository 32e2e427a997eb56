"""The rule of training as a sheet states it: what is done with every parameter, in words and in letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from sympy import Symbol

from symnet.catalog.optimizers import DECAY, DECAYED, GRADIENT, LEARNING_RATE, OPTIMIZERS, STEP
from symnet.description.training import Training
from symnet.document import Block, Inline, Line, Paragraph, Working
from symnet.layout import marks
from symnet.layout.operands import row
from symnet.layout.tree import Fence, Glyph, Layout, Number, Operator, Word
from symnet.layout.tree import Fraction as Over
from symnet.prose import counted
from symnet.quantity import Role
from symnet.worksheet.lettering import (
    ROLES,
    gradient_letter,
    is_clipping,
    is_squared,
    letter,
    letters,
    norm_letter,
    relation_of,
)
from symnet.worksheet.sheet import Sheet, inline_list

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

# How an updated value is told from the old one, unless steps are counted.
_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "prime": " A prime marks what is updated.",
        "gets": " The arrow puts a new value in the place of the old one.",
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
            *_marked(sheet),
            *_clipping(sheet, training),
            *introduced,
        )
    )
    yield Working(tuple(_rule(sheet, training, example, gradient)))


def _example(sheet: Sheet, training: Training) -> tuple[Inline, Layout, Layout]:
    """Return the words that introduce the rule, what it is written of, and the derivative by that."""
    names, network = sheet.names, sheet.part.network
    if network.is_graph:
        example = names(network.parameters[0].name)
        return (" For ", example, ":"), example, names.partial(sheet.objective, example)
    trained = "weight" if is_squared(OPTIMIZERS[training.optimizer]) else names.notation.trained
    if trained == "all":
        example = names.role(Role.PARAMETERS)
        at = Fence(marks.before(names.notation, example))
        return (" For all of them together:",), example, row((Glyph("nabla"), sheet.objective, at))
    if trained == "matrix":
        example = names.matrix(Role.WEIGHT)
        return (
            (" For a matrix of weights, and in the same way for the biases:",),
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
        yield Line(written[GRADIENT.name], "=", gradient, ("before clipping",) if is_clipping(training) else ())
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
        yield from _called(f"{' and' if index else ' Each has'} {_KEPT[kept.role]}", letter(sheet, kept.role))
    if optimizer.states:
        given = state is not None and any(state.values.values())
        yield f" of its own, 0 at first{' where it is not given below' if given else ''}."
    if training.decay or any(STEP in line.free_symbols for _symbol, line in optimizer.lines):
        yield from _called(" The number of the step is", letter(sheet, Role.STEP))
        before = state.step if state is not None else 0
        yield f", which begins at {before + 1}." if before else "."


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
    yield from (" The mark ", before, " stands at values before the step, ", after, " at those after it.")


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
