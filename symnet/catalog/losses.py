"""The losses: value, and slope by each output from the first form to the taught one, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Rational, S, log
from sympy.core.expr import Expr

from symnet.calculus import Chain, PathSum, Quotient, difference, negative


class Loss(NamedTuple):
    """What is known of a loss.

    Attributes:
        name: Its name in a description.
        title: How a sheet calls it.
        summary: What it is, for ``symnet list``.
        value: ``(a, y)`` to the loss of one sample, from the outputs and the targets.
        slope: ``(a, y, k)`` to the derivative by output ``k`` (0-based): one or more equal forms, the first
            as it comes from the definition, the last as it is taught.
        targets: ``any`` or ``unit_interval``: where targets may lie.
        outputs: ``any`` or ``unit_interval``: where outputs must lie for the loss to be a real number.
        normalized: Whether its targets are taken to sum to 1 (one-hot, or a distribution over classes).
    """

    name: str
    title: str
    summary: str
    value: Callable[[Sequence[Expr], Sequence[Expr]], Expr]
    slope: Callable[[Sequence[Expr], Sequence[Expr], int], tuple[Expr, ...]]
    targets: str = "any"
    outputs: str = "any"
    normalized: bool = False


def _squares(a: Sequence[Expr], y: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(difference(p, t) ** Integer(2) for p, t in zip(a, y, strict=True))


def _scaled(scale: Expr, terms: tuple[Expr, ...]) -> Expr:
    return PathSum(*terms) if scale == 1 else Chain(scale, PathSum(*terms))


def _logs(a: Expr, y: Expr) -> Expr:
    return PathSum(Chain(y, log(a)), Chain(difference(S.One, y), log(difference(S.One, a))))


def _binary_slope(a: Expr, y: Expr) -> tuple[Expr, ...]:
    rest, gap = difference(S.One, a), difference(S.One, y)
    return (
        PathSum(negative(Quotient(y, a)), Quotient(gap, rest)),
        Quotient(difference(a, y), Chain(a, rest)),
    )


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Loss(
                name="squared_error",
                title="squared error",
                summary="half the sum of the squared errors",
                value=lambda a, y: _scaled(Rational(1, 2), _squares(a, y)),
                slope=lambda a, y, k: (
                    Chain(Rational(1, 2), Integer(2), difference(a[k], y[k])),
                    difference(a[k], y[k]),
                ),
            ),
            Loss(
                name="sum_squared_error",
                title="sum of squared errors",
                summary="the sum of the squared errors, without the half",
                value=lambda a, y: _scaled(S.One, _squares(a, y)),
                slope=lambda a, y, k: (Chain(Integer(2), difference(a[k], y[k])),),
            ),
            Loss(
                name="mean_squared_error",
                title="mean squared error",
                summary="the mean of the squared errors over the outputs",
                value=lambda a, y: _scaled(Rational(1, len(a)), _squares(a, y)),
                slope=lambda a, y, k: (_scaled(Rational(2, len(a)), (difference(a[k], y[k]),)),),
            ),
            Loss(
                name="binary_cross_entropy",
                title="binary cross-entropy",
                summary="each output is the probability of a yes",
                value=lambda a, y: PathSum(*(negative(_logs(p, t)) for p, t in zip(a, y, strict=True))),
                slope=lambda a, y, k: _binary_slope(a[k], y[k]),
                targets="unit_interval",
                outputs="unit_interval",
            ),
            Loss(
                name="categorical_cross_entropy",
                title="categorical cross-entropy",
                summary="the outputs are the probabilities of the classes",
                value=lambda a, y: PathSum(*(Chain(S.NegativeOne, t, log(p)) for p, t in zip(a, y, strict=True))),
                slope=lambda a, y, k: (negative(Quotient(y[k], a[k])),),
                targets="unit_interval",
                outputs="unit_interval",
                normalized=True,
            ),
        )
    }
)
