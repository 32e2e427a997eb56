"""Names of a graph with hats, bars and indices, as students write them."""

import pytest

import symnet
from symnet.layout import latex
from symnet.render.text import render_text

GRAPH = {
    "graph": {
        "inputs": ["x", "w_t1", "b_bar", "y"],
        "nodes": {
            "h_t1": "tanh(w_t1*x + b_bar)",
            "y_hat": "sigmoid(h_t1)",
            "x_tilde": "x + 1",
            "L": "(y_hat - y)^2/2 + x_tilde",
        },
        "output": "L",
    }
}
ANSWERS = [
    ("y_hat", "sigmoid(h_t1)"),
    (r"\hat{y}", r"\sigma(h_{t1})"),
    (r"\hat y", r"\sigma(h_{t 1})"),
    ("ŷ", "σ(hₜ₁)"),
    ("yhat", "sigmoid(h_t1)"),
    ("h_t1", r"\tanh(w_{t1} x + \bar{b})"),
    ("h_{t1}", "tanh(w_t1 x + b_bar)"),
    (r"\tilde{x}", "x + 1"),
    ("x̃", "1 + x"),
    ("dL/dy_hat", "y_hat - y"),
    (r"\frac{\partial L}{\partial \hat{y}}", r"\hat{y} - y"),
    ("∂L/∂hₜ₁", "(ŷ − y) ŷ (1 − ŷ)"),
]


def typed(left, right):
    """The one answer that was typed, among those that are asked for."""
    (answer,) = (one for one in symnet.check(GRAPH, {left: right}).answers if one.typed)
    return answer


@pytest.mark.parametrize(("left", "right"), ANSWERS)
def test_names_with_marks_are_read_as_they_are_written(left, right):
    """An id, LaTeX and what the sheet prints are the same quantity, on both sides."""
    answer = typed(left, right)
    assert answer.verdict.value == "right", answer.message


def test_a_wrong_one_is_wrong():
    """Another quantity is another one."""
    answer = typed(r"\hat{y}", r"\sigma(\tilde{x})")
    assert answer.verdict.value == "wrong"


WITH_E = {
    "graph": {
        "inputs": ["x", "y", "g"],
        "nodes": {"f": "x*exp(y)", "e": "f + g", "h": "e*exp(1)", "L": "h*f"},
        "output": "L",
    }
}


def test_where_a_node_is_called_e_no_sheet_writes_a_power_of_it():
    """A solution and an answer that is read back have exp where e is a quantity."""
    for document in (symnet.solve(WITH_E).document(), symnet.solve(WITH_E).worksheet("key")):
        printed = render_text(document)
        assert "x exp(y)" in printed
        assert "eʸ" not in printed
    (answer,) = (one for one in symnet.check(WITH_E, {"f": r"x \mathrm{e}^{y}"}).answers if one.typed)
    assert r"\exp" in latex.write(answer.echo)


OVER_TIME = {
    "graph": {
        "over": {"t": 3},
        "inputs": {"x": [3], "w": []},
        "nodes": {"e[0]": 0, "e[t]": "exp(w)*x[t] + e[t-1]", "L": "sum(e)"},
        "output": "L",
    }
}
INDEXED = {"graph": {"inputs": ["x", "y"], "nodes": {"e1": "x*exp(y)", "L": "2*e1"}, "output": "L"}}


@pytest.mark.parametrize(("graph", "printed"), [(OVER_TIME, "exp(w) xₜ"), (INDEXED, "e₁ = x exp(y)")])
def test_a_node_e_with_an_index_leaves_exponentials_their_name_too(graph, printed):
    """At a step of time, or with a number behind it, the letter e is the node's alone."""
    shown = render_text(symnet.solve(graph).document())
    assert printed in shown
    assert not {"eʷ", "eʸ"} & set(shown.split())


E_ANSWERS = [
    ("f", r"x \mathrm{e}^{y}", "right"),
    ("f", r"x \operatorname{e}^y", "right"),
    ("f", r"x \exp(y)", "right"),
    ("f", "x e^y", "wrong"),
    ("e", "x exp(y) + g", "right"),
    (r"\mathrm{e}", "f + g", "right"),
    ("h", "e exp(1)", "right"),
    ("h", r"\mathrm{e} e", "right"),
    (r"\frac{\partial L}{\partial f}", r"h + e f", "wrong"),
    (r"\frac{\partial L}{\partial f}", r"h + \mathrm{e} f", "right"),
]


@pytest.mark.parametrize(("left", "right", "verdict"), E_ANSWERS)
def test_an_upright_e_is_a_number_where_a_node_is_called_e(left, right, verdict):
    """A bare e is the node; exp and an upright e are the exponential function and its base."""
    (answer,) = (one for one in symnet.check(WITH_E, {left: right}).answers if one.typed)
    assert answer.verdict.value == verdict, answer.message


@pytest.mark.parametrize(("name", "meaning"), [("e", "Euler's number"), ("pi", "3.14")])
def test_a_left_side_that_is_a_constant_is_told_from_a_name(name, meaning):
    """It is said that no quantity is called so here, and which names there are."""
    message = typed(name, "-1.4").message
    assert meaning in message
    assert "w_t1" in message
