"""Names of a graph with hats, bars and indices, as students write them."""

import pytest

import symnet

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
