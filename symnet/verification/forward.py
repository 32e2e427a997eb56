"""The forward mode against the reverse mode."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derivation.forward import TangentPass, TangentRule, tangent, tangent_pass, tangent_rules
from symnet.derivation.steps import Gradient
from symnet.numerics.direct import Value, numeric
from symnet.verification.differences import DIGITS, points
from symnet.verification.verify import Check, CheckKind, CheckReport, Errors, demand, names_of_adjoints


def verify_forward(
    gradient: Gradient,
    seeds: Sequence[Symbol],
    leading: Container[Symbol],
    near: Mapping[Symbol, Value] | None = None,
) -> Check:
    """Return the check of tangents: every line against the one before it, and the output's against the derivative.

    Args:
        gradient: The derivatives that the reverse mode finds.
        seeds: The inputs that are seeds, one a pass.
        leading: The seeds and all nodes that depend on one.
        near: Numbers at which there is a value, if any are known.

    Raises:
        CheckFailedError: If a tangent is not what the reverse mode says.
    """
    errors, loss = Errors(CheckKind.FORWARD), gradient.network.loss
    rules = tangent_rules(gradient.network, leading)
    passes = [tangent_pass(rules, seed, seeds) for seed in seeds]
    with mpmath.workdps(DIGITS):
        for _point, known in points(gradient.network, names_of_adjoints(gradient), near):
            for one in passes:
                values = {**known, **{tangent(seed): mpmath.mpf(seed == one.seed) for seed in seeds}}
                _compare_pass(rules, one, values, errors)
                reverse = numeric(gradient.leaves[one.seed].result, known)
                errors.compare(values.get(tangent(loss), mpmath.mpf(0)), reverse)
        check = errors.check()
    demand(CheckReport((check,)))
    return check


def _compare_pass(
    rules: Mapping[Symbol, TangentRule], one: TangentPass, values: dict[Expr, Value], errors: Errors
) -> None:
    """Add the tangents of a pass to the values, each compared in all its forms."""
    lines = {line.node: line for line in one.lines}
    for node, rule in rules.items():
        value = numeric(rule.chain, values)
        forms = (rule.written, *(lines[node][1:] if node in lines else (mpmath.mpf(0),)))
        for form in forms:
            errors.compare(form if isinstance(form, mpmath.mpf) else numeric(form, values), value)
        values[tangent(node)] = value
