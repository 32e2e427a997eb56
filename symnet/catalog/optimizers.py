"""The optimizers: how one step turns a parameter, its gradient and what is kept into the updated parameter.

Every rule is an expression in the symbols below, so that one table serves numbers and sheets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, difference
from symnet.catalog.options import Option
from symnet.quantity import Role

PARAMETER, GRADIENT = Symbol("parameter"), Symbol("gradient")
LEARNING_RATE, DECAY, STEP = Symbol("eta"), Symbol("decay"), Symbol("step")
"""The learning rate of the step, by how much it decays, and the 1-based number of the step."""
MOMENTUM, BETA1, BETA2, EPSILON = Symbol("momentum"), Symbol("beta1"), Symbol("beta2"), Symbol("epsilon")
VELOCITY, SQUARES = Symbol("velocity"), Symbol("squares")
FIRST_MOMENT, SECOND_MOMENT = Symbol("m"), Symbol("v")
FIRST_CORRECTED, SECOND_CORRECTED = Symbol("m_hat"), Symbol("v_hat")

DECAYED = Quotient(LEARNING_RATE, PathSum(S.One, Chain(DECAY, difference(STEP, S.One))))
"""The learning rate of a step, where it decays."""

NORM, LONGEST = Symbol("norm"), Symbol("longest")
CLIPPED = Chain(Quotient(LONGEST, NORM), GRADIENT)
"""A derivative, where the norm of all of them is more than the longest that is allowed."""


def norm_of(derivatives: Iterable[Symbol]) -> Expr:
    """Return the norm of derivatives."""
    return Applied("sqrt", PathSum(*(Pow(derivative, Integer(2)) for derivative in derivatives)))


def updated(state: Symbol) -> Symbol:
    """Return the symbol of a state after the step."""
    return Symbol(f"{state.name}'")


class OptimizerState(NamedTuple):
    """What an optimizer keeps of each parameter from step to step; it starts at 0.

    Attributes:
        symbol: Its symbol before the step; :func:`updated` is that after it.
        role: What it is, for writing it.
        update: Its value after the step.
    """

    symbol: Symbol
    role: Role
    update: Expr

    @property
    def name(self) -> str:
        """Its name in a description."""
        return str(self.symbol.name)


class Optimizer(NamedTuple):
    """What is known of an optimizer.

    Attributes:
        name: Its name in a description.
        update: The updated parameter, in the updated states and the corrections.
        states: What it keeps of each parameter, updated in this order.
        corrections: What is worked out from the updated states before the parameter is.
        options: What may be chosen of it.
    """

    name: str
    update: Expr
    states: tuple[OptimizerState, ...] = ()
    corrections: tuple[tuple[Symbol, Expr], ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def lines(self) -> tuple[tuple[Symbol, Expr], ...]:
        """What a step works out for a parameter, in order: states, corrections, and the parameter itself."""
        states = tuple((updated(state.symbol), state.update) for state in self.states)
        return (*states, *self.corrections, (updated(PARAMETER), self.update))


def _against(step: Expr) -> Expr:
    """Return the parameter less the learning rate times ``step``."""
    return difference(PARAMETER, Chain(LEARNING_RATE, step))


def _scaled(step: Expr, squares: Symbol) -> Expr:
    """Return the parameter less the learning rate times ``step``, over the root of ``squares`` plus epsilon."""
    root = Applied("sqrt", squares)
    return difference(PARAMETER, Chain(LEARNING_RATE, Quotient(step, PathSum(root, EPSILON))))


def _averaged(state: Symbol, weight: Symbol, new: Expr) -> Expr:
    """Return the running average of ``state`` and what is new."""
    return PathSum(Chain(weight, state), Chain(difference(S.One, weight), new))


def _corrected(state: Symbol, weight: Symbol) -> Expr:
    """Return a running average with its bias towards its start at 0 corrected."""
    return Quotient(updated(state), difference(S.One, Pow(weight, STEP, evaluate=False)))


def _rate(symbol: Symbol, default: Fraction) -> Option:
    return Option(symbol.name, default, least=Fraction(0), most=Fraction(1), below=True)


_SQUARED = Pow(GRADIENT, Integer(2))
_MOMENTUM = _rate(MOMENTUM, Fraction(9, 10))
_HEAVY_BALL = OptimizerState(VELOCITY, Role.VELOCITY, PathSum(Chain(MOMENTUM, VELOCITY), GRADIENT))
_EPSILON = Option(EPSILON.name, Fraction(1, 10**8), least=Fraction(0))

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Optimizer(
                name="sgd",
                update=_against(GRADIENT),
            ),
            Optimizer(
                name="momentum",
                update=_against(updated(VELOCITY)),
                states=(_HEAVY_BALL,),
                options=(_MOMENTUM,),
            ),
            Optimizer(
                name="ema_momentum",
                update=_against(updated(VELOCITY)),
                states=(OptimizerState(VELOCITY, Role.VELOCITY, _averaged(VELOCITY, MOMENTUM, GRADIENT)),),
                options=(_MOMENTUM,),
            ),
            Optimizer(
                name="nesterov",
                update=_against(PathSum(GRADIENT, Chain(MOMENTUM, updated(VELOCITY)))),
                states=(_HEAVY_BALL,),
                options=(_MOMENTUM,),
            ),
            Optimizer(
                name="adagrad",
                update=_scaled(GRADIENT, updated(SQUARES)),
                states=(OptimizerState(SQUARES, Role.SQUARES, PathSum(SQUARES, _SQUARED)),),
                options=(_EPSILON,),
            ),
            Optimizer(
                name="rmsprop",
                update=_scaled(GRADIENT, updated(SQUARES)),
                states=(OptimizerState(SQUARES, Role.SQUARES, _averaged(SQUARES, BETA2, _SQUARED)),),
                options=(
                    _rate(BETA2, Fraction(9, 10)),
                    _EPSILON,
                ),
            ),
            Optimizer(
                name="adam",
                update=_scaled(FIRST_CORRECTED, SECOND_CORRECTED),
                states=(
                    OptimizerState(FIRST_MOMENT, Role.FIRST_MOMENT, _averaged(FIRST_MOMENT, BETA1, GRADIENT)),
                    OptimizerState(SECOND_MOMENT, Role.SECOND_MOMENT, _averaged(SECOND_MOMENT, BETA2, _SQUARED)),
                ),
                corrections=(
                    (FIRST_CORRECTED, _corrected(FIRST_MOMENT, BETA1)),
                    (SECOND_CORRECTED, _corrected(SECOND_MOMENT, BETA2)),
                ),
                options=(
                    _rate(BETA1, Fraction(9, 10)),
                    _rate(BETA2, Fraction(999, 1000)),
                    _EPSILON,
                ),
            ),
        )
    }
)
