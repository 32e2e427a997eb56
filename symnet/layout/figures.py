"""Numbers as layout trees: their digits, with a sign and a power of ten where they have one."""

from __future__ import annotations

from symnet.layout.reading import joined
from symnet.layout.tree import Layout, Number, Operator, Row, Scripts
from symnet.numbers.digits import Shown


def figures(form: Shown) -> Layout:
    """Return a number with its sign and, where it has one, the power of ten."""
    items: list[Layout] = [Operator("-", unary=True)] if form.negative else []
    items.append(Number(form.text))
    if form.exponent is not None:
        size: Layout = Number(str(abs(form.exponent)))
        power = Row((Operator("-", unary=True), size)) if form.exponent < 0 else size
        items += [Operator("times"), Scripts(Number("10"), sup=power)]
    return joined(tuple(items))
