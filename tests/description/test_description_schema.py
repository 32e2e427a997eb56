"""The JSON Schema accepts what the loader accepts, and refuses what is plainly wrong."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.description import json_schema, load_text, starter
from symnet.errors import DescriptionError

SMALL = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
RIGHT = [
    {},
    {"title": 5, "notation": "standard", "reduction": "sum"},
    {"loss": {"kind": "squared_error"}},
    {"loss": ["squared_error", {"kind": "binary_cross_entropy"}]},
    {"layers": [{"units": "1", "activation": "tanh", "bias": "shared"}]},
    {"data": {"inputs": [["1/3"]], "targets": [[0.5]]}},
    {"parameters": [{"weights": [[".5"]], "biases": [1e-3]}]},
    {"parameters": [{"weights_from_to": [[1]], "biases": "1/3"}]},
    {"training": {"learning_rate": "1/2"}},
    {"training": {"learning_rate": 0.5, "optimizer": "sgd", "steps": 10}},
    {"numbers": {"decimals": 12, "arithmetic": "exact"}},
]
WRONG = [
    {"inputs": 0},
    {"inputs": "two"},
    {"inputs": None},
    {"colour": 1},
    {"title": None},
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
    {"numbers": {"arithmetic": "paper"}},
]


@pytest.fixture(scope="module")
def validator():
    """A validator of the schema, which is itself valid."""
    Draft202012Validator.check_schema(json_schema())
    return Draft202012Validator(json_schema())


@pytest.mark.parametrize("change", RIGHT, ids=str)
def test_what_the_loader_accepts_the_schema_accepts(validator, change):
    """Every way to write a value is in the schema."""
    load_text(json.dumps({**SMALL, **change}), "q.json")
    assert list(validator.iter_errors({**SMALL, **change})) == []


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_what_the_schema_refuses_the_loader_refuses(validator, change):
    """A wrong value is refused by both."""
    assert not validator.is_valid({**SMALL, **change})
    with pytest.raises(DescriptionError):
        load_text(json.dumps({**SMALL, **change}), "q.json")


@pytest.mark.parametrize("key", SMALL)
def test_required_keys_are_required(validator, key):
    """Inputs, layers and a loss have to be given."""
    assert not validator.is_valid({name: value for name, value in SMALL.items() if name != key})


def test_the_starter_is_valid(validator):
    """The starter is a description for editors as well."""
    assert list(validator.iter_errors(yaml.safe_load(starter()))) == []


def test_every_key_is_described_and_every_name_listed():
    """An editor can explain each key and complete each name."""
    schema = json_schema()
    keys = dict(schema["properties"])
    for name, record in schema["$defs"].items():
        for option in (record, *record.get("anyOf", ())):
            keys |= {f"{name}.{key}": of for key, of in option.get("properties", {}).items()}
    assert len(keys) > 20
    assert [key for key, of in keys.items() if not of.get("description")] == []
    assert keys["Layer.activation"]["enum"] == list(ACTIVATIONS)
    assert keys["LossChoice.kind"]["enum"] == list(LOSSES)
