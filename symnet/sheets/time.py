"""The solution of a graph over time: its equations and derivatives once with the index, the numbers step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sympy import Symbol

from symnet.arrays.entries import Walk
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree, Shape, opposite
from symnet.arrays.unroll import TimeAxis, Unrolled, instance_name
from symnet.derivation.time import SharedRule, TimeCase, TimeDerivation, TimedTerm, TimeIndex
from symnet.document import Block, Heading, Inline, Line, LineKind, Note, Paragraph, Results, Table, Working
from symnet.layout.tree import Glyph, Layout, Number, Operator
from symnet.quantity import Role
from symnet.sheets.arrays import (
    ArraySheet,
    array_data,
    derivation,
    kinks_of_arrays,
    objective_of_arrays,
    signs_in,
    told_shape,
    valued,
)
from symnet.sheets.compact_results import result_box
from symnet.sheets.network import conventions
from symnet.sheets.numbers import rounding_rule, samples_left_out, worked_samples
from symnet.sheets.sheet import titled
from symnet.sheets.unrolled import unrolled_figure
from symnet.text.say import listed, say
from symnet.typeset.arrays import light, low, step_number
from symnet.typeset.expressions import row
from symnet.verification.arrays import NUMERIC, ArrayNumbers

if TYPE_CHECKING:
    from symnet.numerics.direct import Value
    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.training import Sample

# So many steps stand side by side in a table; of more than twice as many the ones between are left out.
_COLUMNS, _MOST_TABLES = 6, 3
# So many results stand in one group.
_RESULTS = 4
# So many symbols that are alike stand in one row of the table of symbols.
_SYMBOLS = 4
DOTS = Glyph("dots")


class TimeSheet:
    """A graph over time on a sheet.

    Args:
        arrays: Its arrays.
        derivation: The derivation with the index of time.
        time: Which nodes are one node at several times.
    """

    def __init__(self, arrays: ArraySheet, derivation: TimeDerivation, time: Unrolled) -> None:
        self.arrays = arrays
        self.derivation = derivation
        self.time = time
        self.write = arrays.write
        self.index = TimeIndex(arrays.graph, time)

    @classmethod
    def of(cls, arrays: ArraySheet) -> TimeSheet | None:
        """Return a sheet about a graph over time as one; None if there is no time in it."""
        derivation, time = arrays.sheet.part.gradient.time, arrays.graph.time
        return None if derivation is None or time is None else cls(arrays, derivation, time)

    @property
    def graph(self) -> ArrayGraph:
        """The unrolled graph."""
        return self.arrays.graph

    @property
    def axis(self) -> TimeAxis:
        """The steps of time."""
        return self.time.axis

    @cached_property
    def families(self) -> Mapping[str, tuple[str, ...]]:
        """For each node or input with an index its instances, in forward order and then in that of time."""
        found: dict[str, list[str]] = {}
        for name in (*self.graph.inputs, *self.graph.nodes):
            tree = self.graph.nodes.get(name)
            if name in self.time.nodes and (tree is None or tree.kind != "detach"):
                found.setdefault(self.time.nodes[name].family, []).append(name)
        steps = {family: sorted(names, key=lambda name: self.time.nodes[name].time) for family, names in found.items()}
        place = {name: at for at, name in enumerate((*self.graph.inputs, *self.graph.nodes))}
        # Start values stand before all else, which says nothing of the order within a step.
        order = sorted(steps, key=lambda family: place[steps[family][-1]])
        return {family: tuple(steps[family]) for family in order}

    @cached_property
    def timeless(self) -> tuple[str, ...]:
        """The inputs and nodes without an index."""
        return tuple(name for name in (*self.graph.inputs, *self.graph.nodes) if name not in self.time.nodes)

    @cached_property
    def is_of_numbers(self) -> bool:
        """Whether there is no array in it but sequences of single numbers."""
        return not any(shape for _, shape, _ in _symbols(self))

    @cached_property
    def needed(self) -> Mapping[str, tuple[int, ...]]:
        """For each node with an index the steps at which its derivative is needed, the last node first."""
        found: dict[str, list[int]] = {}
        for name in self.arrays.needed:
            if name in self.time.nodes and self.graph.nodes.get(name, ArrayTree("leaf", (), ())).kind != "detach":
                family, step = self.time.nodes[name]
                found.setdefault(family, []).append(step)
        return {family: tuple(sorted(steps)) for family, steps in found.items()}

    @cached_property
    def shared(self) -> tuple[SharedRule, ...]:
        """The rules of what is asked for and shared by all steps."""
        wanted = [name for name in self.arrays.wanted if name in self.derivation.shared]
        return tuple(self.derivation.shared[name] for name in wanted)

    def at(self, family: str, step: int) -> Layout:
        """Return a node or an input at a step."""
        return low(self.write.families[family], step_number(step))

    def during(self, steps: Sequence[int]) -> Layout:
        """Return at which steps something holds: ``t = 1, ..., 4``."""
        shown: list[Layout] = [step_number(steps[0])]
        if len(steps) > 3 and list(steps) == list(range(steps[0], steps[-1] + 1)):
            shown += [DOTS, step_number(steps[-1])]
        else:
            shown += map(step_number, steps[1:])
        items: list[Layout] = [self.write.step(), Operator("=")]
        for place, one in enumerate(shown):
            items += [Operator(","), one] if place else [one]
        return row(items)

    def derivative(self, of: Layout) -> Layout:
        """Return the derivative of the output with respect to something."""
        return self.write.names.partial(self.write.names(self.graph.output), of)


class StepEntry(NamedTuple):
    """An entry of an array with an index of time.

    Attributes:
        written: How it is written with the index, or the derivative with respect to it.
        symbols: Its symbol at each step at which it is there.
        family: The input or the node, without its index.
    """

    written: Layout
    symbols: Mapping[int, Symbol]
    family: str

    def is_at(self, steps: Iterable[int]) -> bool:
        """Return whether it is there at one of some steps.

        Args:
            steps: The steps.
        """
        return not self.symbols.keys().isdisjoint(steps)


Values: TypeAlias = "Callable[[Symbol], Value]"

_CELLS = {"lstm": "time.lstm", "gru_before": "time.gru_before", "gru_after": "time.gru_after"}


def time_graph_section(sheet: TimeSheet, kinds: Sequence[str] = (), *, drawn: bool = True) -> Iterator[Block]:
    """Yield the drawing of the unrolled graph, the table of what is in it, and every equation once with the index.

    Args:
        sheet: The graph.
        kinds: The kinds of its cells, a GRU with the place of its reset gate.
        drawn: Whether there is a drawing.
    """
    arrays, output = sheet.arrays, sheet.write.names(sheet.graph.output)
    yield Heading(1, say("network.title" if arrays.sheet.part.network.lowered else "graph.title"))
    figure = unrolled_figure(sheet.write, sheet.graph, sheet.time) if drawn else None
    if figure is not None:
        yield figure
        yield Note(say("time.not_drawn"))
    steps = tuple(range(1, sheet.axis.steps + 1))
    yield Paragraph(say("time.size", during=sheet.during(steps), output=output))
    yield _table(sheet)
    yield from (Paragraph(say(_CELLS[kind])) for kind in kinds)
    yield from conventions(arrays.sheet)
    yield Heading(1, say("pass.forward"))
    yield Working(tuple(_equations(sheet)))
    vectors = any(len(shape) == 1 for _, shape, _ in _symbols(sheet))
    yield from signs_in(arrays, tuple(_trees(sheet)), vectors=vectors)


def _trees(sheet: TimeSheet) -> Iterator[ArrayTree]:
    """Yield everything that the sheet writes; the sum over the steps of a node has a sign of its own."""
    derivation = sheet.derivation
    yield from (term.tree for terms in derivation.nodes.values() for term in terms)
    for name in sheet.timeless:
        tree = sheet.graph.nodes.get(name)
        if tree is not None:
            yield tree if sheet.write.summed_steps(tree) is None else tree.of[0].of[0]
    for family in sheet.needed:
        yield from (case.tree for case in derivation.rules[family].cases if case.tree is not None)
    for rule in sheet.shared:
        yield from (*(term.tree for term in rule.sums), *rule.others)


def _table(sheet: TimeSheet) -> Table:
    """Return the table of what is in the graph, what has an index once; what is alike has one row."""
    alike: dict[tuple[Shape, str], list[Layout]] = {}
    for written, shape, meaning in _symbols(sheet):
        alike.setdefault((shape, meaning), []).append(written)
    rows = tuple(
        (listed([(one,) for one in written[start : start + _SYMBOLS]]), told_shape(shape), say(meaning))
        for (shape, meaning), written in alike.items()
        for start in range(0, len(written), _SYMBOLS)
    )
    return Table((say("legend.symbol"), say("arrays.shape"), say("column.meaning")), rows, "lll")


def _symbols(sheet: TimeSheet) -> Iterator[tuple[Layout, Shape, str]]:
    """Yield each symbol with its shape and the key of what it is."""
    parameters = {symbol.name for symbol in sheet.arrays.sheet.part.network.parameters}
    for name in sheet.graph.inputs:
        shape = sheet.graph.shape(name)
        if name in sheet.time.inputs:
            yield sheet.write.moment(name), shape[1:], "time.input"
        elif name not in sheet.time.nodes:
            fixed = parameters.isdisjoint(sheet.arrays.ids(name))
            yield sheet.write.names(name), shape, "legend.input" if fixed else "legend.parameter"
    for family, names in sheet.families.items():
        alone = len(names) == 1 and sheet.axis.steps > 1
        written = sheet.at(family, sheet.time.nodes[names[0]].time) if alone else sheet.write.moment(family)
        yield written, sheet.graph.shape(names[-1]), _meaning(sheet, names)
    for name in sheet.timeless:
        if name in sheet.graph.nodes:
            meaning = "legend.output" if name == sheet.graph.output else "legend.node"
            yield sheet.write.names(name), sheet.graph.shape(name), meaning


def _meaning(sheet: TimeSheet, names: Sequence[str]) -> str:
    network = sheet.arrays.sheet.part.network
    if Symbol(sheet.arrays.ids(names[-1])[0]) in network.targets:
        return "time.target" if len(names) > 1 else "time.last_target"
    if names[-1] in sheet.graph.inputs:
        return "time.input"
    if names[-1] in sheet.graph.between:
        return "time.between"
    return "time.state" if sheet.time.nodes[names[0]].time < 1 else "time.node"


def _equations(sheet: TimeSheet) -> Iterator[Line]:
    """Yield the equation of every node, one with an index once for all steps at which it holds."""
    terms = [(family, term) for family in sheet.families for term in sheet.derivation.nodes.get(family, ())]
    # What is known before the first step stands before all else.
    for family, term in sorted(terms, key=lambda one: one[1].times[-1] >= 1):
        yield _defined(sheet, family, term)
    for name in sheet.timeless:
        if name in sheet.graph.nodes:
            tree = sheet.graph.nodes[name]
            yield Line(sheet.write.names(name), "=", sheet.write(tree), kind=LineKind.DEFINITION, about=name)


def _defined(sheet: TimeSheet, family: str, term: TimedTerm) -> Line:
    if len(term.times) == 1 and sheet.axis.steps > 1:
        (step,) = term.times
        right = sheet.write(sheet.index.at(term.tree, step))
        return Line(sheet.at(family, step), "=", right, kind=LineKind.DEFINITION, about=instance_name(family, step))
    return Line(
        sheet.write.moment(family),
        "=",
        sheet.write(term.tree),
        (sheet.during(term.times),),
        kind=LineKind.DEFINITION,
        about=instance_name(family, term.times[-1]),
    )


def time_backward_section(sheet: TimeSheet, *, full: bool) -> Iterator[Block]:
    """Yield the derivatives with the index of time, from the output backward, then the results in a box.

    Args:
        sheet: The graph.
        full: Whether it is told how they come about.
    """
    output = sheet.write.names(sheet.graph.output)
    yield Heading(1, say("compact.backward"))
    if full:
        if not sheet.is_of_numbers:
            yield Paragraph(say("arrays.derivatives", output=output))
        yield from _cut(sheet)
        lines = [line for family, steps in sheet.needed.items() for line in _rule(sheet, family, steps)]
        free = (name for name in sheet.arrays.needed if name not in sheet.time.nodes)
        lines += [line for name in free for line in derivation(sheet.arrays, name)]
        if lines:
            yield Working(tuple(lines))
        yield from kinks_of_arrays(sheet.arrays)
    yield from _results(sheet)


def _cut(sheet: TimeSheet) -> Iterator[Paragraph]:
    """Yield what counts as a constant, where the way back is cut."""
    copies = [name for name, tree in sheet.graph.nodes.items() if tree.kind == "detach" and name in sheet.time.nodes]
    if copies:
        yield Paragraph(say("time.truncated", values=listed([(sheet.write.names(name),) for name in copies])))


def _rule(sheet: TimeSheet, family: str, steps: Sequence[int]) -> Iterator[Line]:
    """Yield the derivative with respect to a node at a step, by cases."""
    cases = [
        case._replace(times=tuple(step for step in case.times if step in steps))
        for case in sheet.derivation.rules[family].cases
    ]
    for case in sorted((case for case in cases if case.times), key=lambda case: -len(case.times)):
        yield _case(sheet, family, case)


def _case(sheet: TimeSheet, family: str, case: TimeCase) -> Line:
    tree, single = case.tree, len(case.times) == 1 and sheet.axis.steps > 1
    of = tuple(one for step in case.times for one in sheet.arrays.of_derivative(instance_name(family, step)))
    name = instance_name(family, case.times[-1])
    left = sheet.at(family, case.times[0]) if single else sheet.write.moment(family)
    if tree is None:
        right: Layout = Number("0")
    else:
        right = sheet.write(sheet.index.at(tree, case.times[0]) if single else tree)
    reason: Inline = (sheet.during(case.times),)
    if single:
        reason = say("time.last") if case.times[0] == sheet.axis.steps else ()
    return Line(sheet.derivative(left), "=", right, reason, of=of, about=name)


def _results(sheet: TimeSheet) -> Iterator[Results]:
    """Yield the box with the derivatives that are asked for: what all steps share as a sum over them."""
    lines = []
    for name in sheet.arrays.wanted:
        ids = sheet.arrays.of_derivative(name)
        if name in sheet.derivation.shared:
            right = derivative_of(sheet, name)
            left = sheet.arrays.derivative(name)
            lines.append(Line(left, "=", right, of=ids, kind=LineKind.RESULT, about=name))
    inputs = [name for name in sheet.arrays.wanted if name not in sheet.derivation.shared]
    families = dict.fromkeys(sheet.time.nodes[name].family if name in sheet.time.nodes else name for name in inputs)
    for family in families:
        for case in sheet.derivation.rules[family].cases:
            line = _case(sheet, family, case) if family not in sheet.time.inputs else _entry(sheet, family, case)
            lines.append(line._replace(kind=LineKind.RESULT))
    # A box of many results may go on over pages, between groups of them.
    boxes = [result_box(lines[start : start + _RESULTS]) for start in range(0, len(lines), _RESULTS)]
    if boxes:
        yield Results(tuple(group for box in boxes for group in box.groups))


def _entry(sheet: TimeSheet, family: str, case: TimeCase) -> Line:
    """Return the derivative with respect to an entry of an input at a step."""
    right = Number("0") if case.tree is None else sheet.write(case.tree)
    left = sheet.derivative(sheet.write.moment(family))
    return Line(left, "=", right, (sheet.during(case.times),), of=sheet.arrays.of_derivative(family), about=family)


def derivative_of(sheet: TimeSheet, name: str) -> Layout:
    """Return what the derivative with respect to an array comes to; of what all steps share, as a sum over them.

    Args:
        sheet: The graph.
        name: The array.
    """
    if name in sheet.derivation.shared:
        return _summed(sheet, sheet.derivation.shared[name])
    return sheet.write(sheet.arrays.derivatives[name].final)


def _summed(sheet: TimeSheet, rule: SharedRule) -> Layout:
    """Return a sum over the steps at which something is used."""
    items: list[Layout] = []
    for term in rule.sums:
        if len(term.times) == 1:
            items += _term(sheet, sheet.index.at(term.tree, term.times[0]), first=not items)
        else:
            items += _term(sheet, term.tree, (sheet.write.over_steps(term.times),), first=not items)
    for tree in rule.others:
        items += _term(sheet, tree, first=not items)
    return row(items) if items else Number("0")


def _term(sheet: TimeSheet, tree: ArrayTree, over: tuple[Layout, ...] = (), *, first: bool) -> list[Layout]:
    """Return a term of a sum behind its sign, that of a negative one before the sign of the sum over its steps."""
    size = opposite(tree)
    sign = [Operator("+" if size is None else "-", unary=first)] if size is not None or not first else []
    if size is None and not over:
        return [*sign, sheet.write(tree)]
    return [*sign, *over, sheet.write.operand(tree if size is None else size, _PRODUCT, first=False)]


# How tightly what stands behind the sign of a sum binds at least.
_PRODUCT = 1


# The numbers.


def time_numbers_section(sheet: TimeSheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield what is put in, then both passes step by step in tables."""
    arrays = sheet.arrays
    yield Heading(1, say("numbers.title"))
    yield from rounding_rule(arrays.sheet)
    fixed = [name for name in arrays.graph.inputs if name not in sheet.time.nodes and name not in sheet.time.inputs]
    yield array_data(arrays, evaluation.samples[0], [name for name in fixed if not arrays.is_sampled(name)])
    yield from time_passes(sheet, evaluation)


def time_passes(sheet: TimeSheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield both passes with their numbers, a column a step; of several samples those of the first few."""
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    for number, sample in worked_samples(evaluation):
        if several:
            yield titled(2, "compact.sample", number=str(number))
        yield from _passes(sheet, sample, number if several else None)
    yield from samples_left_out(evaluation)
    yield from objective_of_arrays(sheet.arrays, evaluation)


def _passes(sheet: TimeSheet, sample: Sample, number: int | None) -> Iterator[Block]:
    known = {**sample.gradients, **sample.adjoints}
    zero = sheet.arrays.sheet.exactly(Fraction(0))
    yield titled(2 if number is None else 3, "pass.forward.steps")
    yield from _tables(sheet, list(forward_entries(sheet)), lambda symbol: sample.values[symbol])
    lines = []
    for name in sheet.timeless:
        if name in sheet.graph.nodes:
            layout, exact = sheet.arrays.matrix(name, lambda symbol: sample.values[symbol])
            lines.append(valued(sheet.write.names(name), sheet.write(sheet.graph.nodes[name]), layout, exact))
    yield Working(tuple(lines))
    yield titled(2 if number is None else 3, "pass.backward.steps")
    yield from _tables(sheet, list(backward_entries(sheet)), lambda symbol: known.get(symbol, zero))
    if sheet.shared:
        yield titled(2 if number is None else 3, "time.uses")
        yield from _uses(sheet, sample)


def forward_entries(sheet: TimeSheet) -> Iterator[StepEntry]:
    """Yield each entry of each input and node with an index: its name, and its symbol at each step.

    Args:
        sheet: The graph.
    """
    inputs = [name for name in sheet.graph.inputs if name in sheet.time.inputs]
    for family in (*inputs, *sheet.families):
        if family in sheet.time.inputs:
            length = sheet.graph.shape(family)[0]
            ids = sheet.arrays.ids(family)
            width = len(ids) // length
            steps = {step: ids[(step - 1) * width : step * width] for step in range(1, length + 1)}
        else:
            steps = {sheet.time.nodes[name].time: sheet.arrays.ids(name) for name in sheet.families[family]}
        yield from _of_family(sheet, family, steps)


def backward_entries(sheet: TimeSheet) -> Iterator[StepEntry]:
    """Yield each entry of each node with an index that leads to a result: its derivative, and its symbol at each step.

    Args:
        sheet: The graph.
    """
    for family, steps in sheet.needed.items():
        ids = {step: sheet.arrays.ids(instance_name(family, step)) for step in steps}
        for entry in _of_family(sheet, family, ids):
            yield entry._replace(written=sheet.derivative(entry.written))


def _of_family(sheet: TimeSheet, family: str, steps: Mapping[int, Sequence[str]]) -> Iterator[StepEntry]:
    width = len(next(iter(steps.values())))
    for at in range(width):
        symbols = {step: Symbol(ids[at]) for step, ids in steps.items()}
        yield StepEntry(_placed(sheet, family, at, width), symbols, family)


def _placed(sheet: TimeSheet, family: str, at: int, size: int) -> Layout:
    """Return an entry of a node at the step at hand."""
    whole = sheet.write.moment(family)
    return whole if size == 1 else low(light(whole), Number(str(at + 1)))


def spans(entries: Iterable[StepEntry]) -> list[list[int]]:
    """Return the steps of each table, as many side by side as fit; of very many those between are left out.

    Args:
        entries: What the tables tell.
    """
    steps = sorted({step for entry in entries for step in entry.symbols})
    chunks = [steps[start : start + _COLUMNS] for start in range(0, len(steps), _COLUMNS)]
    return [*chunks[: _MOST_TABLES - 1], chunks[-1]] if len(chunks) > _MOST_TABLES else chunks


def step_table(sheet: TimeSheet, entries: Iterable[StepEntry], steps: Sequence[int], values: Values) -> Table:
    """Return a table with a row for each entry and a column for each step; a cell where there is nothing is empty.

    Args:
        sheet: The graph.
        entries: Of which each is there at one of the steps.
        steps: The steps.
        values: The numbers.
    """
    number = sheet.arrays.sheet.number
    head: list[Inline] = [(sheet.write.step(),), *((step_number(step),) for step in steps)]
    body = tuple(
        ((written,), *((number(values(symbols[step]))[0],) if step in symbols else () for step in steps))
        for written, symbols, _ in entries
    )
    return Table(tuple(head), body, "l" + "r" * len(steps))


def _tables(sheet: TimeSheet, entries: Sequence[StepEntry], values: Values) -> Iterator[Table]:
    for steps in spans(entries):
        yield step_table(sheet, [entry for entry in entries if entry.is_at(steps)], steps, values)


def _uses(sheet: TimeSheet, sample: Sample) -> Iterator[Block]:
    """Yield a table of what each use of a shared parameter adds to its derivative, and of the sum."""
    number = sheet.arrays.sheet.number
    known = {**sample.gradients, **sample.adjoints}
    walk = Walk(ArrayNumbers(sheet.graph, sample.values, known), NUMERIC)
    rows: list[tuple[Layout, Mapping[int, Layout], Layout]] = []
    for rule in sheet.shared:
        by_step: dict[int, list[Sequence[Value]]] = {}
        for term in rule.sums:
            for step in term.times:
                by_step.setdefault(step, []).append(walk(sheet.index.at(term.tree, step)))
        # A weight that does not exist has no id.
        for at, identifier in filter(lambda one: one[1], enumerate(sheet.graph.ids(rule.wrt))):
            added = {step: number(NUMERIC.add([entries[at] for entries in of]))[0] for step, of in by_step.items()}
            left = sheet.derivative(_scalar(sheet, rule.wrt, at, identifier))
            rows.append((left, added, number(known[Symbol(identifier)])[0]))
    yield from _use_tables(sheet, rows)
    plain = [rule.wrt for rule in sheet.shared if rule.sums and rule.others]
    if plain:
        yield Note(say("time.uses_without", parameters=listed([(sheet.write.names(name),) for name in plain])))


def _scalar(sheet: TimeSheet, name: str, at: int, identifier: str) -> Layout:
    """Return an entry of a parameter."""
    shape = sheet.graph.shape(name)
    if not shape:
        return sheet.write.names(name)
    if sheet.arrays.sheet.part.network.quantities[identifier].role is not Role.GRAPH:
        return sheet.arrays.sheet.names(identifier)
    width = shape[-1]
    places = (at + 1,) if len(shape) == 1 else (at // width + 1, at % width + 1)
    return low(
        light(sheet.write.names(name)),
        row([part for place in places for part in (Operator(","), Number(str(place)))][1:]),
    )


def _use_tables(sheet: TimeSheet, rows: Sequence[tuple[Layout, Mapping[int, Layout], Layout]]) -> Iterator[Table]:
    steps = sorted({step for _, cells, _ in rows for step in cells}, reverse=True)
    shown = steps if len(steps) <= _COLUMNS else [*steps[: _COLUMNS - 2], None, steps[-1]]
    head = [_headed(sheet, step) for step in shown]
    body = []
    for left, cells, total in rows:
        added = [(DOTS,) if step is None else (cells[step],) if step in cells else () for step in shown]
        body.append(((left,), *added, (total,)))
    yield Table(((), *head, say("time.sum")), tuple(body), "l" + "r" * (len(shown) + 1))


def _headed(sheet: TimeSheet, step: int | None) -> Inline:
    """Return the head of the column of a step; dots stand for those that are left out."""
    return (DOTS,) if step is None else (row((sheet.write.step(), Operator("="), step_number(step))),)
