"""Training: the optimizer, its options and what it goes on from, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator, model_validator
from sympy.core.expr import Expr

from symnet.catalog.optimizers import OPTIMIZERS, WEIGHT_DECAY, Optimizer, rule_of
from symnet.catalog.schedules import SCHEDULES, WARMING
from symnet.description.fields import (
    Exact,
    Flag,
    FrozenMapping,
    Named,
    Number,
    OneOf,
    OneOrSeveral,
    Record,
    Whole,
    WholeOr,
    misplaced,
    several,
)
from symnet.description.options import OptionValue, chosen, fitting, meaning
from symnet.limits import (
    MOST_EARLIER_STEPS,
    MOST_SAMPLES,
    MOST_SHOWN_STEPS,
    MOST_STEPS,
    MOST_WEIGHTS,
    USUALLY_SHOWN_STEPS,
)

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
