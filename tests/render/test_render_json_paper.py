"""Arithmetic as on paper in JSON: values stay exact, and beside each stands what it is on paper."""

import json

import pytest
from exercises import Draws, luck

import symnet
from symnet.render.json import render_json


def problem(spec, **numbers):
    """Return the first loss of a description in JSON."""
    return json.loads(render_json(symnet.solve({**spec, "numbers": numbers})))["problems"][0]


@pytest.fixture(scope="module")
def spec():
    """A description with all that has numbers: samples, a penalty, derivatives by inputs, training."""
    draws = Draws(luck("json"), digits=2)
    found = draws.of([2, 2, 1], ["tanh", "sigmoid"], "squared_error", samples=2, input_gradients=True)
    found |= {"regularization": [{"kind": "l2", "strength": "0.1"}]}
    return found | {"training": {"optimizer": "momentum", "learning_rate": "0.1", "steps": 2, "clip_value": "0.01"}}


@pytest.fixture(scope="module")
def exact(spec):
    """Its numbers in exact arithmetic."""
    return problem(spec, decimals=3)


@pytest.fixture(scope="module")
def paper(spec):
    """Its numbers in arithmetic as on paper."""
    return problem(spec, decimals=3, arithmetic="paper")


def without(part, keys):
    """Return JSON without some keys."""
    if isinstance(part, dict):
        return {key: without(value, keys) for key, value in part.items() if key not in keys}
    return [without(one, keys) for one in part] if isinstance(part, list) else part


def test_all_else_stays_as_it_is(exact, paper):
    """But for the added keys, nothing depends on the arithmetic: values are never rounded for show."""
    assert without(paper, {"paper", "sample_papers", "loss_paper"}) == exact


@pytest.mark.parametrize("key", ["nodes", "deltas"])
def test_every_value_has_its_paper(paper, key):
    """Each node and each delta has its value on paper, which has few digits and is close."""
    assert len(paper[key]) > 5
    for entry in paper[key]:
        assert len(entry["paper"]) < 12
        assert float(entry["paper"]) == pytest.approx(float(entry["value"]), abs=0.01)


def test_gradients_on_paper(paper):
    """The derivative of the objective has its value on paper, and so has that of each sample."""
    parameters = [entry for entry in paper["gradients"] if "sample_values" in entry]
    assert len(parameters) > 5
    for entry in parameters:
        assert float(entry["paper"]) == pytest.approx(float(entry["value"]), abs=0.01)
        assert len(entry["sample_papers"]) == len(entry["sample_values"]) == 2


def test_updates_on_paper(paper):
    """Each update has all its numbers on paper once more, and goes on from those."""
    updates = {(entry["step"], entry["parameter"]): entry for entry in paper["updates"]}
    assert len(updates) == 2 * len([entry for entry in paper["gradients"] if "sample_values" in entry])
    for (step, parameter), entry in updates.items():
        assert entry["paper"].keys() == entry.keys() - {"step", "parameter", "paper"}
        if step == 2:
            assert entry["paper"]["before"] == updates[1, parameter]["paper"]["after"]


def test_losses_on_paper(paper):
    """The loss and each step have their numbers on paper."""
    assert float(paper["loss_paper"]) == pytest.approx(float(paper["loss_value"]), abs=0.01)
    first, second = paper["steps"]
    assert first["paper"]["loss_before"] == paper["loss_paper"]
    assert second["paper"]["loss_before"] == first["paper"]["loss_after"]


def test_exact_arithmetic_has_no_such_keys(exact):
    """Without being asked for, nothing is said of paper."""
    assert "paper" not in json.dumps(exact)
