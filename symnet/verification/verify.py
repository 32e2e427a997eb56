"""Independent oracles: what was derived against 50-digit differences of the forward pass, line by line.

Nothing here calls the engine, the rewrites or the catalog: a partial derivative is a central difference of
the node's own expression, and a gradient is a central difference of the whole forward pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

import mpmath
from sympy import Symbol, diff, lambdify
from sympy.core.expr import Expr

from symnet.arrays.tree import ArrayTree
from symnet.derivation.expand import Expander, node_definitions
from symnet.derivation.objective import Objective
from symnet.derivation.steps import Derivation, Gradient
from symnet.derivation.time import TimeIndex, instances
from symnet.errors import CheckFailedError, NoPointError
from symnet.limits import LONGEST_EXPANDED
from symnet.network.graph import Network, NodeKind
from symnet.numerics.direct import NoValueError, Value, decimal_digits, from_decimal, numeric
from symnet.verification.arrays import ArrayNumbers, array_values
from symnet.verification.differences import CANDIDATES, DIGITS, NOWHERE, Draw, has_many, is_small, points
from symnet.verification.samples import SampledObjective

TOLERANCE = mpmath.mpf(10) ** -20
# In small networks each parameter has its own difference, at the first point; elsewhere random directions, in which
# any wrong derivative shows, keep the cost linear in the number of parameters.
DIRECTIONS = 3


class CheckKind(Enum):
    """What an oracle compares with what."""

    DIFFERENCES = "gradients against 50-digit differences of the forward pass"
    LINES = "each line of every derivation against the line before it"
    OBJECTIVE_DIFFERENCES = "the objective's gradient against 50-digit differences"
    OBJECTIVE_LINES = "each line of the objective's derivations against the line before it"
    COMPOSED = "gradients against sympy.diff of the composed loss"
    PATHS = "derivatives path by path, line by line and against those by deltas"
    FORWARD = "tangents along the graph, line by line and against the derivatives of the reverse mode"
    MATRICES = "matrix form against the derivation number by number, entry by entry"
    INDICES = "general rule against the derivation number by number, for every index"
    ARRAYS = "derivatives of whole arrays against the derivation number by number, entry by entry"
    UPDATES = "training steps of whole arrays against those of single parameters, entry by entry"
    TIME = "the rules with the index of time against the derivation number by number, at every step"
    SECOND = "second derivatives against second differences of the forward pass, in both orders"
    FAMILIES = "results for every index against the derivation number by number"


class Check(NamedTuple):
    """The outcome of one oracle.

    Attributes:
        kind: What was compared with what.
        comparisons: How many comparisons were made.
        worst_error: The largest relative error met.
        passed: Whether that is within the tolerance.
    """

    kind: CheckKind
    comparisons: int
    worst_error: Value
    passed: bool

    @property
    def name(self) -> str:
        """What was compared with what, in words."""
        return self.kind.value


class CheckReport(NamedTuple):
    """The outcomes of all checks of one gradient."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every oracle agrees."""
        return all(check.passed for check in self.checks)


def verify(
    gradient: Gradient,
    objective: Objective | None = None,
    near: Mapping[Symbol, Value] | None = None,
    full: bool = False,
) -> CheckReport:
    """Return the outcome of every check of ``gradient``.

    Args:
        gradient: What was derived.
        objective: The objective over it, if it is more than the one loss.
        near: Numbers at which there is a value, if any are known.
        full: Whether ``sympy.diff`` of the composed loss is asked as well; where the composed loss would have more
            than 20,000 characters that check is left out.

    Raises:
        CheckFailedError: If an oracle disagrees.
    """
    with mpmath.workdps(DIGITS), decimal_digits(DIGITS):
        checks = list(_differences(gradient, near))
        if objective is not None and objective.nodes:
            checks += _objective_checks(gradient, objective)
        if full and can_be_composed(gradient.network):
            checks.append(_composed_loss(gradient, near))
    report = CheckReport(tuple(checks))
    demand(report)
    return report


def verify_routes(
    gradient: Gradient, derivations: Mapping[Symbol, Derivation], near: Mapping[Symbol, Value] | None = None
) -> Check:
    """Return the check of derivations path by path: every line, and what they come to.

    Args:
        gradient: The same derivatives with respect to deltas.
        derivations: The derivatives path by path, at least one; by leaf.
        near: Numbers at which there is a value, if any are known.

    Raises:
        CheckFailedError: If a line is not equal to the one before it, or to the derivative with respect to deltas.
    """
    errors = Errors(CheckKind.PATHS)
    with mpmath.workdps(DIGITS):
        for _point, known in points(gradient.network, names_of_adjoints(gradient), near):
            for leaf, derivation in derivations.items():
                result = _compare_lines(derivation, known, errors)
                errors.compare(result, numeric(gradient.leaves[leaf].result, known))
        check = errors.check()
    demand(CheckReport((check,)))
    return check


def demand(report: CheckReport) -> None:
    """Raise an error unless every oracle agrees.

    Raises:
        CheckFailedError: If one disagrees.
    """
    if report.passed:
        return
    failed = "; ".join(
        f"{check.name} (relative error {mpmath.nstr(check.worst_error, 3)})"
        for check in report.checks
        if not check.passed
    )
    raise CheckFailedError(f"the derivation did not pass its own check and is not printed: {failed}")


def can_be_composed(network: Network) -> bool:
    """Return whether the loss of ``network`` in inputs, targets and parameters alone is short enough to be built."""
    return Expander(node_definitions(network)).length(network.loss) <= LONGEST_EXPANDED


def _differences(gradient: Gradient, near: Mapping[Symbol, Value] | None) -> Iterator[Check]:
    """Yield the checks of gradients and of lines, both at random points."""
    errors = Errors(CheckKind.DIFFERENCES)
    lines = Errors(CheckKind.LINES)
    arrays, time = Errors(CheckKind.ARRAYS), Errors(CheckKind.TIME)
    decimals = has_many(gradient.network)
    for point, known in points(gradient.network, names_of_adjoints(gradient), near, decimals=decimals):
        results = {leaf: _compare_lines(derivation, known, lines) for leaf, derivation in gradient.leaves.items()}
        adjoints = {wrt: _compare_lines(derivation, known, lines) for wrt, derivation in gradient.adjoints.items()}
        if gradient.network.arrays is not None:
            numbers = ArrayNumbers(gradient.network.arrays, known, {**adjoints, **results})
            _compare_arrays(gradient, numbers, arrays)
            _compare_time(gradient, numbers, time)
        if is_small(gradient.network) and not errors.count:
            directions = [{leaf: mpmath.mpf(1)} for leaf in results]
        else:
            directions = point.directions(DIRECTIONS)
        for direction in directions:
            derived = point.total(results[leaf] * size for leaf, size in direction.items())
            errors.compare(derived, point.derivative_along(direction))
    yield errors.check()
    yield lines.check()
    if gradient.arrays:
        yield arrays.check()
    if gradient.time is not None:
        yield time.check()


def _compare_arrays(gradient: Gradient, numbers: ArrayNumbers, errors: Errors) -> None:
    """Compare the derivative of every whole array with those of its entries."""
    for name, derivative in gradient.arrays.items():
        for tree in dict.fromkeys((derivative.tree, derivative.final)):
            _compare_entries(name, tree, numbers, errors)


def _compare_entries(name: str, tree: ArrayTree, numbers: ArrayNumbers, errors: Errors) -> None:
    """Compare an expression with the derivatives with respect to the entries of an array."""
    entries = zip(numbers.symbols(name), array_values(tree, numbers), numbers.of_derivative(name), strict=True)
    for symbol, entry, wanted in entries:
        # What does not exist has no name, and no derivative.
        if symbol.name:
            errors.compare(entry, wanted)


def _compare_time(gradient: Gradient, numbers: ArrayNumbers, errors: Errors) -> None:
    """Compare what the rules with the index of time come to at each step with the derivatives of its entries."""
    graph = numbers.graph
    if gradient.time is None or graph.time is None:
        return
    for name, tree in instances(gradient.time, TimeIndex(graph, graph.time)):
        _compare_entries(name, tree, numbers, errors)


def names_of_adjoints(gradient: Gradient) -> dict[Symbol, Symbol]:
    """Return, for each node, the name under which lines cite the derivative of the loss with respect to it."""
    return {derivation.wrt: derivation.symbol for derivation in gradient.adjoints.values()}


def _objective_checks(gradient: Gradient, objective: Objective) -> Iterator[Check]:
    """Yield the checks of the objective's gradient and of its lines, at a random point with two samples."""
    errors = Errors(CheckKind.OBJECTIVE_DIFFERENCES)
    lines = Errors(CheckKind.OBJECTIVE_LINES)
    draw = Draw(gradient.network, 1)
    sampled, known = _sampled(gradient, objective, draw)
    results = {
        parameter: _compare_lines(derivation, known, lines) for parameter, derivation in objective.derivations.items()
    }
    if is_small(gradient.network):
        directions = [{parameter: mpmath.mpf(1)} for parameter in results]
    else:
        directions = [{parameter: draw.number(-1, 1) for parameter in results} for _ in range(DIRECTIONS)]
    for direction in directions:
        derived = mpmath.fsum(results[parameter] * size for parameter, size in direction.items())
        errors.compare(derived, sampled.derivative_along(direction))
    yield errors.check()
    yield lines.check()


def _sampled(gradient: Gradient, objective: Objective, draw: Draw) -> tuple[SampledObjective, Mapping[Expr, Value]]:
    """Return a point with several samples around each of which all differences have a value."""
    for _ in range(CANDIDATES):
        sampled = SampledObjective(gradient.network, objective, draw, names_of_adjoints(gradient))
        try:
            return sampled, sampled.atoms()
        except NoValueError:
            continue
    raise NoPointError(NOWHERE)


def _compare_lines(derivation: Derivation, known: Mapping[Expr, Value], errors: Errors) -> Value:
    """Compare each line with the one before it, and return the last line's value."""
    before = known[derivation.lhs]
    for step in derivation.steps:
        value = numeric(step.rhs, known)
        errors.compare(value, before)
        before = value
    return before


# What is smaller is not compared by its own size.
_LEAST_DECIMAL = Decimal(10) ** -10


class Errors:
    """The worst relative error of many comparisons."""

    def __init__(self, kind: CheckKind) -> None:
        self.kind = kind
        self.count = 0
        self.worst: Value = 0

    def compare(self, value: Value, expected: Value) -> None:
        """Count one comparison, and keep its relative error if that is the worst so far."""
        self.count += 1
        if value != expected:
            error = abs(value - expected)
            least = _LEAST_DECIMAL if isinstance(error, Decimal) else mpmath.mpf(10) ** -10
            self.worst = max(self.worst, error / max(abs(value), abs(expected), least))

    def check(self) -> Check:
        """Return the outcome."""
        worst = mpmath.mpf(from_decimal(self.worst))
        return Check(self.kind, self.count, worst, bool(self.count and worst <= TOLERANCE))


def _composed_loss(gradient: Gradient, near: Mapping[Symbol, Value] | None) -> Check:
    """Return the check against SymPy's own derivative of the whole loss in inputs, targets and parameters."""
    errors = Errors(CheckKind.COMPOSED)
    network = gradient.network
    # What is detached stays a constant of its own.
    detached = tuple(node.symbol for node in network.nodes.values() if node.kind is NodeKind.DETACHED)
    leaves = (*network.of_sample, *network.parameters, *detached)
    definitions = {name: of for name, of in node_definitions(network).items() if Symbol(name) not in detached}
    # SymPy has to know that they are real: it has no derivative of an absolute value otherwise.
    real = {leaf: Symbol(f"leaf{number}", real=True) for number, leaf in enumerate(leaves)}
    composed = Expander(definitions).expression(network.loss).xreplace(real)
    derivatives = [diff(composed, real[leaf]) for leaf in network.leaves]
    function = lambdify(tuple(real.values()), derivatives, modules="mpmath", cse=True)
    for point, known in points(network, names_of_adjoints(gradient), near):
        expected = function(*(point.values[leaf] for leaf in leaves))
        for leaf, value in zip(network.leaves, expected, strict=True):
            errors.compare(numeric(gradient.leaves[leaf].result, known), value)
    return errors.check()
