"""The questions of a graph over time: one step of each derivative, and tables with a column for each step."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.arrays.unroll import instance_name
from symnet.document import AnswerBlank, Block, Heading, Inline, Line, Question
from symnet.sheets.arrays import array_data, derivation, kinks_of_arrays, objective_of_arrays, valued
from symnet.sheets.names import of_adjoint, of_node
from symnet.sheets.numbers import worked_samples
from symnet.sheets.questions.asker import sections
from symnet.sheets.questions.drafts import Drafted, as_answer, lines_of, question
from symnet.sheets.time import (
    StepEntry,
    TimeSheet,
    Values,
    backward_entries,
    derivative_of,
    forward_entries,
    spans,
    step_table,
    time_graph_section,
)
from symnet.text.say import in_a_row, say

if TYPE_CHECKING:
    from symnet.numerics.direct import Value
    from symnet.numerics.evaluate import Evaluation, Sample


def time_introduction(over_time: TimeSheet, asks: Container[str], cells: Sequence[str]) -> Iterator[Block]:
    """Yield the graph as it is given: every equation once with the index of time.

    Args:
        over_time: The graph.
        asks: What is asked for; a drawing that is asked for is not printed.
        cells: The kinds of its cells, a GRU with the place of its reset gate.
    """
    for block in time_graph_section(over_time, cells, drawn="draw" not in asks):
        if not isinstance(block, Heading):
            yield block


def time_nodes_question(over_time: TimeSheet) -> Iterator[Question]:
    """Yield the question for the derivatives with respect to every node, each rule at one step at which it holds.

    Args:
        over_time: The graph.
    """
    arrays = over_time.arrays
    names = list(_told_once(over_time))
    key = "question.nodes" if over_time.is_of_numbers else "question.array_nodes"
    prompt = say(key, output=over_time.write.names(over_time.graph.output))
    if len(names) < len(arrays.needed):
        prompt = in_a_row(prompt, say("worksheet.likewise"))
    lines = tuple(line for name in names for line in derivation(arrays, name))
    yield from question(prompt, [Drafted((), as_answer(lines, "lines"))], tuple(kinks_of_arrays(arrays)))


def _told_once(over_time: TimeSheet) -> Iterator[str]:
    """Yield the nodes whose derivatives are asked for: of each rule the latest step, the last of all first."""
    arrays = over_time.arrays
    latest = {
        instance_name(family, max(case.times))
        for family, steps in over_time.needed.items()
        for case in (
            case._replace(times=tuple(step for step in case.times if step in steps))
            for case in over_time.derivation.rules[family].cases
        )
        if case.times and case.tree is not None
    }
    yield from (name for name in arrays.needed if name in latest or name not in over_time.time.nodes)


def time_inputs_question(over_time: TimeSheet, prompt: Inline) -> Iterator[Question]:
    """Yield the question for the derivatives with respect to every parameter, those of shared ones as sums over time.

    Args:
        over_time: The graph.
        prompt: What is asked.
    """
    arrays = over_time.arrays
    lines: list[Line] = []
    for name in arrays.wanted:
        if name in over_time.derivation.shared:
            ids = arrays.of_derivative(name)
            lines.append(Line(arrays.derivative(name), "=", derivative_of(over_time, name), of=ids, about=name))
        else:
            lines += derivation(arrays, name)
    yield from question(prompt, [Drafted((), as_answer(tuple(lines), "lines"))], tuple(kinks_of_arrays(arrays)))


def time_passes_drafted(over_time: TimeSheet, evaluation: Evaluation) -> Iterator[Drafted]:
    """Yield the parts of a question for both passes in numbers, a column for each step.

    Args:
        over_time: The graph.
        evaluation: Its numbers.
    """
    arrays = over_time.arrays
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    for number, sample in worked_samples(evaluation):
        parts = list(_passes(over_time, sample, number if several else None))
        if several:
            own = array_data(arrays, sample, filter(arrays.is_sampled, over_time.graph.inputs))
            answers = tuple(answer for part in parts for answer in part.answers)
            yield Drafted(say("question.sample", number=str(number)), answers, (own,))
        else:
            yield from parts
    for title, blocks in sections(objective_of_arrays(arrays, evaluation)):
        lines = tuple(line for block in blocks for line in lines_of(block))
        yield Drafted(title.content, as_answer(lines, "lines"))


def _passes(over_time: TimeSheet, sample: Sample, number: int | None) -> Iterator[Drafted]:
    """Yield both passes of a sample, and what comes of them for the parameters."""
    arrays, part = over_time.arrays, over_time.arrays.sheet.part
    known = {**sample.gradients, **sample.adjoints}
    zero = arrays.sheet.exactly(Fraction(0))
    forward = _in_steps(over_time, _worked(over_time), sample.values.__getitem__, partial(of_node, sample=number))
    lines = []
    for name in over_time.timeless:
        if name in over_time.graph.nodes:
            layout, exact = arrays.matrix(name, sample.values.__getitem__)
            line = valued(over_time.write.names(name), over_time.write(over_time.graph.nodes[name]), layout, exact)
            of = tuple(one for entry in arrays.ids(name) for one in of_node(Symbol(entry), number))
            lines.append(line._replace(of=of, about=name))
    yield Drafted(say("pass.forward.steps"), (*forward, *as_answer(tuple(lines), "lines")))

    def ids(symbol: Symbol) -> tuple[str, ...]:
        return of_adjoint(part, symbol, number) if symbol in part.gradient.adjoints else ()

    def value(symbol: Symbol) -> Value:
        return known.get(symbol, zero)

    entries = list(backward_entries(over_time))
    free = [name for name in arrays.needed if name not in over_time.time.nodes]
    backward = (*_of_arrays(over_time, free, value, number), *_in_steps(over_time, entries, value, ids))
    yield Drafted(say("pass.backward.steps"), backward)
    yield Drafted(say("compact.gradients"), _of_arrays(over_time, arrays.wanted, value, number))


def _worked(over_time: TimeSheet) -> list[StepEntry]:
    """Return the entries of the forward pass at the steps at which they are worked out, and not given."""
    graph = over_time.graph

    def is_worked(family: str, step: int) -> bool:
        tree = graph.nodes.get(instance_name(family, step))
        return tree is not None and tree.kind != "constant"

    found = (
        entry._replace(symbols={step: one for step, one in entry.symbols.items() if is_worked(entry.family, step)})
        for entry in forward_entries(over_time)
    )
    return [entry for entry in found if entry.symbols]


def _in_steps(
    over_time: TimeSheet, entries: Sequence[StepEntry], values: Values, ids: Callable[[Symbol], tuple[str, ...]]
) -> tuple[AnswerBlank, ...]:
    """Return tables to fill in, a row for each entry and a column for each step."""
    found = []
    for steps in spans(entries):
        shown = [entry for entry in entries if entry.is_at(steps)]
        asked = tuple(
            tuple(one for step in steps if step in entry.symbols for one in ids(entry.symbols[step])) for entry in shown
        )
        found.append(AnswerBlank(step_table(over_time, shown, steps, values), "cells", asked))
    return tuple(found)


def _of_arrays(
    over_time: TimeSheet, names: Iterable[str], values: Values, number: int | None
) -> tuple[AnswerBlank, ...]:
    """Return the derivatives with respect to whole arrays, a box for each number."""
    arrays = over_time.arrays
    lines = []
    for name in names:
        layout, exact = arrays.matrix(name, values)
        line = valued(arrays.derivative(name), derivative_of(over_time, name), layout, exact)
        lines.append(line._replace(of=arrays.of_derivative(name, number), about=name))
    return as_answer(tuple(lines), "lines")
