"""The left sides of answers that take an array at once, and how a sheet writes them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from sympy import Symbol

from symnet.arrays.tree import Shape
from symnet.catalog.optimizers import PARAMETER, updated
from symnet.layout.tree import Layout
from symnet.marking.array_names import ArrayVocabulary
from symnet.sheets.array_updates import ArrayTraining
from symnet.sheets.arrays import shape_of
from symnet.sheets.names import of_adjoint, of_gradient, of_node
from symnet.sheets.sheet import Sheet
from symnet.text.say import as_text, say
from symnet.typeset.arrays import ArrayWriter
from symnet.worked import Part, Worked


def whole_arrays(worked: Worked, part: Part) -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Return by the ids of their entries arrays and derivatives with respect to them: left side and notation.

    Args:
        worked: The exercise.
        part: The loss.
    """
    graph = part.network.arrays
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    if graph is None:
        return found
    known, writer = ArrayVocabulary(worked, part).array_ids, ArrayWriter.of(part.network, part.notation)
    adjoints, leaves, loss = part.gradient.adjoints, part.gradient.leaves, graph.output.removesuffix("@i")
    for name in filter(known.__contains__, (*graph.inputs, *graph.nodes)):
        shape, symbols = graph.shape(name), tuple(map(Symbol, graph.ids(name)))
        value, derivative = (_with_shape(one, shape) for one in (writer.names(name), writer.derivative(name)))
        of = of_adjoint if adjoints.keys() >= set(symbols) else of_gradient if leaves.keys() >= set(symbols) else None
        for sample in (None, *range(1, worked.samples + 1)):
            mark = "" if sample is None else f"@{sample}"
            if f"{name}{mark}" in known:
                found[tuple(one for symbol in symbols for one in of_node(symbol, sample))] = f"{name}{mark}", value
            if of is not None and (of is of_gradient or f"{name}{mark}" in known):
                left = f"d{loss}{mark}/d{name}" if of is of_gradient else f"d{loss}/d{name}{mark}"
                found[tuple(one for symbol in symbols for one in of(part, symbol, sample))] = left, derivative
    return {**found, **dict(_trained(worked, part, known))}


def _trained(worked: Worked, part: Part, known: Container[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    """Yield the ids of what a training step makes of arrays, and of what is kept of each: left side and notation."""
    training = worked.description.training
    of_arrays = None if training is None else ArrayTraining.of(Sheet.of(part, worked.description), training)
    if of_arrays is None:
        return
    for name in filter(known.__contains__, of_arrays.names):
        written, shape = of_arrays.letters(name), of_arrays.shape(name)
        after = written[updated(PARAMETER).name]
        yield of_arrays.of_update(name), (f"{name}'", _with_shape(after, shape))
        for state in of_arrays.own_states:
            left = f"{state.name}({name})'"
            yield (
                of_arrays.of_state(name, state.symbol, 1),
                (left, _with_shape(written[updated(state.symbol).name], shape)),
            )


def _with_shape(array: Layout, shape: Shape) -> str:
    return as_text(say("answers.array", array=array, shape=shape_of(shape)))
