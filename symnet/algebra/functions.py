"""The functions that expressions may use: what each is, its derivatives and its value, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, S, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, Indicator, PathSum, Quotient, Undercuts, Wins, difference, negative
from symnet.arithmetic import real
from symnet.limits import MOST_ARGUMENTS

Build = Callable[..., Expr]


class Function(NamedTuple):
    """What is known of a function.

    Attributes:
        name: Its name in an expression.
        summary: What it is.
        build: From its arguments to the expression that stands for it.
        derivatives: From its arguments to its derivative by each of them, in the taught form.
        number: From the values of its arguments to its own; raises
            :class:`~symnet.arithmetic.real.NoValueError` outside of its domain.
        least: The fewest arguments that it takes.
        most: The most arguments that it takes.
    """

    name: str
    summary: str
    build: Build
    derivatives: Callable[..., tuple[Expr, ...]]
    number: Callable[..., real.Value]
    least: int = 1
    most: int = 1


def _named(name: str) -> Build:
    return lambda *arguments: Applied(name, *arguments)


def _natural(x: Expr) -> Expr:
    return log(x, evaluate=False)


def _square(x: Expr) -> Expr:
    return Pow(x, Integer(2), evaluate=False)


def _by_base(base: int) -> Callable[[Expr], tuple[Expr, ...]]:
    return lambda x: (Quotient(S.One, Chain(x, _natural(Integer(base)))),)


def _sigmoid_derivative(x: Expr) -> tuple[Expr, ...]:
    value = Applied("sigmoid", x)
    return (Chain(value, difference(S.One, value)),)


def _contests(contest: type[Wins], arguments: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Return which argument the value is; of equal ones a number, else the first."""
    order = sorted(range(len(arguments)), key=lambda place: not arguments[place].is_number)
    ranked = [arguments[place] for place in order]
    return tuple(contest(Integer(order.index(place)), *ranked) for place in range(len(arguments)))


def _largest_derivatives(*arguments: Expr) -> tuple[Expr, ...]:
    """Return the derivatives of a maximum; that of ``max(0, x)`` by ``x`` is the indicator of ``x``."""
    won = _contests(Wins, arguments)
    if len(arguments) > 2 or S.Zero not in arguments:
        return won
    return tuple(won[place] if x is S.Zero else Indicator(x) for place, x in enumerate(arguments))


def _smallest_derivatives(*arguments: Expr) -> tuple[Expr, ...]:
    return _contests(Undercuts, arguments)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Function(
                name="exp",
                summary="e to the power x",
                build=lambda x: exp(x, evaluate=False),
                derivatives=lambda x: (exp(x, evaluate=False),),
                number=real.exponential,
            ),
            Function(
                name="ln",
                summary="natural logarithm",
                build=_natural,
                derivatives=lambda x: (Quotient(S.One, x),),
                number=real.logarithm,
            ),
            Function(
                name="log",
                summary="natural logarithm, the same as ln",
                build=_natural,
                derivatives=lambda x: (Quotient(S.One, x),),
                number=real.logarithm,
            ),
            Function(
                name="log2",
                summary="logarithm to base 2",
                build=_named("log2"),
                derivatives=_by_base(2),
                number=real.logarithm_to_base_2,
            ),
            Function(
                name="log10",
                summary="logarithm to base 10",
                build=_named("log10"),
                derivatives=_by_base(10),
                number=real.logarithm_to_base_10,
            ),
            Function(
                name="sqrt",
                summary="square root",
                build=_named("sqrt"),
                derivatives=lambda x: (Quotient(S.One, Chain(Integer(2), Applied("sqrt", x))),),
                number=real.root,
            ),
            Function(
                name="sin",
                summary="sine",
                build=_named("sin"),
                derivatives=lambda x: (Applied("cos", x),),
                number=real.sine,
            ),
            Function(
                name="cos",
                summary="cosine",
                build=_named("cos"),
                derivatives=lambda x: (negative(Applied("sin", x)),),
                number=real.cosine,
            ),
            Function(
                name="tan",
                summary="tangent",
                build=_named("tan"),
                derivatives=lambda x: (PathSum(S.One, _square(Applied("tan", x))),),
                number=real.tangent,
            ),
            Function(
                name="sinh",
                summary="hyperbolic sine",
                build=_named("sinh"),
                derivatives=lambda x: (Applied("cosh", x),),
                number=real.hyperbolic_sine,
            ),
            Function(
                name="cosh",
                summary="hyperbolic cosine",
                build=_named("cosh"),
                derivatives=lambda x: (Applied("sinh", x),),
                number=real.hyperbolic_cosine,
            ),
            Function(
                name="tanh",
                summary="hyperbolic tangent",
                build=lambda x: tanh(x, evaluate=False),
                derivatives=lambda x: (difference(S.One, _square(tanh(x, evaluate=False))),),
                number=real.hyperbolic_tangent,
            ),
            Function(
                name="sigmoid",
                summary="1/(1 + exp(-x))",
                build=_named("sigmoid"),
                derivatives=_sigmoid_derivative,
                number=real.sigmoid,
            ),
            Function(
                name="relu",
                summary="max(0, x)",
                build=_named("relu"),
                derivatives=lambda x: (Indicator(x),),
                number=lambda x: real.largest(0, x),
            ),
            Function(
                name="max",
                summary="the largest argument",
                build=_named("max"),
                derivatives=_largest_derivatives,
                number=real.largest,
                least=2,
                most=MOST_ARGUMENTS,
            ),
            Function(
                name="min",
                summary="the smallest argument",
                build=_named("min"),
                derivatives=_smallest_derivatives,
                number=real.smallest,
                least=2,
                most=MOST_ARGUMENTS,
            ),
            Function(
                name="abs",
                summary="absolute value",
                build=_named("abs"),
                derivatives=lambda x: (Applied("sign", x),),
                number=abs,
            ),
            Function(
                name="sign",
                summary="1 above 0, -1 below, 0 at 0",
                build=_named("sign"),
                derivatives=lambda x: (S.Zero,),
                number=real.sign,
            ),
        )
    }
)
