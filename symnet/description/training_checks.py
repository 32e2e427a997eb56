"""What a training demands of what is trained."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from symnet.description.checking import MOST_PROBLEMS, count
from symnet.description.identifiers import parameter_ids
from symnet.description.refusal import near_miss
from symnet.description.source import Flaw, printable

if TYPE_CHECKING:
    from symnet.description.data import Data
    from symnet.description.layers import Layer
    from symnet.description.training import Training

# Comparing a misspelt id with each of a hundred thousand takes seconds.
_MOST_COMPARED = 1000


def rate_needed(*given: Any) -> Iterator[Flaw]:  # noqa: ANN401
    """With numbers for all else, the training, which comes last, needs a learning rate."""
    training: Training = given[-1]
    if training.learning_rate is None:
        hint = "Without numbers it may be left out, and stays a symbol."
        yield Flaw(("training", "learning_rate"), "nothing", 'a value for the key "learning_rate"', hint)


def state_ids(inputs: int, layers: tuple[Layer, ...], training: Training) -> Iterator[Flaw]:
    """States are of parameters of the network."""
    if training.state is not None:
        yield from unknown_states(training, tuple(parameter_ids(inputs, layers)))


def unknown_states(training: Training, parameters: Collection[str]) -> Iterator[Flaw]:
    """A state of something that is no parameter."""
    if training.state is None:
        return
    known = frozenset(parameters)
    compared = tuple(islice(parameters, _MOST_COMPARED))
    allowed = f"parameters: {printable(', '.join(compared[:20]), 200)}"
    given = ((state, name) for state, values in training.state.values.items() for name in values)
    for number, (state, name) in enumerate(pair for pair in given if pair[1] not in known):
        hint = near_miss(name, compared) if number < MOST_PROBLEMS else ""
        found = f'the unknown parameter "{printable(name)}"'
        yield Flaw(("training", "state", state, name), found, allowed, hint, at_key=True)


def batch_size(data: Data, training: Training) -> Iterator[Flaw]:
    """A batch has at most as many samples as there are."""
    if training.batch != "full" and training.batch > data.count:
        allowed = f"full, or at most {count(data.count, 'sample')}, as many as there are"
        yield Flaw(("training", "batch"), str(training.batch), allowed)
