"""The wrong answers of ``data/wrong_answers.yaml``, and by what names their kinds may go."""

from pathlib import Path
from typing import NamedTuple

import yaml
from exercises import ROOT

import symnet
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer
from symnet.marking.truth import Truth

_FILE = yaml.safe_load((Path(__file__).parent / "data" / "wrong_answers.yaml").read_text())


class WrongAnswer(NamedTuple):
    """A wrong answer, and what was done in plain words."""

    exercise: str
    left: str
    wrong: str
    kind: str
    loss: str | None = None


WRONG_ANSWERS = [WrongAnswer(**entry) for entry in _FILE["answers"]]
# The table of mistakes was tuned without these.
HELD_OUT = [WrongAnswer(**entry) for entry in _FILE["held_out"]]


def marked_by(exercise, loss=None, _kept={}):  # noqa: B006 - kept on purpose, since each serves many answers
    """Return the reader and the catalogue of one loss of an exercise, made once."""
    if (exercise, loss) not in _kept:
        source = _FILE["exercises"][exercise]
        worked = symnet.solve(str(ROOT / "examples" / f"{source}.yaml") if isinstance(source, str) else source)
        part = next((part for part in worked.parts if part.loss_name == loss), worked.parts[0])
        _kept[exercise, loss] = AnswerReader(worked, part), Catalogue(Truth(worked, part))
    return _kept[exercise, loss]


def explained(one):
    """Return the names of the mistakes that explain a wrong answer, the likeliest first."""
    reader, catalogue = marked_by(one.exercise, one.loss)
    return [mistake.name for mistake in catalogue.explain(reader.read(TypedAnswer(one.left, one.wrong)))]


_SWAPPED = "wrong_sign target_output_swapped"
_NAMES = {
    "error taken as target minus output": _SWAPPED,
    "derivative of the output activation left out": "missing_derivative_output",
    "output put for the error, the target forgotten": "target_forgotten",
    "square kept when the squared error is differentiated": "square_kept",
    "one half kept, the two of the square forgotten": "wrong_factor",
    "two of the square kept, the one half forgotten": "wrong_factor",
    "one half of the squared error forgotten": "wrong_factor another_loss",
    "square of the squared error forgotten": "square_of_loss_forgotten",
    "difference of squares for the square of the difference": "squares_of_terms",
    "pre-activation put into a(1-a)": "derivative_of_pre_activation",
    "pre-activation put into 1-a^2": "derivative_of_pre_activation local_derivative_of_input",
    "derivative of the activation taken at the activation": "derivative_at_activation",
    "activation itself for its derivative": "activation_for_derivative",
    "derivative of sigmoid as 1 - a": "part_of_derivative",
    "derivative of sigmoid as a(1+a)": "sign_in_derivative",
    "derivative of sigmoid as a(a-1)": "wrong_sign",
    "derivative of tanh used for sigmoid": "derivative_of_another_activation",
    "derivative of sigmoid used for tanh": "derivative_of_another_activation",
    "derivative of sigmoid used for ReLU": "derivative_of_another_activation",
    "derivative of a hidden activation left out": "missing_derivative_hidden",
    "indicator of ReLU left out": "missing_derivative_hidden missing_indicator",
    "indicator of ReLU reversed": "indicator_reversed",
    "indicator of the input instead of the pre-activation": "indicator_of_another",
    "indicator of another unit": "indicator_of_another",
    "pre-activation for the derivative of ReLU": "pre_activation_for_derivative",
    "indices of weights exchanged, transposed matrix": "transposed_weight weights_transposed",
    "only one path followed": "dropped_path",
    "product for the sum over paths": "paths_multiplied uses_multiplied",
    "weights left out in the sum over paths": "missing_weight",
    "sum over all units of a layer where one was meant": "all_weights all_inputs all_units",
    "weight of another unit": "neighbouring_weight",
    "activation of another unit": "neighbouring_index",
    "delta of another unit": "neighbouring_index",
    "indices of a weight's derivative exchanged": "transposed_index",
    "weight for the activation it multiplies": "weight_for_activation",
    "pre-activation for the activation in a weight's derivative": "pre_activation_for_activation",
    "network input in a deeper layer": "wrong_layer_input network_input_passed_on",
    "activation of the unit's own layer in a weight's derivative": "wrong_layer_activation",
    "activation left out in a weight's derivative": "missing_input_factor",
    "bias derivative multiplied by an input": "bias_as_weight",
    "bias derivative multiplied by the bias": "bias_as_factor",
    "bias derivative is just 1": "local_derivative_alone",
    "a layer skipped": "layer_skipped",
    "plus for times": "plus_for_times factors_added",
    "derivative of the activation taken twice": "derivative_twice",
    "bias left out": "bias_forgotten",
    "bias doubled, once a unit": "bias_doubled",
    "bias of another unit": "neighbouring_bias",
    "bias subtracted": "bias_subtracted",
    "sign of the bias lost": "bias_subtracted",
    "pre-activations summed instead of activations": "pre_activation_passed_on",
    "activation function left out": "activation_not_applied",
    "minus in the exponent of sigmoid forgotten": "negated_pre_activation",
    "minus for plus in the denominator of sigmoid": "activation_misremembered",
    "min for max in ReLU": "activation_misremembered",
    "absolute value for ReLU": "activation_misremembered",
    "denominator of tanh forgotten, sinh": "activation_misremembered",
    "only the exponential of the sigmoid": "activation_misremembered",
    "product of sums for the sum of products": "sums_multiplied",
    "sign inside the second logarithm forgotten": "inner_sign_forgotten",
    "second term of the cross-entropy forgotten": "loss_term_missing another_loss",
    "minus of the cross-entropy lost": "wrong_sign",
    "derivative of the squared error used for cross-entropy": "another_loss",
    "derivative of the output activation although it has cancelled": "cancelled_derivative_kept",
    "derivative of sigmoid although softmax cancels it": "cancelled_derivative_kept",
    "target and output exchanged in the loss": "target_output_swapped",
    "square forgotten in the derivative of tanh": "square_forgotten",
    "plus for minus in the derivative of tanh": "sign_in_derivative",
    "sign of the derivative of tanh": "wrong_sign",
    "minus for plus between two paths": "sign_of_weight",
    "mean over the outputs instead of the sum": "wrong_factor",
    "mean over samples and outputs": "wrong_factor",
    "weights of the two paths exchanged": "weights_exchanged",
    "weights of the two units exchanged": "sources_exchanged",
    "target of another output": "target_of_another",
    "only one of the outputs in the loss": "loss_term_missing",
    "another activation function, sigmoid for tanh": "wrong_activation",
    "another activation function, tanh for sigmoid": "wrong_activation",
    "sigmoid for softmax": "wrong_activation",
    "ascent for descent": "plus_for_minus",
    "learning rate forgotten in the update": "rate_forgotten",
    "old value forgotten in the update": "step_alone",
    "update turned round, step minus old value": "update_reversed",
    "old value multiplied into the step": "old_value_multiplied",
    "condition of the perceptron for that of the hinge": "margin_forgotten",
    "margin of the hinge forgotten": "margin_forgotten",
    "indicator of the hinge left out": "missing_indicator",
    "indicator of the hinge reversed": "indicator_reversed",
    "minus of the hinge lost": _SWAPPED + " plus_for_minus",
    "minus of the correct class lost": "wrong_sign",
    "target forgotten in the derivative of the hinge": "target_forgotten",
    "derivative of the hinge with respect to the target": "derivative_with_respect_to_target",
    "max of the hinge forgotten": "max_forgotten",
    "sign inside the hinge": "sign_in_hinge",
    "margin of the correct class counted as well": "correct_class_counted",
    "correct class counted once, not once a class that violates the margin": "correct_class_once",
    "inner derivative -1 forgotten, chain rule inside a node": "inner_derivative_forgotten",
    "inner derivative -1 forgotten, chain rule": "inner_derivative_forgotten",
    "inner derivative forgotten, chain rule": (
        # That of 3x taken as 1 is a constant lost.
        "inner_derivative_forgotten missing_local_derivative denominator_forgotten constant_factor_lost"
    ),
    "inner derivative forgotten inside sigmoid": "inner_derivative_forgotten",
    "inner derivative forgotten inside exp": "inner_derivative_forgotten",
    "inner derivative forgotten inside ln": "inner_derivative_forgotten",
    "inner derivative put inside the power": "inner_derivative_inside",
    "factor two of the power rule lost": "factor_of_power_lost",
    "factor of the power rule lost": "factor_of_power_lost",
    "square kept in the power rule": "exponent_kept power_for_derivative",
    "exponent not lowered in the power rule": "exponent_kept",
    "exponent dropped to one in the power rule": "exponent_miscounted",
    "lowered exponent brought down in the power rule": "exponent_miscounted",
    "raised exponent brought down in the power rule": "exponent_miscounted",
    "derivative of sigmoid inside a node wrong, the activation itself": "activation_for_derivative",
    "function itself for its derivative": "activation_for_derivative",
    "derivative of sigmoid inside a node left out": "missing_derivative_hidden",
    "derivative of tanh left out in a node": "missing_derivative_hidden",
    "the same slip at every use: derivative of tanh left out": "missing_derivative_hidden",
    "the same slip at every use: square forgotten in the derivative of tanh": "square_forgotten",
    "the same slip at every use: derivative of sigmoid used for tanh": "derivative_of_another_activation",
    "own value for the other factor of a product": "variable_for_derivative",
    "own value for the derivative of a sum": "variable_for_derivative",
    "own branch of a product for the other": "variable_for_derivative",
    "own value multiplied at an addition": "variable_for_derivative",
    "only the local derivative, upstream forgotten": "local_derivative_alone upstream_forgotten",
    "upstream forgotten": "local_derivative_alone upstream_forgotten missing_local_derivative other_factor_left_out",
    "minus sign lost": "wrong_sign bias_subtracted sign_of_term term_of_node old_value_negated negated_pre_activation",
    "minus sign lost in a sum": "term_of_node",
    "minus sign added": "wrong_sign",
    "product for a sum": "times_for_plus",
    "constant lost: derivative of 3x taken as 0": "multiple_as_constant",
    "factor kept: derivative of 3x taken as 3x": "multiple_kept",
    "constant factor lost: derivative of 3x taken as 1": "constant_factor_lost",
    "denominator forgotten": "denominator_forgotten",
    "minus of the quotient rule lost": "sign_in_quotient_rule wrong_sign sign_of_local_derivative",
    "denominator not squared in the quotient rule": "denominator_not_squared",
    "numerator forgotten in the quotient rule": "numerator_forgotten",
    "derivatives divided for the derivative of the quotient": "quotient_of_derivatives",
    "quotient differentiated as a product": "quotient_as_product",
    "plus for minus in the quotient rule": "sign_in_quotient_rule",
    "terms of the quotient rule exchanged": "quotient_rule_reversed wrong_sign",
    "denominator taken as a constant": "denominator_as_constant",
    "derivative of a constant taken as the constant": "constant_kept",
    "product rule as the product of derivatives": "product_of_derivatives",
    "only the first term of the product rule": "product_rule_incomplete",
    "only the second term of the product rule": "product_rule_incomplete",
    "minus for plus in the product rule": "sign_in_product_rule",
    "derivatives of the factors added": "sum_of_derivatives",
    "power rule used on exp": "power_rule_on_exp",
    "other factor left out": "other_factor_left_out",
    "one half of the root lost": "half_of_root_lost",
    "root multiplied instead of divided": "root_not_divided",
    "root taken term by term": "root_of_terms",
    "root forgotten": "root_forgotten",
    "minus not squared": "minus_not_squared",
    "inner derivative not cancelled in ln": "outer_derivative_at_variable",
    "wrong factor differentiated": "",
    "a path too many": "",
    "sign of the derivative of sin": "sign_in_derivative sign_of_local_derivative wrong_sign",
    "minus of the derivative of cos lost": "sign_in_derivative sign_of_local_derivative wrong_sign",
    "only the last use of a shared weight": "dropped_path",
    "only the first use of a shared weight": "dropped_path",
    "weight left out on the way back": "inner_derivative_forgotten missing_local_derivative",
    "a term of the weighted sum left out": "term_missing",
    "two digits exchanged": "digits_exchanged",
    "decimal point shifted": "decimal_point_shifted",
    "exp pressed as a power of ten": "power_of_ten",
    "softmax not normalised": "softmax_not_normalized",
    "exponentials forgotten in softmax": "softmax_without_exponentials",
    "own term left out of the denominator of softmax": "softmax_own_term_missing",
    "log base 10 for ln": "wrong_log_base",
    "log base 2 for ln": "wrong_log_base",
    "output minus target, although the two terms of cross-entropy do not collapse on softmax": (
        "softmax_elementwise another_loss"
    ),
    "softmax differentiated element by element, off-diagonal entries forgotten": "softmax_elementwise",
    "sign of the off-diagonal entries of softmax": "softmax_sign",
    "updated weights used in the backward pass": "updated_weight",
    "sum for the mean over samples": "sum_for_mean",
    "mean over too few samples": "one_sample_less wrong_factor",
    "only the first sample": "wrong_sample",
    "only the last sample": "wrong_sample",
    "logarithm of the wrong class": "target_of_another target_flipped",
    "binary cross-entropy for the categorical one": "another_loss",
    "logarithm forgotten": "",
    "Adam without bias correction": "not_corrected",
    "Adam: only the first moment is corrected": "one_moment_corrected",
    "Adam: only the second moment is corrected": "one_moment_corrected",
    "Adam: root of the second moment forgotten": "root_of_moment_forgotten",
    "plain gradient descent for Adam": "plain_step",
    "Adam: the two decay rates exchanged and nothing corrected": "decay_rates_swapped",
    "Adam: the two moments exchanged": "moments_swapped",
    "Adam: not divided by the root of the second moment": "not_divided_by_root",
    "Adam: epsilon inside the root": "epsilon_inside_root",
    "Adam: epsilon forgotten": "epsilon_forgotten",
    "exponential average for classical momentum": "average_for_momentum",
    "classical momentum for an exponential average": "momentum_for_average",
    "decay rate and its complement exchanged": "decay_and_rest_swapped",
    "both penalties forgotten": "regularizer_left_out",
    "L1 penalty forgotten": "one_penalty_left_out",
    "L2 penalty forgotten": "one_penalty_left_out",
    "sign of the L1 penalty lost": "sign_of_l1_lost",
    "factor two of the L2 penalty lost": "one_penalty_factor",
    "factor two given to the L1 penalty": "one_penalty_factor",
    "L1 penalty differentiated to |w|": "l1_not_differentiated",
    "bias penalised as well": "regularizer_on_biases",
    "square kept in the L2 penalty": "square_in_penalty",
    "penalty subtracted": "regularizer_factor",
    "absolute value forgotten in the L1 penalty": "sign_of_l1_lost",
    "calculator in degrees": "angle_in_degrees",
    "another activation function, tanh on a linear output": "wrong_activation",
    "derivative of sigmoid used for softplus": "derivative_of_another_activation",
    "one minus forgotten inside the second logarithm": "inner_sign_forgotten activation_misremembered",
    "sign in the exponent of softplus": "negated_pre_activation activation_misremembered",
    "plain step where momentum has gathered": "plain_step",
}
NAMES = {kind: frozenset(names.split()) for kind, names in _NAMES.items()}
"""By the kind of a wrong answer, the names of the mistakes that say so."""
