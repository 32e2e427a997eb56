"""A wrong rule of an optimizer, in the place of the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from sympy import Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, PathSum, Quotient, difference
from symnet.algebra.rewrite import substitute
from symnet.catalog.optimizers import (
    BETA1,
    BETA2,
    EPSILON,
    FIRST_CORRECTED,
    FIRST_MOMENT,
    GRADIENT,
    MOMENTUM,
    OPTIMIZERS,
    SECOND_CORRECTED,
    SECOND_MOMENT,
    STEP,
    VELOCITY,
    HessianUse,
    Optimizer,
    updated,
)
from symnet.marking.mistakes.faults import Fault, Last, Setting
from symnet.marking.records import Target, TargetKind

# How many moments Adam and its like correct.
_MOMENTS = 2

Wrong: TypeAlias = Callable[[Optimizer], Sequence[Optimizer]]
"""From the rule that was asked for to those that may be taken for it; none where it is not that rule's mistake."""


def steps(wrong: Wrong) -> Callable[[Setting, Target], Iterator[Fault]]:
    """Return the rewrite that takes other rules for the optimizer's."""

    def rewrite(setting: Setting, target: Target) -> Iterator[Fault]:
        if target.kind in (TargetKind.UPDATED, TargetKind.TRAINED) and setting.training is not None:
            for rule in wrong(setting.training.rule):
                yield Fault(last=Last(optimizer=rule))

    return rewrite


def _without_correction(rule: Optimizer, *symbols: Symbol) -> Optimizer:
    """Return a rule in which some corrected moments are the moments themselves."""
    moments = {FIRST_CORRECTED: updated(FIRST_MOMENT), SECOND_CORRECTED: updated(SECOND_MOMENT)}
    kept = ((symbol, moments[symbol] if symbol in symbols else form) for symbol, form in rule.corrections)
    return rule._replace(corrections=tuple(kept))


def not_corrected(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule without bias correction."""
    return (_without_correction(rule, FIRST_CORRECTED, SECOND_CORRECTED),) if rule.corrections else ()


def one_corrected(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the bias of one moment alone corrected."""
    symbols = (SECOND_CORRECTED, FIRST_CORRECTED) if len(rule.corrections) > 1 else ()
    return tuple(_without_correction(rule, symbol) for symbol in symbols)


def moments_swapped(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the two moments exchanged in the step."""
    swap = {FIRST_CORRECTED: SECOND_CORRECTED, SECOND_CORRECTED: FIRST_CORRECTED}
    return (rule._replace(update=substitute(rule.update, swap)),) if len(rule.corrections) > 1 else ()


def decays_swapped(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the two decay rates exchanged, with bias correction and without."""
    if not rule.corrections:
        return ()
    swapped = rule.with_symbols({BETA1: BETA2, BETA2: BETA1})
    return (swapped, *not_corrected(swapped))


def complement_swapped(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the weights of a running average exchanged."""
    rates = (BETA1, BETA2, MOMENTUM)
    weights: dict[Expr, Expr] = {}
    for rate in rates:
        weights |= {difference(S.One, rate): rate, rate: difference(S.One, rate)}
    states = tuple(state._replace(update=substitute(state.update, weights)) for state in rule.states)
    averaged = any(
        difference(S.One, rate) in form.args for state in rule.states for form in state.update.args for rate in rates
    )
    return (rule._replace(states=states),) if averaged else ()


def root_forgotten(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the update rule with the second moment in place of its square root."""
    return _changed(rule, {root: root.args[1] for root in _roots(rule)})


def epsilon_inside(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with epsilon below the root."""
    return _changed(
        rule, {PathSum(root, EPSILON): Applied("sqrt", PathSum(root.args[1], EPSILON)) for root in _roots(rule)}
    )


def epsilon_forgotten(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule without epsilon."""
    return _changed(rule, {PathSum(root, EPSILON): root for root in _roots(rule)})


def not_divided(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with a step that is not divided by the root, of corrected and of plain moments."""
    divided = {part: part.args[0] for part in rule.update.atoms(Quotient)}
    changed = _changed(rule, divided)
    return (*changed, *(other for one in changed for other in not_corrected(one)))


def _roots(rule: Optimizer) -> list[Expr]:
    return [part for part in rule.update.atoms(Applied) if part.name == "sqrt"]


def _changed(rule: Optimizer, values: Mapping[Expr, Expr]) -> Sequence[Optimizer]:
    return (rule._replace(update=substitute(rule.update, values)),) if values else ()


def of_another(name: str, other: str) -> Wrong:
    """Return what takes the rule of another optimizer for that of one."""
    return lambda rule: (OPTIMIZERS[other],) if rule.name == name else ()


def with_hessian(use: HessianUse) -> Wrong:
    """Return what makes something else of the gradient by the Hessian than Newton's method does."""
    return lambda rule: () if rule.hessian is None else (rule._replace(hessian=use),)


def not_gathered(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with nothing kept of earlier steps."""
    states = tuple(state._replace(update=substitute(state.update, {state.symbol: S.Zero})) for state in rule.states)
    return (rule._replace(states=states),) if rule.states else ()


def corrected_as_first(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with moments corrected as in the first step."""
    first = tuple((symbol, substitute(form, {STEP: S.One})) for symbol, form in rule.corrections)
    return (rule._replace(corrections=first),) if rule.corrections else ()


def corrected_kept(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule that goes on from the corrected moments of the last step."""
    if len(rule.corrections) < _MOMENTS:
        return ()
    rates = {FIRST_MOMENT: BETA1, SECOND_MOMENT: BETA2}
    last = PathSum(STEP, S.NegativeOne)
    kept = {moment: Quotient(moment, difference(S.One, Pow(rate, last))) for moment, rate in rates.items()}
    return (rule._replace(states=tuple(s._replace(update=substitute(s.update, kept)) for s in rule.states)),)


def gradient_for_moment(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the derivative itself in the place of its corrected mean."""
    has_mean = any(symbol == FIRST_CORRECTED for symbol, _ in rule.corrections)
    return _changed(rule, {FIRST_CORRECTED: GRADIENT} if has_mean else {})


def velocity_before(rule: Optimizer) -> Sequence[Optimizer]:
    """Return the rule with the velocity as it was before the step."""
    return _changed(rule, {updated(VELOCITY): VELOCITY} if any(s.symbol == VELOCITY for s in rule.states) else {})
