"""The table of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from sympy import S

from symnet.marking.mistakes import derivatives, final, forward, weights
from symnet.marking.mistakes.faults import Fault, Setting
from symnet.marking.records import Target

# The mistakes that are made on the way to an answer: name, sentence and rewrite, one entry each.


class Likelihood(IntEnum):
    """How likely a mistake is: of several that fit, the likeliest is named first."""

    SLIP = 0
    """Something was forgotten, or a sign is wrong."""
    USUAL = 1
    """Something was used instead of something else."""
    ELSEWHERE = 2
    """It would be correct in another exercise."""


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
    rewrite: Callable[[Setting], Iterator[Fault]]
    likelihood: Likelihood = Likelihood.USUAL


# Of mistakes that are as likely as each other, the first is named first.
MADE: tuple[Made, ...] = (
    Made(
        "softmax_elementwise",
        "Softmax was treated as an elementwise function: "
        "the off-diagonal terms of its Jacobian, such as {off}, are missing.",
        derivatives.softmax(S.Zero),
    ),
    Made(
        "target_output_swapped",
        "Target and output are swapped: {instead} instead of {right}.",
        derivatives.swapped,
    ),
    Made(
        "another_loss",
        "This is the result for the {loss}.",
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
        "The sum over paths is incomplete: {through} missing.",
        derivatives.dropped_paths,
    ),
    Made(
        "missing_weight",
        "The weight {right} is missing in the backward pass through {z}.",
        weights.passed_weights(weights.nothing),
    ),
    Made(
        "activation_for_derivative",
        "The activation {a} was used instead of its derivative {derivative}.",
        derivatives.derivatives(derivatives.activation_itself),
    ),
    Made(
        "derivative_at_activation",
        "The derivative was evaluated at the activation {a} instead of at the pre-activation {z}.",
        derivatives.derivatives(derivatives.derivative_at_activation),
    ),
    Made(
        "derivative_of_pre_activation",
        "In the derivative {derivative}, {z} was used instead of {a}: {instead}.",
        derivatives.derivatives(derivatives.derivative_of_pre_activation),
    ),
    Made(
        "square_forgotten",
        "In the derivative {derivative} the square is missing: {instead}.",
        derivatives.derivatives(derivatives.square_forgotten),
    ),
    Made(
        "part_of_derivative",
        "Only the factor {instead} of the derivative {derivative} was used.",
        derivatives.derivatives(derivatives.second_factor),
    ),
    Made(
        "sign_in_derivative",
        "In the derivative {derivative} the minus became a plus: {instead}.",
        derivatives.derivatives(derivatives.plus_for_minus),
    ),
    Made(
        "derivative_of_another_activation",
        "The derivative of {other} was used, but the activation is {function}.",
        derivatives.derivatives_of_another,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "derivative_twice",
        "The derivative {derivative} was included twice.",
        derivatives.derivatives(derivatives.derivative_twice),
    ),
    Made(
        "softmax_sign",
        "The off-diagonal terms of the softmax Jacobian, such as {off}, have the wrong sign.",
        derivatives.softmax(S.NegativeOne),
    ),
    Made(
        "missing_loss_derivative",
        "The derivative of the loss, {derivative}, is missing.",
        derivatives.missing_loss,
    ),
    Made(
        "wrong_log_base",
        "Wrong logarithm base: this result belongs to {base}.",
        derivatives.other_logarithms,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "updated_weight",
        "An updated weight was used in the backward pass; use {right} as it was before the step.",
        weights.updated_weights,
    ),
    Made(
        "transposed_weight",
        "The weight indices are swapped in the backward pass: {instead} instead of {right}.",
        weights.passed_weights(weights.transposed),
    ),
    Made(
        "neighbouring_weight",
        "A neighbouring weight was used in the backward pass: {instead} instead of {right}.",
        weights.single_weights(weights.neighbouring_weight),
    ),
    Made(
        "activation_for_weight",
        "In the backward pass {instead} was used instead of {right}: "
        "the derivative of {z} with respect to {source} is the weight {right}.",
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
        "In the local derivative {derivative}, the input {x} was used instead of {a}: {instead}.",
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
        "The wrong activation was applied to get {a}: {other} instead of {function}.",
        forward.another_applied,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "negated_pre_activation",
        "The {function} was applied to {negated} instead of {z}.",
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
        "In the weighted sum {z} a neighbouring unit was used: {instead} instead of {right}.",
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
        "The pre-activation {z} was passed to the next layer instead of the activation {a}.",
        forward.raw_inputs,
    ),
    Made(
        "softmax_not_normalized",
        "The exponentials were not divided by their sum (softmax normalization is missing).",
        forward.not_normalized,
    ),
    Made(
        "term_of_node",
        "In {z} the term {term} {what}.",
        forward.graph_terms,
    ),
)


# The mistakes that are made with the answer itself: name, sentence and rewrite, one entry each.


class MadeLast(NamedTuple):
    """A mistake that is made at the very end, with the answer itself.

    Attributes:
        name: Its name.
        says: What was done; in braces the words of its changes, ``{answer}``, what the answer is to, and
            ``{differentiated}``: that too, but for an update the derivative in it.
        rewrite: From what there is to change, and what the answer is to, to its changes.
        likelihood: How likely it is.
        in_update: What was done in an update, where its derivative is meant and not the answer; empty for ``says``.
    """

    name: str
    says: str
    rewrite: Callable[[Setting, Target], Iterator[Fault]]
    likelihood: Likelihood = Likelihood.USUAL
    in_update: str = ""


# Of mistakes that are as likely as each other, the first is named first.
LAST: tuple[MadeLast, ...] = (
    MadeLast(
        "wrong_sign",
        "The sign is wrong.",
        final.negated,
        Likelihood.SLIP,
        "The sign of {differentiated} is wrong.",
    ),
    MadeLast(
        "sum_for_mean",
        "The sum over the samples was used instead of their mean.",
        final.sum_for_mean,
    ),
    MadeLast(
        "mean_for_sum",
        "The mean over the samples was used instead of their sum.",
        final.mean_for_sum,
    ),
    MadeLast("wrong_sample", "This is the result for sample {sample} alone.", final.one_sample),
    MadeLast(
        "regularizer_left_out",
        "The regularization term is missing.",
        final.no_penalty,
    ),
    MadeLast(
        "regularizer_on_biases",
        "The penalty was applied to the bias, which it does not cover.",
        final.penalty_on_biases,
    ),
    MadeLast(
        "strength_lost",
        "The regularization strength {strength} {what}.",
        final.no_strength,
    ),
    MadeLast(
        "regularizer_factor",
        "The regularization term is off by a factor of {factor}.",
        final.penalty_factors,
    ),
    MadeLast("plus_for_minus", "The step was added; gradient descent subtracts it.", final.uphill),
    MadeLast("rate_forgotten", "The learning rate {rate} is missing in the update.", final.no_rate),
    MadeLast("rate_twice", "The learning rate {rate} was applied twice.", final.rate_twice),
    MadeLast("step_alone", "This is only the step; add it to the old value.", final.step_alone),
    MadeLast("not_updated", "This is the value before the update.", final.no_step),
    MadeLast("gradient_for_update", "This is the derivative, not the updated value.", final.derivative_alone),
    MadeLast(
        "update_for_gradient",
        "This is an updated parameter; the derivative was asked for.",
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
        "The answer is off by a factor of {factor}.",
        final.factors,
        in_update="The derivative {differentiated} is off by a factor of {factor}.",
    ),
    MadeLast(
        "wrong_factor_m",
        "A factor of the number of samples is wrong: the {result} is {factor} times too {size}.",
        final.shares,
    ),
    MadeLast(
        "transposed_index",
        "The two indices are swapped: this is {other}, not {answer}.",
        final.transposed,
    ),
    MadeLast(
        "neighbouring_index",
        "A neighbouring index was used: this is {other}, not {answer}.",
        final.neighbours,
    ),
)

# With the last factor of a derivative with respect to a parameter; less plausible than what is made on the way.
OWN: tuple[MadeLast, ...] = (
    MadeLast(
        "missing_input_factor",
        "The factor {right} is missing: the derivative of {z} with respect to the weight is {right}, not 1.",
        weights.inputs(weights.nothing),
    ),
    MadeLast(
        "bias_as_weight",
        "The bias was treated as a weight: its derivative has no factor {source}.",
        weights.bias_as_weight,
    ),
    MadeLast(
        "pre_activation_for_activation",
        "The pre-activation {instead} was used instead of the activation {right}.",
        weights.inputs(weights.pre_activation),
    ),
    MadeLast(
        "extra_input_factor",
        "The factor {right} was included twice.",
        weights.inputs(weights.source_squared),
    ),
    MadeLast(
        "wrong_layer_activation",
        "The activation of the wrong layer was used: {instead} instead of {right}.",
        weights.inputs(weights.own_activation),
    ),
    MadeLast(
        "wrong_layer_input",
        "The inputs of the preceding layer were used: {instead} instead of {right}.",
        weights.inputs(weights.earlier),
    ),
)
