"""One expression as a program: a typed answer, or another formula that stands alone, at given numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.arithmetic.light import Binary, from_value, to_value
from symnet.arithmetic.real import NoValueError, Value
from symnet.numerics.arithmetic import Code
from symnet.numerics.exact import EXACT
from symnet.numerics.program import AS_IT_STANDS, Missing, Program

_VALUE = "value"
# Answers are compared at many points, with each form of what is true and at two precisions, one after another.
_MOST_KEPT = 512


class ExpressionProgram:
    """The program of one expression.

    Args:
        expression: The expression.
        names: What is put in from outside; None for its symbols and its derivatives by name.
        instead: What is worked out otherwise than usual; see :class:`~symnet.numerics.program.Program`.

    Attributes:
        names: What is put in from outside.
    """

    def __init__(
        self,
        expression: Expr,
        names: Iterable[Expr] | None = None,
        instead: Mapping[type[Expr], Callable[[Program, Expr], int | None]] = MappingProxyType({}),
    ) -> None:
        self.names = tuple(names_in(expression) if names is None else names)
        program = Program(self.names, instead=instead)
        program.begin(_VALUE)
        self._place = program.wanted(program.place(expression))
        self._code = Code(program, EXACT)

    def at(self, numbers: Sequence[Binary], bits: int) -> Binary:
        """Return the value of the expression.

        Args:
            numbers: One for each of the names.
            bits: The precision.

        Raises:
            NoValueError: Where it has no real finite value, or one beyond all bounds.
        """
        slots = self._code.filled(self._code.start(bits), numbers)
        self._code.run(slots, _VALUE)
        found: Binary | Missing = slots[self._place]
        if isinstance(found, Missing):
            raise NoValueError(found.reason)
        return found

    def value(self, values: Mapping[Expr, Value]) -> Value:
        """Return the value of the expression at the precision in force.

        Args:
            values: A number for each of the names.

        Raises:
            KeyError: If one of the names has no number.
            NoValueError: Where the expression has no real finite value, or one beyond all bounds.
        """
        return to_value(self.at([from_value(values[name]) for name in self.names], int(mpmath.mp.prec)))


@lru_cache(_MOST_KEPT)
def names_in(expression: Expr) -> frozenset[Expr]:
    """Return the symbols and the derivatives by name that an expression holds."""
    found: set[Expr] = set()
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Symbol | Partial):
            found.add(part)
        else:
            waiting += part.args
    return frozenset(found)


@lru_cache(_MOST_KEPT)
def program_of(expression: Expr) -> ExpressionProgram:
    """Return the program of an expression in its names; the last ones that were asked for are kept."""
    return ExpressionProgram(expression)


def value_of(expression: Expr, values: Mapping[Expr, Value]) -> Value:
    """Return the value of an expression at the precision in force; see :meth:`ExpressionProgram.value`."""
    return program_of(expression).value(values)


def as_it_stands(expression: Expr, names: Iterable[Expr]) -> ExpressionProgram:
    """Return the program of an expression in which other numbers may stand for some that are written in it.

    Args:
        expression: The expression.
        names: What is put in from outside, numbers among them.
    """
    return ExpressionProgram(expression, names, AS_IT_STANDS)
