"""The description of a network over sequences: recurrent layers and gated cells, a use of the network at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field as Key

from symnet.catalog.losses import SAMPLE_WEIGHT
from symnet.description.array_network import LAYER_CHECKS, ArrayDescription, Entries, Layers, absent_weights, sized
from symnet.description.checks import LOSS_CHECKS, WEIGHT_CHECKS
from symnet.description.data import Data
from symnet.description.fields import EntriesField, Record, Rows
from symnet.description.flaws import CrossCheck, count
from symnet.description.layers import Biases
from symnet.description.losses import Loss
from symnet.description.sizes import InputSize
from symnet.description.source import Flaw
from symnet.limits import MOST_SAMPLES, MOST_SCALARS

if TYPE_CHECKING:
    from symnet.description.lowering.network import Lowered

USUAL_STEPS = 3
"""Steps of a sequence where no data say how many there are."""


class SampleSequence(Record):
    """One sequence: what is put in at each step, and what should come out."""

    inputs: Rows = Key(description="One row per step, one number per input.")
    targets: Rows = Key((), description="One row per step, one number per unit of the last layer.")
    target: Biases = Key((), description="What should come out at the last step, one number per unit.")

    @property
    def rows(self) -> Rows:
        """The targets, a row for each step that has one."""
        return self.targets or ((self.target,) if self.target else ())


class SequenceData(Data):
    """The sequences, each of which is a sample."""

    sequences: Annotated[tuple[SampleSequence, ...], EntriesField(1, MOST_SAMPLES)] = Key(
        description="The sequences, all of the same length."
    )

    @property
    def count(self) -> int:
        """How many sequences there are."""
        return len(self.sequences)

    @property
    def steps(self) -> int:
        """How many steps each has."""
        return len(self.sequences[0].inputs)

    @property
    def at_end(self) -> bool:
        """Whether there is a target at the last step alone."""
        return bool(self.sequences[0].target)


def over_steps(
    inputs: int, layers: Layers, steps: int, *, at_end: bool = False, parameters: Entries | None = None
) -> Lowered:
    """The layers as arrays, once for each step."""
    from symnet.description.lowering.builder import STEP_MARK
    from symnet.description.lowering.network import lower

    marks = [f"{STEP_MARK}{step}" for step in range(1, steps + 1)]
    size = inputs if isinstance(inputs, InputSize) else InputSize(inputs)
    return lower(size, layers, branches=marks, absent=absent_weights(parameters or ()))._replace(at_end=at_end)


# What the keys demand of one another.


def _alike(data: SequenceData) -> Iterator[Flaw]:
    """All sequences are of one length, and have their targets in the same way."""
    for key in ("inputs", "targets", "anchor", "positive", "negative"):
        if getattr(data, key):
            yield Flaw(("data", key), f'the key "{key}"', "sequences alone", at_key=True)
    for place, one in enumerate(data.sequences):
        path = ("data", "sequences", place)
        if len(one.inputs) != data.steps:
            allowed = f"{count(data.steps, 'step')}, as the first sequence has"
            yield Flaw((*path, "inputs"), count(len(one.inputs), "step"), allowed)
        if bool(one.targets) == bool(one.target):
            found = "targets and target" if one.target else "neither targets nor target"
            yield Flaw(path, found, "targets at every step, or a target at the last one")
        elif bool(one.target) != data.at_end:
            yield Flaw(path, "target" if one.target else "targets", "the same key as the first sequence has")
        elif one.targets and len(one.targets) != len(one.inputs):
            allowed = f"{count(len(one.inputs), 'row')}, one per step"
            yield Flaw((*path, "targets"), count(len(one.targets), "row"), allowed)


def _length(inputs: int, layers: Layers, data: SequenceData) -> Iterator[Flaw]:
    """All steps together have no more numbers than a graph may have."""
    path = ("data", "sequences", 0, "inputs")
    one = over_steps(inputs, layers, 1)
    if one.flaws:
        return
    each = sum(tree.size for tree in one.builder.nodes.values())
    if each * data.steps > MOST_SCALARS:
        found = f"{data.steps:,} steps, with {each * data.steps:,} numbers in all nodes"
        yield Flaw(path, found, f"at most {MOST_SCALARS:,} numbers in all inputs, parameters and nodes together")
        return
    for flaw in over_steps(inputs, layers, data.steps).flaws:
        yield Flaw(path, flaw.found, flaw.allowed, flaw.hint)


def _each_step_alone(layers: Layers) -> Iterator[Flaw]:
    for place, layer in enumerate(layers):
        if layer.embedding is not None:
            yield Flaw(("layers", place, "embedding"), "an embedding over sequences", "numbers as inputs of each step")
        if layer.normalization is not None and layer.normalization.over_samples:
            path = ("layers", place, "normalization", "kind")
            yield Flaw(path, "batch, over sequences", "layer: each sequence is worked out for itself")


def _loss_over_time(loss: tuple[Loss, ...]) -> Iterator[Flaw]:
    for place, choice in enumerate(loss):
        if choice.targets == "none":
            yield Flaw(("loss", place), choice.kind, "a loss of outputs and targets, for sequences")


def _stepped(check: CrossCheck) -> CrossCheck:
    """A check of samples that looks at each sequence as at samples, a step each."""

    def find(*values: Any) -> Iterator[Flaw]:  # noqa: ANN401
        known = dict(zip(check.needs, values, strict=True))
        data: SequenceData = known["data"]
        for place, one in enumerate(data.sequences):
            # Both were read before, row by row; whether there are any is looked at elsewhere.
            known["data"] = Data.model_construct(inputs=one.inputs, targets=one.rows)
            for flaw in check.find(*(known[key] for key in check.needs)):
                _data, key, *rest = flaw.path
                if key == "targets" and not one.targets:
                    if not one.target:
                        continue
                    key, rest = "target", rest[1:]
                yield flaw._replace(path=("data", "sequences", place, key, *rest))

    return check._replace(find=find)


def _one_step(inputs: int, layers: Layers) -> Lowered:
    return over_steps(inputs, layers, 1)


def _loss_checks() -> Iterator[CrossCheck]:
    """Yield what a loss demands, of each sequence as of samples; each key has a length of its own."""
    for check in LOSS_CHECKS:
        if check.needs != ("data",):
            stepped = _stepped(check) if "data" in check.needs else check
            yield sized(stepped, _one_step) if "layers" in check.needs else stepped


class SequenceDescription(ArrayDescription):
    """A network that is used at every step of sequences."""

    sort: ClassVar[str] = "sequences"

    data: SequenceData | None = Key(None, description="The sequences; without them everything stays symbolic.")

    checks: ClassVar[tuple[CrossCheck, ...]] = (
        *_loss_checks(),
        *WEIGHT_CHECKS,
        *LAYER_CHECKS,
        CrossCheck(("data",), _alike),
        CrossCheck(("layers",), _each_step_alone),
        CrossCheck(("inputs", "layers", "data"), _length),
        CrossCheck(("loss",), _loss_over_time),
    )

    @property
    def cells(self) -> tuple[str, ...]:
        """The kinds of its gated cells, a GRU with the place of its reset gate, each once."""
        found = (f"gru_{layer.reset or 'before'}" if layer.cell == "gru" else layer.cell for layer in self.layers)
        return tuple(dict.fromkeys(cell for cell in found if cell is not None))

    def lowered(self, branches: Sequence[str] = ("",)) -> Lowered:  # noqa: ARG002 - steps take their place
        """The layers as arrays, once for each step."""
        steps = USUAL_STEPS if self.data is None else self.data.steps
        at_end = self.data is not None and self.data.at_end
        return over_steps(self.inputs, self.layers, steps, at_end=at_end, parameters=self.parameters)

    @property
    def sample_numbers(self) -> tuple[Mapping[str, Fraction], ...]:
        """The inputs and targets of each sequence by their ids."""
        if self.data is None:
            return ()
        weights = [{SAMPLE_WEIGHT: weight} for weight in self.data.weights] or [{}] * self.data.count
        return tuple(dict(_numbers(one)) | own for one, own in zip(self.data.sequences, weights, strict=True))

    def data_from(self, numbers: Mapping[str, Fraction]) -> SequenceData | None:
        """The sequences out of numbers by id, each with that of its sequence: ``x1#2@1``."""
        if self.data is None:
            return None
        sequences = tuple(_with_numbers(one, numbers, at) for at, one in enumerate(self.data.sequences, 1))
        return self.data.model_copy(update={"sequences": sequences})


def _with_numbers(one: SampleSequence, numbers: Mapping[str, Fraction], sample: int) -> SampleSequence:
    left = iter([numbers[f"{name}@{sample}"] for name, _ in _numbers(one)])
    inputs, rows = (tuple(tuple(next(left) for _ in row) for row in old) for old in (one.inputs, one.rows))
    targets = {"targets": rows} if one.targets else {"target": rows[0]} if one.target else {}
    return one.model_copy(update={"inputs": inputs, **targets})


def _numbers(one: SampleSequence) -> Iterator[tuple[str, Fraction]]:
    steps = len(one.inputs)
    for letter, rows, first in (("x", one.inputs, 1), ("y", one.rows, 1 if one.targets else steps)):
        for step, row in enumerate(rows, first):
            yield from ((f"{letter}{place}#{step}", number) for place, number in enumerate(row, 1))
