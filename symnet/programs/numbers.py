"""The numbers that a program is run with: those of the description, or drawn ones where it has none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from sympy import Symbol

from symnet.derivation.objective import Objective, derive_objective
from symnet.description.data import Data
from symnet.description.network import Description
from symnet.description.training import Training
from symnet.network.data import NetworkData
from symnet.numerics.evaluate import Evaluation, UndefinedAtError, evaluate
from symnet.programs.listing import NoProgramError
from symnet.quantity import Role
from symnet.worked import Part, Worked

# Samples that are drawn where a description leaves open how many there are, and draws before giving up.
_SAMPLES, _DRAWS = 3, 200
_SEED = 1
_RATE = Fraction(1, 10)


class ProgramNumbers(NamedTuple):
    """What is put into a program, and what comes out.

    Attributes:
        data: What is put in.
        evaluation: All numbers.
        objective: What the samples come to, with their number.
        training: How the parameters are updated, if they are.
        drawn: Whether the numbers are drawn.
    """

    data: NetworkData
    evaluation: Evaluation
    objective: Objective
    training: Training | None
    drawn: bool


def program_numbers(worked: Worked, part: Part) -> ProgramNumbers:
    """Return the numbers of a part: its own, or drawn ones that are the same each time.

    Raises:
        NoProgramError: If no numbers are found for which there is a loss.
    """
    training = worked.description.training
    if part.data is not None and part.evaluation is not None:
        return ProgramNumbers(part.data, part.evaluation, part.objective, training, drawn=False)
    if training is not None and training.learning_rate is None and training.schedule is None:
        training = training.model_copy(update={"learning_rate": _RATE})
    several = part.objective.samples is not None
    objective = part.objective
    if several and isinstance(worked.description, Description):
        rows = ((Fraction(0),),) * _SAMPLES
        counted = worked.description.model_copy(update={"data": Data(inputs=rows, targets=rows)})
        objective = derive_objective(part.gradient, counted)
    for data in _draws(part, _SAMPLES if several else 1):
        try:
            evaluation = evaluate(part.network, data, objective, training)
        except UndefinedAtError:
            continue
        if not evaluation.kinks:
            return ProgramNumbers(data, evaluation, objective, training, drawn=True)
    raise NoProgramError(
        f"{worked.description.source_name}: found no data, and no numbers by chance at which {part.loss_name} has a "
        "value; expected data for the inputs and parameters. Write some under data and parameters, or at"
    )


def _draws(part: Part, samples: int) -> Iterator[NetworkData]:
    """Yield numbers for all inputs, targets and parameters: first positive ones, then of both signs."""
    chance = random.Random(_SEED)  # noqa: S311 - not cryptography
    network = part.network
    for attempt in range(_DRAWS):
        low = 10 if attempt < _DRAWS // 4 else -99

        def number(least: int = low) -> Fraction:
            return Fraction(chance.randint(least, 99) or 1, 100)

        rows = []
        for place in range(samples):
            inputs = {symbol: number() for symbol in network.inputs}
            targets = dict(zip(network.targets, _targets(part, place), strict=True))
            weights = {symbol: Fraction(1 + place) for symbol in network.sample_weight}
            rows.append({**inputs, **targets, **weights})
        parameters = {symbol: number(-99 if _is_bias(part, symbol) else low) for symbol in network.parameters}
        yield NetworkData(tuple(rows), parameters, dict.fromkeys(part.objective.constants, Fraction(1, 10)))


def _is_bias(part: Part, symbol: Symbol) -> bool:
    return part.network.quantities[symbol.name].role in {Role.BIAS, Role.SHARED_BIAS}


def _targets(part: Part, place: int) -> list[Fraction]:
    """Return targets of a kind that fits the loss: of one class, alternately 1 and 0, or 1 and -1."""
    network = part.network
    count = len(network.targets)
    if network.targets_sum_to_one or network.target_kind == "one_hot":
        return [Fraction(int(unit == place % count)) for unit in range(count)]
    other = -1 if network.target_kind == "signs" else 0
    return [Fraction(1 if (unit + place) % 2 == 0 else other) for unit in range(count)]
