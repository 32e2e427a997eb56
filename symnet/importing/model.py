"""What is read of a model, whatever it comes from: its layers as keys of a description, with their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from symnet.description.source import printable
from symnet.document import Sentence
from symnet.errors import ModelError, Problem
from symnet.importing.stored import StoredArray, UnreadableArrayError, array_of
from symnet.limits import MOST_WEIGHTS

PartKind: TypeAlias = Literal["sums", "values", "normalization", "activation"]
ParameterPath: TypeAlias = tuple[str, ...]
"""The keys at which an array stands within the parameters of a layer."""

Parameters: TypeAlias = dict[ParameterPath, StoredArray]

_NO_ARRAYS: Mapping[ParameterPath, StoredArray] = MappingProxyType({})


class LayerPart(NamedTuple):
    """A layer of a model; several of them may be one layer of a description.

    Attributes:
        where: Its place in the model, for messages and comments.
        keys: What a layer of a description says of it.
        arrays: Its parameters, each with the keys at which it stands.
        kind: Sums, which a normalization and an activation may follow within one layer; values, which only an
            activation may follow; or one of these two.
        sources: What feeds it, as numbers of earlier parts, -1 for the inputs; empty for the part before it.
        joined: The key that says how several sources are joined, ``add`` or ``from``.
    """

    where: ModelPlace
    keys: Mapping[str, Any]
    arrays: Mapping[ParameterPath, StoredArray] = _NO_ARRAYS
    kind: PartKind = "sums"
    sources: tuple[int, ...] = ()
    joined: str = "from"

    @property
    def is_recurrent(self) -> bool:
        """Whether it has a state, so that samples are sequences."""
        return "recurrent" in self.keys or "cell" in self.keys


class ModelObjective(NamedTuple):
    """What the parameters of a model minimize.

    Attributes:
        loss: The loss, as a description has it.
        reduction: How the losses of samples become one; None where it is not said.
        regularization: The penalties, as a description has them.
        finish: The activation that the loss applies to the outputs itself; empty if it applies none.
        one_hot: Whether a target may be the number of a class.
        divided: Whether strengths are to be divided by the number of samples.
    """

    loss: Any
    reduction: str | None = None
    regularization: tuple[Mapping[str, Any], ...] = ()
    finish: str = ""
    one_hot: bool = False
    divided: bool = False


@dataclass
class ModelReading:
    """A model while it is read: its layers, and everything that is in the way.

    Attributes:
        framework: What it comes from.
        source: What kind of model it is.
        parts: Its layers.
        problems: What cannot be described.
        remarks: What the description has to say of how it was made.
        shape: The shape of what feeds the next layer, channels first; None where it is not known.
        inputs: The shape of the inputs; None where it is not known.
        objective: What is minimized, where the model knows it itself.
        classes: The labels of its classes, where it knows them.
        steps_first: Whether steps of time come before samples in the arrays that it takes.
        channels_last: Whether the channels of images are their last axis.
        bits: How many bits its numbers have, each size that occurs.
        numbers: How many numbers were read.
        has_listed: Whether a problem lists the kinds of layers that can be described.
        kept: The arrays that were read.
    """

    framework: str
    source: str
    parts: list[LayerPart] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Sentence] = field(default_factory=list)
    shape: tuple[int, ...] | None = None
    inputs: tuple[int, ...] | None = None
    objective: ModelObjective | None = None
    classes: tuple[Any, ...] = ()
    steps_first: bool = False
    channels_last: bool = False
    bits: set[int] = field(default_factory=set)
    numbers: int = 0
    has_listed: bool = False
    # What arrays are told by is where they are: none may go while others are read.
    kept: list[object] = field(default_factory=list)

    @property
    def is_recurrent(self) -> bool:
        """Whether samples are sequences."""
        return any(part.is_recurrent for part in self.parts)

    @property
    def last_activation(self) -> str:
        """The activation of the last layer; empty if it has none, or one without a name."""
        found = self.parts[-1].keys.get("activation", "") if self.parts else ""
        return found if isinstance(found, str) else ""

    @property
    def room(self) -> int:
        """How many numbers more it may have."""
        return MOST_WEIGHTS - self.numbers

    def add(self, part: LayerPart, shape: tuple[int, ...] | None) -> int:
        """Add a layer, and return its number.

        Args:
            part: The layer.
            shape: The shape of what it makes; None where it is not known.
        """
        self.parts.append(part)
        self.shape = shape
        return len(self.parts) - 1

    def refuse(self, where: str, found: str, allowed: str, hint: str = "") -> None:
        """Note something that cannot be described."""
        self.problems.append(Problem(where, printable(found, 200), allowed, hint))

    def refuse_kind(self, where: ModelPlace, found: str, kinds: Iterable[str], hint: str = "") -> None:
        """Note a layer of a kind that cannot be described; those that can are listed once."""
        allowed = "one of those" if self.has_listed else ", ".join(kinds)
        self.has_listed = True
        self.refuse(where, found, allowed, hint)

    def remark(self, key: Sentence) -> None:
        """Note what the description has to say, once."""
        if key not in self.remarks:
            self.remarks.append(key)

    def expect(self, *shape: int) -> None:
        """Take the shape of the inputs from the first layer, where nothing else says it."""
        if self.shape is None and not self.parts:
            self.shape = self.inputs = shape

    def array(self, where: str, name: str, value: object) -> StoredArray | None:
        """Return an array of parameters; None, and a problem, where it cannot be taken.

        Args:
            where: The place of its layer.
            name: What it is called there.
            value: The array.
        """
        try:
            found = array_of(value, self.room)
        except UnreadableArrayError as error:
            self.refuse(where, f"{name}: {error.found}", error.allowed)
            return None
        self.numbers += len(found.numbers)
        self.kept.append(value)
        self.bits |= {found.bits} - {0}
        return found._replace(identity=id(value))

    def arrays(self, where: str, named: Mapping[str, tuple[str, object]]) -> Parameters:
        """Return those arrays of parameters that there are.

        Args:
            where: The place of their layer.
            named: What each is called there and the array, or None, by the key at which it is to stand.
        """
        found = {key: self.array(where, name, value) for key, (name, value) in named.items() if value is not None}
        return {(key,): array for key, array in found.items() if array is not None}

    def finish(self) -> None:
        """Refuse a model in which something cannot be described.

        Raises:
            ModelError: With everything that is in the way.
        """
        if not self.parts and not self.problems:
            self.refuse("", "no layers", "at least one layer with weights")
        if self.problems:
            raise ModelError(f"{self.framework} ({self.source})", tuple(self.problems))


class ModelPlace(str):
    """A place in a model, as messages call it.

    Attributes:
        short: What a comment beside a layer calls it; empty if it says nothing there.
    """

    __slots__ = ("short",)
    short: str

    def __new__(cls, said: str, short: str = "") -> Self:
        """Return the place."""
        self = super().__new__(cls, said)
        self.short = short
        return self


def place_of(number: int, name: str, kind: str) -> ModelPlace:
    """Return the place of a layer, by its number, its name and its type."""
    name, kind = printable(name, 40), printable(kind, 40)
    said = f'layer {number} ("{name}", {kind})' if name else f"layer {number} ({kind})"
    return ModelPlace(said, f"{name}: {kind}" if name else kind)


def per_axis(value: Any, axes: int) -> tuple[int, ...]:  # noqa: ANN401 - a number or several, of any library
    """Return a number for each axis, of one for all or of several."""
    return tuple(int(one) for one in value) if isinstance(value, Sequence) else (int(value),) * axes


def windowed(
    shape: Sequence[int], size: Sequence[int], stride: Sequence[int], padding: Sequence[int]
) -> tuple[int, ...]:
    """Return the lengths that a window leaves of an image, moved over it."""
    sizes = zip(shape, size, stride, padding, strict=True)
    return tuple((length + 2 * more - own) // step + 1 for length, own, step, more in sizes)


def one_or_each(lengths: Sequence[int]) -> int | list[int]:
    """Return equal lengths as one number, others as a list."""
    return lengths[0] if len(set(lengths)) == 1 else list(lengths)


def taken_exactly(value: float) -> Fraction:
    """Return a setting, such as an epsilon, as the number that was written in the program."""
    return Fraction(repr(float(value)))
