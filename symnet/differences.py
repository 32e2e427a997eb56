"""Random points: the forward pass there, and 50-digit differences around it.

Nothing here knows a slope: a partial derivative is a central difference of the node's own expression, and a derivative
along a direction is a central difference of the whole forward pass.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import mpmath
from sympy import Max, Symbol, exp
from sympy.core.expr import Expr

from symnet.calculus import Partial, PathSum, Slope, terms_of
from symnet.errors import CheckFailedError
from symnet.network import Kind, Network, Node
from symnet.numeric import NoValueError, Value, numeric

# Central differences at this step are wrong by about its square, 1e-50, and by rounding as much: 1e-75 / 1e-25.
DIGITS = 75
STEP = mpmath.mpf(10) ** -25
# Up to this many parameters a network counts as small.
SMALL = 40
# Points that a small network is looked at from, and the most there may be in search of both sides of every kink.
FEWEST, MOST = 2, 8
# The points are the same on every run.
SEED = 0
ATTEMPTS = 200
CANDIDATES = 8

Side: TypeAlias = tuple[str, bool]  # a unit or a layer with a kink, and whether its pre-activation is positive
Missed: TypeAlias = Callable[[Mapping[Symbol, Value]], int]  # how much of what is to be met a forward pass misses


def is_small(network: Network) -> bool:
    """Return whether each parameter of ``network`` can have differences of its own at little cost."""
    return len(network.parameters) <= SMALL


def points(network: Network, names: Mapping[Symbol, Symbol]) -> Iterator[tuple[Point, Mapping[Expr, Value]]]:
    """Yield random points with the value of every atom there.

    There are so many that each unit with a kink (in a big network: each layer) is met on both of its sides, where
    that can be. At the first point of a small network everything is positive: there no dead unit hides what stands
    behind it.

    Args:
        network: The network.
        names: For each node, the name under which lines cite the derivative of the loss by it.
    """
    small = is_small(network)
    kinked = {next(iter(node.slopes)): node.symbol for node in network.nodes.values() if node.expression.has(Max)}

    def side(z: Symbol, values: Mapping[Symbol, Value]) -> Side:
        return (z.name if small else str(network.quantities[z.name].layer)), bool(values[z] > 0)

    wanted = {(side(z, {z: 1})[0], positive) for z in kinked for positive in (False, True)}

    def missed(values: Mapping[Symbol, Value]) -> int:
        return len(wanted - {side(z, values) for z in kinked})

    for number in range(0 if small else 1, MOST):
        point = Point(network, number, missed if number else lambda _values: 0)
        known = point.atoms(names)
        yield point, known
        wanted.difference_update(side(z, point.values) for z, a in kinked.items() if known[Partial(network.loss, a)])
        if (not wanted and number + 1 >= FEWEST) or point.stuck:
            return


class Point:
    """One random point: the forward pass there, and differences around it."""

    def __init__(self, network: Network, number: int, missed: Missed) -> None:
        self.network = network
        self.chance = random.Random(SEED + number)  # noqa: S311 - not cryptography
        self.order = tuple(network.nodes.values())
        self.place = {node.symbol: index for index, node in enumerate(self.order)}
        self.stuck = False
        self.given, self.values = self.best(0.1 if number == 0 else -1.0, missed)
        self.terms = {symbol: _terms_by_parent(node) for symbol, node in network.nodes.items()}
        self.powers = self.shared_powers()
        self.scratch: dict[Expr, Value] = dict(self.values)
        for powers in self.powers.values():
            self.scratch |= {power: numeric(power, self.values) for power in powers}

    def best(self, low: float, missed: Missed) -> tuple[dict[Symbol, Value], dict[Symbol, Value]]:
        """Return the numbers of a draw that misses little of what is to be met, and the forward pass from them."""
        found: list[tuple[int, dict[Symbol, Value], dict[Symbol, Value]]] = []
        for _ in range(ATTEMPTS):
            given = self.draw(low)
            try:
                values = self.forward(given)
            except NoValueError:
                continue
            if not self.on_a_kink(values):
                found.append((missed(values), given, values))
                if len(found) == CANDIDATES or not found[-1][0]:
                    break
        if found:
            return min(found, key=lambda one: one[0])[1:]
        if low > 0:
            raise CheckFailedError("no point was found at which the loss has a value and a slope")
        # Deep and narrow networks of relu are dead wherever signs are mixed.
        self.stuck = True
        return self.best(0.1, missed)

    def on_a_kink(self, values: Mapping[Symbol, Value]) -> bool:
        """Return whether a maximum is reached twice, as behind dead units: there a node has no slope."""
        for node in self.order:
            if node.kind is Kind.ACTIVATION:
                for largest in node.expression.atoms(Max):
                    reached = [numeric(argument, values) for argument in largest.args]
                    if reached.count(max(reached)) > 1:
                        return True
        return False

    def draw(self, low: float) -> dict[Symbol, Value]:
        """Return random inputs, parameters and targets; weights shrink with their number, so nothing saturates.

        With a positive ``low`` all of them are positive, and so is every pre-activation.
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
        """Return a random number between two others."""
        return mpmath.mpf(self.chance.uniform(low, high))

    def forward(self, given: Mapping[Symbol, Value], start: int = 0) -> dict[Symbol, Value]:
        """Return the forward pass from ``given``, which holds the nodes before the one numbered ``start`` as well."""
        values = dict(given)
        for node in self.order[start:]:
            values[node.symbol] = numeric(node.expression, values)
        return values

    def directions(self, count: int) -> list[dict[Symbol, Value]]:
        """Return random directions in the space of all parameters."""
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
