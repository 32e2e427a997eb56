"""scikit-learn: networks and linear models by their attributes; scikit-learn itself is never imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isinf
from types import MappingProxyType
from typing import Any

from symnet.importing.model import LayerPart, ModelObjective, ModelPlace, ModelReading, place_of, taken_exactly
from symnet.importing.stored import StoredArray

_ACTIVATIONS: Mapping[str, Any] = MappingProxyType(
    {
        "identity": "identity",
        "logistic": "sigmoid",
        "tanh": "tanh",
        "relu": "relu",
        "softmax": "softmax",
        "exp": {"expression": "exp(z)", "name": "exp"},
    }
)
"""What a description calls each activation of scikit-learn."""
_LOSSES: Mapping[str, str] = MappingProxyType(
    {"squared_error": "squared_error", "poisson": "poisson", "log_loss": "categorical_cross_entropy"}
)


def is_from_sklearn(model: object) -> bool:
    """Return whether an object is a model of scikit-learn."""
    return any(of.__module__.startswith("sklearn.") for of in type(model).__mro__)


def read_sklearn(model: Any, _inputs: tuple[int, ...] | None) -> ModelReading:  # noqa: ANN401 - a model of sklearn
    """Return what a model is made of; its data do not have to say how many inputs there are.

    Args:
        model: One of :data:`MODELS`.
    """
    kind = type(model).__name__
    reading = ModelReading("scikit-learn", kind)
    read = MODELS.get(kind) if type(model).__module__.startswith("sklearn.") else None
    if read is None:
        hint = "Of a Pipeline describe the last step, with data that the steps before it have transformed."
        reading.refuse("", f"{kind} of the module {type(model).__module__}", ", ".join(MODELS), hint)
    elif not hasattr(model, "coefs_" if kind.startswith("MLP") else "coef_"):
        reading.refuse("", "a model without weights", "a fitted one", "Call fit() first, or partial_fit().")
    else:
        reading.classes = tuple(getattr(model, "classes_", ()))
        read(reading, model)
    return reading


def _network(reading: ModelReading, model: Any) -> None:  # noqa: ANN401
    last = len(model.coefs_)
    for number, (weights, biases) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), 1):
        name = model.out_activation_ if number == last else model.activation
        where = place_of(number, f"coefs_[{number - 1}]", name)
        _dense(reading, where, weights, biases, _ACTIVATIONS.get(name), turned=True)
        if name not in _ACTIVATIONS:
            reading.refuse(where, f"the activation {name}", ", ".join(_ACTIVATIONS))
    kind = _LOSSES.get(model.loss, "")
    if not kind:
        reading.refuse("", f"the loss {model.loss}", ", ".join(_LOSSES))
    if model.out_activation_ == "logistic":
        kind = "binary_cross_entropy"
    alpha = taken_exactly(model.alpha)
    penalties = ({"kind": "half_l2", "strength": alpha},) if alpha else ()
    reading.objective = ModelObjective(kind, "mean", penalties, one_hot="cross" in kind, divided=True)


def _logistic(reading: ModelReading, model: Any) -> None:  # noqa: ANN401
    """Read a logistic regression: one unit for two classes, else one a class, each for itself with liblinear."""
    weights = reading.array("coef_", "coef_", model.coef_)
    if weights is None:
        return
    units = weights.shape[0]
    alone = units == 1 or model.solver == "liblinear" or getattr(model, "multi_class", "") == "ovr"
    name, kind = ("sigmoid", "binary") if alone else ("softmax", "categorical")
    reading.numbers = 0
    where = place_of(1, "coef_", name)
    _dense(reading, where, model.coef_, model.intercept_ if model.fit_intercept else None, name)
    if model.class_weight is not None:
        reading.refuse("class_weight", str(model.class_weight)[:80], "None: every sample counts alike")
    penalties = _penalties(model)
    biases = {"biases": True} if model.solver == "liblinear" and model.fit_intercept else {}
    stated = tuple({**one, **biases} for one in penalties)
    reading.objective = ModelObjective(f"{kind}_cross_entropy", "sum", stated, one_hot=units > 1)


def _penalties(model: Any) -> tuple[dict[str, Any], ...]:  # noqa: ANN401
    """Return the penalties of a logistic regression, whose losses are summed."""
    if model.penalty is None or isinf(model.C):
        return ()
    strength, ratio = 1 / taken_exactly(model.C), getattr(model, "l1_ratio", None)
    share = {"l1": Fraction(1), "l2": Fraction(0)}.get(model.penalty, taken_exactly(ratio or 0))
    kinds = (("l1", share), ("half_l2", 1 - share))
    return tuple({"kind": kind, "strength": strength * part} for kind, part in kinds if part)


def _linear(reading: ModelReading, model: Any) -> None:  # noqa: ANN401
    _dense(reading, place_of(1, "coef_", "identity"), model.coef_, model.intercept_ if model.fit_intercept else None)
    reading.objective = ModelObjective("sum_squared_error", "sum")


def _dense(
    reading: ModelReading,
    where: ModelPlace,
    weights: object,
    biases: object,
    activation: Any = "identity",  # noqa: ANN401 - a name, or an expression with one
    *,
    turned: bool = False,
) -> None:
    """Add a dense layer.

    Args:
        reading: What it is added to.
        where: Its place in the model.
        weights: Its weights.
        biases: Its biases; None if it has none.
        activation: Its activation.
        turned: Whether a row of the weights is one of what feeds the layer.
    """
    found = reading.array(where, "weights", weights)
    if found is None:
        return
    found = found.permuted(1, 0) if turned else found.reshaped(-1, found.shape[-1])
    units = len(found.numbers) // found.shape[-1]
    found = found.reshaped(units, found.shape[-1])
    reading.expect(found.shape[1])
    arrays = {("weights",): found, **_biases(reading, where, biases, units)}
    keys = {"units": units, "activation": activation, **({"bias": False} if biases is None else {})}
    reading.add(LayerPart(where, keys, arrays), (units,))


def _biases(reading: ModelReading, where: ModelPlace, biases: object, units: int) -> dict[tuple[str, ...], StoredArray]:
    if biases is None:
        return {}
    found = reading.array(where, "biases", biases if hasattr(biases, "shape") else [biases])
    return {} if found is None else {("biases",): found.reshaped(units)}


MODELS: Mapping[str, Callable[[ModelReading, Any], None]] = MappingProxyType(
    {
        "MLPClassifier": _network,
        "MLPRegressor": _network,
        "LogisticRegression": _logistic,
        "LinearRegression": _linear,
    }
)
"""How each model is read."""
