"""The sections of the matrix form: what the letters stand for, the forward pass, the derivatives layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sympy import S

from symnet.calculus import Partial
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Result, Table, Working, telling
from symnet.layout.dots import dotted
from symnet.layout.matrices import MatrixWriter
from symnet.layout.measure import RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.operands import row
from symnet.layout.spelling import letter_of
from symnet.layout.tree import Fence, Layout, Operator, Row
from symnet.matrix.check import form_of
from symnet.matrix.equations import Equation, LayerForm, MatrixForm, Right, Why
from symnet.matrix.shapes import shape
from symnet.matrix.tree import Coupled, Hadamard, Letter, Scaled, Slope, Sum, Times, Tree
from symnet.quantity import Role
from symnet.worksheet.ids import of_entries
from symnet.worksheet.sheet import Sheet, inline_list

# What the table of matrices says of each role.
_MEANINGS: Mapping[Role, str] = MappingProxyType(
    {
        Role.INPUT: "inputs",
        Role.TARGET: "targets",
        Role.WEIGHT: "weights",
        Role.BIAS: "biases",
        Role.PRE_ACTIVATION: "pre-activations",
        Role.ACTIVATION: "activations",
        Role.OUTPUT: "outputs",
        Role.DROPPED: "activations after dropout",
        Role.DELTA: "deltas",
    }
)
_PLACES: Mapping[Role, str] = MappingProxyType({Role.INPUT: "", Role.TARGET: "", Role.WEIGHT: " into layer {}"})
# Rows and columns of the matrix of derivatives that is written out as an example.
_MOST_PARTIALS = (3, 3)
# The room in em within a frame.
_FRAME_EM = TEXT_EM - 1.8


def matrix_forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the table of all vectors and matrices with their shapes, and the forward pass in them."""
    form, write = form_of(sheet.part), MatrixWriter(sheet.names)
    yield Heading(2, ("Forward pass in matrix form",)) if sheet.view.scalar else Heading(1, ("Forward pass",))
    yield Paragraph(_layout_in_words(sheet, form))
    yield _table(sheet, form, write)
    uses = len(sheet.part.network.branches)
    lines: list[Line] = []
    for layer in form.layers:
        # The same holds for every use of the network: the first one stands for all.
        for equation in layer.forward[: len(layer.forward) // uses]:
            lines += matrix_lines(sheet, equation, write)
    yield Working(tuple(lines))
    if uses > 1:
        yield Note(("The same equations hold for the positive (p) and for the negative (n).",))


def _layout_in_words(sheet: Sheet, form: MatrixForm) -> Inline:
    """Return how the units, the samples and the weights stand in vectors and matrices."""
    names, several = sheet.names, form.samples != 1
    said: list[str | Layout] = []
    line = "row" if names.rows else "column"
    whose = f"Each {line} of a matrix of units is one sample" if several else f"The units of a layer stand in a {line}"
    ends = ("leave", "lead to") if names.from_to else ("lead to", "leave")
    said.append(
        f"{whose}; a matrix of weights has a row for each unit that the weights {ends[0]} and a column for each"
    )
    said.append(f" unit that they {ends[1]}. ")
    said += ["The sign ", Operator("odot"), " is the product entry by entry; functions are applied entry by entry"]
    if any(isinstance(right.tree, Coupled) for layer in form.layers for e in layer.forward for right in e.rights):
        said.append(f", softmax to each {line}" if several else ", softmax to all of them")
    said += ["; ", names.role(Role.ONES), " is a column of ones, as long as it has to be."]
    return tuple(said)


def _table(sheet: Sheet, form: MatrixForm, write: MatrixWriter) -> Table:
    """Return the letters with what they stand for and their shapes, those of one layer and shape in one row."""
    uses = len(sheet.part.network.branches)
    inputs, targets = ([a for a in form.given if a.role is role] for role in (Role.INPUT, Role.TARGET))
    groups: list[list[Letter]] = [inputs[: len(inputs) // uses]]
    for layer in form.layers:
        groups += [[a for a in layer.parameters if a.role is role] for role in (Role.WEIGHT, Role.BIAS)]
        defined = [equation.left for equation in layer.forward if isinstance(equation.left, Letter)]
        deltas = layer.deltas if sheet.names.has_delta else ()
        groups.append([*defined[: len(defined) // uses], *deltas[: len(deltas) // uses]])
    rows = tuple(_row(sheet, write, letters) for letters in (*groups, targets) if letters)
    return Table((("Letter",), ("Meaning",), ("Shape",)), rows, "lll")


def _row(sheet: Sheet, write: MatrixWriter, letters: Sequence[Letter]) -> tuple[Inline, ...]:
    first = letters[0]
    meanings = ", ".join(dict.fromkeys(_MEANINGS[letter.role] for letter in letters))
    number = sheet.names.notation.number(Role.PRE_ACTIVATION, first.layer or 0)
    place = _PLACES.get(first.role, " of layer {}").format(number)
    return inline_list([write(letter) for letter in letters]), (meanings + place,), (_size(sheet, first),)


def matrix_backward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the derivatives in vectors and matrices: by the pre-activations from the last layer on, by parameters."""
    form, write = form_of(sheet.part), MatrixWriter(sheet.names)
    what = "Deltas" if sheet.names.has_delta else "Derivatives by the pre-activations"
    yield Heading(2, (f"{what} in matrix form",))
    yield Paragraph(_slopes_in_words(sheet, form, write))
    for layer in reversed(form.layers):
        lines = [line for equation in layer.backward for line in matrix_lines(sheet, equation, write)]
        yield Working(tuple(lines))
    yield Heading(2, ("Gradients in matrix form",))
    shown = [(layer, shown_gradients(sheet, layer)) for layer in reversed(form.layers)]
    for equation in [equation for _layer, equations in reversed(shown) for equation in equations][:1]:
        yield from _written_out(sheet, equation, write)
    for _layer, equations in shown:
        if equations:
            yield _framed([line for e in equations for line in matrix_lines(sheet, e, write)])
    if form.inputs:
        yield Heading(2, ("Derivatives by the inputs in matrix form",))
        yield _framed([line for e in form.inputs for line in matrix_lines(sheet, e, write)])


def _framed(lines: Sequence[Line]) -> Result:
    """Return lines in a frame, with their reasons where there is room for a column of them."""
    columns = (
        (width_em(line.left) if line.left is not None else 0, width_em(line.right), inline_em(line.reason) + 1)
        for line in lines
    )
    fits = sum(map(max, zip(*columns, strict=True))) + RELATION_EM <= _FRAME_EM
    return Result(tuple(lines) if fits else tuple(line._replace(reason=()) for line in lines))


def shown_gradients(sheet: Sheet, layer: LayerForm) -> list[Equation]:
    """Return the derivatives of a layer by those letters in which a parameter that is shown stands."""
    found = []
    for equation in layer.gradients:
        cells = equation.left.wrt.cells if isinstance(equation.left, Slope) else ()
        if any(sheet.view.shows(cell.name) for row in cells for cell in row):
            found.append(equation)
    return found


def _slopes_in_words(sheet: Sheet, form: MatrixForm, write: MatrixWriter) -> Inline:
    """Return what the derivatives by vectors and matrices are."""
    said: list[str | Layout] = ["A derivative has the shape of what it is by."]
    if form.samples != 1:
        sample = letter_of(sheet.names.notation.sample.letter)
        line = "Row" if sheet.names.rows else "Column"
        said += [f" {line} ", sample, " of ", write(form.layers[-1].deltas[0]), " holds the derivatives of the loss of"]
        said += [" sample ", sample, " alone, before the samples are taken together."]
    return tuple(said)


def _written_out(sheet: Sheet, equation: Equation, write: MatrixWriter) -> Iterator[Block]:
    """Yield a derivative by a matrix as the matrix of the derivatives by its entries."""
    slope = equation.left
    if isinstance(slope, Slope) and slope.wrt.role is Role.WEIGHT:
        cells = slope.wrt.cells
        written = dotted(
            len(cells),
            len(cells[0]),
            _MOST_PARTIALS,
            lambda i, j: sheet.build(Partial(slope.of, cells[i][j])),
        )
        yield Working((Line(write(slope), "=", written, ("entry by entry",)),))


def matrix_lines(sheet: Sheet, equation: Equation, write: MatrixWriter) -> Iterator[Line]:
    """Yield the lines of an equation, each with its reason; a letter for deltas is introduced on the first."""
    written = write.of_each if equation.each else write
    left = written(equation.left)
    if isinstance(equation.left, Letter) and equation.left.role is Role.DELTA and sheet.names.has_delta:
        by = Slope(sheet.part.network.loss, equation.left._replace(role=Role.PRE_ACTIVATION))
        left = Row((left, Operator(":="), written(by)))
    lines = (
        Line(None if index else left, "=", written(right.tree), _reason(sheet, equation, right))
        for index, right in enumerate(equation.rights)
    )
    yield from telling(of_entries(sheet.part, equation.left), lines)


# Why a line holds, in words; where there are none, the shapes say it.
_WORDS: Mapping[Why, str] = MappingProxyType(
    {
        Why.ACTIVATION: "entry by entry",
        Why.DROPOUT: "the mask over the probability of keeping a unit",
        Why.LOSS_SLOPE: "slope of the loss",
        Why.ENTRIES: "entry by entry",
        Why.CHAIN: "chain rule",
        Why.ACTIVATION_SLOPE: "slope of the activation",
        Why.SIMPLIFIED: "put in and simplified",
    }
)


def _reason(sheet: Sheet, equation: Equation, right: Right) -> Inline:
    several = ", for each sample" if equation.each and right is equation.rights[0] else ""
    if isinstance(right.tree, Letter):
        return ()
    if isinstance(right.tree, Coupled):
        line = "row by row" if sheet.names.rows else "column by column"
        return (line if right.tree.of.samples != 1 else "all units together",)
    words = _WORDS.get(right.why)
    if words is None:
        return (shapes(sheet, right.tree), *((several,) if several else ()))
    return (words + several,)


def shapes(sheet: Sheet, tree: Tree) -> Layout:
    """Return the shapes of the factors of a product, so that one sees that they fit: ``(2 × 3)(3 × 1) + (2 × 1)``.

    What is joined entry by entry has one shape, which is said once.
    """
    rule = _SHAPES.get(type(tree))
    return _size(sheet, tree) if rule is None else rule(sheet, tree)


def _size(sheet: Sheet, tree: Tree) -> Layout:
    rows, columns = (sheet.build(count) for count in shape(tree))
    return Fence(Row((rows, Operator("times"), columns)))


def _joined(sheet: Sheet, trees: Iterable[Tree], sign: str) -> Layout:
    """Return the shapes of products with a sign between them, and once that of what is no product."""
    found: dict[Layout, str] = {}
    for tree in trees:
        own = "-" if isinstance(tree, Scaled) and tree.factor is S.NegativeOne else sign
        found.setdefault(shapes(sheet, tree), own)
    (first, _), *others = found.items()
    return row((first, *(part for size, own in others for part in (Operator(own), size))))


_SHAPES: Mapping[type, Callable[[Sheet, Any], Layout]] = MappingProxyType(
    {
        Times: lambda sheet, tree: row(_size(sheet, factor) for factor in tree.factors),
        Scaled: lambda sheet, tree: shapes(sheet, tree.of),
        Sum: lambda sheet, tree: _joined(sheet, tree.terms, "+"),
        Hadamard: lambda sheet, tree: _joined(sheet, tree.factors, "odot"),
    }
)
