"""Values close to a bound: what is lost when 1 - a is computed from a rounded a, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sympy import Integer, S, Symbol, log
from sympy.core.expr import Expr

from symnet.calculus import difference
from symnet.network import Network
from symnet.numbers.binary import Binary, logarithm, logarithm_of_one_plus, size
from symnet.numbers.rules import rule_of
from symnet.numbers.tape import BITS, Rule, Slots, Tape


class NearBounds(NamedTuple):
    """An activation that can come close to its bounds.

    Attributes:
        activation: The activation's symbol.
        gaps: Each bound other than 0, and how far off it the activation is, without cancellation.
        target: The target it is compared with, for an output.
    """

    activation: Symbol
    gaps: tuple[tuple[int, Expr], ...]
    target: Symbol | None

    def replace_in(self, tape: Tape) -> None:
        """Have each expression that would lose the gap worked out from the gap instead."""
        a, one = self.activation, S.One
        gaps = {bound: tape.place(gap) for bound, gap in self.gaps}
        if self.target is not None:
            tape.replace(difference(a, self.target), self._error(tape, gaps, self.target))
        if {1, -1} <= gaps.keys():
            tape.replace(difference(one, a ** Integer(2)), tape.product((gaps[1], gaps[-1])))
        if 1 in gaps:
            rest = difference(one, a)
            tape.replace(rest, lambda slots: tape.demand(slots, gaps[1]))
            tape.replace(log(a), _logarithm(tape, gaps[1], tape.place(a)))
            tape.replace(log(rest), _logarithm(tape, tape.place(a), gaps[1]))

    def _error(self, tape: Tape, gaps: dict[int, int], target: Symbol) -> Rule:
        """Return the rule of activation less target, where the target may be one of the bounds."""
        plain, aim = rule_of(tape, difference(self.activation, target)), tape.place(target)

        def rule(slots: Slots) -> Binary:
            # A given whole number has exponent 0.
            bound, exponent = tape.demand(slots, aim)
            if exponent or bound not in gaps:
                return plain(slots)
            mantissa, exponent = tape.demand(slots, gaps[bound])
            return (-mantissa if bound > 0 else mantissa), exponent

        return rule


def _logarithm(tape: Tape, gap: int, value: int) -> Rule:
    """Return the rule of the logarithm of a value from the value and from what it lacks to 1."""

    def rule(slots: Slots) -> Binary:
        mantissa, exponent = tape.demand(slots, gap)
        if mantissa and size((mantissa, exponent)) < 0:
            return logarithm_of_one_plus((-mantissa, exponent), slots[BITS])
        return logarithm(tape.demand(slots, value), slots[BITS])

    return rule


def bounds_of(network: Network) -> Iterator[NearBounds]:
    """Yield the activations that can come close to their bounds, each output with its target."""
    for layers in network.branches:
        for layer in layers:
            last = layer is layers[-1] and len(network.targets) == len(layer.activations)
            targets = network.targets if last else (None,) * len(layer.activations)
            for unit, (activation, target) in enumerate(zip(layer.activations, targets, strict=True)):
                gaps = layer.activation.gaps(layer.pre_activations, unit)
                if gaps:
                    yield NearBounds(activation, gaps, target)
