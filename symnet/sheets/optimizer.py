"""The rule of an optimizer, and the letters in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from sympy import Integer, Pow, Rational, Symbol

from symnet.algebra.nodes import Applied, Chain, Quotient, difference
from symnet.algebra.rewrite import substitute
from symnet.catalog.optimizers import (
    BETA1,
    BETA2,
    CHANGE,
    DAMPING,
    DECAY,
    DECAYED,
    DIRECTION,
    EPSILON,
    GRADIENT,
    INTERPOLATED,
    LEARNING_RATE,
    MOMENTUM,
    MOMENTUM_DECAY,
    MOMENTUM_NEXT,
    MOMENTUM_NOW,
    PARAMETER,
    STEP,
    WEIGHT_DECAY,
    Optimizer,
    updated,
)
from symnet.catalog.schedules import PROGRESS, SCHEDULES
from symnet.description.training import RateSchedule, Training
from symnet.document import Block, Inline, Line, Paragraph, Working
from symnet.layout.tree import Fence, Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.layout.tree import Fraction as Over
from symnet.notation import marks
from symnet.notation.model import Notation
from symnet.notation.names import with_accent
from symnet.quantity import Role
from symnet.remember import Remembered
from symnet.sheets.newton import DIRECTION_LETTER, introduction, newton_rule
from symnet.sheets.sheet import Sheet
from symnet.text.languages import language_name
from symnet.text.say import in_a_row, listed, say, separated, words
from symnet.typeset.expressions import row

# The letters of a rule of training, and what a step works out.

ROLES: Mapping[Symbol, Role] = MappingProxyType(
    {
        LEARNING_RATE: Role.LEARNING_RATE,
        MOMENTUM: Role.MOMENTUM,
        BETA1: Role.BETA1,
        BETA2: Role.BETA2,
        EPSILON: Role.EPSILON,
        WEIGHT_DECAY: Role.WEIGHT_DECAY,
        MOMENTUM_DECAY: Role.MOMENTUM_DECAY,
        DAMPING: Role.DAMPING,
        DECAY: Role.DECAY,
        STEP: Role.STEP,
    }
)
"""What the constants of the rules are."""


def relation_of(sheet: Sheet, training: Training, symbol: Symbol) -> str:
    """Return the relation of an update line: that of the notation, but = for a bias correction, which is not stored."""
    corrections = dict(training.rule.corrections)
    return "=" if symbol in corrections else marks.relation(sheet.names.notation)


def is_clipping(training: Training) -> bool:
    """Return whether gradients are clipped."""
    return training.clip_value is not None or training.clip_norm is not None


def is_elementwise(optimizer: Optimizer) -> bool:
    """Return whether a rule applies a function to each entry of the gradient by itself, such as its square."""
    functions = (part for _symbol, line in optimizer.lines for part in line.atoms(Pow, Applied))
    return any(part.has(GRADIENT, INTERPOLATED) for part in functions)


def letters(sheet: Sheet, training: Training, parameter: Layout) -> Mapping[str, Layout]:
    """Return how each symbol of the rule is written for one parameter.

    Args:
        sheet: The part.
        training: How it is trained.
        parameter: How the parameter is written.
    """
    parts = training, sheet.part.objective, sheet.names, parameter
    return _LETTERS.of_all(parts, language_name(), lambda: _letters(sheet, training, parameter))


_LETTERS = Remembered()


def _letters(sheet: Sheet, training: Training, parameter: Layout) -> dict[str, Layout]:
    optimizer = training.rule
    own = is_clipping(training) or is_elementwise(optimizer)
    gradient = gradient_letter(sheet) if own else sheet.names.partial(sheet.objective, parameter)
    written = spelled(optimizer, sheet.names.notation, lambda role: letter(sheet, role), parameter, gradient)
    if training.is_varying:
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
        written[symbol.name] = _corrected(base)
    written |= {INTERPOLATED.name: letter_of(Role.INTERPOLATED), CHANGE.name: Row((Glyph("Delta"), parameter))}
    written[DIRECTION.name] = DIRECTION_LETTER
    later = row((written[STEP.name], Operator("+"), Number("1")))
    written |= momenta(letter_of(Role.MOMENTUM), written[STEP.name], later)
    for symbol in (PARAMETER, *(state.symbol for state in optimizer.states)):
        plain = written[symbol.name]
        written[symbol.name] = marks.before(notation, plain)
        written[updated(symbol).name] = marks.updated(notation, plain)
    return written


def _corrected(state: Layout) -> Layout:
    """Return how a state whose bias is corrected is written: with a hat on its letter."""
    return Word(words("rule.corrected", state=state.text)) if isinstance(state, Word) else with_accent(state, "hat")


def momenta(momentum: Layout, step: Layout, later: Layout) -> dict[str, Layout]:
    """Return how the momentum of a step and that of the next are written, by their symbols.

    Args:
        momentum: The letter of the momentum.
        step: The number of the step.
        later: That of the next.
    """
    return {MOMENTUM_NOW.name: Scripts(momentum, sub=step), MOMENTUM_NEXT.name: Scripts(momentum, sub=later)}


def letter(sheet: Sheet, role: Role) -> Layout:
    """Return the letter of a role, or its name where something on the sheet has that letter already."""
    return own_letter(sheet, sheet.names.role(role)) or Word(words(f"role.{role.name.lower()}", count=1))


def gradient_letter(sheet: Sheet) -> Layout:
    """Return the letter of a gradient that is squared or clipped."""
    return own_letter(sheet, _GRADIENT) or Word(words("rule.gradient"))


_GRADIENT = Glyph("g")


def own_letter(sheet: Sheet, written: Layout) -> Layout | None:
    """Return a letter, or None where something on the sheet has it already."""
    names, layers = sheet.names, sheet.part.network.layers
    functions = (names.function(layer.activation.name) for layer in layers if layer.activation.defined is not None)
    return None if written in names.taken or written in functions else written


def rate_of_step(sheet: Sheet, step: Layout) -> Layout:
    """Return how the learning rate of one step is written."""
    return Scripts(letter(sheet, Role.LEARNING_RATE), sub=step)


def norm_letter() -> Layout:
    """Return how the norm of the whole gradient is written."""
    return Fence(Glyph("g", bold=True), "||", "||")


# The rule of training as a sheet states it: what is done with every parameter, in words and in letters.

# How a state is introduced, and a constant that has a name of its own.
_KEPT: Mapping[Role, str] = MappingProxyType(
    {
        Role.VELOCITY: "rule.velocity",
        Role.SQUARES: "rule.squares",
        Role.FIRST_MOMENT: "rule.first_moment",
        Role.SECOND_MOMENT: "rule.second_moment",
        Role.LARGEST: "rule.largest",
        Role.CHANGES: "rule.changes",
        Role.NORMALIZER: "rule.normalizer",
    }
)
_CALLED: Mapping[Role, str] = MappingProxyType(
    {
        Role.LEARNING_RATE: "rule.rate",
        Role.MOMENTUM: "rule.momentum",
        Role.DECAY: "rule.decay",
        Role.WEIGHT_DECAY: "rule.weight_decay",
        Role.MOMENTUM_DECAY: "rule.momentum_decay",
        Role.DAMPING: "rule.damping",
    }
)

# How an updated value is told from the old one, unless steps are counted.
_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "prime": "rule.prime",
        "gets": "rule.gets",
    }
)


def equal(sheet: Sheet, left: Layout, number: Fraction) -> Layout:
    """Return a given number with its letter before it: ``eta = 0.05``."""
    relation, size = sheet.result(sheet.exactly(number))
    return row((left, relation, size))


def general_rule(sheet: Sheet, training: Training, samples: int | None) -> tuple[Block, ...]:
    """Return the update rule: its constants and conventions in words, then its equations for one parameter.

    Args:
        sheet: The part.
        training: How it is trained.
        samples: How many samples there are, if any are given.
    """
    parts = training, sheet.part.objective, sheet.names
    return _RULES.of_all(parts, (samples, language_name()), lambda: tuple(_general_rule(sheet, training, samples)))


_RULES = Remembered(100)


def _general_rule(sheet: Sheet, training: Training, samples: int | None) -> Iterator[Block]:
    newton = training.rule.hessian is not None
    introduced, example, gradient = _example(sheet, training)
    said = introduction(sheet, training) if newton else introduced
    clipped = own_letter(sheet, _GRADIENT)
    yield Paragraph(in_a_row(*conventions(sheet, training, samples, _kept(sheet, training), clipped), said))
    yield Working(tuple(_rule(sheet, training, example, gradient)))


def conventions(
    sheet: Sheet, training: Training, samples: int | None, kept: Iterable[Inline], clipped: Layout | None
) -> Iterator[Inline]:
    """Yield what is said before the equations of a rule: its constants, what is kept, and how values are marked.

    Args:
        sheet: The part.
        training: How it is trained.
        samples: How many samples there are, if any are given.
        kept: What is said of what the optimizer keeps.
        clipped: The letter of a gradient that is clipped; None where it has none.
    """
    who = "rule.rule" if training.update_biases else "rule.rule_without_biases"
    yield say(who, constants=_constants(sheet, training))
    yield from kept
    yield from _step_number(sheet, training)
    yield from _batches(training, samples)
    yield _marked(sheet)
    yield from _clipping(sheet, training, () if clipped is None else (" ", clipped))


def _example(sheet: Sheet, training: Training) -> tuple[Inline, Layout, Layout]:
    """Return the words that introduce the rule, what it is written of, and the derivative with respect to that."""
    names, network = sheet.names, sheet.part.network
    if network.is_graph:
        example = names(network.parameters[0].name)
        return say("rule.for_one", example=example), example, names.partial(sheet.objective, example)
    trained = "weight" if is_elementwise(training.rule) else names.notation.trained
    if trained == "all":
        example = names.role(Role.PARAMETERS)
        at = Fence(marks.before(names.notation, example))
        return say("rule.for_all"), example, row((Glyph("nabla"), sheet.objective, at))
    if trained == "matrix":
        example = names.matrix(Role.WEIGHT)
        return say("rule.for_matrix"), example, names.partial(sheet.objective, example)
    example = names.general(Role.WEIGHT)[-1]
    return say("rule.for_weight"), example, names.partial(sheet.objective, example)


def _rule(sheet: Sheet, training: Training, example: Layout, gradient: Layout) -> Iterator[Line]:
    written = dict(letters(sheet, training, example))
    if not is_clipping(training) and not is_elementwise(training.rule):
        written[GRADIENT.name] = gradient
    build = sheet.with_symbols(written)
    yield from rate_lines(sheet, training, written)
    if training.rule.hessian is not None:
        yield from newton_rule(sheet, training, written)
        return
    if written[GRADIENT.name] != gradient:
        reason = say("rule.before_clipping") if is_clipping(training) else ()
        yield Line(written[GRADIENT.name], "=", gradient, reason)
    for symbol, expression in training.rule.lines:
        yield Line(written[symbol.name], relation_of(sheet, training, symbol), build(expression))


def rate_lines(sheet: Sheet, training: Training, written: Mapping[str, Layout]) -> Iterator[Line]:
    """Yield the learning rate of a step where it changes by a rule.

    Args:
        sheet: The part.
        training: How it is trained.
        written: How each symbol of the rule is written.
    """
    if training.decay:
        plain = sheet.with_symbols({**written, LEARNING_RATE.name: letter(sheet, Role.LEARNING_RATE)})
        yield Line(written[LEARNING_RATE.name], "=", plain(DECAYED))
    if training.schedule is not None:
        yield from _schedule(sheet, training.schedule, written)


def _schedule(sheet: Sheet, schedule: RateSchedule, written: Mapping[str, Layout]) -> Iterator[Line]:
    """Yield the learning rate of a step as the schedule has it: while it grows, and behind that."""
    options, left = schedule.options, written[LEARNING_RATE.name]
    plain = {**written, LEARNING_RATE.name: letter(sheet, Role.LEARNING_RATE), PROGRESS.name: Glyph("k")}
    plain |= {name: sheet.number(sheet.exactly(number))[0] for name, number in options.items()}
    build, made = sheet.with_symbols(plain), difference(STEP, Integer(1 + schedule.warmup))
    until = {"step": written[STEP.name], "last": str(schedule.warmup)}
    if schedule.warmup:
        growing = Quotient(Chain(LEARNING_RATE, STEP), Integer(schedule.warmup))
        yield Line(left, "=", build(growing), say("rule.growing", **until))
    is_stepped, over = schedule.kind == "step", options.get("every", schedule.behind)
    progress = made if over == 1 else Quotient(made, Rational(over.numerator, over.denominator))
    rate = SCHEDULES[schedule.kind].rate
    reasons: list[Inline] = [say("rule.behind_warmup", **until)] if schedule.warmup else []
    if is_stepped:
        every = sheet.number(sheet.exactly(over))[0]
        reasons.append(say("rule.periods", count=Glyph("k"), every=every, steps=row((Fence(build(made)),))))
    elif "total" in options:
        reasons.append(say("rule.total", total=plain["total"]))
    right = build(rate if is_stepped else substitute(rate, {PROGRESS: progress}))
    yield Line(left, "=", right, separated(reasons, "series.between_clauses"))


# Learning rates of a list that are named one by one.
_MOST_RATES = 6


def _rates(sheet: Sheet, training: Training) -> Inline:
    """Return the learning rate as a list of constants has it: its letter, its number, or that of each step."""
    rate, number = letter(sheet, Role.LEARNING_RATE), training.learning_rate
    if number is None:
        return say("rule.rate", value=rate)
    if not training.is_varying and LEARNING_RATE not in training.rule.update.free_symbols:
        return say("rule.rate", value=sheet.number(sheet.exactly(Fraction(1)))[0])
    if not isinstance(number, tuple):
        return say("rule.rate", value=equal(sheet, rate, number))
    if len(number) > _MOST_RATES:
        return say("rule.rates_of_steps")
    first = training.steps_before + 1
    numbered = (equal(sheet, rate_of_step(sheet, Number(str(step))), one) for step, one in enumerate(number, first))
    return say("rule.rates", values=listed([(one,) for one in numbered]))


def _constants(sheet: Sheet, training: Training) -> Inline:
    """Return the learning rate and each option with its number, as a list in a sentence."""
    known: list[Inline] = [_rates(sheet, training)]
    decay = {DECAY.name: training.decay} if training.decay else {}
    for name, number in {**training.options, **decay}.items():
        # Only lion and newton have one at its default of 0, which is no term of the rule.
        if name in (WEIGHT_DECAY.name, DAMPING.name) and not number:
            continue
        role = ROLES[Symbol(name)]
        value = equal(sheet, letter(sheet, role), number)
        known.append(say(_CALLED[role], value=value) if role in _CALLED else (value,))
    return listed(known)


def _kept(sheet: Sheet, training: Training) -> Iterator[Inline]:
    """Yield what the optimizer keeps of each parameter."""
    states = training.rule.states
    if states:
        letters = [_behind(sheet, sheet.names.role(kept.role)) for kept in states]
        key = "rule.keeps_given" if has_state(training) else "rule.keeps"
        yield say(key, kept=named_states(training, letters), both=both_or_all(len(states)))


def has_state(training: Training) -> bool:
    """Return whether an optimizer goes on from numbers that are given."""
    return training.state is not None and any(training.state.values.values())


def named_states(training: Training, letters: Iterable[Inline]) -> Inline:
    """Return what an optimizer keeps as a list in a sentence, each with its letter behind it.

    Args:
        training: How it is trained.
        letters: The letter of each state; nothing for one that has none.
    """
    kept = zip(training.rule.states, letters, strict=True)
    return listed([say(_KEPT[state.role], letter=letter) for state, letter in kept])


def _step_number(sheet: Sheet, training: Training) -> Iterator[Inline]:
    """Yield how the number of a step is called."""
    optimizer = training.rule
    if training.is_varying or any(STEP in line.free_symbols for _symbol, line in optimizer.lines):
        before, step = training.steps_before, _behind(sheet, sheet.names.role(Role.STEP))
        if before:
            yield say("rule.step_number_from", letter=step, first=str(before + 1))
        else:
            yield say("rule.step_number", letter=step)


def both_or_all(count: int) -> Inline:
    """Return the word for so many of something together."""
    return () if count < 2 else say("rule.both" if count == 2 else "rule.all")


def _behind(sheet: Sheet, written: Layout) -> Inline:
    """Return the letter of something behind what it is called, unless something else has that letter."""
    return () if own_letter(sheet, written) is None else (" ", written)


def _marked(sheet: Sheet) -> Inline:
    """Return how an updated value is told from the old one."""
    mark = sheet.names.notation.updated
    if mark in _MARKS:
        return say(_MARKS[mark])
    before, after = (Fence(row(items)) for items in ((Glyph(mark),), (Glyph(mark), Operator("+"), Number("1"))))
    return say("rule.superscripts", before=before, after=after)


def _batches(training: Training, samples: int | None) -> Iterator[Inline]:
    """Yield which samples a step uses."""
    size = training.batch
    if size == "full" or (samples is not None and size >= samples):
        return
    if training.accumulate > 1:
        yield say("rule.accumulated", batches=str(training.accumulate), size=size)
        return
    if samples is None:
        yield say("rule.batches" if size > 1 else "rule.single_samples", size=str(size))
        return
    steps, left = divmod(samples, size)
    rest = say("rule.rest_of_epoch", left=left) if left else ""
    key = "rule.batches_of" if size > 1 else "rule.single_samples_of"
    yield say(key, size=str(size), samples=str(samples), steps=steps + bool(left), rest=rest)


def _clipping(sheet: Sheet, training: Training, letter: Inline) -> Iterator[Inline]:
    """Yield what is done to large derivatives."""
    if not is_clipping(training):
        return
    clauses = []
    if training.clip_value is not None:
        most = sheet.number(sheet.exactly(training.clip_value))[0]
        limits = Fence(row((Operator("-", unary=True), most, Operator(","), most)), "[", "]")
        clauses.append(say("rule.clamped", limits=limits))
    if training.clip_norm is not None:
        most, norm = sheet.number(sheet.exactly(training.clip_norm))[0], norm_letter()
        key = "rule.then_rescaled" if clauses else "rule.rescaled"
        clauses.append(say(key, norm=norm, most=most, factor=Over(most, norm)))
    said = separated(clauses, "series.between_clauses")
    yield say("rule.clipped", letter=letter, clauses=said)
