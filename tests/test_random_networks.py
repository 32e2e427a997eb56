"""Random networks over the whole catalog against two second opinions: mpmath from the definitions, and torch."""

import json
import re

import mpmath
import pytest
from exercises import BY_PARAMETER, Draws, draw, evaluation_of, luck, may_follow, part_of
from mpmath import mpf
from reference import (
    ACTIVATION_TEXTS,
    LOSS_TEXTS,
    exactly,
    objective_by_hand,
    parameters_of,
    samples_of,
    solve_by_hand,
    training_by_hand,
)
from sympy import Symbol, lambdify, parse_expr
from torch_reference import solve_with_torch, train_with_torch

import symnet
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.regularizers import REGULARIZERS
from symnet.render.json import render_json

# What is compared, and on how many digits they have to agree.
DIGITS, AGREED = 45, mpf(10) ** -22
# What is exactly 0 comes out of the reference as rounding noise.
NOISE = mpf(10) ** -40
# What float64 leaves of numbers near 1 that cancel, and the smallest gradient that is safely more than that.
FLOAT_NOISE, SMALLEST = 1e-15, 1e-4
ACTIVATION_NAMES = [*ACTIVATIONS, *ACTIVATION_TEXTS]
LOSS_NAMES = [*LOSSES, *LOSS_TEXTS]
OUTPUTS = [(output, loss) for output in ACTIVATION_NAMES for loss in LOSS_NAMES if may_follow(loss, output)]
# All campaigns together are 10,000 networks.
CAMPAIGN = 3000


def keyed(found, expected, default=None):
    """Return (name, found, expected) for each number of the reference."""
    found = {symbol.name: value for symbol, value in found.items()}
    if default is None:
        assert set(expected) <= set(found)
    return [(name, found.get(name, default), value) for name, value in expected.items()]


def numbers_at_start(spec, evaluation):
    """Return (name, found, expected) for every number before training."""
    expected = solve_by_hand(spec, DIGITS)
    compared = [("L", evaluation.loss, expected["loss"]), ("L_data", evaluation.data_loss, expected["data_loss"])]
    compared += keyed(evaluation.penalty, expected["penalty"])
    assert {symbol.name for symbol in evaluation.gradients} == set(expected["gradients"])
    compared += keyed(evaluation.gradients, expected["gradients"])
    for sample, other in zip(evaluation.samples, expected["samples"], strict=True):
        compared += keyed(sample.values, other["nodes"])
        # A node that the loss does not depend on has no adjoint.
        compared += keyed(sample.adjoints, other["deltas"], mpf(0))
        compared += keyed(sample.gradients, other["gradients"])
        wanted = spec.get("input_gradients", False)
        assert {symbol.name for symbol in sample.gradients} == {
            *other["gradients"],
            *(other["inputs"] if wanted else ()),
        }
        compared += keyed(sample.gradients, other["inputs"]) if wanted else []
    return compared


def numbers_of_training(spec, evaluation):
    """Return (name, found, expected) for every number of every training step."""
    compared = []
    for update, step in zip(evaluation.updates, training_by_hand(spec, DIGITS), strict=True):
        assert update.batch == step.batch
        compared += [("loss before", update.loss_before, step.loss_before), ("rate", update.rate, step.rate)]
        compared += [("loss after", update.loss_after, step.loss_after)]
        compared += keyed(update.gradients, step.gradients) + keyed(update.after, step.after)
        assert set(update.state) == set(step.state)
        for name, values in step.state.items():
            assert {symbol.name for symbol in update.state[name]} == set(values)
            compared += keyed(update.state[name], values)
        assert (update.clipped is None) == (step.clipped is None)
        compared += keyed(update.clipped, step.clipped) if step.clipped else []
    return compared


def agrees_by_hand(spec):
    """Assert that every number agrees with the reference to 22 digits."""
    evaluation = evaluation_of(spec)
    with mpmath.workdps(DIGITS):
        compared = numbers_at_start(spec, evaluation)
        if "training" in spec:
            assert len(evaluation.updates) == spec["training"]["steps"]
            compared += numbers_of_training(spec, evaluation)
        for name, found, expected in compared:
            close = abs(found - expected) <= abs(expected) * AGREED or (found == 0 and abs(expected) < NOISE)
            assert close, f"{name} is {found}, not {expected}"
        assert len(compared) > 2 * len(evaluation.gradients)


def trained(chance, optimizer=None, steps=3, **more):
    """Return the description of a random network with a random training."""
    draws = Draws(chance)
    spec = draws.description(**more)
    return spec | {"training": draws.training(spec, optimizer, steps)}


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_the_reference_against_differences(loss):
    """The reference's own gradients are differences of its own objective, so its chain rule is no third party."""
    spec = draw(luck(f"reference {loss}"), loss=loss, widest=(2, 3, 2))
    step = mpf(10) ** -30
    with mpmath.workdps(80):
        values, rows = parameters_of(spec), range(len(samples_of(spec)))
        gradients = objective_by_hand(spec, values, rows)["gradients"]
        for name, value in values.items():
            ends = [objective_by_hand(spec, values | {name: value + side}, rows)["loss"] for side in (step, -step)]
            assert abs((ends[0] - ends[1]) / (2 * step) - gradients[name]) < mpf(10) ** -40


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_output_and_loss_by_hand(output, loss):
    """Each activation of the last layer under each loss agrees with the definitions at 45 digits."""
    agrees_by_hand(draw(luck(f"{output} {loss}"), output=output, loss=loss, widest=(3, 4, 4, 3)))


@pytest.mark.everyday(9, every=False)
@pytest.mark.parametrize("hidden", ACTIVATION_NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_every_hidden_activation_by_hand(hidden, seed):
    """Each activation of the middle layers agrees with the definitions at 45 digits."""
    agrees_by_hand(draw(luck(f"{hidden} {seed}"), hidden=hidden))


@pytest.mark.everyday(5)
@pytest.mark.parametrize("kind", REGULARIZERS)
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("strength", ["0.3", ["0.1", "lambda", 0]])
def test_every_regularizer_by_hand(kind, biases, strength):
    """Each penalty, of weights or of all parameters, with one strength or one a layer, agrees with its definition."""
    draws = Draws(luck(f"{kind} {biases} {strength}"))
    spec = draws.of([2, 3, 2, 1], ["prelu", "maxout", "tanh"], "squared_error", samples=2)
    spec["regularization"] = [{"kind": kind, "strength": strength, "biases": biases}]
    spec["at"] = {"lambda": "0.7"}
    agrees_by_hand(spec if "lambda" in strength else {key: value for key, value in spec.items() if key != "at"})


@pytest.mark.everyday(6)
@pytest.mark.parametrize("optimizer", BY_PARAMETER)
@pytest.mark.parametrize("seed", range(5))
def test_every_optimizer_by_hand(optimizer, seed):
    """Each optimizer with random options, batches, clipping, decay and states agrees with its definition."""
    agrees_by_hand(trained(luck(f"{optimizer} {seed}"), optimizer, widest=(3, 3, 2), loss="squared_error"))


@pytest.mark.everyday(5)
@pytest.mark.parametrize("seed", range(20))
def test_anything_by_hand(seed):
    """Random networks with everything a description may have agree with the definitions at 45 digits."""
    agrees_by_hand(draw(luck(f"anything {seed}")))


def smooth(make, name, accept=lambda _spec, _evaluation: True):
    """Return a random description that meets no kink, where derivatives are a matter of convention, and its numbers."""
    for attempt in range(200):
        spec = make(luck(f"{name} {attempt}"))
        evaluation = evaluation_of(spec)
        if not evaluation.kinks and not evaluation.later_kinks and accept(spec, evaluation):
            return spec, evaluation
    raise AssertionError("every network was on a kink")


def well_conditioned(spec, evaluation):
    """Return whether no gradient is divided by itself that float64 might see as noise around 0."""
    divided = spec["training"]["optimizer"] not in {"sgd", "momentum", "ema_momentum", "nesterov"}
    smallest = min(abs(g) for update in evaluation.updates for g in update.gradients.values())
    return not divided or smallest > SMALLEST


def same(found, expected, largest):
    """Return whether numbers of float64 agree to 1e-12 of the largest of their kind."""
    return float(found) == pytest.approx(expected, rel=1e-12, abs=max(1e-12 * largest, FLOAT_NOISE))


def agrees_with_torch(torch, make, name):
    """Assert that loss and gradients agree with torch autograd in float64 to 1e-12 of each tensor's largest entry."""
    spec, evaluation = smooth(make, name)
    loss, tensors = solve_with_torch(torch, spec)
    assert same(evaluation.loss, loss, 1e-3)
    largest = max(max(map(abs, values.values())) for values in tensors)
    assert sum(map(len, tensors)) == len(evaluation.gradients)
    for values in tensors:
        for parameter, expected in values.items():
            assert same(evaluation.gradients[Symbol(parameter)], expected, largest)


def agrees_with_torch_optim(torch, make, name):
    """Assert that every training step agrees with torch.optim to 1e-12 of the largest parameter."""
    spec, evaluation = smooth(make, name, well_conditioned)
    steps = train_with_torch(torch, spec)
    for update, (loss, after) in zip(evaluation.updates, steps, strict=True):
        assert same(update.loss_before, loss, 1e-3)
        largest = max(map(abs, after.values()))
        for parameter, expected in after.items():
            assert same(update.after[Symbol(parameter)], expected, largest)


@pytest.mark.everyday(8, every=False)
@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_every_loss_with_torch(loss, seed):
    """Each loss after random activations agrees with torch float64."""
    torch = pytest.importorskip("torch")
    agrees_with_torch(torch, lambda chance: draw(chance, loss=loss), f"torch {loss} {seed}")


@pytest.mark.everyday(3)
@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_every_activation_with_torch(name):
    """Each activation, in the middle and at the end, agrees with torch float64."""
    torch = pytest.importorskip("torch")
    agrees_with_torch(torch, lambda chance: draw(chance, hidden=name, output=name), f"torch {name}")


@pytest.mark.everyday(1)
@pytest.mark.parametrize("hidden", ["tanh", "elu", "maxout", "prelu"])
def test_full_size_with_torch(hidden):
    """A 4-8-8-3 network of several samples agrees with torch float64."""
    torch = pytest.importorskip("torch")
    for loss in ("binary_cross_entropy", "categorical_cross_entropy"):
        agrees_with_torch(
            torch,
            lambda chance, loss=loss: Draws(chance).of([4, 8, 8, 3], [hidden, hidden, "softmax"], loss, samples=3),
            f"full {hidden} {loss}",
        )


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("optimizer", [name for name in BY_PARAMETER if name != "lion"])
@pytest.mark.parametrize("seed", range(2))
def test_every_optimizer_with_torch(optimizer, seed):
    """Each optimizer with random options agrees with torch.optim in float64 over several steps."""
    torch = pytest.importorskip("torch")
    agrees_with_torch_optim(
        torch,
        lambda chance: trained(chance, optimizer, 5, widest=(3, 3, 2), loss="sum_squared_error"),
        f"optim {optimizer} {seed}",
    )


def python_names(text):
    """Return a text whose names are such that Python allows."""
    dotted = re.sub(r"[A-Za-z]\w*(?:\.\w+)+", lambda name: name[0].replace(".", "__"), text)
    return re.sub(r"\blambda\b", "lambda_", dotted)


def number_at(text, values):
    """Return the value of a text that SymPy reads, every name in it being one of ``values``."""
    expression = parse_expr(python_names(text), {name: Symbol(name) for name in values})
    names = sorted(symbol.name for symbol in expression.free_symbols)
    assert set(names) <= set(values)
    return mpf(lambdify(names, expression, modules="mpmath")(*(values[name] for name in names)))


def given_numbers(spec):
    """Return the numbers of a description with one sample, by id."""
    ((rows, targets),) = samples_of(spec)
    given = parameters_of(spec) | {name: exactly(value) for name, value in spec.get("at", {}).items()}
    for branch, row in zip((".a", ".p", ".n") if len(rows) > 1 else ("",), rows, strict=True):
        given |= {f"x{n}{branch}": exactly(value) for n, value in enumerate(row, 1)}
    given |= {f"y{n}": exactly(value) for n, value in enumerate(targets, 1)}
    return {python_names(name): value for name, value in given.items()}


def read_back(spec):
    """Assert that every gradient's plain texts, read by SymPy with numbers put in, have the gradient's value."""
    spec = spec | {"data": {key: rows[:1] for key, rows in spec["data"].items()}}
    (problem,) = json.loads(render_json(symnet.solve(spec)))["problems"]
    assert problem["gradients"]
    with mpmath.workdps(40):
        given = given_numbers(spec)
        nodes = {python_names(entry["id"]): mpf(entry["value"]) for entry in (*problem["nodes"], *problem["deltas"])}
        largest = max(abs(mpf(entry["value"])) for entry in problem["gradients"])
        for entry in problem["gradients"]:
            value = mpf(entry["value"])
            # Node values carry 20 digits each, of which a difference may lose a few.
            error = abs(number_at(entry["expression"], given | nodes) - value)
            assert error <= mpf(10) ** -15 * max(abs(value), largest, mpf(10) ** -5)
            if entry["expanded"] is not None:
                assert len(entry["expanded"]) <= 20_000
                found = number_at(entry["expanded"], given)
                assert abs(found - value) <= abs(value) * mpf(10) ** -19 or (value == 0 and abs(found) < mpf(10) ** -30)


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("seed", range(2))
def test_gradients_read_back(loss, seed):
    """The plain text of every gradient, in node ids and expanded, has its value when SymPy reads it."""
    read_back(draw(luck(f"read {loss} {seed}"), widest=(2, 3, 2), loss=loss))


@pytest.mark.parametrize("seed", range(5))
def test_random_networks_pass_their_own_check(seed):
    """What is right by the reference is not refused by the checks that every derivation has to pass."""
    report = part_of(draw(luck(f"check {seed}"), widest=(3, 4, 3))).report
    assert report.passed
    assert all(check.comparisons for check in report.checks)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_by_hand(seed):
    """Thousands of random networks agree with the definitions at 45 digits."""
    agrees_by_hand(draw(luck(f"campaign {seed}")))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_of_training_by_hand(seed):
    """Thousands of random trainings agree with the definitions at 45 digits."""
    loss = luck(f"loss {seed}").choice([name for name in LOSS_NAMES if "cross_entropy" not in name])
    agrees_by_hand(trained(luck(f"trained {seed}"), widest=(3, 4, 3), loss=loss))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_with_torch(seed):
    """Thousands of random networks agree with torch float64."""
    torch = pytest.importorskip("torch")
    agrees_with_torch(torch, draw, f"torch campaign {seed}")


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN // 6))
def test_campaign_with_torch_optim(seed):
    """Hundreds of random trainings agree with torch.optim."""
    torch = pytest.importorskip("torch")
    agrees_with_torch_optim(
        torch,
        lambda chance: trained(chance, widest=(3, 3, 2), loss="sum_squared_error"),
        f"optim campaign {seed}",
    )


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN // 6))
def test_campaign_read_back(seed):
    """The plain texts of hundreds of random networks read back to their values."""
    read_back(draw(luck(f"read campaign {seed}"), widest=(3, 3, 3, 2)))
