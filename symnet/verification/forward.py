"""The forward mode against the reverse mode."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.arrays.entries import Walk
from symnet.arrays.forward import Tangent
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree
from symnet.derivation.forward import TangentRule, array_tangents, tangent, tangent_pass, tangent_rules
from symnet.derivation.steps import Gradient
from symnet.numerics.direct import Value, numeric
from symnet.verification.arrays import NUMERIC
from symnet.verification.differences import DIGITS, points
from symnet.verification.verify import DIRECTIONS, Check, CheckKind, CheckReport, Errors, demand, names_of_adjoints

# Passes with at most so many tangents together are compared one by one; else random directions, in which any wrong
# tangent shows, keep the cost linear.
MOST_TANGENTS = 2_000


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
    network = gradient.network
    rules = tangent_rules(network, leading)
    one_by_one = network.arrays is None and len(seeds) * len(rules) <= MOST_TANGENTS
    errors = Errors(CheckKind.FORWARD)
    with mpmath.workdps(DIGITS):
        for point, known in points(network, names_of_adjoints(gradient), near):
            reverse = {seed: numeric(gradient.leaves[seed].result, known) for seed in seeds}
            if one_by_one:
                _compare_passes(rules, seeds, known, (network.loss, reverse), errors)
                continue
            for direction in point.draw.directions(DIRECTIONS):
                start = {seed: direction.get(seed, mpmath.mpf(0)) for seed in seeds}
                values = _run(rules, {**known, **{tangent(seed): size for seed, size in start.items()}}, errors)
                _compare_output(
                    values, network.loss, mpmath.fsum(reverse[seed] * start[seed] for seed in seeds), errors
                )
                if network.arrays is not None:
                    _compare_arrays(network.arrays, array_tangents(network, leading), values, errors)
        check = errors.check()
    demand(CheckReport((check,)))
    return check


def _compare_passes(
    rules: Mapping[Symbol, TangentRule],
    seeds: Sequence[Symbol],
    known: Mapping[Expr, Value],
    expected: tuple[Symbol, Mapping[Symbol, Value]],
    errors: Errors,
) -> None:
    """Compare every form of every tangent in each pass, and that of the output with what is expected."""
    output, derivatives = expected
    for seed in seeds:
        start = {tangent(one): mpmath.mpf(one == seed) for one in seeds}
        values = _run(rules, {**known, **start}, errors)
        lines = {line.node: line for line in tangent_pass(rules, seed, seeds).lines}
        for node in rules:
            for form in lines[node][1:] if node in lines else ():
                errors.compare(numeric(form, values), values[tangent(node)])
            if node not in lines:
                errors.compare(mpmath.mpf(0), values[tangent(node)])
        _compare_output(values, output, derivatives[seed], errors)


def _run(rules: Mapping[Symbol, TangentRule], values: dict[Expr, Value], errors: Errors) -> Mapping[Expr, Value]:
    """Return the values with the tangents of all nodes, each rule compared in both its forms."""
    for node, rule in rules.items():
        values[tangent(node)] = numeric(rule.chain, values)
        errors.compare(numeric(rule.written, values), values[tangent(node)])
    return values


def _compare_output(values: Mapping[Expr, Value], output: Symbol, expected: Value, errors: Errors) -> None:
    """Compare the tangent of the output; one that depends on no seed has none."""
    errors.compare(values.get(tangent(output), mpmath.mpf(0)), expected)


def _compare_arrays(
    graph: ArrayGraph, tangents: Mapping[str, ArrayTree], values: Mapping[Expr, Value], errors: Errors
) -> None:
    """Compare the tangent of every whole array with those of its entries."""
    zero = mpmath.mpf(0)

    def entries(name: str | Tangent) -> Sequence[Value]:
        if isinstance(name, Tangent):
            symbols = [tangent(Symbol(one)) if one else None for one in graph.ids(name.name)]
        else:
            symbols = [Symbol(one) if one else None for one in graph.ids(name)]
        # What is always 0 has no name.
        return [zero if symbol is None else values.get(symbol, zero) for symbol in symbols]

    walk = Walk(entries, NUMERIC)
    for name, tree in tangents.items():
        for one, entry in zip(graph.ids(name), walk(tree), strict=True):
            if one:
                errors.compare(entry, values.get(tangent(Symbol(one)), zero))
