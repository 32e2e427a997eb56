"""Losses and penalties, as frozen records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, GetCoreSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic import Field as Key
from pydantic_core import CoreSchema, core_schema
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.aliases import loss_expression
from symnet.catalog.losses import LOSSES, Loss
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import number
from symnet.description.expressions import TITLE, NameOrExpression
from symnet.description.fields import Entries, Field, text_of
from symnet.description.identifiers import is_taken
from symnet.description.layers import Layer
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.description.records import MOST_LAYERS, Record
from symnet.description.refusal import in_small_letters, meant, misplaced, question, refusal
from symnet.description.source import Scalar
from symnet.description.words import Flag, OneOf


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
        # The loader hands each key on that is fine in itself, and layers are read before the loss.
        layers: Sequence[Layer] = (info.context or {}).get("layers", ())
        return (replace(self, last=layers[-1]) if layers else self).read(value)

    def hint(self, text: str) -> str:
        """What to write instead: one of the names, or what has none as an expression in the outputs."""
        outputs = 1 if self.last is None else self.last.units
        written = loss_expression(in_small_letters(text), outputs)
        return f"Write it as an expression: {written}." if written else question(self._fitting(meant(text, self.names)))

    def _fitting(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """Of several suggestions those that go with the last layer: of the cross-entropies one is left."""
        if self.last is None or len(found) < 2:
            return found
        entry = ACTIVATIONS.get(self.last.activation)
        other = "binary_cross_entropy" if entry and entry.couples else "categorical_cross_entropy"
        return tuple(name for name in found if name != other)


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
            exact = number.from_python(text_of(value))
        except number.NotANumberError as error:
            if str(error):
                raise refusal(allowed, str(error)) from error
            return self._name(text_of(value), allowed)
        if exact < 0:
            raise refusal(allowed)
        return exact

    def _name(self, text: object, allowed: str) -> str:
        from symnet.expressions import formula

        if not isinstance(text, str) or not formula.is_name(text):
            raise refusal(allowed)
        if text in formula.RESERVED or is_taken(text):
            raise refusal(allowed, "It stands for something else: take another name, such as lambda.")
        return text

    def json_schema(self) -> dict[str, Any]:
        """A number, or a text: a name or a number."""
        return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[A-Za-z0-9.]"}]}


class LossChoice(Record):
    """A loss by name or as an expression, with its options."""

    kind: Annotated[str, _LOSS] = Key(
        description="The name of the loss, or an expression in the outputs a1, a2, ... and the targets y1, y2, ...; an "
        "expression may stand at the key expression as well.",
        validation_alias=AliasChoices("kind", "expression"),
    )
    name: Annotated[str, TITLE] | None = Key(
        None, description="What an expression is called, on the sheet and in JSON."
    )
    margin: Annotated[Fraction, OptionValue("margin", LOSSES)] | None = Key(None, description=meaning("margin", LOSSES))
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

    @field_validator("margin", "log_base", mode="after")
    @classmethod
    def _option(cls, value: Strength | None, info: ValidationInfo) -> Strength | None:
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
    def entry(self) -> Loss | None:
        """What the catalog knows of it; None of an expression."""
        return LOSSES.get(self.kind)

    @property
    def options(self) -> dict[str, Strength]:
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


class Penalty(Record):
    """A penalty on the parameters."""

    kind: Annotated[str, OneOf(tuple(REGULARIZERS))] = Key(description="The name of the regularizer.")
    strength: Annotated[tuple[Annotated[Strength, StrengthValue()], ...], Entries(1, MOST_LAYERS, alone=True)] = Key(
        description="The factor in front: a number, or a name such as lambda; for all layers, or one per layer."
    )
    biases: Annotated[bool, Flag()] = Key(False, description="Whether biases are penalized as weights are.")

    def strengths(self, layers: int) -> tuple[Strength, ...]:
        """The strength for each of so many layers."""
        return self.strength * layers if len(self.strength) == 1 else self.strength
