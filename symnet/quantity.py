"""What a name stands for: the role and the place of every quantity, apart from how a notation prints it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Role(Enum):
    """What a quantity is in its network."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BIAS = "bias"
    SHARED_BIAS = "shared bias"
    PRE_ACTIVATION = "pre-activation"
    ACTIVATION = "activation"
    OUTPUT = "output"
    LOSS = "loss"
    OBJECTIVE = "objective"
    DELTA = "delta"
    ADJOINT = "adjoint"
    WEIGHT_MATRIX = "weight matrix"
    BIAS_VECTOR = "bias vector"
    LEARNING_RATE = "learning rate"


class Quantity(NamedTuple):
    """One scalar of a network.

    Attributes:
        id: Its plain name, such as ``w2_1_3``.
        role: What it is.
        layer: Its layer, 1 being the first with weights; 0 for inputs, None where layers do not apply.
        unit: Its 1-based unit; None where there is only one such quantity.
        source: For a weight, the unit that feeds it.
        of: For a delta or an adjoint, the id of the quantity by which the loss is differentiated.
        activation: For an activation or output, the catalog name of its function.
    """

    id: str
    role: Role
    layer: int | None = None
    unit: int | None = None
    source: int | None = None
    of: str | None = None
    activation: str | None = None
