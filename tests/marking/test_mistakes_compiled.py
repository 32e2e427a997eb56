"""All wrong derivatives at once, as one program, against the same mistakes run one by one."""

import math

import pytest

from symnet.description import load_text
from symnet.marking.mistakes.compiled import WrongDerivatives
from symnet.marking.mistakes.faults import AT_DATA, PatchedRuns
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.records import TargetKind
from symnet.marking.truth import Truth
from symnet.pipeline import solve

LAYERS = """\
title: T
inputs: 2
layers:
  - {{units: 2, activation: {first}}}
  - {{units: 2, activation: {last}}}
loss: {loss}
{more}
data: {{inputs: {inputs}, targets: {targets}}}
parameters:
  - {{weights: [[0.3, -0.4], [0.7, 0.2]], biases: [0.1, -0.2]}}
  - {{weights: [[-0.5, 0.6], [0.8, 0.9]], biases: [0.3, 0.4]}}
training: {{optimizer: sgd, learning_rate: 0.5}}
"""
PENALTY = "regularization: {kind: l2, strength: 0.1}"
ONE, THREE = ("[[0.5, 1]]", "[[1, 0]]"), ("[[0.5, 1], [-1, 0.25], [0.3, 0.4]]", "[[1, 0], [0, 1], [1, 0]]")
EXERCISES = {
    "one sample": ("sigmoid", "sigmoid", "squared_error", "", *ONE),
    "several samples": ("tanh", "sigmoid", "binary_cross_entropy", "", *THREE),
    "kinks and penalty": (
        "relu",
        "softmax",
        "categorical_cross_entropy",
        "regularization: {kind: l2, strength: 0.1}",
        *THREE,
    ),
}


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_program_has_the_values_of_single_runs(exercise):
    """Every mistake leads to the same derivative in the program as in a run of its own, or to none in both."""
    names = ("first", "last", "loss", "more", "inputs", "targets")
    worked = solve(load_text(LAYERS.format(**dict(zip(names, exercise, strict=True))), "t.yaml"))
    truth = Truth(worked, worked.parts[0])
    catalogue = Catalogue(truth)
    run, outcomes, asked = catalogue.runs.rough(AT_DATA), catalogue.outcomes, {}
    for target in truth.by_id.values():
        if target.kind is TargetKind.GRADIENT:
            entries = (*outcomes.last(target), *outcomes.made, *outcomes.own(target))
            faults = [entry.fault for entry in entries if not entry.fault.nodes]
            asked[target] = [(str(number), fault) for number, fault in enumerate(faults)]
    found = WrongDerivatives(catalogue.setting, catalogue.runs.program, asked).at(
        PatchedRuns(truth, catalogue.setting, catalogue.runs.program).rough(AT_DATA)
    )
    compared = 0
    for target, faults in asked.items():
        values = {name: value for value, names in found(target) for name in names}
        for name, fault in faults:
            value = run.value(target, (fault,))
            if value is not None and math.isfinite(value):
                assert values[name] == pytest.approx(value, rel=1e-12, abs=1e-15)
                compared += 1
    assert compared > 500
