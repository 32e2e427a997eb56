"""What is allowed in a description but hardly meant."""

from __future__ import annotations

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.description.checks import Flaw
from symnet.description.model import Description


def description_warnings(description: Description) -> tuple[str, ...]:
    """The warnings about a description, each with its place, as sentences."""
    return tuple(
        f"{_place(description, flaw)}: found {flaw.found}. {flaw.hint}"
        for flaw in (*_half_given(description), *_out_of_range(description))
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


def _place(description: Description, flaw: Flaw) -> str:
    problem = description.problem(flaw.path, flaw.found, flaw.allowed)
    line = "" if problem.line is None else f":{problem.line}:{problem.column}"
    return f"{description.source_name}{line}: {problem.where}"
