"""Losses and penalties, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, GetCoreSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic import Field as Key
from pydantic_core import CoreSchema, core_schema
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES, TOTAL, CatalogLoss, strictest
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import fields
from symnet.description.fields import (
    EntriesField,
    Exact,
    Field,
    Flag,
    OneOf,
    Record,
    Whole,
    meant,
    misplaced,
    question,
    refusal,
    text_of,
)
from symnet.description.formulas import TITLE, NameOrExpression
from symnet.description.layers import Layer, is_taken
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.description.source import KeyPath, Scalar
from symnet.limits import (
    MOST_LAYERS,
    MOST_LOSSES,
    MOST_UNITS,
)


@dataclass(frozen=True)
class LossName(NameOrExpression):
    """The name of a loss or an expression; what is suggested for another name goes with the last layer.

    Attributes:
        last: The last layer, where it is known.
    """

    last: Layer | None = field(default=None, hash=False)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read_in)

    def _read_in(self, value: object, info: ValidationInfo) -> str:
        if value is _OF_HEADS:
            return TOTAL
        # The loader hands each key on that is fine in itself, and layers are read before the loss.
        layers: Sequence[Layer] = (info.context or {}).get("layers", ())
        return (replace(self, last=layers[-1]) if layers else self).read(value)

    def hint(self, text: str) -> str:
        """What to write instead: one of the names."""
        return question(self._fitting(meant(text, self.names)))

    def _fitting(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """Of several suggestions those that go with the last layer: of the cross-entropies one is left."""
        if self.last is None or len(found) < 2:
            return found
        entry = ACTIVATIONS.get(self.last.activation)
        other = "binary_cross_entropy" if entry and entry.couples else "categorical_cross_entropy"
        return tuple(name for name in found if name != other)


# What stands for the name of a loss that is a sum of others; nothing in a file is this object.
_OF_HEADS = object()

_LOSS = LossName(
    tuple(LOSSES),
    variables="[ay][1-9][0-9]{0,4}",
    needed="a[1-9][0-9]{0,4}",
    called="the outputs a1, a2, ... and the targets y1, y2, ...",
    known=("a1", "a2", "y1", "y2"),
)

Strength: TypeAlias = Fraction | str
"""A number, or the name of one."""


class StrengthValue(Field):
    """How much a penalty counts: a number of 0 or more, or a name for one."""

    def read(self, value: object) -> Strength:
        """The number, or the name."""
        allowed = "a number of 0 or more, or a name such as lambda"
        try:
            exact = fields.from_python(text_of(value))
        except fields.NotANumberError as error:
            if str(error):
                raise refusal(allowed, str(error)) from error
            return self._name(text_of(value), allowed)
        if exact < 0:
            raise refusal(allowed)
        return exact

    def _name(self, text: object, allowed: str) -> str:
        from symnet.parsing import formula

        if not isinstance(text, str) or not formula.is_name(text):
            raise refusal(allowed)
        if text in formula.RESERVED or is_taken(text):
            raise refusal(allowed, "It stands for something else: take another name, such as lambda.")
        return text

    def json_schema(self) -> dict[str, Any]:
        """A number, or a text: a name or a number."""
        return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[A-Za-z0-9.]"}]}


OptionChoice: TypeAlias = Fraction | str | tuple[Fraction, ...]
"""What is chosen for an option of a loss: a number, one of a few words, or a number for each class."""


class OneLoss(Record):
    """A loss by name or as an expression, with its options."""

    kind: Annotated[str, _LOSS] = Key(
        description="The name of the loss, or an expression in the outputs a1, a2, ... and the targets y1, y2, ...; an "
        "expression may stand at the key expression as well.",
        validation_alias=AliasChoices("kind", "expression"),
    )
    name: Annotated[str, TITLE] | None = Key(None, description="The name of an expression, on the sheet and in JSON.")
    margin: Annotated[Fraction, OptionValue("margin", LOSSES)] | None = Key(None, description=meaning("margin", LOSSES))
    delta: Annotated[Fraction, OptionValue("delta", LOSSES)] | None = Key(None, description=meaning("delta", LOSSES))
    gamma: Annotated[Fraction, OptionValue("gamma", LOSSES)] | None = Key(None, description=meaning("gamma", LOSSES))
    alpha: Annotated[Fraction, OptionValue("alpha", LOSSES)] | None = Key(None, description=meaning("alpha", LOSSES))
    class_weights: (
        Annotated[tuple[Annotated[Fraction, OptionValue("class_weights", LOSSES)], ...], EntriesField(2, MOST_UNITS)]
        | None
    ) = Key(None, description=meaning("class_weights", LOSSES))
    positive_weight: Annotated[Fraction, OptionValue("positive_weight", LOSSES)] | None = Key(
        None, description=meaning("positive_weight", LOSSES)
    )
    label_smoothing: Annotated[Fraction, OptionValue("label_smoothing", LOSSES)] | None = Key(
        None, description=meaning("label_smoothing", LOSSES)
    )
    log_base: Annotated[str, OptionValue("log_base", LOSSES)] | None = Key(
        None, description=meaning("log_base", LOSSES)
    )

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, Scalar | str) else value

    @field_validator("name", mode="after")
    @classmethod
    def _own(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("kind") in LOSSES:
            hint = "This loss has a name: leave the key out."
            raise misplaced('the key "name"', "a name for an expression alone", hint)
        if value in LOSSES:
            raise refusal("a name that is not in the catalog", f"For the {value} of the catalog write {value} alone.")
        return value

    @field_validator(
        "margin",
        "delta",
        "gamma",
        "alpha",
        "class_weights",
        "positive_weight",
        "label_smoothing",
        "log_base",
        mode="after",
    )
    @classmethod
    def _option(cls, value: OptionChoice | None, info: ValidationInfo) -> OptionChoice | None:
        if value is not None and "kind" in info.data:
            fitting(str(info.field_name), value, info.data["kind"], LOSSES)
        return value

    @property
    def formula(self) -> Expr | None:
        """The loss as an expression in ``a1`` ... and ``y1`` ...; None if it has a name."""
        return _LOSS.formula(self.kind)

    @property
    def called(self) -> str:
        """Its name: that of the catalog, its own, or the text of the expression."""
        return self.name or self.kind

    @property
    def entry(self) -> CatalogLoss | None:
        """What the catalog knows of it; None of an expression."""
        return LOSSES.get(self.kind)

    @property
    def options(self) -> dict[str, OptionChoice]:
        """Each option that the loss has, given or at its default."""
        return chosen(self.kind, LOSSES, self)

    @property
    def targets(self) -> str:
        """Where its targets may lie, as the catalog says it."""
        return self.entry.targets if self.entry else "any"

    @property
    def branches(self) -> tuple[str, ...]:
        """The uses of the network for one sample, by the suffix of their ids."""
        return self.entry.branches if self.entry else ("",)


class HeadChoice(OneLoss):
    """One of several losses that are added, each of some of the outputs."""

    outputs: Annotated[tuple[Annotated[int, Whole(1, MOST_UNITS)], ...], EntriesField(1, MOST_UNITS, alone=True)] = Key(
        description="The units of the last layer whose loss it is, counted from 1."
    )
    weight: Annotated[Fraction, Exact(above=0)] = Key(Fraction(1), description="What it is multiplied by.")

    @field_validator("kind", mode="after")
    @classmethod
    def _of_outputs(cls, value: str) -> str:
        if value not in _OF_SOME_OUTPUTS:
            raise refusal(", ".join(_OF_SOME_OUTPUTS))
        return value


_OF_SOME_OUTPUTS = tuple(name for name, entry in LOSSES.items() if entry.targets not in {"none", "one_hot"})


class Loss(OneLoss):
    """A loss by name, as an expression, or as a weighted sum of several losses of some of the outputs each."""

    total: Annotated[tuple[HeadChoice, ...], EntriesField(1, MOST_LOSSES)] | None = Key(
        None, description="Several losses that are added, each of some of the outputs, in place of kind."
    )

    @model_validator(mode="before")
    @classmethod
    def _of_heads(cls, value: object) -> object:
        alone = isinstance(value, Mapping) and "total" in value and not {"kind", "expression"} & value.keys()
        return {"kind": _OF_HEADS, **value} if alone and isinstance(value, Mapping) else value

    @field_validator("total", mode="after")
    @classmethod
    def _in_place_of_kind(
        cls, value: tuple[HeadChoice, ...] | None, info: ValidationInfo
    ) -> tuple[HeadChoice, ...] | None:
        if value is not None and info.data.get("kind", TOTAL) != TOTAL:
            raise misplaced('the key "total"', "kind or total", "Leave one of the two out.")
        return value

    def says(self, name: str) -> bool:
        """Whether a key is given; a sum of others has no kind."""
        return super().says(name) and (name != "kind" or self.total is None)

    @property
    def formula(self) -> Expr | None:
        """The loss as an expression in ``a1`` ... and ``y1`` ...; None if it has a name, or is a sum of others."""
        return None if self.total is not None else super().formula

    @property
    def targets(self) -> str:
        """Where its targets may lie, as the catalog says it."""
        return super().targets if self.total is None else strictest(head.targets for head in self.total)

    @property
    def weighs_classes(self) -> bool:
        """Whether classes have weights, each sample being of one class."""
        return self.entry is not None and self.entry.normalized and self.class_weights is not None

    @property
    def parts(self) -> tuple[tuple[KeyPath, OneLoss, tuple[int, ...] | None], ...]:
        """Each loss by name in it with its place below that of the whole, and its outputs; None for all of them."""
        if self.total is None:
            return (((), self, None),)
        return tuple(((TOTAL, place), head, head.outputs) for place, head in enumerate(self.total))


class Penalty(Record):
    """A penalty on the parameters."""

    kind: Annotated[str, OneOf(tuple(REGULARIZERS))] = Key(description="The name of the regularizer.")
    strength: Annotated[tuple[Annotated[Strength, StrengthValue()], ...], EntriesField(1, MOST_LAYERS, alone=True)] = (
        Key(description="The factor in front: a number, or a name such as lambda; for all layers, or one per layer.")
    )
    biases: Annotated[bool, Flag()] = Key(False, description="Whether biases are penalized as weights are.")

    def strengths(self, layers: int) -> tuple[Strength, ...]:
        """The strength for each of so many layers."""
        return self.strength * layers if len(self.strength) == 1 else self.strength
