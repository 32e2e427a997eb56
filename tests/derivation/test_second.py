"""Jacobians, Hessians and their products with vectors, against torch and second differences."""

import json
import re

import pytest
from sympy import Integer, Symbol

import symnet
from symnet.algebra.nodes import Chain
from symnet.derivation.second import hessian_of
from symnet.description import load
from symnet.document import Document, Heading
from symnet.errors import CheckFailedError, DescriptionError
from symnet.network.build import build_graph
from symnet.render.json import render_json
from symnet.render.text import render_text
from symnet.text.say import as_text
from symnet.verification.second import verify_hessian

AT = {"x": "0.7", "y": "-0.4", "z": "1.3"}
FUNCTIONS = {
    "polynomial": ({"u": "x*y + z", "f": "u^2*x - y^3"}, lambda _torch, x, y, z: (x * y + z) ** 2 * x - y**3),
    "composed": (
        {"u": "tanh(x*y)", "v": "exp(u) + z", "f": "ln(v^2 + 1)*sin(x)"},
        lambda t, x, y, z: t.log((t.exp(t.tanh(x * y)) + z) ** 2 + 1) * t.sin(x),
    ),
    "quotient": (
        {"u": "x/(1 + z^2)", "f": "sqrt(u + 2)*sigmoid(y)"},
        lambda t, x, y, z: t.sqrt(x / (1 + z**2) + 2) * t.sigmoid(y),
    ),
}


# The three in one graph, each with names of its own.
TOGETHER = {
    **{"pu": "x*y + z", "pf": "pu^2*x - y^3"},
    **{"cu": "tanh(x*y)", "cv": "exp(cu) + z", "cf": "ln(cv^2 + 1)*sin(x)"},
    **{"qu": "x/(1 + z^2)", "qf": "sqrt(qu + 2)*sigmoid(y)"},
}


def graph(nodes, **keys):
    """Return the description of a graph of x, y and z."""
    return {"title": "t", "graph": {"inputs": list(AT), "nodes": nodes, **keys}, "at": AT}


def problems(spec):
    """Return the problems of a description in JSON."""
    return json.loads(render_json(symnet.solve(spec)))["problems"]


def point(torch):
    """Return the numbers of x, y and z in float64."""
    return tuple(torch.tensor(float(value), dtype=torch.float64) for value in AT.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_hessian_is_that_of_torch(name):
    """Every entry of a Hessian, its symmetric one and its product with a vector agree with torch in float64."""
    torch = pytest.importorskip("torch")
    nodes, function = FUNCTIONS[name]
    direction = {"x": "1", "y": "-2", "z": "0.5"}
    (problem,) = problems(graph(nodes, output="f", second_derivatives=True, direction=direction))
    expected = torch.autograd.functional.hessian(lambda *leaves: function(torch, *leaves), point(torch))
    found = {tuple(entry["wrt"]): float(entry["value"]) for entry in problem["second_derivatives"]}
    assert len(found) == 9
    for row, one in enumerate(AT):
        for column, other in enumerate(AT):
            assert found[one, other] == pytest.approx(expected[row][column].item(), rel=1e-10, abs=1e-12)
            assert found[one, other] == pytest.approx(found[other, one], rel=1e-15)
    for entry in problem["hessian_vector"]:
        whole = sum(found[entry["wrt"], other] * float(size) for other, size in direction.items())
        assert float(entry["value"]) == pytest.approx(whole, rel=1e-12)


def test_a_jacobian_is_that_of_torch():
    """The derivatives of several outputs are the rows of the Jacobian that torch has."""
    torch = pytest.importorskip("torch")
    found = problems(graph(TOGETHER, outputs=["pf", "cf", "qf"]))
    assert [problem["loss"] for problem in found] == ["pf", "cf", "qf"]
    values = {(entry["of"], entry["wrt"]): float(entry["value"]) for entry in found[0]["jacobian"]}
    assert len(values) == 9
    assert found[0]["jacobian"] == found[2]["jacobian"]
    for kind, (_, function) in FUNCTIONS.items():
        row = torch.autograd.functional.jacobian(lambda *leaves, of=function: of(torch, *leaves), point(torch))
        for leaf, expected in zip(AT, row, strict=True):
            assert values[f"{kind[0]}f", leaf] == pytest.approx(expected.item(), rel=1e-10)


def test_one_output_has_a_row_and_arrays_have_seconds():
    """One of outputs gives a Jacobian of one row; numbers in arrays have second derivatives on the sheet too."""
    (problem,) = problems(graph(FUNCTIONS["polynomial"][0], outputs="f"))
    assert [entry["wrt"] for entry in problem["jacobian"]] == ["x", "y", "z"]
    nodes = {"z": "W @ x", "q": "sum(z^2)"}
    spec = {"graph": {"inputs": {"W": [2, 2], "x": [2]}, "nodes": nodes, "output": "q", "second_derivatives": ["x"]}}
    work = symnet.solve({**spec, "at": {"W": [[1, 2], [3, 4]], "x": [1, -1]}})
    (problem,) = json.loads(render_json(work))["problems"]
    assert [entry["value"] for entry in problem["second_derivatives"]] == ["20", "28", "28", "40"]
    headings = [block for block in work.document().blocks if isinstance(block, Heading)]
    assert sum("Second derivatives" in as_text(block.content) for block in headings) == 1


def test_the_hessian_of_an_objective():
    """Over samples it is that of the mean of their losses and the penalty, and results cite the probability."""
    torch = pytest.importorskip("torch")
    inputs, targets = [["1", "-2"], ["2", "0.5"]], [["1"], ["0"]]
    spec = {
        "inputs": 2,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "regularization": {"kind": "half_l2", "strength": "0.5"},
        "second_derivatives": ["w1_1_1", "b1_1"],
        "data": {"inputs": inputs, "targets": targets},
        "parameters": [{"weights": [["0.3", "-0.2"]], "biases": ["0.1"]}],
    }
    (problem,) = problems(spec)
    x, y = (torch.tensor([[float(n) for n in row] for row in rows], dtype=torch.float64) for rows in (inputs, targets))

    def objective(w, b):
        z = w * x[:, 0] - 0.2 * x[:, 1] + b
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y[:, 0]) + 0.25 * (w**2 + 0.04)

    start = (torch.tensor(0.3, dtype=torch.float64), torch.tensor(0.1, dtype=torch.float64))
    expected = torch.autograd.functional.hessian(objective, start)
    values = [float(entry["value"]) for entry in problem["second_derivatives"]]
    assert values == pytest.approx([entry.item() for row in expected for entry in row], rel=1e-12)
    assert problem["second_derivatives"][0]["expression"] == "x1**2*a1_1*(1 - a1_1) + 1/2"


def test_no_box_equates_a_loss_and_an_objective():
    """Second derivatives of the loss in symbols and of the objective in numbers stand apart, each behind its words."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "second_derivatives": ["w1_1_1", "b1_1"],
        "data": {"inputs": [["1"], ["2"]], "targets": [["1"], ["0"]]},
        "parameters": [{"weights": [["0.3"]], "biases": ["0.1"]}],
    }
    blocks = symnet.solve(spec).document().blocks
    (at,) = [place for place, block in enumerate(blocks) if "Hessian of" in as_text(getattr(block, "content", ()))]
    symbols, _words, numbers = (render_text(Document("T", (), (block,))) for block in blocks[at - 1 : at + 2])
    assert "∇² L = " in symbols
    assert not re.search(r"\d\.\d", symbols)
    assert re.search(r"H ≈ \[0\.\d", numbers)


def test_a_wrong_second_derivative_is_found():
    """The oracle refuses a Hessian with one entry that is doubled."""
    network = build_graph(load(graph(FUNCTIONS["polynomial"][0], output="f")))
    leaves = tuple(map(Symbol, AT))
    hessian = hessian_of(network, (), leaves, {})
    assert verify_hessian(network, hessian).comparisons > 18
    entry = hessian.entries[leaves[:2]]
    wrong = entry._replace(lines=((Chain(Integer(2), entry.result), entry.lines[-1][1]),))
    with pytest.raises(CheckFailedError):
        verify_hessian(network, hessian._replace(entries={**hessian.entries, leaves[:2]: wrong}))


REFUSED = {
    "both": ({"output": "f", "outputs": ["u"]}, "output or outputs, not both"),
    "unknown output": ({"outputs": ["f", "g"]}, "one of the nodes u, f"),
    "twice": ({"outputs": ["f", "f"]}, "each name once"),
    "none": ({}, 'a value for the key "output"'),
    "unknown input": ({"output": "f", "second_derivatives": ["x", "w"]}, "one of the inputs x, y, z"),
    "direction alone": ({"output": "f", "direction": {"x": 1}}, "the key second_derivatives beside it"),
    "short direction": ({"output": "f", "second_derivatives": True, "direction": {"x": 1}}, "no number for y, z"),
    "no word": ({"output": "f", "second_derivatives": "maybe"}, "true or false"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_refused(name):
    """Outputs and second derivatives that there are not are refused at their place."""
    keys, said = REFUSED[name]
    with pytest.raises(DescriptionError, match="graph") as error:
        symnet.solve(graph(FUNCTIONS["polynomial"][0], **keys))
    assert said in str(error.value)


def test_too_much_is_refused_before_any_work():
    """Many parameters, and a loss that is long in its leaves alone, have no second derivatives."""
    spec = {"inputs": 9, "layers": [{"units": 2, "activation": "tanh"}], "loss": "squared_error"}
    with pytest.raises(DescriptionError, match="second_derivatives: found second derivatives with respect to 20"):
        symnet.solve({**spec, "second_derivatives": True})
    nodes = {"n0": "x*y + z"} | {f"n{k}": f"n{k - 1}*n{k - 1} + x" for k in range(1, 9)}
    with pytest.raises(DescriptionError, match="at most 2000"):
        symnet.solve(graph(nodes, output="n8", second_derivatives=["x"]))
