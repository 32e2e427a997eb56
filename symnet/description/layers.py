"""Layers, losses, penalties and training, as a description holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from typing import Annotated, Any, Literal, Protocol, Self, TypeAlias, cast

from pydantic import AliasChoices, GetCoreSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic import Field as Key
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS, SYNONYMS
from symnet.catalog.losses import LOSSES, TOTAL, CatalogLoss, strictest
from symnet.catalog.optimizers import OPTIMIZERS, WEIGHT_DECAY, Optimizer, rule_of
from symnet.catalog.options import Option
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import SCHEDULES, WARMING
from symnet.description import fields
from symnet.description.aliases import ACTIVATION_EXPRESSIONS
from symnet.description.fields import (
    EntriesField,
    Exact,
    Field,
    Flag,
    FrozenMapping,
    Named,
    NameField,
    Number,
    OneOf,
    OneOrSeveral,
    Record,
    Rows,
    Size,
    Whole,
    WholeOr,
    meant,
    misplaced,
    question,
    refusal,
    several,
    text_of,
)
from symnet.description.formulas import TITLE, NameOrExpression, TitledText
from symnet.description.source import KeyPath, Scalar
from symnet.limits import (
    MOST_EARLIER_STEPS,
    MOST_LAYERS,
    MOST_LOSSES,
    MOST_PIECES,
    MOST_SAMPLES,
    MOST_SHOWN_STEPS,
    MOST_STEPS,
    MOST_UNITS,
    MOST_WEIGHTS,
    USUALLY_SHOWN_STEPS,
)
from symnet.text.say import words

# The options of a catalog entry: how one is read, where it belongs, and which values it may have.


class CatalogEntry(Protocol):
    """What all entries of the catalog that take options have."""

    @property
    def name(self) -> str:
        """Its name in a description."""

    @property
    def options(self) -> tuple[Option, ...]:
        """What may be chosen of it."""


@dataclass(frozen=True)
class OptionValue(Field):
    """The value of an option of some entry of a table."""

    name: str
    # A table of the catalog has no hash, which an annotation needs.
    table: Mapping[str, CatalogEntry] = field(hash=False)

    def read(self, value: object) -> Fraction | str:
        """The number, or one of the few values that are choices."""
        option = _known(self.name, self.table)[0]
        if not option.choices:
            return Fraction(number_of(option).read(value))
        text = str(text_of(value))
        if text not in option.choices:
            raise refusal(", ".join(option.choices))
        return text

    def json_schema(self) -> dict[str, Any]:
        """A number, or one of the choices."""
        option = _known(self.name, self.table)[0]
        if not option.choices:
            return number_of(option).json_schema()
        return {"enum": [*option.choices, *(int(choice) for choice in option.choices if choice.isdigit())]}


def number_of(option: Option) -> Exact | Whole:
    """What may stand at an option that is a number; wherever it is named, it has the same range."""
    least, most = (None if end is None else int(end) for end in (option.least, option.most))
    if option.whole and least is not None and most is not None:
        return Whole(least, most)
    return Exact(
        least=None if option.above else least,
        above=least if option.above else None,
        most=None if option.below else most,
        below=most if option.below else None,
    )


def meaning(name: str, table: Mapping[str, CatalogEntry]) -> str:
    """The description of an option for an editor: what it is, and of what."""
    owners = " and ".join(_owners(name, table))
    said = words(_known(name, table)[0].said)
    return f"{said[0].upper()}{said[1:]}, for {owners}."


def fitting(name: str, value: Any, kind: str, table: Mapping[str, CatalogEntry]) -> Any:  # noqa: ANN401
    """``value``, if the entry ``kind`` has an option of this name.

    Raises:
        PydanticCustomError: If the entry has no such option.
    """
    option = next((option for option in options_of(kind, table) if option.name == name), None)
    if option is None:
        raise not_taken(f'the option "{name}"', kind, table, _owners(name, table))
    return value


def not_taken(found: str, kind: str, table: Mapping[str, CatalogEntry], owners: tuple[str, ...]) -> PydanticCustomError:
    """The error for an option, or a state, of another entry."""
    names = ", ".join(option.name for option in options_of(kind, table)) or "none"
    whose = kind if kind in table else "an expression"
    return misplaced(found, f"the options of {whose}: {names}", f"It belongs to {' and '.join(owners)}.")


def options_of(kind: str, table: Mapping[str, CatalogEntry]) -> tuple[Option, ...]:
    """The options of an entry; an expression has none."""
    return table[kind].options if kind in table else ()


def chosen(kind: str, table: Mapping[str, CatalogEntry], record: object) -> dict[str, Any]:
    """Each option of an entry by name, as ``record`` has it, or else at its default."""
    values = {option.name: (option, getattr(record, option.name)) for option in options_of(kind, table)}
    return {name: option.default if value is None else value for name, (option, value) in values.items()}


def _known(name: str, table: Mapping[str, CatalogEntry]) -> tuple[Option, ...]:
    return tuple(option for entry in table.values() for option in entry.options if option.name == name)


def _owners(name: str, table: Mapping[str, CatalogEntry]) -> tuple[str, ...]:
    return tuple(entry.name for entry in table.values() if any(option.name == name for option in entry.options))


# Layers and their parameters, as frozen records.

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


# Losses and penalties, as frozen records.


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


# Training: the optimizer, its options and what it goes on from, as frozen records.


_Signed: TypeAlias = Annotated[FrozenMapping[Fraction], Named(Number, "numbers", MOST_WEIGHTS, least=0)]
_Positive: TypeAlias = Annotated[
    FrozenMapping[Fraction], Named(Annotated[Fraction, Exact(least=0)], "numbers of 0 or more", MOST_WEIGHTS, least=0)
]


def _key(name: str) -> Any:  # noqa: ANN401
    """The optional key of an option."""
    return Key(None, description=meaning(name, OPTIMIZERS))


def _schedule_key(name: str) -> Any:  # noqa: ANN401
    """The optional key of an option of a schedule."""
    return Key(None, description=meaning(name, SCHEDULES))


class StartState(Record):
    """What an optimizer remembers of earlier steps, by parameter id; what is not given is 0."""

    step: Annotated[int, Whole(0, MOST_EARLIER_STEPS)] = Key(0, description="How many steps were made before.")
    velocity: _Signed | None = Key(None, description="The velocities of momentum, ema_momentum and nesterov.")
    squares: _Positive | None = Key(None, description="The accumulated squares of adagrad, rmsprop and adadelta.")
    m: _Signed | None = Key(None, description="The first moments of adam and the like.")
    v: _Positive | None = Key(None, description="The second moments of adam and the like.")
    u: _Positive | None = Key(None, description="The largest gradients of adamax.")
    changes: _Positive | None = Key(None, description="The accumulated squared changes of adadelta.")
    normalizer: _Positive | None = Key(None, description="What nadam divides first moments by.")

    @property
    def values(self) -> dict[str, Mapping[str, Fraction]]:
        """For each state that is given, its values by parameter id."""
        return {name: value for name, value in self if isinstance(value, FrozenMapping)}


class RateSchedule(Record):
    """How the learning rate changes from step to step."""

    kind: Annotated[str, OneOf(tuple(SCHEDULES))] = Key(description="The rule of the learning rate.")
    every: Annotated[Fraction, OptionValue("every", SCHEDULES)] | None = _schedule_key("every")
    factor: Annotated[Fraction, OptionValue("factor", SCHEDULES)] | None = _schedule_key("factor")
    total: Annotated[Fraction, OptionValue("total", SCHEDULES)] | None = _schedule_key("total")
    warmup: Annotated[int, Whole(0, MOST_EARLIER_STEPS)] = Key(
        0, description="Over how many steps the learning rate first grows linearly; the rule begins behind them."
    )

    @field_validator("every", "factor", "total", mode="after")
    @classmethod
    def _option(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        if value is not None and "kind" in info.data:
            fitting(str(info.field_name), value, info.data["kind"], SCHEDULES)
        return value

    @property
    def options(self) -> dict[str, Fraction]:
        """Each option that the rule has, given or at its default."""
        found: dict[str, Fraction] = chosen(self.kind, SCHEDULES, self)
        return found

    @property
    def behind(self) -> Fraction:
        """How many steps the rule takes behind the warmup, where it ends."""
        return self.options.get("total", Fraction(0)) - self.warmup

    def formula(self, step: int) -> tuple[Expr, Fraction]:
        """The learning rate of a step as an expression, and the number that stands for the progress in it.

        Args:
            step: The 1-based number of the step, those made before included.
        """
        if step <= self.warmup:
            return WARMING, Fraction(step, self.warmup)
        rule, options = SCHEDULES[self.kind], self.options
        return rule.rate, rule.progress(Fraction(step - 1 - self.warmup), self.behind, options)


class Training(Record):
    """How the parameters are updated."""

    optimizer: Annotated[str, OneOf(tuple(OPTIMIZERS))] = Key("sgd", description="The update rule.")
    learning_rate: Annotated[Fraction | tuple[Fraction, ...], OneOrSeveral(Exact(above=0), MOST_STEPS)] | None = Key(
        None,
        description="The factor of the gradient in an update, one for all steps or a list with one a step; required "
        "once there are numbers.",
    )
    steps: Annotated[int, Whole(1, MOST_STEPS)] = Key(1, description="The number of updates.")
    show: Annotated[int, Whole(0, MOST_SHOWN_STEPS)] | None = Key(
        None,
        description="How many steps are worked in full on the sheet; "
        f"the first {USUALLY_SHOWN_STEPS} if it is left out.",
    )
    batch: Annotated[int | Literal["full"], WholeOr(Whole(1, MOST_SAMPLES), ("full",))] = Key(
        "full", description="How many samples each update takes in turn, or full for all of them."
    )
    accumulate: Annotated[int, Whole(1, MOST_SAMPLES)] = Key(
        1, description="How many batches in turn make the gradient of one update, as one batch of all their samples."
    )
    momentum: Annotated[Fraction, OptionValue("momentum", OPTIMIZERS)] | None = _key("momentum")
    beta1: Annotated[Fraction, OptionValue("beta1", OPTIMIZERS)] | None = _key("beta1")
    beta2: Annotated[Fraction, OptionValue("beta2", OPTIMIZERS)] | None = _key("beta2")
    epsilon: Annotated[Fraction, OptionValue("epsilon", OPTIMIZERS)] | None = _key("epsilon")
    momentum_decay: Annotated[Fraction, OptionValue("momentum_decay", OPTIMIZERS)] | None = _key("momentum_decay")
    damping: Annotated[Fraction, OptionValue("damping", OPTIMIZERS)] | None = _key("damping")
    weight_decay: Annotated[Fraction, Exact(least=0)] | None = Key(
        None,
        description="How much of each parameter is taken off with the gradient: of adamw and lion as a term of its "
        "own, of all others as a part of the gradient.",
    )
    update_biases: Annotated[bool, Flag()] = Key(True, description="Whether biases are updated too.")
    clip_norm: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="The largest norm of the gradient over all updated parameters; a longer one is rescaled."
    )
    clip_value: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="The largest absolute value of each derivative; larger ones are clamped, before clip_norm."
    )
    decay: Annotated[Fraction, Exact(least=0)] = Key(
        Fraction(0), description="The learning rate of step t is divided by 1 + decay (t - 1)."
    )
    schedule: RateSchedule | None = Key(None, description="How the learning rate changes from step to step.")
    state: StartState | None = Key(None, description="The state from which the optimizer continues.")

    @field_validator("momentum", "beta1", "beta2", "epsilon", "momentum_decay", "damping", mode="after")
    @classmethod
    def _option(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        if value is not None and "optimizer" in info.data:
            fitting(str(info.field_name), value, info.data["optimizer"], OPTIMIZERS)
        return value

    @field_validator("state", mode="after")
    @classmethod
    def _states(cls, value: StartState | None, info: ValidationInfo) -> StartState | None:
        if value is not None and "optimizer" in info.data:
            optimizer = info.data["optimizer"]
            known = tuple(state.name for state in OPTIMIZERS[optimizer].states)
            allowed = f"the states of {optimizer}: {', '.join(('step', *known))}"
            several(
                ((name,), misplaced(f'the state "{name}"', allowed), table)
                for name, table in value.values.items()
                if name not in known
            )
        return value

    @model_validator(mode="after")
    def _usual_rate(self) -> Self:
        if self.learning_rate is None and self.rule.rate is not None:
            # A frozen record can only be completed past its own guard.
            object.__setattr__(self, "learning_rate", self.rule.rate)
        return self

    @property
    def shown(self) -> int:
        """How many steps a sheet works in full."""
        return min(self.steps, USUALLY_SHOWN_STEPS if self.show is None else self.show)

    @property
    def options(self) -> dict[str, Fraction]:
        """Each option that the optimizer has, given or at its default."""
        found: dict[str, Fraction] = chosen(self.optimizer, OPTIMIZERS, self)
        return found | ({WEIGHT_DECAY.name: self.weight_decay} if self.weight_decay else {})

    @property
    def rule(self) -> Optimizer:
        """The rule of the optimizer, with the decay of weights where they decay."""
        usual = OPTIMIZERS[self.optimizer].rate
        whole = usual is not None and self.learning_rate in (usual, None) and not self.is_varying
        return rule_of(self.optimizer, decays=bool(self.options.get(WEIGHT_DECAY.name)), whole=whole)

    @property
    def is_varying(self) -> bool:
        """Whether the learning rate changes from step to step."""
        return bool(self.decay) or self.schedule is not None or isinstance(self.learning_rate, tuple)

    @property
    def steps_before(self) -> int:
        """How many steps were made before the first of these."""
        return 0 if self.state is None else self.state.step

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """Every learning rate that is given."""
        rate = self.learning_rate
        return () if rate is None else rate if isinstance(rate, tuple) else (rate,)

    def unscheduled_rate(self, step: int) -> Fraction | None:
        """The learning rate that is given for a step, by its 1-based number among these, before any schedule."""
        return self.learning_rate[step - 1] if isinstance(self.learning_rate, tuple) else self.learning_rate
