"""Other names for what a description can name: the name that is meant comes first, and case does not matter."""

import pytest
from sympy import Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description import json_schema, load, load_text
from symnet.description.aliases import ACTIVATION_EXPRESSIONS, ALIASES
from symnet.errors import DescriptionError

GOOD = """\
inputs: 2
layers:
  - {units: 2, activation: relu}
  - {units: 1, activation: sigmoid}
loss: squared_error
reduction: mean
training: {optimizer: sgd, learning_rate: 0.1, steps: 2, batch: full}
numbers: {decimals: 4, arithmetic: paper}
regularization: {kind: l2, strength: 0.1}
"""
# What is written instead of what, and what is suggested.
SUGGESTED = {
    "mse": ("loss: squared_error", "loss: mse", "mean_squared_error"),
    "MSE": ("loss: squared_error", "loss: MSE", "mean_squared_error"),
    "SSE": ("loss: squared_error", "loss: SSE", "sum_squared_error"),
    "l2_loss": ("loss: squared_error", "loss: l2_loss", "squared_error"),
    "BCE": ("loss: squared_error", "loss: BCE", "binary_cross_entropy"),
    "log-loss": ("loss: squared_error", "loss: log-loss", "binary_cross_entropy"),
    "CCE": ("loss: squared_error", "loss: CCE", "categorical_cross_entropy"),
    "cross_entropy": ("loss: squared_error", "loss: cross_entropy", "binary_cross_entropy"),
    "NLL in a list": ("loss: squared_error", "loss: [squared_error, {kind: NLL}]", "binary_cross_entropy"),
    "no_activation": ("activation: relu", "activation: no_activation", "identity"),
    "logistic": ("activation: relu", "activation: Logistic", "sigmoid"),
    "Leaky-ReLU": ("activation: relu", "activation: Leaky-ReLU", "leaky_relu"),
    "gradient descent": ("optimizer: sgd", "optimizer: gradient descent", "sgd"),
    "NAG": ("optimizer: sgd", "optimizer: NAG", "nesterov"),
    "ridge": ("kind: l2", "kind: ridge", "l2"),
    "average": ("reduction: mean", "reduction: Average", "mean"),
    "lr": ("learning_rate: 0.1", "lr: 0.1", "learning_rate"),
    "eta": ("learning_rate: 0.1", "eta: 0.1", "learning_rate"),
    "learning-rate": ("learning_rate: 0.1", "learning-rate: 0.1", "learning_rate"),
    "epochs": ("steps: 2", "epochs: 2", "steps"),
    "batch_size": ("batch: full", "batch_size: 1", "batch"),
    "hidden": ("{units: 2", "{hidden: 2", "units"),
    "neurons": ("{units: 2", "{Neurons: 2", "units"),
    "nodes": ("{units: 2", "{nodes: 2", "units"),
    "cost": ("loss: squared_error", "cost: squared_error", "loss"),
    "lambda": ("strength: 0.1", "lambda: 0.1", "strength"),
    "digits": ("decimals: 4", "digits: 4", "decimals"),
}


def hints(text):
    """Return what is said to do about each problem of a description."""
    with pytest.raises(DescriptionError) as caught:
        load_text(text, "q.yaml")
    return [problem.hint for problem in caught.value.problems]


@pytest.mark.parametrize(("old", "new", "meant"), SUGGESTED.values(), ids=SUGGESTED)
def test_the_name_that_is_meant_is_suggested(old, new, meant):
    """Another name for the same thing gives one problem, which asks for the name that it has here."""
    assert GOOD.count(old) == 1
    assert hints(GOOD.replace(old, new)) == [f'Did you mean "{meant}"?']


@pytest.mark.parametrize("name", ["cross_entropy", "CrossEntropyLoss", "nll", "xent"])
def test_a_cross_entropy_goes_with_the_output(name):
    """After a softmax the categorical cross-entropy is meant, after anything else the binary one."""
    text = GOOD.replace("loss: squared_error", f"loss: {name}")
    assert hints(text) == ['Did you mean "binary_cross_entropy"?']
    softmax = text.replace("units: 1, activation: sigmoid", "units: 2, activation: softmax")
    assert hints(softmax) == ['Did you mean "categorical_cross_entropy"?']


def test_without_a_last_layer_both_cross_entropies_may_be_meant():
    """Where the layers cannot be read, both are named."""
    text = GOOD.replace("loss: squared_error", "loss: cross_entropy").replace("relu", "rleu")
    assert 'Did you mean "binary_cross_entropy" or "categorical_cross_entropy"?' in hints(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sigmoid", "Sigmoid"),
        ("relu", "ReLU"),
        ("relu", "TANH"),
        ("loss: squared_error", "loss: Squared_Error"),
        ("sgd", "SGD"),
        ("kind: l2", "kind: L2"),
        ("reduction: mean", "reduction: Mean"),
        ("batch: full", "batch: FULL"),
        ("arithmetic: paper", "arithmetic: Paper"),
        ("inputs: 2", "inputs: 2\nnotation: Bishop"),
    ],
)
def test_case_does_not_matter(old, new):
    """A name in other letters of the same is that name, in the record too."""
    assert GOOD.count(old) == 1
    wanted = load_text(GOOD.replace(old, new.lower()), "q.yaml")
    found = load_text(GOOD.replace(old, new), "q.yaml")
    assert found == wanted
    assert found != load_text(GOOD.replace(old, new).replace("inputs: 2", "inputs: 3"), "q.yaml")


def test_case_matters_in_expressions():
    """Names of a graph's inputs differ by case, since an expression may hold both."""
    graph = {"inputs": ["w", "W"], "nodes": {"f": "w*W^2"}, "output": "f"}
    assert set(load({"graph": graph}).graph.inputs) == {"w", "W"}
    with pytest.raises(DescriptionError, match="activation: found"):
        load_text(GOOD.replace("relu", "Z*sigmoid(Z)"), "q.yaml")


@pytest.mark.parametrize("name", sorted(ACTIVATION_EXPRESSIONS))
def test_an_activation_without_a_name_is_shown_as_an_expression(name):
    """What is suggested for an activation that has no name here can be put in its place."""
    assert name not in ACTIVATIONS
    (hint,) = hints(GOOD.replace("relu", name))
    shown = hint.removeprefix("Write it as an expression: ").removesuffix(".")
    assert load_text(GOOD.replace("relu", f'"{shown}"'), "q.yaml").layers[0].formula.free_symbols == {Symbol("z")}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("lr: 0.1", 'Did you mean "learning_rate", under training?'),
        ("optimizer: adam", 'Did you mean "optimizer", under training?'),
        ("units: 3", 'Did you mean "units", under layers?'),
        ("decimals: 3", 'Did you mean "decimals", under numbers?'),
    ],
)
def test_a_key_in_the_wrong_place_is_sent_to_its_own(line, hint):
    """A key that belongs under another one is told so, by whichever of its names."""
    assert hints(f"{GOOD}{line}\n") == [hint]


def test_a_key_that_belongs_to_the_top_is_sent_there():
    """A penalty in the training, and a loss in a layer, belong to the top of the file."""
    assert hints(GOOD.replace("steps: 2", "penalty: 2")) == ['Did you mean "regularization", at the top of the file?']
    assert hints(GOOD.replace("{units: 2", "{loss: hinge, units: 2")) == [
        'Did you mean "loss", at the top of the file?'
    ]


def test_no_alias_hides_a_name():
    """Every alias stands for names that there are, and no name of a table is an alias for another one of that table."""
    records = json_schema()["$defs"]
    keys = {key for record in records.values() for key in record.get("properties", {})} | {"kind", "margin", "log_base"}
    tables = [set(table) for table in (ACTIVATIONS, LOSSES, OPTIMIZERS, REGULARIZERS)]
    words = {"mean", "sum", "paper", "exact", "comma", "point", "half_up", "half_even"}
    known = keys.union(words, *tables)
    assert len(ALIASES) > 150
    for alias, names in ALIASES.items():
        assert set(names) <= known, alias
        assert alias == alias.lower()
        for table in tables:
            assert alias not in table or not table & set(names), alias
