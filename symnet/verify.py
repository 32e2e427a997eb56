"""Independent oracles: what was derived against 50-digit differences of the forward pass, line by line.

Nothing here calls the engine, the rewrites or the catalog's slopes: a partial derivative is a central difference of
the node's own expression, and a gradient is a central difference of the whole forward pass.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import mpmath
from sympy import Max, Symbol, diff, exp, lambdify
from sympy.core.expr import Expr

from symnet.calculus import Partial, PathSum, Slope, terms_of
from symnet.derive import Derivation, Gradient
from symnet.errors import CheckFailedError
from symnet.expand import LONGEST, Expander
from symnet.network import Kind, Network, Node
from symnet.numeric import NoValueError, Value, numeric

DIGITS = 50
# Central differences at this step are wrong by about its square, 1e-32, and by rounding 1e-50 / 1e-16.
STEP = mpmath.mpf(10) ** -16
TOLERANCE = mpmath.mpf(10) ** -20
# Up to this many parameters each one has its own difference; beyond, random directions keep the cost linear.
SMALL = 40
# At even points everything is positive, at odd ones signs are mixed; a big network has units on both sides of a kink.
POINTS_SMALL, POINTS_BIG = (0, 1), (1,)
DIRECTIONS = 3
ATTEMPTS = 500


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
        if full and Expander(gradient.network).length(gradient.network.loss) <= LONGEST:
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


def _differences(gradient: Gradient) -> Iterator[Check]:
    """Yield the checks of gradients and of lines, both at random points."""
    small = len(gradient.network.parameters) <= SMALL
    errors = _Errors("gradients against 50-digit differences of the forward pass")
    lines = _Errors("each line of every derivation against the line before it")
    for number in POINTS_SMALL if small else POINTS_BIG:
        point = _Point(gradient.network, number)
        known = point.atoms({d.wrt: d.symbol for d in gradient.adjoints.values()})
        results = {
            parameter: _compare_lines(derivation, known, lines) for parameter, derivation in gradient.parameters.items()
        }
        for derivation in gradient.adjoints.values():
            _compare_lines(derivation, known, lines)
        directions = [{parameter: mpmath.mpf(1)} for parameter in results] if small else point.directions(DIRECTIONS)
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


class _Point:
    """One random point: the forward pass there, and differences around it."""

    def __init__(self, network: Network, number: int) -> None:
        self.network = network
        self.chance = random.Random(number)  # noqa: S311 - not cryptography
        low = 0.1 if number % 2 == 0 else -1.0
        self.order = tuple(network.nodes.values())
        self.place = {node.symbol: index for index, node in enumerate(self.order)}
        for attempt in range(ATTEMPTS):
            # Deep and narrow networks of relu are dead at almost every point with mixed signs.
            self.given = self.draw(0.1 if attempt >= ATTEMPTS // 2 else low)
            try:
                self.values = self.forward(self.given)
            except NoValueError:
                continue
            if not self.on_a_kink():
                break
        else:
            raise CheckFailedError("no point was found at which the loss has a value and a slope")
        self.terms = {symbol: _terms_by_parent(node) for symbol, node in network.nodes.items()}
        self.powers = self.shared_powers()
        self.scratch: dict[Expr, Value] = dict(self.values)
        for powers in self.powers.values():
            self.scratch |= {power: numeric(power, self.values) for power in powers}

    def on_a_kink(self) -> bool:
        """Return whether a maximum is reached twice, as behind dead units: there a node has no slope."""
        for node in self.order:
            if node.kind is Kind.ACTIVATION:
                for largest in node.expression.atoms(Max):
                    values = [numeric(argument, self.values) for argument in largest.args]
                    if values.count(max(values)) > 1:
                        return True
        return False

    def draw(self, low: float) -> dict[Symbol, Value]:
        """Return random inputs, parameters and targets; weights shrink with their number, so nothing saturates.

        At every other point all of them are positive, and so is every pre-activation: there no relu hides what
        stands behind it.
        """
        given = {symbol: self.number(low, 1) for symbol in self.network.inputs}
        for layer in self.network.layers:
            reach = 1.5 / len(layer.weights[0]) ** 0.5
            given |= {symbol: self.number(low * reach, reach) for symbol in layer.parameters}
        targets = [self.number(0.1, 0.9) for _ in self.network.targets]
        if self.network.targets_sum_to_one:
            whole = mpmath.fsum(targets)
            targets = [target / whole for target in targets]
        return given | dict(zip(self.network.targets, targets, strict=True))

    def number(self, low: float, high: float) -> Value:
        return mpmath.mpf(self.chance.uniform(low, high))

    def forward(self, given: Mapping[Symbol, Value], start: int = 0) -> dict[Symbol, Value]:
        """Return the forward pass from ``given``, which holds the nodes before the one numbered ``start`` as well."""
        values = dict(given)
        for node in self.order[start:]:
            values[node.symbol] = numeric(node.expression, values)
        return values

    def directions(self, count: int) -> list[dict[Symbol, Value]]:
        return [{parameter: self.number(-1, 1) for parameter in self.network.parameters} for _ in range(count)]

    def slope_along(self, direction: Mapping[Symbol, Value]) -> Value:
        """Return the derivative of the loss along ``direction``, as a central difference of whole forward passes."""
        start = min(self.place[self.network.children[parameter][0]] for parameter in direction)
        ends = []
        for step in (STEP, -STEP):
            moved = self.values | {p: self.given[p] + step * size for p, size in direction.items()}
            ends.append(self.forward(moved, start)[self.network.loss])
        return (ends[0] - ends[1]) / (2 * STEP)

    def atoms(self, names: Mapping[Symbol, Symbol]) -> dict[Expr, Value]:
        """Return the value of every atom that a line may hold: quantities, partial derivatives, adjoints by name."""
        known: dict[Expr, Value] = dict(self.values)
        loss = self.network.loss
        adjoints = {loss: mpmath.mpf(1)}
        for symbol in (*reversed(self.network.nodes), *self.network.parameters):
            if symbol == loss:
                continue
            parts = []
            for child in self.network.children[symbol]:
                slope = self.local_slope(child, symbol)
                known[Partial(child, symbol)] = slope
                if self.network.nodes[child].kind is Kind.ACTIVATION:
                    known[Slope(child, symbol)] = slope
                parts.append(adjoints[child] * slope)
            adjoints[symbol] = known[Partial(loss, symbol)] = mpmath.fsum(parts)
            if symbol in names:
                known[names[symbol]] = adjoints[symbol]
        return known

    def local_slope(self, child: Symbol, parent: Symbol) -> Value:
        """Return the derivative of one node by one parent; terms without the parent cancel and are left out."""
        part = self.terms[child][parent]
        scratch, here = self.scratch, self.values[parent]
        held = {power: scratch.pop(power) for power in self.powers.get(parent, ())}
        ends = []
        for step in (STEP, -STEP):
            scratch[parent] = here + step
            ends.append(numeric(part, scratch))
        scratch[parent] = here
        scratch.update(held)
        return (ends[0] - ends[1]) / (2 * STEP)

    def shared_powers(self) -> dict[Symbol, tuple[Expr, ...]]:
        """Return, by the symbol in it, each power of e that several nodes share (those of a softmax)."""
        found: dict[Symbol, dict[Expr, None]] = {}
        for node in self.network.nodes.values():
            if node.kind is Kind.ACTIVATION and len(node.slopes) > 1:
                for power in node.expression.atoms(exp):
                    found.setdefault(power.args[0], {})[power] = None
        return {symbol: tuple(powers) for symbol, powers in found.items()}


def _terms_by_parent(node: Node) -> dict[Symbol, Expr]:
    """Return, for each parent, the terms of the node's own expression that hold it."""
    terms: dict[Symbol, list[Expr]] = {}
    for term in terms_of(node.expression):
        for symbol in term.free_symbols:
            terms.setdefault(symbol, []).append(term)
    return {symbol: PathSum(*held) for symbol, held in terms.items()}


def _composed_loss(gradient: Gradient) -> Check:
    """Return the check against SymPy's own derivative of the whole loss in inputs, targets and parameters."""
    errors = _Errors("gradients against sympy.diff of the composed loss")
    network = gradient.network
    composed = Expander(network).expression(network.loss)
    leaves = (*network.inputs, *network.targets, *network.parameters)
    slopes = [diff(composed, parameter) for parameter in network.parameters]
    function = lambdify(leaves, slopes, modules="mpmath", cse=True)
    for number in POINTS_SMALL:
        point = _Point(network, number)
        known = point.atoms({d.wrt: d.symbol for d in gradient.adjoints.values()})
        expected = function(*(point.given[leaf] for leaf in leaves))
        for parameter, value in zip(network.parameters, expected, strict=True):
            errors.compare(numeric(gradient.parameters[parameter].result, known), value)
    return errors.check()
