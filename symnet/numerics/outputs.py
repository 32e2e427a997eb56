"""The outputs of a network as a function of its inputs, in float precision, for plots."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Symbol

from symnet.arithmetic.light import from_value, to_value
from symnet.arithmetic.real import Value
from symnet.network.graph import Network, NodeKind
from symnet.numerics.arithmetic import Lines
from symnet.numerics.exact import EXACT

_BITS = 80


class NetworkOutputs:
    """A network with its parameters as a function of its inputs.

    Args:
        network: A network whose layers are used once.
        parameters: The number of each parameter.

    Raises:
        NoValueError: If a parameter is no real finite number.
    """

    def __init__(self, network: Network, parameters: Mapping[Symbol, Value]) -> None:
        lines = {
            symbol: node.expression
            for symbol, node in network.nodes.items()
            if node.kind in {NodeKind.LINEAR, NodeKind.ACTIVATION}
        }
        self._places = [list(lines).index(output) for output in network.layers[-1].activations]
        self._lines = Lines(network.parameters, network.inputs, lines, EXACT, shown=False)
        self._started = self._lines.start(_BITS, [from_value(parameters[one]) for one in network.parameters])

    def __call__(self, *inputs: float) -> list[float]:
        """Return the outputs.

        Raises:
            NoValueError: Where one has no value.
        """
        row = [EXACT.exactly(Fraction(number), _BITS) for number in inputs]
        found = self._lines.work(self._started, row)
        return [float(to_value(found[place])) for place in self._places]
