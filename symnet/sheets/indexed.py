"""The sections of the indexed form: what the indices run over, the forward pass, and the general rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Symbol

from symnet.algebra.branches import kinked_functions
from symnet.algebra.indices import Attains, Elsewhere, Index, Kronecker, Place
from symnet.algebra.nodes import Partial
from symnet.derivation.steps import Rule
from symnet.document import Block, Heading, Inline, Line, Note, Paragraph, Result, Table, Working
from symnet.indexed.check import indexed_form_of
from symnet.indexed.equations import IndexedEquation, IndexedForm, IndexedReason, IndexedRight, LayerRules
from symnet.layout.measure import RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.tree import Glyph, Layout, Operator
from symnet.network.graph import NodeKind
from symnet.notation.names import letter_of
from symnet.quantity import Role
from symnet.sheets.derivatives import penalty_facts
from symnet.sheets.objective import objective_in_words
from symnet.sheets.sheet import Sheet
from symnet.text.say import say, separated
from symnet.typeset.expressions import CONDITIONS, LayoutBuilder, one_where, row
from symnet.typeset.indices import IndexedNames

# Why a line holds, by the keys of the reasons.
_WORDS: Mapping[IndexedReason, str] = MappingProxyType(
    {
        IndexedReason.DROPOUT: "indexed.dropout",
        IndexedReason.LOSS_DERIVATIVE: "reason.loss_derivative",
        IndexedReason.CHAIN: "reason.chain",
        IndexedReason.PATHS: "indexed.paths",
        IndexedReason.USES: "indexed.uses",
        IndexedReason.DERIVATIVE: "reason.activation_derivative",
        IndexedReason.KRONECKER: "indexed.kronecker",
        IndexedReason.JACOBIAN: "indexed.jacobian",
        IndexedReason.LARGEST: "indexed.largest",
        IndexedReason.CANCEL: "reason.cancel",
        IndexedReason.FACTOR: "reason.factor",
        IndexedReason.TARGETS: "reason.identity",
        IndexedReason.SIMPLIFY: "reason.simplify",
        IndexedReason.NO_PATH: "reason.no_path",
        IndexedReason.LINEARITY: "reason.linearity",
        IndexedReason.PUT_IN: "indexed.put_in",
    }
)
# Values of an index that are listed before dots stand for the rest.
_MOST_LISTED = 3
# The room in em within a frame.
_FRAME_EM = TEXT_EM - 1.8


class IndexedWriter(NamedTuple):
    """An indexed form with how it is written.

    Attributes:
        sheet: The part.
        form: Its indexed form.
        names: How its quantities are written.
        build: From expressions to layout trees.
    """

    sheet: Sheet
    form: IndexedForm
    names: IndexedNames
    build: LayoutBuilder

    @classmethod
    def of(cls, sheet: Sheet) -> IndexedWriter:
        """Return the indexed form of a part, as its notation has it."""
        form = indexed_form_of(sheet.part)
        names = IndexedNames(sheet.names, form.letters.vocabulary.quantities)
        return cls(sheet, form, names, LayoutBuilder(names))

    def left(self, equation: IndexedEquation) -> Layout:
        """Return the left side of an equation: a delta by its letter, a loss as it is defined."""
        left = equation.left
        if not isinstance(left, Partial):
            known = left.name in self.sheet.names.quantities
            return self.names.defined(left.name) if known else self.build(left)
        delta = self.delta(left.wrt) if self.names.has_delta and left.of == self.form.letters.network.loss else None
        return self.build(left) if delta is None else delta

    def delta(self, wrt: Symbol) -> Layout | None:
        """Return the letter of the derivative with respect to a pre-activation; None for anything else."""
        held = self.form.letters.vocabulary.quantities.get(wrt.name)
        if held is not None:
            delta = held._replace(role=Role.DELTA)
            return self.names.indexed(delta, "") if held.role is Role.PRE_ACTIVATION else None
        adjoint = self.sheet.part.gradient.adjoints.get(wrt)
        is_delta = self.names.quantities[wrt.name].role is Role.PRE_ACTIVATION
        return self.build(adjoint.symbol) if is_delta and adjoint is not None else None

    def lines(self, equation: IndexedEquation) -> tuple[Line, ...]:
        """Return the lines of an equation, each with its reason; one that looks like the line above is left out."""
        found: list[Line] = []
        for right in equation.rights:
            body = self.build(right.expression)
            if not found or found[-1].right != body:
                found.append(Line(None if found else self.left(equation), "=", body, self.reason(right)))
        return tuple(found)

    def on_one_line(self, equation: IndexedEquation) -> tuple[Line, ...]:
        """Return the lines of an equation as one, if that is not too wide."""
        first, *others = self.lines(equation)
        items = [first.right, *(part for line in others for part in (Operator("="), line.right))]
        line = first._replace(right=row(items))
        wide = width_em(self.left(equation)) + RELATION_EM + width_em(line.right) + inline_em(line.reason) + 1
        return (line,) if wide <= _FRAME_EM else (first, *others)

    def reason(self, right: IndexedRight) -> Inline:
        """Return why a line holds."""
        if right.why is IndexedReason.LINEAR:
            return (self.sheet.reason(Rule.REUSE),)
        return say(_WORDS[right.why]) if right.why in _WORDS else ()

    def working(self, equations: Iterable[IndexedEquation]) -> Iterator[Block]:
        """Yield equations one below the other, if there are any."""
        lines = tuple(line for equation in equations for line in self.lines(equation))
        if lines:
            yield Working(lines)


def indexed_forward_section(sheet: Sheet) -> Iterator[Block]:
    """Yield what the indices run over, and the forward pass of each layer."""
    write = IndexedWriter.of(sheet)
    yield Heading(1, say("pass.forward"))
    yield Paragraph(say("indexed.free"))
    yield _ranges(write)
    yield from _further_ranges(write)
    yield from index_conditions(write)
    for rules in write.form.layers:
        yield from write.working(rules.forward)


def _ranges(write: IndexedWriter) -> Table:
    """Return the table of what the indices of units run over, layer by layer."""
    layers, used = write.form.letters.layers, write.form.used
    rows = []
    for layer, after in zip(layers, (*layers[1:], None), strict=True):
        number = write.names.notation.number(Role.PRE_ACTIVATION, layer.number)
        source = index_range(write, layer.source)
        own = [place for place in (layer.own, layer.other) if isinstance(place, Index) and place.name in used]
        rows.append(
            (
                say("network.output_row" if layer.last else "network.hidden_row", number=number),
                index_range(write, *own),
                say("indexed.of_inputs", indices=source) if layer.number == 1 else source,
                index_range(write, after.next) if after is not None else ("",),
            )
        )
    head = (say("column.layer"), say("column.units"), say("column.feeding"), say("column.fed"))
    return Table(head, tuple(rows), "llll")


def _further_ranges(write: IndexedWriter) -> Iterator[Block]:
    """Yield what the other indices run over: pieces, uses of the network, samples."""
    said: list[Inline] = []
    letters, used = write.form.letters, write.form.used
    for layer in letters.layers:
        places = (layer.piece, layer.other_piece, layer.next_piece)
        pieces = [place for place in places if isinstance(place, Index) and place.name in used]
        if pieces:
            number = write.names.notation.number(Role.PRE_ACTIVATION, layer.number)
            said.append(say("indexed.of_pieces", indices=index_range(write, *pieces), number=number))
    if isinstance(letters.use, Index):
        said.append(say("indexed.of_uses", indices=index_range(write, letters.use)))
    samples = write.sheet.part.objective.samples
    if samples is not None:
        letter = letter_of(write.names.notation.sample.letter)
        numbers = [write.build(Integer(number)) for number in range(1, _MOST_LISTED + 1)]
        known = numbers[: int(samples)] if samples.is_Integer and samples <= _MOST_LISTED else None
        values = known or [numbers[0], Glyph("dots"), write.build(samples)]
        said.append(say("indexed.of_samples", indices=row((letter, Operator("="), *_with_commas(values)))))
    if said:
        yield Paragraph(say("indexed.further", indices=separated(said, "series.between_clauses")))


def index_conditions(write: IndexedWriter) -> Iterator[Block]:
    """Yield what a condition on an index is worth, where the table of symbols has no reason to say it."""
    said = any(
        derivative.has(*CONDITIONS)
        for node in write.sheet.part.network.nodes.values()
        for derivatives in node.derivatives.values()
        for derivative in derivatives
    )
    rights = (right.expression for equation in write.form.equations for right in equation.rights)
    if not said and any(right.has(Kronecker, Elsewhere) for right in rights):
        where = one_where(write.names.notation, Glyph("c"))
        yield Note(say("convention.sentence", said=say("convention.condition", where=where, condition=Glyph("c"))))


def index_range(write: IndexedWriter, *places: Place) -> Inline:
    """Return indices with the values that they have: ``k, l = 1, 2, 3``."""
    indices = [place for place in places if isinstance(place, Index)]
    if not indices:
        return say("indexed.one_unit")
    items = _with_commas([write.names.index(index.name) for index in indices])
    values: list[Layout] = [letter_of(str(value)) for value in indices[0].values]
    if len(values) > _MOST_LISTED:
        values = [*values[:1], Glyph("dots"), values[-1]]
    return (row((*items, Operator("="), *_with_commas(values))),)


def _with_commas(values: Sequence[Layout]) -> list[Layout]:
    """Return values with commas between them."""
    return [part for value in values for part in (Operator(","), value)][1:]


def layer_rule(sheet: Sheet, layer: int, *, gradients: bool) -> tuple[Line, ...]:
    """Return the general rule of a layer: its deltas, or its gradients, each as it comes out.

    Args:
        sheet: The part with general indices.
        layer: The 1-based number of the layer.
        gradients: Whether its gradients are wanted, and not its deltas.
    """
    write = IndexedWriter.of(sheet)
    rules = write.form.layers[layer - 1]
    equations = rules.gradients if gradients else (*rules.local, *rules.backward)
    last = (equation._replace(rights=equation.rights[-1:]) for equation in equations)
    return tuple(line._replace(reason=()) for equation in last for line in write.lines(equation))


def rule_sections(sheet: Sheet, first: Sheet, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield the loss, the general rule of every layer, and the objective where there is more than one sample's loss.

    Args:
        sheet: The part.
        first: The first part; what is the same there is not repeated.
        penalties: The catalog names of the regularizers.
    """
    write = IndexedWriter.of(sheet)
    yield Heading(2, say("backward.loss"))
    yield from write.working(write.form.loss)
    yield from write.working(write.form.loss_derivatives)
    nodes = (node for node in sheet.part.network.nodes.values() if node.kind is NodeKind.LOSS)
    for name in dict.fromkeys(name for node in nodes for name in kinked_functions(node.expression)):
        yield Note(say(f"kink.{name}"))
    known = frozenset(IndexedWriter.of(first).form.equations if first is not sheet else ())
    yield from _rule(write, known)
    yield from _objective(write, penalties, known)


def _rule(write: IndexedWriter, known: frozenset[IndexedEquation]) -> Iterator[Block]:
    """Yield the general rule: from the last layer to the first, the deltas and the gradients."""
    yield Heading(2, say("indexed.rule"))
    layers, inputs = shown_rules(write)
    left_out = False
    for rules in reversed(layers):
        backward = [e for e in (*rules.local, *rules.backward) if e not in known]
        gradients = [e for e in rules.gradients if e not in known and is_shown(write, e)]
        left_out = left_out or not known.isdisjoint((*rules.backward, *rules.gradients))
        if backward or gradients:
            yield Heading(3, _title(write, rules))
        yield from write.working(backward)
        yield from _gradients(write, gradients, framed=not rules.objective)
    inputs = [equation for equation in inputs if equation not in known]
    if inputs:
        yield Heading(3, say("indexed.inputs"))
        yield from _gradients(write, inputs, framed=True)
    if any(right.expression.has(Attains) for rules in layers for e in rules.local for right in e.rights):
        yield Note(say("indexed.tie"))
    if left_out:
        yield Paragraph(say("indexed.rest" if write.names.has_delta else "indexed.rest_without_deltas"))


def _title(write: IndexedWriter, rules: LayerRules) -> Inline:
    number = write.names.notation.number(Role.PRE_ACTIVATION, rules.number)
    last = rules.number == len(write.form.layers)
    return say("indexed.output_layer" if last else "indexed.hidden_layer", number=number)


def _gradients(write: IndexedWriter, equations: Sequence[IndexedEquation], *, framed: bool) -> Iterator[Block]:
    """Yield derivatives with respect to parameters, each with its chain rule; in a frame where they are final."""
    lines = tuple(line for equation in equations for line in write.on_one_line(equation))
    if lines:
        yield Result(lines) if framed else Working(lines)


def shown_rules(write: IndexedWriter) -> tuple[list[LayerRules], list[IndexedEquation]]:
    """Return the layers on which what is shown rests, and the derivatives with respect to inputs that are shown."""
    form = write.form
    inputs = [equation for equation in form.inputs if is_shown(write, equation)]
    layers = list(form.layers)
    while not inputs and layers and not any(is_shown(write, equation) for equation in layers[0].gradients):
        layers.pop(0)
    return layers, inputs


def is_shown(write: IndexedWriter, equation: IndexedEquation) -> bool:
    """Return whether one of the parameters by which an equation is a derivative is shown."""
    resolved = write.form.letters.resolved
    return any(write.sheet.view.shows(str(resolved(equation.wrt, where))) for where in equation.everywhere)


def _objective(write: IndexedWriter, penalties: tuple[str, ...], known: frozenset[IndexedEquation]) -> Iterator[Block]:
    """Yield the objective and its derivatives, where it is more than the loss of one sample."""
    if known.issuperset(write.form.objective):
        return
    yield Heading(2, say("objective.title"))
    yield Paragraph(objective_in_words(write.sheet))
    yield from write.working(write.form.objective)
    yield from penalty_facts(write.sheet, penalties)
    shown = [
        [equation for equation in rules.objective if is_shown(write, equation) and equation not in known]
        for rules in reversed(shown_rules(write)[0])
    ]
    for example in [equation for equations in shown for equation in equations][:1]:
        yield Working(write.lines(example._replace(rights=example.rights[:1])))
    for equations in shown:
        lines = [
            write.lines(equation._replace(rights=equation.rights[-1:]))[0]._replace(reason=()) for equation in equations
        ]
        if lines:
            yield Result(tuple(lines))
