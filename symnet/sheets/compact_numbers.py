"""Numbers on a compact sheet: one sample line by line, all samples in one table, then what they give together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derivation.steps import before_writing_out
from symnet.document import Block, Flow, Heading, InColumns, Inline, Line, SideBySide, Table, Working
from symnet.layout.measure import RELATION_EM, TEXT_EM, width_em
from symnet.layout.tree import Glyph, Layout
from symnet.network.graph import LayerNodes, NodeKind
from symnet.numerics.direct import Value
from symnet.sheets.derived import shown_adjoints
from symnet.sheets.network import applied
from symnet.sheets.numbers import number_lines, parameter_matrices, rounding_rule, winners, zero_logarithms
from symnet.sheets.objective import objective_gradient_line, objective_lines
from symnet.sheets.sheet import Sheet, titled
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample

# A layer with more parameters has them in a table.
_MOST_LINES = 4
# Samples beside one another before dots stand for the middle.
_MOST_SAMPLES = 10
# The width in em that a calculation may have to begin with the formula.
_LINE_EM = TEXT_EM - 1.2
_GAP_EM = 2.5
# The room for a pre-activation and for an activation, from much to none.
_ROOMS = ((_LINE_EM, _LINE_EM), (0.0, _LINE_EM), (0.0, 0.0))


def data_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the given numbers: parameters as matrices side by side, and a single sample.

    Args:
        sheet: The part.
        evaluation: Its numbers.
    """
    yield Heading(1, say("compact.numbers"))
    yield from rounding_rule(sheet)
    values, network = evaluation.samples[0].values, sheet.part.network
    constants = number_lines(sheet, sheet.part.objective.constants, sheet.constants)
    yield Flow((*parameter_matrices(sheet, values), *constants))
    if len(evaluation.samples) == 1:
        yield Flow(tuple(number_lines(sheet, network.of_sample, values)))


def sample_section(sheet: Sheet, evaluation: Evaluation, *, forward: bool, tabled: bool) -> Iterator[Block]:
    """Yield both passes of the sample that tells most, line by line; of a single one its gradients too.

    Args:
        sheet: The part.
        evaluation: Its numbers.
        forward: Whether the forward pass has not been told yet.
        tabled: Whether all derivatives stand in a table of the update.
    """
    told = telling_sample(sheet, evaluation)
    sample = evaluation.samples[told]
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    place = evaluation.batch[told] if evaluation.batch is not None else told
    number = str(place + 1)
    yield titled(2, "compact.sample", number=number) if several else Heading(2, say("compact.numbers_of_passes"))
    if forward:
        yield from forward_of_sample(sheet, sample)
    yield from _backward(sheet, sample)
    if not several:
        yield from _gradients(sheet, sample.gradients, partial(_gradient_lines, sheet, sample), tabled=tabled)


def all_samples_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield what both passes give in each sample as a table, where there are several.

    Args:
        sheet: The part.
        evaluation: Its numbers.
    """
    if len(evaluation.samples) > 1:
        yield titled(2, "compact.all_samples")
        yield _samples(sheet, evaluation)


def telling_sample(sheet: Sheet, evaluation: Evaluation) -> int:
    """Return the 0-based sample that tells most: the first of those with the fewest inputs that are 0.

    Args:
        sheet: The part.
        evaluation: Its numbers.
    """
    inputs = sheet.part.network.inputs
    zeros = [sum(not sample.values[symbol] for symbol in inputs) for sample in evaluation.samples]
    return zeros.index(min(zeros))


def _lines(
    sheet: Sheet,
    quantities: Iterable[tuple[Layout, Expr, Value]],
    known: Mapping[Symbol, Value],
    fit: Callable[[Sequence[Line]], bool],
) -> list[Line]:
    """Return calculations of one kind, one line each; if they do not fit, all without the formula, which stands above.

    What is one symbol, or none, is short, and keeps it.

    Args:
        sheet: The part.
        quantities: Left side, right side and value of each.
        known: The numbers that are put in.
        fit: Whether lines with their formulas have room.
    """
    asked = list(quantities)
    whole = [sheet.on_one_line(left, expression, known, value) for left, expression, value in asked]
    long = [bool(expression.free_symbols) and not expression.is_Symbol for _, expression, _ in asked]
    if fit(whole):
        return whole
    return [
        Line(left, *sheet.substituted(expression, known, value)) if is_long else line
        for (left, expression, value), line, is_long in zip(asked, whole, long, strict=True)
    ]


def _within(room: float, lines: Sequence[Line]) -> bool:
    """Return whether no line is wider than that, in em."""
    return all(line_em(line) <= room for line in lines)


def _within_two_columns(lines: Sequence[Line]) -> bool:
    """Return whether lines that stand in two columns are no wider than the text."""
    return sum(max(map(line_em, lines[column::2]), default=0.0) for column in (0, 1)) + _GAP_EM <= _LINE_EM


def forward_of_sample(sheet: Sheet, sample: Sample) -> Iterator[Block]:
    """Yield the forward pass of a sample: pre-activation left, activation right, in full if they have room so.

    Args:
        sheet: The part.
        sample: The numbers of the sample.
    """
    layers = [layer for branch in sheet.part.network.branches for layer in branch]
    rows: list[SideBySide] = []
    for rooms in _ROOMS:
        rows = [row for layer in layers for row in _layer(sheet, layer, sample, rooms)]
        widths = [max(map(line_em, column)) for column in zip_longest(*rows) if any(column)]
        if sum(widths) + _GAP_EM * (len(widths) - 1) <= _LINE_EM:
            break
    widest = max(map(len, rows))
    yield InColumns(tuple((*row, *(None,) * (widest - len(row))) for row in rows))
    yield from winners(sheet, sample)


def line_em(line: Line | None) -> float:
    """Return the width of an equation in em."""
    if line is None:
        return 0.0
    return (width_em(line.left) if line.left is not None else 0.0) + RELATION_EM + width_em(line.right)


def _layer(sheet: Sheet, layer: LayerNodes, sample: Sample, rooms: tuple[float, float]) -> Iterator[SideBySide]:
    """Yield the equations of a layer; what has more room than that begins with its formula."""
    values, nodes = sample.values, sheet.part.network.nodes
    first, second = rooms

    def of_nodes(symbols: Iterable[Symbol], room: float) -> list[Line]:
        asked = ((sheet.names(symbol.name), nodes[symbol].expression, values[symbol]) for symbol in symbols)
        return _lines(sheet, asked, values, partial(_within, room))

    before = of_nodes(layer.pre_activations, first)
    shown = ((sheet.names(a.name), applied(sheet, layer, unit), values[a]) for unit, a in enumerate(layer.activations))
    after, dropped = _lines(sheet, shown, values, partial(_within, second)), of_nodes(layer.dropped, second)
    for unit, right in enumerate(after):
        *others, left = before[unit * layer.pieces : (unit + 1) * layer.pieces]
        for other in others:
            yield (other,)
        yield left, right, *dropped[unit : unit + 1]


def _backward(sheet: Sheet, sample: Sample) -> Iterator[Block]:
    """Yield the loss and the deltas of a sample."""
    network = sheet.part.network
    known = _known(sheet, sample)
    at_loss = [node for node in network.nodes.values() if node.kind is NodeKind.LOSS]
    losses = ((sheet.names(node.symbol.name), node.expression, known[node.symbol]) for node in at_loss)
    fit = partial(_within, _LINE_EM)
    lines = [line for loss in losses for line in _lines(sheet, (loss,), known, fit)]
    layers = [layer for branch in network.branches for layer in branch]
    alike = {node: number for number, layer in enumerate(layers) for node in layer.pre_activations}
    for _, adjoints in groupby(shown_adjoints(sheet), key=lambda adjoint: alike.get(adjoint.wrt, adjoint.wrt)):
        asked = (
            (sheet.names(adjoint.symbol.name), adjoint.result, sample.adjoints[adjoint.wrt]) for adjoint in adjoints
        )
        lines += _lines(sheet, asked, known, fit)
    yield Working(tuple(lines))
    yield from zero_logarithms(sheet, (node.expression for node in at_loss), sample.values)


def _known(sheet: Sheet, sample: Sample) -> dict[Symbol, Value]:
    adjoints = sheet.part.gradient.adjoints.values()
    return dict(sample.values) | {derivation.symbol: sample.adjoints[derivation.wrt] for derivation in adjoints}


def _gradient_lines(sheet: Sheet, sample: Sample, leaves: Sequence[Symbol]) -> list[Line]:
    derivations = [sheet.part.gradient.leaves[leaf] for leaf in leaves]
    asked = (
        (sheet.build(derivation.lhs), before_writing_out(derivation)[-1].rhs, sample.gradients[leaf])
        for leaf, derivation in zip(leaves, derivations, strict=True)
    )
    return _lines(sheet, asked, _known(sheet, sample), _within_two_columns)


def _gradients(
    sheet: Sheet, values: Mapping[Symbol, Value], worked: Callable[[Sequence[Symbol]], list[Line]], *, tabled: bool
) -> Iterator[Block]:
    """Yield derivatives with respect to parameters: one by one, or of a large layer one and then all in a table."""
    network = sheet.part.network
    waiting: list[Symbol] = []
    for layer in reversed(network.layers):
        shown = sheet.view.among(layer.parameters)
        gridded = layer.pieces == 1 and len(shown) == len(layer.parameters)
        if len(shown) <= _MOST_LINES or not (tabled or gridded):
            waiting += shown
            continue
        examples = [leaf for leaf in (layer.dense[0][0], *layer.biases[:1], *layer.learned) if leaf in shown]
        waiting += examples or shown[:1]
        if not tabled:
            yield from _two_columns(worked(waiting))
            waiting = []
            yield _grid(sheet, layer, values)
    inputs = [symbol for symbol in sheet.view.among(sheet.part.gradient.inputs) if symbol in values]
    yield from _two_columns(worked([*waiting, *inputs]))


def _two_columns(lines: Sequence[Line]) -> Iterator[Block]:
    pairs = [(lines[n], lines[n + 1] if n + 1 < len(lines) else None) for n in range(0, len(lines), 2)]
    if pairs:
        yield InColumns(tuple(pairs))


def _grid(sheet: Sheet, layer: LayerNodes, values: Mapping[Symbol, Value]) -> Table:
    """Return the derivatives with respect to the parameters of a layer, a row for each unit."""
    own_bias = len(layer.biases) == len(layer.dense)
    sources = [sheet.names(symbol.name) for symbol in _sources(sheet, layer)]
    head: list[Inline] = [say("compact.to_from"), *((name,) for name in sources)]
    rows = []
    for unit, row in enumerate(layer.dense):
        cells: list[Inline] = [(sheet.number(values[weight])[0],) for weight in row]
        if own_bias:
            cells.append((sheet.number(values[layer.biases[unit]])[0],))
        rows.append(((sheet.names(layer.activations[unit].name),), *cells))
    if own_bias:
        head.append(say("compact.bias"))
    return Table(tuple(head), tuple(rows), "l" + "r" * (len(head) - 1))


def _sources(sheet: Sheet, layer: LayerNodes) -> Sequence[Symbol]:
    """Return what feeds a layer."""
    network = sheet.part.network
    number = network.layers.index(layer)
    return network.layers[number - 1].outputs if number else network.inputs[: layer.sources]


def _samples(sheet: Sheet, evaluation: Evaluation) -> Table:
    """Return the table of all samples: a row for each quantity, a column for each sample."""
    kept = sheet.kept(len(evaluation.samples), _MOST_SAMPLES)
    numbers = range(len(evaluation.samples)) if evaluation.batch is None else evaluation.batch
    head: list[Inline] = [say("compact.sample_column")]
    head += [(Glyph("cdots"),) if index is None else (str(numbers[index] + 1),) for index in kept]

    def row(name: Layout, values: Callable[[Sample], Value]) -> tuple[Inline, ...]:
        cells = (
            (Glyph("cdots"),) if index is None else (sheet.number(values(evaluation.samples[index]))[0],)
            for index in kept
        )
        return ((name,), *cells)

    rows = [row(name, values) for name, values in _quantities(sheet)]
    return Table(tuple(head), tuple(rows), "l" + "r" * len(kept))


def _quantities(sheet: Sheet) -> Iterator[tuple[Layout, Callable[[Sample], Value]]]:
    """Yield what is told of every sample, and where it is found."""
    network = sheet.part.network
    layers = [layer for branch in network.branches for layer in branch]
    identity = {a for layer in layers if layer.activation.name == "identity" for a in layer.activations}
    nodes = (node.symbol for node in network.nodes.values() if node.symbol not in identity)
    for symbol in (*network.of_sample, *nodes):
        yield sheet.names(symbol.name), lambda sample, symbol=symbol: sample.values[symbol]  # type: ignore[misc]
    for adjoint in shown_adjoints(sheet):
        yield sheet.names(adjoint.symbol.name), lambda sample, wrt=adjoint.wrt: sample.adjoints[wrt]  # type: ignore[misc]


def objective_gradient_section(sheet: Sheet, evaluation: Evaluation, *, tabled: bool) -> Iterator[Block]:
    """Yield the objective and its gradient in numbers, where it is more than one loss.

    Args:
        sheet: The part.
        evaluation: Its numbers.
        tabled: Whether all derivatives stand in a table of the update.
    """
    objective = sheet.part.objective
    if not objective.nodes:
        return
    if evaluation.batch is not None and len(evaluation.samples) == 1 and not objective.penalty:
        # The derivatives of the only sample of the step are those of the objective.
        return
    yield titled(2, "compact.objective_gradient")
    everything = range(len(evaluation.samples))

    def worked(parameters: Sequence[Symbol]) -> list[Line]:
        gradients = evaluation.gradients
        return [objective_gradient_line(sheet, evaluation, everything, leaf, gradients[leaf]) for leaf in parameters]

    lines = tuple(objective_lines(sheet, evaluation))
    if lines:
        yield Working(lines)
    yield from _gradients(sheet, evaluation.gradients, worked, tabled=tabled)
