"""The program on one page: from a description to the worked exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from typing import Literal

from symnet.derive import derive
from symnet.description import description_warnings, load
from symnet.description.model import Description
from symnet.errors import DescriptionError, Problem
from symnet.evaluate import Evaluation, UndefinedAtError, evaluate
from symnet.expand import LONGEST
from symnet.network import Network, build_network
from symnet.verify import can_be_composed, verify
from symnet.worked import Part, Worked

Verification = Literal["quick", "full"]
# How many stages there are for each loss.
STAGES = 3


def solve(
    source: str | PathLike[str] | Mapping[str, object] | Description,
    verification: Verification = "quick",
    stage: Callable[[str], None] = lambda _text: None,
) -> Worked:
    """Return the worked exercise: every derivative derived, checked and, where there are data, evaluated.

    Args:
        source: The path of a description, or a description as a mapping or a record.
        verification: ``quick`` compares with 50-digit differences; ``full`` asks ``sympy.diff`` as well.
        stage: Is told what is being done, for showing it.

    Raises:
        DescriptionError: If the description cannot be used, with everything that is wrong with it.
        CheckFailedError: If a derivation does not pass its own check.
    """
    description = load(source)
    parts = tuple(_part(description, choice.kind, verification, stage) for choice in description.loss)
    left_out = tuple(_left_out(parts)) if verification == "full" else ()
    return Worked(description, parts, description_warnings(description) + left_out)


def _left_out(parts: tuple[Part, ...]) -> Iterator[str]:
    """Yield a warning for each part whose loss is too long for sympy.diff to be asked."""
    for part in parts:
        if not can_be_composed(part.network):
            yield (
                f"{part.loss_name}: sympy.diff is not asked, since the loss in inputs, targets and parameters alone "
                f"would have more than {LONGEST:,} characters. The other checks were made."
            )


def _part(description: Description, loss_name: str, verification: Verification, stage: Callable[[str], None]) -> Part:
    network = build_network(description, loss_name)
    stage(f"deriving {loss_name}")
    gradient = derive(network)
    stage(f"checking {loss_name}")
    report = verify(gradient, full=verification == "full")
    stage(f"evaluating {loss_name}")
    evaluation = _evaluation(network, description)
    return Part(loss_name, description.notation, network, gradient, evaluation, report)


def _evaluation(network: Network, description: Description) -> Evaluation | None:
    if description.data is None or description.parameters is None:
        return None
    try:
        return evaluate(network, description)
    except UndefinedAtError as error:
        raise DescriptionError(description.source_name, (_problem(description, network.loss_name, error),)) from None


def _problem(description: Description, loss_name: str, error: UndefinedAtError) -> Problem:
    """Return what is wrong with a sample, or with a training that leads to where there is no value."""
    if error.steps:
        return description.problem(
            ("training", "learning_rate"),
            f"training in which, after step {error.steps}, {loss_name} has no real finite value: {error}",
            "a learning rate and a number of steps with which every value stays real and finite",
            "Take a smaller learning rate, or fewer steps.",
        )
    return description.problem(
        ("data", "inputs", error.sample),
        f"a sample whose {loss_name} has no real finite value: {error}",
        "samples and parameters for which every value is a real, finite number",
        "Change the sample, the parameters or the last activation.",
    )
