"""The description of a layered network."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import Field as Key
from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from symnet.description.checks import CHECKS, strength_names
from symnet.description.data import Data, Numbers
from symnet.description.fields import (
    AllOrNames,
    EntriesField,
    Exact,
    Flag,
    FrozenMapping,
    Named,
    Number,
    OneOf,
    Record,
    Text,
)
from symnet.description.flaws import CrossCheck, flaws
from symnet.description.layers import Layer, LayerParameters, parameter_ids
from symnet.description.losses import Loss, Penalty
from symnet.description.marking import MARKING_CHECKS, MarkingRules
from symnet.description.notation import USUAL, NotationField, OwnNotation
from symnet.description.questions import QUESTION_CHECKS, Header, QuestionChoices
from symnet.description.sizes import InputsCount
from symnet.description.source import Flaw, KeyPath, Source
from symnet.description.training import Training
from symnet.description.variants import VARIANT_CHECKS, Screening, Variants
from symnet.errors import DescriptionError, Problem
from symnet.limits import MOST_LAYERS, MOST_LOSSES, MOST_MARKS, MOST_PENALTIES, MOST_SECOND
from symnet.notation.model import Notation
from symnet.notation.profiles import NOTATIONS
from symnet.text.languages import DEFAULT_LANGUAGE, LANGUAGES, decimal_mark

# What every description has, whatever it describes: a title, a notation, and a place in a file.

CROSS_CHECK = "cross_check"
"""The pydantic error type of keys that do not fit one another."""


Marks: TypeAlias = Annotated[
    FrozenMapping[Fraction], Named(Annotated[Fraction, Exact(least=0)], "numbers of 0 or more", MOST_MARKS)
]
"""How many marks each answer earns, by the id of what it is to; ``default`` is for all others."""

DEFAULT_MARKS = "default"


class Exercise(Record):
    """A description, of a network or of a graph."""

    title: Annotated[str, Text(200)] = Key("Backpropagation by hand", description="The title of the sheet.")
    notation: Annotated[str | OwnNotation, NotationField()] = Key(
        USUAL, description="The notation of the course: a name, a file of one's own, or what changes of another."
    )
    language: Annotated[str, OneOf(tuple(LANGUAGES))] = Key(
        DEFAULT_LANGUAGE, description="The language of the sheets and of what is said of answers."
    )
    _source: Source = PrivateAttr(default_factory=Source)

    if TYPE_CHECKING:
        # Both sorts have these keys, each where it belongs among its others.
        at: FrozenMapping[Any] | None = None
        marks: Marks | None = None
        questions: QuestionChoices | None = None
        header: Header | None = None
        marking: MarkingRules | None = None
        variants: Variants | None = None
        screening: Screening | None = None
        training: Training | None = None
        numbers: Numbers = Numbers()

    sort: ClassVar[str] = "network"
    """Which sort of description it is: network, arrays, sequences or graph."""
    checks: ClassVar[tuple[CrossCheck, ...]] = ()
    """What its keys demand of one another."""

    @field_validator("*", mode="after")
    @classmethod
    def _collect(cls, value: object, info: ValidationInfo) -> object:
        """Hand each key that is fine in itself to the loader, which checks it even if others are not."""
        if isinstance(info.context, dict):
            info.context[info.field_name] = value
        return value

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        found = tuple(flaws(dict(self), self.checks))
        if found:
            error = DescriptionError(self.source_name, tuple(self._source.problem(one) for one in found))
            raise PydanticCustomError(CROSS_CHECK, "{sentences}", {"sentences": str(error)})
        return self

    @property
    def seconds(self) -> tuple[tuple[str, ...], Mapping[str, Fraction]]:
        """The ids of what second derivatives are with respect to, and what their matrix is multiplied by."""
        return (), {}

    @property
    def seconds_key(self) -> KeyPath:
        """Where second derivatives are asked for."""
        return ("second_derivatives",)

    @property
    def marked_by(self) -> MarkingRules:
        """What counts when answers are marked."""
        return MarkingRules() if self.marking is None else self.marking

    @property
    def profile(self) -> Notation:
        """How quantities are written."""
        return self.notation.notation if isinstance(self.notation, OwnNotation) else NOTATIONS[self.notation]

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma stands before decimals, on sheets and in what is typed."""
        return (self.numbers.decimal_mark or decimal_mark(self.language)) == "comma"

    @property
    def source_name(self) -> str:
        """The name of the file that this was read from."""
        return self._source.name

    @property
    def tree(self) -> Mapping[str, object]:
        """What it was read from, as a tree of values with their places; empty if it was made as a record."""
        return self._source.tree if isinstance(self._source.tree, Mapping) else {}

    def value_at(self, path: KeyPath) -> object:
        """What stands at a path of keys and 0-based indices in what it was read from; None if nothing does."""
        return self._source.value(path)

    def flaw_placed(self, flaw: Flaw) -> Problem:
        """A flaw with its place in the file."""
        return self._source.problem(flaw)

    def problem(self, path: KeyPath, found: str, allowed: str, hint: str = "") -> Problem:
        """A problem at a path of keys and 0-based indices, with its place in the file."""
        return self._source.problem(Flaw(path, found, allowed, hint))


# The description of a network: what a file or a mapping may say, as frozen records.


class Description(Exercise):
    """A network, its loss, and the numbers to work it with.

    In Python it is made from values under the names of the keys: numbers, texts, lists and mappings, arrays of NumPy or
    PyTorch, and records such as :class:`symnet.Layer`. It is read as a file is; layers with keys of convolutions,
    of recurrent cells and the like give the description of their own sort.

    Raises:
        DescriptionError: If it cannot be used, with everything that is wrong with it.

    Example:
        >>> import symnet
        >>> neuron = symnet.Description(
        ...     inputs=2,
        ...     layers=[symnet.Layer(units=1, activation="sigmoid")],
        ...     loss=symnet.Loss(kind="binary_cross_entropy", log_base=2),
        ...     data=symnet.Data(inputs=[[1, 2]], targets=[[1]]),
        ...     parameters=[symnet.LayerParameters(weights=[[0.5, -0.25]], biases=[0])],
        ...     training=symnet.Training(learning_rate=0.1),
        ... )
        >>> symnet.solve(neuron)
        <Solution 'Backpropagation by hand': 3 derivatives; binary_cross_entropy>
        >>> symnet.Layer(units=1, activation="sigmoyd")
        Traceback (most recent call last):
        symnet.errors.DescriptionError: Layer: activation: found "sigmoyd"; ... Did you mean "sigmoid"?
    """

    inputs: Annotated[int, InputsCount()] = Key(description="How many inputs the network has, or their names.")
    layers: Annotated[tuple[Layer, ...], EntriesField(1, MOST_LAYERS)] = Key(
        description="The layers with weights, from the input side to the output side."
    )
    loss: Annotated[tuple[Loss, ...], EntriesField(1, MOST_LOSSES, alone=True)] = Key(
        description="One loss, or a list of them: each gives a part of the sheet."
    )
    regularization: Annotated[tuple[Penalty, ...], EntriesField(0, MOST_PENALTIES, alone=True)] = Key(
        (), description="One penalty on the parameters, or a list of them."
    )
    reduction: Annotated[Literal["mean", "sum", "weighted_mean"], OneOf(("mean", "sum", "weighted_mean"))] = Key(
        "mean",
        description="How the losses of several samples become one. Weights of samples multiply their losses; mean "
        "divides the sum by the number of samples, weighted_mean by the sum of the weights.",
    )
    input_gradients: Annotated[bool, Flag()] = Key(
        False, description="Whether to derive the gradients with respect to the inputs."
    )
    second_derivatives: Annotated[bool | tuple[str, ...], AllOrNames(most=MOST_SECOND)] = Key(
        False,
        description="Whether the second derivatives of the objective are derived too: true for all parameters, or a "
        "list of the ids of some.",
    )
    data: Data | None = Key(None, description="The samples; without them everything stays symbolic.")
    parameters: Annotated[tuple[LayerParameters, ...], EntriesField(1, MOST_LAYERS)] | None = Key(
        None, description="The parameters by layer; without them everything stays symbolic."
    )
    at: Annotated[FrozenMapping[Fraction], Named(Number, "numbers", MOST_LAYERS * MOST_PENALTIES)] | None = Key(
        None, description="A number for each strength that is given as a name."
    )
    training: Training | None = Key(None, description="The update to make, if any.")
    numbers: Numbers = Key(Numbers(), description="How numbers are computed and shown.")
    marks: Marks | None = Key(
        None, description="The marks for each answer by its id, default for all others; without this key 1 each."
    )
    questions: QuestionChoices | None = Key(
        None, description="What the worksheet asks, in this order; without this key all."
    )
    header: Header | None = Key(None, description="What stands at the head of every sheet.")
    marking: MarkingRules | None = Key(
        None, description="What counts when answers are marked; without this key as a fair marker would."
    )
    variants: Variants | None = Key(
        None,
        description="What is drawn for each sheet of a class, by symnet variants; this description is left as it is.",
    )
    screening: Screening | None = Key(None, description="Which draws become sheets.")

    checks: ClassVar[tuple[CrossCheck, ...]] = (*CHECKS, *QUESTION_CHECKS, *VARIANT_CHECKS, *MARKING_CHECKS)

    @model_validator(mode="after")
    def _completed(self) -> Self:
        if self.parameters:
            entries = zip(self.parameters, self.layers, strict=True)
            # A frozen record can only be completed past its own guard.
            object.__setattr__(self, "parameters", tuple(entry.completed(layer) for entry, layer in entries))
        return self

    @property
    def seconds(self) -> tuple[tuple[str, ...], Mapping[str, Fraction]]:
        """The ids of the parameters that second derivatives are with respect to, where they are named."""
        wanted = self.second_derivatives
        return wanted if isinstance(wanted, tuple) else (), {}

    @property
    def weighs_samples(self) -> bool:
        """Whether the loss of each sample is multiplied by a weight."""
        weighted = self.reduction == "weighted_mean"
        return weighted if self.data is None else bool(self.data.weights)

    @property
    def states_reduction(self) -> bool:
        """Whether the description itself says how samples are reduced."""
        return "reduction" in self.model_fields_set

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """The id of every parameter, layer by layer."""
        return tuple(parameter_ids(self.inputs, self.layers))

    @property
    def samples_apart(self) -> bool:
        """Whether each sample has a loss of its own, on which no other sample has an influence."""
        return True

    @property
    def strength_names(self) -> tuple[str, ...]:
        """The names that stand for strengths, in the order of the description."""
        return strength_names(self.regularization)
