"""Training steps of whole arrays against those of their entries."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod

import mpmath
from sympy import Symbol

from symnet.arrays.entries import Walk
from symnet.arrays.tree import Shape, leaf
from symnet.arrays.updates import RuleLines, rescaled_array, squared_norm
from symnet.catalog.optimizers import (
    CLIPPED,
    GRADIENT,
    LEARNING_RATE,
    LONGEST,
    NORM,
    PARAMETER,
    STEP,
    Optimizer,
    norm_of,
)
from symnet.numerics.direct import Value, numeric
from symnet.verification.arrays import NUMERIC
from symnet.verification.differences import DIGITS
from symnet.verification.verify import Check, CheckKind, CheckReport, Errors, demand

# The step at which a rule is compared, behind the first so that no power of it is 1 alone.
_STEP = 3


def verify_updates(
    optimizer: Optimizer,
    rules: Mapping[Shape, RuleLines],
    options: Mapping[str, Fraction],
    numbers: Iterable[Symbol] = (),
) -> Check:
    """Return the check of the rule for whole arrays: every line at random numbers, against that of each entry.

    Args:
        optimizer: The optimizer, whose rule each single parameter has.
        rules: Its rule for arrays of each shape.
        options: Its options.
        numbers: What it keeps that is one number for all parameters.

    Raises:
        CheckFailedError: If an entry of an array is not what the rule makes of it.
    """
    errors = Errors(CheckKind.UPDATES)
    chance = random.Random(0)  # noqa: S311 - not cryptography
    with mpmath.workdps(DIGITS):
        common: dict[Symbol, Value] = {Symbol(name): _exactly(number) for name, number in options.items()}
        common |= {symbol: _drawn(chance) for symbol in (LEARNING_RATE, LONGEST, NORM, *numbers)}
        common[STEP] = mpmath.mpf(_STEP)
        for shape, lines in rules.items():
            drawn = [_entry(optimizer, common, chance) for _ in range(prod(shape))]
            _compare_rule(lines, optimizer, drawn, common, errors)
            _compare_clipping(shape, drawn, errors)
        check = errors.check()
    demand(CheckReport((check,)))
    return check


def _exactly(number: Fraction) -> Value:
    return mpmath.mpf(number.numerator) / number.denominator


def _drawn(chance: random.Random) -> Value:
    return mpmath.mpf(chance.uniform(0.1, 1))


def _entry(optimizer: Optimizer, common: Mapping[Symbol, Value], chance: random.Random) -> dict[Symbol, Value]:
    """Return a parameter, its derivative and what is kept of it, at random; sums of squares are positive."""
    kept = (state.symbol for state in optimizer.states if state.symbol not in common)
    own = {symbol: _drawn(chance) for symbol in (PARAMETER, GRADIENT, *kept)}
    own[GRADIENT] *= chance.choice((-1, 1))
    return {**common, **own}


def _compare_rule(
    lines: RuleLines, rule: Optimizer, entries: Sequence[dict[Symbol, Value]], common: Container[Symbol], errors: Errors
) -> None:
    """Compare every line for a whole array with that of each entry, which is worked out on the way."""
    # What all entries share stands there once, as a number does.
    known = {one.name: [entry[one] for entry in (entries[:1] if one in common else entries)] for one in entries[0]}
    for symbol, expression in rule.lines:
        for entry in entries:
            entry[symbol] = numeric(expression, entry)
    for symbol, tree in lines:
        found = known[symbol.name] = list(Walk(known.__getitem__, NUMERIC)(tree))
        for place, entry in enumerate(entries):
            errors.compare(found[place if tree.shape else 0], entry[symbol])


def _compare_clipping(shape: Shape, entries: Sequence[dict[Symbol, Value]], errors: Errors) -> None:
    """Compare a gradient that is rescaled, and the norm of several, with those of their entries."""
    gradients = [entry[GRADIENT] for entry in entries]
    one = leaf(GRADIENT.name, shape)
    known = {GRADIENT.name: gradients, **{symbol.name: [entries[0][symbol]] for symbol in (LONGEST, NORM)}}
    walk = Walk(known.__getitem__, NUMERIC)
    squares = walk(squared_norm([one, one]))
    symbols = {Symbol(f"g{place}"): value for place, value in enumerate((*gradients, *gradients))}
    errors.compare(mpmath.sqrt(squares[0]), numeric(norm_of(symbols), symbols))
    for value, entry in zip(walk(rescaled_array(shape)), entries, strict=True):
        errors.compare(value, numeric(CLIPPED, entry))
