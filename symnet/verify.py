"""Independent oracles: what was derived against 50-digit differences of the forward pass, line by line.

Nothing here calls the engine, the rewrites or the catalog's slopes: a partial derivative is a central difference of
the node's own expression, and a gradient is a central difference of the whole forward pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import mpmath
from sympy import diff, lambdify
from sympy.core.expr import Expr

from symnet.derive import Derivation, Gradient
from symnet.differences import DIGITS, is_small, points
from symnet.errors import CheckFailedError
from symnet.expand import LONGEST, Expander, node_definitions
from symnet.network import Network
from symnet.numeric import Value, numeric

TOLERANCE = mpmath.mpf(10) ** -20
# In small networks each parameter has its own difference, at the first point; elsewhere random directions, in which
# any wrong derivative shows, keep the cost linear in the number of parameters.
DIRECTIONS = 3


class Check(NamedTuple):
    """The outcome of one oracle.

    Attributes:
        name: What was compared with what.
        comparisons: How many comparisons were made.
        worst_error: The largest relative error met.
        passed: Whether that is within the tolerance.
    """

    name: str
    comparisons: int
    worst_error: Value
    passed: bool


class Report(NamedTuple):
    """What the oracles say of one gradient."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every oracle agrees."""
        return all(check.passed for check in self.checks)


def verify(gradient: Gradient, full: bool = False) -> Report:
    """Return what the oracles say of ``gradient``.

    Args:
        gradient: What was derived.
        full: Whether ``sympy.diff`` of the composed loss is asked as well; where the composed loss would have more
            than 20,000 characters that check is left out.

    Raises:
        CheckFailedError: If an oracle disagrees.
    """
    with mpmath.workdps(DIGITS):
        checks = list(_differences(gradient))
        if full and can_be_composed(gradient.network):
            checks.append(_composed_loss(gradient))
    report = Report(tuple(checks))
    if not report.passed:
        failed = "; ".join(
            f"{check.name} (relative error {mpmath.nstr(check.worst_error, 3)})"
            for check in report.checks
            if not check.passed
        )
        raise CheckFailedError(f"the derivation did not pass its own check and is not printed: {failed}")
    return report


def can_be_composed(network: Network) -> bool:
    """Return whether the loss of ``network`` in inputs, targets and parameters alone is short enough to be built."""
    return Expander(node_definitions(network)).length(network.loss) <= LONGEST


def _differences(gradient: Gradient) -> Iterator[Check]:
    """Yield the checks of gradients and of lines, both at random points."""
    errors = _Errors("gradients against 50-digit differences of the forward pass")
    lines = _Errors("each line of every derivation against the line before it")
    for point, known in points(gradient.network, {d.wrt: d.symbol for d in gradient.adjoints.values()}):
        results = {
            parameter: _compare_lines(derivation, known, lines) for parameter, derivation in gradient.parameters.items()
        }
        for derivation in gradient.adjoints.values():
            _compare_lines(derivation, known, lines)
        alone = is_small(gradient.network) and not errors.count
        directions = [{p: mpmath.mpf(1)} for p in results] if alone else point.directions(DIRECTIONS)
        for direction in directions:
            derived = mpmath.fsum(results[parameter] * size for parameter, size in direction.items())
            errors.compare(derived, point.slope_along(direction))
    yield errors.check()
    yield lines.check()


def _compare_lines(derivation: Derivation, known: Mapping[Expr, Value], errors: _Errors) -> Value:
    """Compare each line with the one before it, and return the last line's value."""
    before = known[derivation.lhs]
    for step in derivation.steps:
        value = numeric(step.rhs, known)
        errors.compare(value, before)
        before = value
    return before


class _Errors:
    """The worst relative error of many comparisons."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.worst = mpmath.mpf(0)

    def compare(self, value: Value, expected: Value) -> None:
        self.count += 1
        if value != expected:
            scale = max(abs(value), abs(expected), mpmath.mpf(10) ** -10)
            self.worst = max(self.worst, abs(value - expected) / scale)

    def check(self) -> Check:
        return Check(self.name, self.count, self.worst, bool(self.count and self.worst <= TOLERANCE))


def _composed_loss(gradient: Gradient) -> Check:
    """Return the check against SymPy's own derivative of the whole loss in inputs, targets and parameters."""
    errors = _Errors("gradients against sympy.diff of the composed loss")
    network = gradient.network
    composed = Expander(node_definitions(network)).expression(network.loss)
    leaves = (*network.inputs, *network.targets, *network.parameters)
    slopes = [diff(composed, parameter) for parameter in network.parameters]
    function = lambdify(leaves, slopes, modules="mpmath", cse=True)
    for point, known in points(network, {d.wrt: d.symbol for d in gradient.adjoints.values()}):
        expected = function(*(point.given[leaf] for leaf in leaves))
        for parameter, value in zip(network.parameters, expected, strict=True):
            errors.compare(numeric(gradient.parameters[parameter].result, known), value)
    return errors.check()
