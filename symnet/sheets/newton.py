"""Newton's method on a sheet: its rule for all parameters together, and the system of a step in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import S, Symbol

from symnet.algebra.nodes import Chain, PathSum, Quotient
from symnet.catalog.newton import component, determinant, direction, second, upper_places
from symnet.catalog.optimizers import DAMPING, LEARNING_RATE, Optimizer
from symnet.description.training import Training
from symnet.document import Inline, Line, LineKind
from symnet.layout.tree import Fence, Fraction, Glyph, Layout, Number, Operator, Row, Scripts, Space, Word
from symnet.notation import marks
from symnet.numerics.direct import Value
from symnet.numerics.newton import NewtonSystem, back_substitution
from symnet.numerics.training import Update, updated_parameters
from symnet.sheets.second import matrix_of, numbers_line, second_partial
from symnet.sheets.sheet import Sheet
from symnet.text.say import say, words
from symnet.typeset.expressions import row

_HESSIAN, _IDENTITY, _GRADIENT = Glyph("H", bold=True), Glyph("I", bold=True), Glyph("g", bold=True)
# Letters of the direction, of which the first is taken that nothing on the sheet has.
_LETTERS = ("s", "d", "p", "q")
DIRECTION_LETTER = Glyph(_LETTERS[0])
"""How an entry of the direction is written where nothing else has a letter."""


def is_newton(optimizer: Optimizer) -> bool:
    """Return whether a rule takes the Hessian."""
    return optimizer.hessian is not None


def direction_entry(sheet: Sheet, training: Training, parameter: Symbol) -> Layout:
    """Return how the entry of the direction is written that a parameter moves against.

    Args:
        sheet: The part.
        training: How it is trained.
        parameter: The parameter.
    """
    trained = updated_parameters(sheet.part.network, training)
    return _numbered(sheet, trained.index(parameter), len(trained))


def _numbered(sheet: Sheet, place: int, count: int) -> Layout:
    """Return how an entry of the direction is written, by its 0-based place."""
    letter = _letter(sheet)
    return letter if count == 1 else Scripts(letter, sub=Number(str(1 + place)))


def _letter(sheet: Sheet, *, bold: bool = False) -> Layout:
    """Return the letter of the direction, or what it is called where something on the sheet has each of them."""
    taken = {base for one in sheet.names.taken for base in (one, getattr(one, "base", one))}
    free = (letter for letter in _LETTERS if Glyph(letter) not in taken)
    letter = next(free, None)
    return Word(words("newton.direction")) if letter is None else Glyph(letter, bold=bold)


def _vector(sheet: Sheet) -> Layout:
    return _letter(sheet, bold=True)


def system_in_general(damping: Layout) -> tuple[Layout, Layout]:
    """Return both sides of the equation of the direction, with damping, of any parameters.

    Args:
        damping: How the damping is written.
    """
    return Glyph(_LETTERS[0], bold=True), Row((_inverse(damping), _GRADIENT))


def introduction(sheet: Sheet, training: Training) -> Inline:
    """Return the words that introduce the rule.

    Args:
        sheet: The part.
        training: How it is trained.
    """
    if len(updated_parameters(sheet.part.network, training)) == 1:
        return say("newton.for_one")
    letters = {"gradient": _GRADIENT, "hessian": _HESSIAN, "objective": sheet.objective}
    if training.options[DAMPING.name]:
        return say("newton.for_all_damped", **letters, identity=_IDENTITY)
    return say("newton.for_all", **letters)


def newton_rule(sheet: Sheet, training: Training, written: Mapping[str, Layout]) -> Iterator[Line]:
    """Yield the rule for all parameters that are updated: the direction, and the step against it.

    Args:
        sheet: The part.
        training: How it is trained.
        written: How the symbols of the rule are written.
    """
    names, damping = sheet.names, written[DAMPING.name] if training.options[DAMPING.name] else None
    letters = [names(parameter.name) for parameter in updated_parameters(sheet.part.network, training)]
    notation = names.notation
    old, new = ([mark(notation, letter) for letter in letters] for mark in (marks.before, marks.updated))
    left, right, step = _column(new), _column(old), _vector(sheet)
    if len(letters) == 1:
        below = second_partial(sheet.objective, letters[0], letters[0])
        below = below if damping is None else row((below, Operator("+"), damping))
        first = Line(_letter(sheet), "=", Fraction(names.partial(sheet.objective, letters[0]), below))
        left, right, step = new[0], old[0], _letter(sheet)
    else:
        first = Line(_vector(sheet), "=", Row((_inverse(damping), _GRADIENT)))
    rate = (written[LEARNING_RATE.name],) if LEARNING_RATE in training.rule.update.free_symbols else ()
    yield first
    yield Line(left, marks.relation(notation), row((right, Operator("-"), *rate, step)))


def _column(entries: Sequence[Layout]) -> Layout:
    return matrix_of([[entry] for entry in entries])


def _damped(damping: Layout | None) -> Layout:
    """Return how the matrix of the system is written."""
    return _HESSIAN if damping is None else row((_HESSIAN, Operator("+"), damping, _IDENTITY))


def _in_brackets(damping: Layout | None) -> Layout:
    """Return the same in brackets where it is a sum."""
    return _HESSIAN if damping is None else Fence(_damped(damping))


def _inverse(damping: Layout | None) -> Layout:
    return Scripts(_in_brackets(damping), sup=Row((Operator("-", unary=True), Number("1"))))


# The system of one step in numbers.


def system_lines(sheet: Sheet, training: Training, update: Update, letters: Mapping[str, Layout]) -> Iterator[Line]:
    """Yield the Hessian and the gradient of a step in numbers, and how the system of them is solved.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        letters: How the symbols of the rule are written.
    """
    if update.system is None:
        return
    damping = training.options[DAMPING.name]
    worked = _System(sheet, update.system, update.gradients, updated_parameters(sheet.part.network, training))
    yield from worked.hessian(letters[DAMPING.name] if damping else None, sheet.exactly(damping))
    if worked.count == 1:
        yield from worked.quotient()
    elif update.system.determinant is None:
        yield from worked.elimination()
    else:
        yield from worked.inverse(letters[DAMPING.name] if damping else None)


class _System:
    """The system of one step, with its numbers by their symbols."""

    def __init__(
        self, sheet: Sheet, system: NewtonSystem, gradients: Mapping[Symbol, Value], parameters: Sequence[Symbol]
    ) -> None:
        self.sheet, self.system, self.parameters, self.count = sheet, system, parameters, len(parameters)
        self.gradient = [gradients[parameter] for parameter in parameters]
        self.values = {second(row, other): system.matrix[row][other] for row, other in upper_places(self.count)}
        self.values |= {component(place): value for place, value in enumerate(self.gradient)}

    def hessian(self, damping: Layout | None, size: Value) -> Iterator[Line]:
        """Yield the second derivatives and the gradient, and what damping makes of the former."""
        sheet, system = self.sheet, self.system
        if self.count == 1:
            letter = sheet.names(self.parameters[0].name)
            left = second_partial(sheet.objective, letter, letter)
            relation, value = sheet.result(system.hessian[0][0])
            yield Line(left, relation.name, value)
            if damping is not None:
                known = {second(0, 0): system.hessian[0][0], DAMPING: size}
                sign, right = sheet.substituted(PathSum(second(0, 0), DAMPING), known, system.matrix[0][0])
                yield Line(row((left, Operator("+"), damping)), sign, right)
            return
        arrays: list[tuple[Layout, Sequence[Sequence[Value]]]] = [
            (_GRADIENT, [[value] for value in self.gradient]),
            (_HESSIAN, system.hessian),
        ]
        if damping is not None:
            arrays.append((_damped(damping), system.matrix))
        for left, rows in arrays:
            yield numbers_line(sheet, left, rows)._replace(kind=LineKind.VALUE)

    def quotient(self) -> Iterator[Line]:
        """Yield the one entry of the direction."""
        expression = Quotient(component(0), second(0, 0))
        sign, right = self.sheet.substituted(expression, self.values, self.system.solution[0])
        yield Line(_letter(self.sheet), sign, right)

    def inverse(self, damping: Layout | None) -> Iterator[Line]:
        """Yield the determinant, the inverse of two rows, and its product with the gradient."""
        sheet, system, values = self.sheet, self.system, self.values
        if system.determinant is None:
            return
        sign, right = sheet.substituted(determinant(self.count), values, system.determinant)
        gap = (Space("thin"),) if damping is None else ()
        yield Line(Row((Glyph("det", upright=True), *gap, _in_brackets(damping))), sign, right)
        mixed = sheet.numeric(Chain(S.NegativeOne, second(0, 1)), values)
        adjugate = [[system.matrix[1][1], mixed], [mixed, system.matrix[0][0]]]
        one_over = Fraction(Number("1"), sheet.number(system.determinant)[0])
        inverse = numbers_line(sheet, None, adjugate)
        product = Row((one_over, inverse.right))
        yield Line(_inverse(damping), inverse.relation, product)
        gradient = numbers_line(sheet, None, [[value] for value in self.gradient])
        solution = numbers_line(sheet, None, [[value] for value in system.solution])
        steps = (_inverse(damping), _GRADIENT, Operator(gradient.relation), product, gradient.right)
        yield Line(_vector(sheet), "=", Row((*steps, Operator(solution.relation), solution.right)))

    def elimination(self) -> Iterator[Line]:
        """Yield the system, what it is after each column is cleared, and the direction from its last entry up."""
        sheet, system, values = self.sheet, self.system, dict(self.values)
        rows = [[*ones, right] for ones, right in zip(system.matrix, self.gradient, strict=True)]
        yield self._equations(rows, say("newton.solved_by_elimination"))
        for place, stage in enumerate(system.stages):
            numbers = {"column": str(1 + place), "row": str(1 + place)}
            key = "newton.cleared" if stage.swapped is None else "newton.exchanged"
            other = {} if stage.swapped is None else {"other": str(1 + stage.swapped)}
            yield self._equations(stage.rows, say(key, **numbers, **other))
            rows = [list(ones) for ones in stage.rows]
        for place in reversed(range(self.count)):
            values |= {second(place, other): rows[place][other] for other in range(place, self.count)}
            values[component(place)] = rows[place][-1]
            _leaves, entry = back_substitution(self.count, place)
            sign, right = sheet.substituted(entry, values, system.solution[place])
            values[direction(place)] = system.solution[place]
            yield Line(_numbered(sheet, place, self.count), sign, right)

    def _equations(self, rows: Sequence[Sequence[Value]], reason: Inline) -> Line:
        """Return a system as a line."""
        left = numbers_line(self.sheet, None, [ones[:-1] for ones in rows])
        right = numbers_line(self.sheet, None, [ones[-1:] for ones in rows])
        relation = "=" if left.relation == right.relation == "=" else "approx"
        return Line(Row((left.right, _vector(self.sheet))), relation, right.right, reason, kind=LineKind.EQUATION)
