"""Letters that other courses have for a quantity, which are read where an exercise uses them for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symnet.catalog.notation import PROBABILITIES
from symnet.quantity import Quantity, Role

LOSSES = ("L", "J", "E", "C", "Loss", "loss", "Cost", "cost", "Error", "error")
"""What the quantity is called that is differentiated."""
_LETTERS: Mapping[Role, str] = MappingProxyType({Role.ACTIVATION: "h", Role.TARGET: "t"})
_PROBABILITY = "p"


def other_letter(quantity: Quantity) -> str | None:
    """Return the letter that another course has for a quantity, or None.

    Args:
        quantity: The quantity.
    """
    if quantity.role is Role.OUTPUT:
        return _PROBABILITY if quantity.activation in PROBABILITIES else None
    return _LETTERS.get(quantity.role)
