"""The forward mode of a network of dense layers on a sheet: a pass for each parameter that is a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.algebra.nodes import PathSum, plain_text
from symnet.derivation.expand import InOrder, adjoint_definitions
from symnet.derivation.forward import tangent
from symnet.document import Block, Heading, Inline, Line, LineKind, Note, Paragraph, Table, Working
from symnet.layout.tree import Fence, Layout, Operator
from symnet.limits import MOST_SEEDS
from symnet.network.graph import NodeKind
from symnet.numerics.direct import Value
from symnet.sheets.compact_numbers import forward_of_sample, telling_sample
from symnet.sheets.compact_results import result_box
from symnet.sheets.compact_styles import instances
from symnet.sheets.derived import cut
from symnet.sheets.forward import ForwardSheet, numbers_of_pass, pass_lines, rules_of_tangents, tangents_at
from symnet.sheets.graph_figure import number_of
from symnet.sheets.names import of_gradient
from symnet.sheets.objective import objective_defined, objective_gradient_line, objective_lines
from symnet.sheets.sheet import Sheet, numbers_heading, titled
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.training import Sample

# Characters of a derivative that is written out.
_LONGEST = 500
# Columns of tangents in a table.
_COLUMNS = 6


def seeds_of(sheet: Sheet) -> list[Symbol]:
    """Return the parameters and inputs that are seeds: those chosen, or all, or of many the first of each layer.

    Args:
        sheet: The part.
    """
    if sheet.view.parameters or (sheet.view.detail == "full" and len(sheet.leaves) <= MOST_SEEDS):
        return sheet.leaves
    found = [leaf for layer in sheet.part.network.layers for leaf in instances(layer, layer.parameters)]
    inputs = [leaf for leaf in sheet.leaves if leaf in sheet.part.gradient.inputs]
    return [*found, *inputs[:1]]


def forward_mode_section(forward: ForwardSheet, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield the forward mode in symbols: the rules, the passes, and what the last tangents are.

    Args:
        forward: The network.
        penalties: The catalog names of the regularizers.
    """
    sheet, seeds, every = forward.sheet, forward.seeds, len(forward.sheet.part.gradient.leaves)
    yield Heading(2, say("forward.network_title"))
    if sheet.view.detail != "results":
        yield from _passes_in_symbols(forward)
    if len(seeds) < every:
        yield Paragraph(say("forward.some_seeds", all=every, some=len(seeds)))
    loss = sheet.part.network.loss
    yield Paragraph(say("forward.last_tangent", tangent=forward.tangent(loss), loss=sheet.names(loss.name)))
    results = [line for seed in seeds for line in _result(sheet, seed)]
    if results:
        yield Paragraph(say("forward.written_out"))
    for group in cut(results):
        yield result_box(group)
    yield Note(say("forward.network_passes", parameters=every))
    if sheet.part.objective.nodes:
        yield from objective_defined(sheet, penalties)
        yield Working(tuple(line for seed in seeds for line in _of_objective(sheet, seed)))


def _passes_in_symbols(forward: ForwardSheet) -> Iterator[Block]:
    """Yield the rule of every tangent, and the pass of each seed."""
    yield from rules_of_tangents(forward, "forward.network_introduction")
    for seed in forward.seeds:
        yield Paragraph(say("forward.seed", tangents=forward.seeding(seed)))
        yield Working(tuple(pass_lines(forward, forward.passes[seed])))


def _result(sheet: Sheet, seed: Symbol) -> Iterator[Line]:
    """Yield the derivative of one sample's loss that a pass gives, unless it is long without other derivatives."""
    derivation = sheet.part.gradient.leaves[seed]
    text = sheet.part.in_nodes.text(plain_text(derivation.result))
    if text is None or len(text) > _LONGEST:
        return
    whole = InOrder(adjoint_definitions(sheet.part.gradient))(derivation.result)
    line = Line(sheet.build(derivation.lhs), "=", sheet.build(whole), kind=LineKind.RESULT)
    yield line._replace(of=of_gradient(sheet.part, seed), about=seed.name)


def _of_objective(sheet: Sheet, seed: Symbol) -> Iterator[Line]:
    """Yield the derivative of the objective, in those of the samples' losses."""
    derivations = sheet.part.objective.derivations
    if seed not in derivations:
        return
    first = derivations[seed].steps[0]
    added = sheet.part.objective.added.get(seed, ())
    yield Line(sheet.build(first.lhs), "=", sheet.build(first.rhs), (sheet.reason(first.rule),), about=seed.name)
    if added:
        terms = first.rhs.args[:-1] if len(first.rhs.args) > 1 else ()
        yield Line(None, "=", sheet.build(PathSum(*terms, *added)), about=seed.name)


def forward_mode_numbers(forward: ForwardSheet, evaluation: Evaluation, *, values: bool) -> Iterator[Block]:
    """Yield the passes of one sample in numbers, the tangents of all samples, and what they come to together.

    Args:
        forward: The network.
        evaluation: Its numbers.
        values: Whether the values of the nodes have not been told yet.
    """
    sheet, told = forward.sheet, telling_sample(forward.sheet, evaluation)
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    number = str(1 + (told if evaluation.batch is None else evaluation.batch[told]))
    if values:
        yield titled(2, "compact.sample", number=number) if several else numbers_heading("pass.forward")
        yield from forward_of_sample(sheet, evaluation.samples[told])
        yield Working(tuple(_losses(sheet, evaluation.samples[told])))
    for seed in forward.seeds:
        name = sheet.names(seed.name)
        key = "forward.numbers_of_sample" if several else "forward.numbers"
        yield titled(2, key, seed=name, **({"number": number} if several else {}))
        yield from numbers_of_pass(forward, seed, evaluation, told)
    columns = {
        seed: [tangents_at(forward, seed, evaluation, sample) for sample in range(len(evaluation.samples))]
        for seed in forward.seeds
    }
    for group in (forward.seeds[start : start + _COLUMNS] for start in range(0, len(forward.seeds), _COLUMNS)):
        chosen = {seed: columns[seed] for seed in group}
        yield _of_samples(forward, evaluation, chosen) if several else _of_nodes(forward, evaluation, chosen)
    if sheet.part.objective.nodes:
        yield from _objective_in_numbers(forward, evaluation)


def _losses(sheet: Sheet, sample: Sample) -> Iterator[Line]:
    """Yield the loss of a sample, and what it is made of."""
    for node in sheet.part.network.nodes.values():
        if node.kind is NodeKind.LOSS:
            name = sheet.names(node.symbol.name)
            yield sheet.on_one_line(name, node.expression, sample.values, sample.values[node.symbol])


def _of_nodes(
    forward: ForwardSheet, evaluation: Evaluation, columns: Mapping[Symbol, Sequence[Mapping[Symbol, Value]]]
) -> Table:
    """Return every node with its value and its tangent in each pass."""
    sheet, sample = forward.sheet, evaluation.samples[0]
    rows = tuple(
        (
            (sheet.names(node.name),),
            (number_of(sheet, sample.values[node]),),
            *((number_of(sheet, of[tangent(node)]),) for (of,) in columns.values()),
        )
        for node in forward.rules
    )
    return Table(
        (say("column.name"), say("column.value"), *_heads(forward, columns, Fence(Operator("cdot")))),
        rows,
        "lr" + "r" * len(columns),
    )


def _of_samples(
    forward: ForwardSheet, evaluation: Evaluation, columns: Mapping[Symbol, Sequence[Mapping[Symbol, Value]]]
) -> Table:
    """Return the tangent of the loss of every sample in each pass."""
    sheet, loss = forward.sheet, tangent(forward.sheet.part.network.loss)
    numbers = evaluation.batch or range(len(evaluation.samples))
    rows: list[tuple[Inline, ...]] = []
    for place, number in enumerate(numbers):
        cells = ((number_of(sheet, of[place][loss]),) for of in columns.values())
        rows.append(((str(number + 1),), *cells))
    heads = _heads(forward, columns, sheet.names(sheet.part.network.loss.name))
    return Table((say("column.sample"), *heads), tuple(rows), "r" + "r" * len(columns))


def _heads(forward: ForwardSheet, seeds: Mapping[Symbol, object], of: Layout) -> list[Inline]:
    """Return the derivative of something with respect to each seed, as a head of a table."""
    names = forward.sheet.names
    return [(names.partial(of, names(seed.name)),) for seed in seeds]


def _objective_in_numbers(forward: ForwardSheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the objective and its derivative with respect to each seed in numbers."""
    sheet = forward.sheet
    yield titled(2, "objective.numbers" if evaluation.batch is None else "objective.of_step")
    lines, samples = list(objective_lines(sheet, evaluation)), range(len(evaluation.samples))
    for seed in forward.seeds:
        if seed in evaluation.gradients:
            line = objective_gradient_line(sheet, evaluation, samples, seed, evaluation.gradients[seed])
            lines.append(line._replace(of=of_gradient(sheet.part, seed), kind=LineKind.VALUE))
    yield Working(tuple(lines))
