"""The table of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from itertools import chain
from typing import NamedTuple

from sympy import S

from symnet.catalog.optimizers import HessianUse
from symnet.marking.mistakes import (
    arrays,
    cases,
    derivatives,
    final,
    forward,
    joining,
    losses,
    rules,
    steps,
    uses,
    weights,
)
from symnet.marking.mistakes.faults import Fault, Setting
from symnet.marking.records import Target

# The mistakes that are made on the way to an answer: name and rewrite, one entry each. What was done, the sentence says
# that has the name of the mistake; its slots are those of the faults and ``answer``, what the answer is to, and
# ``differentiated``: that too, but for an update the derivative in it.


class Likelihood(IntEnum):
    """How likely a mistake is: of several that fit, the likeliest is named first."""

    TELLING = 0
    """It says more than another that comes to the same: what was forgotten, and not only that a sign is wrong."""
    SLIP = 1
    """Something was forgotten, or a sign is wrong."""
    USUAL = 2
    """Something was used instead of something else."""
    RARE = 3
    """It is seldom made, or says little."""
    ELSEWHERE = 4
    """It would be correct in another exercise."""


class Made(NamedTuple):
    """A mistake in an intermediate value, which propagates to all later ones.

    Attributes:
        name: Its name.
        rewrite: From what there is to change to one fault for each place.
        likelihood: How likely it is.
    """

    name: str
    rewrite: Callable[[Setting], Iterator[Fault]]
    likelihood: Likelihood = Likelihood.USUAL


def both(*rewrites: Callable[[Setting], Iterator[Fault]]) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that yields the faults of several, of one mistake in different places."""
    return lambda setting: chain.from_iterable(rewrite(setting) for rewrite in rewrites)


def both_last(
    *rewrites: Callable[[Setting, Target], Iterator[Fault]],
) -> Callable[[Setting, Target], Iterator[Fault]]:
    """Return the same of mistakes that are made with the answer itself."""
    return lambda setting, target: chain.from_iterable(rewrite(setting, target) for rewrite in rewrites)


# Of mistakes that are as likely as each other, the first is named first.
MADE: tuple[Made, ...] = (
    Made("softmax_elementwise", both(derivatives.softmax(S.Zero), arrays.softmax_entrywise), Likelihood.TELLING),
    Made("target_output_swapped", both(derivatives.swapped, losses.swapped_in_value)),
    Made("another_loss", derivatives.other_losses, Likelihood.ELSEWHERE),
    Made("missing_derivative_output", derivatives.derivatives(derivatives.no_derivative, output=True), Likelihood.SLIP),
    Made(
        "missing_derivative_hidden",
        both(
            derivatives.derivatives(derivatives.no_derivative, output=False),
            rules.slips(rules.a_function, rules.no_outer),
        ),
        Likelihood.SLIP,
    ),
    Made("missing_indicator", derivatives.missing_indicators, Likelihood.SLIP),
    Made("cancelled_derivative_kept", losses.cancelled_derivative_kept, Likelihood.SLIP),
    Made("target_forgotten", losses.target_forgotten, Likelihood.SLIP),
    Made("inner_derivative_forgotten", rules.inner_derivatives, Likelihood.TELLING),
    Made("factor_of_power_lost", rules.slips(rules.a_power, rules.factor_lost), Likelihood.SLIP),
    Made("constant_factor_lost", rules.slips(rules.a_product, rules.constant_lost), Likelihood.SLIP),
    Made("factor_transposed", arrays.slips(arrays.transposed), Likelihood.SLIP),
    Made("product_reversed", arrays.slips(arrays.reversed_product)),
    Made("entry_by_entry", arrays.slips(arrays.entry_by_entry)),
    Made("wrong_axis", arrays.slips(arrays.another_axis), Likelihood.TELLING),
    Made("repeated_not_summed", arrays.slips(arrays.one_for_sum), Likelihood.SLIP),
    Made("mean_over_axis", arrays.slips(arrays.mean_for_sum)),
    Made("sum_over_axis", arrays.slips(arrays.sum_for_mean), Likelihood.SLIP),
    Made("kernel_flip", arrays.slips(arrays.flipped_kernel), Likelihood.TELLING),
    Made("dropped_path", both(arrays.dropped_uses, derivatives.dropped_paths, uses.not_carried), Likelihood.SLIP),
    Made("maximum_shared", uses.maximum_shared),
    Made("upstream_forgotten", joining.upstream_forgotten),
    Made("missing_weight", weights.passed_weights(weights.nothing)),
    Made(
        "activation_for_derivative",
        both(
            derivatives.derivatives(derivatives.activation_itself), rules.slips(rules.a_function, rules.function_itself)
        ),
    ),
    Made("derivative_at_activation", derivatives.derivatives(derivatives.derivative_at_activation)),
    Made("derivative_of_pre_activation", derivatives.derivatives(derivatives.derivative_of_pre_activation)),
    Made(
        "square_forgotten",
        both(derivatives.derivatives(derivatives.square_forgotten), rules.slips(rules.a_function, rules.square_lost)),
    ),
    Made(
        "part_of_derivative",
        both(derivatives.derivatives(derivatives.second_factor), rules.slips(rules.a_function, rules.part_of_outer)),
    ),
    Made(
        "sign_in_derivative",
        both(derivatives.derivatives(derivatives.plus_for_minus), rules.slips(rules.a_function, rules.opposite_outer)),
    ),
    Made("square_kept", losses.square_kept),
    Made("one_case_for_all", cases.one_for_all, Likelihood.SLIP),
    Made("cases_exchanged", cases.exchanged),
    Made("indicator_reversed", derivatives.reversed_indicators),
    Made("indicator_of_another", derivatives.indicators_of_sources),
    Made("pre_activation_for_derivative", derivatives.derivatives(derivatives.pre_activation_itself)),
    Made("margin_forgotten", losses.margin_forgotten),
    Made("weights_of_classes_forgotten", losses.weights_forgotten),
    Made("weight_of_sample_forgotten", losses.sample_weight_forgotten, Likelihood.SLIP),
    Made("loss_term_missing", losses.terms_missing),
    Made("inner_sign_forgotten", losses.inner_sign, Likelihood.TELLING),
    Made("max_forgotten", losses.max_forgotten),
    Made("sign_in_hinge", losses.sign_in_hinge),
    Made("derivative_with_respect_to_target", losses.with_respect_to_target),
    Made("correct_class_counted", losses.correct_class_counted),
    Made("correct_class_once", losses.correct_class_once, Likelihood.TELLING),
    Made("square_of_loss_forgotten", losses.square_of_loss_forgotten),
    Made("squares_of_terms", losses.square_term_by_term),
    Made("target_of_another", losses.neighbouring_target),
    Made("target_flipped", losses.target_flipped),
    Made("paths_multiplied", joining.paths_multiplied),
    Made("sums_multiplied", both(joining.sums_multiplied, forward.sums(forward.sums_multiplied)), Likelihood.RARE),
    Made("plus_for_times", both(joining.plus_for_times, rules.values(rules.sum_of_factors))),
    Made("times_for_plus", rules.values(rules.product_of_terms)),
    Made("layer_skipped", joining.layer_skipped),
    Made(
        "derivative_of_another_activation",
        both(derivatives.derivatives_of_another, rules.slips(rules.a_function, rules.of_another)),
        Likelihood.ELSEWHERE,
    ),
    Made("derivative_twice", derivatives.derivatives(derivatives.derivative_twice), Likelihood.RARE),
    Made("softmax_sign", derivatives.softmax(S.NegativeOne)),
    Made("missing_loss_derivative", derivatives.missing_loss),
    Made("wrong_log_base", derivatives.other_logarithms),
    Made("updated_weight", weights.updated_weights),
    Made("transposed_weight", weights.passed_weights(weights.transposed)),
    Made(
        "neighbouring_weight",
        both(weights.another_column, weights.single_weights(weights.neighbouring_weight), uses.another_parameter),
        Likelihood.RARE,
    ),
    Made("weights_exchanged", weights.exchanged_weights),
    Made("sign_of_weight", weights.single_weights(weights.negated_weight)),
    Made("all_weights", weights.single_weights(weights.all_weights), Likelihood.RARE),
    Made("activation_for_weight", weights.passed_weights(weights.activation_for_weight), Likelihood.RARE),
    Made("bias_kept_with_weight", weights.passed_weights(weights.weight_and_bias), Likelihood.RARE),
    Made("missing_local_derivative", derivatives.local_derivatives, Likelihood.RARE),
    Made("sign_of_local_derivative", derivatives.local_signs, Likelihood.RARE),
    Made("local_derivative_of_input", derivatives.local_inputs, Likelihood.RARE),
    Made("exponent_kept", rules.slips(rules.a_power, rules.exponent_kept)),
    Made("power_for_derivative", rules.slips(rules.a_power, rules.power_alone)),
    Made("exponent_miscounted", both(*(rules.slips(rules.a_power, slip) for slip in rules.MISCOUNTED))),
    Made("inner_derivative_inside", rules.slips(rules.a_power, rules.inner_inside)),
    Made(
        "outer_derivative_at_variable",
        both(
            rules.slips(rules.a_function, rules.outer_at_variable),
            rules.slips(rules.a_power, rules.outer_at_variable),
        ),
    ),
    Made("product_of_derivatives", rules.slips(rules.a_product, rules.product_of_derivatives)),
    Made(
        "sum_of_derivatives",
        both(
            rules.slips(rules.a_product, rules.sum_of_derivatives),
            rules.slips(rules.a_product, rules.sum_of_derivatives_in_place),
        ),
    ),
    Made(
        "product_rule_incomplete",
        both(rules.slips(rules.a_product, rules.first_term), rules.slips(rules.a_product, rules.last_term)),
    ),
    Made("sign_in_product_rule", rules.slips(rules.a_product, rules.minus_in_product)),
    Made("quotient_of_derivatives", rules.slips(rules.a_quotient, rules.of_derivatives)),
    Made("sign_in_quotient_rule", rules.slips(rules.a_quotient, rules.plus_in_quotient)),
    Made("quotient_rule_reversed", rules.slips(rules.a_quotient, rules.terms_exchanged)),
    Made("denominator_not_squared", rules.slips(rules.a_quotient, rules.not_squared)),
    Made("denominator_forgotten", rules.slips(rules.a_quotient, rules.no_denominator)),
    Made("denominator_as_constant", rules.slips(rules.a_quotient, rules.constant_denominator)),
    Made("numerator_forgotten", rules.slips(rules.a_quotient, rules.no_numerator)),
    Made("quotient_as_product", rules.slips(rules.a_quotient, rules.as_product)),
    Made(
        "power_rule_on_exp",
        both(
            rules.slips(rules.a_function, rules.power_rule_on_exp),
            rules.slips(rules.a_function, rules.exponent_brought_down),
        ),
    ),
    Made("half_of_root_lost", rules.slips(rules.a_root, rules.half_lost)),
    Made("root_not_divided", rules.slips(rules.a_root, rules.root_above)),
    Made("multiple_as_constant", rules.slips(rules.a_product, rules.constant_to_zero)),
    Made("multiple_kept", rules.slips(rules.a_product, rules.multiple_kept)),
    Made("constant_kept", rules.slips(rules.a_sum, rules.constants_kept)),
    Made("other_factor_left_out", rules.slips(rules.a_product, rules.other_factor_lost)),
    Made(
        "variable_for_derivative",
        both(
            rules.slips(rules.a_product, rules.own_factor),
            rules.slips(rules.a_sum, rules.own_term),
            rules.parents_for_derivatives,
        ),
    ),
    Made("bias_forgotten", forward.sums(forward.no_bias), Likelihood.SLIP),
    Made("pre_activation_passed_on", both(forward.raw_inputs, uses.raw_sources), Likelihood.SLIP),
    Made("activation_not_applied", forward.not_applied, Likelihood.SLIP),
    Made("wrong_activation", both(forward.another_applied, uses.another_function), Likelihood.ELSEWHERE),
    Made("negated_pre_activation", forward.of_the_opposite),
    Made("power_of_ten", both(forward.powers_of_ten, rules.values(rules.to_base_ten))),
    Made("angle_in_degrees", rules.values(rules.in_degrees, on_the_way_back=True), Likelihood.TELLING),
    Made("weights_transposed", forward.sums(forward.transposed_weights)),
    Made("term_missing", forward.lost_terms, Likelihood.RARE),
    Made("bias_subtracted", forward.sums(forward.bias_subtracted)),
    Made("sign_of_term", forward.signs_of_terms, Likelihood.RARE),
    Made("bias_doubled", forward.sums(forward.bias_doubled)),
    Made("bias_after_activation", forward.bias_after_activation, Likelihood.RARE),
    Made("neighbouring_bias", forward.sums(forward.neighbouring_bias)),
    Made("neighbouring_source", both(forward.neighbouring_sources, uses.neighbours), Likelihood.RARE),
    Made(
        "sources_exchanged",
        both(forward.sums(forward.sources_exchanged), uses.exchanged_sources),
        Likelihood.RARE,
    ),
    Made("weights_left_out", both(forward.sums(forward.without_weights), uses.without_weights), Likelihood.RARE),
    Made("network_input_passed_on", forward.network_inputs),
    Made("activation_misremembered", forward.misremembered),
    Made("softmax_not_normalized", forward.not_normalized),
    Made("softmax_without_exponentials", forward.without_exponentials),
    Made("softmax_own_term_missing", forward.own_term_missing),
    Made("term_of_node", forward.graph_terms),
    Made("root_forgotten", rules.values(rules.no_root)),
    Made("root_of_terms", both(rules.values(rules.roots_of_terms), rules.slips(rules.a_root, rules.root_by_terms))),
    Made("minus_not_squared", rules.values(rules.minus_not_squared)),
    Made("formula_misread", both(*(rules.values(change) for change in rules.MISREAD))),
)


OF_TARGETS = frozenset({"inner_sign_forgotten", "loss_term_missing", "target_forgotten"})
"""The mistakes that come to what is right where a target is 0 or 1, whatever the other numbers are."""


# The mistakes that are made with the answer itself: name and rewrite, one entry each.


class MadeLast(NamedTuple):
    """A mistake that is made at the very end, with the answer itself.

    Attributes:
        name: Its name.
        rewrite: From what there is to change, and what the answer is to, to its faults.
        likelihood: How likely it is.
        in_update: Whether another sentence says what was done in an update, where its derivative is meant.
    """

    name: str
    rewrite: Callable[[Setting, Target], Iterator[Fault]]
    likelihood: Likelihood = Likelihood.USUAL
    in_update: bool = False


# Of mistakes that are as likely as each other, the first is named first.
LAST: tuple[MadeLast, ...] = (
    MadeLast("wrong_sign", final.negated, Likelihood.SLIP, in_update=True),
    MadeLast("sum_for_mean", final.sum_for_mean, Likelihood.SLIP),
    MadeLast("mean_for_sum", final.mean_for_sum),
    MadeLast("mean_for_weighted_mean", final.mean_for_weighted_mean),
    MadeLast("wrong_sample", final.one_sample),
    MadeLast("sample_left_out", final.one_missing, Likelihood.RARE),
    MadeLast("regularizer_left_out", final.no_penalty, Likelihood.SLIP),
    MadeLast("one_penalty_left_out", final.one_left_out),
    MadeLast("sign_of_l1_lost", final.sign_lost),
    MadeLast("l1_not_differentiated", final.sign_to_absolute),
    MadeLast("square_in_penalty", final.square_in_penalty),
    MadeLast("regularizer_on_biases", final.penalty_on_biases),
    MadeLast("strength_lost", final.no_strength),
    MadeLast("regularizer_factor", final.penalty_factors),
    MadeLast("one_penalty_factor", final.one_factor),
    MadeLast("strengths_exchanged", final.strengths_exchanged),
    MadeLast("plus_for_minus", final.uphill, Likelihood.TELLING),
    MadeLast("rate_forgotten", final.no_rate, Likelihood.SLIP),
    MadeLast("rate_twice", final.rate_twice),
    MadeLast("step_alone", final.step_alone),
    MadeLast("not_updated", final.no_step),
    MadeLast("gradient_for_update", final.derivative_alone),
    MadeLast("update_for_gradient", final.update_alone),
    MadeLast("update_reversed", final.update_reversed),
    MadeLast("old_value_negated", final.old_value_negated, Likelihood.RARE),
    MadeLast("old_value_multiplied", final.old_value_multiplied),
    MadeLast("not_corrected", steps.steps(steps.not_corrected), Likelihood.SLIP),
    MadeLast("one_moment_corrected", steps.steps(steps.one_corrected)),
    MadeLast("moments_swapped", steps.steps(steps.moments_swapped)),
    MadeLast("decay_rates_swapped", steps.steps(steps.decays_swapped)),
    MadeLast("decay_and_rest_swapped", steps.steps(steps.complement_swapped)),
    MadeLast("root_of_moment_forgotten", steps.steps(steps.root_forgotten)),
    MadeLast("epsilon_inside_root", steps.steps(steps.epsilon_inside)),
    MadeLast("epsilon_forgotten", steps.steps(steps.epsilon_forgotten)),
    MadeLast("average_for_momentum", steps.steps(steps.of_another("momentum", "ema_momentum"))),
    MadeLast("momentum_for_average", steps.steps(steps.of_another("ema_momentum", "momentum"))),
    MadeLast("velocity_before_step", steps.steps(steps.velocity_before)),
    MadeLast("damping_forgotten", steps.steps(steps.with_hessian(HessianUse.UNDAMPED)), Likelihood.SLIP),
    MadeLast("hessian_not_inverted", steps.steps(steps.with_hessian(HessianUse.MULTIPLIED))),
    MadeLast("determinant_forgotten", steps.steps(steps.with_hessian(HessianUse.ADJUGATE))),
    MadeLast("inverse_not_negated", steps.steps(steps.with_hessian(HessianUse.UNSIGNED))),
    MadeLast("inverse_not_exchanged", steps.steps(steps.with_hessian(HessianUse.UNSWAPPED))),
    MadeLast("diagonal_of_hessian", steps.steps(steps.with_hessian(HessianUse.DIAGONAL))),
    MadeLast("plain_step", final.plain_step),
    MadeLast("old_parameter", final.old_parameter),
    MadeLast("old_derivative", final.old_derivative),
    MadeLast("not_gathered", steps.steps(steps.not_gathered)),
    MadeLast("correction_of_first_step", steps.steps(steps.corrected_as_first)),
    MadeLast("corrected_moments_kept", steps.steps(steps.corrected_kept)),
    MadeLast("gradient_for_moment", steps.steps(steps.gradient_for_moment)),
    MadeLast("not_divided_by_root", steps.steps(steps.not_divided)),
    MadeLast("wrong_factor", final.factors, Likelihood.RARE, in_update=True),
    MadeLast("wrong_factor_m", final.shares),
    MadeLast("one_sample_less", final.one_less),
    MadeLast("transposed_index", both_last(final.transposed, arrays.transposed_entry)),
    MadeLast("neighbouring_index", both_last(final.neighbours, arrays.neighbouring_entry)),
)

# With the last factor of a derivative with respect to a parameter; less plausible than what is made on the way.
OWN: tuple[MadeLast, ...] = (
    MadeLast(
        "missing_input_factor", both_last(weights.inputs(weights.nothing), uses.inputs(uses.nothing)), Likelihood.SLIP
    ),
    MadeLast("weight_for_activation", both_last(weights.inputs(weights.weight_itself), uses.weight_itself)),
    MadeLast("bias_as_weight", both_last(weights.bias_as_weight, uses.bias_as_weight)),
    MadeLast("bias_as_factor", weights.bias_itself),
    MadeLast(
        "pre_activation_for_activation",
        both_last(weights.inputs(weights.pre_activation), uses.inputs(uses.pre_activation)),
    ),
    MadeLast("neighbouring_factor", uses.inputs(uses.neighbour)),
    MadeLast("extra_input_factor", weights.inputs(weights.source_squared)),
    MadeLast("wrong_layer_activation", weights.inputs(weights.own_activation)),
    MadeLast("wrong_layer_input", both_last(weights.inputs(weights.earlier), weights.inputs(weights.network_input))),
    MadeLast("bias_kept_with_input", weights.inputs(weights.source_and_bias), Likelihood.RARE),
    MadeLast("all_inputs", weights.inputs(weights.all_sources), Likelihood.RARE),
    MadeLast("all_units", weights.summed_over_units, Likelihood.RARE),
    MadeLast("local_derivative_alone", joining.own(joining.local_alone)),
    MadeLast("factors_added", joining.own(joining.added, several=False)),
    MadeLast("uses_multiplied", joining.own(joining.multiplied, several=True)),
)
