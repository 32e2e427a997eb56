"""Training on paper: what a step makes of the parameters, each line of it rounded before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sympy import Symbol

from symnet.catalog.optimizers import (
    CLIPPED,
    DECAY,
    DECAYED,
    GRADIENT,
    LEARNING_RATE,
    LONGEST,
    NORM,
    OPTIMIZERS,
    PARAMETER,
    STEP,
    norm_of,
    updated,
)
from symnet.description.training import Training
from symnet.numbers.digits import Form
from symnet.numbers.pages import Lines
from symnet.numbers.written import Written

Numbers = Mapping[Symbol, Written]


class Move(NamedTuple):
    """What one step makes of the parameters; see :class:`symnet.training.Update`."""

    rate: Written
    clipped: Numbers | None
    state: Mapping[str, Numbers]
    after: Numbers


class PaperStepper:
    """The optimizer of one training, step by step on paper.

    Args:
        training: How it is trained.
        parameters: Those that are updated.
        form: How numbers are rounded.
        bits: With how many a line is worked out before.
    """

    def __init__(self, training: Training, parameters: Sequence[Symbol], form: Form, bits: int) -> None:
        self.training, self.parameters, self.form, self.bits = training, parameters, form, bits
        self.optimizer = OPTIMIZERS[training.optimizer]
        self.made = training.state.step if training.state is not None else 0
        given = training.state.values if training.state is not None else {}
        self.states: dict[str, Numbers] = {
            state.name: {
                symbol: Written.given(given.get(state.name, {}).get(symbol.name, Fraction(0))) for symbol in parameters
            }
            for state in self.optimizer.states
        }
        self.options = {Symbol(name): Written.given(number) for name, number in training.options.items()}
        own = (PARAMETER, GRADIENT, *(state.symbol for state in self.optimizer.states))
        self.rule = Lines((*own, LEARNING_RATE, STEP, *self.options), dict(self.optimizer.lines))
        self.decay = Lines((LEARNING_RATE, DECAY, STEP), {DECAYED: DECAYED})
        self.clip = Lines((LONGEST, NORM, GRADIENT), {CLIPPED: CLIPPED})
        self.norm = Lines(parameters, {NORM: norm_of(parameters)})

    def move(self, before: Numbers, gradients: Numbers) -> Move:
        """Return what the next step makes of the parameters.

        Raises:
            NoValueError: At a line without a value.
        """
        self.made += 1
        step, rate = Written.given(Fraction(self.made)), self.rate()
        common = self.rule.page(self.form, self.bits, {LEARNING_RATE: rate, STEP: step, **self.options})
        clipped = self.clipped({symbol: gradients[symbol] for symbol in self.parameters})
        used = gradients if clipped is None else clipped
        after = dict(before)
        kept: dict[str, dict[Symbol, Written]] = {name: {} for name in self.states}
        for symbol in self.parameters:
            states = {state.symbol: self.states[state.name][symbol] for state in self.optimizer.states}
            page = common.with_numbers({PARAMETER: before[symbol], GRADIENT: used[symbol], **states})
            found = page.work(self.rule.lines)
            after[symbol] = found[updated(PARAMETER)]
            for state in self.optimizer.states:
                kept[state.name][symbol] = found[updated(state.symbol)]
        self.states = dict(kept)
        return Move(rate, clipped, kept, after)

    def rate(self) -> Written:
        """Return the learning rate of the step."""
        given = Written.given(self.training.learning_rate or Fraction(0))
        if not self.training.decay:
            return given
        numbers = {
            LEARNING_RATE: given,
            DECAY: Written.given(self.training.decay),
            STEP: Written.given(Fraction(self.made)),
        }
        return self.decay.page(self.form, self.bits, numbers).work((DECAYED,))[DECAYED]

    def clipped(self, gradients: Numbers) -> Numbers | None:
        """Return the gradients cut to the largest value, then scaled to the largest norm; None if all stay."""
        limited = {symbol: self.cut(number) for symbol, number in gradients.items()}
        longest = self.training.clip_norm
        if longest is not None:
            norm = self.norm.page(self.form, self.bits, limited).work((NORM,))[NORM]
            if norm.fraction > longest:
                page = self.clip.page(self.form, self.bits, {LONGEST: Written.given(longest), NORM: norm})
                scaled = {s: page.with_numbers({GRADIENT: number}) for s, number in limited.items()}
                limited = {symbol: one.work((CLIPPED,))[CLIPPED] for symbol, one in scaled.items()}
        return None if limited == gradients else limited

    def cut(self, number: Written) -> Written:
        """Return a derivative cut to the largest size allowed."""
        most = self.training.clip_value
        if most is None or abs(number.fraction) <= most:
            return number
        return Written.given(most if number.fraction > 0 else -most)
