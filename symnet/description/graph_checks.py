"""What the keys of a graph's description demand of one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from symnet.description.checking import Check
from symnet.description.data import one_precision
from symnet.description.refusal import near_miss
from symnet.description.source import Flaw, printable
from symnet.description.training_checks import rate_needed, unknown_states

if TYPE_CHECKING:
    from symnet.description.graph import Graph
    from symnet.description.training import Training


def _values(graph: Graph, at: Mapping[str, Fraction]) -> Iterator[Flaw]:
    """Numbers are for all inputs, and for inputs alone."""
    for name in at:
        if name not in graph.inputs:
            hint = "It is computed from the inputs." if name in graph.nodes else near_miss(name, graph.inputs)
            found = f'the unknown input "{printable(name)}"'
            yield Flaw(("at", name), found, _listed(graph.inputs), hint, at_key=True)
    missing = tuple(name for name in graph.inputs if name not in at)
    if missing:
        found = f"no number for {_listed(missing)}"
        yield Flaw(("at",), found, "a number for every input", "Without the key at, everything stays symbolic.")


def _state(graph: Graph, training: Training) -> Iterator[Flaw]:
    yield from unknown_states(training, graph.chosen(trained=True))


def _network_keys(training: Training) -> Iterator[Flaw]:
    """A graph has neither samples nor biases."""
    for key, thing in (("batch", "samples"), ("update_biases", "biases")):
        if key in training.model_fields_set:
            yield Flaw(("training", key), f'the key "{key}"', f"no such key: a graph has no {thing}", at_key=True)


def _listed(names: tuple[str, ...]) -> str:
    return printable(", ".join(names), 200)


GRAPH_CHECKS = (
    Check(("graph", "at"), _values),
    Check(("at", "training"), rate_needed),
    Check(("graph", "training"), _state),
    Check(("training",), _network_keys),
    Check(("numbers",), one_precision),
)
