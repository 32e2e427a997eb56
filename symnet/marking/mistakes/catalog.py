"""The table of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from sympy import S

from symnet.marking.mistakes import derivatives, final, forward, weights
from symnet.marking.mistakes.faults import Change, Setting
from symnet.marking.records import Target

# The mistakes that are made on the way to an answer: name and rewrite, one entry each. What was done, the sentence says
# that has the name of the mistake; its slots are those of the changes and ``answer``, what the answer is to, and
# ``differentiated``: that too, but for an update the derivative in it.


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
        rewrite: From what there is to change to one change for each place.
        likelihood: How likely it is.
    """

    name: str
    rewrite: Callable[[Setting], Iterator[Change]]
    likelihood: Likelihood = Likelihood.USUAL


# Of mistakes that are as likely as each other, the first is named first.
MADE: tuple[Made, ...] = (
    Made("softmax_elementwise", derivatives.softmax(S.Zero)),
    Made("target_output_swapped", derivatives.swapped),
    Made("another_loss", derivatives.other_losses, Likelihood.ELSEWHERE),
    Made("missing_derivative_output", derivatives.derivatives(derivatives.no_derivative, output=True), Likelihood.SLIP),
    Made(
        "missing_derivative_hidden", derivatives.derivatives(derivatives.no_derivative, output=False), Likelihood.SLIP
    ),
    Made("missing_indicator", derivatives.missing_indicators, Likelihood.SLIP),
    Made("dropped_path", derivatives.dropped_paths),
    Made("missing_weight", weights.passed_weights(weights.nothing)),
    Made("activation_for_derivative", derivatives.derivatives(derivatives.activation_itself)),
    Made("derivative_at_activation", derivatives.derivatives(derivatives.derivative_at_activation)),
    Made("derivative_of_pre_activation", derivatives.derivatives(derivatives.derivative_of_pre_activation)),
    Made("square_forgotten", derivatives.derivatives(derivatives.square_forgotten)),
    Made("part_of_derivative", derivatives.derivatives(derivatives.second_factor)),
    Made("sign_in_derivative", derivatives.derivatives(derivatives.plus_for_minus)),
    Made("derivative_of_another_activation", derivatives.derivatives_of_another, Likelihood.ELSEWHERE),
    Made("derivative_twice", derivatives.derivatives(derivatives.derivative_twice)),
    Made("softmax_sign", derivatives.softmax(S.NegativeOne)),
    Made("missing_loss_derivative", derivatives.missing_loss),
    Made("wrong_log_base", derivatives.other_logarithms, Likelihood.ELSEWHERE),
    Made("updated_weight", weights.updated_weights),
    Made("transposed_weight", weights.passed_weights(weights.transposed)),
    Made("neighbouring_weight", weights.single_weights(weights.neighbouring_weight)),
    Made("activation_for_weight", weights.passed_weights(weights.activation_for_weight)),
    Made("missing_local_derivative", derivatives.local_derivatives),
    Made("sign_of_local_derivative", derivatives.local_signs),
    Made("local_derivative_of_input", derivatives.local_inputs),
    Made("bias_forgotten", forward.sums(forward.no_bias)),
    Made("activation_not_applied", forward.not_applied),
    Made("wrong_activation", forward.another_applied, Likelihood.ELSEWHERE),
    Made("negated_pre_activation", forward.of_the_opposite),
    Made("weights_transposed", forward.sums(forward.transposed_weights)),
    Made("term_missing", forward.lost_terms),
    Made("neighbouring_source", forward.neighbouring_sources),
    Made("bias_subtracted", forward.sums(forward.bias_subtracted)),
    Made("weights_left_out", forward.sums(forward.without_weights)),
    Made("pre_activation_passed_on", forward.raw_inputs),
    Made("softmax_not_normalized", forward.not_normalized),
    Made("term_of_node", forward.graph_terms),
)


# The mistakes that are made with the answer itself: name and rewrite, one entry each.


class MadeLast(NamedTuple):
    """A mistake that is made at the very end, with the answer itself.

    Attributes:
        name: Its name.
        rewrite: From what there is to change, and what the answer is to, to its changes.
        likelihood: How likely it is.
        in_update: Whether another sentence says what was done in an update, where its derivative is meant.
    """

    name: str
    rewrite: Callable[[Setting, Target], Iterator[Change]]
    likelihood: Likelihood = Likelihood.USUAL
    in_update: bool = False


# Of mistakes that are as likely as each other, the first is named first.
LAST: tuple[MadeLast, ...] = (
    MadeLast("wrong_sign", final.negated, Likelihood.SLIP, in_update=True),
    MadeLast("sum_for_mean", final.sum_for_mean),
    MadeLast("mean_for_sum", final.mean_for_sum),
    MadeLast("wrong_sample", final.one_sample),
    MadeLast("regularizer_left_out", final.no_penalty),
    MadeLast("regularizer_on_biases", final.penalty_on_biases),
    MadeLast("strength_lost", final.no_strength),
    MadeLast("regularizer_factor", final.penalty_factors),
    MadeLast("plus_for_minus", final.uphill),
    MadeLast("rate_forgotten", final.no_rate),
    MadeLast("rate_twice", final.rate_twice),
    MadeLast("step_alone", final.step_alone),
    MadeLast("not_updated", final.no_step),
    MadeLast("gradient_for_update", final.derivative_alone),
    MadeLast("update_for_gradient", final.update_alone),
    MadeLast("plain_step", final.plain_step, Likelihood.ELSEWHERE),
    MadeLast("wrong_factor", final.factors, in_update=True),
    MadeLast("wrong_factor_m", final.shares),
    MadeLast("transposed_index", final.transposed),
    MadeLast("neighbouring_index", final.neighbours),
)

# With the last factor of a derivative with respect to a parameter; less plausible than what is made on the way.
OWN: tuple[MadeLast, ...] = (
    MadeLast("missing_input_factor", weights.inputs(weights.nothing)),
    MadeLast("bias_as_weight", weights.bias_as_weight),
    MadeLast("pre_activation_for_activation", weights.inputs(weights.pre_activation)),
    MadeLast("extra_input_factor", weights.inputs(weights.source_squared)),
    MadeLast("wrong_layer_activation", weights.inputs(weights.own_activation)),
    MadeLast("wrong_layer_input", weights.inputs(weights.earlier)),
)
