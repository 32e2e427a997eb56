"""The forward mode: tangents along a graph, equal to the derivatives of the reverse mode."""

import random
from fractions import Fraction

import mpmath
import pytest
from exercises import altered, solved
from sympy import Symbol

from symnet.derivation import forward
from symnet.derivation.forward import tangent, tangent_pass, tangent_rules
from symnet.description.load import load
from symnet.document import Table
from symnet.errors import CheckFailedError, ViewError
from symnet.limits import MOST_SEEDS
from symnet.numerics.evaluate import evaluate
from symnet.pipeline import solve
from symnet.render.text import render_text
from symnet.sheets.forward import ForwardSheet, tangents_at
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.text.say import as_text
from symnet.verification.verify import CheckKind
from symnet.view import View

FORWARD = View(style="forward")


def graph(nodes, inputs, output="f", **more):
    """Return the description of a graph."""
    return {"graph": {"inputs": inputs, "nodes": nodes, "output": output}, **more}


def text(worked, view=FORWARD):
    """Return a sheet as text."""
    return render_text(solution(worked, view))


def test_rules_and_passes_are_those_that_are_taught():
    """Each node has the sum over its parents once; a pass puts 1 and 0 in, and short tangents."""
    network = solve(load(graph({"q": "x + y", "f": "q * z"}, ["x", "y", "z"]))).parts[0].network
    seeds = [Symbol(name) for name in "xyz"]
    rules = tangent_rules(network, {*seeds, *network.nodes})
    assert [str(rule.chain) for rule in rules.values()] == ["1*dot(x) + 1*dot(y)", "z*dot(q) + q*dot(z)"]
    lines = {
        seed.name: [(line.node.name, str(line.result)) for line in tangent_pass(rules, seed, seeds).lines]
        for seed in seeds
    }
    assert lines == {"x": [("q", "1"), ("f", "z")], "y": [("q", "1"), ("f", "z")], "z": [("f", "q")]}


def test_a_sheet_has_rules_passes_results_and_a_table():
    """The rule of every node stands once, then each pass in symbols and in numbers, and a table of all."""
    written = text(solve(load(graph({"q": "x + y", "f": "q * z"}, ["x", "y", "z"], at={"x": -2, "y": 5, "z": -4}))))
    for line in (
        "q̇ = ẋ + ẏ",
        "ḟ = z q̇ + q ż",
        "Seed ẋ = 1, ẏ = ż = 0:",
        "∂f/∂z = q",
        "ḟ = z q̇ + q ż = (−4) × 1 + 3 × 0 = −4",
    ):
        assert line in written
    assert "Backward pass" not in written


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", ["C4", "C7", "jacobian", "hessian", "cnn", "attention", "rnn", "batchnorm"])
def test_examples_agree_with_the_reverse_mode(examples, name):
    """The tangents of the output are the derivatives of the reverse mode, in every detail."""
    worked = solved(examples[name])
    for detail in ("compact", "full", "results"):
        assert solution(worked, View(style="forward", detail=detail)).blocks


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("seed", range(30))
def test_random_graphs_agree_with_torch(seed):
    """The last row of the table is the gradient that torch finds, for graphs of random operations."""
    torch = pytest.importorskip("torch")
    chance = random.Random(f"forward {seed}")  # noqa: S311 - not cryptography
    names, nodes = ["a", "b", "c"], {}
    for number in range(1, 6):
        first, second = chance.choice(names), chance.choice(names)
        nodes[f"v{number}"] = chance.choice(
            [
                f"{first}*{second}",
                f"{first} + {second}",
                f"tanh({first})*{second}",
                f"exp(-{first}^2)",
                f"sin({first}) - {second}/3",
            ]
        )
        names.append(f"v{number}")
    nodes["f"] = " + ".join(f"v{number}" for number in range(1, 6))
    at = {name: chance.randint(-15, 15) / 10 for name in "abc"}
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in at.items()}
    scope = {name: getattr(torch, name) for name in ("tanh", "exp", "sin")} | leaves
    for name, expression in nodes.items():
        scope[name] = eval(expression.replace("^", "**"), {}, scope)  # noqa: S307 - made above
    scope["f"].backward()
    sheet = solution(solve(load(graph(nodes, [*leaves], at=at, numbers={"decimals": 9}))), FORWARD)
    *_, table = (block for block in sheet.blocks if isinstance(block, Table))
    last = [float(plain_number(cell)) for cell in table.rows[-1][2:]]
    expected = [0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves.values()]
    assert last == pytest.approx(expected, abs=1e-8)


def plain_number(cell):
    """Return what stands in a cell as a plain number."""
    return as_text(cell).replace("−", "-").replace(" ", "").replace("×10", "e") or "0"


def test_a_wrong_tangent_is_not_printed(monkeypatch):
    """A rule that leaves a parent out stops the sheet."""
    worked = solve(load(graph({"q": "x + y", "f": "q * z"}, ["x", "y", "z"])))
    sheet = Sheet.of(worked.parts[0], worked.description, FORWARD)
    assert any(check.kind is CheckKind.FORWARD and check.comparisons for check in sheet.checks)
    right = forward.tangent_rules

    def wrong(network, leading):
        return right(network, leading - {Symbol("y")})

    monkeypatch.setattr("symnet.verification.forward.tangent_rules", wrong)
    with pytest.raises(CheckFailedError, match="tangents along the graph"):
        text(worked)


def test_many_seeds_are_told_once():
    """With many inputs a compact sheet works the first pass, a full one all; tables have a few columns each."""
    names = [f"x{number}" for number in range(1, 8)]
    worked = solve(load(graph({"s": " + ".join(names), "f": "s^2"}, names, at=dict.fromkeys(names, 1))))

    def count(view):
        return text(worked, view).count("Tangents for the seed")

    assert (count(FORWARD), count(FORWARD._replace(detail="full"))) == (1, 7)
    assert "The passes for the other seeds are made likewise." in text(worked)


def test_numbers_on_paper_are_rounded_at_each_tangent():
    """On paper each tangent that is shown is the one that is used."""
    spec = graph({"q": "x / 3", "f": "q * q"}, ["x"], at={"x": 2}, numbers={"arithmetic": "paper", "decimals": 2})
    assert "ḟ = 2 q q̇ = 2 × 0.67 × 0.33 ≈ 0.44" in text(solve(load(spec)))


# Two losses over two samples with a penalty, and a ReLU that is at its kink in the second.
LAYERS = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "relu"}, {"units": 2, "activation": "softmax"}],
    "loss": ["categorical_cross_entropy", "squared_error"],
    "data": {"inputs": [[1, 2], [2, -1]], "targets": [[1, 0], [0, 1]]},
    "parameters": [
        {"weights": [["0.1", "0.2"], ["0.3", "-0.4"]], "biases": [0, "0.1"]},
        {"weights": [["0.5", "-0.6"], ["0.1", "0.2"]], "biases": ["0.2", 0]},
    ],
    "regularization": {"kind": "l2", "strength": "0.1"},
    "training": {"optimizer": "adam", "learning_rate": "0.1", "steps": 2, "show": 2},
}


@pytest.mark.parametrize("seed", ["w1_1_1", "w1_2_2", "b2_1"])
def test_tangents_of_layers_are_differences_of_the_values(seed):
    """In a pass every tangent is how much its quantity changes with the seed, in both samples."""
    part = solve(load(LAYERS)).parts[1]
    mode = ForwardSheet([Sheet.of(part, load(LAYERS), FORWARD)], [Symbol(seed)])
    step = Fraction(1, 10**20)

    def values(size):
        moved = {**part.data.parameters, Symbol(seed): part.data.parameters[Symbol(seed)] + size}
        return evaluate(part.network, altered(part.data, parameters=moved), part.objective, None).samples

    with mpmath.workdps(60):
        for sample, (more, less) in enumerate(zip(values(step), values(-step), strict=True)):
            found = tangents_at(mode, Symbol(seed), part.evaluation, sample)
            for node in mode.rules:
                # The first unit is at its kink in the second sample, where differences take the mean of both sides.
                if sample == 0 or seed == "b2_1":
                    changed = (more.values[node] - less.values[node]) / (2 * mpmath.mpf(10) ** -20)
                    assert mpmath.almosteq(found[tangent(node)], changed, mpmath.mpf(10) ** -18, mpmath.mpf(10) ** -18)


@pytest.mark.parametrize("detail", ["compact", "full", "results"])
def test_layers_have_passes_for_their_seeds(detail):
    """A sheet works the first weight of each layer, in full all; the samples give the derivative of the objective."""
    written = text(solve(load(LAYERS)), View(style="forward", detail=detail))
    seeds = {"compact": 2, "full": 12, "results": 2}[detail]
    assert written.count("Seed ẇ₁₁⁽¹⁾ = 1") == {"compact": 6, "full": 6, "results": 0}[detail]
    assert ("Of the 12 parameters 2 are seeds here" in written) is (seeds == 2)
    sample = "i" if detail == "full" else "s"
    assert f"² ∂L^{{[{sample}]}}/∂w₁₁⁽¹⁾ + ∂R/∂w₁₁⁽¹⁾" in written
    assert "∂L/∂w₁₁⁽²⁾ = (ŷ₁ − y₁) a₁⁽¹⁾" in written
    assert "δ" not in written


def test_chosen_parameters_are_the_seeds():
    """With parameters named their passes are worked, of layers and of a graph; too many are refused."""
    written = text(solve(load(LAYERS)), View(style="forward", parameters=("b2_2",)))
    assert "Seed ḃ₂⁽²⁾ = 1:" in written
    assert "ż₂⁽²⁾ = ḃ₂⁽²⁾ = 1" in written
    product = solve(load(graph({"q": "x + y", "f": "q * z"}, ["x", "y", "z"], at={"x": -2, "y": 5, "z": -4})))
    assert "Seed ẏ = 1:" in text(product, View(style="forward", parameters=("y",)))
    wide = {"inputs": 70, "layers": [{"units": 1, "activation": "identity"}], "loss": "squared_error"}
    many = tuple(f"w1_1_{number}" for number in range(1, 2 + MOST_SEEDS))
    with pytest.raises(ViewError, match=rf"found {MOST_SEEDS + 1}, each of which is a seed; expected at most"):
        solution(solve(load(wide)), View(style="forward", parameters=many))
    assert "Of the 71 parameters one is a seed here" in text(solve(load(wide)))


def test_layers_of_further_kinds_have_tangents_of_arrays():
    """Skip edges, several samples and a penalty: passes in matrices, then the derivative of the objective."""
    spec = LAYERS | {
        "layers": [
            {"units": 2, "activation": "tanh", "name": "first"},
            {"add": ["first", "inputs"]},
            {"units": 2, "activation": "softmax"},
        ],
        "loss": "categorical_cross_entropy",
        "parameters": [LAYERS["parameters"][0], {}, LAYERS["parameters"][1]],
    }
    written = text(solve(load(spec)))
    assert "ż⁽¹⁾ = Ẇ⁽¹⁾ x + ḃ⁽¹⁾" in written
    assert "The passes for the other samples are made likewise." in written
    assert "∂J/∂W⁽¹⁾ ≈ " in written
