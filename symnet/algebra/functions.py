"""The functions that expressions may use: what each is, its derivatives and its value, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, S, exp, log, pi, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, Indicator, PathSum, Quotient, Undercuts, Wins, difference, negative
from symnet.arithmetic import real
from symnet.limits import MOST_ARGUMENTS

Build = Callable[..., Expr]


class Shape(Enum):
    """How a function of one argument runs; one of several rises with each of them."""

    RISING = "it falls nowhere"
    EVEN = "it grows away from 0 alike on both sides"
    WAVE = "it goes up and down between -1 and 1, and turns at no other place than multiples of a quarter turn"
    POLES = "it rises from pole to pole, which are at the odd multiples of a quarter turn"


class Function(NamedTuple):
    """What is known of a function.

    Attributes:
        name: Its name in an expression.
        build: From its arguments to the expression that stands for it.
        derivatives: From its arguments to its derivative with respect to each of them, in the taught form.
        number: From the values of its arguments to its own; raises
            :class:`~symnet.arithmetic.real.NoValueError` outside of its domain.
        least: The fewest arguments that it takes.
        most: The most arguments that it takes.
        shape: How it runs between two arguments.
        kink: Whether it has a kink: where its argument is 0, or where two of its arguments are equal. What is taken for
            its derivative there, a sentence says by its name.
        through: From its arguments to the expression that its numbers are worked out by; None if it is an operation of
            programs itself.
    """

    name: str
    build: Build
    derivatives: Callable[..., tuple[Expr, ...]]
    number: Callable[..., real.Value]
    least: int = 1
    most: int = 1
    shape: Shape = Shape.RISING
    kink: bool = False
    through: Build | None = None


def _named(name: str) -> Build:
    return lambda *arguments: Applied(name, *arguments)


def _natural(x: Expr) -> Expr:
    return log(x, evaluate=False)


def _exponential(x: Expr) -> Expr:
    return exp(x, evaluate=False)


def _tanh(x: Expr) -> Expr:
    return tanh(x, evaluate=False)


def _logarithm_over(base: int) -> Build:
    return lambda x: Quotient(_natural(x), _natural(Integer(base)))


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
                build=_exponential,
                derivatives=lambda x: (_exponential(x),),
                number=real.exponential,
                through=_exponential,
            ),
            Function(
                name="ln",
                build=_natural,
                derivatives=lambda x: (Quotient(S.One, x),),
                number=real.logarithm,
                through=_natural,
            ),
            Function(
                name="log",
                build=_natural,
                derivatives=lambda x: (Quotient(S.One, x),),
                number=real.logarithm,
                through=_natural,
            ),
            Function(
                name="log2",
                build=_named("log2"),
                derivatives=_by_base(2),
                number=real.logarithm_to_base_2,
                through=_logarithm_over(2),
            ),
            Function(
                name="log10",
                build=_named("log10"),
                derivatives=_by_base(10),
                number=real.logarithm_to_base_10,
                through=_logarithm_over(10),
            ),
            Function(
                name="sqrt",
                build=_named("sqrt"),
                derivatives=lambda x: (Quotient(S.One, Chain(Integer(2), Applied("sqrt", x))),),
                number=real.root,
            ),
            Function(
                name="sin",
                build=_named("sin"),
                derivatives=lambda x: (Applied("cos", x),),
                number=real.sine,
                shape=Shape.WAVE,
            ),
            Function(
                name="cos",
                build=_named("cos"),
                derivatives=lambda x: (negative(Applied("sin", x)),),
                number=real.cosine,
                shape=Shape.WAVE,
            ),
            Function(
                name="tan",
                build=_named("tan"),
                derivatives=lambda x: (PathSum(S.One, _square(Applied("tan", x))),),
                number=real.tangent,
                shape=Shape.POLES,
            ),
            Function(
                name="sinh",
                build=_named("sinh"),
                derivatives=lambda x: (Applied("cosh", x),),
                number=real.hyperbolic_sine,
            ),
            Function(
                name="cosh",
                build=_named("cosh"),
                derivatives=lambda x: (Applied("sinh", x),),
                number=real.hyperbolic_cosine,
                shape=Shape.EVEN,
            ),
            Function(
                name="tanh",
                build=_tanh,
                derivatives=lambda x: (difference(S.One, _square(_tanh(x))),),
                number=real.hyperbolic_tangent,
                through=_tanh,
            ),
            Function(
                name="sigmoid",
                build=_named("sigmoid"),
                derivatives=_sigmoid_derivative,
                number=real.sigmoid,
                through=lambda x: Quotient(S.One, PathSum(S.One, _exponential(negative(x)))),
            ),
            Function(
                name="relu",
                build=_named("relu"),
                derivatives=lambda x: (Indicator(x),),
                number=lambda x: real.largest(0, x),
                kink=True,
                through=lambda x: Applied("max", S.Zero, x),
            ),
            Function(
                name="max",
                build=_named("max"),
                derivatives=_largest_derivatives,
                number=real.largest,
                least=2,
                most=MOST_ARGUMENTS,
                kink=True,
            ),
            Function(
                name="min",
                build=_named("min"),
                derivatives=_smallest_derivatives,
                number=real.smallest,
                least=2,
                most=MOST_ARGUMENTS,
                kink=True,
            ),
            Function(
                name="abs",
                build=_named("abs"),
                derivatives=lambda x: (Applied("sign", x),),
                number=abs,
                shape=Shape.EVEN,
                kink=True,
            ),
            Function(
                name="sign",
                build=_named("sign"),
                derivatives=lambda x: (S.Zero,),
                number=real.sign,
                kink=True,
            ),
            Function(
                name="erf",
                build=_named("erf"),
                derivatives=lambda x: (
                    Chain(Quotient(Integer(2), Applied("sqrt", pi)), _exponential(negative(_square(x)))),
                ),
                number=real.error_function,
            ),
        )
    }
)
