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
    PROBABILITY = "probability"
    SCORE = "score"
    LOSS = "loss"
    SAMPLE_LOSS = "loss of a sample"
    OBJECTIVE = "objective"
    DATA_LOSS = "loss of all samples"
    DELTA = "delta"
    ADJOINT = "adjoint"
    PARAMETERS = "parameters"
    ONES = "ones"
    LEARNING_RATE = "learning rate"
    SLOPE_PARAMETER = "slope parameter"
    DROPPED = "activation after dropout"
    PENALTY = "penalty"
    NORM = "norm"
    STRENGTH = "strength"
    MARGIN_NODE = "margin"
    RIGHT_SCORE = "correct class"
    DISTANCE = "distance"
    GRAPH = "node"
    VELOCITY = "velocity"
    SQUARES = "mean of squares"
    FIRST_MOMENT = "first moment"
    SECOND_MOMENT = "second moment"
    LARGEST = "largest gradient"
    CHANGES = "mean of squared changes"
    NORMALIZER = "divisor of the first moment"
    INTERPOLATED = "interpolated moment"
    MOMENTUM = "momentum"
    BETA1 = "beta1"
    BETA2 = "beta2"
    EPSILON = "epsilon"
    DECAY = "decay"
    WEIGHT_DECAY = "weight decay"
    MOMENTUM_DECAY = "momentum decay"
    DAMPING = "damping"
    STEP = "step"
    SAMPLES = "samples"
    SAMPLE_WEIGHT = "weight of a sample"


PER_SAMPLE = frozenset(
    {
        Role.INPUT,
        Role.TARGET,
        Role.SAMPLE_WEIGHT,
        Role.PRE_ACTIVATION,
        Role.ACTIVATION,
        Role.OUTPUT,
        Role.DROPPED,
        Role.LOSS,
        Role.SAMPLE_LOSS,
        Role.DELTA,
        Role.ADJOINT,
        Role.MARGIN_NODE,
        Role.RIGHT_SCORE,
        Role.DISTANCE,
    }
)
"""The roles of what each sample has for itself."""


class Quantity(NamedTuple):
    """One scalar of a network.

    Attributes:
        id: Its plain name, such as ``w2_1_3``.
        role: What it is.
        layer: Its layer, 1 being the first with weights; 0 for inputs, None where layers do not apply.
        unit: Its 1-based unit; None where there is only one such quantity.
        source: For a weight, the unit that feeds it.
        of: For a delta or an adjoint, the id of the quantity wrt which the loss is differentiated; for a norm,
            ``weights`` or ``biases``.
        activation: For an activation or output, the name of its function.
        piece: The piece of a maxout unit, or the use of a network that is used more than once, such as ``a`` for the
            anchor.
        called: For an input, the name that the description gives it, if it does.
    """

    id: str
    role: Role
    layer: int | None = None
    unit: int | None = None
    source: int | None = None
    of: str | None = None
    activation: str | None = None
    piece: str | None = None
    called: str | None = None
