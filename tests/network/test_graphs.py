"""Computation graphs: direct edges, sums where paths meet, and derivatives line by line."""

import json
import math

import mpmath
import pytest
from exercises import Draws, luck, part_of
from mpmath import mpf
from reference import exactly
from sympy import Abs, Max, Min, Symbol, lambdify, log, parse_expr, simplify

import symnet
from symnet.algebra.nodes import Direct, plain_text
from symnet.derivation.backward import derive
from symnet.derivation.expand import Expander, adjoint_definitions, node_definitions
from symnet.derivation.steps import Rule
from symnet.description import load
from symnet.network.build import build_graph
from symnet.verification.verify import verify


def graph(inputs, nodes, output, **more):
    """Return the network of a graph."""
    keys = {key: more.pop(key) for key in ("parameters",) if key in more}
    return build_graph(load({"graph": {"inputs": inputs, "nodes": nodes, "output": output, **keys}, **more}))


def result(network, wrt):
    """Return the last line of a derivation, as text."""
    gradient = derive(network)
    symbol = Symbol(wrt)
    return plain_text((gradient.adjoints.get(symbol) or gradient.leaves[symbol]).result)


SYMPY_NAMES = {"max": Max, "min": Min, "abs": Abs, "log2": lambda x: log(x, 2), "log10": lambda x: log(x, 10)}
WORKED = (["x", "y", "z"], {"q": "x + y", "f": "q*z"}, "f")
MEETING = (["x", "y"], {"p": "x*y", "q": "sin(p)", "f": "p*q + x"}, "f")


def test_the_graph_of_the_lecture():
    """The nodes of (x + y) z are as given, and each derivative is read off the edge."""
    network = graph(*WORKED)
    assert {s.name: plain_text(node.expression) for s, node in network.nodes.items()} == {"q": "x + y", "f": "q*z"}
    assert {wrt: result(network, wrt) for wrt in "qxyz"} == {"q": "z", "x": "z", "y": "z", "z": "q"}
    assert network.is_graph
    assert network.loss == Symbol("f")


def test_the_numbers_of_the_lecture():
    """At (-2, 5, -4) the values and gradients are those of the lecture."""
    part = part_of(
        {"graph": dict(zip(("inputs", "nodes", "output"), WORKED, strict=True)), "at": {"x": -2, "y": 5, "z": -4}}
    )
    (sample,) = part.evaluation.samples
    assert {s.name: int(v) for s, v in sample.values.items()} == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    assert {s.name: int(v) for s, v in sample.adjoints.items()} == {"q": -4}
    assert {s.name: int(v) for s, v in sample.gradients.items()} == {"x": -4, "y": -4, "z": 3}


def test_a_direct_edge_beside_a_longer_way():
    """An input that reaches the output both at once and by others has one term for each way, and their sum."""
    gradient = derive(graph(*MEETING))
    steps = gradient.adjoints[Symbol("p")].steps
    assert [step.rule for step in steps] == [Rule.SUM_OVER_PATHS, Rule.LOCAL_DERIVATIVE]
    assert plain_text(steps[0].rhs) == "df/dq*dq/dp + df_direct/dp"
    assert steps[0].rhs.has(Direct)
    assert plain_text(steps[-1].rhs) == "p*cos(p) + q"
    assert plain_text(gradient.leaves[Symbol("x")].result) == "(p*cos(p) + q)*y + 1"


def test_paths_are_counted():
    """The number of paths is that of routes to the output."""
    network = graph(*MEETING)
    assert {name: network.paths[Symbol(name)] for name in "qpxy"} == {"q": 1, "p": 2, "x": 3, "y": 2}


def test_what_comes_after_the_output_has_no_derivative():
    """A node that the output does not depend on is computed, but the output has no derivative with respect to it."""
    network = graph(["x"], {"after": "f + c", "c": "exp(f)", "f": "x^2"}, "f")
    gradient = derive(network)
    assert [symbol.name for symbol in network.nodes] == ["f", "c", "after"]
    assert not gradient.adjoints
    assert plain_text(gradient.leaves[Symbol("x")].result) == "2*x"
    assert verify(gradient).passed


def test_nodes_in_any_order():
    """A graph may be written in any order: its nodes come after what they use."""
    network = graph(["x"], {"f": "b*a", "b": "a + 1", "a": "x^2"}, "f")
    assert [symbol.name for symbol in network.nodes] == ["a", "b", "f"]
    assert result(network, "a") == "a + b"


def test_an_unused_input_has_the_derivative_zero():
    """The derivative with respect to an input that no node uses is 0, and says that there is no path."""
    network = graph(["x", "unused"], {"f": "x^2"}, "f")
    derivation = derive(network).leaves[Symbol("unused")]
    assert [step.rule for step in derivation.steps] == [Rule.NO_PATH]
    assert derivation.result == 0
    assert network.paths[Symbol("unused")] == 0


@pytest.mark.parametrize(
    ("more", "parameters", "inputs"),
    [
        ({}, [], ["w", "x"]),
        ({"parameters": ["w"]}, ["w"], ["x"]),
        ({"training": {"optimizer": "sgd"}}, ["w", "x"], []),
        ({"parameters": ["w"], "training": {"optimizer": "sgd"}}, ["w"], ["x"]),
    ],
)
def test_parameters(more, parameters, inputs):
    """Parameters are those that are named; with training and without a word, all inputs are; all have derivatives."""
    network = graph(["w", "x"], {"f": "w*x"}, "f", **more)
    assert [symbol.name for symbol in network.parameters] == parameters
    assert [symbol.name for symbol in network.inputs] == inputs
    assert [symbol.name for symbol in network.wanted_inputs] == inputs
    assert {symbol.name for symbol in derive(network).leaves} == {"w", "x"}


def test_the_neuron_of_the_notes():
    """The gradients of (y - sigmoid(w0 + w1 x1 + w2 x2))^2 are those of the notes, in their order."""
    nodes = {"h": "sigmoid(w0 + w1*x1 + w2*x2)", "l": "(y - h)^2"}
    network = graph(["w0", "w1", "w2", "x1", "x2", "y"], nodes, "l", parameters=["w0", "w1", "w2"])
    assert result(network, "h") == "-2*(y - h)"
    assert result(network, "w0") == "-2*(y - h)*h*(1 - h)"
    assert result(network, "w2") == "-2*(y - h)*h*(1 - h)*x2"


def test_a_derivative_is_named_after_output_and_node():
    """The derivative of f by q is called df_dq, and what a user called so keeps its name."""
    gradient = derive(graph(["x"], {"q": "x^2", "r": "q^2", "out": "exp(r)"}, "out"))
    assert [derivation.symbol.name for derivation in gradient.adjoints.values()] == ["dout_dr", "dout_dq"]


GRAPHS = [
    (["x", "y"], {"p": "x*y + x", "q": "tanh(p)*y", "f": "q/(1 + p^2)"}, "f"),
    (["a", "b"], {"u": "exp(a - b)", "v": "ln(1 + u)", "w": "u*v", "f": "w + sqrt(v)"}, "f"),
    (["t"], {"s": "sin(t)", "c": "cos(t)", "f": "s^2 + c^2 + s*c"}, "f"),
    (["x", "y", "z"], {"m": "max(x, y, z)", "n": "min(x, y)", "f": "m*n + abs(z)"}, "f"),
    (["x"], {"a": "x + 1", "b": "a*x", "c": "a*b", "d": "b*c", "f": "c*d + a"}, "f"),
    (["k"], {"g": "cosh(k)", "h": "sinh(k)", "f": "log2(g) + log10(1 + h^2) + tan(h/(1 + g))"}, "f"),
]


@pytest.mark.parametrize("arguments", GRAPHS, ids=str)
def test_every_graph_passes_the_full_check(arguments):
    """Differences, lines and sympy.diff of the composed output agree with every derivation of a graph."""
    report = verify(derive(graph(*arguments)), full=True)
    assert report.passed
    assert len(report.checks) == 3
    assert all(check.comparisons for check in report.checks)


@pytest.mark.parametrize("arguments", [WORKED, MEETING, *GRAPHS[:3], GRAPHS[4]], ids=str)
def test_the_results_are_the_derivatives_in_symbols(arguments):
    """The expanded derivative with respect to every leaf equals SymPy's derivative of the composed output."""
    network = graph(*arguments)
    gradient = derive(network)
    expander = Expander(node_definitions(network) | adjoint_definitions(gradient))
    composed = expander.expression(network.loss)
    for leaf, derivation in gradient.leaves.items():
        assert simplify(composed.diff(leaf) - expander.expression(derivation.result)) == 0


@pytest.mark.parametrize("arguments", GRAPHS, ids=str)
def test_the_numbers_agree_with_differences(arguments):
    """The adjoint of every node and the gradient with respect to every input agree with differences of plain mpmath."""
    inputs, nodes, output = arguments
    draws = Draws(luck(str(arguments)))
    at = {name: draws.number(0.2, 1.5) for name in inputs}
    (sample,) = part_of({"graph": {"inputs": inputs, "nodes": nodes, "output": output}, "at": at}).evaluation.samples
    names = (*inputs, *nodes)
    functions = {
        name: lambdify(names, parse_expr(text.replace("^", "**"), SYMPY_NAMES), "mpmath")
        for name, text in nodes.items()
    }
    step = mpf(10) ** -30
    with mpmath.workdps(90):
        compared = 0

        def forward(nudged, size):
            known = {name: exactly(value) + (size if name == nudged else 0) for name, value in at.items()}
            for name in nodes:
                known[name] = functions[name](*(known.get(other) for other in names))
                known[name] += size if name == nudged else 0
            return known[output]

        for symbol, found in (*sample.adjoints.items(), *sample.gradients.items()):
            expected = (forward(symbol.name, step) - forward(symbol.name, -step)) / (2 * step)
            assert abs(found - expected) <= mpf(10) ** -22 * max(abs(expected), 1)
            compared += 1
    assert compared == len(inputs) + len(nodes) - 1


@pytest.mark.parametrize(("x", "y", "derivatives"), [(1, 1, (1, 0)), (2, 1, (1, 0)), (0, 0, (1, 0)), (-1, 1, (0, 1))])
def test_ties_in_a_maximum(x, y, derivatives):
    """Of equal arguments the first has the derivative, and the tie is a kink that is met."""
    spec = {"graph": {"inputs": ["x", "y"], "nodes": {"f": "max(x, y)"}, "output": "f"}, "at": {"x": x, "y": y}}
    evaluation = part_of(spec).evaluation
    assert tuple(int(value) for value in evaluation.samples[0].gradients.values()) == derivatives
    assert evaluation.kinks == (((0, Symbol("f")),) if x == y else ())


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("max(x, 0)", 0),
        ("max(0, x)", 0),
        ("min(x, 0)", 0),
        ("relu(x)", 0),
        ("abs(x)", 0),
        ("sign(x)", 0),
        ("max(x, 2*x)", 1),
    ],
)
def test_kinks_at_zero(text, derivative):
    """At its kink a function has the derivative of the convention: in a tie a number takes it, else the first."""
    spec = {"graph": {"inputs": ["x"], "nodes": {"f": text}, "output": "f"}, "at": {"x": 0}}
    evaluation = part_of(spec).evaluation
    assert [int(value) for value in evaluation.samples[0].gradients.values()] == [derivative]
    assert evaluation.kinks == ((0, Symbol("f")),)


def test_a_trained_graph():
    """Parameters of a graph are updated by the optimizer, and only they."""
    nodes = {"h": "w*x", "l": "(h - y)^2/2"}
    spec = {
        "graph": {"inputs": ["w", "x", "y"], "nodes": nodes, "output": "l", "parameters": ["w"]},
        "at": {"w": 1, "x": 2, "y": 3},
        "training": {"optimizer": "momentum", "learning_rate": "1/10", "momentum": "1/2", "steps": 2},
    }
    first, second = part_of(spec).evaluation.updates
    # g = (2w - 3) 2: -2 at 1, v = -2, w = 1.2; then g = -1.2, v = -2.2, w = 1.42.
    with mpmath.workdps(30):
        assert abs(first.after[Symbol("w")] - mpf("1.2")) < mpf(10) ** -25
        assert abs(second.after[Symbol("w")] - mpf("1.42")) < mpf(10) ** -25
        assert abs(second.state["velocity"][Symbol("w")] + mpf("2.2")) < mpf(10) ** -25
    assert set(first.after) == {Symbol("w")}


CERTAIN = {
    "graph": {
        "inputs": ["z1", "z2", "y1", "y2"],
        "parameters": ["z1", "z2"],
        "nodes": {
            "e1": "exp(z1)",
            "e2": "exp(z2)",
            "a1": "e1/(e1 + e2)",
            "a2": "e2/(e1 + e2)",
            "t2": "y2 + 0",
            "L": "y1*ln(y1/a1) + t2*ln(t2/a2)",
        },
        "output": "L",
    },
    "at": {"z1": "1/2", "z2": "1/10", "y1": 1, "y2": 0},
}


@pytest.mark.parametrize("arithmetic", ["exact", "paper"])
def test_a_derivative_nobody_asked_for_need_not_have_a_value(arithmetic, tmp_path):
    """Where a graph names its parameters, a derivative with respect to anything else may be infinite; JSON has null."""
    work = symnet.solve(CERTAIN | {"numbers": {"arithmetic": arithmetic}})
    work.save(tmp_path / "it.json")
    work.save(tmp_path / "it.txt")
    document = json.loads((tmp_path / "it.json").read_text())["problems"][0]
    values = {entry["parameter"]: entry["value"] for entry in document["gradients"]}
    assert values["y2"] is None
    assert float(values["y1"]) == pytest.approx(1 - math.log(document_value(document, "a1")), rel=1e-12)
    assert float(values["z1"]) == pytest.approx(document_value(document, "a1") - 1, rel=1e-12)
    assert {entry["wrt"]: entry["value"] for entry in document["deltas"]}["t2"] is None
    # The sheet shows what is asked for, and the table of values leaves a gap.
    assert "0.4013" in (tmp_path / "it.txt").read_text()


def document_value(document, node):
    """Return the value of a node in JSON as a float."""
    return float(next(entry["value"] for entry in document["nodes"] if entry["id"] == node))


def test_a_derivative_asked_for_has_to_have_a_value():
    """Without parameters every derivative is asked for: the error names the one without a value, and what to do."""
    spec = CERTAIN | {"graph": {key: value for key, value in CERTAIN["graph"].items() if key != "parameters"}}
    with pytest.raises(symnet.DescriptionError) as caught:
        symnet.solve(spec)
    assert "dL/dt2 would be the logarithm of 0" in str(caught.value)
    assert "with parameters: [z1], ask for fewer" in str(caught.value)
    with pytest.raises(symnet.DescriptionError, match="dL/dt2"):
        symnet.solve(CERTAIN | {"graph": {**CERTAIN["graph"], "parameters": ["z1", "y2"]}})
