"""The general rule on a compact sheet: the loss, then the deltas of each layer, and the gradients once for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sympy import Symbol

from symnet.algebra.branches import kinked_functions
from symnet.algebra.indices import Attains
from symnet.derivation.steps import before_writing_out
from symnet.document import Block, Flow, Heading, Inline, Labelled, Line, Note, Paragraph, Working
from symnet.indexed.equations import IndexedEquation, IndexedReason, LayerRules
from symnet.layout.measure import RELATION_EM, TEXT_EM, inline_em, width_em
from symnet.layout.tree import Glyph, Layout, Operator, Space
from symnet.network.graph import LayerNodes, NodeKind
from symnet.notation.names import Names
from symnet.quantity import Role
from symnet.sheets.compact_part import CompactPart
from symnet.sheets.indexed import is_shown, shown_rules
from symnet.sheets.sheet import Sheet
from symnet.text.say import say, words
from symnet.typeset.expressions import row

# In em: what a reason takes beside its size, and the room for a label before a line.
_REASON_SIZE = 0.83
_REASON_GAP = 1.0
_LABEL_EM = 6.0


def packed(lines: Iterable[Line], room: float) -> tuple[Line, ...]:
    """Return the lines of a calculation with as many right sides on each as fit, their reasons side by side.

    Args:
        lines: The lines, the first with its left side.
        room: The width in em that a line may have.
    """
    found: list[Line] = []
    left = 0.0
    for line in lines:
        if line.left is not None:
            left = width_em(line.left)
        elif found:
            joined = _joined(found[-1], line)
            beside = inline_em(joined.reason) * _REASON_SIZE + _REASON_GAP if joined.reason else 0.0
            if left + RELATION_EM + width_em(joined.right) + beside <= room:
                found[-1] = joined
                continue
        found.append(line)
    return tuple(found)


def _joined(first: Line, second: Line) -> Line:
    reasons = [reason for reason in (first.reason, second.reason) if reason]
    between = say("series.between_clauses")
    reason = tuple(p for n, one in enumerate(dict.fromkeys(reasons)) for p in ((*between, *one) if n else one))
    return first._replace(right=row((first.right, Operator("="), second.right)), reason=reason)


# Reasons that stand several on a line are short.
_SHORT: Mapping[IndexedReason, str] = MappingProxyType(
    {IndexedReason.PATHS: "compact.reason.paths", IndexedReason.USES: "compact.reason.uses"}
)


def _rule_lines(part: CompactPart, equation: IndexedEquation) -> tuple[Line, ...]:
    """Return the lines of an equation of the rule, as many right sides on each as fit."""
    write, found = part.write, list[Line]()
    is_parameter = equation in {e for rules in write.form.layers for e in rules.gradients}
    for right in equation.rights:
        body = write.build(right.expression)
        if found and found[-1].right == body:
            continue
        reason = write.reason(right)
        if right.why in _SHORT:
            reason = say(_SHORT[right.why])
        elif right.why is IndexedReason.LINEAR:
            reason = () if is_parameter else _local(part.write.names, _source(part, equation))
        found.append(Line(None if found else write.left(equation), "=", body, reason))
    return packed(found, TEXT_EM - _LABEL_EM)


def _source(part: CompactPart, equation: IndexedEquation) -> Role:
    """Return what feeds the layer behind the one of an equation."""
    if equation in part.write.form.inputs:
        return Role.INPUT
    layers = zip(part.write.form.layers, part.sheet.part.network.layers, strict=True)
    dropped = any(layer.dropped and equation in rules.backward for rules, layer in layers)
    return Role.DROPPED if dropped else Role.ACTIVATION


def _local(names: Names, source: Role) -> Inline:
    """Return that the derivative of a pre-activation wrt what feeds it is a weight, and that dropout has a mask."""
    z, a, weight = (names.letter(role) for role in (Role.PRE_ACTIVATION, source, Role.WEIGHT))
    said: Inline = (row((Glyph("partial"), z)), "/", row((Glyph("partial"), a, Operator("="), weight)))
    return said if source is not Role.DROPPED else (*said, *say("series.between_clauses"), *say("indexed.dropout"))


def loss_lines(part: CompactPart) -> Iterator[Block]:
    """Yield the loss and its derivatives with respect to the outputs, and what stands between them.

    Args:
        part: The part.
    """
    write, network = part.write, part.sheet.part.network
    loss = [line for equation in write.form.loss for line in write.lines(equation)]
    derivatives = [packed(write.lines(equation), TEXT_EM - 1.2) for equation in write.form.loss_derivatives]
    if len(loss) == 1 and all(len(lines) == 1 for lines in derivatives) and len(derivatives) == 1:
        yield Flow((*loss, derivatives[0][0]._replace(reason=())))
    else:
        yield Flow(tuple(loss))
        if part.sheet.view.detail != "results":
            yield Working(tuple(line for lines in derivatives for line in lines))
    nodes = (node for node in network.nodes.values() if node.kind is NodeKind.LOSS)
    for kink in dict.fromkeys(kink for node in nodes for kink in kinked_functions(node.expression)):
        yield Note(say(f"kink.{kink}"))


def rule_section(part: CompactPart, first: CompactPart) -> Iterator[Block]:
    """Yield the rule: the deltas of every layer from the last to the first, then the gradients.

    Args:
        part: The part.
        first: The first part; what is the same there is not repeated.
    """
    write = part.write
    known = frozenset(first.write.form.equations) if first is not part else frozenset[IndexedEquation]()
    layers, _inputs = shown_rules(write)
    rows: list[tuple[str, tuple[Line, ...]]] = []
    changed: list[Layout] = []
    for rules in reversed(layers):
        equations = [e for e in (*rules.local, *rules.backward) if e not in known]
        lines = tuple(line for equation in equations for line in _rule_lines(part, equation))
        if lines:
            rows.append((_label(part, rules), lines))
            changed += [write.left(equation) for equation in rules.backward if equation not in known]
    if first is part:
        rows += _gradient_rows(part, layers)
        yield Heading(2, say("compact.rule"))
    elif changed:
        yield Paragraph(_what_changes(part, changed))
    else:
        yield Paragraph(say("compact.nothing_changes"))
    if rows:
        yield Labelled(tuple(rows))
    if first is part and any(right.expression.has(Attains) for r in layers for e in r.local for right in e.rights):
        yield Note(say("compact.tie"))


def deltas_alone(part: CompactPart, first: CompactPart) -> Iterator[Block]:
    """Yield what the deltas of every layer come to, without how, for results that are written in them.

    Args:
        part: The part.
        first: The first part; what is the same there is not repeated.
    """
    write = part.write
    known = frozenset(first.write.form.equations) if first is not part else frozenset[IndexedEquation]()
    rows: list[tuple[str, tuple[Line, ...]]] = []
    for rules in reversed(shown_rules(write)[0]):
        equations = [equation for equation in rules.backward if equation not in known]
        ends = [equation._replace(rights=equation.rights[-1:]) for equation in equations]
        lines = tuple(line._replace(reason=()) for equation in ends for line in write.lines(equation))
        if lines:
            rows.append((_label(part, rules), lines))
    if rows:
        yield Labelled(tuple(rows))


def _what_changes(part: CompactPart, changed: Sequence[Layout]) -> Inline:
    """Return which deltas are others than in the first part."""
    listed = tuple(piece for n, one in enumerate(changed) for piece in ((*say("series.between"), one) if n else (one,)))
    if part.write.names.has_delta:
        return say("compact.only_changes", deltas=listed)
    return say("compact.only_derivatives_change", derivatives=listed)


def _label(part: CompactPart, rules: LayerRules) -> str:
    if rules.number == len(part.write.form.layers):
        return words("compact.output")
    return words("compact.layer", number=part.numbered(rules.number))


def _gradient_rows(part: CompactPart, layers: Sequence[LayerRules]) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield the rule for the parameters: once for every layer if it looks alike in all, else layer by layer."""
    write = part.write
    general = _for_every_layer(part)
    if general is not None and not part.sheet.view.parameters:
        yield words("compact.weights"), (general[0],)
        if len(general) > 1:
            yield words("compact.biases"), (general[1],)
    else:
        for rules in reversed(layers):
            equations = [equation for equation in rules.gradients if is_shown(write, equation)]
            lines = [line for e in equations for line in _rule_lines(part, e)]
            if lines:
                yield words("compact.parameters_of", number=part.numbered(rules.number)), tuple(lines)
    inputs = [equation for equation in write.form.inputs if is_shown(write, equation)]
    if inputs:
        lines = [line for equation in inputs for line in _rule_lines(part, equation)]
        yield words("compact.inputs"), tuple(lines)


# The rule for weights and biases at any layer. It is made by one function of the indices and the layer, and shown only
# where that function makes, for every parameter of the network, the very lines of the derivation number by number.


def _for_every_layer(part: CompactPart) -> tuple[Line, ...] | None:
    """Return the chain rule for a weight, and for a bias, of any layer; None where layers or units differ in it."""
    sheet, network = part.sheet, part.sheet.part.network
    biased = {bool(layer.biases) for layer in network.layers}
    if len(network.branches) > 1 or len(network.layers) == 1 or len(biased) > 1 or sheet.names.own_letters:
        return None
    if not all(_is_plain(sheet, layer, number) for number, layer in enumerate(network.layers, 1)):
        return None
    names = part.write.names
    unit, source = names.notation.indices
    if _output(names, source, None) == names.role(Role.ACTIVATION, source):
        # Without the mark of the layer it would not be told that the first one reads the inputs.
        return None
    inputs = row((names.role(Role.ACTIVATION, source, layer="0"), Operator("="), names.role(Role.INPUT, source)))
    rules = [(_weight_rule(names, unit, source, None), say("compact.reason.weights", inputs=inputs))]
    if biased == {True}:
        rules.append((_bias_rule(names, unit, None), say("reason.chain")))
    return tuple(
        Line(left, "=", row((chain, Operator("="), result)), reason) for (left, chain, result), reason in rules
    )


def _is_plain(sheet: Sheet, layer: LayerNodes, number: int) -> bool:
    """Return whether the rule for any layer gives the very lines of the derivation for all parameters of this one."""
    if layer.learned or layer.pieces > 1 or len(layer.biases) not in {0, len(layer.dense)}:
        return False
    names, parameters = sheet.names, sheet.part.gradient.parameters

    def lines(parameter: Symbol) -> list[Layout]:
        steps = before_writing_out(parameters[parameter])
        return [sheet.build(steps[0].rhs), sheet.build(steps[-1].rhs)]

    for place, weights in enumerate(layer.dense):
        unit = names.quantities[layer.pre_activations[place].name].unit
        own = "" if unit is None else str(unit)
        for source, weight in enumerate(weights, 1):
            if lines(weight) != _weight_rule(names, own, str(source), number)[1:]:
                return False
        if layer.biases and lines(layer.biases[place]) != _bias_rule(names, own, number)[1:]:
            return False
    return True


def _weight_rule(names: Names, unit: str, source: str, layer: int | None) -> list[Layout]:
    """Return the derivative with respect to a weight: its left side, the chain rule, and what it comes to."""
    at: int | str = "ell" if layer is None else layer
    weight = names.role(Role.WEIGHT, unit, source, layer=at)
    before = names.role(Role.INPUT, source) if layer == 1 else _output(names, source, layer)
    return [*_chain(names, weight, unit, at), row((_delta(names, unit, at), *_gap(names), before))]


def _bias_rule(names: Names, unit: str, layer: int | None) -> list[Layout]:
    """Return the derivative with respect to a bias in the same way."""
    at: int | str = "ell" if layer is None else layer
    return [*_chain(names, names.role(Role.BIAS, unit, layer=at), unit, at), _delta(names, unit, at)]


def _chain(names: Names, parameter: Layout, unit: str, at: int | str) -> list[Layout]:
    z = names.role(Role.PRE_ACTIVATION, unit, layer=at)
    loss = names.loss("")
    chain = row((names.partial(loss, z), Space("thin"), names.partial(z, parameter)))
    return [names.partial(loss, parameter), chain]


def _delta(names: Names, unit: str, at: int | str) -> Layout:
    if names.has_delta:
        return names.role(Role.DELTA, unit, layer=at)
    return names.partial(names.loss(""), names.role(Role.PRE_ACTIVATION, unit, layer=at))


def _gap(names: Names) -> tuple[Layout, ...]:
    return () if names.has_delta else (Space("thin"),)


def _output(names: Names, source: str, layer: int | None) -> Layout:
    """Return what feeds a layer: the activation of the layer before it."""
    return names.role(Role.ACTIVATION, source, layer="ell-1" if layer is None else layer - 1)
