"""Values close to a bound: what is lost when 1 - a is computed from a rounded a, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Pow, S, Symbol, log
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum
from symnet.network.graph import LayerNodes, Network
from symnet.numerics.program import Primitive, Program


class Saturation:
    """Evaluates 1 - a, ln a and the like from the distance of an activation to its bounds, without cancellation.

    Args:
        network: The network whose activations can come close to their bounds.
    """

    def __init__(self, network: Network) -> None:
        self._units: dict[Expr, tuple[LayerNodes, int]] = {}
        self._targets: dict[Expr, Symbol] = {}
        self._gaps: dict[Expr, Mapping[int, int]] = {}
        for layers in network.branches:
            for layer in layers:
                self._units |= {activation: (layer, unit) for unit, activation in enumerate(layer.activations)}
            if len(network.targets) == len(layers[-1].activations):
                self._targets |= zip(layers[-1].activations, network.targets, strict=True)

    @property
    def rules(self) -> Mapping[type[Expr], Callable[[Program, Expr], int | None]]:
        """What returns the slot of an expression that is worked out from a gap, or None for any other."""
        return {PathSum: self.difference, log: self.logarithm}

    def gaps(self, program: Program, activation: Expr) -> Mapping[int, int]:
        """Return by each bound other than 0 the slot of how far off it an activation is, without cancellation."""
        if activation not in self._gaps:
            layer, unit = self._units[activation]
            found = layer.activation.gaps(layer.pre_activations, unit)
            self._gaps[activation] = {bound: program.place(gap) for bound, gap in found}
        return self._gaps[activation]

    def difference(self, program: Program, expression: Expr) -> int | None:
        """Return the slot of 1 - a, of 1 - a^2, or of an output less its target, where the target may be a bound."""
        first, taken = _difference(expression)
        if first is S.One and isinstance(taken, Pow) and taken.args[0] in self._units and taken.args[1] == 2:
            gaps = self.gaps(program, taken.args[0])
            return program.product([gaps[1], gaps[-1]]) if {1, -1} <= gaps.keys() else None
        if first is S.One and taken in self._units:
            return self.gaps(program, taken).get(1)
        target = self._targets.get(first)
        if target is None or target != taken or not self.gaps(program, first):
            return None
        bounds, places = zip(*self.gaps(program, first).items(), strict=True)
        plain = program.work_out(expression)
        return program.emit(Primitive.ERROR, plain, program.place(target), *places, detail=bounds)

    def logarithm(self, program: Program, expression: Expr) -> int | None:
        """Return the slot of ln a or ln(1 - a); close to ln 1, computed from the distance of its argument to 1."""
        (argument,) = expression.args
        first, taken = _difference(argument)
        activation = taken if first is S.One else argument
        if activation not in self._units or 1 not in self.gaps(program, activation):
            return None
        gap, value = self.gaps(program, activation)[1], program.place(activation)
        whole, lacking = (gap, value) if first is S.One else (value, gap)
        little = program.product([program.place(S.NegativeOne), lacking])
        return program.emit(Primitive.LOG_NEAR_ONE, little, whole)


def _difference(expression: Expr) -> tuple[Expr | None, Expr | None]:
    """Return minuend and subtrahend of a difference, or None twice for anything else."""
    if not isinstance(expression, PathSum) or len(expression.args) != 2:
        return None, None
    first, second = expression.args
    opposite = isinstance(second, Chain) and len(second.args) == 2 and second.args[0] is S.NegativeOne
    return (first, second.args[1]) if opposite else (None, None)
