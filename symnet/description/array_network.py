"""The description of a network in layers that is worked out in arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field as Key
from pydantic import model_validator

from symnet.catalog.losses import SAMPLE_WEIGHT
from symnet.description.array_graph import Nested, flat, nested_from, nested_shape
from symnet.description.array_layers import AbsentWeight, ArrayLayer, ArrayParameters, ParameterPath
from symnet.description.checks import (
    LOSS_CHECKS,
    TARGET_COLUMNS,
    WEIGHT_CHECKS,
    accumulated,
    batch_size,
    columns,
    few_for_newton,
    newton_keys,
    piece_count,
    pieces_counted,
    rate_needed,
    rates,
    unknown_states,
)
from symnet.description.data import Data, one_precision
from symnet.description.fields import EntriesField, write_number
from symnet.description.flaws import CrossCheck, count
from symnet.description.losses import Loss
from symnet.description.marking import MARKING_CHECKS
from symnet.description.network import Description
from symnet.description.questions import GRAPH_QUESTION_CHECKS
from symnet.description.sizes import InputsCount, InputSize
from symnet.description.source import Flaw, printable
from symnet.description.training import Training
from symnet.description.variants import Drawn, drawn_in_network
from symnet.limits import MOST_LAYERS

if TYPE_CHECKING:
    from symnet.description.lowering.builder import ParameterArray
    from symnet.description.lowering.network import Lowered


Layers = tuple[ArrayLayer, ...]
Entries = tuple[ArrayParameters, ...]


def lowered(
    inputs: int,
    layers: Layers,
    branches: Sequence[str] = ("",),
    data: Data | None = None,
    parameters: Entries | None = None,
) -> Lowered:
    """The layers as arrays; without samples those that are in one graph are taken to be two."""
    from symnet.description.lowering.network import lower

    size = inputs if isinstance(inputs, InputSize) else InputSize(inputs)
    count = 2 if data is None else data.count
    joined = are_joined(layers, data)
    embedded = any(layer.embedding is not None for layer in layers)
    rows = data.inputs if embedded and data is not None else ()
    samples = count if joined else None
    absent = absent_weights(parameters or ())
    return lower(size, layers, samples=samples, branches=branches, rows=rows, absent=absent)


def absent_weights(parameters: Entries) -> frozenset[str]:
    """The ids of the weights that do not exist: those for which null stands."""
    return frozenset(
        f"{letters}{number}_{unit}_{source}{end}"
        for number, entry in enumerate(parameters, 1)
        for letters, rows, end in entry.matrices()
        for unit, row in enumerate(rows, 1)
        for source, weight in enumerate(row, 1)
        if isinstance(weight, AbsentWeight)
    )


def are_joined(layers: Layers, data: Data | None) -> bool:
    """Whether all samples are in one graph: where they depend on one another, or look up entries of their own."""
    if any(layer.normalization is not None and layer.normalization.over_samples for layer in layers):
        return True
    return data is not None and data.count > 1 and any(layer.embedding is not None for layer in layers)


def completed(layers: Layers, sizes: Sequence[int]) -> Layers:
    """The layers, each with the number of its units."""
    return tuple(layer.with_units(units) for layer, units in zip(layers, sizes, strict=True))


_TRIPLETS = ("x{}.a", "x{}.p", "x{}.n")


# What the keys demand of one another.


def _fitting_layers(inputs: int, layers: Layers) -> Iterator[Flaw]:
    yield from lowered(inputs, layers).flaws


def _fitting_samples(inputs: int, layers: Layers, data: Data) -> Iterator[Flaw]:
    """Many samples in one graph may be too many, and an embedding has the entries that the inputs number."""
    batch = any(layer.normalization is not None and layer.normalization.over_samples for layer in layers)
    if batch and data.count < 2:
        yield Flaw(("data", "inputs"), count(data.count, "sample"), "at least 2 samples for a batch normalization")
    if are_joined(layers, data) and not lowered(inputs, layers).flaws:
        yield from lowered(inputs, layers, data=data).flaws
    entries = [layer.embedding.entries for layer in layers if layer.embedding is not None]
    for row, numbers in enumerate(data.inputs if entries else ()):
        for column, number in enumerate(numbers):
            if number.denominator != 1 or not 1 <= number <= entries[0]:
                allowed = f"the number of an entry, from 1 to {entries[0]}"
                yield Flaw(("data", "inputs", row, column), printable(write_number(number)), allowed)


def _samples_needed(layers: Layers) -> Iterator[Flaw]:
    """What depends on the samples needs them."""
    for place, layer in enumerate(layers):
        if layer.normalization is not None and layer.normalization.over_samples:
            yield Flaw(("layers", place, "normalization"), "a batch normalization without data", "samples under data")
        if layer.embedding is not None:
            yield Flaw(("layers", place, "embedding"), "an embedding without data", "entries under data.inputs")


def _whole_batch(layers: Layers, training: Training) -> Iterator[Flaw]:
    if are_joined(layers, None) and training.batch != "full":
        hint = "The samples of a batch normalization depend on one another."
        yield Flaw(("training", "batch"), str(training.batch), "full", hint)


def sized(check: CrossCheck, lay: Callable[[int, Layers], Lowered] = lowered) -> CrossCheck:
    """A check of layers that looks at their units, once these are known.

    Args:
        check: The check.
        lay: What makes arrays of the layers.
    """
    needs = tuple(dict.fromkeys(("inputs", "layers", *check.needs)))

    def find(*values: Any) -> Iterator[Flaw]:  # noqa: ANN401
        known = dict(zip(needs, values, strict=True))
        found = lay(known["inputs"], known["layers"])
        if not found.flaws:
            known["layers"] = completed(known["layers"], found.sizes)
            yield from check.find(*(known[key] for key in check.needs))

    return check._replace(needs=needs, find=find)


def _target_columns(layers: Layers, loss: tuple[Loss, ...], data: Data) -> Iterator[Flaw]:
    """There is a target a unit; expressions may name fewer."""
    named = max((highest_target(choice) for choice in loss), default=0)
    width = len(data.targets[0]) if data.targets else 0
    if all(choice.formula is not None for choice in loss) and named <= width < layers[-1].units:
        yield from columns(("data", "targets"), data.targets, width, "as many as in the first row")
        return
    yield from columns(("data", "targets"), data.targets, layers[-1].units, "one per unit of the last layer")


def highest_target(choice: Loss) -> int:
    """The highest number of a target that an expression names; 0 if it names none."""
    symbols = () if choice.formula is None else choice.formula.free_symbols
    return max((int(symbol.name[1:]) for symbol in symbols if symbol.name.startswith("y")), default=0)


def _something_derived(inputs: int, layers: Layers, input_gradients: bool) -> Iterator[Flaw]:
    """There is something with respect to which derivatives are asked for."""
    found = lowered(inputs, layers)
    if found.flaws or input_gradients or any(not one.frozen for one in found.parameters):
        return
    stated = "layers whose parameters are all frozen" if found.parameters else "layers without parameters"
    yield Flaw(("layers",), stated, "a layer with parameters that are not frozen, or input_gradients: true")


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
        pieces = piece_count(layers[place])
        # Pieces that are too many or too few are told together.
        if len(entry.pieces) != pieces:
            continue
        for path, one in expected.items():
            yield from _wrong(place, entry, path, one)
        for path in entry.stated():
            of_pieces = pieces and entry.usual(path) == ("weights",)
            if entry.usual(path) not in expected and not of_pieces:
                allowed = (
                    ", ".join(".".join(map(str, other)) for other in expected)
                    or "nothing: this layer has no parameters"
                )
                yield Flaw(("parameters", place, *path), f'the key "{path[-1]}"', allowed, at_key=True)


def _wrong(place: int, entry: ArrayParameters, path: ParameterPath, one: ParameterArray) -> Iterator[Flaw]:
    from symnet.arrays.tree import shown_shape

    stated = entry.numbers(path)
    if stated is not None and all(isinstance(weight, AbsentWeight) for weight in flat(stated)):
        yield Flaw(("parameters", place, *path), "null alone", "a number for at least one of the weights")
        return
    allowed = f"numbers of the shape {shown_shape(one.shapes[0])}, as layer {place + 1} has"
    if stated is None:
        if not entry.has_start(path):
            yield Flaw(("parameters", place, *path), "nothing", allowed)
        return
    shape = nested_shape(stated)
    if shape not in one.shapes:
        found = "rows of different lengths" if shape is None else f"numbers of the shape {shown_shape(shape)}"
        yield Flaw(("parameters", place, *path), found, allowed)


def _drawn(inputs: int, layers: Layers, loss: tuple[Loss, ...], variants: Mapping[str, Drawn]) -> Iterator[Flaw]:
    """What is drawn is there."""
    found = lowered(inputs, layers)
    if not found.flaws:
        parameters = [one for array in found.parameters for one in array.ids]
        yield from drawn_in_network((inputs, found.sizes[-1]), parameters, loss, variants)


def _state_ids(inputs: int, layers: Layers, training: Training) -> Iterator[Flaw]:
    found = lowered(inputs, layers)
    if not found.flaws:
        yield from unknown_states(training, tuple(one for array in found.parameters for one in array.ids))


def _few_for_newton(inputs: int, layers: Layers, training: Training) -> Iterator[Flaw]:
    found = lowered(inputs, layers)
    if not found.flaws:
        yield from few_for_newton(training, (one for array in found.parameters for one in array.ids if one))


LAYER_CHECKS = (
    CrossCheck(("inputs", "layers"), _fitting_layers),
    CrossCheck(("inputs", "layers", "data"), _fitting_samples),
    CrossCheck(("layers",), _samples_needed, without=("data",)),
    CrossCheck(("layers", "training"), _whole_batch),
    CrossCheck(("inputs", "layers", "input_gradients"), _something_derived),
    CrossCheck(("layers", "parameters"), _entries),
    CrossCheck(("layers", "parameters"), pieces_counted),
    CrossCheck(("inputs", "layers", "parameters"), _parameter_shapes),
    CrossCheck(("data", "parameters", "training"), rate_needed),
    CrossCheck(("data", "training"), batch_size),
    CrossCheck(("training",), rates),
    CrossCheck(("training",), newton_keys),
    CrossCheck(("inputs", "layers", "training"), _few_for_newton),
    CrossCheck(("data", "training"), accumulated),
    CrossCheck(("inputs", "layers", "training"), _state_ids),
    CrossCheck(("numbers",), one_precision),
    *GRAPH_QUESTION_CHECKS,
    *MARKING_CHECKS,
)
"""What layers demand of one another and of all else but the loss."""


class ArrayDescription(Description):
    """A network of layers that are worked out in arrays."""

    sort: ClassVar[str] = "arrays"

    inputs: Annotated[int, InputsCount(images=True)] = Key(
        description="How many inputs the network has, or their names; or the height, width and channels of an image."
    )
    layers: Annotated[tuple[ArrayLayer, ...], EntriesField(1, MOST_LAYERS)] = Key(
        description="The layers, from the input side to the output side."
    )
    parameters: Annotated[tuple[ArrayParameters, ...], EntriesField(1, MOST_LAYERS)] | None = Key(
        None, description="The parameters by layer, {} for one that has none; without them everything stays symbolic."
    )

    checks: ClassVar[tuple[CrossCheck, ...]] = (
        *(sized(check) if "layers" in check.needs else check for check in LOSS_CHECKS if check not in TARGET_COLUMNS),
        sized(CrossCheck(("layers", "loss", "data"), _target_columns)),
        *WEIGHT_CHECKS,
        *LAYER_CHECKS,
        CrossCheck(("inputs", "layers", "loss", "variants"), _drawn),
    )

    @model_validator(mode="after")
    def _completed(self) -> Self:
        # A frozen record can only be completed past its own guard.
        object.__setattr__(self, "layers", completed(self.layers, self.lowered().sizes))
        if self.parameters:
            entries = tuple(entry.turned() for entry in self.parameters)
            object.__setattr__(self, "parameters", entries)
        return self

    def target_count(self, choice: Loss) -> int:
        """How many targets a sample has under a loss."""
        if choice.formula is None:
            return self.layers[-1].units
        return len(self.data.targets[0]) if self.data and self.data.targets else highest_target(choice)

    def lowered(self, branches: Sequence[str] = ("",)) -> Lowered:
        """The layers as arrays.

        Args:
            branches: The marks of the uses of the network.
        """
        return lowered(self.inputs, self.layers, branches, self.data, self.parameters)

    @property
    def samples_apart(self) -> bool:
        """Whether each sample has a loss of its own, on which no other sample has an influence."""
        return not are_joined(self.layers, self.data)

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
        if data.weights:
            parts[SAMPLE_WEIGHT] = tuple((weight,) for weight in data.weights)
        each = [
            {
                letter.format(place): number
                for letter, row in zip(parts, rows, strict=True)
                for place, number in enumerate(row, 1)
            }
            for rows in zip(*parts.values(), strict=True)
        ]
        if self.samples_apart:
            return tuple(each)
        return ({f"{one}@{at}": number for at, row in enumerate(each, 1) for one, number in row.items()},)

    def data_from(self, numbers: Mapping[str, Fraction]) -> Data | None:
        """The samples out of numbers by id, each with that of its sample: ``x1@2``."""
        data = self.data
        if data is None or data.anchor:
            return data
        rows = {
            key: tuple(
                tuple(numbers[f"{letter}{place}@{sample}"] for place in range(1, len(row) + 1))
                for sample, row in enumerate(old, 1)
            )
            for letter, key, old in (("x", "inputs", data.inputs), ("y", "targets", data.targets))
        }
        return data.model_copy(update=rows)

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """The id of every parameter, layer by layer."""
        return tuple(one for array in self.lowered().parameters for one in array.ids if one)

    def parameters_from(self, numbers: Mapping[str, Fraction]) -> tuple[ArrayParameters, ...]:
        """The parameters of all layers out of numbers by id; what is not named stays as it is."""
        found: dict[int, dict[ParameterPath, Nested]] = {}
        for one in self.lowered().parameters:
            stated = [] if self.parameters is None else list(flat(self.parameters[one.layer - 1].start(one.path)))
            kept = stated if len(stated) == len(one.ids) else (stated or [Fraction(0)]) * len(one.ids)
            new = [numbers.get(name, number) for name, number in zip(one.ids, kept, strict=True)]
            found.setdefault(one.layer - 1, {})[one.path] = nested_from(new, one.shapes[0])
        return tuple(ArrayParameters().with_numbers(found.get(place, {})) for place in range(len(self.layers)))

    @property
    def parameter_numbers(self) -> Mapping[str, Fraction]:
        """The number of each parameter by its id; empty without any."""
        found: dict[str, Fraction] = {}
        for one in self.lowered().parameters if self.parameters else ():
            numbers = tuple(flat((self.parameters or ())[one.layer - 1].start(one.path)))
            # What is left out starts with one number everywhere.
            numbers = numbers if len(numbers) == len(one.ids) else numbers * len(one.ids)
            found |= {name: number for name, number in zip(one.ids, numbers, strict=True) if name}
        return found
