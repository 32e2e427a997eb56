"""One training step on a sheet: worked line by line, or as a table of what it makes of every parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sympy import Pow, Symbol

from symnet.calculus import Applied, Chain, PathSum, Quotient
from symnet.catalog.optimizers import DECAY, DECAYED, GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, STEP
from symnet.description.training import Training
from symnet.document import Block, Inline, Line, Table, Working
from symnet.layout.tree import Glyph
from symnet.numbers.numeric import Value
from symnet.training import Update
from symnet.worksheet.rule import gradient_letter, is_clipping, letters, lines_of, norm_letter, rate_of_step
from symnet.worksheet.sheet import Sheet

# Rows of a table of parameters before dots stand for the rest.
MOST_ROWS = 40

_MOST, _NORM = Symbol("most"), Symbol("norm")


def worked_step(sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol]) -> Iterator[Block]:
    """Yield the first step line by line: what holds for all parameters, then each of them.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        parameters: Those that are updated.
    """
    common = _common(sheet, training, update, parameters)
    lines = tuple(_lines_for_all(sheet, training, common))
    if lines:
        yield Working(lines)
    groups = [tuple(_lines_for_one(sheet, training, update, common, parameter)) for parameter in parameters]
    if all(len(group) == 1 for group in groups):
        yield Working(tuple(line for group in groups for line in group))
    else:
        yield from map(Working, groups)


def _common(sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol]) -> dict[Symbol, Value]:
    """Return the numbers that one step has for all parameters."""
    made = training.state.step if training.state is not None else 0
    common = {Symbol(name): sheet.exactly(number) for name, number in training.options.items()}
    common |= {LEARNING_RATE: update.rate, STEP: sheet.exactly(Fraction(made + update.step))}
    if training.clip_norm is not None:
        cut = {parameter: _cut(sheet, training, update.gradients[parameter]) for parameter in parameters}
        square = PathSum(*(Pow(parameter, 2) for parameter in parameters))
        common |= {_MOST: sheet.exactly(training.clip_norm), _NORM: sheet.numeric(Applied("sqrt", square), cut)}
    return common


def _cut(sheet: Sheet, training: Training, gradient: Value) -> Value:
    """Return a derivative cut to the largest size allowed."""
    if training.clip_value is None:
        return gradient
    most = sheet.exactly(training.clip_value)
    return max(-most, min(most, gradient))


def _is_scaled(common: Mapping[Symbol, Value]) -> bool:
    return _NORM in common and bool(common[_NORM] > common[_MOST])


def _lines_for_all(sheet: Sheet, training: Training, common: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield the learning rate of a step where it decays, and the norm by which derivatives are clipped."""
    if training.decay:
        given = sheet.exactly(training.learning_rate or Fraction(0))
        values = {**common, LEARNING_RATE: given, DECAY: sheet.exactly(training.decay)}
        sign, right = sheet.substituted(DECAYED, values, common[LEARNING_RATE])
        yield Line(rate_of_step(sheet, sheet.number(common[STEP])[0]), sign, right)
    if _NORM in common:
        relation, size = sheet.result(common[_NORM])
        said = "so all are scaled" if _is_scaled(common) else "so none is scaled"
        yield Line(norm_letter(), relation.name, size, (said,))


def _lines_for_one(
    sheet: Sheet, training: Training, update: Update, common: Mapping[Symbol, Value], parameter: Symbol
) -> Iterator[Line]:
    """Yield what one step does with one parameter: its derivative if it is new, states, corrections, itself."""
    written = letters(sheet, training, sheet.names(parameter.name))
    before = tuple(_gradient_lines(sheet, training, update, common, parameter))
    yield from before
    values = {**common, PARAMETER: update.before[parameter], GRADIENT: _used(update)[parameter]}
    given = training.state.values if training.state is not None else {}
    for state in OPTIMIZERS[training.optimizer].states:
        values[state.symbol] = sheet.exactly(given.get(state.name, {}).get(parameter.name, Fraction(0)))
    lines = lines_of(OPTIMIZERS[training.optimizer])
    for index, (symbol, expression) in enumerate(lines):
        values[symbol] = sheet.numeric(expression, values)
        sign, right = sheet.substituted(expression, values, values[symbol])
        # A letter that every parameter has is told whose it is.
        whose = ("for ", written[PARAMETER.name]) if not (before or index) and len(lines) > 1 else ()
        yield Line(written[symbol.name], sign, right, whose)


def _used(update: Update) -> Mapping[Symbol, Value]:
    """Return the derivatives that the optimizer is given."""
    return update.gradients if update.clipped is None else update.clipped


def _gradient_lines(
    sheet: Sheet, training: Training, update: Update, common: Mapping[Symbol, Value], parameter: Symbol
) -> Iterator[Line]:
    """Yield the derivative over the samples of the step, and what clipping makes of it."""
    gradient = update.gradients[parameter]
    if training.batch != "full" or update.clipped is not None:
        relation, size = sheet.result(gradient)
        left = sheet.names.partial(sheet.objective, sheet.names(parameter.name))
        yield Line(left, relation.name, size)
    if update.clipped is None:
        return
    cut, clipped = _cut(sheet, training, gradient), update.clipped[parameter]
    reason = ("clipped",) if cut != gradient else ()
    if _is_scaled(common):
        scaled = Chain(Quotient(_MOST, _NORM), GRADIENT)
        sign, right = sheet.substituted(scaled, {**common, GRADIENT: cut}, clipped)
        yield Line(gradient_letter(sheet), sign, right, reason)
    else:
        relation, size = sheet.result(clipped)
        yield Line(gradient_letter(sheet), relation.name, size, reason)


def outcome_table(sheet: Sheet, training: Training, update: Update, parameters: Sequence[Symbol]) -> Table:
    """Return what one step makes of every parameter, and of what, as a table.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        parameters: Those that are updated.
    """
    columns: list[tuple[Inline, Mapping[Symbol, Value]]] = [(("derivative",), update.gradients)]
    if is_clipping(training):
        columns.append((("clipped",), _used(update)))
    return _by_parameter(sheet, parameters, [*columns, *_kept(sheet, training, update), (("updated",), update.after)])


def last_table(sheet: Sheet, training: Training, last: Update, parameters: Sequence[Symbol]) -> Table:
    """Return what all steps together have made of every parameter, as a table.

    Args:
        sheet: The part.
        training: How it is trained.
        last: The last step.
        parameters: Those that are updated.
    """
    after: Inline = (f"after step {last.step}",)
    return _by_parameter(sheet, parameters, [*_kept(sheet, training, last), (after, last.after)])


def start_table(sheet: Sheet, training: Training, parameters: Sequence[Symbol]) -> Table | None:
    """Return what the optimizer goes on from, as a table; None where nothing is given.

    Args:
        sheet: The part.
        training: How it is trained.
        parameters: Those that are updated.
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
    sheet: Sheet, parameters: Sequence[Symbol], columns: Sequence[tuple[Inline, Mapping[Symbol, Value]]]
) -> Table:
    rows: list[tuple[Inline, ...]] = []
    for index in sheet.kept(len(parameters), MOST_ROWS):
        if index is None:
            rows.append(((Glyph("vdots"),),) * (len(columns) + 1))
        else:
            numbers = ((sheet.number(values[parameters[index]])[0],) for _head, values in columns)
            rows.append(((sheet.names(parameters[index].name),), *numbers))
    return Table((("parameter",), *(head for head, _values in columns)), tuple(rows), "l" + "r" * len(columns))
