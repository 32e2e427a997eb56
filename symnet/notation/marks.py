"""How a value before and after a training step is marked, as a notation has it."""

from __future__ import annotations

from symnet.layout.tree import Fence, Layout, Number, Operator, Prime, Row, Scripts
from symnet.notation.model import Notation
from symnet.notation.names import letter_of


def relation(notation: Notation) -> str:
    """Return the sign between an updated value and what it comes from."""
    return "gets" if notation.updated == "gets" else "="


def before(notation: Notation, written: Layout) -> Layout:
    """Return how a value is written before a step."""
    mark = notation.updated
    return written if mark in {"gets", "prime"} else _counted(written, letter_of(mark))


def updated(notation: Notation, written: Layout) -> Layout:
    """Return how a value is written after a step."""
    mark = notation.updated
    if mark == "gets":
        return written
    if mark == "prime":
        return Prime(written)
    return _counted(written, Row((letter_of(mark), Operator("+"), Number("1"))))


def _counted(written: Layout, step: Layout) -> Layout:
    """Return a name with the number of a step high, behind what stands there already."""
    mark = Fence(step)
    if not isinstance(written, Scripts):
        return Scripts(written, sup=mark)
    return Scripts(written.base, written.sub, mark if written.sup is None else Row((written.sup, mark)))
