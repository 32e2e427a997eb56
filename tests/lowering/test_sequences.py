"""Recurrent layers and gated cells over sequences: torch's numbers, the ids of the contract, and what is refused."""

import json

import pytest
from sequences import RandomSequences

from symnet.errors import DescriptionError
from symnet.pipeline import solve
from symnet.render.json import render_json
from symnet.sheets.solution import solution

RNN = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "tanh", "recurrent": True}, {"units": 1, "activation": "identity"}],
    "loss": "squared_error",
    "data": {"sequences": [{"inputs": [[1, 0], [0.5, 1], [0, 1]], "targets": [[1], [0], [0.5]]}]},
    "parameters": [
        {"weights": [[0.1, 0.2], [0.3, -0.4]], "recurrent_weights": [[0.5, 0], [0.1, 0.2]], "biases": [0, 0.1]},
        {"weights": [[1, -1]], "biases": [0]},
    ],
}
GATE = {"weights": [[0.1]], "recurrent_weights": [[0.5]], "biases": [1]}
LSTM = {
    "inputs": 1,
    "layers": [{"units": 1, "cell": "lstm"}],
    "loss": "squared_error",
    "data": {"sequences": [{"inputs": [[1], [0.5]], "target": [0.3]}]},
    "parameters": [dict.fromkeys(("forget", "input", "candidate", "output"), GATE)],
}


def compare(network):
    """Compare the loss and all gradients of a random network with torch's."""
    torch = pytest.importorskip("torch")
    problem = json.loads(render_json(solve(network.description())))["problems"][0]
    loss, gradients = network.by_torch(torch)
    assert float(problem["loss_value"]) == pytest.approx(loss, rel=0, abs=1e-10)
    found = {one["parameter"]: float(one["value"]) for one in problem["gradients"]}
    assert found.keys() == gradients.keys()
    for name, value in gradients.items():
        assert found[name] == pytest.approx(value, rel=0, abs=1e-10), name


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_recurrent_layer_is_that_of_torch(kind):
    """RNN, LSTMCell and GRUCell give the same loss and the same gradients, to ten digits."""
    compare(RandomSequences({"rnn": 3, "lstm": 4, "gru": 5}[kind], [kind]))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 200))
def test_random_recurrent_networks_are_those_of_torch(seed):
    """So do stacked ones, with a dense layer behind them, start values, truncation and several sequences."""
    compare(RandomSequences(seed))


def ids_of(description):
    """Return the ids of all nodes, and of all parameters."""
    problem = json.loads(render_json(solve(description)))["problems"][0]
    return {node["id"] for node in problem["nodes"]}, {one["parameter"] for one in problem["gradients"]}


def test_ids_say_which_step():
    """A value has its step behind it, a parameter has none: all steps share it."""
    nodes, parameters = ids_of(RNN)
    assert {"z1_1#1", "a1_2#3", "a2_1#3", "l#2", "L"} <= nodes
    assert {"w1_2_1", "u1_1_2", "b1_1", "w2_1_2"} <= parameters


def test_gates_have_letters():
    """Of a gate the pre-activation, the value and the parameters have its letter; the cell is c, the output a."""
    nodes, parameters = ids_of(LSTM)
    assert {"zf1_1#2", "af1_1#2", "ai1_1#1", "ag1_1#1", "ao1_1#2", "c1_1#1", "a1_1#2"} <= nodes
    assert {"wf1_1_1", "uf1_1_1", "bf1_1", "wo1_1_1"} <= parameters


def test_without_data_there_are_three_steps():
    """The same network in symbols is derived over three steps."""
    nodes, _ = ids_of({key: value for key, value in RNN.items() if key not in {"data", "parameters"}})
    assert {"a1_1#1", "a1_1#3"} <= nodes
    assert "a1_1#4" not in nodes


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"data": {"sequences": [{"inputs": [[1, 0]]}]}}, "data.sequences[1]"),
        ({"data": {"sequences": [{"inputs": [[1, 0]], "target": [1], "targets": [[1]]}]}}, "data.sequences[1]"),
        ({"data": {"sequences": [{"inputs": [[1]], "target": [1]}]}}, "data.sequences[1].inputs[1]"),
        ({"data": {"sequences": [{"inputs": [[1, 0]], "target": [1, 2]}]}}, "data.sequences[1].target"),
        (
            {"data": {"sequences": [{"inputs": [[1, 0]], "target": [1]}, {"inputs": [[1, 0]] * 2, "target": [1]}]}},
            "data.sequences[2].inputs",
        ),
        ({"data": {"sequences": [{"inputs": [[1, 0]] * 600, "target": [1]}]}}, "data.sequences[1].inputs"),
        ({"layers": [{"activation": "tanh", "recurrent": True}, RNN["layers"][1]]}, "layers[1].units"),
        ({"layers": [{"units": 2, "cell": "lstm", "activation": "relu"}, RNN["layers"][1]]}, "layers[1].activation"),
        ({"layers": [{"units": 2, "cell": "lstm", "reset": "after"}, RNN["layers"][1]]}, "layers[1].reset"),
        ({"layers": [{"units": 2, "cell": "elman"}, RNN["layers"][1]]}, "layers[1].cell"),
        ({"parameters": [{"weights": [[1, 2], [3, 4]], "biases": [0, 0]}, RNN["parameters"][1]]}, "parameters[1]"),
    ],
)
def test_sequences_that_do_not_fit_are_refused_at_their_place(change, where):
    """What is wrong with a sequence, a layer or its parameters is named before any work."""
    with pytest.raises(DescriptionError) as error:
        solve({**RNN, **change})
    assert any(problem.where.startswith(where) for problem in error.value.problems), error.value


def test_a_recurrent_weight_may_not_exist():
    """Null among the recurrent weights of a layer or a gate leaves the weight out, as in other layers."""
    entry = {**RNN["parameters"][0], "recurrent_weights": [[0.5, None], [0.1, 0.2]]}
    _, parameters = ids_of({**RNN, "parameters": [entry, RNN["parameters"][1]]})
    assert {"u1_1_1", "u1_2_2"} <= parameters
    assert "u1_1_2" not in parameters


def test_dropout_behind_a_recurrent_layer_has_a_sheet():
    """A unit that is dropped leads nowhere, and the sheet tells the derivatives of the others."""
    layers = [{**RNN["layers"][0], "dropout": {"mask": [1, 0], "keep": 0.5}}, RNN["layers"][1]]
    assert solution(solve({**RNN, "layers": layers})).blocks
