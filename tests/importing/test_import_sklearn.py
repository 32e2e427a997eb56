"""Models of scikit-learn: their numbers and objectives, and derivatives against scikit-learn's own."""

import warnings

import pytest
from importing import assert_near, by_id, found

from symnet.errors import ModelError
from symnet.importing.describe import describe

INPUTS = [[0.5, -1.0], [1.25, 0.75], [-0.5, 0.25], [2.0, -0.125], [0.0, 1.0], [1.0, -1.5]]
CLASSES = ["a", "b", "a", "c", "b", "c"]
NUMBERS = [1.0, 0.5, -0.25, 2.0, 0.75, 1.5]


pytest.importorskip("sklearn", reason="models of scikit-learn are described")


def fitted(model, targets, inputs=INPUTS):
    """Return a model after a few steps, of which it complains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(inputs, targets)


def network_gradients(model, targets):
    """Return the derivatives that a network of scikit-learn works out in its own backward pass."""
    import numpy as np

    x, y = np.array(INPUTS), np.array(targets)
    if hasattr(model, "_label_binarizer"):
        y = model._label_binarizer.transform(y)
    y = y.reshape(len(INPUTS), -1)
    sizes = [x.shape[1], *(len(biases) for biases in model.intercepts_)]
    activations = [x, *(np.empty((len(x), size)) for size in sizes[1:])]
    deltas = [np.empty_like(one) for one in activations[1:]]
    weights = [np.empty_like(one) for one in model.coefs_]
    biases = [np.empty_like(one) for one in model.intercepts_]
    activations = model._forward_pass(activations)
    model._backprop(x, y, None, activations, deltas, weights, biases)
    theirs = {}
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        theirs |= {**by_id(f"w{number}", weight.T), **by_id(f"b{number}", bias)}
    return theirs


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize(
    ("kind", "targets", "options"),
    [
        ("MLPClassifier", CLASSES, {"hidden_layer_sizes": (2,), "activation": "tanh", "alpha": 0.01}),
        ("MLPClassifier", [2, 7, 2, 7, 7, 2], {"hidden_layer_sizes": (2, 2), "activation": "logistic"}),
        ("MLPRegressor", NUMBERS, {"hidden_layer_sizes": (2,), "activation": "relu", "alpha": 0}),
        ("MLPRegressor", [[one, 1 - one] for one in NUMBERS], {"hidden_layer_sizes": (2,), "activation": "identity"}),
        ("MLPRegressor", [1, 2, 0, 3, 1, 1], {"hidden_layer_sizes": (2,), "activation": "tanh", "loss": "poisson"}),
    ],
)
def test_derivatives_of_networks_are_those_of_sklearn(kind, targets, options):
    """A fitted network is described with its penalty, and symnet's derivatives are those of its own backward pass."""
    from sklearn import neural_network

    model = fitted(getattr(neural_network, kind)(max_iter=3, random_state=1, **options), targets)
    assert_near(found(model, data=(INPUTS, targets)), network_gradients(model, targets))


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize(
    ("kind", "targets", "options"),
    [
        ("LogisticRegression", CLASSES, {"C": 0.5}),
        ("LogisticRegression", [2, 7, 2, 7, 7, 2], {"C": 2.0, "fit_intercept": False}),
        ("LogisticRegression", [2, 7, 2, 7, 7, 2], {"solver": "liblinear"}),
        ("LinearRegression", NUMBERS, {}),
        ("LinearRegression", [[one, 1 - one**2] for one in NUMBERS], {"fit_intercept": False}),
    ],
)
def test_linear_models_stand_where_their_objective_is_least(kind, targets, options):
    """The objective of a fitted linear model, its penalty included, has no derivative left at its parameters."""
    from sklearn import linear_model

    exact = {"tol": 1e-12, "max_iter": 10_000} if kind == "LogisticRegression" else {}
    model = fitted(getattr(linear_model, kind)(**exact, **options), targets)
    ours = found(model, data=(INPUTS, targets))
    assert max(map(abs, ours.values())) < 1e-5
    elsewhere = found(model, data=([[2, 1]], [targets[0]]))
    assert max(map(abs, elsewhere.values())) > 1e-2


def test_what_is_out_of_reach_of_sklearn_is_named():
    """A model that is not fitted, another one, and a pipeline say what to do."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline

    for model, text in (
        (LogisticRegression(), "Call fit() first"),
        (fitted(Ridge(), NUMBERS), "expected MLPClassifier, MLPRegressor, LogisticRegression, LinearRegression"),
        (make_pipeline(Ridge()), "describe the last step"),
        (fitted(LogisticRegression(class_weight="balanced"), CLASSES), "every sample counts alike"),
    ):
        with pytest.raises(ModelError, match="scikit-learn") as error:
            describe(model)
        assert text in str(error.value)


def test_a_target_that_is_no_label_is_told_the_labels():
    """A target that is neither a label nor the number of a class is named with all labels; both of these are taken."""
    from sklearn.linear_model import LogisticRegression

    model = fitted(LogisticRegression(), CLASSES)
    for target, shown in (("maybe", "maybe"), (3, "3"), (-1, "-1"), ({}, "{}"), (None, "None")):
        with pytest.raises(ModelError) as error:
            describe(model, data=(INPUTS[:2], ["a", target]))
        ((where, found, allowed, *_),) = error.value.problems
        assert (where, found) == ("data, targets", f'"{shown}" at [2]')
        assert allowed == "one of the labels that the model knows: a, b, c"
    for targets in (["c", "a"], [2, 0]):
        assert describe(model, data=(INPUTS[:2], targets))["data"]["targets"] == [[0, 0, 1], [1, 0, 0]]


def test_a_penalty_waits_for_data():
    """The penalty of a network depends on how many samples there are; without any the file says that it is left out."""
    from sklearn.neural_network import MLPRegressor

    model = fitted(MLPRegressor(hidden_layer_sizes=(1,), max_iter=2), NUMBERS)
    assert "regularization" not in describe(model)
    assert "depends on the number of samples" in describe(model).text
