"""The plots of a sheet show the exact numbers: losses, activations with derivatives, the decision boundary."""

import functools
import re

import mpmath
import pytest
from exercises import describe, full

import symnet
from symnet.catalog.activations import ACTIVATIONS
from symnet.diagram.contour import Frame
from symnet.document import Box, Circle, Document, Fact, Figure, Polyline
from symnet.limits import FEWEST_PLOTTED_STEPS, MOST_PLOTTED_STEPS
from symnet.numerics.direct import numeric
from symnet.numerics.outputs import NetworkOutputs
from symnet.render import pdf
from symnet.render.pdf import render_pdf, render_tex
from symnet.render.text import render_text
from symnet.sheets.plots import boundary, decision, plotted_losses, plotted_pieces
from symnet.sheets.sheet import Sheet
from symnet.view import USUAL

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
CLASSES = {"inputs": [[0, 0], [2, 0], [0, 2]], "targets": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
HIDDEN = {"weights": [["1.5", "-1.2"], ["-0.9", "1.4"]], "biases": ["-0.3", "-0.2"]}
ONE = {"weights": [["1.1", "1.3"]], "biases": ["0.4"]}
THREE = {"weights": [["1", "-1"], ["0.5", "1"], ["-1", "0.7"]], "biases": ["0.1", "0.2", "-0.1"]}
FRAME = Frame(-1, -1, 3, 3)


@functools.cache
def solved(kind, steps, activation="tanh"):
    """Return a small network of two inputs that was trained so many steps."""
    sizes, last, loss, data, output = {
        "xor": ([2, 2, 1], "sigmoid", "binary_cross_entropy", XOR, ONE),
        "classes": ([2, 2, 3], "softmax", "categorical_cross_entropy", CLASSES, THREE),
        "one sample": ([2, 2, 1], "sigmoid", "squared_error", {"inputs": [[1, 2]], "targets": [[1]]}, ONE),
    }[kind]
    training = {"training": {"learning_rate": "0.5", "steps": steps}} if steps else {}
    return symnet.solve(describe(sizes, [activation, last], loss, data=data, parameters=[HIDDEN, output], **training))


def sheet_of(worked):
    """Return the only part of an exercise as a sheet."""
    return Sheet.of(worked.parts[0], worked.description)


def figures(worked, view=None):
    """Return the descriptions of the figures on a solution, those beside facts too."""
    blocks = worked.document(view or full()).blocks
    inner = [block.figure for block in blocks if isinstance(block, Fact) and block.figure is not None]
    return [block.description for block in blocks if isinstance(block, Figure)] + [it.description for it in inner]


def test_the_loss_is_plotted_where_there_are_many_steps():
    """From the sixth step on the sheet has a plot of the loss, which says where it begins and ends."""
    assert not any(said.startswith("Plot of J") for said in figures(solved("xor", FEWEST_PLOTTED_STEPS - 1)))
    said = [said for said in figures(solved("xor", FEWEST_PLOTTED_STEPS)) if said.startswith("Plot of J")]
    assert said == ["Plot of J over 6 training steps: 0.702018 at the start, 0.503339 at the end."]


@pytest.mark.parametrize("steps", [6, 3 * MOST_PLOTTED_STEPS + 1])
def test_plotted_losses_are_the_exact_ones(steps):
    """Each point is the objective before the first step or after its own, and both ends are there."""
    updates = sheet_of(solved("xor", steps)).evaluation.updates
    points = plotted_losses(sheet_of(solved("xor", steps)).evaluation)
    assert points[0] == (0, float(updates[0].loss_before))
    assert points[-1] == (steps, float(updates[-1].loss_after))
    assert all(y == float(updates[int(step) - 1].loss_after) for step, y in points[1:])
    assert len(points) <= MOST_PLOTTED_STEPS + 2
    assert [step for step, _ in points] == sorted({step for step, _ in points})


@pytest.mark.parametrize("name", [name for name, entry in ACTIVATIONS.items() if entry.reads == "own"])
def test_activations_stand_beside_their_facts(name):
    """Every activation of one pre-activation is plotted with its derivative, the identity apart; a letter is not."""
    worked = symnet.solve(describe([2, 1], [{"activation": name}], "squared_error"))
    facts = [block for block in worked.document(full()).blocks if isinstance(block, Fact)]
    plotted = [fact for fact in facts if fact.figure is not None]
    assert bool(plotted) == (name not in {"identity", "prelu"})
    for fact in plotted:
        assert {line.role for line in fact.figure.shapes if isinstance(line, Polyline)} == {"curve1", "curve2"}


def test_a_plotted_function_is_the_function():
    """Each point lies on the function, and a jump is not crossed by a stroke."""
    pieces = plotted_pieces(lambda x: 1.0 if x > 0.3 else x, lambda x: (x > 0.3,))
    assert len(pieces) == 2
    assert pieces[0][-1] == pytest.approx((0.3, 0.3), abs=1e-6)
    assert pieces[1][0] == pytest.approx((0.3, 1.0), abs=1e-6)
    assert all(y == (1.0 if x > 0.3 else x) for piece in pieces for x, y in piece)


def test_a_pole_is_not_crossed():
    """A function that leaps from below all that is shown to above has a piece on each side."""
    pieces = plotted_pieces(lambda x: 1 / x, lambda _: ())
    assert [piece[0][1] < 0 for piece in pieces] == [True, False]


def test_outputs_are_those_of_the_derivation():
    """The network that is drawn has the outputs that its expressions have."""
    worked = solved("xor", 2)
    network, evaluation = worked.parts[0].network, sheet_of(worked).evaluation
    outputs = NetworkOutputs(network, evaluation.updates[0].before)
    for sample in evaluation.samples:
        at = [float(sample.values[symbol]) for symbol in network.inputs]
        assert outputs(*at) == pytest.approx([float(sample.values[network.layers[-1].activations[0]])], rel=1e-15)


@pytest.mark.parametrize("kind", ["xor", "classes"])
def test_the_boundary_is_where_the_decision_changes(kind):
    """At each of its points the two best outputs, or the output and the middle of the targets, are equal."""
    worked = solved(kind, 3)
    part, evaluation = worked.parts[0], sheet_of(worked).evaluation
    after = evaluation.updates[-1].after
    lines = boundary(NetworkOutputs(part.network, after), decision(sheet_of(worked)), FRAME)
    assert lines
    for x, y in [point for line in lines for point in line]:
        values = {**after, **dict(zip(part.network.inputs, map(mpmath.mpf, (x, y)), strict=True))}
        for symbol, node in part.network.nodes.items():
            if symbol != part.network.loss and not symbol.name.startswith("loss"):
                values[symbol] = numeric(node.expression, {**values, **dict.fromkeys(part.network.targets, 0)})
        found = sorted(values[symbol] for symbol in part.network.layers[-1].activations)
        assert abs(found[-1] - (found[-2] if len(found) > 1 else mpmath.mpf(1) / 2)) < 2e-3


def test_samples_are_marked_by_their_target():
    """Samples of one target are discs, those of the other squares, one in the key each, and the sides are counted."""
    worked = solved("xor", 60)
    (figure,) = [b for b in worked.document().blocks if isinstance(b, Figure) and "boundary" in b.description]
    assert sum(isinstance(shape, Circle) for shape in figure.shapes) == 3
    assert sum(isinstance(shape, Box) for shape in figure.shapes) == 3
    assert "4 samples: 3 on the side of the target before training, 4 after it" in figure.description
    assert {"curve1", "curve2"} <= {shape.role for shape in figure.shapes}


@pytest.mark.parametrize(("kind", "steps"), [("one sample", 3), ("xor", 0)])
def test_no_boundary_without_two_kinds_or_training(kind, steps):
    """One sample has nothing to be told apart from, and without training nothing changes."""
    assert not any("boundary" in said for said in figures(solved(kind, steps)))


@pytest.mark.parametrize("view", [USUAL, symnet.View(detail="full")], ids=["compact", "full"])
def test_text_says_what_training_comes_to_and_speaks_of_no_plot(view):
    """In a terminal there are no plots: what training comes to is told, and formulas stand for themselves."""
    text = " ".join(render_text(solved("xor", 60).document(view)).split())
    assert "Over 60 training steps, J goes from 0.702018 to" in text
    assert "Samples classified correctly: 3 of 4 before training, 4 after it." in text
    assert not re.search(r"[Pp]lot|dashed|solid|[Bb]oundary|[Dd]iagram", text)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("kind", ["xor", "classes"])
def test_both_engines_set_the_plots(pdflatex, tmp_path, kind):
    """Typst and LaTeX take every plot, and no box is overfull."""
    pytest.importorskip("typst")
    document = solved(kind, 12, "relu").document()
    kept = tuple(it for it in document.blocks if isinstance(it, Figure | Fact))
    plots = Document("Plots", (), kept)
    assert sum("boundary" in it.description for it in kept if isinstance(it, Figure)) == 1
    assert render_pdf(plots, "typst")[0].startswith(b"%PDF")
    (tmp_path / "document.tex").write_text(render_tex(plots), encoding="utf-8")
    assert "Overfull" not in pdf._run(pdflatex, tmp_path, 60)


def test_the_compact_sheet_has_the_same_plots():
    """What stands beside facts on the full sheet stands in a row below them, and the plots of training follow it."""
    worked = solved("xor", FEWEST_PLOTTED_STEPS)
    row, *others = [said for said in figures(worked, USUAL) if "lot of" in said or said.startswith("Decision")]
    beside = [said for said in figures(worked) if said.startswith(("Plot of tanh", "Plot of σ"))]
    assert row == " ".join(beside)
    assert len(beside) == 2
    assert [said.split(" over ")[0].split(" in ")[0] for said in others] == ["Plot of J", "Decision boundary"]
