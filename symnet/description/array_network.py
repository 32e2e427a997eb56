"""The description of a network in layers that is worked out in arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field as Key
from pydantic import model_validator

from symnet.description.array_graph import flat, nested_shape
from symnet.description.array_layers import ArrayLayer, ArrayParameters
from symnet.description.checks import LOSS_CHECKS, batch_size, rate_needed, unknown_states
from symnet.description.data import one_precision
from symnet.description.fields import EntriesField
from symnet.description.flaws import CrossCheck, count
from symnet.description.layers import Training
from symnet.description.marking import MARKING_CHECKS
from symnet.description.network import Description
from symnet.description.source import Flaw
from symnet.limits import MOST_LAYERS

if TYPE_CHECKING:
    from symnet.description.lowering.builder import ParameterArray
    from symnet.description.lowering.network import Lowered

Layers = tuple[ArrayLayer, ...]
Entries = tuple[ArrayParameters, ...]


def lowered(inputs: int, layers: Layers, branches: Sequence[str] = ("",)) -> Lowered:
    """The layers as arrays."""
    from symnet.description.lowering.network import lower

    return lower((inputs,), 0, layers, None, branches)


def completed(layers: Layers, sizes: Sequence[int]) -> Layers:
    """The layers, each with the number of its units."""
    return tuple(layer.with_units(units) for layer, units in zip(layers, sizes, strict=True))


_TRIPLETS = ("x{}.a", "x{}.p", "x{}.n")


# What the keys demand of one another.


def _fitting_layers(inputs: int, layers: Layers) -> Iterator[Flaw]:
    yield from lowered(inputs, layers).flaws


def _sized(check: CrossCheck) -> CrossCheck:
    """A check of layers that looks at their units, once these are known."""
    needs = tuple(dict.fromkeys(("inputs", "layers", *check.needs)))

    def find(*values: Any) -> Iterator[Flaw]:  # noqa: ANN401
        known = dict(zip(needs, values, strict=True))
        found = lowered(known["inputs"], known["layers"])
        if not found.flaws:
            known["layers"] = completed(known["layers"], found.sizes)
            yield from check.find(*(known[key] for key in check.needs))

    return check._replace(needs=needs, find=find)


def _entries(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    if len(parameters) != len(layers):
        hint = "A layer without parameters has the entry {}."
        yield Flaw(("parameters",), count(len(parameters), "entry"), f"{len(layers)}, one per layer", hint)


def _parameter_shapes(inputs: int, layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """Each array of parameters is given in its shape, and nothing else is."""
    found = lowered(inputs, layers)
    if found.flaws or len(parameters) != len(layers):
        return
    wanted: dict[int, list[ParameterArray]] = {}
    for one in found.parameters:
        wanted.setdefault(one.layer - 1, []).append(one)
    for place, entry in enumerate(parameters):
        expected = {one.path: one for one in wanted.get(place, [])}
        for path, one in expected.items():
            yield from _wrong(place, entry, path, one)
        for path in entry.stated():
            if entry.usual(path) not in expected:
                allowed = ", ".join(".".join(other) for other in expected) or "nothing: this layer has no parameters"
                yield Flaw(("parameters", place, *path), f'the key "{path[-1]}"', allowed, at_key=True)


def _wrong(place: int, entry: ArrayParameters, path: tuple[str, ...], one: ParameterArray) -> Iterator[Flaw]:
    from symnet.arrays.tree import shown_shape

    stated = entry.numbers(path)
    allowed = f"numbers of the shape {shown_shape(one.shapes[0])}, as layer {place + 1} has"
    if stated is None:
        if not entry.has_start(path):
            yield Flaw(("parameters", place, *path), "nothing", allowed)
        return
    shape = nested_shape(stated)
    if shape not in one.shapes:
        found = "rows of different lengths" if shape is None else f"numbers of the shape {shown_shape(shape)}"
        yield Flaw(("parameters", place, *path), found, allowed)


def _state_ids(inputs: int, layers: Layers, training: Training) -> Iterator[Flaw]:
    found = lowered(inputs, layers)
    if not found.flaws:
        yield from unknown_states(training, tuple(one for array in found.parameters for one in array.ids))


class ArrayDescription(Description):
    """A network of layers that are worked out in arrays."""

    layers: Annotated[tuple[ArrayLayer, ...], EntriesField(1, MOST_LAYERS)] = Key(
        description="The layers, from the input side to the output side."
    )
    parameters: Annotated[tuple[ArrayParameters, ...], EntriesField(1, MOST_LAYERS)] | None = Key(
        None, description="The parameters by layer, {} for one that has none; without them everything stays symbolic."
    )

    checks: ClassVar[tuple[CrossCheck, ...]] = (
        CrossCheck(("inputs", "layers"), _fitting_layers),
        *(_sized(check) if "layers" in check.needs else check for check in LOSS_CHECKS),
        CrossCheck(("layers", "parameters"), _entries),
        CrossCheck(("inputs", "layers", "parameters"), _parameter_shapes),
        CrossCheck(("data", "parameters", "training"), rate_needed),
        CrossCheck(("data", "training"), batch_size),
        CrossCheck(("inputs", "layers", "training"), _state_ids),
        CrossCheck(("numbers",), one_precision),
        *MARKING_CHECKS,
    )

    @model_validator(mode="after")
    def _completed(self) -> Self:
        # A frozen record can only be completed past its own guard.
        object.__setattr__(self, "layers", completed(self.layers, self.lowered().sizes))
        if self.parameters:
            entries = tuple(entry.turned() for entry in self.parameters)
            object.__setattr__(self, "parameters", entries)
        return self

    def lowered(self, branches: Sequence[str] = ("",)) -> Lowered:
        """The layers as arrays.

        Args:
            branches: The marks of the uses of the network.
        """
        return lowered(self.inputs, self.layers, branches)

    @property
    def samples_apart(self) -> bool:
        """Whether each sample has a loss of its own, on which no other sample has an influence."""
        return True

    @property
    def sample_numbers(self) -> tuple[Mapping[str, Fraction], ...]:
        """The inputs and targets of each graph by their ids: of each sample, or of all where one graph has them all."""
        data = self.data
        if data is None:
            return ()
        parts = (
            dict(zip(_TRIPLETS, data.triplet, strict=True))
            if data.anchor
            else {"x{}": data.inputs, "y{}": data.targets}
        )
        each = [
            {
                letter.format(place): number
                for letter, row in zip(parts, rows, strict=True)
                for place, number in enumerate(row, 1)
            }
            for rows in zip(*parts.values(), strict=True)
        ]
        return tuple(each)

    @cached_property
    def parameter_numbers(self) -> Mapping[str, Fraction]:
        """The number of each parameter by its id; empty without any."""
        found: dict[str, Fraction] = {}
        for one in self.lowered().parameters if self.parameters else ():
            stated = (self.parameters or ())[one.layer - 1].start(one.path)
            found |= dict(zip(one.ids, flat(stated), strict=True))
        return found
