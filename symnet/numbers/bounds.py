"""Values close to a bound: what is lost when 1 - a is computed from a rounded a, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Chain, difference
from symnet.network import Network
from symnet.numbers.program import Primitive, Program


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

    def replace_in(self, program: Program) -> None:
        """Have each expression that would lose the gap worked out from the gap instead."""
        a, one, gaps = self.activation, S.One, dict(self.gaps)
        if self.target is not None:
            error = difference(a, self.target)
            program.promise(error, partial(self._error, program, error, self.target))
        if {1, -1} <= gaps.keys():
            square = Pow(a, Integer(2), evaluate=False)
            program.promise(difference(one, square), partial(program.place, Chain(gaps[1], gaps[-1])))
        if 1 in gaps:
            rest = difference(one, a)
            program.promise(rest, partial(program.place, gaps[1]))
            program.lacking |= {a: rest, rest: a}

    def _error(self, program: Program, error: Expr, target: Symbol) -> int:
        """Return the slot of activation less target, where the target may be one of the bounds."""
        plain = program.work_out(error)
        bounds, gaps = zip(*self.gaps, strict=True)
        return program.emit(Primitive.ERROR, plain, program.place(target), *map(program.place, gaps), detail=bounds)


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
