"""The JSON Schema accepts what the loader accepts, and refuses what is plainly wrong."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import json_schema, load_text, starter
from symnet.errors import DescriptionError

SMALL = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
PIECES = [{"weights": [[1]], "biases": 1}, {"weights_from_to": [[1]], "biases": [1]}]
ARRAYS = [
    {"layers": [{"units": 1, "activation": "tanh", "name": "first"}, {"units": 1, "from": ["first", "inputs"]}]},
    {"inputs": {"height": 3, "width": 3}, "layers": [{"convolution": {"kernel": [3, 3]}}, {"flatten": True}]},
    {"layers": [{"units": 2, "activation": ["identity", "tanh"]}]},
    {"layers": [{"units": 1, "activation": "tanh", "frozen": True}, {"units": 1, "activation": "tanh"}]},
    {"layers": [{"units": 2, "activation": "tanh"}], "parameters": [{"weights": [[1], [None]], "biases": [0, 0]}]},
    {
        "inputs": {"height": 2, "width": 2},
        "layers": [{"attention": {"heads": 2, "causal": True, "bias": False}}],
        "parameters": [{name: {"weights": [[1, 0], [0, 1]]} for name in ("query", "key", "value", "output")}],
    },
]
RIGHT = [
    {},
    {"title": 5, "notation": "standard", "reduction": "sum"},
    {"notation": {"profile": "bishop"}},
    {"notation": {"weight": "\\theta", "bias": "zero_index", "delta": "none", "output": "\\hat{y}", "loss": "Loss"}},
    {"notation": {"name": "ours", "summary": "As we write.", "bias": "β", "vectors": "rows", "updated": "tau"}},
    {"loss": {"kind": "squared_error"}},
    {"loss": ["squared_error", {"kind": "binary_cross_entropy"}]},
    {"layers": [{"units": "1", "activation": "tanh", "bias": "shared"}]},
    {"data": {"inputs": [["1/3"]], "targets": [[0.5]]}},
    {"parameters": [{"weights": [[".5"]], "biases": [1e-3]}]},
    {"parameters": [{"weights_from_to": [[1]], "biases": "1/3"}]},
    {"training": {"learning_rate": "1/2"}},
    {"training": {"learning_rate": 0.5, "optimizer": "sgd", "steps": 10}},
    {"numbers": {"decimals": 12, "arithmetic": "exact"}},
    {"numbers": {"significant": 3, "arithmetic": "paper", "rounding": "half_even", "decimal_mark": "comma"}},
    {"layers": [{"units": 1, "activation": "z*sigmoid(z)"}]},
    {"layers": [{"units": 1, "activation": "z"}], "input_gradients": True},
    {"layers": [{"units": 1, "activation": "elu", "alpha": "1/2"}]},
    {"layers": [{"units": 2, "activation": "tanh", "dropout": {"mask": [1, 0], "keep": 0.5}}, *SMALL["layers"]]},
    {"layers": [{"units": 1, "activation": "maxout", "pieces": 2}], "parameters": [{"pieces": PIECES}]},
    {"layers": [{"units": 1, "activation": "prelu"}], "parameters": [{"weights": [[1]], "biases": 0, "alpha": 0.1}]},
    {"loss": "(a1 - y1)^2"},
    {"loss": [{"kind": "hinge", "margin": 2}, {"kind": "binary_cross_entropy", "log_base": 2}]},
    {"loss": {"kind": "binary_cross_entropy", "log_base": "e"}},
    {"loss": "triplet", "data": {"anchor": [[1]], "positive": [[2]], "negative": [[3]]}},
    {"regularization": {"kind": "l2", "strength": "lambda"}, "at": {"lambda": 0.1}},
    {"regularization": [{"kind": "l1", "strength": [0.1]}, {"kind": "l2_norm", "strength": "1/3", "biases": True}]},
    {"training": {}},
    {"training": {"optimizer": "adam", "beta1": 0, "state": {"step": 5, "m": {"w1_1_1": -1}, "v": {"b1_1": 1}}}},
    {"training": {"batch": "full", "clip_norm": 5, "clip_value": "1/2", "decay": 0, "update_biases": False}},
    *ARRAYS,
    {"training": {"batch": 1, "optimizer": "rmsprop", "beta2": 0.5, "epsilon": 0}},
]
WRONG = [
    {"inputs": 0},
    {"inputs": "two"},
    {"inputs": None},
    {"colour": 1},
    {"layers": [{"convolution": {"kernel": 0}}]},
    {"layers": [{"pooling": {"kind": "largest", "size": 2}}]},
    {"layers": [{"normalization": {}}]},
    {"layers": [{"tied": {"transposed": True}}]},
    {"title": None},
    {"notation": "bishp"},
    {"notation": "ours.txt"},
    {"notation": {}},
    {"notation": {"profile": "bishp"}},
    {"notation": {"wieght": "w"}},
    {"notation": {"weight": "$w$"}},
    {"notation": {"weight": 1}},
    {"notation": {"bias": "zero_indx"}},
    {"notation": {"index_order": "from"}},
    {"loss": []},
    {"loss": "mse"},
    {"loss": {"kind": "squared_error", "base": 2}},
    {"layers": []},
    {"layers": [{"units": 1}]},
    {"layers": [{"units": 1, "activation": "tanh", "bias": "no"}]},
    {"data": None},
    {"data": {"inputs": [["0x10"]], "targets": [[1]]}},
    {"data": {"inputs": [[True]], "targets": [[1]]}},
    {"data": {"inputs": [1], "targets": [[1]]}},
    {"parameters": [{"weights": [[1]], "weights_from_to": [[1]]}]},
    {"parameters": [{"biases": [1]}]},
    {"training": {"learning_rate": 0}},
    {"training": {"learning_rate": "-1"}},
    {"numbers": {"decimals": 13}},
    {"numbers": {"arithmetic": "pencil"}},
    {"numbers": {"significant": 0}},
    {"numbers": {"rounding": "up"}},
    {"numbers": {"decimal_mark": ","}},
    {"layers": [{"units": 1, "activation": "sigmoyd"}]},
    {"layers": [{"units": 1, "activation": "2 + 3"}]},
    {"layers": [{"units": 2, "activation": "tanh", "dropout": {"mask": [2, 0], "keep": 0.5}}, *SMALL["layers"]]},
    {"layers": [{"units": 2, "activation": "tanh", "dropout": {"mask": [1, 0]}}, *SMALL["layers"]]},
    {"layers": [{"units": 2, "activation": "tanh", "dropout": {"mask": [1, 0], "keep": 2}}, *SMALL["layers"]]},
    {"loss": {"kind": "binary_cross_entropy", "log_base": 3}},
    {"loss": "y1"},
    {"data": {"inputs": [[1]]}},
    {"data": {"inputs": [[1]], "targets": [[1]], "anchor": [[1]], "positive": [[2]], "negative": [[3]]}},
    {"regularization": {"kind": "l2"}},
    {"regularization": {"kind": "l3", "strength": 1}},
    {"regularization": {"kind": "l2", "strength": -1}},
    {"at": {}},
    {"at": {"lambda": "x"}},
    {"input_gradients": "yes"},
    {"training": {"momentum": 1}},
    {"training": {"beta1": "-1"}},
    {"training": {"batch": "half"}},
    {"training": {"clip_norm": 0}},
    {"training": {"state": {"velocity": [1]}}},
    {"training": {"state": {"stp": 1}}},
    {"graph": {"inputs": ["x"], "nodes": {"f": "x"}, "output": "f"}},
]
GRAPH = {"graph": {"inputs": ["x", "y"], "nodes": {"f": "x*y", "c": 2}, "output": "f"}}
RIGHT_GRAPHS = [
    {},
    {"title": "A graph", "numbers": {"decimals": 3}},
    {"at": {"x": 1, "y": "1/3"}, "training": {"learning_rate": 1, "optimizer": "momentum"}},
    {"graph": {**GRAPH["graph"], "parameters": ["x"]}, "training": {"state": {"step": 1}}},
]
WRONG_GRAPHS = [
    {"inputs": 1},
    {"layers": SMALL["layers"]},
    {"at": {}},
    {"graph": {}},
    {"graph": {**GRAPH["graph"], "inputs": []}},
    {"graph": {**GRAPH["graph"], "inputs": ["1x"]}},
    {"graph": {**GRAPH["graph"], "nodes": {"f-g": "x"}}},
    {"graph": {**GRAPH["graph"], "nodes": {}}},
    {"graph": {**GRAPH["graph"], "nodes": {"f": True}}},
    {"graph": {**GRAPH["graph"], "output": None}},
    {"graph": {**GRAPH["graph"], "colour": 1}},
]


@pytest.fixture(scope="module")
def validator():
    """A validator of the schema, which is itself valid."""
    Draft202012Validator.check_schema(json_schema())
    return Draft202012Validator(json_schema())


@pytest.mark.parametrize(
    "whole", [{**SMALL, **change} for change in RIGHT] + [{**GRAPH, **change} for change in RIGHT_GRAPHS], ids=str
)
def test_what_the_loader_accepts_the_schema_accepts(validator, whole):
    """Every way to write a value is in the schema."""
    load_text(json.dumps(whole), "q.json")
    assert list(validator.iter_errors(whole)) == []


@pytest.mark.parametrize(
    "whole", [{**SMALL, **change} for change in WRONG] + [{**GRAPH, **change} for change in WRONG_GRAPHS], ids=str
)
def test_what_the_schema_refuses_the_loader_refuses(validator, whole):
    """A wrong value is refused by both."""
    assert not validator.is_valid(whole)
    with pytest.raises(DescriptionError):
        load_text(json.dumps(whole), "q.json")


@pytest.mark.parametrize("key", SMALL)
def test_required_keys_are_required(validator, key):
    """Inputs, layers and a loss have to be given."""
    assert not validator.is_valid({name: value for name, value in SMALL.items() if name != key})


@pytest.mark.parametrize("key", GRAPH["graph"])
def test_required_keys_of_a_graph_are_required(validator, key):
    """Inputs, nodes and an output have to be given."""
    graph = {name: value for name, value in GRAPH["graph"].items() if name != key}
    assert not validator.is_valid({"graph": graph})


def test_the_starter_is_valid(validator):
    """The starter is a description for editors as well."""
    assert list(validator.iter_errors(yaml.safe_load(starter()))) == []


def test_every_key_is_described_and_every_name_listed():
    """An editor can explain each key and complete each name."""
    schema = json_schema()
    keys = {}
    for name, record in schema["$defs"].items():
        for option in (record, *record.get("anyOf", ())):
            keys |= {f"{name}.{key}": of for key, of in option.get("properties", {}).items()}
    assert len(keys) > 60
    assert [key for key, of in keys.items() if not of.get("description")] == []
    assert keys["Layer.activation"]["anyOf"][0]["enum"] == [*ACTIVATIONS, *ROW_ACTIVATIONS]
    assert keys["Loss.kind"]["anyOf"][0]["enum"] == list(LOSSES)
    assert keys["Penalty.kind"]["enum"] == list(REGULARIZERS)
    assert keys["Training.optimizer"]["enum"] == list(OPTIMIZERS)
