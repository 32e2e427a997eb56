"""Layers and their parameters, as frozen records."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self, TypeAlias, cast

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.aliases import ACTIVATION_EXPRESSIONS
from symnet.description.expressions import NameOrExpression, TitledText
from symnet.description.fields import Entries, Exact, Whole
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.description.records import MOST_UNITS, Number, Record, Rows, Size
from symnet.description.words import Flag

_ACTIVATION = NameOrExpression(
    tuple(ACTIVATIONS),
    variables="z",
    needed="z",
    called="z",
    known=("z",),
    expressions=ACTIVATION_EXPRESSIONS,
    titled=True,
)

Biases: TypeAlias = Annotated[tuple[Number, ...], Entries(0, MOST_UNITS, alone=True)]

START_SLOPE = Fraction(1, 4)
"""What a learned slope starts from where none is given, as in PyTorch."""


class Dropout(Record):
    """Which units of a layer are dropped."""

    mask: Annotated[tuple[Annotated[int, Whole(0, 1)], ...], Entries(1, MOST_UNITS)] = Key(
        description="One entry per unit: 1 keeps it, 0 drops it; the same for all samples."
    )
    keep: Annotated[Fraction, Exact(above=0, most=1)] = Key(
        description="The probability of keeping a unit; what is kept is divided by it."
    )


class Layer(Record):
    """One layer of units."""

    units: Size = Key(description="How many units the layer has.")
    activation: Annotated[str, _ACTIVATION] = Key(
        description="The function that each unit applies: a name, or an expression in z, which may have a name of its "
        "own: {expression: z*sigmoid(z), name: swish}."
    )
    bias: Annotated[bool | Literal["shared"], Flag(("shared",))] = Key(
        True, description="Whether each unit has a bias, none has, or all of the layer share one."
    )
    slope: Annotated[Fraction, OptionValue("slope", ACTIVATIONS)] | None = Key(
        None, description=meaning("slope", ACTIVATIONS)
    )
    alpha: Annotated[Fraction, OptionValue("alpha", ACTIVATIONS)] | None = Key(
        None, description=meaning("alpha", ACTIVATIONS)
    )
    pieces: Annotated[Fraction, OptionValue("pieces", ACTIVATIONS)] | None = Key(
        None, description=meaning("pieces", ACTIVATIONS)
    )
    dropout: Dropout | None = Key(None, description="A given dropout mask, if any; not on the last layer.")

    @field_validator("slope", "alpha", "pieces", mode="after")
    @classmethod
    def _option(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        if value is None or "activation" not in info.data:
            return value
        fitting(str(info.field_name), value, info.data["activation"], ACTIVATIONS)
        return value

    @property
    def formula(self) -> Expr | None:
        """The activation as an expression in ``z``; None if it has a name."""
        return _ACTIVATION.formula(self.activation)

    @property
    def title(self) -> str:
        """What the description calls an activation that is an expression; empty if it says nothing."""
        return self.activation.called if isinstance(self.activation, TitledText) else ""

    @property
    def options(self) -> dict[str, Fraction]:
        """Each option that the activation has, given or at its default."""
        return chosen(self.activation, ACTIVATIONS, self)

    @property
    def pre_activations(self) -> int:
        """How many weighted sums the layer has: one a unit, or one a piece."""
        return self.units * int(self.options.get("pieces", 1))

    @property
    def learned(self) -> tuple[str, ...]:
        """The names of the parameters of its activation."""
        return tuple(ACTIVATIONS[self.activation].learned) if self.activation in ACTIVATIONS else ()


class Weights(Record):
    """Weights and biases, of a layer or of the same piece of all of its units."""

    # Once it is part of a description, the weights have shape (units, inputs), however they were given.
    weights: Rows = Key((), description="One row per unit of the layer, one number per unit that feeds it.")
    weights_from_to: Rows = Key(
        (), repr=False, description="One row per unit that feeds the layer, one number per unit of the layer."
    )
    biases: Biases = Key((), description="One number per unit, or the one number that all share.")

    def turned(self) -> Self:
        """The same with ``weights`` as rows of units, whichever way they were given."""
        weights = tuple(zip(*self.weights_from_to, strict=True)) if self.weights_from_to else self.weights
        return self._with(weights=weights, weights_from_to=())

    def _with(self, **values: object) -> Self:
        """The same with other values, and still telling which keys were given."""
        # A copy as pydantic makes it would count the new values among the given ones.
        return cast("Self", type(self).model_construct(self.model_fields_set, **{**dict(self), **values}))


class LayerParameters(Weights):
    """The parameters of one layer."""

    alpha: Number | None = Key(
        None, description=f"The slope that prelu learns, as it is at the start; {START_SLOPE} if it is left out."
    )
    pieces: Annotated[tuple[Weights, ...], Entries(1, 20)] = Key(
        (), description="For maxout, the weights and biases of each piece, in place of those of the layer."
    )

    def completed(self, layer: Layer) -> LayerParameters:
        """The same with all weights as rows of units, and a start for what the layer's activation learns."""
        alpha = START_SLOPE if self.alpha is None and layer.learned else self.alpha
        return self.turned()._with(pieces=tuple(piece.turned() for piece in self.pieces), alpha=alpha)
