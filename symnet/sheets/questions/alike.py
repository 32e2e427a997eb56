"""Answers in numbers that take the same room on many sheets of a class: found by how wide their numbers are alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sympy import Symbol

from symnet.algebra.nodes import Branch
from symnet.document import Result, Working
from symnet.layout.measure import width_em
from symnet.numerics.direct import Value, numeric
from symnet.numerics.format import Form, Shown, shown
from symnet.remember import Remembered
from symnet.sheets.blanks import result_of, room_of_values
from symnet.sheets.questions.asker import Asker
from symnet.sheets.questions.drafts import Drafted
from symnet.sheets.sheet import Sheet, first_number
from symnet.text.languages import language_name
from symnet.typeset.expressions import CONDITIONS
from symnet.typeset.numbers import figures

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation

Place: TypeAlias = tuple[str, int, str, Symbol | None]
"""Where a number stands in an evaluation: among its samples or updates, which one, which of its numbers, whose."""


class _Model(NamedTuple):
    """Answers that were laid out once.

    Attributes:
        places: Where the numbers of each answer stand; none where they could not be followed back.
        known: What was drafted, by the room that the numbers of each answer take.
    """

    places: tuple[tuple[Place, ...], ...] | None
    known: dict[tuple[float, ...], tuple[Drafted, ...]]


_MODELS = Remembered(200)


def drafted_alike(
    asker: Asker, evaluation: Evaluation, key: Hashable, make: Callable[[Asker], Iterable[Drafted]]
) -> tuple[Drafted, ...]:
    """Return parts of a question; where only room is wanted, those of another sheet whose numbers take as much.

    Args:
        asker: The part of the exercise.
        evaluation: Its numbers.
        key: What is asked.
        make: Lays it out.
    """
    sheet = asker.sheet
    is_plain = asker.sized and sheet.once("numbers alone", lambda: _has_numbers_alone(sheet))
    if not is_plain or _divides_by_zero(sheet, evaluation):
        return tuple(make(asker))
    parts = sheet.part.objective, sheet.names, asker.training
    chosen = key, asker.units, asker.layers, sheet.view, sheet.form, language_name()
    model = _MODELS.of_all(parts, chosen, lambda: _model(asker, evaluation, make))
    if model.places is None:
        return tuple(make(asker))
    rooms = tuple(_room(evaluation, of_answer, sheet.form) for of_answer in model.places)
    if rooms not in model.known:
        model.known[rooms] = tuple(make(asker))
    return model.known[rooms]


def _model(asker: Asker, evaluation: Evaluation, make: Callable[[Asker], Iterable[Drafted]]) -> _Model:
    """Return where the numbers of answers stand, found out on one sheet."""
    return _Model(_places(asker.sheet, evaluation, tuple(make(asker._replace(apart=True)))), {})


def _has_numbers_alone(sheet: Sheet) -> bool:
    """Return whether calculations are the same but for their numbers, wherever these lie."""
    part = sheet.part
    derivations = (*part.gradient.adjoints.values(), *part.gradient.leaves.values())
    expressions = (
        *(node.expression for node in part.network.nodes.values()),
        *(step.rhs for derivation in derivations for step in derivation.steps),
    )
    is_plain = not any(one.atoms(Branch, *CONDITIONS) for one in expressions)
    return is_plain and part.paper is None and not part.objective.penalty


def _divides_by_zero(sheet: Sheet, evaluation: Evaluation) -> bool:
    """Return whether a derivative that is taught as one quotient is written in its first form at these numbers."""
    divisors = [taught.args[1] for taught in sheet.part.network.one_quotient]
    return any(not numeric(divisor, sample.values) for divisor in divisors for sample in evaluation.samples)


def _room(evaluation: Evaluation, places: Sequence[Place], form: Form) -> float:
    """Return the room that the widest of some numbers takes by hand, in em."""
    return room_of_values(_width(shown(_at(evaluation, place), form)) for place in places)


_WIDTHS: dict[tuple[int, bool, bool, int | None], float] = {}


def _width(number: Shown) -> float:
    """Return the width of a number, which depends on how many digits it has."""
    key = len(number.text), "." in number.text, number.negative, number.exponent
    if key not in _WIDTHS:
        _WIDTHS[key] = width_em(figures(number))
    return _WIDTHS[key]


def _at(evaluation: Evaluation, place: Place) -> Value:
    """Return the number at a place."""
    among, index, which, symbol = place
    numbers = getattr(getattr(evaluation, among)[index] if among else evaluation, which)
    return numbers if symbol is None else numbers[symbol]


def _places(sheet: Sheet, evaluation: Evaluation, drafted: Sequence[Drafted]) -> tuple[tuple[Place, ...], ...] | None:
    """Return where the numbers of each answer come from; None if one cannot be followed back."""
    known = {id(value): place for place, value in _numbers(evaluation)}
    found = []
    for answer in (answer for part in drafted for answer in part.answers):
        if not isinstance(answer.block, Working | Result) or answer.space != "values":
            return None
        places = []
        for line in answer.block.lines:
            _digits, value = sheet.as_sized.followed.get(id(first_number(result_of(line))), (None, None))
            if id(value) not in known:
                return None
            places.append(known[id(value)])
        found.append(tuple(places))
    return tuple(found)


def _numbers(evaluation: Evaluation) -> Iterator[tuple[Place, Value]]:
    """Yield every number of an evaluation with its place."""
    for name in ("loss", "data_loss"):
        yield ("", 0, name, None), getattr(evaluation, name)
    for name in ("gradients", "penalty"):
        for symbol, value in getattr(evaluation, name).items():
            yield ("", 0, name, symbol), value
    for among, names in (("samples", ("values", "adjoints", "gradients")), ("updates", ("after",))):
        for index, one in enumerate(getattr(evaluation, among)):
            for name in names:
                for symbol, value in getattr(one, name).items():
                    yield (among, index, name, symbol), value
