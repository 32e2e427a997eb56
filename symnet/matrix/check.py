"""The matrix form against the derivation number by number, at random points and at the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import SAMPLES
from symnet.derivation import Gradient
from symnet.errors import NoPointError
from symnet.matrix.convention import Convention
from symnet.matrix.equations import MatrixForm
from symnet.matrix.form import matrix_form
from symnet.matrix.values import Numbers, value
from symnet.numbers.numeric import NoValueError, Value, numeric
from symnet.objective import COUNT, Objective
from symnet.oracles.differences import DIGITS
from symnet.oracles.draws import Draw
from symnet.oracles.together import SampledObjective
from symnet.verify import Check, Errors, Report, demand
from symnet.worked import Part

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation

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
    errors = Errors("matrix form against the derivation number by number, entry by entry")
    with mpmath.workdps(DIGITS):
        for numbers in random_numbers(part):
            _compare(form, numbers, errors)
    if part.evaluation is not None and is_precise(part, part.evaluation):
        with mpmath.workdps(part.evaluation.digits):
            _compare(form, numbers_of(part, part.evaluation), errors)
    check = errors.check()
    demand(Report((check,)))
    return check


def _compare(form: MatrixForm, numbers: Numbers, errors: Errors) -> None:
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

    The derivation has forms for that; in products of matrices a difference to the bound would be 0.
    """
    layers = [layer for branch in part.network.branches for layer in branch if not layer.activation.linear]
    sums = [abs(sample.values[z]) for sample in evaluation.samples for layer in layers for z in layer.pre_activations]
    return bool(2 * max(sums, default=0) < (evaluation.digits - _SPARE_DIGITS) * mpmath.log(10))


def numbers_of(part: Part, evaluation: Evaluation) -> Numbers:
    """Return the numbers of a part at its data."""
    shared: dict[Symbol, Value] = dict(evaluation.penalty)
    if part.given is not None:
        constants = part.given.constants.items()
        shared |= {symbol: mpmath.mpf(number.numerator) / number.denominator for symbol, number in constants}
    samples = []
    for sample in evaluation.samples:
        cited = {derivation.symbol: sample.adjoints[node] for node, derivation in part.gradient.adjoints.items()}
        samples.append({**sample.values, **cited, **shared})
    nothing = dict.fromkeys(part.network.nodes, mpmath.mpf(0))
    adjoints = [{**nothing, **sample.adjoints, **sample.gradients} for sample in evaluation.samples]
    return Numbers(samples, adjoints, evaluation.gradients)


def random_numbers(part: Part) -> Iterator[Numbers]:
    """Yield the numbers of random points, as the derivation number by number has them."""
    given = part.given
    near = None if given is None else {**given.rows[0], **given.parameters}
    for number in range(POINTS):
        try:
            sampled = SampledObjective(part.network, part.objective, Draw(part.network, number, near), {})
            yield _at(part.gradient, part.objective, sampled)
        except (NoPointError, NoValueError):
            continue


def _at(gradient: Gradient, objective: Objective, sampled: SampledObjective) -> Numbers:
    """Return the numbers at one random point."""
    shared = {**sampled.constants, **sampled.penalty(sampled.parameters), COUNT: mpmath.mpf(sampled.count)}
    known = [({**point.values, **shared}, times) for point, times in sampled.samples]
    adjoints: list[dict[Symbol, Value]] = []
    for values, _times in known:
        by_node: dict[Symbol, Value] = dict.fromkeys(gradient.network.nodes, mpmath.mpf(0))
        for node, derivation in gradient.adjoints.items():
            values[derivation.symbol] = by_node[node] = numeric(derivation.result, values)
        adjoints.append(by_node | {leaf: numeric(d.result, values) for leaf, d in gradient.leaves.items()})
    together: Mapping[Expr, Value] = {**known[0][0], SAMPLES: known}
    results = {leaf: d.result for leaf, d in (objective.derivations or gradient.parameters).items()}
    slopes = {leaf: numeric(result, together) for leaf, result in results.items()}
    repeated = [index for index, (_values, times) in enumerate(known) for _ in range(times)]
    return Numbers([known[i][0] for i in repeated], [adjoints[i] for i in repeated], slopes)
