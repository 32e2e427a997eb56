"""Random networks of every activation and loss against two second opinions: mpmath matrices and torch."""

import json

import mpmath
import pytest
from exercises import draw, luck, random_description
from mpmath import mpf
from reference import exactly, solve_by_hand
from sympy import Symbol, lambdify, parse_expr

import symnet
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.render.json import render_json

# Every loss after every activation, and every activation in the middle: once each, then by chance.
OUTPUTS = [(output, loss) for output in ACTIVATIONS for loss in LOSSES]
CAMPAIGN = 2000


def solved(spec):
    """Return the only part of a solved description."""
    (part,) = symnet.solve(spec).parts
    return part


def agrees_by_hand(spec):
    """Assert that every node, delta and gradient agrees with the reference to 22 digits."""
    evaluation = solved(spec).evaluation
    expected = solve_by_hand(spec, 45)
    compared = 0
    with mpmath.workdps(45):
        pairs = [(evaluation.loss, expected["loss"])]
        for sample, other in zip(evaluation.samples, expected["samples"], strict=True):
            pairs += [(sample.values[Symbol(name)], number) for name, number in other["nodes"].items()]
            pairs += [(sample.adjoints[Symbol(name)], number) for name, number in other["deltas"].items()]
        assert {symbol.name for symbol in evaluation.gradients} == set(expected["gradients"])
        pairs += [(evaluation.gradients[Symbol(name)], number) for name, number in expected["gradients"].items()]
        for found, number in pairs:
            # What is exactly 0 comes out of the reference as rounding noise.
            assert abs(found - number) <= abs(number) * mpf(10) ** -22 or (found == 0 and abs(number) < mpf(10) ** -40)
            compared += 1
    assert compared > len(evaluation.gradients)


def agrees_with_torch(torch, spec):
    """Assert that loss and gradients agree with torch autograd in float64 to 1e-12 of each tensor's largest entry."""
    functions = {
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "softmax": lambda z: torch.softmax(z, dim=1),
    }
    losses = {
        "squared_error": lambda a, y: ((a - y) ** 2).sum(1) / 2,
        "sum_squared_error": lambda a, y: ((a - y) ** 2).sum(1),
        "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(1),
        "binary_cross_entropy": lambda a, y: -(torch.xlogy(y, a) + torch.xlogy(1 - y, 1 - a)).sum(1),
        "categorical_cross_entropy": lambda a, y: -torch.xlogy(y, a).sum(1),
    }

    def tensor(rows, **more):
        return torch.tensor([[float(exactly(v)) for v in row] for row in rows], dtype=torch.float64, **more)

    values, leaves = tensor(spec["data"]["inputs"]), []
    for layer, given in zip(spec["layers"], spec["parameters"], strict=True):
        weights = tensor(given["weights"], requires_grad=True)
        values = values @ weights.T
        biases = None
        if layer["bias"] is not False:
            biases = tensor([given["biases"]], requires_grad=True)
            values = values + biases
        values = functions[layer["activation"]](values)
        leaves.append((weights, biases))
    each = losses[spec["loss"]](values, tensor(spec["data"]["targets"]))
    objective = each.mean() if spec["reduction"] == "mean" else each.sum()
    objective.backward()

    part = solved(spec)
    assert abs(float(part.evaluation.loss) - objective.item()) <= 1e-12 * max(abs(objective.item()), 1e-3)
    largest = max(float(leaf.grad.abs().max()) for pair in leaves for leaf in pair if leaf is not None)
    for layer, (weights, biases) in zip(part.network.layers, leaves, strict=True):
        found = [[float(part.evaluation.gradients[symbol]) for symbol in row] for row in layer.weights]
        pairs = [(found, weights.grad.tolist())]
        if biases is not None:
            pairs.append(
                ([[float(part.evaluation.gradients[symbol]) for symbol in layer.biases]], biases.grad.tolist())
            )
        for ours, theirs in pairs:
            for row, other in zip(ours, theirs, strict=True):
                assert row == pytest.approx(other, rel=1e-12, abs=1e-12 * largest)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_output_and_loss_by_hand(output, loss):
    """Each activation of the last layer under each loss agrees with matrices at 45 digits."""
    agrees_by_hand(draw(luck(f"{output} {loss}"), output=output, loss=loss))


@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_every_hidden_activation_by_hand(hidden, seed):
    """Each activation of the middle layers agrees with matrices at 45 digits."""
    agrees_by_hand(draw(luck(f"{hidden} {seed}"), hidden=hidden))


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_output_and_loss_with_torch(output, loss):
    """Each activation of the last layer under each loss agrees with torch float64."""
    torch = pytest.importorskip("torch")
    agrees_with_torch(torch, draw(luck(f"torch {output} {loss}"), output=output, loss=loss))


@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_full_size_with_torch(hidden):
    """A 4-8-8-3 network of several samples agrees with torch float64."""
    torch = pytest.importorskip("torch")
    chance = luck(hidden)
    for loss in ("binary_cross_entropy", "categorical_cross_entropy"):
        activations = [hidden, hidden, "softmax"]
        spec = random_description(chance, [4, 8, 8, 3], activations, loss, samples=3)
        agrees_with_torch(torch, spec)


def read_back(spec):
    """Assert that every gradient's plain texts, read by SymPy with numbers put in, have the gradient's value."""
    spec = spec | {"data": {key: rows[:1] for key, rows in spec["data"].items()}}
    (problem,) = json.loads(render_json(symnet.solve(spec)))["problems"]
    assert problem["gradients"]
    with mpmath.workdps(40):
        given = {f"x{n}": exactly(v) for n, v in enumerate(spec["data"]["inputs"][0], 1)}
        given |= {f"y{n}": exactly(v) for n, v in enumerate(spec["data"]["targets"][0], 1)}
        for number, entry in enumerate(spec["parameters"], 1):
            for unit, row in enumerate(entry["weights"], 1):
                given |= {f"w{number}_{unit}_{source}": exactly(v) for source, v in enumerate(row, 1)}
            shared = spec["layers"][number - 1]["bias"] == "shared"
            given |= {
                f"b{number}" if shared else f"b{number}_{n}": exactly(v) for n, v in enumerate(entry["biases"], 1)
            }
        nodes = {entry["id"]: mpf(entry["value"]) for entry in (*problem["nodes"], *problem["deltas"])}
        largest = max(abs(mpf(entry["value"])) for entry in problem["gradients"])
        for entry in problem["gradients"]:
            value = mpf(entry["value"])
            # Node values carry 20 digits each, of which a difference may lose a few.
            error = abs(number_at(entry["expression"], given | nodes) - value)
            assert error <= mpf(10) ** -15 * max(abs(value), largest, mpf(10) ** -10)
            if entry["expanded"] is not None:
                assert len(entry["expanded"]) <= 20_000
                found = number_at(entry["expanded"], given)
                assert abs(found - value) <= abs(value) * mpf(10) ** -19 or (value == 0 and abs(found) < mpf(10) ** -30)


def number_at(text, values):
    """Return the value of a text that SymPy reads, every name in it being one of ``values``."""
    expression = parse_expr(text)
    names = sorted(symbol.name for symbol in expression.free_symbols)
    assert set(names) <= set(values)
    return mpf(lambdify(names, expression, modules="mpmath")(*(values[name] for name in names)))


@pytest.mark.parametrize("seed", range(24))
def test_gradients_read_back(seed):
    """The plain text of every gradient, in node ids and expanded, has its value when SymPy reads it."""
    read_back(draw(luck(f"read {seed}"), widest=(2, 3, 2)))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_by_hand(seed):
    """Thousands of random networks agree with matrices at 45 digits."""
    agrees_by_hand(draw(luck(f"campaign {seed}")))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_with_torch(seed):
    """Thousands of random networks agree with torch float64."""
    torch = pytest.importorskip("torch")
    agrees_with_torch(torch, draw(luck(f"torch campaign {seed}")))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN // 4))
def test_campaign_read_back(seed):
    """The plain texts of hundreds of random networks read back to their values."""
    read_back(draw(luck(f"read campaign {seed}"), widest=(3, 3, 3, 2)))
