"""A sigmoid or a softmax right before its cross-entropy: output minus target, for whole arrays."""

import pytest

import symnet
from symnet.arrays.text import array_text

INPUTS = {"X": [3, 2], "W": [2, 2], "T": [3, 2]}
ONE_HOT = {"X": [[1, 2], [3, 4], [5, 6]], "W": [[1, 0], [0, 1]], "T": [[1, 0], [0, 1], [1, 0]]}
NOT_WHOLE = {**ONE_HOT, "T": [[1, 1], [0, 1], [1, 0]]}


def derived(activation, loss, at=None):
    """Return the derivative with respect to the scores of a graph, and what it comes to where that is shorter."""
    nodes = {"Z": "X @ W", "A": activation, "L": loss}
    graph = {"inputs": INPUTS, "parameters": ["W"], "nodes": nodes, "output": "L"}
    work = symnet.solve({"graph": graph, **({} if at is None else {"at": at})})
    found = work.parts[0].gradient.arrays["Z"]
    return array_text(found.tree), None if found.short is None else array_text(found.short), work


@pytest.mark.parametrize(
    ("activation", "loss", "at", "short"),
    [
        ("sigmoid(Z)", "-sum(T*ln(A) + (1 - T)*ln(1 - A))", None, "A - T"),
        ("softmax(Z)", "-sum(T*ln(A))", ONE_HOT, "A - T"),
        ("softmax(Z)", "-sum(T*ln(A))/3", ONE_HOT, "1/3*(A - T)"),
        ("softmax(Z)", "-mean(sum(T*ln(A), axis=1))", ONE_HOT, "1/3*(A - T)"),
        ("log_softmax(Z)", "-sum(T*A)", ONE_HOT, None),
        ("tanh(Z)", "sum((A - T)^2)/2", None, None),
        ("sigmoid(Z)", "sum((A - T)^2)/2", None, None),
    ],
)
def test_output_minus_target(activation, loss, at, short):
    """Where the two are shorter together the derivative is in values alone; elsewhere it cites the next one."""
    cited, found, _ = derived(activation, loss, at)
    assert "dL_dA" in cited or activation.startswith("log")
    assert found == short


@pytest.mark.parametrize("at", [None, NOT_WHOLE], ids=["symbols", "other targets"])
def test_targets_that_do_not_sum_to_one_are_kept(at):
    """Output minus target is not said where the targets may sum to something else."""
    _, found, work = derived("softmax(Z)", "-sum(T*ln(A))", at)
    assert found is not None
    assert "sum(T" in found
    assert not work.parts[0].gradient.arrays["Z"].by_wholes


def test_answers_may_use_that_targets_sum_to_one():
    """Where a sheet says output minus target, an answer may."""
    *_, work = derived("softmax(Z)", "-sum(T*ln(A))/3", ONE_HOT)
    verdicts = {right: verdict_of(work, right) for right in ("(A - T)/3", "(T - A)/3", "A - T")}
    assert verdicts == {"(A - T)/3": {"right"}, "(T - A)/3": {"wrong"}, "A - T": {"wrong"}}


def verdict_of(work, right):
    """Return the verdicts on the entries of an answer."""
    answers = symnet.check(work, {"dL/dZ": right}).answers
    return {one.verdict.value for one in answers if one.id.startswith("dL/dZ")}


def test_layers_of_arrays_say_it_too():
    """A network whose layers are worked out in arrays has the same delta as one that is not."""
    layers = [
        {"units": 2, "activation": "tanh", "name": "a"},
        {"units": 3, "activation": "softmax", "from": ["a", "inputs"]},
    ]
    work = symnet.solve({"inputs": 2, "layers": layers, "loss": "categorical_cross_entropy"})
    found = work.parts[0].gradient.arrays["z2"]
    assert array_text(found.final) == "a2 - y"
    assert found.by_wholes
