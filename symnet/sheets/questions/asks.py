"""What can be asked for, by its word: once for all losses, with each of them, and of a graph, and of one of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from symnet.description.network import Exercise
from symnet.document import Question
from symnet.sheets.questions.arrays import (
    array_inputs_question,
    array_nodes_question,
    array_numbers_question,
    draw_arrays_question,
    shapes_question,
)
from symnet.sheets.questions.asker import Asker
from symnet.sheets.questions.graph import (
    draw_graph_question,
    graph_numbers_question,
    inputs_question,
    local_question,
    nodes_question,
    paths_question,
)
from symnet.sheets.questions.network import (
    deltas_question,
    derivatives_question,
    draw_question,
    forward_question,
    gradients_question,
    loss_question,
    objective_question,
    size_question,
)
from symnet.sheets.questions.numbers import backward_numbers_question, forward_numbers_question
from symnet.sheets.questions.training import update_question

Ask: TypeAlias = Callable[[Asker, Exercise], Iterator[Question]]

SHARED: Mapping[str, Ask] = MappingProxyType(
    {
        "draw": draw_question,
        "size": size_question,
        "forward": forward_question,
        "derivatives": derivatives_question,
        "numbers": forward_numbers_question,
    }
)

OWN: Mapping[str, Ask] = MappingProxyType(
    {
        "loss": loss_question,
        "deltas": deltas_question,
        "gradients": gradients_question,
        "objective": objective_question,
        "numbers": backward_numbers_question,
        "updates": update_question,
    }
)

OF_GRAPH: Mapping[str, Ask] = MappingProxyType(
    {
        "draw": draw_graph_question,
        "size": paths_question,
        "derivatives": local_question,
        "deltas": nodes_question,
        "gradients": inputs_question,
        "numbers": graph_numbers_question,
        "updates": update_question,
    }
)

OF_EACH_OUTPUT = frozenset(("deltas", "gradients"))
"""What is asked of a graph with each of several outputs."""

OF_ARRAYS: Mapping[str, Ask] = MappingProxyType(
    {
        "draw": draw_arrays_question,
        "size": shapes_question,
        "deltas": array_nodes_question,
        "gradients": array_inputs_question,
        "numbers": array_numbers_question,
        "updates": update_question,
    }
)

OF_NO_NUMBER = frozenset({"draw", "size", "forward", "derivatives", "loss", "deltas", "gradients", "objective"})
"""What is asked in the same words, with the same answers, whatever the numbers are."""
