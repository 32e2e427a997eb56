"""The parameters of a network as arrays: which there are, in which shape, and the number of each entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sympy import Symbol

from symnet.arrays.tree import Shape
from symnet.errors import MissingToolError
from symnet.network.graph import LayerNodes, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

Values: TypeAlias = Mapping[Symbol, Any]
"""The number of each parameter."""


class ParameterShape(NamedTuple):
    """Parameters that are one array.

    Attributes:
        name: Its name, as answers have it: ``W1``, ``b1``, or the name of an input of a graph.
        shape: Its shape; ``()`` of a single number.
        entries: The ids of its entries, row by row; empty where there is none, as for a weight that does not exist.
    """

    name: str
    shape: Shape
    entries: tuple[str, ...]


def parameter_arrays(network: Network) -> Iterator[ParameterShape]:
    """Yield the arrays of what a network is differentiated with respect to, in the order of the network.

    Args:
        network: The network; of a graph that names no parameters these are its inputs.
    """
    if network.arrays is not None:
        leaves = {leaf.name for leaf in network.leaves}
        for name, shape in network.arrays.inputs.items():
            ids = network.arrays.ids(name)
            if leaves.intersection(ids):
                yield ParameterShape(name, shape, ids)
    elif network.is_graph:
        yield from (ParameterShape(leaf.name, (), (leaf.name,)) for leaf in network.leaves)
    else:
        for number, layer in enumerate(network.layers, 1):
            yield from _of_layer(number, layer)


def _of_layer(number: int, layer: LayerNodes) -> Iterator[ParameterShape]:
    """Yield the arrays of a dense layer; where units have pieces, these are the axis behind that of the units."""
    units = (len(layer.activations), *((layer.pieces,) if layer.pieces > 1 else ()))
    weights = layer.group("weights")
    yield ParameterShape(f"W{number}", (*units, len(weights) // prod(units)), _names(weights))
    if layer.biases:
        shape = units if len(layer.biases) == prod(units) and layer.biases[0].name != f"b{number}" else ()
        yield ParameterShape(f"b{number}", shape, _names(layer.biases))
    yield from (ParameterShape(symbol.name, (), (symbol.name,)) for symbol in layer.learned)


def _names(symbols: tuple[Symbol, ...]) -> tuple[str, ...]:
    return tuple(symbol.name for symbol in symbols)


def arrays_of(network: Network, values: Values) -> dict[str, NDArray[Any]]:
    """Return numbers of parameters as arrays of floats of NumPy.

    Args:
        network: The network.
        values: The number of each parameter; what has none is 0, as a weight that does not exist.

    Raises:
        MissingToolError: If NumPy is not installed.
    """
    numpy = numpy_module()
    known = {symbol.name: float(value) for symbol, value in values.items()}
    return {
        one.name: numpy.array([known.get(name, 0.0) for name in one.entries], dtype=float).reshape(one.shape)
        for one in parameter_arrays(network)
    }


def numpy_module() -> Any:  # noqa: ANN401 - a module
    """Return NumPy, which only those need who ask for its arrays.

    Raises:
        MissingToolError: If it is not installed.
    """
    try:
        import numpy
    except ImportError:
        raise MissingToolError("NumPy is needed: pip install 'symnet[numpy]'") from None
    return numpy
