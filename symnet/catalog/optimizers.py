"""The optimizers: how one step turns a parameter, its gradient and what is kept into the updated parameter.

Every rule is an expression in the symbols below, so that one table serves numbers and sheets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sympy import Integer, Pow, Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, difference
from symnet.algebra.rewrite import substitute, tidy
from symnet.catalog.options import Option
from symnet.quantity import Role

PARAMETER, GRADIENT = Symbol("parameter"), Symbol("gradient")
LEARNING_RATE, DECAY, STEP = Symbol("eta"), Symbol("decay"), Symbol("step")
"""The learning rate of the step, by how much it decays, and the 1-based number of the step."""
MOMENTUM, BETA1, BETA2, EPSILON = Symbol("momentum"), Symbol("beta1"), Symbol("beta2"), Symbol("epsilon")
VELOCITY, SQUARES = Symbol("velocity"), Symbol("squares")
FIRST_MOMENT, SECOND_MOMENT = Symbol("m"), Symbol("v")
FIRST_CORRECTED, SECOND_CORRECTED = Symbol("m_hat"), Symbol("v_hat")
LARGEST, CHANGES, NORMALIZER = Symbol("u"), Symbol("changes"), Symbol("normalizer")
"""What adamax, adadelta and nadam keep: the largest gradient, the squared changes, and what corrects a first moment."""
CHANGE, INTERPOLATED = Symbol("change"), Symbol("interpolated")
"""What adadelta and lion work out on the way: the change of the parameter, and what the sign is taken of."""
MOMENTUM_NOW, MOMENTUM_NEXT = Symbol("momentum_now"), Symbol("momentum_next")
"""The momentum of nadam at this step and at the next."""
WEIGHT_DECAY, MOMENTUM_DECAY = Symbol("weight_decay"), Symbol("momentum_decay")
DIRECTION, DAMPING = Symbol("direction"), Symbol("damping")
"""The parameter's entry of the solution of Newton's system, and what is added to the diagonal of its matrix."""

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
        before: What is worked out for its update first, in order.
    """

    symbol: Symbol
    role: Role
    update: Expr
    before: tuple[tuple[Symbol, Expr], ...] = ()

    @property
    def name(self) -> str:
        """Its name in a description."""
        return str(self.symbol.name)


class HessianUse(Enum):
    """What a step makes of the gradient by the Hessian; all but the first are mistakes."""

    SOLVED = "the solution of the system of the Hessian and the gradient"
    UNDAMPED = "the same without what damping adds to the diagonal"
    MULTIPLIED = "the product of the Hessian and the gradient"
    DIAGONAL = "each derivative over its own second derivative alone"
    ADJUGATE = "the solution of two equations, not divided by the determinant"
    UNSIGNED = "that of two equations with the mixed second derivative not negated in the inverse"
    UNSWAPPED = "that of two equations with the second derivatives on the diagonal not exchanged in the inverse"


class Optimizer(NamedTuple):
    """What is known of an optimizer.

    Attributes:
        name: Its name in a description.
        update: The updated parameter, in the updated states and the corrections.
        states: What it keeps of each parameter, updated in this order.
        corrections: What is worked out from the updated states before the parameter is.
        options: What may be chosen of it.
        hessian: What the Hessian makes of the gradients of all parameters together, in whose place the rule has
            :data:`DIRECTION`; None where each parameter has its step by itself.
        rate: The learning rate where none is given; None where one has to be.
    """

    name: str
    update: Expr
    states: tuple[OptimizerState, ...] = ()
    corrections: tuple[tuple[Symbol, Expr], ...] = ()
    options: tuple[Option, ...] = ()
    hessian: HessianUse | None = None
    rate: Fraction | None = None

    @property
    def lines(self) -> tuple[tuple[Symbol, Expr], ...]:
        """What a step works out for a parameter, in order: states, corrections, and the parameter itself."""
        states = (line for state in self.states for line in (*state.before, (updated(state.symbol), state.update)))
        return (*states, *self.corrections, (updated(PARAMETER), self.update))

    @property
    def between(self) -> tuple[tuple[Symbol, Expr], ...]:
        """What a step works out for a parameter that is not kept, in order."""
        kept = {updated(PARAMETER), *(updated(state.symbol) for state in self.states)}
        return tuple((symbol, line) for symbol, line in self.lines if symbol not in kept)

    @property
    def decouples(self) -> bool:
        """Whether weight decay is a term of its own in the update, and no part of the gradient."""
        return any(option.name == WEIGHT_DECAY.name for option in self.options)

    def with_symbols(self, values: Mapping[Expr, Expr]) -> Optimizer:
        """Return the rule with something else put in, everywhere."""
        return self._replace(
            update=tidy(substitute(self.update, values)),
            states=tuple(
                state._replace(
                    update=substitute(state.update, values),
                    before=tuple((symbol, substitute(form, values)) for symbol, form in state.before),
                )
                for state in self.states
            ),
            corrections=tuple((symbol, substitute(form, values)) for symbol, form in self.corrections),
        )


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


def _decoupled(step: Expr) -> Expr:
    """Return the parameter less the learning rate times ``step`` and the decay of the parameter."""
    return _against(PathSum(step, Chain(WEIGHT_DECAY, PARAMETER)))


def _weighed(step: Expr, squares: Symbol) -> Expr:
    """Return ``step`` over the root of ``squares`` plus epsilon."""
    return Quotient(step, PathSum(Applied("sqrt", squares), EPSILON))


def _root_within(squares: Symbol) -> Expr:
    """Return the root of ``squares`` plus epsilon."""
    return Applied("sqrt", PathSum(squares, EPSILON))


def _warmed(step: Expr) -> Expr:
    """Return the momentum of nadam at a step, which grows to its full value."""
    fading = Pow(Rational(96, 100), Chain(step, MOMENTUM_DECAY), evaluate=False)
    return Chain(BETA1, difference(S.One, Quotient(fading, Integer(2))))


_SQUARED = Pow(GRADIENT, Integer(2))
_FIRST = OptimizerState(FIRST_MOMENT, Role.FIRST_MOMENT, _averaged(FIRST_MOMENT, BETA1, GRADIENT))
_SECOND = OptimizerState(SECOND_MOMENT, Role.SECOND_MOMENT, _averaged(SECOND_MOMENT, BETA2, _SQUARED))
_LOOKING_AHEAD = PathSum(
    Quotient(
        Chain(MOMENTUM_NEXT, updated(FIRST_MOMENT)),
        difference(S.One, Chain(MOMENTUM_NEXT, difference(S.One, updated(NORMALIZER)))),
    ),
    Quotient(Chain(difference(S.One, MOMENTUM_NOW), GRADIENT), updated(NORMALIZER)),
)
_MOMENTUM = _rate(MOMENTUM, Fraction(9, 10))
_HEAVY_BALL = OptimizerState(VELOCITY, Role.VELOCITY, PathSum(Chain(MOMENTUM, VELOCITY), GRADIENT))
_EPSILON = Option(EPSILON.name, Fraction(1, 10**8), least=Fraction(0))
_MOMENTS = (_rate(BETA1, Fraction(9, 10)), _rate(BETA2, Fraction(999, 1000)), _EPSILON)
_CORRECTIONS = (
    (FIRST_CORRECTED, _corrected(FIRST_MOMENT, BETA1)),
    (SECOND_CORRECTED, _corrected(SECOND_MOMENT, BETA2)),
)


def _weight_decay(default: Fraction) -> Option:
    return Option(WEIGHT_DECAY.name, default, least=Fraction(0))


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
                states=(_FIRST, _SECOND),
                corrections=_CORRECTIONS,
                options=_MOMENTS,
            ),
            Optimizer(
                name="adamw",
                update=_decoupled(_weighed(FIRST_CORRECTED, SECOND_CORRECTED)),
                states=(_FIRST, _SECOND),
                corrections=_CORRECTIONS,
                options=(*_MOMENTS, _weight_decay(Fraction(1, 100))),
            ),
            Optimizer(
                name="adamax",
                update=_against(Quotient(FIRST_CORRECTED, updated(LARGEST))),
                states=(
                    _FIRST,
                    OptimizerState(
                        LARGEST,
                        Role.LARGEST,
                        Applied("max", Chain(BETA2, LARGEST), PathSum(Applied("abs", GRADIENT), EPSILON)),
                    ),
                ),
                corrections=_CORRECTIONS[:1],
                options=_MOMENTS,
            ),
            Optimizer(
                name="nadam",
                update=_scaled(FIRST_CORRECTED, SECOND_CORRECTED),
                states=(
                    _FIRST,
                    _SECOND,
                    OptimizerState(
                        NORMALIZER,
                        Role.NORMALIZER,
                        difference(S.One, Chain(MOMENTUM_NOW, difference(S.One, NORMALIZER))),
                        before=(
                            (MOMENTUM_NOW, _warmed(STEP)),
                            (MOMENTUM_NEXT, _warmed(PathSum(STEP, S.One))),
                        ),
                    ),
                ),
                corrections=((FIRST_CORRECTED, _LOOKING_AHEAD), _CORRECTIONS[1]),
                options=(*_MOMENTS, Option(MOMENTUM_DECAY.name, Fraction(4, 1000), least=Fraction(0))),
            ),
            Optimizer(
                name="adadelta",
                update=_against(CHANGE),
                states=(
                    OptimizerState(SQUARES, Role.SQUARES, _averaged(SQUARES, BETA2, _SQUARED)),
                    OptimizerState(
                        CHANGES,
                        Role.CHANGES,
                        _averaged(CHANGES, BETA2, Pow(CHANGE, Integer(2))),
                        before=(
                            (CHANGE, Chain(Quotient(_root_within(CHANGES), _root_within(updated(SQUARES))), GRADIENT)),
                        ),
                    ),
                ),
                options=(_rate(BETA2, Fraction(9, 10)), Option(EPSILON.name, Fraction(1, 10**6), least=Fraction(0))),
            ),
            Optimizer(
                name="lion",
                update=_decoupled(Applied("sign", INTERPOLATED)),
                states=(
                    OptimizerState(
                        FIRST_MOMENT,
                        Role.FIRST_MOMENT,
                        _averaged(FIRST_MOMENT, BETA2, GRADIENT),
                        before=((INTERPOLATED, _averaged(FIRST_MOMENT, BETA1, GRADIENT)),),
                    ),
                ),
                options=(
                    _rate(BETA1, Fraction(9, 10)),
                    _rate(BETA2, Fraction(99, 100)),
                    _weight_decay(Fraction(0)),
                ),
            ),
            Optimizer(
                name="newton",
                update=_against(DIRECTION),
                options=(Option(DAMPING.name, Fraction(0), least=Fraction(0)),),
                hessian=HessianUse.SOLVED,
                rate=Fraction(1),
            ),
        )
    }
)


@lru_cache
def rule_of(name: str, *, decays: bool, whole: bool = False) -> Optimizer:
    """Return the rule of an optimizer as a training has it.

    Args:
        name: The optimizer.
        decays: Whether weights decay: in adamw and lion by a term of its own, elsewhere as a part of the gradient.
        whole: Whether each step is made as a whole, with a learning rate of 1 that is not written.
    """
    optimizer = OPTIMIZERS[name]
    if whole:
        optimizer = optimizer.with_symbols({LEARNING_RATE: S.One})
    if optimizer.decouples:
        return optimizer if decays else optimizer.with_symbols({WEIGHT_DECAY: S.Zero})
    if not decays:
        return optimizer
    return optimizer.with_symbols({GRADIENT: PathSum(GRADIENT, Chain(WEIGHT_DECAY, PARAMETER))})
