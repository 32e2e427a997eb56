"""The program on one page: from a description to the worked exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING, Literal, NamedTuple

from sympy import Symbol

from symnet.derivation.backward import derive
from symnet.derivation.objective import Objective, derive_objective, loss_id, plain_objective
from symnet.derivation.steps import Gradient
from symnet.description.load import load
from symnet.description.network import Description, Exercise
from symnet.description.sorts import is_graph, is_of_arrays
from symnet.description.source import KeyPath
from symnet.description.warnings import description_warnings
from symnet.errors import DescriptionError, NoPointError, Problem
from symnet.limits import LONGEST_COMPOSED, LONGEST_EXPANDED, MOST_NEWTON, MOST_SECOND
from symnet.network.build import build_graph, build_network
from symnet.network.data import NetworkData, network_data
from symnet.network.graph import Network
from symnet.remember import Remembered
from symnet.verification.verify import Check, CheckReport, can_be_composed, verify
from symnet.worked import Part, Worked

if TYPE_CHECKING:
    from symnet.derivation.second import Hessian
    from symnet.numerics.direct import Value
    from symnet.numerics.evaluate import Evaluation, UndefinedAtError

Verification = Literal["quick", "full"]
# How many stages there are for each loss.
STAGES = 3


def solve(
    source: str | PathLike[str] | Mapping[str, object] | Exercise,
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
    parts = tuple(_part(description, network, verification, stage) for network in networks(description))
    left_out = tuple(_left_out(parts)) if verification == "full" else ()
    return Worked(description, parts, description_warnings(description) + left_out)


def networks(description: Exercise) -> Iterator[Network]:
    """Yield the network of each loss of ``description``, or the one that a graph is."""
    if is_graph(description):
        for graph in description.graph.by_output:
            yield build_graph(description.model_copy(update={"graph": graph}))
    elif is_of_arrays(description):
        # With all kinds of layers that most exercises have none of.
        from symnet.network.lowered import build_lowered

        for choice in description.loss:
            yield build_lowered(description, choice, loss_id(description))
    elif isinstance(description, Description):
        for choice in description.loss:
            yield build_network(description, choice, loss_id(description))


def _part(description: Exercise, network: Network, verification: Verification, stage: Callable[[str], None]) -> Part:
    stage(f"deriving {network.loss_name}")
    gradient = derive(network)
    if isinstance(description, Description):
        objective = derive_objective(gradient, description)
    else:
        objective = plain_objective(gradient)
    data = network_data(network, description, objective.constants)
    stage(f"checking {network.loss_name}")
    near = {**data.rows[0], **data.parameters} if data is not None else None
    try:
        report = verify(gradient, objective, near, full=verification == "full")
    except NoPointError as error:
        raise DescriptionError(description.source_name, (_nowhere(description, error),)) from None
    stage(f"evaluating {network.loss_name}")
    name, language = network.loss_name, description.language
    derived = Part(name, description.profile, network, gradient, objective, None, None, report, language=language)
    derived = _with_hessians(derived, description, near)
    return derived if data is None else _with_data(derived, data, description)


def _with_hessians(part: Part, description: Exercise, near: Mapping[Symbol, Value] | None) -> Part:
    """Return a part with the second derivatives that are asked for, and those that training needs."""
    named, numbers = description.seconds
    known = tuple(leaf.name for leaf in part.network.leaves)
    everything = isinstance(description, Description) and description.second_derivatives is True
    wanted, trained = known if everything else named, _differentiated_twice(part, description)
    checks: list[Check] = []
    if wanted:
        asked = _Seconds(description, description.seconds_key, wanted, numbers, MOST_SECOND)
        part = replace(part, hessian=asked.hessian(part, near, checks))
    if trained:
        needed, hessian = _Seconds(description, ("training", "optimizer"), trained, {}, MOST_NEWTON), part.hessian
        if hessian is None or not {Symbol(name) for name in trained} <= set(hessian.leaves):
            hessian = needed.hessian(part, near, checks)
        objective = part.objective._replace(hessian=hessian)
        part = replace(part, objective=objective, hessian=part.hessian or hessian)
    return replace(part, report=CheckReport((*part.report.checks, *checks))) if checks else part


def _differentiated_twice(part: Part, description: Exercise) -> tuple[str, ...]:
    """Return the ids of the parameters whose second derivatives training needs; none for most optimizers."""
    training = description.training
    if training is None or training.rule.hessian is None:
        return ()
    # Only what is trained needs it.
    from symnet.numerics.training import updated_parameters

    return tuple(symbol.name for symbol in updated_parameters(part.network, training))


class _Seconds(NamedTuple):
    """Second derivatives that a description asks for.

    Attributes:
        description: The description.
        key: Where it asks for them.
        wanted: The ids of what they are with respect to.
        numbers: What their matrix is multiplied by, if anything.
        most: How many ids there may be.
    """

    description: Exercise
    key: KeyPath
    wanted: tuple[str, ...]
    numbers: Mapping[str, Fraction]
    most: int

    def hessian(self, part: Part, near: Mapping[Symbol, Value] | None, checks: list[Check]) -> Hessian:
        """Return them derived; their check is added to the others.

        Raises:
            DescriptionError: If they are too many, too long or none at all.
        """
        # Only few exercises have them.
        from symnet.derivation.second import composed_length, hessian_of
        from symnet.verification.second import verify_hessian

        known = tuple(leaf.name for leaf in part.network.leaves)
        if len(self.wanted) > self.most or not set(self.wanted) <= set(known):
            found = f"second derivatives with respect to {', '.join(self.wanted[:20])}"
            allowed = f"at most {self.most} of the parameters {', '.join(known[:20])}"
            raise self.refused(found, allowed, "Name them in a list.")
        length = composed_length(part.network)
        if length > LONGEST_COMPOSED:
            found = f"second derivatives of a loss that has {length} characters in its leaves alone"
            hint = "Take a smaller network, or the Hessian of a part of it."
            raise self.refused(found, f"at most {LONGEST_COMPOSED}", hint)
        direction = {Symbol(name): number for name, number in self.numbers.items()}
        hessian = hessian_of(part.network, part.objective.penalty, tuple(map(Symbol, self.wanted)), direction)
        try:
            checks.append(verify_hessian(part.network, hessian, near))
        except NoPointError as error:
            raise DescriptionError(self.description.source_name, (_nowhere(self.description, error),)) from None
        return hessian

    def refused(self, found: str, allowed: str, hint: str) -> DescriptionError:
        """Return what is wrong with them."""
        place = self.description.problem(self.key, found, allowed, hint)
        return DescriptionError(self.description.source_name, (place,))


def with_numbers(worked: Worked, description: Exercise, steps: int | None = None, *, later: bool = False) -> Worked:
    """Return the same derivatives with the numbers of another description, which differs in numbers alone.

    Args:
        worked: The exercise, derived and checked.
        description: The same network and losses with other samples, parameters or training.
        steps: How many steps of its training are worked out; None for all.
        later: Whether the later steps are to have numbers as well.

    Raises:
        DescriptionError: If there is a value that is not real and finite.
    """
    parts, evaluated = [], description if later else _with_steps(description, steps)
    for part in worked.parts:
        data = network_data(part.network, description, part.objective.constants)
        parts.append(part if data is None else _with_data(part, data, evaluated, steps))
    return Worked(description, tuple(parts), description_warnings(description))


def _with_steps(description: Exercise, steps: int | None) -> Exercise:
    """Return a description with no more training steps than these."""
    training = description.training
    if training is None or steps is None or training.steps <= steps:
        return description
    fewer = _SHORTENED.once(training, steps, lambda: training.model_copy(update={"steps": steps}))
    return description.model_copy(update={"training": fewer})


# Trainings of fewer steps: sheets of a class share one, and what is made of it.
_SHORTENED = Remembered(16)


def _with_data(part: Part, data: NetworkData, description: Exercise, steps: int | None = None) -> Part:
    evaluation = _evaluation(part.network, data, part.objective, description, steps)
    return part.at(data, evaluation, _on_paper(part.gradient, part.objective, data, description))


def _evaluation(
    network: Network, data: NetworkData, objective: Objective, description: Exercise, steps: int | None = None
) -> Evaluation:
    # Only what has numbers needs it.
    from symnet.numerics.evaluate import UndefinedAtError, evaluate

    try:
        return evaluate(network, data, objective, description.training, steps)
    except UndefinedAtError as error:
        raise DescriptionError(description.source_name, (_undefined(description, network, error),)) from None


def _on_paper(gradient: Gradient, objective: Objective, data: NetworkData, description: Exercise) -> Evaluation | None:
    """Return all numbers as they come out on paper, where that is asked for."""
    if description.numbers.arithmetic != "paper":
        return None
    from symnet.numerics.evaluate import UndefinedAtError
    from symnet.numerics.format import Form
    from symnet.numerics.paper import on_paper

    try:
        return on_paper(gradient, objective, data, description.training, Form.of(description.numbers))
    except UndefinedAtError as error:
        raise DescriptionError(description.source_name, (_too_rough(description, error),)) from None


def _too_rough(description: Exercise, error: UndefinedAtError) -> Problem:
    """Return what is wrong with arithmetic on paper that rounds to where there is no value."""
    when = f" after training step {error.steps}" if error.steps else ""
    return description.problem(
        ("numbers", "arithmetic"),
        f"paper, with which, in sample {error.sample + 1}{when}, {error}",
        "paper where every value stays real and finite when it is rounded, or exact",
        "Take more decimals or significant digits, or arithmetic: exact.",
    )


def _undefined(description: Exercise, network: Network, error: UndefinedAtError) -> Problem:
    """Return what is wrong with a sample, or with a training that leads to where there is no value."""
    if error.singular:
        return description.problem(
            ("training", "optimizer"),
            f"newton, of which step {error.steps} has a singular Hessian of {network.loss_name}",
            "parameters at which the Hessian has an inverse",
            "Start elsewhere, give more samples, update fewer parameters, or add damping: 0.1.",
        )
    if error.steps:
        return description.problem(
            ("training", "learning_rate"),
            f"training in which, after step {error.steps}, {network.loss_name} has no real finite value: {error}",
            "a learning rate and a number of steps with which every value stays real and finite",
            "Take a smaller learning rate, or fewer steps.",
        )
    if network.is_graph:
        unnamed = "" if network.parameters else f" or, with parameters: [{network.inputs[0].name}], ask for fewer"
        return description.problem(
            ("at",),
            f"numbers at which the graph has no real finite value: {error}",
            "numbers for which every node and every derivative that is asked for is a real, finite number",
            f"Change the numbers or the expressions{unnamed}.",
        )
    return description.problem(
        ("data", "inputs", error.sample),
        f"a sample whose {network.loss_name} has no real finite value: {error}",
        "samples and parameters for which every value is a real, finite number",
        "Change the sample, the parameters or the last activation.",
    )


def _nowhere(description: Exercise, error: NoPointError) -> Problem:
    """Return what is wrong where no random point has a value."""
    where = "graph" if is_graph(description) else "loss"
    hint = "Look for logarithms and roots of negative numbers, and divisions by 0."
    return description.problem((where,), str(error), "expressions that have real, finite values somewhere", hint)


def _left_out(parts: tuple[Part, ...]) -> Iterator[str]:
    """Yield a warning for each part whose loss is too long for sympy.diff to be asked."""
    for part in parts:
        if not can_be_composed(part.network):
            yield (
                f"{part.loss_name}: sympy.diff is not asked, since the loss in inputs, targets and parameters alone "
                f"would have more than {LONGEST_EXPANDED:,} characters. The other checks were made."
            )
