"""The numbers that a training step puts into the rule of its optimizer, for one parameter after another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Symbol

from symnet.catalog.optimizers import (
    DIRECTION,
    GRADIENT,
    LEARNING_RATE,
    LONGEST,
    NORM,
    PARAMETER,
    STEP,
    norm_of,
    updated,
)
from symnet.description.training import Training
from symnet.document import Inline
from symnet.numerics.direct import Value
from symnet.numerics.training import Update, updated_parameters
from symnet.sheets.sheet import Sheet
from symnet.text.say import say


class RuleNumbers:
    """The numbers of one training step, by the symbols of the rule.

    Args:
        sheet: The part.
        training: How it is trained.
        update: The step.
        last: The one before it, if any.

    Attributes:
        is_first: Whether there is no step before it.
        common: What all parameters have in common: options, the rate, and what a norm is made of.
        kept: What the optimizer keeps of each parameter before the step, by the symbols of its states.
    """

    def __init__(self, sheet: Sheet, training: Training, update: Update, last: Update | None) -> None:
        self.sheet, self.training, self.update = sheet, training, update
        self.is_first = last is None
        self.common = self._common()
        self.kept = self._kept(last)

    def _common(self) -> dict[Symbol, Value]:
        sheet, training, update = self.sheet, self.training, self.update
        common = {Symbol(name): sheet.exactly(number) for name, number in training.options.items()}
        common |= {LEARNING_RATE: update.rate, STEP: sheet.exactly(Fraction(training.steps_before + update.step))}
        if training.clip_norm is not None:
            parameters = updated_parameters(sheet.part.network, training)
            common |= {parameter: self.cut(update.gradients[parameter]) for parameter in parameters}
            common |= {LONGEST: sheet.exactly(training.clip_norm), NORM: sheet.numeric(norm_of(parameters), common)}
        return common

    def _kept(self, last: Update | None) -> Mapping[Symbol, Mapping[Symbol, Value]]:
        states = self.training.rule.states
        if last is not None:
            return {state.symbol: last.state[state.name] for state in states}
        return {state.symbol: self.started(state.name) for state in states}

    def started(self, state: str) -> Mapping[Symbol, Value]:
        """Return what an optimizer keeps of each parameter before the first step.

        Args:
            state: The name of what it keeps.
        """
        begun = self.training.state.values.get(state, {}) if self.training.state is not None else {}
        return {symbol: self.sheet.exactly(begun.get(symbol.name, Fraction(0))) for symbol in self.update.before}

    def cut(self, gradient: Value) -> Value:
        """Return a derivative cut to the largest size allowed."""
        most = self.training.clip_value
        if most is None or abs(gradient) <= self.sheet.exactly(most):
            return gradient
        return self.sheet.exactly(most if gradient > 0 else -most)

    @property
    def is_scaled(self) -> bool:
        """Whether derivatives are rescaled, since their norm is more than is allowed."""
        return NORM in self.common and bool(self.common[NORM] > self.common[LONGEST])

    @property
    def told_scaling(self) -> Inline:
        """What is said beside the norm: whether derivatives are rescaled."""
        return say("training.rescaled" if self.is_scaled else "training.not_rescaled")

    def of(self, parameter: Symbol) -> dict[Symbol, Value]:
        """Return the number of every symbol of the rule for one parameter, before the step, in it and after it."""
        update, optimizer = self.update, self.training.rule
        values = {**self.common, **{state: numbers[parameter] for state, numbers in self.kept.items()}}
        values |= {PARAMETER: update.before[parameter], GRADIENT: self.update.used[parameter]}
        known = {updated(PARAMETER): update.after[parameter]}
        known |= {updated(state.symbol): update.state[state.name][parameter] for state in optimizer.states}
        if update.system is not None:
            place = updated_parameters(self.sheet.part.network, self.training).index(parameter)
            values[DIRECTION] = update.system.solution[place]
        for symbol, expression in optimizer.lines:
            values[symbol] = known[symbol] if symbol in known else self.sheet.numeric(expression, values)
        return values
