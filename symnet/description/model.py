"""The description of an exercise: what a file or a mapping may say, as frozen records."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationInfo, field_validator, model_validator
from pydantic import Field as Key
from pydantic_core import PydanticCustomError

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.notations import NOTATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.checks import MOST_SAMPLES, MOST_UNITS, flaws
from symnet.description.fields import Entries, Exact, Whole
from symnet.description.source import Path, Scalar, Source
from symnet.description.words import BiasKind, OneOf, Text
from symnet.errors import DescriptionError, Problem

CROSS_CHECK = "cross_check"
"""The pydantic error type of keys that do not fit one another."""

Number: TypeAlias = Annotated[Fraction, Exact()]
Row: TypeAlias = Annotated[tuple[Number, ...], Entries(1, MOST_UNITS)]
Rows: TypeAlias = Annotated[tuple[Row, ...], Entries(1, MOST_SAMPLES)]
Size: TypeAlias = Annotated[int, Whole(1, MOST_UNITS)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Layer(_Record):
    """One layer of units."""

    units: Size = Key(description="How many units the layer has.")
    activation: Annotated[str, OneOf(tuple(ACTIVATIONS))] = Key(description="The function that each unit applies.")
    bias: Annotated[bool | Literal["shared"], BiasKind()] = Key(
        True, description="Whether each unit has a bias, none has, or all of the layer share one."
    )


class LossChoice(_Record):
    """A loss by name, with its options."""

    kind: Annotated[str, OneOf(tuple(LOSSES))] = Key(description="The name of the loss.")

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, Scalar | str) else value


class Data(_Record):
    """The samples."""

    inputs: Rows = Key(description="One row per sample, one number per input.")
    targets: Rows = Key(description="One row per sample, one number per unit of the last layer.")


class LayerParameters(_Record):
    """The weights and biases of one layer."""

    # Once it is part of a description, the weights have shape (units, inputs), however they were given.
    weights: Rows = Key((), description="One row per unit of the layer, one number per unit that feeds it.")
    weights_from_to: Rows = Key(
        (), repr=False, description="One row per unit that feeds the layer, one number per unit of the layer."
    )
    biases: Annotated[tuple[Number, ...], Entries(0, MOST_UNITS, alone=True)] = Key(
        (), description="One number per unit, or the one number that all share."
    )

    def turned(self) -> LayerParameters:
        """The same with ``weights`` as rows of units, whichever way they were given."""
        if not self.weights_from_to:
            return self
        weights = tuple(zip(*self.weights_from_to, strict=True))
        return LayerParameters.model_construct(weights=weights, biases=self.biases)


class Training(_Record):
    """How the parameters are updated."""

    optimizer: Annotated[str, OneOf(tuple(OPTIMIZERS))] = Key("sgd", description="The update rule.")
    learning_rate: Annotated[Fraction, Exact(positive=True)] = Key(description="The factor in front of the gradient.")
    steps: Annotated[int, Whole(1, 10_000)] = Key(1, description="How many updates are made.")


class Numbers(_Record):
    """The precision of the numbers."""

    decimals: Annotated[int, Whole(1, 12)] = Key(6, description="How many decimals are shown.")
    arithmetic: Annotated[Literal["exact"], OneOf(("exact",))] = Key(
        "exact", description="Exact: only what is shown is rounded."
    )


class Description(_Record):
    """A network, its loss, and the numbers to work it with."""

    title: Annotated[str, Text(200)] = Key("Backpropagation by hand", description="The title of the sheet.")
    notation: Annotated[str, OneOf(tuple(NOTATIONS))] = Key("standard", description="The notation of the course.")
    inputs: Size = Key(description="How many inputs the network has.")
    layers: Annotated[tuple[Layer, ...], Entries(1, 50)] = Key(
        description="The layers with weights, from the input side to the output side."
    )
    loss: Annotated[tuple[LossChoice, ...], Entries(1, len(LOSSES), alone=True)] = Key(
        description="One loss, or a list of them: each gives a part of the sheet."
    )
    reduction: Annotated[Literal["mean", "sum"], OneOf(("mean", "sum"))] = Key(
        "mean", description="How the losses of several samples become one."
    )
    data: Data | None = Key(None, description="The samples; without them everything stays symbolic.")
    parameters: Annotated[tuple[LayerParameters, ...], Entries(1, 50)] | None = Key(
        None, description="The weights and biases by layer; without them everything stays symbolic."
    )
    training: Training | None = Key(None, description="The update to make, if any.")
    numbers: Numbers = Key(Numbers(), description="How numbers are computed and shown.")
    _source: Source = PrivateAttr(default_factory=Source)

    @field_validator("*", mode="after")
    @classmethod
    def _collect(cls, value: object, info: ValidationInfo) -> object:
        """Hand each key that is fine in itself to the loader, which checks it even if others are not."""
        if isinstance(info.context, dict):
            info.context[info.field_name] = value
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Description:
        found = tuple(flaws(dict(self)))
        if found:
            error = DescriptionError(self.source_name, tuple(self.problem(*one) for one in found))
            raise PydanticCustomError(CROSS_CHECK, "{sentences}", {"sentences": str(error)})
        if self.parameters:
            # A frozen record can only be completed past its own guard.
            object.__setattr__(self, "parameters", tuple(entry.turned() for entry in self.parameters))
        return self

    @property
    def source_name(self) -> str:
        """The name of the file that this was read from."""
        return self._source.name

    def problem(self, path: Path, found: str, allowed: str, hint: str = "") -> Problem:
        """A problem at a path of keys and 0-based indices, with its place in the file."""
        return self._source.problem(path, found, allowed, hint)
