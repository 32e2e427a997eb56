"""Descriptions of layers that are worked out in arrays: what does not fit is told with its place, before any work."""

import json

import pytest
import yaml

from symnet.description import load_text
from symnet.description.load import load
from symnet.errors import DescriptionError
from symnet.pipeline import solve
from symnet.render.json import render_json

IMAGE = {"height": 3, "width": 3}
SEQUENCE = {"height": 2, "width": 3}
DATA = {"inputs": [[1, 2]], "targets": [[1]]}
FED = [{"units": 1, "from": "inputs"}]


def layers(*stated, inputs=2, **keys):
    """Return a description of layers."""
    return {"inputs": inputs, "layers": list(stated), "loss": "squared_error", **keys}


def convolution(**stated):
    """Return a description of one convolution of an image."""
    return layers({"convolution": {"kernel": [2, 2], **stated}}, {"flatten": True}, inputs=IMAGE)


MISFITS = {
    "unknown layer": (layers({"units": 1, "from": ["frist"]}), "layers[1].from[1]", '"frist"'),
    "cycle": (layers({"units": 1, "name": "b", "from": ["b"]}), "layers[1].from[1]", "It comes later"),
    "sum": (layers({"units": 3, "name": "a"}, {"add": ["a", "inputs"]}), "layers[2].add[2]", "[3] and [2]"),
    "sum of nothing": (layers({"add": ["nobody"]}), "layers[1].add[1]", '"nobody"'),
    "kernel": (convolution(kernel=[4, 2]), "layers[1].convolution", "a window of [4, 2] over [3, 3]"),
    "padding": (convolution(padding=9000), "layers[1].convolution", "324,072,004 numbers"),
    "large padding": (convolution(padding=10**9), "layers[1].convolution.padding", "from 0 to 10000"),
    "filters": (convolution(filters=9000), "layers[1]", "at most 2,000"),
    "strides": (convolution(stride=[1, 1, 1]), "layers[1].convolution.stride", "1 to 2 entries"),
    "no image": (layers({"convolution": {"kernel": [2, 2]}}), "layers[1].convolution.kernel", "rows of numbers"),
    "no row": (layers({"convolution": {"kernel": [2, 2]}}, {"units": 1}, inputs=IMAGE), "layers[2].units", "flatten"),
    "image": (layers(*FED, inputs={"heigth": 2, "width": 2}), "inputs", "Look at heigth"),
    "pooling": (layers({"pooling": {"size": [4, 1]}}, inputs=IMAGE), "layers[1].pooling", "[4, 1] over [3, 3]"),
    "two kinds": (layers({"units": 2, "flatten": True}), "layers[1].flatten", "one kind a layer"),
    "tied": (layers({"units": 2, "tied": {"layer": "a"}}), "layers[1].tied.layer", "there is none"),
    "tied shape": (
        layers({"units": 3, "name": "a"}, {"units": 3, "tied": {"layer": "a"}}),
        "layers[2].tied",
        "[3, 2], those of a",
    ),
    "heads": (layers({"attention": {"heads": 2}}, inputs=SEQUENCE), "layers[1].attention.heads", "divided"),
    "no memory": (
        layers({"attention": {"from": "encoder"}}, inputs=SEQUENCE),
        "layers[1].attention.from",
        '"encoder"',
    ),
    "memory of one row": (
        layers(
            {"attention": {}, "name": "a"},
            {"flatten": True, "name": "flat"},
            {"attention": {"from": "flat"}, "from": "a"},
            inputs=SEQUENCE,
        ),
        "layers[3].attention.from",
        "a row for each place",
    ),
    "causal memory": (
        layers({"attention": {"from": "inputs", "causal": True}}, inputs=SEQUENCE),
        "layers[1].attention.causal",
        "neither before nor behind",
    ),
    "no sequence": (layers({"attention": {}}), "layers[1].attention", "one row of numbers"),
    "names": (layers({"units": 1, "name": "a"}, {"units": 1, "name": "a", "from": "a"}), "layers[2].name", "again"),
    "activations": (layers({"units": 3, "activation": ["tanh", "relu"]}), "layers[1].activation", "3, one a unit"),
    "temperature": (layers({"units": 2, "temperature": 2}), "layers[1].temperature", "softmax"),
    "dropout": (
        layers({"units": 2, "from": "inputs", "dropout": {"mask": [1], "keep": 1}}),
        "layers[1].dropout.mask",
        "2, one for each",
    ),
    "weights": (
        layers(*FED, parameters=[{"weights": [[1, 2, 3]], "biases": [1]}]),
        "parameters[1].weights",
        "the shape [1, 2]",
    ),
    "foreign key": (
        layers(*FED, parameters=[{"weights": [[1, 2]], "biases": [1], "gamma": 1}]),
        "parameters[1].gamma",
        "weights, biases",
    ),
    "entries": (layers(*FED, parameters=[{}, {}]), "parameters", "1, one per layer"),
    "word": (
        layers({"embedding": {"entries": 3, "size": 1}}, inputs=1, data=DATA | {"inputs": [[4]]}),
        "data.inputs[1][1]",
        "from 1 to 3",
    ),
    "no words": (layers({"embedding": {"entries": 3, "size": 1}}, inputs=1), "layers[1].embedding", "without data"),
    "one sample": (layers({"units": 1, "normalization": {"kind": "batch"}}, data=DATA), "data.inputs", "at least 2"),
    "no samples": (
        layers({"units": 1, "normalization": {"kind": "batch"}}),
        "layers[1].normalization",
        "samples under data",
    ),
    "part of a batch": (
        layers(
            {"units": 1, "normalization": {"kind": "batch"}},
            data={"inputs": [[1, 2], [3, 4]], "targets": [[1], [2]]},
            training={"batch": 1, "learning_rate": 1},
        ),
        "training.batch",
        "depend on one another",
    ),
    "targets": (layers(*FED, data=DATA | {"targets": [[1, 2]]}), "data.targets[1]", "one per unit"),
    "state": (
        layers(*FED, training={"optimizer": "adam", "state": {"m": {"w2_1_1": 1}}}),
        "training.state.m.w2_1_1",
        "w1_1_1",
    ),
    "drawn": (layers(*FED, variants={"w1_1_3": {"choose": [1]}}), "variants.w1_1_3", '"w1_1_3"'),
    "input names": (layers(*FED, inputs=["a", "x1"]), "inputs[2]", "names that nothing else has"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_misfit_is_one_message_at_its_place(name):
    """What does not fit is told once, where it stands."""
    spec, place, said = MISFITS[name]
    with pytest.raises(DescriptionError) as caught:
        load_text(yaml.safe_dump(spec, sort_keys=False), "layers.yaml")
    (problem,) = caught.value.problems
    assert problem.where == place
    assert said in str(problem)


def test_frozen_and_absent_weights_have_no_derivative():
    """What stays as it is, and what does not exist, has no derivative and no update."""
    spec = layers(
        {"units": 2, "activation": "tanh", "frozen": True},
        {"units": 1, "bias": False},
        data=DATA,
        parameters=[{"weights": [[1, 2], [0, 1]], "biases": [0, 1]}, {"weights": [[None, 3]]}],
        training={"learning_rate": 1, "steps": 2},
    )
    part = solve(spec).parts[0]
    assert [symbol.name for symbol in part.gradient.parameters] == ["w2_1_2"]
    assert [[symbol.name for symbol in update.after] for update in part.evaluation.updates] == [["w2_1_2"]] * 2
    assert "w2_1_1" not in {symbol.name for node in part.network.nodes.values() for symbol in node.derivatives}


def test_shared_layers_have_one_derivative_of_both_uses():
    """The weights of a layer that is used twice are one set of parameters, and so are its biases."""
    spec = layers(
        {"units": 1, "name": "left", "from": "p"},
        {"units": 1, "name": "right", "from": "q", "tied": {"layer": "left"}},
        {"add": ["left", "right"]},
        inputs=["p", "q"],
        data=DATA,
        parameters=[{"weights": [[3]], "biases": [1]}, {}, {}],
    )
    part = solve(spec).parts[0]
    # (3 + 1) + (6 + 1) = 11 for 1: the derivatives are 10 (1 + 2) and 10 (1 + 1).
    assert {symbol.name: int(value) for symbol, value in part.evaluation.gradients.items()} == {
        "w1_1_1": 30,
        "b1_1": 20,
    }


def test_a_network_of_dense_layers_alone_stays_one_of_scalars():
    """A name for a layer does not make arrays of a network, and neither do names of inputs."""
    work = solve(layers({"units": 1, "activation": "tanh", "name": "only"}, inputs=["p", "q"]))
    assert work.parts[0].network.arrays is None
    assert "p" in work[work.parts[0].network.parameters[0].name].equation


def test_the_derivative_of_an_objective_has_its_penalty():
    """Several samples and a penalty on the weights: the mean over the samples, and what the penalty adds."""
    spec = layers(
        *FED,
        data={"inputs": [[1, 0], [0, 2]], "targets": [[0], [0]]},
        parameters=[{"weights": [[1, 2]], "biases": [0]}],
        regularization={"kind": "l2", "strength": 3},
    )
    gradients = solve(spec).parts[0].evaluation.gradients
    # Outputs 1 and 4; (1*1 + 0)/2 + 2*3*1, (0 + 4*2)/2 + 2*3*2, (1 + 4)/2.
    assert [float(value) for value in gradients.values()] == [6.5, 16, 2.5]


@pytest.mark.parametrize("together", [False, True])
def test_derivatives_of_inputs_are_told_of_every_sample(together):
    """Each input of each sample has its derivative of the objective, in graphs of one sample and of all."""
    plain = {"units": 1, "bias": False}
    spec = layers(
        plain | ({"normalization": {"kind": "batch", "epsilon": 1}} if together else {"from": "inputs"}),
        input_gradients=True,
        data={"inputs": [[1, 0], [0, 2]], "targets": [[0], [0]]},
        parameters=[{"weights": [[1, 2]]}],
    )
    (problem,) = json.loads(render_json(solve(spec)))["problems"]
    values = {one["parameter"]: float(one["value"]) for one in problem["gradients"] if one["parameter"][0] == "x"}
    assert set(values) == {"x1@1", "x1@2", "x2@1", "x2@2"}
    if not together:
        # Outputs 1 and 4, the mean over two samples, weights 1 and 2.
        assert values == {"x1@1": 0.5, "x2@1": 1, "x1@2": 2, "x2@2": 4}


@pytest.mark.parametrize(
    ("stated", "where", "found"),
    [
        ({"kind": "batch", "mean": [1, 2, 3], "variance": [1, 1]}, "layers[1].normalization.mean", "3 numbers"),
        ({"kind": "batch", "mean": [1, 2]}, "layers[1].normalization.variance", "nothing"),
        ({"kind": "batch", "mean": [1, 2], "variance": [1, 0]}, "layers[1].normalization.variance", "0"),
        ({"kind": "layer", "mean": [1, 2], "variance": [1, 1]}, "layers[1].normalization.mean", "a mean of a norm"),
    ],
)
def test_a_stated_mean_goes_with_a_stated_variance(stated, where, found):
    """A batch normalization outside training has a mean and a variance for each unit, and needs no samples."""
    layers = [{"units": 2, "normalization": stated}]
    with pytest.raises(DescriptionError) as error:
        load({"inputs": 1, "layers": layers, "loss": "squared_error"})
    (problem,) = error.value.problems
    assert problem.where == where
    assert problem.found.startswith(found)
    stated |= {"kind": "batch", "mean": [1, 2], "variance": ["1/2", 1]}
    assert load({"inputs": 1, "layers": layers, "loss": "squared_error"}).samples_apart
