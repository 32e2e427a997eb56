"""From files, texts and mappings to a description, and nothing read as something else."""

import errno
import json
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from symnet.description import (
    Data,
    Description,
    Dropout,
    Graph,
    GraphDescription,
    Layer,
    LayerParameters,
    Loss,
    Penalty,
    StartState,
    Training,
    Weights,
    load,
    load_text,
)
from symnet.errors import DescriptionError

SMALL = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}


def test_a_whole_file_is_read(good):
    """Every key arrives as what it is meant to be, numbers exact and weights with units as rows."""
    description = load_text(good, "q.yaml")
    assert description.title == "A good one"
    assert [(layer.units, layer.activation, layer.bias) for layer in description.layers] == [
        (2, "relu", True),
        (1, "sigmoid", "shared"),
    ]
    assert [choice.kind for choice in description.loss] == ["squared_error", "binary_cross_entropy"]
    assert description.reduction == "sum"
    assert description.data.inputs == ((Fraction(3, 20), Fraction(1, 3)), (2, -1))
    assert description.data.targets == ((1,), (0,))
    assert description.parameters[0].weights[1] == (Fraction(3, 10), Fraction(1, 1000))
    assert description.parameters[1].weights == ((1, 2),)
    assert description.parameters[1].biases == (Fraction(3, 10),)
    assert (description.training.optimizer, description.training.learning_rate) == ("sgd", Fraction(1, 2))
    assert description.training.steps == 3
    assert (description.numbers.decimals, description.numbers.arithmetic) == (4, "exact")


@pytest.mark.parametrize(
    "title",
    [
        "no",
        "1:30",
        "010",
        "0x10",
        "1_000",
        "true",
        "2024-01-01",
        "=",
        "5",
        "1e3",
        ".inf",
        "off",
        "'null'",
        "y",
    ],
)
def test_a_title_is_never_taken_for_something_else(title):
    """What YAML readers turn into booleans, numbers or dates stays text in a title."""
    text = f"title: {title}\n" + "\n".join(f"{key}: {json.dumps(value)}" for key, value in SMALL.items())
    assert load_text(text, "q.yaml").title == title.strip("'")


@pytest.mark.parametrize(
    ("written", "bias"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("false", False),
        ("shared", "shared"),
        ("'shared'", "shared"),
    ],
)
def test_biases_are_read_from_the_words_of_yaml_1_2(written, bias):
    """True and false mean booleans, shared means shared."""
    text = f"inputs: 1\nlayers: [{{units: 1, activation: tanh, bias: {written}}}]\nloss: squared_error"
    assert load_text(text, "q.yaml").layers[0].bias is bias or bias == "shared"


def test_json_and_yaml_say_the_same(good):
    """One description is equal to another however it was written."""
    numbers = {"weights": [[0.1]], "biases": ["1/3"]}
    whole = {**SMALL, "parameters": [numbers]}
    described = load_text(json.dumps(whole), "q.json")
    assert described == load(whole) == load_text(json.dumps(whole, indent=2), "q.yaml")
    assert hash(described) == hash(load(whole))
    assert described.parameters[0].weights == ((Fraction(1, 10),),)
    assert described != load_text(good, "q.yaml")


def test_weights_may_be_given_the_other_way_round():
    """Rows of inputs and rows of units make the same description."""
    network = {**SMALL, "inputs": 2, "layers": [{"units": 3, "activation": "tanh", "bias": False}]}
    by_units = load({**network, "parameters": [{"weights": [[1, 2], [3, 4], [5, 6]]}]})
    by_inputs = load({**network, "parameters": [{"weights_from_to": [[1, 3, 5], [2, 4, 6]]}]})
    assert by_units == by_inputs
    assert by_inputs.problem(("parameters", 0, "weights", 2, 1), "", "").where == "parameters[1].weights_from_to[2][3]"


def test_a_description_can_be_made_in_python():
    """Keywords, nested mappings or records make a description; load leaves it as it is."""
    description = Description(inputs=1, layers=[Layer(units=1, activation="tanh")], loss="squared_error")
    assert load(description) is description
    assert description == load(MappingProxyType(SMALL))
    assert description.source_name == "description"
    with pytest.raises(DescriptionError, match=r"layers\[1\].units: found 1; expected at least 2"):
        Description(inputs=1, layers=[{"units": 1, "activation": "softmax"}], loss="squared_error")


def test_python_numbers_are_exact():
    """Floats as they print, fractions and SymPy's rationals as they are."""
    rows = [[0.15, Fraction(1, 3), sympy.Rational(1, 7), "2.50"]]
    description = load({**SMALL, "inputs": sympy.Integer(4), "data": {"inputs": rows, "targets": [[1]]}})
    assert description.data.inputs == ((Fraction(3, 20), Fraction(1, 3), Fraction(1, 7), Fraction(5, 2)),)


def test_a_later_stage_can_place_its_problems(good):
    """A problem of a value has the value's place, one of a missing key that of its surroundings."""
    description = load_text(good, "q.yaml")
    value = description.problem(("data", "targets", 1, 0), "0", "above 0")
    assert (value.where, value.line, value.column) == ("data.targets[2][1]", 10, 19)
    turned = description.problem(("parameters", 1, "weights", 0, 1), "2", "1")
    assert (turned.where, turned.line, turned.column) == ("parameters[2].weights_from_to[2][1]", 14, 29)
    missing = description.problem(("training", "optimizer"), "nothing", "sgd")
    assert (missing.where, missing.line, missing.column) == ("training.optimizer", 16, 11)
    alone = description.problem(("parameters", 1, "biases", 0), "1", "2")
    assert (alone.where, alone.line, alone.column) == ("parameters[2].biases", 15, 13)


def test_a_file_is_read_by_its_path(tmp_path, good):
    """A text or a path object names a file; a byte order mark does no harm."""
    path = tmp_path / "q.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())
    assert load(path) == load(str(path)) == load_text(good, "q.yaml")
    assert load(path).source_name == str(path)
    assert load(path).problem(("inputs",), "", "").line == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent.yaml", "No such file"),
        (".", "Is a directory"),
        ("a\0b", "null byte"),
        ("x" * 5000, "too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_error(tmp_path, monkeypatch, name, said):
    """What the system says is passed on, under the name of the file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DescriptionError, match=said) as caught:
        load(name)
    assert str(caught.value).isprintable()


def test_a_forbidden_file_is_a_clear_error(tmp_path, monkeypatch):
    """A file without permission to read is refused."""

    def forbidden(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    path = tmp_path / "q.yaml"
    path.touch()
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(DescriptionError, match="Permission denied"):
        load(path)


def test_text_that_is_not_utf8_is_refused_at_its_place():
    """Another encoding is refused at the first byte that shows it."""
    with pytest.raises(DescriptionError, match=r"q\.yaml:2:8: found the byte 0xe9; expected text in UTF-8"):
        load_text("inputs: 1\ntitle: \xe9".encode("latin-1") + b"t\xff", "q.yaml")


def test_a_device_without_end_is_read_up_to_the_limit():
    """Reading stops at the limit even if the size is not known."""
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("no such device here")
    with pytest.raises(DescriptionError, match="more than 2000000 bytes"):
        load(endless)


@given(st.text(alphabet=st.sampled_from("{}[]:,-\n \"'&*!|>#%@?<~0 1ax\t\\\u2028\x85\ud800\x00é"), max_size=60))
def test_any_text_is_a_description_or_a_clear_error(text):
    """No text leads to anything but a description or a DescriptionError, in YAML or in JSON."""
    for name in ("q.yaml", "q.json"):
        with pytest.raises(DescriptionError):
            load_text(text, name)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


GRAPH = {"inputs": ["x", "y"], "nodes": {"f": "x*y"}, "output": "f"}


def accepted_or_refused(whole):
    """Read a mapping, and the JSON of it; anything but a description or a clear error fails."""
    for read in (load, lambda mapping: load_text(json.dumps(mapping), "q.json")):
        try:
            description = read(whole)
        except DescriptionError as error:
            assert str(error)
        else:
            assert isinstance(description, Description | GraphDescription)


@given(st.sampled_from(sorted(Description.model_fields)), VALUES)
def test_any_value_at_any_key_is_accepted_or_a_clear_error(key, value):
    """A mapping with anything in it makes a description or a DescriptionError; so does its JSON."""
    accepted_or_refused({**SMALL, key: value})


@given(st.sampled_from(sorted(GraphDescription.model_fields)), VALUES)
def test_any_value_at_any_key_of_a_graph_is_accepted_or_a_clear_error(key, value):
    """The same for the description of a graph."""
    accepted_or_refused({"graph": GRAPH, key: value})


@given(st.data(), VALUES)
def test_any_value_within_a_record_is_accepted_or_a_clear_error(data, value):
    """The same for the keys within keys."""
    layer = {"units": 1, "activation": "tanh"}
    key, record, around = data.draw(
        st.sampled_from(
            [
                ("layers", Layer, lambda inner: [{**layer, **inner}]),
                ("layers", Dropout, lambda inner: [{**layer, "dropout": inner}, layer]),
                ("loss", Loss, lambda inner: {"kind": "hinge", **inner}),
                ("regularization", Penalty, lambda inner: {"kind": "l2", "strength": "lambda", **inner}),
                ("data", Data, lambda inner: {"inputs": [[1]], "targets": [[1]], **inner}),
                ("parameters", LayerParameters, lambda inner: [{"weights": [[1]], "biases": 1, **inner}]),
                ("parameters", Weights, lambda inner: [{"pieces": [inner]}]),
                ("training", Training, lambda inner: inner),
                ("training", StartState, lambda inner: {"optimizer": "adam", "state": inner}),
            ]
        )
    )
    inner = {data.draw(st.sampled_from(sorted(record.model_fields))): value}
    accepted_or_refused({**SMALL, key: around(inner)})


@given(st.sampled_from(sorted(Graph.model_fields)), VALUES)
@example("nodes", {"": 0})
def test_any_value_within_a_graph_is_accepted_or_a_clear_error(key, value):
    """The same for the keys of the graph itself."""
    accepted_or_refused({"graph": {**GRAPH, key: value}})


def test_no_samples_beside_a_training_are_refused():
    """Data without samples are what is wrong, whatever the training makes of their number."""
    description = {"inputs": 1, "layers": [{"units": 1, "activation": "relu"}], "loss": "squared_error"}
    with pytest.raises(DescriptionError) as caught:
        load({**description, "data": {}, "training": {"learning_rate": 1}})
    assert [problem.where for problem in caught.value.problems] == ["data.inputs", "data.targets"]


def test_an_unknown_key_of_what_is_drawn_is_a_clear_error():
    """A key that the record of one thing to draw does not have is named, though the things to draw have any names."""
    description = {"inputs": 1, "layers": [{"units": 1, "activation": "relu"}], "loss": "squared_error"}
    with pytest.raises(DescriptionError) as caught:
        load({**description, "variants": {"weights": {"choose": [1], "excludes": 1}}})
    (problem,) = caught.value.problems
    assert (problem.where, problem.hint) == ("variants.weights.excludes", 'Did you mean "exclude"?')
