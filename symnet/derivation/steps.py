"""A derivation as data: lines that are equal to one another, each with its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.rules import Rule
from symnet.derivation.arrays import ArrayDerivative
from symnet.derivation.time import TimeDerivation
from symnet.network.graph import Network
from symnet.quantity import Quantity, Role

__all__ = ["Derivation", "DerivationWriter", "Gradient", "Rule", "Step", "before_writing_out"]


class Step(NamedTuple):
    """One line of a derivation.

    Attributes:
        lhs: What the whole derivation is of.
        rhs: What it is equal to, on this line.
        rule: Why.
        uses: The ids of the quantities whose derivatives the line uses.
    """

    lhs: Expr
    rhs: Expr
    rule: Rule
    uses: tuple[str, ...] = ()


class Derivation(NamedTuple):
    """The derivative of the loss with respect to one quantity, line by line.

    Attributes:
        symbol: The name under which later lines cite it; for a parameter, the parameter itself.
        wrt: What the loss is differentiated with respect to.
        steps: The lines; never empty.
    """

    symbol: Symbol
    wrt: Symbol
    steps: tuple[Step, ...]

    @property
    def lhs(self) -> Expr:
        """The derivative itself, unevaluated."""
        return self.steps[0].lhs

    @property
    def result(self) -> Expr:
        """The last line's right side: the simplified derivative."""
        return self.steps[-1].rhs


@dataclass(frozen=True)
class Gradient:
    """All derivatives of one network's loss.

    Attributes:
        network: The network.
        adjoints: By nodes, in the order of the backward sweep; those by pre-activations are the deltas.
        parameters: By weights, biases and what activations learn, in forward order.
        inputs: By the inputs for which derivatives are asked.
        quantities: What each id stands for, the deltas among them.
        arrays: By whole arrays, the last node first; none for what is made of numbers.
        time: The derivation with the index of time; None without time.
    """

    network: Network
    adjoints: Mapping[Symbol, Derivation]
    parameters: Mapping[Symbol, Derivation]
    inputs: Mapping[Symbol, Derivation]
    quantities: Mapping[str, Quantity]
    arrays: Mapping[str, ArrayDerivative] = field(default_factory=dict)
    time: TimeDerivation | None = None

    @cached_property
    def leaves(self) -> Mapping[Symbol, Derivation]:
        """By parameters, then by inputs."""
        return {**self.parameters, **self.inputs}


def derivative_id(network: Network, wrt: Symbol) -> str:
    """Return the id of the derivative of the loss with respect to ``wrt``: ``dL/dw1_1_1``, or ``df/dq`` in a graph."""
    of = network.loss.name.removesuffix("@i") if network.is_graph else "L"
    return f"d{of}/d{wrt.name}"


def adjoint_id(gradient: Gradient, wrt: Symbol) -> str:
    """Return the id of the derivative of the loss with respect to a node: that of its delta where it has one."""
    name = gradient.adjoints[wrt].symbol.name
    is_delta = gradient.quantities[name].role is Role.DELTA
    return name if is_delta else derivative_id(gradient.network, wrt)


def before_writing_out(derivation: Derivation) -> tuple[Step, ...]:
    """Return the lines of ``derivation`` that still cite deltas; numbers are put into the last of them."""
    return tuple(takewhile(lambda step: step.rule is not Rule.SUBSTITUTE, derivation.steps))


class DerivationWriter:
    """The lines of one derivation while it is being written."""

    def __init__(self, lhs: Expr) -> None:
        self.lhs = lhs
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines so far."""
        return tuple(self._steps)

    @property
    def last(self) -> Expr:
        """The right side of the last line."""
        return self._steps[-1].rhs

    def add(self, rhs: Expr, rule: Rule, uses: tuple[str, ...] = ()) -> None:
        """Add a line."""
        self._steps.append(Step(self.lhs, rhs, rule, uses))

    def change(self, rhs: Expr, rule: Rule) -> None:
        """Add a line if it says something new."""
        if rhs != self.last:
            self.add(rhs, rule)
