"""The activations: value, slope in the taught form, range and kink, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Max, S, exp, tanh
from sympy.core.expr import Expr

from symnet.calculus import Chain, Indicator, PathSum, Quotient, difference, negative


class Activation(NamedTuple):
    """What is known of an activation.

    Attributes:
        name: Its name in a description.
        title: How a sheet calls it.
        summary: What it is, for ``symnet list``.
        remark: What a sheet says of its slope.
        value: ``(z, k)`` to the activation of unit ``k`` (0-based), ``z`` being the layer's pre-activations.
        slope: ``(z, a, k, j)`` to the derivative of activation ``k`` by pre-activation ``j``, in the taught form.
        working: ``(z, a)`` to the lines that lead from the definition to the taught slope, for one unit.
        range: ``real`` or ``unit_interval``: where its values lie.
        gaps: ``(z, k)`` to each bound other than 0 that the values of unit ``k`` come exponentially close to, and how
            far off they are: the same as bound minus value, without rounding the small difference away.
        couples: Whether each unit depends on all pre-activations of its layer.
        applied: Whether it is written as a function of z, such as sigma(z), rather than as its formula.
        kink: The pre-activation at which the slope is a convention, or None.
        kink_slope: The slope taken there.
    """

    name: str
    title: str
    summary: str
    remark: str
    value: Callable[[Sequence[Expr], int], Expr]
    slope: Callable[[Sequence[Expr], Sequence[Expr], int, int], Expr]
    working: Callable[[Expr, Expr], tuple[Expr, ...]]
    range: str = "real"
    gaps: Callable[[Sequence[Expr], int], tuple[tuple[int, Expr], ...]] = lambda z, k: ()
    couples: bool = False
    applied: bool = True
    kink: Expr | None = None
    kink_slope: Expr | None = None


def _exponential(z: Expr) -> Expr:
    return exp(z, evaluate=False)


def _sigmoid(z: Expr) -> Expr:
    return Quotient(S.One, PathSum(S.One, _exponential(-z)))


def _sigmoid_working(z: Expr, a: Expr) -> tuple[Expr, ...]:
    bottom = PathSum(S.One, _exponential(-z))
    return Quotient(_exponential(-z), bottom ** Integer(2)), Chain(a, difference(S.One, a))


def _tanh_gap(z: Expr, bound: int) -> tuple[int, Expr]:
    return bound, Quotient(Integer(2), PathSum(S.One, _exponential(2 * bound * z)))


def _softmax_gap(z: Sequence[Expr], k: int) -> tuple[int, Expr]:
    others = (_exponential(u) for j, u in enumerate(z) if j != k)
    return 1, Quotient(PathSum(*others), PathSum(*(_exponential(u) for u in z)))


def _softmax_slope(a: Sequence[Expr], k: int, j: int) -> Expr:
    """Return the entry of the softmax Jacobian: p(1 - p) on the diagonal, -p p' off it."""
    return Chain(a[k], difference(S.One, a[k])) if k == j else negative(Chain(a[k], a[j]))


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Activation(
                name="identity",
                title="identity",
                summary="the pre-activation itself",
                remark="It is 1 everywhere.",
                value=lambda z, k: z[k],
                slope=lambda z, a, k, j: S.One,
                working=lambda z, a: (S.One,),
                applied=False,
            ),
            Activation(
                name="sigmoid",
                title="sigmoid",
                summary="squashes to between 0 and 1",
                remark="It can be read off the value.",
                value=lambda z, k: _sigmoid(z[k]),
                slope=lambda z, a, k, j: Chain(a[k], difference(S.One, a[k])),
                working=_sigmoid_working,
                range="unit_interval",
                gaps=lambda z, k: ((1, Quotient(S.One, PathSum(S.One, _exponential(z[k])))),),
            ),
            Activation(
                name="tanh",
                title="tanh",
                summary="squashes to between -1 and 1",
                remark="It can be read off the value.",
                value=lambda z, k: tanh(z[k]),
                slope=lambda z, a, k, j: difference(S.One, a[k] ** Integer(2)),
                working=lambda z, a: (difference(S.One, a ** Integer(2)),),
                gaps=lambda z, k: (_tanh_gap(z[k], 1), _tanh_gap(z[k], -1)),
            ),
            Activation(
                name="relu",
                title="ReLU",
                summary="passes what is positive, and 0 for the rest",
                remark="It is 1 where the pre-activation is positive, and 0 where it is negative.",
                value=lambda z, k: Max(S.Zero, z[k]),
                slope=lambda z, a, k, j: Indicator(z[k]),
                working=lambda z, a: (Indicator(z),),
                kink=S.Zero,
                kink_slope=S.Zero,
            ),
            Activation(
                name="softmax",
                title="softmax",
                summary="makes a layer's units positive with sum 1",
                remark="Every activation of the layer depends on every pre-activation of it.",
                value=lambda z, k: Quotient(_exponential(z[k]), PathSum(*(_exponential(u) for u in z))),
                slope=lambda z, a, k, j: _softmax_slope(a, k, j),
                working=lambda z, a: (Chain(a, difference(S.One, a)),),
                range="unit_interval",
                gaps=lambda z, k: (_softmax_gap(z, k),),
                couples=True,
                applied=False,
            ),
        )
    }
)
