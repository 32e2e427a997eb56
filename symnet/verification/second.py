"""Second derivatives against second differences of the forward pass, and in both orders against each other."""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
from sympy import Symbol

from symnet.derivation.second import Hessian
from symnet.network.graph import Network
from symnet.numerics.direct import Value, numeric
from symnet.verification.differences import DifferencePoint, Draw
from symnet.verification.verify import Check, CheckKind, CheckReport, Errors, demand

# A second difference at this step is wrong by about its square, 1e-50, and by rounding as much: 1e-100 / 1e-50.
DIGITS, STEP = 100, mpmath.mpf(10) ** -25
# Random points at which everything is compared.
POINTS = 2


def verify_hessian(network: Network, hessian: Hessian, near: Mapping[Symbol, Value] | None = None) -> Check:
    """Return the check of second derivatives.

    Raises:
        CheckFailedError: If one is not the second difference of the forward pass, two lines of one differ, or the two
            orders of a pair do.
        NoPointError: If no point is found at which the loss has a value and a derivative.
    """
    errors = Errors(CheckKind.SECOND)
    with mpmath.workdps(DIGITS):
        for number in range(1, 1 + POINTS):
            point = DifferencePoint(network, Draw(network, number, near), lambda _values: 0)
            leaves, known = point.leaves, {**point.leaves, **forward(network, point.leaves)}
            values = {
                pair: [numeric(form, known) for form, _rule in entry.lines] for pair, entry in hessian.entries.items()
            }
            for (one, other), found in values.items():
                difference = second_difference(network, leaves, one, other)
                for value in found:
                    errors.compare(value, difference)
                errors.compare(found[-1], values[other, one][-1])
        check = errors.check()
    demand(CheckReport((check,)))
    return check


def forward(network: Network, leaves: Mapping[Symbol, Value]) -> dict[Symbol, Value]:
    """Return the value of every node."""
    values = dict(leaves)
    for node in network.nodes.values():
        values[node.symbol] = numeric(node.expression, values)
    return values


def second_difference(network: Network, leaves: Mapping[Symbol, Value], one: Symbol, other: Symbol) -> Value:
    """Return the second difference of the loss in the directions of two leaves, from the forward pass alone."""

    def loss(*signs: int) -> Value:
        values = dict(leaves)
        for leaf, sign in zip((one, other), signs, strict=True):
            values[leaf] += sign * STEP
        return forward(network, values)[network.loss]

    return (loss(1, 1) - loss(1, -1) - loss(-1, 1) + loss(-1, -1)) / (4 * STEP**2)
