"""Update rules: what a training step makes of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sympy import Symbol

from symnet.catalog.optimizers import Optimizer
from symnet.numeric import Value, numeric

LEARNING_RATE = Symbol("eta")
_PARAMETER, _GRADIENT = Symbol("parameter"), Symbol("gradient")


class Update(NamedTuple):
    """One training step.

    Attributes:
        step: Its 1-based number.
        loss_before: The objective before it.
        loss_after: The objective after it.
        before: The parameters before it.
        gradients: The derivatives of the objective before it.
        after: The parameters after it.
    """

    step: int
    loss_before: Value
    loss_after: Value
    before: Mapping[Symbol, Value]
    gradients: Mapping[Symbol, Value]
    after: Mapping[Symbol, Value]


def train(
    optimizer: Optimizer,
    learning_rate: Value,
    steps: int,
    start: Mapping[Symbol, Value],
    objective: Callable[[int, Mapping[Symbol, Value]], tuple[Value, Mapping[Symbol, Value]]],
) -> Iterator[Update]:
    """Yield each full-batch step from the parameters ``start``.

    Args:
        optimizer: The update rule.
        learning_rate: The length of a step.
        steps: How many to make.
        start: The parameters before the first.
        objective: From the number of steps made and the parameters to the objective and its gradient.
    """
    rule = optimizer.update(_PARAMETER, LEARNING_RATE, _GRADIENT)
    before = start
    loss, gradients = objective(0, before)
    for step in range(1, steps + 1):
        after = {
            parameter: numeric(rule, {_PARAMETER: value, LEARNING_RATE: learning_rate, _GRADIENT: gradients[parameter]})
            for parameter, value in before.items()
        }
        next_loss, next_gradients = objective(step, after)
        yield Update(step, loss, next_loss, before, gradients, after)
        before, loss, gradients = after, next_loss, next_gradients
