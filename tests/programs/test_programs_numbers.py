"""Exported programs come to the numbers of the sheet, in every language."""

import importlib.util
import shutil

import pytest
from exercises import ROOT, describe
from running import Exported, close, entries

from symnet.programs.dialects import DIALECTS

# Of second derivatives there are no programs, see test_programs_files.py.
NAMES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml") if path.stem != "newton")
OFTEN = [name for name in DIALECTS if name != "jax"]
# C7 takes differences of numbers that agree in four digits and divides these by very little: what the floats of its
# inputs are off by, half a unit in the last place, becomes larger by how much larger they are than their difference.
ROOM = {"C7": 1e-12 * 1.25353 / (1.25353 - 1.25347)}


def needed(language):
    """Skip a test of a language that is not there, and say so."""
    if language == "jax" and importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    if language == "js" and shutil.which("node") is None:
        pytest.skip("node is not installed")


def compared(program, ran):
    """Yield what a program comes to with the number of the JSON, and what it is of; each where the JSON has it."""
    known, listing = program.known(), program.listing
    arrays = {array.name: array for array in (*listing.parameters, *listing.data)}
    yield "objective", entries(ran["objective"])[0], known["loss"]
    for kind, lines in (("values", [*listing.forward, *listing.loss]), ("derivatives", listing.backward)):
        stands = known["deltas" if kind == "derivatives" else "nodes"]
        for sample, found in enumerate(ran[kind], 1):
            for line in lines:
                for name, number, at in placed(line, entries(found[line.name]), listing.samples, sample):
                    key = next((one for one in (f"{name}@{at}", name) if one in stands), None)
                    if key is not None:
                        yield f"{line.name}: {key}", number, stands[key]
    for kind in ("gradients", "after"):
        for name, value in ran[kind].items():
            for of, number in zip(arrays[name].of, entries(value), strict=True):
                if of in known[kind]:
                    yield f"{kind} {of}", number, known[kind][of]


def placed(line, numbers, axis, sample):
    """Yield each entry of a line with the quantity and the sample, counted from 1 and None for all, that it is of."""
    if axis is None or axis.letter not in line.shape:
        at = sample if axis is None else None
        yield from ((name, number, at) for name, number in zip(line.of, numbers, strict=True))
        return
    count = len(numbers) // len(line.of)
    for place, number in enumerate(numbers):
        unit, at = (place % len(line.of), place // len(line.of)) if axis.rows else (place // count, place % count)
        yield line.of[unit], number, at + 1


def assert_as_on_the_sheet(name, language, tmp_path, every=False):
    """Fail unless a program comes to the numbers in the JSON of the exercise."""
    needed(language)
    path = ROOT / "examples" / f"{name}.yaml"
    for part in range(len(Exported(path, language).worked.parts) if every else 1):
        program = Exported(path, language, part)
        if program.listing.drawn:
            # It has no numbers: those that are drawn are the generated tests' to compare.
            continue
        seen = list(compared(program, program.ran(tmp_path)))
        assert len(seen) > len(program.listing.gradients)
        apart = [one for one in seen if not close(*one[1:], ROOM.get(name, 1e-12))]
        assert not apart


@pytest.mark.parametrize("language", OFTEN)
def test_a_program_comes_to_the_numbers_of_the_sheet(language, tmp_path):
    """Every quantity, every derivative and the parameters after training are those of the JSON."""
    assert_as_on_the_sheet("xor", language, tmp_path)


@pytest.mark.everyday(5, every=False)
@pytest.mark.parametrize("language", OFTEN)
@pytest.mark.parametrize("name", NAMES)
def test_every_program_comes_to_the_numbers_of_the_sheet(name, language, tmp_path):
    """So does that of every example, for each of its losses."""
    assert_as_on_the_sheet(name, language, tmp_path, every=True)


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("language", ["numpy", "python", "js"])
@pytest.mark.parametrize("reduction", ["mean", "weighted_mean"])
@pytest.mark.parametrize("normalized", [False, True])
def test_the_weights_of_samples_count(normalized, reduction, language, tmp_path):
    """A program multiplies losses by weights, and in a weighted mean divides by what the samples of a batch count."""
    needed(language)
    source = {
        **describe([2, 2, 2], ["tanh", "softmax"], {"kind": "categorical_cross_entropy", "class_weights": [1, 3]}),
        "reduction": reduction,
        "data": {"inputs": [[0, 1], [1, "1/2"], [1, 1]], "targets": [[0, 1], [1, 0], [0, 1]], "weights": [1, 2, "1/2"]},
        "parameters": [
            {"weights": [["0.1", "0.2"], ["0.3", "-0.4"]], "biases": ["0.1", "0.2"]},
            {"weights": [["0.5", "0.6"], ["0.7", "-0.2"]], "biases": ["0.3", "0.1"]},
        ],
        "training": {"learning_rate": "0.1", "steps": 3, "batch": 2},
    }
    if normalized:
        source["layers"][0]["normalization"] = {"kind": "layer", "epsilon": "0.01"}
        source["parameters"][0] |= {"gamma": [1, 2], "beta": [0, "0.1"]}
    program = Exported(source, language)
    seen = list(compared(program, program.ran(tmp_path)))
    assert len([name for name, *_ in seen if name.startswith(("objective", "gradients", "after"))]) > 2 * 12
    assert [one for one in seen if not close(*one[1:])] == []


@pytest.mark.parametrize("language", ["numpy", "js"])
def test_what_rounding_leaves_of_a_0_has_no_sign(language, tmp_path):
    """The bias of keys has derivative 0, in floats only nearly: Lion moves it by the decay alone, as on the sheet."""
    needed(language)
    parts = {
        "query": [[1, "0.5"], [0, 1]],
        "key": [["0.5", 1], [1, "-0.5"]],
        "value": [[1, 2], ["0.5", -1]],
        "output": [[1, "0.3"], ["0.2", 1]],
    }
    attention = {name: {"weights": weights, "biases": ["0.1", "-0.2"]} for name, weights in parts.items()}
    source = {
        "inputs": {"height": 2, "width": 2},
        "layers": [{"attention": {"heads": 1, "causal": True}}, {"flatten": True}, {"units": 1}],
        "loss": "squared_error",
        "data": {"inputs": [[1, "0.5", "-0.5", 2], ["0.3", -1, 1, 1]], "targets": [[1], [0]]},
        "parameters": [attention, {}, {"weights": [["0.5", "-0.2", "0.3", "0.1"]], "biases": ["0.1"]}],
        "training": {"optimizer": "lion", "learning_rate": "0.02", "weight_decay": "0.1"},
    }
    program = Exported(source, language)
    seen = [one for one in compared(program, program.ran(tmp_path)) if one[0].startswith("after")]
    assert {"after bk1_1", "after bk1_2"} <= {name for name, *_ in seen}
    assert [one for one in seen if not close(*one[1:])] == []


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_every_program_in_jax_comes_to_the_numbers_of_the_sheet(name, tmp_path):
    """So does that in JAX, which takes seconds to begin."""
    assert_as_on_the_sheet(name, "jax", tmp_path, every=True)


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("name", NAMES)
def test_the_backward_pass_by_hand_is_what_autograd_gives(name):
    """The derivatives in torch are those that torch finds through the forward pass and the loss."""
    program = Exported(ROOT / "examples" / f"{name}.yaml", "torch")
    if program.listing.detached or not set(program.listing.gradients) <= {a.name for a in program.listing.parameters}:
        return
    by_hand, by_torch = program.by_autograd()
    assert by_hand
    for found, expected in zip(by_hand, by_torch, strict=True):
        assert close(found, expected)
