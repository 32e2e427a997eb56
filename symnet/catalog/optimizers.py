"""The optimizers: how one step turns a parameter and its gradient into the updated parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sympy.core.expr import Expr

from symnet.calculus import Chain, difference


class Optimizer(NamedTuple):
    """What is known of an optimizer.

    Attributes:
        name: Its name in a description.
        title: How a sheet calls it.
        summary: What it is, for ``symnet list``.
        update: ``(parameter, learning_rate, gradient)`` to the updated parameter.
    """

    name: str
    title: str
    summary: str
    update: Callable[[Expr, Expr, Expr], Expr]


OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Optimizer(
                name="sgd",
                title="gradient descent",
                summary="a step against the gradient, as long as the learning rate says",
                update=lambda parameter, rate, gradient: difference(parameter, Chain(rate, gradient)),
            ),
        )
    }
)
