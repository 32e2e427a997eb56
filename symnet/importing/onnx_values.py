"""What is known at a place of an ONNX graph: nodes with their attributes, constants, and what comes of the input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite, prod
from typing import NamedTuple, TypeAlias

from symnet.description.arrays import shortest
from symnet.importing.model import LayerPart, ModelPlace, ModelReading
from symnet.importing.parts import LayerOutOfReachError
from symnet.importing.stored import StoredArray

Attribute: TypeAlias = "int | float | str | list[int] | list[float] | list[str]"


class OnnxSignal(NamedTuple):
    """What a node makes of the input.

    Attributes:
        part: The number of the layer that makes it; -1 for the input itself.
        shape: Its shape in a sample, or in a step of a sequence; None where it is not known.
        axes: What its axes are where they are those of sequences: T steps, N samples, D directions, F numbers.
    """

    part: int
    shape: tuple[int, ...] | None
    axes: str = ""


OnnxValue: TypeAlias = StoredArray | OnnxSignal


class OnnxNode(NamedTuple):
    """A node of a graph.

    Attributes:
        operator: Its type.
        where: Its place.
        inputs: What it reads; None for what is left out.
        outputs: The names of what it makes.
        attributes: Its attributes.
        opset: The version of the operators.
    """

    operator: str
    where: ModelPlace
    inputs: Sequence[OnnxValue | None]
    outputs: Sequence[str]
    attributes: Mapping[str, Attribute]
    opset: int

    def number(self, name: str, usual: float) -> Fraction:
        """Return an attribute that is a number, as it is written with the fewest digits."""
        value = self.attributes.get(name, usual)
        if not isinstance(value, int | float) or not isfinite(value):
            raise LayerOutOfReachError(f"the attribute {name} = {value}", "a finite number")
        if name in self.attributes and isinstance(value, float):
            return Fraction(repr(shortest(value, "f")))
        return Fraction(repr(value))

    def whole(self, name: str, usual: int) -> int:
        """Return an attribute that is a whole number."""
        value = self.attributes.get(name, usual)
        if not isinstance(value, int):
            raise LayerOutOfReachError(f"the attribute {name} = {value}", "a whole number")
        return value

    def lengths(self, name: str, usual: Sequence[int]) -> tuple[int, ...]:
        """Return an attribute that is a list of lengths, as many as are usual."""
        value = self.attributes.get(name, list(usual))
        if not isinstance(value, list) or len(value) != len(usual) or not all(isinstance(one, int) for one in value):
            raise LayerOutOfReachError(f"the attribute {name} = {value}", f"{len(usual)} whole numbers")
        return tuple(int(one) for one in value)

    def demand(self, name: str, allowed: Attribute, said: str) -> None:
        """Refuse an attribute that is anything else than what a description can say."""
        value = self.attributes.get(name, allowed)
        if value != allowed:
            raise LayerOutOfReachError(f"{name} = {value}", said)

    def at(self, place: int) -> OnnxValue | None:
        """Return one of its inputs; None if it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def signal(self, place: int = 0) -> OnnxSignal:
        """Return an input that comes of the input of the model."""
        value = self.at(place)
        if not isinstance(value, OnnxSignal):
            raise LayerOutOfReachError(f"input {place + 1} that is a constant", "what the layer before makes")
        return value

    def constant(self, place: int) -> StoredArray | None:
        """Return an input that is a constant; None if it is left out."""
        value = self.at(place)
        if isinstance(value, OnnxSignal):
            raise LayerOutOfReachError(f"input {place + 1} that is worked out", "numbers that are stored")
        return value

    def needed(self, place: int, axes: int) -> StoredArray:
        """Return an input that is a constant with so many axes."""
        value = self.constant(place)
        if value is None or len(value.shape) != axes:
            found = "nothing" if value is None else f"the shape {value.shape}"
            raise LayerOutOfReachError(f"{found} as input {place + 1}", f"an array with {axes} axes")
        return value


@dataclass
class OnnxWalk:
    """An ONNX graph while it is read.

    Attributes:
        reading: What is read of it.
        values: What is known under each name.
        uses: How many nodes read each name.
    """

    reading: ModelReading
    values: dict[str, OnnxValue] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)

    def used_once(self, signal: OnnxSignal) -> bool:
        """Return whether a single node reads what a layer makes."""
        names = (name for name, value in self.values.items() if isinstance(value, OnnxSignal) and value == signal)
        return sum(self.uses.get(name, 0) for name in names) == 1

    def add(self, signal: OnnxSignal, make: Callable[[], object]) -> OnnxSignal:
        """Add layers behind a signal, and return what the last of them makes.

        Args:
            signal: What feeds the first of them.
            make: Adds them to what is read.
        """
        reading = self.reading
        before, reading.shape = len(reading.parts), signal.shape
        make()
        if len(reading.parts) == before:
            return signal._replace(shape=reading.shape)
        reading.parts[before] = reading.parts[before]._replace(sources=(signal.part,))
        return OnnxSignal(len(reading.parts) - 1, reading.shape, signal.axes)

    def joined(self, node: OnnxNode, signals: Sequence[OnnxSignal], key: str, shape: tuple[int, ...]) -> OnnxSignal:
        """Add a layer that joins several signals.

        Args:
            node: The node that it is.
            signals: What feeds it.
            key: How they are joined, ``add`` or ``from``.
            shape: The shape of what it makes.
        """
        sources = tuple(signal.part for signal in signals)
        part = LayerPart(node.where, {}, sources=sources, joined=key)
        return OnnxSignal(self.reading.add(part, shape), shape, signals[0].axes)


def size_of(shape: Sequence[int] | None) -> int | None:
    """Return how many numbers a shape has; None if it is not known."""
    return None if shape is None else prod(shape)


OnnxMade: TypeAlias = "OnnxValue | Mapping[int, OnnxSignal]"
"""What a node makes: its first output, or its outputs by their number."""

Operator: TypeAlias = Callable[[OnnxWalk, OnnxNode], OnnxMade]
