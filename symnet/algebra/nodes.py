"""Ordered expressions: sums, products and quotients that SymPy does not sort, and partial derivatives as atoms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from sympy import (
    Abs,
    Add,
    And,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    cos,
    cosh,
    erf,
    exp,
    log,
    preorder_traversal,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from sympy.core.expr import AtomicExpr, Expr
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

# The functions that expressions may use, as ordinary SymPy has them: their values, and the text that it reads.

# Not evaluated where SymPy's own rules would compare or expand arguments without end.
SYMPY_FORMS: Mapping[str, Callable[..., Expr]] = MappingProxyType(
    {
        "exp": exp,
        "ln": log,
        "log": log,
        "log2": lambda x: log(x, 2),
        "log10": lambda x: log(x, 10),
        "sqrt": sqrt,
        "sin": sin,
        "cos": cos,
        "tan": tan,
        "sinh": sinh,
        "cosh": cosh,
        "tanh": tanh,
        "sigmoid": lambda x: Pow(1 + exp(-x), S.NegativeOne),
        "relu": lambda x: Max(S.Zero, x, evaluate=False),
        "max": lambda *arguments: Max(*arguments, evaluate=False),
        "min": lambda *arguments: Min(*arguments, evaluate=False),
        "abs": lambda x: Abs(x, evaluate=False),
        "erf": erf,
        "sign": lambda x: sign(x, evaluate=False),
    }
)
"""By name, from ordinary arguments to the ordinary SymPy expression."""

TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "ln": "log({})",
        "log2": "log({}, 2)",
        "log10": "log({}, 10)",
        "relu": "Max(0, {})",
        "max": "Max({})",
        "min": "Min({})",
        "abs": "Abs({})",
    }
)
"""By name, the plain text about the arguments; the others are written under their own name."""


# Ordered, inert SymPy nodes: what is written stays as it was written, in the order of the chain rule.
#
# SymPy sorts and merges its own sums and products. A derivation must not be sorted, so its lines are made of
# :class:`Chain`, :class:`PathSum` and :class:`Quotient`; ``doit()`` gives the ordinary SymPy expression.


class Inert(Expr):
    """An expression that SymPy leaves alone until ``doit()``."""

    is_commutative = True

    def _eval_derivative(self, wrt: Expr) -> Expr:
        return self.doit().diff(wrt)

    def _eval_evalf(self, prec: int) -> Expr:
        return self.doit()._eval_evalf(prec)


class Chain(Inert):
    """A product in the order of its factors; one factor collapses to itself, and nested chains are joined."""

    def __new__(cls, *factors: Expr) -> Expr:
        """Return the product of ``factors``, unevaluated."""
        flat = tuple(_joined(cls, factors)) if cls in map(type, factors) else factors
        return flat[0] if len(flat) == 1 else Expr.__new__(cls, *flat) if flat else S.One

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy product."""
        return Mul(*(factor.doit(**hints) for factor in self.args))

    def _sympystr(self, printer: StrPrinter) -> str:
        first, *rest = self.args
        sign, factors = ("-", rest) if first is S.NegativeOne else ("", [first, *rest])
        pieces: list[str] = [
            factor.name if factor.is_Symbol else printer.parenthesize(factor, PRECEDENCE["Mul"], strict=True)
            for factor in factors
        ]
        return sign + "*".join(pieces)


class PathSum(Inert):
    """A sum in the order of its terms, one for each path; one term collapses to itself."""

    def __new__(cls, *terms: Expr) -> Expr:
        """Return the sum of ``terms``, unevaluated."""
        flat = tuple(_joined(cls, terms)) if cls in map(type, terms) else terms
        return flat[0] if len(flat) == 1 else Expr.__new__(cls, *flat) if flat else S.Zero

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy sum."""
        return Add(*(term.doit(**hints) for term in self.args))

    def _sympystr(self, printer: StrPrinter) -> str:
        return _sum_text(self, printer)


class Quotient(Inert):
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


class Indicator(Inert):
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


class Branch(Inert):
    """Of a switch and two expressions: the first one where the switch is greater than 0, and the second elsewhere."""

    def doit(self, **hints: bool) -> Expr:
        """Return it by cases."""
        switch, above, below = (part.doit(**hints) for part in self.args)
        return Piecewise((above, switch > 0), (below, True), evaluate=False)

    def _without_cases(self) -> Expr | None:
        """Return it without cases where it can be: the switch itself above 0, and below it something that begins there.

        Cases within the conditions of other cases take SymPy minutes to read.
        """
        switch, above, below = self.args
        if above != switch or below.xreplace({switch: S.Zero}).doit() != 0:
            return None
        return PathSum(Applied("max", S.Zero, switch), below.xreplace({switch: Applied("min", S.Zero, switch)}))

    @property
    def precedence(self) -> int:
        """How strongly its text binds, as SymPy counts it."""
        return int(PRECEDENCE["Atom" if self._without_cases() is None else "Add"])

    def _sympystr(self, printer: StrPrinter) -> str:
        joined = self._without_cases()
        if joined is not None:
            return str(printer._print(joined))
        switch, above, below = map(printer._print, self.args)
        return f"Piecewise(({above}, {switch} > 0), ({below}, True))"


class Wins(Inert):
    """Of a 0-based index and arguments: 1 where that argument is the largest, the first of equal ones; 0 elsewhere."""

    signs = (">", ">=")

    @property
    def contests(self) -> tuple[tuple[Expr, str, Expr], ...]:
        """The conditions: the argument, how it has to compare, and the other one, in the order of the others."""
        index, *arguments = self.args
        own = arguments[int(index)]
        return tuple(
            (own, self.signs[place > int(index)], other) for place, other in enumerate(arguments) if place != int(index)
        )

    def doit(self, **hints: bool) -> Expr:
        """Return it by cases."""
        met = (_COMPARE[sign](own.doit(**hints), other.doit(**hints)) for own, sign, other in self.contests)
        return Piecewise((S.One, And(*met)), (S.Zero, True), evaluate=False)

    def _sympystr(self, printer: StrPrinter) -> str:
        met = (f"({printer._print(own)} {sign} {printer._print(other)})" for own, sign, other in self.contests)
        return f"Piecewise((1, {' & '.join(met)}), (0, True))"


class Undercuts(Wins):
    """Of a 0-based index and arguments: 1 where that argument is the smallest, the first of equal ones; 0 elsewhere."""

    signs = ("<", "<=")


_COMPARE = {">": Expr.__gt__, ">=": Expr.__ge__, "<": Expr.__lt__, "<=": Expr.__le__}

# Under this key the values of an expression hold those of every sample, each with how often it counts.
SAMPLES = Symbol("samples")


class SampleSum(Inert):
    """Of a body and a count: the sum over so many samples, the body's symbols of one sample standing for each."""

    def _sympystr(self, printer: StrPrinter) -> str:
        body, count = map(printer._print, self.args)
        return f"Sum({body}, (i, 1, {count}))"


class Applied(Inert):
    """A function by name, such as ``sigmoid(z)``; one that no expression may use is for showing only."""

    def __new__(cls, name: str | Str, *arguments: Expr) -> Expr:
        """Return the function ``name`` of ``arguments``."""
        return Expr.__new__(cls, Str(name) if isinstance(name, str) else name, *arguments)

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.args[0].name)

    @property
    def precedence(self) -> int:
        """How tightly its plain text binds."""
        return int(PRECEDENCE["Mul" if self.name == "sigmoid" else "Func"])

    def doit(self, **hints: bool) -> Expr:
        """Return the ordinary SymPy expression, if the function has one."""
        arguments = [argument.doit(**hints) for argument in self.args[1:]]
        value = SYMPY_FORMS.get(self.name)
        return Applied(self.args[0], *arguments) if value is None else value(*arguments)

    def _sympystr(self, printer: StrPrinter) -> str:
        if self.name == "sigmoid":
            power = exp(negative(self.args[1]), evaluate=False)
            return str(printer._print(Quotient(S.One, PathSum(S.One, power))))
        arguments = printer.stringify(self.args[1:], ", ")
        return TEMPLATES.get(self.name, self.name + "({})").format(arguments)


class Partial(AtomicExpr):
    """The partial derivative of one quantity with respect to another, as an atom: no number leaks into it."""

    is_commutative = True
    __slots__ = ("of", "wrt")

    def __new__(cls, of: Symbol, wrt: Symbol) -> Partial:
        """Return the derivative of ``of`` with respect to ``wrt``, unevaluated."""
        return _partial((cls, of, wrt))

    def _hashable_content(self) -> tuple[Symbol, ...]:
        return (self.of, self.wrt)

    def __getnewargs__(self) -> tuple[Symbol, ...]:
        """Return what copies and pickles are made from."""
        return (self.of, self.wrt)

    def _sympystr(self, printer: StrPrinter) -> str:  # noqa: ARG002 - SymPy's signature
        return f"d{self.of.name}/d{self.wrt.name}"


# A derivative stands in many lines, and what is the same object need not be compared.
@lru_cache(maxsize=65_536)
def _partial(key: tuple[type[Partial], Symbol, Symbol]) -> Partial:
    cls, of, wrt = key
    derivative: Partial = AtomicExpr.__new__(cls)
    derivative.of, derivative.wrt = of, wrt
    return derivative


class PrimeDerivative(Partial):
    """The same derivative, of an activation, written with a prime: the derivative of its function at ``wrt``."""

    __slots__ = ()

    def _sympystr(self, printer: StrPrinter) -> str:  # noqa: ARG002 - SymPy's signature
        return f"{self.of.name}'({self.wrt.name})"


class Direct(Partial):
    """The local derivative of the output wrt an input that reaches it by other ways too: the direct way alone."""

    __slots__ = ()

    def _sympystr(self, printer: StrPrinter) -> str:  # noqa: ARG002 - SymPy's signature
        return f"d{self.of.name}_direct/d{self.wrt.name}"


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


def by_comparison(sign: str, left: Expr, right: Expr, above: Expr, below: Expr) -> Expr:
    """Return one of two values by a comparison, as a switch that is greater than 0.

    The switch of ``left < right`` is ``-left + right``, which tells it from that of ``right > left``.

    Args:
        sign: One of ``> < >= <=``.
        left: What stands before it.
        right: What stands behind it.
        above: The value where it holds.
        below: The value elsewhere.
    """
    if sign in {"<", ">="}:
        switch = _distance_from(left, right)
    else:
        switch = left if right is S.Zero else difference(left, right)
    return Branch(switch, above, below) if sign in {"<", ">"} else Branch(switch, below, above)


def _distance_from(left: Expr, right: Expr) -> Expr:
    """Return ``-left + right``; of a number before something else ``right - left``."""
    if left is S.Zero:
        return right
    if left.is_number:
        return difference(right, left)
    return negative(left) if right is S.Zero else PathSum(negative(left), right)


def factors_of(expression: Expr) -> tuple[Expr, ...]:
    """Return the factors of a chain, or the expression alone."""
    return expression.args if isinstance(expression, Chain) else (expression,)


def terms_of(expression: Expr) -> tuple[Expr, ...]:
    """Return the terms of a path sum, or the expression alone."""
    return expression.args if isinstance(expression, PathSum) else (expression,)


def parts_by_symbol(expression: Expr) -> dict[Symbol, Expr]:
    """Return, for each symbol, what of an expression holds it: terms without it are left out.

    A sum may stand in another one, or times or over a number.
    """
    if isinstance(expression, PathSum):
        terms: dict[Symbol, list[Expr]] = {}
        for term in expression.args:
            for symbol, part in parts_by_symbol(term).items():
                terms.setdefault(symbol, []).append(part)
        return {symbol: PathSum(*held) for symbol, held in terms.items()}
    if type(expression) is Chain and all(part.is_Symbol for part in expression.args):
        return dict.fromkeys(expression.args, expression)
    place = _place_of_sum(expression)
    if place is not None:
        before, after = expression.args[:place], expression.args[place + 1 :]
        inside = parts_by_symbol(expression.args[place])
        return {symbol: expression.func(*before, held, *after) for symbol, held in inside.items()}
    return {part: expression for part in preorder_traversal(expression) if part.is_Symbol}


def _place_of_sum(expression: Expr) -> int | None:
    """Return where a sum stands in an expression that is it times or over a number; None if it is no such one."""
    if not isinstance(expression, Chain | Quotient):
        return None
    moving = [place for place, part in enumerate(expression.args) if not part.is_number]
    if len(moving) != 1 or (isinstance(expression, Quotient) and moving[0]):
        return None
    return moving[0] if isinstance(expression.args[moving[0]], PathSum | Chain | Quotient) else None


@lru_cache(maxsize=1024)
def _sum_text(expression: PathSum, printer: StrPrinter) -> str:
    """Return the text of a sum, once for all the weights of a unit."""
    pieces = [_term_text(term, printer) for term in expression.args]
    return pieces[0] + "".join(f" - {p[1:]}" if p.startswith("-") else f" + {p}" for p in pieces[1:])


def _term_text(term: Expr, printer: StrPrinter) -> str:
    # Spares most terms, which need no brackets, the way through the printer.
    if isinstance(term, Chain):
        return term._sympystr(printer)
    bare = term.is_Rational or term.is_Symbol
    return str(printer._print(term) if bare else printer.parenthesize(term, PRECEDENCE["Add"]))


Chain.precedence = Quotient.precedence = PRECEDENCE["Mul"]
PathSum.precedence = PRECEDENCE["Add"]
_PLAIN = StrPrinter({"order": "none"})


def plain_text(expression: Expr) -> str:
    """Return ``expression`` as text that SymPy reads back to an equal expression, factors and terms in order."""
    return str(_PLAIN.doprint(expression))
