"""Where the numbers of random points come from; the same on every run."""

from __future__ import annotations

import random
from collections.abc import Mapping

import mpmath
from sympy import Symbol

from symnet.network import Network
from symnet.numbers.numeric import Value

SEED = 0
ATTEMPTS = 200
# The ranges from which the inputs of a graph are drawn in turn, since any of its functions may need its own.
_RANGES = ((0.1, 1.0), (-1.0, 1.0), (1.0, 4.0), (-4.0, 4.0), (0.001, 0.1), (4.0, 30.0), (-300.0, 300.0), (30.0, 3000.0))
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

    def to_wholes(self, given: dict[Symbol, Value]) -> dict[Symbol, Value]:
        """Return numbers for a graph with its targets made to sum to 1, where they are known to."""
        for whole in self.network.wholes:
            size = mpmath.fsum(abs(given[symbol]) for symbol in whole)
            given |= {symbol: abs(given[symbol]) / size for symbol in whole}
        return given

    def graph(self, attempt: int) -> dict[Symbol, Value]:
        """Return random numbers for a graph, near those that are known or in one range after the other."""
        if self.near is not None and attempt % 2 == 0:
            return self.around(self.near, 0.01 * (1 + attempt) if self.count == 0 else 0.2 * (1 + attempt))
        turn = self.count + attempt // 2
        return {leaf: self.number(*_RANGES[turn % len(_RANGES)]) for leaf in self.network.leaves}

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
        given = {symbol: self.number(low, 1) for symbol in self.network.inputs}
        for layer in self.network.layers:
            # Only the last layer shrinks: behind many, values would come as close to a kink as differences reach.
            own = further if further > 1 or layer is self.network.layers[-1] else 1
            reach = 1.5 / len(layer.weights[0]) ** 0.5 * own
            given |= {symbol: self.number(low * reach, reach) for symbol in layer.parameters}
        targets = [self.number(*_TARGETS.get(self.network.target_kind, (0.1, 0.9))) for _ in self.network.targets]
        if self.network.targets_sum_to_one:
            whole = mpmath.fsum(targets)
            targets = [target / whole for target in targets]
        return given | dict(zip(self.network.targets, targets, strict=True))

    def around(self, near: Mapping[Symbol, Value], spread: float) -> dict[Symbol, Value]:
        """Return random numbers about given ones."""
        return {leaf: near[leaf] + spread * (abs(near[leaf]) + 1) * self.number(-1, 1) for leaf in near}

    def number(self, low: float, high: float) -> Value:
        """Return a random number between two others."""
        return mpmath.mpf(self.chance.uniform(low, high))

    def directions(self, count: int) -> list[dict[Symbol, Value]]:
        """Return random directions in the space of all parameters and wanted inputs."""
        return [{leaf: self.number(-1, 1) for leaf in self.network.leaves} for _ in range(count)]
