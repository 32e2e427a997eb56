"""What is true of an exercise: points in the domain, true values at them, and what can be asked in which order."""

import functools

import mpmath
import pytest
from exercises import ROOT, solved
from sympy import Symbol

from symnet import pipeline
from symnet.algebra.nodes import SAMPLES, SampleSum
from symnet.errors import NoPointError
from symnet.marking.compare import Agreement, Pair, compared, known_at
from symnet.marking.records import TargetKind
from symnet.marking.truth import DIGITS, FEWEST, FINER, Truth
from symnet.network.graph import NodeKind
from symnet.numerics.direct import numeric

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
RELU = {
    "inputs": 2,
    "layers": [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "relu"}],
    "loss": "squared_error",
}


@functools.cache
def truths_of(name):
    """Return what is true of each part of an example."""
    worked = solved(ROOT / "examples" / f"{name}.yaml")
    return tuple(Truth(worked, part) for part in worked.parts)


def truth_of(description):
    """Return what is true of the only part of a description."""
    worked = pipeline.solve(description)
    return Truth(worked, worked.parts[0])


@pytest.mark.everyday(5)
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_target_is_equal_to_has_its_value(name):
    """At every point the expression of a target has the target's own value, at both precisions."""
    for truth in truths_of(name):
        assert len(truth.points) >= FEWEST >= 12
        for target in truth.targets:
            expression, keys = truth.expression(target), truth.keys(target)
            for point in truth.points[:3]:
                if keys[-1] in point.values and not (expression.atoms(SampleSum) and SAMPLES not in point.values):
                    # Walked, since no program adds up samples; answers have no such sums.
                    with mpmath.workdps(DIGITS):
                        rough = numeric(expression, point.values)
                    with mpmath.workdps(FINER):
                        value = Pair(rough, numeric(expression, point.finer))
                    outcomes = [compared(value, known_at(key, point)) for key in keys]
                    assert Agreement.SAME in outcomes, target.id


@pytest.mark.everyday(12)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_derivative_is_that_of_the_forward_pass(name):
    """At a point, what is true of a derivative is a difference of the forward pass there."""
    for truth in truths_of(name):
        network, point = truth.network, truth.points[0]
        for target in truth.targets:
            if target.kind is not TargetKind.GRADIENT or target.sample is not None:
                continue
            with mpmath.workdps(60):
                step = mpmath.mpf("1e-20")
                ends = [_objective(truth, point, target.symbol, side * step) for side in (1, -1)]
                derivative = (ends[0] - ends[1]) / (2 * step)
                assert abs(derivative - truth.at(target, point)) < 1e-25 * (1 + abs(derivative)), (
                    network.loss_name,
                    target.id,
                )


def _objective(truth, point, leaf, step):
    """Return one sample's loss and the penalty where a leaf is moved."""
    values = {symbol: point.values[symbol] for symbol in (*truth.network.inputs, *truth.network.targets)}
    fixed = (*truth.network.parameters, *truth.part.objective.constants)
    values |= {symbol: point.values[symbol] for symbol in fixed}
    values[leaf] += step
    nodes = [*truth.network.nodes.values(), *truth.part.objective.penalty]
    for node in nodes:
        # What is detached is a constant, whatever moves.
        kept = node.kind is NodeKind.DETACHED
        values[node.symbol] = point.values[node.symbol] if kept else numeric(node.expression, values)
    penalty = truth.part.objective.penalty
    return values[truth.network.loss] + (values[penalty[-1].symbol] if penalty else 0)


@pytest.mark.parametrize("name", EXAMPLES)
def test_numbers_are_those_at_the_data(name):
    """The true number of a target is the value at the data of what it is equal to, worked out on its own."""
    for truth in truths_of(name):
        for target in truth.targets:
            number = truth.number(target)
            # A step with some of the samples alone has no expression, and so no value at a point.
            of_all = target.kind is not TargetKind.UPDATED or truth.tableau.stepped
            if number is not None and truth.data is not None and of_all:
                value = truth.data.values[truth.key(target)]
                assert abs(value - number) <= 1e-25 * (abs(number) + 1e-9), target.id


def test_points_respect_the_domain():
    """Outputs of a softmax and targets beside it are between 0 and 1 and sum to 1; the other leaves have both signs."""
    truth = truths_of("C1")[0]
    for values in (point.values for point in truth.points):
        for names in (("a2_1", "a2_2", "a2_3"), ("y1", "y2", "y3")):
            found = [values[Symbol(name)] for name in names]
            assert all(0 < value < 1 for value in found)
            assert abs(mpmath.fsum([*found, -1])) < 1e-15
        assert all(0 < values[Symbol(name)] < 1 for name in ("a1_1", "a1_2"))
    for name in ("x1", "w1_1_1", "w2_3_2"):
        assert {point.values[Symbol(name)] > 0 for point in truth.points} == {True, False}


def test_every_unit_is_met_alive_and_dead():
    """Of each relu both sides are among the points, alone and together with the others."""
    truth = truth_of(RELU)
    units = [Symbol(f"z{layer}_{unit}") for layer, unit in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))]
    patterns = {tuple(bool(point.values[z] > 0) for z in units) for point in truth.points}
    assert all({pattern[place] for pattern in patterns} == {True, False} for place in range(len(units)))
    assert len(patterns) >= 4


def test_some_points_have_nothing_negative():
    """At some points all inputs, targets and parameters are positive, so that roots and logarithms have values."""
    truth = truth_of(RELU)
    leaves = [Symbol(name) for name in ("x1", "x2", "w1_1_1", "w2_2_3", "b1_3", "b2_1")]
    assert sum(all(point.values[leaf] > 0 for leaf in leaves) for point in truth.points) >= 4


def test_targets_of_a_hinge_are_signs():
    """Targets that have to be +1 or -1 are, at every point."""
    truth = truths_of("C11")[0]
    assert {int(point.values[Symbol("y1")]) for point in truth.points} == {1, -1}


def test_what_can_be_asked_comes_in_the_order_of_the_solution():
    """Nodes come before deltas, these before gradients, the updated values last; samples one after the other."""
    truth = truths_of("C1")[0]
    kinds = [target.kind for target in truth.targets]
    assert kinds == sorted(kinds, key=list(TargetKind).index)
    assert [target.id for target in truth.targets][:3] == ["z1_1", "z1_2", "a1_1"]
    assert {"delta2_1", "dL/da2_1", "dL/dw1_2_3", "w2_3_1'", "L"} <= set(truth.by_id)
    several = truths_of("xor")[0]
    assert {"z1_1", "z1_1@4", "L", "L@4", "delta1_1@2", "dL/dw1_1_1@2"} <= set(several.by_id)
    assert "L@i" not in several.by_id
    assert set(truths_of("C4")[0].by_id) >= {"q", "f", "df/dq", "df/dx"}


def test_a_sample_has_its_own_number_and_the_objective_another():
    """Over several samples a gradient is that of the objective, and one sample's own only by its number."""
    truth = truths_of("xor")[0]
    own = [truth.number(truth.by_id[f"dL/dw2_1_1@{sample}"]) for sample in range(1, 5)]
    assert abs(sum(own) / 4 - truth.number(truth.by_id["dL/dw2_1_1"])) < 1e-15
    assert truth.number(truth.by_id["z1_1"]) is None


def test_what_has_no_value_anywhere_has_no_points():
    """Where leaves are held at numbers without a value, there is no point, and that is said."""
    truth = truth_of({"graph": {"inputs": ["x", "y"], "nodes": {"f": "ln(x) + y"}, "output": "f"}})
    with pytest.raises(NoPointError):
        truth.sampler.random({Symbol("x"): mpmath.mpf(-1)})
