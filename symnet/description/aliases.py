"""What else the names and keys of a description are called elsewhere, so that the one that is meant can be suggested.

A name may stand for several: which of them is meant is told by what may stand where it was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _by_alias(known: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Return for each alias what it may stand for, from the aliases of each name as words of one text."""
    found: dict[str, list[str]] = {}
    for name, aliases in known.items():
        for alias in aliases.split():
            found.setdefault(alias, []).append(name)
    return MappingProxyType({alias: tuple(names) for alias, names in found.items()})


# What may be any cross-entropy: that of the output, softmax or not, is the one to suggest.
_CROSS_ENTROPY = (
    "cross_entropy crossentropy crossentropyloss cross_entropy_loss ce celoss xent log_likelihood nll nllloss nll_loss"
)

ALIASES = _by_alias(
    {
        # Activations.
        "identity": "none id lin no_activation purelin",
        "sigmoid": "logistic logistic_function logsig sigm sig expit sigma",
        "tanh": "hyperbolic_tangent tansig tangens_hyperbolicus",
        "relu": "rectifier rectified rectified_linear rectified_linear_unit",
        "leaky_relu": "lrelu leakyrelu leaky",
        "prelu": "parametric_relu",
        "elu": "exponential_linear_unit",
        "softmax": "normalized_exponential softargmax",
        "gelu": "gaussian_error_linear_unit",
        "silu": "sigmoid_linear_unit sigmoid_weighted_linear_unit",
        "hard_sigmoid": "hardsigmoid",
        "hard_tanh": "hardtanh clamp",
        "selu": "scaled_exponential_linear_unit",
        "log_sigmoid": "logsigmoid",
        "gaussian": "rbf radial_basis_function bell",
        # Losses.
        "squared_error": "l2_loss l2loss quadratic quadratic_loss half_squared_error half_mse se squared_loss",
        "sum_squared_error": "sse rss ssr sum_of_squares sum_of_squared_errors residual_sum_of_squares",
        "mean_squared_error": "mse mseloss mse_loss mean_square_error meansquarederror mean_squared_loss",
        "binary_cross_entropy": (
            f"bce bceloss bce_loss binary_crossentropy logloss log_loss logistic_loss bernoulli {_CROSS_ENTROPY}"
        ),
        "categorical_cross_entropy": (
            "cce categorical_crossentropy sparse_categorical_crossentropy multinomial softmax_loss"
            f" softmax_cross_entropy multiclass_cross_entropy {_CROSS_ENTROPY}"
        ),
        "hinge": "hinge_loss svm svm_loss max_margin",
        "multiclass_hinge": "multiclass_svm multi_margin crammer_singer multi_class_hinge",
        "absolute_error": "mae l1_loss l1loss l1 mean_absolute_error maeloss",
        "huber": "huber_loss smooth_l1 smooth_l1_loss",
        "log_cosh": "logcosh log_cosh_loss",
        "poisson": "poisson_loss poisson_nll poissonnllloss",
        "kl_divergence": "kl kl_div kldivloss kullback_leibler relative_entropy",
        "focal": "focal_loss sigmoid_focal_loss retinanet",
        "triplet": "triplet_loss triplet_margin tripletmarginloss",
        # Optimizers.
        "sgd": "gradient_descent gd batch_gradient_descent stochastic_gradient_descent vanilla plain",
        "momentum": "sgd_momentum heavy_ball mu",
        "nesterov": "nag nesterov_momentum accelerated",
        "rmsprop": "rms_prop rms",
        # Penalties.
        "l1": "lasso",
        "l2": "ridge tikhonov",
        "half_l2": "weight_decay half_ridge",
        # Keys, from the top of a description down.
        "title": "name heading exercise",
        "inputs": (
            "input n_inputs num_inputs input_size input_dim in_features features samples x xs vars variables given"
        ),
        "layers": "layer network hidden_layers architecture",
        "loss": "cost criterion objective loss_function cost_function error error_function losses",
        "regularization": "regularizer regularizers regularisation penalty penalties",
        "data": "dataset samples examples",
        "parameters": "params weights_and_biases theta initial weights",
        "training": "train update optimization",
        "numbers": "precision rounding format",
        "marks": "points scores grading",
        "units": "hidden nodes neurons size width n dim num_units n_units outputs out_features cells",
        "activation": "act act_fn activation_function func function nonlinearity transfer transfer_function",
        "bias": "use_bias has_bias biases intercept",
        "slope": "negative_slope",
        "keep": "keep_prob keep_probability",
        "targets": "target y ys t labels label outputs output desired expected",
        "weights": "w weight kernel matrix theta",
        "biases": "b bias intercepts",
        "strength": "lambda lam coefficient coeff factor weight alpha amount",
        "kind": "type name",
        "optimizer": "optim optimiser method algorithm rule",
        "learning_rate": "lr eta learningrate step_size stepsize rate alpha",
        "steps": "epochs epoch iterations iters n_steps num_steps n_epochs num_epochs updates",
        "batch": "batch_size batchsize minibatch mini_batch",
        "beta1": "betas rho",
        "beta2": "betas rho decay_rate",
        "epsilon": "eps",
        "clip_norm": "max_norm gradient_clipping clip",
        "decay": "lr_decay learning_rate_decay",
        "weight_decay": "wd decoupled_weight_decay",
        "accumulate": "accumulation accumulation_steps gradient_accumulation gradient_accumulation_steps",
        "schedule": "scheduler lr_schedule lr_scheduler",
        "factor": "decay_rate",
        "every": "step_size decay_steps period",
        "total": "t_max max_steps",
        "warmup": "warmup_steps warm_up",
        "decimals": "digits decimal_places places precision",
        "significant": "significant_digits significant_figures sig_figs sigfigs figures",
        "decimal_mark": "decimal_separator decimal_point separator",
        "nodes": "equations expressions functions formulas",
        "output": "outputs out result loss",
        "at": "values value point",
        "log_base": "base",
        # Words in their place.
        "mean": "average avg",
        "sum": "total",
        "paper": "rounded hand by_hand",
        "exact": "full",
        "comma": ",",
        "point": ". dot",
        "half_up": "up",
        "half_even": "even bankers",
    }
)
"""For each alias, in small letters with underscores, the names that it may stand for."""

ACTIVATION_EXPRESSIONS: Mapping[str, str] = MappingProxyType(
    {
        "relu6": "max(0, min(6, z))",
        **dict.fromkeys(("exponential", "exp"), "exp(z)"),
        **dict.fromkeys(("square", "quadratic"), "z^2"),
        **dict.fromkeys(("sine", "sin"), "sin(z)"),
    }
)
"""Activations without a name of their own, each as the expression that it is."""
