"""Newton's method in numbers: the Hessian of the objective over a batch, and the solution of its system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum, Quotient, difference
from symnet.arithmetic.real import NoValueError
from symnet.catalog.newton import DETERMINANT, component, determinant, direction, second, solution_lines, upper_places
from symnet.catalog.optimizers import DAMPING, HessianUse
from symnet.derivation.second import Hessian
from symnet.numerics.arithmetic import Arithmetic, Lines, Number, Slots
from symnet.numerics.compile import Compiled, Pass

Rows: TypeAlias = tuple[tuple[Number, ...], ...]

_OWN, _BELOW, _PIVOT, _TOP = (Symbol(name) for name in ("own", "below", "pivot", "top"))
_ENTRY = Symbol("entry")
_SOLVED = frozenset((HessianUse.SOLVED, HessianUse.UNDAMPED))


class SingularHessianError(NoValueError):
    """A Hessian has no inverse, so that Newton's method has no step."""


class Stage(NamedTuple):
    """The system after one column of it was cleared below the diagonal.

    Attributes:
        rows: Its rows, each with its right side at the end.
        swapped: The 0-based row that was first exchanged with that on the diagonal; None if none was.
    """

    rows: Rows
    swapped: int | None


class NewtonSystem(NamedTuple):
    """The system of one step and its solution.

    Attributes:
        hessian: The second derivatives of the objective with respect to the updated parameters, row by row.
        matrix: The same with the damping on its diagonal.
        solution: The direction: an entry for each updated parameter.
        determinant: The determinant of the matrix of one or two parameters; else None.
        stages: The system as elimination goes on, for more parameters; else empty.
    """

    hessian: Rows
    matrix: Rows
    solution: tuple[Number, ...]
    determinant: Number | None = None
    stages: tuple[Stage, ...] = ()

    def mapped(self, value: Callable[[Number], Number]) -> NewtonSystem:
        """Return the same with each number as something else."""
        return NewtonSystem(
            _mapped(self.hessian, value),
            _mapped(self.matrix, value),
            tuple(map(value, self.solution)),
            None if self.determinant is None else value(self.determinant),
            tuple(stage._replace(rows=_mapped(stage.rows, value)) for stage in self.stages),
        )


def _mapped(rows: Rows, value: Callable[[Number], Number]) -> Rows:
    return tuple(tuple(map(value, row)) for row in rows)


def back_substitution(count: int, row: int) -> tuple[tuple[Symbol, ...], Expr]:
    """Return the entry of a row of the direction, and the symbols in it, once all below it are known.

    Args:
        count: How many rows there are.
        row: The 0-based row; its entries have the symbols of those of a Hessian, its right side that of a gradient.
    """
    below = range(row + 1, count)
    known = (Chain(S.NegativeOne, second(row, other), direction(other)) for other in below)
    leaves = (second(row, row), component(row), *(second(row, other) for other in below), *map(direction, below))
    return leaves, Quotient(PathSum(component(row), *known), second(row, row))


class NewtonSolver:
    """What a step makes of the gradient by the Hessian, bound to an arithmetic.

    Args:
        use: What is made of the gradient.
        count: How many parameters are updated.
        arithmetic: What it is worked out in.
        shown: Whether each line is rounded as a sheet shows it.

    Attributes:
        closed: The lines of the direction, in the matrix, the gradient and the determinant; None where the system is
            solved by elimination.
        determinant: The line of the determinant, in the same; None where nothing is divided by it.
        damped: An entry on the diagonal with the damping.
        eliminated: An entry below the diagonal, less what clears its column.
        back: For each row, its entry of the direction once those below are known.
    """

    def __init__(self, use: HessianUse, count: int, arithmetic: Arithmetic, *, shown: bool) -> None:
        self._use, self._count, self._arithmetic, self._shown = use, count, arithmetic, shown
        solution = solution_lines(use, count)
        leaves = (*(second(*place) for place in upper_places(count)), *map(component, range(count)))
        self.closed = None if solution is None else self._lines((*leaves, DETERMINANT), solution)
        divides = any(DETERMINANT in right.free_symbols for right in (solution or {}).values())
        self.determinant = self._lines(leaves, {DETERMINANT: determinant(count)}) if divides else None
        eliminated = difference(_OWN, Chain(Quotient(_BELOW, _PIVOT), _TOP))
        self.eliminated = self._lines((_OWN, _BELOW, _PIVOT, _TOP), {_OWN: eliminated})
        self.damped = self._lines((_OWN, DAMPING), {_OWN: PathSum(_OWN, DAMPING)})
        rows = (back_substitution(count, row) for row in range(count))
        self.back = [self._lines(symbols, {_ENTRY: entry}) for symbols, entry in rows]

    def _lines(self, leaves: Sequence[Symbol], lines: Mapping[Symbol, Expr]) -> Lines:
        return Lines((), leaves, lines, self._arithmetic, shown=self._shown)

    def solve(self, hessian: Rows, gradient: Sequence[Number], damping: Number, bits: int) -> NewtonSystem:
        """Return the system and its solution.

        Args:
            hessian: The second derivatives.
            gradient: The derivatives.
            damping: What is added on the diagonal.
            bits: The precision.

        Raises:
            NoValueError: If the matrix is singular, which is a :class:`SingularHessianError`, or a line has no value.
        """
        matrix = hessian
        if self._use is not HessianUse.UNDAMPED and self._arithmetic.sign(damping):
            places = range(self._count)
            diagonal = [_only(self.damped, (hessian[row][row], damping), bits) for row in places]
            matrix = tuple(
                tuple(diagonal[row] if row == other else hessian[row][other] for other in places) for row in places
            )
        if self.closed is None:
            if self._use not in _SOLVED:
                raise NoValueError("what is done with fewer parameters alone")
            return self._eliminate(NewtonSystem(hessian, matrix, ()), gradient, bits)
        put_in, found = [*(matrix[row][column] for row, column in upper_places(self._count)), *gradient], None
        if self.determinant is not None:
            found = _only(self.determinant, put_in, bits)
            if not self._arithmetic.sign(found):
                raise SingularHessianError("a division by a determinant of 0")
        solution = self.closed.work(self.closed.start(bits), (*put_in, found))
        return NewtonSystem(hessian, matrix, tuple(solution), found)

    def _eliminate(self, system: NewtonSystem, gradient: Sequence[Number], bits: int) -> NewtonSystem:
        """Return a system with its solution by elimination; rows are exchanged only where a pivot is 0."""
        rows = [[*row, right] for row, right in zip(system.matrix, gradient, strict=True)]
        stages, count, sign = [], self._count, self._arithmetic.sign
        for column in range(count):
            found = next((row for row in range(column, count) if sign(rows[row][column])), None)
            if found is None:
                raise SingularHessianError("a division by a pivot of 0")
            rows[column], rows[found] = rows[found], rows[column]
            top, zero = rows[column], self._arithmetic.exactly(Fraction(0), bits)
            for row in range(column + 1, count):
                own, below = rows[row], rows[row][column]
                if sign(below):
                    right = (
                        _only(self.eliminated, (own[n], below, top[column], top[n]), bits)
                        for n in range(column + 1, count + 1)
                    )
                    rows[row] = [*own[:column], zero, *right]
            if column + 1 < count or found != column:
                stages.append(Stage(tuple(map(tuple, rows)), None if found == column else found))
        solution: list[Number] = []
        for row in reversed(range(count)):
            own = rows[row]
            put_in = (own[row], own[count], *own[row + 1 : count], *solution)
            solution.insert(0, _only(self.back[row], put_in, bits))
        return system._replace(solution=tuple(solution), stages=tuple(stages))


class HessianProgram:
    """The second derivatives of the loss of a sample and of the penalty, bound to an arithmetic.

    Args:
        hessian: The second derivatives.
        parameters: Those that are updated, in order.
        sample: The program of a sample, whose numbers they are worked out with.
        arithmetic: What they are worked out in.
        shown: Whether those of a sample are rounded as a sheet shows them.

    Attributes:
        sample: The lines of a sample.
        places: The slots of a sample whose numbers are put into them.
        penalty: The lines of the penalty.
        fixed: How many numbers are put into these: those of the first slots.
    """

    def __init__(
        self, hessian: Hessian, parameters: Sequence[Symbol], sample: Pass, arithmetic: Arithmetic, *, shown: bool
    ) -> None:
        self.count = len(parameters)
        entries = {
            second(row, column): hessian.entries[parameters[row], parameters[column]]
            for row, column in upper_places(self.count)
        }
        leaves, self.fixed = (*sample.fixed, *sample.data), len(sample.fixed)
        self.places = [*range(1, 1 + len(leaves)), *sample.nodes.values()]
        symbols = (*leaves, *sample.nodes)
        of_sample = {left: entry.result for left, entry in entries.items()}
        self.sample = Lines((), symbols, of_sample, arithmetic, shown=shown)
        of_penalty = {left: entry.added for left, entry in entries.items()}
        self.penalty = Lines((), sample.fixed, of_penalty, arithmetic, shown=False)

    def of_sample(self, slots: Slots, bits: int) -> list[Number]:
        """Return those of the loss of a sample, on and above the diagonal.

        Args:
            slots: The slots of the sample after the way forward.
            bits: The precision.
        """
        return self.sample.work(self.sample.start(bits), [slots[place] for place in self.places])

    def of_penalty(self, slots: Slots, bits: int) -> list[Number]:
        """Return those of the penalty, likewise.

        Args:
            slots: The slots of any sample.
            bits: The precision.
        """
        return self.penalty.work(self.penalty.start(bits), slots[1 : 1 + self.fixed])

    def rows(self, upper: Sequence[Number]) -> Rows:
        """Return the whole matrix, row by row.

        Args:
            upper: Its entries on and above the diagonal.
        """
        known = dict(zip(upper_places(self.count), upper, strict=True))
        places = range(self.count)
        return tuple(tuple(known[min(row, other), max(row, other)] for other in places) for row in places)


def hessian_program(compiled: Compiled, parameters: Sequence[Symbol], arithmetic: Arithmetic) -> HessianProgram | None:
    """Return the program of the second derivatives that a training needs; None where it needs none.

    Args:
        compiled: The programs of the exercise.
        parameters: The parameters that are updated.
        arithmetic: What they are worked out in.
    """
    objective = compiled.objective
    if objective.hessian is None:
        return None
    # Of several samples no sheet shows those of each.
    shown = compiled.shown and not objective.nodes
    return HessianProgram(objective.hessian, parameters, compiled.sample, arithmetic, shown=shown)


def _only(lines: Lines, put_in: Sequence[Number], bits: int) -> Number:
    """Return the value of the one line of some."""
    return lines.work(lines.start(bits), put_in)[0]
