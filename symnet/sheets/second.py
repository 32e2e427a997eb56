"""Hessians on a sheet: entry by entry, as a matrix, and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol

from symnet.algebra.nodes import Partial
from symnet.derivation.second import Hessian
from symnet.document import Block, Heading, Line, Paragraph, Working
from symnet.layout.measure import TEXT_EM, width_em
from symnet.layout.tree import Fence, Fraction, Glyph, Layout, Matrix, Number, Operator, Row, Scripts
from symnet.numerics.direct import Value
from symnet.numerics.second import Entries, hessian_values, product_values
from symnet.numerics.shares import whole
from symnet.sheets.compact_results import result_box
from symnet.sheets.sheet import Sheet
from symnet.text.say import say
from symnet.worked import Part

MATRIX_EM = TEXT_EM - 8
"""A matrix of results that is wider is not repeated as one."""


def matrix_of(rows: Sequence[Sequence[Layout]]) -> Matrix:
    """Return a matrix of some rows."""
    return Matrix(tuple(tuple(row) for row in rows))


def numbers_line(sheet: Sheet, left: Layout | None, rows: Sequence[Sequence[Value]]) -> Line:
    """Return a line that ends with a matrix of numbers.

    Args:
        sheet: How they are shown.
        left: What stands on its left, if anything.
        rows: The numbers.
    """
    cells = [[sheet.number(value) for value in row] for row in rows]
    exact = all(is_exact for row in cells for _layout, is_exact in row)
    return Line(left, "=" if exact else "approx", matrix_of([[layout for layout, _exact in row] for row in cells]))


def second_partial(of: Layout, one: Layout, other: Layout) -> Layout:
    """Return the second derivative of something with respect to one and then the other, as it is written."""
    partial = Glyph("partial")
    below = (partial, one, partial, other) if one != other else (partial, Scripts(one, sup=Number("2")))
    return Fraction(Row((Scripts(partial, sup=Number("2")), of)), Row(below))


def hessian_section(sheet: Sheet) -> Iterator[Block]:
    """Yield the second derivatives of a loss: from the first ones in leaves alone, each pair once, then the matrix.

    Args:
        sheet: The part.
    """
    hessian = sheet.part.hessian
    if hessian is None:
        return
    of = sheet.names(hessian.of.name)
    yield Heading(1, say("second.hessian"))
    yield Paragraph(say("second.firsts"))
    yield Working(tuple(_first_line(sheet, hessian, leaf) for leaf in hessian.leaves))
    yield Paragraph(say("second.entries"))
    for place, one in enumerate(hessian.leaves):
        for other in hessian.leaves[place:]:
            yield Working(tuple(_entry_lines(sheet, hessian, of, (one, other))))
    yield Paragraph(say("second.symmetric" if len(hessian.leaves) > 1 else "second.whole"))
    yield from _whole(sheet, hessian, of)
    if hessian.direction:
        yield from _product(sheet, hessian)


def _first_line(sheet: Sheet, hessian: Hessian, leaf: Symbol) -> Line:
    return Line(sheet.build(Partial(hessian.of, leaf)), "=", sheet.build(hessian.firsts[leaf]))


def _entry_lines(sheet: Sheet, hessian: Hessian, of: Layout, pair: tuple[Symbol, Symbol]) -> Iterator[Line]:
    """Yield the lines of one second derivative: what is differentiated, and what that comes to."""
    one, other = (sheet.names(symbol.name) for symbol in pair)
    entry = hessian.entries[pair]
    operator = Fraction(Glyph("partial"), Row((Glyph("partial"), other)))
    left: Layout | None = second_partial(of, one, other)
    started = Row((operator, Fence(sheet.build(entry.first))))
    forms = [sheet.build(form) for form, _rule in entry.lines]
    for right in dict.fromkeys((started, *forms)):
        yield Line(left, "=", right)
        left = None


def _whole(sheet: Sheet, hessian: Hessian, of: Layout) -> Iterator[Block]:
    """Yield the matrix: of what, in symbols where there is room, and in numbers.

    Numbers are those of the objective; where that is not what was differentiated, they stand for themselves.
    """
    leaves = hessian.leaves
    names = [sheet.names(leaf.name) for leaf in leaves]
    partials = matrix_of([[second_partial(of, one, other) for other in names] for one in names])
    results = matrix_of([[sheet.build(hessian.entries[one, other].whole) for other in leaves] for one in leaves])
    letter, values = Glyph("H", bold=True), values_of(sheet.part)
    apart = bool(sheet.part.objective.nodes and values)
    lines = [Line(Row((Scripts(Glyph("nabla"), sup=Number("2")), of)) if apart else letter, "=", partials)]
    lines += [Line(None, "=", results)] if width_em(results) < MATRIX_EM else []
    numbers = [[values[one, other] for other in leaves] for one in leaves] if values else []
    if apart:
        yield result_box(lines)
        yield Paragraph(say("second.averaged", objective=sheet.objective))
        yield result_box([numbers_line(sheet, letter, numbers)])
        return
    if numbers:
        lines.append(numbers_line(sheet, None, numbers))
    yield result_box(lines)


def _product(sheet: Sheet, hessian: Hessian) -> Iterator[Block]:
    """Yield the product of the Hessian and a direction."""
    direction = [[sheet.exactly(hessian.direction[leaf])] for leaf in hessian.leaves]
    values = values_of(sheet.part)
    column = numbers_line(sheet, None, direction).right
    left = Row((Glyph("H", bold=True), Glyph("v", bold=True)))
    yield Paragraph(say("second.direction"))
    lines = [Line(Glyph("v", bold=True), "=", column)]
    if values:
        matrix = numbers_line(sheet, None, [[values[one, other] for other in hessian.leaves] for one in hessian.leaves])
        product = product_values(hessian, values)
        result = numbers_line(sheet, None, [[product[leaf]] for leaf in hessian.leaves])
        sides = Row((matrix.right, column, Operator(result.relation), result.right))
        lines.append(Line(left, matrix.relation, sides))
    yield Working(tuple(lines))


def values_of(part: Part) -> Entries:
    """Return the second derivatives of a part's objective at its numbers; empty where there are none.

    Args:
        part: The part.
    """
    if part.hessian is None or part.evaluation is None:
        return {}
    rows = [sample.values for sample in part.evaluation.samples]
    return hessian_values(part.hessian, rows, whole(part.objective, rows))
