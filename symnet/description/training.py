"""Training: the optimizer, its options and what it goes on from, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator

from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.fields import Exact, Whole
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.description.records import MOST_SAMPLES, MOST_WEIGHTS, Named, Number, Record, Table
from symnet.description.refusal import misplaced, several
from symnet.description.words import Flag, OneOf, WholeOr

MOST_STEPS = 10_000
MOST_SHOWN = 100
USUALLY_SHOWN = 3
"""The steps that a sheet works in full unless it is asked for more or fewer."""
MOST_EARLIER_STEPS = 1_000_000

_Signed: TypeAlias = Annotated[Table[Fraction], Named(Number, "numbers", MOST_WEIGHTS, least=0)]
_Positive: TypeAlias = Annotated[
    Table[Fraction], Named(Annotated[Fraction, Exact(least=0)], "numbers of 0 or more", MOST_WEIGHTS, least=0)
]


def _key(name: str) -> Any:  # noqa: ANN401
    """The optional key of an option."""
    return Key(None, description=meaning(name, OPTIMIZERS))


class State(Record):
    """What an optimizer remembers of earlier steps, by parameter id; what is not given is 0."""

    step: Annotated[int, Whole(0, MOST_EARLIER_STEPS)] = Key(0, description="How many steps were made before.")
    velocity: _Signed | None = Key(None, description="The velocities of momentum, ema_momentum and nesterov.")
    squares: _Positive | None = Key(None, description="The accumulated squares of adagrad and rmsprop.")
    m: _Signed | None = Key(None, description="The first moments of adam.")
    v: _Positive | None = Key(None, description="The second moments of adam.")

    @property
    def values(self) -> dict[str, Mapping[str, Fraction]]:
        """For each state that is given, its values by parameter id."""
        return {name: value for name, value in self if isinstance(value, Table)}


class Training(Record):
    """How the parameters are updated."""

    optimizer: Annotated[str, OneOf(tuple(OPTIMIZERS))] = Key("sgd", description="The update rule.")
    learning_rate: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="The factor in front of the gradient; needed once there are numbers."
    )
    steps: Annotated[int, Whole(1, MOST_STEPS)] = Key(1, description="How many updates are made.")
    show: Annotated[int, Whole(0, MOST_SHOWN)] | None = Key(
        None,
        description=f"How many steps are worked in full on the sheet; the first {USUALLY_SHOWN} if it is left out.",
    )
    batch: Annotated[int | Literal["full"], WholeOr(Whole(1, MOST_SAMPLES), ("full",))] = Key(
        "full", description="How many samples each update takes in turn, or full for all of them."
    )
    momentum: Annotated[Fraction, OptionValue("momentum", OPTIMIZERS)] | None = _key("momentum")
    beta1: Annotated[Fraction, OptionValue("beta1", OPTIMIZERS)] | None = _key("beta1")
    beta2: Annotated[Fraction, OptionValue("beta2", OPTIMIZERS)] | None = _key("beta2")
    epsilon: Annotated[Fraction, OptionValue("epsilon", OPTIMIZERS)] | None = _key("epsilon")
    update_biases: Annotated[bool, Flag()] = Key(True, description="Whether biases are updated too.")
    clip_norm: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="The largest length of the gradient over all updated parameters; a longer one is scaled."
    )
    clip_value: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="The largest size of each derivative; a larger one is cut, before clip_norm."
    )
    decay: Annotated[Fraction, Exact(least=0)] = Key(
        Fraction(0), description="The learning rate of step t is divided by 1 + decay (t - 1)."
    )
    state: State | None = Key(None, description="What the optimizer goes on from.")

    @field_validator("momentum", "beta1", "beta2", "epsilon", mode="after")
    @classmethod
    def _option(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        if value is not None and "optimizer" in info.data:
            fitting(str(info.field_name), value, info.data["optimizer"], OPTIMIZERS)
        return value

    @field_validator("state", mode="after")
    @classmethod
    def _states(cls, value: State | None, info: ValidationInfo) -> State | None:
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

    @property
    def shown(self) -> int:
        """How many steps a sheet works in full."""
        return min(self.steps, USUALLY_SHOWN if self.show is None else self.show)

    @property
    def options(self) -> dict[str, Fraction]:
        """Each option that the optimizer has, given or at its default."""
        return chosen(self.optimizer, OPTIMIZERS, self)
