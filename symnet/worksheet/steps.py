"""One training step on a sheet: worked line by line, or as a table of what it makes of every parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sympy import Symbol

from symnet.catalog.optimizers import (
    CLIPPED,
    DECAY,
    DECAYED,
    GRADIENT,
    LEARNING_RATE,
    LONGEST,
    NORM,
    OPTIMIZERS,
    PARAMETER,
    STEP,
    norm_of,
    updated,
)
from symnet.description.training import Training
from symnet.document import Block, Inline, Line, Table, Working
from symnet.layout.tree import Glyph
from symnet.numbers.numeric import Value
from symnet.training import Update, updated_parameters
from symnet.worksheet.lettering import (
    gradient_letter,
    is_clipping,
    letters,
    norm_letter,
    rate_of_step,
    relation_of,
)
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.together import together_line

# Rows of a table of parameters before dots stand for the rest.
MOST_ROWS = 40


def worked_step(
    sheet: Sheet, training: Training, update: Update, last: Update | None, parameters: Sequence[Symbol]
) -> Iterator[Block]:
    """Yield a step line by line: what holds for all parameters, then each of them.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        last: The one before it, if any.
        parameters: Those that are updated and shown.
    """
    lines, groups = step_lines(sheet, training, update, last, parameters)
    if lines:
        yield Working(lines)
    if all(len(group) == 1 for group in groups):
        yield Working(tuple(line for group in groups for line in group))
    else:
        yield from map(Working, groups)


def step_lines(
    sheet: Sheet, training: Training, update: Update, last: Update | None, parameters: Sequence[Symbol]
) -> tuple[tuple[Line, ...], list[tuple[Line, ...]]]:
    """Return the lines of a step that hold for all parameters, then those of each.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        last: The one before it, if any.
        parameters: Those that are updated and shown.
    """
    common = _common(sheet, training, update)
    # Before a later step its derivatives were worked out just above.
    shown = parameters if last is None else ()
    lines = tuple(_lines_for_all(sheet, training, update, common, shown))
    kept = _kept_before(sheet, training, update, last)
    own = ({state: numbers[symbol] for state, numbers in kept.items()} for symbol in parameters)
    return lines, [
        tuple(_lines_for_one(sheet, training, update, {**common, **before}, symbol))
        for symbol, before in zip(parameters, own, strict=True)
    ]


def _kept_before(
    sheet: Sheet, training: Training, update: Update, last: Update | None
) -> Mapping[Symbol, Mapping[Symbol, Value]]:
    """Return what the optimizer keeps of each parameter before a step, by the symbols of its states."""
    states = OPTIMIZERS[training.optimizer].states
    if last is not None:
        return {state.symbol: last.state[state.name] for state in states}
    given = training.state.values if training.state is not None else {}
    return {
        state.symbol: {
            symbol: sheet.exactly(given.get(state.name, {}).get(symbol.name, Fraction(0))) for symbol in update.before
        }
        for state in states
    }


def _common(sheet: Sheet, training: Training, update: Update) -> dict[Symbol, Value]:
    """Return the numbers that one step has for all parameters: options, the rate, and what a norm is made of."""
    made = training.state.step if training.state is not None else 0
    common = {Symbol(name): sheet.exactly(number) for name, number in training.options.items()}
    common |= {LEARNING_RATE: update.rate, STEP: sheet.exactly(Fraction(made + update.step))}
    if training.clip_norm is not None:
        parameters = updated_parameters(sheet.part.network, training)
        common |= {parameter: _cut(sheet, training, update.gradients[parameter]) for parameter in parameters}
        common |= {LONGEST: sheet.exactly(training.clip_norm), NORM: sheet.numeric(norm_of(parameters), common)}
    return common


def _cut(sheet: Sheet, training: Training, gradient: Value) -> Value:
    """Return a derivative cut to the largest size allowed."""
    most = training.clip_value
    if most is None or abs(gradient) <= sheet.exactly(most):
        return gradient
    return sheet.exactly(most if gradient > 0 else -most)


def _is_scaled(common: Mapping[Symbol, Value]) -> bool:
    return NORM in common and bool(common[NORM] > common[LONGEST])


def _lines_for_all(
    sheet: Sheet, training: Training, update: Update, common: Mapping[Symbol, Value], parameters: Sequence[Symbol]
) -> Iterator[Line]:
    """Yield the learning rate of a step where it decays, derivatives that are new or clipped, and their norm."""
    if training.decay:
        given = sheet.exactly(training.learning_rate or Fraction(0))
        values = {**common, LEARNING_RATE: given, DECAY: sheet.exactly(training.decay)}
        sign, right = sheet.substituted(DECAYED, values, common[LEARNING_RATE])
        yield Line(rate_of_step(sheet, sheet.number(common[STEP])[0]), sign, right)
    if (training.batch != "full" or update.clipped is not None) and sheet.evaluation is not None:
        for parameter in parameters:
            yield together_line(sheet, sheet.evaluation, update.batch, parameter, update.gradients[parameter])
    if NORM in common:
        sign, right = sheet.substituted(norm_of(updated_parameters(sheet.part.network, training)), common, common[NORM])
        yield Line(norm_letter(), sign, right, ("so all are scaled" if _is_scaled(common) else "so none is scaled",))


def _lines_for_one(
    sheet: Sheet, training: Training, update: Update, common: Mapping[Symbol, Value], parameter: Symbol
) -> Iterator[Line]:
    """Yield what one step does with one parameter: its derivative if it is clipped, states, corrections, itself."""
    written, optimizer = letters(sheet, training, sheet.names(parameter.name)), OPTIMIZERS[training.optimizer]
    # Letters that every parameter has are told whose they are.
    whose: Inline = ("for ", written[PARAMETER.name])
    if update.clipped is not None:
        yield _clipped_line(sheet, training, common, (update.gradients[parameter], update.clipped[parameter]), whose)
    values = {**common, PARAMETER: update.before[parameter], GRADIENT: _used(update)[parameter]}
    known = {updated(PARAMETER): update.after[parameter]}
    for state in optimizer.states:
        known[updated(state.symbol)] = update.state[state.name][parameter]
    for index, (symbol, expression) in enumerate(optimizer.lines):
        values[symbol] = known[symbol] if symbol in known else sheet.numeric(expression, values)
        sign, right = sheet.substituted(expression, values, values[symbol])
        is_first = not index and len(optimizer.lines) > 1 and update.clipped is None
        kept = relation_of(sheet, training, symbol)
        yield Line(written[symbol.name], sign if kept == "=" else kept, right, whose if is_first else ())


def _used(update: Update) -> Mapping[Symbol, Value]:
    """Return the derivatives that the optimizer is given."""
    return update.gradients if update.clipped is None else update.clipped


def _clipped_line(
    sheet: Sheet, training: Training, common: Mapping[Symbol, Value], sizes: tuple[Value, Value], whose: Inline
) -> Line:
    """Return what clipping makes of a derivative, before and after."""
    gradient, clipped = sizes
    cut = _cut(sheet, training, gradient)
    reason = ("clipped, ", *whose) if cut != gradient else whose
    if _is_scaled(common):
        sign, right = sheet.substituted(CLIPPED, {**common, GRADIENT: cut}, clipped)
    else:
        right, is_exact = sheet.number(clipped)
        sign = "=" if is_exact else "approx"
    return Line(gradient_letter(sheet), sign, right, reason)


def outcome_table(
    sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol], *, whole: bool
) -> Table:
    """Return what one step makes of every parameter, and of what, as a table.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        parameters: Those that are updated and shown.
        whole: Whether every row is shown, as a step that goes on from these numbers needs.
    """
    columns: list[tuple[Inline, Mapping[Symbol, Value]]] = [(("derivative",), update.gradients)]
    if is_clipping(training):
        columns.append((("clipped",), _used(update)))
    columns += [*_kept(sheet, training, update), (("updated",), update.after)]
    return _by_parameter(sheet, parameters, columns, len(parameters) if whole else MOST_ROWS)


def last_table(sheet: Sheet, training: Training, last: Update, parameters: Sequence[Symbol]) -> Table:
    """Return what all steps together have made of every parameter, as a table.

    Args:
        sheet: The part.
        training: How it is trained.
        last: The last step.
        parameters: Those that are updated and shown.
    """
    after: Inline = (f"after step {last.step}",)
    return _by_parameter(sheet, parameters, [*_kept(sheet, training, last), (after, last.after)])


def start_table(sheet: Sheet, training: Training, parameters: Sequence[Symbol]) -> Table | None:
    """Return what the optimizer goes on from, as a table; None where nothing is given.

    Args:
        sheet: The part.
        training: How it is trained.
        parameters: Those that are updated and shown.
    """
    values = training.state.values if training.state is not None else {}
    given = [symbol for symbol in parameters if any(symbol.name in numbers for numbers in values.values())]
    if not given:
        return None
    written = letters(sheet, training, Glyph("w"))
    columns: list[tuple[Inline, Mapping[Symbol, Value]]] = [
        ((written[name], " before"), {symbol: sheet.exactly(numbers.get(symbol.name, Fraction(0))) for symbol in given})
        for name, numbers in values.items()
    ]
    return _by_parameter(sheet, given, columns)


def _kept(sheet: Sheet, training: Training, update: Update) -> Iterator[tuple[Inline, Mapping[Symbol, Value]]]:
    """Yield the letter and the numbers of each state after a step."""
    written = letters(sheet, training, Glyph("w"))
    for state in OPTIMIZERS[training.optimizer].states:
        yield (written[state.name],), update.state[state.name]


def _by_parameter(
    sheet: Sheet,
    parameters: Sequence[Symbol],
    columns: Sequence[tuple[Inline, Mapping[Symbol, Value]]],
    most: int = MOST_ROWS,
) -> Table:
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(parameters), most):
        if index is None:
            rows.append(((Glyph("vdots"),),) * (len(columns) + 1))
        else:
            numbers = ((sheet.number(values[parameters[index]])[0],) for _head, values in columns)
            rows.append(((sheet.names(parameters[index].name),), *numbers))
    return Table((("parameter",), *(head for head, _values in columns)), tuple(rows), "l" + "r" * len(columns))
