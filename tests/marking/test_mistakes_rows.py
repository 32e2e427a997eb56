"""Every row of the catalogue of mistakes: the wrong answer derived by hand on a small network is named."""

import pytest
from array_mistake_names import NAMES as NAMES_OF_ARRAYS
from exercises import describe
from mistaken import answer, built, named
from wrong_answers import NAMES, WRONG_ANSWERS, explained
from wrong_by_formula import GIVEN, first

from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.text.say import as_text

# Two tanh units, two sigmoid units, squared error: everything in node ids, without numbers.
SMALL = describe([2, 2, 2], ["tanh", "sigmoid"], "squared_error", training={"optimizer": "sgd"})
SOFTMAX = describe([2, 3], ["softmax"], "binary_cross_entropy")
LOGISTIC = describe([1, 1], ["sigmoid"], "binary_cross_entropy")
GRAPH = {"graph": {"inputs": ["x", "y", "z"], "nodes": {"q": "x - y", "f": "q*z + x"}, "output": "f"}}
SQUASHED = {"graph": {"inputs": ["x", "w"], "nodes": {"h": "tanh(x)", "f": "w*h"}, "output": "f"}}

E1, E2, S1, S2 = "(a2_1 - y1)", "(a2_2 - y2)", "a2_1*(1 - a2_1)", "a2_2*(1 - a2_2)"
D1, D2 = f"{E1}*{S1}", f"{E2}*{S2}"
BACK = f"({D1}*w2_1_1 + {D2}*w2_2_1)"
T1, T2 = "(1 - a1_1^2)", "(1 - a1_2^2)"
LOGIT = "(a1_{0} - y{0})/(a1_{0}*(1 - a1_{0}))"

SYMBOLIC = [
    ("wrong_sign", "dL/dw2_1_1", f"-{D1}*a1_1"),
    ("target_output_swapped", "dL/dw2_1_1", f"(y1 - a2_1)*{S1}*a1_1"),
    ("another_loss", "dL/dw2_1_1", f"{E1}*a1_1"),
    ("wrong_factor", "dL/dw2_1_1", f"2*{D1}*a1_1"),
    ("wrong_factor", "delta1_1", f"{BACK}*{T1}/2"),
    ("missing_derivative_output", "dL/dw2_1_1", f"{E1}*a1_1"),
    ("missing_derivative_hidden", "dL/dw1_1_1", f"{BACK}*x1"),
    ("dropped_path", "dL/dw1_1_1", f"{D1}*w2_1_1*{T1}*x1"),
    ("missing_weight", "dL/dw1_1_1", f"({D1} + {D2})*{T1}*x1"),
    ("transposed_weight", "dL/dw1_2_1", f"({D1}*w2_2_1 + {D2}*w2_2_2)*{T2}*x1"),
    ("neighbouring_weight", "dL/dw1_1_1", f"({D1}*w2_1_2 + {D2}*w2_2_1)*{T1}*x1"),
    ("activation_for_weight", "dL/dw1_1_1", f"({D1} + {D2})*a1_1*{T1}*x1"),
    ("activation_for_derivative", "dL/dw2_1_1", f"{E1}*a2_1*a1_1"),
    ("derivative_at_activation", "dL/dw2_1_1", f"{E1}*exp(-a2_1)/(1 + exp(-a2_1))^2*a1_1"),
    ("derivative_of_pre_activation", "dL/dw2_1_1", f"{E1}*z2_1*(1 - z2_1)*a1_1"),
    ("square_forgotten", "dL/dw1_1_1", f"{BACK}*(1 - a1_1)*x1"),
    ("part_of_derivative", "dL/dw2_1_1", f"{E1}*(1 - a2_1)*a1_1"),
    ("sign_in_derivative", "dL/dw2_1_1", f"{E1}*a2_1*(1 + a2_1)*a1_1"),
    ("derivative_of_another_activation", "dL/dw2_1_1", f"{E1}*(1 - a2_1^2)*a1_1"),
    ("derivative_twice", "dL/dw2_1_1", f"{E1}*({S1})^2*a1_1"),
    ("missing_loss_derivative", "dL/dw2_1_1", f"{S1}*a1_1"),
    (
        "updated_weight",
        "dL/dw1_1_1",
        f"({D1}*(w2_1_1 - eta*{D1}*a1_1) + {D2}*(w2_2_1 - eta*{D2}*a1_1))*{T1}*x1",
    ),
    ("missing_input_factor", "dL/dw2_1_1", D1),
    ("pre_activation_for_activation", "dL/dw2_1_1", f"{D1}*z1_1"),
    ("neighbouring_index", "dL/dw2_1_1", f"{D1}*a1_2"),
    ("extra_input_factor", "dL/dw2_1_1", f"{D1}*a1_1^2"),
    ("wrong_layer_activation", "dL/dw2_1_1", f"{D1}*a2_1"),
    ("wrong_layer_input", "dL/dw2_1_1", f"{D1}*x1"),
    ("bias_as_weight", "dL/db2_1", f"{D1}*a1_1"),
    ("transposed_index", "dL/dw2_1_2", f"{D2}*a1_1"),
    ("neighbouring_index", "dL/dw2_1_1", f"{D2}*a1_1"),
    ("neighbouring_index", "delta2_1", D2),
    ("bias_forgotten", "z1_1", "w1_1_1*x1 + w1_1_2*x2"),
    ("bias_subtracted", "z1_1", "w1_1_1*x1 + w1_1_2*x2 - b1_1"),
    ("weights_transposed", "z1_1", "w1_1_1*x1 + w1_2_1*x2 + b1_1"),
    ("term_missing", "z1_1", "w1_1_1*x1 + b1_1"),
    ("neighbouring_source", "z2_1", "w2_1_1*a1_1 + w2_1_2*a1_1 + b2_1"),
    ("weights_left_out", "z1_1", "x1 + x2 + b1_1"),
    ("activation_not_applied", "a1_1", "z1_1"),
    ("wrong_activation", "a1_1", "1/(1 + exp(-z1_1))"),
    ("negated_pre_activation", "a2_1", "1/(1 + exp(z2_1))"),
    ("pre_activation_passed_on", "z2_1", "w2_1_1*z1_1 + w2_1_2*z1_2 + b2_1"),
    ("bias_kept_with_weight", "dL/dw1_1_1", f"({D1}*(w2_1_1 + b2_1) + {D2}*(w2_2_1 + b2_2))*{T1}*x1"),
    ("bias_kept_with_input", "dL/dw2_1_1", f"{D1}*(a1_1 + b2_1)"),
    ("bias_after_activation", "a2_1", "1/(1 + exp(b2_1 - z2_1)) + b2_1"),
    ("plus_for_minus", "w2_1_1'", f"w2_1_1 + eta*{D1}*a1_1"),
    ("rate_forgotten", "w2_1_1'", f"w2_1_1 - {D1}*a1_1"),
    ("missing_derivative_output", "w2_1_1'", f"w2_1_1 - eta*{E1}*a1_1"),
]
HINGE = describe([1, 1], ["identity"], "hinge")
WEIGHTED = describe([1, 3], ["softmax"], {"kind": "categorical_cross_entropy", "class_weights": [5, 2, 3]})
OTHERS = [
    (SOFTMAX, "softmax_elementwise", "dL/dw1_1_1", "(a1_1 - y1)*x1"),
    (
        SOFTMAX,
        "softmax_sign",
        "delta1_1",
        f"(a1_1 - y1) + {LOGIT.format(2)}*a1_1*a1_2 + {LOGIT.format(3)}*a1_1*a1_3",
    ),
    (SOFTMAX, "softmax_not_normalized", "a1_1", "exp(z1_1)"),
    (LOGISTIC, "wrong_log_base", "dL/dw1_1_1", "(a1_1 - y1)*x1/log(10)"),
    (LOGISTIC, "wrong_log_base", "L", "-(y1*log(a1_1) + (1 - y1)*log(1 - a1_1))/log(2)"),
    (HINGE, "missing_indicator", "dL/dw1_1_1", "-y1*x1"),
    (WEIGHTED, "weights_of_classes_forgotten", "delta1_2", "a1_2*(y1 + y3) - y2*(1 - a1_2)"),
    (WEIGHTED, "weights_of_classes_forgotten", "L", "-y1*log(a1_1) - y2*log(a1_2) - y3*log(a1_3)"),
    (GRAPH, "missing_local_derivative", "df/dq", "1"),
    (GRAPH, "sign_of_local_derivative", "df/dx", "1 - z"),
    (SQUASHED, "local_derivative_of_input", "df/dx", "w*(1 - x^2)"),
    (GRAPH, "dropped_path", "df/dx", "z"),
    (GRAPH, "term_of_node", "q", "x + y"),
]
# One unit without activation over two samples, (2, 1) and (3, 5), with w = 0.5, b = 0.25, the penalty 0.1 w^2 and a
# learning rate of 0.1: the derivatives are (0.5 - 9.75)/2 + 0.1 = -4.525 and (0.25 - 3.25)/2 = -1.5.
LINEAR = describe(
    [1, 1],
    ["identity"],
    "squared_error",
    data={"inputs": [[2], [3]], "targets": [[1], [5]]},
    parameters=[{"weights": [["0.5"]], "biases": ["0.25"]}],
    regularization=[{"kind": "l2", "strength": "0.1"}],
    training={"optimizer": "sgd", "learning_rate": "0.1"},
)
MOMENTUM = LINEAR | {
    "training": {"optimizer": "momentum", "learning_rate": "0.1", "state": {"velocity": {"w1_1_1": 1}}}
}
# The same without a penalty, the first sample of weight 3: a derivative is (3*0.5 - 9.75)/4 = -2.0625.
UNEVEN = LINEAR | {
    "data": LINEAR["data"] | {"weights": [3, 1]},
    "regularization": [],
    "reduction": "weighted_mean",
}
SUMMED = LINEAR | {"reduction": "sum"}
# At x = 1 and y = -1 the gradient is (34, -36) and the Hessian [[50, -48], [-48, 52]], of determinant 296: x' = 32/37.
NEWTON = {
    "graph": {"inputs": ["x", "y"], "nodes": {"u": "x - y", "f": "u^4 + x^2 + 2*y^2"}, "output": "f"},
    "at": {"x": 1, "y": -1},
    "training": {"optimizer": "newton"},
}
DAMPED = NEWTON | {"training": {"optimizer": "newton", "damping": 4}}
WHERE = {
    "graph": {
        "inputs": ["x", "w", "t"],
        "nodes": {"z": "w*x", "h": "where(z > 1, z^2, 3*z)", "L": "(h - t)^2"},
        "output": "L",
    },
    "at": {"x": 1.5, "w": 0.82, "t": 1},
}
# Both other classes come too close in the sample of HINGE and in the second of HINGES, in whose first only one does.
HINGE = {
    "inputs": 3,
    "layers": [{"units": 3, "activation": "identity", "bias": False}],
    "loss": "multiclass_hinge",
    "data": {"inputs": [["2.213", "2.517", "1.1"]], "targets": [[0, 0, 1]]},
    "parameters": [{"weights": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}],
}
HINGES = HINGE | {
    "data": {
        "inputs": [["3.2", "6.2", "1.7"], ["2.213", "2.517", "1.1"], ["1.25", "0.1", "0.4"]],
        "targets": [[1, 0, 0], [0, 0, 1], [1, 0, 0]],
    },
}
POWER = {"graph": {"inputs": ["x"], "nodes": {"f": "(x^2 + 3*x)^3"}, "output": "f"}}
SQUARES = {
    "graph": {"inputs": ["x", "y"], "nodes": {"f": "x^2 + y^2"}, "output": "f"},
    "at": {"x": "-1.234", "y": "2.345"},
}
NUMERIC = [
    (WHERE, "one_case_for_all", "h", "z^2"),
    (WHERE, "one_case_for_all", "dL/dz", "2*(h - t)*3"),
    (WHERE, "one_case_for_all", "dL/dw", "2*(h - t)*2*z*x"),
    (WHERE, "cases_exchanged", "dL/dz", "3.0774"),
    (LINEAR, "wrong_sign", "dL/dw1_1_1", "4.525"),
    (LINEAR, "wrong_factor", "dL/dw1_1_1", "-9.05"),
    (LINEAR, "sum_for_mean", "dL/dw1_1_1", "-9.15"),
    (UNEVEN, "mean_for_weighted_mean", "dL/dw1_1_1", "-4.125"),
    (UNEVEN, "weight_of_sample_forgotten", "delta1_1@1", "0.250"),
    (SUMMED, "mean_for_sum", "dL/dw1_1_1", "-4.525"),
    (LINEAR, "wrong_sample", "dL/dw1_1_1", "0.600"),
    (LINEAR, "wrong_sample", "a1_1@2", "1.25"),
    (LINEAR, "wrong_factor_m", "dL/dw1_1_1", "-2.2125"),
    (LINEAR, "regularizer_left_out", "dL/dw1_1_1", "-4.625"),
    (LINEAR, "regularizer_on_biases", "dL/db1_1", "-1.45"),
    (LINEAR, "strength_lost", "dL/dw1_1_1", "-3.625"),
    (LINEAR, "regularizer_factor", "dL/dw1_1_1", "-4.575"),
    (LINEAR, "plus_for_minus", "w1_1_1'", "0.0475"),
    (LINEAR, "rate_forgotten", "w1_1_1'", "5.025"),
    (LINEAR, "rate_twice", "w1_1_1'", "0.54525"),
    (LINEAR, "step_alone", "w1_1_1'", "0.4525"),
    (LINEAR, "not_updated", "w1_1_1'", "0.500"),
    (LINEAR, "gradient_for_update", "w1_1_1'", "-4.525"),
    (LINEAR, "update_for_gradient", "dL/dw1_1_1", "0.9525"),
    (MOMENTUM, "plain_step", "w1_1_1'", "0.9525"),
    (MOMENTUM, "velocity_before_step", "w1_1_1'", "0.400"),
    (DAMPED, "damping_forgotten", "x'", "0.86486"),
    (NEWTON, "hessian_not_inverted", "x'", "-3427"),
    (NEWTON, "determinant_forgotten", "x'", "-39.00"),
    (NEWTON, "inverse_not_negated", "x'", "-10.811"),
    (NEWTON, "inverse_not_exchanged", "x'", "1.0946"),
    (NEWTON, "diagonal_of_hessian", "x'", "0.3200"),
    (NEWTON, "plain_step", "x'", "-33.00"),
    (HINGE, "correct_class_once", "dL/dw1_3_1", "-2.213"),
    (HINGES, "one_sample_less", "dL/dw1_2_1", "2.7065"),
    (POWER, "inner_derivative_inside", "df/dx", "3*(2*x + 3)^2"),
    (SQUARES, "minus_not_squared", "f", "3.97627"),
]
# What was worked out by a formula, each of a mistake that no other exercise here has.
FORMULAS = {
    "formula_misread": ("ratio", "power read as a product"),
    "maximum_shared": ("image", "derivative of maxpool to every entry"),
    "sample_left_out": ("batch", "one sample forgotten"),
    "strengths_exchanged": ("elastic", "strengths exchanged"),
    "old_parameter": ("batch", "second step from the first weight"),
    "old_derivative": ("batch", "old gradient for the new one in the second step"),
    "not_gathered": ("adam", "Adam: moments of the first step forgotten"),
    "correction_of_first_step": ("adam", "Adam: correction of the first step in the second"),
    "corrected_moments_kept": ("adam", "Adam: corrected moments carried on"),
    "gradient_for_moment": ("adam", "Adam: the gradient in place of m in the second step"),
    "neighbouring_factor": ("time", "state of this step for that before"),
    "dropped_path": ("time", "no error carried back in time"),
    "wrong_activation": ("time", "sigmoid for tanh"),
    "pre_activation_passed_on": ("time", "pre-activation passed on in time"),
    "sources_exchanged": ("time", "weights exchanged"),
    "weights_left_out": ("image", "weights forgotten"),
    "neighbouring_source": ("time", "input of another step"),
}
BY_FORMULA = [
    (GIVEN[exercise], name, one.left, one.wrong)
    for name, made in FORMULAS.items()
    for exercise, kind in [made]
    for one in [next(one for one in first() if (one.exercise, one.kind) == (exercise, kind))]
]
CASES = [(SMALL, *case) for case in SYMBOLIC] + OTHERS + NUMERIC + BY_FORMULA


@pytest.mark.everyday(40)
@pytest.mark.parametrize(("description", "name", "left", "text"), CASES, ids=[f"{c[1]}-{c[2]}" for c in CASES])
def test_every_mistake_is_named(description, name, left, text):
    """A wrong answer that was derived by hand is explained by the mistake that was made in it."""
    assert name in named(built(description), left, text)


@pytest.mark.everyday(20, every=False)
@pytest.mark.parametrize(("description", "name", "left", "text"), CASES, ids=[f"{c[1]}-{c[2]}" for c in CASES])
def test_what_a_mistake_says_has_its_formulas(description, name, left, text):
    """No formula stands as text in the sentence about a mistake, so that a page sets all of them; JSON has its text."""
    catalogue = built(description)
    says = next(it.says for it in catalogue.explain(answer(catalogue, left, text)) if it.name == name)
    words = "".join(part for part in says if isinstance(part, str))
    assert words.isascii()
    assert not set(words) & set("=+*/_^{}")
    assert as_text(says).startswith(words[:1])
    assert as_text(says).endswith(".")


# Of the other rows there are wrong answers in the file of them.
ROWS = [row.name for row in (*LAST, *MADE, *OWN)]
WRITTEN_DOWN = [
    (name, [one for one in WRONG_ANSWERS if name in NAMES[one.kind]])
    for name in ROWS
    if name not in {case[1] for case in CASES} and any(name in names for names in NAMES.values())
]


@pytest.mark.everyday(12)
@pytest.mark.parametrize(("name", "ones"), WRITTEN_DOWN, ids=[name for name, _ones in WRITTEN_DOWN])
def test_every_other_mistake_is_named(name, ones):
    """A wrong answer of the file is explained by the mistake that was made in it."""
    assert any(name in explained(one) for one in ones)


def test_every_row_has_a_case():
    """No mistake of the catalogue is left out above, and names are no two alike."""
    assert len(ROWS) == len(set(ROWS))
    assert {case[1] for case in CASES} | {name for name, _ones in WRITTEN_DOWN} | NAMES_OF_ARRAYS == set(ROWS)
