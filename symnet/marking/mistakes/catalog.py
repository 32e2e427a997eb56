"""The table of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from sympy import S

from symnet.marking.mistakes import derivatives, final, forward, weights
from symnet.marking.mistakes.faults import Change, Setting
from symnet.marking.records import Target

# The mistakes that are made on the way to an answer: name, sentence and rewrite, one entry each.


class Likelihood(IntEnum):
    """How likely a mistake is: of several that fit, the likeliest is named first."""

    SLIP = 0
    """Something was forgotten, or a sign is wrong."""
    USUAL = 1
    """Something was taken for something else."""
    ELSEWHERE = 2
    """It would be right in another exercise."""


class Made(NamedTuple):
    """A mistake that is made on the way, so that it goes on into all that comes after.

    Attributes:
        name: Its name.
        says: What was done; in braces the words of its changes.
        rewrite: From what there is to change to one change for each place.
        likelihood: How likely it is.
    """

    name: str
    says: str
    rewrite: Callable[[Setting], Iterator[Change]]
    likelihood: Likelihood = Likelihood.USUAL


# Of mistakes that are as likely as each other, the first is named first.
MADE: tuple[Made, ...] = (
    Made(
        "softmax_elementwise",
        "Softmax was treated as element-wise: the off-diagonal terms of its Jacobian, such as {off}, are missing.",
        derivatives.softmax(S.Zero),
    ),
    Made(
        "target_output_swapped",
        "Target and output are swapped: {instead} was taken for {right}.",
        derivatives.swapped,
    ),
    Made(
        "another_loss",
        "This is what another loss gives, the {loss}.",
        derivatives.other_losses,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "missing_derivative_output",
        "The derivative of the output activation, {derivative}, is missing.",
        derivatives.derivatives(derivatives.no_derivative, output=True),
        Likelihood.SLIP,
    ),
    Made(
        "missing_derivative_hidden",
        "The derivative of the hidden activation, {derivative}, is missing.",
        derivatives.derivatives(derivatives.no_derivative, output=False),
        Likelihood.SLIP,
    ),
    Made(
        "missing_indicator",
        "The indicator {indicator} is missing: the derivative is 0 where its condition does not hold.",
        derivatives.missing_indicators,
        Likelihood.SLIP,
    ),
    Made(
        "dropped_path",
        "Not all paths were summed: {through} missing.",
        derivatives.dropped_paths,
    ),
    Made(
        "missing_weight",
        "The weight {right} is missing on the way back through {z}.",
        weights.passed_weights(weights.nothing),
    ),
    Made(
        "activation_for_derivative",
        "The activation {a} was taken for its derivative {derivative}.",
        derivatives.derivatives(derivatives.activation_itself),
    ),
    Made(
        "derivative_at_activation",
        "The derivative was taken at the activation {a}; it belongs at the pre-activation {z}.",
        derivatives.derivatives(derivatives.derivative_at_activation),
    ),
    Made(
        "derivative_of_pre_activation",
        "In the derivative {derivative} the pre-activation {z} was put in for the activation {a}: {instead}.",
        derivatives.derivatives(derivatives.derivative_of_pre_activation),
    ),
    Made(
        "square_forgotten",
        "In the derivative {derivative} the square was forgotten: {instead}.",
        derivatives.derivatives(derivatives.square_forgotten),
    ),
    Made(
        "part_of_derivative",
        "Only the factor {instead} of the derivative {derivative} was taken.",
        derivatives.derivatives(derivatives.second_factor),
    ),
    Made(
        "sign_in_derivative",
        "In the derivative {derivative} a plus was taken for the minus: {instead}.",
        derivatives.derivatives(derivatives.plus_for_minus),
    ),
    Made(
        "derivative_of_another_activation",
        "The derivative of {other} was taken; the activation is {function}.",
        derivatives.derivatives_of_another,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "derivative_twice",
        "The derivative {derivative} was multiplied in twice.",
        derivatives.derivatives(derivatives.derivative_twice),
    ),
    Made(
        "softmax_sign",
        "The off-diagonal terms of the softmax Jacobian, such as {off}, have the wrong sign.",
        derivatives.softmax(S.NegativeOne),
    ),
    Made(
        "missing_loss_derivative",
        "The derivative of the loss itself, {derivative}, is missing.",
        derivatives.missing_loss,
    ),
    Made(
        "wrong_log_base",
        "The logarithm of the wrong base was taken: this goes with the {base} logarithm.",
        derivatives.other_logarithms,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "updated_weight",
        "An already updated weight was used in the backward pass: {right} counts as it was before the step.",
        weights.updated_weights,
    ),
    Made(
        "transposed_weight",
        "The indices of a weight are exchanged on the way back: {instead} was taken for {right}.",
        weights.passed_weights(weights.transposed),
    ),
    Made(
        "neighbouring_weight",
        "A neighbouring weight was taken on the way back: {instead} for {right}.",
        weights.single_weights(weights.neighbouring_weight),
    ),
    Made(
        "activation_for_weight",
        "On the way back {instead} was taken: the derivative of {z} by {source} is the weight {right}.",
        weights.passed_weights(weights.activation_for_weight),
    ),
    Made(
        "missing_local_derivative",
        "The local derivative {derivative} is missing.",
        derivatives.local_derivatives,
    ),
    Made(
        "sign_of_local_derivative",
        "The local derivative {derivative} has the wrong sign.",
        derivatives.local_signs,
    ),
    Made(
        "local_derivative_of_input",
        "In the local derivative {derivative} the input {x} was put in for {a}: {instead}.",
        derivatives.local_inputs,
    ),
    Made(
        "bias_forgotten",
        "The bias was forgotten in the weighted sum {z}.",
        forward.sums(forward.no_bias),
    ),
    Made(
        "activation_not_applied",
        "The activation was not applied: {a} is the {function} of the weighted sum, not the sum itself.",
        forward.not_applied,
    ),
    Made(
        "wrong_activation",
        "The wrong activation was applied to get {a}: {other} in the place of {function}.",
        forward.another_applied,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "negated_pre_activation",
        "The {function} was taken of the negated pre-activation: {a} is that of the weighted sum itself.",
        forward.of_the_opposite,
    ),
    Made(
        "weights_transposed",
        "The weights are transposed in the weighted sum {z}.",
        forward.sums(forward.transposed_weights),
    ),
    Made(
        "term_missing",
        "The term {term} is missing in the weighted sum {z}.",
        forward.lost_terms,
    ),
    Made(
        "neighbouring_source",
        "In the weighted sum {z} a neighbour was taken: {instead} for {right}.",
        forward.neighbouring_sources,
    ),
    Made(
        "bias_subtracted",
        "The bias was subtracted in the weighted sum {z}.",
        forward.sums(forward.bias_subtracted),
    ),
    Made(
        "weights_left_out",
        "The weights were left out of the weighted sum {z}.",
        forward.sums(forward.without_weights),
    ),
    Made(
        "pre_activation_passed_on",
        "The pre-activation {z} was passed on to the next layer in the place of the activation {a}.",
        forward.raw_inputs,
    ),
    Made(
        "softmax_not_normalized",
        "The powers of e were not divided by their sum.",
        forward.not_normalized,
    ),
    Made(
        "term_of_node",
        "In {z} the term {term} was {what}.",
        forward.graph_terms,
    ),
)


# The mistakes that are made with the answer itself: name, sentence and rewrite, one entry each.


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
        final.negated,
        Likelihood.SLIP,
    ),
    MadeLast(
        "sum_for_mean",
        "The sum over the samples was taken where the objective takes the mean.",
        final.sum_for_mean,
    ),
    MadeLast(
        "mean_for_sum",
        "The mean over the samples was taken where the objective takes the sum.",
        final.mean_for_sum,
    ),
    MadeLast("wrong_sample", "This is what sample {sample} alone gives.", final.one_sample),
    MadeLast(
        "regularizer_left_out",
        "What the regularizer adds is left out.",
        final.no_penalty,
    ),
    MadeLast(
        "regularizer_on_biases",
        "The regularizer was put on the bias, which it does not hold.",
        final.penalty_on_biases,
    ),
    MadeLast(
        "strength_lost",
        "The strength {strength} of the regularizer is {what}.",
        final.no_strength,
    ),
    MadeLast(
        "regularizer_factor",
        "What the regularizer adds has a wrong factor: it is {factor} times what it should be.",
        final.penalty_factors,
    ),
    MadeLast("plus_for_minus", "The step was added: an update goes against the gradient.", final.uphill),
    MadeLast("rate_forgotten", "The learning rate {rate} is missing in the update.", final.no_rate),
    MadeLast("rate_twice", "The learning rate {rate} was multiplied in twice.", final.rate_twice),
    MadeLast("step_alone", "This is the step alone: the value before it has to be added.", final.step_alone),
    MadeLast("not_updated", "This is the value before the update.", final.no_step),
    MadeLast("gradient_for_update", "This is the derivative, not the updated value.", final.derivative_alone),
    MadeLast(
        "update_for_gradient",
        "This is the parameter less the derivative, an updated value; asked for is the derivative.",
        final.update_alone,
    ),
    MadeLast(
        "plain_step",
        "This is a step of plain gradient descent, not of the optimizer asked for.",
        final.plain_step,
        Likelihood.ELSEWHERE,
    ),
    MadeLast(
        "wrong_factor",
        "A factor was lost or added: {factor} times {derivative} was taken.",
        final.factors,
    ),
    MadeLast(
        "wrong_factor_m",
        "The number of samples was divided or multiplied in: the samples count {factor} times as much as they should.",
        final.shares,
    ),
    MadeLast(
        "transposed_index",
        "The two indices are exchanged: this is {other}, not {answer}.",
        final.transposed,
    ),
    MadeLast(
        "neighbouring_index",
        "A neighbouring index was taken: this is {other}, not {answer}.",
        final.neighbours,
    ),
)

# With the last factor of the derivative by a weight or a bias; less plausible than what is made on the way.
OWN: tuple[MadeLast, ...] = (
    MadeLast(
        "missing_input_factor",
        "The factor {right} is missing: the derivative of {z} by the weight is {right}, not 1.",
        weights.inputs(weights.nothing),
    ),
    MadeLast(
        "bias_as_weight",
        "The bias was treated as a weight: its derivative has no factor {source}.",
        weights.bias_as_weight,
    ),
    MadeLast(
        "pre_activation_for_activation",
        "The pre-activation {instead} was taken for the activation {right}.",
        weights.inputs(weights.pre_activation),
    ),
    MadeLast(
        "extra_input_factor",
        "The factor {right} was multiplied in twice.",
        weights.inputs(weights.source_squared),
    ),
    MadeLast(
        "wrong_layer_activation",
        "The activation of the wrong layer was taken: {instead} for {right}.",
        weights.inputs(weights.own_activation),
    ),
    MadeLast(
        "wrong_layer_input",
        "What feeds the layer before was taken: {instead} for {right}.",
        weights.inputs(weights.earlier),
    ),
)
