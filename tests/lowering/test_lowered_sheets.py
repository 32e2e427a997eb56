"""What stands on a sheet about layers that are worked out in arrays."""

from math import tanh

import pytest

from symnet.document import Box, Figure, Label
from symnet.layout.text import write
from symnet.pipeline import solve
from symnet.render.formats import FORMATS
from symnet.render.text import render_text
from symnet.sheets.array_figures import layer_figures
from symnet.sheets.arrays import ArraySheet
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.sheets.worksheet import questions
from symnet.view import View


def figures(description):
    """Return the drawings of what layers do."""
    work = solve(description)
    return list(layer_figures(ArraySheet.of(Sheet.of(work.parts[0], work.description, View()))))


def labels(figure):
    """Return the labels of a drawing as text."""
    return [write(part) for shape in figure.shapes if isinstance(shape, Label) for part in shape.content]


@pytest.fixture(scope="module")
def sheet():
    """Return the sheet of several samples under a penalty as text."""
    work = solve(
        {
            "inputs": 2,
            "layers": [{"name": "a", "units": 2, "activation": "tanh"}, {"add": ["a", "inputs"]}],
            "loss": "squared_error",
            "regularization": {"kind": "l2", "strength": 0.5},
            "data": {"inputs": [[1, 2], [0, 1]], "targets": [[1, 0], [0, 1]]},
            "parameters": [{"weights": [[1, 0], [0.5, 1]], "biases": [0, 1]}, {}],
        }
    )
    return " ".join(FORMATS["txt"].render(work, None).content.decode().split())


def test_arrays_have_the_letters_of_their_layers(sheet):
    """Weights, sums and activations are written with the letters and marks of layers."""
    assert "z⁽¹⁾ = W⁽¹⁾ x + b⁽¹⁾" in sheet
    assert "ŷ = a⁽¹⁾ + x" in sheet


def test_samples_are_worked_one_by_one_then_together(sheet):
    """Each sample has both passes in arrays, and the objective its derivative by whole arrays."""
    assert sheet.index("Sample 1") < sheet.index("Sample 2") < sheet.index("∂J/∂W⁽¹⁾ ≈")
    assert "J = L̄ + R" in sheet


def test_a_window_is_drawn_where_it_stands_first():
    """An image with its zeros, the kernel and the result: the cells of the window and of its number are marked."""
    (figure,) = figures(
        {
            "inputs": {"height": 3, "width": 3},
            "layers": [{"convolution": {"kernel": [2, 2], "padding": 1}}, {"flatten": True}],
            "loss": "squared_error",
        }
    )
    assert isinstance(figure, Figure)
    boxes = [shape for shape in figure.shapes if isinstance(shape, Box)]
    assert len(boxes) == 5 * 5 + 2 * 2 + 4 * 4
    assert sum(box.role == "output" for box in boxes) == 2 * 2 + 1
    assert labels(figure).count("0") == 16
    assert {"X", "K⁽¹⁾", "Z⁽¹⁾", "⋆"} <= set(labels(figure))


def test_the_head_of_an_attention_is_a_block_diagram():
    """Where the graph is large, the first head is drawn by itself, from the rows to what it takes of them."""
    head = figures(
        {
            "inputs": {"height": 2, "width": 2},
            "layers": [{"attention": {"heads": 2, "causal": True}}, {"flatten": True}, {"units": 1}],
            "loss": "squared_error",
        }
    )[-1]
    assert {"X", "Q⁽¹⁾", "K⁽¹⁾", "V⁽¹⁾", "E₁⁽¹⁾", "P₁⁽¹⁾", "H₁⁽¹⁾"} <= set(labels(head))


def attentions(*stated, width=8):
    """Return the drawings of a network of attentions over two rows."""
    layers = [{"attention": one} for one in stated]
    return figures(
        {
            "inputs": {"height": 2, "width": width},
            "layers": [*layers, {"flatten": True}, {"units": 1}],
            "loss": "squared_error",
        }
    )


def test_all_heads_of_an_attention_are_drawn():
    """Each head stands between queries, keys and values and what they make together; of many the first and the last."""
    two, four = (set(labels(attentions({"heads": heads})[-1])) for heads in (2, 4))
    assert {"E₁⁽¹⁾", "P₁⁽¹⁾", "H₁⁽¹⁾", "E₂⁽¹⁾", "P₂⁽¹⁾", "H₂⁽¹⁾", "Z⁽¹⁾"} <= two
    assert {"H₁⁽¹⁾", "H₄⁽¹⁾", "⋮", "Z⁽¹⁾"} <= four
    assert "H₂⁽¹⁾" not in four


def test_each_kind_of_attention_is_drawn_once():
    """A second attention with as many heads is drawn likewise, and stands for itself where it has others."""
    alike, different = attentions({"heads": 1}, {"heads": 1}), attentions({"heads": 1}, {"heads": 2})
    assert len(different) == len(alike) + 1
    assert {"H⁽¹⁾", "P⁽¹⁾"} <= set(labels(different[-2]))
    assert {"H₁⁽²⁾", "H₂⁽²⁾"} <= set(labels(different[-1]))


def test_what_does_not_exist_is_a_dot():
    """A weight that does not exist is told apart from one that is 0."""
    work = solve(
        {
            "inputs": 2,
            "layers": [{"units": 1, "frozen": False}],
            "loss": "squared_error",
            "data": {"inputs": [[1, 2]], "targets": [[1]]},
            "parameters": [{"weights": [[None, 0]], "biases": [0]}],
        }
    )
    text = " ".join(FORMATS["txt"].render(work, None).content.decode().split())
    assert "W⁽¹⁾ = [⋅, 0]" in text
    assert "a weight that does not exist" in text


def test_a_sheet_speaks_of_layers():
    """What is worked out in arrays is a network of layers all the same, and says what each array is in it."""
    spec = {"inputs": 2, "layers": [{"units": 2, "activation": "tanh", "frozen": True}, {"units": 1}], "loss": "sum"}
    worked = solve(spec)
    for written in (render_text(solution(worked)), render_text(questions(worked))):
        assert "Network of 2 layers" in written
        assert "The network has 2 layers and 3 parameters. Its loss is L." in written
        assert "Computation graph," not in written
    assert "pre-activations" in render_text(solution(worked))


def test_updates_of_arrays_are_arrays():
    """Training moves whole arrays; what is kept of them is arrays as well, in a table with those that follow."""
    spec = {
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh", "name": "a"}, {"units": 1, "from": ["a", "inputs"]}],
        "loss": "squared_error",
        "data": {"inputs": [[1, 2]], "targets": [[0]]},
        "parameters": [{"weights": [[1, 0], [0, 1]], "biases": [0, 0]}, {"weights": [[1, 1, 1, 1]], "biases": [0]}],
        "training": {"learning_rate": 0.5},
    }
    plain = render_text(solution(solve(spec)))
    delta = tanh(1) + tanh(2) + 3
    first, second = (f"−{0.5 * delta * (1 - tanh(z) ** 2):.6f}" for z in (1, 2))
    assert f"b⁽¹⁾′ = b⁽¹⁾ − 0.5 ⋅ ∂L/∂b⁽¹⁾ ≈ [{first}, {second}]" in plain
    assert "W⁽²⁾′ = W⁽²⁾ − 0.5 ⋅ ∂L/∂W⁽²⁾ ≈" in plain
    assert "updated  " not in plain
    kept = render_text(solution(solve(spec | {"training": {"optimizer": "momentum", "learning_rate": 0.5}})))
    assert "Each array of parameters, such as W⁽¹⁾, has a velocity" in " ".join(kept.split())
    assert "updated" in kept.split()
    assert "w₁₁⁽²⁾" not in kept
