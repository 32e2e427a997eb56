"""The benchmark compares like with like, and prints what it says it prints."""

import json
import os
import random
import shutil
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from sympy import Rational

import symnet
from symnet.description import load
from symnet.pipeline import networks

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def network(*layers, loss):
    """Return a description with two inputs and these layers."""
    return {"inputs": 2, "layers": [{"units": units, "activation": name} for units, name in layers], "loss": loss}


@pytest.fixture
def peers(monkeypatch):
    """The benchmark's module of SymPy's methods."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    import peers

    return peers


def numbers_for(parameters, outputs):
    """Return random numbers at which no pre-activation is on a kink; the targets sum to 1."""
    chance = random.Random(7)  # noqa: S311 (not cryptography)
    names = [f"x{number}" for number in (1, 2)] + [symbol.name for symbol in parameters]
    numbers = {name: Rational(chance.randint(-90, 90), 100) for name in names}
    shares = [Rational(1, 3), Rational(2, 3)] if outputs == 2 else [Rational(1, 3)]
    return numbers | {f"y{number}": share for number, share in enumerate(shares, 1)}


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    "description",
    [
        network((1, "relu"), (1, "sigmoid"), loss="binary_cross_entropy"),
        network((2, "tanh"), (1, "sigmoid"), loss="squared_error"),
        network((2, "sigmoid"), (2, "softmax"), loss="categorical_cross_entropy"),
    ],
)
def test_the_peers_gradients_equal_symnets(peers, description):
    """All methods compute the same thing, to 25 digits."""
    _, parameters = peers.composed_loss(description)
    numbers = numbers_for(parameters, description["layers"][-1]["units"])
    work = symnet.solve(description)
    assert [derivative.parameter for derivative in work] == [symbol.name for symbol in parameters]
    simplified = [peers.by_simplify] if len(parameters) < 6 else []
    for method in [peers.by_diff, peers.by_cse, *simplified]:
        pairs = method(description)
        # The definitions of cse come before the gradients, and later ones use earlier ones.
        known = dict(numbers)
        for part, expression in pairs[: -len(parameters)]:
            known[part] = expression.subs(known).evalf(30)
        for parameter, expression in pairs[-len(parameters) :]:
            expected = work[parameter.name].expanded.subs(numbers).evalf(30)
            assert expected.is_real
            assert abs(expression.subs(known).evalf(30) - expected) < 1e-25, (method.__name__, parameter)


@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
def test_maxima_differentiates_the_same_loss(peers):
    """What Maxima is timed at is each gradient of the loss that SymPy differentiates."""
    import systems

    loss, parameters = peers.composed_loss(network((1, "tanh"), (1, "sigmoid"), loss="squared_error"))
    numbers = numbers_for(parameters, 1)
    known = ",".join(f"{name}={number}" for name, number in numbers.items())
    program = systems.derivation(systems.MAXIMA, loss, parameters)
    asked = "".join(f"print(float(subst([{known}],grad{place})))$\n" for place, _ in enumerate(parameters))
    _, printed = systems.run(systems.MAXIMA.command, program + asked)
    expected = [float(loss.diff(symbol).subs(numbers)) for symbol in parameters]
    assert [float(line) for line in printed.split()] == pytest.approx(expected)


def test_the_latex_counted_for_symnet_holds_every_gradient(peers):
    """Nothing is left out to look shorter: forward equations, cited deltas and gradients all count."""
    part = peers.by_symnet(peers.TINY)
    latex = peers.symnet_latex(part)
    assert len(latex.splitlines()) >= len(part.network.nodes) + len(part.network.parameters)


@pytest.mark.campaign
def test_the_quick_benchmark_prints_ratios_targets_and_versions():
    """The keys of the JSON, the targets, and verdicts that follow from the ratios."""
    command = [sys.executable, BENCHMARKS / "cost.py", "--quick", "--json", "--against", BENCHMARKS.parent]
    # Its modules are found even where PYTHONSAFEPATH keeps the script's own folder off the path.
    environment = os.environ | {"PYTHONPATH": str(BENCHMARKS)}
    done = subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment)
    report = json.loads(done.stdout)
    assert report.keys() == {
        "python",
        "sympy",
        "time_limit",
        "processes",
        "per_parameter",
        "graphs",
        "marking",
        "compared",
        "peers",
    }
    kinds = ("processes", "per_parameter", "graphs", "marking", "compared")
    for row in (row for kind in kinds for row in report[kind]):
        assert row["ratio"] > 0
        assert row["met"] == (row["ratio"] <= row["target"])
    assert [row["target"] for row in report["processes"]] == [1.5, 0.2]
    assert {row["target"] for row in report["per_parameter"]} == {1.3}
    assert [(row["target"], len(row["relative"])) for row in report["graphs"]] == [(10, 2)]
    assert [row["target"] for row in report["compared"]] == [0.7]
    methods = [row["method"] for row in report["peers"]]
    assert methods[:3] == ["diff", "diff + cse", "diff + simplify"]
    assert set(methods[3:]) <= {"symengine", "Maxima", "Giac"}
    for row in report["peers"]:
        assert row.keys() == {"network", "method", "over_the_limit", "gradients", "with_latex", "latex_length"}


def test_every_case_that_is_compared_can_be_run(monkeypatch):
    """Each row that is compared has a case, and the networks have as many parameters as it says."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    import cost
    import evaluating

    assert set(cost.COMPARED) == set(evaluating.CASES)
    for size, shape in evaluating.SHAPES.items():
        assert sum((before + 1) * after for before, after in pairwise(shape)) == size
    assert evaluating.exercise((3, 3, 2))["layers"][1] == {"units": 2, "activation": "softmax"}
    assert evaluating.CASES["evaluate 20"]()().digits > 20


@pytest.mark.campaign
def test_a_checkout_writes_the_same_as_itself():
    """The tool that compares the JSON of two checkouts finds no difference between one and itself, and says so."""
    command = [sys.executable, BENCHMARKS / "same.py", "--against", BENCHMARKS.parent, "--count", "2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.endswith("0 differ\n")


def test_every_graph_of_arrays_has_as_many_scalars_as_it_says(monkeypatch):
    """Each graph can be read, and has nearly as many scalars as are asked for; never more."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    kinds = import_module("graphs").KINDS
    for name, graph in kinds.items():
        network = next(networks(load(graph(400))))
        scalars = len({*network.nodes, *network.leaves, *network.inputs})
        assert 200 <= scalars <= 400, (name, scalars)
