"""Fifty-digit differences of the forward pass, by an evaluator of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import mpmath
from sympy import Symbol, exp, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Direct, Partial, PathSum, PrimeDerivative, parts_by_symbol, terms_of
from symnet.errors import NoPointError
from symnet.network.graph import Network, Node, NodeKind
from symnet.numerics.direct import DecimalValues, NoValueError, Value, numeric, to_decimal

# Where the numbers of random points come from; the same on every run.

SEED = 0
ATTEMPTS = 200
# The ranges from which the inputs of a graph are drawn in turn, since any of its functions may need its own.
_RANGES = ((0.1, 1.0), (-1.0, 1.0), (1.0, 4.0), (-4.0, 4.0), (0.001, 0.1), (4.0, 30.0), (-300.0, 300.0), (30.0, 3000.0))
# So many of them are tried first for arrays.
_GENTLE = 5
# Ranges of targets, where losses look beyond the unit interval.
_TARGETS = {"signs": (-3.0, 3.0)}
# How much further than usual some draws reach, in search of the far side of a margin.
_REACHES = (1, 1, 4, 16)
# Attempts after which parameters are drawn smaller and smaller.
_PATIENCE = 20


class Draw:
    """The random numbers of one point.

    Args:
        network: The network.
        number: Which point; at the first, everything is positive.
        near: Numbers at which there is a value, if any are known.
    """

    def __init__(self, network: Network, number: int, near: Mapping[Symbol, Value] | None = None) -> None:
        self.network = network
        self.count = number
        self.near = near
        self.positive = number == 0
        self.chance = random.Random(SEED + number)  # noqa: S311 - not cryptography

    def all_positive(self) -> Draw:
        """Return a draw whose numbers are all positive."""
        other = Draw(self.network, 0, self.near)
        other.chance = self.chance
        return other

    def numbers(self, attempt: int) -> dict[Symbol, Value]:
        """Return random inputs, parameters and targets; no two attempts are the same."""
        return self.to_wholes(self.graph(attempt)) if self.network.is_graph else self.layers(attempt)

    def to_wholes(self, leaves: dict[Symbol, Value]) -> dict[Symbol, Value]:
        """Return numbers for a graph with its targets made to sum to 1, where they are known to."""
        for whole in self.network.wholes:
            size = mpmath.fsum(abs(leaves[symbol]) for symbol in whole)
            leaves |= {symbol: abs(leaves[symbol]) / size for symbol in whole}
        return leaves

    def graph(self, attempt: int) -> dict[Symbol, Value]:
        """Return random numbers for a graph, near those that are known or in one range after the other."""
        if self.near is not None and attempt % 2 == 0:
            return self.around(self.near, 0.01 * (1 + attempt) if self.count == 0 else 0.2 * (1 + attempt))
        turn = self.count + attempt // 2
        # Among many entries one is always large; powers of it would leave no digits to the others.
        gentle = self.network.arrays is not None and attempt < ATTEMPTS // 2
        ranges = _RANGES[:_GENTLE] if gentle else _RANGES
        leaves = dict.fromkeys((*self.network.leaves, *self.network.inputs))
        found = {leaf: self.number(*ranges[turn % len(ranges)]) for leaf in leaves}
        return found | self.targets()

    def targets(self) -> dict[Symbol, Value]:
        """Return random targets, and the weight of a sample if it has one."""
        network = self.network
        targets = [self.number(*_TARGETS.get(network.target_kind, (0.1, 0.9))) for _ in network.targets]
        if network.targets_sum_to_one:
            whole = mpmath.fsum(targets)
            targets = [target / whole for target in targets]
        weights = {weight: self.number(0.1, 1) for weight in network.sample_weight}
        return dict(zip(network.targets, targets, strict=True)) | weights

    def layers(self, attempt: int) -> dict[Symbol, Value]:
        """Return random numbers for layers; weights shrink with their number, so nothing saturates.

        Where many attempts have failed, as with logarithms of outputs that have to be small, they shrink further.
        """
        if self.near is not None and attempt >= ATTEMPTS // 2 and not self.network.targets_sum_to_one:
            return self.around(self.near, 0.001 * (ATTEMPTS - attempt))
        low = 0.1 if self.positive else -1.0
        further: float = _REACHES[attempt % len(_REACHES)] if self.count > 1 else 1
        if attempt > _PATIENCE:
            further = 1 / (attempt - _PATIENCE)
        leaves = {symbol: self.number(low, 1) for symbol in self.network.inputs}
        for layer in self.network.layers:
            # Only the last layer shrinks: behind many, values would come as close to a kink as differences reach.
            own = further if further > 1 or layer is self.network.layers[-1] else 1
            reach = 1.5 / layer.sources**0.5 * own
            leaves |= {symbol: self.number(low * reach, reach) for symbol in layer.parameters}
        return leaves | self.targets()

    def around(self, near: Mapping[Symbol, Value], distance: float) -> dict[Symbol, Value]:
        """Return random numbers about given ones."""
        return {leaf: near[leaf] + distance * (abs(near[leaf]) + 1) * self.number(-1, 1) for leaf in near}

    def number(self, low: float, high: float) -> Value:
        """Return a random number between two others."""
        return mpmath.mpf(self.chance.uniform(low, high))

    def directions(self, count: int) -> list[dict[Symbol, Value]]:
        """Return random directions in the space of all parameters and wanted inputs."""
        return [{leaf: self.number(-1, 1) for leaf in self.network.leaves} for _ in range(count)]


# Random points: the forward pass there, and 50-digit differences around it.
#
# Nothing here knows a derivative: a partial derivative is a central difference of the node's own expression, and a
# derivative
# along a direction is a central difference of the whole forward pass.

# Central differences at this step are wrong by about its square, 1e-50, and by rounding as much: 1e-75 / 1e-25.
DIGITS = 75
STEP = mpmath.mpf(10) ** -25
# So close to a kink, a difference might reach across it.
NEXT_TO = mpmath.mpf(10) ** -15
# Larger pre-activations saturate: e to the power of minus twice as much is all that is left of a softmax.
LARGEST = 12
# Up to this many parameters a network counts as small.
SMALL = 40
# With more scalars than this, a graph of arrays is checked in decimals.
MANY = 500
# Points that a small network is looked at from, and the most there may be in search of both sides of every kink.
FEWEST, MOST = 2, 8
# In a big graph of arrays one point has entries on both sides, where they can be; what then lacks a side has none.
MOST_OF_ARRAYS = 4
CANDIDATES = 8
NOWHERE = "no point at which there is a value and a derivative"

Side: TypeAlias = tuple[str, int, int]  # a node or a layer, which of its switches or contests, and how that came out
Missed: TypeAlias = Callable[[Mapping[Symbol, Value]], int]  # how much of what is to be met a forward pass misses


def is_small(network: Network) -> bool:
    """Return whether each parameter of ``network`` can have differences of its own at little cost."""
    return len(network.leaves) <= SMALL


def has_many(network: Network) -> bool:
    """Return whether ``network`` is a graph of arrays with so many scalars that decimals pay."""
    return network.arrays is not None and len(network.leaves) + len(network.nodes) > MANY


def points(
    network: Network,
    names: Mapping[Symbol, Symbol],
    near: Mapping[Symbol, Value] | None = None,
    *,
    decimals: bool = False,
) -> Iterator[tuple[DifferencePoint, Mapping[Expr, Value]]]:
    """Yield random points with the value of every atom there.

    There are so many that each node with a kink (in a big network: each layer) is met on both of its sides, where
    that can be. At the first point of a small network everything is positive: there no dead unit hides what stands
    behind it.

    Args:
        network: The network.
        names: For each node, the name under which lines cite the derivative of the loss with respect to it.
        near: Numbers at which there is a value, if any are known.
        decimals: Whether the values are decimals; else mpmath's numbers.

    Raises:
        NoPointError: If no point is found at which the loss has a value and a derivative.
    """
    small = is_small(network)
    kinks = _Kinks(network)
    most = MOST if small or network.arrays is None else MOST_OF_ARRAYS
    for number in range(0 if small else 1, most):
        missed = kinks.missed if number else _nothing
        point, known = _point(network, Draw(network, number, near), missed, names, decimals=decimals)
        yield point, known
        kinks.meet(point.values, known)
        if (not kinks.wanted and number + 1 >= FEWEST) or point.stuck:
            return


def _nothing(_values: Mapping[Symbol, Value]) -> int:
    return 0


class _Kinks:
    """The sides of all kinks of a network that are still to be met: node by node, in a big network layer by layer."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.small = is_small(network)
        reaching = {*network.children, network.loss}
        self.nodes = [node for node in network.nodes.values() if node.switches and node.symbol in reaching]
        self.contests = {node.symbol: _contests(node) for node in self.nodes}
        self.wanted: set[Side] = set()
        for node in self.nodes:
            place = self.place(node)
            self.wanted |= {(place, number, side) for number in range(len(node.switches)) for side in (0, 1)}
            for number, contest in enumerate(self.contests[node.symbol], 1):
                self.wanted |= {(place, -number, winner) for winner in range(len(contest.args) - 1)}

    def place(self, node: Node) -> str:
        """Return the name under which a node's sides count."""
        return node.symbol.name if self.small else str(self.network.quantities[node.symbol.name].layer)

    def sides(self, node: Node, values: Mapping[Symbol, Value]) -> Iterator[Side]:
        """Yield the sides on which a node is, and who has won its contests."""
        for number, switch in enumerate(node.switches):
            yield self.place(node), number, int(numeric(switch, values) > 0)
        for number, contest in enumerate(self.contests[node.symbol], 1):
            entered = [numeric(argument, values) for argument in contest.args[1:]]
            yield self.place(node), -number, entered.index((max if contest.name == "max" else min)(entered))

    def missed(self, values: Mapping[Symbol, Value]) -> int:
        """Return how many sides would still be to be met after ``values``."""
        return len(self.wanted.difference(*(self.sides(node, values) for node in self.nodes))) if self.wanted else 0

    def meet(self, values: Mapping[Symbol, Value], known: Mapping[Expr, Value]) -> None:
        """Remove the sides met at these values from those still to be tested, for nodes that affect the loss."""
        for node in self.nodes:
            if node.symbol == self.network.loss or known[Partial(self.network.loss, node.symbol)]:
                self.wanted.difference_update(self.sides(node, values))


def _contests(node: Node) -> tuple[Applied, ...]:
    """Return the largest and smallest of three or more: that all pairs were met either way says not who has won."""
    parts = preorder_traversal(node.expression)
    return tuple(p for p in parts if isinstance(p, Applied) and p.name in {"max", "min"} and len(p.args) > 3)


def _point(
    network: Network, draw: Draw, missed: Missed, names: Mapping[Symbol, Symbol], *, decimals: bool
) -> tuple[DifferencePoint, Mapping[Expr, Value]]:
    """Return a point around which all differences have a value: at the edge of a domain they have none."""
    for _ in range(CANDIDATES):
        point = DifferencePoint(network, draw, missed, decimals=decimals)
        try:
            return point, point.atoms(names)
        except NoValueError:
            continue
    raise NoPointError(NOWHERE)


class DifferencePoint:
    """One random point: the forward pass there, and differences around it.

    Args:
        network: The network.
        draw: Where its numbers come from.
        missed: How much of what is still to be met a forward pass misses.
        parameters: The parameters, where they are not to be drawn.
        decimals: Whether the values are decimals; else mpmath's numbers.
    """

    def __init__(
        self,
        network: Network,
        draw: Draw,
        missed: Missed,
        parameters: Mapping[Symbol, Value] | None = None,
        *,
        decimals: bool = False,
    ) -> None:
        self.network = network
        self.draw = draw
        self.table: type[dict[Any, Value]] = DecimalValues if decimals else dict
        self.taken = DecimalValues.of if decimals else dict[Any, Value]
        self.number = to_decimal if decimals else mpmath.mpf
        self.step, self.next_to = map(self.number, (STEP, NEXT_TO))
        self.fixed = dict(parameters or {})
        self.order = tuple(network.nodes.values())
        self.place = {node.symbol: index for index, node in enumerate(self.order)}
        self.stuck = False
        self.powers, self.powers_in = self.shared_powers()
        self.leaves, self.values = self.best(draw, missed)
        parts = _terms_by_parent if network.arrays is None else parts_by_symbol
        self.terms = {symbol: parts(node.expression) for symbol, node in network.nodes.items()}
        self.scratch: dict[Expr, Value] = self.table(self.values)
        for powers in self.powers.values():
            self.scratch |= {power: numeric(power, self.values) for power in powers}

    def best(self, draw: Draw, missed: Missed) -> tuple[dict[Symbol, Value], dict[Symbol, Value]]:
        """Return the draw that leaves the fewest sides of kinks untested, and its forward pass."""
        found: list[tuple[int, dict[Symbol, Value], dict[Symbol, Value]]] = []
        for attempt in range(ATTEMPTS):
            leaves = self.taken(draw.numbers(attempt) | self.fixed)
            try:
                values = self.forward(leaves)
                if self.on_a_kink(values) or self.is_saturated(values):
                    continue
            except NoValueError:
                continue
            found.append((missed(values), leaves, values))
            if len(found) == CANDIDATES or not found[-1][0]:
                break
        if found:
            return min(found, key=lambda one: one[0])[1:]
        if draw.positive:
            raise NoPointError(NOWHERE)
        # Deep and narrow networks of relu are dead wherever signs are mixed.
        self.stuck = True
        return self.best(draw.all_positive(), missed)

    def on_a_kink(self, values: Mapping[Symbol, Value]) -> bool:
        """Return whether a node is on a kink, as behind dead units, or next to one: there it has no derivative."""
        return any(abs(numeric(switch, values)) < self.next_to for node in self.order for switch in node.switches)

    def is_saturated(self, values: Mapping[Symbol, Value]) -> bool:
        """Return whether an activation is so close to a bound that its differences lose their digits."""
        layers = [layer for branch in self.network.branches for layer in branch if not layer.activation.linear]
        # What is so small has a logarithm that bends within a step.
        least = mpmath.exp(-LARGEST)
        positive = (it for it in layers if it.activation.range == "unit_interval" and it.activation.reads == "own")
        return any(abs(values[z]) > LARGEST for layer in layers for z in layer.pre_activations) or any(
            values[a] < least for layer in positive for a in layer.activations
        )

    def forward(self, leaves: Mapping[Symbol, Value], start: int = 0) -> dict[Symbol, Value]:
        """Return the forward pass from ``leaves``, which holds the nodes before the one numbered ``start`` as well."""
        values = self.table(leaves)
        for node in self.order[start:]:
            # What is detached keeps its value whatever moves.
            if node.kind is not NodeKind.DETACHED or node.symbol not in leaves:
                for power in self.powers_in.get(node.symbol, ()):
                    if power not in values:
                        values[power] = numeric(power, values)
                values[node.symbol] = numeric(node.expression, values)
        for powers in self.powers.values():
            for power in powers:
                values.pop(power, None)
        return values

    @property
    def detached(self) -> Mapping[Symbol, Value]:
        """What counts as a constant, with its values."""
        return {node.symbol: self.values[node.symbol] for node in self.order if node.kind is NodeKind.DETACHED}

    def directions(self, count: int) -> list[dict[Symbol, Value]]:
        """Return random directions in the space of all parameters and wanted inputs."""
        return [self.taken(one) for one in self.draw.directions(count)]

    def total(self, terms: Iterable[Value]) -> Value:
        """Return the sum of some values."""
        return sum(terms) if self.table is DecimalValues else mpmath.fsum(terms)

    def derivative_along(self, direction: Mapping[Symbol, Value]) -> Value:
        """Return the derivative of the loss along ``direction``, as a central difference of whole forward passes."""
        fed = [self.place[self.network.children[leaf][0]] for leaf in direction if leaf in self.network.children]
        ends = []
        for step in (self.step, -self.step):
            moved = self.values | {leaf: self.leaves[leaf] + step * size for leaf, size in direction.items()}
            ends.append(self.forward(moved, min(fed, default=0))[self.network.loss])
        return (ends[0] - ends[1]) / (2 * self.step)

    def atoms(self, names: Mapping[Symbol, Symbol]) -> dict[Expr, Value]:
        """Return the value of every atom that a line may hold: quantities, partial derivatives, adjoints by name."""
        known: dict[Expr, Value] = self.table(self.values)
        loss = self.network.loss
        adjoints = {loss: self.number(mpmath.mpf(1))}
        for symbol in (*reversed(self.network.nodes), *self.network.leaves):
            if symbol == loss:
                continue
            parts = []
            for child in self.network.children.get(symbol, ()):
                derivative = self.local_derivative(child, symbol)
                known[Direct(child, symbol) if child == loss else Partial(child, symbol)] = derivative
                if self.network.nodes[child].kind is NodeKind.ACTIVATION:
                    known[PrimeDerivative(child, symbol)] = derivative
                parts.append(adjoints[child] * derivative)
            adjoints[symbol] = known[Partial(loss, symbol)] = self.total(parts)
            if symbol in names:
                known[names[symbol]] = adjoints[symbol]
        return known

    def local_derivative(self, child: Symbol, parent: Symbol) -> Value:
        """Return the derivative of one node wrt one parent; terms without the parent cancel and are left out."""
        part = self.terms[child].get(parent)
        if part is None:
            return self.number(mpmath.mpf(0))
        scratch, here = self.scratch, self.values[parent]
        held = {power: scratch.pop(power) for power in self.powers.get(parent, ())}
        ends = []
        for step in (self.step, -self.step):
            scratch[parent] = here + step
            ends.append(numeric(part, scratch))
        scratch[parent] = here
        scratch.update(held)
        return (ends[0] - ends[1]) / (2 * self.step)

    def shared_powers(self) -> tuple[dict[Symbol, tuple[Expr, ...]], dict[Symbol, tuple[Expr, ...]]]:
        """Return each power of e that several nodes share, as those of a softmax: by the symbol in it, and by node."""
        found: dict[Symbol, dict[Expr, None]] = {}
        by_node: dict[Symbol, tuple[Expr, ...]] = {}
        for node in self.network.nodes.values():
            shares = node.kind is NodeKind.ACTIVATION or self.network.arrays is not None
            if shares and len(node.derivatives) > 1:
                powers = tuple(power for power in node.expression.atoms(exp) if power.args[0].is_Symbol)
                by_node[node.symbol] = powers
                for power in powers:
                    found.setdefault(power.args[0], {})[power] = None
        return {symbol: tuple(powers) for symbol, powers in found.items()}, by_node


def _terms_by_parent(expression: Expr) -> dict[Symbol, Expr]:
    """Return, for each parent, the terms of a node's own expression that hold it."""
    terms: dict[Symbol, list[Expr]] = {}
    for term in terms_of(expression):
        for symbol in term.free_symbols:
            terms.setdefault(symbol, []).append(term)
    return {symbol: PathSum(*held) for symbol, held in terms.items()}
