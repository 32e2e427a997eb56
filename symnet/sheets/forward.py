"""The forward mode of a graph on a sheet: the rule of every tangent once, then a pass for each seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import S, Symbol

from symnet.derivation.forward import TangentPass, TangentRule, leading_from, tangent, tangent_pass, tangent_rules
from symnet.document import Block, Heading, Inline, Line, LineKind, Note, Paragraph, Table, Working
from symnet.layout.measure import TEXT_EM
from symnet.layout.tree import Fence, Layout, Number, Operator
from symnet.notation.names import Names, with_dot
from symnet.numerics.direct import Value
from symnet.quantity import Quantity, Role
from symnet.sheets.compact_results import result_box
from symnet.sheets.compact_rule import packed
from symnet.sheets.derived import cut, shown_leaves
from symnet.sheets.graph import forward_numbers, numbers_forward
from symnet.sheets.graph_figure import number_of
from symnet.sheets.names import of_gradient
from symnet.sheets.sheet import Sheet, titled
from symnet.text.say import say
from symnet.typeset.expressions import LayoutBuilder, row

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation

_LINE_EM = TEXT_EM - 1.2
# With so many seeds or fewer each pass is worked on a compact sheet; of more only the first.
_FEW = 4
# Columns of tangents in a table.
_COLUMNS = 5


class ForwardSheet:
    """A graph on a sheet in the forward mode.

    Args:
        sheets: One for each output.
        seeds: The inputs whose passes are made; None for all that are shown.
    """

    def __init__(self, sheets: Sequence[Sheet], seeds: Sequence[Symbol] | None = None) -> None:
        first = sheets[0]
        self.sheets = sheets
        self.seeds = first.leaves if seeds is None else seeds
        self.rules = _all_rules(sheets, self.seeds)
        self.sheet = with_tangents(first, (*self.seeds, *self.rules))
        several = first.view.detail == "compact" and len(self.seeds) > _FEW and not first.view.parameters
        self.worked = self.seeds[:1] if several else self.seeds
        self.passes = {seed: tangent_pass(self.rules, seed, self.seeds) for seed in self.seeds}

    def tangent(self, symbol: Symbol) -> Layout:
        """Return the tangent of an input or a node as it is written."""
        return self.sheet.names(tangent(symbol).name)

    def seeding(self, seed: Symbol) -> Inline:
        """Return which tangents a pass begins with: ``ẋ = 1, ẏ = ż = 0``."""
        one = row((self.tangent(seed), Operator("="), Number("1")))
        others = [other for other in self.seeds if other != seed]
        if not others:
            return (one,)
        if len(others) > _FEW:
            return say("forward.all_others", seed=one)
        zeros = [part for other in others for part in (self.tangent(other), Operator("="))]
        return (one, ", ", row((*zeros, Number("0"))))


def _all_rules(sheets: Sequence[Sheet], seeds: Sequence[Symbol]) -> Mapping[Symbol, TangentRule]:
    """Return the rules of the nodes of all outputs, in forward order."""
    networks = [sheet.part.network for sheet in sheets]
    found = [tangent_rules(network, leading_from(network, seeds)) for network in networks]
    order = {node: None for sheet in sheets for node in sheet.part.network.nodes}
    merged = {node: rule for rules in reversed(found) for node, rule in rules.items()}
    return {node: merged[node] for node in order if node in merged}


def with_tangents(sheet: Sheet, symbols: Sequence[Symbol]) -> Sheet:
    """Return a sheet that also writes the tangents of inputs and nodes.

    Args:
        sheet: The sheet.
        symbols: The inputs and nodes.
    """
    own = {tangent(one).name: Quantity(tangent(one).name, Role.GRAPH) for one in symbols}
    names = Names(sheet.names.notation, {**sheet.names.quantities, **own})
    for one in symbols:
        names.assign(tangent(one).name, with_dot(sheet.names(one.name)))
    return replace(sheet, names=names, build=LayoutBuilder(names))


def forward_section(forward: ForwardSheet, *, full: bool) -> Iterator[Block]:
    """Yield the forward mode in symbols: the rules, the passes, and the derivatives of each output in a box.

    Args:
        forward: The graph.
        full: Whether it is told how they come about.
    """
    sheet, sheets = forward.sheet, forward.sheets
    yield Heading(1, say("forward.title"))
    if full:
        yield from rules_of_tangents(forward, "forward.introduction")
        for seed in forward.worked:
            yield Paragraph(say("forward.seed", tangents=forward.seeding(seed)))
            lines = tuple(pass_lines(forward, forward.passes[seed]))
            yield Working(lines) if lines else Paragraph(say("forward.no_way", seed=sheet.names(seed.name)))
        if len(forward.worked) < len(forward.seeds):
            yield Paragraph(say("forward.others_likewise"))
    for each in sheets:
        for group in cut(list(shown_leaves(each))):
            found = [
                Line(each.build(one.lhs), "=", each.build(one.result))._replace(
                    of=of_gradient(each.part, one.wrt), kind=LineKind.RESULT, about=one.wrt.name
                )
                for one in group
            ]
            yield result_box(found)
    if full:
        yield Note(say("forward.passes", inputs=len(forward.seeds), outputs=len(sheets)))


def rules_of_tangents(forward: ForwardSheet, key: str) -> Iterator[Block]:
    """Yield what a tangent is, and the rule of every node.

    Args:
        forward: The graph.
        key: The sentence that says what a tangent is.
    """
    sheet = forward.sheet
    if not forward.rules:
        return
    node = next(iter(forward.rules))
    yield Paragraph(say(key, tangent=forward.tangent(node), node=sheet.names(node.name)))
    yield Working(
        tuple(
            Line(forward.tangent(node), "=", sheet.build(rule.written), about=node.name)
            for node, rule in forward.rules.items()
        )
    )


def pass_lines(forward: ForwardSheet, one: TangentPass) -> Iterator[Line]:
    """Yield the tangents of a pass, with short ones put in behind.

    Args:
        forward: The graph.
        one: The pass.
    """
    for line in one.lines:
        forms = dict.fromkeys((line.seeded, line.result))
        lines = [
            Line(None if number else forward.tangent(line.node), "=", forward.sheet.build(form), about=line.node.name)
            for number, form in enumerate(forms)
        ]
        yield from packed(lines, _LINE_EM)


def forward_passes(forward: ForwardSheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the values of all nodes and then the passes, in numbers.

    Args:
        forward: The graph.
        evaluation: Its numbers.
    """
    yield from numbers_forward(forward.sheet, evaluation)
    yield from _passes(forward, evaluation, {seed: tangents_at(forward, seed, evaluation) for seed in forward.worked})


def forward_numbers_section(forward: ForwardSheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the passes in numbers, and all tangents in tables.

    Args:
        forward: The graph.
        evaluation: Its numbers.
    """
    columns = {seed: tangents_at(forward, seed, evaluation) for seed in forward.seeds}
    yield from forward_numbers(forward.sheet, evaluation)
    yield from _passes(forward, evaluation, columns)
    for start in range(0, len(forward.seeds), _COLUMNS):
        seeds = forward.seeds[start : start + _COLUMNS]
        yield _table(forward, {seed: columns[seed] for seed in seeds}, evaluation)


def _passes(
    forward: ForwardSheet, evaluation: Evaluation, columns: Mapping[Symbol, Mapping[Symbol, Value]]
) -> Iterator[Block]:
    """Yield the passes that are worked, with numbers put in."""
    for seed in forward.worked:
        yield titled(2, "forward.numbers", seed=forward.sheet.names(seed.name))
        yield from _lines_of_pass(forward, seed, {**evaluation.samples[0].values, **columns[seed]})


def numbers_of_pass(forward: ForwardSheet, seed: Symbol, evaluation: Evaluation, sample: int) -> Iterator[Block]:
    """Yield one pass with the numbers of a sample put in.

    Args:
        forward: The graph.
        seed: The input whose tangent is 1.
        evaluation: The numbers of the graph.
        sample: The 0-based sample.
    """
    found = tangents_at(forward, seed, evaluation, sample)
    yield from _lines_of_pass(forward, seed, {**evaluation.samples[sample].values, **found})


def _lines_of_pass(forward: ForwardSheet, seed: Symbol, values: Mapping[Symbol, Value]) -> Iterator[Block]:
    """Yield which seed a pass has, and its lines, if there are any."""
    lines = tuple(_number_line(forward, line.node, values) for line in forward.passes[seed].lines)
    yield Paragraph(say("forward.seed", tangents=forward.seeding(seed)))
    if lines:
        yield Working(lines)


def tangents_at(forward: ForwardSheet, seed: Symbol, evaluation: Evaluation, sample: int = 0) -> Mapping[Symbol, Value]:
    """Return the tangents of all inputs and nodes in one pass.

    Args:
        forward: The graph.
        seed: The input whose tangent is 1.
        evaluation: The numbers of the graph.
        sample: The 0-based sample.
    """
    sheet, lines = forward.sheet, {line.node: line for line in forward.passes[seed].lines}
    found = {tangent(one): sheet.exactly(Fraction(int(one == seed))) for one in forward.seeds}
    known = dict(evaluation.samples[sample].values) | found
    for node, rule in forward.rules.items():
        seeded = lines[node].seeded if node in lines else S.Zero
        # On paper the tangents before it are put in as they are shown; a constant has the digits of a result.
        form = rule.written if sheet.form.paper or not seeded.free_symbols else seeded
        value = sheet.numeric(form, known)
        # What is 0 or 1 by nature comes as a plain number.
        found[tangent(node)] = sheet.exactly(Fraction(value)) if isinstance(value, int) else value
        known[tangent(node)] = found[tangent(node)]
    return found


def _number_line(forward: ForwardSheet, node: Symbol, values: Mapping[Symbol, Value]) -> Line:
    line = forward.sheet.on_one_line(forward.tangent(node), forward.rules[node].written, values, values[tangent(node)])
    return line._replace(kind=LineKind.VALUE, about=node.name)


def _table(forward: ForwardSheet, columns: Mapping[Symbol, Mapping[Symbol, Value]], evaluation: Evaluation) -> Table:
    """Return every input and node with its value and its derivatives with respect to some seeds."""
    sheet, sample = forward.sheet, evaluation.samples[0]
    symbols = (*sheet.part.in_order(), *sheet.part.network.nodes)
    rows = tuple(
        (
            (sheet.names(symbol.name),),
            (number_of(sheet, sample.values[symbol]),),
            *((number_of(sheet, of[tangent(symbol)]) if tangent(symbol) in of else "",) for of in columns.values()),
        )
        for symbol in symbols
    )
    heads = [(sheet.names.partial(Fence(Operator("cdot")), sheet.names(seed.name)),) for seed in columns]
    return Table((say("column.name"), say("column.value"), *heads), rows, "lr" + "r" * len(columns))
