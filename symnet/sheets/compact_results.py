"""What the general rule comes to on a compact sheet: all deltas, then the results of every layer in one box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sympy import S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, factors_of
from symnet.algebra.rewrite import substitute, tidy
from symnet.document import (
    Block,
    Heading,
    InColumns,
    Inline,
    Line,
    Paragraph,
    ResultGroup,
    Results,
    SideBySide,
    Working,
)
from symnet.indexed.equations import IndexedEquation
from symnet.indexed.families import UnitResults
from symnet.layout.measure import RELATION_EM, width_em
from symnet.layout.tree import Brace, Layout, Operator, Space
from symnet.quantity import Role
from symnet.sheets.compact_part import MOST_UNITS_SPELLED, CompactPart, LayerResults
from symnet.sheets.derivatives import penalty_facts
from symnet.sheets.indexed import index_range, is_shown, shown_rules
from symnet.sheets.objective import objective_in_words
from symnet.text.say import say, words
from symnet.typeset.expressions import CONDITIONS, bracketed, is_loose, row

# The width in em that half a line has, for what stands in two columns.
_HALF_EM = 19.5


def delta_instances(part: CompactPart, first: CompactPart) -> Iterator[Block]:
    """Yield the deltas one by one, in two columns where they fit.

    Args:
        part: The part.
        first: The first part; what is the same there is not repeated.
    """
    lines = _deltas(part)
    if part is not first:
        known = set(_deltas(first))
        lines = [line for line in lines if line not in known]
    if not lines:
        return
    if part is first:
        key = "compact.deltas" if part.write.names.has_delta else "compact.pre_activations"
        yield Heading(2, say(key))
    for _layer, same in groupby(lines, key=lambda line: line[0]):
        each = [line for _number, line in same]
        yield InColumns(tuple(_pairs(each))) if all(_width(line) <= _HALF_EM for line in each) else Working(tuple(each))


def _width(line: Line) -> float:
    return (width_em(line.left) if line.left is not None else 0.0) + RELATION_EM + width_em(line.right)


def _pairs(lines: Sequence[Line]) -> Iterator[SideBySide]:
    for start in range(0, len(lines), 2):
        yield lines[start], lines[start + 1] if start + 1 < len(lines) else None


def _deltas(part: CompactPart) -> list[tuple[int, Line]]:
    """Return the deltas on which what is shown rests with their layers, of layers whose rule has a general unit."""
    sheet, adjoints = part.sheet, part.sheet.part.gradient.adjoints
    quantities = sheet.part.gradient.quantities
    found: list[tuple[int, Line]] = []
    layers, _inputs = shown_rules(part.write)
    for rules in reversed(layers):
        general = any(equation.over for equation in rules.backward)
        layer = part.write.form.letters.layers[rules.number - 1]
        if not general or len(layer.nodes.activations) > MOST_UNITS_SPELLED or len(sheet.part.network.branches) > 1:
            continue
        # Of what dropout leaves, the derivative is no delta and has no line of its own, so it is put in.
        after = {adjoints[d].symbol: adjoints[d].result for d in layer.nodes.dropped if d in adjoints}
        results = {
            adjoints[z].symbol: tidy(substitute(adjoints[z].result, after))
            for z in layer.nodes.pre_activations
            if z in adjoints
        }
        cited = {symbol.name for result in results.values() for symbol in result.free_symbols}
        if all(quantities[name].role is not Role.ADJOINT for name in cited if name in quantities):
            lines = (Line(sheet.build(delta), "=", sheet.build(result)) for delta, result in results.items())
            found += ((rules.number, line) for line in lines)
    return found


def results_section(part: CompactPart, first: CompactPart) -> Iterator[Block]:
    """Yield in what the results are written, and all of them in one box.

    Args:
        part: The part.
        first: The first part; what is the same there is not repeated.
    """
    if part is first or part.written_out:
        known = [(each.equations, each.shared) for each in first.results] if part is not first else []
        fresh = tuple(each for each in part.results if (each.equations, each.shared) not in known)
        if fresh:
            if part is first:
                yield Heading(2, say("compact.gradients"))
            yield Paragraph(tuple(_written_in(part, first)))
            yield Results(tuple(_group(part, each, braced=part is first) for each in fresh))


def result_box(lines: Sequence[Line]) -> Results:
    """Return results that belong together, side by side in one box.

    Args:
        lines: The results.
    """
    return Results((ResultGroup((), tuple(_pairs(lines))),))


def _written_in(part: CompactPart, first: CompactPart) -> Iterator[str | Layout]:
    """Yield in what results are written, and what the names of sums stand for."""
    if part.written_out:
        yield from say("compact.written_out" if part is first else "compact.written_out_again")
    else:
        yield from say("compact.in_deltas" if part.write.names.has_delta else "compact.in_derivatives")
    told = [each.shared for each in first.results] if part is not first else []
    for each in part.results:
        if each.shared is None or each.layer is None or each.shared in told:
            continue
        listed = [
            row((part.build(told.left), Operator("="), part.build(told.rights[-1].expression)))
            for told in each.shared.told
        ]
        separated = tuple(piece for n, one in enumerate(listed) for piece in ((", ", one) if n else (one,)))
        yield from say("compact.shared", number=part.numbered(each.layer.number), sums=separated)


def _group(part: CompactPart, each: LayerResults, *, braced: bool) -> ResultGroup:
    """Return the results of a layer with what they are of."""
    rows = [row for unit in each.units for row in _rows(part, unit)]
    if not any(unit.biases for unit in each.units):
        rows = list(_pairs([line for sides in rows for line in sides if line is not None]))
    if braced and part.written_out and each.layer is not None:
        rows = _with_braces(part, each, rows)
    return ResultGroup(_label(part, each), tuple(rows))


def _rows(part: CompactPart, unit: UnitResults) -> Iterator[SideBySide]:
    """Yield the results of a unit: those for weights left, those for biases right."""
    for number in range(max(len(unit.weights), len(unit.biases))):
        pair = [equations[number] if number < len(equations) else None for equations in (unit.weights, unit.biases)]
        yield tuple(None if equation is None else _line(part, equation) for equation in pair)


def _line(part: CompactPart, equation: IndexedEquation) -> Line:
    return Line(part.build(equation.left), "=", part.build(equation.rights[-1].expression))


def _label(part: CompactPart, each: LayerResults) -> Inline:
    """Return what a group of results is of, and what its indices run over."""
    if each.layer is None:
        return say("compact.inputs")
    found: list[str | Layout] = list(say("compact.layer", number=part.numbered(each.layer.number)))
    for index in dict.fromkeys(index for equation in each.equations for index in equation.over):
        found += [*say("series.between"), *index_range(part.write, index)]
    return tuple(found)


# Braces under the first result of a layer, where a lecturer would put them.


def _with_braces(part: CompactPart, each: LayerResults, rows: list[SideBySide]) -> list[SideBySide]:
    """Return rows of results, the first with braces under what its factors are, if they leave it short enough."""
    first = each.units[0].equations[0]
    marked = _marked(part, each, first)
    if marked is None or rows[0][0] is None:
        return rows
    return [(rows[0][0]._replace(right=marked), *rows[0][1:]), *rows[1:]]


def _marked(part: CompactPart, each: LayerResults, equation: IndexedEquation) -> Layout | None:
    """Return a result with braces under it, or None where none of its factors has a name."""
    factors = list(factors_of(equation.rights[-1].expression))
    if each.layer is None or S.NegativeOne in factors:
        return None
    items: list[Layout] = []
    done = 0
    for named, label in _names(part, each):
        place = next((n for n in range(done, len(factors)) if tuple(factors[n : n + len(named)]) == named), None)
        if place is None:
            continue
        items += _written(part, factors[done:place])
        items += _written(part, named, label)
        done = place + len(named)
    return row(_apart([*items, *_written(part, factors[done:])])) if done else None


def _apart(items: Sequence[Layout]) -> Iterator[Layout]:
    for number, item in enumerate(items):
        if number:
            yield Space("thin")
        yield item


def _written(part: CompactPart, factors: Sequence[Expr], label: str = "") -> list[Layout]:
    """Return factors as one tree, with a brace and its label if there is one."""
    if not factors:
        return []
    body = part.build(Chain(*factors))
    if len(factors) == 1 and is_loose(factors[0]):
        body = bracketed(body)
    return [Brace(body, label) if label else body]


def _names(part: CompactPart, each: LayerResults) -> Iterator[tuple[tuple[Expr, ...], str]]:
    """Yield the factors of the first result of a layer that have names: error, derivative of output or hidden unit."""
    sheet, network = part.sheet, part.sheet.part.network
    last = network.layers[-1]
    if each.layer is None:
        return
    if not each.layer.last:
        own = each.layer.nodes
        if own.activation.reads == "own":
            local = network.nodes[own.activations[0]].derivatives[own.pre_activations[0]][-1]
            # A product that is written by cases is not taken apart.
            by_cases = local.has(*CONDITIONS) and sheet.names.notation.splits == "cases"
            if local is not S.One and not by_cases:
                yield factors_of(local), words("compact.hidden_derivative")
        return
    if last.activation.reads != "own":
        return
    a, z = last.activations[0], last.pre_activations[0]
    adjoints = sheet.part.gradient.adjoints
    local = network.nodes[a].derivatives[z][-1]
    error = adjoints[a].result if a in adjoints else None
    delta = adjoints[z].result if z in adjoints else None
    if error is not None and local is not S.One and delta is not None and factors_of(error)[0] != delta:
        yield factors_of(error), words("compact.error")
        yield factors_of(local), words("compact.output_derivative")
    elif delta is not None:
        yield factors_of(delta), words("compact.error")


def objective_section(part: CompactPart, first: CompactPart, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield the objective and its derivatives, once a layer at general indices, where it is more than one loss.

    Args:
        part: The part.
        first: The first part; what is the same there is not repeated.
        penalties: The catalog names of the regularizers.
    """
    write = part.write
    if not part.sheet.part.objective.nodes:
        return
    known = frozenset(first.write.form.equations) if part is not first else frozenset[IndexedEquation]()
    if known.issuperset(write.form.objective):
        return
    yield Heading(2, say("compact.objective"))
    yield Paragraph(objective_in_words(part.sheet))
    lines = [line._replace(reason=()) for equation in write.form.objective for line in write.lines(equation)]
    yield Working(tuple(lines))
    yield from penalty_facts(part.sheet, penalties)
    groups = []
    for rules in reversed(shown_rules(write)[0]):
        equations = [e for e in rules.objective if is_shown(write, e) and e not in known]
        lines = [write.lines(e._replace(rights=e.rights[-1:]))[0]._replace(reason=()) for e in equations]
        if lines:
            found: list[str | Layout] = list(say("compact.layer", number=part.numbered(rules.number)))
            for index in dict.fromkeys(index for equation in equations for index in equation.over):
                found += [*say("series.between"), *index_range(write, index)]
            rows = tuple(_pairs(lines))
            groups.append(ResultGroup(tuple(found), rows))
    if groups:
        yield Paragraph(say("compact.in_deltas" if write.names.has_delta else "compact.in_derivatives"))
        yield Results(tuple(groups))
