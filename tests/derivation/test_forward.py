"""The forward mode: tangents along a graph, equal to the derivatives of the reverse mode."""

import random

import pytest
from exercises import solved
from sympy import Symbol

from symnet.derivation import forward
from symnet.derivation.forward import tangent_pass, tangent_rules
from symnet.description.load import load
from symnet.document import Table
from symnet.errors import CheckFailedError, ViewError
from symnet.pipeline import solve
from symnet.render.text import render_text
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


def test_layers_have_no_forward_mode():
    """A network of layers has the other styles."""
    spec = {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid"}], "loss": "squared_error"}
    with pytest.raises(
        ViewError, match='style: found "forward" for a network of layers; expected delta, paths, expanded'
    ):
        solution(solve(load(spec)), FORWARD)
