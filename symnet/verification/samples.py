"""The objective at a random point with two samples, and differences of it: an oracle for its derivatives."""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import SAMPLES, Partial
from symnet.derivation.objective import COUNT, OBJECTIVE, PENALTY, Objective
from symnet.network.graph import Network
from symnet.numerics.direct import Value, numeric
from symnet.verification.differences import STEP, DifferencePoint, Draw, is_small

# How many samples there are where their number is left open.
SEVERAL = 2


class SampledObjective:
    """One random point of an objective.

    Args:
        network: The forward pass of one sample.
        objective: What is made of the samples.
        draw: Where the numbers come from.
        names: For each node, the name under which lines cite the derivative of the loss with respect to it.
    """

    def __init__(self, network: Network, objective: Objective, draw: Draw, names: Mapping[Symbol, Symbol]) -> None:
        self.network = network
        self.objective = objective
        self.names = names
        first = DifferencePoint(network, draw, lambda _values: 0)
        self.parameters = {parameter: first.leaves[parameter] for parameter in network.parameters}
        self.constants = {symbol: draw.number(0.1, 1) for symbol in objective.constants}
        self.samples = [(first, 1)]
        if objective.samples is not None:
            # A known number of samples is met by repeating the second of two.
            more = SEVERAL - 1 if objective.samples.is_Symbol else int(objective.samples) - 1
            self.samples.append((DifferencePoint(network, draw, lambda _values: 0, self.parameters), more))
        self.count = sum(times for _, times in self.samples)
        counted = [numeric(objective.counted, point.leaves) * times for point, times in self.samples]
        self.whole = mpmath.fsum(counted) if objective.mean else 1

    def atoms(self) -> dict[Expr, Value]:
        """Return the value of every atom that a line of the objective's derivations may hold."""
        found = [(point.atoms(self.names), times) for point, times in self.samples]
        penalty = self.penalty(self.parameters)
        known = found[0][0] | {SAMPLES: found, COUNT: mpmath.mpf(self.count)} | self.constants | penalty
        for parameter in self.network.parameters:
            if self.objective.penalty:
                known[Partial(PENALTY, parameter)] = self.penalty_derivative(parameter, penalty)
            known[Partial(OBJECTIVE, parameter)] = self.whole_derivative(known, parameter)
        return known

    def whole_derivative(self, known: Mapping[Expr, Value], parameter: Symbol) -> Value:
        """Return the derivative of the objective with respect to ``parameter``: the parts' derivatives put together."""
        by_data = Partial(self.network.loss, parameter)
        total = mpmath.fsum(sample[by_data] * times for sample, times in known[SAMPLES])
        return total / self.whole + known.get(Partial(PENALTY, parameter), 0)

    def penalty(self, parameters: Mapping[Symbol, Value]) -> dict[Expr, Value]:
        """Return the norms and the penalty at ``parameters``."""
        values: dict[Expr, Value] = dict(parameters) | dict(self.constants)
        for node in self.objective.penalty:
            values[node.symbol] = numeric(node.expression, values)
        return {node.symbol: values[node.symbol] for node in self.objective.penalty}

    def penalty_derivative(self, parameter: Symbol, penalty: Mapping[Expr, Value]) -> Value:
        """Return the derivative of the penalty with respect to ``parameter``.

        It is a difference in a small network. In a big one differences of each would take too long: there it is
        what the nodes say, which the differences along random directions prove.
        """
        if is_small(self.network):
            here = self.parameters[parameter]
            ends = [self.penalty(self.parameters | {parameter: here + step})[PENALTY] for step in (STEP, -STEP)]
            return (ends[0] - ends[1]) / (2 * STEP)
        values: dict[Expr, Value] = {parameter: self.parameters[parameter], **self.constants, **penalty}
        whole = self.objective.penalty[-1].derivatives
        total = mpmath.mpf(0)
        for node in self.objective.penalty:
            if parameter in node.derivatives:
                by_node = 1 if node.symbol == PENALTY else numeric(whole[node.symbol][-1], values)
                total += by_node * numeric(node.derivatives[parameter][-1], values)
        return total

    def loss(self, point: DifferencePoint, moved: Mapping[Symbol, Value]) -> Value:
        """Return the loss of a sample with other parameters; what is detached keeps its value."""
        return point.forward({**point.leaves, **moved, **point.detached})[self.network.loss]

    def derivative_along(self, direction: Mapping[Symbol, Value]) -> Value:
        """Return the derivative of the objective along ``direction``, as a central difference of all of it."""
        ends = []
        for step in (STEP, -STEP):
            moved = {p: self.parameters[p] + step * size for p, size in direction.items()}
            losses = [self.loss(point, moved) * times for point, times in self.samples]
            value = mpmath.fsum(losses) / self.whole
            if self.objective.penalty:
                value += self.penalty(self.parameters | moved)[PENALTY]
            ends.append(value)
        return (ends[0] - ends[1]) / (2 * STEP)
