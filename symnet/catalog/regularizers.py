"""The regularizers: what each adds to the objective, and its derivative with respect to a parameter, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient


class Regularizer(NamedTuple):
    """What is known of a regularizer.

    Attributes:
        name: Its name in a description.
        value: From the parameters of one layer (its weights, or its biases) to what stands behind the strength.
        derivative: ``(parameter, value)`` to the derivative of ``value`` with respect to one of them, as taught;
            ``value`` is
            the symbol of the node that holds it, for a regularizer with ``node``.
        node: Whether the value is a node of its own, since every derivative needs it.
        kinked: Whether it has no derivative where a parameter (with ``node``: all of them) is 0, and 0 is taken.
    """

    name: str
    value: Callable[[Sequence[Symbol]], Expr]
    derivative: Callable[[Symbol, Symbol | None], Expr]
    node: bool = False
    kinked: bool = False


def _squares(parameters: Sequence[Symbol]) -> Expr:
    return PathSum(*(Pow(parameter, 2) for parameter in parameters))


REGULARIZERS: Mapping[str, Regularizer] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Regularizer(
                name="l1",
                value=lambda parameters: PathSum(*(Applied("abs", parameter) for parameter in parameters)),
                derivative=lambda parameter, value: Applied("sign", parameter),
                kinked=True,
            ),
            Regularizer(
                name="l2",
                value=_squares,
                derivative=lambda parameter, value: Chain(Integer(2), parameter),
            ),
            Regularizer(
                name="half_l2",
                value=lambda parameters: Chain(Rational(1, 2), _squares(parameters)),
                derivative=lambda parameter, value: parameter,
            ),
            Regularizer(
                name="l2_norm",
                value=lambda parameters: Applied("sqrt", _squares(parameters)),
                derivative=Quotient,
                node=True,
                kinked=True,
            ),
        )
    }
)
