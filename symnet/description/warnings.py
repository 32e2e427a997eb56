"""What is allowed in a description but hardly meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from symnet.catalog.activations import ACTIVATIONS
from symnet.description import fields
from symnet.description.layers import START_SLOPE, ActivationNames
from symnet.description.network import Description, Exercise
from symnet.description.sorts import is_graph
from symnet.description.source import Flaw, printable

if TYPE_CHECKING:
    from symnet.description.graph import GraphDescription

_SYMBOLIC = "; the sheet stays symbolic."


def description_warnings(description: Exercise) -> tuple[str, ...]:
    """The warnings about a description, each with its place, as sentences."""
    found: Iterator[Flaw] = iter(())
    if is_graph(description):
        found = _of_graph(description)
    elif isinstance(description, Description):
        found = _of_network(description)
    return tuple(f"{_place(description, flaw)}: {flaw.found}{flaw.hint}" for flaw in found)


def _of_network(description: Description) -> Iterator[Flaw]:
    yield from _numbers_missing(description)
    yield from _open_strengths(description)
    yield from _start_slopes(description)
    yield from _strange_outputs(description)
    yield from _not_normalized(description)
    yield from _no_logarithms(description)


def _no_logarithms(description: Description) -> Iterator[Flaw]:
    """Probabilities where their logarithms are meant."""
    entry = ACTIVATIONS.get(description.layers[-1].activation)
    if entry is None or entry.range != "unit_interval":
        return
    for index, choice in enumerate(description.loss):
        if choice.kind == "negative_log_likelihood":
            hint = ", whose values are no logarithms: a cross-entropy takes probabilities."
            yield Flaw(("loss", index, "kind"), f"{choice.kind} after {entry.name}", "", hint)


def _numbers_missing(description: Description) -> Iterator[Flaw]:
    """Keys that have no effect without others."""
    data, parameters = description.data is not None, description.parameters is not None
    if data and not parameters:
        yield Flaw(("data",), "data without parameters", "", _SYMBOLIC)
    if parameters and not data:
        yield Flaw(("parameters",), "parameters without data", "", _SYMBOLIC)


def _open_strengths(description: Description) -> Iterator[Flaw]:
    """Strengths without a value where all else has one."""
    open_names = [name for name in description.strength_names if name not in (description.at or {})]
    if open_names and description.data is not None and description.parameters is not None:
        found = f"no value for {', '.join(open_names)} under the key at"
        yield Flaw(("regularization",), found, "", _SYMBOLIC)


def _start_slopes(description: Description) -> Iterator[Flaw]:
    """Learned slopes that start where nobody said."""
    for index, (layer, entry) in enumerate(zip(description.layers, description.parameters or (), strict=False)):
        if layer.learned and "alpha" not in entry.model_fields_set:
            hint = f"; the learned slope of layer {index + 1} starts from {START_SLOPE}."
            yield Flaw(("parameters", index), f"no alpha for {layer.activation}", "", hint)


def _strange_outputs(description: Description) -> Iterator[Flaw]:
    """Losses whose outputs are not where they should be: in logarithms no probabilities, under a margin no raw ones."""
    for index, choice in enumerate(description.loss):
        for path, one, outputs in choice.parts:
            wanted = one.entry.outputs if one.entry else "any"
            strange = [name for name in _activations_of(description, outputs) if not _fits(wanted, name)]
            if strange:
                shown = printable(strange[0])
                found = f"{one.kind} after {shown}"
                yield Flaw(("loss", index, *path, "kind"), found, "", _STRANGE[wanted].format(shown))


_STRANGE: Mapping[str, str] = {
    "unit_interval": ": the values of {} need not lie between 0 and 1, where this loss is defined.",
    "positive": ": the values of {} need not be positive, where this loss is defined.",
    "raw": ": this loss is meant for raw outputs, so the last activation should be identity.",
}


def _activations_of(description: Description, outputs: tuple[int, ...] | None) -> tuple[str, ...]:
    """The activations of some outputs, or of all."""
    activation = description.layers[-1].activation
    if not isinstance(activation, ActivationNames):
        return (activation,)
    return activation.names if outputs is None else tuple(activation.names[output - 1] for output in outputs)


def _fits(wanted: str, activation: str) -> bool:
    """Whether the values of an activation lie where a loss wants them."""
    entry = ACTIVATIONS.get(activation)
    if wanted == "raw":
        return activation == "identity"
    if wanted == "positive":
        return entry is None or entry.range == "unit_interval" or activation == "softplus"
    return wanted == "any" or (entry is not None and entry.range == "unit_interval")


def _not_normalized(description: Description) -> Iterator[Flaw]:
    """Targets that should be a distribution over the classes, and are none."""
    names = [choice.kind for choice in description.loss if choice.entry and choice.entry.normalized]
    activation = description.layers[-1].activation
    entry = ACTIVATIONS.get(activation)
    if not names or description.data is None or entry is None or not entry.couples:
        return
    hint = f": the delta of {activation} under {names[0]} is output minus target only if they sum to 1."
    rows = [(index, sum(row, Fraction(0))) for index, row in enumerate(description.data.targets)]
    for index, total in [row for row in rows if row[1] != 1][:3]:
        yield Flaw(("data", "targets", index), f"targets that sum to {fields.write_number(total)}", "", hint)


def _of_graph(description: GraphDescription) -> Iterator[Flaw]:
    graph = description.graph
    needed, used = graph.needed_keys, {name for names in graph.uses.values() for name in names}
    for name in graph.nodes:
        if name not in needed:
            hint = f": {graph.output} does not depend on it, so it has no derivative."
            yield Flaw(("graph", "nodes", name), f"node {name} is unused", "", hint)
    for index, name in enumerate(graph.inputs):
        if name not in used:
            hint = ": every derivative with respect to it is 0."
            place = name if isinstance(graph.inputs, Mapping) else index
            yield Flaw(("graph", "inputs", place), f"unused input {name}", "", hint)


def _place(description: Exercise, flaw: Flaw) -> str:
    problem = description.problem(flaw.path, flaw.found, flaw.allowed)
    line = "" if problem.line is None else f":{problem.line}:{problem.column}"
    return f"{description.source_name}{line}: {problem.where}"
