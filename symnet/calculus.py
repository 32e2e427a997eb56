"""Ordered, inert SymPy nodes: what is written stays as it was written, in the order of the chain rule.

SymPy sorts and merges its own sums and products. A derivation must not be sorted, so its lines are made of
:class:`Chain`, :class:`PathSum` and :class:`Quotient`; ``doit()`` gives the ordinary SymPy expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sympy import Add, Mul, Piecewise, Pow, S, Symbol
from sympy.core.expr import AtomicExpr, Expr
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter


class _Inert(Expr):
    """An expression that SymPy leaves alone until ``doit()``."""

    is_commutative = True

    def _eval_derivative(self, wrt: Expr) -> Expr:
        return self.doit().diff(wrt)

    def _eval_evalf(self, prec: int) -> Expr:
        return self.doit()._eval_evalf(prec)


class Chain(_Inert):
    """A product in the order of its factors; one factor collapses to itself, and nested chains are joined."""

    def __new__(cls, *factors: Expr) -> Expr:
        """Return the product of ``factors``, unevaluated."""
        flat = tuple(_joined(cls, factors))
        return flat[0] if len(flat) == 1 else Expr.__new__(cls, *flat) if flat else S.One

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy product."""
        return Mul(*(factor.doit(**hints) for factor in self.args))

    def _sympystr(self, printer: StrPrinter) -> str:
        first, *rest = self.args
        sign, factors = ("-", rest) if first is S.NegativeOne else ("", [first, *rest])
        pieces: list[str] = [printer.parenthesize(factor, PRECEDENCE["Mul"], strict=True) for factor in factors]
        return sign + "*".join(pieces)


class PathSum(_Inert):
    """A sum in the order of its terms, one for each path; one term collapses to itself."""

    def __new__(cls, *terms: Expr) -> Expr:
        """Return the sum of ``terms``, unevaluated."""
        flat = tuple(_joined(cls, terms))
        return flat[0] if len(flat) == 1 else Expr.__new__(cls, *flat) if flat else S.Zero

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy sum."""
        return Add(*(term.doit(**hints) for term in self.args))

    def _sympystr(self, printer: StrPrinter) -> str:
        return _sum_text(self, printer)


class Quotient(_Inert):
    """One expression over another."""

    def __new__(cls, over: Expr, under: Expr) -> Expr:
        """Return ``over / under``, unevaluated."""
        return Expr.__new__(cls, over, under)

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy quotient."""
        over, under = (part.doit(**hints) for part in self.args)
        return Mul(over, Pow(under, -1))

    def _sympystr(self, printer: StrPrinter) -> str:
        over = printer.parenthesize(self.args[0], PRECEDENCE["Mul"], strict=True)
        return f"{over}/{printer.parenthesize(self.args[1], PRECEDENCE['Pow'])}"


class Indicator(_Inert):
    """1 where its argument is greater than 0, and 0 elsewhere."""

    def __new__(cls, argument: Expr) -> Expr:
        """Return the indicator of ``argument > 0``."""
        return Expr.__new__(cls, argument)

    def doit(self, **hints: bool) -> Expr:
        """Return it by cases."""
        argument = self.args[0].doit(**hints)
        return Piecewise((S.One, argument > 0), (S.Zero, True))

    def _sympystr(self, printer: StrPrinter) -> str:
        return f"Piecewise((1, {printer._print(self.args[0])} > 0), (0, True))"


class Applied(_Inert):
    """A catalog function by name, such as ``sigmoid(z)``, for showing only: it has no value of its own."""

    def __new__(cls, name: str | Str, *arguments: Expr) -> Expr:
        """Return the function ``name`` of ``arguments``."""
        return Expr.__new__(cls, Str(name) if isinstance(name, str) else name, *arguments)

    @property
    def name(self) -> str:
        """The function's catalog name."""
        return str(self.args[0].name)

    def _sympystr(self, printer: StrPrinter) -> str:
        return f"{self.name}({printer.stringify(self.args[1:], ', ')})"


class Partial(AtomicExpr):
    """The partial derivative of one quantity with respect to another, as an atom: no number leaks into it."""

    is_commutative = True
    __slots__ = ("of", "wrt")

    def __new__(cls, of: Symbol, wrt: Symbol) -> Partial:
        """Return the derivative of ``of`` with respect to ``wrt``, unevaluated."""
        self: Partial = AtomicExpr.__new__(cls)
        self.of, self.wrt = of, wrt
        return self

    def _hashable_content(self) -> tuple[Symbol, ...]:
        return (self.of, self.wrt)

    def __getnewargs__(self) -> tuple[Symbol, ...]:
        """Return what copies and pickles are made from."""
        return (self.of, self.wrt)

    def _sympystr(self, printer: StrPrinter) -> str:  # noqa: ARG002 - SymPy's signature
        return f"d{self.of.name}/d{self.wrt.name}"


class Slope(Partial):
    """The same derivative, of an activation, written with a prime: the slope of its function at ``wrt``."""

    __slots__ = ()

    def _sympystr(self, printer: StrPrinter) -> str:  # noqa: ARG002 - SymPy's signature
        return f"{self.of.name}'({self.wrt.name})"


def _joined(cls: type[Expr], operands: tuple[Expr, ...]) -> Iterator[Expr]:
    for operand in operands:
        if type(operand) is cls:
            yield from operand.args
        else:
            yield operand


def negative(expression: Expr) -> Expr:
    """Return ``-expression`` as a chain that begins with -1."""
    return Chain(S.NegativeOne, expression)


def difference(first: Expr, second: Expr) -> Expr:
    """Return ``first - second`` in that order."""
    return PathSum(first, negative(second))


def factors_of(expression: Expr) -> tuple[Expr, ...]:
    """Return the factors of a chain, or the expression alone."""
    return expression.args if isinstance(expression, Chain) else (expression,)


def terms_of(expression: Expr) -> tuple[Expr, ...]:
    """Return the terms of a path sum, or the expression alone."""
    return expression.args if isinstance(expression, PathSum) else (expression,)


@lru_cache(maxsize=1024)
def _sum_text(expression: PathSum, printer: StrPrinter) -> str:
    """Return the text of a sum, once for all the weights of a unit."""
    pieces: list[str] = [printer.parenthesize(term, PRECEDENCE["Add"]) for term in expression.args]
    return pieces[0] + "".join(f" - {p[1:]}" if p.startswith("-") else f" + {p}" for p in pieces[1:])


Chain.precedence = Quotient.precedence = PRECEDENCE["Mul"]
PathSum.precedence = PRECEDENCE["Add"]
_PLAIN = StrPrinter({"order": "none"})


def plain_text(expression: Expr) -> str:
    """Return ``expression`` as text that SymPy reads back to an equal expression, factors and terms in order."""
    return str(_PLAIN.doprint(expression))
