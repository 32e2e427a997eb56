"""The starter and the warnings."""

import pytest

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import Description, GraphDescription, description_warnings, load, load_text, starter

SMALL = {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid"}], "loss": "squared_error"}
DATA = {"inputs": [[1]], "targets": [[1]]}
PARAMETERS = [{"weights": [[1]], "biases": [1]}]


def test_the_starter_is_a_description_with_everything_in_it():
    """The starter loads, without warnings, and shows every key and every name."""
    description = load_text(starter(), "starter.yaml")
    assert description_warnings(description) == ()
    assert description.data is not None
    assert description.parameters is not None
    assert description.training is not None
    keys = (*Description.model_fields, *GraphDescription.model_fields)
    options = [
        option.name for table in (ACTIVATIONS, LOSSES, OPTIMIZERS) for of in table.values() for option in of.options
    ]
    for word in (*keys, *ACTIVATIONS, *LOSSES, *OPTIMIZERS, *REGULARIZERS, *options):
        assert word in starter()


def test_what_the_starter_leaves_out_can_be_put_in():
    """The keys in comments become valid when the comment sign goes, and so does the graph at the end."""
    network = starter().replace("# regularization:", "regularization:").replace("# at: {lambda", "at: {lambda")
    assert load_text(network, "starter.yaml").regularization[0].strength == ("lambda",)
    graph = "".join(line.removeprefix("# ") for line in starter().split("# graph:")[1].splitlines(keepends=True))
    assert load_text("graph:" + graph, "graph.yaml").graph.output == "f"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"data": DATA}, ["data: data without parameters", "stays symbolic"]),
        ({"parameters": PARAMETERS}, ["parameters: parameters without data", "stays symbolic"]),
        (
            {"layers": [{"units": 1, "activation": "tanh"}], "loss": "binary_cross_entropy"},
            ["loss: binary_cross_entropy after tanh", "between 0 and 1"],
        ),
    ],
)
def test_what_is_hardly_meant_is_warned_about(keys, words):
    """A warning says where, what, and what follows."""
    (warning,) = description_warnings(load({**SMALL, **keys}))
    assert all(word in warning for word in words), warning


def test_warnings_have_places_like_errors():
    """In a file a warning has its line and column."""
    text = starter().replace("loss: squared_error", "loss: binary_cross_entropy").replace("sigmoid, bias", "relu, bias")
    (warning,) = description_warnings(load_text(text, "q.yaml"))
    line = 1 + text[: text.index("loss: binary")].count("\n")
    assert warning.startswith(f"q.yaml:{line}:7: loss: binary_cross_entropy after relu")


def test_a_complete_description_has_no_warnings():
    """Numbers for everything, and a loss that suits its outputs, leave nothing to say."""
    whole = {**SMALL, "loss": "binary_cross_entropy", "data": DATA, "parameters": PARAMETERS}
    assert description_warnings(load({**whole, "training": {"learning_rate": 1}})) == ()


def test_targets_that_are_no_distribution_are_a_warning():
    """Under softmax and the categorical cross-entropy, targets that do not sum to 1 are pointed at, and only there."""
    text = """\
inputs: 1
layers: [{units: 2, activation: softmax}]
loss: categorical_cross_entropy
data:
  inputs: [[1], [2]]
  targets: [[1, 0], [1, 1/2]]
parameters: [{weights: [[1], [2]], biases: [0, 0]}]
"""
    (warning,) = description_warnings(load_text(text, "q.yaml"))
    assert warning.startswith("q.yaml:6:21: data.targets[2]: targets that sum to 1.5: ")
    assert description_warnings(load_text(text.replace("softmax", "sigmoid"), "q.yaml")) == ()
