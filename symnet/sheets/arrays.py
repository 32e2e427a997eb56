"""The solution of a graph of arrays: its equations with their shapes, derivatives of whole arrays, and matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.algebra.branches import kinked_functions
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree, Shape, names_in, parts
from symnet.derivation.arrays import ArrayDerivative
from symnet.diagram.graph import Edge, Vertex, draw_graph
from symnet.document import (
    Block,
    Figure,
    Flow,
    Heading,
    Inline,
    Line,
    LineKind,
    Note,
    Paragraph,
    Results,
    Table,
    Working,
)
from symnet.layout.measure import TEXT_EM, width_em
from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, holds
from symnet.quantity import Role
from symnet.sheets.compact_results import result_box
from symnet.sheets.names import of_adjoint, of_gradient, of_node
from symnet.sheets.network import conventions
from symnet.sheets.numbers import rounding_rule, samples_left_out, worked_samples
from symnet.sheets.objective import objective_defined, objective_lines, objective_rule
from symnet.sheets.sheet import Sheet, numbers_heading, titled
from symnet.text.say import listed, say
from symnet.typeset.arrays import MOST_COLUMNS, ArrayWriter
from symnet.typeset.expressions import row

if TYPE_CHECKING:
    from symnet.numerics.direct import Value
    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.training import Sample


class ArraySheet:
    """A graph of arrays on a sheet.

    Args:
        sheet: The sheet.
        graph: Its arrays.
    """

    @classmethod
    def of(cls, sheet: Sheet) -> ArraySheet:
        """Return a sheet about a graph of arrays as one."""
        return cls(sheet, sheet.part.network.arrays or ArrayGraph({}, {}, (), ""))

    def __init__(self, sheet: Sheet, graph: ArrayGraph) -> None:
        self.sheet = sheet
        self.graph = graph
        self.write = ArrayWriter.of(sheet.part.network, sheet.names.notation, traced=sheet.names.traced)
        self.derivatives = sheet.part.gradient.arrays

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The inputs with respect to which derivatives are asked for: those that are chosen, or else all that count."""
        asked = {leaf.name for leaf in self.sheet.leaves}
        inputs = [name for name in self.graph.inputs if not asked.isdisjoint(self.ids(name))]
        used = tuple(name for name in inputs if self.derivatives[name].uses)
        return used or tuple(inputs)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The nodes whose derivatives lead to those that are asked for, the last one first."""
        cited = {self.derivatives[name].name: name for name in self.graph.nodes if name in self.derivatives}
        found, waiting = set[str](), list(self.wanted)
        while waiting:
            tree = self.derivatives[waiting.pop()].tree
            fresh = [cited[name] for name in names_in(tree) if name in cited and cited[name] not in found]
            found.update(fresh)
            waiting += fresh
        return tuple(name for name in self.derivatives if name in found)

    @property
    def reaching(self) -> tuple[str, ...]:
        """The inputs and nodes on which the output depends, in forward order."""
        reached = [name for name in (*self.graph.inputs, *self.graph.nodes) if self._reaches(name)]
        return tuple(reached)

    def _reaches(self, name: str) -> bool:
        return name not in self.derivatives or bool(self.derivatives[name].uses)

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids of the entries of an array; what is always 0 has none."""
        return tuple(filter(None, self.graph.ids(name)))

    def is_frozen(self, name: str) -> bool:
        """Return whether an array of parameters of a layer stays as it is."""
        network = self.sheet.part.network
        fixed = {symbol.name for symbol in network.inputs} if network.lowered else set()
        return not self.is_sampled(name) and not fixed.isdisjoint(self.ids(name))

    def is_sampled(self, name: str) -> bool:
        """Return whether each sample has numbers of its own for an input."""
        network = self.sheet.part.network
        return bool(network.lowered) and any(
            network.quantities[one].role in {Role.INPUT, Role.TARGET, Role.SAMPLE_WEIGHT} for one in self.ids(name)
        )

    def role(self, name: str) -> Role:
        """Return what the entries of an array are in a network of layers; in a graph they are its own."""
        network = self.sheet.part.network
        return network.quantities[self.ids(name)[0]].role if network.lowered else Role.GRAPH

    def derivative(self, name: str) -> Layout:
        """Return the derivative with respect to an array, as it is written."""
        return self.write.derivative(name)

    def of_derivative(self, name: str, sample: int | None = None) -> tuple[str, ...]:
        """Return the ids of the derivatives with respect to the entries of an array.

        Args:
            name: The array.
            sample: The 1-based sample, where there are several.
        """
        part = self.sheet.part
        # What does not reach the output, as behind the diagonal of a causal softmax, has no derivative with a name.
        of, known = (of_gradient, None) if name in self.graph.inputs else (of_adjoint, part.gradient.adjoints)
        entries = (Symbol(entry) for entry in self.ids(name))
        return tuple(one for entry in entries if known is None or entry in known for one in of(part, entry, sample))

    def trees(self) -> Iterator[ArrayTree]:
        """Yield everything that the sheet writes."""
        yield from self.graph.nodes.values()
        for name in (*self.needed, *self.wanted):
            yield from (self.derivatives[name].tree, self.derivatives[name].final)

    def matrix(self, name: str, value: Callable[[Symbol], Value]) -> tuple[Layout, bool]:
        """Return the numbers in an array, and whether all of them are shown exactly."""
        blank: tuple[Layout, bool] = (Operator("cdot"), True)
        ids = self.graph.ids(name)
        cells = [self.sheet.number(value(Symbol(one))) if one else blank for one in ids]
        layouts, shape = [layout for layout, _ in cells], self.graph.shape(name)
        grids = (self.write.grid(layouts, shape, columns) for columns in range(MOST_COLUMNS, _FEWEST_COLUMNS - 1, -1))
        fitting = (grid for grid in grids if width_em(grid) <= _WIDEST)
        return next(fitting, self.write.grid(layouts, shape, _FEWEST_COLUMNS)), all(exact for _, exact in cells)


_FEWEST_COLUMNS = 4
# A line has its name and a sign beside the numbers.
_WIDEST = TEXT_EM - 5


def shape_of(shape: Shape) -> Layout:
    """Return a shape as it is printed: ``3 x 2``; a vector has one number."""
    items: list[Layout] = []
    for length in shape:
        items += [Operator("times")] if items else []
        items.append(Number(str(length)))
    return Row(tuple(items))


def told_shape(shape: Shape) -> Inline:
    """Return a shape in a table: ``3 x 2``, or that it is one number."""
    return (shape_of(shape),) if shape else say("arrays.number")


def array_graph_section(arrays: ArraySheet, figures: Iterable[Block] = ()) -> Iterator[Block]:
    """Yield the drawing, the table of arrays with their shapes, and the equation of every node.

    Args:
        arrays: The arrays.
        figures: Drawings of what layers do.
    """
    graph, sheet = arrays.graph, arrays.sheet
    yield Heading(1, say("network.title" if sheet.part.network.lowered else "graph.title"))
    figure = array_figure(arrays)
    if figure is not None:
        yield figure
    yield from figures
    yield size_of_arrays(arrays)
    yield array_table(arrays, (*graph.inputs, *graph.nodes))
    yield from conventions(sheet)
    yield Heading(1, say("pass.forward"))
    yield Working(tuple(array_equations(arrays)))
    yield from signs(arrays)


def size_of_arrays(arrays: ArraySheet) -> Paragraph:
    """Return the sentence that says how large a graph of arrays is; of layers how many there are, with parameters."""
    network, output = arrays.sheet.part.network, arrays.write.names(arrays.graph.output)
    if network.lowered:
        counts = {"layers": len(network.lowered), "parameters": len(network.parameters)}
        return Paragraph(say("network.size_in_arrays", **counts, output=output))
    counts = {"inputs": len(arrays.graph.inputs), "nodes": len(arrays.graph.nodes)}
    return Paragraph(say("graph.size", **counts, output=output))


def array_figure(arrays: ArraySheet) -> Figure | None:
    """Return the drawing of a graph of arrays, an edge for each array that a node uses; None where it does not fit."""
    graph, write = arrays.graph, arrays.write
    shown = arrays.reaching
    place = {name: index for index, name in enumerate(shown)}
    vertices, edges = [], []
    for name in shown:
        tree = graph.nodes.get(name)
        if tree is None:
            vertices.append(Vertex(write.names(name), "input", None))
            continue
        vertices.append(Vertex(write.names(name), "output" if name == graph.output else "hidden", (write(tree),)))
        edges += [Edge(place[other], place[name]) for other in dict.fromkeys(names_in(tree)) if other in place]
    return draw_graph(vertices, edges, Edge(place[graph.output], None))


def array_table(arrays: ArraySheet, names: Iterable[str]) -> Table:
    """Return a table of arrays: name, shape, and what each is.

    Args:
        arrays: The arrays.
        names: Those that it is about.
    """
    graph, parameters = arrays.graph, {symbol.name for symbol in arrays.sheet.part.network.parameters}
    rows: list[tuple[Inline, ...]] = []
    for name in names:
        role = arrays.role(name)
        if arrays.is_frozen(name):
            meaning = say("legend.frozen")
        elif role is Role.GRAPH:
            meaning = say(_meaning(graph, name, parameters.isdisjoint(arrays.ids(name))))
        else:
            meaning = say(f"role.{role.name.lower()}", count=prod(graph.shape(name)))
        rows.append(((arrays.write.names(name),), told_shape(graph.shape(name)), meaning))
    return Table((say("legend.symbol"), say("arrays.shape"), say("column.meaning")), tuple(rows), "lll")


def _meaning(graph: ArrayGraph, name: str, fixed: bool) -> str:
    if name in graph.inputs:
        return "legend.input" if fixed else "legend.parameter"
    if name == graph.output:
        return "legend.output"
    return "arrays.between" if name in graph.between else "legend.node"


def array_equations(arrays: ArraySheet) -> Iterator[Line]:
    """Yield the equation of every node, with its shape beside it."""
    for name, tree in arrays.graph.nodes.items():
        reason: Inline = (shape_of(tree.shape),) if tree.shape else ()
        left = arrays.write.names(name)
        yield Line(left, "=", arrays.write(tree), reason, kind=LineKind.DEFINITION, about=name)


def signs(arrays: ArraySheet) -> Iterator[Note]:
    """Yield what the signs mean that a page about arrays uses."""
    vectors = any(len(arrays.graph.shape(name)) == 1 for name in (*arrays.graph.inputs, *arrays.graph.nodes))
    yield from signs_in(arrays, tuple(arrays.trees()), vectors=vectors)


def signs_in(arrays: ArraySheet, trees: Sequence[ArrayTree], *, vectors: bool) -> Iterator[Note]:
    """Yield what the signs mean of some expressions.

    Args:
        arrays: The arrays that they are of.
        trees: The expressions.
        vectors: Whether there are vectors among the arrays.
    """
    kinds = {part.kind for tree in trees for part in parts(tree)}
    written = [arrays.write(tree) for tree in trees]
    ones, acting = arrays.write.ones((1,)), acting_entrywise(trees, arrays.write)
    said: Sequence[tuple[str, bool, Mapping[str, Layout | Inline]]] = (
        ("arrays.entrywise", bool(acting), {"acting": listed(acting) if acting else ()}),
        ("arrays.ones", any(holds(layout, ones) for layout in written), {"ones": ones}),
        ("arrays.rows", vectors, {}),
        ("arrays.correlation", "correlate" in kinds, {"correlation": Operator("star"), "convolution": Operator("ast")}),
        (
            "arrays.absent",
            not all(map(all, map(arrays.graph.ids, arrays.graph.inputs))),
            {"dot": Operator("cdot")},
        ),
        ("arrays.causal", "causal_softmax" in kinds, {"row": Glyph("i"), "column": Glyph("j")}),
        (
            "arrays.axes",
            any(part.kind in _OVER and _is_partial(part) for tree in trees for part in parts(tree)),
            {},
        ),
    )
    sentences = [say(key, **slots) for key, stands, slots in said if stands]
    if sentences:
        yield Note(tuple(piece for n, one in enumerate(sentences) for piece in ((" ", *one) if n else one)))


def acting_entrywise(trees: Sequence[ArrayTree], write: ArrayWriter) -> list[Layout | Inline]:
    """Return what stands in some expressions that acts on arrays entry by entry: signs, powers and functions.

    Args:
        trees: The expressions.
        write: Writes them.
    """
    wide = {part.kind for tree in trees for part in parts(tree) if part.shape}
    written = [write(tree) for tree in trees]
    signs = [sign for sign in (Operator("odot"), Operator("oslash")) if any(holds(one, sign) for one in written)]
    kinds = {"power": "arrays.powers", "function": "arrays.functions"}
    return [*signs, *(say(key) for kind, key in kinds.items() if kind in wide)]


_OVER = frozenset({"sum", "mean", "max", "min"})


def _is_partial(tree: ArrayTree) -> bool:
    """Return whether the number of an axis is written: a sum over one of a matrix is a product with ones."""
    axes = len(tree.of[0].shape)
    return len(tree.option.axes) < axes and not (tree.kind == "sum" and axes == 2)


def array_backward_section(arrays: ArraySheet, *, full: bool) -> Iterator[Block]:
    """Yield the derivatives of whole arrays, from the output backward, then all results in a box.

    Args:
        arrays: The arrays.
        full: Whether it is told how they come about.
    """
    output = arrays.write.names(arrays.graph.output)
    yield Heading(1, say("compact.backward"))
    if full:
        yield Paragraph(say("arrays.derivatives", output=output))
        lines = tuple(line for name in (*arrays.needed, *arrays.wanted) for line in derivation(arrays, name))
        if lines:
            yield Working(lines)
        yield from kinks_of_arrays(arrays)
    box = _results(arrays)
    if box is not None:
        yield box


def kinks_of_arrays(arrays: ArraySheet) -> Iterator[Note]:
    """Yield the derivative that is taken at each kink that the derivatives come by."""
    nodes = (node for node in arrays.sheet.part.network.nodes.values() if node.symbol in arrays.sheet.leading)
    kinks = dict.fromkeys(kink for node in nodes for kink in kinked_functions(node.expression))
    yield from (Note(say(f"kink.{kink}")) for kink in kinks)


def derivation(arrays: ArraySheet, name: str) -> Iterator[Line]:
    """Yield the lines of the derivative with respect to an array, with the rules that were applied."""
    derivative = arrays.derivatives[name]
    line = Line(arrays.derivative(name), "=", arrays.write(derivative.tree), _reason(arrays, derivative), about=name)
    if derivative.short is not None:
        yield line
        reason = say("reason.identity" if derivative.by_wholes else "array.put_in")
        line = Line(None, "=", arrays.write(derivative.short), reason, about=name)
    yield line._replace(of=arrays.of_derivative(name))


def _reason(arrays: ArraySheet, derivative: ArrayDerivative) -> Inline:
    """Return why a derivative is what it is: the rules on the way through one node, or through which nodes it goes."""
    if len(derivative.uses) > 1:
        through = [arrays.write.names(name) for name in dict.fromkeys(use.through for use in derivative.uses)]
        return say("arrays.through", nodes=listed(through))
    reasons = [reason for use in derivative.uses for reason in use.reasons if reason not in _TRIVIAL]
    return listed([say(f"array.{reason}") for reason in dict.fromkeys(reasons)]) if reasons else ()


# Rules of which a reader sees by himself that they were applied.
_TRIVIAL = frozenset({"sum"})


def _results(arrays: ArraySheet) -> Results | None:
    lines = []
    for name in arrays.wanted:
        derivative = arrays.derivatives[name]
        line = Line(arrays.derivative(name), "=", arrays.write(derivative.final))
        lines.append(line._replace(of=arrays.of_derivative(name), kind=LineKind.RESULT, about=name))
    return result_box(lines) if lines else None


# The objective: what several samples, or a penalty, come to together.


def array_objective_section(arrays: ArraySheet, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield the objective and its gradient in symbols, if there are several samples or a penalty.

    Args:
        arrays: The arrays.
        penalties: The catalog names of the regularizers.
    """
    sheet = arrays.sheet
    objective = sheet.part.objective
    if not objective.nodes:
        return
    yield from objective_defined(sheet, penalties)
    yield Working((objective_rule(sheet),))


def objective_of_arrays(arrays: ArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the objective and its gradient in numbers, where it is more than one loss."""
    sheet = arrays.sheet
    alone = evaluation.batch is not None and len(evaluation.samples) == 1 and not sheet.part.objective.penalty
    if not sheet.part.objective.nodes or alone:
        return
    yield titled(2, "compact.objective_gradient")
    lines = list(objective_lines(sheet, evaluation))
    for name in arrays.wanted:
        layout, exact = arrays.matrix(name, evaluation.gradients.__getitem__)
        left = arrays.write.names.partial(sheet.objective, arrays.write.names(name))
        line = Line(left, "=" if exact else "approx", layout, kind=LineKind.VALUE)
        lines.append(line._replace(of=arrays.of_derivative(name), about=name))
    yield Working(tuple(lines))


# The numbers.


def array_numbers_section(arrays: ArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield what is put in, then both passes in matrices."""
    yield Heading(1, say("numbers.title"))
    yield from rounding_rule(arrays.sheet)
    fixed = [name for name in arrays.graph.inputs if not arrays.is_sampled(name) or len(evaluation.samples) == 1]
    yield array_data(arrays, evaluation.samples[0], fixed)
    yield from array_passes(arrays, evaluation)


def array_data(arrays: ArraySheet, sample: Sample, names: Iterable[str]) -> Flow:
    """Return what is put in for inputs.

    Args:
        arrays: The arrays.
        sample: The numbers of a sample.
        names: The inputs.
    """
    lines = []
    for name in names:
        layout, exact = arrays.matrix(name, lambda symbol: sample.values[symbol])
        lines.append(Line(arrays.write.names(name), "=" if exact else "approx", layout))
    return Flow(tuple(lines))


def array_passes(arrays: ArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield both passes with their numbers, an array a line; of several samples those of the first few."""
    several = len(evaluation.samples) > 1 or evaluation.batch is not None
    for number, sample in worked_samples(evaluation):
        if several:
            yield titled(2, "compact.sample", number=str(number))
            yield array_data(arrays, sample, filter(arrays.is_sampled, arrays.graph.inputs))
        yield from _passes(arrays, sample, number if several else None)
    yield from samples_left_out(evaluation)
    yield from objective_of_arrays(arrays, evaluation)


def _passes(arrays: ArraySheet, sample: Sample, number: int | None) -> Iterator[Block]:
    """Yield both passes of a sample."""
    if number is None:
        yield numbers_heading("pass.forward")
    lines = []
    for name, tree in arrays.graph.nodes.items():
        ids = tuple(one for symbol in arrays.ids(name) for one in of_node(Symbol(symbol), number))
        layout, exact = arrays.matrix(name, lambda symbol: sample.values[symbol])
        lines.append(valued(arrays.write.names(name), arrays.write(tree), layout, exact)._replace(of=ids, about=name))
    if number is None:
        yield Working(tuple(lines))
        yield numbers_heading("pass.backward")
        lines = []
    known = {**sample.gradients, **sample.adjoints}
    zero = arrays.sheet.exactly(Fraction(0))
    for name in (*arrays.needed, *arrays.wanted):
        layout, exact = arrays.matrix(name, lambda symbol: known.get(symbol, zero))
        line = valued(arrays.derivative(name), arrays.write(arrays.derivatives[name].final), layout, exact)
        lines.append(line._replace(of=arrays.of_derivative(name, number), about=name))
    yield Working(tuple(lines))


def valued(left: Layout, middle: Layout, number: Layout, exact: bool) -> Line:
    """Return an equation in symbols, with what it comes to."""
    relation = Operator("=" if exact else "approx")
    return Line(left, "=", row((middle, relation, number)), kind=LineKind.VALUE)
