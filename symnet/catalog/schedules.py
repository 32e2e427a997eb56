"""Schedules of the learning rate: its value at a step, from the one given and how far the steps have come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, S, Symbol, pi
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient
from symnet.catalog.optimizers import LEARNING_RATE
from symnet.catalog.options import Option

PROGRESS, FACTOR = Symbol("progress"), Symbol("factor")
"""How far the steps have come, in the measure of a schedule, and the factor of one."""

WARMING = Chain(LEARNING_RATE, PROGRESS)
"""The learning rate while it grows."""

Options = Mapping[str, Fraction]


class Schedule(NamedTuple):
    """What is known of a schedule.

    Attributes:
        name: Its name in a description.
        rate: The learning rate in the one given, its options and the progress.
        progress: From how many steps were made behind the warmup, how many these were to be, and its options, to the
            progress at the next step.
        options: What may be chosen of it.
        needed: The options without a default.
    """

    name: str
    rate: Expr
    progress: Callable[[Fraction, Fraction, Options], Fraction] = lambda made, total, o: Fraction(0)
    options: tuple[Option, ...] = ()
    needed: tuple[str, ...] = ()


_EVERY = Option("every", Fraction(1), Fraction(0), above=True)
_POWER = Chain(LEARNING_RATE, Pow(FACTOR, PROGRESS, evaluate=False))


def _whole_periods(made: Fraction, _total: Fraction, options: Options) -> Fraction:
    return Fraction(made // options["every"])


def _periods(made: Fraction, _total: Fraction, options: Options) -> Fraction:
    return made / options["every"]


def _part(made: Fraction, total: Fraction, _options: Options) -> Fraction:
    return min(made / total, Fraction(1))


def _factor(default: Fraction) -> Option:
    return Option(FACTOR.name, default, Fraction(0), above=True)


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Schedule("step", _POWER, _whole_periods, (_EVERY, _factor(Fraction(1, 10))), needed=("every",)),
            Schedule("exponential", _POWER, _periods, (_factor(Fraction(9, 10)), _EVERY), needed=("factor",)),
            Schedule(
                "cosine",
                Chain(Quotient(LEARNING_RATE, Integer(2)), PathSum(S.One, Applied("cos", Chain(pi, PROGRESS)))),
                _part,
                (Option("total", Fraction(1), Fraction(0), above=True),),
                needed=("total",),
            ),
            Schedule("warmup", LEARNING_RATE, needed=("warmup",)),
            Schedule(
                "inverse",
                Quotient(LEARNING_RATE, PathSum(S.One, Chain(FACTOR, PROGRESS))),
                _periods,
                (_factor(Fraction(1)), _EVERY),
                needed=("factor",),
            ),
        )
    }
)
