"""Graphs of arrays as graphs of their scalars: values and derivatives, held against torch."""

import math

import pytest
from array_graphs import RandomArrays
from sympy import Symbol

from symnet.arrays.graph import scalar_ids
from symnet.pipeline import solve

COUNT = 3_000


@pytest.fixture(scope="session")
def torch():
    """Return torch, with which results are compared."""
    return pytest.importorskip("torch")


def solved(inputs, nodes, at=None, **keys):
    """Return the only part of a graph with the output L."""
    spec = {"graph": {"inputs": inputs, "nodes": nodes, "output": "L"}, **keys}
    return solve(spec if at is None else spec | {"at": at}).parts[0]


def derivatives(part):
    """Return the derivative with respect to every scalar as a float, by its id."""
    sample = part.evaluation.samples[0]
    return {symbol.name: float(value) for symbol, value in {**sample.gradients, **sample.adjoints}.items()}


def values(part):
    """Return the value of every scalar as a float, by its id."""
    return {symbol.name: float(value) for symbol, value in part.evaluation.samples[0].values.items()}


@pytest.mark.everyday(12)
@pytest.mark.parametrize("seed", range(COUNT))
def test_values_and_derivatives_are_those_of_torch(torch, seed):
    """Every entry of every array, and the derivative with respect to it, is what torch finds in float64."""
    graph = RandomArrays(seed)
    part = solve(graph.description()).parts[0]
    found, derived = values(part), derivatives(part) | {"L": 1.0}
    for name, tensor in graph.by_torch(torch).items():
        ids = scalar_ids(name, tuple(tensor.shape))
        assert [found[one] for one in ids] == pytest.approx(tensor.detach().reshape(-1).tolist(), rel=1e-10, abs=1e-10)
        gradient = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
        assert [derived.get(one, 0) for one in ids] == pytest.approx(
            gradient.reshape(-1).tolist(), rel=1e-10, abs=1e-10
        ), name


CHANNELS = {
    "filters": ([4, 5], [2, 2, 3], [2, 5, 5]),
    "channels": ([2, 4, 5], [2, 2, 3], [5, 5]),
    "both": ([2, 4, 5], [3, 2, 2, 3], [3, 5, 5]),
    "samples": ([2, 2, 4, 5], [3, 2, 2, 3], [2, 3, 5, 5]),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_a_correlation_knows_channels_filters_and_samples(torch, name):
    """The axes of an array and of a kernel are those that torch has, left out where there is only one."""
    array, kernel, expected = CHANNELS[name]
    chance = torch.Generator().manual_seed(1)
    x, k = (torch.rand(shape, generator=chance, dtype=torch.float64).round(decimals=2) for shape in (array, kernel))
    nodes = {"Z": "conv2d(x, k, padding=[1, 1])", "L": "sum(Z)"}
    part = solved({"x": array, "k": kernel}, nodes, {"x": x.tolist(), "k": k.tolist()})
    whole = [x.reshape((1,) * (4 - x.ndim) + tuple(array)), k.reshape(_four(name, kernel))]
    z = torch.nn.functional.conv2d(*whole, padding=1).reshape(expected)
    found = values(part)
    assert [found[one] for one in scalar_ids("Z", tuple(expected))] == pytest.approx(z.reshape(-1).tolist())


def _four(name, kernel):
    """Return the four axes that torch needs of a kernel."""
    return {"filters": (kernel[0], 1, *kernel[1:]), "channels": (1, *kernel)}.get(name, tuple(kernel))


def test_looked_up_rows_add_up():
    """Where one row is looked up twice, both uses add to the derivative with respect to it."""
    at = {"E": [[1, 2], [3, 4], [5, 6]], "i": [3, 1, 3]}
    part = solved({"E": [3, 2], "i": [3]}, {"H": "embed(E, i)", "L": "sum(H^2)/2"}, at)
    assert [derivatives(part)[one] for one in scalar_ids("E", (3, 2))] == [1, 2, 0, 0, 10, 12]
    assert derivatives(part)["i_1"] == 0


def test_inner_results_have_names_of_their_own():
    """What is worked out within another operation becomes nodes, whose name is none of the file's."""
    part = solved({"X": [2, 2], "U1": []}, {"H": "tanh(X @ X / U1)", "L": "sum(H)"})
    ids = {symbol.name for symbol in part.network.nodes}
    assert ids == {*scalar_ids("U2", (2, 2)), *scalar_ids("H", (2, 2)), "L"}
    assert part.network.arrays.between == ("U2",)


def test_a_name_of_the_file_goes_before_a_function_of_arrays():
    """A node may be called as a function of arrays is, which it then hides."""
    part = solved({"x": []}, {"mean": "3*x", "L": "mean^2"}, {"x": 2})
    assert derivatives(part)["x"] == 36


def test_numbers_are_kept_exactly():
    """Nested numbers are read exactly, as single ones are."""
    part = solved({"x": [2, 1], "y": []}, {"L": "sum(x)*y"}, {"x": [["1/3"], [0.1]], "y": "1e-3"})
    given = {**part.data.rows[0], **part.data.parameters}
    assert [str(given[Symbol(one)]) for one in ("x_1_1", "x_2_1", "y")] == ["1/3", "1/10", "1/1000"]


def test_training_moves_every_entry():
    """Each entry of an array is a parameter of training."""
    keys = {"training": {"optimizer": "sgd", "learning_rate": "1/2"}}
    part = solved({"w": [2]}, {"L": "sum(w^2)/2"}, {"w": [4, 6]}, **keys)
    assert [float(part.evaluation.updates[0].after[Symbol(one)]) for one in ("w_1", "w_2")] == [2, 3]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_wide_softmax_is_derived_through_its_sum(name):
    """Of hundreds of entries each rests on itself and on one sum, and the derivative is that of every softmax."""
    length = 120
    z, t = [place % 7 / 4 - 0.7 for place in range(length)], [place % 5 / 8 for place in range(length)]
    shapes, nodes = {"z": [length], "t": [length]}, {"p": f"{name}(z)", "L": "sum(t*p)"}
    part = solved(shapes, nodes, {"z": z, "t": t})
    assert sum(len(node.derivatives) for node in part.network.nodes.values()) <= 5 * length
    powers = [math.exp(one) for one in z]
    p = [one / sum(powers) for one in powers]
    mean = sum(a * b for a, b in zip(p, t, strict=True))
    by_hand = {
        "softmax": [one * (target - mean) for one, target in zip(p, t, strict=True)],
        "log_softmax": [target - one * sum(t) for one, target in zip(p, t, strict=True)],
    }
    found = derivatives(part)
    assert [found[f"z_{place}"] for place in range(1, length + 1)] == pytest.approx(by_hand[name], rel=1e-12)
