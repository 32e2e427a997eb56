"""The mistakes that are made on the way to an answer: name, sentence and rewrite, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from sympy import S

from symnet.marking import rewrites, rewrites_loss, rewrites_nodes, rewrites_sums
from symnet.marking.changes import Change, Setting


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
        rewrites.softmax(S.Zero),
    ),
    Made(
        "target_output_swapped",
        "Target and output are swapped: {instead} was taken for {right}.",
        rewrites_loss.swapped,
    ),
    Made(
        "another_loss",
        "This is what another loss gives, the {loss}.",
        rewrites_loss.other_losses,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "missing_slope_output",
        "The slope of the output activation, {slope}, is missing.",
        rewrites.slopes(rewrites.no_slope, output=True),
        Likelihood.SLIP,
    ),
    Made(
        "missing_slope_hidden",
        "The slope of the hidden activation, {slope}, is missing.",
        rewrites.slopes(rewrites.no_slope, output=False),
        Likelihood.SLIP,
    ),
    Made(
        "missing_indicator",
        "The indicator {indicator} is missing: the derivative is 0 where its condition does not hold.",
        rewrites_loss.missing_indicators,
        Likelihood.SLIP,
    ),
    Made(
        "dropped_path",
        "Not all paths were summed: {through} missing.",
        rewrites.dropped_paths,
    ),
    Made(
        "missing_weight",
        "The weight {right} is missing on the way back through {z}.",
        rewrites_sums.passed_weights(rewrites_sums.nothing),
    ),
    Made(
        "activation_for_slope",
        "The activation {a} was taken for its slope {slope}.",
        rewrites.slopes(rewrites.activation_itself),
    ),
    Made(
        "slope_at_activation",
        "The slope was taken at the activation {a}; it belongs at the pre-activation {z}.",
        rewrites.slopes(rewrites.slope_at_activation),
    ),
    Made(
        "slope_of_pre_activation",
        "In the slope {slope} the pre-activation {z} was put in for the activation {a}: {instead}.",
        rewrites.slopes(rewrites.slope_of_pre_activation),
    ),
    Made(
        "square_forgotten",
        "In the slope {slope} the square was forgotten: {instead}.",
        rewrites.slopes(rewrites.square_forgotten),
    ),
    Made(
        "part_of_slope",
        "Only the factor {instead} of the slope {slope} was taken.",
        rewrites.slopes(rewrites.second_factor),
    ),
    Made(
        "sign_in_slope",
        "In the slope {slope} a plus was taken for the minus: {instead}.",
        rewrites.slopes(rewrites.plus_for_minus),
    ),
    Made(
        "slope_of_another_activation",
        "The slope of {other} was taken; the activation is {function}.",
        rewrites.slopes_of_another,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "slope_twice",
        "The slope {slope} was multiplied in twice.",
        rewrites.slopes(rewrites.slope_twice),
    ),
    Made(
        "softmax_sign",
        "The off-diagonal terms of the softmax Jacobian, such as {off}, have the wrong sign.",
        rewrites.softmax(S.NegativeOne),
    ),
    Made(
        "missing_loss_slope",
        "The slope of the loss itself, {slope}, is missing.",
        rewrites_loss.missing_loss,
    ),
    Made(
        "wrong_log_base",
        "The logarithm of the wrong base was taken: this goes with the {base} logarithm.",
        rewrites_loss.other_logarithms,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "updated_weight",
        "An already updated weight was used in the backward pass: {right} counts as it was before the step.",
        rewrites_sums.updated_weights,
    ),
    Made(
        "transposed_weight",
        "The indices of a weight are exchanged on the way back: {instead} was taken for {right}.",
        rewrites_sums.passed_weights(rewrites_sums.transposed),
    ),
    Made(
        "neighbouring_weight",
        "A neighbouring weight was taken on the way back: {instead} for {right}.",
        rewrites_sums.single_weights(rewrites_sums.neighbouring_weight),
    ),
    Made(
        "activation_for_weight",
        "On the way back {instead} was taken: the derivative of {z} by {source} is the weight {right}.",
        rewrites_sums.passed_weights(rewrites_sums.activation_for_weight),
    ),
    Made(
        "missing_local_slope",
        "The local slope {slope} is missing.",
        rewrites.local_slopes,
    ),
    Made(
        "sign_of_local_slope",
        "The local slope {slope} has the wrong sign.",
        rewrites.local_signs,
    ),
    Made(
        "local_slope_of_input",
        "In the local slope {slope} the input {x} was put in for {a}: {instead}.",
        rewrites.local_inputs,
    ),
    Made(
        "bias_forgotten",
        "The bias was forgotten in the weighted sum {z}.",
        rewrites_nodes.sums(rewrites_nodes.no_bias),
    ),
    Made(
        "activation_not_applied",
        "The activation was not applied: {a} is the {function} of the weighted sum, not the sum itself.",
        rewrites_nodes.not_applied,
    ),
    Made(
        "wrong_activation",
        "The wrong activation was applied to get {a}: {other} in the place of {function}.",
        rewrites_nodes.another_applied,
        Likelihood.ELSEWHERE,
    ),
    Made(
        "negated_pre_activation",
        "The {function} was taken of the negated pre-activation: {a} is that of the weighted sum itself.",
        rewrites_nodes.of_the_opposite,
    ),
    Made(
        "weights_transposed",
        "The weights are transposed in the weighted sum {z}.",
        rewrites_nodes.sums(rewrites_nodes.transposed_weights),
    ),
    Made(
        "term_missing",
        "The term {term} is missing in the weighted sum {z}.",
        rewrites_nodes.lost_terms,
    ),
    Made(
        "neighbouring_source",
        "In the weighted sum {z} a neighbour was taken: {instead} for {right}.",
        rewrites_nodes.neighbouring_sources,
    ),
    Made(
        "bias_subtracted",
        "The bias was subtracted in the weighted sum {z}.",
        rewrites_nodes.sums(rewrites_nodes.bias_subtracted),
    ),
    Made(
        "weights_left_out",
        "The weights were left out of the weighted sum {z}.",
        rewrites_nodes.sums(rewrites_nodes.without_weights),
    ),
    Made(
        "pre_activation_passed_on",
        "The pre-activation {z} was passed on to the next layer in the place of the activation {a}.",
        rewrites_nodes.raw_inputs,
    ),
    Made(
        "softmax_not_normalized",
        "The powers of e were not divided by their sum.",
        rewrites_nodes.not_normalized,
    ),
    Made(
        "term_of_node",
        "In {z} the term {term} was {what}.",
        rewrites_nodes.graph_terms,
    ),
)
