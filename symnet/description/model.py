"""The description of a network: what a file or a mapping may say, as frozen records."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field as Key
from pydantic import model_validator

from symnet.description.checking import Check
from symnet.description.checks import CHECKS
from symnet.description.data import Data, Numbers
from symnet.description.exercise import Exercise, Marks
from symnet.description.fields import Entries
from symnet.description.layers import Layer, LayerParameters
from symnet.description.loss_checks import strength_names
from symnet.description.losses import LossChoice, Penalty
from symnet.description.records import MOST_LAYERS, Named, Number, Size, Table
from symnet.description.training import Training
from symnet.description.words import Flag, OneOf

MOST_LOSSES = 20
MOST_PENALTIES = 10


class Description(Exercise):
    """A network, its loss, and the numbers to work it with."""

    inputs: Size = Key(description="How many inputs the network has.")
    layers: Annotated[tuple[Layer, ...], Entries(1, MOST_LAYERS)] = Key(
        description="The layers with weights, from the input side to the output side."
    )
    loss: Annotated[tuple[LossChoice, ...], Entries(1, MOST_LOSSES, alone=True)] = Key(
        description="One loss, or a list of them: each gives a part of the sheet."
    )
    regularization: Annotated[tuple[Penalty, ...], Entries(0, MOST_PENALTIES, alone=True)] = Key(
        (), description="One penalty on the parameters, or a list of them."
    )
    reduction: Annotated[Literal["mean", "sum"], OneOf(("mean", "sum"))] = Key(
        "mean", description="How the losses of several samples become one."
    )
    input_gradients: Annotated[bool, Flag()] = Key(
        False, description="Whether the derivatives by the inputs are derived too."
    )
    data: Data | None = Key(None, description="The samples; without them everything stays symbolic.")
    parameters: Annotated[tuple[LayerParameters, ...], Entries(1, MOST_LAYERS)] | None = Key(
        None, description="The parameters by layer; without them everything stays symbolic."
    )
    at: Annotated[Table[Fraction], Named(Number, "numbers", MOST_LAYERS * MOST_PENALTIES)] | None = Key(
        None, description="A number for each strength that is given as a name."
    )
    training: Training | None = Key(None, description="The update to make, if any.")
    numbers: Numbers = Key(Numbers(), description="How numbers are computed and shown.")
    marks: Marks | None = Key(
        None, description="The marks for each answer by its id, default for all others; without this key 1 each."
    )

    checks: ClassVar[tuple[Check, ...]] = CHECKS

    @model_validator(mode="after")
    def _completed(self) -> Self:
        if self.parameters:
            entries = zip(self.parameters, self.layers, strict=True)
            # A frozen record can only be completed past its own guard.
            object.__setattr__(self, "parameters", tuple(entry.completed(layer) for entry, layer in entries))
        return self

    @property
    def reduction_given(self) -> bool:
        """Whether the description itself says how samples are reduced."""
        return "reduction" in self.model_fields_set

    @property
    def strength_names(self) -> tuple[str, ...]:
        """The names that stand for strengths, in the order of the description."""
        return strength_names(self.regularization)
