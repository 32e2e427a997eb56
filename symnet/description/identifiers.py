"""The ids of a network: those of its parameters, and names that could be taken for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symnet.description.layers import Layer

# Every id that a network of any size may have, the symbols of the learning rate and of the number of samples, and the
# constants of expressions.
_IDS = (
    r"[xyzawbdm][0-9][0-9_]*|alpha[0-9]+|delta[0-9].*|d[LDf]_.*|norm_?b?[0-9]+"
    r"|L|L_data|L_penalty|s|dp|dn|eta|m|e|pi"
)


def is_taken(name: str) -> bool:
    """Whether a name could be taken for something else in a network."""
    return re.fullmatch(_IDS, name) is not None


def parameter_ids(inputs: int, layers: Sequence[Layer]) -> Iterator[str]:
    """The id of every parameter, layer by layer: weights, biases, and what an activation learns."""
    sources = inputs
    for number, layer in enumerate(layers, 1):
        pieces = int(layer.options.get("pieces", 0))
        suffixes = [f".{piece}" for piece in range(1, pieces + 1)] or [""]
        places = [(unit, suffix) for unit in range(1, layer.units + 1) for suffix in suffixes]
        for unit, suffix in places:
            yield from (f"w{number}_{unit}_{source}{suffix}" for source in range(1, sources + 1))
        if layer.bias == "shared":
            yield f"b{number}"
        elif layer.bias:
            yield from (f"b{number}_{unit}{suffix}" for unit, suffix in places)
        yield from (f"{name}{number}" for name in layer.learned)
        sources = layer.units
