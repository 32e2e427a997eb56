"""Layers and their parameters, as frozen records, and the ids of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, islice
from typing import Annotated, Literal, Self, TypeAlias, cast

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS, SYNONYMS
from symnet.description.aliases import ACTIVATION_EXPRESSIONS
from symnet.description.fields import (
    EntriesField,
    Exact,
    Flag,
    NameField,
    Number,
    Record,
    Rows,
    Size,
    Whole,
)
from symnet.description.formulas import NameOrExpression, TitledText
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.limits import (
    MOST_PIECES,
    MOST_UNITS,
)

ACTIVATION = NameOrExpression(
    (*ACTIVATIONS, *ROW_ACTIVATIONS),
    variables="z",
    needed="z",
    called="z",
    known=("z",),
    expressions=ACTIVATION_EXPRESSIONS,
    titled=True,
    synonyms=SYNONYMS,
)


class ActivationNames(str):
    """Several activations, one a unit.

    Attributes:
        names: They.
    """

    __slots__ = ("names",)
    names: tuple[str, ...]

    def __new__(cls, names: tuple[str, ...]) -> Self:
        """Return the activations, which read as a list of them."""
        self = super().__new__(cls, f"[{', '.join(names)}]")
        self.names = names
        return self


Biases: TypeAlias = Annotated[tuple[Number, ...], EntriesField(0, MOST_UNITS, alone=True)]

START_SLOPE = Fraction(1, 4)
"""What a learned slope starts from where none is given, as in PyTorch."""


class Dropout(Record):
    """Which units of a layer are dropped."""

    mask: Annotated[tuple[Annotated[int, Whole(0, 1)], ...], EntriesField(1, MOST_UNITS)] = Key(
        description="One entry per unit: 1 keeps it, 0 drops it; the same for all samples."
    )
    keep: Annotated[Fraction, Exact(above=0, most=1)] = Key(
        description="The probability of keeping a unit; kept units are divided by it."
    )


class Layer(Record):
    """One layer of units."""

    units: Size = Key(description="How many units the layer has.")
    activation: Annotated[str, ACTIVATION] = Key(
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
    beta: Annotated[Fraction, OptionValue("beta", ACTIVATIONS)] | None = Key(
        None, description=meaning("beta", ACTIVATIONS)
    )
    approximate: Annotated[str, OptionValue("approximate", ACTIVATIONS)] | None = Key(
        None, description=meaning("approximate", ACTIVATIONS)
    )
    pieces: Annotated[Fraction, OptionValue("pieces", ACTIVATIONS)] | None = Key(
        None, description=meaning("pieces", ACTIVATIONS)
    )
    name: Annotated[str, NameField()] | None = Key(None, description="What other layers call it.")
    dropout: Dropout | None = Key(None, description="A given dropout mask, if any; not on the last layer.")

    @field_validator("slope", "alpha", "beta", "approximate", "pieces", mode="after")
    @classmethod
    def _option(cls, value: Fraction | str | None, info: ValidationInfo) -> Fraction | str | None:
        if value is None or "activation" not in info.data:
            return value
        fitting(str(info.field_name), value, info.data["activation"], ACTIVATIONS)
        return value

    @property
    def formula(self) -> Expr | None:
        """The activation as an expression in ``z``; None if it has a name."""
        return ACTIVATION.formula(self.activation)

    @property
    def title(self) -> str:
        """What the description calls an activation that is an expression; empty if it says nothing."""
        return self.activation.called if isinstance(self.activation, TitledText) else ""

    @property
    def options(self) -> dict[str, Fraction | str]:
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

    def says(self, name: str) -> bool:
        """Whether there is a value at a key: weights that were turned stand at another than the one that was given."""
        value = getattr(self, name)
        return value is not None and value != ()

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
    pieces: Annotated[tuple[Weights, ...], EntriesField(1, MOST_PIECES)] = Key(
        (), description="For maxout, the weights and biases of each piece, in place of those of the layer."
    )

    def completed(self, layer: Layer) -> LayerParameters:
        """The same with all weights as rows of units, and a start for what the layer's activation learns."""
        alpha = START_SLOPE if self.alpha is None and layer.learned else self.alpha
        return self.turned()._with(pieces=tuple(piece.turned() for piece in self.pieces), alpha=alpha)

    def in_order(self) -> Iterator[Fraction]:
        """The numbers in the order of the layer's parameters: piece by piece within a unit."""
        parts: Sequence[Weights] = self.pieces or (self,)
        for rows in zip(*(part.weights for part in parts), strict=True):
            for row in rows:
                yield from row
        biases = list(zip(*(part.biases for part in parts), strict=True)) if self.pieces and not self.biases else None
        yield from chain.from_iterable(biases) if biases is not None else self.biases
        if self.alpha is not None:
            yield self.alpha

    @classmethod
    def from_order(cls, layer: Layer, inputs: int, numbers: Iterator[Fraction]) -> LayerParameters:
        """The parameters of a layer, out of numbers in the order in which ``in_order`` gives them.

        Args:
            layer: The layer.
            inputs: How many units or inputs feed it.
            numbers: At least as many as the layer has; the others are left.
        """
        pieces = int(layer.options.get("pieces", 0))
        rows = [[tuple(islice(numbers, inputs)) for _piece in range(pieces or 1)] for _unit in range(layer.units)]
        weights = tuple(zip(*rows, strict=True))
        shared, own = layer.bias == "shared", layer.bias is True
        biases: list[tuple[Fraction, ...]] = [()] * (pieces or 1)
        if own:
            biases = list(zip(*(tuple(islice(numbers, pieces or 1)) for _unit in range(layer.units)), strict=True))
        of_layer = tuple(islice(numbers, 1)) if shared else () if pieces else biases[0]
        alpha = next(numbers) if layer.learned else None
        parts = tuple(
            Weights.model_construct({"weights", "biases"}, weights=one, biases=bias, weights_from_to=())
            for one, bias in zip(weights, biases, strict=True)
        )
        return cls.model_construct(
            {"pieces" if pieces else "weights", "biases"},
            weights=() if pieces else weights[0],
            weights_from_to=(),
            biases=of_layer,
            alpha=alpha,
            pieces=parts if pieces else (),
        )


# The ids of a network: those of its parameters, and names that could be taken for one.

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
