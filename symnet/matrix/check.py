"""The matrix form against the scalar one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import SAMPLES, SampleSum
from symnet.arithmetic.real import quotient
from symnet.derivation.objective import COUNT, Objective
from symnet.derivation.steps import Gradient
from symnet.errors import NoPointError
from symnet.matrix.derive import MatrixForm, matrix_form
from symnet.matrix.expression import (
    Chosen,
    Convention,
    Coupled,
    Diagonal,
    Divided,
    Entrywise,
    Filled,
    Hadamard,
    Jacobian,
    MatrixDerivative,
    MatrixEntries,
    MatrixLetter,
    Scaled,
    Sum,
    Times,
    Transposed,
    Tree,
)
from symnet.numerics.direct import NoValueError, Value, numeric, total
from symnet.quantity import Role
from symnet.remember import Remembered
from symnet.verification.differences import DIGITS, Draw
from symnet.verification.samples import SampledObjective
from symnet.verification.verify import Check, CheckKind, CheckReport, Errors, demand
from symnet.worked import Part

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


# The value of a matrix expression, by matrix products of its own.

Grid: TypeAlias = tuple[tuple[Value, ...], ...]
Table: TypeAlias = Mapping[Symbol, Value]

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class MatrixNumbers(NamedTuple):
    """The numbers of all scalars, from which those of vectors and matrices are gathered.

    Attributes:
        samples: For each sample inputs, targets, parameters, nodes, cited derivatives by name, and what all share.
        adjoints: For each sample the derivative of its own loss with respect to each node and wanted input.
        gradients: The derivative of the objective with respect to each parameter.
        at: The 0-based sample for which something that holds for each is evaluated.
    """

    samples: Sequence[Table]
    adjoints: Sequence[Table]
    gradients: Table
    at: int = 0

    def scalar(self, expression: Expr) -> Value:
        """Return the value of an expression in the scalars of one sample."""
        everywhere = {SAMPLES: [(sample, 1) for sample in self.samples]} if expression.has(SampleSum) else {}
        return numeric(expression, {**self.samples[self.at], **everywhere})

    def of_letter(self, letter: MatrixLetter) -> Grid:
        """Return the entries of a letter."""
        return self._gathered(letter, self.adjoints if letter.role is Role.DELTA else self.samples)

    def of_derivative(self, derivative: MatrixDerivative) -> Grid:
        """Return the derivatives with respect to the entries of a letter."""
        return self._gathered(derivative.wrt, [self.gradients] if derivative.wrt.is_parameter else self.adjoints)

    def _gathered(self, letter: MatrixLetter, tables: Sequence[Table]) -> Grid:
        if letter.each:
            tables = tables[self.at : self.at + 1]
        elif letter.is_parameter:
            tables = tables[:1]
        if letter.down:
            return tuple(tuple(table[cell] for cell in row) for table in tables for row in letter.cells)
        return tuple(tuple(table[cell] for table in tables for cell in row) for row in letter.cells)


def value(tree: Tree, numbers: MatrixNumbers) -> Grid:
    """Return the numbers of a matrix expression, row by row.

    Raises:
        NoValueError: Where an entry has no real finite value.
    """
    return _VALUES[type(tree)](tree, numbers)


def _columns(grid: Grid) -> Grid:
    return tuple(zip(*grid, strict=True))


def _filled(tree: Filled, numbers: MatrixNumbers) -> Grid:
    rows, columns = int(numbers.scalar(tree.rows)), int(numbers.scalar(tree.columns))
    return ((numbers.scalar(tree.number),) * columns,) * rows


def _product(tree: Times, numbers: MatrixNumbers) -> Grid:
    result, *others = [value(factor, numbers) for factor in tree.factors]
    for other in others:
        columns = _columns(other)
        result = tuple(
            tuple(total([p * q for p, q in zip(row, column, strict=True)]) for column in columns) for row in result
        )
    return result


def _each(combine: Callable[[Sequence[Value]], Value], parts: Iterable[Tree], numbers: MatrixNumbers) -> Grid:
    """Return what ``combine`` makes of the entries in the same place."""
    grids = [value(part, numbers) for part in parts]
    return tuple(tuple(combine(entries) for entries in zip(*rows, strict=True)) for rows in zip(*grids, strict=True))


def _multiplied(entries: Sequence[Value]) -> Value:
    product: Value = 1
    for entry in entries:
        product *= entry
    return product


def _entries(tree: MatrixEntries | Jacobian, numbers: MatrixNumbers) -> Grid:
    return tuple(tuple(map(numbers.scalar, row)) for row in tree.cells)


def _over(tree: Divided, numbers: MatrixNumbers) -> Grid:
    under = numbers.scalar(tree.under)
    return _each(lambda entry: quotient(entry[0], under) if entry[0] else entry[0], (tree.over,), numbers)


def _scaled(tree: Scaled, numbers: MatrixNumbers) -> Grid:
    factor = numbers.scalar(tree.factor)
    return _each(lambda entry: factor * entry[0], (tree.of,), numbers)


def _diagonal(tree: Diagonal, numbers: MatrixNumbers) -> Grid:
    entries = [entry for row in value(tree.of, numbers) for entry in row]
    return tuple(tuple(entry if j == i else 0 for j in range(len(entries))) for i, entry in enumerate(entries))


def _entrywise(tree: Entrywise, numbers: MatrixNumbers) -> Grid:
    known = dict(numbers.samples[numbers.at])

    def combined(entries: Sequence[Value]) -> Value:
        known.update(zip((symbol for symbol, _ in tree.over), entries, strict=True))
        return numeric(tree.body, known)

    return _each(combined, (matrix for _, matrix in tree.over), numbers)


def _coupled(tree: Coupled, numbers: MatrixNumbers) -> Grid:
    grid = value(tree.of, numbers)
    found = []
    for units in grid if tree.down else _columns(grid):
        known = dict(zip(tree.places, units, strict=True))
        found.append(tuple(numeric(body, known) for body in tree.bodies))
    return tuple(found) if tree.down else _columns(tuple(found))


def _chosen(tree: Chosen, numbers: MatrixNumbers) -> Grid:
    signs = [_COMPARE[sign] for _, sign, _ in tree.conditions]

    def holds(entries: Sequence[Value]) -> Value:
        pairs = zip(entries[::2], entries[1::2], strict=True)
        return int(all(sign(own, other) for sign, (own, other) in zip(signs, pairs, strict=True)))

    return _each(holds, (part for own, _, other in tree.conditions for part in (own, other)), numbers)


_VALUES: Mapping[type, Callable[[Any, MatrixNumbers], Grid]] = MappingProxyType(
    {
        MatrixLetter: lambda letter, numbers: numbers.of_letter(letter),
        MatrixDerivative: lambda derivative, numbers: numbers.of_derivative(derivative),
        Jacobian: _entries,
        Filled: _filled,
        MatrixEntries: _entries,
        Times: _product,
        Hadamard: lambda tree, numbers: _each(_multiplied, tree.factors, numbers),
        Sum: lambda tree, numbers: _each(total, tree.terms, numbers),
        Scaled: _scaled,
        Divided: _over,
        Transposed: lambda tree, numbers: _columns(value(tree.of, numbers)),
        Diagonal: _diagonal,
        Entrywise: _entrywise,
        Coupled: _coupled,
        Chosen: _chosen,
    }
)


# The matrix form against the derivation number by number, at random points and at the data.

# Random points at each of which every equation is compared; at the first of them everything is positive.
POINTS = 3
# Digits of a number at the data that saturation has to leave.
_SPARE_DIGITS = 30


def form_of(part: Part) -> MatrixForm:
    """Return the matrix form of a part in the layout of its notation.

    Raises:
        ViewError: If its network has no layers.
    """
    return matrix_form(part.gradient, part.objective, Convention(part.names.rows, part.names.from_to))


def verify_matrix(part: Part) -> Check:
    """Return the check of the matrix form of a part: every line of it, entry by entry.

    The products are those of matrices here, the numbers that they are compared with those of the derivation number by
    number: at random points, and at the data, if there are any.

    Raises:
        CheckFailedError: If a vector or matrix is not equal to what was derived number by number.
        ViewError: If the network has no layers.
    """
    form = form_of(part)
    errors = Errors(CheckKind.MATRICES)
    with mpmath.workdps(DIGITS):
        for numbers in random_numbers(part):
            _compare(form, numbers, errors)
    if part.evaluation is not None and is_precise(part, part.evaluation):
        with mpmath.workdps(part.evaluation.digits):
            _compare(form, numbers_of(part, part.evaluation), errors)
    check = errors.check()
    demand(CheckReport((check,)))
    return check


def _compare(form: MatrixForm, numbers: MatrixNumbers, errors: Errors) -> None:
    """Compare every right side with its left side, for each sample where that is what it holds for."""
    for equation in form.equations:
        for at in range(len(numbers.samples) if equation.each else 1):
            here = numbers._replace(at=at)
            expected = value(equation.left, here)
            for right in equation.rights:
                try:
                    found = value(right.tree, here)
                except NoValueError:
                    # The long way round may divide by 0 where what it comes to has a value.
                    continue
                for row, other in zip(found, expected, strict=True):
                    for entry, wanted in zip(row, other, strict=True):
                        errors.compare(entry, wanted)


def is_precise(part: Part, evaluation: Evaluation) -> bool:
    """Return whether no unit is so saturated that its value cannot be told from the bound with the digits in force.

    The derivation has forms for that; in products of matrices a difference to the bound would be 0. Nor may the taught
    form of a derivative divide by 0.
    """
    below = [taught.args[1] for taught in part.network.one_quotient]
    if not all(numeric(one, sample.values) for sample in evaluation.samples for one in below):
        return False
    layers = [layer for branch in part.network.branches for layer in branch if not layer.activation.linear]
    sums = [abs(sample.values[z]) for sample in evaluation.samples for layer in layers for z in layer.pre_activations]
    return bool(2 * max(sums, default=0) < (evaluation.digits - _SPARE_DIGITS) * mpmath.log(10))


def numbers_of(part: Part, evaluation: Evaluation) -> MatrixNumbers:
    """Return the numbers of a part at its data."""
    shared: dict[Symbol, Value] = dict(evaluation.penalty)
    if part.data is not None:
        constants = part.data.constants.items()
        shared |= {symbol: mpmath.mpf(number.numerator) / number.denominator for symbol, number in constants}
    samples = []
    for sample in evaluation.samples:
        cited = {derivation.symbol: sample.adjoints[node] for node, derivation in part.gradient.adjoints.items()}
        samples.append({**sample.values, **cited, **shared})
    nothing = dict.fromkeys(part.network.nodes, mpmath.mpf(0))
    adjoints = [{**nothing, **sample.adjoints, **sample.gradients} for sample in evaluation.samples]
    return MatrixNumbers(samples, adjoints, evaluation.gradients)


def random_numbers(part: Part) -> Sequence[MatrixNumbers]:
    """Return the numbers of random points, as the derivation number by number has them, for every check of a part."""
    return _RANDOM.once(part, mpmath.mp.prec, lambda: tuple(_random_numbers(part)))


_RANDOM = Remembered(4)


def _random_numbers(part: Part) -> Iterator[MatrixNumbers]:
    data = part.data
    near = None if data is None else {**data.rows[0], **data.parameters}
    for number in range(POINTS):
        try:
            sampled = SampledObjective(part.network, part.objective, Draw(part.network, number, near), {})
            yield _at(part.gradient, part.objective, sampled)
        except (NoPointError, NoValueError):
            continue


def _at(gradient: Gradient, objective: Objective, sampled: SampledObjective) -> MatrixNumbers:
    """Return the numbers at one random point."""
    shared = {**sampled.constants, **sampled.penalty(sampled.parameters), COUNT: mpmath.mpf(sampled.count)}
    known = [({**point.values, **shared}, times) for point, times in sampled.samples]
    adjoints: list[dict[Symbol, Value]] = []
    for values, _times in known:
        by_node: dict[Symbol, Value] = dict.fromkeys(gradient.network.nodes, mpmath.mpf(0))
        for node, derivation in gradient.adjoints.items():
            values[derivation.symbol] = by_node[node] = numeric(derivation.result, values)
        adjoints.append(by_node | {leaf: numeric(d.result, values) for leaf, d in gradient.leaves.items()})
    over_samples: Mapping[Expr, Value] = {**known[0][0], SAMPLES: known}
    results = {leaf: d.result for leaf, d in (objective.derivations or gradient.parameters).items()}
    derivatives = {leaf: numeric(result, over_samples) for leaf, result in results.items()}
    repeated = [index for index, (_values, times) in enumerate(known) for _ in range(times)]
    return MatrixNumbers([known[i][0] for i in repeated], [adjoints[i] for i in repeated], derivatives)
