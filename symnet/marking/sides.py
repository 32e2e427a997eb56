"""The two sides of a true line: how what is asked is written, and what it is equal to."""

from __future__ import annotations

from sympy import Symbol

from symnet.layout.figures import figures
from symnet.layout.operands import row
from symnet.layout.tree import Layout, Operator
from symnet.marking.echo import leaf
from symnet.marking.records import Kind, Target
from symnet.marking.truth import Truth
from symnet.numbers.digits import Form, shown
from symnet.objective import OBJECTIVE
from symnet.worked import Part


def left_side(part: Part, target: Target) -> Layout:
    """Return how a quantity that can be asked for is written.

    Args:
        part: The loss that it belongs to.
        target: The quantity.
    """
    names, symbol = part.names, target.symbol
    sample = "" if target.sample is None else str(target.sample + 1)
    if target.kind is Kind.NODE:
        return names.sampled(symbol.name, sample)
    if target.kind is Kind.ADJOINT:
        return names.sampled(part.gradient.adjoints[symbol].symbol.name, sample)
    if target.kind is Kind.UPDATED:
        return leaf(part, Symbol(f"{symbol.name}'"))
    whole = part.objective.nodes and not sample
    return names.partial(
        names.sampled((OBJECTIVE if whole else part.network.loss).name, sample), names.sampled(symbol.name, sample)
    )


def right_side(truth: Truth, target: Target, *, number: bool) -> Layout | None:
    """Return what a quantity is equal to: the expression of the sheet, and its value; None where it has neither.

    Args:
        truth: What is true of the part that it belongs to.
        target: The quantity.
        number: Whether its value is wanted, where it has one.
    """
    value = truth.number(target) if number else None
    has_expression = target.kind is not Kind.UPDATED or target.symbol in truth.tableau.stepped
    expression = truth.expression(target) if has_expression else None
    layout = None if expression is None else truth.part.build(expression)
    if value is None or (expression is not None and expression.is_Number):
        return layout
    written = shown(value, Form.of(truth.worked.description.numbers))
    digits = figures(written)
    return digits if layout is None else row((layout, Operator("=" if written.exact else "approx"), digits))
