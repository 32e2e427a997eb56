"""The mistakes that are made with the answer itself: name, sentence and rewrite, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from symnet.marking import rewrites_last, rewrites_sums
from symnet.marking.catalogue import Likelihood
from symnet.marking.changes import Change, Setting
from symnet.marking.records import Target


class MadeLast(NamedTuple):
    """A mistake that is made at the very end, with the answer itself.

    Attributes:
        name: Its name.
        says: What was done; in braces the words of its changes, ``{answer}``, what the answer is to, and
            ``{derivative}``: that too, but for an update the derivative in it.
        rewrite: From what there is to change, and what the answer is to, to its changes.
        likelihood: How likely it is.
    """

    name: str
    says: str
    rewrite: Callable[[Setting, Target], Iterator[Change]]
    likelihood: Likelihood = Likelihood.USUAL


# Of mistakes that are as likely as each other, the first is named first.
LAST: tuple[MadeLast, ...] = (
    MadeLast(
        "wrong_sign",
        "The sign is wrong: {derivative} was taken with the opposite one.",
        rewrites_last.negated,
        Likelihood.SLIP,
    ),
    MadeLast(
        "sum_for_mean",
        "The sum over the samples was taken where the objective takes the mean.",
        rewrites_last.sum_for_mean,
    ),
    MadeLast(
        "mean_for_sum",
        "The mean over the samples was taken where the objective takes the sum.",
        rewrites_last.mean_for_sum,
    ),
    MadeLast("wrong_sample", "This is what sample {sample} alone gives.", rewrites_last.one_sample),
    MadeLast(
        "regularizer_left_out",
        "What the regularizer adds is left out.",
        rewrites_last.no_penalty,
    ),
    MadeLast(
        "regularizer_on_biases",
        "The regularizer was put on the bias, which it does not hold.",
        rewrites_last.penalty_on_biases,
    ),
    MadeLast(
        "strength_lost",
        "The strength {strength} of the regularizer is {what}.",
        rewrites_last.no_strength,
    ),
    MadeLast(
        "regularizer_factor",
        "What the regularizer adds has a wrong factor: it is {factor} times what it should be.",
        rewrites_last.penalty_factors,
    ),
    MadeLast("plus_for_minus", "The step was added: an update goes against the gradient.", rewrites_last.uphill),
    MadeLast("rate_forgotten", "The learning rate {rate} is missing in the update.", rewrites_last.no_rate),
    MadeLast("rate_twice", "The learning rate {rate} was multiplied in twice.", rewrites_last.rate_twice),
    MadeLast("step_alone", "This is the step alone: the value before it has to be added.", rewrites_last.step_alone),
    MadeLast("not_updated", "This is the value before the update.", rewrites_last.no_step),
    MadeLast("gradient_for_update", "This is the derivative, not the updated value.", rewrites_last.derivative_alone),
    MadeLast(
        "update_for_gradient",
        "This is the parameter less the derivative, an updated value; asked for is the derivative.",
        rewrites_last.update_alone,
    ),
    MadeLast(
        "plain_step",
        "This is a step of plain gradient descent, not of the optimizer asked for.",
        rewrites_last.plain_step,
        Likelihood.ELSEWHERE,
    ),
    MadeLast(
        "wrong_factor",
        "A factor was lost or added: {factor} times {derivative} was taken.",
        rewrites_last.factors,
    ),
    MadeLast(
        "wrong_factor_m",
        "The number of samples was divided or multiplied in: the samples count {factor} times as much as they should.",
        rewrites_last.shares,
    ),
    MadeLast(
        "transposed_index",
        "The two indices are exchanged: this is {other}, not {answer}.",
        rewrites_last.transposed,
    ),
    MadeLast(
        "neighbouring_index",
        "A neighbouring index was taken: this is {other}, not {answer}.",
        rewrites_last.neighbours,
    ),
)

# With the last factor of the derivative by a weight or a bias; less plausible than what is made on the way.
OWN: tuple[MadeLast, ...] = (
    MadeLast(
        "missing_input_factor",
        "The factor {right} is missing: the derivative of {z} by the weight is {right}, not 1.",
        rewrites_sums.inputs(rewrites_sums.nothing),
    ),
    MadeLast(
        "bias_as_weight",
        "The bias was treated as a weight: its derivative has no factor {source}.",
        rewrites_sums.bias_as_weight,
    ),
    MadeLast(
        "pre_activation_for_activation",
        "The pre-activation {instead} was taken for the activation {right}.",
        rewrites_sums.inputs(rewrites_sums.pre_activation),
    ),
    MadeLast(
        "extra_input_factor",
        "The factor {right} was multiplied in twice.",
        rewrites_sums.inputs(rewrites_sums.source_squared),
    ),
    MadeLast(
        "wrong_layer_activation",
        "The activation of the wrong layer was taken: {instead} for {right}.",
        rewrites_sums.inputs(rewrites_sums.own_activation),
    ),
    MadeLast(
        "wrong_layer_input",
        "What feeds the layer before was taken: {instead} for {right}.",
        rewrites_sums.inputs(rewrites_sums.earlier),
    ),
)
