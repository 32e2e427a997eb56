"""Numbers as layout trees: their digits, with a sign and a power of ten where they have one."""

from __future__ import annotations

from symnet.layout.operands import row, scientific
from symnet.layout.tree import Layout, Number, Operator
from symnet.numbers.digits import Shown


def figures(form: Shown) -> Layout:
    """Return a number with its sign and, where it has one, the power of ten."""
    items: list[Layout] = [Operator("-", unary=True)] if form.negative else []
    items.append(Number(form.text) if form.exponent is None else scientific(form.text, form.exponent))
    return row(items)
