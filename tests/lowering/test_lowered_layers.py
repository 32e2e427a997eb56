"""Layers that are worked out in arrays: values and derivatives, held against torch."""

import random

import pytest
from lowered_reference import TorchLayers

from symnet.pipeline import solve


@pytest.fixture(scope="session")
def torch():
    """Return torch, with which results are compared."""
    return pytest.importorskip("torch")


class Numbers:
    """Random numbers with one decimal."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 - not cryptography

    def array(self, *shape):
        """Return nested lists."""
        return [self.array(*shape[1:]) for _ in range(shape[0])] if shape else self.chance.randint(-15, 15) / 10

    def data(self, samples, inputs, targets):
        """Return samples."""
        return {"inputs": self.array(samples, inputs), "targets": self.array(samples, targets)}

    def dense(self, units, sources):
        """Return the parameters of a dense layer."""
        return {"weights": self.array(units, sources), "biases": self.array(units)}


def joined(numbers):
    """Return layers fed by earlier ones, the inputs once more, and a residual sum."""
    samples, units = numbers.chance.randint(1, 3), numbers.chance.randint(2, 3)
    return {
        "inputs": 2,
        "layers": [
            {"name": "first", "units": units, "activation": "tanh"},
            {"name": "second", "units": units, "activation": numbers.chance.choice(["sigmoid", "softplus"])},
            {"units": 2, "activation": "elu", "from": ["second", "inputs"], "name": "third"},
            {"add": ["third", "inputs"], "activation": numbers.chance.choice(["tanh", "identity"])},
            {"units": 2, "activation": "sigmoid"},
        ],
        "loss": numbers.chance.choice(["squared_error", "mean_squared_error"]),
        "reduction": numbers.chance.choice(["mean", "sum"]),
        "data": numbers.data(samples, 2, 2),
        "parameters": [
            numbers.dense(units, 2),
            numbers.dense(units, units),
            numbers.dense(2, units + 2),
            {},
            numbers.dense(2, 2),
        ],
    }


def tied(numbers):
    """Return an autoencoder with the same weights on both sides."""
    return {
        "inputs": 3,
        "layers": [
            {"name": "encoder", "units": 2, "activation": "tanh"},
            {"units": 3, "tied": {"layer": "encoder", "transposed": True}},
        ],
        "loss": "squared_error",
        "data": numbers.data(numbers.chance.randint(1, 2), 3, 3),
        "parameters": [numbers.dense(2, 3), {"biases": numbers.array(3)}],
    }


KINDS = {"joined": joined, "tied": tied}


@pytest.mark.everyday(4)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(60))
def test_derivatives_are_those_of_torch(torch, kind, seed):
    """The loss and the derivative with respect to every parameter are what torch finds in float64."""
    spec = KINDS[kind](Numbers(f"{kind}{seed}"))
    evaluation = solve(spec).parts[0].evaluation
    loss, gradients = TorchLayers(torch, spec).gradients()
    found = {symbol.name: float(value) for symbol, value in evaluation.gradients.items()}
    assert float(evaluation.loss) == pytest.approx(loss, rel=1e-10, abs=1e-10)
    assert found == pytest.approx(gradients, rel=1e-10, abs=1e-10)
