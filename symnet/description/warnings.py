"""What is allowed in a description but hardly meant."""

from __future__ import annotations

from fractions import Fraction

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.description import number
from symnet.description.checks import Flaw
from symnet.description.model import Description


def description_warnings(description: Description) -> tuple[str, ...]:
    """The warnings about a description, each with its place, as sentences."""
    return tuple(
        f"{_place(description, flaw)}: found {flaw.found}. {flaw.hint}"
        for flaw in (*_half_given(description), *_out_of_range(description), *_not_normalized(description))
    )


def _half_given(description: Description) -> list[Flaw]:
    """Keys that have no effect without others."""
    data, parameters = description.data is not None, description.parameters is not None
    found = []
    if data and not parameters:
        found.append(Flaw(("data",), "data without parameters", "", "The sheet stays symbolic."))
    if parameters and not data:
        found.append(Flaw(("parameters",), "parameters without data", "", "The sheet stays symbolic."))
    if description.training and not (data and parameters):
        hint = "Only the general update rule is printed."
        found.append(Flaw(("training",), "training without data and parameters", "", hint))
    return found


def _out_of_range(description: Description) -> list[Flaw]:
    """Losses that take logarithms of outputs which need not be probabilities."""
    activation = description.layers[-1].activation
    if ACTIVATIONS[activation].range == "unit_interval":
        return []
    hint = f"The values of {activation} need not lie between 0 and 1, where this loss is defined."
    return [
        Flaw(("loss", index, "kind"), f"{choice.kind} after {activation}", "", hint)
        for index, choice in enumerate(description.loss)
        if LOSSES[choice.kind].outputs == "unit_interval"
    ]


def _not_normalized(description: Description) -> list[Flaw]:
    """Targets that are taken for a distribution over the classes, and are none."""
    names = [choice.kind for choice in description.loss if LOSSES[choice.kind].normalized]
    activation = description.layers[-1].activation
    if not names or description.data is None or not ACTIVATIONS[activation].couples:
        return []
    hint = f"The delta of {activation} under {names[0]} is output minus target only where they sum to 1."
    return [
        Flaw(("data", "targets", index), f"targets that sum to {number.write(sum(row, Fraction(0)))}", "", hint)
        for index, row in enumerate(description.data.targets)
        if sum(row) != 1
    ][:3]


def _place(description: Description, flaw: Flaw) -> str:
    problem = description.problem(flaw.path, flaw.found, flaw.allowed)
    line = "" if problem.line is None else f":{problem.line}:{problem.column}"
    return f"{description.source_name}{line}: {problem.where}"
